//! What a proposer is told about the data.

use serde_json::Value;

use super::label::without_label;
use super::proposer::{
    DescribeData, DescribeDataInput, DescribeMoreData, DescribeMoreDataInput, SummarizeData,
    SummarizeDataInput,
};
use super::settings::Grounding;
use crate::engine::{Room, Stop, Study};
use crate::evaluate::Example;
use crate::lm::{Lm, Purpose};
use crate::module::{Module, ModuleExt, Predict};
use crate::optimizer::proposer::MAX_TOKENS;

/// How many batches of rows are described after the first.
const MORE_BATCHES: usize = 9;

/// After so many batches that add nothing, the description ends.
const SKIPS: usize = 5;

/// How many tokens of rows one call is shown.
const ROOM: Room = Room::of(8_000);

/// Two or three sentences about the training rows. `None` if there are none, or if the model fails to give
/// them.
pub(super) async fn data_summary<M: Module, E: Example<M::Input>>(
    study: &Study<'_, M, E>,
    lm: &Lm,
    grounding: &Grounding,
) -> Result<Option<String>, Stop> {
    let rows: Vec<String> = (0..study.train().len())
        .map(|row| row_text(study, row))
        .collect();
    let Some(observations) = observations(study, lm, grounding, &rows).await? else {
        return Ok(None);
    };
    let summarize = Predict::<SummarizeData>::new(lm)
        .temperature(grounding.init_temperature)
        .max_tokens(MAX_TOKENS);
    let input = SummarizeDataInput { observations };
    let summary = study.ask(Purpose::Propose, &summarize, input, 0).await?;
    Ok(summary
        .ok()
        .map(|output| without_label(&output.summary).to_owned()))
}

/// What is noticed about the rows, batch by batch. A batch that the model fails to describe ends it.
async fn observations<M: Module, E: Example<M::Input>>(
    study: &Study<'_, M, E>,
    lm: &Lm,
    grounding: &Grounding,
    rows: &[String],
) -> Result<Option<String>, Stop> {
    let mut batches = rows.chunks(grounding.view_data_batch_size);
    let Some(first) = batches.next() else {
        return Ok(None);
    };
    let describe = Predict::<DescribeData>::new(lm)
        .temperature(grounding.init_temperature)
        .max_tokens(MAX_TOKENS);
    let examples = ROOM.fit(first);
    let described = study.ask(
        Purpose::Propose,
        &describe,
        DescribeDataInput { examples },
        0,
    );
    let Ok(first) = described.await? else {
        return Ok(None);
    };
    let mut observations = first.observations;
    let more = Predict::<DescribeMoreData>::new(lm)
        .temperature(grounding.init_temperature)
        .max_tokens(MAX_TOKENS);
    let mut skips = 0;
    for batch in batches.take(MORE_BATCHES) {
        let input = DescribeMoreDataInput {
            examples: ROOM.fit(batch),
            prior_observations: observations.clone(),
        };
        let Ok(further) = study.ask(Purpose::Propose, &more, input, 0).await? else {
            break;
        };
        match is_complete(&further.observations) {
            true => skips += 1,
            false => {
                observations.push('\n');
                observations.push_str(further.observations.trim());
            }
        }
        if skips == SKIPS {
            break;
        }
    }
    Ok(Some(observations))
}

fn is_complete(observations: &str) -> bool {
    let start = observations.trim_start().get(.."complete".len());
    start.is_some_and(|start| start.eq_ignore_ascii_case("complete"))
}

/// The inputs and gold outputs of a training row that may be shown.
fn row_text<M: Module, E: Example<M::Input>>(study: &Study<'_, M, E>, row: usize) -> String {
    Value::Object(study.shown_row(row)).to_string()
}
