//! The score tables: their own laws, and the figures of an independent package where the shared data are there.
#![allow(clippy::unwrap_used)]

use blueprint::model::ScoreKind;
use blueprint::{ScoreTable, score_table};
use std::collections::BTreeMap;
use std::path::PathBuf;

fn shared(name: &str) -> Option<String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/scores").join(name);
    let text = std::fs::read_to_string(path).ok();
    if text.is_none() {
        println!("skipped: ../shared is not there");
    }
    text
}

/// Cells of a line, with quotes.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut quoted) = (vec![String::new()], false);
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            c => cells.last_mut().unwrap().push(c),
        }
    }
    cells
}

#[test]
fn every_code_is_an_icd_stem_and_every_table_is_whole() {
    for (kind, groups) in
        [(ScoreKind::HospitalFrailtyRisk, 109), (ScoreKind::CharlsonQuan, 17), (ScoreKind::CharlsonShmi, 17)]
    {
        let table = score_table(kind);
        assert_eq!(table.groups.len(), groups);
        for group in &table.groups {
            assert!(!group.name.is_empty() && !group.codes.is_empty());
            for code in &group.codes {
                assert!(code.len() == 2 || nhs::Icd10::parse(code).is_ok_and(|c| c.as_str() == code), "{code}");
            }
        }
    }
    let quan = score_table(ScoreKind::CharlsonQuan);
    let yields: Vec<(&str, &str)> =
        quan.groups.iter().filter_map(|g| Some((g.name.as_str(), quan.groups[g.yields_to?].name.as_str()))).collect();
    assert_eq!(
        yields,
        [
            ("Mild liver disease", "Moderate or severe liver disease"),
            ("Diabetes without complications", "Diabetes with complications"),
            ("Cancer", "Cancer that has spread"),
        ]
    );
}

#[test]
fn frailty_points_are_those_of_the_paper() {
    let Some(text) = shared("HFRS.csv") else { return };
    let theirs: BTreeMap<String, i64> = text
        .lines()
        .skip(1)
        .map(|line| {
            let cells = cells(line);
            let points: f64 = cells[3].trim().parse().unwrap();
            (cells[2].clone(), (points * 10.0).round() as i64)
        })
        .collect();
    let table = score_table(ScoreKind::HospitalFrailtyRisk);
    let ours: BTreeMap<String, i64> = table.groups.iter().map(|g| (g.codes[0].clone(), g.weight_tenths)).collect();
    assert_eq!(ours, theirs);
}

fn check_charlson(table: &ScoreTable, codes: &str, weight_column: usize) {
    // The first line after the heading is the age, which is no diagnosis.
    check(table, codes, "CHARLSON_WEIGHTS.csv", weight_column, 2);
}

fn check(table: &ScoreTable, codes: &str, weights: &str, weight_column: usize, skip: usize) {
    let (Some(codes), Some(weights)) = (shared(codes), shared(weights)) else { return };
    let weights: Vec<i64> = weights
        .lines()
        .skip(skip)
        .take(table.groups.len())
        .map(|line| cells(line)[weight_column].trim().parse().unwrap())
        .collect();
    let codes: Vec<Vec<String>> =
        codes.lines().skip(skip).map(|line| cells(line)[3].trim().split('|').map(str::to_owned).collect()).collect();
    assert_eq!(table.groups.len(), codes.len());
    for ((group, codes), weight) in table.groups.iter().zip(codes).zip(weights) {
        assert_eq!(group.codes, codes, "{}", group.name);
        assert_eq!(group.weight_tenths, weight * 10, "{}", group.name);
    }
}

#[test]
fn charlson_stems_and_weights_are_those_published() {
    check_charlson(score_table(ScoreKind::CharlsonQuan), "CHARLSON_QUAN.csv", 5);
    check_charlson(score_table(ScoreKind::CharlsonOriginal), "CHARLSON_QUAN.csv", 2);
    check_charlson(score_table(ScoreKind::CharlsonSchneeweiss), "CHARLSON_QUAN.csv", 3);
    check_charlson(score_table(ScoreKind::CharlsonShmi), "CHARLSON_UK_SHMI_v1.60.csv", 6);
}

#[test]
fn elixhauser_stems_and_weights_are_those_published() {
    for (kind, column) in [
        (ScoreKind::ElixhauserVanWalraven, 2),
        (ScoreKind::ElixhauserThompson30, 3),
        (ScoreKind::ElixhauserThompson29, 4),
        (ScoreKind::ElixhauserSwiss, 5),
    ] {
        check(score_table(kind), "ELIXHAUSER_QUAN.csv", "ELIXHAUSER_WEIGHTS.csv", column, 1);
    }
    let count = score_table(ScoreKind::ElixhauserCount);
    assert_eq!(count.groups.len(), 31);
    assert!(count.groups.iter().all(|group| group.weight_tenths == 10));
    let yields: Vec<(&str, &str)> =
        count.groups.iter().filter_map(|g| Some((g.name.as_str(), count.groups[g.yields_to?].name.as_str()))).collect();
    assert_eq!(
        yields,
        [
            ("High blood pressure without complications", "High blood pressure with complications"),
            ("Diabetes without complications", "Diabetes with complications"),
            ("Solid tumour that has not spread", "Cancer that has spread"),
        ]
    );
}

/// Sources differ in the weight of HIV; a blueprint says which it means by the score's name.
#[test]
fn hiv_weighs_what_each_named_source_says() {
    let hiv = |kind| score_table(kind).groups.iter().find(|g| g.name == "HIV").unwrap().weight_tenths;
    let weights = [
        ScoreKind::CharlsonOriginal,
        ScoreKind::CharlsonQuan,
        ScoreKind::CharlsonSchneeweiss,
        ScoreKind::CharlsonShmi,
        ScoreKind::ElixhauserVanWalraven,
    ]
    .map(hiv);
    assert_eq!(weights, [60, 40, 40, 20, 0]);
}

/// A model with one score over a table of its own; the findings as a person reads them.
fn with_score_file(feature: &str, table: &'static str) -> (Option<blueprint::Blueprint>, String) {
    let text = format!(
        "extends = \"mcp\"\n[model]\nid = \"mine\"\nname = \"Mine\"\nversion = \"1.0.0\"\n[feature.index]\n{feature}\n"
    );
    let resolve = move |name: &str| (name == "codes/index.csv").then(|| table.to_owned());
    let (model, findings) = blueprint::compile("mine.toml", &text, &resolve);
    (model, findings.iter().map(blueprint::Diagnostic::render).collect())
}

const FROM_FILE: &str = "score = \"file\"\nfile = \"codes/index.csv\"\nof = 36";

#[test]
fn a_place_brings_a_score_of_its_own() {
    let table = "# Invented.\ngroup,system,code,weight\nbreathless,icd10,R06.0,1\nbreathless,local,BR1,1\nfalls,icd10,W19,0.5\n";
    let (model, findings) = with_score_file(FROM_FILE, table);
    let model = model.unwrap_or_else(|| panic!("{findings}"));
    let score = &model.score_tables[0];
    assert_eq!((score.groups.len(), score.divisor), (2, 36));
    assert_eq!(score.groups[0].codes.len(), 2);
    assert_eq!(score.groups[1].weight_thousandths, 500);
    let feature = model.features.iter().find(|f| f.id == "index").unwrap();
    assert_eq!(feature.value, blueprint::model::ValueType::Number { decimals: 3 });
}

#[test]
fn a_wrong_score_file_says_where() {
    for (table, wanted) in [
        ("group,system,code,weight\na,icd10,R06,1\na,icd10,R07,2\n", ["has another weight above", "codes/index.csv:3"]),
        ("group,system,code,weight\na,icd10,R06,heavy\n", ["is not a weight", "codes/index.csv:2"]),
        ("group,system,code\na,icd99,R06\n", ["there is no terminology", "codes/index.csv:2"]),
        ("group,system,code\na,icd10,R06\na,icd10,R06\n", ["is there twice", "codes/index.csv:3"]),
        ("group,system,code\n,icd10,R06\n", ["the group has no name", "codes/index.csv:2"]),
        ("group,system,code\n", ["the score has no row", "codes/index.csv"]),
        ("deficit,system,code\n", ["there is no column `deficit`", "codes/index.csv:1"]),
    ] {
        let (model, findings) = with_score_file(FROM_FILE, table);
        assert!(model.is_none(), "{table}");
        assert!(wanted.iter().all(|part| findings.contains(part)), "{findings}");
    }
    for (feature, wanted) in [
        ("score = \"file\"", "needs the `file`"),
        ("score = \"file\"\nfile = \"codes/none.csv\"", "there is no score file"),
        ("score = \"charlson_quan\"\nfile = \"codes/index.csv\"", "goes with"),
        ("score = \"charlson_kwan\"", "charlson_quan"),
        ("score = \"file\"\nfile = \"codes/index.csv\"\nof = 0", "at least 1"),
        ("rule = \"age > 3\"\nfile = \"codes/index.csv\"", "only for a score"),
    ] {
        let (model, findings) = with_score_file(feature, "group,system,code\na,icd10,R06\n");
        assert!(model.is_none() && findings.contains(wanted), "{findings}");
    }
}
