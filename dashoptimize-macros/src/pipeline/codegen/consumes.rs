//! Which methods take what they are called on.

use proc_macro2::Ident;

/// Whether a method of the standard library takes what it is called on. Others get a reference, which must be
/// one to the value itself if they change it.
pub(super) fn consumes(method: &Ident) -> bool {
    const NAMES: [&str; 17] = [
        "and_then",
        "expect",
        "filter",
        "flatten",
        "map",
        "map_err",
        "map_or",
        "ok",
        "ok_or",
        "ok_or_else",
        "or",
        "or_else",
        "unwrap",
        "unwrap_or",
        "unwrap_or_default",
        "unwrap_or_else",
        "zip",
    ];
    let name = method.to_string();
    name.starts_with("into_") || NAMES.contains(&&*name)
}
