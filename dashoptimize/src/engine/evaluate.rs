//! Evaluation without an optimizer.

use super::candidate::Candidate;
use super::evaluated_row::EvaluatedRow;
use super::evaluation::{Evaluation, Part, PartSizes};
use super::evaluation_report::EvaluationReport;
use super::evaluator::Evaluator;
use super::event::Event;
use super::manifest;
use super::models::DeclaredModels;
use super::provenance::{files_of, metric_in_words};
use super::run::Run;
use super::stop::Stop;
use crate::artifact::Artifact;
use crate::evaluate::{Example, Metric, MetricFor, Rows};
use crate::lm::BoxFuture;
use crate::module::Module;

/// What was measured of a program, and what it answered on each row.
pub type EvaluatedRows<O> = (Evaluation, Vec<EvaluatedRow<O>>);

impl Run {
    /// Runs a program on rows, with as many concurrent calls as the run allows. There is one
    /// [`EvaluatedRow`] for each row, in the order of the rows, with what the program answered. Rows
    /// that are left when the budget is used up are [refused](crate::evaluate::Outcome::Refused).
    ///
    /// In a run with a folder, the rows are in `results/rows.jsonl` as well, and a summary is in
    /// `report.txt`; see [the files of a run](super#the-files-of-a-run).
    ///
    /// # Errors
    ///
    /// If too many rollouts fail, nothing more can be called, or the budget cannot be enforced, such as
    /// one in dollars for a model of unknown price.
    // Boxed, so that rustc knows the type of the future even if the metric does not fit. It then says so
    // once, and not again at every use of the future.
    pub fn evaluate<'a, M, R, X, Way>(
        &'a self,
        program: &'a M,
        rows: &'a R,
        metric: &'a X,
    ) -> BoxFuture<'a, Result<EvaluatedRows<M::Output>, Stop>>
    where
        M: Module,
        R: Rows + ?Sized,
        R::Row: Example<M::Input>,
        X: MetricFor<R::Row, M::Output, Way>,
    {
        let metric = metric.as_metric();
        Box::pin(async move {
            let mut evaluated = Vec::new();
            evaluated.resize_with(rows.rows().len(), || None);
            let each = |row: EvaluatedRow<M::Output>| {
                let index = row.index;
                evaluated[index] = Some(row);
            };
            let evaluation = self.evaluate_by(program, rows, metric, each).await?;
            Ok((evaluation, evaluated.into_iter().flatten().collect()))
        })
    }

    /// As [`evaluate`](Self::evaluate), but passes each row on instead of keeping it, so that memory
    /// does not grow with the number of rows. With `|_| ()`, only what was measured is kept. The rows
    /// come in their order, except that those on which the provider fails are tried once more at the end
    /// and come last.
    ///
    /// # Errors
    ///
    /// As [`evaluate`](Self::evaluate).
    pub fn evaluate_each<'a, M, R, X, Way>(
        &'a self,
        program: &'a M,
        rows: &'a R,
        metric: &'a X,
        each: impl FnMut(EvaluatedRow<M::Output>) + Send + 'a,
    ) -> BoxFuture<'a, Result<Evaluation, Stop>>
    where
        M: Module,
        R: Rows + ?Sized,
        R::Row: Example<M::Input>,
        X: MetricFor<R::Row, M::Output, Way>,
    {
        Box::pin(self.evaluate_by(program, rows, metric.as_metric(), each))
    }

    async fn evaluate_by<M, R>(
        &self,
        program: &M,
        rows: &R,
        metric: &dyn Metric<R::Row, M::Output>,
        each: impl FnMut(EvaluatedRow<M::Output>) + Send,
    ) -> Result<Evaluation, Stop>
    where
        M: Module,
        R: Rows + ?Sized,
        R::Row: Example<M::Input>,
    {
        let manifest = manifest::of_evaluation(program, rows.rows(), metric, self);
        let models = DeclaredModels::new(Vec::new(), metric);
        let (gateway, folder) = self.open(program, &models, &manifest)?;
        self.notify(|| Event::RunStarted {
            optimizer: None,
            rows: PartSizes::default(),
            replayed: gateway.total().calls,
            budget: self.budget,
        });
        let evaluator = Evaluator::new(metric, program, self, models, gateway, folder);
        let evaluated = evaluated(&evaluator, program, &rows, each).await;
        self.notify(|| Event::RunEnded {
            spend: evaluator.gateway().total(),
            elapsed: evaluator.gateway().elapsed(),
        });
        evaluated.inspect_err(|stop| evaluator.folder().note_failure(stop))
    }
}

/// Evaluates the program as given, and writes the report.
async fn evaluated<M: Module, E: Example<M::Input>>(
    evaluator: &Evaluator<'_, M, E>,
    program: &M,
    rows: &dyn Rows<Row = E>,
    mut each: impl FnMut(EvaluatedRow<M::Output>) + Send,
) -> Result<Evaluation, Stop> {
    let candidate = Candidate::as_given(program);
    evaluator.announce(&candidate, Part::Whole, rows.rows().len());
    let candidates = [&candidate];
    let evaluations = evaluator.evaluate(&candidates, rows, Part::Whole, |_, row| each(row));
    let evaluation = evaluations.await?.swap_remove(0);
    if evaluation.refused.is_some()
        && let Some(stop) = evaluator.why_it_never_worked()
    {
        return Err(stop);
    }
    evaluator.announce_end(&candidate, Part::Whole, &evaluation, false);
    let report = EvaluationReport {
        measured: evaluation.measured.clone(),
        cut_short: evaluation.refused.as_ref().map(ToString::to_string),
        program: Artifact::of(program).program().to_owned(),
        models: evaluator.models_of(program),
        metric: metric_in_words(evaluator.metric()),
        files: files_of(rows),
        spend: evaluator.gateway().total(),
        elapsed: evaluator.gateway().elapsed(),
    };
    let folder = evaluator.folder();
    folder.write("report.txt", &format!("{report}\n"))?;
    Ok(evaluation)
}
