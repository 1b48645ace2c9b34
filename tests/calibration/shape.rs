//! The kinds of scores that two programs may have.

/// How the scores of a row are distributed.
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    /// The true difference: the mean of the candidate minus that of the baseline.
    pub(crate) difference: f64,
    /// How many rows have the same inputs and scores.
    pub(crate) copies: usize,
    /// The score of the baseline and of the candidate, from three uniform draws.
    pub(crate) row: fn([f64; 3]) -> [f64; 2],
}

pub(crate) const SHAPES: [Shape; 17] = [
    Shape {
        name: "right or wrong, 60 % right",
        difference: 0.0,
        copies: 1,
        row: |[a, b, _]| [right(a < 0.6), right(b < 0.6)],
    },
    Shape {
        name: "right or wrong, 95 % right",
        difference: 0.0,
        copies: 1,
        row: |[a, b, _]| [right(a < 0.95), right(b < 0.95)],
    },
    Shape {
        name: "right or wrong, 3 % lost",
        difference: -0.03,
        copies: 1,
        row: |[a, b, _]| [right(b < 0.7 || a < 0.03), right(b < 0.7 && a >= 0.03)],
    },
    Shape {
        name: "right or wrong, 12 % lost, 9 % won",
        difference: -0.03,
        copies: 1,
        row: |[a, b, _]| match a {
            a if a < 0.12 => [1.0, 0.0],
            a if a < 0.21 => [0.0, 1.0],
            _ => [right(b < 0.5); 2],
        },
    },
    Shape {
        name: "uniform",
        difference: 0.0,
        copies: 1,
        row: |[a, b, _]| [a, b],
    },
    Shape {
        name: "skewed",
        difference: 0.0,
        copies: 1,
        row: |[a, b, _]| [a.powi(4), b.powi(4)],
    },
    Shape {
        name: "differences skewed to one side",
        difference: 0.0,
        copies: 1,
        row: |[a, _, _]| [0.2, a.powi(4)],
    },
    Shape {
        name: "90 % ties",
        difference: 0.0,
        copies: 1,
        row: |[a, b, c]| if c < 0.9 { [a, a] } else { [a, b] },
    },
    Shape {
        name: "5 % lose 0.9",
        difference: -0.045,
        copies: 1,
        row: |[a, _, _]| if a < 0.05 { [0.95, 0.05] } else { [0.95, 0.95] },
    },
    Shape {
        name: "2 % lose all, the others half",
        difference: -0.02,
        copies: 1,
        row: |[a, _, _]| if a < 0.02 { [1.0, 0.0] } else { [0.5, 0.5] },
    },
    Shape {
        name: "5 % lose 0.95, others gain 0.05",
        difference: 0.0,
        copies: 1,
        row: |[a, b, _]| {
            if a < 0.05 {
                [0.95, 0.0]
            } else {
                [0.85, 0.85 + b / 10.0]
            }
        },
    },
    Shape {
        name: "right or wrong, 10 copies of each",
        difference: 0.0,
        copies: 10,
        row: |[a, b, _]| [right(a < 0.6), right(b < 0.6)],
    },
    Shape {
        name: "uniform, 20 copies of each",
        difference: 0.0,
        copies: 20,
        row: |[a, b, _]| [a, b],
    },
    Shape {
        name: "gain: right or wrong, 14 % : 6 %",
        difference: 0.08,
        copies: 1,
        row: |[a, b, _]| match a {
            a if a < 0.14 => [0.0, 1.0],
            a if a < 0.20 => [1.0, 0.0],
            _ => [right(b < 0.5); 2],
        },
    },
    Shape {
        name: "gain: right or wrong, 30 % : 5 %",
        difference: 0.25,
        copies: 1,
        row: |[a, b, _]| match a {
            a if a < 0.30 => [0.0, 1.0],
            a if a < 0.35 => [1.0, 0.0],
            _ => [right(b < 0.5); 2],
        },
    },
    Shape {
        name: "gain: 0.08, noise 0.15",
        difference: 0.08,
        copies: 1,
        // The sum of two uniform draws has a deviation of 0.41.
        row: |[a, b, c]| {
            let baseline = 0.5 + (c - 0.5) / 10.0;
            [baseline, baseline + 0.08 + (a + b - 1.0) * 0.36]
        },
    },
    Shape {
        name: "gain: 0.2, uniform",
        difference: 0.2,
        copies: 1,
        row: |[a, b, _]| [a * 0.6, b * 0.6 + 0.2],
    },
];

fn right(is_right: bool) -> f64 {
    f64::from(u8::from(is_right))
}
