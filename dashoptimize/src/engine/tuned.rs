//! Which predictors a search may change.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::state::State;

/// The predictors that a search may change: all, or those at some paths.
#[derive(Clone, Debug, Default)]
pub(super) struct Tuned(Option<Arc<BTreeSet<String>>>);

impl Tuned {
    /// Those at these paths, as far as they are among these already.
    pub(super) fn only(&self, paths: impl Iterator<Item = String>) -> Self {
        let paths = paths.filter(|path| self.has(path)).collect();
        Self(Some(Arc::new(paths)))
    }

    pub(super) fn has(&self, path: &str) -> bool {
        self.0.as_ref().is_none_or(|paths| paths.contains(path))
    }

    /// The state with all that may not be changed as it is in the student.
    pub(super) fn kept<'s>(
        &self,
        state: &'s State,
        student: impl FnOnce() -> State,
    ) -> Cow<'s, State> {
        if self.0.is_none() {
            return Cow::Borrowed(state);
        }
        let mut kept = state.clone();
        let fixed = student().predictors.into_iter();
        kept.predictors
            .extend(fixed.filter(|(path, _)| !self.has(path)));
        Cow::Owned(kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::PredictorState;

    fn state(words: [&str; 2]) -> State {
        let of = |words: &str| PredictorState::default().with_instructions(words);
        State::from_iter([("a", of(words[0])), ("b", of(words[1]))])
    }

    #[test]
    fn what_may_not_be_changed_is_as_in_the_student() {
        let only_a = Tuned::default().only(["a".to_owned()].into_iter());
        let (student, changed) = (state(["1", "2"]), state(["3", "4"]));
        let kept = only_a.kept(&changed, || student.clone());
        assert_eq!(*kept, state(["3", "2"]));
        let all = Tuned::default();
        assert_eq!(*all.kept(&changed, || student), changed);
    }

    #[test]
    fn a_stage_cannot_change_more_than_the_one_around_it() {
        let only_a = Tuned::default().only(["a".to_owned()].into_iter());
        let inner = only_a.only(["a", "b"].map(str::to_owned).into_iter());
        assert!(inner.has("a"));
        assert!(!inner.has("b"));
    }
}
