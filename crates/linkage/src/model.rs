//! A linkage model as data.

use serde::Deserialize;

/// A model could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// The text is not TOML, or lacks a key, or has an unknown one.
    #[error("read the linkage model: {0}")]
    Syntax(String),
}

/// A linkage model.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Model {
    /// What the model is for.
    pub name: String,
    /// The least match probability at which two records are joined.
    pub threshold: f64,
}

impl Model {
    /// Reads a model from TOML text.
    pub fn parse(text: &str) -> Result<Self, ModelError> {
        toml::from_str(text).map_err(|error| ModelError::Syntax(error.to_string()))
    }

    /// The model for UK person records that ships with the program (`models/person.toml`).
    pub fn person() -> Result<Self, ModelError> {
        Self::parse(include_str!("../../../models/person.toml"))
    }
}
