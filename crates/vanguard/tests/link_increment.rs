//! `vanguard link --state`, `vanguard link add` and `--dry-run` on real files, and input nobody would want to be given.
#![expect(clippy::unwrap_used, reason = "a failure in a test should stop it")]

use lake::table::{Column, Named, read_table, write_table};
use serde_json::Value;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Output};

fn vanguard(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_vanguard")).current_dir(folder).args(args).output().unwrap()
}

/// The JSON of a command that must succeed.
fn told(folder: &Path, args: &[&str]) -> Value {
    let output = vanguard(folder, &[args, &["--json"]].concat());
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty(), "silent with --json: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What a command that must fail says.
fn refused(folder: &Path, args: &[&str]) -> String {
    let output = vanguard(folder, args);
    assert!(!output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8_lossy(&output.stderr).lines().filter(|line| line.contains(' ')).collect::<Vec<_>>().join("\n")
}

const HEADER: &str = "id,source,surname,given_name,dob,sex,postcode,address1,nhs_number\n";

/// People with two or three records each; some with slips, some without number.
fn rows(people: std::ops::Range<u32>, source: &str, slip: u32) -> String {
    let families = ["Ashworth", "Barraclough", "Clough", "Dewhirst", "Entwistle", "Fairburn", "Greenhalgh"];
    let givens = ["Amelia", "Bertram", "Cecily", "Desmond", "Edith"];
    let mut text = String::new();
    for person in people {
        let (mut family, given) = (families[person as usize % 7].to_owned(), givens[person as usize % 5]);
        if slip > 0 && person % slip == 0 {
            family.pop();
        }
        let (year, month, day) = (1930 + person % 71, 1 + person % 12, 1 + person % 28);
        let unit = char::from(b'A' + (person % 20) as u8);
        writeln!(
            text,
            "{source}{person},{source},{family},{given},{year}-{month:02}-{day:02},{},LS{} {}A{unit},{} Mill Lane,",
            if person % 2 == 0 { "F" } else { "M" },
            1 + person % 28,
            person % 10,
            person % 140
        )
        .unwrap();
    }
    text
}

fn column(path: &Path, name: &str) -> Column {
    read_table(path).unwrap().into_iter().find(|(own, _)| own == name).unwrap().1
}

fn numbers(path: &Path, name: &str) -> Vec<i64> {
    let Column::I64(values) = column(path, name) else { panic!("{name} is a whole number") };
    values
}

#[test]
fn records_are_added_and_people_stay() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::write(at.join("first.csv"), format!("{HEADER}{}{}", rows(0..600, "gp", 0), rows(0..300, "ae", 9)))
        .unwrap();
    std::fs::write(at.join("second.csv"), format!("{HEADER}{}", rows(250..650, "ward", 7))).unwrap();
    std::fs::write(at.join("third.csv"), format!("{HEADER}{}", rows(600..700, "clinic", 0))).unwrap();
    let first = told(at, &["link", "first.csv", "--out", "whole", "--id", "id", "--state"]);
    let plain = told(at, &["link", "first.csv", "--out", "plain", "--id", "id"]);
    assert_eq!(first, plain, "a state changes nothing about the answer");
    for table in ["clusters", "edges"] {
        let of = |folder: &str| read_table(&at.join(folder).join(format!("{table}.parquet"))).unwrap();
        assert_eq!(of("whole"), of("plain"));
    }
    let before = numbers(&at.join("whole/clusters.parquet"), "cluster_id");
    for (load, file) in [(1, "second.csv"), (2, "third.csv")] {
        let added = told(at, &["link", "add", file, "--to", "whole", "--check"]);
        assert_eq!(added["load"], load);
        assert_eq!(added["differences"], serde_json::json!([]), "{added:#}");
        assert!(added["people"]["grown"].as_u64().unwrap() >= 40, "{added:#}");
        assert!(added["pairs"].as_u64().unwrap() > 0);
    }
    let after = numbers(&at.join("whole/clusters.parquet"), "cluster_id");
    assert_eq!(after.len(), 600 + 300 + 400 + 100);
    let log = std::fs::read_to_string(at.join("whole/changes.csv")).unwrap();
    assert!(log.starts_with("load,change,cluster_id,other,records\n1,"), "{log}");
    assert!(log.contains("\n2,"), "both loads are in the log");
    // Who changed identifier was merged or split, and the log says so.
    for (old, new) in before.iter().zip(&after).filter(|(old, new)| old != new) {
        let named = log.lines().any(|line| {
            line.contains(&format!("merged,{new},{old},")) || line.contains(&format!("split,{old},{new},"))
        });
        assert!(named, "{old} became {new} without a word");
    }
    // The clusters are the connected parts of the links.
    let (Column::Text(ids), Column::Text(left), Column::Text(right)) = (
        column(&at.join("whole/clusters.parquet"), "id"),
        column(&at.join("whole/edges.parquet"), "l"),
        column(&at.join("whole/edges.parquet"), "r"),
    ) else {
        panic!("ids that are text stay text")
    };
    let of = |id: &String| after[ids.iter().position(|own| own == id).unwrap()];
    assert!(left.iter().zip(&right).all(|(l, r)| of(l) == of(r)));
}

#[test]
fn wrong_additions_are_refused_and_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::write(at.join("first.csv"), format!("{HEADER}{}", rows(0..40, "gp", 0))).unwrap();
    std::fs::write(at.join("again.csv"), format!("{HEADER}{}", rows(30..50, "gp", 0))).unwrap();
    std::fs::write(at.join("other.csv"), "surname,dob\nSmith,1970-01-01\n").unwrap();
    let none = refused(at, &["link", "add", "again.csv", "--to", "nowhere"]);
    assert!(none.contains("link the first records with vanguard link") && none.contains("--state"), "{none}");
    told(at, &["link", "first.csv", "--out", "whole", "--id", "id", "--state"]);
    let state = std::fs::read(at.join("whole/state.bin")).unwrap();
    let twice = refused(at, &["link", "add", "again.csv", "--to", "whole"]);
    assert!(twice.contains("the id \"gp30\" stands on record 31 of the whole and row 1 of again"), "{twice}");
    let without = refused(at, &["link", "add", "other.csv", "--to", "whole"]);
    assert!(without.contains("--id id: no such column"), "{without}");
    let beside = refused(at, &["link", "first.csv", "--out", "whole"]);
    assert!(beside.contains("holds the state of a linked whole"), "{beside}");
    assert_eq!(std::fs::read(at.join("whole/state.bin")).unwrap(), state, "nothing was written");
    let mut damaged = state.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 4;
    std::fs::write(at.join("whole/state.bin"), damaged).unwrap();
    let damaged = refused(at, &["link", "add", "again.csv", "--to", "whole"]);
    assert!(damaged.contains("failed to read whole/state.bin") && damaged.contains("damaged"), "{damaged}");
    std::fs::write(at.join("whole/state.bin"), "something else").unwrap();
    let foreign = refused(at, &["link", "add", "again.csv", "--to", "whole"]);
    assert!(foreign.contains("of another version of the program, or no state at all"), "{foreign}");
}

#[test]
fn the_cost_is_told_before_anything_runs() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let mut text = format!("{HEADER}{}{}", rows(0..500, "gp", 0), rows(0..400, "ae", 9));
    // 2,500 records without a day of birth of their own and with one family name: a block over the cap.
    for i in 0..2500 {
        writeln!(text, "x{i},x,Featherstonehaugh,,1900-02-01,,,{i} High Street,").unwrap();
    }
    std::fs::write(at.join("people.csv"), text).unwrap();
    let cost = told(at, &["link", "people.csv", "--dry-run", "--id", "id"]);
    assert!(!at.join("edges.parquet").exists());
    let done = told(at, &["link", "people.csv", "--out", "out", "--id", "id", "--no-train"]);
    assert_eq!(cost["pairs"], done["pairs"]);
    assert_eq!(cost["profiles"], done["profiles"]);
    let large = &cost["rules"][0]["largest"][0];
    assert_eq!(large["records"], 2500);
    assert_eq!(large["key"], "family of 17 letters, a date of birth");
    assert_eq!(done["rules"][0]["largest_skipped"], 2500);
    assert!(!cost.to_string().contains("FEATHER"), "no value of a person: {cost:#}");
    assert!(cost["cpu_seconds"].as_f64().unwrap() > 0.0 && cost["bytes"].as_u64().unwrap() > 1 << 20);
    let text = String::from_utf8(vanguard(at, &["link", "people.csv", "--dry-run"]).stdout).unwrap();
    assert!(
        text.contains("Nothing was linked.") && text.contains("2,500 records that share family of 17 letters"),
        "{text}"
    );
}

/// Records called UNKNOWN, one value for everybody, columns without a value, bytes that are no text.
#[test]
fn poor_records_are_told_and_cost_little() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let mut text = HEADER.to_owned();
    for i in 0..200_000 {
        writeln!(text, "{i},x,UNKNOWN,UNKNOWN,1900-01-01,,ZZ99 3VZ,No fixed abode,").unwrap();
    }
    std::fs::write(at.join("unknown.csv"), &text).unwrap();
    let unknown = told(at, &["link", "unknown.csv", "--out", "out", "--id", "id"]);
    assert_eq!((&unknown["clusters"], &unknown["pairs"]), (&Value::from(200_000), &Value::from(0)), "{unknown:#}");

    // The same name, day and place, and an address that is never the same: nothing can be folded away, and the block is over the cap.
    let mut text = HEADER.to_owned();
    for i in 0..200_000 {
        writeln!(text, "{i},x,Smith,John,1970-05-05,,LS1 4AP,{i} High Street,").unwrap();
    }
    std::fs::write(at.join("giant.csv"), &text).unwrap();
    let giant = told(at, &["link", "giant.csv", "--out", "out", "--id", "id", "--no-train"]);
    assert_eq!(giant["rules"][0]["largest_skipped"], 200_000, "{giant:#}");
    assert_eq!(giant["rules"][0]["skipped_blocks"], 1);
    assert_eq!(giant["pairs"], 0);

    let mut text = HEADER.to_owned();
    for i in 0..50 {
        writeln!(text, "{i},x,Smith{i},Ann,,,,,").unwrap();
    }
    std::fs::write(at.join("null.csv"), &text).unwrap();
    let null = told(at, &["link", "null.csv", "--out", "out", "--id", "id"]);
    let notes = null["notes"].to_string();
    for column in ["dob (birth)", "sex (sex)", "postcode (postcode)", "address1 (address)", "nhs_number (number)"] {
        assert!(notes.contains(&format!("{column} is empty on every row")), "{notes}");
    }

    std::fs::write(at.join("bytes.csv"), b"surname,dob\nM\xfcller,1970-01-01\n\xff\xfe\x00,\x80\nSmith\n").unwrap();
    let bytes = told(at, &["link", "bytes.csv", "--out", "out"]);
    let notes = bytes["notes"].to_string();
    assert!(notes.contains("2 of 3 rows have text that is not UTF-8"), "{notes}");
    assert!(notes.contains("1 of 3 rows have a date of birth that is no date"), "{notes}");
    assert!(notes.contains("1 of 3 rows have more or fewer cells"), "{notes}");
    assert_eq!(bytes["clusters"], 3);
}

#[test]
fn files_without_people_and_ids_that_do_not_tell_apart() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::write(at.join("nothing.csv"), "").unwrap();
    std::fs::write(at.join("blank.csv"), "\n\n").unwrap();
    std::fs::write(at.join("header.csv"), "id,surname,dob\n").unwrap();
    std::fs::write(at.join("foreign.csv"), "alpha,beta\n1,2\n").unwrap();
    std::fs::write(at.join("twice.csv"), "id,surname,who\n1,Smith,a\n2,Jones,b\n1,Smith,c\n").unwrap();
    for (file, expect) in [
        ("nothing.csv", "it is empty; give a file with a header and rows"),
        ("blank.csv", "it is empty; give a file with a header and rows"),
        ("foreign.csv", "none of its columns (alpha, beta) is one the model knows"),
    ] {
        let error = refused(at, &["link", file, "--out", "out"]);
        assert!(error.contains(expect), "{file}: {error}");
    }
    let twice = refused(at, &["link", "twice.csv", "--out", "out", "--id", "id", "--truth", "who"]);
    assert!(
        twice.contains("row 1 of twice and row 3 of twice")
            && twice.contains("the truth of the two is \"a\" and \"c\""),
        "{twice}"
    );
    for args in [&["--out", "empty", "--state"][..], &["--dry-run"]] {
        let empty = told(at, &[&["link", "header.csv", "--id", "id"], args].concat());
        assert_eq!(empty["records"], 0);
        assert!(empty["notes"].to_string().contains("header: no rows"), "{empty:#}");
    }
    std::fs::write(at.join("one.csv"), "id,surname,dob\n1,Smith,1970-01-01\n").unwrap();
    let added = told(at, &["link", "add", "one.csv", "--to", "empty", "--check"]);
    assert_eq!((&added["clusters"], &added["people"]["new"]), (&Value::from(1), &Value::from(1)));
}

/// Numbers, days, truth values and absent values where text is expected.
#[test]
fn parquet_of_any_types() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let columns: Vec<Named> = vec![
        ("surname".to_owned(), Column::I64(vec![12, 12, 7])),
        ("given_name".to_owned(), Column::Bool(vec![true, true, false])),
        ("dob".to_owned(), Column::Date(vec![Some(nhs::Day(4000)), Some(nhs::Day(4000)), None])),
        ("postcode".to_owned(), Column::Number { decimals: 2, values: vec![Some(123), Some(123), None] }),
        (
            "nhs_number".to_owned(),
            Column::Number { decimals: 0, values: vec![Some(9_434_765_919), Some(9_434_765_919), Some(5)] },
        ),
        ("address1".to_owned(), Column::OptionalText(vec![None, Some("é".to_owned()), None])),
    ];
    write_table(&at.join("odd.parquet"), &columns).unwrap();
    let odd = told(at, &["link", "odd.parquet", "--out", "out"]);
    assert_eq!((&odd["records"], &odd["joined_by_number"]), (&Value::from(3), &Value::from(1)), "{odd:#}");
    assert!(odd["notes"].to_string().contains("1 of 3 rows have a number that is not valid"), "{odd:#}");
    let whole = std::fs::read(at.join("odd.parquet")).unwrap();
    std::fs::write(at.join("cut.parquet"), &whole[..whole.len() / 2]).unwrap();
    let cut = refused(at, &["link", "cut.parquet", "--out", "out"]);
    assert!(cut.contains("failed to read cut.parquet"), "{cut}");
}

const TIER: &str = "
[[tier]]
name = \"one address and birth date\"
when = [\"address exact\", \"postcode exact\", \"birth exact\"]
";

/// A threshold chosen by expected precision and deterministic tiers are those of the first run, load after load.
#[test]
fn tiers_and_a_chosen_threshold_stay_with_the_state() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::write(at.join("first.csv"), format!("{HEADER}{}{}", rows(0..600, "gp", 0), rows(0..300, "ae", 9)))
        .unwrap();
    std::fs::write(at.join("second.csv"), format!("{HEADER}{}", rows(250..650, "ward", 7))).unwrap();
    std::fs::write(at.join("third.csv"), format!("{HEADER}{}", rows(500..700, "clinic", 5))).unwrap();
    let model = linkage::Model::person().unwrap().to_toml() + TIER;
    std::fs::write(at.join("tiers.toml"), model).unwrap();
    let first = ["link", "first.csv", "--model", "tiers.toml", "--id", "id", "--precision", "0.997"];
    let plain = told(at, &[&first[..], &["--out", "plain"]].concat());
    let first = told(at, &[&first[..], &["--out", "whole", "--state"]].concat());
    assert_eq!(first["clusters"], plain["clusters"], "a state changes nothing about the answer");
    assert_eq!(first["precision"], 0.997);
    let threshold = first["threshold"].as_f64().unwrap();
    assert!(threshold != 0.95, "it is chosen: {threshold}");
    for file in ["second.csv", "third.csv"] {
        let added = told(at, &["link", "add", file, "--to", "whole", "--check"]);
        assert_eq!(added["differences"], serde_json::json!([]), "{added:#}");
        assert_eq!((&added["threshold"], &added["precision"]), (&first["threshold"], &first["precision"]));
        assert_eq!(added["tiers"][0]["name"], "one address and birth date");
        assert!(added["tiers"][0]["joined"].as_u64().unwrap() > 0, "{added:#}");
        let (again, all) = (added["looked_at_again"].as_u64().unwrap(), added["records"].as_u64().unwrap());
        assert!(again < all * 3 / 4, "only what the new records touch is looked at again: {again} of {all}");
    }
}

/// A run that is killed at any moment has either happened or not: state, answer and log are of one load.
#[test]
fn a_killed_addition_has_happened_or_not() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::write(at.join("first.csv"), format!("{HEADER}{}", rows(0..3000, "gp", 0))).unwrap();
    told(at, &["link", "first.csv", "--out", "whole", "--id", "id", "--state"]);
    let mut next = 3000;
    let mut records = 3000;
    for wait in [2, 5, 8, 12, 16, 20, 25, 30, 40, 60] {
        let file = at.join("more.csv");
        std::fs::write(&file, format!("{HEADER}{}", rows(next..next + 50, "ward", 7))).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_vanguard"))
            .current_dir(at)
            .args(["link", "add", "more.csv", "--to", "whole", "--json"])
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(wait));
        let _ = child.kill();
        child.wait().unwrap();
        next += 50;
        // The next addition finds a whole of one load.
        std::fs::write(&file, format!("{HEADER}{}", rows(next..next + 1, "ward", 0))).unwrap();
        let added = told(at, &["link", "add", "more.csv", "--to", "whole", "--check"]);
        next += 1;
        assert_eq!(added["differences"], serde_json::json!([]), "{added:#}");
        let now = added["records"].as_u64().unwrap();
        assert!(now == records + 1 || now == records + 51, "{now} after {records}");
        records = now;
        assert_eq!(numbers(&at.join("whole/clusters.parquet"), "cluster_id").len() as u64, now);
        let log = std::fs::read_to_string(at.join("whole/changes.csv")).unwrap();
        let loads: std::collections::BTreeSet<u64> =
            log.lines().skip(1).map(|line| line.split(',').next().unwrap().parse().unwrap()).collect();
        assert_eq!(loads.len() as u64, added["load"].as_u64().unwrap(), "every load is in the log, once");
        let left: Vec<_> = std::fs::read_dir(at.join("whole"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|end| end == "part") || path.ends_with("commit.json"))
            .collect();
        assert!(left.is_empty(), "{left:?}");
    }
}
