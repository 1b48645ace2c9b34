//! A future that is not `Send` is reported where it is made.

include!("../fixtures/write.rs");

async fn pause() {}

async fn fetch(text: String) -> String {
    let held = std::rc::Rc::new(text);
    pause().await;
    held.to_string()
}

async fn try_fetch(text: String) -> Result<String, std::io::Error> {
    let held = std::rc::Rc::new(text);
    pause().await;
    Ok(held.to_string())
}

pipeline!(
    fn OnlyStep(question: String) -> String {
        let text = fetch(question);
        text
    }
);

pipeline!(
    fn AtTheEnd(question: String) -> String {
        try_fetch(question)?
    }
);

pipeline!(
    fn BesideOthers(question: String) -> String {
        let query = Predict::<Write> { question };
        let text = fetch(query.text);
        let other = Predict::<Write> { question };
        format!("{text} {}", other.text)
    }
);

fn main() {
    call!(OnlyStep(OnlyStepInput), AtTheEnd(AtTheEndInput), BesideOthers(BesideOthersInput));
}
