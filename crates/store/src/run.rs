//! What was loaded or computed when, how much, and how long it took.

use crate::access::named;
use crate::{Error, Store};
use nhs::LondonInstant;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use std::fmt;

named! {
    /// How a run ended.
    RunOutcome {
        Unfinished = "unfinished", "Not finished";
        Done = "done", "Done";
        Failed = "failed", "Failed";
    }
}

/// One run of one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(i64);

/// How a run went, told at its end.
#[derive(Debug, Clone, Copy)]
pub enum RunEnd<'a> {
    /// It did what it should: what it counted, and how many milliseconds each part took.
    Done {
        /// Name and count, in the order they are shown.
        counts: &'a [(&'a str, i64)],
        /// Name and milliseconds, in the order they are shown.
        millis: &'a [(&'a str, i64)],
    },
    /// It stopped, with the message it gave.
    Failed(&'a str),
}

/// A run as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Its number.
    pub id: RunId,
    /// The step: `load`, `population`, `evaluate`.
    pub kind: String,
    /// What it worked on: a snapshot's id, a blueprint.
    pub subject: String,
    /// When it began.
    pub started: LondonInstant,
    /// When it ended; `None` while it runs, and for good where the process died.
    pub finished: Option<LondonInstant>,
    /// How it ended.
    pub outcome: RunOutcome,
    /// The message of a failure.
    pub message: String,
    /// What it counted.
    pub counts: Vec<(String, i64)>,
    /// Milliseconds each part took.
    pub millis: Vec<(String, i64)>,
}

impl Store {
    /// Notes that a step begins.
    pub async fn start_run(&self, kind: &str, subject: &str, now: LondonInstant) -> Result<RunId, Error> {
        let mut transaction = self.begin().await?;
        let fail = self.failed_to("note the start of a run");
        let row = sqlx::query("INSERT INTO run (kind, subject, started) VALUES (?, ?, ?) RETURNING id")
            .bind(kind)
            .bind(subject)
            .bind(now.unix_millis())
            .fetch_one(&mut *transaction.inner)
            .await
            .map_err(&fail)?;
        let id = row.try_get(0).map_err(fail)?;
        transaction.commit().await?;
        Ok(RunId(id))
    }

    /// Notes how it ended. A run ends once: a second end is [`Error::NoSuchRun`].
    pub async fn end_run(&self, run: RunId, end: &RunEnd<'_>, now: LondonInstant) -> Result<(), Error> {
        let mut transaction = self.begin().await?;
        let fail = self.failed_to("note the end of a run");
        let (outcome, message, counts, millis): (_, _, &[_], &[_]) = match *end {
            RunEnd::Done { counts, millis } => (RunOutcome::Done, "", counts, millis),
            RunEnd::Failed(message) => (RunOutcome::Failed, message, &[], &[]),
        };
        let ended =
            sqlx::query("UPDATE run SET finished = ?, outcome = ?, message = ? WHERE id = ? AND finished IS NULL")
                .bind(now.unix_millis())
                .bind(outcome.name())
                .bind(message)
                .bind(run.0)
                .execute(&mut *transaction.inner)
                .await
                .map_err(&fail)?;
        if ended.rows_affected() == 0 {
            return Err(Error::NoSuchRun(run.0));
        }
        let counts = counts.iter().map(|figure| ("count", figure));
        let millis = millis.iter().map(|figure| ("millis", figure));
        for (position, (unit, &(name, value))) in counts.chain(millis).enumerate() {
            sqlx::query("INSERT INTO run_figure (run, position, unit, name, value) VALUES (?, ?, ?, ?, ?)")
                .bind(run.0)
                .bind(position as i64)
                .bind(unit)
                .bind(name)
                .bind(value)
                .execute(&mut *transaction.inner)
                .await
                .map_err(&fail)?;
        }
        transaction.commit().await
    }

    /// The latest runs, latest first, at most `limit`.
    pub async fn recent_runs(&self, limit: u32) -> Result<Vec<Run>, Error> {
        let fail = self.failed_to("read the runs");
        let rows = sqlx::query(
            "SELECT id, kind, subject, started, finished, outcome, message FROM run ORDER BY id DESC LIMIT ?",
        )
        .bind(limit)
        .fetch_all(&self.readers)
        .await
        .map_err(&fail)?;
        let mut runs = Vec::with_capacity(rows.len());
        for row in &rows {
            let mut run = run_of(row).map_err(&fail)?;
            let figures = sqlx::query("SELECT unit, name, value FROM run_figure WHERE run = ? ORDER BY position")
                .bind(run.id.0)
                .fetch_all(&self.readers)
                .await
                .map_err(&fail)?;
            for figure in &figures {
                let unit: String = figure.try_get(0).map_err(&fail)?;
                let named = (figure.try_get(1).map_err(&fail)?, figure.try_get(2).map_err(&fail)?);
                if unit == "count" { run.counts.push(named) } else { run.millis.push(named) }
            }
            runs.push(run);
        }
        Ok(runs)
    }
}

fn run_of(row: &SqliteRow) -> Result<Run, sqlx::Error> {
    let instant = |millis| {
        LondonInstant::from_unix_millis(millis)
            .ok_or_else(|| sqlx::Error::Decode("an instant is outside the calendar".into()))
    };
    let outcome: String = row.try_get("outcome")?;
    Ok(Run {
        id: RunId(row.try_get("id")?),
        kind: row.try_get("kind")?,
        subject: row.try_get("subject")?,
        started: instant(row.try_get("started")?)?,
        finished: row.try_get::<Option<i64>, _>("finished")?.map(instant).transpose()?,
        outcome: RunOutcome::from_name(&outcome)
            .ok_or_else(|| sqlx::Error::Decode("the outcome is not one we know".into()))?,
        message: row.try_get("message")?,
        counts: Vec::new(),
        millis: Vec::new(),
    })
}
