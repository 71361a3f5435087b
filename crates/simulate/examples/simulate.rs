//! Times a simulation: `simulate PEOPLE OUT [SEED] [PRACTICES AREA]`.

use simulate::{PracticeList, SimulateOptions, simulate};
use std::path::Path;
use std::time::Instant;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [people, out, rest @ ..] = arguments.as_slice() else {
        eprintln!("usage: simulate PEOPLE OUT [SEED] [PRACTICES AREA]");
        std::process::exit(2);
    };
    let seed = rest.first().and_then(|s| s.parse().ok()).unwrap_or(1);
    let mut options = SimulateOptions::new(50_000, seed, Path::new(out));
    options.people = people.parse().ok();
    if let [_, file, area] = rest {
        options.practices = Some(PracticeList { file: Path::new(file), area });
    }
    let start = Instant::now();
    match simulate(&options, &mut |_| {}) {
        Ok(report) => {
            let seconds = start.elapsed().as_secs_f64();
            println!("{report:#?}");
            println!("{seconds:.2} s, {:.1} rows a person", report.rows as f64 / report.people as f64);
        }
        Err(error) => {
            eprintln!("failed to simulate a place: {error}");
            std::process::exit(1);
        }
    }
}
