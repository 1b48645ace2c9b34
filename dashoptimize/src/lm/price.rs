//! What a token costs.

use serde::{Deserialize, Serialize};

use super::reply::Usage;

/// Price of tokens in millionths of a dollar per million tokens, that is, in dollars × 10⁻¹² per
/// token. Whole numbers, so that sums are exact.
///
/// A price that is negative, NaN or infinite cannot be made: [`try_per_1m`](Self::try_per_1m) returns
/// `None` for it and [`per_1m`](Self::per_1m) panics, so that a wrong number never means "free". In
/// a `const`, the panic is a compile error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "PriceOnFile")]
pub struct Price {
    input: u64,
    cached: u64,
    output: u64,
}

/// A price as it is read, before it is checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PriceOnFile {
    input: u64,
    cached: u64,
    output: u64,
}

impl TryFrom<PriceOnFile> for Price {
    type Error = &'static str;

    fn try_from(
        PriceOnFile {
            input,
            cached,
            output,
        }: PriceOnFile,
    ) -> Result<Self, Self::Error> {
        if input.max(output) > HIGHEST || cached > input {
            return Err(
                "this is not a price: it is over a billion dollars, or higher from the cache",
            );
        }
        Ok(Self {
            input,
            cached,
            output,
        })
    }
}

impl Price {
    /// No price at all, as for a model on this machine.
    pub const FREE: Self = Self {
        input: 0,
        cached: 0,
        output: 0,
    };

    /// Dollars per million tokens of prompt and of reply. Use [`try_per_1m`](Self::try_per_1m) for
    /// numbers from outside the program.
    ///
    /// A number between 0 and a millionth of a dollar counts as a millionth.
    ///
    /// ```
    /// use dashoptimize::lm::{Price, Usage};
    ///
    /// const MINI: Price = Price::per_1m(0.15, 0.60);
    /// assert_eq!(MINI.cost(Usage::new(1_000_000, 0)).as_usd(), 0.15);
    /// ```
    ///
    /// # Panics
    ///
    /// If a number is negative, NaN, infinite or over a billion.
    #[must_use]
    pub const fn per_1m(input: f64, output: f64) -> Self {
        match Self::try_per_1m(input, output) {
            Some(price) => price,
            None => panic!("a price is a number of dollars from 0 to a billion"),
        }
    }

    /// Dollars per million tokens of prompt and of reply, or `None` where a number is negative, NaN,
    /// infinite or over a billion.
    ///
    /// ```
    /// use dashoptimize::lm::Price;
    ///
    /// assert_eq!(Price::try_per_1m(0.15, 0.60), Some(Price::per_1m(0.15, 0.60)));
    /// assert_eq!(Price::try_per_1m(f64::NAN, 0.60), None);
    /// assert_eq!(Price::try_per_1m(-0.15, 0.60), None);
    /// ```
    #[must_use]
    pub const fn try_per_1m(input: f64, output: f64) -> Option<Self> {
        match (micro_usd(input), micro_usd(output)) {
            (Some(input), Some(output)) => Some(Self {
                input,
                cached: input,
                output,
            }),
            _ => None,
        }
    }

    /// Sets the dollars per million tokens of prompt that come from the provider's prefix cache. By
    /// default they cost as much as the others.
    ///
    /// # Panics
    ///
    /// If the number is negative, NaN, infinite, or higher than the price without the cache: a budget
    /// reserves the price without it, and must not reserve too little.
    #[must_use]
    pub const fn with_cached_per_1m(mut self, cached: f64) -> Self {
        match micro_usd(cached) {
            Some(cached) if cached <= self.input => self.cached = cached,
            _ => panic!("a cached token costs from 0 to the price of one that is not cached"),
        }
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

/// A billion dollars in millionths. No sum of such prices over tokens overflows.
const HIGHEST: u64 = 1_000_000_000_000_000;

/// Whole millionths, or `None` for a number that is not a price. A number above 0 stays at least 1.
const fn micro_usd(usd: f64) -> Option<u64> {
    // NaN fails every comparison.
    if !(usd >= 0.0 && usd <= HIGHEST as f64 / 1e6) {
        return None;
    }
    let micro = (usd * 1e6).round() as u64;
    if micro == 0 && usd > 0.0 {
        Some(1)
    } else {
        Some(micro)
    }
}

/// An exact amount of money, in 10⁻¹² dollars.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Usd(u128);

impl Usd {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// This many dollars, rounded to 10⁻¹². Use [`try_from_usd`](Self::try_from_usd) for numbers from
    /// outside the program.
    ///
    /// # Panics
    ///
    /// If the number is negative, NaN, infinite or over a million billions.
    #[must_use]
    pub const fn from_usd(usd: f64) -> Self {
        match Self::try_from_usd(usd) {
            Some(usd) => usd,
            None => panic!("an amount of money is a finite number of dollars, 0 or more"),
        }
    }

    /// This many dollars, rounded to 10⁻¹², or `None` where the number is negative, NaN, infinite or
    /// over a million billions.
    ///
    /// ```
    /// use dashoptimize::lm::Usd;
    ///
    /// assert_eq!(Usd::try_from_usd(2.5).map(Usd::as_usd), Some(2.5));
    /// assert_eq!(Usd::try_from_usd(-2.5), None);
    /// assert_eq!(Usd::try_from_usd(f64::INFINITY), None);
    /// ```
    #[must_use]
    pub const fn try_from_usd(usd: f64) -> Option<Self> {
        const MILLION_BILLIONS: f64 = 1e15;
        // NaN fails every comparison.
        if usd >= 0.0 && usd <= MILLION_BILLIONS {
            Some(Self((usd * 1e12).round() as u128))
        } else {
            None
        }
    }

    /// The amount in dollars.
    #[must_use]
    pub fn as_usd(self) -> f64 {
        self.0 as f64 / 1e12
    }

    /// The sum, or the largest amount where it would overflow.
    #[must_use]
    pub const fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The amount times `numerator / denominator`, rounded up, or the largest amount where it would
    /// overflow. A denominator of 0 counts as 1.
    pub(crate) fn scaled(self, numerator: u64, denominator: u64) -> Self {
        let denominator = u128::from(denominator.max(1));
        Self(
            self.0
                .saturating_mul(u128::from(numerator))
                .div_ceil(denominator),
        )
    }

    /// The difference, or 0 where it would be negative.
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOT_AMOUNTS: [f64; 5] = [-1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300];

    #[test]
    fn a_number_that_is_not_finite_is_neither_a_price_nor_an_amount() {
        for number in NOT_AMOUNTS {
            assert_eq!(Price::try_per_1m(number, 1.0), None);
            assert_eq!(Price::try_per_1m(1.0, number), None);
            assert_eq!(Usd::try_from_usd(number), None);
            assert!(std::panic::catch_unwind(|| Price::per_1m(number, 1.0)).is_err());
            assert!(std::panic::catch_unwind(|| Usd::from_usd(number)).is_err());
            let cached = || Price::per_1m(1.0, 1.0).with_cached_per_1m(number);
            assert!(std::panic::catch_unwind(cached).is_err());
        }
    }

    #[test]
    fn a_cached_token_never_costs_more_than_another() {
        let higher = || Price::per_1m(1.0, 1.0).with_cached_per_1m(1.5);
        assert!(std::panic::catch_unwind(higher).is_err());
    }

    #[test]
    fn no_file_brings_an_impossible_price() {
        let read = |text| serde_json::from_str::<Price>(text).ok();
        let price = Price::per_1m(2.0, 8.0).with_cached_per_1m(0.5);
        let written = serde_json::to_string(&price).expect("plain numbers");
        assert_eq!(read(&written), Some(price));
        for text in [
            r#"{"input":1,"cached":2,"output":1}"#,
            r#"{"input":1,"cached":1,"output":18446744073709551615}"#,
            r#"{"input":-1,"cached":-1,"output":1}"#,
            r#"{"input":1,"output":1}"#,
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn only_zero_is_free(input in any::<f64>(), output in any::<f64>()) {
            if let Some(price) = Price::try_per_1m(input, output) {
                prop_assert_eq!(price.input == 0, input == 0.0);
                prop_assert_eq!(price.output == 0, output == 0.0);
            }
        }

        #[test]
        fn no_usage_overflows(input in any::<u64>(), cached in any::<u64>(), output in any::<u64>()) {
            let highest = Price::per_1m(1e9, 1e9);
            let usage = Usage::new(input, output).with_cached(cached);
            prop_assert!(highest.cost(usage) >= Usd::ZERO);
        }
    }
}
