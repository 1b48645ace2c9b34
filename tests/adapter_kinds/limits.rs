//! Replies that would take long, or exhaust the stack.

use super::*;

#[test]
fn what_is_wrapped_many_times_is_refused_at_once() {
    let many = |open: &str, close: &str, value: &str, depth: usize| {
        format!(
            "{{\"answer\": {}{value}{}}}",
            open.repeat(depth),
            close.repeat(depth)
        )
    };
    for ty in [
        "int",
        "list[int]",
        "list[list[list[int]]]",
        "list[list[list[list[list[int]]]]]",
    ] {
        let spec = make_signature(&format!("q -> answer: {ty}"), "").expect("well-formed");
        for depth in [10, 40, 90] {
            for (open, close) in [("{\"a\":", "}"), ("[", "]"), ("[{\"a\":", "}]")] {
                let reply = many(open, close, "1.5", depth);
                for adapter in [&ChatAdapter as &dyn Adapter, &JsonAdapter] {
                    assert!(adapter.parse(&spec, &reply).is_err(), "{ty} {depth} {open}");
                }
            }
        }
        let deep = many("[", "]", "1", 400);
        let error = JsonAdapter.parse(&spec, &deep).expect_err("too deep");
        assert!(error.to_string().contains("nested too deeply"), "{error}");
    }
    let spec = make_signature(INT, "").expect("well-formed");
    let read = JsonAdapter.parse(&spec, &many("[", "]", "1", 3));
    assert_eq!(read.map(|parsed| parsed.values), Ok(vec![json!(1)]));
}

#[test]
fn quotes_that_never_close_do_not_exhaust_the_stack() {
    let tagged = EnumTy::new("Tagged", vec![Variant::new("A").with_payload(Ty::Str)]);
    let item = StructTy::new("Item", vec![Property::new("a", Ty::Str)]);
    for item in [Ty::Struct(item), Ty::Map(Ty::Str.into()), Ty::Enum(tagged)] {
        let list = Ty::List(item.into());
        for ty in [list.clone(), Ty::Map(list.into())] {
            let fields = [Field::input("q", Ty::Str), Field::output("answer", ty)];
            let spec = SignatureSpec::new("Test", "", fields);
            for part in ["{a:“", "{\"a\":‘", "[\"", "{\"answer\":\"", "{'a':'"] {
                let reply = part.repeat(2_500);
                for adapter in [&ChatAdapter as &dyn Adapter, &JsonAdapter] {
                    let _ = adapter.parse(&spec, &reply);
                    let _ = adapter.parse(&spec, &section(&reply));
                    let _ = adapter.parse(&spec, &format!("{{\"answer\": {reply}"));
                }
            }
        }
    }
}
