//! A safetensors file: named matrices.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use candle_core::{Device, Tensor, safetensors};

use super::super::error::{Flaw, LocalError};
use super::super::gguf::guarded;
use super::super::matrix::Matrix;

/// The matrices of a file, until they are taken out.
pub(super) struct NamedMatrices(HashMap<String, Tensor>);

impl NamedMatrices {
    /// Reads a file.
    pub(super) fn open(path: &Path) -> Result<Self, LocalError> {
        let bytes = fs::read(path).map_err(|source| LocalError::Io {
            path: path.to_path_buf(),
            source,
        })?;
        guarded(|| safetensors::load_buffer(&bytes, &Device::Cpu))
            .map(Self)
            .map_err(|flaw| flaw.at(path))
    }

    /// Whether there is a matrix of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The sizes of a matrix with rows and columns.
    pub(super) fn shape(&self, name: &str) -> Result<[usize; 2], Flaw> {
        let matrix = self.0.get(name).ok_or_else(|| missing(name))?;
        match *matrix.dims() {
            [rows, columns] if rows > 0 && columns > 0 => Ok([rows, columns]),
            ref other => Err(Flaw::malformed(format!(
                "the matrix `{name}` has the size {other:?} instead of rows and columns"
            ))),
        }
    }

    /// Takes out the values of a matrix of these sizes, row by row.
    pub(super) fn take(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>, Flaw> {
        let matrix = self.0.remove(name).ok_or_else(|| missing(name))?;
        if matrix.dims() != shape {
            return Err(Flaw::malformed(format!(
                "the matrix `{name}` has the size {:?} instead of {shape:?}",
                matrix.dims()
            )));
        }
        guarded(|| matrix.flatten_all()?.to_vec1())
    }

    /// Takes out a layer that maps `inputs` values to `outputs` values, with its bias.
    pub(super) fn linear(
        &mut self,
        name: &str,
        outputs: usize,
        inputs: usize,
    ) -> Result<Matrix, Flaw> {
        let weights = self.take(&format!("{name}.weight"), &[outputs, inputs])?;
        let bias = self.take(&format!("{name}.bias"), &[outputs])?;
        Ok(Matrix::new(&weights, &bias, inputs))
    }
}

fn missing(name: &str) -> Flaw {
    Flaw::malformed(format!("it has no matrix `{name}`"))
}
