//! `place.toml`: a sound one is read, and each mistake is pointed at.
#![allow(clippy::unwrap_used)]

use blueprint::place::{BlueprintRef, parse};
use blueprint::{Diagnostic, Severity};

const SOUND: &str = r#"name = "Fylde Coast"
blueprint = "mcp"
as_of = 2026-03-31
start = "2023-04-01"

[[locality]]
id = "north"
name = "North"
practices = ["A00001", "A00002"]
served_from = "2025-04-01"

[[locality]]
id = "south"
practices = ["A00003"]

[[source]]
id = "gp"
format = "vanguard/gp_events"
files = "extracts/gp_events*.csv"
"#;

#[test]
fn a_sound_place_is_read() {
    let (place, findings) = parse("place.toml", SOUND);
    assert_eq!(findings, []);
    let place = place.unwrap();
    assert_eq!(place.name, "Fylde Coast");
    assert_eq!(place.blueprint, BlueprintRef::Builtin("mcp".into()));
    assert_eq!(place.as_of.unwrap().to_string(), "2026-03-31");
    assert_eq!(place.start.unwrap().to_string(), "2023-04-01");
    assert_eq!(place.localities[0].practices[1].as_str(), "A00002");
    assert_eq!(place.localities[0].served_from.unwrap().to_string(), "2025-04-01");
    assert_eq!((place.localities[1].name.as_str(), place.localities[1].served_from), ("South", None));
    assert_eq!(place.sources[0].files, "extracts/gp_events*.csv");
    let own = SOUND.replace("\"mcp\"", "\"model.toml\"");
    assert_eq!(parse("place.toml", &own).0.unwrap().blueprint, BlueprintRef::File("model.toml".into()));
}

#[test]
fn organisation_codes_serve_as_locality_identifiers() {
    let (place, findings) = parse("place.toml", &SOUND.replace("\"south\"", "\"U01901\""));
    assert_eq!(findings, []);
    assert_eq!(place.unwrap().localities[1].name, "U01901");
}

#[test]
fn mistakes() {
    let mut all = Vec::new();
    for (from, to) in [
        ("\"mcp\"", "\"mpc\""),
        ("\"mcp\"", "\"../other.toml\""),
        ("as_of = 2026-03-31", "as_of = \"31/03/2026\""),
        ("as_of = 2026-03-31", "as_of = 2022-03-31"),
        ("as_of = 2026-03-31", "as_off = 2026-03-31"),
        ("\"2025-04-01\"", "\"2025-02-29\""),
        ("[\"A00003\"]", "[\"A00002\"]"),
        ("[\"A00003\"]", "[\"A-3\"]"),
        ("[\"A00003\"]", "[]"),
        ("id = \"south\"", "id = \"north\""),
        ("id = \"south\"", "id = \"South East\""),
        ("extracts/gp_events*.csv", "/etc/gp.csv"),
        ("format = \"vanguard/gp_events\"\n", ""),
        ("[[source]]\nid = \"gp\"\nformat = \"vanguard/gp_events\"\nfiles = \"extracts/gp_events*.csv\"\n", ""),
        ("name = \"Fylde Coast\"", "name = 7"),
    ] {
        assert!(SOUND.contains(from));
        let (place, findings) = parse("place.toml", &SOUND.replacen(from, to, 1));
        assert!(place.is_none(), "{to}");
        all.extend(findings.iter().map(Diagnostic::render));
    }
    insta::assert_snapshot!(all.join("\n---\n"));
}

#[test]
fn odd_practices_and_no_localities_only_warn() {
    for (from, to) in [("\"A00003\"", "\"RTA01\""), ("[[locality]]", "[[locality]]")] {
        let (place, findings) = parse("place.toml", &SOUND.replace(from, to));
        assert!(place.is_some());
        assert!(findings.iter().all(|f| f.severity == Severity::Warning));
    }
    let alone = "name = \"P\"\nblueprint = \"mcp\"\n[[source]]\nid = \"gp\"\nformat = \"f\"\nfiles = \"x.csv\"\n";
    let (place, findings) = parse("place.toml", alone);
    assert!(place.is_some());
    assert_eq!(findings.len(), 1);
}
