//! The run of a race.

use super::duels::{Duels, Rival, StoppedRival};
use super::headroom::Headroom;
use super::result::{Race, Raced, SavedSpend};
use super::row_order::{Draw, RowOrder};
use super::row_weights::{self, RowsByWeight};
use super::stopped::StoppedEvaluation;
use crate::engine::candidate::Candidate;
use crate::engine::evaluation::{Evaluation, Part};
use crate::engine::evaluator::UnfinishedEvaluation;
use crate::engine::event::Event;
use crate::engine::evidence::Evidence;
use crate::engine::stop::Stop;
use crate::engine::study::Study;
use crate::evaluate::{Example, Measured};
use crate::module::Module;

/// Rows after which candidates are looked at: at least this many, and a quarter of those before.
const BLOCK: usize = 8;

/// Candidates that are looked at block by block.
struct RunningRace<'c, M> {
    /// Those that are not known, each with what was measured of it until it ended.
    runners: Vec<(&'c Candidate<M>, Option<UnfinishedEvaluation>)>,
    /// The runners first, then those that are known.
    rivals: Vec<Rival>,
    duels: Duels,
    /// The rows that were run so far.
    rows: Vec<usize>,
    ends: Vec<Option<EndOfRunner>>,
}

/// How the race ended for a runner.
enum EndOfRunner {
    Finished(Evaluation),
    /// After these rows.
    Stopped(StoppedEvaluation, Vec<usize>),
}

impl<M: Module, E: Example<M::Input>> Study<'_, M, E> {
    /// Evaluates several candidates on the validation part and stops those that are shown to be worse than
    /// another one, before they have cost all rows. What the run knows already is not run again, so a
    /// candidate that was evaluated costs nothing here; the best one so far makes a good opponent.
    ///
    /// All candidates meet on the same rows, in blocks. The rows are drawn at random, those that tell more
    /// with a higher probability; see [`Headroom`]. After each row it is tested, for
    /// every candidate, whether it can still be the best on the whole part by
    /// [`score_at_worst`](crate::evaluate::Measured::score_at_worst). The test is
    /// [`PopulationTest`](crate::evaluate::statistics::PopulationTest), which is valid at every look.
    ///
    /// **What is guaranteed.** The candidate that is the best of the race on the whole part is stopped with a
    /// probability of at most [alpha](super::Racing::alpha), 0.05 by default, however many candidates there are. Among
    /// equally good ones it is the one with the smallest number. If several races follow each other, each
    /// against the best so far, the same holds for the best candidate of them all, provided that which
    /// candidates there are does not depend on the races.
    ///
    /// A stopped candidate has no evaluation: it is never the best, and [`evaluate`](Self::evaluate) runs it
    /// on all rows. [`Run::racing`](crate::engine::Run::racing) turns races off; then this is
    /// [`evaluate_all`](Self::evaluate_all).
    ///
    /// ```
    /// use dashoptimize::engine::{Candidate, Stop, Study};
    /// use dashoptimize::evaluate::Example;
    /// use dashoptimize::module::Module;
    ///
    /// /// The better of the best so far and a challenger.
    /// async fn challenge<M: Module, E: Example<M::Input>>(
    ///     study: &Study<'_, M, E>,
    ///     best: Candidate<M>,
    ///     challenger: Candidate<M>,
    /// ) -> Result<Candidate<M>, Stop> {
    ///     let mut both = vec![best, challenger];
    ///     let race = study.race(&both).await?;
    ///     Ok(both.swap_remove(race.best().unwrap_or(0)))
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`evaluate`](Self::evaluate). If the budget ends before the race does, none of its candidates counts
    /// as evaluated, except those that were before.
    pub async fn race(&self, candidates: &[Candidate<M>]) -> Result<Race, Stop> {
        let racing = self.evaluator().run().racing;
        let new = self.not_entered(candidates);
        let runners = self.unknown(&new);
        let known = self.known(candidates);
        if !racing.is_on() || runners.is_empty() || runners.len() + known.len() < 2 {
            return self.race_in_full(candidates).await;
        }
        self.note(&new)?;
        for candidate in &new {
            self.evaluator()
                .announce(candidate, Part::Val, self.val().len());
        }
        let ended = self.run_race(&runners, &known).await;
        self.evaluator().gateway().sync()?;
        let ended = ended?;
        let mut saved = SavedSpend::NOTHING;
        for (candidate, end) in runners.iter().zip(ended) {
            match end {
                EndOfRunner::Finished(evaluation) => {
                    self.history().record(candidate.state_id(), evaluation);
                }
                EndOfRunner::Stopped(stopped, rows) => {
                    saved += self.saved_by(&stopped);
                    self.note_stopped(candidate, stopped, rows)?;
                }
            }
        }
        for candidate in new {
            self.enter(candidate)?;
        }
        self.reserve_for_holdout();
        self.history().note_saved(saved);
        Ok(self.result(candidates, saved))
    }

    /// How much there is to gain on the validation part, as far as the candidates so far have shown it. `None`
    /// before the first evaluation.
    #[must_use]
    pub fn headroom(&self) -> Option<Headroom> {
        let evaluations = self.evaluations();
        let measured: Vec<&Measured> = evaluations.iter().map(|(_, one)| &one.measured).collect();
        Headroom::of(&measured)
    }

    /// What all races of the run saved.
    pub(in crate::engine) fn saved(&self) -> SavedSpend {
        self.history().saved()
    }

    async fn race_in_full(&self, candidates: &[Candidate<M>]) -> Result<Race, Stop> {
        let evaluations = self.evaluate_all(candidates).await?;
        Ok(Race {
            raced: evaluations.into_iter().map(Raced::Finished).collect(),
            saved: SavedSpend::NOTHING,
        })
    }

    /// What became of candidates whose race ended.
    fn result(&self, candidates: &[Candidate<M>], saved: SavedSpend) -> Race {
        let history = self.history();
        let raced = candidates.iter().filter_map(|candidate| {
            let state = candidate.state_id();
            let finished = history.measured(state).cloned().map(Raced::Finished);
            finished.or_else(|| history.stopped(state).cloned().map(Raced::Stopped))
        });
        Race {
            raced: raced.collect(),
            saved,
        }
    }

    /// The candidates whose state was measured, each state once.
    fn known(&self, candidates: &[Candidate<M>]) -> Vec<(u32, Measured)> {
        let mut known: Vec<(&Candidate<M>, Measured)> = Vec::new();
        for candidate in candidates {
            if known.iter().any(|(other, _)| *other == candidate) {
                continue;
            }
            if let Some(evaluation) = self.measured(candidate) {
                known.push((candidate, evaluation.measured));
            }
        }
        known
            .into_iter()
            .map(|(candidate, measured)| (candidate.id(), measured))
            .collect()
    }

    /// Runs the runners on the rows of the validation part until each has finished or is stopped.
    async fn run_race(
        &self,
        runners: &[&Candidate<M>],
        known: &[(u32, Measured)],
    ) -> Result<Vec<EndOfRunner>, Stop> {
        let rows = self.weigh_rows();
        let mut race = self.start_race(runners, known, &rows)?;
        let numbers: Vec<String> = race
            .rivals
            .iter()
            .map(|rival| format!("#{}", rival.number))
            .collect();
        let rng = self.rng(&format!("race of {}", numbers.join(", ")));
        let mut order = RowOrder::new(rows, rng);
        let before = self.evaluator().gateway().total();
        // Of some it is known before the first row that they cannot win.
        let mut stopped = race.duels.stop();
        loop {
            // Who was run on all rows is evaluated, whatever the test says by then.
            if race.rows.len() < self.val().len() {
                race.end(stopped, self.val().len())?;
            }
            let block = BLOCK.max(race.rows.len() / 4);
            let draws: Vec<Draw> = order.by_ref().take(block).collect();
            if draws.is_empty() || race.running().is_empty() {
                break;
            }
            stopped = self.run_block(&mut race, &draws).await?;
        }
        let is_replay = self.evaluator().gateway().total() == before;
        self.finish_race(race, is_replay)
    }

    /// Ends the evaluations of those that were run on all rows.
    fn finish_race(
        &self,
        race: RunningRace<'_, M>,
        is_replay: bool,
    ) -> Result<Vec<EndOfRunner>, Stop> {
        let mut ends = race.ends;
        for (end, (candidate, unfinished)) in ends.iter_mut().zip(race.runners) {
            if let Some(unfinished) = unfinished {
                let evaluation = unfinished.finish()?;
                self.evaluator()
                    .note_scores(candidate.id(), Part::Val, &evaluation, is_replay)?;
                *end = Some(EndOfRunner::Finished(evaluation));
            }
        }
        Ok(ends.into_iter().flatten().collect())
    }

    /// Runs those that still run on the rows of a block. Returns who is stopped.
    async fn run_block(
        &self,
        race: &mut RunningRace<'_, M>,
        draws: &[Draw],
    ) -> Result<Vec<StoppedRival>, Stop> {
        let running = race.running();
        let rows: Vec<usize> = draws.iter().map(|draw| draw.row).collect();
        let entries = race.runners.iter_mut();
        let entries =
            entries.filter_map(|(candidate, unfinished)| Some((*candidate, unfinished.as_mut()?)));
        let mut entries: Vec<_> = entries.collect();
        let scores = self
            .evaluator()
            .run_on(&mut entries, self.val_rows(), &rows, |candidate, row| {
                self.keep(candidate, row);
            })
            .await?;
        if let Some(refusal) = entries
            .iter_mut()
            .find_map(|(_, unfinished)| unfinished.take_refusal())
        {
            return Err(Stop::Budget(refusal));
        }
        race.rows.extend(&rows);
        let mut stopped = Vec::new();
        for (draw, scores) in draws.iter().zip(&scores) {
            race.duels.add(draw, |rival| {
                let place = running.iter().position(|runner| *runner == rival);
                place.map_or(0.0, |place| scores[place])
            });
            stopped.extend(race.duels.stop());
        }
        Ok(stopped)
    }

    fn start_race<'c>(
        &self,
        runners: &[&'c Candidate<M>],
        known: &[(u32, Measured)],
        rows: &RowsByWeight,
    ) -> Result<RunningRace<'c, M>, Stop> {
        let new = runners.iter().map(|candidate| Rival {
            number: candidate.id(),
            known: None,
        });
        let known = known.iter().map(|(number, measured)| Rival {
            number: *number,
            known: Some(measured.shares_at_worst().collect()),
        });
        let rivals: Vec<Rival> = new.chain(known).collect();
        let racing = self.evaluator().run().racing;
        let runners = runners.iter().map(|candidate| {
            let unfinished = self.evaluator().unfinished(candidate, Part::Val)?;
            Ok((*candidate, Some(unfinished)))
        });
        let runners = runners.collect::<Result<Vec<_>, Stop>>()?;
        let mut ends = Vec::new();
        ends.resize_with(runners.len(), || None);
        Ok(RunningRace {
            runners,
            ends,
            duels: Duels::new(rivals.clone(), rows, racing.level()),
            rivals,
            rows: Vec::new(),
        })
    }

    /// The rows by how probably they are drawn.
    fn weigh_rows(&self) -> RowsByWeight {
        let evaluations = self.evaluations();
        let measured: Vec<&Measured> = evaluations.iter().map(|(_, one)| &one.measured).collect();
        let racing = self.evaluator().run().racing;
        match racing.draws_telling_rows_first() && !measured.is_empty() {
            true => row_weights::by_what_they_tell(&measured),
            false => row_weights::equal(self.val().len()),
        }
    }

    /// What it would have cost to go on with a candidate. A row that was never run costs as much as one of the
    /// program as given.
    fn saved_by(&self, stopped: &StoppedEvaluation) -> SavedSpend {
        let left = stopped.of - stopped.rows;
        if stopped.rows > 0 {
            return SavedSpend::rows(left, &stopped.spend, stopped.rows);
        }
        match self.base_and_candidates() {
            Some((base, _)) => SavedSpend::rows(left, &base.spend, base.measured.n()),
            None => SavedSpend::NOTHING,
        }
    }

    /// Notes that a candidate was stopped after these rows, and why.
    fn note_stopped(
        &self,
        candidate: &Candidate<M>,
        stopped: StoppedEvaluation,
        rows: Vec<usize>,
    ) -> Result<(), Stop> {
        let evaluator = self.evaluator();
        evaluator.run().notify(|| Event::CandidateStopped {
            candidate: candidate.id(),
            origin: candidate.origin().to_owned(),
            stopped: Box::new(stopped.clone()),
            spend: evaluator.gateway().total(),
        });
        let (reason, evidence) = (stopped.to_string(), [Evidence::val(rows)]);
        self.history().note_stopped(candidate, stopped);
        self.record(candidate, "stopped", "race", reason, &evidence)
    }
}

impl<M> RunningRace<'_, M> {
    /// The runners that still run.
    fn running(&self) -> Vec<usize> {
        let runners = self.runners.iter().enumerate();
        let running = runners.filter(|(_, (_, unfinished))| unfinished.is_some());
        running.map(|(runner, _)| runner).collect()
    }

    /// Ends the evaluations of runners that are stopped before the last of `of` rows.
    fn end(&mut self, stopped: Vec<StoppedRival>, of: usize) -> Result<(), Stop> {
        for StoppedRival {
            rival,
            worse_than,
            e_value,
        } in stopped
        {
            let Some(unfinished) = self.runners[rival].1.take() else {
                continue;
            };
            let (so_far, spend) = unfinished.stop(&self.rows)?;
            let stopped = StoppedEvaluation {
                rows: self.rows.len(),
                of,
                worse_than: self.rivals[worse_than].number,
                e_value,
                so_far,
                spend,
            };
            self.ends[rival] = Some(EndOfRunner::Stopped(stopped, self.rows.clone()));
        }
        Ok(())
    }
}
