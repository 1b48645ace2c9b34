//! How many of something there are, as far as it is known beforehand.

use std::fmt;

use serde::Serialize;

/// The least and the most of something that is counted. The most may be unknown.
///
/// ```
/// use dashoptimize::call::Bounds;
///
/// let steps = Bounds::new(1, 4);
/// assert_eq!(steps.times(Bounds::exactly(10)), Bounds::new(10, 40));
/// assert_eq!(steps.plus(Bounds::at_least(2)), Bounds::at_least(3));
/// assert_eq!(steps.to_string(), "1 to 4");
/// assert!(steps.contains(4) && !steps.contains(5));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Bounds {
    /// The least.
    pub least: u64,
    /// The most; `None` if no limit is known.
    pub most: Option<u64>,
}

impl Bounds {
    /// None at all.
    pub const NONE: Self = Self::exactly(0);

    /// Nothing is known.
    pub const UNKNOWN: Self = Self::at_least(0);

    /// From one number to another one.
    #[must_use]
    pub const fn new(least: u64, most: u64) -> Self {
        Self {
            least,
            most: Some(most),
        }
    }

    /// One number.
    #[must_use]
    pub const fn exactly(number: u64) -> Self {
        Self::new(number, number)
    }

    /// Up to this number.
    #[must_use]
    pub const fn up_to(most: u64) -> Self {
        Self::new(0, most)
    }

    /// This number or more; no limit is known.
    #[must_use]
    pub const fn at_least(least: u64) -> Self {
        Self { least, most: None }
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            least: self.least.saturating_add(other.least),
            most: sum(self.most, other.most),
        }
    }

    /// So many for each.
    #[must_use]
    pub fn times(self, other: Self) -> Self {
        let most = match (self.most, other.most) {
            // Of nothing, any number is nothing.
            (Some(0), _) | (_, Some(0)) => Some(0),
            (Some(one), Some(other)) => Some(one.saturating_mul(other)),
            _ => None,
        };
        Self {
            least: self.least.saturating_mul(other.least),
            most,
        }
    }

    /// One after the other, where the second may be spared by what the first one did.
    #[must_use]
    pub fn then(self, other: Self) -> Self {
        Self {
            least: self.least.max(other.least),
            most: sum(self.most, other.most),
        }
    }

    /// Up to the same number, but possibly none.
    #[must_use]
    pub const fn or_none(self) -> Self {
        Self {
            least: 0,
            most: self.most,
        }
    }

    /// Whether a number is within them.
    #[must_use]
    pub fn contains(self, number: u64) -> bool {
        number >= self.least && self.most.is_none_or(|most| number <= most)
    }
}

fn sum(one: Option<u64>, other: Option<u64>) -> Option<u64> {
    Some(one?.saturating_add(other?))
}

/// `12`, `12 to 40`, `12 or more`, `not known`.
impl fmt::Display for Bounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.least, self.most) {
            (0, None) => f.pad("not known"),
            (least, None) => f.pad(&format!("{least} or more")),
            (least, Some(most)) if least == most => f.pad(&least.to_string()),
            (least, Some(most)) => f.pad(&format!("{least} to {most}")),
        }
    }
}
