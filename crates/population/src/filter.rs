//! Filters, windows and aggregates of a blueprint in the words of the lake's engine.

use blueprint::model::{
    Aggregate as WantedAggregate, CodeList, CompareOp, Dated as WantedDated, Direction, EventExpr, EventField, Related,
    Window as WantedWindow,
};
use lake::engine::{Aggregate, Compare, Dated, EventFilter, NO_RANK, Near, Window};
use lake::{CodeRow, CodeSet, Dictionary, LakeError, Snapshot};
use nhs::{CodeSystem, Day};
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// What names are resolved against: a snapshot's dictionary and sources, a blueprint's code lists, and the day.
pub struct Target<'a> {
    /// Codes and organisations.
    pub dictionary: &'a Dictionary,
    /// Dictionary numbers of each code list.
    pub lists: Vec<CodeSet>,
    codes: &'a [CodeList],
    /// Identifiers of sources, by position.
    pub sources: Vec<&'a str>,
    /// The day as of which people are counted.
    pub as_of: Day,
}

impl<'a> Target<'a> {
    /// Resolves the code lists of a blueprint.
    pub fn new(codes: &'a [CodeList], snapshot: &'a Snapshot, as_of: Day) -> Self {
        let dictionary = snapshot.dictionary();
        Self {
            dictionary,
            codes,
            lists: codes.iter().map(|list| code_set(dictionary, &list.codes)).collect(),
            sources: snapshot.manifest().sources.iter().map(|source| source.id.as_str()).collect(),
            as_of,
        }
    }

    /// The filter of events, or a refusal where it names a source that the snapshot does not have.
    pub fn filter(&self, expr: Option<&EventExpr>) -> Result<EventFilter, LakeError> {
        expr.map_or(Ok(EventFilter::Always), |expr| self.event_filter(expr))
    }

    /// For the first or the last code of a list, the rank of each code of the dictionary: the position of the list's code that it
    /// is or falls under, of several the longest, among the list's different codes.
    pub fn ranks(&self, aggregate: WantedAggregate) -> Option<Arc<[u32]>> {
        let (WantedAggregate::FirstCode(list) | WantedAggregate::LastCode(list)) = aggregate else { return None };
        let list = self.codes.get(list)?;
        let words = list.words();
        let rank = |row: &CodeRow| {
            let own =
                list.codes.iter().filter(|(system, code)| *system == row.system && covers(*system, code, &row.code));
            let longest = own.max_by_key(|(_, code)| code.len());
            let position = longest.and_then(|(_, code)| words.iter().position(|word| word == code));
            position.and_then(|position| u32::try_from(position).ok()).unwrap_or(NO_RANK)
        };
        Some(self.dictionary.rows().iter().map(rank).collect())
    }

    fn event_filter(&self, expr: &EventExpr) -> Result<EventFilter, LakeError> {
        let all = |parts: &[EventExpr]| {
            parts.iter().map(|part| self.event_filter(part)).collect::<Result<Vec<_>, LakeError>>()
        };
        let list = |list: &usize| self.lists.get(*list).cloned().unwrap_or_default();
        Ok(match expr {
            EventExpr::All(parts) => EventFilter::All(all(parts)?),
            EventExpr::Any(parts) => EventFilter::Any(all(parts)?),
            EventExpr::Not(part) => EventFilter::Not(Box::new(self.event_filter(part)?)),
            EventExpr::Kind(kinds) => EventFilter::Kind(kinds.clone()),
            EventExpr::Method(methods) => EventFilter::Method(methods.clone()),
            EventExpr::Status(statuses) => EventFilter::Status(statuses.clone()),
            EventExpr::CodeIn(codes) => EventFilter::Code(list(codes)),
            EventExpr::Code(codes) => EventFilter::Code(literal_codes(self.dictionary, codes)),
            EventExpr::DetailIn(codes) => EventFilter::Detail(list(codes)),
            EventExpr::Detail(codes) => EventFilter::Detail(literal_codes(self.dictionary, codes)),
            EventExpr::Provider(codes) => EventFilter::Provider(literal_codes(self.dictionary, codes)),
            EventExpr::Source(names) => {
                EventFilter::Source(names.iter().map(|name| self.source(name)).collect::<Result<_, _>>()?)
            }
            EventExpr::Value(op, value) => EventFilter::Value(lake_compare(*op), *value),
            EventExpr::Cost(op, pence) => EventFilter::Cost(lake_compare(*op), *pence),
            EventExpr::Days(op, days) => EventFilter::Days(lake_compare(*op), *days),
            EventExpr::Date(op, day) => EventFilter::Date(lake_compare(*op), *day),
            EventExpr::End(op, day) => EventFilter::End(lake_compare(*op), *day),
            EventExpr::Absent(field) => match field {
                EventField::Code => EventFilter::NoCode,
                EventField::Detail => EventFilter::NoDetail,
                EventField::Provider => EventFilter::NoProvider,
                EventField::Value => EventFilter::NoValue,
                EventField::Cost => EventFilter::NoCost,
                EventField::End => EventFilter::NoEnd,
            },
            EventExpr::Related(related) => EventFilter::Near(Box::new(self.near(related)?)),
        })
    }

    fn near(&self, related: &Related) -> Result<Near, LakeError> {
        Ok(Near {
            after: related.direction == Direction::Followed,
            kinds: related.kinds.clone(),
            filter: self.filter(related.filter.as_ref())?,
            from_end: related.from == WantedDated::End,
            at_least: related.at_least,
            within: related.within,
            last: self.as_of,
        })
    }

    /// The position of a source.
    pub fn source(&self, name: &str) -> Result<u8, LakeError> {
        let found = self.sources.iter().position(|source| *source == name).and_then(|p| u8::try_from(p).ok());
        found.ok_or_else(|| {
            let known = self.sources.join(", ");
            LakeError::Refused(format!(
                "ask for the source `{name}`: the snapshot has none of that name; its sources are {known}"
            ))
        })
    }

    /// A window before the as-of date.
    pub fn window(&self, window: Option<WantedWindow>) -> Window {
        match window {
            None => Window::ever(self.as_of),
            Some(WantedWindow::Days(days)) => Window::days(self.as_of, days),
            Some(WantedWindow::Months(months)) => Window::months(self.as_of, months),
        }
    }
}

/// Whether a code of a list is a code of the dictionary, or stands for it.
fn covers(system: CodeSystem, listed: &str, code: &str) -> bool {
    if matches!(system, CodeSystem::Icd10 | CodeSystem::Opcs4) {
        code.starts_with(&Dictionary::normal(listed))
    } else {
        code == listed
    }
}

/// Dictionary numbers of a code list. ICD-10 and OPCS-4 codes stand for the codes under them; others for themselves.
fn code_set(dictionary: &Dictionary, codes: &[(CodeSystem, String)]) -> CodeSet {
    let nests = |system: CodeSystem| matches!(system, CodeSystem::Icd10 | CodeSystem::Opcs4);
    let mut set = CodeSet::new();
    // A long list of stems is looked up by the beginnings of each code, in one walk through the dictionary.
    let mut stems: FxHashSet<(CodeSystem, String)> = FxHashSet::default();
    let mut lengths = Vec::new();
    for (system, code) in codes {
        if nests(*system) {
            let normal = Dictionary::normal(code);
            lengths.push(normal.len());
            stems.insert((*system, normal));
        } else if let Some(number) = dictionary.find(*system, code) {
            set.insert(number);
        }
    }
    if stems.is_empty() {
        return set;
    }
    lengths.sort_unstable();
    lengths.dedup();
    let mut key = (CodeSystem::None, String::new());
    for (number, row) in dictionary.rows().iter().enumerate().skip(1).filter(|(_, row)| nests(row.system)) {
        let is_under = lengths.iter().any(|&length| {
            row.code.get(..length).is_some_and(|stem| {
                key.0 = row.system;
                key.1.clear();
                key.1.push_str(stem);
                stems.contains(&key)
            })
        });
        if is_under {
            set.insert(number as u32);
        }
    }
    set
}

/// Codes written in a rule, of whatever terminology: `I50%` stands for all that begin so.
fn literal_codes(dictionary: &Dictionary, codes: &[String]) -> CodeSet {
    dictionary.matching(|row| {
        codes.iter().any(|code| match code.strip_suffix('%') {
            Some(stem) => row.code.starts_with(&stem.replace('.', "")),
            None => row.code == *code || row.code == code.replace('.', ""),
        })
    })
}

/// Which day of an event is meant.
pub const fn lake_dated(dated: WantedDated) -> Dated {
    match dated {
        WantedDated::Start => Dated::Start,
        WantedDated::End => Dated::End,
    }
}

/// What is made of events.
pub const fn lake_aggregate(aggregate: WantedAggregate) -> Aggregate {
    match aggregate {
        WantedAggregate::Count => Aggregate::Count,
        WantedAggregate::Exists => Aggregate::Exists,
        WantedAggregate::DistinctCodes => Aggregate::DistinctCodes,
        WantedAggregate::DistinctDays => Aggregate::DistinctDays,
        WantedAggregate::DistinctSpells => Aggregate::DistinctSpells,
        WantedAggregate::FirstDate => Aggregate::FirstDate,
        WantedAggregate::LastDate => Aggregate::LastDate,
        WantedAggregate::SumCost => Aggregate::SumCost,
        WantedAggregate::MaxCost => Aggregate::MaxCost,
        WantedAggregate::MinCost => Aggregate::MinCost,
        WantedAggregate::SumDays => Aggregate::SumDays,
        WantedAggregate::MaxDays => Aggregate::MaxDays,
        WantedAggregate::MinDays => Aggregate::MinDays,
        WantedAggregate::FirstValue => Aggregate::FirstValue,
        WantedAggregate::LastValue => Aggregate::LastValue,
        WantedAggregate::MaxValue => Aggregate::MaxValue,
        WantedAggregate::MinValue => Aggregate::MinValue,
        WantedAggregate::SumValue => Aggregate::SumValue,
        WantedAggregate::FirstCode(_) => Aggregate::FirstCode,
        WantedAggregate::LastCode(_) => Aggregate::LastCode,
    }
}

const fn lake_compare(op: CompareOp) -> Compare {
    match op {
        CompareOp::Eq => Compare::Eq,
        CompareOp::Ne => Compare::Ne,
        CompareOp::Lt => Compare::Lt,
        CompareOp::Le => Compare::Le,
        CompareOp::Gt => Compare::Gt,
        CompareOp::Ge => Compare::Ge,
    }
}
