//! The arguments of `#[signature(…)]`.

use proc_macro2::TokenStream;

use crate::crate_path::CratePath;
use crate::diagnostics::Diagnostics;
use crate::options::SetOption;
use crate::words::Words;

/// What `#[signature(…)]` sets.
#[derive(Default)]
pub(super) struct Arguments {
    pub(super) krate: CratePath,
    pub(super) instructions: Option<Words>,
}

impl Arguments {
    const KEYS: [&str; 2] = ["instructions", "crate"];

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
            "crate" => self.krate = option.into_crate_path()?,
            _ => return Err(option.unknown("`#[signature]`", &Self::KEYS)),
        }
        Ok(())
    }
}
