//! Panels of the sizes a place has, with every part of the estimate: they end, and nothing is lost on the way.
#![allow(clippy::unwrap_used, reason = "a test may stop at once")]

use evidence::did::{Cell, Options, estimate};

/// So many clusters of so many units over so many months.
fn panel(clusters: u32, units: u32, months: i32) -> Vec<Cell> {
    let mut cells = Vec::new();
    for unit in 0..clusters * units {
        for period in 0..months {
            let cluster = unit / units;
            let treated = cluster < clusters / 2 && period >= months / 2;
            let mixed = (u64::from(unit) * 7919 + period as u64 * 104_729 + u64::from(unit) * period as u64 * 31) % 41;
            let events = 80.0 + mixed as f64 + if treated { -10.0 } else { 0.0 };
            cells.push(Cell {
                cluster,
                unit,
                period,
                treated,
                events,
                person_time: 6000.0 + f64::from(unit % 9) * 100.0,
            });
        }
    }
    cells
}

#[test]
fn localities_practices_and_both() {
    for (clusters, units, months) in [(8, 1, 60), (8, 8, 48), (40, 1, 36), (150, 1, 60)] {
        let cells = panel(clusters, units, months);
        let start = std::time::Instant::now();
        let found = estimate(&cells, &Options::default()).unwrap();
        println!("{clusters} clusters of {units} units, {months} months: {:?}", start.elapsed());
        assert_eq!(found.cells, cells.len());
        assert_eq!(found.event_study.len() as i32, months);
        assert!(found.absolute.excludes_zero() && found.absolute.value < 0.0);
        assert!(found.relative_percent.is_some_and(|effect| effect.excludes_zero()));
        assert!(found.permutation.is_some_and(|test| test.p_value < 0.06));
    }
}
