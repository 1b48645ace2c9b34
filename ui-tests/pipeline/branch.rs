//! Branches of `match` and alternatives of `||`.

include!("../fixtures/write.rs");

pipeline!(
    fn NotExhaustive(question: String) -> String {
        let query = Predict::<Write> { question };
        match query.kind {
            Kind::Simple => query.text,
        }
    }
);

pipeline!(
    fn VariantUnknown(question: String) -> String {
        let query = Predict::<Write> { question };
        match query.kind {
            Kind::Simpel => query.text,
            Kind::Hard => question,
        }
    }
);

pipeline!(
    fn BranchOfOtherType(question: String) -> String {
        let query = Predict::<Write> { question };
        let answer = match query.kind {
            Kind::Simple => query.text,
            Kind::Hard => Predict::<Write> { question },
        };
        answer
    }
);

pipeline!(
    fn AlternativeOfOtherType(question: String) -> String {
        let answer = Predict::<Write> { question }.text || question.len();
        answer
    }
);

fn main() {
    call!(NotExhaustive(NotExhaustiveInput), VariantUnknown(VariantUnknownInput));
    call!(BranchOfOtherType(BranchOfOtherTypeInput));
    call!(AlternativeOfOtherType(AlternativeOfOtherTypeInput));
}
