//! A transport on which a server can leave nothing unread.

use std::future::Future;

use rmcp::RoleClient;
use rmcp::model::{
    ClientResult, ErrorData, JsonRpcMessage, JsonRpcRequest, RequestId, ServerRequest,
};
use rmcp::service::{RxJsonRpcMessage, TxJsonRpcMessage};
use rmcp::transport::Transport;

use crate::lm::BoxFuture;

/// A transport that passes on nothing but replies to requests of this program.
///
/// Requests of the server are answered here, one after the other: as long as the server has not read an
/// answer, it is not read either. A queue of answers, which the SDK has, grows without end where a
/// server asks and never reads. Nothing here depends on a notification.
pub(super) struct Bounded<T> {
    transport: T,
    /// The answer that is being sent.
    answer: Option<BoxFuture<'static, ()>>,
}

/// The size in bytes of the identifier of a request that is answered.
const IDENTIFIER: usize = 1000;

impl<T> Bounded<T> {
    pub(super) const fn new(transport: T) -> Self {
        Self {
            transport,
            answer: None,
        }
    }
}

impl<T: Transport<RoleClient>> Bounded<T> {
    fn answer(&mut self, request: JsonRpcRequest<ServerRequest>) {
        let JsonRpcRequest { id, request, .. } = request;
        if matches!(&id, RequestId::String(id) if id.len() > IDENTIFIER) {
            return;
        }
        let answer = match request {
            ServerRequest::PingRequest(_) => JsonRpcMessage::response(ClientResult::empty(()), id),
            _ => {
                let refusal = ErrorData::new(
                    rmcp::model::ErrorCode::METHOD_NOT_FOUND,
                    "this client only calls tools",
                    None,
                );
                JsonRpcMessage::error(refusal, Some(id))
            }
        };
        let sent = self.transport.send(answer);
        self.answer = Some(Box::pin(async move {
            // Where the connection is closed, the next message says so.
            let _ = sent.await;
        }));
    }
}

impl<T: Transport<RoleClient>> Transport<RoleClient> for Bounded<T> {
    type Error = T::Error;

    fn send(
        &mut self,
        message: TxJsonRpcMessage<RoleClient>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send + 'static {
        self.transport.send(message)
    }

    /// The SDK drops this future whenever it has something else to do, so that all state is in `self`.
    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleClient>> {
        loop {
            if let Some(answer) = &mut self.answer {
                answer.await;
                self.answer = None;
            }
            match self.transport.receive().await? {
                JsonRpcMessage::Request(request) => self.answer(request),
                JsonRpcMessage::Notification(_) => {}
                reply => return Some(reply),
            }
        }
    }

    fn close(&mut self) -> impl Future<Output = Result<(), Self::Error>> + Send {
        self.answer = None;
        self.transport.close()
    }
}
