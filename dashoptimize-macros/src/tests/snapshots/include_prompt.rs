const PROMPT: Prompt<Answer> = {
    type __Program = <::dashoptimize::__private::Checked<
        {
            _ = <crate::Answer as ::dashoptimize::module::Module>::SHAPE;
            true
        },
    > as ::dashoptimize::__private::Known<crate::Answer>>::Type;
    #[allow(long_running_const_eval)]
    const _: () = (::dashoptimize::__private::fits)(
        (::dashoptimize::__private::shape_of::<__Program>)(),
        &[
            ::dashoptimize::__private::file_predictor(
                "chain_of_thought",
                8566094032744285145u64,
                &[
                    ::dashoptimize::__private::file_field(
                        ::dashoptimize::signature::Role::Input,
                        "question",
                        "text",
                    ),
                    ::dashoptimize::__private::file_field(
                        ::dashoptimize::signature::Role::Output,
                        "reasoning",
                        "text",
                    ),
                    ::dashoptimize::__private::file_field(
                        ::dashoptimize::signature::Role::Output,
                        "answer",
                        "text",
                    ),
                ],
                &["answer"],
                1usize,
                &[
                    ::dashoptimize::__private::file_value(
                        0usize,
                        ::dashoptimize::signature::Role::Input,
                        "question",
                        ::dashoptimize::__private::FileJson::Text(
                            "what is the capital of France?",
                        ),
                    ),
                    ::dashoptimize::__private::file_value(
                        0usize,
                        ::dashoptimize::signature::Role::Output,
                        "answer",
                        ::dashoptimize::__private::FileJson::Text("Paris"),
                    ),
                    ::dashoptimize::__private::file_value(
                        0usize,
                        ::dashoptimize::signature::Role::Output,
                        "reasoning",
                        ::dashoptimize::__private::FileJson::Text(
                            "France is governed from Paris.",
                        ),
                    ),
                ],
            ),
        ],
        "docs/qa.json",
    );
    ::dashoptimize::__private::prompt::<
        __Program,
    >("docs/qa.json", ::core::include_str!("…/docs/qa.json"))
};
