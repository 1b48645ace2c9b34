//! The verdict: its words, and how often it is wrong.

use dashoptimize::evaluate::statistics::PairedCounts;
use dashoptimize::evaluate::{Decision, PairedTest, Verdict, VerdictError, VerdictRule};
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
        "Inconclusive: 66.0 % → 69.0 % on 100 held-out rows (+3.0 points, 95 % -4.8 to +10.8, \
         p = 0.454, exact McNemar)"
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

#[test]
fn rows_without_a_score_are_left_out_and_counted() {
    let [mut baseline, mut candidate] = binary(58, 14, 4, 24);
    let whole = judge(
        VerdictRule::default(),
        &[baseline.clone(), candidate.clone()],
    );
    baseline.extend([None, Some(1.0), None]);
    candidate.extend([Some(1.0), None, None]);
    let verdict = judge(VerdictRule::default(), &[baseline, candidate]);
    assert_eq!((verdict.n, verdict.left_out), (100, 3));
    assert_eq!((verdict.p, verdict.decision), (whole.p, whole.decision));
    assert!(
        verdict
            .to_string()
            .ends_with("; 3 rows without a score for both programs are left out")
    );
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
        .judge(&[Some(1.0), Some(f64::INFINITY)], &[None, None])
        .unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("the score of row 1 (from 0) is inf")
    );
    assert!(rule.with_alpha(1.0).is_err());
}

#[test]
fn graded_scores_are_judged_by_permutation() {
    let baseline: Vec<_> = splitmix(1).take(60).map(|draw| Some(draw / 2.0)).collect();
    let gain = splitmix(2).map(|draw| (draw - 0.3) / 4.0);
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
        VerdictRule::default().with_best_score(5.0),
        &[rows(0.0), rows(0.5)],
    );
    assert!(
        verdict
            .to_string()
            .starts_with("Better: 2.000 → 2.500 on 40 held-out rows (+0.500, 95 %"),
        "{verdict}"
    );
}

#[test]
fn few_graded_rows_never_rule_out_a_loss() {
    let same: Vec<_> = (0..10).map(|row| Some(f64::from(row) / 20.0)).collect();
    let verdict = judge(VerdictRule::default(), &[same.clone(), same]);
    assert_eq!(verdict.decision, Decision::Inconclusive);
}

#[test]
fn a_verdict_is_the_same_after_it_was_stored() {
    for verdict in [judge_binary(58, 14, 4, 24), judge_binary(0, 0, 0, 0)] {
        let text = serde_json::to_string(&verdict).expect("a verdict is JSON");
        let read: Verdict = serde_json::from_str(&text).expect("what was written can be read");
        assert_eq!(read, verdict);
        assert_eq!(serde_json::to_string(&read).ok(), Some(text));
    }
    let text = serde_json::to_string(&judge_binary(58, 14, 4, 24)).expect("a verdict is JSON");
    assert!(
        text.contains(r#""decision":"better""#) && text.contains(r#""p":0.0192108"#),
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
        assert!(rate <= 0.05, "{rate} for {discordant} rows that differ");
        // In practice the two-sided test leaves little more than half of that.
        assert!(rate <= 0.04, "{rate} for {discordant} rows that differ");
    }
}

/// The whole rule, on data drawn without an effect.
#[test]
fn calibration_simulated_hold_outs_without_effect_keep_the_level() {
    let trials = 1_000;
    for n in [10_usize, 40, 150] {
        for base_rate in [0.3, 0.6, 0.9] {
            let better = (0..trials)
                .filter(|trial| {
                    let mut draws = splitmix(trial * 1_000 + n as u64 + (base_rate * 10.0) as u64);
                    let mut program = || -> Vec<Option<f64>> {
                        let right = |draw| Some(f64::from(u8::from(draw < base_rate)));
                        draws.by_ref().take(n).map(right).collect()
                    };
                    let rows = [program(), program()];
                    judge(VerdictRule::default(), &rows).is_better()
                })
                .count();
            assert_rate_within(
                better,
                trials,
                0.05,
                &format!("n = {n}, base rate {base_rate}"),
            );
        }
    }
}

#[test]
fn calibration_graded_hold_outs_without_effect_keep_the_level() {
    let trials = 250;
    let rule = VerdictRule::default().with_resamples(99);
    for n in [8_usize, 20, 40] {
        for skew in [1, 4] {
            let better = (0..trials)
                .filter(|trial| {
                    let mut draws = splitmix(trial * 77 + n as u64 + 1_000_000 * skew as u64);
                    let mut program = || -> Vec<Option<f64>> {
                        draws
                            .by_ref()
                            .take(n)
                            .map(|draw| Some(draw.powi(skew)))
                            .collect()
                    };
                    let rows = [program(), program()];
                    judge(rule.with_seed(*trial), &rows).is_better()
                })
                .count();
            assert_rate_within(better, trials, 0.05, &format!("n = {n}, skew {skew}"));
        }
    }
}

/// The rate that was seen may exceed the level by chance, but not by three standard errors.
fn assert_rate_within(hits: usize, trials: u64, level: f64, what: &str) {
    let (rate, trials) = (hits as f64 / trials as f64, trials as f64);
    let slack = 3.0 * (level * (1.0 - level) / trials).sqrt();
    // The level is two-sided, so half of it is expected.
    assert!(
        rate <= level / 2.0 + slack,
        "{what}: called better in {rate}"
    );
    assert!(rate <= level, "{what}: called better in {rate}");
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn i4_and_i12_any_scores_give_the_same_verdict_twice(
        rows in prop::collection::vec((any::<Option<f32>>(), any::<Option<f32>>()), 0..40),
    ) {
        let finite = |score: Option<f32>| score.filter(|score| score.is_finite()).map(f64::from);
        let baseline: Vec<_> = rows.iter().map(|(before, _)| finite(*before)).collect();
        let candidate: Vec<_> = rows.iter().map(|(_, after)| finite(*after)).collect();
        let rule = VerdictRule::default().with_resamples(49);
        let verdict = rule.judge(&baseline, &candidate);
        prop_assert_eq!(&verdict, &rule.judge(&baseline, &candidate));
        let verdict = verdict.expect("scores are finite");
        let words = format!("{verdict} {}", verdict.what_next());
        prop_assert!(!words.contains("NaN") && !words.contains("inf"));
    }
}
