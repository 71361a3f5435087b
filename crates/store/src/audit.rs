//! Every look at a person, allowed or refused, as a row that stays.

use crate::access::named;
use crate::chain::{self, Entry};
use crate::{Access, Error, PersonPlace, Refused, Store, Transaction};
use nhs::LondonInstant;
use sha2::{Digest, Sha256};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use std::fmt;

named! {
    /// What was done with a person's data.
    Action {
        OpenRecord = "open_record", "Opened the record";
        FindInSearch = "find_in_search", "Found in a search";
        SeeInCaseload = "see_in_caseload", "Seen in a caseload";
        ExportInCaseload = "export_in_caseload", "Exported in a caseload";
        ExportCaseload = "export_caseload", "Exported a caseload";
        ExportCohort = "export_cohort", "Exported a cohort";
        ExportInCohort = "export_in_cohort", "Exported in a cohort";
        ReadAudit = "read_audit", "Read who has looked";
        ReviewLinkage = "review_linkage", "Compared records to link them rightly";
        DecideLinkage = "decide_linkage", "Decided whether records are one person";
        SetLinkageRule = "set_linkage_rule", "Said how many reviewers must agree";
        ExportLinkage = "export_linkage", "Exported decisions about records";
    }
}

named! {
    /// What the access rules said.
    Outcome {
        Allowed = "allowed", "Allowed";
        Refused = "refused", "Refused";
    }
}

/// One row of the audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// Its place in the chain, from 1.
    pub sequence: i64,
    /// When it happened.
    pub at: LondonInstant,
    /// The user.
    pub who: String,
    /// The user's role, by its stable name.
    pub role: String,
    /// The user's organisation.
    pub organisation: String,
    /// Why they asked, by its stable name.
    pub purpose: String,
    /// What they did, by its stable name.
    pub action: String,
    /// Whether they were let.
    pub outcome: Outcome,
    /// The person it was about, if one.
    pub person: Option<u64>,
    /// The reason of a refusal, or the particulars of an export.
    pub detail: String,
    /// SHA-256 of the row and of the hash before it, in hexadecimal.
    pub hash: String,
}

/// A caseload that leaves as a file.
#[derive(Debug, Clone, Copy)]
pub struct Export<'a> {
    /// The service's id in the blueprint.
    pub service: &'a str,
    /// The team's id.
    pub team: &'a str,
    /// The people in the file, one a row.
    pub people: &'a [u64],
    /// The file's bytes.
    pub file: &'a [u8],
}

/// A list of the people of a cohort that leaves as a file.
#[derive(Debug, Clone, Copy)]
pub struct CohortExport<'a> {
    /// The cohort's number.
    pub cohort: i64,
    /// The snapshot it was counted on.
    pub snapshot: &'a str,
    /// Why, in the words of who asks.
    pub reason: &'a str,
    /// People in the file.
    pub rows: usize,
    /// Whether the file has their names, each of which has a row of its own already, or pseudonyms alone.
    pub with_names: bool,
    /// The file's bytes.
    pub file: &'a [u8],
}

/// SHA-256 in lower-case hexadecimal, as `sha256sum` prints it.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from(b"0123456789abcdef"[usize::from(half)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

impl Store {
    /// Asks whether this person's record may be opened and writes the answer down, in one transaction of its own.
    /// A refusal is recorded and comes back as [`Error::Refused`]; show nothing before this returns.
    pub async fn look(
        &self,
        access: &Access,
        person: PersonPlace<'_>,
        action: Action,
        now: LondonInstant,
    ) -> Result<(), Error> {
        let mut transaction = self.begin().await?;
        let answer = transaction.look(access, person, action, now).await?;
        transaction.commit().await?;
        answer.map_err(Error::Refused)
    }

    /// The same for many people at once, as a search or a caseload shows them: in their order, who may be shown.
    pub async fn look_at_all(
        &self,
        access: &Access,
        people: &[PersonPlace<'_>],
        action: Action,
        now: LondonInstant,
    ) -> Result<Vec<Result<(), Refused>>, Error> {
        let mut transaction = self.begin().await?;
        let mut answers = Vec::with_capacity(people.len());
        for &person in people {
            answers.push(transaction.look(access, person, action, now).await?);
        }
        transaction.commit().await?;
        Ok(answers)
    }

    /// Records an export in a transaction of its own; see [`Transaction::audit_export`].
    pub async fn audit_export(&self, access: &Access, export: &Export<'_>, now: LondonInstant) -> Result<(), Error> {
        let mut transaction = self.begin().await?;
        transaction.audit_export(access, export, now).await?;
        transaction.commit().await
    }

    /// Records that the people of a cohort left as a file, with the reason, the number of people and the file's SHA-256. Send
    /// nothing before this returns.
    pub async fn audit_cohort_export(
        &self,
        access: &Access,
        export: &CohortExport<'_>,
        now: LondonInstant,
    ) -> Result<(), Error> {
        let mut transaction = self.begin().await?;
        let CohortExport { cohort, snapshot, reason, rows, with_names, file } = *export;
        let kind = if with_names { "names" } else { "pseudonyms" };
        let sha256 = sha256_hex(file);
        let detail = format!("cohort={cohort} snapshot={snapshot} {kind} rows={rows} sha256={sha256} reason={reason}");
        transaction.append(access, Action::ExportCohort, Outcome::Allowed, None, &detail, now).await?;
        transaction.commit().await
    }

    /// Records that an export of a cohort was refused, and why.
    pub async fn audit_refused_export(
        &self,
        access: &Access,
        cohort: i64,
        why: &Refused,
        now: LondonInstant,
    ) -> Result<(), Error> {
        let mut transaction = self.begin().await?;
        let detail = format!("cohort={cohort} refused: {}", why.reason());
        transaction.append(access, Action::ExportCohort, Outcome::Refused, None, &detail, now).await?;
        transaction.commit().await
    }

    /// The exports of a cohort, and those that were refused, latest first, at most `limit`.
    pub async fn exports_of_cohort(&self, cohort: i64, limit: u32) -> Result<Vec<AuditRow>, Error> {
        let fail = self.failed_to("read the audit");
        let rows = sqlx::query(
            "SELECT sequence, instant, who, role, organisation, purpose, action, outcome, person, detail, hash
             FROM audit WHERE action = ? AND detail LIKE ? ORDER BY sequence DESC LIMIT ?",
        )
        .bind(Action::ExportCohort.name())
        .bind(format!("cohort={cohort} %"))
        .bind(limit)
        .fetch_all(&self.readers)
        .await
        .map_err(&fail)?;
        rows.iter().map(audit_row).collect::<Result<_, _>>().map_err(fail)
    }

    /// Who has looked at this person or tried to, latest first, at most `limit` rows.
    pub async fn who_has_looked(&self, person: u64, limit: u32) -> Result<Vec<AuditRow>, Error> {
        let fail = self.failed_to("read who has looked");
        let rows = sqlx::query(
            "SELECT sequence, instant, who, role, organisation, purpose, action, outcome, person, detail, hash
             FROM audit WHERE person = ? ORDER BY sequence DESC LIMIT ?",
        )
        .bind(person as i64)
        .bind(limit)
        .fetch_all(&self.readers)
        .await
        .map_err(&fail)?;
        rows.iter().map(audit_row).collect::<Result<_, _>>().map_err(fail)
    }

    /// How many audit rows this person has.
    pub async fn looks_at(&self, person: u64) -> Result<u64, Error> {
        let fail = self.failed_to("count who has looked");
        let row = sqlx::query("SELECT count(*) FROM audit WHERE person = ?")
            .bind(person as i64)
            .fetch_one(&self.readers)
            .await
            .map_err(&fail)?;
        row.try_get::<i64, _>(0).map(|count| count as u64).map_err(fail)
    }

    /// The latest rows about everyone and everything, latest first, at most `limit`.
    pub async fn latest_audit(&self, limit: u32) -> Result<Vec<AuditRow>, Error> {
        let fail = self.failed_to("read the audit");
        let rows = sqlx::query(
            "SELECT sequence, instant, who, role, organisation, purpose, action, outcome, person, detail, hash
             FROM audit ORDER BY sequence DESC LIMIT ?",
        )
        .bind(limit)
        .fetch_all(&self.readers)
        .await
        .map_err(&fail)?;
        rows.iter().map(audit_row).collect::<Result<_, _>>().map_err(fail)
    }
}

impl Transaction {
    /// Asks the access rules and writes the answer down, as part of this transaction. The refusal is in the inner result,
    /// so that its row is committed with the rest.
    pub async fn look(
        &mut self,
        access: &Access,
        person: PersonPlace<'_>,
        action: Action,
        now: LondonInstant,
    ) -> Result<Result<(), Refused>, Error> {
        let answer = access.may_see_person(person.practice, person.locality);
        let (outcome, detail) = match &answer {
            Ok(()) => (Outcome::Allowed, ""),
            Err(refused) => (Outcome::Refused, refused.reason()),
        };
        self.append(access, action, outcome, Some(person.id), detail, now).await?;
        Ok(answer)
    }

    /// Writes down a look that the caller has already decided on, for acts whose rule is not about one person's place.
    pub async fn audit_look(
        &mut self,
        access: &Access,
        person: u64,
        action: Action,
        now: LondonInstant,
    ) -> Result<(), Error> {
        self.append(access, action, Outcome::Allowed, Some(person), "", now).await
    }

    /// Writes down that a caseload left as a file: one row with service, team, number of people and the file's SHA-256, and
    /// one for each person in it, so that their pages show it too.
    pub async fn audit_export(
        &mut self,
        access: &Access,
        export: &Export<'_>,
        now: LondonInstant,
    ) -> Result<(), Error> {
        let detail = format!(
            "service={} team={} rows={} sha256={}",
            export.service,
            export.team,
            export.people.len(),
            sha256_hex(export.file)
        );
        self.append(access, Action::ExportCaseload, Outcome::Allowed, None, &detail, now).await?;
        let place = format!("service={} team={}", export.service, export.team);
        for &person in export.people {
            self.append(access, Action::ExportInCaseload, Outcome::Allowed, Some(person), &place, now).await?;
        }
        Ok(())
    }

    /// Writes down an act about one person, allowed or refused, that the caller has decided on.
    pub(crate) async fn audit_about(
        &mut self,
        access: &Access,
        person: u64,
        action: Action,
        allowed: bool,
        detail: &str,
        now: LondonInstant,
    ) -> Result<(), Error> {
        let outcome = if allowed { Outcome::Allowed } else { Outcome::Refused };
        self.append(access, action, outcome, Some(person), detail, now).await
    }

    /// Writes down an act that is about nobody in particular.
    pub(crate) async fn audit_act(
        &mut self,
        access: &Access,
        action: Action,
        allowed: bool,
        detail: &str,
        now: LondonInstant,
    ) -> Result<(), Error> {
        let outcome = if allowed { Outcome::Allowed } else { Outcome::Refused };
        self.append(access, action, outcome, None, detail, now).await
    }

    async fn append(
        &mut self,
        access: &Access,
        action: Action,
        outcome: Outcome,
        person: Option<u64>,
        detail: &str,
        now: LondonInstant,
    ) -> Result<(), Error> {
        let fail = self.failed_to("write to the audit");
        let entry = Entry {
            instant: now.unix_millis(),
            who: access.who(),
            role: access.role().name(),
            organisation: access.organisation(),
            purpose: access.purpose().name(),
            action: action.name(),
            outcome: outcome.name(),
            person,
            detail,
        };
        chain::append(&mut self.inner, &entry).await.map_err(fail)
    }
}

fn audit_row(row: &SqliteRow) -> Result<AuditRow, sqlx::Error> {
    let outcome: String = row.try_get("outcome")?;
    let instant = LondonInstant::from_unix_millis(row.try_get("instant")?);
    Ok(AuditRow {
        sequence: row.try_get("sequence")?,
        at: instant.ok_or_else(|| sqlx::Error::Decode("the instant is outside the calendar".into()))?,
        who: row.try_get("who")?,
        role: row.try_get("role")?,
        organisation: row.try_get("organisation")?,
        purpose: row.try_get("purpose")?,
        action: row.try_get("action")?,
        outcome: Outcome::from_name(&outcome)
            .ok_or_else(|| sqlx::Error::Decode("the outcome is not one we know".into()))?,
        person: row.try_get::<Option<i64>, _>("person")?.map(|id| id as u64),
        detail: row.try_get("detail")?,
        hash: hex(row.try_get::<&[u8], _>("hash")?),
    })
}
