//! The modules that `module!` knows by name.

/// A module of the runtime.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    /// The output that it adds, which its signature must not have.
    pub(crate) adds: Option<&'static str>,
}

const KINDS: [Kind; 2] = [
    Kind {
        name: "Predict",
        adds: None,
    },
    Kind {
        name: "ChainOfThought",
        adds: Some("reasoning"),
    },
];

/// The names of all modules.
pub(crate) const NAMES: [&str; KINDS.len()] = {
    let mut names = [""; KINDS.len()];
    let mut i = 0;
    while i < names.len() {
        names[i] = KINDS[i].name;
        i += 1;
    }
    names
};

impl Kind {
    /// The module of this name, where it is over a signature.
    pub(crate) fn over_signature(name: &str) -> Option<&'static Self> {
        Self::from_name(name)
    }

    pub(crate) fn from_name(name: &str) -> Option<&'static Self> {
        const { &KINDS }.iter().find(|kind| kind.name == name)
    }
}
