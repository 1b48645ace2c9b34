//! The modules that `module!` knows by name.

/// A module of the runtime.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    /// What is in the angle brackets.
    pub(crate) over: Over,
    /// Options that have no default.
    pub(crate) needs: &'static [&'static str],
}

/// What a module is over.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Over {
    /// A signature. Options are methods of the module.
    Signature {
        /// Fields that the module adds, which the signature must not have.
        adds: &'static [&'static str],
        /// The type around the outputs of the signature, if the module returns more than these.
        gives: Option<&'static str>,
    },
    /// Another module. Options that have no default are arguments of the constructor, after the
    /// module and in their order; all others are methods.
    Module {
        /// The constructor.
        constructor: &'static str,
        /// Whether it takes many inputs and returns a `Result` for each.
        many: bool,
    },
    /// A state, with a signature that is given as a value.
    State,
    /// Nothing: the module calls no model. Options that have no default are arguments of `new`, in
    /// their order; all others are methods.
    Nothing,
}

/// Each line is a module.
const KINDS: [Kind; 14] = [
    over_signature("Predict", &[], None),
    over_signature("ChainOfThought", &["reasoning"], Some("Reasoned")),
    over_signature(
        "MultiChainComparison",
        &["reasoning", "rationale", "reasoning_attempt_1"],
        Some("Compared"),
    ),
    over_signature(
        "ProgramOfThought",
        &[
            "reasoning",
            "generated_code",
            "previous_code",
            "error",
            "final_generated_code",
            "code_output",
        ],
        Some("Reasoned"),
    ),
    over_signature(
        "CodeAct",
        &["trajectory", "reasoning", "generated_code", "finished"],
        Some("Acted"),
    ),
    over_signature("KNN", &[], None),
    over_signature(
        "ReAct",
        &[
            "reasoning",
            "trajectory",
            "next_thought",
            "next_tool_name",
            "next_tool_args",
        ],
        Some("Acted"),
    ),
    over_module("BestOfN", "new", &["reward"]),
    over_module("Refine", "new", &["reward", "threshold"]),
    over_module("Ensemble", "of", &["size", "reduce"]),
    over_module("Majority", "new", &["by"]),
    Kind {
        over: Over::Module {
            constructor: "new",
            many: true,
        },
        ..over_module("Parallel", "new", &[])
    },
    Kind {
        name: "LLMNode",
        over: Over::State,
        needs: &["signature"],
    },
    Kind {
        name: "Retrieve",
        over: Over::Nothing,
        needs: &["index"],
    },
];

const fn over_signature(
    name: &'static str,
    adds: &'static [&'static str],
    gives: Option<&'static str>,
) -> Kind {
    Kind {
        name,
        over: Over::Signature { adds, gives },
        needs: &[],
    }
}

const fn over_module(
    name: &'static str,
    constructor: &'static str,
    needs: &'static [&'static str],
) -> Kind {
    Kind {
        name,
        over: Over::Module {
            constructor,
            many: false,
        },
        needs,
    }
}

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
    /// The module of this name, if it is over a type that is not a module: a signature or a state.
    pub(crate) fn over_type(name: &str) -> Option<&'static Self> {
        let is_over = |kind: &&Self| matches!(kind.over, Over::Signature { .. } | Over::State);
        Self::from_name(name).filter(is_over)
    }

    /// What its argument is called.
    pub(crate) const fn argument(&self) -> &'static str {
        match self.over {
            Over::Module { .. } => "module",
            Over::State => "state",
            Over::Signature { .. } | Over::Nothing => "signature",
        }
    }

    /// Whether the module calls tools.
    pub(crate) fn calls_tools(&self) -> bool {
        matches!(self.name, "ReAct" | "CodeAct")
    }

    /// Fields that the module adds, which its signature must not have.
    pub(crate) const fn adds(&self) -> &'static [&'static str] {
        match self.over {
            Over::Signature { adds, .. } => adds,
            Over::Module { .. } | Over::State | Over::Nothing => &[],
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<&'static Self> {
        const { &KINDS }.iter().find(|kind| kind.name == name)
    }

    pub(crate) const fn is_over_module(&self) -> bool {
        matches!(self.over, Over::Module { .. })
    }
}
