//! `report.html` of `vanguard link`: one page that needs nothing else and shows no value unless it is asked to.
#![expect(clippy::unwrap_used, reason = "a failure in a test should stop it")]

use std::path::Path;
use std::process::Command;

/// Two hundred people, each twice; some copies with a slip or without a part.
fn people() -> String {
    let parts = ["AL", "BER", "COR", "DAN", "EST", "FAR", "GIL", "HOL", "IVE", "JOR", "KES", "LUM", "MAR", "NOR"];
    let mut rows = String::from("id,surname,first_name,dob,postcode,sex,address1,person\n");
    for person in 0..200_usize {
        let part = |by: usize| parts[person / by % 14];
        for copy in 0..2 {
            let family = format!("{}{}SON{}", part(1), part(14), if copy == 1 && person % 5 == 0 { "E" } else { "" });
            let given = format!("{}{}A", part(3), part(5));
            let given = if copy == 1 && person % 7 == 0 { "" } else { given.as_str() };
            let birth = format!("19{:02}-{:02}-{:02}", person % 90 + 10, person % 12 + 1, person % 28 + 1);
            let postcode =
                if copy == 1 && person % 11 == 0 { String::new() } else { format!("QX{} 7ZZ", person % 30 + 1) };
            let sex = if person % 2 == 0 { "F" } else { "M" };
            rows.extend([format!(
                "{person}-{copy},{family},{given},{birth},{postcode},{sex},{} Elm Row,{person}\n",
                person % 50
            )]);
        }
    }
    rows
}

fn page(folder: &Path, more: &str) -> String {
    let args = format!("link people.csv --id id --out out{more}");
    let done = Command::new(env!("CARGO_BIN_EXE_vanguard")).current_dir(folder).args(args.split(' ')).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    std::fs::read_to_string(folder.join("out/report.html")).unwrap()
}

#[test]
fn the_report_stands_alone_and_hides_values() {
    let folder = tempfile::tempdir().unwrap();
    let rows = people();
    std::fs::write(folder.path().join("people.csv"), &rows).unwrap();
    let html = page(folder.path(), " --truth person");
    for heading in [
        "What each answer weighs",
        "Blocking rules and their cost",
        "Compared pairs by match weight",
        "Sessions of training",
        "Expected precision and recall by threshold",
        "Records that say too little to be linked by weight",
        "Precision and recall",
        "Receiver operating characteristic",
        "At the threshold",
        "People by how many records they have",
        "Pairs next to the threshold",
    ] {
        assert!(html.contains(heading), "{heading}");
    }
    assert!(
        !html.contains("<script") && !html.contains(" src=") && !html.contains("url("),
        "the page must need nothing else"
    );
    assert!(html.matches(" href=").count() == html.matches(" href=\"#").count(), "no link leads out of the page");
    // Each id stands once.
    let mut ids: Vec<&str> = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
    let values: Vec<&str> =
        rows.lines().skip(1).flat_map(|row| row.split(',').skip(1).take(2)).filter(|v| v.len() > 4).collect();
    assert!(values.len() > 300);
    assert!(values.iter().all(|value| !html.contains(value)), "a value can be read");
    assert!(!html.contains("QX1"));
    let shown = page(folder.path(), " --show-values");
    assert!(values.iter().any(|value| shown.contains(value)), "values were asked for");
    assert!(!shown.contains("Receiver operating characteristic"), "nothing is known");
}
