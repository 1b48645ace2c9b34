//! Artifacts and programs that do not fit: I9, whole or not at all, and every misfit is named.

use std::borrow::Cow;

use dashoptimize::artifact::{Artifact, ArtifactError};
use dashoptimize::module::{Module, ModuleExt};
use dashoptimize::signature::{Field, Ty};

use crate::support::triage::SPEC;
use crate::support::tuned::{Loose, program, tuned};

fn misfit<M: Module + std::fmt::Debug>(artifact: &Artifact, program: &M) -> String {
    match artifact.install(program) {
        Err(error @ ArtifactError::Misfit { .. }) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

fn changed(change: impl Fn(&mut Vec<Field>)) -> Loose {
    let mut fields = SPEC.fields.to_vec();
    change(&mut fields);
    let mut spec = SPEC;
    spec.fields = Cow::Owned(fields);
    Loose::new([("predict", spec)])
}

#[test]
fn a_changed_signature_is_named_field_by_field() {
    let artifact = Artifact::from_text(&Artifact::of(&tuned()).to_text(), "p.json").unwrap();

    let renamed = changed(|fields| fields[0].name = "text".into());
    let words = misfit(&artifact, &renamed);
    // Its demos have that field too, but it is told once.
    assert_eq!(
        words,
        "`p.json` does not fit this program, so nothing of it is loaded; predictor `predict`: the \
         input `message` is gone; was it renamed to `text`?"
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
        let mut tone = fields[2].clone();
        tone.name = "tone".into();
        fields.push(tone);
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
