//! How much there is to gain on rows, as far as candidates have shown it.

use std::fmt;

use crate::evaluate::Measured;

/// How much there is to gain on the validation part, as far as the candidates so far have shown it. Where no
/// row tells candidates apart and none leaves room, no optimizer can gain anything.
///
/// What a row tells is the larger of two numbers between 0 and 1: how much the scores of the candidates
/// vary on it (twice their standard deviation, as a share of the metric's range), and how far the best of
/// them is from the best possible score. Races draw rows by it.
///
/// The variance of scores between candidates as a measure of what a row is worth is that of *p1* (arXiv
/// 2604.08801).
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Headroom {
    /// How many candidates were evaluated on all rows.
    pub candidates: usize,
    /// The number of rows.
    pub rows: usize,
    /// Rows on which all candidates have the best score.
    pub solved: usize,
    /// Rows on which candidates have different scores.
    pub telling: usize,
    /// Rows on which all candidates have the same score, which is not the best.
    pub open: usize,
    /// The mean of what the rows tell: 0 if all candidates are perfect.
    pub share: f64,
}

impl Headroom {
    /// What these evaluations of candidates on the same rows show. `None` without any.
    pub(in crate::engine) fn of(evaluations: &[&Measured]) -> Option<Self> {
        let rows = evaluations.first()?.n();
        let told = RowScores::of(evaluations);
        let count = |is: fn(&RowScores) -> bool| told.iter().filter(|row| is(row)).count();
        Some(Self {
            candidates: evaluations.len(),
            rows,
            solved: count(|row| row.spread() == 0.0 && row.room() == 0.0),
            telling: count(|row| row.spread() > 0.0),
            open: count(|row| row.spread() == 0.0 && row.room() > 0.0),
            share: told.iter().map(RowScores::told).sum::<f64>() / rows.max(1) as f64,
        })
    }
}

/// `12 of 50 validation rows have the best score for all 7 candidates, 20 tell them apart, 18 are equal and
/// leave room`
impl fmt::Display for Headroom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            candidates,
            rows,
            solved,
            telling,
            open,
            ..
        } = self;
        if *candidates == 1 {
            return write!(
                f,
                "the program as given has the best score on {solved} of {rows} validation rows; {open} leave \
                 room"
            );
        }
        write!(
            f,
            "{solved} of {rows} validation rows have the best score for all {candidates} candidates, \
             {telling} tell them apart, {open} are equal for all and leave room"
        )
    }
}

/// The scores of candidates on one row, as shares of the range.
#[derive(Clone, Copy, Default)]
pub(super) struct RowScores {
    candidates: f64,
    sum: f64,
    squares: f64,
    lowest: f64,
    highest: f64,
}

impl RowScores {
    /// The rows of these evaluations. A row without a score counts as the worst.
    pub(super) fn of(evaluations: &[&Measured]) -> Vec<Self> {
        let rows = evaluations.first().map_or(0, |first| first.n());
        let mut told = vec![Self::default(); rows];
        for measured in evaluations {
            for (row, score) in told.iter_mut().zip(measured.shares_at_worst()) {
                row.add(score);
            }
        }
        told
    }

    fn add(&mut self, score: f64) {
        let is_first = self.candidates == 0.0;
        self.candidates += 1.0;
        self.sum += score;
        self.squares += score * score;
        self.lowest = if is_first {
            score
        } else {
            self.lowest.min(score)
        };
        self.highest = self.highest.max(score);
    }

    /// How much the scores vary: 0 if they are equal, 1 if half of them are the worst and half the best.
    fn spread(&self) -> f64 {
        if self.lowest == self.highest {
            return 0.0;
        }
        let mean = self.sum / self.candidates;
        let variance = self.squares / self.candidates - mean * mean;
        (2.0 * variance.max(0.0).sqrt()).min(1.0)
    }

    /// How far the best of the scores is from the best possible one.
    fn room(&self) -> f64 {
        1.0 - self.highest
    }

    /// How much the row can tell.
    pub(super) fn told(&self) -> f64 {
        self.spread().max(self.room())
    }
}
