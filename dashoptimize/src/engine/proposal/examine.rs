//! What becomes of a proposal: an edit, or a rejection that is told and written down.

use super::edit::Edit;
use super::hygiene::Hygiene;
use super::rejection::Rejection;
use super::request::ProposalRequest;
use crate::engine::admission::Record;
use crate::engine::event::Event;
use crate::engine::state_id::StateId;
use crate::engine::stop::Stop;
use crate::engine::study::Study;
use crate::evaluate::Example;
use crate::module::{Module, ModuleExt};

impl<M: Module, E: Example<M::Input>> Study<'_, M, E> {
    /// The texts of a proposal, if they keep to the rules.
    pub(in crate::engine) fn examine<I>(
        &self,
        request: &ProposalRequest<'_, M, I>,
        texts: Result<Vec<String>, Rejection>,
    ) -> Result<Result<Edit, Rejection>, Stop> {
        let written = texts.clone().unwrap_or_default();
        if texts.is_ok() && written.len() != request.components.len() {
            let (texts, components) = (written.len(), request.components.len());
            return Err(Stop::Unusable(format!(
                "bug in the optimizer: it reads {texts} texts for {components} components"
            )));
        }
        let hygiene = Hygiene {
            rules: self.evaluator().run().proposals,
            train: self.train(),
        };
        let checked =
            texts.and_then(|texts| hygiene.check(request.parent, &request.components, texts));
        let (state, proposal) = match checked {
            Ok(edit) => self.unless_known(request, edit)?,
            Err(rejection) => (None, Err(rejection)),
        };
        if let Err(rejection) = &proposal {
            self.evaluator().run().notify(|| Event::ProposalRejected {
                parent: request.parent.id(),
                components: request.components.clone(),
                rejection: rejection.clone(),
            });
        }
        self.record_proposal(request, state, &written, &proposal)?;
        Ok(proposal)
    }

    /// The edit, unless the run has had the state that it makes.
    fn unless_known<I>(
        &self,
        request: &ProposalRequest<'_, M, I>,
        edit: Edit,
    ) -> Result<(Option<StateId>, Result<Edit, Rejection>), Stop> {
        let program = request.parent.program();
        let state = StateId::of(&program.with_state(edit.state())?.state());
        let mut history = self.history();
        let may_come_again = request.tries_again && history.measured(state).is_none();
        let known = history.known(state).filter(|_| !may_come_again);
        let proposal = match known {
            Some(known) => Err(Rejection::known(known)),
            None => Ok(edit),
        };
        history.note_known(state, || "an earlier proposal".to_owned());
        Ok((Some(state), proposal))
    }

    fn record_proposal<I>(
        &self,
        request: &ProposalRequest<'_, M, I>,
        state: Option<StateId>,
        written: &[String],
        proposal: &Result<Edit, Rejection>,
    ) -> Result<(), Stop> {
        let names = request.components.iter().map(ToString::to_string);
        let (decision, rule, reason) = match proposal {
            Ok(_) => ("accepted", "proposal", "it keeps to the rules".to_owned()),
            Err(rejection) => ("rejected", rejection.rule(), rejection.to_string()),
        };
        self.note(&[request.parent])?;
        Ok(self.log().write(&Record {
            stage: self.stage_in_log(),
            candidate: None,
            state,
            parents: &[request.parent.id()],
            evidence: &request.evidence,
            rule,
            decision,
            reason,
            texts: names.zip(written.iter().map(String::as_str)).collect(),
        })?)
    }
}
