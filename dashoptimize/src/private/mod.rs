//! The items that the expansions of the macros use. They are not part of the API: names and meaning
//! can change with any version.

mod checked;
mod codec;
mod data;
mod editors;
mod input;
mod named;
mod object;
mod optimizers;
mod over_module;
mod over_state;
mod program;
mod prompt;
mod record;
mod row;
mod rule;
mod tagged;
mod tool;

pub use checked::{Checked, Known};
pub use codec::{FieldCodec, field_type, show_struct, signature_field, skipped_field};
pub use data::{
    copy, edges, enum_type, field, graph, module_node, node, payload, property, spec, struct_type,
    unit,
};
pub use input::{InputReader, InputWriter};
pub use named::{NamedModule, named, render_named, signature_lacks_field};
pub use object::{ObjectReader, fields, object};
pub use optimizers::{optimizers, stage};
pub use over_module::{
    Close, Is, Maker, NoModule, NoSignature, Open, Otherwise, OverModule, SomeModule, part,
};
pub use over_state::{
    NodeSignature, OverState, State, StateNode, is_state, llm_node, node_signature,
};
pub use program::{
    DynNode, all, all_mut, dyn_node, dyn_node_mut, node_on, shape_part, show, under,
};
pub use prompt::{
    FileField, FileJson, FilePredictor, FileValue, file_field, file_predictor, file_value, fits,
    prompt, shape_of,
};
pub use record::{read_record, write_record};
pub use row::{Defaults, Labeled, ReadRow, RowInput, RowReader, ValueReader, input, labeled};
pub use rule::{custom, length, range, takes_length, takes_range};
pub use tagged::{Tagged, tagged};
pub use tool::{
    ToolArgument, tool_argument, tool_arguments, tool_future, tool_output, tool_spec, tool_with,
};

pub use crate::__for_editors as for_editors;
pub use crate::module::pipeline::{
    Attempt, Awaited, CONCURRENCY, CodeError, FutureKind, IsCopied, IsFuture, IsLent, IsOwn,
    IsResult, IsValue, Left, LeftOf, Lent, LentKind, List, Made, OwnKind, ResultKind, Returned,
    Slot, SlotValue, StepError, StepFuture, StepInput, StepValue, Tried, Type, ValueKind, attempt,
    code, fall_back, items, left_of, map, read, run, slot_value, type_of,
};
pub use dashoptimize_macros::{Items, picture};
pub use serde_json::Value;

/// Named values.
pub type Fields = serde_json::Map<String, Value>;

/// What expansions need of serde. The whole crate would bring names with it, such as another `String`, which
/// rustc then spells out in all messages.
pub mod serde {
    pub use serde::{Deserialize, Deserializer, Serialize, Serializer};

    /// Reading.
    pub mod de {
        pub use serde::de::DeserializeOwned;
    }
}
