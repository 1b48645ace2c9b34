//! Who is shown to be worse than others on the rows so far.

use super::row_order::Draw;
use super::row_weights::{RowsByWeight, WEIGHTS};
use crate::evaluate::statistics::{Alpha, DrawnValue, EValue, PopulationTest};

/// A candidate of a race.
#[derive(Clone, Debug)]
pub(super) struct Rival {
    /// Its number: of equal candidates, the one with the smaller number is better.
    pub(super) number: u32,
    /// Its scores on all rows, as shares of the range, if they are known before.
    pub(super) known: Option<Vec<f64>>,
}

/// The duels of every candidate that runs with every other one.
///
/// What is tested of each is whether it is the best on the whole part, with every missing score as the
/// worst. Its evidence against that is the mean of the evidence of its duels. If it is the best, each of
/// them holds, and so does the mean: it is stopped with a probability of at most alpha, however many
/// candidates there are, and whichever of them leads at any time.
pub(super) struct Duels {
    alpha: Alpha,
    rivals: Vec<Rival>,
    /// By candidate, its duels with the others; none of a candidate that is known.
    duels: Vec<Vec<Duel>>,
    is_stopped: Vec<bool>,
}

/// A candidate that is stopped.
pub(super) struct StoppedRival {
    pub(super) rival: usize,
    /// The candidate that it is worse than.
    pub(super) worse_than: usize,
    /// The evidence that it is not the best.
    pub(super) e_value: EValue,
}

/// The test of one candidate against another.
struct Duel {
    against: usize,
    test: PopulationTest,
    bounds: Bounds,
    loses_ties: bool,
    has_lost: bool,
}

/// How little the other candidate can be ahead on the rows that are left.
struct Bounds {
    /// On a row of each weight.
    least: [f64; WEIGHTS],
    /// On all rows that are left, and how much it is ahead on those that were run.
    left: f64,
    ahead: f64,
}

impl Duels {
    pub(super) fn new(rivals: Vec<Rival>, rows: &RowsByWeight, alpha: Alpha) -> Self {
        let others = |of: usize| (0..rivals.len()).filter(move |other| *other != of);
        let duels_of = |(index, rival): (usize, &Rival)| match rival.known {
            Some(_) => Vec::new(),
            None => others(index)
                .map(|other| Duel::new(rival, other, &rivals[other], rows))
                .collect(),
        };
        Self {
            alpha,
            duels: rivals.iter().enumerate().map(duels_of).collect(),
            is_stopped: vec![false; rivals.len()],
            rivals,
        }
    }

    /// Whether this candidate still runs.
    pub(super) fn runs(&self, rival: usize) -> bool {
        self.rivals[rival].known.is_none() && !self.is_stopped[rival]
    }

    /// Stops those that cannot be the best or are shown not to be.
    pub(super) fn stop(&mut self) -> Vec<StoppedRival> {
        let mut stopped = Vec::new();
        for rival in 0..self.rivals.len() {
            let left = self.is_stopped.iter().filter(|is_stopped| !**is_stopped);
            if !self.runs(rival) || left.count() == 1 {
                continue;
            }
            let e_value = EValue::mean(self.duels[rival].iter().map(Duel::e_value));
            if e_value.rejects(self.alpha) {
                self.is_stopped[rival] = true;
                stopped.push(StoppedRival {
                    rival,
                    worse_than: self.worse_than(rival),
                    e_value,
                });
            }
        }
        stopped
    }

    /// Adds a row. `score` gives the score of each candidate that runs.
    pub(super) fn add(&mut self, draw: &Draw, score: impl Fn(usize) -> f64) {
        let known = |rival: usize| Some(self.rivals[rival].known.as_ref()?[draw.row]);
        for rival in (0..self.rivals.len())
            .filter(|rival| self.runs(*rival))
            .collect::<Vec<_>>()
        {
            let own = score(rival);
            for duel in &mut self.duels[rival] {
                match known(duel.against) {
                    Some(other) => duel.add(draw, own, other, true),
                    None if self.is_stopped[duel.against] => {}
                    None => duel.add(draw, own, score(duel.against), false),
                }
            }
        }
    }

    fn worse_than(&self, rival: usize) -> usize {
        let duels = self.duels[rival].iter();
        let strongest = duels.reduce(|best, duel| match duel.e_value() > best.e_value() {
            true => duel,
            false => best,
        });
        strongest.map_or(rival, |duel| duel.against)
    }
}

impl Duel {
    fn new(rival: &Rival, index: usize, other: &Rival, rows: &RowsByWeight) -> Self {
        let population = rows.iter().map(Vec::len).sum();
        let mut duel = Self {
            against: index,
            test: PopulationTest::new(population, 0.0),
            bounds: Bounds::new(other.known.as_deref(), rows),
            loses_ties: rival.number > other.number,
            has_lost: false,
        };
        duel.has_lost = duel.loses_ties && duel.bounds.are_out_of_reach();
        duel
    }

    fn add(&mut self, draw: &Draw, own: f64, other: f64, is_known: bool) {
        let ahead = other - own;
        let ratios = draw
            .probabilities()
            .map(|(class, p)| self.bounds.least[class] / p);
        self.test.observe(DrawnValue::new(
            ahead,
            draw.probability,
            ratios.fold(f64::INFINITY, f64::min),
            self.bounds.left,
        ));
        self.bounds
            .add(ahead, least_ahead(is_known.then_some(other)));
        self.has_lost |= self.loses_ties && self.bounds.are_out_of_reach();
    }

    fn e_value(&self) -> EValue {
        match self.has_lost {
            true => EValue::CERTAIN,
            false => self.test.e_value(),
        }
    }
}

impl Bounds {
    fn new(known: Option<&[f64]>, rows: &RowsByWeight) -> Self {
        let of_row = |row: &usize| least_ahead(known.map(|known| known[*row]));
        let least = |rows: &Vec<usize>| rows.iter().map(of_row).fold(0.0, f64::min);
        Self {
            least: [0, 1, 2, 3].map(|class| least(&rows[class])),
            left: rows.iter().flatten().map(of_row).sum(),
            ahead: 0.0,
        }
    }

    fn add(&mut self, ahead: f64, least: f64) {
        self.ahead += ahead;
        self.left -= least;
    }

    /// Whether the other candidate stays at least level on all rows, whatever the rows that are left give.
    fn are_out_of_reach(&self) -> bool {
        self.ahead + self.left >= 0.0
    }
}

/// How little a candidate with this score, if it is known, can be ahead on a row: the other has the best score
/// at most.
fn least_ahead(known: Option<f64>) -> f64 {
    known.unwrap_or(0.0) - 1.0
}

#[cfg(test)]
mod tests {
    use super::super::row_order::RowOrder;
    use super::*;
    use crate::random::SeededRng;

    /// How many of 2,000 races stop a candidate that is as good as its rival on all 60 rows, where the rows on which
    /// it loses are drawn early.
    fn stopped(is_known: bool) -> usize {
        let own = |row: usize| f64::from(u8::from((10..20).contains(&row) || row >= 40));
        let other = |row: usize| f64::from(u8::from(!(10..40).contains(&row)));
        let rows = || -> RowsByWeight { [(10..60).collect(), vec![], vec![], (0..10).collect()] };
        let stops = |seed: &u64| {
            let known = is_known.then(|| (0..60).map(other).collect());
            // The candidate has the smaller number, so that it wins ties.
            let rivals = vec![
                Rival {
                    number: 1,
                    known: None,
                },
                Rival { number: 2, known },
            ];
            let mut duels = Duels::new(rivals, &rows(), Alpha::default());
            RowOrder::new(rows(), SeededRng::new(*seed, "duels")).any(|draw| {
                duels.add(&draw, |rival| {
                    if rival == 0 {
                        own(draw.row)
                    } else {
                        other(draw.row)
                    }
                });
                duels.stop().iter().any(|stopped| stopped.rival == 0)
            })
        };
        (0..2_000).filter(stops).count()
    }

    /// The mean of the capital over many orders is 1, after any number of rows.
    #[test]
    fn a_duel_of_equals_is_fair_whatever_the_weights_are() {
        let known: Vec<f64> = vec![1.0, 1.0, 0.0, 0.0, 1.0, 0.0];
        let own = [0.0, 0.0, 1.0, 1.0, 1.0, 0.0];
        let rows: RowsByWeight = [vec![2, 3], vec![4], vec![5], vec![0, 1]];
        let rivals = vec![
            Rival {
                number: 1,
                known: None,
            },
            Rival {
                number: 2,
                known: Some(known),
            },
        ];
        let mut means = [0.0; 6];
        for seed in 0..40_000 {
            let mut duels = Duels::new(rivals.clone(), &rows, Alpha::default());
            let order = RowOrder::new(rows.clone(), SeededRng::new(seed, "duels"));
            for (mean, draw) in means.iter_mut().zip(order) {
                duels.add(&draw, |_| own[draw.row]);
                *mean += duels.duels[0][0].e_value().value() / 40_000.0;
            }
        }
        assert!(
            means.iter().all(|mean| (mean - 1.0).abs() < 0.05),
            "{means:?}"
        );
    }

    #[test]
    fn rows_that_are_drawn_early_count_for_less() {
        for is_known in [true, false] {
            let stopped = stopped(is_known);
            assert!(stopped <= 100, "{stopped} of 2,000");
        }
    }

    #[test]
    fn what_cannot_win_any_more_is_stopped_and_what_can_is_not() {
        let rows: RowsByWeight = [(0..10).collect(), vec![], vec![], vec![]];
        // The rival is right on 8 rows and has the smaller number.
        let known: Vec<f64> = (0..10).map(|row| f64::from(u8::from(row < 8))).collect();
        let rivals = vec![
            Rival {
                number: 1,
                known: Some(known),
            },
            Rival {
                number: 2,
                known: None,
            },
        ];
        let mut duels = Duels::new(rivals, &rows, Alpha::default());
        let add = |duels: &mut Duels, row: usize, left: usize, score: f64| {
            let draw = Draw {
                row,
                probability: 1.0 / left as f64,
                left: [left, 0, 0, 0],
            };
            duels.add(&draw, |_| score);
            duels.stop().len()
        };
        // It may still win the last two rows, and then be level; that is not enough.
        assert_eq!(add(&mut duels, 0, 10, 1.0), 0);
        assert_eq!(add(&mut duels, 1, 9, 0.0), 0);
        assert_eq!(add(&mut duels, 2, 8, 0.0), 1);
        assert!(!duels.runs(1) && !duels.runs(0));
    }
}
