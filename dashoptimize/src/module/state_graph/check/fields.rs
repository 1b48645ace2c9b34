//! The fields that nodes read and write: whether they are there, have been written, and have one type.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::super::any_node::{NodeFacts, Port};
use super::super::builder::StateGraph;
use super::super::error::GraphProblemKind as Kind;
use super::super::fits::{fits, in_words, value_fits};
use super::super::state_type::StateType;
use super::super::topology::Topology;
use super::problems::{Problems, instead};
use crate::evaluate::type_words;
use crate::signature::Ty;
use crate::signature::suggestion::quoted_list;

/// The fields of a graph.
pub(super) struct Fields {
    pub(super) state: StateType,
    /// The nodes that write a field, by its name.
    pub(super) writers: BTreeMap<String, Vec<usize>>,
}

/// Checks the fields. `None` if the state has none.
pub(super) fn check<S: DeserializeOwned>(
    graph: &StateGraph<S>,
    nodes: &[(&str, &NodeFacts)],
    topology: &Topology,
    problems: &mut Problems,
) -> Option<Fields> {
    let state = match StateType::of::<S>() {
        Ok(state) => state,
        Err(what) => {
            let name = type_words::<S>();
            let problem =
                format!("the state `{name}` is {what}; a state is a struct with named fields");
            problems.add(Kind::State, problem);
            return None;
        }
    };
    let mut writers: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, (_, facts)) in nodes.iter().enumerate() {
        for port in facts.outputs.iter().filter(|port| is_kept(port, &state)) {
            writers.entry(port.name.clone()).or_default().push(index);
        }
    }
    let checker = Checker {
        state: &state,
        state_name: type_words::<S>(),
        nodes,
        topology,
        writers: &writers,
        given: given(graph),
        problems,
    };
    checker.check(graph);
    Some(Fields { state, writers })
}

/// The fields that have a value at the entry, although nodes write them.
fn given<S>(graph: &StateGraph<S>) -> BTreeSet<&str> {
    let inputs = graph.inputs.iter().map(String::as_str);
    inputs
        .chain(graph.first_values.iter().map(|(field, _)| field.as_str()))
        .collect()
}

/// What a module adds is written only where the state has a field for it.
fn is_kept(port: &Port, state: &StateType) -> bool {
    !port.is_added || state.may_have(&port.name)
}

impl Fields {
    /// The fields that each node writes.
    pub(super) fn writes(&self, nodes: &[(&str, &NodeFacts)]) -> Vec<Vec<Option<String>>> {
        let kept = |port: &Port| is_kept(port, &self.state).then(|| port.name.clone());
        let writes = nodes
            .iter()
            .map(|(_, facts)| facts.outputs.iter().map(kept).collect());
        writes.collect()
    }

    /// The fields that start empty: those that nodes write, unless the caller gives them.
    pub(super) fn cleared(&self, inputs: &[String]) -> Vec<String> {
        let written = self.writers.keys();
        written
            .filter(|field| !inputs.contains(field))
            .cloned()
            .collect()
    }

    /// What the graph reads of the state that it is given.
    pub(super) fn inputs(&self, given: &[String], nodes: &[(&str, &NodeFacts)]) -> Vec<Port> {
        let is_given =
            |port: &&Port| !self.writers.contains_key(&port.name) || given.contains(&port.name);
        let read = nodes
            .iter()
            .flat_map(|(_, facts)| &facts.inputs)
            .filter(is_given);
        once(read)
    }

    /// What the graph writes.
    pub(super) fn outputs(&self, nodes: &[(&str, &NodeFacts)]) -> Vec<Port> {
        let written = nodes.iter().flat_map(|(_, facts)| &facts.outputs);
        let kept = written.filter(|port| is_kept(port, &self.state));
        let mut outputs = once(kept);
        for output in &mut outputs {
            output.ty = output.type_written(&self.state).clone();
            output.is_added = false;
        }
        outputs
    }
}

/// The first port of each name.
fn once<'a>(ports: impl Iterator<Item = &'a Port>) -> Vec<Port> {
    let mut names = BTreeSet::new();
    ports
        .filter(|port| names.insert(&port.name))
        .cloned()
        .collect()
}

struct Checker<'a> {
    state: &'a StateType,
    state_name: String,
    nodes: &'a [(&'a str, &'a NodeFacts)],
    topology: &'a Topology,
    writers: &'a BTreeMap<String, Vec<usize>>,
    given: BTreeSet<&'a str>,
    problems: &'a mut Problems,
}

impl Checker<'_> {
    fn check<S>(mut self, graph: &StateGraph<S>) {
        for (index, (name, facts)) in self.nodes.iter().enumerate() {
            self.check_names(name, "reads", &facts.inputs);
            self.check_names(name, "writes", &facts.outputs);
            for port in &facts.outputs {
                self.check_written(name, port);
            }
            for port in &facts.inputs {
                self.check_read(index, port);
            }
        }
        for field in &graph.inputs {
            self.check_field(field, "`inputs` names");
        }
        for (index, (field, value)) in graph.first_values.iter().enumerate() {
            let is_twice = graph.first_values[..index]
                .iter()
                .any(|(other, _)| other == field);
            self.check_first_value(field, value, is_twice, graph.inputs.contains(field));
        }
    }

    /// Whether the state can have a field; if it cannot, it is a problem.
    fn check_field(&mut self, field: &str, what: &str) -> bool {
        let is_there = self.state.may_have(field);
        if !is_there {
            let names = self.state.fields().iter().map(|field| field.name);
            let (state, instead) = (&self.state_name, instead(field, "fields", names));
            let problem = format!("{what} `{field}`, which is not a field of `{state}`; {instead}");
            self.problems.add(Kind::Field, problem);
        }
        is_there
    }

    fn check_names(&mut self, node: &str, does: &str, ports: &[Port]) {
        for (index, port) in ports.iter().enumerate() {
            if ports[..index].iter().any(|other| other.name == port.name) {
                let problem = format!("`{node}` {does} `{}` twice; name it once", port.name);
                self.problems.add(Kind::Field, problem);
            } else if is_kept(port, self.state) {
                self.check_field(&port.name, &format!("`{node}` {does}"));
            }
        }
    }

    /// What a node writes must fit the state.
    fn check_written(&mut self, node: &str, port: &Port) {
        if let Some(field) = self.state.field(&port.name)
            && !self.fits_state(port)
        {
            let (name, state) = (&port.name, &self.state_name);
            let (written, held) = (in_words(&port.ty), in_words(&field.ty));
            let problem = format!(
                "`{node}` writes `{name}` as {written}, and in `{state}` it is {held}; let them have one type"
            );
            self.problems.add(Kind::Type, problem);
        }
    }

    fn fits_state(&self, port: &Port) -> bool {
        let field = self.state.field(&port.name);
        field.is_none_or(|field| fits(&port.ty, &field.ty))
    }

    /// What a node reads must have been written, or be given by the caller, and have its type.
    fn check_read(&mut self, node: usize, port: &Port) {
        let (name, field) = (self.nodes[node].0, &port.name);
        let writers = self
            .writers
            .get(field)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let is_given = writers.is_empty() || self.given.contains(field.as_str());
        if !is_given && !writers.iter().any(|writer| self.runs_before(*writer, node)) {
            let others = writers.iter().filter(|writer| **writer != node);
            let others: Vec<&str> = others.map(|writer| self.nodes[*writer].0).collect();
            let others = match others.is_empty() {
                true => "only it writes it".to_owned(),
                false => format!(
                    "{} can run only later or at the same time",
                    quoted_list(others)
                ),
            };
            let problem = format!(
                "`{name}` reads `{field}` before anything writes it: {others}; if the caller gives it, write \
                 `inputs([\"{field}\"])`, and if it has a value at the start, `first_value(\"{field}\", …)`"
            );
            self.problems.add(Kind::ReadBeforeWritten, problem);
        }
        if is_given && let Some(held) = self.state.field(field) {
            let of = format!("in `{}`", self.state_name);
            self.check_type(name, port, &held.ty, &of, value_fits);
        }
        for writer in writers.iter().filter(|writer| **writer != node) {
            let (other, facts) = self.nodes[*writer];
            let written = facts.outputs.iter().find(|output| output.name == *field);
            if let Some(written) = written.filter(|written| self.fits_state(written)) {
                let ty = written.type_written(self.state);
                self.check_type(name, port, ty, &format!("`{other}` writes"), fits);
            }
        }
    }

    fn check_type(
        &mut self,
        node: &str,
        port: &Port,
        from: &Ty,
        of: &str,
        fits: fn(&Ty, &Ty) -> bool,
    ) {
        if fits(from, &port.ty) {
            return;
        }
        let (name, wanted, found) = (&port.name, in_words(&port.ty), in_words(from));
        let found = match of.ends_with("writes") {
            true => format!("{of} {found}"),
            false => format!("{of} it is {found}"),
        };
        let problem =
            format!("`{node}` reads `{name}` as {wanted}, and {found}; let them have one type");
        self.problems.add(Kind::Type, problem);
    }

    /// Whether one node can have run before another one runs for the first time.
    fn runs_before(&self, writer: usize, reader: usize) -> bool {
        let start = self.topology.start();
        writer != reader
            && self
                .topology
                .reachable(start, Some(reader))
                .contains(&writer)
            && self.topology.reachable(writer, None).contains(&reader)
    }

    fn check_first_value(
        &mut self,
        field: &str,
        value: &Result<Value, String>,
        is_twice: bool,
        is_input: bool,
    ) {
        if !self.check_field(field, "`first_value` names") {
            return;
        }
        let problem = match value {
            Err(error) => Some(format!("cannot be serialized: {error}")),
            Ok(_) if is_twice => Some("is set twice; remove one".to_owned()),
            Ok(_) if is_input => {
                Some("is set, and `inputs` says that the caller gives it; remove one".to_owned())
            }
            Ok(_) if !self.writers.contains_key(field) => Some(
                "is set, and no node writes it, so the caller gives it; remove the value"
                    .to_owned(),
            ),
            Ok(value) => self.misfit(field, value),
        };
        if let Some(problem) = problem {
            let problem = format!("the first value of `{field}` {problem}");
            self.problems.add(Kind::FirstValue, problem);
        }
    }

    /// How a value does not fit its field, if it does not.
    fn misfit(&self, field: &str, value: &Value) -> Option<String> {
        let ty = match &self.state.field(field)?.ty {
            // What is inside is not known.
            Ty::Struct(_) | Ty::Json | Ty::Enum(_) => return None,
            ty => ty,
        };
        let error = ty.check(value).err()?;
        Some(match error.path().is_empty() {
            true => error.problem().to_owned(),
            false => format!("does not fit: {error}"),
        })
    }
}
