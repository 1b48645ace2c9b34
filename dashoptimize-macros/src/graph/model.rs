//! A program as steps: what each does, and what it reads.

use proc_macro2::{Ident, Span, TokenStream};
use syn::{Expr, Member, Pat, Path, Token, Type};

use crate::module::{Kind, ModuleOption};

/// Steps that run as soon as what they read is available, and what they evaluate to.
pub(crate) struct Block {
    pub(crate) steps: Vec<Step>,
    /// `None` in the body of a loop, which evaluates to what it assigns.
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
    /// It or something that it reads has a mistake, so that it cannot be compiled.
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
    /// `Node { … }.answer`: code on the value of other work.
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
    /// Tokens that are not an expression yet.
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
    /// After the last field.
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

/// Something after a dot.
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

impl Postfix {
    /// Where it starts.
    pub(crate) fn span(&self) -> Span {
        match self {
            Self::Field(Member::Named(name)) => name.span(),
            Self::Field(Member::Unnamed(index)) => index.span,
            Self::Tokens(tokens) => {
                let first = tokens.clone().into_iter().next();
                first.map_or_else(Span::call_site, |token| token.span())
            }
        }
    }
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
}

impl Step {
    /// Whether it makes a new name.
    pub(crate) const fn is_let(&self) -> bool {
        matches!(self.kind, StepKind::Let | StepKind::LetMut)
    }
}
