//! Optimizers of different types in one list.

use super::*;

#[tokio::test]
async fn different_optimizers_are_kept_in_one_list() {
    let optimizers: Vec<Box<dyn DynOptimizer<Node, Quiz>>> = vec![
        Box::new(LabeledFewShot::new(is_right).max_demos(5)),
        Box::new(RandomSearch::new(is_right).seeds(-3..2)),
    ];
    let mut program = node(Learner::default());
    let mut names = Vec::new();
    let mut scores = Vec::new();
    for optimizer in &optimizers {
        let run = Run::in_memory();
        let tuned = optimizer
            .optimize(&program, &splits(20, 30, 0), &run)
            .await
            .unwrap();
        names.push(tuned.report.optimizer.clone());
        scores.extend([tuned.initial_score(), tuned.final_score()]);
        program = tuned.program;
    }
    assert_eq!(names, ["LabeledFewShot", "RandomSearch"]);
    assert!(scores[0] < scores[1]);
    assert_eq!(scores[1], scores[2], "the second starts from the first");
    let settings = optimizers[0].settings();
    assert_eq!(settings["max_demos"], 5);
}

fn first_rows() -> LabeledFewShot {
    LabeledFewShot::stage()
        .max_demos(2)
        .strategy(SamplingStrategy::Sequential)
}

fn random() -> RandomSearch {
    RandomSearch::stage().seeds(-3..2).max_labeled_demos(4)
}

#[tokio::test]
async fn a_boxed_stage_finds_what_the_stage_finds() {
    let typed = BetterTogether::new(is_right)
        .then(first_rows())
        .then(random());
    let boxed: Box<dyn DynSearch<Node, Quiz>> = Box::new(random());
    let with_box = BetterTogether::new(is_right).then(first_rows()).then(boxed);
    let stages: Vec<Box<dyn DynSearch<Node, Quiz>>> =
        vec![Box::new(first_rows()), Box::new(random())];
    let list = BetterTogether::list(stages).metric(is_right);

    let run = |optimizer: Box<dyn DynOptimizer<Node, Quiz>>| async move {
        let tuned = optimize(
            &optimizer,
            Learner::default(),
            [20, 30, 10],
            Run::in_memory(),
        );
        let tuned = tuned.await.unwrap();
        let stages = tuned.report.stages.iter().map(ToString::to_string);
        (tuned.artifact, stages.collect::<Vec<_>>())
    };
    let expected = run(Box::new(typed)).await;
    assert_eq!(expected.1.len(), 2);
    assert_eq!(run(Box::new(with_box)).await, expected);
    assert_eq!(run(Box::new(list)).await, expected);
}
