#[allow(deprecated)]
const _: () = {
    const __A_TYPE_CANNOT_CONTAIN_ITSELF_0: ::dashoptimize::__private::FieldCodec<
        String,
    > = ::dashoptimize::__private::field_type::<String>();
    const __PROPERTIES_0: &[::dashoptimize::signature::Property] = &[
        ::dashoptimize::__private::property(
            "city",
            "",
            __A_TYPE_CANNOT_CONTAIN_ITSELF_0.ty,
        ),
    ];
    #[automatically_derived]
    impl ::dashoptimize::signature::FieldType for Place {
        const TYPE: ::dashoptimize::signature::Ty = ::dashoptimize::__private::struct_type(
            "Place",
            "",
            __PROPERTIES_0,
        );
        const EXACT: ::core::primitive::bool = __A_TYPE_CANNOT_CONTAIN_ITSELF_0.exact
            && true;
        fn into_json(self) -> ::dashoptimize::__private::Value {
            let Self { city: __part_0 } = self;
            ::dashoptimize::__private::object(
                ::std::vec::Vec::from([
                    ("city", (__A_TYPE_CANNOT_CONTAIN_ITSELF_0.into_json)(__part_0)),
                ]),
            )
        }
        fn from_json(
            __value: ::dashoptimize::__private::Value,
        ) -> ::core::result::Result<Self, ::dashoptimize::signature::ValueError> {
            let mut __object = ::dashoptimize::__private::ObjectReader::new(__value)?;
            let __read = Self {
                city: __object.take("city", &__A_TYPE_CANNOT_CONTAIN_ITSELF_0)?,
            };
            __object.finish()?;
            ::core::result::Result::Ok(__read)
        }
    }
};
