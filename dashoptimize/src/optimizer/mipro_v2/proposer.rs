//! The proposer of instructions, and what it asks a model.

use dashoptimize_macros::{pipeline, signature};

/// What a proposer is told where nothing is known.
pub(super) const NOT_STATED: &str = "not stated";

/// Here are some rows of a data set. Write down what you notice about them: which topics occur, what the
/// inputs look like, what the outputs look like and which form they have, and what makes a row hard. Do not
/// repeat whole rows.
#[signature]
#[derive(Clone, Debug)]
pub struct DescribeData {
    /// rows, each with its inputs and its right outputs
    #[input]
    pub examples: String,
    /// what holds for many of the rows
    #[output]
    pub observations: String,
}

/// Here are more rows of a data set, and what was noticed about earlier ones. Write down what the new rows add
/// to that. If they add nothing of importance, answer with the one word COMPLETE.
#[signature]
#[derive(Clone, Debug)]
pub struct DescribeMoreData {
    /// rows, each with its inputs and its right outputs
    #[input]
    pub examples: String,
    /// what was noticed about earlier rows
    #[input]
    pub prior_observations: String,
    /// what is new, or COMPLETE
    #[output]
    pub observations: String,
}

/// Summarize what was noticed about a data set in two or three sentences, so that somebody who writes the
/// instruction of a program for it knows what matters.
#[signature]
#[derive(Clone, Debug)]
pub struct SummarizeData {
    /// what was noticed
    #[input]
    pub observations: String,
    /// two or three sentences
    #[output]
    pub summary: String,
}

/// Here is a program whose steps call a language model. Say which task the program solves, and how its steps
/// work together.
#[signature]
#[derive(Clone, Debug)]
pub struct DescribeProgram {
    /// the graph of the program, and its steps with their fields and instructions
    #[input]
    pub program: String,
    /// runs of one of its steps that went well
    #[input]
    pub program_examples: String,
    /// the task and how the program solves it
    #[output]
    pub program_description: String,
}

/// Here is a program whose steps call a language model. Say what this one step does, and what the program needs
/// it for.
#[signature]
#[derive(Clone, Debug)]
pub struct DescribeModule {
    /// the graph of the program, and its steps with their fields and instructions
    #[input]
    pub program: String,
    /// what the program does
    #[input]
    pub program_description: String,
    /// runs of the step that went well
    #[input]
    pub program_examples: String,
    /// the step
    #[input]
    pub module: String,
    /// what the step does
    #[output]
    pub module_description: String,
}

/// Write an instruction for one step of a program, so that the language model that carries the step out does
/// as well as possible. It is shown the instruction, the fields of the step and the inputs, and nothing of what
/// you are shown here. Write the instruction itself, without any words about it, and do not name inputs or
/// outputs that the step does not have.
#[signature]
#[derive(Clone, Debug)]
pub struct ProposeInstruction {
    /// what is known about the data
    #[input]
    pub dataset_description: String,
    /// the graph of the program, and its steps with their fields and instructions
    #[input]
    pub program: String,
    /// what the program does
    #[input]
    pub program_description: String,
    /// the step that needs an instruction
    #[input]
    pub module: String,
    /// what the step does
    #[input]
    pub module_description: String,
    /// runs of the step that went well
    #[input]
    pub task_demos: String,
    /// instructions that were proposed before; write another one
    #[input]
    pub previous_instructions: String,
    /// the instruction of the step as it is
    #[input]
    pub basic_instruction: String,
    /// a tip for the style of the instruction
    #[input]
    pub tip: String,
    /// the new instruction
    #[output]
    pub proposed_instruction: String,
}

pipeline!(
    /// Proposes an instruction for one predictor of a program: it describes the program and the predictor, and
    /// then writes an instruction with that, with what is known about the data, with runs that went well and
    /// with a tip.
    ///
    /// If `program` is empty, both descriptions are left out, and so is a description that the model fails to
    /// give. [`MIPROv2::propose_with`](super::MIPROv2::propose_with) takes any other module with the same input
    /// and output.
    ///
    /// ```
    /// use dashoptimize::lm::Scripted;
    /// use dashoptimize::module::{ModuleExt, Predict};
    /// use dashoptimize::optimizer::mipro_v2::{GroundedProposer, ProposeInstruction, ProposeInstructionInput};
    ///
    /// // What the proposer asks can be read.
    /// let step = Predict::<ProposeInstruction>::new(Scripted::replies([""]));
    /// let prompt = step.render(&ProposeInstructionInput::default());
    /// assert!(prompt[0].text().contains("Write an instruction for one step of a program"));
    /// # let _ = GroundedProposer::new(Scripted::replies([""]));
    /// ```
    pub fn GroundedProposer(
        dataset_description: String,
        program: String,
        module: String,
        task_demos: String,
        previous_instructions: String,
        basic_instruction: String,
        tip: String,
    ) -> String {
        let program_description = if program.is_empty() {
            NOT_STATED.to_owned()
        } else {
            Predict::<DescribeProgram> {
                program,
                program_examples: task_demos,
            }
            .program_description
                || NOT_STATED.to_owned()
        };
        let module_description = if program.is_empty() {
            NOT_STATED.to_owned()
        } else {
            Predict::<DescribeModule> {
                program,
                program_description,
                program_examples: task_demos,
                module,
            }
            .module_description
                || NOT_STATED.to_owned()
        };
        Predict::<ProposeInstruction> {
            dataset_description,
            program,
            program_description,
            module,
            module_description,
            task_demos,
            previous_instructions,
            basic_instruction,
            tip,
        }
        .proposed_instruction
    }
);
