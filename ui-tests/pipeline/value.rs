//! Values that steps hand to each other.

include!("../fixtures/write.rs");

struct Ticket;

fn ticket() -> Ticket {
    Ticket
}

fn redeem(_: Ticket) -> String {
    String::new()
}

pipeline!(
    fn NotCopied(question: String) -> String {
        let only = ticket();
        let query = Predict::<Write> { question };
        let word = redeem(only);
        format!("{} {word}", query.text)
    }
);

pipeline!(
    fn NotShared(question: String) -> String {
        let shared = std::rc::Rc::new(question);
        let query = Predict::<Write> { question: shared.to_string() };
        query.text
    }
);

pipeline!(
    fn NotAList(question: String) -> Vec<String> {
        let texts = for word in question {
            Predict::<Write> { question: word }.text
        };
        texts
    }
);

#[signature]
struct Row {
    #[input]
    context: String,
    #[output]
    answer: String,
}

pipeline!(
    #[with(rows = Row)]
    fn NotInRows(question: String) -> String {
        let query = Predict::<Write> { question };
        query.text
    }
);

pipeline!(
    #[with(rows = Row)]
    fn OtherTypeInRows(context: usize) -> String {
        let query = Predict::<Write> { question: context.to_string() };
        query.text
    }
);

struct Case {
    question: String,
}

pipeline!(
    #[with(rows = Case)]
    fn RowsOfNoSignature(question: String) -> String {
        let query = Predict::<Write> { question };
        query.text
    }
);

/// Nothing before `||` may fail.
fn known(_: String) -> Option<String> {
    None
}

pipeline!(
    fn CodeBeforeModule(question: String) -> String {
        let text = known(question) || Predict::<Write> { question }.text;
        text
    }
);

pipeline!(
    fn OnlyBools(question: String) -> bool {
        let both = question.is_empty() && Predict::<Write> { question }.text;
        both
    }
);

pipeline!(
    fn EndInCode(question: String) -> String {
        Some(Predict::<Write> { question }.text)
    }
);

pipeline!(
    fn TriedModule(question: String) -> String {
        let query = Writer { question }?;
        query.output.text
    }
);

module!(
    type Writer = ChainOfThought<Write>;
);

pipeline!(
    fn ModuleInParentheses(question: String) -> String {
        let query = Writer(question);
        query.output.text
    }
);

fn main() {
    call!(CodeBeforeModule(CodeBeforeModuleInput), OnlyBools(OnlyBoolsInput));
    call!(EndInCode(EndInCodeInput), TriedModule(TriedModuleInput));
    call!(ModuleInParentheses(ModuleInParenthesesInput));
    call!(NotCopied(NotCopiedInput), NotShared(NotSharedInput), NotAList(NotAListInput));
    call!(NotInRows(NotInRowsInput));
    call!(RowsOfNoSignature(RowsOfNoSignatureInput));
}
