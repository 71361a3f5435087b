//! Any bytes: no panic, and the counts add up or the load is refused with a message.

use crate::case::Case;
use intake::SourceFormat;
use proptest::prelude::*;

fn field() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("9990000018".to_owned()),
        Just("1950-02-03".to_owned()),
        Just("1800-01-01".to_owned()),
        Just("2025-05-05".to_owned()),
        Just("\"quoted, field\"".to_owned()),
        Just("\"open".to_owned()),
        Just("I500".to_owned()),
        Just("21".to_owned()),
        "\\PC{0,12}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn rows_of_any_text(rows in proptest::collection::vec(proptest::collection::vec(field(), 5..9), 1..30)) {
        let body: String = rows.iter().map(|row| row.join(",") + "\n").collect();
        let text = format!("NEWNHSNO,DOB,PROCODE3,PROVSPNOPS,ADMIMETH,ADMIDATE,DIAG_01\n{body}");
        // `load` itself asserts that the counts add up.
        let _ = Case::new().source("vanguard/apc_episodes", text).load();
    }

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = Case::new().source("vanguard/deaths", &bytes).load();
        let mut text = b"REG_DATE_OF_DEATH,DEC_SURNAME,DEC_DATE_OF_BIRTH\n".to_vec();
        text.extend(&bytes);
        // Without a line end at its end the file may count as cut short, which is a message; with one it always loads.
        match Case::new().source("vanguard/deaths", &text).load() {
            Ok(_) => {}
            Err(error) => prop_assert!(error.to_string().contains("ends in the middle of a row"), "{error}"),
        }
        text.push(b'\n');
        Case::new().source("vanguard/deaths", &text).load().unwrap();
        let mut gzip = vec![0x1f, 0x8b, 8, 0];
        gzip.extend(&bytes);
        prop_assert!(!Case::new().source("vanguard/deaths", &gzip).failure().is_empty());
    }

    #[test]
    fn any_resources(bytes in proptest::collection::vec(any::<u8>(), 0..60), kind in "Patient|Encounter|Observation|[A-Z][a-z]{0,9}", code in "\\PC{0,20}") {
        let resource = serde_json::json!({"resourceType": kind, "id": "1", "subject": {"reference": "Patient/1"}, "class": {"code": code},
            "code": {"coding": [{"system": "http://snomed.info/sct", "code": code}]}, "effectiveDateTime": code, "component": [{"valueQuantity": {"value": 1.5}}, 3]});
        let mut text = serde_json::to_vec(&resource).unwrap();
        text.push(b'\n');
        text.extend(&bytes);
        let _ = Case::new().source("fhir/bundle", &text).load();
        let bundle = serde_json::json!({"resourceType": "Bundle", "entry": [{"resource": resource}, 7, {"fullUrl": 3}]});
        Case::new().source("fhir/bundle", bundle.to_string()).load().unwrap();
    }

    #[test]
    fn any_format(text in "(name|title|role|event|identity|when|code|\\[\\[?[a-z.]{1,9}\\]?\\]|[=\"{}\\[\\], a-z0-9]|\n){0,60}") {
        let (format, issues) = SourceFormat::parse("f.toml", &text);
        prop_assert!(format.is_some() || !issues.is_empty());
    }
}
