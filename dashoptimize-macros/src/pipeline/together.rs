//! Rules about all pipelines of one macro call.

use proc_macro2::{Ident, Span};

use super::ast::Pipeline;
use crate::diagnostics::Diagnostics;
use crate::graph::NodeModule;
use crate::graph::names::plain;

/// Names are used once, and no pipeline calls itself. One with such a mistake is left out.
pub(super) fn check_together(parsed: &mut [(Option<Pipeline>, Diagnostics)]) {
    let mut names: Vec<String> = Vec::new();
    for (pipeline, errors) in parsed.iter_mut() {
        let Some(ident) = pipeline.as_ref().map(|pipeline| pipeline.ident.clone()) else {
            continue;
        };
        let name = plain(&ident);
        if names.contains(&name) {
            let message = format!("`{name}` is already a pipeline; give this one another name");
            errors.at(ident.span(), message);
            *pipeline = None;
        }
        names.push(name);
    }
    let calls: Vec<Vec<(String, Span)>> = parsed
        .iter()
        .map(|(pipeline, _)| pipeline.iter().flat_map(calls).collect())
        .collect();
    let names = names_of(parsed);
    let mut known: Vec<usize> = Vec::new();
    for index in 0..parsed.len() {
        let Some((cycle, span, message)) = calls_itself(index, &names, &calls) else {
            continue;
        };
        let (pipeline, errors) = &mut parsed[index];
        if !known.contains(&index) {
            errors.at(span, message);
        }
        known.extend(cycle);
        if let Some(pipeline) = pipeline {
            let called: Vec<String> = calls[index].iter().map(|(name, _)| name.clone()).collect();
            pipeline.body.break_calls(&called);
        }
    }
}

fn names_of(parsed: &[(Option<Pipeline>, Diagnostics)]) -> Vec<String> {
    let name = |pipeline: &Pipeline| plain(&pipeline.ident);
    parsed
        .iter()
        .map(|(pipeline, _)| pipeline.as_ref().map(name).unwrap_or_default())
        .collect()
}

/// The modules that it calls by a single name, and where.
fn calls(pipeline: &Pipeline) -> Vec<(String, Span)> {
    let mut calls = Vec::new();
    pipeline.body.for_each_node(&mut |node, _| {
        if let NodeModule::Named(path) = &node.module
            && let Some(name) = path.get_ident()
        {
            calls.push((plain(name), Ident::span(name)));
        }
    });
    calls
}

/// Where a pipeline calls itself: all that are on the way back to it, the place of the first call, and what to
/// say.
fn calls_itself(
    start: usize,
    names: &[String],
    calls: &[Vec<(String, Span)>],
) -> Option<(Vec<usize>, Span, String)> {
    let callees = |index: usize| {
        let calls = calls[index].iter();
        calls.filter_map(|(name, span)| {
            let callee = names.iter().position(|known| known == name);
            callee.map(|callee| (callee, *span))
        })
    };
    let first = callees(start).map(|(callee, span)| (vec![callee], span));
    let mut ways: Vec<(Vec<usize>, Span)> = first.collect();
    let mut seen: Vec<usize> = Vec::new();
    while let Some((way, span)) = ways.pop() {
        let last = *way.last()?;
        if last == start {
            return Some((way.clone(), span, message(&way, names)));
        }
        if !seen.contains(&last) {
            seen.push(last);
            ways.extend(callees(last).map(|(next, _)| ([&way[..], &[next]].concat(), span)));
        }
    }
    None
}

fn message(way: &[usize], names: &[String]) -> String {
    let words = match way {
        [.., through, start] => format!(
            "`{}` calls itself through `{}`",
            names[*start], names[*through]
        ),
        [start] => format!("`{}` calls itself", names[*start]),
        [] => String::new(),
    };
    format!("{words}; use a `while`, or implement `Module` by hand for a recursive program")
}
