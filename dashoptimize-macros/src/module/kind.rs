//! The modules that `module!` knows by name.

/// A module of the runtime.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    /// The fields that it adds, which its signature must not have.
    pub(crate) adds: &'static [Added],
    /// The type around the outputs, where it gives more than them.
    pub(crate) gives: Option<&'static str>,
}

/// A field that a module adds to its signature, or to that of one of its predictors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Added {
    Input(&'static str),
    Output(&'static str),
}

const KINDS: [Kind; 4] = [
    Kind {
        name: "Predict",
        adds: &[],
        gives: None,
    },
    Kind {
        name: "ChainOfThought",
        adds: &[Added::Output("reasoning")],
        gives: Some("Reasoned"),
    },
    Kind {
        name: "ProgramOfThought",
        adds: &[
            Added::Output("reasoning"),
            Added::Output("generated_code"),
            Added::Input("previous_code"),
            Added::Input("error"),
            Added::Input("final_generated_code"),
            Added::Input("code_output"),
        ],
        gives: Some("Reasoned"),
    },
    Kind {
        name: "CodeAct",
        adds: &[
            Added::Output("trajectory"),
            Added::Output("reasoning"),
            Added::Output("generated_code"),
            Added::Output("finished"),
        ],
        gives: Some("Acted"),
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
