//! The hash chain under the audit. Each row's hash is SHA-256 over the hash before it and the row's own fields, each with
//! its length in front, so that no two different rows read the same. A row that is changed, moved or taken from the middle
//! breaks the chain. Someone who rewrites every later hash too, or cuts the end off, is caught only by a [`Head`] noted
//! elsewhere, which is why one can be taken and checked.

use crate::audit::hex;
use crate::{Error, Store};
use sha2::{Digest, Sha256};
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

/// Rows read at a time by the check.
const PAGE: i64 = 10_000;
type Hash = [u8; 32];

/// The fields of a row that its hash covers, beside its sequence.
pub(crate) struct Entry<'a> {
    pub instant: i64,
    pub who: &'a str,
    pub role: &'a str,
    pub organisation: &'a str,
    pub purpose: &'a str,
    pub action: &'a str,
    pub outcome: &'a str,
    pub person: Option<u64>,
    pub detail: &'a str,
}

/// The end of the chain at some moment: note it outside the database to prove later that nothing before it was altered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The last row's number; 0 for an empty audit.
    pub sequence: i64,
    /// The last row's hash in hexadecimal; zeros for an empty audit.
    pub hash: String,
}

/// A chain that was found whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// How many rows were checked.
    pub rows: u64,
    /// Its end.
    pub head: Head,
}

impl Store {
    /// Reads the whole audit and checks every hash; the first row that does not fit comes back as [`Error::Tampered`].
    pub async fn verify_chain(&self) -> Result<Chain, Error> {
        self.verify_chain_since(&Head { sequence: 0, hash: hex(&[0; 32]) }).await
    }

    /// The same, and the head noted earlier must still be in the chain at its place.
    pub async fn verify_chain_since(&self, noted: &Head) -> Result<Chain, Error> {
        let fail = self.failed_to("read the audit");
        let (mut sequence, mut hash): (i64, Hash) = (0, [0; 32]);
        loop {
            let rows = sqlx::query(
                "SELECT sequence, instant, who, role, organisation, purpose, action, outcome, person, detail, hash
                 FROM audit WHERE sequence > ? ORDER BY sequence LIMIT ?",
            )
            .bind(sequence)
            .bind(PAGE)
            .fetch_all(&self.readers)
            .await
            .map_err(&fail)?;
            if rows.is_empty() {
                break;
            }
            for row in &rows {
                hash = check(row, sequence + 1, &hash).map_err(&fail)??;
                sequence += 1;
                if sequence == noted.sequence && hex(&hash) != noted.hash {
                    return Err(Error::Tampered { sequence, reason: "is not the row that was noted" });
                }
            }
        }
        if sequence < noted.sequence {
            return Err(Error::Tampered { sequence: sequence + 1, reason: "is missing, though it was noted" });
        }
        Ok(Chain { rows: sequence as u64, head: Head { sequence, hash: hex(&hash) } })
    }
}

/// Adds a row at the end. The caller's transaction holds the write lock, so the end stays the end.
pub(crate) async fn append(connection: &mut SqliteConnection, entry: &Entry<'_>) -> Result<(), sqlx::Error> {
    let last = sqlx::query("SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1")
        .fetch_optional(&mut *connection)
        .await?;
    let (sequence, previous) = match last {
        Some(row) => (row.try_get::<i64, _>(0)? + 1, stored_hash(&row, 1)?),
        None => (1, [0; 32]),
    };
    sqlx::query(
        "INSERT INTO audit (sequence, instant, who, role, organisation, purpose, action, outcome, person, detail, hash)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(sequence)
    .bind(entry.instant)
    .bind(entry.who)
    .bind(entry.role)
    .bind(entry.organisation)
    .bind(entry.purpose)
    .bind(entry.action)
    .bind(entry.outcome)
    .bind(entry.person.map(|id| id as i64))
    .bind(entry.detail)
    .bind(&digest(&previous, sequence, entry)[..])
    .execute(connection)
    .await?;
    Ok(())
}

/// The row's hash where it stands at `expected` and fits the hash before it.
fn check(row: &SqliteRow, expected: i64, previous: &Hash) -> Result<Result<Hash, Error>, sqlx::Error> {
    let sequence: i64 = row.try_get("sequence")?;
    if sequence != expected {
        return Ok(Err(Error::Tampered { sequence: expected, reason: "is missing" }));
    }
    let entry = Entry {
        instant: row.try_get("instant")?,
        who: row.try_get("who")?,
        role: row.try_get("role")?,
        organisation: row.try_get("organisation")?,
        purpose: row.try_get("purpose")?,
        action: row.try_get("action")?,
        outcome: row.try_get("outcome")?,
        person: row.try_get::<Option<i64>, _>("person")?.map(|id| id as u64),
        detail: row.try_get("detail")?,
    };
    let hash = digest(previous, sequence, &entry);
    if hash != stored_hash(row, "hash")? {
        return Ok(Err(Error::Tampered {
            sequence,
            reason: "does not fit its hash: it or the row before it was altered",
        }));
    }
    Ok(Ok(hash))
}

fn stored_hash<I: sqlx::ColumnIndex<SqliteRow>>(row: &SqliteRow, column: I) -> Result<Hash, sqlx::Error> {
    let bytes: &[u8] = row.try_get(column)?;
    bytes.try_into().map_err(|_| sqlx::Error::Decode("a hash is not 32 bytes long".into()))
}

fn digest(previous: &Hash, sequence: i64, entry: &Entry<'_>) -> Hash {
    let person = entry.person.map(u64::to_be_bytes);
    let fields: [&[u8]; 10] = [
        &sequence.to_be_bytes(),
        &entry.instant.to_be_bytes(),
        entry.who.as_bytes(),
        entry.role.as_bytes(),
        entry.organisation.as_bytes(),
        entry.purpose.as_bytes(),
        entry.action.as_bytes(),
        entry.outcome.as_bytes(),
        // No person is a field of no bytes, which no identifier is.
        person.as_ref().map_or(&[], |bytes| bytes.as_slice()),
        entry.detail.as_bytes(),
    ];
    let mut sha = Sha256::new();
    sha.update(previous);
    for field in fields {
        sha.update((field.len() as u64).to_be_bytes());
        sha.update(field);
    }
    sha.finalize().into()
}
