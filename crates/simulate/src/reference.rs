//! Files that say what things cost and who is who.

use crate::Error;
use crate::layout::Layout;
use crate::output::create;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

/// Event kind, method, detail, per, pounds. Sources stand in docs/methods/simulation.md.
const COSTS: [(&str, &str, &str, &str, &str); 33] = [
    ("admission", "emergency", "", "event", "1450.00"),
    ("admission", "emergency", "", "day", "390.00"),
    ("admission", "elective", "", "event", "2900.00"),
    ("admission", "elective", "", "day", "420.00"),
    ("admission", "day_case", "", "event", "890.00"),
    ("admission", "maternity", "", "event", "2100.00"),
    ("admission", "maternity", "", "day", "480.00"),
    ("admission", "transfer", "", "day", "390.00"),
    ("admission", "", "", "event", "900.00"),
    ("outpatient", "first", "", "event", "225.00"),
    ("outpatient", "follow_up", "", "event", "145.00"),
    ("outpatient", "", "", "event", "165.00"),
    ("emergency_attendance", "", "", "event", "215.00"),
    ("gp_appointment", "face_to_face", "", "event", "42.00"),
    ("gp_appointment", "telephone", "", "event", "27.00"),
    ("gp_appointment", "home_visit", "", "event", "110.00"),
    ("gp_appointment", "", "", "event", "38.00"),
    ("medication", "", "", "event", "9.50"),
    ("community_contact", "", "DN", "event", "62.00"),
    ("community_contact", "", "IC", "event", "95.00"),
    ("community_contact", "", "EC", "event", "130.00"),
    ("community_contact", "", "RR", "event", "140.00"),
    ("community_contact", "", "", "event", "71.00"),
    ("mental_health_contact", "", "A02", "event", "245.00"),
    ("mental_health_contact", "", "C01", "event", "120.00"),
    ("mental_health_contact", "", "", "event", "195.00"),
    ("ambulance_call", "conveyed", "", "event", "417.00"),
    ("ambulance_call", "see_and_treat", "", "event", "327.00"),
    ("ambulance_call", "hear_and_treat", "", "event", "86.00"),
    ("nhs_111_call", "", "", "event", "17.00"),
    ("social_care", "home_care", "", "day", "46.00"),
    ("social_care", "reablement", "", "day", "58.00"),
    ("care_home_stay", "", "", "day", "132.00"),
];

/// Writes the three reference files; `residents` are the registered people by area.
pub fn write(out: &Path, layout: &Layout, residents: &[u32]) -> Result<(), Error> {
    let mut costs = String::from("EVENT_KIND,METHOD,DETAIL,PER,COST_POUNDS,VALID_FROM\n");
    for (kind, method, detail, per, pounds) in COSTS {
        // Writing to a string cannot fail.
        let _ = writeln!(costs, "{kind},{method},{detail},{per},{pounds},{}", layout.start);
    }
    put(out, "extracts/unit_costs.csv", &costs)?;
    let mut organisations = String::from("ORG_CODE,NAME,TYPE,POSTCODE\n");
    for practice in &layout.practices {
        let _ = writeln!(organisations, "{},{},practice,{}", practice.code, quoted(&practice.name), practice.postcode);
    }
    for (code, name, kind) in [
        ("RZ1", "Northern General Hospital (synthetic)", "acute_trust"),
        ("RZ2", "Southern Royal Infirmary (synthetic)", "acute_trust"),
        ("RZ5", "Community Health Trust (synthetic)", "community_trust"),
        ("RZ7", "Mental Health Trust (synthetic)", "mental_health_trust"),
        ("RZ9", "Ambulance Service (synthetic)", "ambulance_trust"),
        ("RZ9IU", "NHS 111 Service (synthetic)", "ambulance_trust"),
        ("990", "Synthetic Vale Council", "council"),
    ] {
        let _ = writeln!(organisations, "{code},{name},{kind},");
    }
    for home in &layout.homes {
        let _ = writeln!(organisations, "{},{},care_home,{}", home.code, quoted(&home.name), home.postcode);
    }
    put(out, "extracts/organisations.csv", &organisations)?;
    let mut areas = String::from("LSOA,NAME,IMD_DECILE,POPULATION\n");
    let mut seen = std::collections::BTreeMap::new();
    for (area, people) in layout.areas.iter().zip(residents) {
        let entry = seen.entry(area.code.as_str()).or_insert((area, 0u32));
        entry.1 += people;
    }
    for (code, (area, people)) in seen {
        let _ = writeln!(areas, "{code},{},{},{people}", quoted(&area.name), area.decile);
    }
    put(out, "extracts/lsoa.csv", &areas)
}

/// A field with a comma or a quote stands in quotes.
fn quoted(text: &str) -> String {
    if text.contains([',', '"']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

/// Writes a whole file.
pub fn put(out: &Path, name: &str, text: &str) -> Result<(), Error> {
    let path = out.join(name);
    create(&path)?.write_all(text.as_bytes()).map_err(|e| Error::write(&path, e))
}
