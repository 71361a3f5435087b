//! What `vanguard link` prints and writes, kept as golden files in `snapshots/`.
#![expect(clippy::unwrap_used, reason = "a failure in a test should stop it")]

use lake::table::{Column, read_table};
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Output};

const ROWS: &[u8] = b"id,surname,first_name,dob,postcode,nhs_number,sex,address1,person
r1,Smith,John,1970-01-02,LS1 4AP,9434765919,M,12 High Street,a
r2,Smith,Jon,02/01/1970,ls14ap,,1,12 High St,a
r3,Smyth,John,1970-01-02,,943 476 5919,male,,a
r4,Smith,Mary,1970-01-02,LS1 4AP,,F,12 High Street,b
r5,O\x92Neil,Zo\xeb,1980-02-31,LS2 9JT,1234567890,F,,c
r6,ONeil,Zoe,1980-02-31,LS2 9JT,,F,,c
r7,UNKNOWN,BABY,,ZZ99 3VZ,,,,d
r8,Khan,Aisha,not a date,,,,,
";

fn vanguard(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_vanguard")).current_dir(folder).args(args).env("COLUMNS", "100").output().unwrap()
}

/// What a command printed, without the lines that tell how far it is.
fn printed(output: &Output) -> String {
    let error: Vec<&str> = std::str::from_utf8(&output.stderr).unwrap().lines().collect();
    let stages = ["read", "learn weights", "link", "write", "weigh rules"];
    let error: Vec<&str> = error.into_iter().filter(|line| !stages.contains(line)).collect();
    let text = format!(
        "exit code {}\n--- standard output\n{}--- standard error\n{}",
        output.status.code().unwrap_or(-1),
        String::from_utf8_lossy(&output.stdout),
        error.join("\n")
    );
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("people.csv"), ROWS).unwrap();
    folder
}

fn column(path: &Path, name: &str) -> Column {
    read_table(path).unwrap().into_iter().find(|(own, _)| own == name).unwrap().1
}

#[test]
fn records_become_people_and_are_marked() {
    let folder = folder();
    let at = folder.path();
    let told = vanguard(at, &["link", "people.csv", "--out", "out", "--id", "id", "--truth", "person"]);
    insta::assert_snapshot!("link", printed(&told));
    let clusters = column(&at.join("out/clusters.parquet"), "cluster_id");
    assert_eq!(clusters, Column::I64(vec![0, 0, 0, 1, 2, 2, 3, 4]));
    let ids = column(&at.join("out/truth.parquet"), "id");
    assert_eq!(ids.len(), 7, "a record without truth is not marked");
    let (left, right) = (column(&at.join("out/edges.parquet"), "l"), column(&at.join("out/edges.parquet"), "r"));
    let (Column::Text(left), Column::Text(right)) = (left, right) else { panic!("ids that are text stay text") };
    assert!(left.iter().zip(&right).all(|(l, r)| l < r && l != "r4" && r != "r4"));
    let again =
        vanguard(at, &["link", "people.csv", "--out", "again", "--model", "out/model.toml", "--no-train", "--json"]);
    let json: serde_json::Value = serde_json::from_slice(&again.stdout).unwrap();
    assert_eq!(json["clusters"], 5, "the model that was written links as it did: {json:#}");
    let report = std::fs::read_to_string(at.join("again/report.json")).unwrap();
    assert_eq!(serde_json::from_str::<serde_json::Value>(&report).unwrap(), json);
}

/// The clusters are the connected parts of the links, whichever program looks at them, and Parquet reads as CSV does.
#[test]
fn parquet_gives_what_csv_gives() {
    let folder = folder();
    let at = folder.path();
    let text = |values: &[&str]| {
        Column::OptionalText(values.iter().map(|v| (!v.is_empty()).then(|| (*v).to_owned())).collect())
    };
    let columns = vec![
        ("surname".to_owned(), text(&["Smith", "Smith", "Khan", ""])),
        ("given_name".to_owned(), text(&["John", "John", "Aisha", ""])),
        ("dob".to_owned(), Column::Date(vec![Some(nhs::Day(5)), Some(nhs::Day(5)), None, None])),
        ("postcode".to_owned(), text(&["LS1 4AP", "LS1 4AP", "LS1 4AP", ""])),
    ];
    lake::table::write_table(&at.join("people.parquet"), &columns).unwrap();
    let csv = "surname;given_name;dob;postcode\nSmith;John;1970-01-06;LS1 4AP\nSmith;John;1970-01-06;LS1 4AP\nKhan;Aisha;;LS1 4AP\n;;;\n";
    std::fs::write(at.join("same.csv"), csv).unwrap();
    for file in ["people.parquet", "same.csv"] {
        let told = vanguard(at, &["link", file, "--out", file.split('.').next().unwrap()]);
        assert!(told.status.success(), "{}", printed(&told));
    }
    for table in ["clusters", "edges"] {
        let of = |folder: &str| read_table(&at.join(folder).join(format!("{table}.parquet"))).unwrap();
        assert_eq!(of("people"), of("same"));
    }
    assert_eq!(column(&at.join("same/clusters.parquet"), "cluster_id"), Column::I64(vec![0, 0, 1, 2]));
}

#[test]
fn explain_train_and_suggest() {
    let folder = folder();
    let at = folder.path();
    let pair = ["--left", "r1", "--right", "r4", "--id", "id"];
    insta::assert_snapshot!(
        "link-explain",
        printed(&vanguard(at, &[&["link", "explain", "people.csv"], &pair[..]].concat()))
    );
    insta::assert_snapshot!(
        "link-train",
        printed(&vanguard(at, &["link", "train", "people.csv", "--out", "model.toml"]))
    );
    insta::assert_snapshot!("link-suggest", printed(&vanguard(at, &["link", "suggest-blocking", "people.csv"])));
    assert!(linkage_reads(&at.join("model.toml")));
}

#[test]
fn decisions_join_and_keep_apart() {
    let folder = folder();
    let at = folder.path();
    std::fs::write(at.join("labels.csv"), "left,right,match\nr1,r2,no\nr4,r8,yes\nr5,r6,1\nr6,r5,0\nr1,r99,yes\n")
        .unwrap();
    let told = vanguard(at, &["link", "people.csv", "--out", "out", "--id", "id", "--labels", "labels.csv"]);
    insta::assert_snapshot!("link-labels", printed(&told));
    let Column::I64(clusters) = column(&at.join("out/clusters.parquet"), "cluster_id") else { panic!("numbers") };
    assert_ne!(clusters[0], clusters[1]);
    assert_eq!(clusters[3], clusters[7]);
    assert_ne!(clusters[4], clusters[5], "decisions that contradict each other keep apart");
    std::fs::write(at.join("bad.csv"), "r1,r2,no\nr1,r3,perhaps\n").unwrap();
    let told = vanguard(at, &["link", "people.csv", "--out", "out", "--id", "id", "--labels", "bad.csv"]);
    assert!(printed(&told).contains("line 2: three cells are needed"), "{}", printed(&told));
}

/// What each rule is going to compare is told before anything is compared, with the blocks that are too large; with `--json` in the answer.
#[test]
fn a_run_says_what_it_is_about_to_compare() {
    let folder = folder();
    let at = folder.path();
    let mut rows = String::from("surname,first_name,dob,postcode\n");
    for row in 0..40 {
        writeln!(rows, "Smith,Given{row},1970-01-02,LS{} 4AP", row % 9 + 1).unwrap();
    }
    std::fs::write(at.join("many.csv"), rows).unwrap();
    let model = linkage::Model::person().unwrap().to_toml().replace("largest_block = 2000", "largest_block = 20");
    std::fs::write(at.join("small.toml"), model).unwrap();
    let args = ["link", "many.csv", "--model", "small.toml", "--out", "out"];
    let told = vanguard(at, &args);
    let error = String::from_utf8(told.stderr).unwrap();
    let place = |text: &str| error.find(text).unwrap_or_else(|| panic!("{text} is not in {error}"));
    assert!(place("\nlink\n") < place("pairs in blocks") && place("pairs in blocks") < place("\nwrite\n"), "{error}");
    assert!(error.contains("which family exact and birth exact does not compare:"), "{error}");
    assert!(error.contains("- 40 records that share family of 5 letters, a date of birth"), "{error}");
    assert!(!error.contains("SMITH"), "never a value: {error}");
    let told = vanguard(at, &[&args[..], &["--json"]].concat());
    assert!(told.stderr.is_empty());
    let json: serde_json::Value = serde_json::from_slice(&told.stdout).unwrap();
    let (before, after) = (&json["foretold"]["rules"], &json["rules"]);
    assert_eq!(before[0]["largest"][0]["records"], 40);
    for (before, after) in before.as_array().unwrap().iter().zip(after.as_array().unwrap()) {
        for key in ["rule", "new_pairs", "skipped_blocks", "skipped_pairs"] {
            assert_eq!(before[key], after[key], "{before} {after}");
        }
    }
}

fn linkage_reads(path: &Path) -> bool {
    linkage::Model::parse(&std::fs::read_to_string(path).unwrap()).is_ok()
}

#[test]
fn help_and_wrong_use() {
    let folder = folder();
    let at = folder.path();
    std::fs::write(at.join("other.csv"), "foo,bar\n1,2\n").unwrap();
    std::fs::write(at.join("empty.csv"), "").unwrap();
    std::fs::write(at.join("twice.csv"), "id,surname,who\n7,Smith,a\n7,Jones,b\n").unwrap();
    std::fs::write(at.join("broken.parquet"), "PAR1 and then nothing").unwrap();
    std::fs::write(at.join("bad.toml"), "name = \"x\"").unwrap();
    let commands: [(&str, &[&str]); 12] = [
        ("help", &["link", "--help"]),
        ("explain-help", &["link", "explain", "--help"]),
        ("no-out", &["link", "people.csv"]),
        ("no-file", &["link", "nowhere.csv", "--out", "o"]),
        ("no-column", &["link", "other.csv", "--out", "o"]),
        ("no-id", &["link", "people.csv", "--out", "o", "--id", "nhs"]),
        ("empty", &["link", "empty.csv", "--out", "o"]),
        ("id-twice", &["link", "twice.csv", "--out", "o", "--id", "id", "--truth", "who"]),
        ("broken", &["link", "broken.parquet", "--out", "o"]),
        ("bad-model", &["link", "people.csv", "--out", "o", "--model", "bad.toml"]),
        ("bad-threshold", &["link", "people.csv", "--out", "o", "--threshold", "1.5"]),
        ("bad-field", &["link", "people.csv", "--out", "o", "--column", "surname=foo"]),
    ];
    let all: Vec<String> = commands
        .iter()
        .map(|(name, args)| format!("## {name}: vanguard {}\n{}", args.join(" "), printed(&vanguard(at, args))))
        .collect();
    insta::assert_snapshot!("link-messages", all.join("\n\n"));
}
