//! The shorter prompt among those that are not shown to be worse.

use crate::engine::{Candidate, Evaluation};
use crate::evaluate::Measured;
use crate::evaluate::statistics::{BettingTest, EValue};
use crate::module::Module;

/// The size of everything in the prompts of a program that is the same in all calls, in bytes.
pub(super) fn prompt_bytes<M: Module>(program: &M) -> usize {
    let predictors = program.predictors().into_iter();
    let bytes = predictors.map(|predictor| {
        let (adapter, spec, state) = (predictor.adapter(), predictor.spec(), predictor.state());
        let messages = match state.nearest {
            // The demos depend on the call.
            Some(_) => adapter.opening(spec, state),
            None => adapter.prefix(spec, state),
        };
        messages
            .iter()
            .map(|message| message.text().len())
            .sum::<usize>()
    });
    bytes.sum()
}

/// The candidate with the shortest prompt of which the rows do not speak against it: the evidence that it is worse
/// than the best is no more than there would be of a coin. Of equally short ones the earliest.
pub(super) fn shortest<'c, M: Module>(
    best: &(Candidate<M>, Evaluation),
    others: &'c [(Candidate<M>, Evaluation)],
) -> Option<(&'c Candidate<M>, usize)> {
    let bytes = prompt_bytes(best.0.program());
    let fitting = others
        .iter()
        .filter(|(_, evaluation)| !speaks_against(&evaluation.measured, &best.1.measured));
    let shorter = fitting.filter_map(|(candidate, _)| {
        let own = prompt_bytes(candidate.program());
        Some((
            candidate,
            bytes.checked_sub(own).filter(|saved| *saved > 0)?,
        ))
    });
    shorter.reduce(|most, next| if next.1 > most.1 { next } else { most })
}

/// Whether a gambler who bets that this candidate is worse than the best would have won.
fn speaks_against(measured: &Measured, best: &Measured) -> bool {
    let worst = measured.range().worst();
    let mut test = BettingTest::new(measured.range().differences(), 0.0);
    for (own, other) in measured.scores().zip(best.scores()) {
        let difference = own.unwrap_or(worst) - other.unwrap_or(worst);
        if test.observe(difference).is_err() {
            return true;
        }
    }
    test.e_smaller() > EValue::NONE
}
