//! How a row becomes events.

use super::document::{Document, Section, Value};
use super::parse::Columns;
use super::{ColumnId, Lookup};
use nhs::{CodeSystem, EventKind, Method, Status};

/// One kind of event a row can hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EventRule {
    pub(crate) kind: KindRule,
    /// All must hold.
    pub(crate) when: Vec<Condition>,
    /// The first column with a known date counts.
    pub(crate) date: Vec<ColumnId>,
    /// None: the same day.
    pub(crate) end: Option<Vec<ColumnId>>,
    pub(crate) method: VocabRule<Method>,
    pub(crate) status: VocabRule<Status>,
    /// Alternatives: the first that holds a valid code counts.
    pub(crate) code: Vec<CodeRule>,
    /// One event for each of these columns that holds a code, in place of `code`.
    pub(crate) each: Vec<ColumnId>,
    pub(crate) each_system: CodeSystem,
    pub(crate) detail: Vec<CodeRule>,
    pub(crate) provider: Option<ColumnId>,
    pub(crate) value: Option<ColumnId>,
    pub(crate) cost: Option<CostRule>,
    /// Events of a person that agree on all of these belong together.
    pub(crate) link: Vec<ColumnId>,
    /// Events with the same link are one event: the first by `order` gives it, the last gives its end.
    pub(crate) join: bool,
    pub(crate) order: Option<ColumnId>,
    /// A row without a valid code is no event of this kind (for a primary event: quarantined).
    pub(crate) needs_code: bool,
}

/// What happened: always the same, or by a column's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum KindRule {
    Always(EventKind),
    By(ColumnId, Lookup<EventKind>),
}

/// A column holds (or does not hold) one of these texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Condition {
    pub(crate) column: ColumnId,
    pub(crate) test: FilledRule,
}

/// What a condition asks of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FilledRule {
    Is(Lookup<()>),
    IsNot(Lookup<()>),
    Filled,
    Empty,
}

/// A word of a vocabulary by columns: the first step that knows the value wins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VocabRule<V> {
    pub(crate) steps: Vec<(ColumnId, Lookup<V>)>,
    pub(crate) otherwise: V,
    /// Whether a value that no step knows is worth a warning: there was no `otherwise`.
    pub(crate) warn: bool,
}

/// Where a code is found and which terminology it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CodeRule {
    pub(crate) column: ColumnId,
    pub(crate) system: SystemRule,
    /// A column with the code's words.
    pub(crate) name: Option<ColumnId>,
}

/// The terminology: always the same, or by a column's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SystemRule {
    Always(CodeSystem),
    By(ColumnId, Lookup<CodeSystem>),
}

/// Where the cost of an event stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CostRule {
    pub(crate) column: ColumnId,
    pub(crate) unit: CostUnit,
    /// Without it the amount is for the whole event.
    pub(crate) rate: Option<RateRule>,
}

/// What one amount is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RateRule {
    pub(crate) column: ColumnId,
    pub(crate) map: Lookup<Rate>,
    /// A column with the hours a week that an hourly amount is paid for.
    pub(crate) hours_per_week: Option<ColumnId>,
}

/// How an amount adds up over an event that lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rate {
    Once,
    Daily,
    Weekly,
    Hourly,
}

/// What the amount is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CostUnit {
    Pounds,
    Pence,
}

/// Words of a vocabulary with their values, as `Document::word` takes them.
fn words<V: Copy>(all: &[V], name: fn(V) -> &'static str) -> Vec<(&'static str, V)> {
    all.iter().map(|&value| (name(value), value)).collect()
}

/// Every `[[event]]` of a format.
pub(super) fn read_all(document: &Document<'_>, root: &Section<'_, '_>, columns: &mut Columns) -> Vec<EventRule> {
    let Some(value) = root.get("event") else { return Vec::new() };
    let Some(items) = value.get_ref().as_array() else {
        document.error(&value.span(), "events are written `[[event]]`, with two brackets", None);
        return Vec::new();
    };
    let sections = items.iter().filter_map(|item| document.section(item, "event"));
    sections.filter_map(|section| EventReader { document, columns: &mut *columns }.event(&section)).collect()
}

/// Conditions under a key of the format itself.
pub(super) fn read_conditions(
    document: &Document<'_>,
    root: &Section<'_, '_>,
    key: &'static str,
    columns: &mut Columns,
) -> Vec<Condition> {
    let Some(value) = root.get(key) else { return Vec::new() };
    EventReader { document, columns }.conditions(value)
}

struct EventReader<'r, 't> {
    document: &'r Document<'t>,
    columns: &'r mut Columns,
}

impl<'t> EventReader<'_, 't> {
    fn event(&mut self, section: &Section<'_, 't>) -> Option<EventRule> {
        let kinds = words(EventKind::ALL, EventKind::name);
        let methods = words(Method::ALL, Method::name);
        let statuses = words(Status::ALL, Status::name);
        let systems = words(CodeSystem::ALL, CodeSystem::name);
        let kind = section.need(self.document, "kind", "[[event]]").and_then(|value| self.kind(value, &kinds));
        let date = section.need(self.document, "date", "[[event]]").map(|value| self.column_list(value, false));
        let when = section.get("when").map(|value| self.conditions(value)).unwrap_or_default();
        let each: Vec<ColumnId> = section.get("each").map(|value| self.column_list(value, true)).unwrap_or_default();
        let each_system = section.get("each_system").and_then(|value| {
            let text = self.document.text(value, "each_system")?;
            self.document.word(text, &value.span(), "code system", &systems)
        });
        if !each.is_empty() && each_system.is_none() {
            self.document.error(&section.span, "an event with `each` names the terminology in `each_system`", None);
        }
        let code: Vec<CodeRule> = section.get("code").map(|value| self.codes(value, &systems)).unwrap_or_default();
        if !each.is_empty() && !code.is_empty() {
            self.document.error(&section.span, "an event has `each` or `code`, not both", None);
        }
        let needs_code = section.get("needs_code").and_then(|v| self.document.truth(v, "needs_code")).unwrap_or(false);
        let rule = EventRule {
            when,
            end: section.get("end").map(|value| self.column_list(value, false)),
            method: self.vocabulary(section, "method", &methods, Method::None),
            status: self.vocabulary(section, "status", &statuses, Status::None),
            code,
            each,
            each_system: each_system.unwrap_or(CodeSystem::None),
            detail: section.get("detail").map(|value| self.codes(value, &systems)).unwrap_or_default(),
            provider: self.columns.optional(self.document, section, "provider"),
            value: self.columns.optional(self.document, section, "value"),
            cost: section.get("cost").and_then(|value| self.cost(value)),
            link: section.get("link").map(|value| self.column_list(value, false)).unwrap_or_default(),
            join: section.get("join").and_then(|v| self.document.truth(v, "join")).unwrap_or(false),
            order: self.columns.optional(self.document, section, "order"),
            needs_code,
            kind: kind?,
            date: date?,
        };
        if rule.join && rule.link.is_empty() {
            self.document.error(&section.span, "an event that is joined says by what in `link`", None);
        }
        section.finish(self.document, "[[event]]");
        Some(rule)
    }

    fn kind(&mut self, value: &Value<'t>, kinds: &[(&str, EventKind)]) -> Option<KindRule> {
        if let Some(text) = value.get_ref().as_str() {
            return self.document.word(text, &value.span(), "kind of event", kinds).map(KindRule::Always);
        }
        let section = self.document.section(value, "kind")?;
        let column = section.need(self.document, "column", "kind").and_then(|v| self.columns.read(self.document, v));
        let map = section.need(self.document, "map", "kind").map(|v| self.map(v, "kind of event", kinds));
        section.finish(self.document, "kind");
        Some(KindRule::By(column?, map?))
    }

    fn map<V: Copy>(&self, value: &Value<'t>, what: &str, words: &[(&str, V)]) -> Lookup<V> {
        let Some(section) = self.document.section(value, "map") else { return Lookup::new([]) };
        let entry = |(key, value): (&str, &Value<'t>)| {
            let text = self.document.text(value, what)?;
            self.document.word(text, &value.span(), what, words).map(|word| (key.to_owned(), word))
        };
        Lookup::new(section.pairs().filter_map(entry).collect::<Vec<_>>())
    }

    /// Columns in order of preference (each item one column), or with `ranges` also `DIAG_{01..20}`.
    fn column_list(&mut self, value: &Value<'t>, ranges: bool) -> Vec<ColumnId> {
        let mut out = Vec::new();
        for (text, span) in self.document.texts(value, "a column") {
            if text.is_empty() {
                self.document.error(&span, "a column has a name", None);
            } else if ranges && text.contains('{') {
                match expand(text) {
                    Some(names) => out.extend(names.into_iter().map(|name| self.columns.id(vec![name]))),
                    None => self.document.error(
                        &span,
                        format!("\"{text}\" is not a range of columns"),
                        Some("write `DIAG_{01..20}`".to_owned()),
                    ),
                }
            } else {
                out.push(self.columns.id(vec![text.to_owned()]));
            }
        }
        out
    }

    fn conditions(&mut self, value: &Value<'t>) -> Vec<Condition> {
        let one = |item: &Value<'t>, reader: &mut Self| {
            let section = reader.document.section(item, "when")?;
            let column =
                section.need(reader.document, "column", "when").and_then(|v| reader.columns.read(reader.document, v));
            let lookup = |v: &Value<'t>| {
                Lookup::new(reader.document.texts(v, "a value").into_iter().map(|(t, _)| (t.to_owned(), ())))
            };
            let tests = [
                section.get("is").map(|v| FilledRule::Is(lookup(v))),
                section.get("is_not").map(|v| FilledRule::IsNot(lookup(v))),
                section
                    .get("filled")
                    .and_then(|v| reader.document.truth(v, "filled"))
                    .map(|truth| if truth { FilledRule::Filled } else { FilledRule::Empty }),
            ];
            section.finish(reader.document, "when");
            let mut tests = tests.into_iter().flatten();
            let (Some(test), None) = (tests.next(), tests.next()) else {
                reader.document.error(&section.span, "a condition has one of `is`, `is_not` and `filled`", None);
                return None;
            };
            Some(Condition { column: column?, test })
        };
        match value.get_ref().as_array() {
            Some(items) => items.iter().filter_map(|item| one(item, self)).collect(),
            None => one(value, self).into_iter().collect(),
        }
    }

    fn vocabulary<V: Copy>(
        &mut self,
        parent: &Section<'_, 't>,
        key: &'static str,
        words: &[(&str, V)],
        none: V,
    ) -> VocabRule<V> {
        let mut rule = VocabRule { steps: Vec::new(), otherwise: none, warn: false };
        let Some(value) = parent.get(key) else { return rule };
        if let Some(text) = value.get_ref().as_str() {
            rule.otherwise = self.document.word(text, &value.span(), key, words).unwrap_or(none);
            return rule;
        }
        rule.warn = true;
        let one = std::slice::from_ref(value);
        let items: Vec<&Value<'t>> = match value.get_ref().as_array() {
            Some(items) => items.iter().collect(),
            None => one.iter().collect(),
        };
        for item in items {
            let Some(section) = self.document.section(item, key) else { continue };
            let column = section.need(self.document, "column", key).and_then(|v| self.columns.read(self.document, v));
            let map = section.need(self.document, "map", key).map(|v| self.map(v, key, words));
            if let Some(otherwise) = section.get("otherwise") {
                let word = self.document.text(otherwise, "otherwise");
                rule.otherwise =
                    word.and_then(|t| self.document.word(t, &otherwise.span(), key, words)).unwrap_or(none);
                rule.warn = false;
            }
            section.finish(self.document, key);
            if let (Some(column), Some(map)) = (column, map) {
                rule.steps.push((column, map));
            }
        }
        rule
    }

    fn codes(&mut self, value: &Value<'t>, systems: &[(&str, CodeSystem)]) -> Vec<CodeRule> {
        match value.get_ref().as_array() {
            Some(items) => items.iter().filter_map(|item| self.code(item, systems)).collect(),
            None => self.code(value, systems).into_iter().collect(),
        }
    }

    fn code(&mut self, value: &Value<'t>, systems: &[(&str, CodeSystem)]) -> Option<CodeRule> {
        let section = self.document.section(value, "code")?;
        let column = section.need(self.document, "column", "code").and_then(|v| self.columns.read(self.document, v));
        let system = section.need(self.document, "system", "code").and_then(|v| self.system(v, systems));
        let name = self.columns.optional(self.document, &section, "name");
        section.finish(self.document, "code");
        Some(CodeRule { column: column?, system: system?, name })
    }

    fn system(&mut self, value: &Value<'t>, systems: &[(&str, CodeSystem)]) -> Option<SystemRule> {
        if let Some(text) = value.get_ref().as_str() {
            return self.document.word(text, &value.span(), "code system", systems).map(SystemRule::Always);
        }
        let section = self.document.section(value, "system")?;
        let column = section.need(self.document, "column", "system").and_then(|v| self.columns.read(self.document, v));
        let map = section.need(self.document, "map", "system").map(|v| self.map(v, "code system", systems));
        section.finish(self.document, "system");
        Some(SystemRule::By(column?, map?))
    }

    fn cost(&mut self, value: &Value<'t>) -> Option<CostRule> {
        let section = self.document.section(value, "cost")?;
        let column = section.need(self.document, "column", "cost").and_then(|v| self.columns.read(self.document, v));
        let units = [("pounds", CostUnit::Pounds), ("pence", CostUnit::Pence)];
        let unit = section.need(self.document, "unit", "cost").and_then(|v| {
            self.document.text(v, "unit").and_then(|t| self.document.word(t, &v.span(), "unit of money", &units))
        });
        let rate = section.get("rate").and_then(|v| self.document.section(v, "rate"));
        let rate = rate.and_then(|rate| {
            let column = rate.need(self.document, "column", "rate").and_then(|v| self.columns.read(self.document, v));
            let rates =
                [("once", Rate::Once), ("daily", Rate::Daily), ("weekly", Rate::Weekly), ("hourly", Rate::Hourly)];
            let map = rate.need(self.document, "map", "rate").map(|v| self.map(v, "rate", &rates));
            let hours = self.columns.optional(self.document, &rate, "hours_per_week");
            rate.finish(self.document, "rate");
            Some(RateRule { column: column?, map: map?, hours_per_week: hours })
        });
        section.finish(self.document, "cost");
        Some(CostRule { column: column?, unit: unit?, rate })
    }
}

/// `DIAG_{01..20}` as twenty names, with leading zeros as in the first number.
fn expand(text: &str) -> Option<Vec<String>> {
    let (before, rest) = text.split_once('{')?;
    let (range, after) = rest.split_once('}')?;
    let (first, last) = range.split_once("..")?;
    let width = first.len();
    let (first, last): (u32, u32) = (first.parse().ok()?, last.parse().ok()?);
    (first <= last && last - first < 1000)
        .then(|| (first..=last).map(|n| format!("{before}{n:0width$}{after}")).collect())
}
