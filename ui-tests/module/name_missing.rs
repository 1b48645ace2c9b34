dashoptimize::module!(
    type = Predict<Triage>;
);

fn main() {}
