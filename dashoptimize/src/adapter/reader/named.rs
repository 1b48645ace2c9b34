//! Which key belongs to which name. A key that is the name as it stands comes first, for all names; only
//! then a key that differs in case, blanks or signs, and only if it could be nothing else.

use std::collections::HashMap;

use crate::adapter::spelling::{bare_name, same_name};
use crate::signature::ValueError;
use crate::signature::suggestion::quoted_list;

/// The key of one name.
#[derive(Debug, PartialEq)]
pub(crate) enum NamedKey {
    /// The key at this index is the name.
    Exact(usize),
    /// The key at this index is the only one that is the name in another spelling.
    Similar(usize),
    /// No key is the name.
    Absent,
    /// Several keys could be the name, or a key could be several names. The text says which.
    Ambiguous(String),
}

impl NamedKey {
    /// The index of the key, if there is one.
    pub(crate) fn index(&self) -> Result<Option<usize>, ValueError> {
        match self {
            Self::Exact(index) | Self::Similar(index) => Ok(Some(*index)),
            Self::Absent => Ok(None),
            Self::Ambiguous(problem) => Err(ValueError::new(problem.clone())),
        }
    }
}

/// The key of each name.
pub(crate) fn keys_of(names: &[&str], keys: &[&str]) -> Vec<NamedKey> {
    let mut found: Vec<NamedKey> = names
        .iter()
        .map(|name| match keys.iter().position(|key| key == name) {
            Some(index) => NamedKey::Exact(index),
            None => NamedKey::Absent,
        })
        .collect();
    if found.iter().all(|key| matches!(key, NamedKey::Exact(_))) {
        return found;
    }
    let free = free_keys(&found, keys);
    let missing: Vec<usize> = (0..names.len())
        .filter(|name| found[*name] == NamedKey::Absent)
        .collect();
    for name in &missing {
        let others = missing.iter().filter(|other| *other != name);
        let rival = others
            .map(|other| names[*other])
            .find(|other| same_name(other, names[*name]));
        found[*name] = similar(names[*name], rival, keys, &free);
    }
    found
}

/// The keys that are not a name as they stand, by their bare names.
fn free_keys(found: &[NamedKey], keys: &[&str]) -> HashMap<String, Vec<usize>> {
    let mut free: HashMap<String, Vec<usize>> = HashMap::new();
    for (index, key) in keys.iter().enumerate() {
        let bare = bare_name(key);
        if !bare.is_empty() && !found.contains(&NamedKey::Exact(index)) {
            free.entry(bare).or_default().push(index);
        }
    }
    free
}

fn similar(
    name: &str,
    rival: Option<&str>,
    keys: &[&str],
    free: &HashMap<String, Vec<usize>>,
) -> NamedKey {
    match (free.get(&bare_name(name)).map(Vec::as_slice), rival) {
        (None | Some([]), _) => NamedKey::Absent,
        (Some([index]), None) => NamedKey::Similar(*index),
        (Some([index]), Some(rival)) => NamedKey::Ambiguous(format!(
            "is missing; `{}` could also be `{rival}`",
            keys[*index]
        )),
        (Some(several), _) => {
            let several = several.iter().map(|index| keys[*index]);
            NamedKey::Ambiguous(format!("could be any of {}", quoted_list(several)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_as_they_stand_come_first_for_all_names() {
        use NamedKey::{Absent, Exact, Similar};
        for (names, keys, wanted) in [
            (vec!["top_k", "topk"], vec!["topk"], vec![Absent, Exact(0)]),
            (
                vec!["top_k", "topk"],
                vec!["topk", "Top-K"],
                vec![Similar(1), Exact(0)],
            ),
            (vec!["a", "b"], vec!["B", "A"], vec![Similar(1), Similar(0)]),
            (vec!["é"], vec!["E\u{301}"], vec![Similar(0)]),
            (vec!["_", "a"], vec!["-", "a"], vec![Absent, Exact(1)]),
        ] {
            assert_eq!(keys_of(&names, &keys), wanted, "{names:?} {keys:?}");
        }
    }

    #[test]
    fn a_key_that_could_be_two_names_and_a_name_that_could_be_two_keys_are_refused() {
        for (names, keys) in [
            (vec!["top_k", "topk"], vec!["TopK"]),
            (vec!["top_k"], vec!["TopK", "topk"]),
        ] {
            let found = keys_of(&names, &keys);
            let refused = |key: &NamedKey| matches!(key, NamedKey::Ambiguous(_));
            assert!(found.iter().all(refused), "{names:?} {keys:?}: {found:?}");
        }
    }
}
