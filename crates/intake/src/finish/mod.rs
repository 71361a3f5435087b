//! The second pass: people, then each bucket's events, to the lake; the quality report; the swap.

mod bucket;
mod people;
mod report;

use crate::assign::{Assigned, Previous, assign};
use crate::cluster::{Sources, cluster};
use crate::error::LoadError;
use crate::first_pass::FirstPass;
use crate::format::Role;
use crate::load::{Clock, INPUT_HASH, NEXT_PERSON, shown};
use crate::options::LoadOptions;
use crate::quality::{LoadReport, Outcome, Quality};
use crate::read::Fingerprint;
use crate::reference::Prices;
use crate::review::{Made, Review};
use crate::spool::SpoolDir;
use lake::{
    CodeRow, DictionaryBuilder, LakeError, QuarantineRow, Snapshot, SnapshotPlan, SnapshotWriter, SourceFile,
    SourceInfo,
};
use nhs::CodeSystem;
use std::collections::BTreeMap;

/// Rows of quarantine handed to the lake at a time.
const QUARANTINE_ROWS: usize = 8192;

#[expect(clippy::needless_pass_by_value, reason = "it stands in `map_err`")]
pub(crate) fn lake_error(error: LakeError) -> LoadError {
    LoadError::Lake(error.to_string())
}

#[expect(clippy::too_many_arguments, reason = "the second half of one function, parted for reading")]
pub(crate) fn finish(
    options: &LoadOptions,
    mut read: FirstPass,
    live: Option<&Snapshot>,
    fingerprints: &[Fingerprint],
    input_hash: String,
    spool: &SpoolDir,
    pool: &rayon::ThreadPool,
    mut clock: Clock<'_>,
    trace: Option<&std::path::Path>,
) -> Result<LoadReport, LoadError> {
    read.identities.seal();
    clock.stage("link the records", Some(read.identities.rows.len() as u64));
    let previous = previous(live)?;
    let ranks = ranks(options);
    let lists = person_lists(options);
    let ids: Vec<String> = options.sources.iter().map(|source| source.id.clone()).collect();
    let known = Sources { ids: &ids, ranks: &ranks, lists };
    let (assigned, review) = pool.install(|| {
        let clustered = cluster(&read.identities, known, &options.labels)?;
        let assigned = assign(&read.identities, &ranks, &clustered, &previous);
        let review = Review::new(&Made {
            identities: &read.identities,
            clustered: &clustered,
            assigned: &assigned,
            sources: known,
            about_people: about_people(options),
            imd: &read.references.imd,
            as_of: options.as_of,
        });
        Ok::<_, LoadError>((assigned, review))
    })?;
    drop(previous);

    clock.stage("write people and events", Some(read.spool.events));
    let FirstPass {
        identities,
        dictionary,
        references,
        spool: events,
        mut quarantine,
        quarantine_path,
        registrations,
        deaths,
        stays,
        sources,
        trace: rows,
        ..
    } = read;
    let codes = named(dictionary, &references.organisations);
    let prices = Prices::new(&references.costs, &codes);
    let id = Snapshot::next_id(&options.lake_dir, options.as_of).map_err(lake_error)?;
    let infos = source_infos(options, fingerprints, &sources);
    let people_count = u32::try_from(assigned.ids.len()).unwrap_or(u32::MAX);
    let plan = SnapshotPlan::new(id, options.as_of, people_count, infos);
    let writer = SnapshotWriter::create(&options.lake_dir, plan).map_err(lake_error)?;
    let people = people::People::new(&people::Inputs {
        identities: &identities,
        assigned: &assigned,
        registrations: &registrations,
        deaths: &deaths,
        stays: &stays,
        codes: &codes,
        imd: &references.imd,
        as_of: options.as_of,
    });
    let events_path = events.finish()?;
    let buckets = bucket::distribute(&events_path, &assigned.person_of, writer.plan(), spool, options.memory_budget)?;
    // The spool is on disk twice from here on otherwise.
    std::fs::remove_file(&events_path).map_err(|e| LoadError::write(&events_path, e))?;
    // Codes first: so the snapshot keeps fingerprints of its people, and the next load finds quickly whose record changed.
    writer.set_dictionary(codes.clone()).map_err(lake_error)?;
    let written = bucket::write_all(&buckets, &writer, &people, &prices, options.as_of, pool, clock.progress)?;

    clock.stage("write the quality report", None);
    quarantine.flush().map_err(|e| LoadError::write(&quarantine_path, e))?;
    write_quarantine(&quarantine_path, &writer)?;
    let quality = report::quality(options, sources, &identities, &assigned, &references.organisations, live);
    let json = serde_json::to_string_pretty(&quality).map_err(|e| LoadError::Lake(e.to_string()))?;
    writer.set_quality(json).map_err(lake_error)?;
    if let (Some(rows), Some(path)) = (rows, trace) {
        rows.write(path, &quality.sources, &assigned)?;
    }
    review.write(&writer)?;
    let Assigned { links, ids, next_person, .. } = assigned;
    writer.write_link(links).map_err(lake_error)?;
    let extras =
        BTreeMap::from([(INPUT_HASH.to_owned(), input_hash), (NEXT_PERSON.to_owned(), next_person.to_string())]);
    let id = writer.finish(extras).map_err(lake_error)?;
    Ok(LoadReport {
        outcome: Outcome::Loaded,
        snapshot: id.to_string(),
        people: ids.len() as u64,
        events: written,
        quality,
        timings: clock.finish(),
    })
}

fn previous(live: Option<&Snapshot>) -> Result<Previous, LoadError> {
    let Some(live) = live else { return Ok(Previous::default()) };
    let mut links = live.link_table().map_err(lake_error)?;
    links.sort_unstable();
    let highest = links.iter().map(|&(_, person)| person + 1).max().unwrap_or(1);
    let noted = live.manifest().extras.get(NEXT_PERSON).and_then(|text| text.parse().ok()).unwrap_or(0);
    Ok(Previous { links, next_person: highest.max(noted) })
}

/// How well each kind of source knows people: 0 best.
fn ranks(options: &LoadOptions) -> Vec<u8> {
    let rank = |role| match role {
        Role::PersonList => 0,
        Role::Death => 1,
        Role::CareHomeList => 2,
        _ => 3,
    };
    options.sources.iter().map(|source| rank(source.format.role())).collect()
}

/// One bit for each source that is a list of registered people.
pub(crate) fn person_lists(options: &LoadOptions) -> u32 {
    let lists = options.sources.iter().enumerate().filter(|(_, source)| source.format.role() == Role::PersonList);
    lists.fold(0, |bits, (number, _)| bits | 1 << number)
}

/// One bit for each source with rows about people.
fn about_people(options: &LoadOptions) -> u32 {
    let sources = options.sources.iter().enumerate();
    sources.filter(|(_, source)| source.format.role().is_about_people()).fold(0, |bits, (number, _)| bits | 1 << number)
}

/// The dictionary's rows with the names of organisations.
fn named(dictionary: DictionaryBuilder, organisations: &BTreeMap<nhs::OdsCode, String>) -> Vec<CodeRow> {
    let mut rows = dictionary.finish();
    for row in rows.iter_mut().skip(1).filter(|row| row.system == CodeSystem::None) {
        if let Some(name) = nhs::OdsCode::parse(&row.code).ok().and_then(|code| organisations.get(&code)) {
            row.name.clone_from(name);
        }
    }
    rows
}

fn source_infos(
    options: &LoadOptions,
    fingerprints: &[Fingerprint],
    sources: &[crate::first_pass::SourceState],
) -> Vec<SourceInfo> {
    let mut prints = fingerprints.iter();
    let info = |(source, state): (&crate::SourceInput, &crate::first_pass::SourceState)| {
        let file = |(path, print): (&std::path::PathBuf, &Fingerprint)| SourceFile {
            path: shown(options, path),
            bytes: print.bytes,
            hash: format!("vanguard64:{:016x}", print.hash),
        };
        SourceInfo {
            id: source.id.clone(),
            name: source.format.title().to_owned(),
            files: source.files.iter().zip(&mut prints).map(file).collect(),
            loaded: state.quality.rows_loaded,
            quarantined: state.quality.rows_quarantined,
        }
    };
    options.sources.iter().zip(sources).map(info).collect()
}

fn write_quarantine(path: &std::path::Path, writer: &SnapshotWriter) -> Result<(), LoadError> {
    let file = std::fs::File::open(path).map_err(|e| LoadError::write(path, e))?;
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(file);
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| LoadError::write(path, e.into()))?;
        let field = |at: usize| record.get(at).unwrap_or("").to_owned();
        rows.push(QuarantineRow {
            source: field(0).parse().unwrap_or(0),
            file: field(1),
            line: field(2).parse().unwrap_or(0),
            column: field(3),
            reason: field(4),
            message: field(5),
            shape: field(6),
        });
        if rows.len() == QUARANTINE_ROWS {
            writer.write_quarantine(&rows).map_err(lake_error)?;
            rows.clear();
        }
    }
    writer.write_quarantine(&rows).map_err(lake_error)
}

/// Shared with the report: nothing else needs the quality's totals.
pub(crate) fn total(quality: &mut Quality) {
    for source in &quality.sources {
        quality.rows_read += source.rows_read;
        quality.rows_loaded += source.rows_loaded;
        quality.rows_quarantined += source.rows_quarantined;
        quality.rows_duplicate += source.rows_duplicate;
    }
}
