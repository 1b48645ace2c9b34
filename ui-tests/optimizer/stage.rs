//! Stages are optimizers with `>>` between them.

include!("../fixtures/tuning.rs");

fn main() {
    let arrow_missing = pipeline!(LabeledFewShot { max_demos: 2 } RandomSearch { seeds: -3..3 });
    let missing_after = pipeline!(LabeledFewShot { max_demos: 2 } >>);
    let missing_before = pipeline!(>> LabeledFewShot { max_demos: 2 });
    let missing_between = pipeline!(LabeledFewShot >> >> RandomSearch);
    let not_a_name = pipeline!(LabeledFewShot { max_demos: 2 } >> 3);
    let in_parentheses = pipeline!(LabeledFewShot >> RandomSearch(seeds = 3));
    let neither_form = pipeline!(42);
    optimize!(arrow_missing, missing_after, missing_before, missing_between);
    optimize!(not_a_name, in_parentheses, neither_form);
}
