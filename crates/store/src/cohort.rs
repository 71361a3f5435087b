//! Cohorts that people have saved, and their counts on each snapshot as they were shown.

use crate::{Error, Store};
use nhs::LondonInstant;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

/// Longest name, in characters.
pub const LONGEST_NAME: usize = 200;

/// What a cohort is called and who is in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CohortText {
    /// Its name, 1 to [`LONGEST_NAME`] characters.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Among whom it is looked for, by the stable name.
    pub whom: String,
    /// The rule; empty for everybody.
    pub rule: String,
}

/// A saved cohort.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedCohort {
    /// Its number.
    pub id: i64,
    /// Name, description and definition.
    pub text: CohortText,
    /// The user who saved it.
    pub owner: String,
    /// Grows with every change.
    pub version: i64,
    /// The snapshot it was last saved on.
    pub snapshot: String,
    /// When it was first saved.
    pub created: LondonInstant,
    /// When it was last changed.
    pub changed: LondonInstant,
    /// When it was deleted, if it was.
    pub deleted: Option<LondonInstant>,
}

/// One count as it was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CohortCount {
    /// The snapshot that was counted.
    pub snapshot: String,
    /// The rule as it then was.
    pub rule: String,
    /// People, rounded; `None` where fewer than 8.
    pub people: Option<u64>,
    /// When it was first shown.
    pub counted: LondonInstant,
}

const COLUMNS: &str = "id, name, description, owner, whom, rule, version, snapshot, created, changed, deleted";

impl Store {
    /// Saves a new cohort and gives its number.
    pub async fn save_cohort(
        &self,
        text: &CohortText,
        owner: &str,
        snapshot: &str,
        now: LondonInstant,
    ) -> Result<i64, Error> {
        let mut transaction = self.begin().await?;
        let row = sqlx::query(
            "INSERT INTO cohort (name, description, owner, whom, rule, snapshot, created, changed)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        )
        .bind(&text.name)
        .bind(&text.description)
        .bind(owner)
        .bind(&text.whom)
        .bind(&text.rule)
        .bind(snapshot)
        .bind(now.unix_millis())
        .bind(now.unix_millis())
        .fetch_one(&mut *transaction.inner)
        .await
        .map_err(|cause| self.taken(&text.name, cause))?;
        let id = row.try_get(0).map_err(self.failed_to("save the cohort"))?;
        transaction.commit().await?;
        Ok(id)
    }

    /// Changes a cohort that is still at the version seen; [`Error::CohortChanged`] where somebody was quicker.
    pub async fn change_cohort(
        &self,
        id: i64,
        version: i64,
        text: &CohortText,
        snapshot: &str,
        now: LondonInstant,
    ) -> Result<(), Error> {
        let mut transaction = self.begin().await?;
        let done = sqlx::query(
            "UPDATE cohort SET name = ?, description = ?, whom = ?, rule = ?, snapshot = ?, changed = ?, version = version + 1
             WHERE id = ? AND version = ? AND deleted IS NULL",
        )
        .bind(&text.name)
        .bind(&text.description)
        .bind(&text.whom)
        .bind(&text.rule)
        .bind(snapshot)
        .bind(now.unix_millis())
        .bind(id)
        .bind(version)
        .execute(&mut *transaction.inner)
        .await
        .map_err(|cause| self.taken(&text.name, cause))?;
        transaction.commit().await?;
        if done.rows_affected() == 0 { Err(Error::CohortChanged(id)) } else { Ok(()) }
    }

    /// Deletes a cohort, or takes the deletion back where `now` is none.
    pub async fn delete_cohort(&self, id: i64, now: Option<LondonInstant>) -> Result<(), Error> {
        let mut transaction = self.begin().await?;
        let done =
            sqlx::query("UPDATE cohort SET deleted = ?, version = version + 1 WHERE id = ? AND (deleted IS NULL) = ?")
                .bind(now.map(LondonInstant::unix_millis))
                .bind(id)
                .bind(now.is_some())
                .execute(&mut *transaction.inner)
                .await
                .map_err(|cause| self.taken("of that cohort", cause))?;
        transaction.commit().await?;
        if done.rows_affected() == 0 { Err(Error::NoSuchCohort(id)) } else { Ok(()) }
    }

    /// A cohort by its number, deleted or not.
    pub async fn cohort(&self, id: i64) -> Result<Option<SavedCohort>, Error> {
        let fail = self.failed_to("read the cohort");
        let query = format!("SELECT {COLUMNS} FROM cohort WHERE id = ?");
        let row =
            sqlx::query(sqlx::AssertSqlSafe(query)).bind(id).fetch_optional(&self.readers).await.map_err(&fail)?;
        row.as_ref().map(cohort_of).transpose().map_err(fail)
    }

    /// Every cohort that is not deleted, by name.
    pub async fn cohorts(&self) -> Result<Vec<SavedCohort>, Error> {
        let fail = self.failed_to("read the cohorts");
        let query = format!("SELECT {COLUMNS} FROM cohort WHERE deleted IS NULL ORDER BY name COLLATE NOCASE, id");
        let rows = sqlx::query(sqlx::AssertSqlSafe(query)).fetch_all(&self.readers).await.map_err(&fail)?;
        rows.iter().map(cohort_of).collect::<Result<_, _>>().map_err(fail)
    }

    /// Notes a count as it is shown. The first of a snapshot and rule stays, so that history does not change.
    pub async fn note_cohort_count(
        &self,
        id: i64,
        snapshot: &str,
        rule: &str,
        people: Option<u64>,
        now: LondonInstant,
    ) -> Result<(), Error> {
        let mut transaction = self.begin().await?;
        sqlx::query(
            "INSERT OR IGNORE INTO cohort_count (cohort, snapshot, rule, people, counted) VALUES (?, ?, ?, ?, ?)",
        )
        .bind(id)
        .bind(snapshot)
        .bind(rule)
        .bind(people.map(|count| count as i64))
        .bind(now.unix_millis())
        .execute(&mut *transaction.inner)
        .await
        .map_err(self.failed_to("note the count of a cohort"))?;
        transaction.commit().await
    }

    /// The counts of a cohort, latest first.
    pub async fn cohort_counts(&self, id: i64) -> Result<Vec<CohortCount>, Error> {
        let fail = self.failed_to("read the counts of a cohort");
        let rows = sqlx::query(
            "SELECT snapshot, rule, people, counted FROM cohort_count WHERE cohort = ? ORDER BY counted DESC, rowid DESC",
        )
        .bind(id)
        .fetch_all(&self.readers)
        .await
        .map_err(&fail)?;
        let count = |row: &SqliteRow| {
            Ok(CohortCount {
                snapshot: row.try_get(0)?,
                rule: row.try_get(1)?,
                people: row.try_get::<Option<i64>, _>(2)?.map(|count| count as u64),
                counted: instant(row.try_get(3)?)?,
            })
        };
        rows.iter().map(count).collect::<Result<_, sqlx::Error>>().map_err(fail)
    }

    /// A name that another cohort has, or whatever else the database says.
    fn taken(&self, name: &str, cause: sqlx::Error) -> Error {
        if cause.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation) {
            return Error::CohortNameTaken(name.to_owned());
        }
        Error::of("save the cohort", &self.path, cause)
    }
}

fn cohort_of(row: &SqliteRow) -> Result<SavedCohort, sqlx::Error> {
    Ok(SavedCohort {
        id: row.try_get("id")?,
        text: CohortText {
            name: row.try_get("name")?,
            description: row.try_get("description")?,
            whom: row.try_get("whom")?,
            rule: row.try_get("rule")?,
        },
        owner: row.try_get("owner")?,
        version: row.try_get("version")?,
        snapshot: row.try_get("snapshot")?,
        created: instant(row.try_get("created")?)?,
        changed: instant(row.try_get("changed")?)?,
        deleted: row.try_get::<Option<i64>, _>("deleted")?.map(instant).transpose()?,
    })
}

fn instant(millis: i64) -> Result<LondonInstant, sqlx::Error> {
    LondonInstant::from_unix_millis(millis)
        .ok_or_else(|| sqlx::Error::Decode("an instant is outside the calendar".into()))
}
