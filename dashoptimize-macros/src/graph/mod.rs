//! The graph of a program as the macros see it: steps, what each does, and what it reads.
//!
//! `pipeline!` parses into it; [`resolve`] ties names to what they stand for and finds every mistake
//! in the wiring; [`order`] says what can run at once; [`draw`] turns it into nodes and edges, and
//! [`svg`] those into a picture.

pub(crate) mod draw;
pub(crate) mod names;
pub(crate) mod order;
pub(crate) mod resolve;
pub(crate) mod svg;

use proc_macro2::{Ident, Span, TokenStream};
use syn::{Expr, Member, Pat, Path, Token, Type};

use crate::editor;
use crate::module::{Kind, ModuleOption};

/// Steps that may run as soon as what they read is there, and what they come to.
pub(crate) struct Block {
    pub(crate) steps: Vec<Step>,
    /// `None` in the body of a loop, which comes to what it assigns.
    pub(crate) tail: Option<Work>,
    /// The tail as it was written, for editors.
    pub(crate) tail_tokens: TokenStream,
}

/// One step of a block.
pub(crate) struct Step {
    pub(crate) kind: StepKind,
    /// What it makes. A loop may change several values; all others make one.
    pub(crate) names: Vec<Ident>,
    /// `let name: Type = …`
    pub(crate) ty: Option<Type>,
    pub(crate) options: Vec<ModuleOption>,
    pub(crate) work: Work,
    /// What it does as it was written, for editors.
    pub(crate) tokens: TokenStream,
    /// There is a mistake in it or in what it reads, so that it cannot be compiled.
    pub(crate) broken: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StepKind {
    /// `let name = …;`
    Let,
    /// `let mut name = …;`: a loop may change it.
    LetMut,
    /// `name = …;` in a loop.
    Assign,
    /// `while … { … }`
    Loop,
}

/// What a step does.
pub(crate) enum Work {
    /// `ChainOfThought::<WriteQuery> { question }`
    Node(Box<Node>),
    /// Plain code.
    Code(Expr),
    /// `Node { … }.answer`: code on what other work comes to.
    Then(Box<Self>, Vec<Postfix>),
    /// `for passage in passages { … }`
    Map(Box<Map>),
    /// `match … { … }` or `if … { … } else { … }`
    Route(Box<Route>),
    /// `while … { … }`
    Loop(Box<Loop>),
    /// `… || …`
    Fallback(Vec<Block>),
    /// `{ …; … }`
    Block(Box<Block>),
    /// Tokens that are no expression yet.
    Raw(TokenStream),
}

/// A call of a module.
pub(crate) struct Node {
    pub(crate) module: NodeModule,
    /// Where the module is named, for errors about its fields.
    pub(crate) span: Span,
    /// Its braces.
    pub(crate) braces: Span,
    pub(crate) fields: Vec<NodeField>,
    /// Behind the last field.
    pub(crate) comma: Option<Token![,]>,
    /// Where it is in the program, and the field that holds it. Set when names are resolved.
    pub(crate) place: Option<NodePlace>,
}

/// Which module a node calls.
#[expect(
    clippy::large_enum_variant,
    reason = "there are few, and they live shortly"
)]
pub(crate) enum NodeModule {
    /// `ChainOfThought::<WriteQuery>`
    Kind {
        kind: &'static Kind,
        name: Ident,
        of: Type,
    },
    /// Any type that is a module.
    Named(Path),
}

/// `text: query.text`
pub(crate) struct NodeField {
    pub(crate) name: Ident,
    pub(crate) value: Expr,
    pub(crate) shorthand: bool,
}

#[derive(Clone)]
pub(crate) struct NodePlace {
    /// `answer.hard`
    pub(crate) path: String,
    /// `answer_hard`
    pub(crate) field: Ident,
}

/// Something behind a dot.
pub(crate) enum Postfix {
    Field(Member),
    /// `.name::<T>(…)`, `?`, `.await`, `[…]`: as it was written.
    Tokens(TokenStream),
}

pub(crate) struct Map {
    pub(crate) pat: Pat,
    pub(crate) list: Expr,
    pub(crate) body: Block,
    /// `#[with(concurrency = 4)]`
    pub(crate) concurrency: Option<Expr>,
}

pub(crate) struct Route {
    pub(crate) on: On,
    /// The braces of a `match`.
    pub(crate) braces: Span,
    pub(crate) arms: Vec<Arm>,
}

/// What a route decides by.
pub(crate) enum On {
    /// `match value`
    Match(Expr),
    /// `if condition`: two arms.
    If(Expr),
    /// `if let pattern = value`: two arms.
    IfLet(Box<Pat>, Expr),
}

pub(crate) struct Arm {
    /// None for the arms of an `if`.
    pub(crate) pat: Option<Pat>,
    pub(crate) guard: Option<Expr>,
    /// In the paths of its nodes.
    pub(crate) name: String,
    pub(crate) body: Block,
    /// Where it ends.
    pub(crate) end: Span,
}

pub(crate) struct Loop {
    pub(crate) condition: Expr,
    pub(crate) body: Block,
    /// `#[with(at_most = 3)]`
    pub(crate) at_most: Option<Expr>,
}

impl Block {
    /// A block without steps.
    pub(crate) const fn of(work: Work, tokens: TokenStream) -> Self {
        Self {
            steps: Vec::new(),
            tail: Some(work),
            tail_tokens: tokens,
        }
    }

    /// Whether all steps can be compiled.
    pub(crate) fn is_sound(&self) -> bool {
        let tail_is_sound = self.tail.as_ref().is_none_or(Work::is_sound);
        tail_is_sound && self.steps.iter().all(|step| !step.broken)
    }

    /// Whether anything in it is called inside of a context.
    pub(crate) fn uses_context(&self) -> bool {
        let works = self.steps.iter().map(|step| &step.work).chain(&self.tail);
        works.into_iter().any(Work::uses_context)
    }

    /// Calls `change` with all that is done in the block, from the inside out.
    pub(crate) fn change_work(&mut self, change: &mut dyn FnMut(&mut Work)) {
        let steps = self.steps.iter_mut().map(|step| &mut step.work);
        for work in steps.chain(&mut self.tail) {
            work.change(change);
        }
    }

    /// Calls `each` with every node, in the order of the source.
    pub(crate) fn for_each_node<'a>(&'a self, each: &mut dyn FnMut(&'a Node, &'a [ModuleOption])) {
        for step in &self.steps {
            // Of a step with a mistake the compiler is given what is sound inside, an editor all, but
            // elsewhere.
            if !step.broken || !editor::asks() {
                step.work.for_each_node(&step.options, each);
            }
        }
        if let Some(tail) = &self.tail {
            tail.for_each_node(&[], each);
        }
    }
}

impl Work {
    fn for_each_node<'a>(
        &'a self,
        options: &'a [ModuleOption],
        each: &mut dyn FnMut(&'a Node, &'a [ModuleOption]),
    ) {
        match self {
            Self::Node(node) => each(node, options),
            Self::Then(work, _) => work.for_each_node(options, each),
            Self::Code(_) | Self::Raw(_) => {}
            Self::Map(map) => map.body.for_each_node(each),
            Self::Route(route) => route
                .arms
                .iter()
                .for_each(|arm| arm.body.for_each_node(each)),
            Self::Loop(repeat) => repeat.body.for_each_node(each),
            Self::Fallback(ways) => ways.iter().for_each(|way| way.for_each_node(each)),
            Self::Block(block) => block.for_each_node(each),
        }
    }

    fn is_sound(&self) -> bool {
        match self {
            Self::Raw(_) => false,
            Self::Node(_) | Self::Code(_) => true,
            Self::Then(work, _) => work.is_sound(),
            Self::Map(map) => map.body.is_sound(),
            Self::Route(route) => route.arms.iter().all(|arm| arm.body.is_sound()),
            Self::Loop(repeat) => repeat.body.is_sound(),
            Self::Fallback(ways) => ways.iter().all(Block::is_sound),
            Self::Block(block) => block.is_sound(),
        }
    }

    fn change(&mut self, change: &mut dyn FnMut(&mut Self)) {
        match self {
            Self::Node(_) | Self::Code(_) | Self::Raw(_) => {}
            Self::Then(work, _) => work.change(change),
            Self::Map(map) => map.body.change_work(change),
            Self::Route(route) => {
                let bodies = route.arms.iter_mut().map(|arm| &mut arm.body);
                bodies.for_each(|body| body.change_work(change));
            }
            Self::Loop(repeat) => repeat.body.change_work(change),
            Self::Fallback(ways) => ways.iter_mut().for_each(|way| way.change_work(change)),
            Self::Block(block) => block.change_work(change),
        }
        change(self);
    }

    /// Whether anything in it is called inside of a context.
    pub(crate) fn uses_context(&self) -> bool {
        match self {
            Self::Node(_) | Self::Map(_) | Self::Fallback(_) | Self::Loop(_) => true,
            Self::Code(_) | Self::Raw(_) => false,
            Self::Then(work, _) => work.uses_context(),
            Self::Route(route) => route.arms.iter().any(|arm| arm.body.uses_context()),
            Self::Block(block) => block.uses_context(),
        }
    }
}
