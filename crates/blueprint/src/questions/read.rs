//! From the parts of a question file to what is asked.

use super::own::{OwnParts, says};
use super::{Ask, By, Questions, Series, Table};
use crate::compile::Compiler;
use crate::document::{Document, Item};
use crate::fields::{Fields, Text, is_name};
use crate::model::{Better, Blueprint, Measure, MeasureSum, Population, ValueType};
use crate::node::Value;
use crate::sink::At;
use std::collections::BTreeSet;

/// Groups that are no features.
const GROUPS: [(&str, By); 6] = [
    ("locality", By::Locality),
    ("practice", By::Practice),
    ("area", By::Area),
    ("age_band", By::AgeBand),
    ("ethnicity", By::Ethnicity),
    ("imd_fifth", By::ImdFifth),
];

/// Groups of one table or series at most.
const MOST_GROUPS: usize = 3;
/// Months of a series where it does not say.
const MONTHS: u32 = 24;
impl Compiler<'_> {
    pub(super) fn questions(&mut self, document: &Document, own: &OwnParts) -> Option<Questions> {
        let at = own.at.clone();
        self.read_codes(document.items("codes"));
        let texts = own.texts();
        let need = document.single("need");
        self.read_features(document.items("feature"), need, &|word| document.names(word) || says(&texts, word));
        let head = own.head.as_ref();
        let (name, about, columns) = self.read_question_head(head, &at);
        let population = self.whom(about, document)?;
        self.names.segments = document.items("segment").iter().map(|i| i.id.clone()).collect();
        self.names.tiers = document.items("tier").iter().map(|i| i.id.clone()).collect();
        let segments = if document.items("segment").is_empty() {
            Vec::new()
        } else {
            self.read_segments(document.items("segment"), &at)
        };
        if !segments.is_empty() {
            self.add_segment_feature();
        }
        let tiers = if document.items("tier").is_empty() {
            Vec::new()
        } else {
            self.read_question_tiers(document.items("tier"))
        };
        if !tiers.is_empty() {
            self.add_tier_feature();
        }
        let tables = own.tables.iter().filter_map(|item| self.read_table(item)).collect::<Vec<_>>();
        let mut measures = Vec::new();
        let mut series = Vec::new();
        for item in &own.measures {
            if let Some((measure, by, months)) = self.read_series(item) {
                series.push(Series { measure: measures.len(), by, months });
                measures.push(measure);
            }
        }
        let columns = self.read_columns(&columns, document, own);
        if own.tables.is_empty() && own.measures.is_empty() && columns.is_empty() {
            self.sink
                .error(&at, "the question set asks nothing")
                .helped("write a `[[table]]`, a `[[measure]]`, or `columns` under `[questions]`");
        }
        let mut ids = BTreeSet::new();
        let mut all = tables.iter().map(|t: &Table| &t.id).chain(measures.iter().map(|m: &Measure| &m.id));
        if let Some(twice) = all.find(|id| !ids.insert((*id).clone())).cloned() {
            self.sink.error(&at, format!("two questions have the id `{twice}`"));
        }
        let model = Blueprint {
            id: "questions".to_owned(),
            name: name.clone(),
            version: "1.0.0".to_owned(),
            summary: String::new(),
            lineage: Vec::new(),
            answers: Vec::new(),
            population,
            codes: std::mem::take(&mut self.codes),
            score_tables: std::mem::take(&mut self.score_tables),
            features: std::mem::take(&mut self.features),
            segments,
            tiers,
            services: Vec::new(),
            teams: Vec::new(),
            roles: Vec::new(),
            measures,
            logic: Vec::new(),
            logic_nodes: Vec::new(),
            contract: None,
            risk: None,
            need: None,
            characteristics: Vec::new(),
            building_blocks: Vec::new(),
        };
        Some(Questions { name, model, tables, series, columns })
    }

    fn read_question_head(&mut self, head: Option<&Item>, at: &At) -> (String, Option<Text>, Vec<Text>) {
        let Some(item) = head else {
            self.sink
                .error(at, "the file has no `[questions]`")
                .helped("begin with `[questions]` and a `name`: a question set is no blueprint");
            return (String::new(), None, Vec::new());
        };
        let mut fields = Fields::new(&mut self.sink, &item.entries, &item.at, "a question set");
        let name = fields.needed("name").map(|t| t.text).unwrap_or_default();
        let (about, columns) = (fields.text("people"), fields.texts("columns"));
        fields.finish();
        (name, about, columns)
    }

    /// Whom the questions are about: the rule in the file, else the population of the place's model.
    fn whom(&mut self, about: Option<Text>, document: &Document) -> Option<Population> {
        let text = if let Some(text) = about {
            text
        } else {
            let item = document.single("population")?;
            let entry = item.entries.iter().find(|e| e.key == "include")?;
            let Value::Text(text) = &entry.node.value else { return None };
            Text { text: text.clone(), at: entry.node.at.clone() }
        };
        let include = self.truth(&text)?;
        Some(Population {
            basis: String::new(),
            include,
            include_text: text.text,
            usual_sizes: Vec::new(),
            locality_size: None,
        })
    }

    fn read_table(&mut self, item: &Item) -> Option<Table> {
        let mut fields = Fields::new(&mut self.sink, &item.entries, &item.at, "a table");
        let id = fields.needed("id");
        let name = fields.words("name");
        let among = fields.text("among");
        let (holds, mean, sum) = (fields.text("count"), fields.text("mean"), fields.text("sum"));
        let by = fields.texts("by");
        fields.finish();
        let id = id?;
        if !is_name(&id.text) {
            self.sink.error(&id.at, format!("`{}` cannot be used as an identifier", id.text));
        }
        let among = among.map(|text| self.truth(&text));
        let ask = match (holds, mean, sum) {
            (None, None, None) => Some(Ask::People),
            (Some(rule), None, None) => self.truth(&rule).map(Ask::Holds),
            (None, Some(feature), None) => self.number(&feature).map(|(at, decimals)| Ask::Mean(at, decimals)),
            (None, None, Some(feature)) => self.number(&feature).map(|(at, decimals)| Ask::Sum(at, decimals)),
            _ => {
                let message = format!("the table `{}` asks two things", id.text);
                self.sink.error(&item.at, message).helped("give one of count, mean, sum, or none to count people");
                None
            }
        };
        let by = self.read_by(&by)?;
        let name = if name.is_empty() { crate::words::from_id(&id.text) } else { name };
        Some(Table { id: id.text, name, among: among.map_or(Some(None), |a| a.map(Some))?, ask: ask?, by })
    }

    fn read_series(&mut self, item: &Item) -> Option<(Measure, Vec<By>, u32)> {
        let mut fields = Fields::new(&mut self.sink, &item.entries, &item.at, "a measure");
        fields.entry("id");
        let name = fields.words("name");
        let ways = [
            (fields.text("count"), MeasureSum::Events),
            (fields.text("sum_days"), MeasureSum::Days),
            (fields.text("sum_cost"), MeasureSum::Cost),
        ];
        let pmpm = fields.texts("pmpm");
        let (filter, among) = (fields.text("where"), fields.text("among"));
        let (per, months, by) = (fields.whole("per", 1), fields.whole("months", 1), fields.texts("by"));
        fields.finish();
        let mut ways = ways.into_iter().filter_map(|(text, sum)| text.map(|text| (text, sum)));
        let is_pmpm = !pmpm.is_empty();
        let (kinds, sum) = match (ways.next(), ways.next()) {
            (Some((kind, sum)), None) if !is_pmpm => (vec![kind], sum),
            (None, None) if is_pmpm => (pmpm, MeasureSum::Cost),
            _ => {
                let message = format!("the measure `{}` counts nothing, or two things", item.id);
                let help = "give one of count, sum_days, sum_cost, pmpm with a kind of event";
                self.sink.error(&item.at, message).helped(help);
                return None;
            }
        };
        let kinds = self.cost_kinds(&kinds, is_pmpm)?;
        let (kind, also) = kinds.split_first()?;
        let filter = filter.map(|text| self.filter(&text, &kinds));
        let among = among.map(|text| self.truth(&text));
        let by = self.read_by(&by)?;
        let months = u32::try_from(months.unwrap_or(i64::from(MONTHS))).unwrap_or(u32::MAX).min(1_200);
        let measure = Measure {
            id: item.id.clone(),
            name: if name.is_empty() { crate::words::from_id(&item.id) } else { name },
            kind: *kind,
            also: also.to_vec(),
            filter: filter.map_or(Some(None), |f| f.map(Some))?,
            sum,
            among: among.map_or(Some(None), |a| a.map(Some))?,
            per: u32::try_from(per.unwrap_or(if is_pmpm { 1 } else { 1_000 })).unwrap_or(u32::MAX),
            better: Better::Neither,
            gap: String::new(),
            aim: String::new(),
            lag_months: 0,
            answers: Vec::new(),
        };
        Some((measure, by, months))
    }

    fn read_by(&mut self, names: &[Text]) -> Option<Vec<By>> {
        if let Some(more) = names.get(MOST_GROUPS) {
            self.sink.error(&more.at, format!("at most {MOST_GROUPS} groups can be crossed"));
            return None;
        }
        names.iter().map(|name| self.read_group_name(name)).collect()
    }

    fn read_group_name(&mut self, name: &Text) -> Option<By> {
        if let Some((_, by)) = GROUPS.iter().find(|(id, _)| *id == name.text) {
            return Some(*by);
        }
        let position = self.feature(name, &GROUPS.map(|(id, _)| id))?;
        match self.features[position].value {
            ValueType::Bool | ValueType::Choice | ValueType::Number { decimals: 0 } => Some(By::Feature(position)),
            ValueType::Number { .. } | ValueType::Date => {
                self.sink
                    .error(&name.at, format!("people cannot be grouped by `{}`: it has too many values", name.text))
                    .helped("make a feature of its ranges, such as `rule = \"hfrs >= 15\"`, and group by that");
                None
            }
        }
    }

    /// The position of a feature that can be used here.
    fn feature(&mut self, name: &Text, also: &[&'static str]) -> Option<usize> {
        if let Some(known) = self.names.known.get(&name.text) {
            return Some(known.position);
        }
        if !self.names.broken.contains(&name.text) {
            let known: Vec<String> = self.names.known.keys().cloned().collect();
            let valid = known.iter().map(String::as_str).chain(also.iter().copied());
            self.sink
                .error(&name.at, format!("there is no feature `{}`", name.text))
                .labelled("not known")
                .nearest(&name.text, valid);
        }
        None
    }

    fn number(&mut self, name: &Text) -> Option<(usize, u8)> {
        let position = self.feature(name, &[])?;
        if let ValueType::Number { decimals } = self.features[position].value {
            return Some((position, decimals));
        }
        self.sink.error(&name.at, format!("`{}` is not a number", name.text));
        None
    }

    /// The columns asked for, or every feature that the file itself makes.
    fn read_columns(&mut self, names: &[Text], document: &Document, own: &OwnParts) -> Vec<usize> {
        if !names.is_empty() {
            return names.iter().filter_map(|name| self.feature(name, &[])).collect();
        }
        let made = document
            .items("feature")
            .iter()
            .filter(|item| own.document.items("feature").iter().any(|o| o.id == item.id));
        made.filter_map(|item| self.names.known.get(&item.id).map(|known| known.position)).collect()
    }
}
