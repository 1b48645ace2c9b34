::core::compile_error! {
    "`inptu` is not a role; did you mean `input`?"
}
struct Rate {
    text: String,
    stars: u8,
}
#[allow(dead_code, missing_docs)]
struct RateInput {
    text: String,
}
#[automatically_derived]
impl ::core::clone::Clone for RateInput {
    fn clone(&self) -> Self {
        ::core::unreachable!()
    }
}
#[automatically_derived]
impl ::core::fmt::Debug for RateInput {
    fn fmt(&self, _: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::core::unreachable!()
    }
}
#[automatically_derived]
impl ::core::cmp::PartialEq for RateInput {
    fn eq(&self, _: &Self) -> ::core::primitive::bool {
        ::core::unreachable!()
    }
}
#[automatically_derived]
impl ::core::default::Default for RateInput {
    fn default() -> Self {
        ::core::unreachable!()
    }
}
#[allow(dead_code, missing_docs)]
struct RateOutput {
    stars: u8,
}
#[automatically_derived]
impl ::core::clone::Clone for RateOutput {
    fn clone(&self) -> Self {
        ::core::unreachable!()
    }
}
#[automatically_derived]
impl ::core::fmt::Debug for RateOutput {
    fn fmt(&self, _: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::core::unreachable!()
    }
}
#[automatically_derived]
impl ::core::cmp::PartialEq for RateOutput {
    fn eq(&self, _: &Self) -> ::core::primitive::bool {
        ::core::unreachable!()
    }
}
#[automatically_derived]
impl ::core::default::Default for RateOutput {
    fn default() -> Self {
        ::core::unreachable!()
    }
}
#[allow(dead_code, missing_docs)]
struct RatePartial {
    stars: ::core::option::Option<u8>,
}
#[automatically_derived]
impl ::core::clone::Clone for RatePartial {
    fn clone(&self) -> Self {
        ::core::unreachable!()
    }
}
#[automatically_derived]
impl ::core::fmt::Debug for RatePartial {
    fn fmt(&self, _: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::core::unreachable!()
    }
}
#[automatically_derived]
impl ::core::cmp::PartialEq for RatePartial {
    fn eq(&self, _: &Self) -> ::core::primitive::bool {
        ::core::unreachable!()
    }
}
#[automatically_derived]
impl ::core::default::Default for RatePartial {
    fn default() -> Self {
        ::core::unreachable!()
    }
}
const _: () = {
    #[automatically_derived]
    impl ::dashoptimize::signature::Record for RateInput {
        fn into_values(self) -> ::std::vec::Vec<::dashoptimize::__private::Value> {
            ::core::unreachable!()
        }
        fn from_values(
            _: ::std::vec::Vec<::dashoptimize::__private::Value>,
        ) -> ::core::result::Result<Self, ::dashoptimize::signature::ValueError> {
            ::core::unreachable!()
        }
    }
    #[automatically_derived]
    impl ::dashoptimize::__private::serde::Serialize for RateInput {
        fn serialize<__S: ::dashoptimize::__private::serde::Serializer>(
            &self,
            _: __S,
        ) -> ::core::result::Result<__S::Ok, __S::Error> {
            ::core::unreachable!()
        }
    }
    #[automatically_derived]
    impl<'de> ::dashoptimize::__private::serde::Deserialize<'de> for RateInput {
        fn deserialize<__D: ::dashoptimize::__private::serde::Deserializer<'de>>(
            _: __D,
        ) -> ::core::result::Result<Self, __D::Error> {
            ::core::unreachable!()
        }
    }
    #[automatically_derived]
    impl ::dashoptimize::signature::Record for RateOutput {
        fn into_values(self) -> ::std::vec::Vec<::dashoptimize::__private::Value> {
            ::core::unreachable!()
        }
        fn from_values(
            _: ::std::vec::Vec<::dashoptimize::__private::Value>,
        ) -> ::core::result::Result<Self, ::dashoptimize::signature::ValueError> {
            ::core::unreachable!()
        }
    }
    #[automatically_derived]
    impl ::dashoptimize::__private::serde::Serialize for RateOutput {
        fn serialize<__S: ::dashoptimize::__private::serde::Serializer>(
            &self,
            _: __S,
        ) -> ::core::result::Result<__S::Ok, __S::Error> {
            ::core::unreachable!()
        }
    }
    #[automatically_derived]
    impl<'de> ::dashoptimize::__private::serde::Deserialize<'de> for RateOutput {
        fn deserialize<__D: ::dashoptimize::__private::serde::Deserializer<'de>>(
            _: __D,
        ) -> ::core::result::Result<Self, __D::Error> {
            ::core::unreachable!()
        }
    }
    #[automatically_derived]
    impl ::dashoptimize::signature::Row for Rate {
        const FIELDS: &'static [::dashoptimize::signature::Field] = &[];
        fn from_fields(
            _: ::dashoptimize::__private::Fields,
        ) -> ::core::result::Result<Self, ::dashoptimize::signature::RowError> {
            ::core::unreachable!()
        }
        fn to_fields(&self) -> ::dashoptimize::__private::Fields {
            ::core::unreachable!()
        }
    }
    #[automatically_derived]
    impl ::dashoptimize::signature::Signature for Rate {
        type Input = RateInput;
        type Output = RateOutput;
        type Partial = RatePartial;
        const SPEC: &'static ::dashoptimize::signature::SignatureSpec = &::dashoptimize::__private::spec(
            "",
            "",
            &[],
        );
    }
    #[automatically_derived]
    impl ::dashoptimize::evaluate::Example<RateInput> for Rate {
        fn input(&self) -> RateInput {
            ::core::unreachable!()
        }
        fn fields(&self) -> ::dashoptimize::__private::Fields {
            ::core::unreachable!()
        }
    }
};
