//! Loads the extracts of a simulated place and prints what each stage took:
//! `cargo run --release -p intake --example measure -- PLACE_DIR [THREADS [TRACE.csv]]`.

use intake::{LoadOptions, NoProgress, SourceFormat, SourceInput, load, load_with_trace};
use std::path::PathBuf;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let Some(dir) = arguments.next().map(PathBuf::from) else {
        eprintln!("usage: measure PLACE_DIR [THREADS [TRACE.csv]]");
        return;
    };
    let threads = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(2);
    let trace = arguments.next().map(PathBuf::from);
    let Ok(files) = std::fs::read_dir(dir.join("extracts")) else {
        eprintln!("there is no folder extracts in {}", dir.display());
        return;
    };
    let mut sources: Vec<SourceInput> = files
        .flatten()
        .filter_map(|file| {
            let id = file.file_name().to_string_lossy().split('.').next()?.to_owned();
            let format = SourceFormat::builtin(&format!("vanguard/{id}"))?;
            Some(SourceInput { id, format, files: vec![file.path()] })
        })
        .collect();
    sources.sort_by(|a, b| (a.id != "gp_registrations", &a.id).cmp(&(b.id != "gp_registrations", &b.id)));
    let options = LoadOptions {
        lake_dir: dir.join("lake"),
        place_dir: dir,
        sources,
        // 31 March 2026, the simulator's own last day.
        as_of: nhs::Day(20_543),
        threads,
        memory_budget: 256 << 20,
        force: true,
        labels: Vec::new(),
    };
    let result = match &trace {
        Some(path) => load_with_trace(&options, &NoProgress, path),
        None => load(&options, &NoProgress),
    };
    match result {
        Ok(report) => {
            let quality = &report.quality;
            println!(
                "{} rows, {} people, {} events, {} identities",
                quality.rows_read, report.people, report.events, quality.linkage.identities
            );
            for stage in &report.timings {
                println!("{:>8} ms  {}", stage.milliseconds, stage.stage);
            }
        }
        Err(error) => eprintln!("failed to load: {error}"),
    }
    if let Ok(status) = std::fs::read_to_string("/proc/self/status")
        && let Some(peak) = status.lines().find(|line| line.starts_with("VmHWM"))
    {
        println!("{peak}");
    }
}
