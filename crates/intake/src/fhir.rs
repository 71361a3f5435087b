//! FHIR R4 resources as rows with fixed columns, so that formats map them as they map any other file.
//!
//! A file is one JSON document (a Bundle or a resource) or one document a line (NDJSON). In a Bundle the "line" of a row is
//! the number of the entry. A component of an Observation is a row of its own. Patients are known by the last part of their
//! full address or id, to which references in the same file are resolved.

use crate::LoadError;
use crate::read::unreadable;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};

/// The columns of every row.
pub(crate) const COLUMNS: [&str; 26] = [
    "resource",
    "id",
    "patient",
    "nhs_number",
    "family",
    "given",
    "birth",
    "gender",
    "ethnicity",
    "address",
    "postcode",
    "practice",
    "start",
    "end",
    "status",
    "class",
    "category",
    "code_system",
    "code",
    "display",
    "value",
    "unit",
    "encounter",
    "provider",
    "intent",
    "deceased",
];

/// The largest document read as a whole.
const LARGEST: u64 = 1 << 30;

/// One row, or a line that is no resource.
pub(crate) enum Item {
    Row { line: u64, fields: Vec<String> },
    Broken { line: u64, raw: Vec<u8>, message: String },
}

/// Hands every row of a file to `take`.
pub(crate) fn read(
    input: Box<dyn Read + Send>,
    shown: &str,
    take: &mut dyn FnMut(Item) -> Result<(), LoadError>,
) -> Result<(), LoadError> {
    let mut input = BufReader::with_capacity(1 << 18, input);
    let mut text = Vec::new();
    let mut line = 1;
    next_line(&mut input, &mut text, shown, line)?;
    if text.starts_with(b"\xef\xbb\xbf") {
        text.drain(..3);
    }
    if let Err(error) = serde_json::from_slice::<serde::de::IgnoredAny>(&text)
        && (error.is_eof() || text.trim_ascii().is_empty())
    {
        return read_whole(input, text, shown, take);
    }
    while !text.is_empty() {
        if !text.trim_ascii().is_empty() {
            match serde_json::from_slice::<Value>(&text) {
                Ok(value) => document(&value, line, take)?,
                Err(error) => take(Item::Broken { line, raw: text.clone(), message: format!("is not JSON: {error}") })?,
            }
        }
        line += 1;
        text.clear();
        next_line(&mut input, &mut text, shown, line)?;
    }
    Ok(())
}

fn next_line(input: &mut impl BufRead, text: &mut Vec<u8>, shown: &str, line: u64) -> Result<(), LoadError> {
    input.take(LARGEST).read_until(b'\n', text).map_err(|error| unreadable(shown, Some(line), &error))?;
    if text.len() as u64 >= LARGEST {
        return Err(LoadError::file(
            shown,
            Some(line),
            "has a line of more than 1 GiB",
            "send one resource a line (NDJSON)",
        ));
    }
    Ok(())
}

fn read_whole(
    input: impl Read,
    mut text: Vec<u8>,
    shown: &str,
    take: &mut dyn FnMut(Item) -> Result<(), LoadError>,
) -> Result<(), LoadError> {
    input.take(LARGEST).read_to_end(&mut text).map_err(|error| unreadable(shown, None, &error))?;
    if text.len() as u64 >= LARGEST {
        return Err(LoadError::file(
            shown,
            None,
            "is one document of more than 1 GiB",
            "send one resource a line (NDJSON)",
        ));
    }
    let value: Value = serde_json::from_slice(&text).map_err(|error| {
        let advice = if error.is_eof() {
            "the file is cut short; ask the partner to send it again"
        } else {
            "correct the file or ask the partner to"
        };
        LoadError::file(shown, Some(error.line() as u64), format!("is not JSON ({error})"), advice)
    })?;
    document(&value, 1, take)
}

fn document(value: &Value, line: u64, take: &mut dyn FnMut(Item) -> Result<(), LoadError>) -> Result<(), LoadError> {
    if text(value, "/resourceType") != "Bundle" {
        let own = key_of(value, "");
        return resource(value, &own, line, &BTreeMap::new(), take);
    }
    let none = Vec::new();
    let entries = value.get("entry").and_then(Value::as_array).unwrap_or(&none);
    let mut keys = BTreeMap::new();
    for entry in entries {
        let (full, inner) = (text(entry, "/fullUrl"), entry.get("resource").unwrap_or(&Value::Null));
        let key = key_of(inner, full);
        keys.insert(tail(full).to_owned(), key.clone());
        let id = text(inner, "/id");
        if !id.is_empty() {
            keys.insert(id.to_owned(), key);
        }
    }
    keys.remove("");
    for (place, entry) in entries.iter().enumerate() {
        let inner = entry.get("resource").unwrap_or(&Value::Null);
        resource(inner, &key_of(inner, text(entry, "/fullUrl")), place as u64 + 1, &keys, take)?;
    }
    Ok(())
}

/// What a resource is known by: the last part of its full address, or its id.
fn key_of(resource: &Value, full_url: &str) -> String {
    if full_url.is_empty() { text(resource, "/id").to_owned() } else { tail(full_url).to_owned() }
}

fn tail(reference: &str) -> &str {
    let plain = reference.strip_prefix("urn:uuid:").unwrap_or(reference);
    plain.rsplit_once('/').map_or(plain, |(_, id)| id)
}

fn text<'v>(value: &'v Value, pointer: &str) -> &'v str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or("")
}

fn first<'v>(value: &'v Value, pointers: &[&str]) -> &'v str {
    pointers.iter().map(|pointer| text(value, pointer)).find(|found| !found.is_empty()).unwrap_or("")
}

struct Fields(Vec<String>);

impl Fields {
    fn set(&mut self, column: &str, value: &str) {
        if let Some(place) = COLUMNS.iter().position(|own| *own == column) {
            value.clone_into(&mut self.0[place]);
        }
    }
}

fn resource(
    value: &Value,
    own: &str,
    line: u64,
    keys: &BTreeMap<String, String>,
    take: &mut dyn FnMut(Item) -> Result<(), LoadError>,
) -> Result<(), LoadError> {
    let kind = text(value, "/resourceType");
    if kind.is_empty() {
        let message = "is not a FHIR resource: it has no resourceType".to_owned();
        return take(Item::Broken { line, raw: Vec::new(), message });
    }
    let resolve = |reference: &str| keys.get(tail(reference)).map_or_else(|| tail(reference).to_owned(), Clone::clone);
    let mut fields = Fields(vec![String::new(); COLUMNS.len()]);
    fields.set("resource", kind);
    fields.set("id", own);
    if kind == "Patient" {
        fields.set("patient", own);
        patient(value, &mut fields);
    } else {
        fields.set(
            "patient",
            &resolve(first(value, &["/subject/reference", "/patient/reference", "/beneficiary/reference"])),
        );
        let encounter = first(value, &["/encounter/reference", "/context/reference"]);
        fields.set("encounter", &if kind == "Encounter" { own.to_owned() } else { resolve(encounter) });
        clinical(value, &mut fields);
    }
    take(Item::Row { line, fields: fields.0.clone() })?;
    for component in value.get("component").and_then(Value::as_array).into_iter().flatten() {
        coding(component.get("code"), &mut fields);
        quantity(component, &mut fields);
        take(Item::Row { line, fields: fields.0.clone() })?;
    }
    Ok(())
}

fn patient(value: &Value, fields: &mut Fields) {
    let identifiers = value.get("identifier").and_then(Value::as_array);
    for identifier in identifiers.into_iter().flatten() {
        if text(identifier, "/system").ends_with("nhs-number") {
            fields.set("nhs_number", text(identifier, "/value"));
        }
    }
    fields.set("family", text(value, "/name/0/family"));
    let given = value.pointer("/name/0/given").and_then(Value::as_array);
    let given: Vec<&str> = given.into_iter().flatten().filter_map(Value::as_str).collect();
    fields.set("given", &given.join(" "));
    fields.set("birth", text(value, "/birthDate"));
    fields.set("gender", text(value, "/gender"));
    fields.set("address", text(value, "/address/0/line/0"));
    fields.set("postcode", text(value, "/address/0/postalCode"));
    fields.set("practice", text(value, "/generalPractitioner/0/identifier/value"));
    fields.set("deceased", text(value, "/deceasedDateTime"));
    for extension in value.get("extension").and_then(Value::as_array).into_iter().flatten() {
        if text(extension, "/url").ends_with("UKCore-EthnicCategory") {
            fields.set("ethnicity", text(extension, "/valueCodeableConcept/coding/0/code"));
        }
    }
}

fn clinical(value: &Value, fields: &mut Fields) {
    let starts = [
        "/period/start",
        "/actualPeriod/start",
        "/effectiveDateTime",
        "/effectivePeriod/start",
        "/performedDateTime",
        "/performedPeriod/start",
        "/occurrenceDateTime",
        "/onsetDateTime",
        "/onsetPeriod/start",
        "/authoredOn",
        "/whenHandedOver",
        "/dateAsserted",
        "/start",
        "/recordedDate",
        "/issued",
        "/date",
        "/created",
    ];
    fields.set("start", first(value, &starts));
    let ends = [
        "/period/end",
        "/effectivePeriod/end",
        "/performedPeriod/end",
        "/abatementDateTime",
        "/abatementPeriod/end",
        "/end",
    ];
    fields.set("end", first(value, &ends));
    fields.set("status", first(value, &["/status", "/clinicalStatus/coding/0/code"]));
    fields.set("class", text(value, "/class/code"));
    fields.set("category", first(value, &["/category/0/coding/0/code", "/category/coding/0/code"]));
    fields.set("intent", text(value, "/intent"));
    fields.set("provider", first(value, &["/serviceProvider/identifier/value", "/performer/0/identifier/value"]));
    let concept = ["code", "medicationCodeableConcept", "vaccineCode"].iter().find_map(|key| value.get(*key));
    coding(concept.or_else(|| value.pointer("/type/0")).or_else(|| value.pointer("/serviceType")), fields);
    quantity(value, fields);
}

/// The coding whose terminology we know best: SNOMED CT, then ICD-10, LOINC, US drug names, then the first.
fn coding(concept: Option<&Value>, fields: &mut Fields) {
    let none = Vec::new();
    let codings = concept.and_then(|c| c.get("coding")).and_then(Value::as_array).unwrap_or(&none);
    let known = ["http://snomed.info/sct", "icd-10", "http://loinc.org", "rxnorm"];
    let best = known
        .iter()
        .find_map(|system| codings.iter().find(|c| text(c, "/system").contains(system)))
        .or(codings.first());
    let best = best.unwrap_or(&Value::Null);
    fields.set("code_system", text(best, "/system"));
    fields.set("code", text(best, "/code"));
    let words = concept.map(|c| text(c, "/text")).unwrap_or_default();
    fields.set("display", if text(best, "/display").is_empty() { words } else { text(best, "/display") });
}

fn quantity(value: &Value, fields: &mut Fields) {
    let number =
        value.pointer("/valueQuantity/value").or_else(|| value.pointer("/valueInteger")).and_then(Value::as_number);
    fields.set("value", &number.map(ToString::to_string).unwrap_or_default());
    fields.set("unit", first(value, &["/valueQuantity/code", "/valueQuantity/unit"]));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(text: &str) -> Result<Vec<String>, LoadError> {
        let mut out = Vec::new();
        read(Box::new(std::io::Cursor::new(text.as_bytes().to_vec())), "f.json", &mut |item| {
            out.push(match item {
                Item::Row { line, fields } => format!("{line}: {}", fields.join("|").trim_end_matches('|')),
                Item::Broken { line, message, .. } => format!("{line}: broken: {message}"),
            });
            Ok(())
        })?;
        Ok(out)
    }

    #[test]
    fn a_bundle_with_local_references() {
        let text = r#"{"resourceType":"Bundle","entry":[
            {"fullUrl":"urn:uuid:p1","resource":{"resourceType":"Patient","id":"x","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"}],"name":[{"family":"Ash","given":["A","B"]}]}},
            {"resource":{"resourceType":"Condition","subject":{"reference":"Patient/x"},"code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10","code":"I10"},{"system":"http://snomed.info/sct","code":"38341003"}]}}}]}"#;
        let found = rows(text).unwrap();
        assert_eq!(found[0], "1: Patient|p1|p1|9990000018|Ash|A B");
        assert!(
            found[1].starts_with("2: Condition||p1|") && found[1].ends_with("http://snomed.info/sct|38341003"),
            "{}",
            found[1]
        );
    }

    #[test]
    fn lines_and_bad_lines() {
        let found = rows("{\"resourceType\":\"Patient\",\"id\":\"1\"}\n{oops\n\n{}\n").unwrap();
        assert_eq!(found.len(), 3);
        assert!(
            found[1].starts_with("2: broken: is not JSON") && found[2].starts_with("4: broken: is not a FHIR resource"),
            "{found:?}"
        );
        assert!(rows("{\"resourceType\":\n\"Patient\"").unwrap_err().to_string().contains("cut short"));
    }

    proptest! {
        #[test]
        fn any_text_is_rows_or_a_message(text in "[\\[\\]{}\":,a-z0-9\n ]{0,80}") {
            let _ = rows(&text);
        }
    }
}
