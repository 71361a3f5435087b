//! From the text of a source format to the checked format.

use super::document::{Document, Section, Span, Value};
use super::model::{
    ColumnId, ColumnSpec, DateForm, Encoding, IdentityRule, LsoaRule, OrganisationRule, ReaderKind, ReferenceRule,
    RegistrationRule, Role, SourceFormat, UnitCostRule,
};
use crate::Issue;
use crate::hash::Hasher;
use crate::nearest::did_you_mean;
use nhs::Day;
use toml::de::DeTable;

/// Texts that mean "nothing" in every format.
const MISSING: [&str; 5] = ["", "NULL", "null", "N/A", "\\N"];

/// Dates that stand for "not known" in every format: HES (1800 null, 1801 invalid, 1802), spreadsheet and database
/// zeros, and the ends that never come.
const UNKNOWN_DATES: [&str; 12] = [
    "0001-01-01",
    "1582-10-15",
    "1600-01-01",
    "1753-01-01",
    "1800-01-01",
    "1801-01-01",
    "1802-01-01",
    "1899-12-30",
    "1900-01-01",
    "2999-12-31",
    "4712-12-31",
    "9999-12-31",
];

/// The columns named so far.
#[derive(Default)]
pub(super) struct Columns {
    specs: Vec<ColumnSpec>,
}

impl Columns {
    /// The number of the column that goes by these names.
    pub(super) fn id(&mut self, names: Vec<String>) -> ColumnId {
        if let Some(place) = self.specs.iter().position(|spec| spec.names == names) {
            return ColumnId(place as u16);
        }
        self.specs.push(ColumnSpec { names, required: false });
        ColumnId((self.specs.len() - 1) as u16)
    }

    /// A column from a value: a name, or a list of names the column goes by.
    pub(super) fn read(&mut self, document: &Document<'_>, value: &Value<'_>) -> Option<ColumnId> {
        let names: Vec<String> =
            document.texts(value, "a column").into_iter().map(|(text, _)| text.to_owned()).collect();
        if names.is_empty() || names.iter().any(String::is_empty) {
            document.error(&value.span(), "a column has a name", None);
            return None;
        }
        if self.specs.len() >= usize::from(u16::MAX) {
            document.error(&value.span(), "a format names at most 65,535 columns", None);
            return None;
        }
        Some(self.id(names))
    }

    /// The column under a key, if there is one.
    pub(super) fn optional(
        &mut self,
        document: &Document<'_>,
        section: &Section<'_, '_>,
        key: &'static str,
    ) -> Option<ColumnId> {
        section.get(key).and_then(|value| self.read(document, value))
    }
}

pub(super) fn parse(file: &str, text: &str) -> (Option<SourceFormat>, Vec<Issue>) {
    let document = Document::new(file, text);
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        document.error(&error.span().unwrap_or(0..0), error.message().to_owned(), None);
    }
    if !errors.is_empty() {
        return (None, document.into_issues());
    }
    let section = Section::new(root.get_ref(), 0..0);
    let format = read_format(&document, &section, text);
    section.finish(&document, "a source format");
    let format = format.filter(|_| !document.has_errors());
    (format, document.into_issues())
}

fn read_format(document: &Document<'_>, root: &Section<'_, '_>, text: &str) -> Option<SourceFormat> {
    let name =
        root.need(document, "name", "a source format").and_then(|v| document.text(v, "name")).unwrap_or_default();
    let title =
        root.need(document, "title", "a source format").and_then(|v| document.text(v, "title")).unwrap_or_default();
    let role = root
        .need(document, "role", "a source format")
        .and_then(|v| document.text(v, "role").and_then(|t| document.word(t, &v.span(), "role", &Role::NAMES)));
    let reader =
        word_or(document, root, "reader", &[("csv", ReaderKind::Csv), ("fhir", ReaderKind::Fhir)], ReaderKind::Csv);
    let encodings = [("utf-8", Encoding::Utf8), ("windows-1252", Encoding::Windows1252), ("auto", Encoding::Auto)];
    let encoding = word_or(document, root, "encoding", &encodings, Encoding::Auto);
    let may_be_empty = root.get("may_be_empty").and_then(|v| document.truth(v, "may_be_empty")).unwrap_or(false);
    let space = root.get("space").and_then(|v| document.text(v, "space")).unwrap_or(name).to_owned();

    let mut columns = Columns::default();
    let identity = root.get("identity").and_then(|v| document.section(v, "identity"));
    let has_identity = identity.is_some();
    let identity = identity.map(|s| read_identity(document, &s, &mut columns)).unwrap_or_default();
    let registration = root.get("registration").and_then(|v| document.section(v, "registration"));
    let registration = registration.and_then(|s| read_registration(document, &s, &mut columns));
    let events = super::event::read_all(document, root, &mut columns);
    let identity_only = super::event::read_conditions(document, root, "identity_only", &mut columns);
    let reference = root.get("reference").and_then(|v| document.section(v, "reference"));
    let reference = match (role, reference) {
        (Some(role), Some(s)) if !role.is_about_people() => read_reference(document, &s, role, &mut columns),
        (_, Some(s)) => {
            document.error(&s.span, "only a reference role has a [reference] table", None);
            None
        }
        (_, None) => None,
    };
    mark_required(document, root, &mut columns);
    let (delimiter, quote) = (byte_or(document, root, "delimiter", b','), byte_or(document, root, "quote", b'"'));
    let (dates, unknown_dates) = (read_dates(document, root), read_unknown_dates(document, root));
    let missing = list(document, root, "missing").into_iter().chain(MISSING.map(str::to_owned)).collect();
    let ignore = list(document, root, "ignore");
    // Every key has been asked for by now, so that one mistake does not hide the next.
    let format = SourceFormat {
        name: name.to_owned(),
        title: title.to_owned(),
        role: role?,
        reader,
        delimiter,
        quote,
        encoding,
        dates,
        unknown_dates,
        missing,
        may_be_empty,
        space,
        columns: columns.specs,
        ignore,
        identity,
        registration,
        events,
        identity_only,
        reference,
        text_hash: Hasher::new(0).bytes(text.as_bytes()).finish(),
    };
    check_role(document, root, &format, has_identity);
    Some(format)
}

/// A role needs its tables.
fn check_role(document: &Document<'_>, root: &Section<'_, '_>, format: &SourceFormat, has_identity: bool) {
    let missing = |what: &str| document.error(&root.span, format!("a source of this role needs {what}"), None);
    if format.role.is_about_people() {
        let who = &format.identity;
        if !has_identity {
            missing("an [identity] table");
        } else if who.nhs_number.is_none()
            && who.local_id.is_none()
            && (who.family_name.is_none() || who.birth.is_none())
        {
            missing("an NHS number, a local id, or a family name and a date of birth in [identity]");
        }
        if format.role == Role::PersonList
            && format.registration.is_none()
            && format.events.is_empty()
            && format.space.is_empty()
        {
            missing("a [registration] table");
        }
        if format.role == Role::Events && format.events.is_empty() {
            missing("at least one [[event]]");
        }
    } else if format.reference.is_none() {
        missing("a [reference] table");
    }
}

fn read_identity(document: &Document<'_>, section: &Section<'_, '_>, columns: &mut Columns) -> IdentityRule {
    let mut column = |key| columns.optional(document, section, key);
    let rule = IdentityRule {
        nhs_number: column("nhs_number"),
        local_id: column("local_id"),
        family_name: column("family_name"),
        given_name: column("given_name"),
        birth: column("birth"),
        birth_month: column("birth_month"),
        birth_day: column("birth_day"),
        sex: column("sex"),
        ethnicity: column("ethnicity"),
        address: column("address"),
        postcode: column("postcode"),
        uprn: column("uprn"),
        lsoa: column("lsoa"),
        practice: column("practice"),
    };
    section.finish(document, "[identity]");
    rule
}

fn read_registration(
    document: &Document<'_>,
    section: &Section<'_, '_>,
    columns: &mut Columns,
) -> Option<RegistrationRule> {
    let practice = section.need(document, "practice", "[registration]").and_then(|v| columns.read(document, v));
    let from = columns.optional(document, section, "from");
    let to = columns.optional(document, section, "to");
    section.finish(document, "[registration]");
    Some(RegistrationRule { practice: practice?, from, to })
}

fn read_reference(
    document: &Document<'_>,
    section: &Section<'_, '_>,
    role: Role,
    columns: &mut Columns,
) -> Option<ReferenceRule> {
    let need = |columns: &mut Columns, key| {
        section.need(document, key, "[reference]").and_then(|value| columns.read(document, value))
    };
    let rule = match role {
        Role::ReferenceUnitCosts => {
            let (kind, pounds) = (need(columns, "kind"), need(columns, "pounds"));
            let mut column = |key| columns.optional(document, section, key);
            let (method, detail, per, valid_from) =
                (column("method"), column("detail"), column("per"), column("valid_from"));
            UnitCostRule { kind: kind?, method, detail, per, pounds: pounds?, valid_from }.into()
        }
        Role::ReferenceOrganisations => {
            let code = need(columns, "code");
            let (name, kind) =
                (columns.optional(document, section, "name"), columns.optional(document, section, "kind"));
            ReferenceRule::Organisations(OrganisationRule { code: code?, name, kind })
        }
        _ => {
            let (lsoa, imd_decile) = (need(columns, "lsoa"), need(columns, "imd_decile"));
            ReferenceRule::Lsoa(LsoaRule { lsoa: lsoa?, imd_decile: imd_decile? })
        }
    };
    section.finish(document, "[reference]");
    Some(rule)
}

impl From<UnitCostRule> for ReferenceRule {
    fn from(rule: UnitCostRule) -> Self {
        Self::UnitCosts(rule)
    }
}

fn mark_required(document: &Document<'_>, root: &Section<'_, '_>, columns: &mut Columns) {
    let Some(value) = root.get("required") else { return };
    for (name, span) in document.texts(value, "required") {
        if let Some(spec) = columns.specs.iter_mut().find(|spec| spec.names.iter().any(|own| own == name)) {
            spec.required = true;
        } else {
            let names = columns.specs.iter().flat_map(|spec| spec.names.iter().map(String::as_str));
            let help = did_you_mean(name, names);
            document.error(&span, format!("required column \"{name}\" is read by nothing in this format"), help);
        }
    }
}

fn list(document: &Document<'_>, root: &Section<'_, '_>, key: &'static str) -> Vec<String> {
    let Some(value) = root.get(key) else { return Vec::new() };
    document.texts(value, key).into_iter().map(|(text, _)| text.to_owned()).collect()
}

fn word_or<V: Copy>(
    document: &Document<'_>,
    root: &Section<'_, '_>,
    key: &'static str,
    words: &[(&str, V)],
    otherwise: V,
) -> V {
    let Some(value) = root.get(key) else { return otherwise };
    document.text(value, key).and_then(|text| document.word(text, &value.span(), key, words)).unwrap_or(otherwise)
}

fn byte_or(document: &Document<'_>, root: &Section<'_, '_>, key: &'static str, otherwise: u8) -> u8 {
    let Some(value) = root.get(key) else { return otherwise };
    match document.text(value, key).map(str::as_bytes) {
        Some(&[byte]) if byte.is_ascii() && !matches!(byte, b'\n' | b'\r') => byte,
        Some(_) => {
            document.error(&value.span(), format!("{key} is one character"), None);
            otherwise
        }
        None => otherwise,
    }
}

fn read_dates(document: &Document<'_>, root: &Section<'_, '_>) -> Vec<DateForm> {
    let Some(value) = root.get("dates") else { return vec![DateForm::Iso] };
    let word = |(text, span): (&str, Span)| document.word(text, &span, "form of a date", &DateForm::NAMES);
    document.texts(value, "dates").into_iter().filter_map(word).collect()
}

fn read_unknown_dates(document: &Document<'_>, root: &Section<'_, '_>) -> Vec<Day> {
    let mut days: Vec<Day> = UNKNOWN_DATES.iter().filter_map(|text| Day::parse_iso(text).ok()).collect();
    if let Some(value) = root.get("unknown_dates") {
        for (text, span) in document.texts(value, "unknown_dates") {
            match Day::parse_iso(text) {
                Ok(day) => days.push(day),
                Err(why) => document.error(&span, format!("\"{text}\" {why}"), None),
            }
        }
    }
    days.sort_unstable();
    days.dedup();
    days
}
