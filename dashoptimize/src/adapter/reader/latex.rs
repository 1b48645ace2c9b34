//! Commands of LaTeX in JSON texts whose backslash was not escaped, so that `\times` reads as a tab and
//! `imes`.

/// What follows `\n`, `\r` or `\t` in the commands that are used most. Commands whose rest is a word of
/// its own, such as `\to`, are left out.
const COMMANDS: [(char, &[&str]); 3] = [
    (
        'n',
        &[
            "u", "eq", "eg", "ot", "otin", "abla", "exists", "mid", "leq", "geq", "ewline",
            "earrow", "warrow", "atural", "onumber", "obreak", "parallel", "subseteq", "cong",
            "sim",
        ],
    ),
    (
        'r',
        &[
            "ho",
            "ight",
            "ightarrow",
            "angle",
            "ceil",
            "floor",
            "brace",
            "brack",
            "m",
            "aise",
            "ightharpoonup",
            "ightleftharpoons",
            "vert",
            "Vert",
            "oot",
        ],
    ),
    (
        't',
        &[
            "imes",
            "heta",
            "au",
            "ext",
            "extbf",
            "extit",
            "extrm",
            "exttt",
            "frac",
            "binom",
            "ilde",
            "riangle",
            "riangleq",
            "anh",
            "herefore",
            "hinspace",
            "hickspace",
            "extstyle",
            "extsuperscript",
            "extsubscript",
        ],
    ),
];

/// Whether this escape and the text after it could be a command.
pub(super) fn could_be_command(sign: char, after: &str) -> bool {
    const LONGEST: usize = 16;
    let letters = after
        .bytes()
        .take(LONGEST)
        .take_while(u8::is_ascii_alphabetic);
    let word = &after[..letters.count()];
    !word.is_empty()
        && COMMANDS
            .iter()
            .any(|(of, rests)| *of == sign && rests.contains(&word))
}
