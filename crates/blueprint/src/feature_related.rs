//! Events near other events: `followed_by = { event = "admission", from = "end", within = "30 days" }`.

use crate::compile::Compiler;
use crate::fields::{Fields, Text};
use crate::model::{Dated, Direction, EventExpr, Related};
use crate::node::{Entry, Value};
use crate::sink::At;
use nhs::EventKind;

/// The keys, where the other event stands, and whether there must be none.
const KEYS: [(&str, Direction, bool); 4] = [
    ("followed_by", Direction::Followed, false),
    ("not_followed_by", Direction::Followed, true),
    ("preceded_by", Direction::Preceded, false),
    ("not_preceded_by", Direction::Preceded, true),
];

/// A table as it was written.
pub(crate) struct Given {
    pub(crate) key: &'static str,
    pub(crate) at: At,
    direction: Direction,
    none: bool,
    entries: Vec<Entry>,
}

/// The tables of an item.
pub(crate) fn tables(fields: &mut Fields<'_, '_>) -> Vec<Given> {
    let mut given = Vec::new();
    for (key, direction, none) in KEYS {
        let Some(entry) = fields.entry(key) else { continue };
        match &entry.node.value {
            Value::Table(entries) => {
                given.push(Given { key, at: entry.node.at.clone(), direction, none, entries: entries.clone() });
            }
            other => {
                let message = format!("`{key}` is a table, not {}", other.what());
                let help = format!("write `{key} = {{ event = \"admission\", within = \"30 days\" }}`");
                fields.sink.error(&entry.node.at, message).helped(help);
            }
        }
    }
    given
}

impl Compiler<'_> {
    /// The filter of `where` and of the events near by, all of which must hold.
    #[expect(clippy::option_option, reason = "no filter and a wrong filter are different")]
    pub(crate) fn whole_filter(
        &mut self,
        filter: Option<&Text>,
        related: &[Given],
        kinds: &[EventKind],
    ) -> Option<Option<EventExpr>> {
        let own = filter.map(|text| self.filter(text, kinds));
        let near: Vec<Option<EventExpr>> = related.iter().map(|given| self.related(given)).collect();
        let own = match own {
            Some(filter) => Some(filter?),
            None => None,
        };
        let mut all: Vec<EventExpr> = own.into_iter().collect();
        all.extend(near.into_iter().collect::<Option<Vec<_>>>()?);
        Some(match all.len() {
            0 => None,
            1 => all.pop(),
            _ => Some(EventExpr::All(all)),
        })
    }

    fn related(&mut self, given: &Given) -> Option<EventExpr> {
        let mut fields = Fields::new(&mut self.sink, &given.entries, &given.at, "an event near another");
        let events = fields.texts("event");
        let filter = fields.text("where");
        let from = fields.entry("from").is_some().then(|| fields.word("from", &["start", "end"]));
        let (at_least, within) = (fields.text("at_least"), fields.needed("within"));
        if fields.entry("event").is_none() {
            let message = format!("`{}` needs `event`", given.key);
            fields.sink.error(&given.at, message).helped("name a kind of event: `event = \"admission\"`");
        }
        fields.finish();
        let kinds: Vec<Option<EventKind>> = events.iter().map(|kind| self.event_kind(kind)).collect();
        let kinds: Vec<EventKind> = kinds.into_iter().collect::<Option<_>>()?;
        let filter = filter.map(|text| self.filter(&text, &kinds));
        let within_at = within?;
        let within = crate::words::days(&mut self.sink, &within_at)?;
        let at_least = match at_least {
            Some(text) => crate::words::days(&mut self.sink, &text)?,
            None => 0,
        };
        if at_least > within {
            self.sink
                .error(&within_at.at, "the window is empty: it ends before it begins")
                .helped("`within` is the most days, and `at_least` the fewest");
            return None;
        }
        if kinds.is_empty() {
            return None;
        }
        let related = Related {
            direction: given.direction,
            kinds,
            filter: match filter {
                Some(filter) => Some(filter?),
                None => None,
            },
            from: match from {
                Some(word) if word? == "end" => Dated::End,
                _ => Dated::Start,
            },
            at_least,
            within,
        };
        let expr = EventExpr::Related(Box::new(related));
        Some(if given.none { EventExpr::Not(Box::new(expr)) } else { expr })
    }
}
