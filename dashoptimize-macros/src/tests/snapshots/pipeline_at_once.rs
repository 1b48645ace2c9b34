///What [`Both`] is given.
#[derive(::core::clone::Clone, ::core::fmt::Debug)]
struct BothInput {
    ///The input `question`.
    question: String,
}
///What [`Both`] gives back.
#[allow(dead_code)]
type BothOutput = String;
/**

# Graph

<div><svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="graph of Both" width="228" height="290" viewBox="0 0 228 290" style="max-width:100%;height:auto" fill="none" stroke="currentColor"><path opacity=".55" d="M107 34C107 51 71 51 71 68M121 34C121 51 157 51 157 68M71 117C71 134 107 134 107 151M157 117C157 134 121 134 121 151M114 200C114 216 114 216 114 233"/><path opacity=".75" fill="currentColor" stroke="none" d="M71 75l-4-7h8zM157 75l-4-7h8zM107 158l-4-7h8zM121 158l-4-7h8zM114 240l-4-7h8z"/><rect x="73" y="8" width="82" height="26" rx="13"/><rect x="41" y="75" width="60" height="42" rx="6"/><rect x="44" y="78" width="54" height="36" rx="4"/><rect x="123" y="75" width="68" height="42" rx="6"/><rect x="126" y="78" width="62" height="36" rx="4"/><rect x="8" y="158" width="212" height="42" rx="0"/><rect x="80" y="240" width="68" height="42" rx="21"/><g fill="currentColor" stroke="none" font-family="Source Code Pro,monospace" font-size="12" text-anchor="middle"><text x="114" y="25" font-weight="600">question</text><text x="71" y="92" font-weight="600">one</text><text x="71" y="108" opacity=".8">First</text><text x="157" y="92" font-weight="600">other</text><text x="157" y="108" opacity=".8">Second</text><text x="114" y="175" font-weight="600">output</text><text x="114" y="191" opacity=".8">join(one.text, other.text)</text><text x="114" y="265">String</text></g></svg></div>*/
#[allow(private_interfaces)]
struct Both {
    ///The node `one`.
    one: First,
    ///The node `other`.
    other: Second,
}
#[allow(dead_code)]
impl Both {
    /// The graph: what it is made of, and what flows where.
    const GRAPH: &'static ::dashoptimize::graph::Graph = &::dashoptimize::graph::Graph {
        name: "Both",
        nodes: &[
            ::dashoptimize::__private::node(
                "question",
                ::dashoptimize::graph::NodeKind::Input,
                "",
                ::core::option::Option::None,
            ),
            ::dashoptimize::__private::node(
                "one",
                ::dashoptimize::graph::NodeKind::Module,
                "First",
                <__Both_one as ::dashoptimize::module::Module>::GRAPH,
            ),
            ::dashoptimize::__private::node(
                "other",
                ::dashoptimize::graph::NodeKind::Module,
                "Second",
                <__Both_other as ::dashoptimize::module::Module>::GRAPH,
            ),
            ::dashoptimize::__private::node(
                "output",
                ::dashoptimize::graph::NodeKind::Code,
                "join(one.text, other.text)",
                ::core::option::Option::None,
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
                (0usize, 1usize, ""),
                (0usize, 2usize, ""),
                (1usize, 3usize, ""),
                (2usize, 3usize, ""),
                (3usize, 4usize, ""),
            ],
        ),
    };
    ///A [`Both`] whose nodes all ask this model.
    #[must_use]
    fn new(lm: impl ::core::convert::Into<::dashoptimize::lm::Lm>) -> Self {
        <Self as ::dashoptimize::module::FromLm>::from_lm(
            ::core::convert::Into::into(lm),
        )
    }
}
#[automatically_derived]
impl ::dashoptimize::module::FromLm for Both {
    fn from_lm(__lm: ::dashoptimize::lm::Lm) -> Self {
        #[allow(unused_imports)]
        use ::dashoptimize::module::{ModuleExt as _, OverSignature as _};
        Self {
            one: ::dashoptimize::__private::under(
                <__Both_one as ::dashoptimize::module::FromLm>::from_lm(
                    ::core::clone::Clone::clone(&__lm),
                ),
                "one",
            ),
            other: ::dashoptimize::__private::under(
                <__Both_other as ::dashoptimize::module::FromLm>::from_lm(
                    ::core::clone::Clone::clone(&__lm),
                ),
                "other",
            ),
        }
    }
}
impl ::dashoptimize::module::Module for Both {
    type Input = BothInput;
    type Output = String;
    const SHAPE: ::dashoptimize::module::Shape = ::dashoptimize::module::Shape::Parts(
        &[
            ("one", <__Both_one as ::dashoptimize::module::Module>::SHAPE),
            ("other", <__Both_other as ::dashoptimize::module::Module>::SHAPE),
        ],
    );
    const GRAPH: ::core::option::Option<&'static ::dashoptimize::graph::Graph> = ::core::option::Option::Some(
        Self::GRAPH,
    );
    async fn forward(
        &self,
        __context: &::dashoptimize::call::Context<'_>,
        __input: BothInput,
    ) -> ::core::result::Result<String, ::dashoptimize::call::CallError> {
        let __output: String = {
            #[allow(unused_variables)]
            let __this = self;
            #[allow(unused_variables)]
            let __input = &__input;
            let question = &__input.question;
            {
                let __slot_1 = &::dashoptimize::__private::Slot::new();
                let __slot_2 = &::dashoptimize::__private::Slot::new();
                let __slot_3 = ::dashoptimize::__private::Slot::new();
                {
                    let __slot_3 = &__slot_3;
                    ::dashoptimize::__private::run(
                            &[&[], &[], &[]],
                            &move |__step: ::core::primitive::usize| match __step {
                                0usize => {
                                    let __field_0 = ::dashoptimize::__private::read(question);
                                    type __Input = <__Both_one as ::dashoptimize::module::Module>::Input;
                                    let __input = __Input { question: __field_0 };
                                    <__Both_one as ::dashoptimize::module::Module>::__start(
                                        &__this.one,
                                        __context,
                                        0u32,
                                        __input,
                                        __slot_1,
                                    )
                                }
                                1usize => {
                                    let __field_0 = ::dashoptimize::__private::read(question);
                                    type __Input = <__Both_other as ::dashoptimize::module::Module>::Input;
                                    let __input = __Input { question: __field_0 };
                                    <__Both_other as ::dashoptimize::module::Module>::__start(
                                        &__this.other,
                                        __context,
                                        1u32,
                                        __input,
                                        __slot_2,
                                    )
                                }
                                _ => {
                                    ::std::boxed::Box::pin(async move {
                                        let (__value_0) = {
                                            {
                                                let __argument_0 = {
                                                    let one = __slot_1.get().await;
                                                    ::dashoptimize::__private::read(&one.text)
                                                };
                                                let __argument_1 = {
                                                    let other = __slot_2.get().await;
                                                    ::dashoptimize::__private::read(&other.text)
                                                };
                                                {
                                                    #[allow(unused_imports)]
                                                    use ::dashoptimize::__private::{
                                                        IsFuture as _, IsValue as _,
                                                    };
                                                    let __made = join(__argument_0, __argument_1);
                                                    (&__made).__dashoptimize_kind().settle(__made).await
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
                __slot_3.into_inner()
            }
        };
        ::core::result::Result::Ok(__output)
    }
    fn predictors(&self) -> ::std::vec::Vec<&::dashoptimize::module::Predictor> {
        ::dashoptimize::__private::all(
            &mut [
                <__Both_one as ::dashoptimize::module::Module>::predictors(&self.one),
                <__Both_other as ::dashoptimize::module::Module>::predictors(&self.other),
            ],
        )
    }
    fn predictors_mut(
        &mut self,
    ) -> ::std::vec::Vec<&mut ::dashoptimize::module::Predictor> {
        ::dashoptimize::__private::all_mut(
            &mut [
                <__Both_one as ::dashoptimize::module::Module>::predictors_mut(
                    &mut self.one,
                ),
                <__Both_other as ::dashoptimize::module::Module>::predictors_mut(
                    &mut self.other,
                ),
            ],
        )
    }
}
#[automatically_derived]
impl ::core::clone::Clone for Both {
    fn clone(&self) -> Self {
        Self {
            one: <__Both_one as ::core::clone::Clone>::clone(&self.one),
            other: <__Both_other as ::core::clone::Clone>::clone(&self.other),
        }
    }
}
#[automatically_derived]
impl ::core::fmt::Debug for Both {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::dashoptimize::__private::show(
            "Both",
            &::dashoptimize::module::Module::predictors(self),
            f,
        )
    }
}
#[allow(non_camel_case_types)]
type __Both_one = <::dashoptimize::__private::Checked<
    {
        _ = <First as ::dashoptimize::module::Module>::SHAPE;
        true
    },
> as ::dashoptimize::__private::Known<First>>::Type;
#[allow(non_camel_case_types)]
type __Both_other = <::dashoptimize::__private::Checked<
    {
        _ = <Second as ::dashoptimize::module::Module>::SHAPE;
        true
    },
> as ::dashoptimize::__private::Known<Second>>::Type;
