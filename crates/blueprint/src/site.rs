//! What a site agrees and shows: contract, characteristics, building blocks.

use crate::compile::Compiler;
use crate::document::Item;
use crate::fields::{Fields, is_name};
use crate::model::{BuildingBlock, Characteristic, Contract, Measure};

const FORMS: &[&str] = &["whole_population_budget", "full_capitated_budget", "capitated", "alliance", "service_level"];

impl Compiler<'_> {
    pub(crate) fn read_contract(&mut self, item: &Item) -> Option<Contract> {
        let mut fields = Fields::new(&mut self.sink, &item.entries, &item.at, "the contract");
        let (form, description) = (fields.word("form", FORMS), fields.words("description"));
        let in_scope = fields.texts("in_scope").into_iter().map(|t| t.text).collect();
        let answers = fields.answers();
        fields.finish();
        Some(Contract { form: form?.to_owned(), description, in_scope, answers })
    }

    pub(crate) fn read_characteristics(&mut self, items: &[Item], measures: &[Measure]) -> Vec<Characteristic> {
        items.iter().filter_map(|item| self.read_characteristic(item, measures)).collect()
    }

    fn read_characteristic(&mut self, item: &Item, measures: &[Measure]) -> Option<Characteristic> {
        let mut fields = Fields::new(&mut self.sink, &item.entries, &item.at, "a characteristic");
        fields.entry("id");
        let (text, group) = (fields.needed("text"), fields.text("group"));
        let shown_by = fields.needed("shown_by");
        let answers = fields.answers();
        fields.finish();
        let shown_by = shown_by?;
        let known = measures.iter().any(|m| m.id == shown_by.text) || self.names.known.contains_key(&shown_by.text);
        // A single identifier names a measure or a feature; anything else is words on the evidence wanted.
        if is_name(&shown_by.text) && !known && !self.names.broken.contains(&shown_by.text) {
            let message = format!("there is no measure or feature `{}`", shown_by.text);
            let valid = measures.iter().map(|m| m.id.as_str()).chain(self.names.known.keys().map(String::as_str));
            self.sink.error(&shown_by.at, message).labelled("not known").nearest(&shown_by.text, valid);
        }
        Some(Characteristic {
            id: item.id.clone(),
            text: text?.text,
            group: group.map(|g| g.text),
            shown_by: shown_by.text,
            answers,
        })
    }

    pub(crate) fn read_building_blocks(&mut self, items: &[Item]) -> Vec<BuildingBlock> {
        items.iter().filter_map(|item| self.read_building_block(item)).collect()
    }

    fn read_building_block(&mut self, item: &Item) -> Option<BuildingBlock> {
        let mut fields = Fields::new(&mut self.sink, &item.entries, &item.at, "a building block");
        fields.entry("id");
        let (name, in_place_when) = (fields.needed("name"), fields.needed("in_place_when"));
        let answers = fields.answers();
        fields.finish();
        Some(BuildingBlock { id: item.id.clone(), name: name?.text, in_place_when: in_place_when?.text, answers })
    }
}
