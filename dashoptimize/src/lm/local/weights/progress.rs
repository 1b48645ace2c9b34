//! The progress of a download: a bar on a terminal, a few lines elsewhere.

use std::io::{self, IsTerminal, Write, stderr};

use indicatif::{ProgressBar, ProgressStyle};

/// The progress of one download, on standard error.
pub(super) struct DownloadProgress {
    bar: Option<ProgressBar>,
    file: String,
    bytes: u64,
    arrived: u64,
}

impl DownloadProgress {
    /// Announces the download of a file of this size.
    pub(super) fn new(file: &str, from: &str, bytes: u64) -> Self {
        Self::say(&format!(
            "fetching {file} ({} MB) from {from}",
            bytes / 1_000_000
        ));
        let bar = stderr().is_terminal().then(|| {
            let form = "{wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}";
            let style = ProgressStyle::with_template(form);
            ProgressBar::new(bytes)
                .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        Self {
            bar,
            file: file.to_owned(),
            bytes,
            arrived: 0,
        }
    }

    /// Prints a line.
    pub(super) fn say(line: &str) {
        // Standard error may be closed.
        let _ = writeln!(io::stderr(), "dashoptimize: {line}");
    }

    /// Counts bytes that have arrived.
    pub(super) fn add(&mut self, bytes: u64) {
        let before = self.quarter();
        self.arrived += bytes;
        match &self.bar {
            Some(bar) => bar.inc(bytes),
            None if self.quarter() > before => {
                Self::say(&format!("{}: {} %", self.file, 25 * self.quarter()));
            }
            None => {}
        }
    }

    /// Removes the bar.
    pub(super) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    const fn quarter(&self) -> u64 {
        match (4 * self.arrived).checked_div(self.bytes) {
            Some(quarter) => quarter,
            None => 0,
        }
    }
}
