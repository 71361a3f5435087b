//! The field's words as types: identifiers, codes, ages, money and time, and the vocabulary of events
//! that every floor of Vanguard shares. No input or output, no async, no clock: "now" is an argument.

pub mod age;
pub mod clinical;
pub mod event;
pub mod geography;
pub mod money;
pub mod nhs_number;
pub mod ods;
pub mod person;
pub mod time;

pub use age::AgeBand;
pub use clinical::{Icd10, Opcs4, SnomedId};
pub use event::{CodeSystem, EventKind, Method, Status};
pub use geography::{Lsoa, Postcode};
pub use money::Pence;
pub use nhs_number::NhsNumber;
pub use ods::OdsCode;
pub use person::{Ethnicity, Sex};
pub use time::{Day, FinancialYear, LondonInstant, Month};

/// Why a text is not the value it claims to be. The message completes "the value is refused: it ...".
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Invalid(pub &'static str);
