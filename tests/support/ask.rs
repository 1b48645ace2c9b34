//! Sends requests through the gateway, as tests of providers do.

use std::sync::{Arc, Mutex};

use dashoptimize::lm::{
    BoxFuture, ChatModel, ChatReply, ChatRequest, Gateway, Lm, LmError, LmErrorKind, Message,
    Permit, Prefix, Purpose, Tag,
};

/// A request of a system message and one turn.
pub(crate) fn request(question: &str) -> ChatRequest {
    let prefix = Prefix::new(vec![Message::system("Be brief.")]);
    ChatRequest::new(prefix, vec![Message::user(question)])
}

/// Sends a request through the gateway, whose retries wait in real time.
pub(crate) async fn ask(lm: &Lm, request: &ChatRequest) -> Result<ChatReply, LmError> {
    let predictor: Arc<str> = "test".into();
    let tag = Tag::new(Purpose::Task, &predictor);
    let asked = Gateway::direct().chat(lm, request, tag).await;
    asked.map_err(|error| match error {
        dashoptimize::lm::ChatError::Lm(error) => error,
        other => panic!("a direct gateway has neither budget nor journal: {other}"),
    })
}

/// Sends a request once, whatever comes back.
pub(crate) async fn ask_once(
    model: impl ChatModel,
    request: &ChatRequest,
) -> Result<ChatReply, LmError> {
    let failure = Arc::default();
    let lm = Lm::new(Once {
        model,
        failure: Arc::clone(&failure),
    });
    let asked = ask(&lm, request).await;
    let failure = failure.lock().expect("no test panics while it holds this");
    asked.map_err(|error| failure.clone().unwrap_or(error))
}

/// Keeps the failure of a model, and shows the gateway one that it does not try again.
struct Once<M> {
    model: M,
    failure: Arc<Mutex<Option<LmError>>>,
}

impl<M: ChatModel> ChatModel for Once<M> {
    fn chat<'a>(
        &'a self,
        request: &'a ChatRequest,
        permit: Permit<'a>,
    ) -> BoxFuture<'a, Result<ChatReply, LmError>> {
        Box::pin(async move {
            let asked = self.model.chat(request, permit).await;
            asked.map_err(|error| {
                *self
                    .failure
                    .lock()
                    .expect("no test panics while it holds this") = Some(error);
                LmError::new(LmErrorKind::InvalidRequest, "kept for the test")
            })
        })
    }
}
