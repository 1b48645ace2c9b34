//! Which names a step reads.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;

use super::names::{self, plain};
use super::read::{How, Read};
use super::token_reads;
use super::{Block, On, Postfix, Route, Work};

/// Every name that a step reads from outside itself.
pub(crate) fn reads_of(work: &Work) -> Vec<Read> {
    let mut reads = Vec::new();
    read_work(work, &[], &mut reads);
    reads
}

fn read_work(work: &Work, local: &[String], reads: &mut Vec<Read>) {
    match work {
        Work::Node(node) => {
            for value in node.values() {
                read_tokens(&value.to_token_stream(), local, reads);
            }
        }
        Work::Code(expr) => read_tokens(&expr.to_token_stream(), local, reads),
        Work::Raw(tokens) => read_tokens(tokens, local, reads),
        Work::Then(inner, postfixes) => {
            read_work(inner, local, reads);
            for postfix in postfixes {
                if let Postfix::Tokens(tokens) = postfix {
                    read_tokens(tokens, local, reads);
                }
            }
        }
        Work::Map(map) => {
            read_tokens(&map.list.to_token_stream(), local, reads);
            read_block(&map.body, &names::bound(&map.pat), local, reads);
        }
        Work::Route(route) => read_route(route, local, reads),
        Work::Loop(repeat) => {
            read_tokens(&repeat.over.expr().to_token_stream(), local, reads);
            read_block(&repeat.body, &repeat.over.bound(), local, reads);
        }
        Work::Fallback(alternatives) => alternatives
            .iter()
            .for_each(|block| read_block(block, &[], local, reads)),
        Work::Block(block) => read_block(block, &[], local, reads),
    }
}

fn read_route(route: &Route, local: &[String], reads: &mut Vec<Read>) {
    let (expr, bound) = match &route.on {
        On::Match(expr) | On::If(expr) => (expr, Vec::new()),
        On::IfLet(pat, expr) => (expr, names::bound(pat)),
    };
    read_tokens(&expr.to_token_stream(), local, reads);
    for arm in &route.arms {
        let mut bound = bound.clone();
        bound.extend(arm.pat.iter().flat_map(names::bound));
        if let Some(guard) = &arm.guard {
            let mut inner = local.to_vec();
            inner.extend(bound.iter().map(plain));
            read_tokens(&guard.to_token_stream(), &inner, reads);
        }
        read_block(&arm.body, &bound, local, reads);
    }
}

fn read_block(block: &Block, bound: &[Ident], local: &[String], reads: &mut Vec<Read>) {
    let mut local = local.to_vec();
    local.extend(bound.iter().map(plain));
    for step in &block.steps {
        read_work(&step.work, &local, reads);
        if step.is_let() {
            local.extend(step.names.iter().map(plain));
        }
    }
    if let Some(tail) = &block.tail {
        read_work(tail, &local, reads);
    }
    let unchanged = block.changes.names.iter().map(|name| Read {
        name: plain(name),
        span: name.span(),
        how: How::Value,
    });
    reads.extend(unchanged.filter(|read| !local.contains(&read.name)));
}

fn read_tokens(tokens: &TokenStream, local: &[String], reads: &mut Vec<Read>) {
    let found = token_reads::reads(tokens).into_iter();
    reads.extend(found.filter(|read| !local.contains(&read.name)));
}
