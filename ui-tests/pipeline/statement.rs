//! Statements of Rust that a pipeline lacks say what to write instead, under their keyword.

include!("../fixtures/write.rs");

pipeline!(
    fn Loop(question: String) -> String {
        let text = loop {
            let written = Predict::<Write> { question };
            break written.text;
        };
        text
    }
);

pipeline!(
    fn LoopStatement(question: String) -> String {
        let mut text = question.clone();
        loop {
            text = Predict::<Write> { question: text }.text;
        }
        text
    }
);

pipeline!(
    fn WhileWithValue(question: String) -> String {
        let text = while question.is_empty() {
            Predict::<Write> { question }.text
        };
        question
    }
);

pipeline!(
    fn ReturnInCode(question: String) -> String {
        let length = question.find('?').unwrap_or_else(|| 0) + if question.is_empty() { return question } else { 1 };
        length.to_string()
    }
);

pipeline!(
    fn ReturnNothing(question: String) -> String {
        if question.is_empty() {
            return;
        }
        question
    }
);

pipeline!(
    fn AfterReturn(question: String) -> String {
        return question;
        let query = Predict::<Write> { question };
    }
);

pipeline!(
    fn ContinueInList(items: Vec<String>) -> Vec<String> {
        let texts = for item in items {
            if item.is_empty() {
                continue;
            }
            Predict::<Write> { question: item }.text
        };
        texts
    }
);

pipeline!(
    fn BreakInBranch(question: String) -> String {
        let mut text = question.clone();
        #[with(at_most = 3)]
        while text.len() < 9 {
            let query = Predict::<Write> { question: text };
            let more = match query.kind {
                Kind::Simple => break,
                Kind::Hard => query.text,
            };
            text = more;
        }
        text
    }
);

pipeline!(
    fn SemicolonAtEnd(question: String) -> String {
        let query = Predict::<Write> { question };
        query.text;
    }
);

pipeline!(
    fn SemicolonInBranch(question: String) -> String {
        let query = Predict::<Write> { question };
        match query.kind {
            Kind::Simple => query.text,
            Kind::Hard => {
                let again = Predict::<Write> { question: query.text };
                again.text;
            }
        }
    }
);

pipeline!(
    fn Item(question: String) -> String {
        fn helper() -> usize {
            3
        }
        let query = Predict::<Write> { question };
        query.text
    }
);

pipeline!(
    fn OwnSelf(question: String) -> String {
        let query = Predict::<Write> { question };
        let paths = self.query.predictors().len();
        format!("{} {paths}", query.text)
    }
);

pipeline!(
    fn ChangedInside(question: String) -> String {
        let mut count = 0;
        let query = Predict::<Write> { question };
        let text = match query.kind {
            Kind::Simple => query.text,
            Kind::Hard => {
                count = 1;
                let again = Predict::<Write> { question };
                again.text
            }
        };
        format!("{text} {count}")
    }
);

fn main() {
    call!(Loop(LoopInput), LoopStatement(LoopStatementInput), WhileWithValue(WhileWithValueInput));
    call!(ReturnInCode(ReturnInCodeInput), ReturnNothing(ReturnNothingInput));
    call!(AfterReturn(AfterReturnInput), BreakInBranch(BreakInBranchInput), SemicolonAtEnd(SemicolonAtEndInput));
    call!(SemicolonInBranch(SemicolonInBranchInput), Item(ItemInput), OwnSelf(OwnSelfInput));
    call!(ChangedInside(ChangedInsideInput));
}
