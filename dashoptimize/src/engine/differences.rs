//! In what two manifests differ.

use serde_json::{Map, Value};

/// The entries whose values differ, such as `settings` or `metric.version`.
pub(super) fn differences(before: &Value, now: &Value) -> Vec<String> {
    let mut found = Vec::new();
    match (before, now) {
        (Value::Object(before), Value::Object(now)) => compare("", before, now, &mut found),
        _ => found.push("the whole manifest".to_owned()),
    }
    found
}

/// Adds the entries that differ. Entries that both are objects are compared entry by entry.
fn compare(
    path: &str,
    before: &Map<String, Value>,
    now: &Map<String, Value>,
    found: &mut Vec<String>,
) {
    let mut names: Vec<&String> = before.keys().chain(now.keys()).collect();
    names.sort();
    names.dedup();
    for name in names {
        let entry = format!("{path}{name}");
        match (before.get(name), now.get(name)) {
            (Some(before), Some(now)) if before == now => {}
            (Some(Value::Object(before)), Some(Value::Object(now))) => {
                compare(&format!("{entry}."), before, now, found);
            }
            _ => found.push(entry),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::differences;

    #[test]
    fn differences_are_named_by_their_path() {
        let before = json!({ "a": 1, "b": { "c": [1], "d": { "e": 1 } } });
        assert!(differences(&before, &before).is_empty());
        let now = json!({ "b": { "c": [2], "d": { "e": 1, "f": 1 } } });
        assert_eq!(differences(&before, &now), ["a", "b.c", "b.d.f"]);
        assert_eq!(differences(&json!(1), &now), ["the whole manifest"]);
    }
}
