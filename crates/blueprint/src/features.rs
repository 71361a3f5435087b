//! Features: what is known of one person, in an order in which each needs only earlier ones.

use crate::compile::Compiler;
use crate::document::Item;
use crate::feature_events::{AGGREGATES, Asked};
use crate::fields::{Fields, Text};
use crate::model::{Builtin, Expr, Feature, FeatureSource, ValueType, Window};
use crate::rule::{self, Known, Rule, Ruled, Words};
use crate::score_file::TableOfScore;
use crate::sink::At;
use nhs::EventKind;
use std::collections::BTreeMap;

pub(crate) const NUMBER: ValueType = ValueType::Number { decimals: 0 };

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

/// Built-in dates, which only the models that name them have.
const DATES: [(&str, &str, &str, Builtin); 2] = [
    ("date_of_birth", "Date of birth", "born {}", Builtin::DateOfBirth),
    ("date_of_death", "Date of death", "died {}", Builtin::DateOfDeath),
];

/// Names of the built-in features, segment and tier included.
pub(crate) fn builtin_names() -> impl Iterator<Item = &'static str> {
    BUILTINS.iter().map(|b| b.0).chain(DATES.iter().map(|d| d.0)).chain(["as_of", "segment", "tier"])
}

/// A feature that waits until those it needs are there.
pub(crate) struct Pending {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) reason: Option<String>,
    pub(crate) how: How,
}

/// How a waiting feature is computed.
pub(crate) enum How {
    Rule(Box<Rule>),
    Events(Asked),
}

impl Pending {
    /// The rules that name other features.
    fn rules(&self) -> Vec<&Rule> {
        match &self.how {
            How::Rule(rule) => vec![rule.as_ref()],
            How::Events(asked) => asked.edges.iter().filter_map(|edge| edge.rule.as_ref()).collect(),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    New,
    Open,
    Done,
}

impl Compiler<'_> {
    /// `named` says whether a word stands anywhere in a rule of the model.
    pub(crate) fn read_features(&mut self, items: &[Item], need: Option<&Item>, named: &dyn Fn(&str) -> bool) {
        for (id, name, reason, value, builtin) in BUILTINS {
            let words = (builtin == Builtin::Sex).then_some(Words::Sex);
            let reason = (!reason.is_empty()).then(|| reason.to_owned());
            self.add_feature(id, name.to_owned(), reason, value, FeatureSource::Builtin(builtin), words);
        }
        for (id, name, reason, builtin) in DATES.into_iter().filter(|(id, ..)| named(id)) {
            let source = FeatureSource::Builtin(builtin);
            self.add_feature(id, name.to_owned(), Some(reason.to_owned()), ValueType::Date, source, None);
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
        if let Some(need) = need {
            self.read_need(need, &mut pending);
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
                if kinds.is_empty() {
                    let message = format!("`{key}` names no kind of event");
                    fields.sink.error(&entry.node.at, message).helped(format!("write `{key} = \"admission\"`"));
                }
            }
        }
        let score = fields.text("score");
        let table =
            TableOfScore { events: fields.texts("events"), file: fields.text("file"), of: fields.whole("of", 1) };
        how.extend(score.iter().map(|t| ("score", t.at.clone())));
        let known_to = fields.text("known_to");
        how.extend(known_to.iter().map(|t| ("known_to", t.at.clone())));
        let rule_text = fields.text("rule");
        how.extend(rule_text.iter().map(|t| ("rule", t.at.clone())));
        let within = fields.text("within");
        let of_events = crate::feature_events::Keys::read(&mut fields, kinds);
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
                self.refuse_events_only(&of_events, "a rule");
                if let Some(within) = &within {
                    self.sink.error(&within.at, "`within` is for features made from events, not for a rule");
                }
                let rule = rule::parse(&mut self.sink, &rule_text?)?;
                pending.push(Pending { id: item.id.clone(), name, reason, how: How::Rule(Box::new(rule)) });
                Some(())
            }
            "known_to" => {
                self.refuse_events_only(&of_events, "a list of people");
                if let Some(within) = &within {
                    self.sink.error(&within.at, "`within` is for features made from events, not for a list of people");
                }
                let source = FeatureSource::KnownTo(known_to?.text);
                self.add_feature(&item.id, name, reason, ValueType::Bool, source, None);
                Some(())
            }
            "score" => {
                self.refuse_events_only(&of_events, "a score");
                let window = self.window(within.as_ref())?;
                self.read_score(item, &score?, &table, name, reason, window)
            }
            key => {
                let asked = self.read_aggregate(key, of_events, within.as_ref())?;
                if asked.edges.iter().any(|edge| edge.rule.is_some()) {
                    pending.push(Pending { id: item.id.clone(), name, reason, how: How::Events(asked) });
                    return Some(());
                }
                self.add_aggregate(&item.id, name, reason, asked)
            }
        }
    }

    fn report_how(&mut self, item: &Item, how: &[(&str, At)]) {
        match how.get(1) {
            Some((key, at)) => {
                self.sink.error(at, format!("`{}` is computed in two ways: `{}` and `{key}`", item.id, how[0].0));
            }
            None => {
                self.sink.error(&item.at, format!("the feature `{}` does not say how it is computed", item.id)).helped(
                    format!("give one of {}, known_to, score, rule", AGGREGATES.map(|(key, _, _)| key).join(", ")),
                );
            }
        }
    }

    fn refuse_events_only(&mut self, keys: &crate::feature_events::Keys, what: &str) {
        for (key, at) in keys.given() {
            self.sink.error(&at, format!("`{key}` is for features made from events, not for {what}"));
        }
    }

    /// `Some(None)` for ever, `None` where the window is wrong.
    #[expect(clippy::option_option, reason = "no window and a wrong window are different")]
    pub(crate) fn window(&mut self, within: Option<&Text>) -> Option<Option<Window>> {
        match within {
            None => Some(None),
            Some(text) => crate::words::window(&mut self.sink, text).map(Some),
        }
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
    pub(crate) fn filter(&mut self, text: &Text, kinds: &[EventKind]) -> Option<crate::model::EventExpr> {
        let rule = rule::parse(&mut self.sink, text)?;
        if self.broken_codes.iter().any(|list| text.text.contains(&format!("codes.{list}"))) {
            return None;
        }
        rule::event_filter(&mut self.sink, &self.codes, kinds, &rule)
    }

    /// Types features after those they need; a circle is a finding.
    fn order_rules(&mut self, pending: &[Pending]) {
        let positions: BTreeMap<String, usize> = pending.iter().enumerate().map(|(n, p)| (p.id.clone(), n)).collect();
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
        let named: Vec<(String, At)> = pending[at].rules().into_iter().flat_map(rule::names_in).collect();
        for (name, place) in named {
            let Some(&needed) = positions.get(&name) else { continue };
            if marks[needed] == Mark::Open {
                let start = open.iter().position(|n| *n == needed).unwrap_or(0);
                let circle: Vec<&str> = open[start..].iter().map(|n| pending[*n].id.as_str()).collect();
                let circle = format!("{} -> {name}", circle.join(" -> "));
                self.sink.error(&place, format!("`{name}` needs itself")).labelled(circle);
                for n in &open[start..] {
                    self.names.broken.insert(pending[*n].id.clone());
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
        self.type_pending(&pending[at]);
    }

    fn type_pending(&mut self, feature: &Pending) {
        if self.names.broken.contains(&feature.id) {
            return;
        }
        let (name, reason) = (feature.name.clone(), feature.reason.clone());
        let done = match &feature.how {
            How::Rule(rule) => self.type_rule(feature, rule),
            How::Events(asked) => self.add_aggregate(&feature.id, name, reason, asked.clone()),
        };
        if done.is_none() {
            self.names.broken.insert(feature.id.clone());
        }
    }

    fn type_rule(&mut self, feature: &Pending, rule: &Rule) -> Option<()> {
        let mut words = None;
        let (value, source) = match rule::rule(&mut self.sink, &self.names, rule)? {
            Ruled::Truth(truth) => (ValueType::Bool, FeatureSource::Rule(truth)),
            Ruled::Number(number, decimals) => {
                (ValueType::Number { decimals }, FeatureSource::Rule(Expr::Value(number)))
            }
            Ruled::Day(day) => (ValueType::Date, FeatureSource::Rule(Expr::Value(day))),
            Ruled::Words(position, own) => {
                words = Some(self.names.further(&feature.id, &own));
                (ValueType::Choice, FeatureSource::Choose { position, words: own })
            }
        };
        let (name, reason) = (feature.name.clone(), feature.reason.clone());
        self.add_feature(&feature.id, name, reason, value, source, words);
        Some(())
    }
}

/// Longest chain of features that need each other.
const DEEPEST_CHAIN: usize = 64;
