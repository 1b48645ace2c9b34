const PROMPT: Prompt<Answer> = {
    type __Program = <::dashoptimize::__private::Checked<
        {
            _ = <crate::Answer as ::dashoptimize::module::Module>::SHAPE;
            true
        },
    > as ::dashoptimize::__private::Known<crate::Answer>>::Type;
    #[allow(long_running_const_eval)]
    const _: () = {
        #[allow(unused_imports)]
        use ::dashoptimize::__private::{FileJson as __Json, file_value as __value};
        #[allow(unused_imports)]
        use ::dashoptimize::signature::Role as __Role;
        (::dashoptimize::__private::fits)(
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
                        __value(
                            0usize,
                            __Role::Input,
                            "question",
                            __Json::Text("what is the capital of France?"),
                        ),
                        __value(0usize, __Role::Output, "answer", __Json::Text("Paris")),
                        __value(
                            0usize,
                            __Role::Output,
                            "reasoning",
                            __Json::Text("France is governed from Paris."),
                        ),
                    ],
                ),
            ],
            "docs/qa.json",
        )
    };
    ::dashoptimize::__private::prompt::<
        __Program,
    >("docs/qa.json", ::core::include_str!("…/docs/qa.json"))
};
