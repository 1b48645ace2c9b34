#[allow(deprecated)]
const _: () = {
    const __A_TYPE_CANNOT_CONTAIN_ITSELF_0: ::dashoptimize::__private::FieldCodec<
        String,
    > = ::dashoptimize::__private::field_type::<String>();
    const __A_TYPE_CANNOT_CONTAIN_ITSELF_1: ::dashoptimize::__private::FieldCodec<
        Option<u32>,
    > = ::dashoptimize::__private::field_type::<Option<u32>>();
    const __PROPERTIES_1: &[::dashoptimize::signature::Property] = &[
        ::dashoptimize::__private::property(
            "last4",
            "",
            __A_TYPE_CANNOT_CONTAIN_ITSELF_1.ty,
        ),
    ];
    const __SHAPE_2: &::dashoptimize::signature::Ty = &::dashoptimize::__private::struct_type(
        "CardLost",
        "",
        __PROPERTIES_1,
    );
    const __VARIANTS: &[::dashoptimize::signature::Variant] = &[
        ::dashoptimize::__private::unit("refund", "money back"),
        ::dashoptimize::__private::payload(
            "other",
            "",
            __A_TYPE_CANNOT_CONTAIN_ITSELF_0.ty,
        ),
        ::dashoptimize::__private::payload("card_lost", "", __SHAPE_2),
    ];
    #[automatically_derived]
    impl ::dashoptimize::signature::FieldType for Intent {
        const TYPE: ::dashoptimize::signature::Ty = ::dashoptimize::__private::enum_type(
            "Intent",
            __VARIANTS,
        );
        const EXACT: ::core::primitive::bool = __A_TYPE_CANNOT_CONTAIN_ITSELF_0.exact
            && __A_TYPE_CANNOT_CONTAIN_ITSELF_1.exact && true;
        fn into_json(self) -> ::dashoptimize::__private::Value {
            match self {
                Self::Refund => ::dashoptimize::__private::Value::from("refund"),
                Self::Other(value) => {
                    ::dashoptimize::__private::tagged(
                        "other",
                        (__A_TYPE_CANNOT_CONTAIN_ITSELF_0.into_json)(value),
                    )
                }
                Self::CardLost { digits: __part_1 } => {
                    ::dashoptimize::__private::tagged(
                        "card_lost",
                        ::dashoptimize::__private::object(
                            ::std::vec::Vec::from([
                                (
                                    "last4",
                                    (__A_TYPE_CANNOT_CONTAIN_ITSELF_1.into_json)(__part_1),
                                ),
                            ]),
                        ),
                    )
                }
            }
        }
        fn from_json(
            __value: ::dashoptimize::__private::Value,
        ) -> ::core::result::Result<Self, ::dashoptimize::signature::ValueError> {
            let __tagged = ::dashoptimize::__private::Tagged::new(__value, __VARIANTS)?;
            match __tagged.name() {
                "refund" => __tagged.unit(Self::Refund),
                "other" => {
                    __tagged.newtype(&__A_TYPE_CANNOT_CONTAIN_ITSELF_0).map(Self::Other)
                }
                "card_lost" => {
                    __tagged
                        .object(|__object| {
                            ::core::result::Result::Ok(Self::CardLost {
                                digits: __object
                                    .take("last4", &__A_TYPE_CANNOT_CONTAIN_ITSELF_1)?,
                            })
                        })
                }
                _ => ::core::result::Result::Err(__tagged.unknown()),
            }
        }
    }
};
