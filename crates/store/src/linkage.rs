//! Decisions of reviewers about pairs of records: one person, two people, cannot tell.

use crate::access::named;
use crate::{Access, Action, Error, Refused, Store, Transaction};
use nhs::LondonInstant;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use std::collections::BTreeMap;
use std::fmt;

named! {
    /// What a reviewer says about a pair.
    Verdict {
        Same = "same", "Same person";
        Different = "different", "Different people";
        CannotTell = "cannot_tell", "Cannot tell";
    }
}

/// Two records by their keys, the smaller first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PairKey {
    left: u64,
    right: u64,
}

impl PairKey {
    /// The pair of two records, in any order.
    pub fn new(a: u64, b: u64) -> Self {
        Self { left: a.min(b), right: a.max(b) }
    }

    /// The smaller key.
    pub const fn left(self) -> u64 {
        self.left
    }

    /// The larger key.
    pub const fn right(self) -> u64 {
        self.right
    }

    /// Reads what [`fmt::Display`] writes: two keys of sixteen hexadecimal digits with a hyphen between.
    pub fn parse(text: &str) -> Option<Self> {
        let (left, right) = text.split_once('-')?;
        let digits = |text: &str| text.len() == 16 && text.bytes().all(|b| b.is_ascii_hexdigit());
        let key = |text: &str| if digits(text) { u64::from_str_radix(text, 16).ok() } else { None };
        let (left, right) = (key(left)?, key(right)?);
        (left < right).then_some(Self { left, right })
    }
}

impl fmt::Display for PairKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}-{:016x}", self.left, self.right)
    }
}

/// A pair that a reviewer has before them.
#[derive(Debug, Clone, Copy)]
pub struct Reviewed<'a> {
    /// The records.
    pub pair: PairKey,
    /// The people of the records in the snapshot: two, or one twice.
    pub people: (u64, u64),
    /// Match weight in hundredths of a bit.
    pub weight_hundredths: i32,
    /// The snapshot.
    pub snapshot: &'a str,
}

/// One act of a reviewer, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Its place among all, from 1.
    pub sequence: i64,
    /// The pair.
    pub pair: PairKey,
    /// When.
    pub at: LondonInstant,
    /// The user.
    pub who: String,
    /// The user's role, by its stable name.
    pub role: String,
    /// What they said; `None` where they took back what they had said before.
    pub verdict: Option<Verdict>,
    /// Why, in their words; empty where they gave no reason.
    pub reason: String,
    /// Match weight at the time, in hundredths of a bit.
    pub weight_hundredths: i32,
    /// The snapshot in which they saw it.
    pub snapshot: String,
}

/// What the latest words of all reviewers come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Nobody has said anything that stands.
    Open,
    /// As many as are needed say so, and nobody says otherwise.
    Settled(Verdict),
    /// Those who have spoken agree, and one more must.
    Waiting(Verdict),
    /// Reviewers say different things.
    Disputed,
}

/// All that was said about a pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairDecisions {
    /// Every act, earliest first.
    pub acts: Vec<Decision>,
    /// What they come to.
    pub standing: Standing,
}

impl PairDecisions {
    fn new(acts: Vec<Decision>, reviewers: u8) -> Self {
        let mut latest: BTreeMap<&str, Verdict> = BTreeMap::new();
        for act in &acts {
            match act.verdict {
                Some(verdict) => latest.insert(&act.who, verdict),
                None => latest.remove(act.who.as_str()),
            };
        }
        let standing = match latest.values().next().copied() {
            None => Standing::Open,
            Some(first) if latest.values().any(|verdict| *verdict != first) => Standing::Disputed,
            // One reviewer who cannot tell does not decide; nothing follows from it, so nobody need agree.
            Some(Verdict::CannotTell) => Standing::Settled(Verdict::CannotTell),
            Some(first) if latest.len() < usize::from(reviewers) => Standing::Waiting(first),
            Some(first) => Standing::Settled(first),
        };
        Self { acts, standing }
    }

    /// What this user says now.
    pub fn said_by(&self, who: &str) -> Option<&Decision> {
        self.acts.iter().rev().find(|act| act.who == who).filter(|act| act.verdict.is_some())
    }

    /// The last act of all.
    pub fn last(&self) -> Option<&Decision> {
        self.acts.last()
    }
}

/// Every pair that somebody has decided about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decisions {
    /// By pair.
    pub pairs: BTreeMap<PairKey, PairDecisions>,
    /// How many reviewers must agree before a decision is used: 1 or 2.
    pub reviewers: u8,
}

impl Decisions {
    /// What stands about a pair.
    pub fn standing(&self, pair: PairKey) -> Standing {
        self.pairs.get(&pair).map_or(Standing::Open, |decisions| decisions.standing)
    }

    /// The pairs to be joined (`true`) or kept apart (`false`) at the next load.
    pub fn labels(&self) -> Vec<(PairKey, bool)> {
        let label = |(pair, decisions): (&PairKey, &PairDecisions)| match decisions.standing {
            Standing::Settled(Verdict::Same) => Some((*pair, true)),
            Standing::Settled(Verdict::Different) => Some((*pair, false)),
            _ => None,
        };
        self.pairs.iter().filter_map(label).collect()
    }
}

impl Access {
    /// Whether names, NHS numbers and addresses of doubtful pairs may be shown side by side: to those who check the quality of the
    /// place's data, so that records are linked rightly.
    pub fn may_review_linkage(&self) -> Result<(), Refused> {
        if !self.role().reviews_linkage() {
            return Err(Refused(format!(
                "The role {} does not compare records of people; a data quality officer may.",
                self.role().label()
            )));
        }
        if self.purpose() != crate::Purpose::Linkage {
            return Err(Refused(format!(
                "Records are compared only to link them rightly; the purpose given is: {}.",
                self.purpose().label()
            )));
        }
        Ok(())
    }
}

impl Store {
    /// Asks whether a pair of records may be shown and writes the answer down about each of its people, in one transaction. Show
    /// nothing before this returns.
    pub async fn look_at_pair(&self, access: &Access, seen: Reviewed<'_>, now: LondonInstant) -> Result<(), Error> {
        let mut transaction = self.begin().await?;
        let answer = access.may_review_linkage();
        let detail = match &answer {
            Ok(()) => format!("pair={}", seen.pair),
            Err(refused) => refused.reason().to_owned(),
        };
        transaction.about_pair(access, seen, Action::ReviewLinkage, answer.is_ok(), &detail, now).await?;
        transaction.commit().await?;
        answer.map_err(Error::Refused)
    }

    /// Keeps what a reviewer says about a pair (`None` takes back what they said), with a row in the audit for each of its people.
    pub async fn decide(
        &self,
        access: &Access,
        seen: Reviewed<'_>,
        verdict: Option<Verdict>,
        reason: &str,
        now: LondonInstant,
    ) -> Result<(), Error> {
        let mut transaction = self.begin().await?;
        let word = verdict.map_or("undone", Verdict::name);
        let answer = access.may_review_linkage();
        let detail = match &answer {
            Ok(()) => format!("pair={} verdict={word}", seen.pair),
            Err(refused) => refused.reason().to_owned(),
        };
        transaction.about_pair(access, seen, Action::DecideLinkage, answer.is_ok(), &detail, now).await?;
        if answer.is_ok() {
            let fail = self.failed_to("keep a decision");
            sqlx::query(
                "INSERT INTO linkage_decision
                 (left_key, right_key, instant, who, role, organisation, verdict, reason, weight, snapshot)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            )
            .bind(seen.pair.left as i64)
            .bind(seen.pair.right as i64)
            .bind(now.unix_millis())
            .bind(access.who())
            .bind(access.role().name())
            .bind(access.organisation())
            .bind(word)
            .bind(reason)
            .bind(seen.weight_hundredths)
            .bind(seen.snapshot)
            .execute(&mut *transaction.inner)
            .await
            .map_err(fail)?;
        }
        transaction.commit().await?;
        answer.map_err(Error::Refused)
    }

    /// Says how many reviewers must agree from now on: 1 or 2.
    pub async fn set_reviewers(&self, access: &Access, reviewers: u8, now: LondonInstant) -> Result<(), Error> {
        let answer = access.may_review_linkage();
        let mut transaction = self.begin().await?;
        let detail = match &answer {
            Ok(()) => format!("reviewers={reviewers}"),
            Err(refused) => refused.reason().to_owned(),
        };
        transaction.audit_act(access, Action::SetLinkageRule, answer.is_ok(), &detail, now).await?;
        if answer.is_ok() {
            sqlx::query("INSERT INTO linkage_rule (instant, who, reviewers) VALUES (?, ?, ?)")
                .bind(now.unix_millis())
                .bind(access.who())
                .bind(reviewers.clamp(1, 2))
                .execute(&mut *transaction.inner)
                .await
                .map_err(self.failed_to("keep how many reviewers must agree"))?;
        }
        transaction.commit().await?;
        answer.map_err(Error::Refused)
    }

    /// Writes down that decisions or records leave as a file: how many rows, and the file's SHA-256.
    pub async fn audit_linkage_export(
        &self,
        access: &Access,
        rows: usize,
        file: &[u8],
        now: LondonInstant,
    ) -> Result<(), Error> {
        let answer = access.may_review_linkage();
        let mut transaction = self.begin().await?;
        let detail = match &answer {
            Ok(()) => format!("rows={rows} sha256={}", crate::sha256_hex(file)),
            Err(refused) => refused.reason().to_owned(),
        };
        transaction.audit_act(access, Action::ExportLinkage, answer.is_ok(), &detail, now).await?;
        transaction.commit().await?;
        answer.map_err(Error::Refused)
    }

    /// Every decision. They name no person.
    pub async fn linkage_decisions(&self) -> Result<Decisions, Error> {
        let fail = self.failed_to("read the decisions");
        let reviewers = sqlx::query("SELECT reviewers FROM linkage_rule ORDER BY sequence DESC LIMIT 1")
            .fetch_optional(&self.readers)
            .await
            .map_err(&fail)?;
        let reviewers = reviewers.map_or(Ok(1), |row| row.try_get::<u8, _>(0)).map_err(&fail)?;
        let rows = sqlx::query(
            "SELECT sequence, left_key, right_key, instant, who, role, verdict, reason, weight, snapshot
             FROM linkage_decision ORDER BY sequence",
        )
        .fetch_all(&self.readers)
        .await
        .map_err(&fail)?;
        let mut acts: BTreeMap<PairKey, Vec<Decision>> = BTreeMap::new();
        for row in &rows {
            let decision = decision(row).map_err(&fail)?;
            acts.entry(decision.pair).or_default().push(decision);
        }
        let pairs = acts.into_iter().map(|(pair, acts)| (pair, PairDecisions::new(acts, reviewers))).collect();
        Ok(Decisions { pairs, reviewers })
    }
}

impl Transaction {
    async fn about_pair(
        &mut self,
        access: &Access,
        seen: Reviewed<'_>,
        action: Action,
        allowed: bool,
        detail: &str,
        now: LondonInstant,
    ) -> Result<(), Error> {
        let (first, second) = seen.people;
        self.audit_about(access, first, action, allowed, detail, now).await?;
        if second != first {
            self.audit_about(access, second, action, allowed, detail, now).await?;
        }
        Ok(())
    }
}

fn decision(row: &SqliteRow) -> Result<Decision, sqlx::Error> {
    let unknown = |what: &'static str| sqlx::Error::Decode(what.into());
    let verdict: String = row.try_get("verdict")?;
    let verdict = match verdict.as_str() {
        "undone" => None,
        name => Some(Verdict::from_name(name).ok_or_else(|| unknown("the verdict is not one we know"))?),
    };
    let at = LondonInstant::from_unix_millis(row.try_get("instant")?);
    Ok(Decision {
        sequence: row.try_get("sequence")?,
        pair: PairKey::new(row.try_get::<i64, _>("left_key")? as u64, row.try_get::<i64, _>("right_key")? as u64),
        at: at.ok_or_else(|| unknown("the instant is outside the calendar"))?,
        who: row.try_get("who")?,
        role: row.try_get("role")?,
        verdict,
        reason: row.try_get("reason")?,
        weight_hundredths: row.try_get("weight")?,
        snapshot: row.try_get("snapshot")?,
    })
}
