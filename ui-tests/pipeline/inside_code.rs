//! A module is called inside of code where Rust always evaluates it; elsewhere a sentence says how.

include!("../fixtures/write.rs");

pipeline!(
    fn Closure(questions: Vec<String>) -> Vec<String> {
        let texts = questions.into_iter().map(|question| Predict::<Write> { question }.text).collect();
        texts
    }
);

pipeline!(
    fn AsyncBlock(question: String) -> String {
        let text = async { Predict::<Write> { question }.text }.await;
        text
    }
);

pipeline!(
    fn UnknownMacro(question: String) -> String {
        let text = stringify!(Predict::<Write> { question }.text);
        text.to_owned()
    }
);

pipeline!(
    fn MessageOfAssert(question: String) -> String {
        assert!(question.len() > 1, "{}", Predict::<Write> { question }.text);
        question
    }
);

pipeline!(
    fn Guard(question: String) -> String {
        match question.len() {
            1 if Predict::<Write> { question }.text.is_empty() => question,
            _ => "many".to_owned(),
        }
    }
);

pipeline!(
    fn HeadOfMatch(question: String) -> String {
        let text = match Predict::<Write> { question }.kind {
            Kind::Simple => question,
            Kind::Hard => "hard".to_owned(),
        };
        text
    }
);

pipeline!(
    fn HeadOfWhile(question: String) -> String {
        let mut text = question.clone();
        #[with(at_most = 3)]
        while Predict::<Write> { question: text }.text.len() < 9 {
            text += "more";
        }
        text
    }
);

pipeline!(
    fn Tried(question: String) -> String {
        let query = Predict::<Write> { question }?;
        query.text
    }
);

pipeline!(
    fn ListOfLoop(question: String) -> String {
        let mut text = question.clone();
        for line in (Predict::<Write> { question }.text.lines()) {
            text += line;
        }
        text
    }
);

pipeline!(
    fn InParentheses(question: String) -> String {
        let query = Predict::<Write>(question);
        query.text
    }
);

pipeline!(
    fn LabeledBlock(question: String) -> String {
        let text = 'found: {
            if question.is_empty() {
                break 'found Predict::<Write> { question }.text;
            }
            question
        };
        text
    }
);

pipeline!(
    fn MadeByHand(question: String) -> String {
        let query = Predict::<Write>::new().call(question).await?;
        let other = ChainOfThought::new();
        query.text
    }
);

fn main() {
    call!(InParentheses(InParenthesesInput), LabeledBlock(LabeledBlockInput));
    call!(AsyncBlock(AsyncBlockInput), UnknownMacro(UnknownMacroInput), MessageOfAssert(MessageOfAssertInput));
    call!(Guard(GuardInput), HeadOfMatch(HeadOfMatchInput), HeadOfWhile(HeadOfWhileInput));
    call!(Tried(TriedInput), ListOfLoop(ListOfLoopInput));
}
