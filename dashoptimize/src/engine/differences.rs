//! In what two manifests differ, in words.

use serde_json::{Map, Value};

/// What differs, one sentence part each, such as `the seed differs (was 1, now 2)`.
pub(super) fn differences(before: &Value, now: &Value) -> Vec<String> {
    let mut changes = Changes::default();
    match (before, now) {
        (Value::Object(before), Value::Object(now)) => changes.compare(before, now),
        _ => return vec!["the whole manifest differs".to_owned()],
    }
    changes.without_consequences().map(Change::words).collect()
}

/// The entries of two manifests that differ.
#[derive(Default)]
struct Changes {
    path: Vec<String>,
    found: Vec<Change>,
}

/// An entry that differs.
struct Change {
    path: Vec<String>,
    before: Option<Value>,
    now: Option<Value>,
}

impl Changes {
    /// Adds the entries that differ.
    fn compare(&mut self, before: &Map<String, Value>, now: &Map<String, Value>) {
        let mut names: Vec<&String> = before.keys().chain(now.keys()).collect();
        names.sort();
        names.dedup();
        for name in names {
            self.compare_entry(name, before.get(name), now.get(name));
        }
    }

    /// Adds an entry if it differs. Of entries that both are objects, or lists of as many, the entries inside
    /// are compared.
    fn compare_entry(&mut self, name: &str, before: Option<&Value>, now: Option<&Value>) {
        self.path.push(name.to_owned());
        match (before, now) {
            (before, now) if before == now => {}
            (Some(Value::Object(before)), Some(Value::Object(now))) => self.compare(before, now),
            (Some(Value::Array(before)), Some(Value::Array(now))) if are_alike(before, now) => {
                for (index, (before, now)) in before.iter().zip(now).enumerate() {
                    self.compare_entry(&(index + 1).to_string(), Some(before), Some(now));
                }
            }
            (before, now) => self.found.push(Change {
                path: self.path.clone(),
                before: before.cloned(),
                now: now.cloned(),
            }),
        }
        self.path.pop();
    }

    /// A hash differs whenever anything that it is of does.
    fn without_consequences(&self) -> impl Iterator<Item = &Change> {
        self.found.iter().filter(|change| {
            let is_cause =
                |other: &Change| !other.is_consequence() && other.path.starts_with(change.place());
            !change.is_consequence() || !self.found.iter().any(is_cause)
        })
    }
}

/// Whether these are lists of as many objects, such as the settings of the stages of an optimizer.
fn are_alike(before: &[Value], now: &[Value]) -> bool {
    before.len() == now.len() && before.iter().chain(now).all(Value::is_object)
}

/// The entry that holds a hash of the whole prompt of a predictor.
const PROMPT: &str = "prompt";

/// The entry that holds a hash of the names and types of a signature.
const FINGERPRINT: &str = "fingerprint";

impl Change {
    /// Whether it is a hash of entries beside it.
    fn is_consequence(&self) -> bool {
        let last = self.path.last();
        last.is_some_and(|name| name == PROMPT || name == FINGERPRINT)
    }

    /// What the entry is in.
    fn place(&self) -> &[String] {
        &self.path[..self.path.len().saturating_sub(1)]
    }

    /// Whether the values say nothing to a person.
    fn is_hash(&self) -> bool {
        let is_hash = |name: &String| name == "code" || name == "data";
        self.is_consequence() || self.path.iter().any(is_hash)
    }

    fn words(&self) -> String {
        let noun = noun(&self.path);
        match (&self.before, &self.now) {
            (None, Some(_)) if !noun.is_plural => format!("{} is new", noun.words),
            (None, Some(_)) => format!("{} are new", noun.words),
            (Some(_), None) if !noun.is_plural => format!("{} is gone", noun.words),
            (Some(_), None) => format!("{} are gone", noun.words),
            (before, now) => {
                let verb = if noun.is_plural { "differ" } else { "differs" };
                let values = match self.is_hash() {
                    true => String::new(),
                    false => values(before.as_ref(), now.as_ref()),
                };
                format!("{} {verb}{values}", noun.words)
            }
        }
    }
}

/// What an entry is called.
struct Noun {
    words: String,
    is_plural: bool,
}

fn one(words: impl Into<String>) -> Noun {
    Noun {
        words: words.into(),
        is_plural: false,
    }
}

fn many(words: impl Into<String>) -> Noun {
    Noun {
        words: words.into(),
        is_plural: true,
    }
}

fn noun(path: &[String]) -> Noun {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    match path.as_slice() {
        ["optimizer"] => one("the optimizer"),
        ["settings", setting @ ..] => one(format!(
            "the setting `{}` of the optimizer",
            setting.join(".")
        )),
        ["models"] => many("the models of the optimizer"),
        ["metric", "models"] => many("the models of the metric"),
        ["metric", what] => one(format!("the {what} of the metric")),
        ["seed"] => one("the seed"),
        ["verdict", setting] => one(format!("the {setting} of the verdict")),
        ["racing", ..] => one("the racing of candidates"),
        ["proposals", setting] => one(format!("the limit `{setting}` of proposals")),
        ["version"] => one("the version of the run"),
        ["data", "train"] => many("the training rows"),
        ["data", "val"] => many("the validation rows"),
        ["data", "holdout"] => many("the hold-out rows"),
        ["data", "rows"] => many("the rows"),
        ["program", "code", name] => one(format!("the code of the steps of `{name}`")),
        ["program", "predictors", predictor] => one(format!("predictor `{predictor}`")),
        ["program", "predictors", predictor, of @ ..] => {
            let Noun { words, is_plural } = of_predictor(of);
            let words = format!("{words} of predictor `{predictor}`");
            Noun { words, is_plural }
        }
        path => one(format!("`{}`", path.join("."))),
    }
}

fn of_predictor(path: &[&str]) -> Noun {
    match path {
        ["instructions"] => many("the instructions"),
        ["demos"] => many("the demos"),
        ["params", name] => one(format!("the parameter `{name}`")),
        ["fields", field] => one(format!("field `{field}`")),
        ["fields", field, "desc"] => one(format!("the description of field `{field}`")),
        ["fields", field, "prefix"] => one(format!("the label of field `{field}`")),
        ["fields", field, what] => one(format!("the {what} of field `{field}`")),
        [PROMPT] => one("the constant prompt"),
        [FINGERPRINT] => many("the types"),
        ["repairs"] => one("the number of repairs"),
        ["nearest", "k"] => one("the number of nearest demos"),
        ["nearest", ..] => one("the choice of nearest demos"),
        path => one(format!("the {}", path.join("."))),
    }
}

/// Both values, if they can be shown.
fn values(before: Option<&Value>, now: Option<&Value>) -> String {
    match (before, now) {
        (Some(Value::String(before)), Some(Value::String(now))) => {
            let (before, now) = excerpts(before, now);
            format!(" (was \"{before}\", now \"{now}\")")
        }
        (Some(before), Some(now)) => {
            let (before, now) = (before.to_string(), now.to_string());
            match before.len().max(now.len()) <= SHOWN {
                true => format!(" (was {before}, now {now})"),
                false => String::new(),
            }
        }
        _ => String::new(),
    }
}

/// Characters of a value that are shown, and how many of them before the place where two texts differ.
const SHOWN: usize = 60;
const BEFORE: usize = 20;

/// Both texts, or parts of them around the first place where they differ.
fn excerpts(one: &str, other: &str) -> (String, String) {
    let pairs = one.chars().zip(other.chars());
    let same = pairs.take_while(|(one, other)| one == other).count();
    let longest = one.chars().count().max(other.chars().count());
    let start = if longest <= SHOWN {
        0
    } else {
        same.saturating_sub(BEFORE)
    };
    (excerpt(one, start), excerpt(other, start))
}

fn excerpt(text: &str, start: usize) -> String {
    let shown: String = text.chars().skip(start).take(SHOWN).collect();
    let head = if start > 0 { "…" } else { "" };
    let is_cut = text.chars().count() > start + SHOWN;
    format!("{head}{shown}{}", if is_cut { "…" } else { "" })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::differences;

    fn predictor(entry: &serde_json::Value) -> serde_json::Value {
        json!({ "program": { "predictors": { "reply": entry } } })
    }

    #[test]
    fn what_differs_is_said_in_sentences() {
        let stages = |k: u32| json!({ "k": 2, "stages": [{ "k": 1 }, { "k": k }] });
        let before = json!({ "seed": 1, "optimizer": "A", "settings": stages(2), "models": ["m"] });
        assert!(differences(&before, &before).is_empty());
        let now = json!({ "seed": 2, "optimizer": "A", "settings": stages(3), "version": "1" });
        assert_eq!(
            differences(&before, &now),
            [
                "the models of the optimizer are gone",
                "the seed differs (was 1, now 2)",
                "the setting `stages.2.k` of the optimizer differs (was 2, now 3)",
                "the version of the run is new",
            ]
        );
        assert_eq!(
            differences(&json!(1), &json!(2)),
            ["the whole manifest differs"]
        );
    }

    #[test]
    fn a_prompt_is_named_only_if_nothing_in_it_is() {
        let before = predictor(&json!({ "instructions": "one word", "prompt": "0a" }));
        let now = predictor(&json!({ "instructions": "one single word", "prompt": "0b" }));
        assert_eq!(
            differences(&before, &now),
            [
                "the instructions of predictor `reply` differ (was \"one word\", now \"one single word\")"
            ]
        );
        let now = predictor(&json!({ "instructions": "one word", "prompt": "0b" }));
        assert_eq!(
            differences(&before, &now),
            ["the constant prompt of predictor `reply` differs"]
        );
    }

    #[test]
    fn of_long_texts_the_place_is_shown_where_they_differ() {
        let before = format!("{}the old end", "word ".repeat(30));
        let now = format!("{}the new end", "word ".repeat(30));
        let words = differences(
            &predictor(&json!({ "instructions": before })),
            &predictor(&json!({ "instructions": now })),
        );
        assert_eq!(
            words,
            [
                "the instructions of predictor `reply` differ (was \"… word word word the old end\", \
              now \"… word word word the new end\")"
            ]
        );
    }
}
