//! Blocks, and what their steps do.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Expr, Lifetime, Pat, Type};

use super::code::{Borrowed, last_span};
use super::ident::{local, under};
use super::scope::{Binding, Scope};
use super::writer::{ForWhom, Writer};
use crate::editor;
use crate::graph::names::bound;
use crate::graph::names::plain;
use crate::graph::order::is_instant;
use crate::graph::path::step_name;
use crate::graph::{Arm, Block, Changes, Loop, Map, On, Over, Route, Step, Work};
use crate::place::{all_at, keyword_at, parentheses_at, reported_at};

/// What a block evaluates to.
pub(super) enum End<'a> {
    Work(&'a Work),
    /// The body of a loop or a statement evaluates to the values that it changes.
    Values(&'a Changes),
}

impl End<'_> {
    fn uses_context(&self) -> bool {
        match self {
            End::Work(work) => work.uses_context(),
            End::Values(_) => false,
        }
    }

    /// Whether it only passes on existing values.
    pub(super) fn is_there(&self) -> bool {
        match self {
            End::Work(work) => is_instant(work),
            End::Values(_) => true,
        }
    }
}

impl Writer<'_> {
    /// The value of a block, inside an async block whose errors are `CallError`s.
    pub(super) fn block(&mut self, block: &Block, scope: &Scope, path: &str) -> TokenStream {
        match &block.tail {
            Some(tail) => self.steps(block, &End::Work(tail), scope, path),
            None => self.steps(block, &End::Values(&block.changes), scope, path),
        }
    }

    fn steps(&mut self, block: &Block, end: &End<'_>, scope: &Scope, path: &str) -> TokenStream {
        if block.steps.is_empty() {
            return self.end(end, scope, path, &block.tail_tokens);
        }
        let broken = block.steps.iter().any(|step| step.broken);
        let single = block.steps.len() == 1 && end.is_there();
        if single || broken || self.for_whom == ForWhom::Editor {
            self.straight(block, end, scope, path)
        } else {
            self.table(block, end, scope, path)
        }
    }

    fn end(&mut self, end: &End<'_>, scope: &Scope, path: &str, raw: &TokenStream) -> TokenStream {
        match end {
            End::Work(Work::Raw(_)) if self.for_whom == ForWhom::Editor => quote!({ #raw }),
            End::Work(work) => self.work(work, scope, path),
            End::Values(changes) => {
                let values = changes
                    .names
                    .iter()
                    .map(|name| self.owned(&plain(name), scope));
                let values: Vec<TokenStream> = values.collect();
                match changes.leaves {
                    None => quote!((#(#values),*)),
                    Some(leaves) => quote!((#(#values,)* #leaves)),
                }
            }
        }
    }

    /// Each step waits for the one before.
    fn straight(&mut self, block: &Block, end: &End<'_>, scope: &Scope, path: &str) -> TokenStream {
        let mut scope = scope.clone();
        let mut steps = Vec::new();
        for (index, step) in block.steps.iter().enumerate() {
            steps.extend(match step.broken {
                true => self.broken(step, index, &scope, path),
                false => Some(self.bound(step, index, &scope, path)),
            });
            for name in &step.names {
                scope.add(name, Binding::Here);
            }
        }
        let end = self.ending(end, block, &scope, path);
        quote!({ #(#steps)* #end })
    }

    /// The end of a block, which has its own context like the steps.
    pub(super) fn ending(
        &mut self,
        end: &End<'_>,
        block: &Block,
        scope: &Scope,
        path: &str,
    ) -> TokenStream {
        let (index, raw) = (block.steps.len(), &block.tail_tokens);
        self.in_child(index, end.uses_context(), |writer| {
            writer.end(end, scope, path, raw)
        })
    }

    /// `let query = &{ … };`
    fn bound(&mut self, step: &Step, index: usize, scope: &Scope, path: &str) -> TokenStream {
        let value = self.value(step, index, scope, path);
        let ty = type_of(step).map(|ty| quote!(: &#ty));
        let pattern = match &step.names[..] {
            [name] => quote!(#name),
            names => quote!((#(#names),*)),
        };
        quote!(let #pattern #ty = &#value;)
    }

    pub(super) fn value(
        &mut self,
        step: &Step,
        index: usize,
        scope: &Scope,
        path: &str,
    ) -> TokenStream {
        let value = self.in_child(index, step.work.uses_context(), |writer| {
            writer.step(step, scope, path)
        });
        let Some(pat) = &step.pat else {
            return value;
        };
        let (names, ty) = (&step.names, step.ty.as_ref().map(|ty| quote!(: #ty)));
        quote!({
            let #pat #ty = #value;
            (#(#names),*)
        })
    }

    /// What replaces a step with a mistake: the steps inside that have none or, for an editor, the step as far
    /// as it can be read.
    fn broken(
        &mut self,
        step: &Step,
        index: usize,
        scope: &Scope,
        path: &str,
    ) -> Option<TokenStream> {
        let tokens = &step.tokens;
        let name = &step.names[0];
        match (self.for_whom, &step.work) {
            (ForWhom::Compiler, Work::Raw(_)) => None,
            (ForWhom::Compiler, _) if editor::asks() => None,
            (ForWhom::Compiler, _) => {
                let value = self.value(step, index, scope, path);
                Some(quote!(_ = #value;))
            }
            (ForWhom::Editor, Work::Raw(work)) if work.is_empty() => Some(tokens.clone()),
            (ForWhom::Editor, Work::Raw(_)) => Some(quote!(let #name = &{ #tokens };)),
            // As without a mistake: the marker causes one, and the expansion must stay the same.
            (ForWhom::Editor, _) => Some(self.bound(step, index, scope, path)),
        }
    }

    /// What is written, inside its own context if it uses one.
    fn in_child(
        &mut self,
        index: usize,
        uses_context: bool,
        write: impl FnOnce(&mut Self) -> TokenStream,
    ) -> TokenStream {
        let inner = write(self);
        let index = part(index);
        match uses_context {
            true => quote!({ let __context = &__context.child(#index); #inner }),
            false => quote!({ #inner }),
        }
    }

    fn step(&mut self, step: &Step, scope: &Scope, path: &str) -> TokenStream {
        let name = step_name(&step.names[0]);
        let is_given = step.ty.is_none() && !plain(&step.names[0]).starts_with('_');
        let path = match path.is_empty() {
            true => name,
            false => format!("{path}.{name}"),
        };
        match &step.work {
            Work::Loop(repeat) => self.repeat(repeat, &step.names, scope, &path),
            Work::Code(expr) if is_given => self.given_code(expr, scope, &path),
            work => self.work(work, scope, &path),
        }
    }

    /// The value of some work, as an expression that may wait and may end with `?`.
    pub(super) fn work(&mut self, work: &Work, scope: &Scope, path: &str) -> TokenStream {
        match work {
            Work::Node(node) => self.node(node, scope, path),
            Work::Code(expr) => self.code(expr, scope, path),
            Work::Then(inner, postfixes) => self.then(inner, postfixes, scope, path),
            Work::Map(map) => self.map(map, scope, path),
            Work::Route(route) => self.route(route, scope, path),
            Work::Fallback(alternatives) => self.fallback(alternatives, scope, path),
            Work::Block(block) => self.block(block, scope, path),
            // Both occur only in a step with a mistake.
            Work::Loop(_) | Work::Raw(_) => quote!(::core::unreachable!()),
        }
    }

    /// A name for a list, and its items. A value that is not a list is reported under the list.
    fn list(&self, list: &Expr) -> (Ident, TokenStream) {
        let private = &self.private;
        let items = under("__items", last_span(list));
        let span = Span::call_site().located_at(reported_at(last_span(list)));
        let iterator = quote_spanned!(span=> #private::items(#items));
        (items, iterator)
    }

    fn map(&mut self, map: &Map, scope: &Scope, path: &str) -> TokenStream {
        let private = self.private.clone();
        let krate = self.krate;
        let (items, iterator) = self.list(&map.list);
        let Borrowed {
            binds,
            value,
            rebinds,
        } = self.borrowed(&map.list, scope, path);
        let (rebind, inner) = within(&bound(&map.pat), scope);
        let body = self.block(&map.body, &inner, path);
        let limit = match &map.concurrency {
            Some(limit) => self.code(limit, scope, path),
            None => quote!(#private::CONCURRENCY),
        };
        let pat = &map.pat;
        quote!({
            #binds
            let #items = #value;
            let #items = #iterator;
            #rebinds
            #private::map(#items, #limit, move |__index: ::core::primitive::u32, #pat| async move {
                #rebind
                let __context = &__context.child(__index);
                ::core::result::Result::Ok::<_, #krate::call::CallError>(#body)
            })
            .await?
        })
    }

    fn route(&mut self, route: &Route, scope: &Scope, path: &str) -> TokenStream {
        let (On::Match(expr) | On::If(expr) | On::IfLet(_, expr)) = &route.on;
        let on = under("__on", last_span(expr));
        let Borrowed {
            binds,
            value,
            rebinds,
        } = self.borrowed(expr, scope, path);
        let for_guards: Vec<TokenStream> = route
            .arms
            .iter()
            .filter_map(|arm| {
                let guard = arm.guard.as_ref()?;
                let own = arm.pat.as_ref().map(bound).unwrap_or_default();
                Some(self.bind_owned(&quote!(#guard), &scope.without(&own)))
            })
            .collect();
        let arms = route.arms.iter().enumerate();
        let arms: Vec<TokenStream> = arms
            .map(|(index, arm)| self.arm(arm, index, &route.on, scope, path))
            .collect();
        let keyword = |keyword| keyword_at(route.keyword, keyword);
        let choice = match (&route.on, route.short) {
            (On::Match(_), _) => {
                let keyword = keyword("match");
                let mut arms = Group::new(Delimiter::Brace, quote!(#(#arms)*));
                arms.set_span(route.braces);
                quote!(#keyword #on #arms)
            }
            (On::If(_), None) => {
                let (keyword, then, other) = (keyword("if"), &arms[0], &arms[1]);
                quote!(#keyword #on #then else #other)
            }
            (On::If(_), Some(short)) => self.short(&on, &arms, short),
            (On::IfLet(pat, _), _) => {
                let (keyword, then, other) = (keyword("if"), &arms[0], &arms[1]);
                quote!(#keyword let #pat = #on #then else #other)
            }
        };
        quote!({ #binds let #on = #value; #rebinds #(#for_guards)* #choice })
    }

    /// `a && b`, `a || b`. That both are `bool`s is one bound, so that it is one error.
    fn short(&self, on: &Ident, arms: &[TokenStream], short: usize) -> TokenStream {
        let private = &self.private;
        let left = all_at(on.span(), quote!(#private::left_of));
        let args = parentheses_at(on.span(), on.to_token_stream());
        let decided = match short {
            0 => quote!(__left.holds()),
            _ => quote!(!__left.holds()),
        };
        // The left side first, so that rustc reports the right one if they differ.
        let right = &arms[1 - short];
        let choice = all_at(on.span(), quote!(if #decided { __left.value() } else));
        quote!({
            let __left = #left #args;
            #choice #right
        })
    }

    fn arm(&mut self, arm: &Arm, index: usize, on: &On, scope: &Scope, path: &str) -> TokenStream {
        let mut names = arm.pat.as_ref().map(bound).unwrap_or_default();
        if let (On::IfLet(pat, _), 0) = (on, index) {
            names = bound(pat);
        }
        let (rebind, inner) = within(&names, scope);
        let path = match arm.is_rest {
            true => path.to_owned(),
            false => format!("{path}.{}", arm.name),
        };
        let uses = arm.body.uses_context();
        let body = self.in_child(index, uses, |writer| writer.block(&arm.body, &inner, &path));
        let mut body = Group::new(Delimiter::Brace, quote!(#rebind #body));
        body.set_span(arm.end);
        let Some(pat) = &arm.pat else {
            return body.into_token_stream();
        };
        let guard = arm.guard.as_ref().map(|guard| quote!(if #guard));
        quote!(#pat #guard => #body)
    }

    /// Breaks with the first value, so that an alternative of another type is reported under that one.
    fn fallback(&mut self, alternatives: &[Block], scope: &Scope, path: &str) -> TokenStream {
        let Some((last, tried)) = alternatives.split_last() else {
            return TokenStream::new();
        };
        let krate = self.krate;
        let private = self.private.clone();
        // A fallback may be in the last alternative of another one.
        let end = Lifetime::new(&format!("'{}", self.slot()), Span::mixed_site());
        let mut written = TokenStream::new();
        for (index, block) in tried.iter().enumerate() {
            let made = under("__made", end_of(block));
            let value = self.alternative(index, block, scope, path);
            written.extend(quote! {
                match (async move {
                    ::core::result::Result::Ok::<_, #krate::call::CallError>(#value)
                })
                .await
                {
                    ::core::result::Result::Ok(#made) => break #end #made,
                    ::core::result::Result::Err(__error) => {
                        #private::fall_back(__context, #path, __error)?
                    }
                }
            });
        }
        let last = self.alternative(tried.len(), last, scope, path);
        quote!(#end: { #written break #end #last })
    }

    fn alternative(
        &mut self,
        index: usize,
        block: &Block,
        scope: &Scope,
        path: &str,
    ) -> TokenStream {
        self.in_child(index, block.uses_context(), |writer| {
            writer.block(block, scope, path)
        })
    }

    fn repeat(&mut self, repeat: &Loop, names: &[Ident], scope: &Scope, path: &str) -> TokenStream {
        let values: Vec<Ident> = (0..names.len())
            .map(|index| local(&format!("__value_{index}")))
            .collect();
        let seeds = names.iter().map(|name| self.owned(&plain(name), scope));
        let seeds: Vec<TokenStream> = seeds.collect();
        let mut inner = scope.clone();
        for name in names {
            inner.add(name, Binding::Here);
        }
        let bind = quote!(#(#[allow(unused_variables)] let #names = &#values;)*);
        let rounds = match &repeat.over {
            Over::While(condition) => self.rounds(repeat, condition, &bind, scope, &inner, path),
            Over::List(pat, list) => self.items_of(repeat, pat, list, &bind, scope, &inner, path),
        };
        quote!({
            #(#[allow(unused_mut)] let mut #values = #seeds;)*
            #rounds
            (#(#values),*)
        })
    }

    /// `while condition { … }`
    fn rounds(
        &mut self,
        repeat: &Loop,
        condition: &Expr,
        bind: &TokenStream,
        scope: &Scope,
        inner: &Scope,
        path: &str,
    ) -> TokenStream {
        let on = under("__on", last_span(condition));
        let condition = self.code(condition, inner, path);
        let round = self.round(repeat, inner, path);
        let at_most = match &repeat.at_most {
            Some(most) => self.code(most, scope, path),
            None => quote!(0),
        };
        quote! {
            let __at_most: ::core::primitive::u32 = #at_most;
            for __round in 0..__at_most {
                #bind
                let #on: ::core::primitive::bool = #condition;
                if !#on {
                    break;
                }
                #round
            }
        }
    }

    /// `for pattern in list { … }`, one item after another.
    #[expect(
        clippy::too_many_arguments,
        reason = "as for a `while`, and what it goes over"
    )]
    fn items_of(
        &mut self,
        repeat: &Loop,
        pat: &Pat,
        list: &Expr,
        bind: &TokenStream,
        scope: &Scope,
        inner: &Scope,
        path: &str,
    ) -> TokenStream {
        let (items, iterator) = self.list(list);
        let Borrowed {
            binds,
            value,
            rebinds,
        } = self.borrowed(list, scope, path);
        let (rebind, inner) = within(&bound(pat), inner);
        let round = self.round(repeat, &inner, path);
        quote! {
            #binds
            let #items = #value;
            let #items = #iterator;
            #rebinds
            let mut __round: ::core::primitive::u32 = 0;
            for #pat in #items {
                #bind
                #rebind
                #round
                __round += 1;
            }
        }
    }

    /// One round of a loop, which gives the values new values.
    fn round(&mut self, repeat: &Loop, inner: &Scope, path: &str) -> TokenStream {
        let values = (0..repeat.changes).map(|index| local(&format!("__value_{index}")));
        let values: Vec<Ident> = values.collect();
        let body = self.block(&repeat.body, inner, path);
        let context = quote!(let __context = &__context.child(__round););
        match repeat.may_be_left {
            false => quote!(#context (#(#values),*) = #body;),
            true => quote! {
                #context
                let __leaves;
                (#(#values,)* __leaves) = #body;
                if __leaves {
                    break;
                }
            },
        }
    }
}

/// The type that was written, if it is not that of a pattern.
pub(super) fn type_of(step: &Step) -> Option<&Type> {
    step.ty.as_ref().filter(|_| step.pat.is_none())
}

/// The number of a step, as contexts count their parts.
pub(super) fn part(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

/// Where the value of a block is written.
pub(super) fn end_of(block: &Block) -> Span {
    let last = block.tail_tokens.clone().into_iter().last();
    last.map_or_else(Span::call_site, |token| token.span())
}

/// References under the names that a pattern binds, so that all parts of the body can read them.
fn within(names: &[Ident], scope: &Scope) -> (TokenStream, Scope) {
    let mut inner = scope.clone();
    for name in names {
        inner.add(name, Binding::Here);
    }
    (
        quote!(#(#[allow(unused_variables)] let #names = &#names;)*),
        inner,
    )
}
