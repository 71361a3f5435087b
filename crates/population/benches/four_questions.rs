//! The four questions that `vanguard bench population` asks, written in the language and asked of its lake:
//! `cargo bench -p population --bench four_questions -- LAKE [THREADS]`. Prints what the answers add up to and the seconds.
#![expect(clippy::print_stdout, reason = "a bench reports on standard output")]

use blueprint::model::ScoreKind;
use blueprint::{FeatureSet, feature_set, score_table};
use lake::{Columns, Snapshot};
use population::{ABSENT, FeatureProgram, NOWHERE};
use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

/// Every coded event of that lake, whatever its kind.
const KINDS: &str = "[\"diagnosis\", \"outpatient\", \"emergency_attendance\"]";

const LISTS: [&str; 12] =
    ["asthma", "copd", "chd", "hf", "stroke", "diabetes", "ckd", "dementia", "smi", "depression", "cancer", "epilepsy"];

const QUESTIONS: &str = r#"
[feature.hfrs]
score = "file"
file = "hfrs.csv"
within = "24 months"
[feature.emergency_spells]
distinct_spells = "diagnosis"
where = "method = 'emergency'"
within = "12 months"
[feature.eol_register]
known_to = "eol_register"
[feature.conditions]
rule = "ltc_asthma + ltc_copd + ltc_chd + ltc_hf + ltc_stroke + ltc_diabetes + ltc_ckd + ltc_dementia + ltc_smi + ltc_depression + ltc_cancer + ltc_epilepsy"
[feature.segment_number]
rule = """case when eol_register then 1 when hfrs >= 15 or ltc_dementia or (care_home and age >= 65) then 2
 when ltc_cancer then 3 when (ltc_hf or ltc_copd or ltc_stroke) and hfrs >= 5 then 4 when conditions >= 4 then 5
 when conditions >= 1 then 6 when ltc_smi then 7 when age < 18 then 8 else 9 end"""
[feature.failure]
first_date = ["diagnosis", "outpatient", "emergency_attendance"]
where = "code like 'I50%'"
[feature.cancer_coded]
first_date = ["diagnosis", "outpatient", "emergency_attendance"]
where = "code in codes.cancer"
[feature.in_cohort]
rule = "age >= 65 and imd_decile <= 4 and emergency_spells >= 2 and failure is not null and cancer_coded is null"
[feature.index]
rule = "case when in_cohort then failure end"
[feature.attendances_90d]
distinct_spells = "emergency_attendance"
after = "index"
within = "90 days"
"#;

/// The questions as the text of a file.
fn text() -> String {
    let mut text = QUESTIONS.to_owned();
    // Writing to a String cannot fail.
    let stems: Vec<String> = (0..98).map(|n| format!("\"C{n:02}\"")).collect();
    let _ = writeln!(text, "[codes.cancer]\nicd10 = [{}]", stems.join(", "));
    for list in LISTS {
        let _ = writeln!(text, "[feature.ltc_{list}]\nknown_to = \"ltc_{list}\"");
    }
    let table = score_table(ScoreKind::CharlsonQuan);
    let (mut sum, mut any) = (Vec::new(), Vec::new());
    for (number, group) in table.groups.iter().enumerate() {
        let stems: Vec<String> = group.codes.iter().map(|code| format!("\"{code}\"")).collect();
        let _ = writeln!(text, "[codes.g{number}]\nicd10 = [{}]", stems.join(", "));
        let _ = writeln!(text, "[feature.g{number}]\nfirst_date = {KINDS}\nwhere = \"code in codes.g{number}\"");
        // The peers' table gives HIV two points; everything else is as published.
        let points = if group.codes.iter().any(|code| code == "B20") { 2 } else { group.weight_tenths / 10 };
        any.push(format!("g{number} is not null"));
        if points > 0 {
            let graver = group.yields_to.map_or(String::new(), |other| format!(" and g{other} is null"));
            sum.push(format!("case when g{number} is not null{graver} then {points} else 0 end"));
        }
    }
    let _ = writeln!(text, "[feature.charlson]\nrule = \"{}\"", sum.join(" + "));
    let _ = writeln!(text, "[feature.charlson_coded]\nrule = \"{}\"", any.join(" or "));
    text
}

fn questions() -> FeatureSet {
    let resolve = |name: &str| {
        let table = score_table(ScoreKind::HospitalFrailtyRisk);
        let mut rows = "group,system,code,weight\n".to_owned();
        for group in &table.groups {
            let (code, tenths) = (&group.codes[0], group.weight_tenths);
            let _ = writeln!(rows, "{code},icd10,{code},{}.{}", tenths / 10, tenths % 10);
        }
        (name == "hfrs.csv").then_some(rows)
    };
    let (set, findings) = feature_set("four_questions.toml", &text(), &resolve);
    for finding in &findings {
        println!("{}", finding.render());
    }
    set.unwrap_or_default()
}

/// Sums of one bucket: frailty (people, tenths, high, middle), Charlson (people, points, five and more, most), segments and
/// admissions, cohort (people, attendances).
type Sums = [i64; 12];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let Some(lake) = arguments.first().filter(|lake| Path::new(lake).exists()) else {
        println!("skipped: name a lake made by `vanguard bench population`");
        return Ok(());
    };
    let threads = arguments.get(1).and_then(|number| number.parse().ok()).unwrap_or(2);
    let set = questions();
    for _ in 0..3 {
        let start = Instant::now();
        let snapshot = Snapshot::open(Path::new(lake))?;
        let program = FeatureProgram::new(&set, &snapshot, snapshot.manifest().as_of)?;
        let parts = snapshot.scan(program.columns() | Columns::PERSON_ID, threads, |view| {
            sums(&set, &program.run(view, &vec![NOWHERE; view.len()]))
        })?;
        let mut total: Sums = [0; 12];
        for part in parts {
            for (place, (sum, more)) in total.iter_mut().zip(part).enumerate() {
                *sum = if place == 7 { (*sum).max(more) } else { *sum + more };
            }
        }
        println!("{total:?} {:.2} s on {threads} threads", start.elapsed().as_secs_f64());
    }
    Ok(())
}

fn sums(set: &FeatureSet, columns: &[Vec<i64>]) -> Sums {
    let column = |id: &str| set.position(id).map_or(&[][..], |position| columns[position].as_slice());
    let (hfrs, charlson, coded) = (column("hfrs"), column("charlson"), column("charlson_coded"));
    let (segment, spells) = (column("segment_number"), column("emergency_spells"));
    let (index, attendances) = (column("index"), column("attendances_90d"));
    let mut sums: Sums = [0; 12];
    for person in 0..hfrs.len() {
        let (tenths, points) = (hfrs[person] / 100, charlson[person]);
        sums[0] += i64::from(tenths > 0);
        sums[1] += tenths;
        sums[2] += i64::from(tenths >= 150);
        sums[3] += i64::from((50..150).contains(&tenths));
        if coded[person] == 1 {
            sums[4] += 1;
            sums[5] += points;
            sums[6] += i64::from(points >= 5);
            sums[7] = sums[7].max(points);
        }
        sums[8] += segment[person];
        sums[9] += spells[person];
        if index[person] != ABSENT {
            sums[10] += 1;
            sums[11] += attendances[person];
        }
    }
    sums
}
