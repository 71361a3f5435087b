//! `vanguard link` with input nobody would want to be given: a message that says which file, which line and what to do, and no folder
//! left half-written.
#![expect(clippy::unwrap_used, reason = "a failure in a test should stop it")]

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

fn vanguard(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_vanguard")).current_dir(folder).args(args).output().unwrap()
}

/// What a run says that must fail, and that it left nothing behind.
fn refused(at: &Path, args: &[&str]) -> String {
    let output = vanguard(at, &[&["link"], args, &["--out", "out"]].concat());
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{args:?}: {error}");
    assert!(output.stdout.is_empty() && !error.contains("panicked"), "{args:?}: {error}");
    assert!(!at.join("out").exists(), "{args:?}: a folder was left behind");
    error
}

/// The notes of a run that must succeed.
fn notes(at: &Path, args: &[&str]) -> Vec<String> {
    let output = vanguard(at, &[&["link"], args, &["--out", "out", "--json"]].concat());
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    told["notes"].as_array().unwrap().iter().map(|note| note.as_str().unwrap().to_owned()).collect()
}

#[test]
fn files_that_cannot_be_read_are_named_and_nothing_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let good = "id,surname,given_name,dob,who\n1,Smith,Ann,1970-01-02,a\n2,Jones,Bob,1971-01-02,b\n";
    std::fs::write(at.join("good.csv"), good).unwrap();
    std::fs::create_dir(at.join("extracts")).unwrap();
    std::fs::write(at.join("empty.csv"), "").unwrap();
    std::fs::write(at.join("mark.csv"), "\u{feff}").unwrap();
    let wide: Vec<u8> = good.encode_utf16().flat_map(u16::to_le_bytes).collect();
    std::fs::write(at.join("wide.csv"), [&[0xff, 0xfe][..], &wide].concat()).unwrap();
    std::fs::write(at.join("again.csv"), "id,surname,dob,who\n3,Khan,1980-01-01,c\n1,Smith,1970-01-02,z\n").unwrap();
    std::fs::write(at.join("one.csv"), "id,surname,given_name,dob,who\n1,Smith,Ann,1970-01-02,a\n").unwrap();
    let made = vanguard(at, &["link", "good.csv", "--out", "made"]);
    assert!(made.status.success());
    let whole = std::fs::read(at.join("made/clusters.parquet")).unwrap();
    for (name, length) in [("half", whole.len() / 2), ("tail", whole.len() - 3), ("head", 6)] {
        std::fs::write(at.join(format!("{name}.parquet")), &whole[..length]).unwrap();
    }
    let cases: [(&[&str], &[&str]); 12] = [
        (&["extracts"], &["failed to read extracts", "it is a folder; give the CSV or Parquet files in it"]),
        (&["nowhere.csv"], &["failed to read nowhere.csv", "No such file"]),
        (&["empty.csv"], &["failed to read empty.csv", "it is empty; give a file with a header and rows"]),
        (&["mark.csv"], &["failed to read mark.csv", "it is empty"]),
        (&["wide.csv"], &["failed to read wide.csv", "it is UTF-16 text", "save it as CSV UTF-8"]),
        (&["half.parquet"], &["failed to read half.parquet", "ask the sender for the file again"]),
        (&["tail.parquet"], &["failed to read tail.parquet", "ask the sender for the file again"]),
        (&["head.parquet"], &["failed to read head.parquet", "ask the sender for the file again"]),
        (
            &["good.csv", "--id", "nhs"],
            &["failed to read good.csv", "--id nhs: no such column; the file has id, surname"],
        ),
        (&["good.csv", "--truth", "person"], &["--truth person: no such column"]),
        (
            &["good.csv", "again.csv", "--id", "id", "--truth", "who"],
            &["the id \"1\" stands on row 1 of good and row 2 of again", "the truth of the two is \"a\" and \"z\""],
        ),
        // The good file before a bad one does not leave anything either.
        (&["good.csv", "empty.csv", "--state"], &["failed to read empty.csv"]),
    ];
    for (args, expect) in cases {
        let error = refused(at, args);
        for part in expect {
            assert!(error.contains(part), "{args:?} should say {part:?}: {error}");
        }
    }
    std::fs::write(at.join("labels.csv"), "1,2,yes\n1,2,perhaps\n").unwrap();
    let error = refused(at, &["good.csv", "--id", "id", "--labels", "labels.csv"]);
    assert!(error.contains("failed to read labels.csv") && error.contains("line 2"), "{error}");
    std::fs::write(at.join("old.csv"), "old,new\n9434765919,9000000009\n12,13\n").unwrap();
    let error = refused(at, &["good.csv", "--superseded", "old.csv"]);
    assert!(error.contains("failed to read old.csv") && error.contains("line 3: two valid NHS numbers"), "{error}");
    // A file where the folder should be.
    std::fs::write(at.join("taken"), "x").unwrap();
    let output = vanguard(at, &["link", "good.csv", "--out", "taken"]);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && error.contains("taken is a file"), "{error}");
    assert_eq!(std::fs::read(at.join("taken")).unwrap(), b"x");
}

#[test]
fn rows_that_are_not_as_they_should_be_are_counted_with_the_first_line() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let ragged = b"\xef\xbb\xbfsurname;given_name;dob;nhs_number\nSmith;Ann;1970-01-02;9434765919\nJones;Bob\n\"Two\nlines\";Cy;sometime;;;\nM\xfcller;Di;1970-01-02;123\n";
    std::fs::write(at.join("ragged.csv"), ragged).unwrap();
    let told = notes(at, &["ragged.csv"]);
    let has = |text: &str| assert!(told.iter().any(|note| note.contains(text)), "{text} is not in {told:#?}");
    has("ragged: 2 of 4 rows have more or fewer cells than the header");
    has("cells too many are left out (first on line 3)");
    has("1 of 4 rows have a date of birth that is no date; it was left out (first on line 4)");
    has("1 of 4 rows have text that is not UTF-8; it was read as Latin-1 (first on line 6)");
    has("1 of 4 rows have a number that is not valid; it was left out (first on line 6)");
    has("no column for postcode");
    std::fs::write(at.join("null.csv"), "surname,given_name,dob\n,,\n,,\n").unwrap();
    let told = notes(at, &["null.csv"]);
    assert!(told.iter().any(|note| note == "null: surname (family) is empty on every row"), "{told:#?}");
    let files: Vec<String> = std::fs::read_dir(at.join("out"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("part") || name.contains("commit"))
        .collect();
    assert!(files.is_empty(), "{files:?}");
}

/// A run without a truth column does not leave the truth of an earlier run beside its answer.
#[test]
fn an_answer_holds_no_file_of_another_run() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::write(at.join("good.csv"), "id,surname,dob,who\n1,Smith,1970-01-02,a\n2,Jones,1971-01-02,b\n").unwrap();
    notes(at, &["good.csv", "--truth", "who"]);
    assert!(at.join("out/truth.parquet").exists());
    notes(at, &["good.csv"]);
    assert!(at.join("out/clusters.parquet").exists() && !at.join("out/truth.parquet").exists());
}
