//! Which rows of the requirement table the seven models answer. A row about a model's content is answered by a model, service,
//! measure, contract, characteristic or building block, or it stands below with the reason why it is left to later work.
#![allow(clippy::unwrap_used)]

use blueprint::{Blueprint, OnlyBuiltin, builtin, builtin_ids, compile};
use std::collections::{BTreeMap, BTreeSet};

/// Groups of the table about care models and how many rows each has.
const GROUPS: [(&str, u32); 8] =
    [("MOD", 25), ("MCP", 33), ("PACS", 23), ("EHCH", 44), ("UEC", 11), ("ACC", 15), ("VSH", 10), ("PCH", 9)];

/// Rows that are not about a model's content.
const LATER: &[(&str, &str)] = &[
    ("MOD-001", "count of sites in the directory: programme"),
    ("MOD-002", "count of sites in the directory: programme"),
    ("MOD-003", "count of sites in the directory: programme"),
    ("MOD-004", "count of sites in the directory: programme"),
    ("MOD-005", "count of sites in the directory: programme"),
    ("MOD-017", "history of a site's scope: programme"),
    ("MOD-022", "which models a round invites: programme"),
    ("MOD-025", "population and breadth recorded for each site: programme"),
    ("MCP-025", "who led the applications: directory of sites"),
    ("PACS-020", "who led the applications: directory of sites"),
    ("EHCH-031", "who led the applications: directory of sites"),
    ("UEC-001", "people covered by all sites together: directory of sites"),
    ("ACC-008", "a shared imaging record for seven trusts at scale: imaging"),
    ("ACC-013", "how many reporters work remotely, against plan: imaging"),
];

fn model(id: &str) -> Blueprint {
    compile(&format!("{id}.toml"), builtin(id).unwrap(), &OnlyBuiltin).0.unwrap()
}

fn answered(model: &Blueprint) -> impl Iterator<Item = &String> {
    model
        .answers
        .iter()
        .chain(model.services.iter().flat_map(|s| &s.answers))
        .chain(model.measures.iter().flat_map(|m| &m.answers))
        .chain(model.contract.iter().flat_map(|c| &c.answers))
        .chain(model.characteristics.iter().flat_map(|c| &c.answers))
        .chain(model.building_blocks.iter().flat_map(|b| &b.answers))
}

#[test]
fn every_row_is_answered_or_left_to_later_with_a_reason() {
    let models: Vec<Blueprint> = builtin_ids().into_iter().map(model).collect();
    let mut by: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for model in &models {
        for row in answered(model) {
            by.entry(row).or_default().insert(&model.id);
        }
    }
    let later: BTreeMap<&str, &str> = LATER.iter().copied().collect();
    let mut open = Vec::new();
    for (group, rows) in GROUPS {
        let ids: Vec<String> = (1..=rows).map(|n| format!("{group}-{n:03}")).collect();
        let done = ids.iter().filter(|id| by.contains_key(id.as_str())).count();
        println!(
            "{group}: {done} of {rows} answered, {} later",
            ids.iter().filter(|id| later.contains_key(id.as_str())).count()
        );
        for id in &ids {
            let both = by.contains_key(id.as_str()) && later.contains_key(id.as_str());
            assert!(!both, "{id} is answered and need not stand among those left to later");
            if !by.contains_key(id.as_str()) && !later.contains_key(id.as_str()) {
                open.push(id.clone());
            }
        }
    }
    assert!(open.is_empty(), "rows neither answered nor left to later: {open:?}");
    for row in by.keys() {
        let known = GROUPS.iter().any(|(group, rows)| (1..=*rows).any(|n| *row == format!("{group}-{n:03}")));
        assert!(known, "{row} is no row of these groups");
    }
}

#[test]
fn care_homes_have_seven_elements_with_eighteen_parts() {
    let model = model("ehch");
    let mut elements: BTreeMap<&str, usize> = BTreeMap::new();
    for part in model
        .characteristics
        .iter()
        .filter(|c| c.id.starts_with('e') && c.id[1..].starts_with(|d: char| d.is_ascii_digit()))
    {
        *elements.entry(part.group.as_deref().unwrap()).or_default() += 1;
    }
    assert_eq!(elements.values().copied().collect::<Vec<_>>(), [4, 2, 2, 2, 3, 2, 3]);
    assert_eq!(elements.len(), 7);
    let note =
        model.characteristics.iter().filter(|c| c.group.as_deref().is_some_and(|g| g.contains("2015 note"))).count();
    assert_eq!(note, 9);
}

#[test]
fn every_bullet_of_the_2015_note_is_a_characteristic() {
    let count =
        |id: &str, group: &str| model(id).characteristics.iter().filter(|c| c.group.as_deref() == Some(group)).count();
    assert_eq!(count("mcp", "Multispecialty community provider"), 14);
    assert_eq!(count("pacs", "Primary and acute care system"), 12);
    assert_eq!(count("pacs", "Multispecialty community provider"), 14);
}

#[test]
fn usual_sizes_advise_and_name_their_source() {
    let pch = model("pch");
    assert!(pch.population.size_advice(40_000).is_empty());
    assert_eq!(
        pch.population.size_advice(55_000),
        ["55,000 people are more than the usual 50,000 (director's slides, May 2017)."]
    );
    let mcp = model("mcp");
    assert_eq!(mcp.population.size_advice(29_999).len(), 2);
    assert_eq!(mcp.population.size_advice(100_000).len(), 0);
}
