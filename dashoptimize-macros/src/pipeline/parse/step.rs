//! Statements as steps.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::Attribute;
use syn::parse::{ParseStream, Parser};

use super::block::Read;
use super::flow::whole;
use super::reader::{Reader, Within};
use super::statement::{Let, LetPat, Statement, last_span, without_mut};
use crate::graph::names::bound;
use crate::graph::{Step, StepKind, Work};
use crate::module::ModuleOption;
use crate::options::within;

impl Reader<'_> {
    pub(super) fn statement(
        &mut self,
        piece: TokenStream,
        within_: Within,
        is_last: bool,
        unnamed: Ident,
    ) -> Read {
        let last = last_span(&piece);
        let parsed = (|input: ParseStream<'_>| {
            let attrs = input.call(Attribute::parse_outer)?;
            Ok((attrs, input.parse::<TokenStream>()?))
        })
        .parse2(piece.clone());
        let Some((mut attrs, rest)) = self.errors.keep(parsed) else {
            return Read::Value(Box::new(Work::Raw(piece)), None);
        };
        let options = self.options(&mut attrs);
        let statement = Statement::parse(rest).map_err(|error| within(&error, last));
        let Some(statement) = self.errors.keep(statement) else {
            return unreadable(piece);
        };
        match statement {
            Statement::Let(parts) => self.let_step(parts, options, last, unnamed),
            Statement::Assign { name, init, ends } => {
                if !ends && (!is_last || within_.has_value()) {
                    self.errors.at(last, NO_END);
                }
                let kind = match within_ {
                    Within::Loop | Within::Statement => StepKind::Assign,
                    _ => StepKind::Change,
                };
                Read::Step(Box::new(self.step(kind, name, None, init, options, last)))
            }
            Statement::While { condition, body } => {
                self.repeat(&condition, &body, options, within_, unnamed)
            }
            Statement::Exit { keyword, value } => Read::Exit(keyword, value),
            Statement::Expr { tokens, semicolon } => {
                let is_value = is_last && within_.has_value();
                self.expression(tokens, semicolon, is_value, within_, options, last, unnamed)
            }
        }
    }

    fn let_step(
        &mut self,
        parts: Let,
        options: Vec<ModuleOption>,
        last: Span,
        unnamed: Ident,
    ) -> Read {
        let kind = match parts.mutable {
            true => StepKind::LetMut,
            false => StepKind::Let,
        };
        let (name, pat) = match parts.pat {
            LetPat::Name(name) => (name, None),
            LetPat::Other(pat) => {
                let names = bound(&pat);
                (
                    names.first().cloned().unwrap_or(unnamed),
                    Some((pat, names)),
                )
            }
        };
        if let (Some((pat, _)), Some(diverge)) = (&pat, &parts.diverge) {
            let parsed = whole(&parts.init).map_err(|error| within(&error, last));
            return match self.errors.keep(parsed) {
                Some(init) => Read::EarlyLet(Box::new((pat.clone(), init)), diverge.clone()),
                None => Read::Step(Box::new(broken_step(
                    name,
                    Work::Raw(TokenStream::new()),
                    parts.init,
                ))),
            };
        }
        let ty = parts.ty;
        let mut step = self.step(kind, name, ty, parts.init, options, last);
        if let Some((pat, names)) = pat
            && !names.is_empty()
        {
            step.names = names;
            step.pat = Some(without_mut(pat.into_token_stream()));
        }
        Read::Step(Box::new(step))
    }

    pub(super) fn step(
        &mut self,
        kind: StepKind,
        name: Ident,
        ty: Option<syn::Type>,
        init: TokenStream,
        mut options: Vec<ModuleOption>,
        last: Span,
    ) -> Step {
        self.refuse_values(&mut options, &name);
        let work = self.with_end(false, |reader| {
            reader.work(init.clone(), &mut options, last)
        });
        let broken = matches!(work, Work::Raw(_));
        Step {
            ty,
            options,
            work,
            broken,
            ..Step::new(kind, name, init)
        }
    }
}

const NO_END: &str = "a step ends with `;`; write it after this";

/// A statement that cannot be read: its name, if it has one, is known all the same.
fn unreadable(piece: TokenStream) -> Read {
    let mut tokens = piece
        .clone()
        .into_iter()
        .skip_while(|token| !matches!(token, TokenTree::Ident(ident) if ident == "let"));
    tokens.next();
    let name = tokens.find_map(|token| match token {
        TokenTree::Ident(ident) if ident != "mut" => Some(ident),
        _ => None,
    });
    match name {
        Some(name) => {
            let work = Work::Raw(TokenStream::new());
            Read::Step(Box::new(broken_step(name, work, piece)))
        }
        None => Read::Value(Box::new(Work::Raw(piece)), None),
    }
}

/// A step that has a mistake.
pub(super) fn broken_step(name: Ident, work: Work, tokens: TokenStream) -> Step {
    Step {
        work,
        broken: true,
        ..Step::new(StepKind::Let, name, tokens)
    }
}
