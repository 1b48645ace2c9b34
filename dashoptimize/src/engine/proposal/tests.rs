//! What is left out of a prompt, what is a copy, and what is cut off.

use super::copied::Windows;
use super::cut_off;
use super::room::Room;
use super::rules::tokens;

#[test]
fn as_many_blocks_are_shown_as_there_is_room_for() {
    let blocks: Vec<String> = (0..40)
        .map(|n| format!("block {n} {}", "é".repeat(n)))
        .collect();
    for room in [0, 1, 7, 20, 50, 200, 1_000, 100_000] {
        let shown = Room::of(room).fit(&blocks);
        let (kept, line) = match shown.rsplit_once("\n\n(") {
            Some((kept, line)) => (kept, line),
            None if shown.starts_with('(') => ("", &shown[1..]),
            None => (shown.as_str(), "0 "),
        };
        assert!(tokens(kept) <= room, "{} in {room}", tokens(kept));
        let left_out: usize = line.split(' ').next().unwrap().parse().unwrap();
        let starts = kept.matches("block ").count();
        assert_eq!(starts + left_out, blocks.len(), "in {room}: {shown}");
        let last = Room::of(room).fit_last(&blocks);
        assert_eq!(last.contains(&blocks[39]), room >= 200, "in {room}: {last}");
    }
    assert_eq!(Room::of(10).fit::<&str>([]), "");
    assert_eq!(
        Room::of(4).fit_last(["one", "two", "six"]),
        "(1 earlier is left out)\n\ntwo\n\nsix"
    );
}

#[test]
fn a_long_block_loses_its_middle() {
    let long = format!("start{}end", "ü".repeat(10_000));
    let alone = Room::of(100).fit([&long]);
    assert!(
        alone.starts_with("startü") && alone.ends_with("üend"),
        "{alone}"
    );
    assert!(tokens(&alone) <= 100, "{}", tokens(&alone));
    let kept = alone.matches('ü').count();
    assert!(alone.contains(&format!("[… {} characters are left out …]", 10_000 - kept)));
    let beside = Room::of(400).fit([long.as_str(), "short"]);
    assert!(
        beside.ends_with("short") && tokens(&beside) <= 110,
        "{beside}"
    );
}

#[test]
fn a_copy_is_found_wherever_it_stands_and_nothing_shorter_is() {
    let row = "the quick brown fox jumps over the lazy dog";
    let is_copied = |text: &str, size| Windows::of(text, size).shared_with(row, &[]).is_some();
    assert!(is_copied("so, quick brown fox jumps", 20));
    assert!(
        is_copied("so, quick  brown\n\tfox jumps", 20),
        "white space does not hide a copy"
    );
    assert!(!is_copied("so, quick brown fox sleeps", 20));
    assert!(is_copied(row, row.len()));
    assert!(!is_copied(row, row.len() + 1));
    assert!(!is_copied("", 1) && !is_copied("x", 0));
    let japanese = "東京都の人口は約千四百万人です";
    let windows = Windows::of(&format!("例：{japanese}。"), 10);
    assert!(windows.shared_with(japanese, &[]).is_some());
    assert!(
        windows
            .shared_with(japanese, &[japanese.to_owned()])
            .is_none(),
        "the prompt has it"
    );
}

#[test]
fn what_is_cut_off_shows_it() {
    let cut = [
        "Do it.\n```",
        "```\nDo it.",
        "~~~~\nDo it.\n~~~",
        "````\n```\nDo it.\n```",
        "  ```json\n{}\n",
        "<think>\nwell",
        "Do it. <Thinking>so",
        "<think>a</think> Do it. <think>b",
    ];
    for text in cut {
        assert!(cut_off::sign(cut_off::unwrapped(text)).is_some(), "{text}");
    }
    let whole = [
        "Do it.",
        "```\nDo it.\n```",
        "````\n```\nDo it.\n````",
        "~~~\n```\nDo it.\n~~~",
        "Put code into ``` fences.",
        "`x` and ``y``",
        "<think>a</think> Do it.",
        "Answer after the <analysis> section.",
    ];
    for text in whole {
        assert_eq!(cut_off::sign(cut_off::unwrapped(text)), None, "{text}");
    }
}
