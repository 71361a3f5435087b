//! Features that are scores: a published one by its name, or one over a table that the place supplies.

use crate::codes::check_code;
use crate::compile::Compiler;
use crate::document::Item;
use crate::fields::Text;
use crate::model::{FeatureSource, LoadedGroup, LoadedScore, ScoreKind, ValueType, Window};
use crate::score::PUBLISHED;
use crate::sink::At;
use crate::table;
use nhs::CodeSystem;

/// What a feature says of the table of its score.
pub(crate) struct TableOfScore {
    /// The file, for `score = "file"`.
    pub(crate) file: Option<Text>,
    /// What the sum of weights is divided by.
    pub(crate) of: Option<i64>,
}

/// Groups that one score can have: the pass keeps a bit for each.
const MOST_GROUPS: usize = 128;
/// The largest weight, in thousandths: no published score comes near.
const LARGEST_WEIGHT: i64 = 1_000_000;

impl Compiler<'_> {
    /// A feature that is no score has no table.
    pub(crate) fn refuse_table(&mut self, table: &TableOfScore) {
        if let Some(file) = &table.file {
            self.sink.error(&file.at, "`file` is only for a score").helped("write `score = \"file\"` beside it");
        }
    }

    pub(crate) fn read_score(
        &mut self,
        item: &Item,
        score: &Text,
        table: &TableOfScore,
        name: String,
        reason: Option<String>,
        window: Option<Window>,
    ) -> Option<()> {
        if score.text == "file" {
            let Some(file) = &table.file else {
                self.sink
                    .error(&score.at, "a score from a file needs the `file`")
                    .helped("write `file = \"codes/efi.csv\"`, a table of group,system,code,weight");
                return None;
            };
            let kind = self.load_score(file, table.of.unwrap_or(1))?;
            let source = FeatureSource::Score { score: kind, window };
            self.add_feature(&item.id, name, reason, ValueType::Number { decimals: 3 }, source, None);
            return Some(());
        }
        if let Some(file) = &table.file {
            self.sink.error(&file.at, "`file` goes with `score = \"file\"`; a published score brings its own table");
            return None;
        }
        let Some((_, kind)) = PUBLISHED.iter().find(|(id, _)| *id == score.text) else {
            let message = format!("there is no score `{}`", score.text);
            let known = PUBLISHED.iter().map(|s| s.0).chain(["file"]);
            self.sink.error(&score.at, message).nearest(&score.text, known);
            return None;
        };
        let source = FeatureSource::Score { score: *kind, window };
        self.add_feature(&item.id, name, reason, ValueType::Number { decimals: 1 }, source, None);
        Some(())
    }

    /// Reads `group,system,code[,weight][,name]`; every finding stands at its line of the file.
    fn load_score(&mut self, file: &Text, divisor: i64) -> Option<ScoreKind> {
        let Some(text) = self.resolve.resolve(&file.text) else {
            self.sink
                .error(&file.at, format!("there is no score file `{}`", file.text))
                .helped("the file stands relative to the blueprint; Vanguard brings no licensed code lists");
            return None;
        };
        let number = self.code_file(&file.text, &text);
        let rows = table::read(&mut self.sink, number, &["group", "system", "code", "weight", "name"])?;
        let mut groups: Vec<LoadedGroup> = Vec::new();
        for row in &rows.rows {
            self.score_row(row, &mut groups);
        }
        let whole = At { file: number, range: 0..0 };
        if groups.is_empty() {
            self.sink
                .error(&whole, "the score has no row")
                .helped("give a line for each code: group,system,code,weight");
            return None;
        }
        if groups.len() > MOST_GROUPS {
            let message = format!("the score has {} groups, and a score can have {MOST_GROUPS}", groups.len());
            self.sink.error(&whole, message);
            return None;
        }
        self.score_tables.push(LoadedScore { file: file.text.clone(), groups, divisor });
        u16::try_from(self.score_tables.len() - 1).ok().map(ScoreKind::Loaded)
    }

    fn score_row(&mut self, row: &table::Row, groups: &mut Vec<LoadedGroup>) {
        let (Some(group), Some(system), Some(code)) = (row.cell("group"), row.cell("system"), row.cell("code")) else {
            self.sink.error(&row.at, "a row of a score needs `group`, `system` and `code`");
            return;
        };
        if group.text.is_empty() {
            self.sink.error(&group.at, "the group has no name");
            return;
        }
        let Some(known) = CodeSystem::from_name(&system.text) else {
            let message = format!("there is no terminology `{}`", system.text);
            self.sink.error(&system.at, message).nearest(&system.text, CodeSystem::ALL.iter().map(|s| s.name()));
            return;
        };
        let Some(weight) = row.cell("weight").map_or(Some(1000), |cell| thousandths(&cell.text)) else {
            let cell = row.cell("weight").map_or_else(|| code.clone(), Clone::clone);
            self.sink
                .error(&cell.at, format!("`{}` is not a weight", cell.text))
                .helped("write a number with at most three decimals, such as 1 or 0.92");
            return;
        };
        let Some(code) = check_code(&mut self.sink, known, code) else { return };
        match groups.iter_mut().find(|g| g.id == group.text) {
            None => groups.push(LoadedGroup {
                id: group.text.clone(),
                codes: vec![(known, code)],
                weight_thousandths: weight,
            }),
            Some(there) if there.weight_thousandths != weight => {
                let message = format!("the group `{}` has another weight above", group.text);
                self.sink.error(&row.at, message).helped("a group counts once, so all its rows have the same weight");
            }
            Some(there) if there.codes.contains(&(known, code.clone())) => {
                self.sink.error(&row.at, format!("the code `{code}` is there twice in the group `{}`", group.text));
            }
            Some(there) => there.codes.push((known, code)),
        }
    }
}

/// A decimal number as whole thousandths; `None` where it is none, has more decimals, or is too large.
fn thousandths(text: &str) -> Option<i64> {
    let text = text.trim();
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 4 || fraction.len() > 3 || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let value = whole.parse::<i64>().ok()? * 1000 + format!("{fraction:0<3}").parse::<i64>().ok()?;
    (value <= LARGEST_WEIGHT).then_some(sign * value)
}

#[cfg(test)]
mod tests {
    use super::thousandths;

    #[test]
    fn weights() {
        assert_eq!(thousandths("1"), Some(1000));
        assert_eq!(thousandths("0.92"), Some(920));
        assert_eq!(thousandths("-2.5"), Some(-2500));
        for wrong in ["", ".5", "1.0005", "one", "1e3", "99999", "--1", "1.-5"] {
            assert_eq!(thousandths(wrong), None, "{wrong}");
        }
    }
}
