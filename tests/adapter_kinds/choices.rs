//! Variants, and words that are none.

use super::*;

#[test]
fn words_of_everyday_are_not_variants() {
    in_section(&[
        (LETTER, "It is a tough question.", Refused("one of")),
        (LETTER, "This is a tricky one.", Refused("one of")),
        (LETTER, "A tough question.", Refused("one of")),
        (LETTER, "THIS IS A TOUGH QUESTION", Refused("one of")),
        (LETTER, "None of the above", Refused("one of")),
        (
            LETTER,
            "Option A is wrong, so I cannot say.",
            Refused("one of"),
        ),
        (LETTERS, "I am unsure", Refused("one of")),
        (LETTERS, "I think I need more context.", Refused("one of")),
        (DESK, "It is about payroll.", Refused("one of")),
        (DESK, "Is it broken?", Refused("one of")),
        (REGION, "The user lives in Paris", Refused("one of")),
        (REGION, "He told us nothing", Refused("one of")),
        (
            REGION,
            "The answer is in the second paragraph.",
            Refused("one of"),
        ),
        (
            TOPIC,
            "On the other hand the text is silent.",
            Refused("one of"),
        ),
        (TOPIC, "In general I cannot say.", Refused("one of")),
        (MOOD, "non-negative", Refused("one of")),
        (MOOD, "It is not positive", Refused("one of")),
        (MOOD, "hardly negative", Refused("one of")),
        (MOOD, "Neither positive nor negative", Refused("one of")),
        (
            "q -> answer: bool",
            "It is true that I cannot say",
            Refused("true or false"),
        ),
        (LETTER, "I vote for none of A to D", Refused("one of")),
        (
            r#"q -> answer: Literal["may", "june"]"#,
            "It may rain.",
            Refused("one of"),
        ),
        (
            r#"q -> answer: Literal["no", "si"]"#,
            "There is no way to tell.",
            Refused("one of"),
        ),
        (
            r#"q -> answer: Literal["go", "stop"]"#,
            "I would have to go and look.",
            Refused("one of"),
        ),
        // What points to a variant still does.
        (LETTER, "(B)", Repaired(json!(["B"]))),
        (LETTER, "$B$", Repaired(json!(["B"]))),
        (LETTER, r"\boxed{B}", Repaired(json!(["B"]))),
        (
            LETTER,
            r"So it is $\boxed{B}$ in the end",
            Repaired(json!(["B"])),
        ),
        (LETTER, "Option B", Repaired(json!(["B"]))),
        (LETTER, "option b.", Repaired(json!(["B"]))),
        (
            LETTER,
            "The answer is B because a car moves.",
            Repaired(json!(["B"])),
        ),
        (
            LETTER,
            "The correct answer is (B), a car.",
            Repaired(json!(["B"])),
        ),
        (LETTER, "Answer: B", Repaired(json!(["B"]))),
        (LETTER, "**B**", Repaired(json!(["B"]))),
        (LETTER, "I choose C.", Repaired(json!(["C"]))),
        (LETTER, "Option B is correct.", Repaired(json!(["B"]))),
        (LETTERS, "The answer is I.", Repaired(json!(["I"]))),
        (DESK, "The category is other.", Repaired(json!(["other"]))),
        (DESK, "Category: it", Repaired(json!(["it"]))),
        (DESK, "Send this to hr please", Repaired(json!(["hr"]))),
        (
            TOPIC,
            "`other`, as nothing fits",
            Repaired(json!(["other"])),
        ),
        (
            TOPIC,
            "The customer wants a refund.",
            Repaired(json!(["refund"])),
        ),
        (
            r#"q -> answer: Literal["US", "EU", "IN"]"#,
            "The user lives in the US.",
            Repaired(json!(["US"])),
        ),
        (
            r#"q -> answer: Literal["IT", "HR"]"#,
            "It is about payroll.",
            Refused("one of"),
        ),
    ]);
}

#[test]
fn an_answer_may_be_given_first_or_praised() {
    let yes = r#"q -> answer: Literal["yes", "no", "unclear"]"#;
    in_section(&[
        (yes, "Yes, it does.", Repaired(json!(["yes"]))),
        (yes, "No.", Repaired(json!(["no"]))),
        (yes, "no - it does that", Repaired(json!(["no"]))),
        (yes, "There is no way to tell.", Refused("one of")),
        (LETTER, "B. A car moves.", Repaired(json!(["B"]))),
        (LETTER, "B) a car", Repaired(json!(["B"]))),
        (LETTER, "B - a car", Repaired(json!(["B"]))),
        (LETTER, "B is correct.", Repaired(json!(["B"]))),
        (LETTER, "Answer: **B. Paris**", Repaired(json!(["B"]))),
        (LETTER, r"$\boxed{\text{B}}$", Repaired(json!(["B"]))),
        (LETTER, "It's B", Repaired(json!(["B"]))),
        (LETTER, "A, B and C are all wrong", Refused("one of")),
        (LETTER, "Both A and B", Refused("one of")),
        (LETTERS, "I, for one, am unsure", Refused("one of")),
        (DESK, "It, however, does not say.", Refused("one of")),
        (DESK, "Other (nothing fits)", Repaired(json!(["other"]))),
        (TOPIC, "Other: nothing fits", Repaired(json!(["other"]))),
        (INT, "5+ years", Refused("could change it")),
    ]);
    whole(&[(
        "q -> n: int, answer",
        r#"{"n": 1 "answer": "x"}"#,
        Repaired(json!([1, "x"])),
    )]);
}

#[test]
fn what_a_sentence_denies_asks_or_sets_under_a_condition_is_not_an_answer() {
    let desk = r#"q -> answer: Literal["refund", "shipping", "other"]"#;
    let level = r#"q -> answer: Literal["low", "medium", "high"]"#;
    let mail = r#"q -> answer: Literal["spam", "ham"]"#;
    let found = r#"q -> answer: Literal["found", "not_found"]"#;
    let yes = r#"q -> answer: Literal["yes", "no"]"#;
    in_section(&[
        (desk, "There is no refund involved.", Refused("one of")),
        (desk, "There is no evidence of a refund", Refused("one of")),
        (desk, "Far from a refund", Refused("one of")),
        (desk, "Is it a refund?", Refused("one of")),
        (desk, "Refund? Hard to say.", Refused("one of")),
        (desk, "Would that be a refund?", Refused("one of")),
        (desk, "I would say: a refund?", Repaired(json!(["refund"]))),
        (desk, "A refund if they ask again", Refused("one of")),
        (desk, "I wonder whether it is a refund", Refused("one of")),
        (desk, "Without a doubt a refund", Refused("one of")),
        (
            desk,
            "It is a refund, no doubt",
            Repaired(json!(["refund"])),
        ),
        (desk, "It could be a refund.", Repaired(json!(["refund"]))),
        (MOOD, "Anything but positive", Refused("one of")),
        (MOOD, "The opposite of positive", Refused("one of")),
        (MOOD, "No longer positive", Refused("one of")),
        (MOOD, "It used to be positive", Refused("one of")),
        (MOOD, "It fails to be positive", Refused("one of")),
        (level, "below high", Refused("one of")),
        (level, "higher than medium", Refused("one of")),
        (level, "a high-risk client", Refused("one of")),
        (level, "very high", Repaired(json!(["high"]))),
        (mail, "spam-free", Refused("one of")),
        (mail, "It went to the anti-spam folder", Refused("one of")),
        (mail, "It is spam.", Repaired(json!(["spam"]))),
        // A word of a variant's own name denies nothing.
        (found, "It was not found.", Repaired(json!(["not_found"]))),
        (found, "It was found.", Repaired(json!(["found"]))),
        (yes, "Yes, no doubt.", Repaired(json!(["yes"]))),
        (yes, "The answer is no.", Repaired(json!(["no"]))),
    ]);
}

#[test]
fn a_second_answer_or_a_second_thought_takes_back_the_first() {
    let stars = r#"q -> answer: Literal["1", "2", "3"]"#;
    in_section(&[
        (LETTER, "A. No wait, B.", Refused("one of")),
        (LETTER, "A: 10%, B: 90%", Refused("one of")),
        (LETTER, "A) a car B) a bike", Refused("one of")),
        (LETTER, "(A), scratch that", Refused("one of")),
        (
            LETTER,
            "A\n\nExplanation: B is wrong",
            Repaired(json!(["A"])),
        ),
        (stars, "1. 2", Refused("one of")),
        (stars, "2.", Repaired(json!(["2"]))),
    ]);
}

#[test]
fn a_boolean_that_is_guessed_asked_or_half_said_is_not_one() {
    let bool = "q -> answer: bool";
    in_section(&[
        (bool, "0.5", Refused("true or false")),
        (bool, "Maybe true", Refused("true or false")),
        (bool, "It could be true", Refused("true or false")),
        (bool, "That is partially true", Refused("true or false")),
        (bool, "It is far from true", Refused("true or false")),
        (bool, "If this is true, call me", Refused("true or false")),
        (bool, "There is no true answer", Refused("true or false")),
        (bool, "Is that true?", Refused("true or false")),
        (bool, "I say true?", Repaired(json!([true]))),
        (bool, "True or false?", Refused("true or false")),
        (bool, "Yes, if it rains", Refused("true or false")),
        (bool, "Yes, it is.", Repaired(json!([true]))),
        (bool, "No, it is false.", Repaired(json!([false]))),
        (bool, "No: nothing was sent", Repaired(json!([false]))),
        (bool, "The claim is false.", Repaired(json!([false]))),
    ]);
}

#[test]
fn a_sign_that_makes_another_word_of_a_variant_is_not_lost() {
    let grade = r#"q -> answer: Literal["A", "B", "C"]"#;
    let stars = r#"q -> answer: Literal["1", "4", "5", "45"]"#;
    let language = r#"q -> answer: Literal["C", "Python", "Rust"]"#;
    let languages = r#"q -> answer: Literal["C", "C++", "C#"]"#;
    let bound = r#"q -> answer: Literal["< 5", "5-10", "<= 1"]"#;
    let urgency = r#"q -> answer: Literal["urgent", "routine"]"#;
    in_section(&[
        (grade, "A+", Refused("one of")),
        (grade, "A-", Refused("one of")),
        (grade, "The grade is B+.", Refused("one of")),
        (
            grade,
            "The grade is B- because of the end.",
            Refused("one of"),
        ),
        (grade, "B - because of the end", Repaired(json!(["B"]))),
        (grade, "B.", Repaired(json!(["B"]))),
        (grade, "- B", Repaired(json!(["B"]))),
        (stars, "4.5", Refused("one of")),
        (stars, "The rating is 4.5", Refused("one of")),
        (stars, "4/5", Refused("one of")),
        (stars, "-1", Refused("one of")),
        (stars, "-5", Refused("one of")),
        (stars, "The rating is 4.", Repaired(json!(["4"]))),
        (stars, "#4", Repaired(json!(["4"]))),
        (stars, "+4", Repaired(json!(["4"]))),
        (stars, "-> 4", Repaired(json!(["4"]))),
        (language, "C++", Refused("one of")),
        (language, "C#", Refused("one of")),
        (language, "It is written in C++.", Refused("one of")),
        (language, "The answer is C.", Repaired(json!(["C"]))),
        (language, "# Rust", Repaired(json!(["Rust"]))),
        (languages, "c++", Repaired(json!(["C++"]))),
        (languages, "The answer is C#.", Repaired(json!(["C#"]))),
        (languages, "C/C++", Refused("one of")),
        (bound, "<5", Repaired(json!(["< 5"]))),
        (bound, "> 5", Refused("one of")),
        (bound, "<= 5", Refused("one of")),
        (bound, "<=1", Repaired(json!(["<= 1"]))),
        (urgency, "!urgent", Refused("one of")),
        (urgency, "#urgent", Repaired(json!(["urgent"]))),
        (urgency, "Urgent!", Repaired(json!(["urgent"]))),
    ]);
}

#[test]
fn a_variant_that_was_cut_off_is_read_only_if_it_can_be_one() {
    whole(&[
        (REFUND, r#"{"answer": "refund"#, Refused("cut off")),
        (REFUND, r#"{"answer": "ref"#, Refused("cut off")),
        (
            REFUND,
            r#"{"answer": "refund_d"#,
            Repaired(json!(["refund_denied"])),
        ),
        (REFUND, r#"{"answer": "refund"}"#, Exact(json!(["refund"]))),
        (
            r#"q -> answer: Literal["yes", "no"]"#,
            r#"{"answer": "y"#,
            Repaired(json!(["yes"])),
        ),
        (
            r#"q -> answer: Literal["yes", "no"]"#,
            r#"{"answer": ""#,
            Refused("cut off"),
        ),
        (INT, r#"{"answer": "12"#, Refused("cut off")),
        (
            "q -> answer: bool",
            r#"{"answer": "true"#,
            Refused("cut off"),
        ),
    ]);
}
