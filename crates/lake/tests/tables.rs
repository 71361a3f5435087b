//! Tables of results, and partners' Parquet files.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use lake::LakeError;
use lake::input::read_parquet_strings;
use lake::table::{Column, Named, TableWriter, read_table, read_table_columns, write_table};
use nhs::Day;
use proptest::prelude::*;
use std::fs;
use std::path::Path;

type Row = (i64, Option<i64>, String, Option<String>, bool, Option<i32>);

fn columns(rows: &[Row]) -> Vec<Named> {
    let named = |name: &str, column| (name.to_owned(), column);
    vec![
        named("person", Column::I64(rows.iter().map(|r| r.0).collect())),
        named("score", Column::Number { decimals: 1, values: rows.iter().map(|r| r.1).collect() }),
        named("visits", Column::Number { decimals: 0, values: rows.iter().map(|r| r.1).collect() }),
        named("tier", Column::Text(rows.iter().map(|r| r.2.clone()).collect())),
        named("note", Column::OptionalText(rows.iter().map(|r| r.3.clone()).collect())),
        named("eligible", Column::Bool(rows.iter().map(|r| r.4).collect())),
        named("last_seen", Column::Date(rows.iter().map(|r| r.5.map(Day)).collect())),
    ]
}

fn read_rows(path: &Path) -> (Vec<String>, Vec<Vec<String>>) {
    let (mut header, mut rows) = (Vec::new(), Vec::new());
    let total = read_parquet_strings(
        path,
        |names| header = names.to_vec(),
        |row| {
            rows.push(row.iter().map(|&s| s.to_owned()).collect::<Vec<_>>());
        },
    );
    assert_eq!(total.unwrap(), rows.len() as u64);
    (header, rows)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn tables_come_back(rows in prop::collection::vec((any::<i64>(), prop::option::of(-1_000_000i64..1_000_000), ".{0,8}", prop::option::of(".{0,3}"), any::<bool>(), prop::option::of(-1000i32..30_000)), 0..50), cut in 0usize..50) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("results.parquet");
        let all = columns(&rows);
        write_table(&path, &all).unwrap();
        prop_assert_eq!(&read_table(&path).unwrap(), &all);
        prop_assert_eq!(read_table_columns(&path, &["note", "person"]).unwrap(), vec![all[4].clone(), all[0].clone()]);
        // The same table in two parts.
        let mut writer = TableWriter::create(&path, &all).unwrap();
        let cut = cut.min(rows.len());
        writer.append(&columns(&rows[..cut])).unwrap();
        writer.append(&columns(&rows[cut..])).unwrap();
        writer.finish().unwrap();
        prop_assert_eq!(&read_table(&path).unwrap(), &all);
        // And as text.
        let (header, texts) = read_rows(&path);
        prop_assert_eq!(header.join(","), "person,score,visits,tier,note,eligible,last_seen");
        for (text, row) in texts.iter().zip(&rows) {
            prop_assert_eq!(&text[0], &row.0.to_string());
            prop_assert_eq!(&text[2], &row.1.map_or(String::new(), |n| n.to_string()));
            let score = row.1.map_or(String::new(), |n| format!("{}{}.{}", if n < 0 { "-" } else { "" }, n.abs() / 10, n.abs() % 10));
            prop_assert_eq!(&text[1], &score);
            prop_assert_eq!((&text[3], text[4].as_str()), (&row.2, row.3.as_deref().unwrap_or("")));
            prop_assert_eq!(&text[5], &row.4.to_string());
            prop_assert_eq!(&text[6], &row.5.map_or(String::new(), |d| Day(d).to_string()));
        }
    }
}

#[test]
fn tables_that_cannot_be_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("t.parquet");
    let column = |name: &str| (name.to_owned(), Column::I64(vec![1]));
    write_table(&path, &[column("a")]).unwrap();
    for wrong in [vec![column("a b")], vec![column("")], vec![column("a"), column("a")]] {
        assert!(matches!(write_table(&path, &wrong), Err(LakeError::Refused(_))));
    }
    let uneven = vec![column("a"), ("b".to_owned(), Column::I64(vec![1, 2]))];
    assert!(matches!(write_table(&path, &uneven), Err(LakeError::Refused(_))));
    // The table that stood there still stands, and nothing lies beside it.
    assert_eq!(read_table(&path).unwrap(), [column("a")]);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    assert!(matches!(read_table_columns(&path, &["b"]), Err(LakeError::NotThere(_))));
}

/// Random damage to a real file: rows or a message, never a panic.
#[test]
fn damaged_files_give_a_message() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("t.parquet");
    let rows: Vec<Row> = (0..500)
        .map(|n| (n, (n % 3 == 0).then_some(n), format!("tier {}", n % 5), None, n % 2 == 0, Some(n as i32)))
        .collect();
    write_table(&path, &columns(&rows)).unwrap();
    let whole = fs::read(&path).unwrap();
    let mut state = 7u64;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let mut messages = 0;
    for round in 0..3_000 {
        let mut bytes = whole.clone();
        for _ in 0..=next(3) {
            let at = next(bytes.len());
            bytes[at] = next(256) as u8;
        }
        if round % 3 == 0 {
            bytes.truncate(next(whole.len()));
        }
        fs::write(&path, &bytes).unwrap();
        messages += u32::from(read_parquet_strings(&path, |_| (), |_| ()).is_err());
        let _ = read_table(&path);
    }
    assert!(messages > 900, "only {messages} of 3,000 damaged files were noticed");
    fs::write(&path, b"").unwrap();
    let message = read_parquet_strings(&path, |_| (), |_| ()).unwrap_err().to_string();
    assert!(message.contains("t.parquet") && message.contains("ask the sender"), "{message}");
}

/// A file of somebody else's making.
#[test]
fn a_published_data_set_is_read() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data/linkage/splink_datasets/historical_figures_with_errors_50k.parquet");
    if !path.exists() {
        println!("skipped: ../shared is not there");
        return;
    }
    let (header, rows) = read_rows(&path);
    assert_eq!(rows.len(), 50_578);
    assert_eq!(header[..2], ["unique_id", "cluster"]);
    assert!(rows.iter().all(|r| r.len() == header.len()));
    assert_eq!(rows[0][0], "Q2296770-1");
}

#[test]
fn columns_taken_over_are_the_same_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let table = |from: i64, spread: i64| -> Vec<lake::table::Named> {
        let numbers = || from..from + 20_000;
        let named = |name: &str, column| (name.to_owned(), column);
        vec![
            named("id", Column::I64(numbers().collect())),
            named(
                "score",
                Column::Number { decimals: 1, values: numbers().map(|n| (n % 7 > 0).then_some(n % spread)).collect() },
            ),
            named(
                "word",
                Column::OptionalText(numbers().map(|n| (n % 5 > 0).then(|| format!("w{}", n % 9))).collect()),
            ),
            named("flag", Column::Bool(numbers().map(|n| n % 3 == 0).collect())),
            named("day", Column::Date(numbers().map(|n| (n % 4 > 0).then_some(nhs::Day(n as i32 % 900))).collect())),
            named("never", Column::Number { decimals: 0, values: numbers().map(|_| None).collect() }),
        ]
    };
    let (old, copied, anew) = (dir.path().join("old"), dir.path().join("copied"), dir.path().join("anew"));
    let write = |path: &std::path::Path, parts: &[Vec<lake::table::Named>]| {
        let mut writer = lake::table::TableWriter::create(path, &parts[0]).unwrap();
        for part in parts {
            writer.append(part).unwrap();
        }
        writer.finish().unwrap();
    };
    write(&old, &[table(0, 50), table(20_000, 50)]);
    // The second column of the second row group is another.
    let mut second = table(20_000, 50);
    second[1].1 = table(20_000, 61)[1].1.clone();
    write(&anew, &[table(0, 50), second.clone()]);
    let reader = lake::table::TableReader::open(&old).unwrap();
    let mut writer = lake::table::TableWriter::create(&copied, &second).unwrap();
    writer.append_from(&reader, 0, &vec![None; second.len()]).unwrap();
    let mut some = vec![None; second.len()];
    some[1] = Some(second[1].1.clone());
    writer.append_from(&reader, 1, &some).unwrap();
    assert!(writer.append_from(&reader, 2, &some).is_err());
    writer.finish().unwrap();
    let (one, other) = (std::fs::read(&copied).unwrap(), std::fs::read(&anew).unwrap());
    if let Ok(keep) = std::env::var("KEEP") {
        std::fs::copy(&copied, format!("{keep}/copied.parquet")).unwrap();
        std::fs::copy(&anew, format!("{keep}/anew.parquet")).unwrap();
    }
    assert!(one == other, "{} and {} bytes", one.len(), other.len());
    assert_eq!(lake::table::read_table(&copied).unwrap(), lake::table::read_table(&anew).unwrap());
}
