/// Thinks.
pub struct Classify {
    inner: ::dashoptimize::module::ChainOfThought,
}
#[automatically_derived]
impl ::dashoptimize::__private::NamedModule for Classify {
    type Inner = ::dashoptimize::module::ChainOfThought;
    type Signature = Triage;
    fn make(inner: Self::Inner) -> Self {
        #[allow(unused_imports)]
        use ::dashoptimize::module::{ModuleExt as _, OverSignature as _};
        Self {
            inner: (inner).temperature(0.0),
        }
    }
    fn inner(&self) -> &Self::Inner {
        &self.inner
    }
    fn inner_mut(&mut self) -> &mut Self::Inner {
        &mut self.inner
    }
}
const _: () = (::dashoptimize::__private::signature_lacks_field::<
    Classify,
>)(
    "reasoning",
    "`ChainOfThought` adds the field `reasoning`, which this signature already has; rename it, or use `Predict`",
);
impl Classify {
    ///A [`Classify`] that calls this model.
    #[must_use]
    pub fn new(lm: impl ::core::convert::Into<::dashoptimize::lm::Lm>) -> Self {
        ::dashoptimize::__private::named(lm)
    }
    /// The messages for this input, exactly as the first call sends them. No model is called.
    #[allow(dead_code)]
    #[must_use]
    pub fn render(
        &self,
        input: &<Self as ::dashoptimize::module::Module>::Input,
    ) -> ::std::vec::Vec<::dashoptimize::lm::Message>
    where
        for<'__a> Triage: ::dashoptimize::signature::Signature,
    {
        ::dashoptimize::__private::render_named(self, input)
    }
}
#[automatically_derived]
impl ::core::clone::Clone for Classify {
    fn clone(&self) -> Self {
        Self {
            inner: ::core::clone::Clone::clone(&self.inner),
        }
    }
}
#[automatically_derived]
impl ::core::fmt::Debug for Classify {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        f.debug_tuple("Classify").field(&self.inner).finish()
    }
}
