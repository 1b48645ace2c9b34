//! Artifacts: I9 (whole or not at all, the same program comes back), I8, I13, and diffs.

use std::borrow::Cow;
use std::fs;
use std::sync::Arc;

use dashoptimize::artifact::{Artifact, ArtifactError, Diff, Provenance, Spent};
use dashoptimize::lm::{Lm, Message, Scripted};
use dashoptimize::module::{
    CallError, ChainOfThought, Context, Demo, FieldProse, Module, Predict, Predictor,
    PredictorState, State,
};
use dashoptimize::signature::{Field, SignatureSpec, Ty};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use tempfile::tempdir;

use crate::support::triage::{INTENTS, SPEC, Triage, input};

fn lm() -> Lm {
    Lm::new(Scripted::new(|_: &_| "never asked"))
}

fn program() -> Predict<Triage> {
    Predict::new(lm())
}

/// A program whose signatures are given at run time, to be changed behind an artifact's back.
#[derive(Clone)]
struct Loose(Vec<Predictor>);

impl Loose {
    fn new(specs: impl IntoIterator<Item = (&'static str, SignatureSpec)>) -> Self {
        let predictor = |(path, spec)| Predictor::new(path, Arc::new(spec), lm());
        Self(specs.into_iter().map(predictor).collect())
    }
}

impl Module for Loose {
    type Input = ();
    type Output = ();

    async fn forward(&self, _: &Context<'_>, (): ()) -> Result<(), CallError> {
        Ok(())
    }

    fn predictors(&self) -> Vec<&Predictor> {
        self.0.iter().collect()
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        self.0.iter_mut().collect()
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => panic!("not an object"),
    }
}

fn demo(message: &str, intent: &str) -> Demo {
    Demo {
        inputs: object(json!({ "message": message, "earlier": [] })),
        outputs: object(json!({ "intent": intent, "confidence": 0.1 + 0.2 })),
    }
}

fn tuned_state() -> PredictorState {
    let mut state = PredictorState {
        instructions: Some("Find out what the customer wants.\nBe brief.".to_owned()),
        demos: vec![
            demo("I lost my card", "CardLost"),
            demo("Give it back!", "Refund"),
        ],
        ..PredictorState::default()
    };
    let prose = FieldProse {
        desc: Some("what the customer wants most".to_owned()),
        prefix: None,
    };
    state.fields.insert("intent".to_owned(), prose);
    state.params.temperature = Some(0.7);
    state
}

fn with(path: &str, state: PredictorState) -> State {
    State {
        predictors: [(path.to_owned(), state)].into(),
    }
}

fn tuned() -> Predict<Triage> {
    program()
        .with_state(&with("predict", tuned_state()))
        .unwrap()
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
    let provenance = Provenance {
        models: vec!["openai/gpt-4o-mini".to_owned()],
        optimizer: "bootstrap".to_owned(),
        seed: Some(7),
        settings: json!({ "max_bootstrapped_demos": 4 }),
        spent: Some(Spent {
            calls: 1204,
            tokens: 99_000,
            usd: None,
        }),
        verdict: json!({ "decision": "better", "p": 0.004 }),
        ..Provenance::default()
    };
    let artifact = Artifact::of(&tuned()).with_provenance(provenance.clone());
    let text = artifact.to_text();
    let back = Artifact::from_text(&text, "x.json").unwrap();
    assert_eq!(back, artifact);
    assert_eq!(back.provenance(), Some(&provenance));
    assert!(text.contains("\"usd\": null"), "unknown, not 0: {text}");
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
        let mut demo = Demo {
            inputs: object(json!({ "message": message, "earlier": earlier })),
            outputs: object(json!({ "intent": intent, "confidence": confidence })),
        };
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
            (name.to_owned(), FieldProse { desc, prefix })
        });
        let mut state = PredictorState {
            instructions,
            fields: fields.collect(),
            demos,
            ..PredictorState::default()
        };
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
    fn a_loaded_program_sends_the_same_bytes(
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

fn misfit<M: Module + std::fmt::Debug>(artifact: &Artifact, program: &M) -> String {
    match artifact.install(program) {
        Err(error @ ArtifactError::Misfit { .. }) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

impl std::fmt::Debug for Loose {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Loose")
    }
}

fn changed(change: impl Fn(&mut Vec<Field>)) -> Loose {
    let mut fields = SPEC.fields.to_vec();
    change(&mut fields);
    let spec = SignatureSpec {
        fields: Cow::Owned(fields),
        ..SPEC
    };
    Loose::new([("predict", spec)])
}

#[test]
fn a_changed_signature_is_named_field_by_field() {
    let artifact = Artifact::from_text(&Artifact::of(&tuned()).to_text(), "p.json").unwrap();

    let renamed = changed(|fields| fields[0].name = "text".into());
    let words = misfit(&artifact, &renamed);
    assert!(
        words.starts_with(
            "`p.json` does not fit this program, so nothing of it is loaded\n  predictor \
             `predict`: the input `message` is gone; was it renamed to `text`?"
        ),
        "{words}"
    );

    let retyped = changed(|fields| fields[3].ty = Ty::Str);
    let words = misfit(&artifact, &retyped);
    assert!(
        words.contains("`confidence` was number, is text"),
        "{words}"
    );
    assert!(
        words.contains("demos[0]: `confidence` must be a text"),
        "{words}"
    );

    let added = changed(|fields| {
        fields.push(Field {
            name: "tone".into(),
            ..fields[2].clone()
        })
    });
    assert!(misfit(&artifact, &added).contains("the output `tone` is new"));

    let swapped = changed(|fields| fields.swap(0, 1));
    assert!(misfit(&artifact, &swapped).contains("the order of the fields changed"));
}

#[test]
fn a_removed_variant_names_the_demo_that_has_it() {
    let smaller = changed(|fields| {
        if let Ty::Enum(ty) = &mut fields[2].ty {
            ty.variants = Cow::Owned(vec![ty.variants[0].clone(), ty.variants[2].clone()]);
        }
    });
    let words = misfit(&Artifact::of(&tuned()), &smaller);
    assert!(
        words.contains("`intent` was one of Refund | CardLost | Other, is one of Refund | Other"),
        "{words}"
    );
    assert!(
        words.contains("demos[0]: `intent` must be one of `Refund`, `Other`, not \"CardLost\""),
        "{words}"
    );
    assert!(!words.contains("demos[1]"), "{words}");
}

#[test]
fn predictors_must_be_the_same_on_both_sides() {
    let two = Loose::new([("query", SPEC), ("answer", SPEC)]);
    let words = misfit(&Artifact::of(&tuned()), &two);
    assert!(
        words.contains("predictor `query`: the file lacks it"),
        "{words}"
    );
    assert!(
        words.contains("predictor `answer`: the file lacks it"),
        "{words}"
    );
    assert!(
        words.contains("predictor `predict`: the program has no such predictor; it has `query`"),
        "{words}"
    );
    assert_eq!(
        two.state(),
        Loose::new([("query", SPEC), ("answer", SPEC)]).state()
    );

    let renamed = Loose::new([("classify", SPEC)]);
    let words = misfit(&Artifact::of(&tuned()), &renamed);
    assert!(
        words.contains("has `predict` of the same signature; was it renamed?"),
        "{words}"
    );
}

#[test]
fn an_inner_type_made_at_run_time_is_part_of_the_schema() {
    let list = |of: Ty| changed(move |fields| fields[1].ty = Ty::List(of.clone().into()));
    let words = misfit(&Artifact::of(&list(Ty::Str)), &list(Ty::Float));
    assert!(
        words.contains("`earlier` was list of text, is list of number"),
        "{words}"
    );
}

#[test]
fn another_adapter_is_named() {
    let text = Artifact::of(&tuned())
        .to_text()
        .replace("\"chat\"", "\"json\"");
    let words = misfit(&Artifact::from_text(&text, "p.json").unwrap(), &program());
    assert!(words.contains("tuned with the adapter `json`, but the program uses `chat`"));
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
    assert!(open(&text[..text.len() / 2]).contains("is no artifact of dashoptimize: EOF"));
    assert!(open("{}").contains("missing field `format`"));
    assert!(open("").contains("is no artifact"));
    assert!(
        Artifact::open(folder.path().join("none.json"))
            .unwrap_err()
            .to_string()
            .contains("cannot read")
    );
}

/// I9, I13: there is no place in a file for an address, a key or code.
#[test]
fn nothing_can_be_smuggled_in() {
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
fn a_key_that_is_there_twice_is_an_error() {
    let text = Artifact::of(&program()).to_text();
    let entry = text.split("\"predictors\": {").nth(1).unwrap();
    let entry = &entry[..entry.rfind("  },\n  \"program\"").unwrap()];
    let twice = text.replace(entry, &format!("{},{entry}", entry.trim_end()));
    let error = Artifact::from_text(&twice, "p.json").unwrap_err();
    assert!(
        error.to_string().contains("`predict` is there twice"),
        "{error}"
    );
}

#[test]
fn what_would_not_read_back_is_not_written() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("p.json");
    let error = program().temperature(f64::NAN).save(&path).unwrap_err();
    assert!(error.to_string().contains("would not read back"), "{error}");
    assert!(!path.exists());
}

#[test]
fn a_diff_shows_what_changed() {
    let after = tuned();
    let diff = Diff::between(&program(), &program().state(), &after.state());
    let words = diff.to_string();
    let expected = r#"predict
  instructions
    - Classify a customer message by what the customer wants.
    + Find out what the customer wants.
    + Be brief.
  `intent`, description
    - what the customer wants
    + what the customer wants most
  demos: 0 → 2
    + message="I lost my card", earlier=[] -> intent="CardLost", confidence=0.30000000000000004
    + message="Give it back!", earlier=[] -> intent="Refund", confidence=0.30000000000000004
  temperature: unset → 0.7
  constant prompt: "#;
    assert!(words.starts_with(expected), "{words}");
    assert!(
        diff.summary().starts_with(
            "1 of 1 predictor: instructions, field prose, +2 demos, parameters of `predict`; +"
        ) || diff.summary().contains("±0"),
        "{}",
        diff.summary()
    );
    let nothing = Diff::between(&after, &after.state(), &after.state());
    assert!(nothing.is_empty());
    assert_eq!(nothing.to_string(), "nothing changed");
}

#[test]
fn a_diff_of_two_predictors_names_the_one_that_stayed() {
    let program = Loose::new([("query", SPEC), ("answer", SPEC)]);
    let mut after = program.state();
    let answer = after.predictors.get_mut("answer").unwrap();
    answer.demos = (0..12)
        .map(|i| demo(&format!("message {i}"), "Other"))
        .collect();
    let words = Diff::between(&program, &program.state(), &after).to_string();
    assert!(words.starts_with("answer\n  demos: 0 → 12\n"), "{words}");
    assert!(words.contains("+ … and 4 more"), "{words}");
    assert!(words.ends_with("\n\nunchanged: query"), "{words}");

    let mut turned = after.clone();
    turned.predictors.get_mut("answer").unwrap().demos.reverse();
    let words = Diff::between(&program, &after, &turned).to_string();
    assert!(
        words.contains("demos: 12 → 12, the same ones in another order"),
        "{words}"
    );
}
