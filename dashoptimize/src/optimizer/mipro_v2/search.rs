//! The search over instruction × set of demos, for all predictors jointly.

use std::collections::BTreeMap;

use super::demo_sets::DemoSets;
use super::instructions::Instructions;
use super::trial::MIPROv2Trial;
use crate::engine::{Candidate, Component, Decision, Rollout, Sources, Stop, Study, Trial};
use crate::evaluate::{Example, Measured};
use crate::module::{Module, ModuleExt};
use crate::optimizer::tpe::{Coordinate, Dimension, Observed, Tpe};

/// What each predictor can have, in the order of the predictors.
pub(super) struct Choices {
    pub(super) instructions: Vec<Instructions>,
    /// `None` if demos stay as they are.
    pub(super) demos: Option<Vec<DemoSets>>,
}

/// How the combinations are tried.
#[derive(Clone, Copy, Debug)]
pub(super) struct Schedule {
    pub(super) trials: usize,
    /// The rows of a minibatch, and after how many minibatches there is a full evaluation. `None` if every
    /// trial is a full evaluation.
    pub(super) minibatch: Option<(usize, usize)>,
}

/// How often the sampler is asked for a combination that was not evaluated yet.
const SUGGESTIONS: usize = 32;

/// A choice for each dimension of the space.
type Combination = Vec<usize>;

/// A combination that was tried.
struct Tried<M> {
    candidate: Candidate<M>,
    /// The scores of its minibatches.
    scores: Vec<f64>,
    is_evaluated: bool,
}

/// The search for the best combination.
pub(super) struct CombinationSearch<'a, 'd, M: Module, E> {
    study: &'a Study<'d, M, E>,
    choices: Choices,
    schedule: Schedule,
    tpe: Tpe,
    tried: BTreeMap<Combination, Tried<M>>,
}

impl Choices {
    /// One dimension for the instruction of each predictor, and one for its demos.
    fn space(&self) -> Vec<usize> {
        let demos = self.demos.iter().flatten().map(DemoSets::len);
        let instructions = self.instructions.iter().map(Instructions::len);
        instructions.chain(demos).collect()
    }

    /// The state of a combination, with what its demos were made of.
    fn candidate<M: Module, E: Example<M::Input>>(
        &self,
        study: &Study<'_, M, E>,
        combination: &[usize],
    ) -> Result<Candidate<M>, Stop> {
        let student = study.student();
        let (instructions, demos) = combination.split_at(self.instructions.len());
        let mut state = student.state();
        let mut sources: Sources = study.base().sources().clone();
        for (index, predictor) in student.predictors().into_iter().enumerate() {
            if let Some(text) = self.instructions[index].get(instructions[index]) {
                Component::instructions(predictor.path()).set(student, &mut state, text);
            }
            // The set at index 0 is what the student has, with how it chooses from it.
            let Some(sets) = self.demos.as_ref().filter(|_| demos[index] > 0) else {
                continue;
            };
            let Some(set) = sets[index].get(demos[index]) else {
                continue;
            };
            predictor.set_demos_in(&mut state, set.demos.clone());
            sources.remove(predictor.path());
            if let Some(made_of) = &set.sources {
                sources.insert(predictor.path().to_owned(), made_of.clone());
            }
        }
        let origin = self.words(student, combination);
        Ok(study.candidate(origin, &state)?.with_sources(sources))
    }

    /// `instruction 1, demo set 4`; with several predictors, each after its path.
    fn words<M: Module>(&self, student: &M, combination: &[usize]) -> String {
        let (instructions, demos) = combination.split_at(self.instructions.len());
        let predictors = student.predictors();
        let words = predictors.iter().enumerate().map(|(index, predictor)| {
            let demos = demos.get(index).map(|set| format!(", demo set {set}"));
            let choice = format!(
                "instruction {}{}",
                instructions[index],
                demos.unwrap_or_default()
            );
            match predictors.len() {
                1 => choice,
                _ => format!("{}: {choice}", predictor.path()),
            }
        });
        words.collect::<Vec<_>>().join("; ")
    }
}

impl<'a, 'd, M: Module, E: Example<M::Input>> CombinationSearch<'a, 'd, M, E> {
    /// A search that knows what was measured of the student.
    pub(super) async fn new(
        study: &'a Study<'d, M, E>,
        choices: Choices,
        schedule: Schedule,
    ) -> Result<Self, Stop> {
        let space = choices.space();
        let dimensions = space.iter().map(|choices| Dimension::choice(*choices));
        let tpe = Tpe::new(dimensions, study.rng("MIPROv2 combinations"));
        let tpe = tpe.map_err(|error| Stop::Unusable(error.to_string()))?;
        let base = vec![0; space.len()];
        let mut search = Self {
            study,
            choices,
            schedule,
            tpe,
            tried: BTreeMap::from([(
                base.clone(),
                Tried {
                    candidate: study.base().clone(),
                    scores: Vec::new(),
                    is_evaluated: false,
                },
            )]),
        };
        search.evaluate(&base).await?;
        Ok(search)
    }

    /// Tries combinations, until there are no trials left or nothing that is unknown.
    pub(super) async fn run(mut self) -> Result<(), Stop> {
        let of = self.schedule.trials;
        for trial in 1..=of {
            if self.is_exhausted() {
                break;
            }
            let combination = self.next()?;
            match self.schedule.minibatch {
                None => {
                    let measured = self.evaluate(&combination).await?;
                    self.tell(trial, &combination, measured);
                }
                Some((rows, steps)) => {
                    let measured = self.minibatch(trial, &combination, rows).await?;
                    self.tell(trial, &combination, measured);
                    if trial % steps == 0 || trial == of {
                        self.evaluate_most_promising().await?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether all combinations were evaluated on the whole validation part.
    fn is_exhausted(&self) -> bool {
        let space = self.choices.space();
        let all = space
            .iter()
            .try_fold(1_usize, |all, choices| all.checked_mul(*choices));
        let evaluated = self.tried.values().filter(|tried| tried.is_evaluated);
        all == Some(evaluated.count())
    }

    /// The next combination to try, as a candidate: one that was not evaluated on all rows yet, because
    /// there is nothing more to learn of the others.
    fn next(&mut self) -> Result<Combination, Stop> {
        let mut suggested = None;
        for _ in 0..SUGGESTIONS {
            let point = self.tpe.suggest();
            let combination: Combination =
                point.into_iter().filter_map(Coordinate::choice).collect();
            if !self.is_evaluated(&combination) {
                suggested = Some(combination);
                break;
            }
        }
        let combination = suggested.unwrap_or_else(|| self.first_open());
        if !self.tried.contains_key(&combination) {
            let candidate = self.choices.candidate(self.study, &combination)?;
            let tried = Tried {
                candidate,
                scores: Vec::new(),
                is_evaluated: false,
            };
            self.tried.insert(combination.clone(), tried);
        }
        Ok(combination)
    }

    fn is_evaluated(&self, combination: &[usize]) -> bool {
        let tried = self.tried.get(combination);
        tried.is_some_and(|tried| tried.is_evaluated)
    }

    /// The first combination in order that was not evaluated.
    fn first_open(&self) -> Combination {
        let space = self.choices.space();
        let mut combination = vec![0; space.len()];
        while self.is_evaluated(&combination) {
            for (choice, choices) in combination.iter_mut().zip(&space) {
                *choice += 1;
                if *choice < *choices {
                    break;
                }
                *choice = 0;
            }
        }
        combination
    }

    /// Tries a combination on random rows of the validation part.
    async fn minibatch(
        &mut self,
        trial: usize,
        combination: &Combination,
        rows: usize,
    ) -> Result<Measured, Stop> {
        let mut rng = self.study.rng(&format!("MIPROv2 minibatch {trial}"));
        let candidate = &self.tried[combination].candidate;
        let rows = rng.sample(self.study.val().len(), rows).into_iter();
        let trials: Vec<_> = rows.map(|row| Trial::on_val(candidate, row)).collect();
        let rollouts = self.study.rollouts(&trials).await?;
        let measured = Rollout::measure(&rollouts);
        self.learn(combination, measured.score_at_worst());
        let tried = self.tried.get_mut(combination);
        if let (Some(tried), Some(score)) = (tried, measured.score_at_worst()) {
            tried.scores.push(score);
        }
        Ok(measured)
    }

    /// Evaluates the combination with the best mean of its minibatches that was not evaluated yet; of equal
    /// ones the first in the order of their choices.
    async fn evaluate_most_promising(&mut self) -> Result<(), Stop> {
        let mean = |tried: &Tried<M>| {
            let open = !tried.is_evaluated && !tried.scores.is_empty();
            open.then(|| tried.scores.iter().sum::<f64>() / tried.scores.len() as f64)
        };
        let mut best: Option<(f64, &Combination)> = None;
        for (combination, tried) in &self.tried {
            let Some(mean) = mean(tried) else { continue };
            if best.is_none_or(|(most, _)| mean > most) {
                best = Some((mean, combination));
            }
        }
        let Some((mean, combination)) = best.map(|(mean, combination)| (mean, combination.clone()))
        else {
            return Ok(());
        };
        let tried = &self.tried[&combination];
        let reason = format!("{mean:.4} over {} minibatches", tried.scores.len());
        self.study.decide(Decision::admitted(
            &tried.candidate,
            "best mean of minibatches",
            reason,
        ))?;
        self.evaluate(&combination).await?;
        Ok(())
    }

    /// Evaluates a combination on the whole validation part.
    async fn evaluate(&mut self, combination: &Combination) -> Result<Measured, Stop> {
        let candidate = &self.tried[combination].candidate;
        let measured = self.study.evaluate(candidate).await?.measured;
        self.learn(combination, measured.score_at_worst());
        if let Some(tried) = self.tried.get_mut(combination) {
            tried.is_evaluated = true;
        }
        Ok(measured)
    }

    fn learn(&mut self, combination: &[usize], score: Option<f64>) {
        let point = combination
            .iter()
            .map(|choice| Coordinate::Choice(*choice))
            .collect();
        self.tpe
            .tell(point, score.map_or(Observed::Failed, Observed::Scored));
    }

    fn tell(&self, trial: usize, combination: &[usize], measured: Measured) {
        self.study.tell(MIPROv2Trial {
            trial,
            of: self.schedule.trials,
            choices: self.choices.words(self.study.student(), combination),
            measured,
        });
    }
}
