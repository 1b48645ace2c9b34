//! Options are set when a program is made, before there are values of steps.

use proc_macro2::Ident;
use quote::ToTokens;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Expr, Token};

use super::reader::Reader;
use crate::graph::names::plain;
use crate::graph::read::{How, Read};
use crate::graph::token_reads::reads;
use crate::module::ModuleOption;

impl Reader<'_> {
    /// Rejects and removes the options that read inputs or steps.
    pub(super) fn refuse_values(&mut self, options: &mut Vec<ModuleOption>, step: &Ident) {
        options.retain(|option| {
            let read = reads_of(&option.value);
            let Some(found) = read.iter().find(|read| self.is_value(read)) else {
                return true;
            };
            self.errors
                .at(found.span, message(&found.name, option, step));
            false
        });
    }

    fn is_value(&self, read: &Read) -> bool {
        let known = match read.how {
            How::Value => self.values.len(),
            // It may be a function.
            How::Passed | How::Guessed | How::Called => self.inputs,
        };
        self.values[..known].contains(&read.name)
    }
}

fn message(name: &str, option: &ModuleOption, step: &Ident) -> String {
    let (key, step) = (&option.key, plain(step));
    let how = match key == "tools" {
        true => format!("program.{step}.set_tools(…)"),
        false => format!("program.{step} = program.{step}.{key}(…)"),
    };
    format!(
        "`{name}` is known in a call only, and options are set before any call; set `{key}` on the node, as in \
         `{how}`"
    )
}

/// What an option reads. A bare path in a list of tools is a function.
fn reads_of(value: &Expr) -> Vec<Read> {
    let listed = match value {
        Expr::Macro(call) if call.mac.path.is_ident("tools") => {
            let list = Punctuated::<Expr, Token![,]>::parse_terminated;
            list.parse2(call.mac.tokens.clone()).ok()
        }
        _ => None,
    };
    match listed {
        Some(tools) => {
            let tools = tools.iter().filter(|tool| !matches!(tool, Expr::Path(_)));
            tools
                .flat_map(|tool| reads(&tool.to_token_stream()))
                .collect()
        }
        None => reads(&value.to_token_stream()),
    }
}
