//! What the cohort pages share of one snapshot: the columns in memory, the fields, and what has been shown.

use super::errors::PageError;
use super::session::internal;
use crate::folder::Folder;
use blueprint::model::Expr;
use blueprint::{Blueprint, Diagnostic};
use population::cohort::{Fields, PeopleTable, Register, Settled, Whom};
use population::save::SaveError;
use population::{Summary, cohort};
use std::sync::OnceLock;

/// Opened with the site and dropped with it, so that nothing of an older snapshot stays in memory.
#[derive(Debug)]
pub struct CohortRoom {
    /// What can be asked about.
    pub fields: Fields,
    /// The people.
    pub table: PeopleTable,
    register: OnceLock<Register>,
}

/// Why a definition has no answer.
#[derive(Debug)]
pub enum NoAnswer {
    /// The rule does not compile: the findings, each with its place in the text.
    Rule(Vec<Diagnostic>),
    /// The results of the snapshot cannot be read.
    Results(SaveError),
}

impl From<SaveError> for NoAnswer {
    fn from(error: SaveError) -> Self {
        Self::Results(error)
    }
}

impl CohortRoom {
    /// Opens the table of the live snapshot's results; its columns are read when they are asked for.
    pub fn open(folder: &Folder, summary: &Summary) -> Result<Self, SaveError> {
        let results = folder.results_dir(&summary.snapshot);
        let table = PeopleTable::open(&results, &folder.blueprint, summary)?;
        let (fields, register) = (Fields::of(&folder.blueprint, summary), OnceLock::new());
        Ok(Self { fields, table, register })
    }

    /// The compiled rule of a definition: who among whom.
    pub fn compile(&self, blueprint: &Blueprint, whom: Whom, rule: &str) -> Result<Expr, NoAnswer> {
        let rule = self.fields.compile(blueprint, rule).map_err(NoAnswer::Rule)?;
        Ok(self.table.membership(whom, rule))
    }

    /// The set whose figures may be shown for a definition.
    pub fn settle(&self, blueprint: &Blueprint, whom: Whom, rule: &str) -> Result<Settled, NoAnswer> {
        let rule = self.compile(blueprint, whom, rule)?;
        Ok(self.register()?.settle(&self.table, &rule)?)
    }

    /// The people of a definition as they are, for those who may have the list.
    pub fn members(&self, blueprint: &Blueprint, whom: Whom, rule: &str) -> Result<cohort::Bits, NoAnswer> {
        let rule = self.compile(blueprint, whom, rule)?;
        Ok(cohort::who(&self.table, &rule)?)
    }

    fn register(&self) -> Result<&Register, SaveError> {
        if let Some(register) = self.register.get() {
            return Ok(register);
        }
        let register = Register::of(&self.table)?;
        Ok(self.register.get_or_init(|| register))
    }
}

impl From<SaveError> for PageError {
    fn from(error: SaveError) -> Self {
        internal(&error)
    }
}
