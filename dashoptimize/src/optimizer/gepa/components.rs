//! Which texts of a program a proposal rewrites.

use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::engine::Component;
use crate::module::Module;

/// Which components one proposal of [`GEPA`](super::GEPA) rewrites, of those whose predictor was called on the
/// minibatch.
#[derive(Clone)]
#[non_exhaustive]
pub enum ComponentSelector {
    /// One component, each in its turn. A candidate continues where its parent stopped.
    RoundRobin,
    /// All components, each by a call of its own.
    All,
    /// Those that a function chooses.
    Own(Arc<ChooseComponents>),
}

/// A function that chooses components.
pub(super) type ChooseComponents = dyn Fn(&ComponentChoice<'_>) -> Vec<Component> + Send + Sync;

/// What a selector of components chooses from.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ComponentChoice<'c> {
    /// The components whose predictor was called on the minibatch.
    pub components: &'c [Component],
    /// How many mutations the parent and its ancestors have had before.
    pub turn: usize,
    /// The scores of the parent on the minibatch; a row that the provider failed has none.
    pub scores: &'c [Option<f64>],
}

impl<'c> ComponentChoice<'c> {
    /// What a selector chooses from.
    #[must_use]
    pub const fn new(components: &'c [Component], turn: usize, scores: &'c [Option<f64>]) -> Self {
        Self {
            components,
            turn,
            scores,
        }
    }
}

impl ComponentSelector {
    /// The components that are rewritten. Names that cannot be chosen are left out.
    pub(super) fn choose(&self, choice: &ComponentChoice<'_>) -> Vec<Component> {
        match self {
            Self::All => choice.components.to_vec(),
            Self::RoundRobin => {
                let turn = choice.turn % choice.components.len().max(1);
                choice.components.get(turn).cloned().into_iter().collect()
            }
            Self::Own(choose) => {
                let mut chosen = choose(choice);
                chosen.retain(|component| choice.components.contains(component));
                chosen
            }
        }
    }
}

impl fmt::Debug for ComponentSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RoundRobin => "RoundRobin",
            Self::All => "All",
            Self::Own(_) => "Own",
        })
    }
}

/// `round_robin`, `all` or `own`.
impl Serialize for ComponentSelector {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            Self::RoundRobin => "round_robin",
            Self::All => "all",
            Self::Own(_) => "own",
        })
    }
}

/// Which kinds of texts may be rewritten, in addition to instructions.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(super) struct Kinds {
    pub(super) optimize_descriptions: bool,
    pub(super) optimize_prefixes: bool,
}

/// The components of a program, predictor by predictor.
pub(super) fn components<M: Module>(program: &M, kinds: Kinds) -> Vec<Component> {
    let predictors = program.predictors();
    let components = predictors.iter().flat_map(|predictor| {
        let path = predictor.path();
        let fields = predictor.spec().fields.iter();
        let prose = fields.flat_map(move |field| {
            let desc = Component::desc(path, &*field.name);
            let prefix = Component::prefix(path, &*field.name);
            let desc = kinds.optimize_descriptions.then_some(desc);
            let prefix = kinds.optimize_prefixes.then_some(prefix);
            desc.into_iter().chain(prefix)
        });
        std::iter::once(Component::instructions(path)).chain(prose)
    });
    components.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selector_takes_turns_takes_all_or_chooses_itself() {
        let components = ["a", "b", "c"].map(Component::instructions);
        let choice = |turn| ComponentChoice {
            components: &components,
            turn,
            scores: &[Some(1.0)],
        };
        for turn in 0..7 {
            let chosen = ComponentSelector::RoundRobin.choose(&choice(turn));
            assert_eq!(chosen, [components[turn % 3].clone()]);
        }
        assert_eq!(ComponentSelector::All.choose(&choice(1)), components);
        let own = ComponentSelector::Own(Arc::new(|choice: &ComponentChoice<'_>| {
            vec![
                choice.components[choice.turn].clone(),
                Component::instructions("unknown"),
            ]
        }));
        assert_eq!(own.choose(&choice(2)), [components[2].clone()]);
    }
}
