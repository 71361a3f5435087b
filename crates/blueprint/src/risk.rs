//! What a model of risk stands on.

use crate::compile::Compiler;
use crate::document::Item;
use crate::fields::{Fields, Text};
use crate::model::{RiskPlan, ValueType};
use crate::node::{Entry, Value};

/// What predicts without being named.
const ALWAYS: [&str; 3] = ["age", "sex", "imd_decile"];

impl Compiler<'_> {
    pub(crate) fn read_risk(&mut self, item: &Item) -> RiskPlan {
        let mut fields = Fields::new(&mut self.sink, &item.entries, &item.at, "the model of risk");
        let (features, impactable) = (fields.texts("features"), fields.texts("impactable"));
        fields.finish();
        let empty = |entry: &Entry| matches!(&entry.node.value, Value::List(items) if items.is_empty());
        if item.entries.iter().filter(|entry| entry.key == "features").all(empty) {
            self.sink
                .error(&item.at, "the model of risk has nothing to predict from")
                .helped("name what predicts, such as features = [\"hfrs\", \"emergency_admissions_12m\"]");
        }
        for name in features.iter().filter(|name| ALWAYS.contains(&name.text.as_str())) {
            self.sink
                .error(&name.at, format!("`{}` is in every model of risk", name.text))
                .labelled("there already")
                .helped("take it out of features");
        }
        let named: Vec<Text> = features.into_iter().filter(|name| !ALWAYS.contains(&name.text.as_str())).collect();
        let predicts = |value| matches!(value, ValueType::Bool | ValueType::Number { .. });
        RiskPlan {
            features: self.features_of(&named, predicts, "a number or true or false"),
            impactable: self.features_of(&impactable, |value| value == ValueType::Bool, "true or false"),
        }
    }

    /// Positions of the features named, each once; a name that is not known or has another type is a finding.
    fn features_of(&mut self, names: &[Text], fits: impl Fn(ValueType) -> bool, wanted: &str) -> Vec<usize> {
        let mut positions = Vec::new();
        for name in names {
            match self.names.known.get(&name.text) {
                Some(known) if !fits(known.value) => {
                    self.sink.error(&name.at, format!("`{}` is not {wanted}", name.text));
                }
                Some(known) if positions.contains(&known.position) => {
                    self.sink.error(&name.at, format!("`{}` is there twice", name.text));
                }
                Some(known) => positions.push(known.position),
                None if self.names.broken.contains(&name.text) => {}
                None => {
                    let valid = self.names.known.keys().map(String::as_str);
                    let message = format!("there is no feature `{}`", name.text);
                    self.sink.error(&name.at, message).labelled("not known").nearest(&name.text, valid);
                }
            }
        }
        positions
    }
}
