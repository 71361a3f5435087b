//! The rows of a snapshot as plain types. No Parquet or Arrow type appears here or in any other public item of the crate.

use nhs::{CodeSystem, Day, Ethnicity, EventKind, Lsoa, Method, NhsNumber, OdsCode, Sex, Status};

/// One person of the place, without names: what `person/` holds and analysts open.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PersonRow {
    /// Stable identifier, the same from load to load.
    pub id: u64,
    /// Date of birth.
    pub birth: Option<Day>,
    /// Date of death, from the death register or a source that records it.
    pub death: Option<Day>,
    /// Person stated gender.
    pub sex: Sex,
    /// Ethnic category.
    pub ethnicity: Ethnicity,
    /// The practice of registration at the snapshot's date; `None` for people on no list.
    pub practice: Option<OdsCode>,
    /// First day of that registration.
    pub registered_from: Option<Day>,
    /// Last day of that registration where it ended.
    pub registered_to: Option<Day>,
    /// Where the person lives.
    pub lsoa: Option<Lsoa>,
    /// Decile of the Index of Multiple Deprivation of that area, 1 the most deprived; 0 not known.
    pub imd_decile: u8,
    /// A number shared by the people of one address in this snapshot; 0 not known.
    pub household: u32,
    /// How many registered people share that address; 0 not known.
    pub household_size: u16,
    /// The care home the person lives in at the snapshot's date.
    pub care_home: Option<OdsCode>,
    /// One bit for each source (in the manifest's order) that holds at least one row of the person.
    pub lists: u32,
}

/// Who a person is: names and numbers, kept apart from `person/` in `identity/` and opened only through an `Access`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IdentityRow {
    /// The same identifier as [`PersonRow::id`].
    pub id: u64,
    /// NHS number, where a valid one is known.
    pub nhs_number: Option<NhsNumber>,
    /// Family name as the best source writes it.
    pub family_name: String,
    /// Given name.
    pub given_name: String,
    /// First line of the address.
    pub address: String,
    /// Postcode.
    pub postcode: String,
}

/// One event of one person's history. `code`, `provider` and `detail` are numbers in the snapshot's dictionary; 0 is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventRow {
    /// The person's position in the snapshot (0-based over all buckets).
    pub person: u32,
    /// The day it happened or began.
    pub date: Day,
    /// The day it ended; the same as `date` for events of one day; `None` where it goes on or is not known.
    pub end: Option<Day>,
    /// What happened.
    pub kind: EventKind,
    /// How.
    pub method: Method,
    /// How it ended.
    pub status: Status,
    /// The main code: diagnosis, procedure, SNOMED concept, medicine.
    pub code: u32,
    /// The organisation that provided it.
    pub provider: u32,
    /// A second code that says where or what kind: treatment function, chief complaint, team type.
    pub detail: u32,
    /// A measured value in thousandths of the unit the code implies.
    pub value: Option<i64>,
    /// Cost in pence, at the place's unit costs.
    pub cost: Option<i64>,
    /// The same number on all events of one hospital spell or attendance of one person; 0 for none.
    pub link: u32,
    /// Position of the source in the manifest.
    pub source: u8,
}

/// One entry of the snapshot's dictionary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeRow {
    /// The terminology; organisations use [`CodeSystem::None`].
    pub system: CodeSystem,
    /// The code as text, in its normal form (ICD-10 without the dot).
    pub code: String,
    /// Its words, where a source gave them.
    pub name: String,
}

impl CodeRow {
    /// The entry at position 0 of every dictionary: no code.
    pub fn none() -> Self {
        Self { system: CodeSystem::None, code: String::new(), name: String::new() }
    }
}

/// One row of an extract that could not be loaded, and why. It holds the shape of the value, never the value itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct QuarantineRow {
    /// Position of the source in the manifest.
    pub source: u8,
    /// Name of the file within the extracts folder.
    pub file: String,
    /// Line (or row of a Parquet file), counted from 1; 0 where the whole file is meant.
    pub line: u64,
    /// Name of the column; empty where the whole row is meant.
    pub column: String,
    /// Short reason code, such as `nhs_number_check_digit`.
    pub reason: String,
    /// The reason in words.
    pub message: String,
    /// The value's shape, letters as `A` and digits as `9`: `AA99 9A`.
    pub shape: String,
}
