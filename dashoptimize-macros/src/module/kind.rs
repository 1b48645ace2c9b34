//! The modules that `module!` knows by name.

/// A module of the runtime.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) made_of: MadeOf,
    /// The output that it adds, which its signature must not have.
    pub(crate) adds: Option<&'static str>,
}

/// What makes a module what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MadeOf {
    /// A signature that is named: `Predict<Triage>`.
    Signature,
    /// An option that must be set. Such a module calls no model.
    Option {
        key: &'static str,
        /// What it is for, as the start of a sentence.
        what_for: &'static str,
        /// How it may be set.
        example: &'static str,
    },
}

const KINDS: [Kind; 4] = [
    Kind {
        name: "Predict",
        made_of: MadeOf::Signature,
        adds: None,
    },
    Kind {
        name: "ChainOfThought",
        made_of: MadeOf::Signature,
        adds: Some("reasoning"),
    },
    Kind {
        name: "KNN",
        made_of: MadeOf::Signature,
        adds: None,
    },
    Kind {
        name: "Retrieve",
        made_of: MadeOf::Option {
            key: "index",
            what_for: "`Retrieve` searches in an index",
            example: "index = library()",
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
        Self::from_name(name).filter(|kind| kind.made_of == MadeOf::Signature)
    }

    pub(crate) fn from_name(name: &str) -> Option<&'static Self> {
        const { &KINDS }.iter().find(|kind| kind.name == name)
    }
}
