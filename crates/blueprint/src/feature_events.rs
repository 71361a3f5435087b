//! Features made from events: which events, in which window, and what is made of them.

use crate::compile::Compiler;
use crate::feature_related::Given;
use crate::features::NUMBER;
use crate::fields::{Fields, Text};
use crate::model::{Aggregate, Dated, EventExpr, Expr, FeatureSource, Number, ValueType, Window};
use crate::rule::{self, Rule};
use crate::sink::At;
use nhs::{Day, EventKind};

const POUNDS: ValueType = ValueType::Number { decimals: 2 };
const MEASURED: ValueType = ValueType::Number { decimals: 3 };

/// Keys that say what is made of events.
pub(crate) const AGGREGATES: [(&str, Aggregate, ValueType); 20] = [
    ("count", Aggregate::Count, NUMBER),
    ("exists", Aggregate::Exists, ValueType::Bool),
    ("distinct_codes", Aggregate::DistinctCodes, NUMBER),
    ("distinct_days", Aggregate::DistinctDays, NUMBER),
    ("distinct_spells", Aggregate::DistinctSpells, NUMBER),
    ("first_date", Aggregate::FirstDate, ValueType::Date),
    ("last_date", Aggregate::LastDate, ValueType::Date),
    ("sum_cost", Aggregate::SumCost, POUNDS),
    ("max_cost", Aggregate::MaxCost, POUNDS),
    ("min_cost", Aggregate::MinCost, POUNDS),
    ("sum_days", Aggregate::SumDays, NUMBER),
    ("max_days", Aggregate::MaxDays, NUMBER),
    ("min_days", Aggregate::MinDays, NUMBER),
    ("first_value", Aggregate::FirstValue, MEASURED),
    ("last_value", Aggregate::LastValue, MEASURED),
    ("max_value", Aggregate::MaxValue, MEASURED),
    ("min_value", Aggregate::MinValue, MEASURED),
    ("sum_value", Aggregate::SumValue, MEASURED),
    // The list is that of the condition on the events.
    ("first_code", Aggregate::FirstCode(0), ValueType::Choice),
    ("last_code", Aggregate::LastCode(0), ValueType::Choice),
];

/// Keys that name a day at which a window begins or ends: the key, whether it begins there, and whether the day is in it.
const EDGES: [(&str, bool, bool); 4] =
    [("after", true, false), ("on_or_after", true, true), ("before", false, false), ("on_or_before", false, true)];

/// The keys that only features made from events have.
pub(crate) struct Keys {
    kinds: Vec<Text>,
    filter: Option<Text>,
    edges: Vec<(usize, Text)>,
    dated_by: Option<Text>,
    related: Vec<Given>,
}

impl Keys {
    pub(crate) fn read(fields: &mut Fields<'_, '_>, kinds: Vec<Text>) -> Self {
        let edges = EDGES.iter().enumerate().filter_map(|(n, (key, ..))| fields.text(key).map(|text| (n, text)));
        let edges = edges.collect();
        let (filter, dated_by) = (fields.text("where"), fields.text("dated_by"));
        Self { kinds, filter, edges, dated_by, related: crate::feature_related::tables(fields) }
    }

    /// What was written, with its place.
    pub(crate) fn given(&self) -> Vec<(&'static str, At)> {
        let mut given: Vec<(&'static str, At)> = Vec::new();
        given.extend(self.filter.iter().map(|text| ("where", text.at.clone())));
        given.extend(self.edges.iter().map(|(n, text)| (EDGES[*n].0, text.at.clone())));
        given.extend(self.dated_by.iter().map(|text| ("dated_by", text.at.clone())));
        given.extend(self.related.iter().map(|related| (related.key, related.at.clone())));
        given
    }
}

/// A question about events, all but the days that depend on other features.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    aggregate: Aggregate,
    value: ValueType,
    kinds: Vec<EventKind>,
    filter: Option<EventExpr>,
    window: Option<Window>,
    dated: Dated,
    pub(crate) edges: Vec<Edge>,
}

/// A day at which the window begins or ends.
#[derive(Debug, Clone)]
pub(crate) struct Edge {
    /// Position in [`EDGES`].
    key: usize,
    text: String,
    at: At,
    /// A day of the calendar, or else a rule.
    day: Option<Day>,
    pub(crate) rule: Option<Rule>,
    /// How long the window is from there, where `within` counts from it.
    length: Option<Window>,
}

impl Compiler<'_> {
    pub(crate) fn read_aggregate(&mut self, key: &str, keys: Keys, within: Option<&Text>) -> Option<Asked> {
        let (_, mut aggregate, value) = *AGGREGATES.iter().find(|(id, _, _)| *id == key)?;
        let window = self.window(within);
        let kinds: Vec<Option<EventKind>> = keys.kinds.iter().map(|kind| self.event_kind(kind)).collect();
        let kinds: Vec<EventKind> = kinds.into_iter().collect::<Option<_>>()?;
        if kinds.is_empty() {
            return None;
        }
        let filter = self.whole_filter(keys.filter.as_ref(), &keys.related, &kinds);
        if let Aggregate::FirstCode(list) | Aggregate::LastCode(list) = &mut aggregate {
            *list = self.list_of(key, filter.as_ref()?.as_ref(), &keys.kinds)?;
        }
        let dated = self.dated(keys.dated_by.as_ref(), aggregate);
        let edges: Vec<Option<Edge>> = keys.edges.into_iter().map(|(key, text)| self.edge(key, text)).collect();
        let mut edges: Vec<Edge> = edges.into_iter().collect::<Option<_>>()?;
        let (mut window, filter, dated) = (window?, filter?, dated?);
        for begins in [true, false] {
            let same: Vec<&Edge> = edges.iter().filter(|edge| EDGES[edge.key].1 == begins).collect();
            if let [first, second, ..] = same.as_slice() {
                let (first, second) = (EDGES[first.key].0, (EDGES[second.key].0, second.at.clone()));
                self.sink
                    .error(&second.1, format!("the window has `{first}` and `{}`", second.0))
                    .helped("keep one of the two");
                return None;
            }
        }
        match (edges.as_mut_slice(), within) {
            ([edge], Some(_)) => edge.length = window.take(),
            ([_, _], Some(within)) => {
                self.sink
                    .error(
                        &within.at,
                        "this window begins at one date and ends at another, so `within` has nothing to count from",
                    )
                    .helped("leave `within` out, or one of the two dates");
                return None;
            }
            _ => {}
        }
        Some(Asked { aggregate, value, kinds, filter, window, dated, edges })
    }

    /// The one code list that a condition asks of every event, which gives the words of a first or last code.
    fn list_of(&mut self, key: &str, filter: Option<&EventExpr>, kinds: &[Text]) -> Option<usize> {
        let parts = match filter {
            Some(EventExpr::All(parts)) => parts.as_slice(),
            Some(one) => std::slice::from_ref(one),
            None => &[],
        };
        let mut lists =
            parts.iter().filter_map(|part| if let EventExpr::CodeIn(list) = part { Some(*list) } else { None });
        let found = lists.next().filter(|_| lists.next().is_none());
        if found.is_none()
            && let Some(kind) = kinds.first()
        {
            self.sink
                .error(&kind.at, format!("`{key}` gives a code of one list, and the condition does not name one"))
                .helped("write `where = \"code in codes.diabetes\"`, with `and` before anything else");
        }
        found
    }

    fn dated(&mut self, word: Option<&Text>, aggregate: Aggregate) -> Option<Dated> {
        let Some(word) = word else { return Some(Dated::Start) };
        let dated = match word.text.as_str() {
            "start" => Dated::Start,
            "end" => Dated::End,
            other => {
                let message = format!("`{other}` is not a day of an event");
                self.sink.error(&word.at, message).nearest(other, ["start", "end"]);
                return None;
            }
        };
        if dated == Dated::End && aggregate == Aggregate::SumDays {
            self.sink
                .error(&word.at, "`sum_days` counts the nights inside the window, whenever the stay began or ended")
                .helped("leave `dated_by` out");
            return None;
        }
        Some(dated)
    }

    fn edge(&mut self, key: usize, text: Text) -> Option<Edge> {
        let written = text.text.trim();
        let day = Day::parse_iso(written).ok();
        if day.is_none() && written.len() == 10 && written.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
            let message = format!("`{written}` is not a day of the calendar");
            self.sink.error(&text.at, message).helped("write 2017-03-31");
            return None;
        }
        let rule = match day {
            Some(_) => None,
            None => Some(rule::parse(&mut self.sink, &text)?),
        };
        Some(Edge { key, text: text.text, at: text.at, day, rule, length: None })
    }

    /// Adds the feature once everything its window needs is known.
    pub(crate) fn add_aggregate(&mut self, id: &str, name: String, reason: Option<String>, asked: Asked) -> Option<()> {
        let (first, last) = self.days_of(&asked)?;
        let Asked { aggregate, value, kinds, filter, window, dated, .. } = asked;
        let source = |kinds: Vec<EventKind>| FeatureSource::Events {
            kinds,
            filter: filter.clone(),
            window,
            first: first.clone(),
            last: last.clone(),
            dated,
            aggregate,
        };
        let splits =
            matches!(aggregate, Aggregate::Count | Aggregate::Exists | Aggregate::SumCost | Aggregate::SumDays);
        if let Aggregate::FirstCode(list) | Aggregate::LastCode(list) = aggregate {
            // The engine gives the position; the feature is the word that stands there.
            let words = self.codes.get(list)?.words();
            let place = format!("{id}_position");
            let place_name = format!("{name}: position in its list");
            let feature = self.add_feature(&place, place_name, None, NUMBER, source(kinds), None);
            let position = Number::Feature { feature, scale_up: 0 };
            let own = self.names.further(id, &words);
            self.add_feature(id, name, reason, value, FeatureSource::Choose { position, words }, Some(own));
            return Some(());
        }
        if kinds.len() == 1 || !splits {
            self.add_feature(id, name, reason, value, source(kinds), None);
            return Some(());
        }
        // Each part is a feature of its own, so that a team sees which of the kinds it was.
        let mut parts = Vec::new();
        for kind in kinds {
            let part = format!("{id}_in_{}", kind.name());
            let part_name = format!("{name} ({})", kind.label());
            parts.push(self.add_feature(&part, part_name, None, value, source(vec![kind]), None));
        }
        let expr = match aggregate {
            Aggregate::Exists => Expr::Any(parts.into_iter().map(Expr::Feature).collect()),
            _ => sum_of(&parts)?,
        };
        self.add_feature(id, name, reason, value, FeatureSource::Rule(expr), None);
        Some(())
    }

    /// The first and the last day of the window, as far as features or the calendar give them.
    fn days_of(&mut self, asked: &Asked) -> Option<(Option<Number>, Option<Number>)> {
        let (mut first, mut last) = (None, None);
        let mut ends: Vec<(bool, Number, &Edge)> = Vec::new();
        for edge in &asked.edges {
            let (_, begins, included) = EDGES[edge.key];
            let day = match (edge.day, &edge.rule) {
                (Some(day), _) => Number::Literal(i64::from(day.0)),
                (None, Some(rule)) => rule::day(&mut self.sink, &self.names, rule)?,
                (None, None) => return None,
            };
            ends.push((begins, day.clone(), edge));
            let near = if included { day.clone() } else { later(day.clone(), if begins { 1 } else { -1 }) };
            let far = edge.length.map(|length| far_end(day, length, begins));
            if begins {
                (first, last) = (Some(near), far.or(last));
            } else {
                (first, last) = (far.or(first), Some(near));
            }
        }
        self.refuse_empty_window(&ends, (&first, &last))?;
        Some((first, last))
    }

    fn refuse_empty_window(
        &mut self,
        ends: &[(bool, Number, &Edge)],
        (first, last): (&Option<Number>, &Option<Number>),
    ) -> Option<()> {
        let whole = |key: usize| EDGES[key].2;
        let empty = match (first, last) {
            (Some(Number::Literal(first)), Some(Number::Literal(last))) => first > last,
            _ => false,
        };
        // The same date at both ends leaves that day alone, and only where both ends take it in.
        let twice = matches!(ends, [(_, a, first), (_, b, last)] if a == b && !(whole(first.key) && whole(last.key)));
        let after_today = matches!(ends, [(true, Number::AsOf, edge), ..] if !whole(edge.key));
        if !(empty || twice || after_today) {
            return Some(());
        }
        let (_, _, edge) = ends.last()?;
        let message = if after_today {
            "the window is empty: nothing is counted after the as-of date".to_owned()
        } else {
            format!(
                "the window is empty: no day is `{}` the first date and `{}` the second",
                EDGES[ends[0].2.key].0, EDGES[edge.key].0
            )
        };
        self.sink
            .error(&edge.at, message)
            .labelled(format!("`{}`", edge.text))
            .helped("look at the order of the two dates");
        None
    }
}

/// The other end of a window that `within` counts from a day.
fn far_end(day: Number, length: Window, begins: bool) -> Number {
    let sign = if begins { 1 } else { -1 };
    match length {
        Window::Days(days) => later(day, sign * i64::from(days)),
        Window::Months(months) => Number::AddMonths(Box::new(day), Box::new(Number::Literal(sign * i64::from(months)))),
    }
}

/// A day so many days later.
fn later(day: Number, days: i64) -> Number {
    match day {
        Number::Literal(day) => Number::Literal(day + days),
        day => Number::Add(Box::new(day), Box::new(Number::Literal(days))),
    }
}

fn sum_of(features: &[usize]) -> Option<Expr> {
    let number = |feature: &usize| Number::Feature { feature: *feature, scale_up: 0 };
    let (first, rest) = features.split_first()?;
    let sum = rest.iter().fold(number(first), |sum, next| Number::Add(Box::new(sum), Box::new(number(next))));
    Some(Expr::Value(sum))
}
