//! What a task needs of a prompt.

use dashoptimize::lm::{ChatRequest, Role};

use super::program::{number_in, right_answer};

/// A task of one or two steps.
pub(crate) struct World {
    pub(crate) name: &'static str,
    /// The parts of the rows by what they need, for each step; their shares sum to 1.
    pub(crate) steps: &'static [&'static [Part]],
    /// What the proposer can write.
    pub(crate) phrases: &'static [Phrase],
    /// The labels that the proposer can write.
    pub(crate) labels: &'static [&'static str],
    /// The share of answers that are drawn at random, with the probability that the step has anyway.
    pub(crate) noise: f64,
    /// The same of answers at a temperature of 0.5 or more.
    pub(crate) warm_noise: f64,
    /// The share of replies of the proposer that cannot be used.
    pub(crate) unreadable: f64,
    /// Training, validation and hold-out.
    pub(crate) rows: [usize; 3],
    /// The share of rows that the best prompt has right.
    pub(crate) optimum: f64,
}

impl World {
    /// One step, nothing to propose, no noise.
    pub(crate) const PLAIN: Self = Self {
        name: "",
        steps: &[],
        phrases: &[],
        labels: &[],
        noise: 0.0,
        warm_noise: 0.2,
        unreadable: 0.0,
        rows: [30, 60, 0],
        optimum: 0.0,
    };
}

/// A phrase that a proposer writes.
pub(crate) struct Phrase {
    pub(crate) text: &'static str,
    /// What feedback says about rows that need it.
    pub(crate) cue: &'static str,
}

/// A part of the rows.
pub(crate) struct Part {
    pub(crate) share: f64,
    pub(crate) need: Need,
    /// Whether the reply cannot be read without it; otherwise the answer is wrong.
    pub(crate) is_form: bool,
}

/// What a part of the rows needs to be answered rightly.
pub(crate) enum Need {
    Nothing,
    /// It is never answered rightly.
    Impossible,
    Phrase(&'static str),
    /// So many demos that are right.
    Demos(usize),
    /// A label of a field.
    Label(&'static str),
    /// A temperature of at most 0.3, which is not what models do by default.
    Cool,
    /// A hint from the first step that is right.
    Hint,
    All(&'static [Self]),
    Not(&'static Self),
}

/// What a prompt offers.
#[derive(Debug)]
pub(crate) struct Offer {
    opening: String,
    demos: usize,
    temperature: Option<f64>,
    hint: bool,
}

impl Offer {
    /// What a request offers, with a hint that is right or not.
    pub(crate) fn of(request: &ChatRequest, hint: bool) -> Self {
        let messages: Vec<_> = request.messages().collect();
        let system = messages
            .iter()
            .filter(|message| message.role == Role::System);
        let shown = messages[..messages.len() - 1]
            .iter()
            .skip(system.clone().count());
        let texts: Vec<&str> = shown.map(|message| message.text()).collect();
        let is_right = |pair: &&[&str]| {
            let number = number_in(pair[0]);
            number.is_some_and(|number| pair[1].contains(&right_answer(number)))
        };
        Self {
            opening: system.map(|message| message.text().to_owned()).collect(),
            demos: texts.chunks_exact(2).filter(is_right).count(),
            temperature: request.params.temperature,
            hint,
        }
    }

    /// The same with another hint.
    pub(crate) fn with_hint(self, hint: bool) -> Self {
        Self { hint, ..self }
    }

    pub(crate) fn is_warm(&self) -> bool {
        self.temperature
            .is_some_and(|temperature| temperature >= 0.5)
    }
}

impl Need {
    /// Whether the prompt has it.
    pub(crate) fn is_met_by(&self, offer: &Offer) -> bool {
        match self {
            Self::Nothing => true,
            Self::Impossible => false,
            Self::Phrase(text) | Self::Label(text) => offer.opening.contains(text),
            Self::Demos(demos) => offer.demos >= *demos,
            Self::Cool => offer
                .temperature
                .is_some_and(|temperature| temperature <= 0.3),
            Self::Hint => offer.hint,
            Self::All(needs) => needs.iter().all(|need| need.is_met_by(offer)),
            Self::Not(need) => !need.is_met_by(offer),
        }
    }

    /// The first phrase in it.
    pub(crate) fn phrase(&self) -> Option<&'static str> {
        match self {
            Self::Phrase(text) => Some(text),
            Self::All(needs) => needs.iter().find_map(Self::phrase),
            _ => None,
        }
    }
}

/// The share of the rows of a step that a prompt has right.
pub(crate) fn skill(step: &[Part], offer: &Offer) -> f64 {
    let met = step.iter().filter(|part| part.need.is_met_by(offer));
    met.map(|part| part.share).sum()
}

/// The part of a step that a row is in.
pub(crate) fn part_of(step: &'static [Part], index: usize, number: u64) -> &'static Part {
    let at = uniform(&[number, index as u64]);
    let mut end = 0.0;
    let part = step.iter().find(|part| {
        end += part.share;
        at < end
    });
    part.unwrap_or(&step[step.len() - 1])
}

/// A number from 0 to 1 that depends on these.
pub(crate) fn uniform(of: &[u64]) -> f64 {
    (mixed(of) >> 11) as f64 / (1_u64 << 53) as f64
}

/// A number that depends on these (`SplitMix64`).
pub(crate) fn mixed(of: &[u64]) -> u64 {
    of.iter().fold(0, |state: u64, number| {
        let mut z = (state ^ number).wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    })
}

/// A number that depends on a text (FNV-1a).
pub(crate) fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
