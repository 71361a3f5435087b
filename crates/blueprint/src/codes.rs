//! Code lists: written in the blueprint, or in a file beside it.

use crate::compile::Compiler;
use crate::document::{CODE_KEYS, Item};
use crate::fields::{Fields, Text};
use crate::model::CodeList;
use crate::sink::{At, Sink};
use crate::{builtin_code_file, table};
use nhs::{CodeSystem, Icd10, Opcs4, SnomedId};

impl Compiler<'_> {
    pub(crate) fn read_codes(&mut self, items: &[Item]) {
        for item in items {
            match self.read_code_list(item) {
                Some(list) => self.codes.push(list),
                None => {
                    self.broken_codes.insert(item.id.clone());
                }
            }
        }
    }

    fn read_code_list(&mut self, item: &Item) -> Option<CodeList> {
        let mut fields = Fields::new(&mut self.sink, &item.entries, &item.at, "a code list");
        let name = fields.words("name");
        let (file, only) = (fields.text("file"), fields.text("only"));
        let mut written = Vec::new();
        for key in CODE_KEYS.iter().copied().filter(|key| !matches!(*key, "file" | "only")) {
            let texts = fields.texts(key);
            if let Some(system) = CodeSystem::from_name(key) {
                written.extend(texts.into_iter().map(|text| (system, text)));
            }
        }
        fields.finish();
        let nothing_given = written.is_empty() && file.is_none();
        let mut list = CodeList { id: item.id.clone(), name, codes: Vec::new(), weights_tenths: Vec::new() };
        for (system, text) in written {
            if let Some(code) = check_code(&mut self.sink, system, &text) {
                list.codes.push((system, code));
            }
        }
        if let Some(file) = file {
            let weighted = self.read_code_file(&mut list, &file, only.as_ref())?;
            if weighted && list.weights_tenths.len() != list.codes.len() {
                self.sink.error(&file.at, "codes with weights and codes without cannot stand in one list");
                return None;
            }
        }
        if list.name.is_empty() {
            list.name = crate::words::from_id(&item.id);
        }
        if list.codes.is_empty() {
            if !nothing_given && self.sink.has_errors() {
                return None;
            }
            self.sink
                .error(&item.at, format!("the code list `{}` is empty", item.id))
                .helped("give codes by terminology, such as `snomed = [\"52448006\"]`, or a `file`");
            return None;
        }
        Some(list)
    }

    /// Adds the codes of a file; whether it has weights.
    fn read_code_file(&mut self, list: &mut CodeList, file: &Text, only: Option<&Text>) -> Option<bool> {
        let from_builtin = self.is_builtin(file.at.file);
        let text = match (from_builtin, builtin_code_file(&file.text)) {
            (true, Some(text)) => Some(text.to_owned()),
            (true, None) => None,
            (false, embedded) => self.resolve.resolve(&file.text).or_else(|| embedded.map(str::to_owned)),
        };
        let Some(text) = text else {
            self.sink
                .error(&file.at, format!("there is no code list file `{}`", file.text))
                .helped("the file stands relative to the blueprint");
            return None;
        };
        let number = self.code_file(&file.text, &text);
        let rows = table::read(&mut self.sink, number, &["list", "system", "code", "weight_tenths", "name"])?;
        let weighted = rows.columns.contains(&"weight_tenths");
        let mut groups: Vec<&str> = Vec::new();
        for row in &rows.rows {
            let group = row.cell("list").map_or("", |cell| cell.text.as_str());
            groups.push(group);
            if only.is_some_and(|only| only.text != group) {
                continue;
            }
            self.add_row(list, row, weighted);
        }
        if let Some(only) = only.filter(|only| !groups.contains(&only.text.as_str())) {
            let message = format!("the file has no list `{}`", only.text);
            self.sink.error(&only.at, message).nearest(&only.text, groups.iter().copied());
        }
        Some(weighted)
    }

    fn add_row(&mut self, list: &mut CodeList, row: &table::Row, weighted: bool) {
        let (Some(system), Some(code)) = (row.cell("system"), row.cell("code")) else {
            self.sink.error(&row.at, "a row of a code list needs `system` and `code`");
            return;
        };
        let Some(known) = CodeSystem::from_name(&system.text) else {
            let message = format!("there is no terminology `{}`", system.text);
            self.sink.error(&system.at, message).nearest(&system.text, CodeSystem::ALL.iter().map(|s| s.name()));
            return;
        };
        let weight = match row.cell("weight_tenths") {
            Some(cell) => match cell.text.parse::<i64>() {
                Ok(weight) if weight.abs() <= 100_000 => Some(weight),
                _ => {
                    self.sink.error(&cell.at, format!("`{}` is not a weight in whole tenths", cell.text));
                    None
                }
            },
            None => None,
        };
        if let Some(code) = check_code(&mut self.sink, known, code) {
            list.codes.push((known, code));
            if weighted {
                list.weights_tenths.push(weight.unwrap_or_default());
            }
        }
    }

    /// A code list file is read once, whoever names it.
    pub(crate) fn code_file(&mut self, name: &str, text: &str) -> usize {
        if let Some((_, number)) = self.code_files.iter().find(|(known, _)| known == name) {
            return *number;
        }
        let number = self.sink.add_file(name, text);
        self.code_files.push((name.to_owned(), number));
        number
    }
}

/// The normal form of a code, or a finding.
pub(crate) fn check_code(sink: &mut Sink, system: CodeSystem, code: &Text) -> Option<String> {
    let text = code.text.trim();
    let normal = match system {
        CodeSystem::Icd10 if is_chapter_stem(text) => Ok(text.to_owned()),
        CodeSystem::Icd10 => Icd10::parse(text).map(|c| c.as_str().to_owned()),
        CodeSystem::Opcs4 => Opcs4::parse(text).map(|c| c.as_str().to_owned()),
        CodeSystem::SnomedCt => SnomedId::parse(text).map(|_| text.to_owned()),
        _ if text.is_empty() => Err(nhs::Invalid("is empty")),
        _ => Ok(text.to_owned()),
    };
    match normal {
        Ok(normal) => Some(normal),
        Err(reason) => {
            report_code(sink, system, text, &code.at, reason);
            None
        }
    }
}

fn report_code(sink: &mut Sink, system: CodeSystem, text: &str, at: &At, reason: nhs::Invalid) {
    let message = format!("`{text}` is not a code of {}", system.label());
    sink.error(at, message).labelled(reason.to_string());
}

/// `C5` stands for C50 to C59.
fn is_chapter_stem(text: &str) -> bool {
    matches!(text.as_bytes(), [letter, digit] if letter.is_ascii_uppercase() && digit.is_ascii_digit())
}
