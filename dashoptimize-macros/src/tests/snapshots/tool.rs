/// Searches.
#[deprecated]
pub async fn search(query: &str, mut top_k: Option<u8>) -> Result<String, Error> {
    look(query, top_k).await
}
#[derive(::dashoptimize::__private::Items)]
#[items(
    #[allow(deprecated)]const
    _:()= {const
    __ARGUMENT_0:::dashoptimize::__private::FieldCodec<::std::string::String>= ::dashoptimize::__private::tool_argument::<::std::string::String>(

    );const
    __ARGUMENT_1:::dashoptimize::__private::FieldCodec<Option<u8>>= ::dashoptimize::__private::tool_argument::<Option<u8>>(

    );const
    __ARGUMENTS:&[::dashoptimize::signature::Property]= &[::dashoptimize::__private::property(
        "query",
        "what to look for",
        __ARGUMENT_0.ty
    ),
    ::dashoptimize::__private::property(
        "top_k",
        "",
        __ARGUMENT_1.ty
    )];#[automatically_derived]impl::dashoptimize::tool::ToolFunction
    for
    search{const
    SPEC:&'static::dashoptimize::tool::ToolSpec = &::dashoptimize::__private::tool_spec(
        "search",
        "Searches.",
        __ARGUMENTS
    );fn
    call(
        __arguments:::dashoptimize::__private::Fields,
    )->::dashoptimize::lm::BoxFuture<'static,
    ::core::result::Result<::std::string::String,
    ::dashoptimize::tool::ToolError>,
    >{(
        ::dashoptimize::__private::tool_future
    )(
        async
        move{let
        mut
        __reader = ::dashoptimize::__private::tool_arguments(__arguments);let
        __argument_0 = __reader.take("query", &__ARGUMENT_0)?;let
        __argument_1 = __reader.take(
            "top_k",
            &__ARGUMENT_1
        )?;__reader.finish()?;::dashoptimize::__private::tool_output::<Result<String,
        Error>>(search(&__argument_0, __argument_1).await)}
    )}}};
)]
#[doc(hidden)]
#[allow(
    dead_code,
    missing_copy_implementations,
    missing_debug_implementations,
    non_camel_case_types
)]
pub struct search {}
