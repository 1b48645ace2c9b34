//! Where in a call something happens.

/// A position in the trace: the numbers of the parts from the outermost to the innermost. Parts that run
/// concurrently have different positions, so an order by positions does not depend on which part ends
/// first.
#[derive(Clone, Copy, Debug)]
pub(super) struct TracePosition<'a> {
    within: Option<&'a Self>,
    index: u32,
}

impl<'a> TracePosition<'a> {
    /// The whole call.
    pub(super) const TOP: Self = Self {
        within: None,
        index: 0,
    };

    /// Part `index` of this position.
    pub(super) const fn inside(&'a self, index: u32) -> Self {
        Self {
            within: Some(self),
            index,
        }
    }

    /// The numbers, outermost first; none for the whole call.
    pub(super) fn numbers(&self) -> Vec<u32> {
        let mut numbers = Vec::new();
        let mut position = self;
        while let Some(within) = position.within {
            numbers.push(position.index);
            position = within;
        }
        numbers.reverse();
        numbers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_from_the_outside_in() {
        let third = TracePosition::TOP.inside(3);
        assert_eq!(TracePosition::TOP.numbers(), [0; 0]);
        assert_eq!(third.inside(1).numbers(), [3, 1]);
    }
}
