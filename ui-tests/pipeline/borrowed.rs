//! A step owns its value. What a function or a method of the user's lends is not copied, because it may live
//! longer than what it was lent by.

include!("../fixtures/write.rs");

fn longest(text: &str) -> &str {
    text
}

pipeline!(
    fn LentByFunction(question: String) -> String {
        let word = longest(&question);
        Predict::<Write> { question: word.to_owned() }.text
    }
);

pipeline!(
    fn Iterator(question: String) -> usize {
        let query = Predict::<Write> { question };
        let words = query.text.split(' ');
        words.count()
    }
);

pipeline!(
    fn BehindQuestionMark(question: String) -> String {
        let word = question.lines().next().ok_or("no line")?;
        Predict::<Write> { question: word.to_owned() }.text
    }
);

fn main() {
    call!(LentByFunction(LentByFunctionInput), Iterator(IteratorInput));
    call!(BehindQuestionMark(BehindQuestionMarkInput));
}
