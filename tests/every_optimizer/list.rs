//! The list of optimizers: one line for each.

use dashoptimize::evaluate::{Example, MetricFn};
use dashoptimize::lm::Lm;
use dashoptimize::module::Module;
use dashoptimize::optimizer::DynOptimizer;
use dashoptimize::prelude::*;

use super::programs::{Agent, Node, One, Pipeline, Twins};
use super::{budgets, failures, properties, resumed};

/// For each optimizer: the module of its tests, its settings for a short run, given the model that proposes, and the
/// settings with which it makes no demos.
macro_rules! optimizers {
    ($($tests:ident: $Optimizer:ident, |$given:ident, $lm:ident| $short:expr, |$full:ident| $without:expr;)*) => {
        /// A short run of this optimizer.
        pub(crate) fn short<M: Module, E: Example<M::Input>>(
            name: &str,
            metric: MetricFn<E, M::Output>,
            lm: Lm,
        ) -> Box<dyn DynOptimizer<M, E>> {
            match name {
                $(stringify!($Optimizer) => {
                    let ($given, $lm) = ($Optimizer::new(metric), lm);
                    Box::new($short)
                })*
                other => panic!("{other} is not in the list"),
            }
        }

        /// The same run, without demos.
        pub(crate) fn without_demos<M: Module, E: Example<M::Input>>(
            name: &str,
            metric: MetricFn<E, M::Output>,
            lm: Lm,
        ) -> Box<dyn DynOptimizer<M, E>> {
            match name {
                $(stringify!($Optimizer) => {
                    let ($given, $lm) = ($Optimizer::new(metric), lm);
                    let $full = $short;
                    Box::new($without)
                })*
                other => panic!("{other} is not in the list"),
            }
        }

        $(mod $tests {
            use super::*;

            const NAME: &str = stringify!($Optimizer);

            #[tokio::test]
            async fn a_failure_at_any_call_is_borne() {
                failures::at_every_call::<Pipeline>(NAME, failures::Share::OneKind).await;
            }

            #[tokio::test]
            #[ignore = "minutes: every kind of failure at every call"]
            async fn every_failure_at_any_call_is_borne() {
                failures::at_every_call::<Pipeline>(NAME, failures::Share::AllKinds).await;
                failures::at_every_call::<Agent>(NAME, failures::Share::AllKinds).await;
            }

            #[tokio::test]
            async fn i4_concurrency_1_8_and_64_leave_the_same_files() {
                resumed::at_any_concurrency::<Pipeline>(NAME).await;
            }

            #[tokio::test]
            async fn i5_a_killed_run_goes_on_and_ends_byte_equal() {
                resumed::wherever_it_is_killed::<Pipeline>(NAME).await;
            }

            #[tokio::test]
            async fn i3_no_budget_is_overrun_and_the_best_so_far_is_kept() {
                budgets::are_kept::<Pipeline>(NAME).await;
            }

            #[tokio::test]
            async fn every_kind_of_program_keeps_the_promises() {
                properties::hold::<One>(NAME).await;
                properties::hold::<Pipeline>(NAME).await;
                properties::hold::<Agent>(NAME).await;
                properties::hold::<Node>(NAME).await;
                properties::hold::<Twins<0>>(NAME).await;
                properties::hold::<Twins<1>>(NAME).await;
                properties::hold::<Twins<3>>(NAME).await;
            }
        })*
    };
}

optimizers! {
    labeled_few_shot: LabeledFewShot, |it, _lm| it.max_demos(2), |it| it.max_demos(0);
    bootstrap_few_shot: BootstrapFewShot, |it, _lm| it.max_iterations(2), |it| it.max_bootstrapped_demos(0).max_labeled_demos(0);
    random_search: RandomSearch, |it, _lm| it.seeds(-3..1), |it| it.max_bootstrapped_demos(0).max_labeled_demos(0);
    knn_few_shot: KNNFewShot, |it, _lm| it.k(2), |it| it.k(0);
    copro: COPRO, |it, lm| it.breadth(3).depth(2).optimize_prefixes(true).proposer(lm), |it| it;
    infer_rules: InferRules, |it, lm| it.num_candidates(2).proposer(lm), |it| it.max_bootstrapped_demos(0).max_labeled_demos(0);
    mipro_v2: MIPROv2, |it, lm| it.num_trials(4).proposer(lm), |it| it.max_bootstrapped_demos(0).max_labeled_demos(0);
    simba: SIMBA, |it, lm| it.original().num_candidates(2).bsize(4).max_steps(2).proposer(lm), |it| it.max_demos(0);
    gepa: GEPA, |it, lm| it.use_merge(true).merge_val_overlap_floor(1).num_generations(2).max_metric_calls(40).proposer(lm), |it| it;
    racer: Racer, |it, lm| it.rounds(2).proposals(2).proposer(lm), |it| it.demo_sets(0);
}
