//! Plans of agents and loops, and what a plan warns of.

use std::time::Duration;

use dashoptimize::call::Bounds;
use dashoptimize::engine::PlanWarning;
use dashoptimize::lm::{BoxFuture, Purpose};
use dashoptimize::lm::{ChatModel, ChatReply, ChatRequest, LmError, ModelInfo, Permit, Scripted};
use dashoptimize::optimizer::MendInstruction;
use dashoptimize::prelude::*;
use dashoptimize::tools;

/// Answer with the number.
#[signature]
struct Ask {
    #[input]
    question: String,
    #[output]
    answer: String,
}

/// Add a letter.
#[signature]
struct Grow {
    #[input]
    text: String,
    #[output]
    longer: String,
}

pipeline!(
    /// Grows a text until it has three letters.
    #[with(rows = Ask)]
    fn Grown(question: String) -> String {
        let mut text = question;
        #[with(at_most = 3)]
        while text.len() < 12 {
            let grown = Predict::<Grow> { text };
            text = grown.longer;
        }
        text
    }
);

fn data(rows: usize) -> Splits<Ask> {
    let row = |n| Ask {
        question: format!("number {n}"),
        answer: format!("{n}"),
    };
    let data = Dataset::from_vec((100..100 + rows).map(row).collect());
    data.split(7, Ratio::new(40, 30, 30)).expect("enough rows")
}

#[tokio::test]
async fn the_plan_of_an_agent_holds_what_it_spends() {
    let model = Scripted::new(|request: &ChatRequest| {
        let text = request.turns[0].text();
        match text.contains("Observation 1") {
            _ if request.prefix.messages()[0]
                .text()
                .contains("shows what was done") =>
            {
                "[[ ## reasoning ## ]]\nseen\n\n[[ ## answer ## ]]\n7"
            }
            true => {
                "[[ ## next_thought ## ]]\ndone\n\n[[ ## next_tool_name ## ]]\nfinish\n\n[[ ## next_tool_args ## ]]\n{}"
            }
            false => {
                "[[ ## next_thought ## ]]\nlook\n\n[[ ## next_tool_name ## ]]\nbook\n\n[[ ## next_tool_args ## ]]\n{\"number\": \"7\"}"
            }
        }
    });
    let book = SimpleTool::new("book", "Looks up.", |_| async { Ok("7".to_owned()) });
    let book = book.with_parameter("number", "which");
    let program = ReAct::<Ask>::new(model).tools(tools![&book]).max_iters(3);
    let metric = |gold: &Ask, said: &Acted<AskOutput>| gold.answer == said.answer;
    let (data, run) = (data(40), Run::in_memory());
    let optimizer = LabeledFewShot::new(metric);
    let plan = optimizer.plan(&program, &data, &run);
    // 12 rows as given, 12 with demos and 2 times 12 of the hold-out; at most 3 steps and an answer.
    assert_eq!(plan.calls.task, Bounds::new(12, 4 * 12 * 4));
    let spent = optimizer.optimize(&program, &data, &run).await.unwrap();
    let made = spent.report.ledger.for_purpose(Purpose::Task).calls;
    // A look into the book, the end and the answer, of every row.
    assert!(made >= 3 * 12 && plan.calls.task.contains(made), "{made}");
    // What observations add to the prompt is not known.
    assert_eq!(plan.tokens.most, None);
}

#[tokio::test]
async fn the_plan_of_a_loop_leaves_the_most_open() {
    let model = Scripted::new(|_: &ChatRequest| "[[ ## longer ## ]]\nnumber 100 and more");
    let metric = |gold: &Ask, said: &String| gold.answer == *said;
    let (program, data, run) = (Grown::new(model), data(40), Run::in_memory());
    let optimizer = BootstrapFewShot::new(metric);
    let plan = optimizer.plan(&program, &data, &run);
    assert_eq!(plan.calls.task, Bounds::UNKNOWN);
    assert!(plan.warnings.contains(&PlanWarning::CallsUnknown));
    let spent = optimizer.optimize(&program, &data, &run).await.unwrap();
    assert!(plan.rollouts.contains(12), "{plan}");
    assert!(plan.calls.task.contains(spent.report.ledger.total().calls));
}

/// A hosted model that is never asked.
struct Hosted;

impl ChatModel for Hosted {
    fn chat<'a>(
        &'a self,
        _: &'a ChatRequest,
        _: Permit<'a>,
    ) -> BoxFuture<'a, Result<ChatReply, LmError>> {
        panic!("a plan calls no model")
    }

    fn info(&self) -> ModelInfo {
        let info = ModelInfo::new("openai/gpt-4o-mini").with_max_output_tokens(16_384);
        info.with_price(Price::of("gpt-4o-mini").expect("listed"))
    }
}

fn plan_with(run: &Run, rows: usize) -> dashoptimize::engine::Plan {
    let program = Predict::<Ask>::new(Hosted).max_tokens(100);
    let metric = |gold: &Ask, said: &AskOutput| gold.answer == said.answer;
    COPRO::new(metric)
        .breadth(3)
        .depth(2)
        .plan(&program, &data(rows), run)
}

#[test]
fn a_plan_says_what_speaks_against_it() {
    let warns = |run: Run, rows| plan_with(&run, rows).warnings;
    let stops = PlanWarning::ModelStops {
        model: "openai/gpt-4o-mini".to_owned(),
        date: "2027-01-14",
    };
    let unmeasured = PlanWarning::NoHeadroomKnown;
    let (plain, run) = (vec![unmeasured, stops], Run::in_memory);
    assert_eq!(warns(run(), 40), plain);
    assert_eq!(warns(run().budget(Budget::calls(1_000)), 40), plain);
    // The program as given on 12 rows, and two programs on 12 rows of the hold-out.
    let small = PlanWarning::BudgetBelowBaseline {
        calls: 35,
        needed: 36,
    };
    assert_eq!(warns(run().budget(Budget::calls(35)), 40)[0], small);
    // A call of the proposer, and its text on 12 rows, in addition.
    let small = PlanWarning::BudgetBelowProposal {
        calls: 48,
        needed: 49,
    };
    assert_eq!(warns(run().budget(Budget::calls(48)), 40)[0], small);
    assert_eq!(
        warns(run().budget(Budget::usd(1e-9)), 40)[0],
        PlanWarning::BudgetBelowCost
    );
    assert_eq!(
        warns(run(), 12)[0],
        PlanWarning::HoldoutTooSmall { rows: 4 }
    );
    assert_eq!(
        warns(run().without_verdict(), 40)[0],
        PlanWarning::NoVerdict
    );
}

#[test]
fn minutes_are_known_once_a_call_was_timed() {
    let run = Run::in_memory().concurrency(4);
    let plan = plan_with(&run, 40);
    assert_eq!(plan.seconds, None);
    let calls = plan.calls.total();
    let timed = plan.at_latency(Duration::from_secs(2));
    let seconds = timed.seconds.expect("the latency is given");
    // 4 calls at the same time at best, one after the other at worst.
    assert_eq!(seconds.least, (calls.least * 2).div_ceil(4));
    assert_eq!(seconds.most, calls.most.map(|most| most * 2));

    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("results")).unwrap();
    let lines = "{\"calls\":2,\"seconds\":3.0}\n{\"calls\":1,\"seconds\":0.0}\n{\"calls\":1,\"se";
    std::fs::write(folder.path().join("results/0000-val.jsonl"), lines).unwrap();
    let run = Run::folder(folder.path()).concurrency(1);
    let seconds = plan_with(&run, 40).seconds.expect("a call was timed");
    // 1.5 seconds a call: what came from the journal took no time, and the last line is not whole.
    assert_eq!(seconds.least, (calls.least as f64 * 1.5).ceil() as u64);
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        1,
        "nothing is written"
    );
}

#[test]
fn a_plan_is_a_table_of_100_columns() {
    let plan = plan_with(&Run::in_memory().budget(Budget::calls(48)), 40);
    let shown = plan.to_string();
    assert!(
        shown.lines().all(|line| line.chars().count() <= 100),
        "{shown}"
    );
    for words in [
        "Plan of COPRO: 16 training, 12 validation and 12 hold-out rows\n",
        "proposals             5\n",
        // Up to 6 texts on 12 rows, the program as given, and both programs on the hold-out.
        "rollouts              12 to 108\n",
        "  propose             5\n",
        "minutes               not known: no call was timed yet\n",
        "smallest difference   6 of 12 rows won and none lost (level 5 %); no gain with a power of 80 %\n",
        "! the provider stops `openai/gpt-4o-mini` on 2027-01-14; plan for its successor\n",
    ] {
        assert!(shown.contains(words), "{words}\n{shown}");
    }
    let json = serde_json::to_value(&plan).unwrap();
    assert_eq!(
        json["rollouts"],
        serde_json::json!({"least": 12, "most": 108})
    );
    assert_eq!(json["warnings"][0]["kind"], "budget_below_proposal");
}

/// How long the texts of a user's own proposer are is not known, so neither is the most that a prompt with them takes.
#[test]
fn the_most_is_left_open_for_a_proposer_of_the_user() {
    let program = Predict::<Ask>::new(Hosted).max_tokens(100);
    let metric = |gold: &Ask, said: &AskOutput| gold.answer == said.answer;
    let (data, run) = (data(40), Run::in_memory());
    let own = Racer::new(metric).plan(&program, &data, &run);
    assert!(
        own.tokens.most.is_some() && own.cost.most.is_some(),
        "{own}"
    );
    let proposer = Predict::<MendInstruction>::new(Hosted);
    let users = Racer::new(metric).propose_with(proposer);
    let users = users.plan(&program, &data, &run);
    assert_eq!(
        (users.tokens.most, users.cost.most),
        (None, None),
        "{users}"
    );
    assert_eq!(users.calls, own.calls, "one call for each proposal");
}
