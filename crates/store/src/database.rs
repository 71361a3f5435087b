//! Opening the database, bringing its tables up to date, and transactions.

use crate::Error;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqlitePool, SqlitePoolOptions};
use sqlx::{ConnectOptions, Connection, Row};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Written in the header of every database of ours: "VANG".
const APPLICATION_ID: i64 = 0x5641_4e47;
/// The tables, step by step. Each step sets `user_version` to its number; steps are added and never changed.
const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001_audit.sql"),
    include_str!("../migrations/0002_run.sql"),
    include_str!("../migrations/0003_linkage_review.sql"),
    include_str!("../migrations/0004_cohort.sql"),
];
/// How long a writer waits for another process.
const PATIENCE: Duration = Duration::from_secs(10);
const READERS: u32 = 4;

/// The operational database of one place. Cheap to clone; clones share the connections.
#[derive(Debug, Clone)]
pub struct Store {
    writer: SqlitePool,
    pub(crate) readers: SqlitePool,
    pub(crate) path: PathBuf,
}

/// Several writes that happen together or not at all. Dropped without [`Transaction::commit`], it leaves no trace.
#[derive(Debug)]
pub struct Transaction {
    pub(crate) inner: sqlx::Transaction<'static, sqlx::Sqlite>,
    pub(crate) path: PathBuf,
}

impl Store {
    /// Opens the database, makes it where there is none, and brings its tables up to date.
    ///
    /// One connection writes, so writers queue in order instead of failing; readers do not wait for it. Commits are on
    /// the disk when they return, because an audit row that a power cut can take back is none.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        if !path.exists() && path.parent().is_some_and(|folder| !folder.as_os_str().is_empty() && !folder.is_dir()) {
            return Err(Error::NoFolder(path.to_owned()));
        }
        let options = options(path).create_if_missing(true);
        let fail = |cause| Error::of("open the database", path, cause);
        let mut connection = options.connect().await.map_err(fail)?;
        prepare(&mut connection, path).await?;
        connection.close().await.map_err(fail)?;
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(PATIENCE * 3)
            .connect_with(options.clone())
            .await
            .map_err(fail)?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(PATIENCE * 3)
            .connect_lazy_with(options.create_if_missing(false).pragma("query_only", "on"));
        Ok(Self { writer, readers, path: path.to_owned() })
    }

    /// Starts a transaction that writes; it waits its turn.
    pub async fn begin(&self) -> Result<Transaction, Error> {
        let inner = self.writer.begin_with("BEGIN IMMEDIATE").await.map_err(self.failed_to("begin a transaction"))?;
        Ok(Transaction { inner, path: self.path.clone() })
    }

    /// Closes the connections once their work is done and folds the write-ahead log into the file.
    pub async fn close(self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn failed_to(&self, doing: &'static str) -> impl Fn(sqlx::Error) -> Error {
        move |cause| Error::of(doing, &self.path, cause)
    }
}

impl Transaction {
    /// Makes the writes last.
    pub async fn commit(self) -> Result<(), Error> {
        let path = self.path;
        self.inner.commit().await.map_err(|cause| Error::of("commit", &path, cause))
    }

    pub(crate) fn failed_to(&self, doing: &'static str) -> impl Fn(sqlx::Error) -> Error + use<> {
        let path = self.path.clone();
        move |cause| Error::of(doing, &path, cause)
    }
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(true)
        .busy_timeout(PATIENCE)
        .synchronous(sqlx::sqlite::SqliteSynchronous::Full)
}

/// Looks before it touches: a file of another program is left as it is.
async fn prepare(connection: &mut SqliteConnection, path: &Path) -> Result<(), Error> {
    let fail = |cause| Error::of("open the database", path, cause);
    check_ours(connection, path).await?;
    sqlx::raw_sql("PRAGMA journal_mode = WAL").execute(&mut *connection).await.map_err(fail)?;
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(fail)?;
    // Read again now that no other process can be at the same step.
    let version = number(&mut transaction, "PRAGMA user_version").await.map_err(fail)?;
    for step in MIGRATIONS.iter().skip(version as usize) {
        sqlx::raw_sql(*step).execute(&mut *transaction).await.map_err(fail)?;
    }
    transaction.commit().await.map_err(fail)
}

async fn check_ours(connection: &mut SqliteConnection, path: &Path) -> Result<(), Error> {
    let fail = |cause| Error::of("open the database", path, cause);
    let tables = number(connection, "SELECT count(*) FROM sqlite_master").await.map_err(fail)?;
    let application = number(connection, "PRAGMA application_id").await.map_err(fail)?;
    if tables > 0 && application != APPLICATION_ID {
        return Err(Error::NotOurs(path.to_owned()));
    }
    let found = number(connection, "PRAGMA user_version").await.map_err(fail)?;
    let known = MIGRATIONS.len() as i64;
    if found < 0 || found > known {
        return Err(Error::TooNew { path: path.to_owned(), found, known });
    }
    Ok(())
}

async fn number(connection: &mut SqliteConnection, question: &'static str) -> Result<i64, sqlx::Error> {
    sqlx::query(question).fetch_one(connection).await?.try_get(0)
}
