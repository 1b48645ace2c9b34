//! Output that ends the program quietly when nobody reads it any more.

use std::fmt;
use std::io::{self, ErrorKind, Write};
use std::process;

/// As `println!`, but for a program whose output may be closed, such as one before `| head`.
#[macro_export]
macro_rules! say {
    ($($arg:tt)*) => {
        $crate::print_line(format_args!($($arg)*))
    };
}

/// Prints a line. If the reader has gone away, the program ends: what it has paid for is in the run folder.
/// If the line cannot be written for another reason, such as a full disk, it ends with an error.
pub fn print_line(text: fmt::Arguments<'_>) {
    let mut out = io::stdout().lock();
    if let Err(error) = writeln!(out, "{text}").and_then(|()| out.flush()) {
        if error.kind() == ErrorKind::BrokenPipe {
            process::exit(0);
        }
        print_note(&format!("error: cannot write the output: {error}"));
        process::exit(1);
    }
}

/// Prints a line about what is going on. Nothing depends on whether it can be read.
pub fn print_note(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}
