//! Artifacts: I9 (the same program comes back), I13 (nothing secret can be in one), and their form.

use std::fs;

use dashoptimize::artifact::{Artifact, Persist, Provenance};
use dashoptimize::lm::Message;
use dashoptimize::module::{ChainOfThought, Module, ModuleExt};
use dashoptimize::state::{Demo, FieldProse, PredictorState, State};
use proptest::prelude::*;
use serde_json::{Value, json};
use tempfile::tempdir;

use crate::support::triage::{INTENTS, SPEC, Triage, input};
use crate::support::tuned::{lm, object, program, tuned, with};

#[test]
fn parameters_that_were_never_set_are_not_in_the_file() {
    let text = Artifact::of(&program()).to_text();
    let file: Value = serde_json::from_str(&text).unwrap();
    let predictor = file["predictors"]["predict"].as_object().unwrap();
    assert!(!predictor.contains_key("params"), "{text}");
    let set = program().temperature(0.7);
    let file: Value = serde_json::from_str(&Artifact::of(&set).to_text()).unwrap();
    assert_eq!(
        file["predictors"]["predict"]["params"],
        json!({"temperature": 0.7})
    );
}

#[test]
fn a_file_that_cannot_be_made_is_an_error_with_the_reason() {
    let folder = tempdir().unwrap();
    let name = "a".repeat(300);
    let error = tuned().save(folder.path().join(name)).unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("File name too long (os error 36)"),
        "{error}"
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_saved_program_is_a_small_sorted_file_without_a_time() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("prompts/triage.json");
    tuned().save(&path).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    let expected = r#"{
  "format": 1,
  "predictors": {
    "predict": {
      "adapter": "chat",
      "demos": [
        {
          "inputs": {
            "earlier": [],
            "message": "I lost my card"
          },
          "outputs": {
            "confidence": 0.30000000000000004,
            "intent": "CardLost"
          }
        },
        {
          "inputs": {
            "earlier": [],
            "message": "Give it back!"
          },
          "outputs": {
            "confidence": 0.30000000000000004,
            "intent": "Refund"
          }
        }
      ],
      "fields": {
        "intent": {
          "desc": "what the customer wants most"
        }
      },
      "fingerprint": "FINGERPRINT",
      "instructions": [
        "Find out what the customer wants.",
        "Be brief."
      ],
      "params": {
        "temperature": 0.7
      },
      "prompt": [
        "Find out what the customer wants.",
        "Be brief.",
        "",
        "Your input fields are:",
        "1. `message` (text): the message as it came",
        "2. `earlier` (JSON list of texts): earlier messages",
        "Your output fields are:",
        "1. `intent` (one of: Refund, CardLost, Other): what the customer wants most",
        "2. `confidence` (number): from 0 to 1",
        "",
        "Respond with the output fields, starting with the field `[[ ## intent ## ]]`, then `[[ ## confidence ## ]]`, and then ending with the marker for `[[ ## completed ## ]]`."
      ],
      "signature": {
        "inputs": [
          "message: text",
          "earlier: list of text"
        ],
        "outputs": [
          "intent: one of Refund | CardLost | Other",
          "confidence: number"
        ]
      }
    }
  },
  "program": "Predict<Triage>",
  "provenance": null,
  "tool": "dashoptimize VERSION"
}
"#;
    let expected = expected
        .replace("FINGERPRINT", &SPEC.fingerprint().to_string())
        .replace("VERSION", "0.1.0");
    assert_eq!(text, expected);
    let leftovers = fs::read_dir(folder.path().join("prompts")).unwrap().count();
    assert_eq!(leftovers, 1, "no temporary file stays behind");
}

#[test]
fn saving_again_replaces_the_file() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("triage.json");
    program().save(&path).unwrap();
    tuned().save(&path).unwrap();
    assert_eq!(program().load(&path).unwrap().state(), tuned().state());
}

#[cfg(unix)]
#[test]
fn a_file_that_is_replaced_keeps_its_permissions_and_its_links() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let folder = tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let mode = |name: &str| fs::metadata(at(name)).unwrap().permissions().mode() & 0o777;
    program().save(at("plain.json")).unwrap();
    for bits in [0o640, 0o600, 0o664] {
        fs::set_permissions(at("plain.json"), fs::Permissions::from_mode(bits)).unwrap();
        tuned().save(at("plain.json")).unwrap();
        assert_eq!(mode("plain.json"), bits);
    }
    fs::write(at("new.txt"), "").unwrap();
    program().save(at("new.json")).unwrap();
    assert_eq!(mode("new.json"), mode("new.txt"), "the umask decides");

    fs::create_dir(at("shared")).unwrap();
    program().save(at("shared/prompt.json")).unwrap();
    let links = [
        ("absolute.json", at("shared/prompt.json")),
        ("relative.json", "shared/prompt.json".into()),
        ("twice.json", "relative.json".into()),
        ("dangling.json", "shared/made.json".into()),
    ];
    for (link, target) in links {
        symlink(target, at(link)).unwrap();
        tuned().save(at(link)).unwrap();
        assert!(
            fs::symlink_metadata(at(link)).unwrap().is_symlink(),
            "{link}"
        );
        assert_eq!(program().load(at(link)).unwrap().state(), tuned().state());
    }
    assert!(at("shared/made.json").is_file());
    symlink("b.json", at("a.json")).unwrap();
    symlink("a.json", at("b.json")).unwrap();
    let error = tuned().save(at("a.json")).unwrap_err().to_string();
    assert!(error.contains("too many symbolic links"), "{error}");
}

#[test]
fn the_student_is_not_changed_by_an_install() {
    let student = program();
    let before = student.state();
    let loaded = Artifact::of(&tuned()).install(&student).unwrap();
    assert_eq!(student.state(), before);
    assert_eq!(loaded.state(), tuned().state());
}

#[test]
fn provenance_comes_back_and_is_readable() {
    let provenance = Provenance::new("bootstrap")
        .models(["openai/gpt-4o-mini"])
        .seed(7)
        .settings(json!({ "max_bootstrapped_demos": 4 }))
        .metric("is_right, version 2")
        .verdict(json!({ "decision": "better", "p": 0.004 }));
    let artifact = Artifact::of(&tuned()).with_provenance(provenance.clone());
    let text = artifact.to_text();
    let back = Artifact::from_text(&text, "x.json").unwrap();
    assert_eq!(back, artifact);
    assert_eq!(back.provenance(), Some(&provenance));
    assert!(
        text.contains("\"metric\": \"is_right, version 2\""),
        "{text}"
    );
}

fn prose() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[ -~\\n\\r\\tä…\u{2028}]{0,40}",
        any::<String>()
    ]
}

prop_compose! {
    fn any_demo()(
        message in prose(),
        earlier in prop::collection::vec(prose(), 0..3),
        intent in prop::sample::select(INTENTS.to_vec()),
        confidence in any::<f64>().prop_filter("JSON has no NaN", |n| n.is_finite()),
        parts in 1_u8..4,
    ) -> Demo {
        let mut demo = Demo::new(object(json!({ "message": message, "earlier": earlier })), object(json!({ "intent": intent, "confidence": confidence })));
        // A labelled row may lack fields that only the program makes.
        if parts & 1 == 0 { demo.inputs.remove("earlier"); }
        if parts & 2 == 0 { demo.outputs.remove("confidence"); }
        demo
    }
}

prop_compose! {
    fn any_state()(
        instructions in prop::option::of(prose()),
        descs in prop::collection::btree_map(
            prop::sample::select(vec!["message", "earlier", "intent", "confidence"]),
            (prop::option::of(prose()), prop::option::of(prose())),
            0..4,
        ),
        demos in prop::collection::vec(any_demo(), 0..4),
        temperature in prop::option::of(0.0..2.0_f64),
        top_p in prop::option::of(any::<f64>().prop_filter("finite", |n| n.is_finite())),
        max_tokens in prop::option::of(any::<u32>()),
        seed in prop::option::of(any::<u64>()),
        stop in prop::collection::vec(prose(), 0..2),
    ) -> PredictorState {
        let fields = descs.into_iter().map(|(name, (desc, prefix))| {
            (name.to_owned(), FieldProse::new(desc, prefix))
        });
        let mut state = PredictorState::default().with_demos(demos);
        state.instructions = instructions;
        state.fields = fields.collect();
        state.params.temperature = temperature;
        state.params.top_p = top_p;
        state.params.max_tokens = max_tokens;
        state.params.seed = seed;
        state.params.stop = stop;
        state
    }
}

fn prompt<M: Module>(program: &M) -> Vec<Vec<Message>> {
    let inputs = [json!("I lost my card"), json!(["hello"])];
    program
        .predictors()
        .iter()
        .map(|p| p.render(&inputs))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// I9: `score(load(save(p))) == score(p)`, because both send the same bytes.
    #[test]
    fn i9_a_loaded_program_sends_the_same_bytes(
        plain in any_state(),
        thinking in any_state(),
        message in prose(),
    ) {
        let folder = tempdir().unwrap();
        let path = folder.path().join("p.json");

        let before = program().with_state(&with("predict", plain)).unwrap();
        before.save(&path).unwrap();
        let after = program().load(&path).unwrap();
        prop_assert_eq!(after.state(), before.state());
        prop_assert_eq!(after.render(&input(&message)), before.render(&input(&message)));

        // A second save of what was loaded is the same file.
        let text = fs::read(&path).unwrap();
        after.save(&path).unwrap();
        prop_assert_eq!(fs::read(&path).unwrap(), text);

        let thinker = ChainOfThought::<Triage>::new(lm());
        let before = thinker.with_state(&with("chain_of_thought", thinking)).unwrap();
        before.save(&path).unwrap();
        let after = thinker.load(&path).unwrap();
        prop_assert_eq!(prompt(&after), prompt(&before));
    }
}

#[test]
fn files_of_another_format_and_broken_files_are_told_apart() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("p.json");
    let open = |text: &str| {
        fs::write(&path, text).unwrap();
        Artifact::open(&path).unwrap_err().to_string()
    };
    let text = Artifact::of(&tuned()).to_text();
    let newer = text.replace("\"format\": 1", "\"format\": 2, \"colour\": \"red\"");
    assert!(
        open(&newer).contains("is of format 2, but this version of dashoptimize reads format 1")
    );
    assert!(open(&text[..text.len() / 2]).contains("is not an artifact of dashoptimize: EOF"));
    assert!(open("{}").contains("missing field `format`"));
    assert!(open("").contains("is not an artifact"));
    assert!(
        Artifact::open(folder.path().join("none.json"))
            .unwrap_err()
            .to_string()
            .contains("cannot read")
    );
}

/// I9, I13: a file cannot hold an address, a key or code.
#[test]
fn i9_nothing_can_be_smuggled_in() {
    let artifact = Artifact::of(&tuned()).with_provenance(Provenance::default());
    let places = [
        "",
        "/predictors/predict",
        "/predictors/predict/params",
        "/predictors/predict/demos/0",
        "/predictors/predict/fields/intent",
        "/predictors/predict/signature",
        "/provenance",
    ];
    for place in places {
        for key in ["api_base", "api_key", "lm", "tools", "code", "url"] {
            let mut file: Value = serde_json::from_str(&artifact.to_text()).unwrap();
            let object = file
                .pointer_mut(place)
                .and_then(Value::as_object_mut)
                .unwrap();
            object.insert(key.to_owned(), json!("https://evil.example"));
            let error = Artifact::from_text(&file.to_string(), "p.json").unwrap_err();
            let words = error.to_string();
            assert!(
                words.contains(&format!("unknown field `{key}`")),
                "{place}: {words}"
            );
        }
    }
}

#[test]
fn a_key_that_occurs_twice_is_an_error() {
    let text = Artifact::of(&program()).to_text();
    let entry = text.split("\"predictors\": {").nth(1).unwrap();
    let entry = &entry[..entry.rfind("  },\n  \"program\"").unwrap()];
    let twice = text.replace(entry, &format!("{},{entry}", entry.trim_end()));
    let error = Artifact::from_text(&twice, "p.json").unwrap_err();
    assert!(
        error.to_string().contains("`predict` stands twice"),
        "{error}"
    );
}

#[test]
fn a_key_that_stands_twice_in_a_demo_is_an_error_with_its_place() {
    let text = Artifact::of(&tuned()).to_text();
    for (once, twice, key) in [
        (
            r#""message": "I lost my card""#,
            r#""message": "I lost my card", "message": "I found it""#,
            "message",
        ),
        (
            r#""intent": "CardLost""#,
            r#""intent": "CardLost", "intent": "CardLost""#,
            "intent",
        ),
        (
            r#""earlier": []"#,
            r#""earlier": [{"a": {"b": 1, "\u0062": 2}}]"#,
            "b",
        ),
    ] {
        let line = text.lines().position(|line| line.contains(once));
        let line = line.expect("it is in the file") + 1;
        let twice = text.replacen(once, twice, 1);
        let error = Artifact::from_text(&twice, "p.json").expect_err("a key stands twice");
        let error = error.to_string();
        assert!(
            error.contains(&format!("the key `{key}` stands twice")),
            "{error}"
        );
        assert!(error.contains(&format!("at line {line} column")), "{error}");
    }
}

#[test]
fn a_key_that_stands_twice_in_a_state_is_an_error() {
    let demo = r#"{"inputs": {"q": 1, "q": 2}, "outputs": {"a": 1}}"#;
    let outputs = r#"{"inputs": {"q": 1}, "outputs": {"a": {"b": [{"c": 1, "c": 1}]}}}"#;
    for demo in [demo, outputs] {
        let error = serde_json::from_str::<Demo>(demo).expect_err("a key stands twice");
        assert!(error.to_string().contains("stands twice"), "{error}");
    }
    for state in [
        r#"{"predictors": {"a": {}, "a": {}}}"#,
        r#"{"predictors": {"a": {"fields": {"x": {}, "x": {}}}}}"#,
    ] {
        let error = serde_json::from_str::<State>(state).expect_err("a key stands twice");
        assert!(error.to_string().contains("stands twice"), "{error}");
    }
}

#[test]
fn what_would_not_read_back_is_not_written() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("p.json");
    let mut program = program();
    for predictor in program.predictors_mut() {
        predictor.change_params(|params| params.temperature = Some(f64::NAN));
    }
    let error = program.save(&path).unwrap_err();
    assert!(error.to_string().contains("would not read back"), "{error}");
    assert!(!path.exists());
}
