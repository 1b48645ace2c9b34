//! What steps do.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::Expr;

use super::resolver::{Resolver, Sound};
use super::scope::Scope;
use crate::graph::names::{self, plain};
use crate::graph::path::NodePath;
use crate::graph::read::{How, Read};
use crate::graph::token_reads::reads;
use crate::graph::{Aim, Arm, Node, NodePlace, On, Postfix, Work};

impl Resolver<'_> {
    pub(super) fn work(&mut self, work: &mut Work, scope: &Scope, path: &NodePath) -> Sound {
        match work {
            Work::Node(node) => Sound::unless(self.node(node, scope, path)),
            Work::Code(expr) => Sound::unless(self.code(expr, scope)),
            Work::Then(inner, postfixes) => {
                let broken = self.work(inner, scope, path) != Sound::All;
                let broken = postfixes
                    .iter()
                    .fold(broken, |broken, postfix| match postfix {
                        Postfix::Field(_) => broken,
                        Postfix::Tokens(tokens) => self.tokens(tokens, scope) || broken,
                    });
                Sound::unless(broken)
            }
            Work::Map(map) => {
                let list = Sound::unless(self.code(&map.list, scope));
                let inner = scope.with(&names::bound(&map.pat));
                self.inner(&mut map.body, inner, path).max(list)
            }
            Work::Route(route) => {
                let on = match &route.on {
                    On::Match(expr) | On::If(expr) | On::IfLet(_, expr) => self.code(expr, scope),
                };
                let bound = match &route.on {
                    On::IfLet(pat, _) => names::bound(pat),
                    _ => Vec::new(),
                };
                let arms = route.arms.iter_mut();
                let aim = route.aim;
                arms.fold(Sound::unless(on), |sound, arm| {
                    self.arm(arm, aim, &bound, scope, path).max(sound)
                })
            }
            Work::Fallback(alternatives) => {
                let alternatives = alternatives.iter_mut().enumerate();
                alternatives.fold(Sound::All, |sound, (index, block)| {
                    let path = path.alternative(index);
                    self.inner(block, scope.clone(), &path).max(sound)
                })
            }
            Work::Block(block) if block.lifted || block.tail.is_none() => {
                self.part(block, scope.clone(), path)
            }
            Work::Block(block) => self.inner(block, scope.clone(), path),
            // Only a step of a block is a loop.
            Work::Loop(_) | Work::Raw(_) => Sound::No,
        }
    }

    fn arm(
        &mut self,
        arm: &mut Arm,
        aim: Aim,
        bound: &[Ident],
        scope: &Scope,
        path: &NodePath,
    ) -> Sound {
        let mut inner = scope.with(bound);
        if let Some(pat) = &arm.pat {
            inner = inner.with(&names::bound(pat));
        }
        let guard = arm
            .guard
            .as_ref()
            .is_some_and(|guard| self.code(guard, &inner));
        let path = path.arm(arm);
        let body = match aim {
            Aim::Value => self.inner(&mut arm.body, inner, &path),
            Aim::Changes | Aim::Early => self.part(&mut arm.body, inner, &path),
        };
        body.max(Sound::unless(guard))
    }

    fn node(&mut self, node: &mut Node, scope: &Scope, path: &NodePath) -> bool {
        let mut broken = false;
        let mut seen: Vec<String> = Vec::new();
        for field in &node.fields {
            let name = plain(&field.name);
            if seen.contains(&name) {
                let message = format!("`{name}` is already given; remove this one");
                self.errors.at(field.name.span(), message);
                broken = true;
            }
            seen.push(name);
            broken |= match names::root(&field.value) {
                Some(root) => self.place(root, scope),
                None => self.code(&field.value, scope),
            };
        }
        if let Some(rest) = &node.rest {
            broken |= match names::root(rest) {
                Some(root) => self.place(root, scope),
                None => self.code(rest, scope),
            };
        }
        self.give_place(node, path) || broken
    }

    fn give_place(&mut self, node: &mut Node, path: &NodePath) -> bool {
        let field = path.text.replace('.', "_");
        if let Some(other) = self.fields.get(&field) {
            let (message, span) = match *other == path.text {
                true => (
                    format!(
                        "`{other}` already names a call of a module; give this step another name"
                    ),
                    path.span,
                ),
                false => (
                    format!(
                        "this node would be called `{}`, but `{other}` already exists; rename a step",
                        path.text
                    ),
                    None,
                ),
            };
            self.errors.at(span.unwrap_or(node.span), message);
            return true;
        }
        self.fields.insert(field.clone(), path.text.clone());
        let span = path.span.unwrap_or(node.span);
        let field = match syn::parse_str::<Ident>(&field) {
            Ok(_) => Ident::new(&field, span),
            Err(_) => Ident::new_raw(&field, span),
        };
        node.place = Some(NodePlace {
            path: path.text.clone(),
            field,
        });
        false
    }

    /// A name where only an input or a step can be meant.
    fn place(&mut self, root: &Ident, scope: &Scope) -> bool {
        let name = plain(root);
        let is_const = name.starts_with(char::is_uppercase);
        if is_const || scope.names.contains(&name) {
            return scope.broken.contains(&name);
        }
        let message = match scope.later.contains(&name) {
            true => used_too_early(&name),
            false => scope.unknown(&name),
        };
        self.errors.at(root.span(), message);
        true
    }

    pub(super) fn code(&mut self, expr: &Expr, scope: &Scope) -> bool {
        self.tokens(&expr.to_token_stream(), scope)
    }

    /// The names that code reads. One that is not a step may be anything, so it is left to rustc.
    fn tokens(&mut self, tokens: &TokenStream, scope: &Scope) -> bool {
        let mut broken = false;
        for Read { name, span, how } in reads(tokens) {
            let is_known = scope.names.contains(&name);
            if how == How::Value && scope.later.contains(&name) && !is_known {
                self.errors.at(span, used_too_early(&name));
                broken = true;
            }
            broken |= scope.broken.contains(&name);
        }
        broken
    }
}

fn used_too_early(name: &str) -> String {
    format!("`{name}` is used here but made further down; move `{name}` up")
}
