//! A few rows whose every effect can be read off.

use crate::case::Case;

const LIST: &str = "NHS_NUMBER,FAMILY_NAME,GIVEN_NAME,DATE_OF_BIRTH,SEX,ETHNIC_CATEGORY,ADDRESS_LINE_1,POSTCODE,UPRN,LSOA,PRACTICE_CODE,REGISTRATION_START,REGISTRATION_END\n";
const ASH: &str = "9990000018,Ash,Ann,1950-02-03,2,A,1 Elm Road,TS18 1HU,100,E01000001,A81001,2010-01-01,\n";
const BEECH: &str = "999 000 0026,Beech,\"Bob \"\"B\"\"\",1948-05-06,1,Z,1 Elm Road,TS18 1HU,100,E01000001,A81001,2011-01-01,9999-12-31\n";

fn list(rows: &[&str]) -> String {
    format!("\u{feff}{LIST}{}", rows.concat())
}

#[test]
fn people_spells_costs_and_households() {
    let apc = "NEWNHSNO,DOB,SEX,HOMEADD,PROCODE3,PROVSPNOPS,ADMIMETH,ADMIDATE,DISDATE,DISMETH,CLASSPAT,EPISTART,EPIORDER,TRETSPEF,DIAG_01,DIAG_02,OPERTN_01\n\
        9990000018,1950-02-03,2,TS18 1HU,RTA,S1,21,2025-05-01,2025-05-09,1,1,2025-05-01,1,300,I500,R54X,-\n\
        9990000018,1950-02-03,2,TS18 1HU,RTA,S1,21,2025-05-01,2025-05-09,1,1,2025-05-03,2,430,I500,F001A,W371\n\
        9990000018,1950-02-03,2,TS18 1HU,RTA,S2,11,2026-03-30,1800-01-01,8,1,2026-03-30,1,300,ZZZ,,\n\
        ,1950-02-03,2,,RTA,S3,11,2026-03-01,,8,1,2026-03-01,1,300,I500,,\n\
        9990000018,1950-02-03,2,TS18 1HU,RTA,S4,21,1801-01-01,,1,1,2025-05-01,1,300,I500,,\n";
    let costs = "EVENT_KIND,METHOD,DETAIL,PER,COST_POUNDS,VALID_FROM\nadmission,emergency,,event,1000,\nadmission,emergency,,day,250.50,\nadmission,,,event,700,\n";
    let homes = "CARE_HOME_ODS,CARE_HOME_TYPE,NHS_NUMBER,FAMILY_NAME,GIVEN_NAME,DATE_OF_BIRTH,SEX,ADMISSION_DATE,DEPARTURE_DATE\nVZ001,Nursing,,BEECH,BOB B,06/05/1948,M,01/02/2026,\n";
    let deaths = "DEC_CONF_NHS_NUMBER,DEC_SURNAME,DEC_DATE_OF_BIRTH,REG_DATE_OF_DEATH,S_UNDERLYING_COD_ICD10\n9990000018,ASH,19500203,20260331,I259\n";
    let case = Case::new()
        .source("vanguard/gp_registrations", list(&[ASH, BEECH]))
        .source("vanguard/apc_episodes", apc)
        .source("vanguard/care_home_residents", homes)
        .source("vanguard/deaths", deaths)
        .source("vanguard/unit_costs", costs)
        .source("vanguard/lsoa", "LSOA,IMD_DECILE\nE01000001,3\n");
    let report = case.load().unwrap();
    insta::assert_snapshot!(case.people().join("\n"));
    insta::assert_snapshot!("quarantine", case.quarantine().join("\n"));
    insta::assert_snapshot!("quality", serde_json::to_string_pretty(&report.quality).unwrap());
}

#[test]
fn an_exact_copy_counts_once_and_a_bad_optional_value_is_a_warning() {
    let odd = "9990000018,Ash,Ann,1950-02-30,7,Q,1 Elm Road,NOWHERE,x,E0100001,A81001,2010-01-01,\n";
    let case =
        Case::new().source("vanguard/gp_registrations", list(&[ASH, ASH, BEECH, odd, "1,2,3\n", ",,,,,,,,,,,,\n"]));
    let report = case.load().unwrap();
    let source = &report.quality.sources[0];
    assert_eq!((source.rows_read, source.rows_loaded, source.rows_quarantined, source.rows_duplicate), (6, 3, 2, 1));
    let warnings: Vec<String> = source
        .warnings
        .iter()
        .map(|w| format!("{} {} x{} {} [{}]", w.column, w.reason, w.values, w.first, w.shape))
        .collect();
    insta::assert_snapshot!(warnings.join("\n"));
    assert_eq!(
        case.quarantine(),
        [
            "gp_registrations.csv:6 : has 3 columns where the header has 13 (column_count) [999]",
            "gp_registrations.csv:7 : names nobody: it has no valid NHS number, no local id, and no name with a date of birth (nobody) []",
        ]
    );
}

#[test]
fn windows_1252_gzip_and_utf8_read_the_same() {
    use std::io::Write;
    let text = list(&[&ASH.replace("Ash", "Zo\u{eb}"), BEECH]);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(text.as_bytes()).unwrap();
    let windows: Vec<u8> =
        text.chars().filter(|&c| c != '\u{feff}').map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let crlf = text.replace('\n', "\r\n");
    for content in [text.clone().into_bytes(), gzip.finish().unwrap(), windows, crlf.into_bytes()] {
        let case = Case::new().source("vanguard/gp_registrations", content);
        case.load().unwrap();
        assert!(
            case.people().iter().any(|line| line.contains("Ann Zo\u{eb} 1950-02-03 female A81001")),
            "{:?}",
            case.people()
        );
        assert!(case.people().iter().any(|line| line.contains("Bob \"B\" Beech")));
    }
}

#[test]
fn the_answer_does_not_depend_on_threads() {
    let rows: String = (0..3000)
        .map(|n| {
            let number =
                nhs::NhsNumber::from_first_nine(999_000_000 + n % 900).map_or(String::new(), |n| n.value().to_string());
            format!(
                "{number},Name{},Given{},19{:02}-01-0{},1,A,{} High Street,TS18 1HU,,E01000001,A81001,2010-01-01,\n",
                n % 900,
                n % 30,
                n % 90,
                n % 9 + 1,
                n % 400
            )
        })
        .collect();
    let text = list(&[&rows]);
    let answers: Vec<Vec<String>> = [1, 2, 5]
        .into_iter()
        .map(|threads| {
            let mut case = Case::new().source("vanguard/gp_registrations", &text);
            case.options.threads = threads;
            case.load().unwrap();
            case.people()
        })
        .collect();
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0], answers[2]);
}

#[test]
fn lines_are_those_an_editor_shows() {
    for end in ["\n", "\r\n"] {
        let text = list(&[
            ASH,
            "\n",
            "\n",
            "1,2\n",
            "9990000026,\"Two\nLines\",Bob,1948-05-06,1,,,,,,A81001,2010-01-01,\n",
            "3,4\n",
        ])
        .replace('\n', end);
        let case = Case::new().source("vanguard/gp_registrations", text);
        case.load().unwrap();
        let lines: Vec<u64> = case.snapshot().quarantine(None, 0, 9).unwrap().rows.iter().map(|row| row.line).collect();
        assert_eq!(lines, [5, 8], "{end:?}");
    }
}
