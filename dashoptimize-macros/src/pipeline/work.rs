//! What a step does, told from its expression.
//!
//! | expression | what it is |
//! |---|---|
//! | `Path { … }` | a call of a module |
//! | `for item in list { … }` | the same for each item |
//! | `match … { … }`, `if … { … } else { … }` | one way of several |
//! | `module … || …` | the first that succeeds |
//! | `{ …; … }` | steps inside the step |
//! | `module….field`, `module….method()` | code on what a module gives |
//! | all else | code |

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::{
    BinOp, Expr, ExprForLoop, ExprIf, ExprMatch, ExprStruct, GenericArgument, Member, Path,
    PathArguments, Type,
};

use super::half_typed;
use super::statements::{Within, block};
use crate::case::Case;
use crate::diagnostics::Diagnostics;
use crate::editor::{self, without_marker};
use crate::graph::{Arm, Block, Map, Node, NodeField, NodeModule, On, Postfix, Route, Work};
use crate::module::{Kind, ModuleOption, NAMES};
use crate::nearest::nearest;
use crate::options::within;

/// Reads the expression of a step. A mistake is reported, and the tokens are kept as they are.
pub(super) fn parse(
    tokens: TokenStream,
    options: &mut Vec<ModuleOption>,
    last: Span,
    errors: &mut Diagnostics,
) -> Work {
    let parsed = whole(&tokens)
        .or_else(|error| half_typed::parse(tokens.clone()).ok_or_else(|| within(&error, last)));
    let Some(expr) = errors.keep(parsed) else {
        return Work::Raw(tokens);
    };
    let concurrency = take(options, "concurrency");
    let mut work = of(expr, errors);
    match (&mut work, concurrency) {
        (Work::Map(map), concurrency) => map.concurrency = concurrency,
        (_, Some(concurrency)) => errors.under(
            &concurrency,
            "only a `for` has a concurrency; remove this option",
        ),
        (_, None) => {}
    }
    check_options(&work, options, errors);
    work
}

/// The tokens as an expression, if what the user typed is one.
pub(super) fn whole(tokens: &TokenStream) -> syn::Result<Expr> {
    if editor::asks() {
        // Or else the marker would decide.
        syn::parse2::<Expr>(without_marker(tokens.clone()))?;
    }
    syn::parse2(tokens.clone())
}

/// The value of an option that is not the module's.
pub(super) fn take(options: &mut Vec<ModuleOption>, key: &str) -> Option<Expr> {
    let index = options.iter().position(|option| option.key == key)?;
    Some(options.remove(index).value)
}

fn check_options(work: &Work, options: &[ModuleOption], errors: &mut Diagnostics) {
    if matches!(work, Work::Node(_) | Work::Then(..)) {
        return;
    }
    for option in options {
        let message = match work {
            Work::Map(_) => format!(
                "`{}` is not an option of a `for`; write `concurrency = …`, or set it on a step inside",
                option.key
            ),
            _ => format!("`{}` is for a step that calls a module", option.key),
        };
        errors.at(option.key.span(), message);
    }
}

fn of(expr: Expr, errors: &mut Diagnostics) -> Work {
    match expr {
        Expr::Struct(node) => self::node(node, errors),
        Expr::ForLoop(map) => self::map(map, errors),
        Expr::Match(route) => self::route(route, errors),
        Expr::If(branch) => self::branch(branch, errors),
        Expr::Block(inner) if inner.attrs.is_empty() && inner.label.is_none() => {
            Work::Block(Box::new(body(&inner.block, errors)))
        }
        Expr::Binary(binary) if matches!(binary.op, BinOp::Or(_)) && is_flow(&binary.left) => {
            let mut ways = Vec::new();
            alternatives(Expr::Binary(binary), &mut ways, errors);
            Work::Fallback(ways)
        }
        Expr::Group(group) => of(*group.expr, errors),
        Expr::Paren(paren) if !matches!(*paren.expr, Expr::Struct(_)) && is_flow(&paren.expr) => {
            of(*paren.expr, errors)
        }
        // In parentheses it is the struct that it looks like.
        Expr::Paren(paren) => Work::Code(*paren.expr),
        expr if is_flow(&expr) => then(expr, errors),
        expr => Work::Code(expr),
    }
}

/// Whether an expression calls modules at its root.
pub(super) fn is_flow(expr: &Expr) -> bool {
    match expr {
        Expr::Struct(_) | Expr::ForLoop(_) | Expr::Match(_) | Expr::If(_) => true,
        Expr::Macro(_) => half_typed::in_place_of(expr).is_some(),
        Expr::Field(field) => is_node(&field.base),
        Expr::MethodCall(call) => is_node(&call.receiver),
        Expr::Try(attempt) => is_node(&attempt.expr),
        Expr::Await(wait) => is_node(&wait.base),
        Expr::Index(index) => is_node(&index.expr),
        Expr::Binary(binary) => matches!(binary.op, BinOp::Or(_)) && is_flow(&binary.left),
        Expr::Paren(paren) => is_flow(&paren.expr),
        Expr::Group(group) => is_flow(&group.expr),
        _ => false,
    }
}

/// Whether a call of a module stands at the root of something behind dots.
fn is_node(expr: &Expr) -> bool {
    matches!(expr, Expr::Struct(_)) || (!matches!(expr, Expr::Binary(_)) && is_dotted(expr))
}

fn is_dotted(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::Field(_) | Expr::MethodCall(_) | Expr::Try(_) | Expr::Await(_) | Expr::Index(_)
    ) && is_flow(expr)
}

/// `Node { … }.answer.trim()`
fn then(expr: Expr, errors: &mut Diagnostics) -> Work {
    let mut postfixes = Vec::new();
    let mut expr = expr;
    let root = loop {
        expr = match expr {
            Expr::Field(field) => {
                postfixes.push(Postfix::Field(field.member));
                *field.base
            }
            Expr::MethodCall(call) => {
                let (method, turbofish, args) = (&call.method, &call.turbofish, &call.args);
                postfixes.push(Postfix::Tokens(quote!(.#method #turbofish (#args))));
                *call.receiver
            }
            Expr::Try(attempt) => {
                postfixes.push(Postfix::Tokens(attempt.question_token.to_token_stream()));
                *attempt.expr
            }
            Expr::Await(wait) => {
                let dot = wait.dot_token;
                let word = wait.await_token;
                postfixes.push(Postfix::Tokens(quote!(#dot #word)));
                *wait.base
            }
            Expr::Index(index) => {
                let place = &index.index;
                postfixes.push(Postfix::Tokens(quote!([#place])));
                *index.expr
            }
            root => break root,
        };
    };
    postfixes.reverse();
    Work::Then(Box::new(of(root, errors)), postfixes)
}

fn node(node: ExprStruct, errors: &mut Diagnostics) -> Work {
    if let Some(dots) = &node.dot2_token {
        errors.under(dots, "every input of a module is named; remove `..`");
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
        comma,
        place: None,
    }))
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
            format!("`{name}` is over a module; give it a name with `module!` and call that");
        return Err(syn::Error::new(last.ident.span(), message));
    }
    let Some(kind) = Kind::over_signature(&name).filter(|_| alone) else {
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
            let message = format!(
                "`{name}` of which signature? write `{name}::<…> {{ … }}` with its name inside"
            );
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

fn map(map: ExprForLoop, errors: &mut Diagnostics) -> Work {
    if let Some(label) = &map.label {
        errors.under(label, "nothing here can be left early; remove the label");
    }
    Work::Map(Box::new(Map {
        pat: *map.pat,
        list: *map.expr,
        body: body(&map.body, errors),
        concurrency: None,
    }))
}

fn route(route: ExprMatch, errors: &mut Diagnostics) -> Work {
    let mut arms: Vec<Arm> = Vec::new();
    for (index, arm) in route.arms.into_iter().enumerate() {
        let (pat, guard) = match arm.pat {
            syn::Pat::Guard(guarded) => (*guarded.pat, Some(*guarded.guard)),
            pat => (pat, None),
        };
        arms.push(Arm {
            name: unused(arm_name(&pat, index), &arms),
            pat: Some(pat),
            guard,
            end: end_of(&arm.body),
            body: way(*arm.body, errors),
        });
    }
    Work::Route(Box::new(Route {
        on: On::Match(*route.expr),
        braces: route.brace_token.span.join(),
        arms,
    }))
}

fn branch(branch: ExprIf, errors: &mut Diagnostics) -> Work {
    let on = match *branch.cond {
        Expr::Let(pattern) => On::IfLet(pattern.pat, *pattern.expr),
        condition => On::If(condition),
    };
    let then = body(&branch.then_branch, errors);
    let other = match branch.else_branch {
        Some((_, other)) => way(*other, errors),
        None => {
            let message = "a step needs a value on both ways; write `else { … }`";
            errors.at(branch.if_token.span, message);
            Block::of(Work::Raw(TokenStream::new()), TokenStream::new())
        }
    };
    let end = branch.if_token.span;
    let arm = |name: &str, body| Arm {
        pat: None,
        guard: None,
        name: name.to_owned(),
        body,
        end,
    };
    Work::Route(Box::new(Route {
        on,
        braces: branch.then_branch.brace_token.span.join(),
        arms: vec![arm("then", then), arm("else", other)],
    }))
}

fn end_of(expr: &Expr) -> Span {
    let last = expr.to_token_stream().into_iter().last();
    last.map_or_else(Span::call_site, |token| token.span())
}

fn alternatives(expr: Expr, ways: &mut Vec<Block>, errors: &mut Diagnostics) {
    match expr {
        Expr::Binary(binary) if matches!(binary.op, BinOp::Or(_)) => {
            alternatives(*binary.left, ways, errors);
            ways.push(way(*binary.right, errors));
        }
        expr => ways.push(way(expr, errors)),
    }
}

/// The body of an arm or an alternative: steps in braces, or one expression.
fn way(expr: Expr, errors: &mut Diagnostics) -> Block {
    let half_typed = half_typed::in_place_of(&expr);
    let tokens = half_typed.clone().unwrap_or_else(|| expr.to_token_stream());
    let work = match half_typed {
        Some(tokens) => parse(tokens, &mut Vec::new(), end_of(&expr), errors),
        None => of(expr, errors),
    };
    match work {
        Work::Block(block) => *block,
        work => Block::of(work, tokens),
    }
}

fn body(statements: &syn::Block, errors: &mut Diagnostics) -> Block {
    let mut braces = Group::new(Delimiter::Brace, inner(statements));
    braces.set_span(statements.brace_token.span.join());
    block(&braces, Within::Step, errors)
}

fn inner(block: &syn::Block) -> TokenStream {
    let statements = &block.stmts;
    half_typed::in_block(block).unwrap_or_else(|| quote!(#(#statements)*))
}

/// The way of a pattern in the paths of its nodes: `hard` for `Kind::Hard { .. }`.
fn arm_name(pat: &syn::Pat, index: usize) -> String {
    let tokens = pat.to_token_stream().into_iter();
    let capital = tokens
        .filter_map(|token| match token {
            proc_macro2::TokenTree::Ident(ident) => Some(ident.to_string()),
            proc_macro2::TokenTree::Literal(literal) => Some(literal.to_string()),
            _ => None,
        })
        .filter(|word| word != "_")
        .last();
    let first = match pat {
        syn::Pat::TupleStruct(pat) => last_ident(&pat.path).map(ToString::to_string),
        syn::Pat::Struct(pat) => last_ident(&pat.path).map(ToString::to_string),
        syn::Pat::Path(pat) => last_ident(&pat.path).map(ToString::to_string),
        syn::Pat::Wild(_) => Some("other".to_owned()),
        syn::Pat::Ident(pat) if pat.ident.to_string().starts_with(char::is_lowercase) => {
            Some("other".to_owned())
        }
        _ => capital,
    };
    let name = Case::Snake.of_variant(&first.unwrap_or_default());
    let name: String = name
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { '_' })
        .collect();
    match name.trim_matches('_') {
        "" => format!("way_{}", index + 1),
        name if name.starts_with(|c: char| c.is_ascii_digit()) => format!("way_{name}"),
        name => name.to_owned(),
    }
}

/// The name, with a number behind it where an arm has it already.
fn unused(name: String, arms: &[Arm]) -> String {
    let is_taken = |name: &str| arms.iter().any(|arm| arm.name == name);
    if !is_taken(&name) {
        return name;
    }
    let mut numbers = 2..;
    let number = numbers.find(|number| !is_taken(&format!("{name}_{number}")));
    format!("{name}_{}", number.unwrap_or(2))
}
