//! The model that answers the task.

use dashoptimize::lm::{ChatRequest, Scripted};

use super::program::{number_in, right_answer};
use super::world::{Offer, World, hash, part_of, skill, uniform};

/// The model of a world, whose noise has this seed.
pub(crate) fn model(world: &'static World, seed: u64) -> Scripted {
    Scripted::new(move |request: &ChatRequest| reply(world, seed, request)).with_id("task")
}

fn reply(world: &'static World, seed: u64, request: &ChatRequest) -> String {
    let query = request.turns[request.turns.len() - 1].text();
    let number = number_in(query).expect("every query is about an item");
    let (step, field) = step_of(world, query);
    let hint = query.matches(&right_answer(number)).count() > 0;
    let offer = Offer::of(request, hint);
    let parts = world.steps[step];
    let part = part_of(parts, step, number);
    let mut is_right = part.need.is_met_by(&offer);
    let noise = if offer.is_warm() {
        world.warm_noise
    } else {
        world.noise
    };
    let draw = |of| {
        let prompt = hash(request.prefix.messages()[0].text());
        uniform(&[seed, of, prompt, hash(query), u64::from(request.sample)])
    };
    if draw(1) < noise {
        is_right = draw(2) < skill(parts, &offer);
    }
    match is_right {
        true => written(field, &right_answer(number)),
        false if part.is_form => String::new(),
        false => written(field, "no idea"),
    }
}

/// The step that a query belongs to, and its output.
fn step_of(world: &World, query: &str) -> (usize, &'static str) {
    match (world.steps.len(), query.contains("[[ ## hint ## ]]")) {
        (1, _) => (0, "answer"),
        (_, false) => (0, "hint"),
        (_, true) => (1, "answer"),
    }
}

fn written(field: &str, text: &str) -> String {
    format!("[[ ## {field} ## ]]\n{text}\n\n[[ ## completed ## ]]")
}

/// How good a prompt of this world is, by requests of its steps, without noise.
pub(crate) fn accuracy(world: &World, requests: &[ChatRequest]) -> f64 {
    match requests {
        [answer] => skill(world.steps[0], &Offer::of(answer, false)),
        [hint, answer] => {
            let hints = skill(world.steps[0], &Offer::of(hint, false));
            let offer = Offer::of(answer, false);
            let without = skill(world.steps[1], &offer);
            let with = skill(world.steps[1], &offer.with_hint(true));
            hints * with + (1.0 - hints) * without
        }
        _ => panic!("one or two steps"),
    }
}
