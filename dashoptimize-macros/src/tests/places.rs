//! Each error lies under the token that is wrong.

use proc_macro2::TokenStream;

use super::{errors, tokens};

fn of_signature(source: &str) -> Vec<(usize, usize)> {
    let result = crate::signature::try_expand(TokenStream::new(), tokens(source));
    errors(result)
        .into_iter()
        .map(|(line, column, _)| (line, column))
        .collect()
}

#[test]
fn all_fields_without_a_role_are_reported_together() {
    let found = of_signature("struct Qa {\n    question: String,\n    answer: String,\n}");
    assert_eq!(found, [(2, 4), (3, 4)]);
}

#[test]
fn options_are_reported_one_by_one() {
    let found = of_signature(
        "struct Qa {\n  #[input(a = 1, desc = 2)]\n  q: String,\n  #[output(check(5..=1, ..))]\n  a: u8,\n}",
    );
    assert_eq!(found, [(2, 10), (2, 24), (4, 17), (4, 24)]);
}

#[test]
fn a_late_input_is_reported_under_its_role() {
    let found = of_signature(
        "struct Qa {\n  #[output]\n  a: u8,\n  #[input]\n  q: u8,\n  #[input]\n  r: u8,\n}",
    );
    assert_eq!(found, [(4, 4), (6, 4)]);
}

#[test]
fn modules_are_reported_one_by_one() {
    let items = "type A = Predit<S>;\ntype B = Predict<S>;\ntype C = Predict;";
    let found = errors(crate::module::try_expand(tokens(items)));
    let places: Vec<_> = found
        .iter()
        .map(|(line, column, _)| (*line, *column))
        .collect();
    assert_eq!(places, [(1, 9), (3, 9)]);
    assert_eq!(
        found[0].2,
        "no module is called `Predit`; did you mean `Predict`?"
    );
}

#[test]
fn variants_are_reported_one_by_one() {
    let item = "enum A {\n  B(u8, u8),\n  C(Vec<A>),\n  #[field(renam = \"d\")]\n  D,\n}";
    let found = errors(crate::field_type::try_expand(tokens(item)));
    let places: Vec<_> = found
        .iter()
        .map(|(line, column, _)| (*line, *column))
        .collect();
    assert_eq!(places, [(2, 3), (4, 10)], "{found:?}");
}

#[test]
fn steps_are_reported_one_by_one() {
    let item = "fn Rag(question: String) -> String {
  let a = Predict::<S> { question: qestion };
  let b = search(a b);
  let a = Predit::<S> { question };
  let c = d.text;
  let d = c.text;
  e
}";
    let found = errors(crate::pipeline::try_expand(tokens(item)));
    let places: Vec<_> = found
        .iter()
        .map(|(line, column, _)| (*line, *column))
        .collect();
    // The half-typed step, the misspelled module, then the wiring in the order of its rules.
    assert_eq!(
        places,
        [(3, 19), (4, 10), (4, 6), (5, 10), (2, 35)],
        "{found:?}"
    );
}

#[test]
fn arguments_of_a_tool_are_reported_one_by_one() {
    let item = "fn seek<T>(\n  (a, b): (u8, u8),\n  c: &mut String,\n  _: &'static str,\n) -> impl Sized {}";
    let found = errors(crate::tool::try_expand(TokenStream::new(), tokens(item)));
    let places: Vec<_> = found
        .iter()
        .map(|(line, column, _)| (*line, *column))
        .collect();
    assert_eq!(places, [(2, 2), (3, 5), (4, 2), (4, 5)], "{found:?}");
    let item = "unsafe extern \"C\" fn größe<T>() -> impl Sized {}";
    let found = errors(crate::tool::try_expand(TokenStream::new(), tokens(item)));
    let places: Vec<_> = found.iter().map(|(_, column, _)| *column).collect();
    assert_eq!(places, [21, 26, 0, 7, 35], "{found:?}");
}
