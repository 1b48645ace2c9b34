//! Safetensors files: named matrices.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use candle_core::{Device, Tensor, safetensors};

use super::guarded;
use crate::lm::local::error::{Flaw, LocalError};

/// The matrices of a file. Each is removed when it is read.
pub(crate) struct Safetensors(HashMap<String, Tensor>);

impl Safetensors {
    /// Reads a file.
    pub(crate) fn open(path: &Path) -> Result<Self, LocalError> {
        let bytes = fs::read(path).map_err(LocalError::io(path))?;
        guarded(|| safetensors::load_buffer(&bytes, &Device::Cpu))
            .map(Self)
            .map_err(|flaw| flaw.at(path))
    }

    /// Whether the file has a matrix of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The number of rows and columns of a matrix.
    pub(crate) fn shape(&self, name: &str) -> Result<[usize; 2], Flaw> {
        let matrix = self
            .0
            .get(name)
            .ok_or_else(|| Flaw::missing("matrix", name))?;
        match *matrix.dims() {
            [rows, columns] if rows > 0 && columns > 0 => Ok([rows, columns]),
            ref other => Err(Flaw::malformed(format!(
                "the matrix `{name}` has the shape {other:?} instead of rows and columns"
            ))),
        }
    }

    /// Removes a matrix of this shape and returns its values, row by row.
    pub(crate) fn take(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>, Flaw> {
        let matrix = self
            .0
            .remove(name)
            .ok_or_else(|| Flaw::missing("matrix", name))?;
        if matrix.dims() != shape {
            return Err(Flaw::shape(name, matrix.dims(), shape));
        }
        guarded(|| matrix.flatten_all()?.to_vec1())
    }
}
