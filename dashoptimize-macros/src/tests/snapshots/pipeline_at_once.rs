///The inputs of [`Both`].
#[derive(::core::clone::Clone)]
struct BothInput {
    ///The input `question`.
    question: String,
}
const _: () = {
    #[automatically_derived]
    impl ::core::fmt::Debug for BothInput {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::dashoptimize::__private::show_struct(
                "BothInput",
                &[("question", &self.question)],
                f,
            )
        }
    }
    #[automatically_derived]
    impl ::core::cmp::PartialEq for BothInput {
        fn eq(&self, __other: &Self) -> ::core::primitive::bool {
            true && self.question == __other.question
        }
    }
    #[automatically_derived]
    impl ::core::default::Default for BothInput {
        fn default() -> Self {
            Self {
                question: ::core::default::Default::default(),
            }
        }
    }
    #[automatically_derived]
    impl ::dashoptimize::__private::serde::Serialize for BothInput {
        fn serialize<__S: ::dashoptimize::__private::serde::Serializer>(
            &self,
            __serializer: __S,
        ) -> ::core::result::Result<__S::Ok, __S::Error> {
            #[allow(unused_mut)]
            let mut __inputs = ::dashoptimize::__private::InputWriter::start(
                __serializer,
                "BothInput",
                1usize,
            );
            __inputs.put("question", &self.question);
            __inputs.end()
        }
    }
    #[automatically_derived]
    impl<'de> ::dashoptimize::__private::serde::Deserialize<'de> for BothInput {
        fn deserialize<__D: ::dashoptimize::__private::serde::Deserializer<'de>>(
            __deserializer: __D,
        ) -> ::core::result::Result<Self, __D::Error> {
            #[allow(unused_mut)]
            let mut __inputs = ::dashoptimize::__private::InputReader::read(
                __deserializer,
            );
            let __value_0 = __inputs.take("question");
            match __inputs.finish() {
                #[allow(unused_variables)]
                ::core::result::Result::Ok(__inputs) => {
                    ::core::result::Result::Ok(Self {
                        question: __inputs.value(__value_0),
                    })
                }
                ::core::result::Result::Err(__error) => {
                    ::core::result::Result::Err(__error)
                }
            }
        }
    }
};
///The output of [`Both`].
#[allow(dead_code, private_interfaces)]
type BothOutput = String;
#[cfg_attr(
    doc,
    doc = ::dashoptimize::__private::picture!(
        "{\"name\":\"Both\",\"nodes\":[{\"path\":\"question\",\"label\":\"\",\"kind\":\"Input\",\"is_program\":false},{\"path\":\"one\",\"label\":\"First\",\"kind\":\"Module\",\"is_program\":true},{\"path\":\"other\",\"label\":\"Second\",\"kind\":\"Module\",\"is_program\":true},{\"path\":\"output\",\"label\":\"join(one.text, other.text)\",\"kind\":\"Code\",\"is_program\":false},{\"path\":\"\",\"label\":\"String\",\"kind\":\"Output\",\"is_program\":false}],\"edges\":[{\"from\":0,\"to\":1,\"label\":\"\"},{\"from\":0,\"to\":2,\"label\":\"\"},{\"from\":1,\"to\":3,\"label\":\"\"},{\"from\":2,\"to\":3,\"label\":\"\"},{\"from\":3,\"to\":4,\"label\":\"\"}]}"
    )
)]
#[allow(private_interfaces)]
struct Both {
    ///The node `one`.
    one: First,
    ///The node `other`.
    other: Second,
}
#[allow(dead_code)]
impl Both {
    /// The graph: the nodes of the program and what flows between them.
    const GRAPH: &'static ::dashoptimize::graph::Graph = &::dashoptimize::__private::graph(
        "Both",
        &[
            ::dashoptimize::__private::node(
                "question",
                ::dashoptimize::graph::NodeKind::Input,
                "",
            ),
            ::dashoptimize::__private::module_node::<
                __Both_one,
            >("one", ::dashoptimize::graph::NodeKind::Module, "First"),
            ::dashoptimize::__private::module_node::<
                __Both_other,
            >("other", ::dashoptimize::graph::NodeKind::Module, "Second"),
            ::dashoptimize::__private::node(
                "output",
                ::dashoptimize::graph::NodeKind::Code,
                "join(one.text, other.text)",
            ),
            ::dashoptimize::__private::node(
                "",
                ::dashoptimize::graph::NodeKind::Output,
                "String",
            ),
        ],
        &::dashoptimize::__private::edges(
            &[
                (0usize, 1usize, ""),
                (0usize, 2usize, ""),
                (1usize, 3usize, ""),
                (2usize, 3usize, ""),
                (3usize, 4usize, ""),
            ],
        ),
        "f81a9663c5f83576",
    );
    ///A [`Both`] whose nodes all call this model.
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
            one: ::dashoptimize::__private::node_on::<__Both_one>(&__lm, "one"),
            other: ::dashoptimize::__private::node_on::<__Both_other>(&__lm, "other"),
        }
    }
}
#[allow(private_interfaces)]
impl ::dashoptimize::module::Module for Both {
    type Input = BothInput;
    type Output = String;
    const SHAPE: ::dashoptimize::module::Shape = ::dashoptimize::module::Shape::Parts(
        &[
            ::dashoptimize::__private::shape_part::<__Both_one>("one"),
            ::dashoptimize::__private::shape_part::<__Both_other>("other"),
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
                                    let __input = __Both_one_Input {
                                        question: __field_0,
                                    };
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
                                    let __input = __Both_other_Input {
                                        question: __field_0,
                                    };
                                    <__Both_other as ::dashoptimize::module::Module>::__start(
                                        &__this.other,
                                        __context,
                                        1u32,
                                        __input,
                                        __slot_2,
                                    )
                                }
                                _ => {
                                    (::std::boxed::Box::pin)(async move {
                                        let (__output) = {
                                            {
                                                let __argument_0 = (
                                                    {
                                                        let one = __slot_1.get().await;
                                                        ::dashoptimize::__private::read(&one.text)
                                                    },
                                                );
                                                let __argument_1 = (
                                                    {
                                                        let other = __slot_2.get().await;
                                                        ::dashoptimize::__private::read(&other.text)
                                                    },
                                                );
                                                {
                                                    #[allow(unused_imports)]
                                                    use ::dashoptimize::__private::{
                                                        IsFuture as _, IsValue as _,
                                                    };
                                                    let __made = join(__argument_0.0, __argument_1.0);
                                                    {
                                                        let __value = (
                                                            (&&&::dashoptimize::__private::Made(&__made))
                                                                .__dashoptimize_kind()
                                                                .settle(__made)
                                                                .await,
                                                        );
                                                        __value.0
                                                    }
                                                }
                                            }
                                        };
                                        __slot_3
                                            .put(::dashoptimize::__private::slot_value(__output));
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
                    let __value = (__slot_3.into_inner(),);
                    __value.0
                }
            }
        };
        ::core::result::Result::Ok(__output)
    }
    fn predictors(&self) -> ::std::vec::Vec<&::dashoptimize::module::Predictor> {
        ::dashoptimize::__private::all(
            &[
                ::dashoptimize::__private::dyn_node::<__Both_one>(&self.one),
                ::dashoptimize::__private::dyn_node::<__Both_other>(&self.other),
            ],
        )
    }
    fn predictors_mut(
        &mut self,
    ) -> ::std::vec::Vec<&mut ::dashoptimize::module::Predictor> {
        ::dashoptimize::__private::all_mut([
            ::dashoptimize::__private::dyn_node_mut::<__Both_one>(&mut self.one),
            ::dashoptimize::__private::dyn_node_mut::<__Both_other>(&mut self.other),
        ])
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
#[allow(non_camel_case_types, dead_code)]
type __Both_one = <::dashoptimize::__private::Checked<
    {
        _ = <First as ::dashoptimize::module::Module>::SHAPE;
        true
    },
> as ::dashoptimize::__private::Known<First>>::Type;
#[allow(non_camel_case_types, dead_code)]
type __Both_one_Input = <__Both_one as ::dashoptimize::module::Module>::Input;
#[allow(non_camel_case_types, dead_code)]
type __Both_other = <::dashoptimize::__private::Checked<
    {
        _ = <Second as ::dashoptimize::module::Module>::SHAPE;
        true
    },
> as ::dashoptimize::__private::Known<Second>>::Type;
#[allow(non_camel_case_types, dead_code)]
type __Both_other_Input = <__Both_other as ::dashoptimize::module::Module>::Input;
