::core::compile_error! {
    "the model passes an argument by its name; write one here"
}
fn search((a, b): (u8, u8)) {}
#[doc(hidden)]
#[allow(
    dead_code,
    missing_copy_implementations,
    missing_debug_implementations,
    non_camel_case_types
)]
struct search {}
const _: () = {
    #[automatically_derived]
    impl ::dashoptimize::tool::ToolFunction for search {
        const SPEC: &'static ::dashoptimize::tool::ToolSpec = &::dashoptimize::__private::tool_spec(
            "",
            "",
            &[],
        );
        fn call(
            __arguments: ::dashoptimize::__private::Fields,
        ) -> ::dashoptimize::lm::BoxFuture<
            'static,
            ::core::result::Result<
                ::std::string::String,
                ::dashoptimize::tool::ToolError,
            >,
        > {
            let _ = __arguments;
            ::core::unreachable!()
        }
    }
};
