//! Makes blocks on several threads and writes them in order.

use crate::blocks::{self, Finished};
use crate::effect::{self, Tally};
use crate::layout::Layout;
use crate::output::Writer;
use crate::{Error, Progress, SimulateOptions, SimulateReport, place_file, practices, reference};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;

const DEFAULT_PEOPLE: u32 = 50_000;
/// Numbers of blocks and of true persons stay within their columns up to here.
const MOST_PEOPLE: u32 = 60_000_000;

/// Writes a synthetic place: `extracts/`, `place.toml` and `truth/` below `options.out`. The same options give the same bytes
/// on any number of threads. A folder that holds a place of another origin is refused.
pub fn simulate(options: &SimulateOptions<'_>, progress: &mut dyn FnMut(Progress)) -> Result<SimulateReport, Error> {
    let layout = lay_out(options)?;
    refuse_real_place(options)?;
    let mut writer = Writer::create(options.out)?;
    let mut report = SimulateReport {
        name: layout.name.clone(),
        practices: layout.practices.len(),
        localities: layout.localities.len(),
        served_localities: layout.localities.iter().filter(|l| l.served).count(),
        ..SimulateReport::default()
    };
    let total: u64 = layout.blocks.iter().map(|b| u64::from(b.people)).sum();
    let mut tallies = vec![Tally::new(layout.months()); layout.localities.len()];
    let mut residents = vec![0u32; layout.areas.len()];
    for_each_block(&layout, options.threads, &mut |finished| {
        writer.append(&finished.tables)?;
        tallies[finished.locality].add(&finished.tally);
        for &(area, count) in &finished.residents {
            residents[area] += count;
        }
        report.people += u64::from(finished.people);
        report.persons += finished.persons;
        progress(Progress { people_done: report.people, people_total: total, rows: writer.rows() });
        Ok(())
    })?;
    report.files = writer.finish()?;
    report.rows = report.files.iter().map(|f| f.rows).sum();
    report.emergency_admissions = tallies.iter().flat_map(|t| &t.admissions).sum();
    report.prevented_admissions = tallies.iter().flat_map(|t| &t.prevented).sum();
    reference::write(options.out, &layout, &residents)?;
    let effect = format!("{:#}\n", effect::describe(&layout, &tallies));
    reference::put(options.out, "truth/effect.json", &effect)?;
    reference::put(options.out, "place.toml", &place_file::text(&layout))?;
    Ok(report)
}

fn lay_out(options: &SimulateOptions<'_>) -> Result<Layout, Error> {
    if !(6..=120).contains(&options.history_months) {
        return Err(Error::Option(format!(
            "{} months of history are asked for; choose 6 to 120",
            options.history_months
        )));
    }
    if let Some(people) = options.people.filter(|p| !(500..=MOST_PEOPLE).contains(p)) {
        return Err(Error::Option(format!("{people} people are asked for; choose 500 to {MOST_PEOPLE}")));
    }
    match options.practices {
        None => Ok(Layout::invented(
            options.people.unwrap_or(DEFAULT_PEOPLE),
            options.seed,
            options.as_of,
            options.history_months,
        )),
        Some(list) => {
            let (name, real) = practices::read(list)?;
            let name = format!("{} (synthetic people)", if name.is_empty() { list.area } else { &name });
            Ok(Layout::real(name, real, options.people, options.seed, options.as_of, options.history_months))
        }
    }
}

/// Real extracts are never written over.
fn refuse_real_place(options: &SimulateOptions<'_>) -> Result<(), Error> {
    let path = options.out.join("place.toml");
    match std::fs::read_to_string(&path) {
        Ok(text) if !text.starts_with(place_file::FIRST_LINE) => return Err(Error::NotOurs { path }),
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
            return Err(Error::File { action: "cannot read", path, source: e });
        }
        Ok(_) => return Ok(()),
        Err(_) => {}
    }
    let extracts = options.out.join("extracts");
    let unfinished = options.out.join("truth/person.csv").is_file();
    let holds_files = std::fs::read_dir(&extracts).is_ok_and(|mut entries| entries.next().is_some());
    if holds_files && !unfinished { Err(Error::NotOurs { path: extracts }) } else { Ok(()) }
}

/// Blocks that may wait for the writer; each is about two megabytes.
const WAITING: usize = 3;

/// Makes every block on `threads` threads and hands them over in order.
fn for_each_block(
    layout: &Layout,
    threads: usize,
    take: &mut dyn FnMut(Finished) -> Result<(), Error>,
) -> Result<(), Error> {
    let count = layout.blocks.len();
    let next = AtomicUsize::new(0);
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let (sender, receiver) = sync_channel::<(usize, Finished)>(WAITING);
        for _ in 0..threads.clamp(1, 64) {
            let sender = sender.clone();
            let (next, stop) = (&next, &stop);
            scope.spawn(move || {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= count || stop.load(Ordering::Relaxed) {
                        break;
                    }
                    if sender.send((number, blocks::make(layout, number))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        let mut early: BTreeMap<usize, Finished> = BTreeMap::new();
        let mut due = 0;
        for (number, finished) in receiver {
            early.insert(number, finished);
            while let Some(finished) = early.remove(&due) {
                due += 1;
                if let Err(error) = take(finished) {
                    stop.store(true, Ordering::Relaxed);
                    return Err(error);
                }
            }
        }
        Ok(())
    })
}
