//! The dialect of Python, as a model is told about it.

/// The subset of Python that the interpreter supports, as an instruction to the model that writes the code.
/// It is part of the prompts of modules that run code, and each of its statements is tested.
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
