//! The programs that SIMBA has, with their average scores.

use super::draws::softmax;
use super::settings::{Road, Settings};
use crate::engine::{Candidate, SeededRng};

/// The programs so far. The first is the baseline, with which the search started.
pub(super) struct Pool<M>(Vec<Member<M>>);

struct Member<M> {
    candidate: Candidate<M>,
    /// The mean of its scores. `None` if it has none.
    average: Option<f64>,
}

impl<M> Pool<M> {
    pub(super) fn of_baseline(candidate: Candidate<M>) -> Self {
        Self(vec![Member {
            candidate,
            average: None,
        }])
    }

    /// Sets the average of the baseline.
    pub(super) fn set_baseline(&mut self, average: Option<f64>) {
        self.0[0].average = average;
    }

    pub(super) fn baseline(&self) -> &Candidate<M> {
        &self.0[0].candidate
    }

    pub(super) fn add(&mut self, candidate: Candidate<M>, average: Option<f64>) {
        self.0.push(Member { candidate, average });
    }

    /// The programs to draw from: the best `k` by their average, of equal ones the earlier, and the baseline;
    /// in the original it takes the place of the last if it is not among them.
    pub(super) fn top(&self, settings: &Settings) -> Top<'_, M> {
        let average = |member: usize| self.0[member].average.unwrap_or(f64::NEG_INFINITY);
        let mut order: Vec<usize> = (0..self.0.len()).collect();
        order.sort_by(|a, b| average(*b).total_cmp(&average(*a)));
        order.truncate(settings.k.max(1));
        if !order.contains(&0) {
            if settings.road == Road::Original {
                order.pop();
            }
            order.push(0);
        }
        Top(order.into_iter().map(|member| &self.0[member]).collect())
    }
}

/// The best programs and the baseline.
pub(super) struct Top<'p, M>(Vec<&'p Member<M>>);

impl<'p, M> Top<'p, M> {
    /// Draws one of the programs: the better its average, the more often.
    pub(super) fn draw(&self, rng: &mut SeededRng, temperature: f64) -> &'p Candidate<M> {
        let known = self.0.iter().filter_map(|member| member.average);
        let least = known.fold(f64::INFINITY, f64::min);
        let least = if least.is_finite() { least } else { 0.0 };
        let averages: Vec<f64> = self.0.iter().map(|m| m.average.unwrap_or(least)).collect();
        &self.0[rng.weighted(softmax(&averages, temperature))].candidate
    }
}
