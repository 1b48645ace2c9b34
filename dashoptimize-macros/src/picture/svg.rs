//! A placed drawing as text.

use super::drawing::{Drawing, DrawnKind, DrawnNode, Edge};
use super::measures::{HEAD, Piece, Placed, Rect, WORDS};
use super::text::{FONT, escaped};

/// Half the width of the head of an arrow.
const HALF_HEAD: i32 = 4;
/// Width of the point of a pointed side.
const POINT: i32 = 9;
/// Between the lines of an outline that is drawn twice.
const TWICE: i32 = 3;

pub(super) fn svg(drawing: &Drawing, placed: &Placed) -> String {
    let (width, height) = (placed.width, placed.height);
    let name = escaped(&drawing.name);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-label=\"graph of {name}\" \
         width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         style=\"max-width:100%;height:auto\" fill=\"none\" stroke=\"currentColor\">"
    );
    text += &arrows(drawing, placed);
    for (node, rect) in drawing.nodes.iter().zip(&placed.boxes) {
        text += &outline(node, *rect);
    }
    text += &texts(drawing, placed);
    text + "</svg>"
}

/// All lines in one path and all heads in another: a graph can have hundreds of edges.
fn arrows(drawing: &Drawing, placed: &Placed) -> String {
    let lines: String = placed.routes.iter().map(|route| line(route)).collect();
    let edges = drawing.edges.iter().zip(&placed.routes);
    let heads: String = edges
        .map(|(edge, route)| head(route, edge.goes_up()))
        .collect();
    format!(
        "<path opacity=\".55\" d=\"{lines}\"/>\
         <path opacity=\".75\" fill=\"currentColor\" stroke=\"none\" d=\"{heads}\"/>"
    )
}

fn line(route: &[Piece]) -> String {
    let mut line = String::new();
    for (n, piece) in route.iter().enumerate() {
        let Piece { x, top, bottom } = *piece;
        match n.checked_sub(1).map(|before| route[before]) {
            None => line += &format!("M{x} {bottom}"),
            Some(before) => {
                let middle = (before.bottom + top) / 2;
                line += &format!("C{} {middle} {x} {middle} {x} {top}", before.x);
            }
        }
        let is_between = 0 < n && n + 1 < route.len();
        if is_between {
            line += &format!("V{bottom}");
        }
    }
    line
}

fn head(route: &[Piece], up: bool) -> String {
    let wide = 2 * HALF_HEAD;
    match (route.first(), route.last()) {
        (Some(first), _) if up => {
            format!("M{} {}l-{HALF_HEAD} {HEAD}h{wide}z", first.x, first.top)
        }
        (_, Some(last)) => format!("M{} {}l-{HALF_HEAD}-{HEAD}h{wide}z", last.x, last.bottom),
        _ => String::new(),
    }
}

fn outline(node: &DrawnNode, rect: Rect) -> String {
    let Rect { x, y, w, h } = rect;
    let inner = Rect {
        x: x + TWICE,
        y: y + TWICE,
        w: w - 2 * TWICE,
        h: h - 2 * TWICE,
    };
    let flat = w - 2 * POINT;
    let half = h / 2;
    match node.kind {
        DrawnKind::Input | DrawnKind::Output => boxed(rect, h / 2, ""),
        DrawnKind::Module if node.is_program => boxed(rect, 6, "") + &boxed(inner, 4, ""),
        DrawnKind::Module => boxed(rect, 6, " fill=\"currentColor\" fill-opacity=\".1\""),
        DrawnKind::Code => boxed(rect, 0, ""),
        DrawnKind::Map => {
            let sides = format!("M{} {y}v{h}M{} {y}v{h}", inner.x, inner.x + inner.w);
            boxed(rect, 0, "") + &format!("<path d=\"{sides}\"/>")
        }
        DrawnKind::Route => format!(
            "<path d=\"M{} {y}h{flat}l{POINT} {half}l-{POINT} {half}h-{flat}l-{POINT}-{half}z\"/>",
            x + POINT
        ),
        DrawnKind::Loop => boxed(rect, 6, " stroke-dasharray=\"6 3\""),
        DrawnKind::Fallback => format!(
            "<path d=\"M{x} {y}h{}l{POINT} {half}l-{POINT} {half}h-{}l0-{h}z\"/>",
            w - POINT,
            w - POINT
        ),
    }
}

fn boxed(rect: Rect, radius: i32, more: &str) -> String {
    let Rect { x, y, w, h } = rect;
    format!("<rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" rx=\"{radius}\"{more}/>")
}

fn texts(drawing: &Drawing, placed: &Placed) -> String {
    let mut text = format!(
        "<g fill=\"currentColor\" stroke=\"none\" font-family=\"Source Code Pro,monospace\" \
         font-size=\"{FONT}\" text-anchor=\"middle\">"
    );
    for (node, rect) in drawing.nodes.iter().zip(&placed.boxes) {
        text += &lines(node, *rect);
    }
    for (edge, route) in drawing.edges.iter().zip(&placed.routes) {
        text += &words(edge, route);
    }
    text + "</g>"
}

/// What is written at the head of an edge.
fn words(edge: &Edge, route: &[Piece]) -> String {
    let baseline = WORDS / 3;
    match (route.first(), route.last()) {
        _ if edge.label.is_empty() => String::new(),
        (Some(first), _) if edge.goes_up() => {
            written(first.x, first.bottom - baseline, "", &edge.label)
        }
        (_, Some(last)) => written(last.x, last.bottom - HEAD - baseline, "", &edge.label),
        _ => String::new(),
    }
}

/// The path of a node and, below it, what it does.
fn lines(node: &DrawnNode, rect: Rect) -> String {
    let x = rect.x + rect.w / 2;
    let middle = rect.y + rect.h / 2 + FONT / 3;
    let strong = " font-weight=\"600\"";
    match (&node.path[..], &node.label[..]) {
        (path, "") => written(x, middle, strong, path),
        ("", label) => written(x, middle, "", label),
        (path, label) => {
            written(x, middle - 8, strong, path) + &written(x, middle + 8, " opacity=\".8\"", label)
        }
    }
}

fn written(x: i32, y: i32, more: &str, words: &str) -> String {
    format!("<text x=\"{x}\" y=\"{y}\"{more}>{}</text>", escaped(words))
}
