//! Saved cohorts and the audit of their exports.
#![expect(clippy::unwrap_used, reason = "helpers of tests may stop the test")]

use nhs::LondonInstant;
use store::{Access, CohortExport, CohortText, Error, Outcome, Purpose, Role, Scope, Store};

fn at(millis: i64) -> LondonInstant {
    LondonInstant::from_unix_millis(1_433_160_000_000 + millis).unwrap()
}

/// Cohorts are saved, changed by whoever saw them last, deleted and brought back; their counts stay as they were shown.
#[tokio::test]
async fn cohorts() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path().join("vanguard.db")).await.unwrap();
    let text = |name: &str, rule: &str| CohortText {
        name: name.into(),
        description: "For a test".into(),
        whom: "served".into(),
        rule: rule.into(),
    };
    assert_eq!(store.cohorts().await.unwrap(), []);
    let id = store.save_cohort(&text("Frail", "hfrs > 5"), "a.user", "s1", at(1)).await.unwrap();
    let taken = store.save_cohort(&text("FRAIL", ""), "b.user", "s1", at(2)).await.unwrap_err();
    assert!(matches!(taken, Error::CohortNameTaken(_)), "{taken}");
    // Two tabs opened the first version; the first to save wins, and the second is told.
    store.change_cohort(id, 1, &text("Frail", "hfrs > 6"), "s1", at(3)).await.unwrap();
    let late = store.change_cohort(id, 1, &text("Frail", "hfrs > 7"), "s1", at(4)).await.unwrap_err();
    assert!(matches!(late, Error::CohortChanged(found) if found == id), "{late}");
    let found = store.cohort(id).await.unwrap().unwrap();
    assert_eq!((found.text.rule.as_str(), found.version, found.owner.as_str()), ("hfrs > 6", 2, "a.user"));
    for (snapshot, people, instant) in [("s1", Some(25), 5), ("s1", Some(30), 6), ("s2", None, 7)] {
        store.note_cohort_count(id, snapshot, "hfrs > 6", people, at(instant)).await.unwrap();
    }
    let counts = store.cohort_counts(id).await.unwrap();
    let counts: Vec<_> = counts.iter().map(|c| (c.snapshot.as_str(), c.people)).collect();
    assert_eq!(counts, [("s2", None), ("s1", Some(25))], "the first count of a snapshot stays");
    store.delete_cohort(id, Some(at(8))).await.unwrap();
    assert!(matches!(store.delete_cohort(id, Some(at(9))).await.unwrap_err(), Error::NoSuchCohort(_)));
    assert_eq!(store.cohorts().await.unwrap(), []);
    assert!(
        store.change_cohort(id, 3, &text("Frail", ""), "s1", at(9)).await.is_err(),
        "a deleted cohort is not changed"
    );
    let other = store.save_cohort(&text("Frail", ""), "b.user", "s1", at(10)).await.unwrap();
    assert!(matches!(store.delete_cohort(id, None).await.unwrap_err(), Error::CohortNameTaken(_)));
    store.delete_cohort(other, Some(at(11))).await.unwrap();
    store.delete_cohort(id, None).await.unwrap();
    assert_eq!(store.cohorts().await.unwrap().len(), 1);
    assert_eq!(store.cohort(99).await.unwrap(), None);
}

/// What leaves is in the audit with its reason and its hash, and a refusal too; other cohorts' rows are not mixed in.
#[tokio::test]
async fn exports_of_cohorts() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path().join("vanguard.db")).await.unwrap();
    let analyst = Access::new("a.user", Role::Analyst, "Place", Purpose::Planning, Scope::Figures);
    let export = CohortExport {
        cohort: 1,
        snapshot: "s1",
        reason: "A reason with = and %",
        rows: 2,
        with_names: false,
        file: b"person_id\n1\n2\n",
    };
    store.audit_cohort_export(&analyst, &export, at(1)).await.unwrap();
    store.audit_cohort_export(&analyst, &CohortExport { cohort: 12, ..export }, at(2)).await.unwrap();
    let refused = analyst.may_export_pseudonyms("no").unwrap_err();
    store.audit_refused_export(&analyst, 1, &refused, at(3)).await.unwrap();
    let rows = store.exports_of_cohort(1, 10).await.unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0].outcome, Outcome::Refused);
    let sha256 = store::sha256_hex(b"person_id\n1\n2\n");
    let wanted = format!("cohort=1 snapshot=s1 pseudonyms rows=2 sha256={sha256} reason=A reason with = and %");
    assert_eq!(rows[1].detail, wanted);
    assert_eq!(rows[1].person, None);
    assert_eq!(store.verify_chain().await.unwrap().rows, 3);
}
