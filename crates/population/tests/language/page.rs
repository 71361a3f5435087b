//! The reference pages, written from the specifications: `VANGUARD_WRITE_REFERENCE=1` writes them, and without it the test
//! fails where a committed page is not what the specifications say.

use crate::spec::{Page, Spec, pages, rendered};
use crate::table::Table;
use std::fmt::Write as _;
use std::path::Path;

const HEAD: &str = "<!-- Written from crates/population/specs by `VANGUARD_WRITE_REFERENCE=1 cargo nextest run -p population reference_pages`. -->\n\n";

#[test]
fn reference_pages_are_what_the_specifications_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference");
    let write = std::env::var_os("VANGUARD_WRITE_REFERENCE").is_some();
    let mut index = format!(
        "{HEAD}# Reference: the language of questions\n\nEach construct with the table it is shown on and the value of every \
         person. Every table here is run by the tests on the fast engine, over a real snapshot, and on a second, slow one. How a \
         blueprint is laid out: [blueprints](../formats/blueprint.md).\n\nUnless a table says otherwise, questions are asked as of \
         31 March 2026, everybody was born on 15 June 1950, is registered and lives in an area of the fifth decile.\n\n| Page | |\n|---|---|\n"
    );
    let mut wanted = Vec::new();
    for (file, page) in pages() {
        let first = page.about.trim().split(". ").next().unwrap_or_default().trim_end_matches('.').to_owned();
        let _ = writeln!(index, "| [{}]({file}.md) | {} |", page.title, first.replace('\n', " "));
        wanted.push((format!("{file}.md"), written(&page)));
    }
    wanted.push(("README.md".to_owned(), index));
    for (name, text) in &wanted {
        let path = folder.join(name);
        if write {
            std::fs::write(&path, text).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(committed == *text, "{name} is out of date: run with VANGUARD_WRITE_REFERENCE=1");
    }
    for entry in std::fs::read_dir(&folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(wanted.iter().any(|(page, _)| *page == name), "docs/reference/{name} comes from no specification");
    }
}

fn written(page: &Page) -> String {
    let mut text = format!("{HEAD}# {}\n\n{}\n", page.title, page.about.trim());
    for spec in &page.spec {
        let _ = write!(text, "\n## {}\n{}\n", spec.title, spec.about.trim());
        let _ = write!(text, "\n```toml\n{}\n```\n", spec.language.trim());
        if spec.refused {
            let _ = write!(text, "\nThe answer:\n```\n{}\n```\n", rendered(&spec.compile().1).trim());
            continue;
        }
        tables(&mut text, spec);
    }
    text
}

fn tables(text: &mut String, spec: &Spec) {
    if let Some(as_of) = &spec.as_of {
        let _ = write!(text, "\nAs of {as_of}.\n");
    }
    for (label, drawn) in [("People", &spec.people), ("Events", &spec.events), ("Value of each person", &spec.expect)] {
        let table = Table::parse(drawn);
        if table.rows.is_empty() {
            continue;
        }
        let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
        let _ = write!(text, "\n{label}:\n\n{}", line(&table.columns));
        let _ = writeln!(text, "|{}", "---|".repeat(table.columns.len()));
        for row in &table.rows {
            text.push_str(&line(row));
        }
    }
}
