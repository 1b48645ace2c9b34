//! One turn of a dialogue with its history.
use dashoptimize::lm::Scripted;
use dashoptimize::prelude::*;

#[derive(Clone, Debug, PartialEq, FieldType)]
struct Turn {
    who: Who,
    text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, FieldType)]
enum Who {
    Customer,
    Agent,
}

/// Continue the conversation.
#[signature]
struct Respond {
    #[input]
    history: Vec<Turn>,
    #[input]
    message: String,
    #[output]
    reply: String,
    /// whether the customer is done
    #[output]
    done: bool,
}

#[derive(Clone, Debug, Default)]
struct Session {
    history: Vec<Turn>,
    closed: bool,
}

const WINDOW: usize = 4;

pipeline!(
    fn Dialogue(mut session: Session, message: String) -> (String, Session) {
        let start = session.history.len().saturating_sub(WINDOW);
        let recent = session.history[start..].to_vec();
        let response = ChainOfThought::<Respond> { history: recent, message: message.clone() };
        session.history.push(Turn { who: Who::Customer, text: message });
        session.history.push(Turn { who: Who::Agent, text: response.reply.clone() });
        session.closed = response.done;
        (response.reply, session)
    }
);

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let lm = Scripted::new(|request| {
        let text = request.messages().last().unwrap().text().to_string();
        let done = text.contains("bye");
        format!("[[ ## reasoning ## ]]\nr\n[[ ## reply ## ]]\nok\n[[ ## done ## ]]\n{done}")
    });
    let dialogue = Dialogue::new(lm);
    let mut session = Session::default();
    for message in ["hello", "thanks, bye"] {
        let reply;
        (reply, session) = dialogue.call(DialogueInput { session, message: message.to_owned() }).await?;
        assert_eq!(reply, "ok");
    }
    assert!(session.closed);
    assert_eq!(session.history.len(), 4);
    Ok(())
}
