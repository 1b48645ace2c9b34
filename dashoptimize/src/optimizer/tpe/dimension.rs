//! The dimensions of a search space.

use crate::random::SeededRng;

/// One dimension of a search space.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dimension(pub(super) Kind);

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    Choice(usize),
    Number(Scale),
}

/// The value of a point in one dimension.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Coordinate {
    /// The index of a choice, from 0.
    Choice(usize),
    /// A whole number.
    Integer(i64),
    /// A number.
    Float(f64),
}

impl Coordinate {
    /// The index of the choice. `None` for a number.
    #[must_use]
    pub const fn choice(self) -> Option<usize> {
        match self {
            Self::Choice(index) => Some(index),
            Self::Integer(_) | Self::Float(_) => None,
        }
    }
}

/// A space that cannot be searched.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SpaceError {
    /// A dimension of choices has none.
    #[error(
        "a dimension of the search space has no choices; leave it out, or give it at least one"
    )]
    NoChoices,
    /// The ends of a range are in the wrong order, or not finite.
    #[error(
        "a dimension of the search space has the range from {low} to {high}, which holds no number"
    )]
    #[non_exhaustive]
    EmptyRange {
        /// The lower end.
        low: f64,
        /// The upper end.
        high: f64,
    },
    /// A range on a scale of logarithms holds numbers that have no logarithm.
    #[error("a dimension on a scale of logarithms starts at {low}; it has to start above 0")]
    #[non_exhaustive]
    NoLogarithm {
        /// The lower end.
        low: f64,
    },
}

/// The scale of a number: its range, whether it is whole, and whether its logarithm is what counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Scale {
    low: f64,
    high: f64,
    is_whole: bool,
    is_log: bool,
}

impl Dimension {
    /// One of so many choices that have no order.
    #[must_use]
    pub const fn choice(choices: usize) -> Self {
        Self(Kind::Choice(choices))
    }

    /// A whole number from `low` to `high`, both included.
    #[must_use]
    pub const fn integer(low: i64, high: i64) -> Self {
        Self(Kind::Number(Scale {
            low: low as f64,
            high: high as f64,
            is_whole: true,
            is_log: false,
        }))
    }

    /// A number from `low` to `high`, both included.
    #[must_use]
    pub const fn float(low: f64, high: f64) -> Self {
        Self(Kind::Number(Scale {
            low,
            high,
            is_whole: false,
            is_log: false,
        }))
    }

    /// Lets the logarithm of a number count: from 1 to 10 is as far as from 10 to 100. It makes no
    /// difference to choices.
    #[must_use]
    pub const fn log(self) -> Self {
        match self.0 {
            Kind::Choice(_) => self,
            Kind::Number(scale) => Self(Kind::Number(Scale {
                is_log: true,
                ..scale
            })),
        }
    }

    pub(super) fn check(&self) -> Result<(), SpaceError> {
        let scale = match self.0 {
            Kind::Choice(0) => return Err(SpaceError::NoChoices),
            Kind::Choice(_) => return Ok(()),
            Kind::Number(scale) => scale,
        };
        let Scale { low, high, .. } = scale;
        let is_range = low.is_finite() && high.is_finite() && low <= high;
        match () {
            () if !is_range => Err(SpaceError::EmptyRange { low, high }),
            () if scale.is_log && low <= 0.0 => Err(SpaceError::NoLogarithm { low }),
            () => Ok(()),
        }
    }

    /// Whether a coordinate is one of this dimension.
    pub(super) fn contains(&self, coordinate: Coordinate) -> bool {
        match (self.0, coordinate) {
            (Kind::Choice(choices), Coordinate::Choice(choice)) => choice < choices,
            (Kind::Number(scale), Coordinate::Integer(number)) => {
                scale.is_whole && scale.includes(number as f64)
            }
            (Kind::Number(scale), Coordinate::Float(number)) => {
                !scale.is_whole && scale.includes(number)
            }
            (Kind::Choice(_), _) | (Kind::Number(_), Coordinate::Choice(_)) => false,
        }
    }

    /// A value that is uniform at random.
    pub(super) fn uniform(&self, rng: &mut SeededRng) -> Coordinate {
        match self.0 {
            Kind::Choice(choices) => Coordinate::Choice(rng.below(choices)),
            Kind::Number(scale) => {
                let (start, end) = scale.ends();
                scale.coordinate(start + rng.unit() * (end - start))
            }
        }
    }
}

impl Scale {
    fn includes(self, number: f64) -> bool {
        (self.low..=self.high).contains(&number)
    }

    /// Where a number lies: itself, or its logarithm.
    fn place(self, number: f64) -> f64 {
        match self.is_log {
            true => number.ln(),
            false => number,
        }
    }

    /// Half of the distance between two neighbours.
    const fn half_step(self) -> f64 {
        match self.is_whole {
            true => 0.5,
            false => 0.0,
        }
    }

    /// The ends of the places. A whole number takes the places from half below it to half above it.
    pub(super) fn ends(self) -> (f64, f64) {
        let half = self.half_step();
        (self.place(self.low - half), self.place(self.high + half))
    }

    /// The place of a coordinate.
    pub(super) fn place_of(self, coordinate: Coordinate) -> f64 {
        self.place(number(coordinate))
    }

    /// The places that belong to a coordinate, if it is a whole number; otherwise there is only one.
    pub(super) fn cell(self, coordinate: Coordinate) -> Option<(f64, f64)> {
        let number = number(coordinate);
        let cell = || (self.place(number - 0.5), self.place(number + 0.5));
        self.is_whole.then(cell)
    }

    /// The coordinate at a place.
    pub(super) fn coordinate(self, place: f64) -> Coordinate {
        let number = match self.is_log {
            true => place.exp(),
            false => place,
        };
        match self.is_whole {
            true => Coordinate::Integer(number.round().clamp(self.low, self.high) as i64),
            false => Coordinate::Float(number.clamp(self.low, self.high)),
        }
    }
}

const fn number(coordinate: Coordinate) -> f64 {
    match coordinate {
        Coordinate::Choice(index) => index as f64,
        Coordinate::Integer(number) => number as f64,
        Coordinate::Float(number) => number,
    }
}
