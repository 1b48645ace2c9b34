//! Names as they stand come before loose ones.

use super::*;

#[test]
fn names_as_they_stand_come_first() {
    // Names that begin or end with a sign.
    whole(&[
        (
            "_b -> b",
            "[[ ## _b ## ]]\nno\n\n[[ ## b ## ]]\nyes",
            Exact(json!(["yes"])),
        ),
        ("_b -> b", "[[ ## B ## ]]\nyes", Refused("`b` is missing")),
        (
            "q -> b_, b",
            "[[ ## b ## ]]\none\n[[ ## b_ ## ]]\ntwo",
            Exact(json!(["two", "one"])),
        ),
        (
            "q -> b_, b",
            "b: one\nb_: two",
            Repaired(json!(["two", "one"])),
        ),
        ("q -> b_, b", "B: one\nB_: two", Refused("missing")),
        (
            "q -> b_, b",
            r#"{"b": "one", "B_": "two"}"#,
            Repaired(json!(["two", "one"])),
        ),
        ("q -> b_, b", r#"{"B": "one"}"#, Refused("could also be")),
        (
            QA,
            r#"{"Answer": "one", "ANSWER": "two"}"#,
            Refused("could be any of"),
        ),
        (
            QA,
            r#"{"Answer": "one", "answer": "two"}"#,
            Repaired(json!(["two"])),
        ),
        (
            "q -> b_, b",
            "<b>one</b><b_>two</b_>",
            Repaired(json!(["two", "one"])),
        ),
        (
            r#"q -> answer: Literal["top_k", "topk"]"#,
            "[[ ## answer ## ]]\nTopK",
            Refused("one of"),
        ),
        (
            r#"q -> answer: Literal["top_k", "topk"]"#,
            "[[ ## answer ## ]]\ntopk",
            Exact(json!(["topk"])),
        ),
    ]);
}

fn with_struct(properties: Vec<Property>) -> SignatureSpec {
    let ty = Ty::Struct(StructTy::new("Setting", properties));
    let fields = [Field::input("q", Ty::Str), Field::output("answer", ty)];
    SignatureSpec::new("Test", "Do it.", fields)
}

fn optional(ty: Ty) -> Ty {
    Ty::Optional(ty.into())
}

fn int() -> Ty {
    Ty::Int { min: 0, max: 100 }
}

#[test]
fn properties_do_not_take_the_values_of_others() {
    let one = with_struct(vec![
        Property::new("top_k", optional(int())),
        Property::new("topk", int()),
    ]);
    let both = with_struct(vec![
        Property::new("top_k", optional(int())),
        Property::new("topk", optional(int())),
    ]);
    let cases: Vec<(&SignatureSpec, &str, Option<Value>)> = vec![
        (&one, r#"{"topk": 1}"#, Some(json!({"topk": 1}))),
        (&both, r#"{"topk": 1}"#, Some(json!({"topk": 1}))),
        (&both, r#"{"top_k": 1}"#, Some(json!({"top_k": 1}))),
        (
            &both,
            r#"{"Top-K": 2, "topk": 1}"#,
            Some(json!({"top_k": 2, "topk": 1})),
        ),
        (&both, r#"{"TopK": 1}"#, None),
        (&one, r#"{"topk": 1, "TopK": 2, "TOP_K": 3}"#, None),
    ];
    for (spec, value, wanted) in cases {
        for reply in [section(value), format!("{{\"answer\": {value}}}")] {
            let read = ChatAdapter.parse(spec, &reply);
            let read = read.map(|parsed| parsed.values[0].clone()).ok();
            assert_eq!(read, wanted, "{reply}");
        }
    }
}
