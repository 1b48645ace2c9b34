//! Finding what speaks against a plan.

use std::collections::BTreeSet;

use super::planned::Plan;
use super::warning::PlanWarning;
use crate::call::{Bounds, CallsPerRun};
use crate::engine::run::Run;
use crate::lm::{Lm, shutdown_date};
use crate::module::Predictor;

pub(super) fn of<'a>(
    plan: &Plan,
    run: &Run,
    of_run: CallsPerRun,
    predictors: &[&'a Predictor],
    models: impl Iterator<Item = &'a Lm>,
) -> Vec<PlanWarning> {
    let mut warnings: Vec<_> = budget(plan, run, of_run).into_iter().collect();
    match &plan.smallest_difference {
        None => warnings.push(PlanWarning::NoVerdict),
        Some(smallest) if smallest.wins.is_none() => {
            let rows = smallest.rows;
            warnings.push(PlanWarning::HoldoutTooSmall { rows });
        }
        Some(_) => {}
    }
    let folder = run.folder.as_ref();
    if !folder.is_some_and(|folder| folder.join("evaluations.jsonl").exists()) {
        warnings.push(PlanWarning::NoHeadroomKnown);
    }
    if of_run.task.most.is_none() {
        warnings.push(PlanWarning::CallsUnknown);
    }
    let without_limit = predictors.iter().find(|one| {
        let own = one.state().params.max_tokens;
        own.or(one.lm().info().max_output_tokens).is_none()
    });
    warnings.extend(without_limit.map(|one| PlanWarning::NoReplyLimit {
        predictor: one.path().to_owned(),
    }));
    let own = predictors.iter().map(|one| one.lm());
    let mut named = BTreeSet::new();
    for lm in own.chain(models) {
        let info = lm.info();
        if named.insert(info.id.clone()) {
            warnings.extend(of_model(&info.id, info.price.is_some()));
        }
    }
    warnings
}

fn of_model(id: &str, has_price: bool) -> Vec<PlanWarning> {
    let model = id.to_owned();
    let name = id.split('#').next().unwrap_or(id);
    let stops = shutdown_date(name).map(|date| PlanWarning::ModelStops {
        model: model.clone(),
        date,
    });
    let unpriced = (!has_price).then_some(PlanWarning::NoPrice { model });
    stops.into_iter().chain(unpriced).collect()
}

fn budget(plan: &Plan, run: &Run, of_run: CallsPerRun) -> Option<PlanWarning> {
    if let (Some(usd), Some(least)) = (run.budget.usd, plan.cost.least)
        && usd < least
    {
        return Some(PlanWarning::BudgetBelowCost);
    }
    let calls = run.budget.calls.filter(|_| !run.has_cache())?;
    let of_row = of_run.task.least.max(1);
    let (val, holdout) = (plan.rows.val as u64, plan.rows.holdout as u64);
    let judged = match plan.smallest_difference {
        Some(_) => 2 * holdout,
        None => 0,
    };
    let baseline = (val + judged).saturating_mul(of_row);
    let proposal = baseline + val.saturating_mul(of_row) + 1;
    match () {
        () if calls < baseline => Some(PlanWarning::BudgetBelowBaseline {
            calls,
            needed: baseline,
        }),
        () if plan.proposals != Bounds::NONE && calls < proposal => {
            Some(PlanWarning::BudgetBelowProposal {
                calls,
                needed: proposal,
            })
        }
        () => None,
    }
}
