//! The environment of a server process.

use std::ffi::OsStr;
use std::process::Command;

/// The variables that a server inherits: those that programs need to find other programs, the files of
/// their user and a language.
#[cfg(not(windows))]
const INHERITED: &[&str] = &[
    "HOME", "LANG", "LANGUAGE", "LOGNAME", "PATH", "SHELL", "TERM", "TMPDIR", "TZ", "USER",
];
#[cfg(windows)]
const INHERITED: &[&str] = &[
    "APPDATA",
    "COMSPEC",
    "HOMEDRIVE",
    "HOMEPATH",
    "LOCALAPPDATA",
    "PATH",
    "PATHEXT",
    "PROCESSOR_ARCHITECTURE",
    "PROGRAMDATA",
    "PROGRAMFILES",
    "PROGRAMFILES(X86)",
    "SYSTEMDRIVE",
    "SYSTEMROOT",
    "TEMP",
    "TMP",
    "USERNAME",
    "USERPROFILE",
    "WINDIR",
];

/// Leaves a command only the variables that are safe to inherit, and what it sets or removes itself.
pub(super) fn restrict(command: &mut Command) {
    let changes: Vec<_> = command
        .get_envs()
        .map(|(name, value)| (name.to_owned(), value.map(OsStr::to_owned)))
        .collect();
    command.env_clear();
    command.envs(std::env::vars_os().filter(|(name, _)| is_inherited(name)));
    for (name, value) in changes {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
}

/// Names of variables are not case-sensitive on Windows.
fn is_inherited(name: &OsStr) -> bool {
    let Some(name) = name.to_str() else {
        return false;
    };
    let same = |known: &&str| match cfg!(windows) {
        true => known.eq_ignore_ascii_case(name),
        false => *known == name,
    };
    name.starts_with("LC_") || INHERITED.iter().any(same)
}
