//! `vanguard link encode` and the linking of what it writes.
#![expect(clippy::unwrap_used, reason = "a failure in a test should stop it")]

use lake::table::{Column, read_table};
use std::path::Path;
use std::process::{Command, Output};

const ROWS: &str = "id,surname,first_name,dob,postcode,nhs_number,sex,address1
r1,Featherstone,Jonathan,1970-01-02,LS1 4AP,9434765919,M,12 High Street
r2,Featherstone,Jonathon,1970-01-02,LS1 4AP,,M,12 High Street
r3,Okonkwo,Adaeze,1981-03-04,LS2 9JT,,F,3 Mill Lane
r4,Featherstone,Margaret,1972-11-12,LS1 4AP,,F,12 High Street
";
const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

fn run(folder: &Path, args: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_vanguard")).current_dir(folder).args(args.split(' ')).output().unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[track_caller]
fn fails(folder: &Path, args: &str, why: &str) {
    let output = run(folder, args);
    let text = said(&output);
    assert!(!output.status.success() && text.contains(why), "{args}: {text}");
    assert!(!text.contains(KEY), "the key must not be shown: {text}");
}

fn private(path: &Path, mode: u32) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }
    let _ = (path, mode);
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("people.csv"), ROWS).unwrap();
    std::fs::write(folder.path().join("key"), KEY).unwrap();
    private(&folder.path().join("key"), 0o600);
    folder
}

#[test]
fn encoded_records_are_linked_and_tell_no_value() {
    let folder = folder();
    let at = folder.path();
    for out in ["a.csv", "b.parquet"] {
        let told = run(at, &format!("link encode people.csv --key-file key --id id --out {out}"));
        assert!(told.status.success() && !said(&told).contains(KEY), "{}", said(&told));
    }
    let whole = std::fs::read_to_string(at.join("a.csv")).unwrap()
        + &std::fs::read_to_string(at.join("a.csv.manifest.json")).unwrap();
    for value in [
        "FEATHERSTONE",
        "JONATHAN",
        "OKONKWO",
        "1970-01-02",
        "19700102",
        "LS14AP",
        "LS1 4AP",
        "9434765919",
        "HIGH",
        KEY,
    ] {
        assert!(!whole.to_uppercase().contains(&value.to_uppercase()), "{value}");
    }
    // Parquet and CSV hold the same codes.
    let table = read_table(&at.join("b.parquet")).unwrap();
    let mut csv = csv::Reader::from_path(at.join("a.csv")).unwrap();
    let header: Vec<String> = csv.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(header, table.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>());
    for (row, record) in csv.records().enumerate() {
        for (cell, (name, column)) in record.unwrap().iter().zip(&table) {
            let Column::Text(values) = column else { panic!("{name} is no text") };
            assert_eq!(cell, values[row], "{name}");
        }
    }
    let told = run(at, "link a.csv --model encoded --id id --out linked --no-train");
    assert!(told.status.success(), "{}", said(&told));
    let clusters = read_table(&at.join("linked/clusters.parquet")).unwrap();
    assert_eq!(clusters[1].1, Column::I64(vec![0, 0, 1, 2]), "{}", said(&told));
}

#[test]
fn files_encoded_in_different_ways_are_refused_with_what_differs() {
    let folder = folder();
    let at = folder.path();
    std::fs::write(at.join("key2"), KEY.replace("1f", "2f")).unwrap();
    private(&at.join("key2"), 0o600);
    for (key, out, more) in [("key", "a.csv", ""), ("key", "b.csv", " --bits 512 --noise 20"), ("key2", "c.csv", "")] {
        assert!(run(at, &format!("link encode people.csv --key-file {key} --out {out}{more}")).status.success());
    }
    fails(
        at,
        "link a.csv b.csv --model encoded --out x",
        "bits is 1024 and 512; hardening is folded, noise 10 in 1000 and folded, noise 20 in 1000",
    );
    fails(at, "link a.csv c.csv --model encoded --out x", "the keys are not the same");
    std::fs::remove_file(at.join("c.csv.manifest.json")).unwrap();
    fails(at, "link a.csv c.csv --model encoded --out x", "compare their manifests");
    fails(at, "link people.csv --model encoded --out x", "it is no encoded file");
    fails(at, "link a.csv --model person --out x", "none of its columns");
    fails(at, "link encode a.csv --model encoded --key-file key --out y.csv", "take person");
}

#[test]
fn keys_are_made_once_and_checked() {
    let folder = folder();
    let at = folder.path();
    let made = run(at, "link encode --new-key new");
    assert!(made.status.success());
    let text = std::fs::read_to_string(at.join("new")).unwrap();
    assert_eq!(text.trim().len(), 64);
    assert!(!said(&made).contains(text.trim()));
    fails(at, "link encode --new-key new", "never written over");
    assert_eq!(std::fs::read_to_string(at.join("new")).unwrap(), text);
    assert!(run(at, "link encode people.csv --key-file new --out ok.csv").status.success());
    std::fs::write(at.join("short"), "abc").unwrap();
    private(&at.join("short"), 0o600);
    fails(at, "link encode people.csv --key-file short --out x.csv", "64 hexadecimal digits");
    fails(at, "link encode people.csv --key-file nowhere --out x.csv", "failed to use the key file nowhere");
    #[cfg(unix)]
    {
        private(&at.join("key"), 0o640);
        fails(at, "link encode people.csv --key-file key --out x.csv", "chmod 600");
    }
}

#[test]
fn an_id_that_tells_who_somebody_is_is_refused() {
    let folder = folder();
    let at = folder.path();
    let numbers = "key,surname,first_name,dob\n9434765919,Ash,B,1970-01-01\n4505577104,Birch,D,1970-01-01\n";
    std::fs::write(at.join("numbers.csv"), numbers).unwrap();
    fails(at, "link encode numbers.csv --key-file key --id key --out x.csv", "valid NHS numbers");
    fails(at, "link encode numbers.csv --key-file key --id surname --out x.csv", "values to be hidden");
    fails(at, "link encode people.csv --key-file key --out x.txt", ".csv or .parquet");
    assert!(!at.join("x.csv").exists());
}
