//! Plain code, and how it reads the values of steps.
//!
//! A place such as `query.text` is copied from the step's value. Any other code gets copies of the values
//! that it names, under their names. A call of a function is awaited if the function is async. `?` works
//! on every error.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Expr, Member};

use super::consumes::consumes;
use super::ident::{hidden, local, under};
use super::scope::{Binding, Name, Scope};
use super::writer::Writer;
use crate::graph::names::plain;
use crate::graph::names::root;
use crate::graph::token_reads::reads;
use crate::graph::{Postfix, Work};
use crate::place::{all_at, call_at, held_at, parentheses_at, reported_at, value_at};

/// A value that may be borrowed from the values that it names, such as `said.last()`.
pub(super) struct Borrowed {
    /// Copies of those values, which must live as long as it does.
    pub(super) binds: TokenStream,
    pub(super) value: TokenStream,
    /// References under the same names, as everywhere else.
    pub(super) rebinds: TokenStream,
}

impl Writer<'_> {
    /// The value of code that the statements after it look at.
    pub(super) fn borrowed(&mut self, expr: &Expr, scope: &Scope, path: &str) -> Borrowed {
        let tokens = expr.to_token_stream();
        let is_place = root(expr).is_some_and(|root| scope.find(&plain(root)).is_some());
        if is_place || matches!(expr, Expr::Call(_)) || may_fail(&tokens) {
            return Borrowed {
                binds: TokenStream::new(),
                value: self.code(expr, scope, path),
                rebinds: TokenStream::new(),
            };
        }
        // The code may move the copies, so the references under the names are kept as well. A value in a slot
        // is bound again wherever it is read.
        let here = read_names(&tokens, scope).into_iter().filter(|name| {
            let found = scope.find(&plain(name));
            found.is_some_and(|name| matches!(name.binding, Binding::Here))
        });
        let names: Vec<&Ident> = here.collect();
        let kept: Vec<Ident> = (0..names.len())
            .map(|index| local(&format!("__kept_{index}")))
            .collect();
        let owned = self.bind_owned(&tokens, scope);
        Borrowed {
            binds: quote!(#(let #kept = #names;)* #owned),
            value: self.with_copies(expr, scope),
            rebinds: quote!(#(#[allow(unused_variables)] let #names = #kept;)*),
        }
    }

    /// The value of code.
    pub(super) fn code(&mut self, expr: &Expr, scope: &Scope, path: &str) -> TokenStream {
        self.code_of(expr, scope, path, false)
    }

    /// The value of code that a step gives to others.
    pub(super) fn given_code(&mut self, expr: &Expr, scope: &Scope, path: &str) -> TokenStream {
        self.code_of(expr, scope, path, true)
    }

    fn code_of(&mut self, expr: &Expr, scope: &Scope, path: &str, given: bool) -> TokenStream {
        if let Some(place) = self.place(expr, scope) {
            // With a separate name, a mismatch is reported there and not inside the copying.
            let copy = under("__copy", last_span(expr));
            return quote!({ let #copy = #place; #copy });
        }
        let tokens = expr.to_token_stream();
        let (made, question) = match expr {
            Expr::Try(attempt) => (&*attempt.expr, Some(attempt.question_token)),
            expr => (expr, None),
        };
        let lent = lender(expr).filter(|lender| given && is_of(lender, scope));
        let given = given && question.is_none();
        let (binds, value) = match made {
            Expr::Call(call) => self.call(call, scope, given),
            Expr::Block(inner) => (self.bind_owned(&tokens, scope), self.plain(inner, scope)),
            expr if lent.is_some() => (self.bind_owned(&tokens, scope), expr.to_token_stream()),
            Expr::MethodCall(call) if given && may_be_a_future(call) => {
                let checked = quote!(IsFuture as _, IsResult as _);
                let value = self.given(&self.with_copies(made, scope), made, &checked);
                (self.bind_owned(&tokens, scope), value)
            }
            expr => {
                let value = self.with_copies(expr, scope);
                (self.bind_owned(&tokens, scope), value)
            }
        };
        let private = &self.private;
        let kept = |value| match lent {
            Some(lender) => self.kept(lender, expr, &value),
            None => value,
        };
        let value = match question {
            None if !may_fail(&tokens) => {
                let value = kept(value);
                // What is borrowed from the copies ends with them, which is reported at the braces.
                let mut block = Group::new(Delimiter::Brace, quote!(#binds #value));
                block.set_span(Span::call_site().located_at(reported_at(last_span(expr))));
                return block.into_token_stream();
            }
            None => kept(value),
            Some(question) => {
                let made = under("__attempt", last_span(made));
                let tried = all_at(question.span, quote!(#private::attempt(#made)));
                kept(quote!({
                    let #made = #value;
                    #tried #question
                }))
            }
        };
        // What is borrowed from the copies is reported under the code.
        let made = call_at(
            &tokens,
            quote!(::core::result::Result::Ok::<_, #private::CodeError>),
            value,
        );
        quote! {
            #private::code(#path, async move {
                #binds
                #made
            })
            .await?
        }
    }

    /// `search(query.text, top_k)`: places are copied before the call, so that a mismatch is reported under
    /// the argument and not inside the copying.
    fn call(
        &mut self,
        call: &syn::ExprCall,
        scope: &Scope,
        given: bool,
    ) -> (TokenStream, TokenStream) {
        let mut binds = TokenStream::new();
        let mut args = Vec::new();
        let mut others = call.func.to_token_stream();
        for (index, arg) in call.args.iter().enumerate() {
            match self.place(arg, scope) {
                Some(place) => {
                    let (name, value) = held_at(&format!("__argument_{index}"), arg);
                    binds.extend(quote!(let #name = (#place,);));
                    args.push(value);
                }
                None => {
                    others.extend(quote!(, #arg));
                    args.push(self.with_copies(arg, scope));
                }
            }
        }
        binds.extend(self.bind_owned(&quote!((#others)), scope));
        let function = &call.func;
        // Otherwise what rustc suggests for the arguments would replace all that follows.
        let args = parentheses_at(call.paren_token.span.join(), quote!(#(#args),*));
        let value = self.settled(&quote!(#function #args), call);
        let value = match given {
            true => self.given(&value, call, &quote!(IsResult as _)),
            false => value,
        };
        (binds, value)
    }

    /// The value of a call, which is awaited if the function is async.
    pub(super) fn settled(&self, value: &TokenStream, call: &impl ToTokens) -> TokenStream {
        let private = &self.private;
        let end = last_span_of(call);
        let made = hidden("__made", end);
        let kind = self.kind_of(&made, end);
        let settled = value_at(&call.to_token_stream(), &quote!(#kind.settle(#made).await));
        quote!({
            #[allow(unused_imports)]
            use #private::{IsFuture as _, IsValue as _};
            let #made = #value;
            #settled
        })
    }

    /// A value that other steps will be given. What cannot be given is reported here, and evaluates to what it
    /// would be without the mistake, so that it is not reported there.
    fn given(
        &self,
        value: &TokenStream,
        call: &impl ToTokens,
        checked: &TokenStream,
    ) -> TokenStream {
        let private = &self.private;
        let end = last_span_of(call);
        let made = hidden("__made", end);
        let kind = self.kind_of(&made, end);
        let (name, held) = held_at("__value", call);
        let kept = all_at(end, quote!(__kind.keep));
        let held = parentheses_at(end, held);
        quote!({
            #[allow(unused_imports)]
            use #private::{#checked, IsCopied as _, IsValue as _};
            let #made = #value;
            let __kind = #kind;
            let #name = (#made,);
            #kept #held
        })
    }

    /// A value that a step keeps: what is lent by a text or a list is copied.
    fn kept(&self, lender: &Expr, written: &Expr, value: &TokenStream) -> TokenStream {
        let private = &self.private;
        let made = hidden("__made", last_span(written));
        quote!({
            #[allow(unused_imports)]
            use #private::{IsLent as _, IsOwn as _};
            let __owner = #private::type_of(&#lender);
            let #made = #value;
            let __kind = (&#private::Lent(__owner, #private::type_of(&#made))).__dashoptimize_kind();
            __kind.keep(#made)
        })
    }

    fn kind_of(&self, made: &Ident, end: Span) -> TokenStream {
        let private = &self.private;
        let span = Span::call_site().located_at(reported_at(end));
        quote_spanned!(span=> (&&&#private::Made(&#made)).__dashoptimize_kind())
    }

    /// A copy of a place in the value of a step; `None` if the expression is not such a place.
    pub(super) fn place(&mut self, expr: &Expr, scope: &Scope) -> Option<TokenStream> {
        let root = root(expr)?;
        let name = scope.find(&plain(root))?;
        let bind = bind_ref(name);
        let private = &self.private;
        // The name is already bound to a reference.
        let reference = (!is_name(expr)).then(|| quote!(&));
        let copy = quote!(#private::read(#reference #expr));
        Some(match bind.is_empty() {
            true => copy,
            false => quote!({ #bind #copy }),
        })
    }

    /// A copy of the whole value of a step.
    pub(super) fn owned(&self, name: &str, scope: &Scope) -> TokenStream {
        let private = &self.private;
        let Some(name) = scope.find(name) else {
            return quote!(::core::unreachable!());
        };
        // Read under its name, so that a value that cannot be shared is reported there.
        let (bind, ident) = (bind_ref(name), &name.ident);
        match name.binding {
            Binding::Here => quote!(#private::read(#ident)),
            _ => quote!({ #bind #private::read(#ident) }),
        }
    }

    /// Copies of all values that the tokens read, under their names.
    pub(super) fn bind_owned(&self, tokens: &TokenStream, scope: &Scope) -> TokenStream {
        let mut binds = TokenStream::new();
        for ident in read_names(tokens, scope) {
            let value = self.owned(&plain(ident), scope);
            binds.extend(quote!(let #ident = #value;));
        }
        binds
    }

    /// `Node { … }.answer.trim()`
    pub(super) fn then(
        &mut self,
        inner: &Work,
        postfixes: &[Postfix],
        scope: &Scope,
        path: &str,
    ) -> TokenStream {
        let value = self.work(inner, scope, path);
        let private = self.private.clone();
        let first = postfixes
            .first()
            .map_or_else(Span::call_site, Postfix::span);
        let made = under("__made", first);
        let mut tokens: TokenStream = postfixes.iter().map(written).collect();
        if let Some(span) = only_fields(postfixes) {
            let copy = under("__copy", span);
            return quote!({
                let #made = #value;
                let #copy = #private::read(&#made #tokens);
                #copy
            });
        }
        let binds = self.bind_owned(&tokens, scope);
        let value = match taken_fields(postfixes) {
            0 => value,
            count => {
                let fields: TokenStream = postfixes[..count].iter().map(written).collect();
                tokens = postfixes[count..].iter().map(written).collect();
                quote!({ let #made = #value; #private::read(&#made #fields) })
            }
        };
        if !may_fail(&tokens) {
            return quote!({ let #made = #value; #binds #made #tokens });
        }
        let tried = match postfixes.first() {
            Some(first @ Postfix::Tokens(tokens)) if tokens.to_string() == "?" => {
                all_at(first.span(), quote!(#private::attempt(#made)))
            }
            _ => made.to_token_stream(),
        };
        quote!({
            let #made = #value;
            #private::code(#path, async move {
                #binds
                ::core::result::Result::Ok::<_, #private::CodeError>(#tried #tokens)
            })
            .await?
        })
    }
}

fn written(postfix: &Postfix) -> TokenStream {
    match postfix {
        Postfix::Field(member) => quote!(.#member),
        Postfix::Tokens(tokens) => tokens.clone(),
    }
}

/// How many fields are before a method that takes the last of them.
fn taken_fields(postfixes: &[Postfix]) -> usize {
    let is_field = |postfix: &&Postfix| matches!(postfix, Postfix::Field(_));
    let count = postfixes.iter().take_while(is_field).count();
    let method = match postfixes.get(count) {
        Some(Postfix::Tokens(tokens)) => tokens.clone().into_iter().nth(1),
        _ => None,
    };
    match method {
        Some(TokenTree::Ident(method)) if consumes(&method) => count,
        _ => 0,
    }
}

/// Whether a method of a step may be async. The types of others are often known only from how their value is
/// used, and cannot be looked at here.
fn may_be_a_future(call: &syn::ExprMethodCall) -> bool {
    const OF_ANY_TYPE: [&str; 8] = [
        "collect", "get", "into", "parse", "product", "sum", "try_get", "try_into",
    ];
    let is_any = OF_ANY_TYPE.iter().any(|name| call.method == name);
    !is_any && call.turbofish.is_none() && root(&call.receiver).is_some()
}

/// The place that lends the value of an expression: `answer.text` of `answer.text.trim()`, by the names of
/// methods of the standard library.
fn lender(expr: &Expr) -> Option<&Expr> {
    const LENDING: [&str; 26] = [
        "as_array",
        "as_bytes",
        "as_deref",
        "as_object",
        "as_ref",
        "as_slice",
        "as_str",
        "expect",
        "first",
        "get",
        "last",
        "ok_or",
        "ok_or_else",
        "rsplit_once",
        "split_at",
        "split_once",
        "strip_prefix",
        "strip_suffix",
        "trim",
        "trim_end",
        "trim_end_matches",
        "trim_matches",
        "trim_start",
        "trim_start_matches",
        "unwrap",
        "unwrap_or",
    ];
    match expr {
        Expr::MethodCall(call) if LENDING.iter().any(|name| call.method == name) => {
            lender(&call.receiver).or(Some(indexed(&call.receiver)))
        }
        Expr::Reference(reference) if reference.mutability.is_none() => {
            Some(indexed(&reference.expr))
        }
        Expr::Try(attempt) => lender(&attempt.expr),
        Expr::Paren(paren) => lender(&paren.expr),
        _ => None,
    }
}

/// `answers` of `answers[0]`.
fn indexed(place: &Expr) -> &Expr {
    match place {
        Expr::Index(index) => indexed(&index.expr),
        place => place,
    }
}

fn is_of(place: &Expr, scope: &Scope) -> bool {
    root(place).is_some_and(|root| scope.find(&plain(root)).is_some())
}

/// The names of steps that the tokens read, each once.
pub(super) fn read_names<'a>(tokens: &TokenStream, scope: &'a Scope) -> Vec<&'a Ident> {
    let mut names: Vec<&Ident> = Vec::new();
    for read in reads(tokens) {
        if let Some(name) = scope.find(&read.name)
            && !names.contains(&&name.ident)
        {
            names.push(&name.ident);
        }
    }
    names
}

/// Where the last field is, if there are only fields.
fn only_fields(postfixes: &[Postfix]) -> Option<Span> {
    let mut last = None;
    for postfix in postfixes {
        match postfix {
            Postfix::Field(Member::Named(name)) => last = Some(name.span()),
            Postfix::Field(Member::Unnamed(index)) => last = Some(index.span),
            Postfix::Tokens(_) => return None,
        }
    }
    last
}

/// A reference to a value under its name, unless it exists already.
fn bind_ref(name: &Name) -> TokenStream {
    let ident: &Ident = &name.ident;
    match &name.binding {
        Binding::Here => TokenStream::new(),
        Binding::Slot(slot) => quote!(let #ident = #slot.get().await;),
        Binding::Filled(slot) => quote!(let #ident = #slot.here();),
    }
}

fn is_name(expr: &Expr) -> bool {
    match expr {
        Expr::Path(_) => true,
        Expr::Group(group) => is_name(&group.expr),
        Expr::Paren(paren) => is_name(&paren.expr),
        _ => false,
    }
}

/// Whether there is a `?` anywhere.
pub(super) fn may_fail(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Punct(punct) => punct.as_char() == '?',
        TokenTree::Group(group) => may_fail(&group.stream()),
        _ => false,
    })
}

/// Where an expression ends: the token that a mismatch is reported under.
pub(super) fn last_span(expr: &Expr) -> Span {
    last_span_of(expr)
}

fn last_span_of(tokens: &impl ToTokens) -> Span {
    let last = tokens.to_token_stream().into_iter().last();
    last.map_or_else(Span::call_site, |token| token.span())
}
