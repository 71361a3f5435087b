//! A source format after it has been read and checked.

use super::{Condition, EventRule};
use crate::Issue;
use nhs::Day;

/// Number of a column the format names, an index of [`SourceFormat::columns`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ColumnId(pub(crate) u16);

/// A column by the names it goes by, first choice first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ColumnSpec {
    pub(crate) names: Vec<String>,
    pub(crate) required: bool,
}

/// How one extract's columns become ours. Made by [`SourceFormat::builtin`] or [`SourceFormat::parse`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFormat {
    /// `vanguard/gp_events`.
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) role: Role,
    pub(crate) reader: ReaderKind,
    pub(crate) delimiter: u8,
    pub(crate) quote: u8,
    pub(crate) encoding: Encoding,
    pub(crate) dates: Vec<DateForm>,
    pub(crate) unknown_dates: Vec<Day>,
    /// Texts that mean "nothing": `""`, `&`, `-`.
    pub(crate) missing: Vec<String>,
    pub(crate) may_be_empty: bool,
    /// Sources of one space share local ids and links.
    pub(crate) space: String,
    pub(crate) columns: Vec<ColumnSpec>,
    /// Columns that are known and not read: not reported as unknown. May end in `*`.
    pub(crate) ignore: Vec<String>,
    pub(crate) identity: IdentityRule,
    pub(crate) registration: Option<RegistrationRule>,
    pub(crate) events: Vec<EventRule>,
    /// Rows that say who somebody is and nothing else: any of these holds.
    pub(crate) identity_only: Vec<Condition>,
    pub(crate) reference: Option<ReferenceRule>,
    /// Hash of the text the format was read from: a changed format is a changed input.
    pub(crate) text_hash: u64,
}

/// What a source is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// The list of registered people: identities first choice, practice and dates of registration.
    PersonList,
    /// Who lives in a care home.
    CareHomeList,
    /// Registrations of deaths.
    Death,
    /// Events of people.
    Events,
    /// Prices of events that carry none.
    ReferenceUnitCosts,
    /// Organisations of the place.
    ReferenceOrganisations,
    /// Small areas with their deprivation.
    ReferenceLsoa,
}

impl Role {
    pub(crate) const NAMES: [(&'static str, Self); 7] = [
        ("person_list", Self::PersonList),
        ("care_home_list", Self::CareHomeList),
        ("death", Self::Death),
        ("events", Self::Events),
        ("reference_unit_costs", Self::ReferenceUnitCosts),
        ("reference_organisations", Self::ReferenceOrganisations),
        ("reference_lsoa", Self::ReferenceLsoa),
    ];

    /// Whether its rows are about people.
    pub fn is_about_people(self) -> bool {
        matches!(self, Self::PersonList | Self::CareHomeList | Self::Death | Self::Events)
    }
}

/// What kind of file it is. Parquet and gzip are recognised by their first bytes whatever the format says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReaderKind {
    Csv,
    Fhir,
}

/// How text is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8,
    Windows1252,
    /// A field that is not UTF-8 is read as Windows-1252.
    Auto,
}

/// How a date is written. A time after the date is ignored in each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DateForm {
    /// `2015-03-09`
    Iso,
    /// `20150309`
    Compact,
    /// `09/03/2015`
    Uk,
    /// `032015`: a month, taken as its first day.
    MonthYear,
    /// `2015-03` or `2015`: FHIR's partial dates, taken as their first day.
    Partial,
}

impl DateForm {
    pub(crate) const NAMES: [(&'static str, Self); 5] = [
        ("iso", Self::Iso),
        ("compact", Self::Compact),
        ("uk", Self::Uk),
        ("month_year", Self::MonthYear),
        ("partial", Self::Partial),
    ];
}

/// Columns that say who a row is about. A date of birth may come in three columns.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct IdentityRule {
    pub(crate) nhs_number: Option<ColumnId>,
    pub(crate) local_id: Option<ColumnId>,
    pub(crate) family_name: Option<ColumnId>,
    pub(crate) given_name: Option<ColumnId>,
    pub(crate) birth: Option<ColumnId>,
    pub(crate) birth_month: Option<ColumnId>,
    pub(crate) birth_day: Option<ColumnId>,
    pub(crate) sex: Option<ColumnId>,
    pub(crate) ethnicity: Option<ColumnId>,
    pub(crate) address: Option<ColumnId>,
    pub(crate) postcode: Option<ColumnId>,
    pub(crate) uprn: Option<ColumnId>,
    pub(crate) lsoa: Option<ColumnId>,
    /// Practice as a source other than the list states it: checked, not used.
    pub(crate) practice: Option<ColumnId>,
}

/// Columns of a registration with a practice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RegistrationRule {
    pub(crate) practice: ColumnId,
    pub(crate) from: Option<ColumnId>,
    pub(crate) to: Option<ColumnId>,
}

/// Columns of a reference file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ReferenceRule {
    UnitCosts(UnitCostRule),
    Organisations(OrganisationRule),
    Lsoa(LsoaRule),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UnitCostRule {
    pub(crate) kind: ColumnId,
    pub(crate) method: Option<ColumnId>,
    pub(crate) detail: Option<ColumnId>,
    pub(crate) per: Option<ColumnId>,
    pub(crate) pounds: ColumnId,
    pub(crate) valid_from: Option<ColumnId>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OrganisationRule {
    pub(crate) code: ColumnId,
    pub(crate) name: Option<ColumnId>,
    pub(crate) kind: Option<ColumnId>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LsoaRule {
    pub(crate) lsoa: ColumnId,
    pub(crate) imd_decile: ColumnId,
}

impl SourceFormat {
    /// Reads a format from text. `file` names it in messages. The format is there unless an issue is an error.
    pub fn parse(file: &str, text: &str) -> (Option<Self>, Vec<Issue>) {
        super::parse::parse(file, text)
    }

    /// A format that comes with Vanguard, by name: `vanguard/gp_registrations`, `hes/apc`, `omop/person`, `fhir/bundle`.
    pub fn builtin(name: &str) -> Option<Self> {
        let text = super::builtin::text(name)?;
        Self::parse(&format!("{name}.toml"), text).0
    }

    /// The names of the formats that come with Vanguard, in alphabetical order.
    pub fn builtin_names() -> Vec<&'static str> {
        super::builtin::FORMATS.iter().map(|&(name, _)| name).collect()
    }

    /// The text of a format that comes with Vanguard, to copy and change.
    pub fn builtin_text(name: &str) -> Option<&'static str> {
        super::builtin::text(name)
    }

    /// Its name: `hes/apc`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its title, for readers.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// What the source is for.
    pub fn role(&self) -> Role {
        self.role
    }
}
