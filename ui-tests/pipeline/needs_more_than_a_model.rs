//! A step calls a module that a model alone does not make.

include!("../fixtures/write.rs");

#[derive(Clone)]
struct Search {
    index: usize,
}

impl Module for Search {
    type Input = WriteInput;
    type Output = String;

    async fn forward(
        &self,
        _: &dashoptimize::call::Context<'_>,
        input: WriteInput,
    ) -> Result<String, dashoptimize::call::CallError> {
        Ok(format!("{} {}", self.index, input.question))
    }

    fn predictors(&self) -> Vec<&dashoptimize::module::Predictor> {
        Vec::new()
    }

    fn predictors_mut(&mut self) -> Vec<&mut dashoptimize::module::Predictor> {
        Vec::new()
    }
}

pipeline!(
    fn Rag(question: String) -> String {
        let text = Search { question };
        text
    }
);

fn main() {
    let question = String::new();
    let _ = async |lm: Lm| Rag::new(lm).call(RagInput { question }).await;
}
