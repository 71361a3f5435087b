//! Files that cannot be loaded: a clear message, and the live snapshot stays.

use crate::case::Case;
use intake::SourceInput;
use std::io::Write;

const LIST: &str = "NHS_NUMBER,FAMILY_NAME,GIVEN_NAME,DATE_OF_BIRTH,SEX,POSTCODE,PRACTICE_CODE,REGISTRATION_START\n";
const ASH: &str = "9990000018,Ash,Ann,1950-02-03,2,TS18 1HU,A81001,2010-01-01\n";

/// Loads good rows, then the given bytes, and checks that the first snapshot lives on. Returns the message.
#[track_caller]
fn refused(content: &[u8]) -> String {
    let case = Case::new().source("vanguard/gp_registrations", format!("{LIST}{ASH}"));
    let first = case.load().unwrap();
    case.write("gp_registrations.csv", content);
    let message = case.failure();
    assert_eq!(case.snapshot().manifest().id.to_string(), first.snapshot);
    assert_eq!(case.people().len(), 1);
    assert!(!case.options.lake_dir.join(".spool").exists(), "temporary files are left behind");
    message
}

#[test]
fn messages() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    let many: String = (0..5000).map(|n| ASH.replace("Ash", &format!("Ash{}", n * 7919 % 10007))).collect();
    gzip.write_all(format!("{LIST}{many}").as_bytes()).unwrap();
    let gzip = gzip.finish().unwrap();
    let mut damaged = gzip.clone();
    let middle = damaged.len() / 2;
    damaged[middle..middle + 64].fill(0);
    let messages = [
        ("zero bytes", refused(b"")),
        ("header only", refused(LIST.as_bytes())),
        ("only a byte order mark", refused(b"\xef\xbb\xbf")),
        ("truncated gzip", refused(&gzip[..gzip.len() / 2])),
        ("damaged gzip", refused(&damaged).split('(').next().unwrap().to_owned()),
        ("zip", refused(b"PK\x03\x04rest of the archive")),
        ("utf-16", refused(b"\xff\xfeN\0H\0S\0")),
        (
            "parquet that is none",
            refused(b"PAR1 and then nothing")
                .split("as Parquet")
                .next()
                .unwrap()
                .replace(|c: char| c.is_ascii_digit(), "9"),
        ),
        ("missing columns", refused(b"NHS_NO,SURNAME,DOB,PRACTICE,REGISTRATION_START,FAMILYNAME\n1,2,3,4,5,6\n")),
        ("column twice", refused(format!("{}\n", LIST.trim_end().to_owned() + ",SEX").as_bytes())),
        ("cut in the middle of a row", refused(format!("{LIST}{ASH}9990000026,Bell,Bob,19").as_bytes())),
        ("cut inside a quoted field", refused(format!("{LIST}{ASH}9990000026,\"Be").as_bytes())),
        ("open quote in the header", refused(b"\"NHS_NUMBER,FAMILY_NAME\n1,2\n")),
    ];
    let text: Vec<String> = messages.iter().map(|(name, message)| format!("{name}: {}", hide_dir(message))).collect();
    insta::assert_snapshot!(text.join("\n"));
}

fn hide_dir(message: &str) -> String {
    message
        .split(' ')
        .map(|word| if word.contains("/tmp") || word.contains(".tmp") { "DIR/gp_registrations.csv" } else { word })
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn a_missing_file_and_a_folder() {
    let mut case = Case::new().source("vanguard/gp_registrations", format!("{LIST}{ASH}"));
    let path = case.options.sources[0].files[0].clone();
    std::fs::remove_file(&path).unwrap();
    assert!(case.failure().contains("gp_registrations.csv: there is no such file; check the name in place.toml"));
    std::fs::create_dir(&path).unwrap();
    assert!(case.failure().contains("is a folder; name the files in it"));
    case.options.sources.clear();
    assert!(case.failure().contains("there is no source to load"));
}

#[test]
fn options_that_contradict_themselves() {
    let mut case = Case::new().source("vanguard/gp_registrations", format!("{LIST}{ASH}"));
    let source = case.options.sources[0].clone();
    case.options.sources.push(source.clone());
    assert!(case.failure().contains("two sources are called \"gp_registrations\""));
    case.options.sources = (0..33).map(|n| SourceInput { id: format!("s{n}"), ..source.clone() }).collect();
    assert!(case.failure().contains("at most 32"));
    case.options.sources = vec![SourceInput { files: Vec::new(), ..source }];
    assert!(case.failure().contains("has no file"));
}

#[test]
fn an_open_quote_costs_one_row() {
    let case = Case::new().source(
        "vanguard/gp_registrations",
        format!(
            "{LIST}{ASH}9990000026,\"Beech,Bob,1948-05-06,1,TS18 1HU,A81001,2010-01-01\n{}",
            ASH.replace("Ash", "Cedar").replace("9990000018", "9990000034")
        ),
    );
    let report = case.load().unwrap();
    assert_eq!((report.quality.rows_read, report.quality.rows_loaded, report.quality.rows_quarantined), (3, 2, 1));
    assert!(
        case.quarantine()[0]
            .starts_with("gp_registrations.csv:3 : has a quote that opens and does not close (open_quote)"),
        "{:?}",
        case.quarantine()
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_place_that_cannot_be_written() {
    // A file where the lake's folder should be: the first write fails, as it does on a full disk.
    let case = Case::new().source("vanguard/gp_registrations", format!("{LIST}{ASH}"));
    std::fs::write(&case.options.lake_dir, "in the way").unwrap();
    let message = case.failure();
    assert!(message.contains("lake"), "{message}");
}

#[test]
fn a_last_row_without_its_line_end_is_whole() {
    let case = Case::new().source("vanguard/gp_registrations", format!("{LIST}{}", ASH.trim_end()));
    assert_eq!(case.load().unwrap().quality.rows_loaded, 1);
}

#[test]
fn a_source_that_lost_half_its_rows_needs_a_forced_load() {
    let rows = |count: usize| -> String {
        let people = (0..count).map(|n| ASH.replace("Ash", &format!("Ash{n}")).replace("9990000018", ""));
        format!("{LIST}{}", people.collect::<Vec<_>>().concat())
    };
    let mut case = Case::new().source("vanguard/gp_registrations", rows(200));
    let first = case.load().unwrap();
    case.write("gp_registrations.csv", rows(60).as_bytes());
    assert!(case.failure().contains("has 60 rows and had 200 at the last load"), "{}", case.failure());
    assert_eq!(case.snapshot().manifest().id.to_string(), first.snapshot);
    case.options.force = true;
    assert_eq!(case.load().unwrap().quality.rows_read, 60);
}

#[test]
fn two_loads_at_once_do_not_mix() {
    let case = Case::new().source("vanguard/gp_registrations", format!("{LIST}{ASH}"));
    case.load().unwrap();
    let other = std::fs::File::create(case.options.lake_dir.join(".spool.lock")).unwrap();
    other.lock().unwrap();
    case.write("gp_registrations.csv", format!("{LIST}{ASH}{}", ASH.replace("Ash", "Oak")).as_bytes());
    assert!(case.failure().contains("another load of this place is under way"));
    drop(other);
    case.load().unwrap();
}
