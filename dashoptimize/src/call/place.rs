//! Where in a call something happens.

/// A place: numbers from the outermost part to the innermost. Parts that run at once have places of
/// their own, so that an order by places does not depend on who ends first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    within: Option<&'a Self>,
    index: u32,
}

impl<'a> Place<'a> {
    /// The whole call.
    pub(super) const TOP: Self = Self {
        within: None,
        index: 0,
    };

    /// Part `index` of this place.
    pub(super) const fn inside(&'a self, index: u32) -> Self {
        Self {
            within: Some(self),
            index,
        }
    }

    /// The numbers, outermost first; none for the whole call.
    pub(super) fn numbers(&self) -> Vec<u32> {
        let mut numbers = Vec::new();
        let mut place = self;
        while let Some(within) = place.within {
            numbers.push(place.index);
            place = within;
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
        let third = Place::TOP.inside(3);
        assert_eq!(Place::TOP.numbers(), [0; 0]);
        assert_eq!(third.inside(1).numbers(), [3, 1]);
    }
}
