//! Blocks and their steps.

use std::collections::VecDeque;

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::Parser;
use syn::{Expr, Pat};

use super::pieces::split;
use super::reader::{Reader, Within};
use super::statement::{contains_word, last_span};
use crate::diagnostics::Diagnostics;
use crate::graph::names::plain;
use crate::graph::{Block, Step, StepKind, Work};
use crate::pipeline::input::Input;

/// The steps of a whole pipeline.
pub(in crate::pipeline) fn steps(
    braces: &Group,
    inputs: &[Input],
    output: &syn::Type,
    pipelines: &[String],
    errors: &mut Diagnostics,
) -> Block {
    let is_result = |path: &syn::TypePath| {
        let last = path.path.segments.last();
        last.is_some_and(|last| last.ident == "Result")
    };
    let mut reader = Reader {
        errors,
        pipelines,
        output,
        output_is_result: matches!(output, syn::Type::Path(path) if is_result(path)),
        at_end: false,
        in_code_loop: false,
        values: inputs.iter().map(|input| plain(&input.ident)).collect(),
        inputs: inputs.len(),
        mutable: Vec::new(),
        exits: 0,
        refused: 0,
    };
    reader.block(braces, Within::Pipeline)
}

/// A statement that was read.
pub(super) enum Read {
    Step(Box<Step>),
    /// An expression, and where its `;` is.
    Value(Box<Work>, Option<Span>),
    /// `if … { return …; }`
    Early(Box<syn::ExprIf>),
    /// `let … else { … };`
    EarlyLet(Box<(Pat, Expr)>, Group),
    /// `return …;`, `break;`, `continue;`
    Exit(Ident, TokenStream),
}

/// The statements of a block that are not read yet.
struct Pieces {
    pieces: VecDeque<TokenStream>,
    /// Where the block ends.
    end: Span,
    /// How many were read.
    read: usize,
}

impl Reader<'_> {
    pub(super) fn block(&mut self, braces: &Group, within: Within) -> Block {
        let mut pieces = Pieces {
            pieces: split(braces.stream()).into(),
            end: braces.span_close(),
            read: 0,
        };
        let (known, made) = (self.mutable.len(), self.values.len());
        let block = self.steps(&mut pieces, within);
        self.mutable.truncate(known);
        self.values.truncate(made);
        block
    }

    fn steps(&mut self, pieces: &mut Pieces, within: Within) -> Block {
        let mut block = Block::empty();
        while let Some(piece) = pieces.pieces.pop_front() {
            if let Some(several) = self.several(&piece, within) {
                for piece in several.into_iter().rev() {
                    pieces.pieces.push_front(piece);
                }
                continue;
            }
            pieces.read += 1;
            let is_last = pieces.pieces.is_empty();
            let unnamed = unnamed(pieces.read, &piece);
            match self.statement(piece.clone(), within, is_last, unnamed.clone()) {
                Read::Step(step) => {
                    if step.kind == StepKind::LetMut {
                        self.mutable.extend(step.names.iter().map(plain));
                    }
                    self.values.extend(step.names.iter().map(plain));
                    block.steps.push(*step);
                }
                Read::Value(work, semicolon) if is_last && within.has_value() => {
                    self.check_end(&work, semicolon, within);
                    block.tail = Some(*work);
                    block.tail_tokens = piece;
                }
                Read::Value(work, _) => block.steps.push(self.misplaced(*work, within, unnamed)),
                Read::Early(choice) => {
                    let mut rest = |reader: &mut Self| reader.steps(pieces, within);
                    block.tail = Some(self.early(*choice, within, &mut rest));
                    block.tail_tokens = piece;
                    return block;
                }
                Read::EarlyLet(parts, diverge) => {
                    let mut rest = |reader: &mut Self| reader.steps(pieces, within);
                    let (pat, init) = *parts;
                    block.tail = Some(self.early_let(pat, init, &diverge, within, &mut rest));
                    block.tail_tokens = piece;
                    return block;
                }
                Read::Exit(keyword, value) => {
                    self.exit_here(&mut block, &keyword, value, within);
                    block.tail_tokens = piece;
                    self.nothing_follows(pieces, &keyword);
                    return block;
                }
            }
        }
        if block.tail.is_none() && within.has_value() {
            let message =
                "this evaluates to nothing; end it with a value, such as the name of a step";
            self.errors.at(pieces.end, message);
            block.tail = Some(Work::Raw(TokenStream::new()));
        }
        block
    }

    /// The statements that a statement is which is several things at once; `None` if it is one thing.
    ///
    /// To parse a statement takes longer than to look whether it can be such a one.
    fn several(&mut self, piece: &TokenStream, within: Within) -> Option<Vec<TokenStream>> {
        let returns = within.is_output() && contains_word(piece, "return");
        let changes = !self.mutable.is_empty() || assigns_several(piece);
        if !returns && !changes {
            return None;
        }
        let statements = syn::Block::parse_within.parse2(piece.clone()).ok()?;
        let [statement] = &statements[..] else {
            return None;
        };
        if returns {
            let several = self
                .returning(statement)
                .or_else(|| self.returning_value(statement));
            if several.is_some() {
                return several;
            }
        }
        match changes {
            true => self.changing_value(statement),
            false => None,
        }
    }

    fn nothing_follows(&mut self, pieces: &mut Pieces, keyword: &Ident) {
        if let Some(next) = pieces.pieces.pop_front() {
            let message =
                format!("this is never reached, because of the `{keyword}` above it; remove it");
            let first = next.into_iter().next();
            self.errors
                .at(first.map_or(pieces.end, |token| token.span()), message);
            pieces.pieces.clear();
        }
    }

    /// What ends a block early, at its end.
    fn exit_here(
        &mut self,
        block: &mut Block,
        keyword: &Ident,
        value: TokenStream,
        within: Within,
    ) {
        let is_return = *keyword == "return";
        match within {
            Within::Loop if !is_return && value.is_empty() => {
                block.changes.leaves = Some(*keyword == "break");
                return;
            }
            _ if is_return && value.is_empty() => {
                let message = "return what? write the output after this `return`";
                self.errors.at(keyword.span(), message);
                block.tail = Some(Work::Raw(TokenStream::new()));
                return;
            }
            _ => {}
        }
        let last = last_span(&value);
        let tokens = match is_return && within.is_output() {
            true => value,
            false => keyword.to_token_stream().into_iter().chain(value).collect(),
        };
        let work = self.with_end(true, |reader| {
            let parsed = syn::parse2::<Expr>(tokens.clone());
            let failed = match (&parsed, is_return) {
                (Ok(Expr::Return(_)), _) => None,
                (Ok(expr), true) => reader.failure_of(expr, keyword.span()),
                _ => None,
            };
            match failed {
                Some(failed) => reader.code(failed),
                None if within.is_output() => reader.work(tokens, &mut Vec::new(), last),
                None => reader.with_end(false, |reader| reader.work(tokens, &mut Vec::new(), last)),
            }
        });
        block.tail = Some(work);
    }

    /// The last expression of a block has no `;`.
    fn check_end(&mut self, work: &Work, semicolon: Option<Span>, within: Within) {
        let Some(semicolon) = semicolon else { return };
        if !matches!(work, Work::Raw(_)) {
            let what = match within {
                Within::Pipeline => "this pipeline",
                _ => "this block",
            };
            let message = format!("remove this `;`: {what} evaluates to the expression before it");
            self.errors.at(semicolon, message);
        }
    }

    /// An expression without a name.
    fn misplaced(&mut self, work: Work, within: Within, unnamed: Ident) -> Step {
        let span = match &work {
            Work::Node(node) => Some(node.span),
            Work::Then(inner, _) => match &**inner {
                Work::Node(node) => Some(node.span),
                _ => None,
            },
            _ => None,
        };
        if !matches!(work, Work::Raw(_)) {
            let message = match within {
                Within::Loop | Within::Statement => {
                    "nothing uses the value of this; write `name = …;` or `let name = …;`"
                }
                _ => "nothing uses the value of this; write `let name = …;`",
            };
            self.errors
                .at(span.unwrap_or_else(|| unnamed.span()), message);
        }
        Step {
            work,
            broken: true,
            ..Step::new(StepKind::Let, unnamed, TokenStream::new())
        }
    }
}

/// A name for a statement, by its place in its block.
fn unnamed(place: usize, piece: &TokenStream) -> Ident {
    let span = piece.clone().into_iter().next();
    let span = span.map_or_else(Span::mixed_site, |token| token.span());
    Ident::new(&format!("__step_{place}"), span)
}

/// Whether it may be `(a, b) = …`.
fn assigns_several(piece: &TokenStream) -> bool {
    let first = piece.clone().into_iter().next();
    matches!(first, Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis)
}
