//! What a run folder holds, and which runs it is resumed by.

mod changed_code;
mod changed_prompt;
mod changed_tools;
mod holdout_once;
