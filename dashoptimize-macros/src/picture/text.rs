//! Texts of a drawing: their width, and how SVG writes them.

/// Size of the font in pixels.
pub(super) const FONT: i32 = 12;

/// The longest text of a box, in characters.
const LONGEST: usize = 44;

/// Width in pixels: letters of a monospaced font are 0.6 of its size wide, those of scripts that it
/// does not have up to 1.0.
pub(super) fn width(text: &str) -> i32 {
    let tenths = |c: char| if c.is_ascii() { 6 } else { 10 };
    text.chars().map(tenths).sum::<i32>() * FONT / 10
}

/// A text on one line, cut where it is too long for a box.
pub(super) fn shortened(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= LONGEST {
        return line;
    }
    let kept: String = line.chars().take(LONGEST - 1).collect();
    format!("{}…", kept.trim_end())
}

/// A text as it is written between tags and in quoted attributes.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c if c.is_control() => safe.push('\u{fffd}'),
            c => safe.push(c),
        }
    }
    safe
}
