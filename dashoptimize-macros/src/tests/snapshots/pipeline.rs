///What [`Rag`] is given.
#[derive(::core::clone::Clone, ::core::fmt::Debug)]
pub struct RagInput {
    ///The input `question`.
    pub question: String,
    ///The input `top_k`.
    pub top_k: usize,
}
///What [`Rag`] gives back.
#[allow(dead_code)]
pub type RagOutput = String;
/// Answers a question.
/**

# Graph

<div><svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="graph of Rag" width="434" height="398" viewBox="0 0 434 398" style="max-width:100%;height:auto" fill="none" stroke="currentColor"><path opacity=".55" d="M199 34C199 51 192 51 192 69M199 118C199 135 291 135 291 153M320 34C320 55 320 55 320 76V118C320 135 305 135 305 153M185 118C185 135 100 135 100 153M93 202C93 220 120 220 120 238M291 202C291 230 177 230 177 258M185 34C185 55 64 55 64 76V118C64 139 8 139 8 160V202C8 230 63 230 63 258M107 202C107 220 281 220 281 238M305 202C305 230 326 230 326 258M213 34C213 55 342 55 342 76V118C342 139 426 139 426 160V202C426 230 330 230 330 258M120 307C120 324 195 324 195 341M285 307C285 324 209 324 209 341"/><path opacity=".75" fill="currentColor" stroke="none" d="M192 76l-4-7h8zM291 160l-4-7h8zM305 160l-4-7h8zM100 160l-4-7h8zM120 265l-4-7h8zM177 265l-4-7h8zM63 265l-4-7h8zM281 265l-4-7h8zM326 265l-4-7h8zM330 265l-4-7h8zM195 348l-4-7h8zM209 348l-4-7h8z"/><rect x="158" y="8" width="82" height="26" rx="13"/><rect x="290" y="8" width="60" height="26" rx="13"/><rect x="86" y="76" width="212" height="42" rx="6" fill="currentColor" fill-opacity=".1"/><rect x="192" y="160" width="212" height="42" rx="0"/><path d="M39 160h122l9 21l-9 21h-122l-9-21z"/><rect x="36" y="265" width="168" height="42" rx="6" fill="currentColor" fill-opacity=".1"/><rect x="226" y="265" width="118" height="42" rx="6"/><rect x="229" y="268" width="112" height="36" rx="4"/><rect x="168" y="348" width="68" height="42" rx="21"/><g fill="currentColor" stroke="none" font-family="Source Code Pro,monospace" font-size="12" text-anchor="middle"><text x="199" y="25" font-weight="600">question</text><text x="320" y="25" font-weight="600">top_k</text><text x="192" y="93" font-weight="600">query</text><text x="192" y="109" opacity=".8">ChainOfThought&lt;WriteQuery&gt;</text><text x="298" y="177" font-weight="600">passages</text><text x="298" y="193" opacity=".8">search(query.text, top_k)?</text><text x="100" y="177" font-weight="600">answer</text><text x="100" y="193" opacity=".8">match query.kind</text><text x="120" y="282" font-weight="600">answer.simple</text><text x="120" y="298" opacity=".8">Predict&lt;ShortAnswer&gt;</text><text x="285" y="282" font-weight="600">answer.hard</text><text x="285" y="298" opacity=".8">Researcher</text><text x="202" y="373">String</text><text x="120" y="252">Kind::Simple</text><text x="281" y="252">Kind::Hard</text></g></svg></div>*/
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
    /// The graph: what it is made of, and what flows where.
    pub const GRAPH: &'static ::dashoptimize::graph::Graph = &::dashoptimize::graph::Graph {
        name: "Rag",
        nodes: &[
            ::dashoptimize::__private::node(
                "question",
                ::dashoptimize::graph::NodeKind::Input,
                "",
                ::core::option::Option::None,
            ),
            ::dashoptimize::__private::node(
                "top_k",
                ::dashoptimize::graph::NodeKind::Input,
                "",
                ::core::option::Option::None,
            ),
            ::dashoptimize::__private::node(
                "query",
                ::dashoptimize::graph::NodeKind::Module,
                "ChainOfThought<WriteQuery>",
                <__Rag_query as ::dashoptimize::module::Module>::GRAPH,
            ),
            ::dashoptimize::__private::node(
                "passages",
                ::dashoptimize::graph::NodeKind::Code,
                "search(query.text, top_k)?",
                ::core::option::Option::None,
            ),
            ::dashoptimize::__private::node(
                "answer",
                ::dashoptimize::graph::NodeKind::Route,
                "match query.kind",
                ::core::option::Option::None,
            ),
            ::dashoptimize::__private::node(
                "answer.simple",
                ::dashoptimize::graph::NodeKind::Module,
                "Predict<ShortAnswer>",
                <__Rag_answer_simple as ::dashoptimize::module::Module>::GRAPH,
            ),
            ::dashoptimize::__private::node(
                "answer.hard",
                ::dashoptimize::graph::NodeKind::Module,
                "Researcher",
                <__Rag_answer_hard as ::dashoptimize::module::Module>::GRAPH,
            ),
            ::dashoptimize::__private::node(
                "",
                ::dashoptimize::graph::NodeKind::Output,
                "String",
                ::core::option::Option::None,
            ),
        ],
        edges: &::dashoptimize::__private::edges(
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
    };
    ///A [`Rag`] whose nodes all ask this model.
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
            query: ::dashoptimize::__private::under(
                <__Rag_query as ::dashoptimize::module::FromLm>::from_lm(
                    ::core::clone::Clone::clone(&__lm),
                ),
                "query",
            ),
            answer_simple: ::dashoptimize::__private::under(
                <__Rag_answer_simple as ::dashoptimize::module::FromLm>::from_lm(
                    ::core::clone::Clone::clone(&__lm),
                ),
                "answer.simple",
            ),
            answer_hard: ::dashoptimize::__private::under(
                <__Rag_answer_hard as ::dashoptimize::module::FromLm>::from_lm(
                    ::core::clone::Clone::clone(&__lm),
                ),
                "answer.hard",
            ),
        }
    }
}
impl ::dashoptimize::module::Module for Rag {
    type Input = RagInput;
    type Output = String;
    const SHAPE: ::dashoptimize::module::Shape = ::dashoptimize::module::Shape::Parts(
        &[
            ("query", <__Rag_query as ::dashoptimize::module::Module>::SHAPE),
            (
                "answer.simple",
                <__Rag_answer_simple as ::dashoptimize::module::Module>::SHAPE,
            ),
            ("answer.hard", <__Rag_answer_hard as ::dashoptimize::module::Module>::SHAPE),
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
                                    type __Input = <__Rag_query as ::dashoptimize::module::Module>::Input;
                                    let __input = __Input { question: __field_0 };
                                    <__Rag_query as ::dashoptimize::module::Module>::__start(
                                        &__this.query,
                                        __context,
                                        0u32,
                                        __input,
                                        __slot_1,
                                    )
                                }
                                1usize => {
                                    ::std::boxed::Box::pin(async move {
                                        let (__value_0) = {
                                            ::dashoptimize::__private::code(
                                                    "passages",
                                                    async move {
                                                        let __argument_0 = {
                                                            let query = __slot_1.get().await;
                                                            ::dashoptimize::__private::read(&query.text)
                                                        };
                                                        let __argument_1 = ::dashoptimize::__private::read(top_k);
                                                        ::core::result::Result::Ok::<
                                                            _,
                                                            ::dashoptimize::__private::CodeError,
                                                        >(
                                                            {
                                                                #[allow(unused_imports)]
                                                                use ::dashoptimize::__private::{
                                                                    IsFuture as _, IsValue as _,
                                                                };
                                                                let __made = search(__argument_0, __argument_1);
                                                                (&__made).__dashoptimize_kind().settle(__made).await
                                                            }?,
                                                        )
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
                                    ::std::boxed::Box::pin(async move {
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
                                                                type __Input = <__Rag_answer_simple as ::dashoptimize::module::Module>::Input;
                                                                let __input = __Input {
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
                                                                type __Input = <__Rag_answer_hard as ::dashoptimize::module::Module>::Input;
                                                                let __input = __Input {
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
            &mut [
                <__Rag_query as ::dashoptimize::module::Module>::predictors(&self.query),
                <__Rag_answer_simple as ::dashoptimize::module::Module>::predictors(
                    &self.answer_simple,
                ),
                <__Rag_answer_hard as ::dashoptimize::module::Module>::predictors(
                    &self.answer_hard,
                ),
            ],
        )
    }
    fn predictors_mut(
        &mut self,
    ) -> ::std::vec::Vec<&mut ::dashoptimize::module::Predictor> {
        ::dashoptimize::__private::all_mut(
            &mut [
                <__Rag_query as ::dashoptimize::module::Module>::predictors_mut(
                    &mut self.query,
                ),
                <__Rag_answer_simple as ::dashoptimize::module::Module>::predictors_mut(
                    &mut self.answer_simple,
                ),
                <__Rag_answer_hard as ::dashoptimize::module::Module>::predictors_mut(
                    &mut self.answer_hard,
                ),
            ],
        )
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
#[allow(non_camel_case_types)]
type __Rag_query = <::dashoptimize::__private::Checked<
    {
        _ = <WriteQuery as ::dashoptimize::signature::Signature>::SPEC;
        true
    },
> as ::dashoptimize::__private::Known<
    ::dashoptimize::module::ChainOfThought<WriteQuery>,
>>::Type;
#[allow(non_camel_case_types)]
type __Rag_answer_simple = <::dashoptimize::__private::Checked<
    {
        _ = <ShortAnswer as ::dashoptimize::signature::Signature>::SPEC;
        true
    },
> as ::dashoptimize::__private::Known<
    ::dashoptimize::module::Predict<ShortAnswer>,
>>::Type;
#[allow(non_camel_case_types)]
type __Rag_answer_hard = <::dashoptimize::__private::Checked<
    {
        _ = <Researcher as ::dashoptimize::module::Module>::SHAPE;
        true
    },
> as ::dashoptimize::__private::Known<Researcher>>::Type;
const _: () = (::dashoptimize::__private::signature_lacks_field::<
    __Rag_query,
>)(
    "reasoning",
    "`ChainOfThought` adds the field `reasoning`, which this signature already has; rename it, or use `Predict`",
);
