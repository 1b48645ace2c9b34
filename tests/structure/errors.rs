//! How errors are defined: a message says everything, so it has no source that says part of it again, and
//! `Debug` shows the message.

use std::fs;
use std::path::Path;

use syn::visit::{self, Visit};
use syn::{Attribute, Fields, ImplItem};

/// What is wrong with the errors that are defined in a file.
struct Errors<'a> {
    file: &'a str,
    found: usize,
    wrong: Vec<String>,
}

impl Errors<'_> {
    /// A type with these attributes, and its variants or itself with their fields.
    fn check<'a>(
        &mut self,
        name: &syn::Ident,
        is_public: bool,
        attributes: &[Attribute],
        variants: impl Iterator<Item = (&'a [Attribute], &'a Fields)>,
    ) {
        if !derives(attributes, "Error") {
            return;
        }
        self.found += 1;
        if is_public && derives(attributes, "Debug") {
            self.add(name, "derives `Debug`");
        }
        for (attributes, fields) in variants {
            if fields.iter().any(is_source) && !is_transparent(attributes) {
                self.add(name, "has a source beside a message of its own");
            }
        }
    }

    fn add(&mut self, name: impl std::fmt::Display, problem: &str) {
        self.wrong
            .push(format!("{}: `{name}` {problem}", self.file));
    }
}

impl<'a> Visit<'a> for Errors<'_> {
    fn visit_item_mod(&mut self, module: &'a syn::ItemMod) {
        if !module.attrs.iter().any(crate::source::is_cfg_test) {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_enum(&mut self, item: &'a syn::ItemEnum) {
        let variants = item.variants.iter();
        let variants = variants.map(|variant| (&*variant.attrs, &variant.fields));
        let is_public = matches!(item.vis, syn::Visibility::Public(_));
        self.check(&item.ident, is_public, &item.attrs, variants);
    }

    fn visit_item_struct(&mut self, item: &'a syn::ItemStruct) {
        let itself = std::iter::once((&*item.attrs, &item.fields));
        let is_public = matches!(item.vis, syn::Visibility::Public(_));
        self.check(&item.ident, is_public, &item.attrs, itself);
    }

    fn visit_item_impl(&mut self, item: &'a syn::ItemImpl) {
        let of = item
            .trait_
            .as_ref()
            .and_then(|(path, _)| path.segments.last());
        let is_error = of.is_some_and(|of| of.ident == "Error");
        let names_source =
            |item: &ImplItem| matches!(item, ImplItem::Fn(method) if method.sig.ident == "source");
        self.found += usize::from(is_error);
        if is_error && item.items.iter().any(names_source) {
            self.add("source", "is written by hand");
        }
    }
}

fn derives(attributes: &[Attribute], name: &str) -> bool {
    let derives = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("derive"));
    derives.into_iter().any(|derive| {
        let mut found = false;
        let read = derive.parse_nested_meta(|meta| {
            found |= meta
                .path
                .segments
                .last()
                .is_some_and(|last| last.ident == name);
            Ok(())
        });
        read.is_ok() && found
    })
}

fn is_source(field: &syn::Field) -> bool {
    let named = field.ident.as_ref().is_some_and(|name| name == "source");
    let marked = |name: &str| {
        field
            .attrs
            .iter()
            .any(|attribute| attribute.path().is_ident(name))
    };
    named || marked("source") || marked("from")
}

fn is_transparent(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("error")
            && attribute
                .parse_args::<syn::Ident>()
                .is_ok_and(|word| word == "transparent")
    })
}

fn files(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push((
                path.display().to_string(),
                fs::read_to_string(path).unwrap(),
            ));
        }
    }
}

#[test]
fn no_error_says_its_cause_twice_and_debug_shows_the_message() {
    let mut sources = Vec::new();
    files(
        &Path::new(crate::ROOT).join("dashoptimize/src"),
        &mut sources,
    );
    let (mut found, mut wrong) = (0, Vec::new());
    for (file, source) in &sources {
        let mut errors = Errors {
            file,
            found: 0,
            wrong: Vec::new(),
        };
        errors.visit_file(&syn::parse_file(source).unwrap());
        found += errors.found;
        wrong.extend(errors.wrong);
    }
    assert!(found > 30, "only {found} errors");
    assert!(wrong.is_empty(), "{wrong:#?}");
}
