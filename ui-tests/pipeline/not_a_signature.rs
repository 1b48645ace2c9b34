//! A step's module is over a type that is not a signature; mistakes in other steps are still reported.

include!("../fixtures/write.rs");

struct Plain;

struct Other;

module!(
    type Writer = ChainOfThought<Write>;
);

pipeline!(
    fn OfPlain(question: String) -> String {
        let query = Predict::<Plain> { question };
        query.text
    }
);

pipeline!(
    fn OfModule(question: String) -> String {
        let query = Predict::<Writer> { question };
        query.text
    }
);

pipeline!(
    fn BesideOthers(question: String) -> String {
        let query = Predict::<Plain> { question };
        let thought = ChainOfThought::<Other> { question };
        let best = Predict::<Write> { question: query.text, reasons: thought.reasoning };
        best.text
    }
);

fn main() {
    call!(OfPlain(OfPlainInput), OfModule(OfModuleInput), BesideOthers(BesideOthersInput));
}
