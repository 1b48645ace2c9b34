//! Drawings as a reader needs them, of programs as they are and of graphs at random.

use std::path::Path;

use proptest::prelude::*;

use super::measures::{Placed, Rect};
use super::place::placed;
use super::rows::rows;
use super::*;

const KINDS: [DrawnKind; 8] = [
    DrawnKind::Input,
    DrawnKind::Module,
    DrawnKind::Code,
    DrawnKind::Map,
    DrawnKind::Route,
    DrawnKind::Loop,
    DrawnKind::Fallback,
    DrawnKind::Output,
];

fn drawing(
    name: &str,
    nodes: &[(&str, &str, DrawnKind)],
    edges: &[(usize, usize, &str)],
) -> Drawing {
    let nodes = nodes.iter().map(|(path, label, kind)| DrawnNode {
        path: (*path).to_owned(),
        label: (*label).to_owned(),
        kind: *kind,
        is_program: false,
    });
    let edges = edges.iter().map(|(from, to, words)| Edge {
        from: *from,
        to: *to,
        label: (*words).to_owned(),
    });
    Drawing {
        name: name.to_owned(),
        nodes: nodes.collect(),
        edges: edges.collect(),
    }
}

fn rag() -> Drawing {
    drawing(
        "Rag",
        &[
            ("question", "String", DrawnKind::Input),
            ("top_k", "usize", DrawnKind::Input),
            ("query", "ChainOfThought<WriteQuery>", DrawnKind::Module),
            ("passages", "search", DrawnKind::Code),
            ("notes", "for passage", DrawnKind::Map),
            ("answer", "Predict<ShortAnswer>", DrawnKind::Module),
            ("", "Answer", DrawnKind::Output),
        ],
        &[
            (0, 2, ""),
            (1, 3, ""),
            (2, 3, ""),
            (3, 4, ""),
            (0, 4, ""),
            (0, 5, ""),
            (4, 5, ""),
            (5, 6, ""),
        ],
    )
}

fn routing() -> Drawing {
    let mut drawing = drawing(
        "Support",
        &[
            ("message", "String", DrawnKind::Input),
            ("triage", "ChainOfThought<Triage>", DrawnKind::Module),
            ("reply", "match triage.intent", DrawnKind::Route),
            ("reply.refund", "Predict<Refund>", DrawnKind::Module),
            ("reply.card_lost", "BlockCard", DrawnKind::Module),
            ("reply.other", "Predict<Chat>", DrawnKind::Module),
            ("polished", "first that succeeds", DrawnKind::Fallback),
            ("checked", "while !checked.fine", DrawnKind::Loop),
            ("checked.better", "Predict<Mend>", DrawnKind::Module),
            ("", "Reply", DrawnKind::Output),
        ],
        &[
            (0, 1, ""),
            (1, 2, ""),
            (2, 3, "Intent::Refund"),
            (2, 4, "Intent::CardLost"),
            (2, 5, "_"),
            (0, 3, ""),
            (0, 4, ""),
            (0, 5, ""),
            (3, 6, ""),
            (4, 6, ""),
            (5, 6, ""),
            (6, 7, ""),
            (7, 8, ""),
            (8, 7, "again"),
            (7, 9, ""),
        ],
    );
    drawing.nodes[4].is_program = true;
    drawing
}

/// Four rows of eight, each node fed by all of the row above.
fn layered() -> Drawing {
    let mut drawing = drawing("Layered", &[("question", "String", DrawnKind::Input)], &[]);
    let node = |path: String, label: &str, kind| DrawnNode {
        path,
        label: label.to_owned(),
        kind,
        is_program: false,
    };
    let edge = |from, to| Edge {
        from,
        to,
        label: String::new(),
    };
    for row in 0..4 {
        for column in 0..8 {
            let to = drawing.nodes.len();
            let path = format!("n{row}_{column}");
            drawing
                .nodes
                .push(node(path, "Predict<Step>", DrawnKind::Module));
            let first = (row * 8_usize).saturating_sub(7);
            let above = if row == 0 { 0..1 } else { first..first + 8 };
            drawing.edges.extend(above.map(|from| edge(from, to)));
        }
    }
    drawing
        .nodes
        .push(node("answer".to_owned(), "", DrawnKind::Output));
    drawing.edges.extend((25..33).map(|from| edge(from, 33)));
    drawing
}

/// `BLESS=1` writes the drawings anew; look at them in a browser before they are kept.
#[test]
fn programs_are_drawn_as_kept() {
    for drawing in [rag(), routing(), layered()] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tests/snapshots");
        let path = folder.join(format!("{}.html", drawing.name.to_lowercase()));
        let html = drawing.to_html() + "\n";
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&path, &html).expect("the snapshot can be written");
        }
        let kept = std::fs::read_to_string(&path).expect("the snapshot is there");
        assert_eq!(
            html, kept,
            "the drawing changed; look at it, then run with BLESS=1"
        );
    }
}

/// Independent steps are side by side, centred below what they need.
#[test]
fn the_branches_of_a_match_are_side_by_side() {
    let drawing = routing();
    let Placed { boxes, .. } = placed(&drawing, &rows(&drawing));
    let [refund, card, other] = [boxes[3], boxes[4], boxes[5]];
    assert_eq!((refund.y, card.y), (card.y, other.y));
    let all = boxes.iter().filter(|rect| rect.y == card.y).count();
    assert_eq!(all, 3, "the three branches and nothing else");
    let from = boxes[2].x + boxes[2].w / 2;
    let [first, _, last] = {
        let mut branches = [refund, card, other];
        branches.sort_by_key(|rect| rect.x);
        branches
    };
    assert!(first.x < from && from < last.x + last.w, "{boxes:?}");
}

#[test]
fn a_program_without_anything_is_an_empty_picture() {
    let html = drawing("Nothing", &[], &[]).to_html();
    assert!(html.contains("aria-label=\"graph of Nothing\""), "{html}");
}

#[test]
fn a_long_label_is_cut() {
    let label = "x".repeat(60);
    let html = drawing("P", &[("p", &label, DrawnKind::Code)], &[]).to_html();
    assert!(html.contains(&format!(">{}…<", "x".repeat(43))), "{html}");
}

fn any_words() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), "[a-z:<>_ ]{1,24}", any::<String>()]
}

/// Up to 40 nodes, with edges of all kinds but from a node to itself.
fn any_drawing() -> impl Strategy<Value = Drawing> {
    (1..=40_usize).prop_flat_map(|count| {
        let node = (any_words(), prop::sample::select(&KINDS[..]));
        let edge = (0..count, 0..count, any_words());
        let nodes = prop::collection::vec(node, count);
        (nodes, prop::collection::vec(edge, 0..=2 * count)).prop_map(|(nodes, edges)| Drawing {
            name: "Any".to_owned(),
            nodes: nodes.into_iter().enumerate().map(any_node).collect(),
            edges: edges.into_iter().filter_map(any_edge).collect(),
        })
    })
}

fn any_node((n, (label, kind)): (usize, (String, DrawnKind))) -> DrawnNode {
    let path = format!("node{n}");
    DrawnNode {
        path,
        label,
        kind,
        is_program: n % 2 == 0,
    }
}

fn any_edge((from, to, label): (usize, usize, String)) -> Option<Edge> {
    (from != to).then_some(Edge { from, to, label })
}

fn overlap(a: Rect, b: Rect) -> bool {
    a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h
}

/// Whether a vertical line has a point in the box or on its sides.
fn touches(x: i32, (top, bottom): (i32, i32), rect: Rect) -> bool {
    rect.x <= x && x <= rect.x + rect.w && rect.y < bottom && top < rect.y + rect.h
}

proptest! {
    #[test]
    fn each_node_is_drawn_once(drawing in any_drawing()) {
        let html = drawing.to_html();
        for node in &drawing.nodes {
            prop_assert_eq!(html.matches(&format!(">{}<", node.path)).count(), 1);
        }
        let words = drawing.edges.iter().filter(|edge| !text::shortened(&edge.label).is_empty());
        let labels = drawing.nodes.iter().filter(|node| !text::shortened(&node.label).is_empty());
        let texts = drawing.nodes.len() + words.count() + labels.count();
        prop_assert_eq!(html.matches("<text ").count(), texts);
    }

    #[test]
    fn no_two_boxes_overlap_and_all_are_in_the_picture(drawing in any_drawing()) {
        let placed = placed(&drawing, &rows(&drawing));
        let picture = Rect { x: 0, y: 0, w: placed.width, h: placed.height };
        for (n, rect) in placed.boxes.iter().enumerate() {
            prop_assert!(picture.x < rect.x && rect.x + rect.w < picture.w);
            prop_assert!(picture.y < rect.y && rect.y + rect.h < picture.h);
            for other in &placed.boxes[n + 1..] {
                prop_assert!(!overlap(*rect, *other), "{:?} {:?}", rect, other);
            }
        }
    }

    #[test]
    fn each_edge_joins_the_bottom_of_one_box_with_the_top_of_the_other(drawing in any_drawing()) {
        let placed = placed(&drawing, &rows(&drawing));
        for (edge, route) in drawing.edges.iter().zip(&placed.routes) {
            let (upper, lower) = edge.ends();
            let (upper, lower) = (placed.boxes[upper], placed.boxes[lower]);
            let (first, last) = (route[0], route[route.len() - 1]);
            prop_assert_eq!(first.top, upper.y + upper.h);
            prop_assert!(upper.x < first.x && first.x < upper.x + upper.w);
            prop_assert_eq!(last.bottom, lower.y);
            prop_assert!(lower.x < last.x && last.x < lower.x + lower.w);
        }
    }

    /// A head takes up the end of the vertical piece at the node that the edge goes to.
    #[test]
    fn each_head_is_where_the_edge_goes(drawing in any_drawing()) {
        let placed = placed(&drawing, &rows(&drawing));
        for (edge, route) in drawing.edges.iter().zip(&placed.routes) {
            let (first, last) = (route[0], route[route.len() - 1]);
            let long = [first, last].map(|piece| piece.bottom - piece.top >= super::measures::HEAD);
            prop_assert_eq!(long, [edge.to < edge.from, edge.from < edge.to]);
        }
    }

    /// Curves run between rows, vertical pieces between the boxes of a row.
    #[test]
    fn no_edge_runs_through_a_box(drawing in any_drawing()) {
        let placed = placed(&drawing, &rows(&drawing));
        for route in &placed.routes {
            for pair in route.windows(2) {
                let (from, to) = (pair[0].bottom, pair[1].top);
                prop_assert!(from < to);
                let between = |rect: &Rect| rect.y + rect.h <= from || to <= rect.y;
                prop_assert!(placed.boxes.iter().all(between));
            }
            for piece in &route[1..route.len() - 1] {
                let reach = (piece.top, piece.bottom);
                prop_assert!(!placed.boxes.iter().any(|rect| touches(piece.x, reach, *rect)));
            }
        }
    }

    #[test]
    fn inputs_are_on_top_and_the_output_is_at_the_bottom(drawing in any_drawing()) {
        let is_fed = |n| drawing.edges.iter().any(|edge| edge.ends().1 == n);
        let feeds = |n| drawing.edges.iter().any(|edge| edge.ends().0 == n);
        let placed = placed(&drawing, &rows(&drawing));
        let lowest = placed.boxes.iter().map(|rect| rect.y).max();
        let highest = placed.boxes.iter().map(|rect| rect.y).min();
        for (n, (node, rect)) in drawing.nodes.iter().zip(&placed.boxes).enumerate() {
            match node.kind {
                // Programs have no edges into inputs or out of outputs.
                DrawnKind::Input if !is_fed(n) => prop_assert_eq!(Some(rect.y), highest),
                DrawnKind::Output if !feeds(n) => prop_assert_eq!(Some(rect.y), lowest),
                _ => {}
            }
        }
    }

    /// Whatever the texts are, they stay texts, and nothing ends the HTML block in Markdown.
    #[test]
    fn texts_stay_texts_on_one_line(words in any::<String>()) {
        let nodes = [(&words[..], &words[..], DrawnKind::Code), ("b", "", DrawnKind::Output)];
        let html = drawing(&words, &nodes, &[(0, 1, &words)]).to_html();
        prop_assert!(!html.contains(['\n', '\r']));
        let plain = drawing("P", &[("p", "p", DrawnKind::Code), ("b", "", DrawnKind::Output)], &[(0, 1, "p")]);
        if !text::shortened(&words).is_empty() {
            prop_assert_eq!(html.matches('<').count(), plain.to_html().matches('<').count());
        }
        prop_assert_eq!(html.matches('<').count(), html.matches('>').count());
    }
}
