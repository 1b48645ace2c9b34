//! The rotation of queries and keys by their position (RoPE).

use std::io::{Read, Seek};

use crate::lm::local::error::Flaw;
use crate::lm::local::weights::Gguf;

/// Which two values of a head are rotated together.
#[derive(Clone, Copy, Debug)]
enum RotatedPairs {
    /// Neighbours, as in Llama, whose files store queries and keys in this order.
    Neighbours,
    /// Values half a head apart, as in Qwen2.
    Halves,
}

/// The rotation of one network.
#[derive(Debug)]
pub(super) struct Rope {
    pairs: RotatedPairs,
    /// For each pair, the angle per position, in radians.
    speeds: Vec<f64>,
}

impl Rope {
    /// Reads the settings of the rotation.
    pub(super) fn read<R: Read + Seek>(file: &mut Gguf<R>, head: usize) -> Result<Self, Flaw> {
        let kind = file.text("general.architecture")?.to_owned();
        let scaling = format!("{kind}.rope.scaling.type");
        if let Ok(scaling) = file.text(&scaling)
            && scaling != "none"
        {
            return Err(Flaw::unsupported(format!("rotation scaled by `{scaling}`")));
        }
        let size = file
            .number(&format!("{kind}.rope.dimension_count"))
            .unwrap_or(head);
        if size == 0 || size > head || !size.is_multiple_of(2) {
            return Err(Flaw::malformed(format!(
                "{size} of the {head} values of a head cannot be rotated"
            )));
        }
        let base = f64::from(
            file.real(&format!("{kind}.rope.freq_base"))
                .unwrap_or(10_000.0),
        );
        let speed = |pair: usize| base.powf(-2.0 * pair as f64 / size as f64);
        let mut speeds: Vec<_> = (0..size / 2).map(speed).collect();
        if file.has("rope_freqs.weight") {
            let slower = file.matrix("rope_freqs.weight", &[size / 2])?;
            for (speed, slower) in speeds.iter_mut().zip(slower) {
                *speed /= f64::from(slower);
            }
        }
        let pairs = match kind.as_str() {
            "llama" => RotatedPairs::Neighbours,
            _ => RotatedPairs::Halves,
        };
        Ok(Self { pairs, speeds })
    }

    /// Sine and cosine of every pair, for each position.
    pub(super) fn at(&self, positions: &[usize]) -> Vec<Vec<(f32, f32)>> {
        let rotation = |angle: f64| (angle.sin() as f32, angle.cos() as f32);
        positions
            .iter()
            .map(|&position| {
                let angles = self.speeds.iter().map(|speed| position as f64 * speed);
                angles.map(rotation).collect()
            })
            .collect()
    }

    /// Rotates one head.
    pub(super) fn rotate(&self, head: &mut [f32], angles: &[(f32, f32)]) {
        let half = angles.len();
        for (pair, &(sin, cos)) in angles.iter().enumerate() {
            let (a, b) = match self.pairs {
                RotatedPairs::Neighbours => (2 * pair, 2 * pair + 1),
                RotatedPairs::Halves => (pair, pair + half),
            };
            let (x, y) = (head[a], head[b]);
            head[a] = x * cos - y * sin;
            head[b] = x * sin + y * cos;
        }
    }
}
