//! The arguments of `#[signature(…)]`.

use proc_macro2::TokenStream;
use syn::Path;
use syn::parse::Parser;

use crate::crate_path::CratePath;
use crate::diagnostics::Diagnostics;
use crate::options::{SetOption, split_at_commas};
use crate::words::Words;

/// What `#[signature(…)]` sets.
#[derive(Default)]
pub(super) struct Arguments {
    pub(super) krate: CratePath,
    pub(super) instructions: Option<Words>,
    /// What the types of inputs and outputs derive as well.
    pub(super) derives: Vec<Path>,
}

impl Arguments {
    const KEYS: [&str; 3] = ["instructions", "derive", "crate"];

    pub(super) fn parse(args: TokenStream, errors: &mut Diagnostics) -> Self {
        let mut arguments = Self::default();
        for option in SetOption::list(args, "instructions = \"…\"", errors) {
            let result = arguments.set(option);
            errors.keep(result);
        }
        arguments
    }

    fn set(&mut self, option: SetOption) -> syn::Result<()> {
        let key = option.key.to_string();
        match key.as_str() {
            "instructions" => {
                let value = option.into_value("instructions = \"…\"")?;
                self.instructions = Some(Words::from_value(&key, value)?);
            }
            "derive" => {
                for path in split_at_commas(option.into_list("derive(Eq, Hash)")?) {
                    self.derives.push(Path::parse_mod_style.parse2(path)?);
                }
            }
            "crate" => self.krate = option.into_crate_path()?,
            _ => return Err(option.unknown("`#[signature]`", &Self::KEYS)),
        }
        Ok(())
    }
}
