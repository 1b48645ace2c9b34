//! Signatures made at run time.

use dashoptimize::signature::{Role, Ty, make_signature};

const INT: Ty = Ty::Int {
    min: i64::MIN as i128,
    max: i64::MAX as i128,
};

fn ty(text: &str) -> Ty {
    let spec = make_signature(&format!("a -> b: {text}"), "");
    spec.unwrap_or_else(|error| panic!("{error}")).fields[1]
        .ty
        .clone()
}

#[test]
fn fields_have_names_roles_labels_and_default_instructions() {
    let spec = make_signature(" context ,top_k:int->  answer ", "").expect("well-formed");
    let names: Vec<&str> = spec.fields.iter().map(|field| &*field.name).collect();
    assert_eq!(names, ["context", "top_k", "answer"]);
    assert_eq!(spec.fields[1].role, Role::Input);
    assert_eq!(spec.fields[1].prefix, "Top K:");
    assert_eq!(spec.fields[2].role, Role::Output);
    assert_eq!(
        spec.instructions,
        "Given the fields `context`, `top_k`, produce the fields `answer`."
    );
    let spec = make_signature("a -> b", " Do it. ").expect("well-formed");
    assert_eq!(spec.instructions, "Do it.");
}

#[test]
fn types_are_spelled_as_in_python_and_as_in_rust() {
    let list = |item: Ty| Ty::List(item.into());
    let optional = |inner: Ty| Ty::Optional(inner.into());
    for (text, expected) in [
        ("str", Ty::Str),
        ("String", Ty::Str),
        ("&str", Ty::Str),
        ("int", INT),
        ("i64", INT),
        ("u8", Ty::Int { min: 0, max: 255 }),
        ("float", Ty::Float),
        ("f64", Ty::Float),
        ("bool", Ty::Bool),
        ("Any", Ty::Json),
        ("list[str]", list(Ty::Str)),
        ("typing.List[str]", list(Ty::Str)),
        ("Vec<String>", list(Ty::Str)),
        ("list", list(Ty::Json)),
        ("list[list[int]]", list(list(INT))),
        ("dict[str, int]", Ty::Map(INT.into())),
        (
            "std::collections::HashMap<String, Vec<i64>>",
            Ty::Map(list(INT).into()),
        ),
        ("Optional[float]", optional(Ty::Float)),
        ("Option<f64>", optional(Ty::Float)),
        ("float | None", optional(Ty::Float)),
        ("None | float", optional(Ty::Float)),
        ("Union[float, None]", optional(Ty::Float)),
        ("Optional[Optional[str]]", optional(Ty::Str)),
        ("list[str | None]", list(optional(Ty::Str))),
    ] {
        assert_eq!(ty(text), expected, "{text}");
    }
}

#[test]
fn a_literal_is_a_closed_enum() {
    let Ty::Enum(choice) = ty(r#"Literal["a -> b", 'it, "is"', "c"]"#) else {
        panic!("a literal is an enum");
    };
    let names: Vec<&str> = choice.variants.iter().map(|v| &*v.name).collect();
    assert_eq!(names, ["a -> b", "it, \"is\"", "c"]);
}

#[test]
fn errors_say_what_is_wrong_where_and_what_to_do() {
    for (text, at, words) in [
        (
            "question",
            8,
            "there is no `->`; write inputs, an arrow and outputs",
        ),
        ("a -> b -> c", 7, "a second `->`"),
        ("-> b", 0, "there are no inputs"),
        ("a -> ", 4, "there are no outputs"),
        ("a, -> b", 3, "a field name is missing"),
        ("a, a -> b", 3, "the input `a` appears twice"),
        ("a -> a", 5, "`a` is an input and an output"),
        ("my field -> b", 0, "such as `my_field`"),
        ("1st -> b", 0, "such as `field_1st`"),
        ("é! -> b", 0, "such as `é`"),
        ("a -> completed", 5, "`completed` is reserved"),
        ("a -> b: flaot", 8, "did you mean `float`?"),
        ("a -> b: Sting", 8, "did you mean `String`?"),
        ("a -> b: widget", 8, "unknown type `widget`; use `str`"),
        ("a -> b:", 7, "a type is missing"),
        ("a -> b: list[", 13, "a type is missing"),
        ("a -> b: list[str", 16, "`]` is missing"),
        (
            "a -> b: dict[int, str]",
            13,
            "the keys of a map must be texts",
        ),
        (
            "a -> b: dict[str]",
            16,
            "expected `,` between the types of keys and values, found `]`",
        ),
        ("a -> b: Optional", 8, "needs a type in brackets"),
        ("a -> b: int | str", 14, "one type"),
        ("a -> b: None", 8, "only `None`"),
        ("a -> b: Literal[]", 16, "texts in quotes"),
        ("a -> b: Literal['x', 'x']", 21, "twice"),
        ("a -> b: Literal['x]", 16, "never closed"),
        (
            "a -> b: str c",
            12,
            "expected `,` between fields, found `c`",
        ),
        ("ä -> ö: widget", 8, "unknown type `widget`"),
    ] {
        let error = make_signature(text, "").expect_err(text);
        assert!(error.problem.contains(words), "{text}: {error}");
        assert_eq!(error.at, at, "{text}: {error}");
    }
    let error = make_signature("a -> b: flaot", "").expect_err("an unknown type");
    assert_eq!(
        error.to_string(),
        "signature `a -> b: flaot`, character 9: unknown type `flaot`; did you mean `float`?"
    );
}

#[test]
fn i12_no_text_panics() {
    let parts = [
        "a", "->", ":", ",", "[", "]", "Literal", "\"", "é", " ", "|", "list", "None", "<",
    ];
    let mut state = 7_u64;
    for _ in 0..20_000 {
        let mut text = String::new();
        for _ in 0..12 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            text.push_str(parts[(state >> 33) as usize % parts.len()]);
        }
        let _ = make_signature(&text, "");
    }
    let deep = format!("a -> b: {}", "list[".repeat(100_000));
    make_signature(&deep, "").expect_err("too deep");
}
