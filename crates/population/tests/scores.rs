//! Every score from its table of codes to each person's points, against a slow computation that shares no code with ours.
#![allow(clippy::unwrap_used)]

mod support;

use lake::{DictionaryBuilder, EventRow, PersonRow};
use nhs::{CodeSystem, Day, EventKind, Method, Sex};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use support::{day, event, model, person, place, snapshot};

const NAMES: [&str; 10] = [
    "hospital_frailty_risk",
    "charlson_quan",
    "charlson_original",
    "charlson_schneeweiss",
    "charlson_shmi",
    "elixhauser_count",
    "elixhauser_van_walraven",
    "elixhauser_swiss",
    "elixhauser_thompson_30",
    "elixhauser_thompson_29",
];

/// A small invented table: no place's licensed list.
const INVENTED: &str = "# Invented for a test.\ngroup,system,code,weight\nwobbly,icd10,R26,0.92\nwobbly,local,WOB1,0.92\n\
    tired,local,TIRED,1.5\nforgetful,icd10,F0,-0.3\n";

const PLACE: &str = "name = \"Testford\"\nblueprint = \"mcp\"\nas_of = \"2026-03-31\"\n[[locality]]\nid = \"a\"\nname = \"A\"\n\
    practices = [\"A81001\"]\n[[source]]\nid = \"gp\"\nformat = \"vanguard/gp_registrations\"\nfiles = \"x.csv\"\n";

fn model_text() -> String {
    let mut text = String::from(
        "extends = \"base\"\n[model]\nid = \"t\"\nname = \"T\"\nversion = \"1.0.0\"\n[population]\nbasis = \"list\"\ninclude = \"registered and alive\"\n",
    );
    for name in NAMES {
        let _ = write!(text, "[feature.test_{name}]\nscore = \"{name}\"\nwithin = \"24 months\"\n");
    }
    text.push_str("[feature.test_own]\nscore = \"file\"\nfile = \"own.csv\"\nof = 3\n");
    for tier in ["a", "b", "c"] {
        let _ = write!(
            text,
            "[[tier]]\nid = \"{tier}\"\nname = \"{tier}\"\ndescription = \"d\"\nrule = \"age > 200\"\noffer = []\n"
        );
    }
    text.push_str("[[tier]]\nid = \"d\"\nname = \"d\"\ndescription = \"d\"\noffer = []\n");
    text
}

/// A repeatable number below `bound`.
fn pick(seed: &mut u64, bound: usize) -> usize {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    ((*seed >> 33) as usize) % bound
}

struct World {
    people: Vec<PersonRow>,
    events: Vec<EventRow>,
    /// Codes of each person's hospital diagnoses within two years, and all codes ever recorded with their terminology.
    recent: Vec<BTreeSet<String>>,
    ever: Vec<BTreeSet<(bool, String)>>,
    codes: Vec<lake::CodeRow>,
}

/// Three hundred people with codes drawn from every score's own stems, some with a longer code under the stem.
fn world() -> World {
    let mut stems: Vec<String> = Vec::new();
    for (_, kind) in blueprint::score::PUBLISHED {
        for group in &blueprint::score_table(kind).groups {
            stems.extend(group.codes.iter().cloned());
        }
    }
    stems.extend(["R26", "F0", "Z000", "C80"].map(str::to_owned));
    let mut seed = 20_260_331;
    let mut builder = DictionaryBuilder::new();
    let (mut people, mut events) = (Vec::new(), Vec::new());
    let (mut recent, mut ever) = (Vec::new(), Vec::new());
    for id in 0..300u64 {
        people.push(person(id + 1, day("1950-01-01"), Sex::Female, "A81001"));
        let (mut of_person, mut all) = (BTreeSet::new(), BTreeSet::new());
        for _ in 0..pick(&mut seed, 12) {
            let stem = &stems[pick(&mut seed, stems.len())];
            let code =
                if stem.len() < 4 && pick(&mut seed, 2) == 0 { format!("{stem:0<3}9") } else { format!("{stem:0<3}") };
            let age_in_days = pick(&mut seed, 1400) as i32;
            let date = Day(day("2026-03-31").0 - age_in_days);
            let hospital = pick(&mut seed, 4) > 0;
            let kind = if hospital { EventKind::Diagnosis } else { EventKind::GpObservation };
            events.push(event(id as u32, date, kind, Method::None, builder.number(CodeSystem::Icd10, &code, "")));
            if hospital && date.0 > day("2024-03-31").0 {
                of_person.insert(code.clone());
            }
            all.insert((true, code));
        }
        for local in ["WOB1", "TIRED", "TIREDER"] {
            if pick(&mut seed, 3) == 0 {
                let number = builder.number(CodeSystem::Local, local, "");
                events.push(event(id as u32, day("2010-05-05"), EventKind::GpObservation, Method::None, number));
                all.insert((false, local.to_owned()));
            }
        }
        recent.push(of_person);
        ever.push(all);
    }
    World { people, events, recent, ever, codes: builder.finish() }
}

/// A table of the shared data: condition, stems, and points in tenths.
fn table(
    codes: &str,
    code_column: usize,
    weights: Option<(&str, usize)>,
    skip: usize,
    rows: usize,
) -> Option<Vec<(Vec<String>, i64)>> {
    let folder = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/scores");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).ok();
    let (Some(text), weights_text) = (read(codes), weights.map(|(file, _)| read(file).unwrap_or_default())) else {
        println!("skipped: ../shared is not there");
        return None;
    };
    let split = |line: &str| {
        let (mut cells, mut quoted) = (vec![String::new()], false);
        for c in line.chars() {
            match c {
                '"' => quoted = !quoted,
                ',' if !quoted => cells.push(String::new()),
                c => cells.last_mut().unwrap().push(c),
            }
        }
        cells
    };
    let stems = text
        .lines()
        .skip(skip)
        .take(rows)
        .map(|l| split(l)[code_column].trim().split('|').map(str::to_owned).collect());
    let points: Vec<i64> = match (weights, weights_text) {
        (Some((_, column)), Some(text)) => {
            text.lines().skip(skip).take(rows).map(|l| split(l)[column].trim().parse::<i64>().unwrap() * 10).collect()
        }
        _ => text
            .lines()
            .skip(skip)
            .map(|l| (split(l)[3].trim().parse::<f64>().unwrap() * 10.0).round() as i64)
            .collect(),
    };
    Some(stems.zip(points).collect())
}

/// Points of a person: every condition with a code that begins with one of its stems, less the milder beside the graver.
fn slow(table: &[(Vec<String>, i64)], milder: &[(usize, usize)], codes: &BTreeSet<String>) -> i64 {
    let has = |at: usize| codes.iter().any(|code| table[at].0.iter().any(|stem| code.starts_with(stem)));
    (0..table.len())
        .filter(|&at| has(at) && !milder.iter().any(|&(mild, grave)| mild == at && has(grave)))
        .map(|at| table[at].1)
        .sum()
}

#[test]
fn each_score_from_table_to_person() {
    let world = world();
    let (_folder, snapshot) = snapshot(day("2026-03-31"), &world.people, &world.events, world.codes.clone(), 64);
    let model = model(&model_text(), &[("own.csv", INVENTED)]);
    let computed = population::compute(&snapshot, &place(PLACE), &model, 2).unwrap();
    let column = |id: &str| &computed.people.features[model.features.iter().position(|f| f.id == id).unwrap()];

    let charlson: &[(usize, usize)] = &[(8, 14), (9, 10), (13, 15)];
    let elixhauser: &[(usize, usize)] = &[(5, 6), (10, 11), (19, 18)];
    let quan = |column| table("CHARLSON_QUAN.csv", 3, Some(("CHARLSON_WEIGHTS.csv", column)), 2, 17);
    let elix = |column| table("ELIXHAUSER_QUAN.csv", 3, Some(("ELIXHAUSER_WEIGHTS.csv", column)), 1, 31);
    let cases = [
        ("hospital_frailty_risk", table("HFRS.csv", 2, None, 1, 109), &[][..]),
        ("charlson_quan", quan(5), charlson),
        ("charlson_original", quan(2), charlson),
        ("charlson_schneeweiss", quan(3), charlson),
        ("charlson_shmi", table("CHARLSON_UK_SHMI_v1.60.csv", 3, Some(("CHARLSON_WEIGHTS.csv", 6)), 2, 17), &[][..]),
        ("elixhauser_van_walraven", elix(2), elixhauser),
        ("elixhauser_thompson_30", elix(3), elixhauser),
        ("elixhauser_thompson_29", elix(4), elixhauser),
        ("elixhauser_swiss", elix(5), elixhauser),
    ];
    for (name, table, milder) in cases {
        let Some(table) = table else { return };
        let wanted: Vec<i64> = world.recent.iter().map(|codes| slow(&table, milder, codes)).collect();
        assert!(wanted.iter().any(|&v| v != 0), "{name}: nobody has points, so nothing is tested");
        assert_eq!(column(&format!("test_{name}")), &wanted, "{name}");
    }
    let Some(mut count) = elix(2) else { return };
    for row in &mut count {
        row.1 = 10;
    }
    let wanted: Vec<i64> = world.recent.iter().map(|codes| slow(&count, elixhauser, codes)).collect();
    assert_eq!(column("test_elixhauser_count"), &wanted);
}

/// Codes of any terminology and any kind of event, ever; ICD-10 by stem, local codes as they are; the sum over three.
#[test]
fn a_score_of_the_places_own() {
    let world = world();
    let (_folder, snapshot) = snapshot(day("2026-03-31"), &world.people, &world.events, world.codes.clone(), 64);
    let model = model(&model_text(), &[("own.csv", INVENTED)]);
    let computed = population::compute(&snapshot, &place(PLACE), &model, 1).unwrap();
    let at = model.features.iter().position(|f| f.id == "test_own").unwrap();
    let mut seen = BTreeSet::new();
    for (codes, &found) in world.ever.iter().zip(&computed.people.features[at]) {
        let icd = |stem: &str| codes.iter().any(|(is_icd, code)| *is_icd && code.starts_with(stem));
        let local = |whole: &str| codes.contains(&(false, whole.to_owned()));
        let mut sum = 0.0;
        sum += if icd("R26") || local("WOB1") { 0.92 } else { 0.0 };
        sum += if local("TIRED") { 1.5 } else { 0.0 };
        sum -= if icd("F0") { 0.3 } else { 0.0 };
        assert_eq!(found, (sum / 3.0 * 1000.0_f64).round() as i64);
        seen.insert(found);
    }
    assert!(seen.len() > 4, "{seen:?}");
}

/// The electronic frailty index is deficits over 36 with bands above 0.12, 0.24 and 0.36: 4 deficits are fit, 5 mild,
/// 8 mild, 9 moderate, 12 moderate, 13 severe (Clegg and others 2016). The deficits here are invented.
#[test]
fn bands_of_the_electronic_frailty_index() {
    let mut builder = DictionaryBuilder::new();
    let numbers: Vec<u32> = (0..36).map(|n| builder.number(CodeSystem::Local, &format!("DEFICIT{n}"), "")).collect();
    let table = (0..36).fold(String::from("group,system,code\n"), |t, n| t + &format!("d{n},local,DEFICIT{n}\n"));
    let deficits = [0, 4, 5, 8, 9, 12, 13, 36];
    let people: Vec<PersonRow> =
        (0..deficits.len()).map(|n| person(n as u64 + 1, day("1940-01-01"), Sex::Male, "A81001")).collect();
    let mut events = Vec::new();
    for (at, &count) in deficits.iter().enumerate() {
        for &number in &numbers[..count] {
            // Recorded twice, counted once.
            for date in ["2020-01-01", "2021-01-01"] {
                events.push(event(at as u32, day(date), EventKind::GpObservation, Method::None, number));
            }
        }
    }
    let text = model_text()
        + "[feature.efi]\nscore = \"file\"\nfile = \"efi.csv\"\nof = 36\n[feature.efi_mild]\nrule = \"efi > 0.12 and efi <= 0.24\"\n\
           [feature.efi_moderate]\nrule = \"efi > 0.24 and efi <= 0.36\"\n[feature.efi_severe]\nrule = \"efi > 0.36\"\n";
    let model = model(&text, &[("own.csv", INVENTED), ("efi.csv", &table)]);
    let (_folder, snapshot) = snapshot(day("2026-03-31"), &people, &events, builder.finish(), 3);
    let computed = population::compute(&snapshot, &place(PLACE), &model, 1).unwrap();
    let column = |id: &str| &computed.people.features[model.features.iter().position(|f| f.id == id).unwrap()];
    assert_eq!(column("efi"), &[0, 111, 139, 222, 250, 333, 361, 1000]);
    assert_eq!(column("efi_mild"), &[0, 0, 1, 1, 0, 0, 0, 0]);
    assert_eq!(column("efi_moderate"), &[0, 0, 0, 0, 1, 1, 0, 0]);
    assert_eq!(column("efi_severe"), &[0, 0, 0, 0, 0, 0, 1, 1]);
}
