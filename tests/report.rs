//! What a person looks at.

use dashoptimize::report::EndCard;

#[test]
fn an_end_card_is_readable() {
    let card = EndCard::new("Better")
        .holdout(
            "70.1 % → 76.8 % on 240 held-out rows (+6.7 points, 95 % +2.1 to +11.3, p = 0.004, \
             exact McNemar)",
        )
        .spend("612 calls, 1.9M tokens, $1.84")
        .changed("1 of 2 predictors: +4 demos of `answer`; +792 bytes of constant prompt")
        .next([
            "tuned.save(\"prompts/triage.json\") keeps it",
            "tuned.diff() shows every change",
        ]);
    let expected = "\
VERDICT   Better
HOLD-OUT  70.1 % → 76.8 % on 240 held-out rows (+6.7 points, 95 % +2.1 to +11.3, p = 0.004,
          exact McNemar)
SPEND     612 calls, 1.9M tokens, $1.84
CHANGED   1 of 2 predictors: +4 demos of `answer`; +792 bytes of constant prompt
NEXT      tuned.save(\"prompts/triage.json\") keeps it
          tuned.diff() shows every change";
    assert_eq!(card.to_string(), expected);
    assert_eq!(EndCard::default().to_string(), "");
}
