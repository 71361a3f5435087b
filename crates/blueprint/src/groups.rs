//! Segments and tiers: the first whose rule holds wins, and the last takes everyone left over.

use crate::compile::Compiler;
use crate::document::Item;
use crate::fields::{Fields, Text};
use crate::model::{Expr, Segment, Tier};
use crate::sink::At;

/// The care models have at least this many gradients of care.
const FEWEST_TIERS: usize = 4;

/// What segments and tiers have in common.
struct Group {
    id: String,
    name: String,
    description: String,
    rule: Option<Expr>,
    rule_text: String,
    offer: Vec<Text>,
}

impl Compiler<'_> {
    pub(crate) fn read_segments(&mut self, items: &[Item], whole: &At) -> Vec<Segment> {
        if items.is_empty() {
            self.sink
                .error(whole, "the blueprint has no segments")
                .helped("write `[[segment]]` for each group of people");
        }
        let groups = self.read_groups(items, "segment");
        let segment = |g: Group| Segment {
            id: g.id,
            name: g.name,
            description: g.description,
            rule: g.rule,
            rule_text: g.rule_text,
        };
        groups.into_iter().map(segment).collect()
    }

    pub(crate) fn read_tiers(&mut self, items: &[Item], services: &[Item], whole: &At) -> Vec<Tier> {
        if items.len() < FEWEST_TIERS {
            let at = items.last().map_or(whole, |item| &item.at);
            let message = format!("there are {} tiers, and a care model has at least {FEWEST_TIERS}", items.len());
            self.sink.error(at, message).helped("write `[[tier]]` for each gradient of care, the most complex first");
        }
        let groups = self.read_groups(items, "tier");
        for offer in groups.iter().flat_map(|g| &g.offer) {
            let known = services.iter().any(|s| s.id == offer.text);
            // Words of more than one part are a plain offer; a single word means a service.
            if !known && !offer.text.contains(' ') {
                let message = format!("there is no service `{}`", offer.text);
                self.sink.error(&offer.at, message).labelled("not known").nearest(&offer.text, Self::ids(services));
            }
        }
        Self::tiers_of(groups)
    }

    /// The tiers of the place's model, for a question set: their offers and their number were checked with the model.
    pub(crate) fn read_question_tiers(&mut self, items: &[Item]) -> Vec<Tier> {
        Self::tiers_of(self.read_groups(items, "tier"))
    }

    fn tiers_of(groups: Vec<Group>) -> Vec<Tier> {
        let tier = |g: Group| Tier {
            id: g.id,
            name: g.name,
            description: g.description,
            rule: g.rule,
            rule_text: g.rule_text,
            offer: g.offer.into_iter().map(|t| t.text).collect(),
        };
        groups.into_iter().map(tier).collect()
    }

    fn read_groups(&mut self, items: &[Item], what: &'static str) -> Vec<Group> {
        let mut groups = Vec::new();
        let mut rest: Option<&Item> = None;
        for (place, item) in items.iter().enumerate() {
            let is_last = place + 1 == items.len();
            let (group, rule) = self.read_group(item, what);
            match (&rule, rest) {
                (_, Some(taken)) => self.report_unreachable(item, taken, what),
                (Some(rule), None) if is_last => {
                    self.sink
                        .error(&rule.at, format!("the last {what} has a rule, so somebody could be in none"))
                        .helped(format!("leave its rule out, or add a last {what} without one"));
                }
                (None, None) if !is_last => rest = Some(item),
                _ => {}
            }
            groups.push(group);
        }
        groups
    }

    fn report_unreachable(&mut self, item: &Item, taken: &Item, what: &str) {
        let at = item.entries.iter().find(|e| e.key == "id").map_or(&item.at, |e| &e.node.at).clone();
        let message = format!("nobody can reach the {what} `{}`", item.id);
        let label = format!("`{}` before it has no rule and takes everyone", taken.id);
        self.sink.error(&at, message).labelled(label).helped(format!("give `{}` a rule, or put it last", taken.id));
    }

    fn read_group(&mut self, item: &Item, what: &'static str) -> (Group, Option<Text>) {
        let noun = if what == "tier" { "a tier" } else { "a segment" };
        let mut fields = Fields::new(&mut self.sink, &item.entries, &item.at, noun);
        fields.entry("id");
        fields.entry("before");
        let (name, description) = (fields.words("name"), fields.words("description"));
        let rule = fields.text("rule");
        let offer = if what == "tier" { fields.texts("offer") } else { Vec::new() };
        fields.finish();
        let group = Group {
            id: item.id.clone(),
            name: if name.is_empty() { crate::words::from_id(&item.id) } else { name },
            description,
            rule: rule.as_ref().and_then(|text| self.truth(text)),
            rule_text: rule.as_ref().map(|text| text.text.clone()).unwrap_or_default(),
            offer,
        };
        (group, rule)
    }
}
