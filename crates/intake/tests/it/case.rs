//! A place in a temporary folder.

use intake::{LoadError, LoadOptions, LoadReport, NoProgress, SourceFormat, SourceInput, load};
use lake::Snapshot;
use nhs::Day;
use std::path::PathBuf;

pub struct Case {
    pub dir: tempfile::TempDir,
    pub options: LoadOptions,
}

impl Case {
    /// A place without sources, on 31 March 2026.
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let options = LoadOptions {
            place_dir: dir.path().to_owned(),
            lake_dir: dir.path().join("lake"),
            sources: Vec::new(),
            as_of: Day::parse_iso("2026-03-31").unwrap(),
            threads: 2,
            memory_budget: 64 << 20,
            force: false,
            labels: Vec::new(),
        };
        Self { dir, options }
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.dir.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Adds a source of one file in a built-in format.
    pub fn source(mut self, format: &str, content: impl AsRef<[u8]>) -> Self {
        let id = format.rsplit('/').next().unwrap().to_owned();
        let path = self.write(&format!("{id}.csv"), content);
        let format = SourceFormat::builtin(format).unwrap();
        self.options.sources.push(SourceInput { id, format, files: vec![path] });
        self
    }

    pub fn load(&self) -> Result<LoadReport, LoadError> {
        let report = load(&self.options, &NoProgress)?;
        let q = &report.quality;
        assert_eq!(q.rows_read, q.rows_loaded + q.rows_quarantined + q.rows_duplicate);
        let snapshot = self.snapshot();
        assert_eq!(snapshot.quarantine(None, 0, 1).unwrap().total, q.rows_quarantined);
        assert_eq!(snapshot.manifest().events, report.events);
        Ok(report)
    }

    /// The message of a load that must fail.
    pub fn failure(&self) -> String {
        load(&self.options, &NoProgress).unwrap_err().to_string()
    }

    pub fn snapshot(&self) -> Snapshot {
        Snapshot::open(&self.options.lake_dir).unwrap()
    }

    /// Every person with their history, in words.
    pub fn people(&self) -> Vec<String> {
        let snapshot = self.snapshot();
        let mut out = Vec::new();
        for person in 0..snapshot.manifest().people {
            let (row, who, events) = snapshot.history(person).unwrap();
            let name = format!("{} {}", who.given_name, who.family_name);
            let birth = row.birth.map(|d| d.to_string()).unwrap_or_default();
            let practice = row.practice.map(|p| p.to_string()).unwrap_or_default();
            let end = row.registered_to.map(|d| format!(" to {d}")).unwrap_or_default();
            let death = row.death.map(|d| format!(" died {d}")).unwrap_or_default();
            let home = row.care_home.map(|h| format!(" lives in {h}")).unwrap_or_default();
            let (home_number, size, imd) = (row.household, row.household_size, row.imd_decile);
            out.push(format!(
                "{}: {name} {birth} {} {practice}{end}{death}{home} household {home_number} of {size} imd {imd}",
                row.id, row.sex
            ));
            for e in events {
                let code = |number: u32| {
                    snapshot.dictionary().get(number).map(|c| format!(" {}:{}", c.system, c.code)).unwrap_or_default()
                };
                let end = e.end.filter(|&end| end != e.date).map(|d| format!("..{d}")).unwrap_or_default();
                let goes_on = if e.end.is_none() { ".." } else { "" };
                let value = e.value.map(|v| format!(" value {v}")).unwrap_or_default();
                let cost = e.cost.map(|c| format!(" {}", nhs::Pence(c))).unwrap_or_default();
                let link = if e.link > 0 { format!(" #{}", e.link) } else { String::new() };
                out.push(format!(
                    "  {}{end}{goes_on} {} {} {}{}{}{}{value}{cost}{link}",
                    e.date,
                    e.kind,
                    e.method,
                    e.status,
                    code(e.code),
                    code(e.detail),
                    code(e.provider)
                ));
            }
        }
        out
    }

    /// The rows in quarantine, in words.
    pub fn quarantine(&self) -> Vec<String> {
        let page = self.snapshot().quarantine(None, 0, 1000).unwrap();
        page.rows
            .iter()
            .map(|r| format!("{}:{} {}: {} ({}) [{}]", r.file, r.line, r.column, r.message, r.reason, r.shape))
            .collect()
    }
}

/// The folder beside the repository, if it is there.
pub fn shared() -> Option<PathBuf> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    if path.is_dir() {
        return Some(path);
    }
    println!("skipped: ../shared is not there");
    None
}
