//! Decisions about pairs of records: who may, what stands, what stays.
#![expect(clippy::unwrap_used, reason = "helpers of tests may stop the test")]

use nhs::LondonInstant;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Executor};
use store::{Access, Error, Outcome, PairKey, Purpose, Reviewed, Role, Scope, Standing, Store, Verdict};

fn at(millis: i64) -> LondonInstant {
    LondonInstant::from_unix_millis(1_433_160_000_000 + millis).unwrap()
}

fn reviewer(who: &str) -> Access {
    Access::new(who, Role::DataQuality, "QE1", Purpose::Linkage, Scope::Figures)
}

fn seen(pair: PairKey) -> Reviewed<'static> {
    Reviewed { pair, people: (7, 9), weight_hundredths: 310, snapshot: "2026-03-31-0001" }
}

async fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path().join("vanguard.db")).await.unwrap();
    (folder, store)
}

#[test]
fn keys_of_pairs_come_back() {
    let pair = PairKey::new(u64::MAX, 5);
    assert_eq!((pair.left(), pair.right()), (5, u64::MAX));
    assert_eq!(PairKey::parse(&pair.to_string()), Some(pair));
    for text in
        ["", "5-7", "0000000000000005", "ffffffffffffffff-0000000000000005", "+000000000000005-0000000000000007"]
    {
        assert_eq!(PairKey::parse(text), None, "{text}");
    }
}

#[tokio::test]
async fn a_decision_stands_until_it_is_undone_and_every_act_stays() {
    let (_folder, store) = store().await;
    let pair = PairKey::new(3, u64::MAX - 1);
    let one = reviewer("one");
    store.decide(&one, seen(pair), Some(Verdict::Same), "the same hand", at(0)).await.unwrap();
    let decisions = store.linkage_decisions().await.unwrap();
    assert_eq!(decisions.standing(pair), Standing::Settled(Verdict::Same));
    assert_eq!(decisions.labels(), [(pair, true)]);
    store.decide(&one, seen(pair), None, "", at(1)).await.unwrap();
    let decisions = store.linkage_decisions().await.unwrap();
    assert_eq!((decisions.standing(pair), decisions.labels().len()), (Standing::Open, 0));
    store.decide(&one, seen(pair), Some(Verdict::Different), "", at(2)).await.unwrap();
    let decisions = store.linkage_decisions().await.unwrap();
    assert_eq!(decisions.labels(), [(pair, false)]);
    let acts = &decisions.pairs[&pair].acts;
    assert_eq!(acts.len(), 3);
    assert_eq!((acts[0].reason.as_str(), acts[0].who.as_str(), acts[0].at), ("the same hand", "one", at(0)));
    assert_eq!(decisions.pairs[&pair].said_by("one").and_then(|d| d.verdict), Some(Verdict::Different));
    // Both people's records show it.
    for person in [7, 9] {
        let looks = store.who_has_looked(person, 10).await.unwrap();
        assert_eq!(looks.len(), 3);
        assert!(looks[0].detail.contains("verdict=different") && looks[0].outcome == Outcome::Allowed);
    }
}

#[tokio::test]
async fn two_who_differ_decide_nothing_and_two_may_be_needed() {
    let (_folder, store) = store().await;
    let (pair, other) = (PairKey::new(1, 2), PairKey::new(1, 3));
    let (one, two) = (reviewer("one"), reviewer("two"));
    store.decide(&one, seen(pair), Some(Verdict::Same), "", at(0)).await.unwrap();
    store.decide(&two, seen(pair), Some(Verdict::Different), "", at(1)).await.unwrap();
    store.decide(&one, seen(other), Some(Verdict::Same), "", at(2)).await.unwrap();
    let decisions = store.linkage_decisions().await.unwrap();
    assert_eq!(decisions.standing(pair), Standing::Disputed);
    assert_eq!(decisions.labels(), [(other, true)]);
    store.set_reviewers(&one, 2, at(3)).await.unwrap();
    let decisions = store.linkage_decisions().await.unwrap();
    assert_eq!((decisions.reviewers, decisions.standing(other)), (2, Standing::Waiting(Verdict::Same)));
    assert!(decisions.labels().is_empty());
    store.decide(&two, seen(other), Some(Verdict::Same), "", at(4)).await.unwrap();
    store.decide(&two, seen(pair), Some(Verdict::Same), "", at(5)).await.unwrap();
    assert_eq!(store.linkage_decisions().await.unwrap().labels(), [(pair, true), (other, true)]);
}

#[tokio::test]
async fn only_those_who_check_data_compare_and_decide_and_a_refusal_is_written_down() {
    let (_folder, store) = store().await;
    let pair = PairKey::new(1, 2);
    let refused = [
        Access::new("an.analyst", Role::Analyst, "QE1", Purpose::Linkage, Scope::Figures),
        Access::new("a.gp", Role::Gp, "A81001", Purpose::DirectCare, Scope::Figures),
        Access::new("an.officer", Role::DataQuality, "QE1", Purpose::Planning, Scope::Figures),
    ];
    for access in &refused {
        let look = store.look_at_pair(access, seen(pair), at(0)).await.unwrap_err();
        let act = store.decide(access, seen(pair), Some(Verdict::Same), "", at(1)).await.unwrap_err();
        let rule = store.set_reviewers(access, 2, at(2)).await.unwrap_err();
        let file = store.audit_linkage_export(access, 1, b"x", at(3)).await.unwrap_err();
        assert!([look, act, rule, file].iter().all(|error| matches!(error, Error::Refused(_))));
    }
    assert_eq!(store.linkage_decisions().await.unwrap().pairs.len(), 0);
    assert_eq!(store.linkage_decisions().await.unwrap().reviewers, 1);
    let looks = store.who_has_looked(9, 20).await.unwrap();
    assert_eq!(looks.iter().filter(|look| look.outcome == Outcome::Refused).count(), 6);
    // A data quality officer sees no record of a person.
    assert!(reviewer("one").may_see_names().is_err());
}

#[tokio::test]
async fn decisions_are_not_changed_behind_the_store() {
    let (folder, store) = store().await;
    store.decide(&reviewer("one"), seen(PairKey::new(1, 2)), Some(Verdict::Same), "", at(0)).await.unwrap();
    store.close().await;
    let mut intruder = SqliteConnectOptions::new().filename(folder.path().join("vanguard.db")).connect().await.unwrap();
    for act in ["UPDATE linkage_decision SET verdict = 'different'", "DELETE FROM linkage_decision"] {
        assert!(intruder.execute(act).await.unwrap_err().to_string().contains("a later row goes before"), "{act}");
    }
}
