//! An open place as the pages see it.

use super::cohort_room::CohortRoom;
use crate::folder::Folder;
use crate::pipeline::evaluate::Evaluation;
use crate::pipeline::{compute, future, progress::Terminal, risk};
use anyhow::Context;
use blueprint::Blueprint;
use care::{Care, Caseloads};
use intake::Quality;
use intake::review::{LinkageReport, ReviewPair};
use lake::Snapshot;
use population::projection::Future;
use population::risk::RiskModel;
use population::{People, Summary};
use store::Store;

/// Everything that a page may need, opened once. Nothing in it changes while the server runs but the audit and
/// reviewers' decisions.
#[derive(Debug)]
pub struct Site {
    /// The place's folder and care model.
    pub folder: Folder,
    /// The linked history.
    pub snapshot: Snapshot,
    /// One row per person.
    pub people: People,
    /// Counts of the place, exact: whatever is shown to a role without direct care passes disclosure control first.
    pub summary: Summary,
    /// Every team's list.
    pub caseloads: Caseloads,
    /// The verdicts.
    pub evaluation: Evaluation,
    /// How many people each segment will have.
    pub future: Future,
    /// The model of risk, where one was trained.
    pub risk: Option<RiskModel>,
    /// What came in and what was wrong with it.
    pub quality: Quality,
    /// How records became people; none where the snapshot was made before this was kept.
    pub linkage: Option<LinkageReport>,
    /// Pairs of records worth a look, those that matter most first. They name nobody.
    pub pairs: Vec<ReviewPair>,
    /// Cohorts over the same people.
    pub cohorts: CohortRoom,
    /// The operational database.
    pub store: Store,
}

impl Site {
    /// Opens a place, computing what has not been computed yet.
    pub async fn open(folder: Folder, progress: &Terminal) -> anyhow::Result<Self> {
        let snapshot = compute::snapshot(&folder)?;
        let computed = compute::open_or_compute(&folder, progress)?;
        let caseloads = Caseloads::build(&folder.blueprint, &computed.people, &computed.summary);
        let file = folder.results_dir(&computed.summary.snapshot).join("evaluation.json");
        let evaluation = match population::save::open_json::<Evaluation>(&file) {
            Ok(evaluation) if evaluation.fingerprint == computed.summary.fingerprint => evaluation,
            _ => crate::pipeline::evaluate::evaluate(&folder, &computed, progress)?,
        };
        let future = future::open_or_project(&folder, &computed.summary.fingerprint, progress)?;
        let risk = risk::open(&folder)?;
        let quality = serde_json::from_str(&snapshot.quality()?)
            .context("failed to read the quality report of the snapshot: load the extracts again")?;
        let linkage = intake::review::report(&snapshot)?;
        let pairs = intake::review::pairs(&snapshot)?.unwrap_or_default();
        let cohorts = CohortRoom::open(&folder, &computed.summary).context("failed to open the table of people")?;
        let store = Store::open(folder.database()).await?;
        let (people, summary) = (computed.people, computed.summary);
        Ok(Self {
            folder,
            snapshot,
            people,
            summary,
            caseloads,
            evaluation,
            future,
            risk,
            quality,
            linkage,
            pairs,
            cohorts,
            store,
        })
    }

    /// The care model.
    pub fn blueprint(&self) -> &Blueprint {
        &self.folder.blueprint
    }

    /// The only way to named people.
    pub fn care(&self) -> Care<'_> {
        Care {
            blueprint: &self.folder.blueprint,
            snapshot: &self.snapshot,
            people: &self.people,
            summary: &self.summary,
            caseloads: &self.caseloads,
            store: &self.store,
        }
    }
}
