//! A cohort's count on a large place: how long, and how many bytes. Run with
//! `cargo bench -p vanguard --bench cohort -- [PEOPLE]` (2,000,000 unless said otherwise).
//!
//! A place of 20,000 is simulated and computed, and its table of people is written again and again into one file of the same
//! format, each time with other identifiers, until there are enough people.
#![expect(clippy::unwrap_used, reason = "a bench stops at the first surprise")]

use lake::table::{Column, TableWriter, read_table};
use population::cohort::{Fields, PeopleTable, Register, Tree, Whom, by_person, profile, who};
use population::results::Summary;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

const RULE: &str = "age >= 65 and sex = 'female' and (long_term_conditions >= 3 or lives_alone) and cost_12m >= 1000 \
                    and locality != 'nowhere'";

fn main() {
    let people = std::env::args().find_map(|a| a.parse::<usize>().ok()).unwrap_or(2_000_000);
    let folder = std::env::temp_dir().join(format!("vanguard-bench-cohort-{}", std::process::id()));
    let results = place(&folder);
    let blueprint =
        blueprint::compile("mcp.toml", blueprint::builtin("mcp").unwrap(), &blueprint::OnlyBuiltin).0.unwrap();
    let summary: Summary = population::save::open_json(&results.join("summary.json")).unwrap();
    let large = folder.join("large");
    std::fs::create_dir_all(&large).unwrap();
    multiply(&results.join("people.parquet"), &large.join("people.parquet"), people);
    let fields = Fields::of(&blueprint, &summary);
    let rule = RULE.replace("nowhere", &summary.localities[0].id);
    let table = timed("open the table", || PeopleTable::open(&large, &blueprint, &summary).unwrap());
    println!("{} people", table.rows());
    let register = timed("register, with its first column", || Register::of(&table).unwrap());
    let compiled = timed("compile the rule", || fields.compile(&blueprint, &rule).unwrap());
    let member = table.membership(Whom::Served, compiled.clone());
    timed("count, six columns read from the file", || who(&table, &member).unwrap());
    println!("{:44} {:8} bytes in {} columns", "held after the count", table.held().1, table.held().0);
    let slow = timed("the same, person by person", || by_person(&table, &compiled).unwrap());
    // A threshold not asked for before: nothing of it is kept from the last count.
    let other =
        fields.compile(&blueprint, &rule.replace("65", "70").replace("1000", "2000").replace(">= 3", ">= 2")).unwrap();
    let other = table.membership(Whom::Served, other);
    timed("count, columns in memory, new conditions", || who(&table, &other).unwrap());
    timed("count, conditions kept", || who(&table, &member).unwrap());
    let settled = timed("count and settle what may be shown", || register.settle(&table, &member).unwrap());
    let tree = Tree::parse(&rule);
    timed("the page's count and funnel of five steps", || {
        for end in 1..=tree.parts.len() {
            let part = Tree { join: tree.join, parts: tree.parts[..end].to_vec() };
            let rule = table.membership(Whom::Served, fields.compile(&blueprint, &part.text()).unwrap());
            register.settle(&table, &rule).unwrap();
        }
    });
    timed("profile, every column read from the file", || profile(&table, &fields, &blueprint, &settled).unwrap());
    timed("profile, columns in memory", || profile(&table, &fields, &blueprint, &settled).unwrap());
    let everybody =
        register.settle(&table, &table.membership(Whom::Served, fields.compile(&blueprint, "").unwrap())).unwrap();
    timed("profile of everybody, columns in memory", || profile(&table, &fields, &blueprint, &everybody).unwrap());
    println!(
        "{:44} {:8} bytes in {} of {} columns",
        "held after the profile",
        table.held().1,
        table.held().0,
        table.width()
    );
    println!("{:44} {:8}", "people in the cohort", slow.count());
    std::fs::remove_dir_all(&folder).unwrap();
}

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let started = Instant::now();
    let result = work();
    println!("{what:44} {:8.1} ms", started.elapsed().as_secs_f64() * 1_000.0);
    result
}

/// The folder of the results of a simulated place.
fn place(folder: &Path) -> PathBuf {
    let place = folder.join("place");
    let place = place.to_str().unwrap();
    for arguments in [vec!["simulate", "--people", "20000", "--out", place], vec!["run", place]] {
        let status = Command::new(env!("CARGO_BIN_EXE_vanguard"))
            .args(&arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        assert!(status.unwrap().success(), "vanguard {arguments:?}");
    }
    let results = std::fs::read_dir(folder.join("place/results")).unwrap().next().unwrap();
    results.unwrap().path()
}

fn multiply(from: &Path, to: &Path, people: usize) {
    let mut columns = read_table(from).unwrap();
    let rows = columns[0].1.len();
    let mut writer = TableWriter::create(to, &columns).unwrap();
    for _ in 0..people.div_ceil(rows) {
        if let Column::I64(ids) = &mut columns[0].1 {
            for id in ids.iter_mut() {
                *id += 1;
            }
        }
        writer.append(&columns).unwrap();
    }
    writer.finish().unwrap();
}
