//! What the steps of one optimization share.

use super::candidate::Candidate;
use super::evaluation::{Evaluation, PartSizes};
use super::evaluator::Evaluator;
use super::event::Event;
use super::looks::Looks;
use super::manifest;
use super::models::DeclaredModels;
use super::no_verdict::NoVerdict;
use super::run::Run;
use super::search::Search;
use super::stop::{Ended, Stop};
use super::study::Study;
use crate::evaluate::{Example, Holdout, Metric, Splits};
use crate::lm::Gateway;
use crate::module::Module;

/// An optimization that is running.
pub(super) struct Session<'a, M: Module, E, S: ?Sized> {
    pub(super) search: &'a S,
    pub(super) data: &'a Splits<E>,
    pub(super) study: Study<'a, M, E>,
}

/// What a search found.
pub(super) struct SearchResult<M> {
    /// The program as given on the validation part, unless the budget ended before.
    pub(super) baseline: Option<Evaluation>,
    pub(super) tuned: Candidate<M>,
    pub(super) ended: Ended,
    pub(super) no_verdict: Option<NoVerdict>,
}

impl<'a, M, E, S> Session<'a, M, E, S>
where
    M: Module,
    E: Example<M::Input>,
    S: Search<M, E> + ?Sized,
{
    pub(super) fn open(
        search: &'a S,
        metric: &'a dyn Metric<E, M::Output>,
        student: &M,
        data: &'a Splits<E>,
        run: &'a Run,
    ) -> Result<Self, Stop> {
        check_rows(data)?;
        let manifest = manifest::of_optimization(search, metric, student, data, run);
        let models = DeclaredModels::new(search.models(), metric);
        let (gateway, folder) = run.open(student, &models, &manifest)?;
        if !run.reopens_holdout {
            folder.looks().check_budget(&run.budget)?;
        }
        run.notify(|| Event::RunStarted {
            optimizer: Some(search.name().to_owned()),
            rows: part_sizes(data),
            replayed: gateway.total().calls,
            budget: run.budget,
        });
        let evaluator = Evaluator::new(metric, student, run, models, gateway, folder);
        Ok(Self {
            search,
            data,
            study: Study::new(student, data, evaluator),
        })
    }

    pub(super) fn gateway(&self) -> &Gateway {
        self.study.evaluator().gateway()
    }

    pub(super) fn run_settings(&self) -> &'a Run {
        self.study.evaluator().run()
    }

    /// The looks at the hold-out by earlier attempts at the run.
    pub(super) fn looks(&self) -> &Looks {
        self.study.evaluator().folder().looks()
    }

    /// The hold-out, if it has any rows.
    pub(super) fn holdout(&self) -> Option<&'a Holdout<E>> {
        self.data.holdout().filter(|holdout| holdout.len() > 0)
    }
}

/// The parts of `Splits` are not empty, but `Splits::take` can leave no rows of a part.
fn check_rows<E>(data: &Splits<E>) -> Result<(), Stop> {
    let parts = [
        ("train", data.train().len()),
        ("validation", data.val().len()),
    ];
    match parts.into_iter().find(|(_, rows)| *rows == 0) {
        Some((part, _)) => Err(Stop::Unusable(format!("the {part} part has no rows"))),
        None => Ok(()),
    }
}

pub(super) fn part_sizes<E>(data: &Splits<E>) -> PartSizes {
    PartSizes {
        train: data.train().len(),
        val: data.val().len(),
        holdout: data.holdout().map_or(0, Holdout::len),
    }
}
