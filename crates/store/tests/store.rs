//! The operational database as its users meet it: looks, refusals, exports, runs, and everything that can go wrong.
#![expect(clippy::unwrap_used, reason = "helpers of tests may stop the test")]

use nhs::{LondonInstant, OdsCode};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Executor, SqliteConnection};
use std::path::{Path, PathBuf};
use store::{Access, Action, Error, Export, Outcome, PersonPlace, Purpose, Role, RunEnd, RunOutcome, Scope, Store};

fn at(millis: i64) -> LondonInstant {
    LondonInstant::from_unix_millis(1_433_160_000_000 + millis).unwrap()
}

fn practice(code: &str) -> OdsCode {
    OdsCode::parse(code).unwrap()
}

fn gp() -> Access {
    let own = Scope::Practices([practice("A81001")].into());
    Access::new("dr.shah", Role::Gp, "A81001", Purpose::DirectCare, own)
}

fn analyst() -> Access {
    Access::new("an.analyst", Role::Analyst, "QE1", Purpose::Planning, Scope::Figures)
}

fn patient(id: u64) -> PersonPlace<'static> {
    PersonPlace { id, practice: Some(practice("A81001")), locality: Some("north") }
}

fn file() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vanguard.db");
    (folder, path)
}

/// A connection past every rule of the store, as someone with the file in hand has it.
async fn intruder(path: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(path).connect().await.unwrap()
}

async fn drop_the_guards(connection: &mut SqliteConnection) {
    for guard in ["audit_adds_at_the_end", "audit_is_not_changed", "audit_is_not_deleted"] {
        connection.execute(sqlx::AssertSqlSafe(format!("DROP TRIGGER {guard}"))).await.unwrap();
    }
}

#[tokio::test]
async fn a_look_and_a_refused_look_are_both_on_the_page_of_the_person() {
    let (_folder, path) = file();
    let store = Store::open(&path).await.unwrap();
    store.look(&gp(), patient(7), Action::OpenRecord, at(0)).await.unwrap();
    let refused = store.look(&analyst(), patient(7), Action::OpenRecord, at(1)).await.unwrap_err();
    assert!(matches!(refused, Error::Refused(_)));
    store.look(&gp(), patient(u64::MAX), Action::OpenRecord, at(2)).await.unwrap();

    let looks = store.who_has_looked(7, 10).await.unwrap();
    assert_eq!(looks.len(), 2);
    assert_eq!((looks[0].sequence, looks[0].who.as_str(), looks[0].outcome), (2, "an.analyst", Outcome::Refused));
    assert_eq!(
        looks[0].detail,
        "The role Analyst sees figures, not people; a care coordinator or GP may open a record."
    );
    assert_eq!(looks[1].who, "dr.shah");
    assert_eq!((looks[1].role.as_str(), looks[1].purpose.as_str()), ("gp", "direct_care"));
    assert_eq!((looks[1].action.as_str(), looks[1].organisation.as_str()), ("open_record", "A81001"));
    assert_eq!((looks[1].at, looks[1].person), (at(0), Some(7)));
    assert_eq!(store.who_has_looked(7, 1).await.unwrap().len(), 1);
    assert_eq!(store.looks_at(7).await.unwrap(), 2);
    assert_eq!(store.who_has_looked(u64::MAX, 10).await.unwrap()[0].person, Some(u64::MAX));
    assert_eq!(store.verify_chain().await.unwrap().rows, 3);
}

#[tokio::test]
async fn a_search_shows_only_ones_own_people_and_records_the_rest_as_refused() {
    let (_folder, path) = file();
    let store = Store::open(&path).await.unwrap();
    let other = PersonPlace { id: 2, practice: Some(practice("A81002")), locality: None };
    let answers =
        store.look_at_all(&gp(), &[patient(1), other, patient(3)], Action::FindInSearch, at(0)).await.unwrap();
    assert_eq!(answers.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, true]);
    let latest = store.latest_audit(10).await.unwrap();
    assert_eq!(
        latest.iter().map(|row| (row.person, row.outcome)).collect::<Vec<_>>(),
        [(Some(3), Outcome::Allowed), (Some(2), Outcome::Refused), (Some(1), Outcome::Allowed)]
    );
}

#[tokio::test]
async fn an_export_leaves_a_line_for_the_file_and_one_for_each_person() {
    let (_folder, path) = file();
    let store = Store::open(&path).await.unwrap();
    // The SHA-256 of "abc", from FIPS 180-2, appendix B.1.
    let export = Export { service: "extensive_care", team: "north-1", people: &[5, 9], file: b"abc" };
    store.audit_export(&gp(), &export, at(0)).await.unwrap();
    let rows = store.latest_audit(10).await.unwrap();
    assert_eq!(rows.len(), 3);
    assert_eq!(rows[2].action, "export_caseload");
    assert_eq!(rows[2].person, None);
    assert_eq!(
        rows[2].detail,
        "service=extensive_care team=north-1 rows=2 \
         sha256=ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
    assert_eq!(store.who_has_looked(9, 5).await.unwrap()[0].detail, "service=extensive_care team=north-1");
    store.verify_chain().await.unwrap();
}

#[tokio::test]
async fn a_dropped_transaction_leaves_no_trace_and_the_next_one_goes_on() {
    let (_folder, path) = file();
    let store = Store::open(&path).await.unwrap();
    {
        let mut transaction = store.begin().await.unwrap();
        transaction.audit_look(&gp(), 1, Action::ReadAudit, at(0)).await.unwrap();
    }
    let mut transaction = store.begin().await.unwrap();
    transaction.audit_look(&gp(), 2, Action::ReadAudit, at(1)).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(store.looks_at(1).await.unwrap(), 0);
    let rows = store.latest_audit(10).await.unwrap();
    assert_eq!((rows.len(), rows[0].sequence, rows[0].person), (1, 1, Some(2)));
    store.verify_chain().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_writers_in_two_processes_make_one_chain() {
    let (_folder, path) = file();
    // Two stores over one file stand for two processes: they share nothing but the file.
    let (first, second) = tokio::join!(Store::open(&path), Store::open(&path));
    let stores = [first.unwrap(), second.unwrap()];
    let mut tasks = Vec::new();
    for writer in 0..8u64 {
        let store = stores[writer as usize % 2].clone();
        tasks.push(tokio::spawn(async move {
            for look in 0..10 {
                store.look(&gp(), patient(writer), Action::OpenRecord, at(look)).await.unwrap();
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    let chain = stores[0].verify_chain().await.unwrap();
    assert_eq!((chain.rows, chain.head.sequence), (80, 80));
    assert_eq!(stores[1].looks_at(3).await.unwrap(), 10);
}

#[tokio::test]
async fn the_database_itself_refuses_to_change_or_delete_audit_rows() {
    let (_folder, path) = file();
    let store = Store::open(&path).await.unwrap();
    store.look(&gp(), patient(1), Action::OpenRecord, at(0)).await.unwrap();
    let mut connection = intruder(&path).await;
    for (statement, says) in [
        ("UPDATE audit SET who = 'somebody else'", "never changed"),
        ("DELETE FROM audit", "never deleted"),
        (
            "INSERT OR REPLACE INTO audit SELECT 1, 0, 'x', 'x', 'x', 'x', 'x', 'allowed', 2, '', hash FROM audit",
            "at the end",
        ),
        ("INSERT INTO audit SELECT 9, 0, 'x', 'x', 'x', 'x', 'x', 'allowed', 2, '', hash FROM audit", "at the end"),
    ] {
        let error = connection.execute(statement).await.unwrap_err().to_string();
        assert!(error.contains(says), "{statement}: {error}");
    }
    assert_eq!(store.verify_chain().await.unwrap().rows, 1);
}

#[tokio::test]
async fn tampering_behind_the_triggers_shows() {
    let tampers = [
        ("UPDATE audit SET who = 'nobody' WHERE sequence = 3", 3),
        ("UPDATE audit SET person = NULL WHERE sequence = 2", 2),
        ("UPDATE audit SET person = 4, detail = '' WHERE sequence = 5", 5),
        // A field's end moved into the next: the lengths in the hash tell the two apart.
        ("UPDATE audit SET who = 'dr.shahg', role = 'p' WHERE sequence = 4", 4),
        ("UPDATE audit SET instant = instant + 1 WHERE sequence = 1", 1),
        ("UPDATE audit SET outcome = 'refused' WHERE sequence = 6", 6),
        ("UPDATE audit SET hash = zeroblob(32) WHERE sequence = 2", 2),
        ("DELETE FROM audit WHERE sequence = 4", 4),
        ("DELETE FROM audit WHERE sequence = 1", 1),
    ];
    for (statement, row) in tampers {
        let (_folder, path) = file();
        let store = Store::open(&path).await.unwrap();
        for person in 1..=6 {
            store.look(&gp(), patient(person), Action::OpenRecord, at(person as i64)).await.unwrap();
        }
        assert_eq!(store.verify_chain().await.unwrap().rows, 6);
        let mut connection = intruder(&path).await;
        drop_the_guards(&mut connection).await;
        assert!(connection.execute(statement).await.unwrap().rows_affected() > 0, "{statement} changes something");
        match store.verify_chain().await {
            Err(Error::Tampered { sequence, .. }) => assert_eq!(sequence, row, "{statement}"),
            other => panic!("{statement}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_noted_head_shows_a_cut_or_rewritten_end() {
    let (_folder, path) = file();
    let store = Store::open(&path).await.unwrap();
    store.look(&gp(), patient(1), Action::OpenRecord, at(0)).await.unwrap();
    store.look(&gp(), patient(2), Action::OpenRecord, at(1)).await.unwrap();
    let noted = store.verify_chain().await.unwrap().head;
    store.look(&gp(), patient(3), Action::OpenRecord, at(2)).await.unwrap();
    assert_eq!(store.verify_chain_since(&noted).await.unwrap().rows, 3);

    let mut connection = intruder(&path).await;
    drop_the_guards(&mut connection).await;
    connection.execute("DELETE FROM audit WHERE sequence >= 2").await.unwrap();
    // The chain alone cannot tell; the noted head can.
    assert_eq!(store.verify_chain().await.unwrap().rows, 1);
    assert!(matches!(store.verify_chain_since(&noted).await, Err(Error::Tampered { sequence: 2, .. })));
    store.look(&gp(), patient(9), Action::OpenRecord, at(3)).await.unwrap();
    assert!(matches!(store.verify_chain_since(&noted).await, Err(Error::Tampered { sequence: 2, .. })));
}

#[tokio::test]
async fn runs_keep_their_counts_and_end_once() {
    let (_folder, path) = file();
    let store = Store::open(&path).await.unwrap();
    let load = store.start_run("load", "2015-06-01-a1", at(0)).await.unwrap();
    let evaluation = store.start_run("evaluate", "mcp", at(5)).await.unwrap();
    let done = RunEnd::Done { counts: &[("rows", 10), ("quarantined", 0)], millis: &[("read", 3)] };
    store.end_run(load, &done, at(9)).await.unwrap();
    store.end_run(evaluation, &RunEnd::Failed("no locality is served yet"), at(9)).await.unwrap();
    assert!(matches!(store.end_run(load, &done, at(10)).await, Err(Error::NoSuchRun(1))));
    let died = store.start_run("load", "2015-07-01-b2", at(11)).await.unwrap();

    let runs = store.recent_runs(10).await.unwrap();
    assert_eq!(runs.iter().map(|run| run.id).collect::<Vec<_>>(), [died, evaluation, load]);
    assert_eq!((runs[0].outcome, runs[0].finished), (RunOutcome::Unfinished, None));
    assert_eq!((runs[1].outcome, runs[1].message.as_str()), (RunOutcome::Failed, "no locality is served yet"));
    assert_eq!((runs[2].started, runs[2].finished), (at(0), Some(at(9))));
    assert_eq!(runs[2].counts, [("rows".to_owned(), 10), ("quarantined".to_owned(), 0)]);
    assert_eq!(runs[2].millis, [("read".to_owned(), 3)]);
    assert_eq!(store.recent_runs(1).await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_was_written_is_there_after_closing_and_opening_again() {
    let (_folder, path) = file();
    let store = Store::open(&path).await.unwrap();
    store.look(&gp(), patient(1), Action::OpenRecord, at(0)).await.unwrap();
    let head = store.verify_chain().await.unwrap().head;
    store.close().await;
    let store = Store::open(&path).await.unwrap();
    assert_eq!(store.verify_chain().await.unwrap().head, head);
}

/// The message of opening this file.
async fn refusal(path: &Path) -> String {
    format!("failed to {}", Store::open(path).await.unwrap_err())
}

#[tokio::test]
async fn a_file_that_is_no_database_of_ours_is_named_and_left_alone() {
    let (folder, path) = file();
    let text = "NHS number,name\n".repeat(100);
    std::fs::write(&path, &text).unwrap();
    assert!(refusal(&path).await.contains("the file is not a database"));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);

    let other = folder.path().join("other.db");
    let mut connection = SqliteConnectOptions::new().filename(&other).create_if_missing(true).connect().await.unwrap();
    connection.execute("CREATE TABLE notes (words TEXT)").await.unwrap();
    let before = std::fs::read(&other).unwrap();
    assert!(refusal(&other).await.contains("belongs to another program"));
    assert_eq!(std::fs::read(&other).unwrap(), before);

    assert!(refusal(&folder.path().join("absent/vanguard.db")).await.contains("its folder does not exist"));
    assert!(refusal(folder.path()).await.starts_with("failed to open the database"));
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_not_touched() {
    let (_folder, path) = file();
    Store::open(&path).await.unwrap().close().await;
    intruder(&path).await.execute("PRAGMA user_version = 900").await.unwrap();
    let message = refusal(&path).await;
    assert!(message.contains("written by a newer version of Vanguard (schema 900"), "{message}");
}

#[tokio::test]
async fn a_database_of_the_first_version_is_brought_up_to_date_with_its_rows() {
    let (_folder, path) = file();
    let mut connection = SqliteConnectOptions::new().filename(&path).create_if_missing(true).connect().await.unwrap();
    connection.execute(include_str!("../migrations/0001_audit.sql")).await.unwrap();
    drop(connection);
    let store = Store::open(&path).await.unwrap();
    store.start_run("load", "x", at(0)).await.unwrap();
    store.look(&gp(), patient(1), Action::OpenRecord, at(0)).await.unwrap();
    assert_eq!(store.verify_chain().await.unwrap().rows, 1);
}

#[tokio::test]
async fn the_tables_are_at_the_version_of_the_last_migration() {
    let (_folder, path) = file();
    Store::open(&path).await.unwrap().close().await;
    let files = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations")).unwrap().count() as i64;
    let row = intruder(&path).await.fetch_one("PRAGMA user_version").await.unwrap();
    assert_eq!(sqlx::Row::get::<i64, _>(&row, 0), files);
}

#[tokio::test]
async fn a_damaged_file_gets_a_message_and_no_panic() {
    let (_folder, path) = file();
    let store = Store::open(&path).await.unwrap();
    for person in 0..200 {
        store.look(&gp(), patient(person), Action::OpenRecord, at(0)).await.unwrap();
    }
    store.close().await;
    let mut bytes = std::fs::read(&path).unwrap();
    for byte in &mut bytes[4096..] {
        *byte ^= 0x5a;
    }
    std::fs::write(&path, bytes).unwrap();
    let error = match Store::open(&path).await {
        Err(error) => error,
        Ok(store) => store.verify_chain().await.unwrap_err(),
    };
    assert!(error.to_string().contains("damaged"), "{error}");
}

#[tokio::test]
async fn a_read_only_database_says_so() {
    let (_folder, path) = file();
    Store::open(&path).await.unwrap().close().await;
    let mut rights = std::fs::metadata(&path).unwrap().permissions();
    rights.set_readonly(true);
    std::fs::set_permissions(&path, rights).unwrap();
    if std::fs::OpenOptions::new().write(true).open(&path).is_ok() {
        // The administrator may write to any file, so the file's rights cannot show it; its contents can: a file that
        // names a later write format is one that this version of the database may only read.
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[18] = 3;
        std::fs::write(&path, bytes).unwrap();
    }
    let error = match Store::open(&path).await {
        Err(error) => error,
        Ok(store) => store.look(&gp(), patient(1), Action::OpenRecord, at(0)).await.unwrap_err(),
    };
    assert!(matches!(error, Error::ReadOnly { .. }), "{error:?}");
    assert!(error.to_string().contains("give this user the right to write"), "{error}");
}
