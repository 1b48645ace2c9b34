//! What a correct type expands to. Nothing here can fail.
//!
//! ```text
//! const _: () = {
//!     const __A_TYPE_CANNOT_CONTAIN_ITSELF_0: FieldCodec<f64> = field_type::<f64>();     one for each payload or property
//!     const __VARIANTS: &[Variant] = &[ … ];
//!     impl FieldType for Intent { … }
//! };
//! ```

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::Type;
use syn::spanned::Spanned;

use super::ast::{FieldType, Payload, Property, Shape, Variant};
use crate::if_there::if_there;
use crate::place::{all_at, keyword_at};
use crate::words::Words;

pub(super) fn field_type(ty: &FieldType<'_>) -> TokenStream {
    let mut writer = Writer::new(ty);
    let body = match &ty.shape {
        Shape::Enum(variants) => writer.variants(variants),
        Shape::Struct(properties) => writer.structure(properties),
        Shape::Newtype(inner) => writer.newtype(inner),
    };
    let exact = &writer.exact;
    let Writer {
        consts,
        private,
        runtime,
        ..
    } = &writer;
    let name = ty.ident;
    let Body { shape, write, read } = body;
    quote! {
        #[allow(deprecated)]
        const _: () = {
            #consts

            #[automatically_derived]
            impl #runtime::FieldType for #name {
                const TYPE: #runtime::Ty = #shape;
                const EXACT: ::core::primitive::bool = #(#exact &&)* true;

                fn into_json(self) -> #private::Value {
                    #write
                }

                fn from_json(
                    __value: #private::Value,
                ) -> ::core::result::Result<Self, #runtime::ValueError> {
                    #read
                }
            }
        };
    }
}

/// The three parts in which the shapes differ.
struct Body {
    shape: TokenStream,
    write: TokenStream,
    read: TokenStream,
}

struct Writer<'a> {
    ty: &'a FieldType<'a>,
    private: TokenStream,
    runtime: TokenStream,
    /// The consts so far.
    consts: TokenStream,
    parts: usize,
    /// `__A_TYPE_CANNOT_CONTAIN_ITSELF_0.exact`, with the `#[cfg]`s of the part
    exact: Vec<TokenStream>,
}

/// Properties and how they are mentioned.
struct Properties {
    /// `__PROPERTIES_2`
    data: Ident,
    /// `name: __part_2` patterns
    patterns: Vec<TokenStream>,
    /// `("name", json)` pairs
    pairs: Vec<TokenStream>,
    /// `name: object.take(…)?`
    reads: Vec<TokenStream>,
}

impl<'a> Writer<'a> {
    fn new(ty: &'a FieldType<'a>) -> Self {
        let krate = &ty.krate;
        Self {
            ty,
            private: quote!(#krate::__private),
            runtime: quote!(#krate::signature),
            consts: TokenStream::new(),
            parts: 0,
            exact: Vec::new(),
        }
    }

    /// A const that knows the type. A type without a schema is reported under itself.
    fn codec(&mut self, ty: &Type, cfgs: &[&syn::Attribute]) -> Ident {
        let private = &self.private;
        // In a cycle of types, rustc names the const, and points at it.
        let codec = format_ident!("__A_TYPE_CANNOT_CONTAIN_ITSELF_{}", self.parts);
        self.parts += 1;
        let place = ty.span();
        let (keyword, end) = (keyword_at(place, "const"), all_at(place, quote!(;)));
        self.consts.extend(quote! {
            #(#cfgs)*
            #keyword #codec: #private::FieldCodec<#ty> = #private::field_type::<#ty>() #end
        });
        self.exact.push(if_there(cfgs, &quote!(#codec.exact)));
        codec
    }

    fn newtype(&mut self, inner: &Type) -> Body {
        let codec = self.codec(inner, &[]);
        let private = &self.private;
        Body {
            shape: quote!(#private::copy(#codec.ty)),
            write: quote!((#codec.into_json)(self.0)),
            read: quote!((#codec.from_json)(__value).map(Self)),
        }
    }

    fn structure(&mut self, properties: &[Property<'_>]) -> Body {
        let Properties {
            data,
            patterns,
            pairs,
            reads,
        } = self.properties(properties, &[]);
        let private = &self.private;
        let name = self.ty.ident.to_string();
        let doc = text(self.ty.doc.as_ref());
        Body {
            shape: quote!(#private::struct_type(#name, #doc, #data)),
            write: quote! {
                let Self { #(#patterns),* } = self;
                #private::object(::std::vec::Vec::from([#(#pairs),*]))
            },
            read: quote! {
                let mut __object = #private::ObjectReader::new(__value)?;
                let __read = Self { #(#reads),* };
                __object.finish()?;
                ::core::result::Result::Ok(__read)
            },
        }
    }

    fn properties(&mut self, properties: &[Property<'_>], outer: &[&syn::Attribute]) -> Properties {
        let mut data = Vec::new();
        let mut written = Properties {
            data: format_ident!("__PROPERTIES_{}", self.parts),
            patterns: Vec::new(),
            pairs: Vec::new(),
            reads: Vec::new(),
        };
        for property in properties {
            let Property {
                ident, name, cfgs, ..
            } = property;
            let all_cfgs: Vec<_> = outer.iter().chain(cfgs).copied().collect();
            let value = format_ident!("__part_{}", self.parts, span = Span::mixed_site());
            let codec = self.codec(property.ty, &all_cfgs);
            let private = &self.private;
            let doc = text(property.doc.as_ref());
            data.push(quote!(#(#cfgs)* #private::property(#name, #doc, #codec.ty)));
            written.patterns.push(quote!(#(#cfgs)* #ident: #value));
            written
                .pairs
                .push(quote!(#(#cfgs)* (#name, (#codec.into_json)(#value))));
            let read = match &property.default {
                None => quote!(__object.take(#name, &#codec)?),
                Some(default) => quote!(__object.take_or(#name, &#codec, #default)?),
            };
            written.reads.push(quote!(#(#cfgs)* #ident: #read));
        }
        let (runtime, name) = (&self.runtime, &written.data);
        self.consts.extend(quote! {
            #(#outer)*
            const #name: &[#runtime::Property] = &[#(#data),*];
        });
        written
    }

    fn variants(&mut self, variants: &[Variant<'_>]) -> Body {
        let arms: Vec<Arm> = variants
            .iter()
            .map(|variant| self.variant(variant))
            .collect();
        let data = arms.iter().map(|arm| &arm.data);
        let writes = arms.iter().map(|arm| &arm.write);
        let reads = arms.iter().map(|arm| &arm.read);
        let (private, runtime) = (&self.private, &self.runtime);
        let name = self.ty.ident.to_string();
        self.consts.extend(quote! {
            const __VARIANTS: &[#runtime::Variant] = &[#(#data),*];
        });
        Body {
            shape: quote!(#private::enum_type(#name, __VARIANTS)),
            write: quote!(match self { #(#writes,)* }),
            read: quote! {
                let __tagged = #private::Tagged::new(__value, __VARIANTS)?;
                match __tagged.name() {
                    #(#reads,)*
                    _ => ::core::result::Result::Err(__tagged.unknown()),
                }
            },
        }
    }

    fn variant(&mut self, variant: &Variant<'_>) -> Arm {
        let Variant {
            ident, name, cfgs, ..
        } = variant;
        let doc = text(variant.doc.as_ref());
        let private = self.private.clone();
        let (data, write, read) = match &variant.payload {
            Payload::Nothing => (
                quote!(#private::unit(#name, #doc)),
                quote!(Self::#ident => #private::Value::from(#name)),
                quote!(#name => __tagged.unit(Self::#ident)),
            ),
            Payload::Value(ty) => {
                let codec = self.codec(ty, cfgs);
                (
                    quote!(#private::payload(#name, #doc, #codec.ty)),
                    quote!(Self::#ident(value) => #private::tagged(#name, (#codec.into_json)(value))),
                    quote!(#name => __tagged.newtype(&#codec).map(Self::#ident)),
                )
            }
            Payload::Properties(properties) => {
                let Properties {
                    data,
                    patterns,
                    pairs,
                    reads,
                } = self.properties(properties, cfgs);
                let shape = format_ident!("__SHAPE_{}", self.parts);
                let (runtime, variant) = (&self.runtime, ident.to_string());
                self.parts += 1;
                self.consts.extend(quote! {
                    #(#cfgs)*
                    const #shape: &#runtime::Ty = &#private::struct_type(#variant, "", #data);
                });
                let object = quote!(#private::object(::std::vec::Vec::from([#(#pairs),*])));
                (
                    quote!(#private::payload(#name, #doc, #shape)),
                    quote!(Self::#ident { #(#patterns),* } => #private::tagged(#name, #object)),
                    quote! {
                        #name => __tagged.object(|__object| {
                            ::core::result::Result::Ok(Self::#ident { #(#reads),* })
                        })
                    },
                )
            }
        };
        Arm {
            data: quote!(#(#cfgs)* #data),
            write: quote!(#(#cfgs)* #write),
            read: quote!(#(#cfgs)* #read),
        }
    }
}

/// What one variant adds to the data and to both directions.
struct Arm {
    data: TokenStream,
    write: TokenStream,
    read: TokenStream,
}

fn text(words: Option<&Words>) -> TokenStream {
    words.map_or_else(|| quote!(""), ToTokens::to_token_stream)
}
