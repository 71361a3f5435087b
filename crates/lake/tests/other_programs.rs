//! The files open in other people's programs: `DuckDB` (with `views.sql`) and Polars count and sum what was written.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod common;

use common::{made_place, sorted, write};
use std::path::PathBuf;
use std::process::Command;

/// The script prints one line per program: people, events, sum of costs, sum of values, last day, rows of the view in
/// words, admissions that were emergencies in it, pounds in it.
const SCRIPT: &str = r#"
import sys
try:
    import duckdb, polars
except ImportError as e:
    print("skipped:", e)
    sys.exit(0)
home = sys.argv[1]
con = duckdb.connect()
con.execute(f"SET file_search_path = '{home}'")
con.execute(open(f"{home}/views.sql").read())
one = lambda q: con.execute(q).fetchone()
print("duckdb", *one("SELECT (SELECT count(*) FROM person), count(*), sum(cost), sum(value), epoch_ms(max(date))//86400000 FROM event"),
      *one("SELECT count(*), count(*) FILTER (kind = 'admission' AND method = 'emergency'), round(sum(cost_pounds)*100) FROM history"))
assert one("SELECT count(*) FROM person p JOIN identity i USING (person, id)") == one("SELECT count(*) FROM person")
assert one("SELECT count(*) FROM history WHERE code = 'I500' AND code_system = 'icd10'") == one("SELECT count(*) FROM event WHERE code = 1")
assert one("SELECT count(*) FROM code WHERE id = 0 AND code = ''") == (1,)
assert one("SELECT count(*) FROM link")[0] == 2 and one("SELECT count(*) FROM quarantine")[0] == 0
import polars as pl
event = pl.read_parquet(f"{home}/event/*.parquet")
person = pl.read_parquet(f"{home}/person/*.parquet")
assert person["events"].sum() == event.height
assert event["date"].dtype == pl.Date and event["end_date"].dtype == pl.Date
print("polars", person.height, event.height, event["cost"].sum(), event["value"].sum(), (event["date"].max() - __import__("datetime").date(1970, 1, 1)).days)
"#;

#[test]
fn duckdb_and_polars_agree() {
    let python = std::env::var("VANGUARD_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let dir = tempfile::tempdir().unwrap();
    let place = made_place(700, 30);
    let id = write(dir.path(), 1, &place, 300, 2).unwrap();
    let home: PathBuf = dir.path().join("snapshots").join(id.as_str());
    let output = match Command::new(&python).args(["-c", SCRIPT]).arg(&home).output() {
        Ok(output) => output,
        Err(e) => {
            println!("skipped: {python} does not run ({e})");
            return;
        }
    };
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    if text.starts_with("skipped:") {
        println!("{text}");
        return;
    }
    let events = sorted(&place.events);
    let cost: i64 = events.iter().filter_map(|e| e.cost).sum();
    let value: i64 = events.iter().filter_map(|e| e.value).sum();
    let last = events.iter().map(|e| e.date.0).max().unwrap();
    let emergencies = events.iter().filter(|e| e.kind.name() == "admission" && e.method.name() == "emergency").count();
    let numbers = format!("{} {} {cost} {value} {last}", place.people.len(), events.len());
    let duckdb = format!("duckdb {numbers} {} {emergencies} {cost}", events.len());
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0].trim_end_matches(".0").replace(".00", ""), duckdb);
    assert_eq!(lines[1], format!("polars {numbers}"));
}
