//! Thoughts, tags and labels around answers.

use super::*;

#[test]
fn thoughts_are_not_answers() {
    whole(&[
        // Cut.
        (
            INT,
            "<think>\nThe train leaves with 12 people",
            Refused("inside its thoughts"),
        ),
        (
            LETTER,
            "<think>\nOption B looks plausible because",
            Refused("inside its thoughts"),
        ),
        (
            QA,
            "<think>\nI will reply with\n[[ ## answer ## ]]\nLyon\nbut wait",
            Refused("inside its thoughts"),
        ),
        (
            SURE,
            "<think>\nPerhaps {\"answer\": \"Lyon\", \"confidence\": 0.4} but",
            Refused("inside its thoughts"),
        ),
        (
            QA,
            "<thinking>\nAnswer: Lyon",
            Refused("inside its thoughts"),
        ),
        (QA, "[THINK]Perhaps Lyon", Refused("inside its thoughts")),
        (
            QA,
            "<seed:think>Perhaps Lyon",
            Refused("inside its thoughts"),
        ),
        (QA, "◁think▷Perhaps Lyon", Refused("inside its thoughts")),
        (QA, "<think><think>Lyon?", Refused("inside its thoughts")),
        // The first thoughts look like the form that is asked for, and so do the second ones, which do not end.
        (
            QA,
            "<think>Perhaps {\"answer\": \"Nice\"}</think>\n<think>[[ ## answer ## ]]\nLyon",
            Refused("inside its thoughts"),
        ),
        (
            QA,
            "<think>[[ ## answer ## ]]\nNice</think>\n<think>Perhaps {\"answer\": \"Lyon\"}",
            Refused("inside its thoughts"),
        ),
        (QA, "<think>Lyon?</think>", Refused("`answer` is missing")),
        (
            QA,
            "<|channel|>analysis<|message|>Perhaps Lyon",
            Refused("inside its thoughts"),
        ),
        // Closed.
        (QA, "<think>Lyon?</think>Paris", Repaired(json!(["Paris"]))),
        (
            QA,
            "<thinking>Lyon?</thinking>\nParis",
            Repaired(json!(["Paris"])),
        ),
        (
            QA,
            "<THINKING mode=\"x\">Lyon?</THINKING>\nParis",
            Repaired(json!(["Paris"])),
        ),
        (
            QA,
            "[THINK]Lyon?[/THINK]\nParis",
            Repaired(json!(["Paris"])),
        ),
        (
            QA,
            "<seed:think>Lyon?</seed:think>Paris",
            Repaired(json!(["Paris"])),
        ),
        (
            QA,
            "<thought>Lyon?</thought>\nParis",
            Repaired(json!(["Paris"])),
        ),
        (
            QA,
            "<reasoning>Lyon?</reasoning>\nParis",
            Repaired(json!(["Paris"])),
        ),
        (
            QA,
            "<internal>Lyon?</internal>\nParis",
            Repaired(json!(["Paris"])),
        ),
        (
            QA,
            "<thinking_process>Lyon?</thinking_process>\nParis",
            Repaired(json!(["Paris"])),
        ),
        (QA, "<ant_thinking>Lyon?", Refused("inside its thoughts")),
        (QA, "◁think▷Lyon?◁/think▷Paris", Repaired(json!(["Paris"]))),
        (
            QA,
            "<|begin_of_thought|>Lyon?<|end_of_thought|>Paris",
            Repaired(json!(["Paris"])),
        ),
        (
            QA,
            "<|channel|>analysis<|message|>Lyon?<|end|><|start|>assistant<|channel|>final<|message|>Paris<|return|>",
            Repaired(json!(["Paris"])),
        ),
        (QA, "Lyon?</thinking>\nParis", Repaired(json!(["Paris"]))),
        (
            QA,
            "<think>a</think>\n<reflection>b</reflection>\nParis",
            Repaired(json!(["Paris"])),
        ),
        (
            QA,
            "<think>a <think>b</think> c</think>\nParis",
            Repaired(json!(["Paris"])),
        ),
        (
            QA,
            "<think>The tag </think> ends thoughts. Lyon?</think>\nParis",
            Repaired(json!(["Paris"])),
        ),
        (
            QA,
            "<think>The tag <think> starts them.</think>\nParis",
            Repaired(json!(["Paris"])),
        ),
        (
            QA,
            "Let me see.\n<think>Lyon?</think>\nParis",
            Repaired(json!(["Paris"])),
        ),
        (
            SURE,
            "<think>{\"answer\": \"Lyon\", \"confidence\": 1}</think>{\"answer\": \"Paris\", \"confidence\": 1}",
            Repaired(json!(["Paris", 1.0])),
        ),
        (
            QA,
            "<thinking>[[ ## answer ## ]]\nLyon</thinking>\n[[ ## answer ## ]]\nParis",
            Repaired(json!(["Paris"])),
        ),
        // Where they end cannot be said.
        (
            QA,
            "<think>a</think> and </think> mean the end",
            Refused("not clear"),
        ),
        // A tag inside a value is a part of it, and a tag of an output is the output.
        (
            QA,
            "<think>a</think>{\"answer\": \"the tag </think>\"}",
            Repaired(json!(["the tag </think>"])),
        ),
        (
            "q -> reasoning, answer",
            "<reasoning>I know.</reasoning>\n<answer>Paris</answer>",
            Repaired(json!(["I know.", "Paris"])),
        ),
    ]);
    run(
        &ChatAdapter,
        &[(
            QA,
            "[[ ## answer ## ]]\nUse <think> and </think>.",
            Exact(json!(["Use <think> and </think>."])),
        )],
        str::to_owned,
    );
}

#[test]
fn tags_and_labels_of_outputs_are_found() {
    whole(&[
        (QA, "<answer>Paris</answer>", Repaired(json!(["Paris"]))),
        (
            QA,
            "Sure: <answer>Paris</answer>",
            Repaired(json!(["Paris"])),
        ),
        (
            SURE,
            "<answer>Paris</answer>\n<confidence>0.9</confidence>",
            Repaired(json!(["Paris", 0.9])),
        ),
        (
            SURE,
            "<Answer>Paris</Answer><CONFIDENCE>0.9</CONFIDENCE>",
            Repaired(json!(["Paris", 0.9])),
        ),
        (SURE, "<answer>Paris</answer>", Refused("missing")),
        (
            "q -> html",
            "<html><b>x</b></html>",
            Repaired(json!(["<html><b>x</b></html>"])),
        ),
        (QA, "answer：Paris", Repaired(json!(["Paris"]))),
        (
            SURE,
            "Answer： Paris\nConfidence： 0.9",
            Repaired(json!(["Paris", 0.9])),
        ),
        (
            "q -> café",
            "[[ ## cafe\u{301} ## ]]\nParis",
            Repaired(json!(["Paris"])),
        ),
        (
            "q -> café",
            "{\"cafe\u{301}\": \"Paris\"}",
            Repaired(json!(["Paris"])),
        ),
        (
            r#"q -> answer: Literal["café", "bar"]"#,
            "[[ ## answer ## ]]\ncafe\u{301}",
            Repaired(json!(["café"])),
        ),
        (
            r#"q -> answer: Literal["résumé", "resume"]"#,
            "[[ ## answer ## ]]\nre\u{301}sume\u{301}",
            Repaired(json!(["résumé"])),
        ),
    ]);
}
