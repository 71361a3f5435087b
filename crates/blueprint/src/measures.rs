//! Measures and the logic model whose arrows they show.

use crate::compile::Compiler;
use crate::document::{Document, Item};
use crate::fields::{Fields, Text};
use crate::model::{Better, LogicArrow, LogicNode, Measure, MeasureSum, Service};
use crate::words;
use nhs::EventKind;

const GAPS: &[&str] = &["health_and_wellbeing", "care_and_quality", "funding"];
const AIMS: &[&str] = &["better_care", "better_health", "lower_cost"];
const BETTER: &[&str] = &["lower", "higher", "neither"];
/// Stages of a logic model, in order.
const STAGES: &[&str] = &["input", "activity", "output", "outcome", "impact"];

impl Compiler<'_> {
    pub(crate) fn read_measures(&mut self, items: &[Item]) -> Vec<Measure> {
        items.iter().filter_map(|item| self.read_measure(item)).collect()
    }

    fn read_measure(&mut self, item: &Item) -> Option<Measure> {
        let mut fields = Fields::new(&mut self.sink, &item.entries, &item.at, "a measure");
        fields.entry("id");
        let name = fields.needed("name");
        let ways = [
            (fields.text("count"), MeasureSum::Events),
            (fields.text("sum_days"), MeasureSum::Days),
            (fields.text("sum_cost"), MeasureSum::Cost),
        ];
        let pmpm = fields.texts("pmpm");
        let (filter, among) = (fields.text("where"), fields.text("among"));
        let related = crate::feature_related::tables(&mut fields);
        let per = fields.whole("per", 1);
        let better = fields.word("better", BETTER);
        let gap = fields.word("gap", GAPS);
        let aim = fields.word("aim", AIMS);
        let lag = fields.text("lag");
        let answers = fields.answers();
        fields.finish();
        let is_pmpm = !pmpm.is_empty();
        let mut ways = ways.into_iter().filter_map(|(text, sum)| text.map(|text| (text, sum)));
        let first = ways.next().map(|(kind, sum)| (vec![kind], sum));
        let Some((kinds, sum)) = first.clone().or(is_pmpm.then_some((pmpm, MeasureSum::Cost))) else {
            self.sink
                .error(&item.at, format!("the measure `{}` does not say what is counted", item.id))
                .helped("give one of count, sum_days, sum_cost, pmpm with a kind of event");
            return None;
        };
        if let Some(at) =
            ways.next().map(|(other, _)| other.at).or((is_pmpm && first.is_some()).then(|| item.at.clone()))
        {
            self.sink.error(&at, format!("the measure `{}` counts two things", item.id));
        }
        let kinds = self.cost_kinds(&kinds, is_pmpm)?;
        let filter = self.whole_filter(filter.as_ref(), &related, &kinds);
        let (kind, also) = kinds.split_first()?;
        let among = among.map(|text| self.truth(&text));
        Some(Measure {
            id: item.id.clone(),
            name: name?.text,
            kind: *kind,
            also: also.to_vec(),
            filter: filter?,
            sum,
            among: among.flatten(),
            per: u32::try_from(per.unwrap_or(if is_pmpm { 1 } else { 1_000 })).unwrap_or(u32::MAX),
            better: match better? {
                "lower" => Better::Lower,
                "higher" => Better::Higher,
                _ => Better::Neither,
            },
            gap: gap?.to_owned(),
            aim: aim?.to_owned(),
            lag_months: lag.and_then(|text| words::months(&mut self.sink, &text)).unwrap_or(0),
            answers,
        })
    }

    /// The kinds of event of a measure; `pmpm = "all"` stands for every kind.
    pub(crate) fn cost_kinds(&mut self, names: &[Text], is_pmpm: bool) -> Option<Vec<EventKind>> {
        if is_pmpm && names.len() == 1 && names[0].text == "all" {
            return Some(EventKind::ALL.to_vec());
        }
        let kinds: Vec<Option<EventKind>> = names.iter().map(|name| self.event_kind(name)).collect();
        kinds.into_iter().collect()
    }

    /// Nodes and arrows. A service that an arrow names is an activity and a measure an outcome, unless a node says otherwise.
    pub(crate) fn read_logic(
        &mut self,
        document: &Document,
        services: &[Service],
        measures: &[Measure],
    ) -> (Vec<LogicNode>, Vec<LogicArrow>) {
        let mut nodes: Vec<LogicNode> = document.items("node").iter().filter_map(|item| self.read_node(item)).collect();
        let mut possible: Vec<LogicNode> = Vec::new();
        let implied = services.iter().map(|s| (&s.id, &s.name, "activity"));
        let implied = implied.chain(measures.iter().map(|m| (&m.id, &m.name, "outcome")));
        for (id, name, stage) in implied {
            possible.push(LogicNode { id: id.clone(), name: name.clone(), stage: stage.to_owned() });
        }
        let mut arrows = Vec::new();
        for item in document.items("logic") {
            arrows.extend(self.read_arrow(item, &mut nodes, &possible, measures));
        }
        (nodes, arrows)
    }

    fn read_node(&mut self, item: &Item) -> Option<LogicNode> {
        let mut fields = Fields::new(&mut self.sink, &item.entries, &item.at, "a node of the logic model");
        fields.entry("id");
        let (name, stage) = (fields.needed("name"), fields.word("stage", STAGES));
        fields.finish();
        Some(LogicNode { id: item.id.clone(), name: name?.text, stage: stage?.to_owned() })
    }

    fn read_arrow(
        &mut self,
        item: &Item,
        nodes: &mut Vec<LogicNode>,
        possible: &[LogicNode],
        measures: &[Measure],
    ) -> Option<LogicArrow> {
        let mut fields = Fields::new(&mut self.sink, &item.entries, &item.at, "an arrow of the logic model");
        let (from, to) = (fields.needed("from"), fields.needed("to"));
        let (because, measure) = (fields.needed("because"), fields.text("measure"));
        fields.finish();
        let (from, to) = (from?, to?);
        let start = self.node(&from, nodes, possible);
        let end = self.node(&to, nodes, possible);
        if let (Some(start), Some(end)) = (start, end)
            && start > end
        {
            let message = format!("an arrow cannot lead back from {} to {}", STAGES[start], STAGES[end]);
            self.sink.error(&to.at, message).helped(format!("the order is {}", STAGES.join(", ")));
        }
        if let Some(wanted) = &measure
            && measures.iter().all(|m| m.id != wanted.text)
        {
            let message = format!("there is no measure `{}`", wanted.text);
            let valid = measures.iter().map(|m| m.id.as_str());
            self.sink.error(&wanted.at, message).labelled("not known").nearest(&wanted.text, valid);
        }
        Some(LogicArrow { from: from.text, to: to.text, because: because?.text, measure: measure.map(|m| m.text) })
    }

    /// Stage of a node; a service or measure becomes a node when it is first named.
    fn node(&mut self, name: &Text, nodes: &mut Vec<LogicNode>, possible: &[LogicNode]) -> Option<usize> {
        if nodes.iter().all(|n| n.id != name.text) {
            nodes.extend(possible.iter().find(|n| n.id == name.text).cloned());
        }
        let found = nodes.iter().find(|n| n.id == name.text);
        if found.is_none() {
            let message = format!("there is no node, service or measure `{}`", name.text);
            let valid = nodes.iter().chain(possible).map(|n| n.id.as_str());
            self.sink.error(&name.at, message).labelled("not known").nearest(&name.text, valid);
        }
        found.and_then(|node| STAGES.iter().position(|stage| *stage == node.stage))
    }
}
