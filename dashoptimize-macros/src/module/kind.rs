//! The modules that `module!` knows by name.

/// A module of the runtime.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) over: Over,
    /// The output that it adds, which its signature must not have.
    pub(crate) adds: Option<&'static str>,
}

/// Where the signature of a module comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Over {
    /// It is named: `Predict<Triage>`.
    Named,
    /// The module has its own, calls no model, and cannot be without an option: `Retrieve`.
    Own {
        /// The option, and how it may be written.
        needs: &'static str,
        example: &'static str,
        what_for: &'static str,
    },
}

const KINDS: [Kind; 4] = [
    Kind {
        name: "Predict",
        over: Over::Named,
        adds: None,
    },
    Kind {
        name: "ChainOfThought",
        over: Over::Named,
        adds: Some("reasoning"),
    },
    Kind {
        name: "KNN",
        over: Over::Named,
        adds: None,
    },
    Kind {
        name: "Retrieve",
        over: Over::Own {
            needs: "index",
            example: "index = library()",
            what_for: "`Retrieve` searches in an index",
        },
        adds: None,
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
