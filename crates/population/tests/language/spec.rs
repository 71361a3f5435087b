//! Specifications: every one on both engines, for several buckets and threads.

use crate::fast::{self, Place};
use crate::slow;
use crate::table::{self, Table};
use blueprint::{Diagnostic, FeatureSet, OnlyBuiltin, feature_set};
use nhs::Day;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// One page of the reference.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    pub title: String,
    pub about: String,
    pub spec: Vec<Spec>,
}

/// One construct, shown on a small table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    pub title: String,
    pub about: String,
    #[serde(default)]
    pub as_of: Option<String>,
    #[serde(default)]
    pub people: String,
    #[serde(default)]
    pub events: String,
    pub language: String,
    /// The value of each feature for each person.
    #[serde(default)]
    pub expect: String,
    /// Whether the language is refused; the message is on the page.
    #[serde(default)]
    pub refused: bool,
}

impl Spec {
    pub fn as_of(&self) -> Day {
        table::day(self.as_of.as_deref().unwrap_or("2026-03-31"))
    }

    pub fn compile(&self) -> (Option<FeatureSet>, Vec<Diagnostic>) {
        feature_set("question.toml", &self.language, &OnlyBuiltin)
    }
}

/// Every page with the name of its file, in the order of names.
pub fn pages() -> Vec<(String, Page)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("specs");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        let page = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        (path.file_stem().unwrap().to_str().unwrap().to_owned(), page)
    };
    files.into_iter().map(read).collect()
}

#[test]
fn every_specification_holds_on_both_engines() {
    let (mut checked, mut wrong) = (0, Vec::new());
    for (file, page) in pages() {
        for spec in &page.spec {
            let name = format!("{file}: {}", spec.title);
            let (set, findings) = spec.compile();
            if spec.refused {
                assert!(set.is_none(), "{name} is not refused");
                continue;
            }
            let set = set.unwrap_or_else(|| panic!("{name}:\n{}", rendered(&findings)));
            checked += check(&name, spec, &set, &mut wrong);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(checked > 400, "only {checked} values were checked");
}

fn check(name: &str, spec: &Spec, set: &FeatureSet, wrong: &mut Vec<String>) -> usize {
    let expected = Table::parse(&spec.expect);
    assert_eq!(expected.columns.first().map(String::as_str), Some("person"), "{name}");
    let order: Vec<String> = expected.rows.iter().map(|row| row[0].clone()).collect();
    let people = table::people(&Table::parse(&spec.people), &Table::parse(&spec.events), &order);
    let own = set.features.iter().filter(|feature| spec.language.contains(&format!("[feature.{}]", feature.id)));
    for feature in own {
        let shown = expected.columns.contains(&feature.id);
        assert!(shown, "{name} says nothing of `{}`", feature.id);
    }
    let slow: Vec<Vec<Option<i64>>> = people.iter().map(|person| slow::values(set, person, spec.as_of())).collect();
    for (buckets, threads) in [(1, 1), (3, 4)] {
        let place = Place::write(&people, spec.as_of(), buckets);
        let fast = place.ask(set, spec.as_of(), threads);
        for (person, row) in expected.rows.iter().enumerate() {
            for (column, wanted) in expected.columns.iter().zip(row).skip(1) {
                let position = set.position(column).unwrap_or_else(|| panic!("{name}: there is no feature `{column}`"));
                let feature = &set.features[position];
                let slowly = table::shown(feature, slow[person][position]);
                let quickly = table::shown(feature, fast::value(&fast[position], person));
                for (engine, found) in [("slow", slowly), ("fast", quickly)] {
                    if found != *wanted {
                        let place = format!("{name}: {column} of person {} on the {engine} engine", row[0]);
                        wrong.push(format!("{place} is `{found}` and not `{wanted}`"));
                    }
                }
            }
        }
    }
    expected.rows.len() * (expected.columns.len() - 1)
}

pub fn rendered(findings: &[Diagnostic]) -> String {
    findings.iter().map(Diagnostic::render).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_source_that_the_snapshot_lacks_is_refused_by_name() {
    let place = Place::write(&[slow::Person::default()], Day(20_000), 1);
    for language in [
        "[feature.x]\ncount = \"admission\"\nwhere = \"source = 'gpp'\"\n",
        "[feature.x]\nknown_to = \"gpp\"\n",
        "[feature.x]\ncount = \"admission\"\nfollowed_by = { event = \"death\", where = \"source in ('gp', 'gpp')\", within = \"9 days\" }\n",
    ] {
        let set = feature_set("question.toml", language, &OnlyBuiltin).0.unwrap();
        let refusal = place.refusal(&set, Day(20_000)).unwrap();
        assert!(refusal.contains("source `gpp`") && refusal.contains("gp, hospital, register"), "{refusal}");
    }
}
