//! The estimators against other people's software, against algebra, and by simulation.

use super::*;
use crate::random::Stream;
use std::path::PathBuf;

/// Rows of a comma-separated file of `../shared` without its header; none where that is absent.
fn rows(name: &str) -> Option<Vec<Vec<String>>> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(name);
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("skipped: ../shared is not there");
        return None;
    };
    let cells = |line: &str| line.split(',').map(|cell| cell.trim_matches('"').to_owned()).collect();
    Some(text.lines().skip(1).map(cells).collect())
}

fn close(found: f64, wanted: f64, tolerance: f64) {
    assert!((found - wanted).abs() <= tolerance * wanted.abs(), "found {found}, wanted {wanted}");
}

/// `did_mpdta_twfe_pyfixest.json`: minimum wage and youth employment, 500 counties, five years (pyfixest, CRV1).
#[test]
fn the_minimum_wage_panel() {
    let Some(rows) = rows("data/evidence/did/mpdta.csv") else { return };
    let cells: Vec<Cell> = rows
        .iter()
        .map(|row| {
            let number = |at: usize| row[at].parse::<f64>().unwrap();
            let (year, first) = (number(0) as i32, number(4) as i32);
            let county = number(1) as u32;
            let treated = first > 0 && year >= first;
            Cell { cluster: county, unit: county, period: year, treated, events: number(3), person_time: 1.0 }
        })
        .collect();
    let found = estimate(&cells, &Options { per: 1.0, permutations: 0, ..Options::default() }).unwrap();
    close(found.absolute.value, -0.036_548_936_674_066_99, 1e-9);
    // Its correction counts two parameters, ours the effect, the four free years and the mean.
    let same_count = (2_494.0_f64 / 2_498.0).sqrt();
    let error = found.absolute_cr1.uncertainty.unwrap().standard_error;
    close(error * same_count, 0.013_254_530_553_441_652, 1e-9);
    assert!(found.warnings.contains(&Warning::StaggeredStart));
    assert_eq!(found.absolute.uncertainty.unwrap().method, Method::Cr2);
}

/// `glm.json`, `ships_pois_offset`: damage by ship type and year of construction, `glm` in R; HC1 errors.
#[test]
fn the_ships() {
    let Some(rows) = rows("data/evidence/glm/ships.csv") else { return };
    let cells: Vec<Cell> = rows
        .iter()
        .enumerate()
        .map(|(at, row)| Cell {
            cluster: at as u32,
            unit: u32::from(row[0].as_bytes()[0]),
            period: row[1].parse().unwrap(),
            treated: row[2] == "75",
            events: row[4].parse().unwrap(),
            person_time: row[3].parse().unwrap(),
        })
        .collect();
    let panel = Panel::index(&cells);
    assert_eq!(panel.rows.len(), 34);
    let (log_ratio, spread) = poisson::fit(&panel, &[panel.treated_column()]).unwrap();
    close(log_ratio, 0.384_466_958_212_1, 1e-9);
    let (error, _, method) = spread.unwrap();
    // R stops one step earlier, and the weights of that step are in its error.
    close(error, 0.116_106_193_043_3, 1e-5);
    assert_eq!(method, Method::Cr1);
}

/// A normal value by the sum of twelve uniform ones.
fn noise(stream: &mut Stream) -> f64 {
    (0..12).map(|_| stream.below(1 << 30) as f64 / f64::from(1 << 30)).sum::<f64>() - 6.0
}

/// A panel whose clusters have their own level and errors that go together in time.
fn simulated(stream: &mut Stream, clusters: u32, served: u32, months: i32, effect: f64) -> Vec<Cell> {
    let mut cells = Vec::new();
    for cluster in 0..clusters {
        let level = 20.0 + 2.0 * noise(stream);
        let mut drift = 0.0;
        for period in 0..months {
            drift = 0.8 * drift + 0.5 * noise(stream);
            let treated = cluster < served && period >= months / 2;
            let rate = level + 0.05 * f64::from(period) + drift + if treated { effect } else { 0.0 };
            let person_time = 1000.0;
            let events = (rate * person_time / 1000.0).max(0.0);
            cells.push(Cell { cluster, unit: cluster, period, treated, events, person_time });
        }
    }
    cells
}

/// With equal clusters and one start CR2 is Welch's variance of the changes, and its degrees of freedom those of two samples.
#[test]
fn equal_clusters_give_the_two_sample_test() {
    let cells = simulated(&mut Stream::new(11), 9, 4, 10, 1.0);
    let found = estimate(&cells, &Options::default()).unwrap();
    let change = |cluster: u32| {
        let mean = |late: bool| {
            let of = cells.iter().filter(|cell| cell.cluster == cluster && (cell.period >= 5) == late);
            of.map(|cell| cell.events).sum::<f64>() / 5.0
        };
        mean(true) - mean(false)
    };
    let sample = |clusters: std::ops::Range<u32>| {
        let changes: Vec<f64> = clusters.map(change).collect();
        let n = changes.len() as f64;
        let mean = changes.iter().sum::<f64>() / n;
        (n, mean, changes.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0))
    };
    let ((n1, mean1, var1), (n0, mean0, var0)) = (sample(0..4), sample(4..9));
    close(found.absolute.value, mean1 - mean0, 1e-9);
    let spread = found.absolute.uncertainty.unwrap();
    close(spread.standard_error, (var1 / n1 + var0 / n0).sqrt(), 1e-9);
    let df = (1.0 / n1 + 1.0 / n0).powi(2) / (1.0 / (n1 * n1 * (n1 - 1.0)) + 1.0 / (n0 * n0 * (n0 - 1.0)));
    close(spread.degrees_of_freedom, df, 1e-8);
    // 9 clusters, 4 served: 126 assignments, all tried.
    assert_eq!(found.permutation.map(|test| (test.assignments, test.exhaustive)), Some((126, true)));
    // The reference month is 0 and the months of the event study average to the effect.
    let study = &found.event_study;
    assert_eq!(study.iter().map(|point| point.month).collect::<Vec<_>>(), (-5..5).collect::<Vec<_>>());
    let mean = |late: bool| study.iter().filter(|p| (p.month >= 0) == late).map(|p| p.effect.value).sum::<f64>() / 5.0;
    close(mean(true) - mean(false), mean1 - mean0, 1e-8);
}

/// The order of the cells and the names of clusters and units change nothing, to the last digit.
#[test]
fn order_changes_nothing() {
    let mut stream = Stream::new(5);
    let mut cells = simulated(&mut stream, 8, 3, 12, 0.5);
    let first = estimate(&cells, &Options::default()).unwrap();
    stream.shuffle(&mut cells);
    assert_eq!(estimate(&cells, &Options::default()).unwrap(), first);
    for cell in &mut cells {
        cell.cluster += 70;
        cell.unit = cell.unit * 3 + 5;
    }
    assert_eq!(estimate(&cells, &Options::default()).unwrap().absolute, first.absolute);
}

/// Twelve clusters, four served, errors that go together in time: 95 % intervals hold the truth about 95 times in 100, where
/// intervals that take cells as independent would not (`coverage_demo.json` shows the same).
#[test]
fn intervals_hold_the_truth_as_often_as_they_say() {
    let mut stream = Stream::new(2026);
    let (mut hits, mut naive_hits, sims) = (0, 0, 1000);
    let effect = 0.7;
    for _ in 0..sims {
        let cells = simulated(&mut stream, 12, 4, 24, effect);
        let panel = Panel::new(&cells).unwrap();
        let absorb = Absorb::new(&panel, vec![1000.0; panel.rows.len()]);
        let rates: Vec<f64> = panel.rows.iter().map(|row| row.events).collect();
        let fit = absorb.fit(&[panel.treated_column()], &rates).unwrap();
        let scores = robust::scores(&absorb, &fit, panel.clusters_served());
        let value = fit.coefficients[0];
        let spread = uncertainty(value, scores[0].best().unwrap(), Confidence::P95);
        hits += i32::from(spread.lower <= effect && effect <= spread.upper);
        let clean = absorb.residual(&fit.columns[0]);
        let squares: f64 = fit.residual.iter().map(|e| e * e).sum();
        let df = panel.rows.len() as f64 - 36.0;
        let naive = (squares / df / clean.iter().map(|x| x * x).sum::<f64>()).sqrt();
        naive_hits += i32::from((value - effect).abs() <= 1.96 * naive);
    }
    println!("coverage {hits} of {sims}; as if cells were independent {naive_hits}");
    assert!((930..=970).contains(&hits), "{hits}");
    assert!(naive_hits < 850, "{naive_hits}");
}

/// A count that is halved is found halved, and the interval of the ratio holds it.
#[test]
fn a_relative_effect_is_found() {
    let mut stream = Stream::new(3);
    let (mut hits, sims) = (0, 100);
    for _ in 0..sims {
        let mut cells = simulated(&mut stream, 10, 4, 12, 0.0);
        for cell in &mut cells {
            cell.person_time *= 1.0 + f64::from(cell.cluster);
            cell.events *= (1.0 + f64::from(cell.cluster)) * if cell.treated { 0.5 } else { 1.0 };
        }
        let panel = Panel::new(&cells).unwrap();
        let (log_ratio, spread) = poisson::fit(&panel, &[panel.treated_column()]).unwrap();
        let found = percent(log_ratio, spread, Confidence::P95);
        assert!((found.value + 50.0).abs() < 8.0, "{found:?}");
        hits += i32::from(found.interval().is_some_and(|(lower, upper)| lower <= -50.0 && -50.0 <= upper));
    }
    assert!((88..=100).contains(&hits), "{hits}");
}

/// The check of trends before the start sees a difference that is there and seldom one that is not.
#[test]
fn trends_before_the_start() {
    let mut stream = Stream::new(8);
    let (mut false_alarms, mut found, sims) = (0, 0, 60);
    let options = Options { permutations: 0, ..Options::default() };
    for _ in 0..sims {
        let mut cells = simulated(&mut stream, 12, 5, 24, 0.0);
        let verdict = |cells: &[Cell]| {
            let panel = Panel::new(cells).unwrap();
            let absorb = Absorb::new(&panel, panel.rows.iter().map(|row| row.person_time).collect());
            let rates: Vec<f64> = panel.rows.iter().map(|row| row.events).collect();
            trend::pre_trend(&panel, &absorb, &rates, options.confidence).verdict
        };
        false_alarms += i32::from(verdict(&cells) == PreTrendVerdict::Different);
        for cell in cells.iter_mut().filter(|cell| cell.cluster < 5) {
            cell.events += 0.6 * f64::from(cell.period);
        }
        found += i32::from(verdict(&cells) == PreTrendVerdict::Different);
    }
    assert!(false_alarms <= 9, "{false_alarms}");
    assert!(found >= 55, "{found}");
}

#[test]
fn nonsense_is_refused_and_little_is_admitted() {
    let options = Options::default();
    assert_eq!(estimate(&[], &options), Err(DidError::Empty));
    let cell = |cluster: u32, period: i32, treated: bool| Cell {
        cluster,
        unit: cluster,
        period,
        treated,
        events: f64::from(cluster + 3) + f64::from(period * period),
        person_time: 100.0,
    };
    assert_eq!(estimate(&[cell(1, 1, false)], &options), Err(DidError::NoComparison));
    let bad = Cell { events: f64::NAN, ..cell(1, 1, false) };
    assert_eq!(estimate(&[cell(1, 1, false), bad], &options), Err(DidError::BadCell(1)));
    let ends = [cell(7, 1, true), cell(7, 2, false), cell(8, 1, false), cell(8, 2, false)];
    assert_eq!(estimate(&ends, &options), Err(DidError::TreatmentEnds(7)));
    // Two clusters: an estimate, no interval, and a plain word about it.
    let two = [cell(1, 1, false), cell(1, 2, true), cell(2, 1, false), cell(2, 2, false)];
    let found = estimate(&two, &options).unwrap();
    assert_eq!(found.absolute.interval(), None);
    assert!(found.warnings.contains(&Warning::NoInterval));
    assert!(found.warnings.contains(&Warning::VeryFewClusters(2)));
    assert_eq!(found.pre_trend.verdict, PreTrendVerdict::CannotTell);
}
