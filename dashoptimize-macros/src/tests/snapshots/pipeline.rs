///The inputs of [`Rag`].
#[derive(::core::clone::Clone)]
pub struct RagInput {
    ///The input `question`.
    pub question: String,
    ///The input `top_k`.
    pub top_k: usize,
}
const _: () = {
    #[automatically_derived]
    impl ::core::fmt::Debug for RagInput {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::dashoptimize::__private::show_struct(
                "RagInput",
                &[("question", &self.question), ("top_k", &self.top_k)],
                f,
            )
        }
    }
    #[automatically_derived]
    impl ::core::cmp::PartialEq for RagInput {
        fn eq(&self, __other: &Self) -> ::core::primitive::bool {
            true && self.question == __other.question && self.top_k == __other.top_k
        }
    }
    #[automatically_derived]
    impl ::core::default::Default for RagInput {
        fn default() -> Self {
            Self {
                question: ::core::default::Default::default(),
                top_k: ::core::default::Default::default(),
            }
        }
    }
    #[automatically_derived]
    impl ::dashoptimize::__private::serde::Serialize for RagInput {
        fn serialize<__S: ::dashoptimize::__private::serde::Serializer>(
            &self,
            __serializer: __S,
        ) -> ::core::result::Result<__S::Ok, __S::Error> {
            #[allow(unused_mut)]
            let mut __inputs = ::dashoptimize::__private::InputWriter::start(
                __serializer,
                "RagInput",
                2usize,
            );
            __inputs.put("question", &self.question);
            __inputs.put("top_k", &self.top_k);
            __inputs.end()
        }
    }
    #[automatically_derived]
    impl<'de> ::dashoptimize::__private::serde::Deserialize<'de> for RagInput {
        fn deserialize<__D: ::dashoptimize::__private::serde::Deserializer<'de>>(
            __deserializer: __D,
        ) -> ::core::result::Result<Self, __D::Error> {
            #[allow(unused_mut)]
            let mut __inputs = ::dashoptimize::__private::InputReader::read(
                __deserializer,
            );
            let __value_0 = __inputs.take("question");
            let __value_1 = __inputs.take("top_k");
            match __inputs.finish() {
                #[allow(unused_variables)]
                ::core::result::Result::Ok(__inputs) => {
                    ::core::result::Result::Ok(Self {
                        question: __inputs.value(__value_0),
                        top_k: __inputs.value(__value_1),
                    })
                }
                ::core::result::Result::Err(__error) => {
                    ::core::result::Result::Err(__error)
                }
            }
        }
    }
};
///The output of [`Rag`].
#[allow(dead_code, private_interfaces)]
pub type RagOutput = String;
/// Answers a question.
#[cfg_attr(
    doc,
    doc = ::dashoptimize::__private::picture!(
        "{\"name\":\"Rag\",\"nodes\":[{\"path\":\"question\",\"label\":\"\",\"kind\":\"Input\",\"is_program\":false},{\"path\":\"top_k\",\"label\":\"\",\"kind\":\"Input\",\"is_program\":false},{\"path\":\"query\",\"label\":\"ChainOfThought<WriteQuery>\",\"kind\":\"Module\",\"is_program\":false},{\"path\":\"passages\",\"label\":\"search(query.text, top_k)?\",\"kind\":\"Code\",\"is_program\":false},{\"path\":\"answer\",\"label\":\"match query.kind\",\"kind\":\"Route\",\"is_program\":false},{\"path\":\"answer.simple\",\"label\":\"Predict<ShortAnswer>\",\"kind\":\"Module\",\"is_program\":false},{\"path\":\"answer.hard\",\"label\":\"Researcher\",\"kind\":\"Module\",\"is_program\":true},{\"path\":\"\",\"label\":\"String\",\"kind\":\"Output\",\"is_program\":false}],\"edges\":[{\"from\":0,\"to\":2,\"label\":\"\"},{\"from\":2,\"to\":3,\"label\":\"\"},{\"from\":1,\"to\":3,\"label\":\"\"},{\"from\":2,\"to\":4,\"label\":\"\"},{\"from\":4,\"to\":5,\"label\":\"Kind::Simple\"},{\"from\":3,\"to\":5,\"label\":\"\"},{\"from\":0,\"to\":5,\"label\":\"\"},{\"from\":4,\"to\":6,\"label\":\"Kind::Hard\"},{\"from\":3,\"to\":6,\"label\":\"\"},{\"from\":0,\"to\":6,\"label\":\"\"},{\"from\":5,\"to\":7,\"label\":\"\"},{\"from\":6,\"to\":7,\"label\":\"\"}]}"
    )
)]
#[allow(private_interfaces)]
pub struct Rag {
    ///The node `query`.
    pub query: ::dashoptimize::module::ChainOfThought<WriteQuery>,
    ///The node `answer.simple`.
    pub answer_simple: ::dashoptimize::module::Predict<ShortAnswer>,
    ///The node `answer.hard`.
    pub answer_hard: Researcher,
}
#[allow(dead_code)]
impl Rag {
    /// The graph: the nodes of the program and what flows between them.
    pub const GRAPH: &'static ::dashoptimize::graph::Graph = &::dashoptimize::__private::graph(
        "Rag",
        &[
            ::dashoptimize::__private::node(
                "question",
                ::dashoptimize::graph::NodeKind::Input,
                "",
            ),
            ::dashoptimize::__private::node(
                "top_k",
                ::dashoptimize::graph::NodeKind::Input,
                "",
            ),
            ::dashoptimize::__private::module_node::<
                __Rag_query,
            >(
                "query",
                ::dashoptimize::graph::NodeKind::Module,
                "ChainOfThought<WriteQuery>",
            ),
            ::dashoptimize::__private::node(
                "passages",
                ::dashoptimize::graph::NodeKind::Code,
                "search(query.text, top_k)?",
            ),
            ::dashoptimize::__private::node(
                "answer",
                ::dashoptimize::graph::NodeKind::Route,
                "match query.kind",
            ),
            ::dashoptimize::__private::module_node::<
                __Rag_answer_simple,
            >(
                "answer.simple",
                ::dashoptimize::graph::NodeKind::Module,
                "Predict<ShortAnswer>",
            ),
            ::dashoptimize::__private::module_node::<
                __Rag_answer_hard,
            >("answer.hard", ::dashoptimize::graph::NodeKind::Module, "Researcher"),
            ::dashoptimize::__private::node(
                "",
                ::dashoptimize::graph::NodeKind::Output,
                "String",
            ),
        ],
        &::dashoptimize::__private::edges(
            &[
                (0usize, 2usize, ""),
                (2usize, 3usize, ""),
                (1usize, 3usize, ""),
                (2usize, 4usize, ""),
                (4usize, 5usize, "Kind::Simple"),
                (3usize, 5usize, ""),
                (0usize, 5usize, ""),
                (4usize, 6usize, "Kind::Hard"),
                (3usize, 6usize, ""),
                (0usize, 6usize, ""),
                (5usize, 7usize, ""),
                (6usize, 7usize, ""),
            ],
        ),
        "9604b384bc4ddaf0",
    );
    ///A [`Rag`] whose nodes all call this model.
    #[must_use]
    pub fn new(lm: impl ::core::convert::Into<::dashoptimize::lm::Lm>) -> Self {
        <Self as ::dashoptimize::module::FromLm>::from_lm(
            ::core::convert::Into::into(lm),
        )
    }
}
#[automatically_derived]
impl ::dashoptimize::module::FromLm for Rag {
    fn from_lm(__lm: ::dashoptimize::lm::Lm) -> Self {
        #[allow(unused_imports)]
        use ::dashoptimize::module::{ModuleExt as _, OverSignature as _};
        Self {
            query: ::dashoptimize::__private::node_on::<__Rag_query>(&__lm, "query"),
            answer_simple: ::dashoptimize::__private::node_on::<
                __Rag_answer_simple,
            >(&__lm, "answer.simple"),
            answer_hard: ::dashoptimize::__private::node_on::<
                __Rag_answer_hard,
            >(&__lm, "answer.hard"),
        }
    }
}
#[allow(private_interfaces)]
impl ::dashoptimize::module::Module for Rag {
    type Input = RagInput;
    type Output = String;
    const SHAPE: ::dashoptimize::module::Shape = ::dashoptimize::module::Shape::Parts(
        &[
            ::dashoptimize::__private::shape_part::<__Rag_query>("query"),
            ::dashoptimize::__private::shape_part::<
                __Rag_answer_simple,
            >("answer.simple"),
            ::dashoptimize::__private::shape_part::<__Rag_answer_hard>("answer.hard"),
        ],
    );
    const GRAPH: ::core::option::Option<&'static ::dashoptimize::graph::Graph> = ::core::option::Option::Some(
        Self::GRAPH,
    );
    async fn forward(
        &self,
        __context: &::dashoptimize::call::Context<'_>,
        __input: RagInput,
    ) -> ::core::result::Result<String, ::dashoptimize::call::CallError> {
        let __output: String = {
            #[allow(unused_variables)]
            let __this = self;
            #[allow(unused_variables)]
            let __input = &__input;
            let question = &__input.question;
            let top_k = &__input.top_k;
            {
                let __slot_1 = &::dashoptimize::__private::Slot::new();
                let __slot_2 = &::dashoptimize::__private::Slot::new();
                let __slot_3 = &::dashoptimize::__private::Slot::new();
                {
                    ::dashoptimize::__private::run(
                            &[&[], &[], &[]],
                            &move |__step: ::core::primitive::usize| match __step {
                                0usize => {
                                    let __field_0 = ::dashoptimize::__private::read(question);
                                    let __input = __Rag_query_Input {
                                        question: __field_0,
                                    };
                                    <__Rag_query as ::dashoptimize::module::Module>::__start(
                                        &__this.query,
                                        __context,
                                        0u32,
                                        __input,
                                        __slot_1,
                                    )
                                }
                                1usize => {
                                    (::std::boxed::Box::pin)(async move {
                                        let (__value_0) = {
                                            ::dashoptimize::__private::code(
                                                    "passages",
                                                    async move {
                                                        let __argument_0 = (
                                                            {
                                                                let query = __slot_1.get().await;
                                                                ::dashoptimize::__private::read(&query.text)
                                                            },
                                                        );
                                                        let __argument_1 = (
                                                            ::dashoptimize::__private::read(top_k),
                                                        );
                                                        (::core::result::Result::Ok::<
                                                            _,
                                                            ::dashoptimize::__private::CodeError,
                                                        >)({
                                                            let __attempt = {
                                                                #[allow(unused_imports)]
                                                                use ::dashoptimize::__private::{
                                                                    IsFuture as _, IsValue as _,
                                                                };
                                                                let __made = search(__argument_0.0, __argument_1.0);
                                                                {
                                                                    let __value = (
                                                                        (&&&::dashoptimize::__private::Made(&__made))
                                                                            .__dashoptimize_kind()
                                                                            .settle(__made)
                                                                            .await,
                                                                    );
                                                                    __value.0
                                                                }
                                                            };
                                                            ::dashoptimize::__private::attempt(__attempt)?
                                                        })
                                                    },
                                                )
                                                .await?
                                        };
                                        __slot_2
                                            .put(::dashoptimize::__private::slot_value(__value_0));
                                        ::core::result::Result::Ok::<
                                            (),
                                            ::dashoptimize::call::CallError,
                                        >(())
                                    })
                                }
                                _ => {
                                    (::std::boxed::Box::pin)(async move {
                                        let (__value_0) = {
                                            let __context = &__context.child(2u32);
                                            {
                                                let __on = {
                                                    let __copy = {
                                                        let query = __slot_1.get().await;
                                                        ::dashoptimize::__private::read(&query.kind)
                                                    };
                                                    __copy
                                                };
                                                match __on {
                                                    Kind::Simple => {
                                                        let __context = &__context.child(0u32);
                                                        {
                                                            let __made = {
                                                                let __field_0 = {
                                                                    let passages = __slot_2.get().await;
                                                                    ::dashoptimize::__private::read(passages)
                                                                };
                                                                let __field_1 = ::dashoptimize::__private::read(question);
                                                                let __input = __Rag_answer_simple_Input {
                                                                    passages: __field_0,
                                                                    question: __field_1,
                                                                };
                                                                let __made = <__Rag_answer_simple as ::dashoptimize::module::Module>::forward(
                                                                        &__this.answer_simple,
                                                                        __context,
                                                                        __input,
                                                                    )
                                                                    .await?;
                                                                __made
                                                            };
                                                            let __copy = ::dashoptimize::__private::read(
                                                                &__made.answer,
                                                            );
                                                            __copy
                                                        }
                                                    }
                                                    Kind::Hard => {
                                                        let __context = &__context.child(1u32);
                                                        {
                                                            let __made = {
                                                                let __field_0 = {
                                                                    let passages = __slot_2.get().await;
                                                                    ::dashoptimize::__private::read(passages)
                                                                };
                                                                let __field_1 = ::dashoptimize::__private::read(question);
                                                                let __input = __Rag_answer_hard_Input {
                                                                    passages: __field_0,
                                                                    question: __field_1,
                                                                };
                                                                let __made = <__Rag_answer_hard as ::dashoptimize::module::Module>::forward(
                                                                        &__this.answer_hard,
                                                                        __context,
                                                                        __input,
                                                                    )
                                                                    .await?;
                                                                __made
                                                            };
                                                            let __copy = ::dashoptimize::__private::read(
                                                                &__made.answer,
                                                            );
                                                            __copy
                                                        }
                                                    }
                                                }
                                            }
                                        };
                                        __slot_3
                                            .put(::dashoptimize::__private::slot_value(__value_0));
                                        ::core::result::Result::Ok::<
                                            (),
                                            ::dashoptimize::call::CallError,
                                        >(())
                                    })
                                }
                            },
                        )
                        .await?;
                }
                {
                    {
                        let __copy = {
                            let answer = __slot_3.here();
                            ::dashoptimize::__private::read(answer)
                        };
                        __copy
                    }
                }
            }
        };
        ::core::result::Result::Ok(__output)
    }
    fn predictors(&self) -> ::std::vec::Vec<&::dashoptimize::module::Predictor> {
        ::dashoptimize::__private::all(
            &[
                ::dashoptimize::__private::dyn_node::<__Rag_query>(&self.query),
                ::dashoptimize::__private::dyn_node::<
                    __Rag_answer_simple,
                >(&self.answer_simple),
                ::dashoptimize::__private::dyn_node::<
                    __Rag_answer_hard,
                >(&self.answer_hard),
            ],
        )
    }
    fn predictors_mut(
        &mut self,
    ) -> ::std::vec::Vec<&mut ::dashoptimize::module::Predictor> {
        ::dashoptimize::__private::all_mut([
            ::dashoptimize::__private::dyn_node_mut::<__Rag_query>(&mut self.query),
            ::dashoptimize::__private::dyn_node_mut::<
                __Rag_answer_simple,
            >(&mut self.answer_simple),
            ::dashoptimize::__private::dyn_node_mut::<
                __Rag_answer_hard,
            >(&mut self.answer_hard),
        ])
    }
}
#[automatically_derived]
impl ::core::clone::Clone for Rag {
    fn clone(&self) -> Self {
        Self {
            query: <__Rag_query as ::core::clone::Clone>::clone(&self.query),
            answer_simple: <__Rag_answer_simple as ::core::clone::Clone>::clone(
                &self.answer_simple,
            ),
            answer_hard: <__Rag_answer_hard as ::core::clone::Clone>::clone(
                &self.answer_hard,
            ),
        }
    }
}
#[automatically_derived]
impl ::core::fmt::Debug for Rag {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::dashoptimize::__private::show(
            "Rag",
            &::dashoptimize::module::Module::predictors(self),
            f,
        )
    }
}
#[allow(non_camel_case_types, dead_code)]
type __Rag_query = <::dashoptimize::__private::Checked<
    {
        _ = <WriteQuery as ::dashoptimize::signature::Signature>::SPEC;
        true
    },
> as ::dashoptimize::__private::Known<
    ::dashoptimize::module::ChainOfThought<WriteQuery>,
>>::Type;
#[allow(non_camel_case_types, dead_code)]
type __Rag_query_Input = <__Rag_query as ::dashoptimize::module::Module>::Input;
#[allow(non_camel_case_types, dead_code)]
type __Rag_answer_simple = <::dashoptimize::__private::Checked<
    {
        _ = <ShortAnswer as ::dashoptimize::signature::Signature>::SPEC;
        true
    },
> as ::dashoptimize::__private::Known<
    ::dashoptimize::module::Predict<ShortAnswer>,
>>::Type;
#[allow(non_camel_case_types, dead_code)]
type __Rag_answer_simple_Input = <__Rag_answer_simple as ::dashoptimize::module::Module>::Input;
#[allow(non_camel_case_types, dead_code)]
type __Rag_answer_hard = <::dashoptimize::__private::Checked<
    {
        _ = <Researcher as ::dashoptimize::module::Module>::SHAPE;
        true
    },
> as ::dashoptimize::__private::Known<Researcher>>::Type;
#[allow(non_camel_case_types, dead_code)]
type __Rag_answer_hard_Input = <__Rag_answer_hard as ::dashoptimize::module::Module>::Input;
const _: () = (::dashoptimize::__private::signature_lacks_field::<
    __Rag_query,
>)(
    "reasoning",
    "`ChainOfThought` adds the field `reasoning`, which this signature already has; rename it, or use `Predict`",
);
