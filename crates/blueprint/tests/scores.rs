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
    let (Some(codes), Some(weights)) = (shared(codes), shared("CHARLSON_WEIGHTS.csv")) else { return };
    let weights: Vec<i64> =
        weights.lines().skip(2).map(|line| cells(line)[weight_column].trim().parse().unwrap()).collect();
    let codes: Vec<Vec<String>> =
        codes.lines().skip(2).map(|line| cells(line)[3].trim().split('|').map(str::to_owned).collect()).collect();
    assert_eq!(table.groups.len(), codes.len());
    for ((group, codes), weight) in table.groups.iter().zip(codes).zip(weights) {
        assert_eq!(group.codes, codes, "{}", group.name);
        assert_eq!(group.weight_tenths, weight * 10, "{}", group.name);
    }
}

#[test]
fn charlson_stems_and_weights_are_those_published() {
    check_charlson(score_table(ScoreKind::CharlsonQuan), "CHARLSON_QUAN.csv", 5);
    check_charlson(score_table(ScoreKind::CharlsonShmi), "CHARLSON_UK_SHMI_v1.60.csv", 6);
}
