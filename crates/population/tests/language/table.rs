//! Tables as they are drawn: cells with bars between them, the first line naming the columns.

use crate::slow::{Code, Event, Person};
use blueprint::model::{Feature, FeatureSource, ValueType};
use nhs::{CodeSystem, Day, EventKind, Method, Sex, Status};

/// Rows of cells by column name.
#[derive(Debug, Clone, Default)]
pub struct Table {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl Table {
    pub fn parse(text: &str) -> Self {
        let cells = |line: &str| -> Vec<String> { line.split('|').map(|cell| cell.trim().to_owned()).collect() };
        let mut lines = text.lines().filter(|line| !line.trim().is_empty());
        let columns = lines.next().map(cells).unwrap_or_default();
        let rows: Vec<Vec<String>> = lines.map(cells).collect();
        for row in &rows {
            assert_eq!(row.len(), columns.len(), "a row has other columns than its head: {row:?}");
        }
        Self { columns, rows }
    }

    fn cell<'t>(&self, row: &'t [String], column: &str) -> &'t str {
        self.columns.iter().position(|name| name == column).map_or("", |place| row[place].as_str())
    }

    fn check(&self, known: &[&str]) {
        for column in &self.columns {
            assert!(known.contains(&column.as_str()), "a table has no column `{column}`");
        }
    }
}

/// People in the order of the table, each with their events. A person named only among events has a plain row.
pub fn people(people: &Table, events: &Table, order: &[String]) -> Vec<Person> {
    people.check(&["person", "born", "died", "sex", "imd_decile", "registered", "care_home", "household", "lists"]);
    events.check(&[
        "person", "date", "end", "kind", "method", "status", "code", "detail", "provider", "value", "cost", "spell",
        "source",
    ]);
    let one = |name: &String| {
        let row = people.rows.iter().find(|row| people.cell(row, "person") == name);
        let mut person = row.map_or_else(plain, |row| person(people, row));
        for row in events.rows.iter().filter(|row| events.cell(row, "person") == name) {
            person.events.push(event(events, row));
        }
        person
    };
    for row in people
        .rows
        .iter()
        .map(|row| people.cell(row, "person"))
        .chain(events.rows.iter().map(|row| events.cell(row, "person")))
    {
        assert!(order.iter().any(|name| name == row), "nothing is expected of person {row}");
    }
    order.iter().map(one).collect()
}

fn plain() -> Person {
    Person { born: Some(day("1950-06-15")), registered: true, imd: 5, ..Person::default() }
}

fn person(table: &Table, row: &[String]) -> Person {
    let cell = |column| table.cell(row, column);
    let has = |column: &str| table.columns.iter().any(|name| name == column);
    let base = plain();
    Person {
        born: if has("born") { optional(cell("born")).map(day) } else { base.born },
        died: optional(cell("died")).map(day),
        sex: optional(cell("sex")).map_or(Sex::Unknown, |sex| Sex::parse(sex).unwrap()),
        imd: if has("imd_decile") { cell("imd_decile").parse().unwrap_or(0) } else { base.imd },
        registered: if has("registered") { yes(cell("registered")) } else { true },
        care_home: yes(cell("care_home")),
        household: cell("household").parse().unwrap_or(0),
        lists: cell("lists").split(',').map(str::trim).filter(|list| !list.is_empty()).map(str::to_owned).collect(),
        events: Vec::new(),
    }
}

fn event(table: &Table, row: &[String]) -> Event {
    let cell = |column| table.cell(row, column);
    let kind = EventKind::from_name(cell("kind")).unwrap_or_else(|| panic!("no kind of event `{}`", cell("kind")));
    Event {
        date: day(cell("date")),
        end: optional(cell("end")).map(day),
        kind,
        method: optional(cell("method")).map_or(Method::None, |word| Method::from_name(word).unwrap()),
        status: optional(cell("status")).map_or(Status::None, |word| Status::from_name(word).unwrap()),
        code: optional(cell("code")).map(|text| code(text, kind)),
        detail: optional(cell("detail")).map(|text| (CodeSystem::Local, text.to_owned())),
        provider: optional(cell("provider")).map(str::to_owned),
        value: optional(cell("value")).map(|text| scaled(text, 3)),
        cost: optional(cell("cost")).map(|text| scaled(text, 2)),
        spell: cell("spell").parse().unwrap_or(0),
        source: optional(cell("source")).unwrap_or("hospital").to_owned(),
    }
}

/// Diagnoses are ICD-10, procedures OPCS-4, all else SNOMED CT.
fn code(text: &str, kind: EventKind) -> Code {
    let system = match kind {
        EventKind::Diagnosis => CodeSystem::Icd10,
        EventKind::Procedure => CodeSystem::Opcs4,
        _ => CodeSystem::SnomedCt,
    };
    (system, text.replace('.', ""))
}

fn optional(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

fn yes(text: &str) -> bool {
    text == "yes"
}

pub fn day(text: &str) -> Day {
    Day::parse_iso(text).unwrap_or_else(|_| panic!("`{text}` is not a day"))
}

fn scaled(text: &str, decimals: usize) -> i64 {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{part:0<decimals$}").parse().unwrap()
}

/// A value as the tables write it; empty where there is none.
pub fn shown(feature: &Feature, value: Option<i64>) -> String {
    let Some(value) = value else { return String::new() };
    match (feature.value, &feature.source) {
        (ValueType::Bool, _) => if value == 1 { "yes" } else { "no" }.to_owned(),
        (ValueType::Date, _) => Day(value as i32).to_string(),
        (ValueType::Number { decimals: 0 }, _) => value.to_string(),
        (ValueType::Number { decimals }, _) => {
            let width = usize::from(decimals);
            let digits = format!("{:0>width$}", value.unsigned_abs(), width = width + 1);
            let (whole, part) = digits.split_at(digits.len() - width);
            format!("{}{whole}.{part}", if value < 0 { "-" } else { "" })
        }
        (_, FeatureSource::Choose { words, .. }) => words[value as usize].clone(),
        (_, _) => Sex::from_number(value as u8).name().to_owned(),
    }
}
