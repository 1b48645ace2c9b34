//! What the interpreter understands, in the words that a model is shown.

/// The Python that the interpreter understands, as an instruction to whoever writes it. It stands in the
/// prompts of modules that run code; a test holds each of its claims.
pub const DIALECT: &str = "\
code for a small Python interpreter without files, network, clock and third-party packages.
- These modules can be imported: `math`, `re`, `json`, `datetime`, `unicodedata`, `typing`, \
`collections` (`Counter`, `defaultdict`, `deque`, `namedtuple`), `itertools` (`accumulate`, `batched`, \
`chain`, `count`, `cycle`, `islice`, `pairwise`, `repeat`, `zip_longest`), `functools` (`partial`, \
`reduce`), `dataclasses` (`dataclass`). No other module is there: write what you need yourself.
- Missing: `yield`, `match`, `del`, class inheritance and own exception types, operators of own classes \
(`__add__`, `__lt__`, `__len__`), `@property`, `@staticmethod`, `input`, `eval`.
- Use f-strings, not `%`, to format text. Count with `sum(1 for x in items if test)`; booleans cannot be \
added. Do not assign to slices.";
