//! What a module that runs another one hands on to it.

/// The items of `impl Module` for a module whose predictors, paths and graph are those of another one,
/// which it keeps in a field of this name.
macro_rules! hands_on {
    ($part:ident: $Part:ty) => {
        const SHAPE: $crate::module::Shape = <$Part as $crate::module::Module>::SHAPE;
        const GRAPH: Option<&'static $crate::graph::Graph> =
            <$Part as $crate::module::Module>::GRAPH;

        fn predictors(&self) -> Vec<&$crate::module::Predictor> {
            self.$part.predictors()
        }

        fn predictors_mut(&mut self) -> Vec<&mut $crate::module::Predictor> {
            self.$part.predictors_mut()
        }

        fn graph(&self) -> Option<&'static $crate::graph::Graph> {
            self.$part.graph()
        }

        fn __set_path(&mut self, path: &str) {
            self.$part.__set_path(path);
        }
    };
}
pub(super) use hands_on;
