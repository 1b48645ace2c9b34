/// Rate the text.
#[derive(Debug)]
pub struct Rate {
    /// what to rate
    pub text: String,
    pub stars: u8,
    line: usize,
}
///The inputs of [`Rate`].
pub struct RateInput {
    /// what to rate
    pub text: String,
}
///The outputs of [`Rate`].
pub struct RateOutput {
    ///The field `stars`.
    pub stars: u8,
}
///The outputs of [`Rate`] received so far, while a reply streams in.
#[derive(Default)]
pub struct RatePartial {
    ///The field `stars`.
    pub stars: ::core::option::Option<u8>,
}
const _: () = {
    const __FIELD_0: ::dashoptimize::__private::FieldCodec<String> = ::dashoptimize::__private::signature_field::<
        String,
    >();
    const __FIELD_1: ::dashoptimize::__private::FieldCodec<u8> = ::dashoptimize::__private::signature_field::<
        u8,
    >();
    const __FIELD_2: fn() -> usize = ::dashoptimize::__private::skipped_field::<usize>();
    const __CHECKS_1: &[::dashoptimize::signature::Check] = &[
        ::dashoptimize::__private::range(
            1f64,
            5f64,
            ::dashoptimize::signature::OnFail::Reject,
        ),
        ::dashoptimize::__private::custom(
            "must be odd",
            |json| match (__FIELD_1.from_json)(::core::clone::Clone::clone(json)) {
                ::core::result::Result::Ok(__value) => (is_odd)(&__value),
                ::core::result::Result::Err(_) => false,
            },
            ::dashoptimize::signature::OnFail::Report,
        ),
    ];
    const __FIELDS: &[::dashoptimize::signature::Field] = &[
        ::dashoptimize::__private::field(
            "text",
            ::dashoptimize::signature::Role::Input,
            __FIELD_0.ty,
            "what to rate",
            "Text:",
            &[],
            __FIELD_0.reads,
        ),
        ::dashoptimize::__private::field(
            "stars",
            ::dashoptimize::signature::Role::Output,
            __FIELD_1.ty,
            "",
            "Stars:",
            __CHECKS_1,
            __FIELD_1.reads,
        ),
    ];
    #[automatically_derived]
    impl ::core::clone::Clone for RateInput {
        fn clone(&self) -> Self {
            Self {
                text: (__FIELD_0.clone)(&self.text),
            }
        }
    }
    #[automatically_derived]
    impl ::core::fmt::Debug for RateInput {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::dashoptimize::__private::show_struct(
                "RateInput",
                &[("text", (__FIELD_0.show)(&self.text))],
                f,
            )
        }
    }
    impl ::core::cmp::PartialEq for RateInput {
        fn eq(&self, other: &Self) -> ::core::primitive::bool {
            true && self.text == other.text
        }
    }
    #[automatically_derived]
    impl ::core::default::Default for RateInput {
        fn default() -> Self {
            Self {
                text: ::core::default::Default::default(),
            }
        }
    }
    #[automatically_derived]
    impl ::dashoptimize::__private::serde::Serialize for RateInput {
        fn serialize<__S: ::dashoptimize::__private::serde::Serializer>(
            &self,
            __serializer: __S,
        ) -> ::core::result::Result<__S::Ok, __S::Error> {
            ::dashoptimize::__private::write_record(
                self,
                __FIELDS,
                ::dashoptimize::signature::Role::Input,
                __serializer,
            )
        }
    }
    #[automatically_derived]
    impl<'de> ::dashoptimize::__private::serde::Deserialize<'de> for RateInput {
        fn deserialize<__D: ::dashoptimize::__private::serde::Deserializer<'de>>(
            __deserializer: __D,
        ) -> ::core::result::Result<Self, __D::Error> {
            ::dashoptimize::__private::read_record(
                __FIELDS,
                ::dashoptimize::signature::Role::Input,
                &[],
                __deserializer,
            )
        }
    }
    #[automatically_derived]
    impl ::core::clone::Clone for RateOutput {
        fn clone(&self) -> Self {
            Self {
                stars: (__FIELD_1.clone)(&self.stars),
            }
        }
    }
    #[automatically_derived]
    impl ::core::fmt::Debug for RateOutput {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::dashoptimize::__private::show_struct(
                "RateOutput",
                &[("stars", (__FIELD_1.show)(&self.stars))],
                f,
            )
        }
    }
    impl ::core::cmp::PartialEq for RateOutput {
        fn eq(&self, other: &Self) -> ::core::primitive::bool {
            true && self.stars == other.stars
        }
    }
    #[automatically_derived]
    impl ::core::default::Default for RateOutput {
        fn default() -> Self {
            Self {
                stars: ::core::default::Default::default(),
            }
        }
    }
    #[automatically_derived]
    impl ::dashoptimize::__private::serde::Serialize for RateOutput {
        fn serialize<__S: ::dashoptimize::__private::serde::Serializer>(
            &self,
            __serializer: __S,
        ) -> ::core::result::Result<__S::Ok, __S::Error> {
            ::dashoptimize::__private::write_record(
                self,
                __FIELDS,
                ::dashoptimize::signature::Role::Output,
                __serializer,
            )
        }
    }
    #[automatically_derived]
    impl<'de> ::dashoptimize::__private::serde::Deserialize<'de> for RateOutput {
        fn deserialize<__D: ::dashoptimize::__private::serde::Deserializer<'de>>(
            __deserializer: __D,
        ) -> ::core::result::Result<Self, __D::Error> {
            ::dashoptimize::__private::read_record(
                __FIELDS,
                ::dashoptimize::signature::Role::Output,
                &[],
                __deserializer,
            )
        }
    }
    #[automatically_derived]
    impl ::core::clone::Clone for RatePartial {
        fn clone(&self) -> Self {
            Self {
                stars: __FIELD_1.clone_option(&self.stars),
            }
        }
    }
    #[automatically_derived]
    impl ::core::fmt::Debug for RatePartial {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::dashoptimize::__private::show_struct(
                "RatePartial",
                &[("stars", (__FIELD_1.show_option)(&self.stars))],
                f,
            )
        }
    }
    impl ::core::cmp::PartialEq for RatePartial {
        fn eq(&self, other: &Self) -> ::core::primitive::bool {
            true && self.stars == other.stars
        }
    }
    #[automatically_derived]
    impl ::dashoptimize::signature::Record for RateInput {
        fn into_values(self) -> ::std::vec::Vec<::dashoptimize::__private::Value> {
            ::std::vec::Vec::from([(__FIELD_0.into_json)(self.text)])
        }
        fn from_values(
            __values: ::std::vec::Vec<::dashoptimize::__private::Value>,
        ) -> ::core::result::Result<Self, ::dashoptimize::signature::ValueError> {
            let mut __values = ::dashoptimize::__private::ValueReader::new(__values);
            let __value_0 = __values.next("text", &__FIELD_0);
            let __values = __values.finish()?;
            ::core::result::Result::Ok(Self {
                text: __values.value(__value_0),
            })
        }
    }
    #[automatically_derived]
    impl ::dashoptimize::signature::Record for RateOutput {
        fn into_values(self) -> ::std::vec::Vec<::dashoptimize::__private::Value> {
            ::std::vec::Vec::from([(__FIELD_1.into_json)(self.stars)])
        }
        fn from_values(
            __values: ::std::vec::Vec<::dashoptimize::__private::Value>,
        ) -> ::core::result::Result<Self, ::dashoptimize::signature::ValueError> {
            let mut __values = ::dashoptimize::__private::ValueReader::new(__values);
            let __value_1 = __values.next("stars", &__FIELD_1);
            let __values = __values.finish()?;
            ::core::result::Result::Ok(Self {
                stars: __values.value(__value_1),
            })
        }
    }
    #[automatically_derived]
    impl ::dashoptimize::signature::Row for Rate {
        const FIELDS: &'static [::dashoptimize::signature::Field] = __FIELDS;
        fn from_fields(
            __fields: ::dashoptimize::__private::Fields,
        ) -> ::core::result::Result<Self, ::dashoptimize::signature::RowError> {
            let mut __row = ::dashoptimize::__private::RowReader::new(__fields, &[]);
            let __value_0 = __row.take("text", &__FIELD_0);
            let __value_1 = __row.take("stars", &__FIELD_1);
            let __row = __row.finish()?;
            ::core::result::Result::Ok(Self {
                text: __row.value(__value_0),
                stars: __row.value(__value_1),
                line: __FIELD_2(),
            })
        }
        fn to_fields(&self) -> ::dashoptimize::__private::Fields {
            ::dashoptimize::__private::fields(
                ::std::vec::Vec::from([
                    ("text", (__FIELD_0.to_json)(&self.text)),
                    ("stars", (__FIELD_1.to_json)(&self.stars)),
                ]),
            )
        }
    }
    #[automatically_derived]
    impl ::dashoptimize::signature::Signature for Rate {
        type Input = RateInput;
        type Output = RateOutput;
        type Partial = RatePartial;
        const SPEC: &'static ::dashoptimize::signature::SignatureSpec = &::dashoptimize::__private::spec(
            "Rate",
            "Rate the text.",
            __FIELDS,
        );
    }
    #[automatically_derived]
    impl ::dashoptimize::evaluate::Example<RateInput> for Rate {
        const ROLES: ::core::option::Option<
            &'static [::dashoptimize::signature::Field],
        > = ::core::option::Option::Some(
            <Self as ::dashoptimize::signature::Row>::FIELDS,
        );
        fn input(&self) -> RateInput {
            RateInput {
                text: (__FIELD_0.clone)(&self.text),
            }
        }
        fn fields(&self) -> ::dashoptimize::__private::Fields {
            ::dashoptimize::signature::Row::to_fields(self)
        }
    }
};
