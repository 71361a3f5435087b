//! Who may import whom: the floors of ARCHITECTURE.md as data.

/// A crate of ours: its name, its floor, and the crates of ours it may import.
pub const CRATES: &[(&str, u8, &[&str])] = &[
    ("nhs", 0, &[]),
    ("linkage", 1, &["nhs"]),
    ("evidence", 1, &["nhs"]),
    ("contract", 1, &["nhs"]),
    ("blueprint", 1, &["nhs"]),
    ("lake", 1, &["nhs"]),
    ("store", 1, &["nhs"]),
    ("simulate", 2, &["nhs"]),
    ("cluster", 2, &["nhs", "lake"]),
    ("intake", 2, &["nhs", "linkage", "lake"]),
    ("population", 3, &["nhs", "blueprint", "lake", "evidence"]),
    ("care", 4, &["nhs", "store", "lake", "population", "blueprint"]),
    ("programme", 4, &["nhs", "store", "blueprint", "evidence", "contract"]),
    (
        "vanguard",
        5,
        &[
            "nhs",
            "linkage",
            "evidence",
            "contract",
            "blueprint",
            "lake",
            "store",
            "simulate",
            "intake",
            "population",
            "care",
            "programme",
        ],
    ),
    ("xtask", 0, &[]),
];

/// Foreign crates that only one crate of ours may know (a trailing `*` stands for any ending).
pub const WALLS: &[(&str, &str)] = &[
    ("arrow*", "lake"),
    ("parquet*", "lake"),
    ("sqlx*", "store"),
    ("axum*", "vanguard"),
    ("maud*", "vanguard"),
    ("clap*", "vanguard"),
    ("datafusion*", "cluster"),
    ("sqlparser", "blueprint"),
];

/// Crates without input, output or threads of their own making: what they must not import.
pub const PURE: &[&str] = &["nhs", "linkage", "evidence", "contract", "blueprint"];
const IMPURE: &[&str] = &["tokio", "reqwest", "hyper", "rusqlite", "sqlx", "axum", "tempfile"];

/// One package of the workspace as `cargo metadata` tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// What it imports, and whether for its tests only.
    pub imports: Vec<(String, bool)>,
}

/// Every breach of the import table, one sentence each.
pub fn breaches(packages: &[Package]) -> Vec<String> {
    let mut found = Vec::new();
    for package in packages {
        let Some((_, floor, allowed)) = CRATES.iter().find(|(name, ..)| *name == package.name) else {
            found.push(format!("{} is not in the import table", package.name));
            continue;
        };
        for (import, for_tests) in &package.imports {
            if let Some((_, import_floor, _)) = CRATES.iter().find(|(name, ..)| name == import) {
                // Tests may also use a crate of the same floor: those of intake read what simulate writes.
                let lower = import_floor < floor || (*for_tests && import_floor == floor);
                if !lower {
                    found.push(format!("{} (floor {floor}) imports {import} (floor {import_floor})", package.name));
                } else if !allowed.contains(&import.as_str()) && !for_tests {
                    found.push(format!("{} imports {import}, which its row does not allow", package.name));
                }
            }
            if let Some((_, owner)) = WALLS.iter().find(|(pattern, _)| matches(pattern, import))
                && *owner != package.name
                && !for_tests
            {
                found.push(format!("{} imports {import}, which only {owner} may know", package.name));
            }
            if PURE.contains(&package.name.as_str()) && IMPURE.contains(&import.as_str()) && !for_tests {
                found.push(format!("{} is a pure library and imports {import}", package.name));
            }
        }
    }
    found
}

fn matches(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(stem) => name == stem || name.strip_prefix(stem).is_some_and(|rest| rest.starts_with('-')),
        None => name == pattern,
    }
}
