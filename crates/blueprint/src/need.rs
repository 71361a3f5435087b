//! Weights of need: a table of the place's, or the built-in one, becomes three features with a value for each person.
//!
//! `need_added` is the sum over factors of the weight of the first line that holds (age and sex, conditions), `need_factor` the
//! product over factors of the same (deprivation, a care home), rounded to three decimals after each, and `need` the one times
//! the other. They are rules like any other, so the engine and every page treat them as such.

use crate::builtin_code_file;
use crate::compile::Compiler;
use crate::document::Item;
use crate::features::{How, Pending};
use crate::fields::{Fields, Text, is_name};
use crate::model::NeedPlan;
use crate::rule;
use crate::sink::At;
use crate::table;
use std::fmt::Write as _;

/// The feature with a person's weight.
pub(crate) const FEATURE: &str = "need";
/// Lines that a table of weights may have: a rule is no longer than 4,000 bytes.
const MOST_LINES: usize = 400;

/// One line: when it holds, and what it weighs.
struct Line {
    factor: String,
    multiplies: bool,
    condition: String,
    weight: String,
}

impl Compiler<'_> {
    /// Reads `[need]` and adds its features to those that wait.
    pub(crate) fn read_need(&mut self, item: &Item, pending: &mut Vec<Pending>) {
        let mut fields = Fields::new(&mut self.sink, &item.entries, &item.at, "the weights of need");
        let file = fields.needed("file");
        fields.text("name");
        fields.finish();
        let Some(file) = file else { return };
        let embedded = builtin_code_file(&file.text).map(str::to_owned);
        let text = if self.is_builtin(file.at.file) { embedded } else { self.resolve.resolve(&file.text).or(embedded) };
        let Some(text) = text else {
            self.sink.error(&file.at, format!("there is no file of weights `{}`", file.text)).helped(
                "the file stands relative to the blueprint; give a line for each weight: factor,from,to,sex,how,weight",
            );
            return;
        };
        let number = self.code_file(&file.text, &text);
        let Some(rows) = table::read(&mut self.sink, number, &["factor", "from", "to", "sex", "how", "weight"]) else {
            return;
        };
        let lines: Vec<Option<Line>> = rows.rows.iter().map(|row| self.read_line(row)).collect();
        let Some(lines) = lines.into_iter().collect::<Option<Vec<Line>>>() else { return };
        let whole = At { file: number, range: 0..0 };
        if !lines.iter().any(|line| !line.multiplies) || lines.len() > MOST_LINES {
            self.sink
                .error(&whole, format!("a table of weights has 1 to {MOST_LINES} lines, and one of them must `add`"))
                .helped("give the weight of each age and sex: age,0,4,male,add,3.97");
            return;
        }
        let product = by_factor(&lines, true).into_iter().fold("1".to_owned(), |product, case| {
            if product == "1" { format!("divide({case}, 1, 3)") } else { format!("divide({product} * {case}, 1, 3)") }
        });
        let rules = [
            (
                "need_added",
                "Need by age, sex and conditions",
                format!("divide({}, 1, 3)", by_factor(&lines, false).join(" + ")),
            ),
            ("need_factor", "What need is multiplied by for where somebody lives", product),
            (FEATURE, "Weighted need", "divide(need_added * need_factor, 1, 6)".to_owned()),
        ];
        for (id, name, text) in rules {
            let Some(rule) = rule::parse(&mut self.sink, &Text { text, at: whole.clone() }) else { return };
            pending.push(Pending {
                id: id.to_owned(),
                name: name.to_owned(),
                reason: None,
                how: How::Rule(Box::new(rule)),
            });
        }
    }

    /// The weights as the model has them, once their features are there.
    pub(crate) fn need_plan(&mut self, item: &Item) -> Option<NeedPlan> {
        let feature = self.names.known.get(FEATURE)?.position;
        let mut fields = Fields::new(&mut self.sink, &item.entries, &item.at, "the weights of need");
        let (file, name) = (fields.text("file")?.text, fields.words("name"));
        Some(NeedPlan { feature, name: if name.is_empty() { "Weighted need".to_owned() } else { name }, file })
    }

    fn read_line(&mut self, row: &table::Row) -> Option<Line> {
        let cell = |name: &str| row.cell(name).map_or("", |cell| cell.text.trim());
        let at = |name: &str| row.cell(name).map_or_else(|| row.at.clone(), |cell| cell.at.clone());
        let (factor, sex) = (cell("factor"), cell("sex"));
        if !is_name(factor) {
            self.sink.error(&at("factor"), format!("`{factor}` is not the name of a feature"));
            return None;
        }
        let mut conditions = Vec::new();
        for (column, sign) in [("from", ">="), ("to", "<=")] {
            let bound = cell(column);
            if bound.is_empty() {
                continue;
            }
            if !is_decimal(bound) {
                self.sink
                    .error(&at(column), format!("`{bound}` is not a number"))
                    .helped("leave it empty for no bound");
                return None;
            }
            conditions.push(format!("{factor} {sign} {bound}"));
        }
        if conditions.is_empty() {
            conditions.push(factor.to_owned());
        }
        match sex {
            "" => {}
            "male" | "female" | "indeterminate" | "unknown" => conditions.push(format!("sex = '{sex}'")),
            other => {
                let message = format!("`{other}` is no sex");
                self.sink.error(&at("sex"), message).nearest(other, ["male", "female", "indeterminate", "unknown"]);
                return None;
            }
        }
        let multiplies = match cell("how") {
            "add" => false,
            "multiply" => true,
            other => {
                self.sink
                    .error(&at("how"), format!("`{other}` is not a way to weigh"))
                    .nearest(other, ["add", "multiply"]);
                return None;
            }
        };
        let weight = cell("weight");
        if !is_decimal(weight) {
            self.sink
                .error(&at("weight"), format!("`{weight}` is not a weight"))
                .helped("write a number from 0 to 9999 with at most three decimals, such as 1 or 3.97");
            return None;
        }
        let weight = weight.to_owned();
        Some(Line { factor: factor.to_owned(), multiplies, condition: conditions.join(" and "), weight })
    }
}

/// `12`, `3.97`: four digits before and three after the point at most.
fn is_decimal(text: &str) -> bool {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str, most: usize| {
        !text.is_empty() && text.len() <= most && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    digits(whole, 4) && digits(part, 3)
}

/// A case for each factor, in the order of the file: the first of its lines that holds, else nothing added or the same.
fn by_factor(lines: &[Line], multiplies: bool) -> Vec<String> {
    let mut factors: Vec<&str> = Vec::new();
    for line in lines.iter().filter(|line| line.multiplies == multiplies) {
        if !factors.contains(&line.factor.as_str()) {
            factors.push(&line.factor);
        }
    }
    let case = |factor: &str| {
        let mut case = String::from("case");
        for line in lines.iter().filter(|line| line.multiplies == multiplies && line.factor == factor) {
            // Writing to a String cannot fail.
            let _ = write!(case, " when {} then {}", line.condition, line.weight);
        }
        let _ = write!(case, " else {} end", u8::from(multiplies));
        case
    };
    factors.into_iter().map(case).collect()
}
