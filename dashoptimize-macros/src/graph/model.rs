//! A program as steps: what each does, and what it reads.

use proc_macro2::{Ident, Span, TokenStream};
use syn::{Expr, Member, Pat, Path, Token, Type};

use crate::module::{Kind, ModuleOption};

/// Steps that run as soon as what they read is available, and what they evaluate to.
pub(crate) struct Block {
    pub(crate) steps: Vec<Step>,
    /// `None` in the body of a loop or a statement, which evaluates to what it changes.
    pub(crate) tail: Option<Work>,
    /// The tail as it was written, for editors.
    pub(crate) tail_tokens: TokenStream,
    /// What it evaluates to without a tail.
    pub(crate) changes: Changes,
    /// Its steps were lifted out of its tail.
    pub(crate) lifted: bool,
}

/// The values that a block without a tail changes.
#[derive(Default)]
pub(crate) struct Changes {
    pub(crate) names: Vec<Ident>,
    /// In a loop that may be left: whether it is left here.
    pub(crate) leaves: Option<bool>,
}

/// One step of a block.
pub(crate) struct Step {
    pub(crate) kind: StepKind,
    /// What it makes. A pattern binds, and a loop or a statement changes, any number of values; all others
    /// make one.
    pub(crate) names: Vec<Ident>,
    /// `let (a, b) = …`, without `mut`.
    pub(crate) pat: Option<TokenStream>,
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
    /// `name = …;` in a loop or a statement.
    Assign,
    /// `name = …;` elsewhere.
    Change,
    /// `if … { name = …; }`
    Statement,
    /// `while … { … }`, `for … { … }`
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
    /// `while … { … }`, or a `for` that changes values
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
    /// `..state`: what the other fields are taken from.
    pub(crate) rest: Option<Expr>,
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

impl Node {
    /// What the inputs are given.
    pub(crate) fn values(&self) -> impl Iterator<Item = &Expr> {
        let fields = self.fields.iter().map(|field| &field.value);
        fields.chain(&self.rest)
    }
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
    /// Where `match` or `if` is.
    pub(crate) keyword: Span,
    pub(crate) on: On,
    /// Of `a && b` and `a || b`, the arm whose value is that of `a`.
    pub(crate) short: Option<usize>,
    /// The braces of a `match`.
    pub(crate) braces: Span,
    pub(crate) arms: Vec<Arm>,
    pub(crate) aim: Aim,
}

/// What a route is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Aim {
    /// A value.
    Value,
    /// It changes values.
    Changes,
    /// One of its arms ends what is around it, and the other is all that follows.
    Early,
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
    /// All that follows the statement, whose paths are as if the statement was not there.
    pub(crate) is_rest: bool,
}

pub(crate) struct Loop {
    pub(crate) over: Over,
    pub(crate) body: Block,
    /// How many values it changes.
    pub(crate) changes: usize,
    /// Whether there is a `break` or a `continue` in it.
    pub(crate) may_be_left: bool,
    /// `#[with(at_most = 3)]`
    pub(crate) at_most: Option<Expr>,
}

/// What a loop goes over.
pub(crate) enum Over {
    /// `while condition`
    While(Expr),
    /// `for pattern in list`
    List(Box<Pat>, Expr),
}

impl Over {
    pub(crate) const fn expr(&self) -> &Expr {
        match self {
            Self::While(expr) | Self::List(_, expr) => expr,
        }
    }

    /// What it binds for its body.
    pub(crate) fn bound(&self) -> Vec<Ident> {
        match self {
            Self::While(_) => Vec::new(),
            Self::List(pat, _) => super::names::bound(pat),
        }
    }
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
    pub(crate) fn of(work: Work, tokens: TokenStream) -> Self {
        Self {
            tail: Some(work),
            tail_tokens: tokens,
            ..Self::empty()
        }
    }

    pub(crate) fn empty() -> Self {
        Self {
            steps: Vec::new(),
            tail: None,
            tail_tokens: TokenStream::new(),
            changes: Changes::default(),
            lifted: false,
        }
    }
}

impl Step {
    /// A step that does nothing yet.
    pub(crate) fn new(kind: StepKind, name: Ident, tokens: TokenStream) -> Self {
        Self {
            kind,
            names: vec![name],
            pat: None,
            ty: None,
            options: Vec::new(),
            work: Work::Raw(TokenStream::new()),
            tokens,
            broken: false,
        }
    }

    /// Whether it makes a new name.
    pub(crate) const fn is_let(&self) -> bool {
        matches!(self.kind, StepKind::Let | StepKind::LetMut)
    }
}
