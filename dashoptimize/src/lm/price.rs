//! What a token costs.

use serde::{Deserialize, Serialize};

use super::Usage;

/// Price of tokens in millionths of a dollar per million tokens, that is, in dollars × 10⁻¹² per
/// token. Whole numbers, so that sums are exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    input: u64,
    cached: u64,
    output: u64,
}

impl Price {
    /// Nothing at all, as for a model on this machine.
    pub const FREE: Self = Self {
        input: 0,
        cached: 0,
        output: 0,
    };

    /// Dollars per million tokens of prompt and of reply.
    ///
    /// ```
    /// use dashoptimize::lm::{Price, Usage};
    ///
    /// let price = Price::per_1m(0.15, 0.60);
    /// assert_eq!(price.cost(Usage::new(1_000_000, 0)).as_usd(), 0.15);
    /// ```
    #[must_use]
    pub fn per_1m(input: f64, output: f64) -> Self {
        let input = micro_usd(input);
        Self {
            input,
            cached: input,
            output: micro_usd(output),
        }
    }

    /// Dollars per million tokens of prompt that come from the provider's prefix cache.
    #[must_use]
    pub fn with_cached_per_1m(mut self, cached: f64) -> Self {
        self.cached = micro_usd(cached);
        self
    }

    /// What this usage costs.
    #[must_use]
    pub fn cost(self, usage: Usage) -> Usd {
        let cached = usage.cached.min(usage.input);
        Usd(u128::from(usage.input - cached) * u128::from(self.input)
            + u128::from(cached) * u128::from(self.cached)
            + u128::from(usage.output) * u128::from(self.output))
    }
}

/// A negative or unreal price counts as 0 here; the price tables hold none.
fn micro_usd(usd: f64) -> u64 {
    (usd * 1e6).round() as u64
}

/// An exact sum of money, in 10⁻¹² dollars.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Usd(u128);

impl Usd {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// This many dollars, rounded to 10⁻¹². A negative amount is 0.
    #[must_use]
    pub fn from_usd(usd: f64) -> Self {
        Self((usd * 1e12).round() as u128)
    }

    /// In dollars.
    #[must_use]
    pub fn as_usd(self) -> f64 {
        self.0 as f64 / 1e12
    }

    /// The sum, kept at the largest amount where it would overflow.
    #[must_use]
    pub const fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The difference, 0 where it would be negative.
    #[must_use]
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl std::ops::AddAssign for Usd {
    fn add_assign(&mut self, other: Self) {
        *self = self.saturating_add(other);
    }
}

impl std::fmt::Display for Usd {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let usd = self.as_usd();
        match usd {
            _ if self.0 == 0 => f.write_str("$0"),
            _ if usd < 0.01 => write!(f, "${usd:.6}"),
            _ => write!(f, "${usd:.2}"),
        }
    }
}
