//! Walks over everything in a block.

use super::{Block, Node, NodeModule, Work};
use crate::editor;
use crate::module::ModuleOption;

impl Block {
    /// Whether all steps can be compiled.
    pub(crate) fn is_sound(&self) -> bool {
        let tail_is_sound = self.tail.as_ref().is_none_or(Work::is_sound);
        tail_is_sound && self.steps.iter().all(|step| !step.broken)
    }

    /// Whether anything in it uses a context.
    pub(crate) fn uses_context(&self) -> bool {
        let works = self.steps.iter().map(|step| &step.work).chain(&self.tail);
        works.into_iter().any(Work::uses_context)
    }

    /// Marks the steps that call one of these modules as broken.
    pub(crate) fn break_calls(&mut self, names: &[String]) {
        for step in &mut self.steps {
            let mut calls = false;
            step.work
                .for_each_node(&[], &mut |node, _| calls |= is_one_of(node, names));
            if calls {
                step.broken = true;
                step.work = Work::Raw(step.tokens.clone());
            }
        }
        if let Some(tail) = &mut self.tail {
            let mut calls = false;
            tail.for_each_node(&[], &mut |node, _| calls |= is_one_of(node, names));
            if calls {
                *tail = Work::Raw(self.tail_tokens.clone());
            }
        }
    }

    /// Calls `change` with all work in the block, from the inside out.
    pub(crate) fn change_work(&mut self, change: &mut dyn FnMut(&mut Work)) {
        let steps = self.steps.iter_mut().map(|step| &mut step.work);
        for work in steps.chain(&mut self.tail) {
            work.change(change);
        }
    }

    /// Calls `each` with every node, in the order of the source.
    pub(crate) fn for_each_node<'a>(&'a self, each: &mut dyn FnMut(&'a Node, &'a [ModuleOption])) {
        self.for_each_node_with(&[], each);
    }

    /// The options are those of the tail, if the other steps were lifted out of it.
    fn for_each_node_with<'a>(
        &'a self,
        options: &'a [ModuleOption],
        each: &mut dyn FnMut(&'a Node, &'a [ModuleOption]),
    ) {
        for step in &self.steps {
            // Of a step with a mistake, the compiler gets the sound steps inside. An editor gets all of it, but
            // elsewhere.
            if !step.broken || !editor::asks() {
                step.work.for_each_node(&step.options, each);
            }
        }
        if let Some(tail) = &self.tail {
            tail.for_each_node(options, each);
        }
    }
}

fn is_one_of(node: &Node, names: &[String]) -> bool {
    match &node.module {
        NodeModule::Named(path) => names.iter().any(|name| path.is_ident(name)),
        NodeModule::Kind { .. } => false,
    }
}

impl Work {
    fn for_each_node<'a>(
        &'a self,
        options: &'a [ModuleOption],
        each: &mut dyn FnMut(&'a Node, &'a [ModuleOption]),
    ) {
        match self {
            Self::Node(node) => each(node, options),
            Self::Then(work, _) => work.for_each_node(options, each),
            Self::Code(_) | Self::Raw(_) => {}
            Self::Map(map) => map.body.for_each_node(each),
            Self::Route(route) => route
                .arms
                .iter()
                .for_each(|arm| arm.body.for_each_node(each)),
            Self::Loop(repeat) => repeat.body.for_each_node(each),
            Self::Fallback(blocks) => blocks.iter().for_each(|block| block.for_each_node(each)),
            Self::Block(block) if block.lifted => block.for_each_node_with(options, each),
            Self::Block(block) => block.for_each_node(each),
        }
    }

    fn is_sound(&self) -> bool {
        match self {
            Self::Raw(_) => false,
            Self::Node(_) | Self::Code(_) => true,
            Self::Then(work, _) => work.is_sound(),
            Self::Map(map) => map.body.is_sound(),
            Self::Route(route) => route.arms.iter().all(|arm| arm.body.is_sound()),
            Self::Loop(repeat) => repeat.body.is_sound(),
            Self::Fallback(blocks) => blocks.iter().all(Block::is_sound),
            Self::Block(block) => block.is_sound(),
        }
    }

    fn change(&mut self, change: &mut dyn FnMut(&mut Self)) {
        match self {
            Self::Node(_) | Self::Code(_) | Self::Raw(_) => {}
            Self::Then(work, _) => work.change(change),
            Self::Map(map) => map.body.change_work(change),
            Self::Route(route) => {
                let bodies = route.arms.iter_mut().map(|arm| &mut arm.body);
                bodies.for_each(|body| body.change_work(change));
            }
            Self::Loop(repeat) => repeat.body.change_work(change),
            Self::Fallback(blocks) => blocks
                .iter_mut()
                .for_each(|block| block.change_work(change)),
            Self::Block(block) => block.change_work(change),
        }
        change(self);
    }

    /// Whether anything in it uses a context.
    pub(crate) fn uses_context(&self) -> bool {
        match self {
            Self::Node(_) | Self::Map(_) | Self::Fallback(_) | Self::Loop(_) => true,
            Self::Code(_) | Self::Raw(_) => false,
            Self::Then(work, _) => work.uses_context(),
            Self::Route(route) => route.arms.iter().any(|arm| arm.body.uses_context()),
            Self::Block(block) => block.uses_context(),
        }
    }
}
