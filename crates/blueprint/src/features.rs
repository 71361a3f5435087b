//! Features: what is known of one person, in an order in which each needs only earlier ones.

use crate::compile::Compiler;
use crate::document::Item;
use crate::fields::{Fields, Text};
use crate::model::{Aggregate, Builtin, Expr, Feature, FeatureSource, Number, ValueType, Window};
use crate::rule::{self, Known, Rule, Ruled, Words};
use crate::score_file::TableOfScore;
use crate::sink::At;
use nhs::EventKind;
use std::collections::BTreeMap;

const NUMBER: ValueType = ValueType::Number { decimals: 0 };

/// Built-in features that are there before a segment is: identifier, name, reason, type.
const BUILTINS: [(&str, &str, &str, ValueType, Builtin); 10] = [
    ("age", "Age in years", "aged {}", NUMBER, Builtin::Age),
    ("sex", "Sex", "", ValueType::Choice, Builtin::Sex),
    (
        "imd_decile",
        "Decile of deprivation (1 most deprived)",
        "lives in deprivation decile {}",
        NUMBER,
        Builtin::ImdDecile,
    ),
    ("registered", "Registered with a practice of the place", "", ValueType::Bool, Builtin::Registered),
    ("alive", "Alive", "", ValueType::Bool, Builtin::Alive),
    ("lives_in_place", "Lives in the place", "", ValueType::Bool, Builtin::LivesInPlace),
    ("care_home", "Lives in a care home", "lives in a care home", ValueType::Bool, Builtin::CareHome),
    ("lives_alone", "Lives alone", "lives alone", ValueType::Bool, Builtin::LivesAlone),
    ("in_hospital_now", "In hospital now", "in hospital now", ValueType::Bool, Builtin::InHospitalNow),
    ("list_count", "Number of sources that know the person", "", NUMBER, Builtin::ListCount),
];

const AGGREGATES: [(&str, Aggregate, ValueType); 11] = [
    ("count", Aggregate::Count, NUMBER),
    ("exists", Aggregate::Exists, ValueType::Bool),
    ("distinct_codes", Aggregate::DistinctCodes, NUMBER),
    ("distinct_days", Aggregate::DistinctDays, NUMBER),
    ("first_date", Aggregate::FirstDate, ValueType::Date),
    ("last_date", Aggregate::LastDate, ValueType::Date),
    ("sum_cost", Aggregate::SumCost, ValueType::Number { decimals: 2 }),
    ("sum_days", Aggregate::SumDays, NUMBER),
    ("last_value", Aggregate::LastValue, ValueType::Number { decimals: 3 }),
    ("max_value", Aggregate::MaxValue, ValueType::Number { decimals: 3 }),
    ("min_value", Aggregate::MinValue, ValueType::Number { decimals: 3 }),
];

/// Names of the built-in features, segment and tier included.
pub(crate) fn builtin_names() -> impl Iterator<Item = &'static str> {
    BUILTINS.iter().map(|b| b.0).chain(["segment", "tier"])
}

/// A feature whose rule waits for its order.
struct Pending {
    item: Item,
    rule: Rule,
    name: String,
    reason: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    New,
    Open,
    Done,
}

impl Compiler<'_> {
    pub(crate) fn read_features(&mut self, items: &[Item]) {
        for (id, name, reason, value, builtin) in BUILTINS {
            let words = (builtin == Builtin::Sex).then_some(Words::Sex);
            let reason = (!reason.is_empty()).then(|| reason.to_owned());
            self.add_feature(id, name.to_owned(), reason, value, FeatureSource::Builtin(builtin), words);
        }
        self.names.late.insert("segment".into(), "people are put in segments after their features are known");
        self.names.late.insert("tier".into(), "people are put in tiers after their segments are known");
        let mut pending = Vec::new();
        for item in items {
            if builtin_names().any(|name| name == item.id) {
                self.sink.error(&item.at, format!("`{}` is built in and cannot be written anew", item.id));
                continue;
            }
            let done = self.read_feature(item, &mut pending);
            if done.is_none() {
                self.names.broken.insert(item.id.clone());
            }
        }
        self.order_rules(&pending);
    }

    /// Adds the two features that are only known after the others: the segment and the tier.
    pub(crate) fn add_segment_feature(&mut self) {
        self.names.late.remove("segment");
        let source = FeatureSource::Builtin(Builtin::Segment);
        self.add_feature("segment", "Segment".into(), None, ValueType::Choice, source, Some(Words::Segment));
    }

    pub(crate) fn add_tier_feature(&mut self) {
        self.names.late.remove("tier");
        let source = FeatureSource::Builtin(Builtin::Tier);
        self.add_feature("tier", "Tier of care".into(), None, ValueType::Choice, source, Some(Words::Tier));
    }

    pub(crate) fn add_feature(
        &mut self,
        id: &str,
        name: String,
        reason: Option<String>,
        value: ValueType,
        source: FeatureSource,
        words: Option<Words>,
    ) -> usize {
        let position = self.features.len();
        self.names.known.insert(id.to_owned(), Known { position, value, words });
        self.features.push(Feature { id: id.to_owned(), name, reason, value, source });
        position
    }

    fn read_feature(&mut self, item: &Item, pending: &mut Vec<Pending>) -> Option<()> {
        let mut fields = Fields::new(&mut self.sink, &item.entries, &item.at, "a feature");
        let name = fields.words("name");
        let reason = fields.text("reason").map(|t| t.text);
        let mut how: Vec<(&'static str, At)> = Vec::new();
        let mut kinds = Vec::new();
        for (key, _, _) in &AGGREGATES {
            if let Some(entry) = fields.entry(key) {
                how.push((key, entry.at.clone()));
                kinds = fields.texts(key);
            }
        }
        let score = fields.text("score");
        let table = TableOfScore { file: fields.text("file"), of: fields.whole("of", 1) };
        how.extend(score.iter().map(|t| ("score", t.at.clone())));
        let rule_text = fields.text("rule");
        how.extend(rule_text.iter().map(|t| ("rule", t.at.clone())));
        let (filter, within) = (fields.text("where"), fields.text("within"));
        fields.finish();
        let name = if name.is_empty() { crate::words::from_id(&item.id) } else { name };
        let [(key, _)] = how.as_slice() else {
            self.report_how(item, &how);
            return None;
        };
        if *key != "score" {
            self.refuse_table(&table);
        }
        match *key {
            "rule" => {
                self.refuse_events_only(&[("where", filter), ("within", within)], "a rule");
                let rule = rule::parse(&mut self.sink, &rule_text?)?;
                pending.push(Pending { item: item.clone(), rule, name, reason });
                Some(())
            }
            "score" => {
                self.refuse_events_only(&[("where", filter)], "a score");
                let window = self.window(within.as_ref())?;
                self.read_score(item, &score?, &table, name, reason, window)
            }
            key => self.read_aggregate(item, key, &kinds, filter, within.as_ref(), (name, reason)),
        }
    }

    fn report_how(&mut self, item: &Item, how: &[(&str, At)]) {
        match how.get(1) {
            Some((key, at)) => {
                self.sink.error(at, format!("`{}` is computed in two ways: `{}` and `{key}`", item.id, how[0].0));
            }
            None => {
                self.sink
                    .error(&item.at, format!("the feature `{}` does not say how it is computed", item.id))
                    .helped("give one of count, exists, distinct_codes, distinct_days, first_date, last_date, sum_cost, sum_days, last_value, max_value, min_value, score, rule");
            }
        }
    }

    fn refuse_events_only(&mut self, keys: &[(&str, Option<Text>)], what: &str) {
        for (key, text) in keys {
            if let Some(text) = text {
                self.sink.error(&text.at, format!("`{key}` is for features made from events, not for {what}"));
            }
        }
    }

    /// `Some(None)` for ever, `None` where the window is wrong.
    #[expect(clippy::option_option, reason = "no window and a wrong window are different")]
    fn window(&mut self, within: Option<&Text>) -> Option<Option<Window>> {
        match within {
            None => Some(None),
            Some(text) => crate::words::window(&mut self.sink, text).map(Some),
        }
    }

    fn read_aggregate(
        &mut self,
        item: &Item,
        key: &str,
        kinds: &[Text],
        filter: Option<Text>,
        within: Option<&Text>,
        (name, reason): (String, Option<String>),
    ) -> Option<()> {
        let (_, aggregate, value) = *AGGREGATES.iter().find(|(id, _, _)| *id == key)?;
        let window = self.window(within)?;
        let events: Vec<Option<EventKind>> = kinds.iter().map(|kind| self.event_kind(kind)).collect();
        let events: Vec<EventKind> = events.into_iter().collect::<Option<_>>()?;
        let filter = match filter {
            Some(text) => Some(self.filter(&text)?),
            None => None,
        };
        let (&first, more) = events.split_first()?;
        if more.is_empty() {
            let source = FeatureSource::Events { kind: first, filter, window, aggregate };
            self.add_feature(&item.id, name, reason, value, source, None);
            return Some(());
        }
        if !matches!(aggregate, Aggregate::Count | Aggregate::Exists | Aggregate::SumCost | Aggregate::SumDays) {
            self.sink
                .error(&kinds[1].at, format!("`{key}` takes one kind of event"))
                .helped("several kinds can be given to exists, count, sum_cost and sum_days");
            return None;
        }
        let mut parts = Vec::new();
        for kind in events {
            let source = FeatureSource::Events { kind, filter: filter.clone(), window, aggregate };
            let part = format!("{}_in_{}", item.id, kind.name());
            let part_name = format!("{name} ({})", kind.label());
            parts.push(self.add_feature(&part, part_name, None, value, source, None));
        }
        let expr = match aggregate {
            Aggregate::Exists => Expr::Any(parts.into_iter().map(Expr::Feature).collect()),
            _ => sum_of(&parts)?,
        };
        self.add_feature(&item.id, name, reason, value, FeatureSource::Rule(expr), None);
        Some(())
    }

    pub(crate) fn event_kind(&mut self, text: &Text) -> Option<EventKind> {
        let kind = EventKind::from_name(&text.text);
        if kind.is_none() {
            let message = format!("there is no kind of event `{}`", text.text);
            let valid = EventKind::ALL.iter().map(|k| k.name());
            self.sink.error(&text.at, message).labelled("not known").nearest(&text.text, valid);
        }
        kind
    }

    /// A filter over events. Code lists that have a finding of their own are not reported again.
    pub(crate) fn filter(&mut self, text: &Text) -> Option<crate::model::EventExpr> {
        let rule = rule::parse(&mut self.sink, text)?;
        if self.broken_codes.iter().any(|list| text.text.contains(&format!("codes.{list}"))) {
            return None;
        }
        rule::event_filter(&mut self.sink, &self.codes, &rule)
    }

    /// Types rules after the rules they need; a circle is a finding.
    fn order_rules(&mut self, pending: &[Pending]) {
        let positions: BTreeMap<String, usize> =
            pending.iter().enumerate().map(|(n, p)| (p.item.id.clone(), n)).collect();
        let mut marks = vec![Mark::New; pending.len()];
        for start in 0..pending.len() {
            self.visit(start, pending, &positions, &mut marks, &mut Vec::new());
        }
    }

    fn visit(
        &mut self,
        at: usize,
        pending: &[Pending],
        positions: &BTreeMap<String, usize>,
        marks: &mut [Mark],
        open: &mut Vec<usize>,
    ) {
        if marks[at] == Mark::Done {
            return;
        }
        marks[at] = Mark::Open;
        open.push(at);
        for (name, place) in rule::names_in(&pending[at].rule) {
            let Some(&needed) = positions.get(&name) else { continue };
            if marks[needed] == Mark::Open {
                let start = open.iter().position(|n| *n == needed).unwrap_or(0);
                let circle: Vec<&str> = open[start..].iter().map(|n| pending[*n].item.id.as_str()).collect();
                let circle = format!("{} -> {name}", circle.join(" -> "));
                self.sink.error(&place, format!("`{name}` needs itself")).labelled(circle);
                for n in &open[start..] {
                    self.names.broken.insert(pending[*n].item.id.clone());
                }
                continue;
            }
            // The chain is as long as the features of one file, which the length of the file bounds; deep chains are refused.
            if open.len() > DEEPEST_CHAIN {
                self.sink.error(&place, "features need each other in too long a chain");
                continue;
            }
            self.visit(needed, pending, positions, marks, open);
        }
        open.pop();
        marks[at] = Mark::Done;
        self.type_rule(&pending[at]);
    }

    fn type_rule(&mut self, feature: &Pending) {
        if self.names.broken.contains(&feature.item.id) {
            return;
        }
        let (value, expr) = match rule::rule(&mut self.sink, &self.names, &feature.rule) {
            Some(Ruled::Truth(truth)) => (ValueType::Bool, truth),
            Some(Ruled::Number(number, decimals)) => (ValueType::Number { decimals }, Expr::Value(number)),
            None => {
                self.names.broken.insert(feature.item.id.clone());
                return;
            }
        };
        let (name, reason) = (feature.name.clone(), feature.reason.clone());
        self.add_feature(&feature.item.id, name, reason, value, FeatureSource::Rule(expr), None);
    }
}

/// Longest chain of features that need each other.
const DEEPEST_CHAIN: usize = 64;

fn sum_of(features: &[usize]) -> Option<Expr> {
    let number = |feature: &usize| Number::Feature { feature: *feature, scale_up: 0 };
    let (first, rest) = features.split_first()?;
    let sum = rest.iter().fold(number(first), |sum, next| Number::Add(Box::new(sum), Box::new(number(next))));
    Some(Expr::Value(sum))
}
