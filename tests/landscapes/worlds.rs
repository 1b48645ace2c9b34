//! The worlds.

use super::world::{Need, Part, Phrase, World};

const fn part(share: f64, need: Need) -> Part {
    Part {
        share,
        need,
        is_form: false,
    }
}

/// A phrase that helps, and others that do not.
const SHORT: &str = "Answer with a single word.";
const LOWER: &str = "Write in lower case.";
const LOOK: &str = "Look the item up in the list.";
const PHRASES: &[Phrase] = &[
    Phrase {
        text: SHORT,
        cue: "it is more than one word",
    },
    Phrase {
        text: LOWER,
        cue: "it is in upper case",
    },
    Phrase {
        text: LOOK,
        cue: "it is not from the list",
    },
    Phrase {
        text: "Be careful.",
        cue: "it was hasty",
    },
    Phrase {
        text: "This is very important.",
        cue: "it was careless",
    },
    Phrase {
        text: "You are an expert.",
        cue: "it was a guess",
    },
];

const LABELS: &[&str] = &["Word:", "In one word:", "Result:", "Reply:"];

/// Three of six phrases help, each with other rows.
pub(crate) static BY_PHRASES: World = World {
    name: "phrases",
    steps: &[&[
        part(0.25, Need::Nothing),
        part(0.25, Need::Phrase(SHORT)),
        part(0.2, Need::Phrase(LOOK)),
        part(0.15, Need::Phrase(LOWER)),
        part(0.15, Need::Impossible),
    ]],
    phrases: PHRASES,
    unreadable: 0.15,
    optimum: 0.85,
    ..World::PLAIN
};

/// Demos help, up to the fourth.
pub(crate) static BY_DEMOS: World = World {
    name: "demos",
    steps: &[&[
        part(0.2, Need::Nothing),
        part(0.2, Need::Demos(1)),
        part(0.2, Need::Demos(2)),
        part(0.2, Need::Demos(4)),
        part(0.2, Need::Impossible),
    ]],
    phrases: PHRASES,
    optimum: 0.8,
    ..World::PLAIN
};

/// One of four labels of the output helps.
pub(crate) static BY_LABEL: World = World {
    name: "label",
    steps: &[&[
        part(0.3, Need::Nothing),
        part(0.5, Need::Label("In one word:")),
        part(0.2, Need::Impossible),
    ]],
    phrases: PHRASES,
    labels: LABELS,
    unreadable: 0.1,
    optimum: 0.8,
    ..World::PLAIN
};

/// Without one phrase, most replies cannot be read.
pub(crate) static BY_FORM: World = World {
    name: "form",
    steps: &[&[
        part(0.2, Need::Nothing),
        Part {
            share: 0.6,
            need: Need::Phrase(SHORT),
            is_form: true,
        },
        part(0.2, Need::Impossible),
    ]],
    phrases: PHRASES,
    unreadable: 0.1,
    optimum: 0.8,
    ..World::PLAIN
};

/// A phrase and demos help, and more so together.
pub(crate) static JOINT: World = World {
    name: "joint",
    steps: &[&[
        part(0.2, Need::Nothing),
        part(0.2, Need::Phrase(LOOK)),
        part(0.2, Need::Demos(2)),
        part(0.3, Need::All(&[Need::Phrase(LOOK), Need::Demos(2)])),
        part(0.1, Need::Impossible),
    ]],
    phrases: PHRASES,
    unreadable: 0.1,
    optimum: 0.9,
    ..World::PLAIN
};

/// Two steps: the phrase of the second helps only with a right hint, for which the first needs one as well.
pub(crate) static TWO_STEPS: World = World {
    name: "two steps",
    steps: &[
        &[
            part(0.4, Need::Nothing),
            part(0.5, Need::Phrase(LOOK)),
            part(0.1, Need::Impossible),
        ],
        &[
            part(0.2, Need::Nothing),
            part(0.6, Need::All(&[Need::Phrase(SHORT), Need::Hint])),
            part(0.1, Need::Not(&Need::Phrase(SHORT))),
            part(0.1, Need::Impossible),
        ],
    ],
    phrases: PHRASES,
    unreadable: 0.1,
    optimum: 0.74,
    ..World::PLAIN
};

/// One phrase helps a little, and is in the way of two others, which help a lot but only together.
pub(crate) static DECEPTIVE: World = World {
    name: "deceptive",
    steps: &[&[
        part(0.3, Need::Nothing),
        part(
            0.2,
            Need::All(&[Need::Phrase(SHORT), Need::Not(&Need::Phrase(LOOK))]),
        ),
        part(0.45, Need::All(&[Need::Phrase(LOOK), Need::Phrase(LOWER)])),
        part(0.05, Need::Impossible),
    ]],
    phrases: PHRASES,
    unreadable: 0.1,
    optimum: 0.75,
    ..World::PLAIN
};

/// The program as given has everything right.
pub(crate) static SATURATED: World = World {
    name: "saturated",
    steps: &[&[part(1.0, Need::Nothing)]],
    phrases: PHRASES,
    unreadable: 0.1,
    optimum: 1.0,
    ..World::PLAIN
};

/// Nothing helps, and every prompt has its own half of the rows right.
pub(crate) static NULL: World = World {
    name: "null",
    steps: &[&[part(0.5, Need::Nothing), part(0.5, Need::Impossible)]],
    phrases: PHRASES,
    noise: 1.0,
    warm_noise: 1.0,
    unreadable: 0.1,
    rows: [30, 40, 60],
    optimum: 0.5,
    ..World::PLAIN
};

/// Phrases help, and a third of the answers are drawn at random.
pub(crate) static NOISY: World = World {
    name: "noisy",
    noise: 0.3,
    warm_noise: 0.4,
    steps: BY_PHRASES_STEPS,
    phrases: PHRASES,
    unreadable: 0.15,
    optimum: 0.85,
    ..World::PLAIN
};

const BY_PHRASES_STEPS: &[&[Part]] = &[&[
    part(0.25, Need::Nothing),
    part(0.25, Need::Phrase(SHORT)),
    part(0.2, Need::Phrase(LOOK)),
    part(0.15, Need::Phrase(LOWER)),
    part(0.15, Need::Impossible),
]];

/// Half of the rows need a low temperature.
pub(crate) static BY_TEMPERATURE: World = World {
    name: "temperature",
    steps: &[&[
        part(0.4, Need::Nothing),
        part(0.5, Need::Cool),
        part(0.1, Need::Impossible),
    ]],
    phrases: PHRASES,
    optimum: 0.9,
    ..World::PLAIN
};
