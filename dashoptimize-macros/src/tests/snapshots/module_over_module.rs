/// The best of three.
pub struct Best {
    inner: ::dashoptimize::module::BestOfN<
        <Best as ::dashoptimize::__private::OverModule>::Part,
    >,
}
#[automatically_derived]
impl ::dashoptimize::__private::OverModule for Best {
    type Part = <::dashoptimize::__private::Checked<
        {
            #[allow(unused_imports)]
            use ::dashoptimize::__private::Otherwise as _;
            const IS_SIGNATURE: ::core::primitive::bool = ::dashoptimize::__private::Is::<
                Classify,
            >::SIGNATURE;
            <Classify as ::dashoptimize::__private::NoSignature<IS_SIGNATURE>>::SOUND
                && <Classify as ::dashoptimize::__private::SomeModule<
                    IS_SIGNATURE,
                >>::SOUND
        },
    > as ::dashoptimize::__private::Known<Classify>>::Type;
}
#[automatically_derived]
impl ::dashoptimize::module::FromLm for Best {
    fn from_lm(__lm: ::dashoptimize::lm::Lm) -> Self {
        #[allow(unused_imports)]
        use ::dashoptimize::module::ModuleExt as _;
        Self {
            inner: {
                #[allow(unused_imports)]
                use ::dashoptimize::__private::Otherwise as _;
                const __IS_MODULE: ::core::primitive::bool = ::dashoptimize::__private::Is::<
                    Classify,
                >::MODULE;
                <::dashoptimize::__private::Maker<
                    __IS_MODULE,
                > as ::dashoptimize::__private::Close<
                    _,
                    _,
                >>::close(
                    ((::dashoptimize::module::BestOfN::new)(
                        ::dashoptimize::__private::part::<
                            ::dashoptimize::__private::Maker<__IS_MODULE>,
                            Classify,
                            _,
                        >(__lm),
                        grade,
                    ))
                        .n(3),
                )
            },
        }
    }
}
#[automatically_derived]
impl ::dashoptimize::module::Module for Best {
    type Input = <::dashoptimize::module::BestOfN<
        <Best as ::dashoptimize::__private::OverModule>::Part,
    > as ::dashoptimize::module::Module>::Input;
    type Output = <::dashoptimize::module::BestOfN<
        <Best as ::dashoptimize::__private::OverModule>::Part,
    > as ::dashoptimize::module::Module>::Output;
    const SHAPE: ::dashoptimize::module::Shape = <::dashoptimize::module::BestOfN<
        <Best as ::dashoptimize::__private::OverModule>::Part,
    > as ::dashoptimize::module::Module>::SHAPE;
    const GRAPH: ::core::option::Option<&'static ::dashoptimize::graph::Graph> = <::dashoptimize::module::BestOfN<
        <Best as ::dashoptimize::__private::OverModule>::Part,
    > as ::dashoptimize::module::Module>::GRAPH;
    async fn forward(
        &self,
        context: &::dashoptimize::call::Context<'_>,
        input: Self::Input,
    ) -> ::core::result::Result<Self::Output, ::dashoptimize::call::CallError> {
        ::dashoptimize::module::Module::forward(&self.inner, context, input).await
    }
    fn predictors(&self) -> ::std::vec::Vec<&::dashoptimize::module::Predictor> {
        ::dashoptimize::module::Module::predictors(&self.inner)
    }
    fn predictors_mut(
        &mut self,
    ) -> ::std::vec::Vec<&mut ::dashoptimize::module::Predictor> {
        ::dashoptimize::module::Module::predictors_mut(&mut self.inner)
    }
    fn graph(&self) -> ::core::option::Option<&'static ::dashoptimize::graph::Graph> {
        ::dashoptimize::module::Module::graph(&self.inner)
    }
    fn __set_path(&mut self, path: &::core::primitive::str) {
        ::dashoptimize::module::Module::__set_path(&mut self.inner, path);
    }
}
impl Best {
    ///A [`Best`] that calls this model.
    #[must_use]
    pub fn new(lm: impl ::core::convert::Into<::dashoptimize::lm::Lm>) -> Self {
        <Self as ::dashoptimize::module::FromLm>::from_lm(lm.into())
    }
}
#[automatically_derived]
impl ::core::clone::Clone for Best {
    fn clone(&self) -> Self {
        Self {
            inner: ::core::clone::Clone::clone(&self.inner),
        }
    }
}
#[automatically_derived]
impl ::core::fmt::Debug for Best {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        f.debug_tuple("Best").field(&self.inner).finish()
    }
}
