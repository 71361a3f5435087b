//! The rules of the repository, and for each rule a repository that breaks it.
#![expect(clippy::unwrap_used, reason = "helpers of tests may stop the test")]

use xtask::imports::{self, Package};
use xtask::{output_of, root, text, tracked_texts};

fn packages() -> Vec<Package> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let metadata = output_of(&cargo, &["metadata", "--format-version", "1", "--no-deps", "--offline"]).unwrap();
    let metadata: serde_json::Value = serde_json::from_str(&metadata).unwrap();
    let package = |value: &serde_json::Value| Package {
        name: value["name"].as_str().unwrap().to_owned(),
        imports: value["dependencies"]
            .as_array()
            .unwrap()
            .iter()
            .map(|import| (import["name"].as_str().unwrap().to_owned(), import["kind"] == "dev"))
            .collect(),
    };
    metadata["packages"].as_array().unwrap().iter().map(package).collect()
}

#[track_caller]
fn none(breaches: &[String]) {
    assert!(breaches.is_empty(), "{} breaches:\n{}", breaches.len(), breaches.join("\n"));
}

fn file(path: &str, text: &str) -> Vec<(String, String)> {
    vec![(path.to_owned(), text.to_owned())]
}

#[test]
fn every_crate_imports_only_what_its_row_allows() {
    let packages = packages();
    assert!(packages.len() > 10, "cargo metadata names the crates");
    none(&imports::breaches(&packages));
}

#[test]
fn the_import_table_finds_every_kind_of_breach() {
    let check = |name: &str, import: &str, for_tests: bool| {
        let imports = vec![(import.to_owned(), for_tests)];
        imports::breaches(&[Package { name: name.to_owned(), imports }]).join("; ")
    };
    assert_eq!(check("lake", "nhs", false), "");
    assert_eq!(check("lake", "parquet", false), "");
    assert_eq!(check("lake", "sqlparser", false), "lake imports sqlparser, which only blueprint may know");
    assert_eq!(check("lake", "arrow-array", false), "");
    assert_eq!(check("intake", "arrow-array", false), "intake imports arrow-array, which only lake may know");
    assert_eq!(check("care", "sqlx", false), "care imports sqlx, which only store may know");
    assert_eq!(check("care", "sqlx-core", false), "care imports sqlx-core, which only store may know");
    assert_eq!(check("vanguard", "datafusion", false), "vanguard imports datafusion, which only cluster may know");
    assert_eq!(check("lake", "population", false), "lake (floor 1) imports population (floor 3)");
    assert_eq!(check("lake", "population", true), "lake (floor 1) imports population (floor 3)");
    assert_eq!(check("lake", "store", false), "lake (floor 1) imports store (floor 1)");
    assert_eq!(check("intake", "simulate", true), "");
    assert_eq!(check("intake", "simulate", false), "intake (floor 2) imports simulate (floor 2)");
    assert_eq!(check("population", "store", false), "population imports store, which its row does not allow");
    assert_eq!(check("blueprint", "tokio", false), "blueprint is a pure library and imports tokio");
    assert_eq!(check("surprise", "nhs", false), "surprise is not in the import table");
}

#[test]
fn the_import_table_climbs() {
    for (name, floor, allowed) in imports::CRATES {
        for import in *allowed {
            let row = imports::CRATES.iter().find(|(other, ..)| other == import);
            assert!(
                row.is_some_and(|(_, lower, _)| lower < floor),
                "{name} may import {import}, which is not below it"
            );
        }
    }
}

#[test]
fn every_crate_stands_in_architecture_md() {
    let page = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    for package in packages() {
        let name = &package.name;
        let named = page.contains(&format!("{name}/")) || page.contains(&format!("`{name}`"));
        assert!(named, "ARCHITECTURE.md does not name {name}");
    }
}

#[test]
fn files_are_small() {
    none(&text::too_long(&tracked_texts().unwrap()));
    let long = "x\n".repeat(text::LINES + 1);
    assert_eq!(text::too_long(&file("crates/lake/src/a.rs", &long)).len(), 1);
    assert_eq!(text::too_long(&file("crates/lake/src/a.rs", &long[2..])).len(), 0);
    for (path, reason) in text::LONG {
        let lines = std::fs::read_to_string(root().join(path)).unwrap().lines().count();
        assert!(lines > text::LINES, "{path} is short by now; take it off the list ({reason})");
    }
}

#[test]
fn nothing_is_left_undone_or_switched_off() {
    none(&text::unfinished(&tracked_texts().unwrap()));
    for mark in [concat!("// TO", "DO: later"), concat!("to", "do!()"), concat!("#[ig", "nore]")] {
        assert_eq!(text::unfinished(&file("crates/a/src/b.rs", mark)).len(), 1, "{mark}");
        assert_eq!(text::unfinished(&file("scripts/b", mark)).len(), 1, "{mark}");
    }
}

#[test]
fn no_file_is_bound_to_one_machine() {
    none(&text::machine_bound(&tracked_texts().unwrap()));
    let lock = concat!("{\"resol", "ved\": \"somewhere\"}");
    assert_eq!(
        text::machine_bound(&file("web/package-lock.json", lock)),
        [concat!("web/package-lock.json:1: has \"resol", "ved\"")]
    );
    assert_eq!(text::machine_bound(&file("docs/a.md", concat!("see /wo", "rk/main"))).len(), 1);
    assert_eq!(text::machine_bound(&file("docs/a.md", "see the workspace")).len(), 0);
}

#[test]
fn every_dependency_comes_from_the_workspace() {
    let files = tracked_texts().unwrap();
    let manifests: Vec<_> = files.iter().filter(|(path, _)| path.ends_with("/Cargo.toml")).collect();
    assert!(manifests.len() > 10);
    let breaches: Vec<_> = manifests.iter().flat_map(|(path, text)| text::own_dependencies(path, text)).collect();
    none(&breaches);

    let bad = "[dependencies]\nnhs.workspace = true # ours\nserde = \"1\"\n[dev-dependencies.toml]\nversion = \"1\"\n[lints]\nworkspace = true\n";
    assert_eq!(
        text::own_dependencies("a", bad),
        ["a:3: serde is not taken from the workspace", "a:4: write the dependency on one line"]
    );
    let good = "[dependencies]\ntokio = { workspace = true, features = [\"rt\"] }\n";
    assert_eq!(text::own_dependencies("a", good), [""; 0]);
}

#[test]
fn documents_name_only_requirements_that_exist() {
    let Ok(table) = std::fs::read_to_string(root().join("../shared/mission/REQUIREMENTS.md")) else {
        println!("skipped: ../shared is not there");
        return;
    };
    let groups = [
        "PRG", "REG", "SEL", "SUP", "BAR", "FUN", "EVA", "LRN", "GOV", "MOD", "MCP", "PACS", "EHCH", "UEC", "ACC",
        "VSH", "PCH", "POP", "CAR", "REC", "FIN", "WRK", "USR", "SYS", "EVD", "SITE",
    ];
    let known = text::requirement_ids(&table, &groups);
    assert!(known.len() > 500, "the table has {} ids", known.len());
    let unknown = |path: &str, page: &str| -> Vec<String> {
        let ids = text::requirement_ids(page, &groups);
        ids.iter().filter(|id| !known.contains(id)).map(|id| format!("{path} names {id}")).collect()
    };
    assert_eq!(unknown("a", "MCP-001, (PACS-999); ISO-639"), ["a names PACS-999"]);
    let files = tracked_texts().unwrap();
    let named = files.iter().filter(|(path, _)| path.starts_with("docs/") || path.starts_with("blueprints/"));
    none(&named.flat_map(|(path, page)| unknown(path, page)).collect::<Vec<_>>());
}
