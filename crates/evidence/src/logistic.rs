//! Penalised logistic regression.
//!
//! Minimises `-loglik / n + lambda * (alpha * |b| + (1 - alpha) / 2 * b^2)` over standardised columns, the intercept free
//! (Friedman, Hastie and Tibshirani, "Regularization paths for generalized linear models via coordinate descent", 2010). Columns
//! hold small codes with a table of values, so that a million people by fifty columns fit into fifty megabytes; a fit counts rows
//! with the same codes together and passes over the codes that differ from the commonest only.

mod fit;
mod path;
mod patterns;
mod problem;
#[cfg(test)]
pub(crate) mod sample;

pub use fit::fit;
pub use path::{Chosen, Search, choose};

/// A column of a design: for each row a code, and what each code is worth.
#[derive(Debug, Clone, PartialEq)]
pub struct Column<'a> {
    /// One code for each row; a code beyond the table is worth 0.
    pub codes: &'a [u8],
    /// The value of each code.
    pub values: Vec<f64>,
}

impl Column<'_> {
    /// What a code is worth; 0 beyond the table and for what is not a number.
    fn worth(&self, code: usize) -> f64 {
        self.values.get(code).copied().filter(|value| value.is_finite()).unwrap_or(0.0)
    }
}

/// A penalty.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Penalty {
    /// Its size, on the scale of the mean log-likelihood.
    pub lambda: f64,
    /// 0 for ridge, 1 for lasso, between for the elastic net.
    pub alpha: f64,
}

/// A fitted model.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Log-odds where every column is 0.
    pub intercept: f64,
    /// Change in log-odds for each unit of a column, on the column's own scale; 0 where a column never varies.
    pub coefficients: Vec<f64>,
    /// Steps of Newton's method.
    pub steps: usize,
    /// Whether the steps came to rest.
    pub converged: bool,
}

impl Model {
    /// The log-odds of a row.
    pub fn log_odds(&self, columns: &[Column<'_>], row: usize) -> f64 {
        let parts = self.coefficients.iter().zip(columns);
        self.intercept
            + parts
                .filter(|(b, _)| **b != 0.0)
                .map(|(b, column)| b * column.worth(usize::from(column.codes.get(row).copied().unwrap_or(0))))
                .sum::<f64>()
    }
}

/// Why nothing can be fitted. Messages complete "failed to ...".
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FitError {
    /// Everybody or nobody had the outcome.
    #[error("fit a model: {with} of {rows} people had the outcome, and both kinds are needed")]
    OneOutcome {
        /// Rows with the outcome.
        with: usize,
        /// All rows.
        rows: usize,
    },
    /// A column is shorter or longer than the outcome.
    #[error("fit a model: column {0} has another number of rows than the outcome")]
    Uneven(usize),
    /// The penalty is negative or not a number, or alpha is outside 0 to 1.
    #[error("fit a model: the penalty must be 0 or more and its mix between 0 and 1")]
    BadPenalty,
}

/// The chance that belongs to log-odds.
pub fn chance(log_odds: f64) -> f64 {
    if log_odds >= 0.0 { 1.0 / (1.0 + (-log_odds).exp()) } else { log_odds.exp() / (1.0 + log_odds.exp()) }
}

#[cfg(test)]
mod tests;
