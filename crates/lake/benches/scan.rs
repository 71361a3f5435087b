//! Writes a place of a million people with 40 events each and scans it: bytes on disk, seconds of processor time, peak
//! memory. `cargo bench -p lake` (or `-- PEOPLE EVENTS_EACH THREADS`).

use lake::engine::{Aggregate, Dated, EventAggregate, EventFilter, Program, Window};
use lake::{
    CodeSet, Columns, DictionaryBuilder, EventRow, IdentityQuery, IdentityRow, LakeError, PersonRow, Snapshot,
    SnapshotId, SnapshotPlan, SnapshotWriter, SourceInfo,
};
use nhs::{CodeSystem, Day, EventKind, Lsoa, Method, NhsNumber, OdsCode, Sex, Status};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

const AS_OF: Day = Day(20_000);
const CODES: u32 = 8_000;

fn main() -> Result<(), LakeError> {
    let numbers: Vec<u32> = std::env::args().filter_map(|a| a.parse().ok()).collect();
    let people = numbers.first().copied().unwrap_or(1_000_000);
    let each = numbers.get(1).copied().unwrap_or(40);
    let threads = numbers.get(2).copied().unwrap_or(2);
    let dir = tempfile::tempdir().map_err(|e| LakeError::Refused(e.to_string()))?;
    timed("write", || write(dir.path(), people, each, threads))?;
    let snapshot = timed("open", || Snapshot::open(dir.path()))?;
    let bytes: u64 = snapshot.manifest().files.values().sum();
    let events = snapshot.manifest().events;
    let event_bytes: u64 =
        snapshot.manifest().files.iter().filter(|(n, _)| n.starts_with("event/")).map(|(_, b)| b).sum();
    println!(
        "{people} people, {events} events, {:.1} MB ({:.2} bytes per event)",
        bytes as f64 / 1e6,
        event_bytes as f64 / events.max(1) as f64
    );
    let threads = threads as usize;
    reset_peak();
    timed("scan all columns", || snapshot.scan(Columns::ALL, threads, |v| v.date.len()))?;
    timed("scan date, kind, code", || {
        snapshot.scan(Columns::DATE | Columns::KIND | Columns::CODE, threads, |v| v.date.len())
    })?;
    for count in [1, 10, 100, 300] {
        let program = Program::new((0..count).map(question).collect(), snapshot.dictionary().len());
        let label = format!("{count} questions");
        let sums = timed(&label, || {
            snapshot.ask(&program, Columns::NONE, threads, |_, answers| {
                (0..count as usize).map(|q| answers.column(q).iter().filter(|&&n| n > 0).count()).sum::<usize>()
            })
        })?;
        println!("    {} answers above zero", sums.iter().sum::<usize>());
    }
    timed("all people", || snapshot.persons().map(|p| p.len()))?;
    timed("20 histories", || (0..20).try_for_each(|n| snapshot.history(people / 21 * n).map(|_| ())))?;
    timed("200 identities", || {
        snapshot.identities(&(0..200).map(|n| people / 201 * n).collect::<Vec<_>>()).map(|_| ())
    })?;
    timed("find by name", || snapshot.find_identity(&IdentityQuery::Name(vec!["nobody".to_owned()]), 20).map(|_| ()))?;
    let number = (999_000_000..)
        .find_map(NhsNumber::from_first_nine)
        .ok_or_else(|| LakeError::Refused("no number".to_owned()))?;
    timed("find by NHS number", || snapshot.find_identity(&IdentityQuery::NhsNumber(number), 20).map(|_| ()))
}

fn question(n: u32) -> EventAggregate {
    let kinds = [EventKind::Diagnosis, EventKind::GpObservation, EventKind::Admission, EventKind::Medication];
    let aggregates =
        [Aggregate::Count, Aggregate::Exists, Aggregate::LastDate, Aggregate::SumCost, Aggregate::DistinctCodes];
    let first = n * 37 % CODES;
    EventAggregate {
        kinds: vec![kinds[(n % 4) as usize]],
        filter: EventFilter::Code((first..first + 40).collect::<CodeSet>()),
        window: Window::months(AS_OF, 12 * (1 + n % 3)),
        bounds: None,
        ranks: None,
        dated: Dated::Start,
        aggregate: aggregates[(n % 5) as usize],
    }
}

fn write(lake: &Path, people: u32, each: u32, threads: u32) -> Result<(), LakeError> {
    let source =
        SourceInfo { id: "made".to_owned(), name: "Made".to_owned(), files: Vec::new(), loaded: 0, quarantined: 0 };
    let writer =
        SnapshotWriter::create(lake, SnapshotPlan::new(SnapshotId::of(AS_OF, 1), AS_OF, people, vec![source]))?;
    let next = AtomicU32::new(0);
    std::thread::scope(|scope| {
        let work = || loop {
            let bucket = next.fetch_add(1, Ordering::Relaxed);
            if bucket >= writer.plan().bucket_count() {
                return Ok(());
            }
            let (rows, names, mut events) = bucket_rows(writer.plan().bucket_range(bucket), each);
            writer.write_bucket(bucket, &rows, &names, &mut events)?;
        };
        let helpers: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(work)).collect();
        helpers
            .into_iter()
            .try_for_each(|h| h.join().unwrap_or_else(|_| Err(LakeError::Refused("a thread panicked".to_owned()))))
    })?;
    let mut codes = DictionaryBuilder::new();
    (1..CODES).for_each(|n| {
        codes.number(CodeSystem::Icd10, &format!("{}{:03}", char::from(b'A' + (n / 1000) as u8), n % 1000), "");
    });
    writer.set_dictionary(codes.finish())?;
    writer.finish(BTreeMap::new()).map(|_| ())
}

/// Rows with the spread of a real place: few kinds and methods, many days, codes of which some are much more frequent.
fn bucket_rows(range: std::ops::Range<u32>, each: u32) -> (Vec<PersonRow>, Vec<IdentityRow>, Vec<EventRow>) {
    let mut state = u64::from(range.start) * 77 + 1;
    let mut next = move |below: u32| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) % u64::from(below)) as u32
    };
    let (mut people, mut names, mut events) = (Vec::new(), Vec::new(), Vec::with_capacity(range.len() * each as usize));
    for person in range {
        let id = u64::from(person) * 11 + 1;
        people.push(PersonRow {
            id,
            birth: Some(Day(next(33_000) as i32 - 13_000)),
            sex: if next(2) == 0 { Sex::Male } else { Sex::Female },
            practice: OdsCode::parse(&format!("A81{:03}", next(60))).ok(),
            lsoa: Lsoa::from_value(12_000 + next(500)),
            imd_decile: 1 + next(10) as u8,
            household: person / 2 + 1,
            household_size: 2,
            lists: 1,
            ..PersonRow::default()
        });
        names.push(IdentityRow {
            id,
            nhs_number: NhsNumber::from_first_nine(900_000_000 + u64::from(person)),
            family_name: format!("Family{}", next(5_000)),
            given_name: format!("Given{}", next(800)),
            address: format!("{} Made Street {}", next(200), next(3_000)),
            postcode: format!("TS{} {}HU", next(30), next(10)),
        });
        for _ in 0..each {
            let date = Day(AS_OF.0 - next(1_900) as i32);
            let code = next(CODES).min(next(CODES)).min(next(CODES));
            events.push(EventRow {
                person,
                date,
                end: (next(3) == 0).then_some(Day(date.0 + next(5) as i32)),
                kind: EventKind::ALL[next(11) as usize],
                method: Method::ALL[next(9) as usize],
                status: Status::ALL[next(5) as usize],
                code,
                provider: next(30),
                detail: next(60),
                value: (next(5) == 0).then(|| i64::from(next(200_000))),
                cost: (next(2) == 0).then(|| i64::from(next(300)) * 350),
                link: next(20),
                source: 0,
            });
        }
    }
    (people, names, events)
}

/// Runs a step and prints its seconds by the clock and of the processor, and the peak of memory so far.
fn timed<T>(label: &str, step: impl FnOnce() -> Result<T, LakeError>) -> Result<T, LakeError> {
    let (start, cpu) = (Instant::now(), cpu_seconds());
    let result = step();
    println!(
        "{label}: {:.3} s, {:.2} s of processor, peak {} MB",
        start.elapsed().as_secs_f64(),
        cpu_seconds() - cpu,
        peak_mb()
    );
    result
}

/// Processor seconds of this process, as Linux counts them (in hundredths); 0 elsewhere.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks: f64 = after_name.split_whitespace().skip(11).take(2).filter_map(|n| n.parse::<f64>().ok()).sum();
    ticks / 100.0
}

fn peak_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|kb| kb.parse::<u64>().ok()).unwrap_or(0) / 1024
}

/// Lets Linux count the peak anew, so that reading is not blamed for writing.
fn reset_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}
