//! A call of a module: `ChainOfThought::<WriteQuery> { question }`.

use proc_macro2::Ident;
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{ExprStruct, GenericArgument, Member, Path, PathArguments, Type};

use crate::diagnostics::Diagnostics;
use crate::graph::{Node, NodeField, NodeModule, Work};
use crate::module::{Kind, NAMES};
use crate::nearest::nearest;

pub(super) fn node(node: ExprStruct, errors: &mut Diagnostics) -> Work {
    if let (Some(dots), None) = (&node.dot2_token, &node.rest) {
        errors.under(
            dots,
            "from what are the other inputs? write it after the dots, as in `..Default::default()`",
        );
        return Work::Raw(node.to_token_stream());
    }
    let span = last_ident(&node.path).map_or_else(|| node.path.span(), Ident::span);
    let Some(module) = errors.keep(module_of(node.path.clone())) else {
        return Work::Raw(node.to_token_stream());
    };
    let mut fields = Vec::new();
    let last = node.fields.pairs().next_back();
    let comma = last.and_then(|last| last.punct().map(|comma| **comma));
    for field in node.fields {
        match field.member {
            Member::Named(name) => fields.push(NodeField {
                name,
                shorthand: field.colon_token.is_none(),
                value: field.expr,
            }),
            Member::Unnamed(index) => {
                errors.under(
                    index,
                    "an input of a module has a name; write `question: …`",
                );
            }
        }
    }
    Work::Node(Box::new(Node {
        module,
        span,
        braces: node.brace_token.span.join(),
        fields,
        rest: node.rest.map(|rest| *rest),
        comma,
        place: None,
    }))
}

/// `Shape::Circle { … }`: what is in an enum is no module.
pub(super) fn is_variant(path: &Path) -> bool {
    let segments = path.segments.iter().rev();
    let holder = segments
        .skip(1)
        .map(|segment| segment.ident.to_string())
        .next();
    holder.is_some_and(|holder| holder.starts_with(char::is_uppercase))
}

fn last_ident(path: &Path) -> Option<&Ident> {
    path.segments.last().map(|segment| &segment.ident)
}

/// `ChainOfThought::<WriteQuery>`, or the name of a module.
fn module_of(path: Path) -> syn::Result<NodeModule> {
    let Some(last) = path.segments.last() else {
        return Ok(NodeModule::Named(path));
    };
    let name = last.ident.to_string();
    let alone = path.segments.len() == 1;
    let generic = !last.arguments.is_none();
    if alone && generic && Kind::from_name(&name).is_some_and(Kind::is_over_module) {
        let message =
            format!("`{name}` is over a module; define it with `module!` and call it by its name");
        return Err(syn::Error::new(last.ident.span(), message));
    }
    let Some(kind) = Kind::over_type(&name).filter(|_| alone) else {
        return match misspelled(&path, &name) {
            Some(message) => Err(syn::Error::new(last.ident.span(), message)),
            None => Ok(NodeModule::Named(path)),
        };
    };
    match only_type(&last.arguments) {
        Some(of) => Ok(NodeModule::Kind {
            kind,
            name: last.ident.clone(),
            of: of.clone(),
        }),
        None => {
            let over = kind.argument();
            let message =
                format!("`{name}` of which {over}? write its name, as in `{name}::<…> {{ … }}`");
            Err(syn::Error::new(last.ident.span(), message))
        }
    }
}

fn only_type(arguments: &PathArguments) -> Option<&Type> {
    match arguments {
        PathArguments::AngleBracketed(arguments) if arguments.args.len() == 1 => {
            match arguments.args.first()? {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            }
        }
        _ => None,
    }
}

/// A generic name that is nearly a module's.
fn misspelled(path: &Path, name: &str) -> Option<String> {
    let generic = path
        .segments
        .last()
        .is_some_and(|segment| !segment.arguments.is_none());
    let near = nearest(name, &NAMES)?;
    (generic && path.segments.len() == 1 && near != name)
        .then(|| format!("no module is called `{name}`; did you mean `{near}`?"))
}
