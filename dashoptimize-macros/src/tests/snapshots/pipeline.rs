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

```text
question -> query
query -> passages
top_k -> passages
query -> answer
answer -> answer.simple
passages -> answer.simple
question -> answer.simple
answer -> answer.hard
passages -> answer.hard
question -> answer.hard
answer.simple -> →
answer.hard -> →
```*/
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
            ::dashoptimize::graph::Node {
                path: "question",
                kind: ::dashoptimize::graph::NodeKind::Input,
                label: "",
                graph: ::core::option::Option::None,
            },
            ::dashoptimize::graph::Node {
                path: "top_k",
                kind: ::dashoptimize::graph::NodeKind::Input,
                label: "",
                graph: ::core::option::Option::None,
            },
            ::dashoptimize::graph::Node {
                path: "query",
                kind: ::dashoptimize::graph::NodeKind::Module,
                label: "ChainOfThought<WriteQuery>",
                graph: <::dashoptimize::module::ChainOfThought<
                    WriteQuery,
                > as ::dashoptimize::module::Module>::GRAPH,
            },
            ::dashoptimize::graph::Node {
                path: "passages",
                kind: ::dashoptimize::graph::NodeKind::Code,
                label: "search(query.text, top_k)?",
                graph: ::core::option::Option::None,
            },
            ::dashoptimize::graph::Node {
                path: "answer",
                kind: ::dashoptimize::graph::NodeKind::Route,
                label: "match query.kind",
                graph: ::core::option::Option::None,
            },
            ::dashoptimize::graph::Node {
                path: "answer.simple",
                kind: ::dashoptimize::graph::NodeKind::Module,
                label: "Predict<ShortAnswer>",
                graph: <::dashoptimize::module::Predict<
                    ShortAnswer,
                > as ::dashoptimize::module::Module>::GRAPH,
            },
            ::dashoptimize::graph::Node {
                path: "answer.hard",
                kind: ::dashoptimize::graph::NodeKind::Module,
                label: "Researcher",
                graph: <Researcher as ::dashoptimize::module::Module>::GRAPH,
            },
            ::dashoptimize::graph::Node {
                path: "",
                kind: ::dashoptimize::graph::NodeKind::Output,
                label: "String",
                graph: ::core::option::Option::None,
            },
        ],
        edges: &[
            ::dashoptimize::graph::Edge {
                from: 0usize,
                to: 2usize,
                label: "",
            },
            ::dashoptimize::graph::Edge {
                from: 2usize,
                to: 3usize,
                label: "",
            },
            ::dashoptimize::graph::Edge {
                from: 1usize,
                to: 3usize,
                label: "",
            },
            ::dashoptimize::graph::Edge {
                from: 2usize,
                to: 4usize,
                label: "",
            },
            ::dashoptimize::graph::Edge {
                from: 4usize,
                to: 5usize,
                label: "Kind::Simple",
            },
            ::dashoptimize::graph::Edge {
                from: 3usize,
                to: 5usize,
                label: "",
            },
            ::dashoptimize::graph::Edge {
                from: 0usize,
                to: 5usize,
                label: "",
            },
            ::dashoptimize::graph::Edge {
                from: 4usize,
                to: 6usize,
                label: "Kind::Hard",
            },
            ::dashoptimize::graph::Edge {
                from: 3usize,
                to: 6usize,
                label: "",
            },
            ::dashoptimize::graph::Edge {
                from: 0usize,
                to: 6usize,
                label: "",
            },
            ::dashoptimize::graph::Edge {
                from: 5usize,
                to: 7usize,
                label: "",
            },
            ::dashoptimize::graph::Edge {
                from: 6usize,
                to: 7usize,
                label: "",
            },
        ],
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
        use ::dashoptimize::module::{Module as _, OverSignature as _};
        #[allow(unused_imports)]
        use ::dashoptimize::__private::{MakeAny as _, MakeModule as _, MakeNode as _};
        let mut query: ::dashoptimize::module::ChainOfThought<WriteQuery> = (&&&::dashoptimize::__private::Make::<
            ::dashoptimize::module::ChainOfThought<WriteQuery>,
        >::NEW)
            .__make(&__lm);
        <::dashoptimize::module::ChainOfThought<
            WriteQuery,
        > as ::dashoptimize::module::Module>::set_path(&mut query, "query");
        let mut answer_simple: ::dashoptimize::module::Predict<ShortAnswer> = (&&&::dashoptimize::__private::Make::<
            ::dashoptimize::module::Predict<ShortAnswer>,
        >::NEW)
            .__make(&__lm);
        <::dashoptimize::module::Predict<
            ShortAnswer,
        > as ::dashoptimize::module::Module>::set_path(
            &mut answer_simple,
            "answer.simple",
        );
        let mut answer_hard: Researcher = (&&&::dashoptimize::__private::Make::<
            Researcher,
        >::NEW)
            .__make(&__lm);
        <Researcher as ::dashoptimize::module::Module>::set_path(
            &mut answer_hard,
            "answer.hard",
        );
        Self {
            query,
            answer_simple,
            answer_hard,
        }
    }
}
impl ::dashoptimize::module::Module for Rag {
    type Input = RagInput;
    type Output = String;
    const SHAPE: ::dashoptimize::module::Shape = ::dashoptimize::module::Shape::Parts(
        &[
            (
                "query",
                <::dashoptimize::module::ChainOfThought<
                    WriteQuery,
                > as ::dashoptimize::module::Module>::SHAPE,
            ),
            (
                "answer.simple",
                <::dashoptimize::module::Predict<
                    ShortAnswer,
                > as ::dashoptimize::module::Module>::SHAPE,
            ),
            ("answer.hard", <Researcher as ::dashoptimize::module::Module>::SHAPE),
        ],
    );
    const GRAPH: ::core::option::Option<&'static ::dashoptimize::graph::Graph> = ::core::option::Option::Some(
        Self::GRAPH,
    );
    async fn forward(
        &self,
        __context: &::dashoptimize::module::Context<'_>,
        __input: RagInput,
    ) -> ::core::result::Result<String, ::dashoptimize::module::CallError> {
        let __output: String = {
            #[allow(unused_variables)]
            let __this = self;
            #[allow(unused_variables)]
            let __input = &__input;
            let question = &__input.question;
            let top_k = &__input.top_k;
            {
                let query = &{
                    let __context = &__context.child(0u32);
                    {
                        let __field_0 = {
                            let __copy = ::dashoptimize::__private::read(question);
                            __copy
                        };
                        type __Input = <::dashoptimize::module::ChainOfThought<
                            WriteQuery,
                        > as ::dashoptimize::module::Module>::Input;
                        let __input = __Input { question: __field_0 };
                        let __made = <::dashoptimize::module::ChainOfThought<
                            WriteQuery,
                        > as ::dashoptimize::module::Module>::forward(
                                &__this.query,
                                __context,
                                __input,
                            )
                            .await?;
                        __made
                    }
                };
                let passages = &{
                    ::dashoptimize::__private::code(
                            "passages",
                            async move {
                                let __argument_0 = {
                                    let __copy = ::dashoptimize::__private::read(&query.text);
                                    __copy
                                };
                                let __argument_1 = {
                                    let __copy = ::dashoptimize::__private::read(top_k);
                                    __copy
                                };
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
                let answer = &{
                    let __context = &__context.child(2u32);
                    {
                        let __on = {
                            let __copy = ::dashoptimize::__private::read(&query.kind);
                            __copy
                        };
                        match __on {
                            Kind::Simple => {
                                let __context = &__context.child(0u32);
                                {
                                    let __made = {
                                        let __field_0 = {
                                            let __copy = ::dashoptimize::__private::read(passages);
                                            __copy
                                        };
                                        let __field_1 = {
                                            let __copy = ::dashoptimize::__private::read(question);
                                            __copy
                                        };
                                        type __Input = <::dashoptimize::module::Predict<
                                            ShortAnswer,
                                        > as ::dashoptimize::module::Module>::Input;
                                        let __input = __Input {
                                            passages: __field_0,
                                            question: __field_1,
                                        };
                                        let __made = <::dashoptimize::module::Predict<
                                            ShortAnswer,
                                        > as ::dashoptimize::module::Module>::forward(
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
                                            let __copy = ::dashoptimize::__private::read(passages);
                                            __copy
                                        };
                                        let __field_1 = {
                                            let __copy = ::dashoptimize::__private::read(question);
                                            __copy
                                        };
                                        type __Input = <Researcher as ::dashoptimize::module::Module>::Input;
                                        let __input = __Input {
                                            passages: __field_0,
                                            question: __field_1,
                                        };
                                        let __made = <Researcher as ::dashoptimize::module::Module>::forward(
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
                {
                    {
                        let __copy = ::dashoptimize::__private::read(answer);
                        __copy
                    }
                }
            }
        };
        ::core::result::Result::Ok(__output)
    }
    fn predictors(&self) -> ::std::vec::Vec<&::dashoptimize::module::Predictor> {
        let __all: [::std::vec::Vec<&::dashoptimize::module::Predictor>; _] = [
            <::dashoptimize::module::ChainOfThought<
                WriteQuery,
            > as ::dashoptimize::module::Module>::predictors(&self.query),
            <::dashoptimize::module::Predict<
                ShortAnswer,
            > as ::dashoptimize::module::Module>::predictors(&self.answer_simple),
            <Researcher as ::dashoptimize::module::Module>::predictors(&self.answer_hard),
        ];
        __all.into_iter().flatten().collect()
    }
    fn predictors_mut(
        &mut self,
    ) -> ::std::vec::Vec<&mut ::dashoptimize::module::Predictor> {
        let __all: [::std::vec::Vec<&mut ::dashoptimize::module::Predictor>; _] = [
            <::dashoptimize::module::ChainOfThought<
                WriteQuery,
            > as ::dashoptimize::module::Module>::predictors_mut(&mut self.query),
            <::dashoptimize::module::Predict<
                ShortAnswer,
            > as ::dashoptimize::module::Module>::predictors_mut(
                &mut self.answer_simple,
            ),
            <Researcher as ::dashoptimize::module::Module>::predictors_mut(
                &mut self.answer_hard,
            ),
        ];
        __all.into_iter().flatten().collect()
    }
}
#[automatically_derived]
impl ::core::clone::Clone for Rag {
    fn clone(&self) -> Self {
        Self {
            query: <::dashoptimize::module::ChainOfThought<
                WriteQuery,
            > as ::dashoptimize::module::Module>::__copy(&self.query),
            answer_simple: <::dashoptimize::module::Predict<
                ShortAnswer,
            > as ::dashoptimize::module::Module>::__copy(&self.answer_simple),
            answer_hard: <Researcher as ::dashoptimize::module::Module>::__copy(
                &self.answer_hard,
            ),
        }
    }
}
#[automatically_derived]
impl ::core::fmt::Debug for Rag {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        f.debug_tuple("Rag")
            .field(&::dashoptimize::module::Module::predictors(self))
            .finish()
    }
}
const _: () = ::dashoptimize::__private::lacks_added_field::<
    WriteQuery,
>(
    "reasoning",
    "`ChainOfThought` adds the field `reasoning`, which this signature already has; rename it, or use `Predict`",
);
