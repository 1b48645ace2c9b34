//! The verdict: its words, and how often it is wrong.

use dashoptimize::evaluate::statistics::PairedCounts;
use dashoptimize::evaluate::{
    Decision, PairedTest, ScoreRange, Verdict, VerdictError, VerdictRule,
};
use proptest::prelude::*;

/// Uniform draws from 0 to 1 (splitmix64, Steele, Lea & Flood 2014).
pub(crate) fn splitmix(seed: u64) -> impl Iterator<Item = f64> {
    // The factor is not that of the step: the streams of two seeds would be one stream, shifted.
    let mut state = seed.wrapping_add(1).wrapping_mul(0xd134_2543_de82_ef95);
    std::iter::repeat_with(move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((bits ^ (bits >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    })
}

/// Rows that are right or wrong: how many both programs get right, only the candidate, only the
/// baseline, and neither.
fn binary(both: usize, wins: usize, losses: usize, neither: usize) -> [Vec<Option<f64>>; 2] {
    let row = |right: f64, n: usize| std::iter::repeat_n(Some(right), n);
    let baseline = row(1.0, both).chain(row(0.0, wins)).chain(row(1.0, losses));
    let candidate = row(1.0, both).chain(row(1.0, wins)).chain(row(0.0, losses));
    [
        baseline.chain(row(0.0, neither)).collect(),
        candidate.chain(row(0.0, neither)).collect(),
    ]
}

fn judge(rule: VerdictRule, [baseline, candidate]: &[Vec<Option<f64>>; 2]) -> Verdict {
    rule.judge(baseline, candidate)
        .expect("scores are finite and of the same rows")
}

fn judge_binary(both: usize, wins: usize, losses: usize, neither: usize) -> Verdict {
    judge(VerdictRule::default(), &binary(both, wins, losses, neither))
}

#[test]
fn what_a_holdout_can_show_is_that_of_the_spread_of_its_differences() {
    // 20 of 100 rows are won and none is lost: the differences have the mean 0.2 and the deviation 0.4. With
    // 1.96 for the level and 0.8416 for the power, 2.8016 * 0.4 / 10.
    let baseline = vec![Some(0.0); 100];
    let candidate: Vec<_> = (0..100)
        .map(|row| Some(f64::from(u8::from(row < 20))))
        .collect();
    let verdict = VerdictRule::default().judge(&baseline, &candidate).unwrap();
    let detectable = verdict.detectable.unwrap();
    assert!((detectable - 0.112_06).abs() < 1e-4, "{detectable}");
}

#[test]
fn each_decision_has_its_case() {
    let decision = |both, wins, losses, neither| judge_binary(both, wins, losses, neither).decision;
    assert_eq!(decision(58, 14, 4, 24), Decision::Better);
    assert_eq!(decision(58, 4, 14, 24), Decision::Worse);
    assert_eq!(decision(60, 9, 6, 25), Decision::Inconclusive);
    assert_eq!(decision(600, 2, 2, 396), Decision::NotWorse);
    assert_eq!(decision(98, 1, 1, 0), Decision::NoHeadroom);
}

#[test]
fn a_small_hold_out_is_not_called_without_headroom() {
    // 16 of 20 right: a perfect candidate would not be recognized, but there is headroom.
    assert_eq!(judge_binary(16, 2, 0, 2).decision, Decision::Inconclusive);
    assert_eq!(judge_binary(20, 0, 0, 0).decision, Decision::NoHeadroom);
    assert_eq!(judge_binary(0, 1, 0, 1).decision, Decision::Inconclusive);
}

#[test]
fn a_candidate_can_be_worse_than_a_perfect_baseline() {
    assert_eq!(judge_binary(90, 0, 10, 0).decision, Decision::Worse);
}

#[test]
fn verdicts_are_written_in_plain_words() {
    assert_eq!(
        judge_binary(60, 9, 6, 25).to_string(),
        "Inconclusive: 66.0 % → 69.0 % on 100 held-out rows (+3.0 points, 95 % -5.2 to +11.3, \
         p = 0.607, exact McNemar)"
    );
    let advice = judge_binary(60, 9, 6, 25).what_next();
    assert!(
        advice.contains("held-out rows would settle a gain of +3.0 points"),
        "{advice}"
    );
    let advice = judge_binary(5, 2, 1, 4).what_next();
    assert!(advice.contains("label more"), "{advice}");
    let advice = judge_binary(5, 1, 2, 4).what_next();
    assert!(advice.contains("no gain was seen"), "{advice}");
}

/// The words of a clear case, as the README shows them.
#[test]
fn a_clear_gain_is_written_with_its_interval() {
    assert_eq!(
        judge_binary(0, 65, 0, 35).to_string(),
        "Better: 0.0 % → 65.0 % on 100 held-out rows (+65.0 points, 95 % +54.6 to +73.6, p < 0.001, \
         exact McNemar)"
    );
}

#[test]
fn p_is_that_of_the_test_that_is_named() {
    // The exact test of statsmodels; mid-p would be 0.019 and 0.039.
    let p = |wins, losses| judge_binary(40, wins, losses, 40).p;
    assert_eq!((p(14, 4), p(7, 1)), (0.030_883_8, 0.070_312_5));
}

#[test]
fn rows_that_both_programs_lack_are_left_out_and_counted() {
    let [mut baseline, mut candidate] = binary(58, 20, 2, 20);
    let whole = judge(
        VerdictRule::default(),
        &[baseline.clone(), candidate.clone()],
    );
    baseline.extend([None, None]);
    candidate.extend([None, None]);
    let verdict = judge(VerdictRule::default(), &[baseline, candidate]);
    let counts = (verdict.n, verdict.left_out, verdict.one_sided);
    assert_eq!(counts, (100, 2, 0));
    assert_eq!((verdict.p, verdict.decision), (whole.p, whole.decision));
    let words = verdict.to_string();
    assert!(
        words.ends_with("; 2 rows without a score for either program are left out"),
        "{words}"
    );
}

/// Base right on 21 of 28 rows; the candidate wins the other 7, and the provider fails for it on 7.
#[test]
fn i15_rows_that_the_candidate_lacks_count_against_it() {
    let baseline: Vec<_> = (0..28).map(|row| Some(right(row < 21))).collect();
    let candidate: Vec<_> = (0..28).map(|row| (row >= 7).then_some(1.0)).collect();
    let verdict = judge(VerdictRule::default(), &[baseline, candidate]);
    assert_eq!(verdict.decision, Decision::Inconclusive);
    let counts = (verdict.n, verdict.left_out, verdict.one_sided);
    assert_eq!(counts, (21, 7, 7));
    assert_eq!(verdict.at_worst, Some(0.0));
    let words = verdict.to_string();
    assert!(
        words.ends_with(
            "; 7 rows with a score for one program only are left out of the mean, and counted \
             against the candidate in the decision (+0.0 points)"
        ),
        "{words}"
    );
    assert!(verdict.what_next().contains("Run it again"));
}

#[test]
fn i15_rows_that_the_baseline_lacks_count_against_the_candidate() {
    let [mut baseline, mut candidate] = binary(50, 12, 2, 36);
    let rule = VerdictRule::default();
    assert!(judge(rule, &[baseline.clone(), candidate.clone()]).is_better());
    baseline.extend([None; 8]);
    candidate.extend([Some(0.0); 8]);
    let verdict = judge(rule, &[baseline, candidate]);
    assert_eq!(verdict.decision, Decision::Inconclusive);
}

#[test]
fn i15_few_missing_rows_do_not_undo_a_clear_gain() {
    let [mut baseline, mut candidate] = binary(30, 40, 5, 25);
    baseline.extend([Some(1.0), None]);
    candidate.extend([None, Some(0.0)]);
    let verdict = judge(VerdictRule::default(), &[baseline, candidate]);
    assert_eq!(verdict.decision, Decision::Better);
    assert_eq!((verdict.left_out, verdict.one_sided), (2, 2));
}

#[test]
fn i15_missing_rows_do_not_make_a_candidate_not_worse_or_worse() {
    let [mut baseline, mut candidate] = binary(600, 2, 2, 396);
    baseline.extend([Some(1.0); 30]);
    candidate.extend([None; 30]);
    let verdict = judge(VerdictRule::default(), &[baseline, candidate]);
    assert_eq!(verdict.decision, Decision::Inconclusive);
    let [mut baseline, mut candidate] = binary(58, 4, 16, 22);
    assert_eq!(judge_binary(58, 4, 16, 22).decision, Decision::Worse);
    baseline.extend([Some(0.0); 10]);
    candidate.extend([None; 10]);
    let verdict = judge(VerdictRule::default(), &[baseline, candidate]);
    assert_eq!(verdict.decision, Decision::Inconclusive);
}

/// A metric of -1 and 0: an empty reply is a failure with the score -1, as bad as the worst answer.
#[test]
fn i15_scores_below_0_are_judged_in_their_range() {
    let penalty = ScoreRange::new(-1.0, 0.0).expect("a range");
    let rule = VerdictRule::default().with_range(penalty);
    let shifted = |[baseline, candidate]: [Vec<Option<f64>>; 2]| {
        let shift = |scores: Vec<Option<f64>>| -> Vec<_> {
            scores
                .into_iter()
                .map(|score| score.map(|score| score - 1.0))
                .collect()
        };
        [shift(baseline), shift(candidate)]
    };
    let verdict = judge(rule, &shifted(binary(20, 20, 2, 18)));
    let unit = judge_binary(20, 20, 2, 18);
    assert_eq!(
        (verdict.decision, verdict.test, verdict.p),
        (unit.decision, unit.test, unit.p)
    );
    assert_eq!(verdict.interval, unit.interval);
    assert!((verdict.baseline - (unit.baseline - 1.0)).abs() < 1e-9);
    assert!(!verdict.percent);
    // A program that never answers has the worst score on every row.
    let silent = [vec![Some(-0.5); 40], vec![Some(-1.0); 40]];
    assert_eq!(judge(rule, &silent).decision, Decision::Worse);
}

#[test]
fn the_margin_is_a_share_of_the_range() {
    let range = ScoreRange::new(0.0, 50.0).expect("a range");
    let verdict = judge(
        VerdictRule::default().with_range(range),
        &[vec![Some(0.0); 3], vec![Some(50.0); 3]],
    );
    assert_eq!((verdict.margin, verdict.difference), (1.0, 50.0));
}

#[test]
fn without_rows_a_verdict_is_inconclusive() {
    let verdict = judge(VerdictRule::default(), &[vec![None], vec![Some(1.0)]]);
    assert_eq!(verdict.decision, Decision::Inconclusive);
    assert_eq!(
        (verdict.n, verdict.left_out, verdict.interval),
        (0, 1, None)
    );
    assert!(verdict.what_next().contains("no row has a score"));
    let empty = judge(VerdictRule::default(), &[vec![], vec![]]);
    assert_eq!(empty.decision, Decision::Inconclusive);
}

#[test]
fn i12_scores_that_do_not_pair_are_errors() {
    let rule = VerdictRule::default();
    let error = rule.judge(&[Some(1.0)], &[]).unwrap_err();
    assert!(matches!(
        error,
        VerdictError::RowsDiffer {
            baseline: 1,
            candidate: 0,
            ..
        }
    ));
    let error = rule
        .judge(&[Some(1.0), Some(1.5)], &[None, None])
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the score of row 1 (from 0) is 1.5; the range of the metric is 0 to 1"
    );
    for score in [f64::NAN, f64::INFINITY, -0.1] {
        assert!(rule.judge(&[None], &[Some(score)]).is_err(), "{score}");
    }
    assert!(rule.with_alpha(1.0).is_err());
}

#[test]
fn graded_scores_are_judged_by_permutation() {
    let baseline: Vec<_> = splitmix(1).take(60).map(|draw| Some(draw / 2.0)).collect();
    let gain = splitmix(2).map(|draw| (draw - 0.3) / 2.0);
    let candidate: Vec<_> = baseline
        .iter()
        .zip(gain)
        .map(|(before, gain)| before.map(|before| (before + gain).clamp(0.0, 1.0)))
        .collect();
    let verdict = judge(VerdictRule::default(), &[baseline, candidate]);
    assert_eq!(
        (verdict.decision, verdict.test),
        (Decision::Better, PairedTest::SignFlip)
    );
    assert!(
        verdict.to_string().contains("sign-flip permutation"),
        "{verdict}"
    );
}

#[test]
fn scores_on_another_scale_are_not_written_as_percentages() {
    let rows = |shift: f64| -> Vec<_> {
        (0..40)
            .map(|row| Some(f64::from(row % 5) + shift))
            .collect()
    };
    let verdict = judge(
        VerdictRule::default().with_range(ScoreRange::new(0.0, 5.0).expect("a range")),
        &[rows(0.0), rows(0.5)],
    );
    assert!(
        verdict
            .to_string()
            .starts_with("Better: 2.000 → 2.500 on 40 held-out rows (+0.500, 95 %"),
        "{verdict}"
    );
}

/// With n rows of which none differs, a share of 1 - 0.025^(1/n) of all rows may lose everything.
#[test]
fn equal_rows_never_have_an_interval_without_width() {
    let equal = |n: usize, score: f64| {
        let rows = vec![Some(score); n];
        judge(VerdictRule::default(), &[rows.clone(), rows])
    };
    for score in [0.0, 0.5] {
        let few = equal(25, score);
        let interval = few.interval.expect("there are rows");
        assert_eq!(few.decision, Decision::Inconclusive, "{few}");
        assert!((interval.lower + 0.137).abs() < 0.01, "{few}");
        assert!((interval.upper - 0.137).abs() < 0.01, "{few}");
        // One graded score among them changes next to nothing.
        let mut rows = vec![Some(score); 24];
        rows.push(Some(0.5));
        let mixed = judge(VerdictRule::default(), &[rows.clone(), rows]);
        let mixed = mixed.interval.expect("there are rows");
        assert!((mixed.lower - interval.lower).abs() < 0.02);
        // 400 rows rule out a loss of 2 points.
        assert_eq!(equal(400, score).decision, Decision::NotWorse);
    }
}

/// The case of 5 % of rows that lose 0.9, of which 20, 30 or 50 rows often show none.
#[test]
fn a_loss_that_was_not_seen_is_not_ruled_out() {
    for n in [20, 30, 50, 100] {
        let same = vec![Some(0.95); n];
        let verdict = judge(VerdictRule::default(), &[same.clone(), same]);
        assert_ne!(verdict.decision, Decision::NotWorse, "{verdict}");
    }
}

/// Small gains on all rows do not show a gain if one row in seven may still lose everything.
#[test]
fn small_gains_on_few_rows_do_not_make_up_for_losses_that_were_not_seen() {
    let baseline = vec![Some(0.5); 20];
    let candidate: Vec<_> = (0..20)
        .map(|row| Some(0.52 + f64::from(row) / 1e3))
        .collect();
    let verdict = judge(VerdictRule::default(), &[baseline, candidate]);
    assert_eq!(verdict.decision, Decision::Inconclusive, "{verdict}");
    assert!(verdict.p < 0.001);
    assert!(
        verdict
            .rows_needed
            .is_some_and(|rows| (100..200).contains(&rows))
    );
}

#[test]
fn a_verdict_is_the_same_after_it_was_stored() {
    let missing = [vec![Some(1.0), None], vec![None, Some(1.0)]];
    let missing = judge(VerdictRule::default(), &missing);
    for verdict in [
        judge_binary(58, 14, 4, 24),
        judge_binary(0, 0, 0, 0),
        missing,
    ] {
        let text = serde_json::to_string(&verdict).expect("a verdict is JSON");
        let read: Verdict = serde_json::from_str(&text).expect("what was written can be read");
        assert_eq!(read, verdict);
        assert_eq!(serde_json::to_string(&read).ok(), Some(text));
    }
    let text = serde_json::to_string(&judge_binary(58, 14, 4, 24)).expect("a verdict is JSON");
    assert!(
        text.contains(r#""decision":"better""#) && text.contains(r#""p":0.0308838"#),
        "{text}"
    );
}

/// The rate of false `Better` for binary scores, computed exactly and not simulated: for any number
/// of rows on which the two programs differ, each is a win or a loss with equal probability.
#[test]
fn calibration_a_null_effect_is_called_better_within_the_level_exactly() {
    for discordant in 0..=150_usize {
        let mut probability = 0.5_f64.powi(discordant as i32);
        let mut rate = 0.0;
        for wins in 0..=discordant {
            let losses = discordant - wins;
            let counts = PairedCounts {
                both: 0,
                wins,
                losses,
                neither: 0,
            };
            if wins > losses && counts.p_value() <= 0.05 {
                rate += probability;
            }
            probability *= losses as f64 / (wins + 1) as f64;
        }
        assert!(rate <= 0.025, "{rate} for {discordant} rows that differ");
    }
}

/// A hold-out of the size that the verdict asks for finds the effect about as often as stated.
#[test]
fn power_the_rows_needed_find_the_effect() {
    // 20 % of the rows differ, 14 % for the better: a gain of 8 points.
    let verdict = judge_binary(55, 14, 6, 25);
    assert!(!verdict.is_better());
    let n = verdict.rows_needed.expect("a gain was seen") as usize;
    assert!((200..300).contains(&n), "{n}");
    let trials = 500;
    let found = (0..trials)
        .filter(|trial| {
            let (mut wins, mut losses) = (0, 0);
            for draw in splitmix(*trial).take(n) {
                wins += usize::from(draw < 0.14);
                losses += usize::from((0.14..0.20).contains(&draw));
            }
            let both = (n - wins - losses) * 2 / 3;
            judge_binary(both, wins, losses, n - wins - losses - both).is_better()
        })
        .count();
    let power = found as f64 / trials as f64;
    assert!((0.72..0.88).contains(&power), "found in {power}");
}

fn right(is_right: bool) -> f64 {
    f64::from(u8::from(is_right))
}

/// Scores of rows, some of which are missing.
fn answers(
    scores: impl Strategy<Value = f64> + 'static,
) -> impl Strategy<Value = Vec<[Option<f64>; 2]>> {
    let score = prop_oneof![1 => Just(None), 3 => scores.prop_map(Some)];
    // Candidates that answer well where they answer at all are the dangerous ones.
    let row = [
        score.boxed(),
        prop_oneof![Just(None), Just(Some(1.0)), Just(Some(0.0))].boxed(),
    ];
    prop::collection::vec(row, 0..80)
}

fn binary_scores() -> impl Strategy<Value = f64> {
    prop::bool::ANY.prop_map(right)
}

fn columns(rows: &[[Option<f64>; 2]]) -> [Vec<Option<f64>>; 2] {
    [0, 1].map(|program| rows.iter().map(|row| row[program]).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn i15_no_program_that_answers_fewer_rows_rightly_is_better(
        rows in answers(binary_scores()),
    ) {
        let [baseline, candidate] = columns(&rows);
        let answered = |scores: &[Option<f64>]| scores.iter().flatten().sum::<f64>();
        let verdict = judge(VerdictRule::default(), &[baseline.clone(), candidate.clone()]);
        if answered(&candidate) <= answered(&baseline) {
            prop_assert!(!verdict.is_better(), "{verdict}");
        }
        // Whatever the missing rows would have shown.
        let filled = |scores: &[Option<f64>], missing| -> Vec<Option<f64>> {
            scores.iter().map(|score| score.or(Some(missing))).collect()
        };
        if verdict.is_better() {
            for missing in [0.0, 1.0] {
                let rows = [filled(&baseline, missing), filled(&candidate, missing)];
                prop_assert!(judge(VerdictRule::default(), &rows).difference > 0.0, "{verdict}");
            }
        }
    }

    #[test]
    fn i15_no_program_with_a_smaller_sum_of_scores_is_better(
        rows in answers(0.0_f64..1.0),
    ) {
        let [baseline, candidate] = columns(&rows);
        let sum = |scores: &[Option<f64>]| scores.iter().flatten().sum::<f64>();
        let is_less = sum(&candidate) <= sum(&baseline);
        let rule = VerdictRule::default().with_resamples(99);
        let verdict = judge(rule, &[baseline, candidate]);
        prop_assert!(!(is_less && verdict.is_better()), "{verdict}");
    }

    #[test]
    fn one_answer_less_never_makes_a_candidate_better(
        rows in answers(binary_scores()), lost in 0_usize..80,
    ) {
        // (A row that both lack says nothing about either.)
        let rows: Vec<_> = rows.into_iter().filter(|[baseline, _]| baseline.is_some()).collect();
        let [baseline, mut candidate] = columns(&rows);
        let rule = VerdictRule::default();
        let before = judge(rule, &[baseline.clone(), candidate.clone()]);
        if let Some(answer) = candidate.get_mut(lost) {
            *answer = None;
        }
        let after = judge(rule, &[baseline, candidate]);
        prop_assert!(before.is_better() || !after.is_better(), "{before}, then {after}");
    }

    #[test]
    fn a_decision_never_contradicts_interval_or_p(
        both in 0_usize..60, wins in 0_usize..40, losses in 0_usize..40, neither in 0_usize..60,
    ) {
        let verdict = judge_binary(both, wins, losses, neither);
        let excludes_0 = verdict.interval.is_some_and(|interval| !interval.contains(0.0));
        let is_decided = matches!(verdict.decision, Decision::Better | Decision::Worse);
        prop_assert_eq!(is_decided, excludes_0, "{}", verdict);
        prop_assert!(!is_decided || verdict.p <= 0.05, "{verdict}");
        prop_assert!(!(is_decided && verdict.to_string().contains(" +0.0 to")), "{verdict}");
    }

    #[test]
    fn i4_and_i12_any_scores_give_the_same_verdict_twice(
        rows in prop::collection::vec((any::<Option<f32>>(), any::<Option<f32>>()), 0..40),
    ) {
        let range = ScoreRange::new(f32::MIN.into(), f32::MAX.into()).expect("a range");
        let finite = |score: Option<f32>| score.filter(|score| score.is_finite()).map(f64::from);
        let baseline: Vec<_> = rows.iter().map(|(before, _)| finite(*before)).collect();
        let candidate: Vec<_> = rows.iter().map(|(_, after)| finite(*after)).collect();
        let rule = VerdictRule::default().with_range(range).with_resamples(49);
        let verdict = rule.judge(&baseline, &candidate);
        prop_assert_eq!(&verdict, &rule.judge(&baseline, &candidate));
        let verdict = verdict.expect("scores are finite");
        let words = format!("{verdict} {}", verdict.what_next());
        prop_assert!(!words.contains("NaN") && !words.contains("inf"));
    }
}

#[test]
fn copies_of_a_row_count_as_the_row() {
    let rule = VerdictRule::default();
    // Three rows, all won, twenty times each.
    let rows: Vec<usize> = (0..60).map(|row| row / 20).collect();
    let (lost, won) = (vec![Some(0.0); 60], vec![Some(1.0); 60]);
    let verdict = rule.judge_clusters(&lost, &won, &rows).expect("scores");
    assert_eq!((verdict.n, verdict.copies, verdict.left_out), (3, 57, 0));
    let three = rule.judge(&lost[..3], &won[..3]).expect("scores");
    assert!(!verdict.is_better());
    assert_eq!(verdict.decision, three.decision);
    assert_eq!((verdict.p, verdict.interval), (three.p, three.interval));
    assert!(
        verdict.to_string().ends_with(
            "; 57 further rows are copies and count with the rows that they are copies of"
        )
    );
    // As rows of their own they would have been believed.
    assert!(rule.judge(&lost, &won).expect("scores").is_better());
}

#[test]
fn a_cluster_has_the_mean_score_of_its_rows_and_rows_that_lack_a_score_stay_bounded() {
    let rule = VerdictRule::default();
    let baseline = [Some(0.0), Some(1.0), Some(0.5), None, Some(0.0)];
    let candidate = [Some(1.0), Some(1.0), Some(0.5), Some(1.0), None];
    let verdict = rule
        .judge_clusters(&baseline, &candidate, &[4, 4, 9, 9, 1])
        .expect("scores");
    assert_eq!((verdict.n, verdict.copies), (2, 1));
    assert_eq!((verdict.left_out, verdict.one_sided), (2, 2));
    assert_eq!((verdict.baseline, verdict.candidate), (0.5, 0.75));
    // Against the candidate: (0.5, 1), (0.75, 0.75), (0, 0).
    assert_eq!(verdict.at_worst, Some(0.166667));
    let clusters = rule.judge_clusters(&baseline, &candidate, &[0, 1]);
    assert!(clusters.is_err());
}

/// How probable each number of wins and losses on `n` rows is, and what the verdict on them is.
fn all_outcomes(n: usize) -> Vec<([usize; 3], Verdict)> {
    let rule = VerdictRule::default();
    let counts = (0..=n).flat_map(|wins| (0..=n - wins).map(move |losses| (wins, losses)));
    let judged = counts.map(|(wins, losses)| {
        let ties = n - wins - losses;
        let [baseline, candidate] = binary(ties / 2, wins, losses, ties - ties / 2);
        let verdict = rule.judge(&baseline, &candidate).expect("scores");
        ([wins, losses, ties], verdict)
    });
    judged.collect()
}

/// The probability of these counts of wins, losses and ties.
fn probability(counts: [usize; 3], shares: [f64; 3]) -> f64 {
    let n: usize = counts.iter().sum();
    let factorial = |n: usize| (1..=n).map(|i| i as f64).product::<f64>();
    let ways = factorial(n) / counts.into_iter().map(factorial).product::<f64>();
    let powers = counts.iter().zip(shares);
    ways * powers
        .map(|(count, share)| share.powi(*count as i32))
        .product::<f64>()
}

/// Not simulated but counted out, for every share of wins: however few the rows are, a candidate that
/// loses the margin is believed in at most one of 20 cases, and one without effect is called better in at
/// most one of 20.
#[test]
fn however_few_the_rows_are_a_loss_is_believed_to_be_none_in_one_of_20_cases_at_most() {
    for n in (1..=12).chain([16, 20, 25]) {
        let outcomes = all_outcomes(n);
        let most = |loss: f64, is_wrong: fn(&Verdict) -> bool| {
            let wrong = |wins: f64| {
                let shares = [wins, wins + loss, 1.0 - 2.0 * wins - loss];
                let wrong = outcomes.iter().filter(|(_, verdict)| is_wrong(verdict));
                wrong
                    .map(|(counts, _)| probability(*counts, shares))
                    .sum::<f64>()
            };
            let shares = (0..=98).map(|percent| f64::from(percent) * 0.005);
            shares.map(wrong).fold(0.0, f64::max)
        };
        let believed =
            |verdict: &Verdict| matches!(verdict.decision, Decision::NotWorse | Decision::Better);
        let worse = most(0.02, believed);
        assert!(worse <= 0.05, "{n} rows: {worse}");
        let better = most(0.0, Verdict::is_better);
        assert!(better <= 0.05, "{n} rows: {better}");
    }
}
