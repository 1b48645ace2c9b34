//! What a search takes.

use super::acceptance::Acceptance;
use super::components::ComponentSelector;
use super::settings::Settings;
use crate::call::{Bounds, CallsPerRun};
use crate::engine::{Forecast, Sizes};

/// The runs of a merge on validation rows, before it is evaluated on all of them.
const MERGE: u64 = 5;

impl Settings {
    /// By the limits, and by the formula of generations where there is a number of them.
    pub(super) fn forecast(&self, sizes: Sizes) -> Forecast {
        let limit = self
            .limits
            .auto
            .map(|auto| auto.metric_calls(sizes.predictors as usize, sizes.val as usize));
        let limit = limit
            .or(self.limits.max_metric_calls)
            .map(|calls| calls as u64);
        let children = self.children();
        let minibatches = children.map(|children| 2 * children * self.minibatch(sizes));
        let train = match self.acceptance {
            Acceptance::StrictImprovement => minibatches,
            // Others run parent and child again.
            _ => None,
        };
        let merges = match (self.use_merge, self.limits.num_generations) {
            (false, _) => Some(0),
            (true, generations) => generations.map(|generations| generations as u64),
        };
        let candidates = children.zip(merges).map(|(one, other)| one + other);
        let given = self.initial_population.len() as u64;
        let val = candidates
            .zip(merges)
            .map(|(candidates, merges)| (candidates + given) * sizes.val + merges * MERGE);
        let of_children = train.zip(val).map(|(train, val)| train + val);
        let most = [of_children, limit].into_iter().flatten().min();
        let rollouts = Bounds { least: 0, most };
        let proposals = self.proposals(sizes, limit);
        let calls = self.proposer.calls_for(proposals, CallsPerRun::ONE);
        let forecast =
            Forecast::NONE.with_proposals(proposals, calls, self.proposer.tokens_of_text());
        Forecast {
            rollouts,
            ..forecast.reflecting()
        }
    }

    /// The most children of all generations.
    fn children(&self) -> Option<u64> {
        let generations = self.limits.num_generations? as u64;
        Some(generations * (self.parents * self.proposals) as u64)
    }

    fn minibatch(&self, sizes: Sizes) -> u64 {
        (self.reflection_minibatch_size as u64).min(sizes.train)
    }

    fn proposals(&self, sizes: Sizes, limit: Option<u64>) -> Bounds {
        let by_generations = self.children();
        // Where every run counts, each proposal takes a minibatch.
        let by_calls = limit.filter(|_| self.counts_every_run);
        let by_calls = by_calls.map(|limit| limit / self.minibatch(sizes).max(1));
        let of_child = match self.component_selector {
            ComponentSelector::RoundRobin => Some(1),
            _ if self.kinds.optimize_descriptions || self.kinds.optimize_prefixes => None,
            _ => Some(sizes.predictors),
        };
        let by_children = [by_generations, by_calls].into_iter().flatten().min();
        let asked = by_children
            .zip(of_child)
            .map(|(children, each)| children * each);
        let by_limit = self.limits.max_proposals.map(|most| most as u64);
        Bounds {
            least: 0,
            most: [asked, by_limit].into_iter().flatten().min(),
        }
    }
}
