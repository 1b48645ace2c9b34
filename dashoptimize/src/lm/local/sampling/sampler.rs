//! The choice of the next token.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::lm::{LmError, LmErrorKind, Params};

/// Chooses the tokens of one reply.
#[derive(Clone, Debug)]
pub(crate) enum Sampler {
    /// Always the likeliest token; of several, the first.
    Greedy,
    /// A random token.
    Random {
        /// The number by which scores are divided.
        temperature: f64,
        /// The share of the probability from which tokens are drawn, the likeliest first.
        top_p: f64,
        /// The random numbers of this request. No other request draws from them, so a reply does not
        /// depend on other requests.
        rng: Box<ChaCha8Rng>,
    },
}

impl Sampler {
    /// The sampler for the parameters of a request; `sample` is the number of the sample.
    pub(crate) fn new(params: &Params, sample: u32) -> Result<Self, LmError> {
        let temperature = params.temperature.unwrap_or(0.0);
        let top_p = params.top_p.unwrap_or(1.0);
        if !(temperature.is_finite() && temperature >= 0.0) {
            return Err(invalid("temperature", temperature, "0 or more"));
        }
        if !(top_p > 0.0 && top_p <= 1.0) {
            return Err(invalid("top_p", top_p, "above 0 and at most 1"));
        }
        if temperature == 0.0 {
            return Ok(Self::Greedy);
        }
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&params.seed.unwrap_or(0).to_le_bytes());
        seed[8..12].copy_from_slice(&sample.to_le_bytes());
        Ok(Self::Random {
            temperature,
            top_p,
            rng: Box::new(ChaCha8Rng::from_seed(seed)),
        })
    }

    /// The next token, given the scores of all tokens.
    pub(crate) fn choose(&mut self, scores: &[f32]) -> u32 {
        let best = likeliest(scores);
        let token = match self {
            Self::Greedy => best,
            Self::Random {
                temperature,
                top_p,
                rng,
            } => {
                let point = (rng.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
                draw(scores, best, *temperature, *top_p, point)
            }
        };
        token as u32
    }
}

fn invalid(name: &str, value: f64, range: &str) -> LmError {
    LmError::new(
        LmErrorKind::InvalidRequest,
        format!("`{name}` is {value}, but must be {range}"),
    )
}

fn likeliest(scores: &[f32]) -> usize {
    let mut best = 0;
    for (token, score) in scores.iter().enumerate() {
        if *score > scores[best] {
            best = token;
        }
    }
    best
}

/// The token at `point`, a number from 0 to 1, of the cumulative probability of the nucleus.
fn draw(scores: &[f32], best: usize, temperature: f64, top_p: f64, point: f64) -> usize {
    let weight = |token: usize| (f64::from(scores[token] - scores[best]) / temperature).exp();
    let weights: Vec<_> = (0..scores.len()).map(weight).collect();
    let mut total: f64 = weights.iter().sum();
    let mut tokens: Vec<_> = (0..scores.len()).collect();
    if top_p < 1.0 {
        let size = nucleus(&weights, &mut tokens, top_p * total);
        tokens.truncate(size);
        total = tokens.iter().map(|&token| weights[token]).sum();
    }
    let mut left = point * total;
    for &token in &tokens {
        left -= weights[token];
        if left < 0.0 {
            return token;
        }
    }
    best
}

/// Moves the likeliest tokens to the front, in order, and returns how many of them make up `share`.
/// These are nearly always few, so most tokens need not be sorted.
fn nucleus(weights: &[f64], tokens: &mut [usize], share: f64) -> usize {
    let by_weight = |&a: &usize, &b: &usize| weights[b].total_cmp(&weights[a]).then(a.cmp(&b));
    let mut front = 64;
    loop {
        front = front.min(tokens.len());
        if front < tokens.len() {
            tokens.select_nth_unstable_by(front, by_weight);
        }
        tokens[..front].sort_unstable_by(by_weight);
        let mut sum = 0.0;
        for (index, &token) in tokens[..front].iter().enumerate() {
            sum += weights[token];
            if sum >= share {
                return index + 1;
            }
        }
        if front == tokens.len() {
            return front;
        }
        front *= 8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sampler(temperature: f64, top_p: Option<f64>, seed: u64, sample: u32) -> Sampler {
        let params = Params {
            temperature: Some(temperature),
            top_p,
            seed: Some(seed),
            ..Params::default()
        };
        Sampler::new(&params, sample).unwrap()
    }

    fn tokens(mut sampler: Sampler, scores: &[f32]) -> Vec<u32> {
        (0..200).map(|_| sampler.choose(scores)).collect()
    }

    const SCORES: [f32; 5] = [0.0, 2.0, 1.0, 2.0, -3.0];

    #[test]
    fn greedy_takes_the_first_of_the_likeliest() {
        assert_eq!(sampler(0.0, None, 1, 0).choose(&SCORES), 1);
    }

    #[test]
    fn seed_and_sample_make_the_stream() {
        let first = tokens(sampler(1.0, None, 7, 0), &SCORES);
        assert_eq!(first, tokens(sampler(1.0, None, 7, 0), &SCORES));
        assert_ne!(first, tokens(sampler(1.0, None, 8, 0), &SCORES));
        assert_ne!(first, tokens(sampler(1.0, None, 7, 1), &SCORES));
    }

    #[test]
    fn the_stream_is_the_same_on_every_machine() {
        let drawn = tokens(sampler(1.0, None, 7, 0), &SCORES);
        assert_eq!(drawn[..8], STREAM);
    }

    /// Drawn once; the same on every machine.
    const STREAM: [u32; 8] = [3, 2, 0, 1, 1, 1, 1, 1];

    #[test]
    fn the_nucleus_leaves_out_the_unlikely() {
        for token in tokens(sampler(1.0, Some(0.75), 3, 0), &SCORES) {
            assert!([1, 3].contains(&token));
        }
        let many: Vec<f32> = (0..3000).map(|i| (i % 7) as f32 * 0.01).collect();
        assert!(
            tokens(sampler(5.0, Some(0.99), 3, 0), &many)
                .iter()
                .any(|&token| token > 2000)
        );
    }

    #[test]
    fn chance_follows_the_scores() {
        let drawn = tokens(sampler(1.0, None, 5, 0), &[0.0, 1.0]);
        let ones = drawn.iter().filter(|&&token| token == 1).count();
        assert!(
            (125..170).contains(&ones),
            "{ones} of 200 instead of about 146"
        );
    }

    #[test]
    fn senseless_settings_are_refused() {
        for (temperature, top_p) in [(-1.0, 1.0), (f64::NAN, 1.0), (1.0, 0.0), (1.0, 1.5)] {
            let params = Params {
                temperature: Some(temperature),
                top_p: Some(top_p),
                ..Params::default()
            };
            let error = Sampler::new(&params, 0).unwrap_err();
            assert_eq!(error.kind(), LmErrorKind::InvalidRequest);
        }
    }
}
