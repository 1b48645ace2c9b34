//! Ties names to what they stand for, and finds the mistakes in the wiring.

use std::collections::BTreeMap;

use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;
use syn::Expr;
use syn::ext::IdentExt;

use super::names::{self, Read};
use super::{Arm, Block, Node, NodePlace, On, Postfix, Step, StepKind, Work};
use crate::diagnostics::Diagnostics;
use crate::editor;
use crate::nearest::{list, nearest};

/// Names that can be read, innermost last.
#[derive(Clone, Default)]
struct Scope {
    names: Vec<String>,
    /// Steps that come later in this block or in one around it: reading them is a mistake.
    later: Vec<String>,
    /// Names whose value cannot be had, because the step that makes it has a mistake.
    broken: Vec<String>,
    /// Names that a loop may change.
    mutable: Vec<String>,
}

/// Checks a whole program and gives its nodes their places.
pub(crate) fn resolve(inputs: &[&Ident], body: &mut Block, errors: &mut Diagnostics) {
    let scope = Scope {
        names: inputs.iter().map(|input| plain(input)).collect(),
        ..Scope::default()
    };
    let inputs: Vec<String> = scope.names.clone();
    let mut resolver = Resolver {
        errors,
        fields: BTreeMap::new(),
    };
    resolver.block(body, scope, &At::top(), &inputs);
}

/// How much of some work can be compiled.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sound {
    All,
    /// Steps of the blocks inside of it; it comes to no value.
    Inside,
    No,
}

impl Sound {
    const fn unless(broken: bool) -> Self {
        match broken {
            true => Self::No,
            false => Self::All,
        }
    }
}

struct Resolver<'e> {
    errors: &'e mut Diagnostics,
    /// The fields of the generated struct, with the paths of their nodes.
    fields: BTreeMap<String, String>,
}

/// A name without `r#`.
pub(crate) fn plain(ident: &Ident) -> String {
    ident.unraw().to_string()
}

impl Resolver<'_> {
    /// Whether anything in the block cannot be compiled.
    fn block(&mut self, block: &mut Block, mut scope: Scope, at: &At, taken: &[String]) -> bool {
        self.check_names(block, &scope, taken);
        let cycles = self.check_cycles(block);
        let mut later: Vec<String> = made_later(block, &scope);
        let outer_later = std::mem::take(&mut scope.later);
        for step in &mut block.steps {
            later.retain(|name| !step.names.iter().any(|made| plain(made) == *name));
            scope.later = outer_later.iter().chain(&later).cloned().collect();
            let in_cycle = step.names.iter().any(|name| cycles.contains(&plain(name)));
            if in_cycle {
                step.broken = true;
            }
            let mut sound = Sound::No;
            // The steps inside of a loop can be sound where it lacks its bound.
            if !step.broken || (step.kind == StepKind::Loop && !in_cycle) {
                sound = self.step(step, &scope, &at.step(step));
            }
            step.broken |= sound != Sound::All;
            // An editor is given what there is of it.
            if sound == Sound::No && !editor::asks() {
                step.work = Work::Raw(step.tokens.clone());
            }
            scope.enter(step);
        }
        scope.later = outer_later;
        let mut tail_is_sound = Sound::All;
        if let Some(tail) = &mut block.tail {
            tail_is_sound = self.work(tail, &scope, &at.tail());
            if tail_is_sound == Sound::No && !editor::asks() {
                *tail = Work::Raw(block.tail_tokens.clone());
            }
        }
        tail_is_sound != Sound::All || block.steps.iter().any(|step| step.broken)
    }

    /// The same, of a block inside of a step.
    fn inner(&mut self, block: &mut Block, scope: Scope, at: &At) -> Sound {
        match self.block(block, scope, at, &[]) {
            true => Sound::Inside,
            false => Sound::All,
        }
    }

    fn check_names(&mut self, block: &mut Block, scope: &Scope, taken: &[String]) {
        let mut seen: Vec<String> = Vec::new();
        for step in &mut block.steps {
            for name in step.names.clone() {
                let text = plain(&name);
                if text == "__unnamed" {
                    continue;
                }
                let problem = match step.kind {
                    StepKind::Let | StepKind::LetMut if seen.contains(&text) => Some(format!(
                        "`{text}` is already a step; give this one another name"
                    )),
                    StepKind::Let | StepKind::LetMut if taken.contains(&text) => Some(format!(
                        "`{text}` is already an input; give this step another name"
                    )),
                    StepKind::Let | StepKind::LetMut if text.starts_with("__") => Some(format!(
                        "names that begin with `__` belong to the macro; write `{}`",
                        text.trim_start_matches('_')
                    )),
                    StepKind::Assign if !step.broken && !scope.mutable.contains(&text) => {
                        Some(changes(&text, scope))
                    }
                    _ => None,
                };
                if let Some(problem) = problem {
                    self.errors.at(name.span(), problem);
                    step.broken = true;
                }
                seen.push(text);
            }
        }
    }

    /// The steps that need each other.
    fn check_cycles(&mut self, block: &Block) -> Vec<String> {
        let needs = needs(block);
        let mut in_cycles: Vec<String> = Vec::new();
        for step in block.steps.iter().filter(|step| may_wait(step)) {
            let name = plain(&step.names[0]);
            if in_cycles.contains(&name) {
                continue;
            }
            let Some(cycle) = cycle_of(&name, &needs) else {
                continue;
            };
            let words = match &cycle[..] {
                [_] => format!("`{name}` needs itself"),
                [_, rest @ ..] => format!(
                    "`{name}` needs {}, which needs `{name}`",
                    list(rest)
                        .replace(" and ", ", which needs ")
                        .replace("`, `", "`, which needs `")
                ),
                [] => continue,
            };
            let message = format!(
                "{words}; make the first value in a step of its own and change it in a `while`"
            );
            let span = read_of(&step.work, cycle.get(1).unwrap_or(&name));
            self.errors
                .at(span.unwrap_or_else(|| step.names[0].span()), message);
            in_cycles.extend(cycle);
        }
        in_cycles
    }

    fn step(&mut self, step: &mut Step, scope: &Scope, at: &At) -> Sound {
        match &mut step.work {
            Work::Loop(repeat) => {
                let mut broken = self.code(&repeat.condition, scope);
                let mut inner = scope.clone();
                inner.mutable = step.names.iter().map(plain).collect();
                let known = |name: &Ident| scope.mutable.contains(&plain(name));
                for name in step.names.iter().filter(|name| !known(name)) {
                    // An assignment inside says what is wrong; this is the same mistake.
                    inner.mutable.retain(|mutable| *mutable != plain(name));
                    broken = true;
                }
                let body = self.inner(&mut repeat.body, inner, at);
                body.max(Sound::unless(broken))
            }
            work => self.work(work, scope, at),
        }
    }

    fn work(&mut self, work: &mut Work, scope: &Scope, at: &At) -> Sound {
        match work {
            Work::Node(node) => Sound::unless(self.node(node, scope, at)),
            Work::Code(expr) => Sound::unless(self.code(expr, scope)),
            Work::Then(inner, postfixes) => {
                let broken = self.work(inner, scope, at) != Sound::All;
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
                self.inner(&mut map.body, inner, at).max(list)
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
                arms.fold(Sound::unless(on), |sound, arm| {
                    self.arm(arm, &bound, scope, at).max(sound)
                })
            }
            Work::Fallback(ways) => {
                let ways = ways.iter_mut().zip(ORDINALS.iter().cycle());
                ways.fold(Sound::All, |sound, (way, name)| {
                    self.inner(way, scope.clone(), &at.inside(name)).max(sound)
                })
            }
            Work::Block(block) => self.inner(block, scope.clone(), at),
            // Only a step of a block is a loop.
            Work::Loop(_) | Work::Raw(_) => Sound::No,
        }
    }

    fn arm(&mut self, arm: &mut Arm, bound: &[Ident], scope: &Scope, at: &At) -> Sound {
        let mut inner = scope.with(bound);
        if let Some(pat) = &arm.pat {
            inner = inner.with(&names::bound(pat));
        }
        let guard = arm
            .guard
            .as_ref()
            .is_some_and(|guard| self.code(guard, &inner));
        let body = self.inner(&mut arm.body, inner, &at.inside(&arm.name));
        body.max(Sound::unless(guard))
    }

    fn node(&mut self, node: &mut Node, scope: &Scope, at: &At) -> bool {
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
        self.give_place(node, at) || broken
    }

    fn give_place(&mut self, node: &mut Node, at: &At) -> bool {
        let path = &at.path;
        let field = path.replace('.', "_");
        if let Some(other) = self.fields.get(&field) {
            let message = format!(
                "this node would be called `{path}`, but `{other}` is there already; rename a step"
            );
            self.errors.at(node.span, message);
            return true;
        }
        self.fields.insert(field.clone(), path.clone());
        let span = at.span.unwrap_or(node.span);
        let field = match syn::parse_str::<Ident>(&field) {
            Ok(_) => Ident::new(&field, span),
            Err(_) => Ident::new_raw(&field, span),
        };
        node.place = Some(NodePlace {
            path: path.clone(),
            field,
        });
        false
    }

    /// A name that stands where only an input or a step can be meant.
    fn place(&mut self, root: &Ident, scope: &Scope) -> bool {
        let name = plain(root);
        let is_const = name.starts_with(char::is_uppercase);
        if is_const || scope.names.contains(&name) {
            return scope.broken.contains(&name);
        }
        let message = match scope.later.contains(&name) {
            true => format!("`{name}` is used here but made further down; move `{name}` up"),
            false => unknown(&name, scope),
        };
        self.errors.at(root.span(), message);
        true
    }

    fn code(&mut self, expr: &Expr, scope: &Scope) -> bool {
        self.tokens(&expr.to_token_stream(), scope)
    }

    /// What code reads: names that are no step may be anything else, so rustc looks after them.
    fn tokens(&mut self, tokens: &TokenStream, scope: &Scope) -> bool {
        let mut broken = false;
        for Read { name, span } in names::reads(tokens) {
            let is_known = scope.names.contains(&name);
            if scope.later.contains(&name) && !is_known {
                let message =
                    format!("`{name}` is used here but made further down; move `{name}` up");
                self.errors.at(span, message);
                broken = true;
            }
            broken |= scope.broken.contains(&name);
        }
        broken
    }
}

/// The ways of a fallback in the paths of their nodes.
pub(super) const ORDINALS: [&str; 8] = [
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth",
];

/// Where in a program something is: its path, and the name that the user gave it.
struct At {
    path: String,
    span: Option<Span>,
}

impl At {
    const fn top() -> Self {
        Self {
            path: String::new(),
            span: None,
        }
    }

    fn inside(&self, name: &str) -> Self {
        let path = match self.path.is_empty() {
            true => name.to_owned(),
            false => format!("{}.{name}", self.path),
        };
        Self { path, span: None }
    }

    fn step(&self, step: &Step) -> Self {
        let name = plain(&step.names[0]);
        // What a loop makes of `draft` is `draft.next`.
        let is_next = step.kind == StepKind::Assign && self.path.rsplit('.').next() == Some(&name);
        let mut at = self.inside(if is_next { "next" } else { &name });
        at.span = self.path.is_empty().then(|| step.names[0].span());
        at
    }

    /// What a block comes to has the place of the block; that of the whole program is its output.
    fn tail(&self) -> Self {
        match self.path.is_empty() {
            true => self.inside("output"),
            false => Self {
                path: self.path.clone(),
                span: self.span,
            },
        }
    }
}

impl Scope {
    fn with(&self, bound: &[Ident]) -> Self {
        let mut scope = self.clone();
        for name in bound.iter().map(plain) {
            scope.broken.retain(|broken| *broken != name);
            scope.later.retain(|later| *later != name);
            scope.mutable.retain(|mutable| *mutable != name);
            scope.names.push(name);
        }
        scope
    }

    fn enter(&mut self, step: &Step) {
        for name in step.names.iter().map(plain) {
            self.broken.retain(|broken| *broken != name);
            if step.broken {
                self.broken.push(name.clone());
            }
            if step.kind == StepKind::LetMut {
                self.mutable.push(name.clone());
            }
            self.names.push(name);
        }
    }
}

fn is_let(step: &Step) -> bool {
    matches!(step.kind, StepKind::Let | StepKind::LetMut)
}

/// What a step with a mistake was meant to read is not known.
fn may_wait(step: &Step) -> bool {
    is_let(step) && !step.broken
}

fn made_later(block: &Block, scope: &Scope) -> Vec<String> {
    let made = block.steps.iter().filter(|step| is_let(step));
    made.flat_map(|step| step.names.iter().map(plain))
        .filter(|name| !scope.names.contains(name))
        .collect()
}

fn changes(name: &str, scope: &Scope) -> String {
    match scope.names.iter().any(|known| known == name) {
        true => format!("`{name}` changes here; write `let mut {name} = …` where it is made"),
        false => format!("no step is called `{name}`; write `let mut {name} = …` above the loop"),
    }
}

fn unknown(name: &str, scope: &Scope) -> String {
    let mut known: Vec<&str> = scope.names.iter().map(String::as_str).collect();
    known.sort_unstable();
    known.dedup();
    match nearest(name, &known) {
        Some(near) => {
            format!("no input or earlier step is called `{name}`; did you mean `{near}`?")
        }
        None if known.is_empty() => format!("no input or earlier step is called `{name}`"),
        None => format!(
            "no input or earlier step is called `{name}`; there is {}",
            list(&known)
        ),
    }
}

/// Which later or own steps each step reads.
fn needs(block: &Block) -> BTreeMap<String, Vec<String>> {
    let made: Vec<String> = block
        .steps
        .iter()
        .filter(|step| may_wait(step))
        .map(|step| plain(&step.names[0]))
        .collect();
    let steps = block.steps.iter().filter(|step| may_wait(step));
    let mut needs = BTreeMap::new();
    for step in steps {
        let reads = all_reads(&step.work).into_iter().map(|read| read.name);
        let needed: Vec<String> = reads.filter(|name| made.contains(name)).collect();
        needs.entry(plain(&step.names[0])).or_insert(needed);
    }
    needs
}

/// The way from a step back to itself.
fn cycle_of(start: &str, needs: &BTreeMap<String, Vec<String>>) -> Option<Vec<String>> {
    let mut ways: Vec<Vec<String>> = vec![vec![start.to_owned()]];
    let mut seen: Vec<String> = Vec::new();
    while let Some(way) = ways.pop() {
        let last = way.last()?;
        for next in needs.get(last).into_iter().flatten() {
            if next == start {
                return Some(way);
            }
            if !seen.contains(next) {
                seen.push(next.clone());
                let mut longer = way.clone();
                longer.push(next.clone());
                ways.push(longer);
            }
        }
    }
    None
}

fn read_of(work: &Work, name: &str) -> Option<Span> {
    let reads = all_reads(work).into_iter();
    reads
        .filter(|read| read.name == name)
        .map(|read| read.span)
        .next()
}

/// Every name that a step reads from outside of itself.
pub(crate) fn all_reads(work: &Work) -> Vec<Read> {
    let mut reads = Vec::new();
    read_work(work, &mut Vec::new(), &mut reads);
    reads
}

fn read_work(work: &Work, local: &mut Vec<String>, reads: &mut Vec<Read>) {
    match work {
        Work::Node(node) => {
            for field in &node.fields {
                read_tokens(&field.value.to_token_stream(), local, reads);
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
        Work::Route(route) => {
            let mut bound = Vec::new();
            match &route.on {
                On::Match(expr) | On::If(expr) => {
                    read_tokens(&expr.to_token_stream(), local, reads);
                }
                On::IfLet(pat, expr) => {
                    read_tokens(&expr.to_token_stream(), local, reads);
                    bound = names::bound(pat);
                }
            }
            for arm in &route.arms {
                let mut bound = bound.clone();
                bound.extend(arm.pat.iter().flat_map(names::bound));
                if let Some(guard) = &arm.guard {
                    let mut inner = local.clone();
                    inner.extend(bound.iter().map(plain));
                    read_tokens(&guard.to_token_stream(), &inner, reads);
                }
                read_block(&arm.body, &bound, local, reads);
            }
        }
        Work::Loop(repeat) => {
            read_tokens(&repeat.condition.to_token_stream(), local, reads);
            read_block(&repeat.body, &[], local, reads);
        }
        Work::Fallback(ways) => ways
            .iter()
            .for_each(|way| read_block(way, &[], local, reads)),
        Work::Block(block) => read_block(block, &[], local, reads),
    }
}

fn read_block(block: &Block, bound: &[Ident], local: &[String], reads: &mut Vec<Read>) {
    let mut local = local.to_vec();
    local.extend(bound.iter().map(plain));
    for step in &block.steps {
        read_work(&step.work, &mut local, reads);
        if is_let(step) {
            local.extend(step.names.iter().map(plain));
        }
    }
    if let Some(tail) = &block.tail {
        read_work(tail, &mut local, reads);
    }
}

fn read_tokens(tokens: &TokenStream, local: &[String], reads: &mut Vec<Read>) {
    let found = names::reads(tokens).into_iter();
    reads.extend(found.filter(|read| !local.contains(&read.name)));
}
