//! Each error lies under the token that is wrong.

use proc_macro2::TokenStream;

use super::{errors, tokens};

/// The places of errors.
fn places(found: &[(usize, usize, String)]) -> Vec<(usize, usize)> {
    let found = found.iter();
    found.map(|(line, column, _)| (*line, *column)).collect()
}

fn of_signature(source: &str) -> Vec<(usize, usize)> {
    let result = crate::signature::try_expand(TokenStream::new(), tokens(source));
    places(&errors(result))
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
    assert_eq!(places(&found), [(1, 9), (3, 9)]);
    assert_eq!(
        found[0].2,
        "no module is called `Predit`; did you mean `Predict`?"
    );
}

#[test]
fn variants_are_reported_one_by_one() {
    let item = "enum A {\n  B(u8, u8),\n  C(Vec<A>),\n  #[field(renam = \"d\")]\n  D,\n}";
    let found = errors(crate::field_type::try_expand(tokens(item)));
    assert_eq!(places(&found), [(2, 3), (4, 10)], "{found:?}");
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
    // The half-typed step, the misspelled module, then the wiring in the order of its rules.
    assert_eq!(
        places(&found),
        [(3, 19), (4, 10), (5, 10), (2, 35)],
        "{found:?}"
    );
}

#[test]
fn type_and_file_of_a_prompt_are_reported_one_by_one() {
    let found = errors(crate::prompt::try_expand(tokens(
        "1 + 1,\n \"docs/qa.jsn\",\n 3",
    )));
    assert_eq!(places(&found), [(1, 0), (3, 1), (2, 1)], "{found:?}");
    let message = "there is no file `docs/qa.jsn`; did you mean `docs/qa.json`?";
    assert!(found[2].2.starts_with(message), "{found:?}");
}

#[test]
fn stages_are_reported_one_by_one() {
    let chain = "A { a: } >> 3\n>> B { ..c }\n>> C (d)\n>>";
    let found = errors(crate::optimizers::try_expand(tokens(chain)));
    assert_eq!(
        places(&found),
        [(1, 5), (1, 12), (2, 7), (3, 5), (4, 0)],
        "{found:?}"
    );
}

#[test]
fn the_two_forms_of_a_pipeline_are_told_apart() {
    let is_chain = |source| crate::optimizers::is_chain(&tokens(source));
    let chains = [
        "A {}",
        "a::B",
        "::a::B { c: 1 } >> D",
        ">> A {}",
        "A(b) >> C",
        "A::<B<C>> {}",
    ];
    assert!(chains.into_iter().all(is_chain));
    let others = [
        "",
        "fn Rag(a: String) -> B { c >> d }",
        "pub fn Rag",
        "#[with(a = 1)] fn",
        "/// Docs",
        "Rag(a: String) -> B { c }",
        "42",
    ];
    assert!(!others.into_iter().any(is_chain));
}

#[test]
fn arguments_of_a_tool_are_reported_one_by_one() {
    let item = "fn seek<T>(\n  (a, b): (u8, u8),\n  c: &mut String,\n  _: &'static str,\n) -> impl Sized {}";
    let found = errors(crate::tool::try_expand(TokenStream::new(), tokens(item)));
    assert_eq!(
        places(&found),
        [(2, 2), (3, 5), (4, 2), (4, 5)],
        "{found:?}"
    );
    let item = "unsafe extern \"C\" fn größe<T>() -> impl Sized {}";
    let found = errors(crate::tool::try_expand(TokenStream::new(), tokens(item)));
    let columns: Vec<_> = found.iter().map(|(_, column, _)| *column).collect();
    assert_eq!(columns, [21, 26, 0, 7, 35], "{found:?}");
}
