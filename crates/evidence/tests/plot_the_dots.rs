//! Control charts point by point against the NHS reference implementation (`../shared/expected/evidence/spc_ptd.json`).
#![allow(clippy::unwrap_used, clippy::too_many_lines, reason = "a test may stop at once")]

#[path = "shared/mod.rs"]
mod shared;

use evidence::control_chart::{Assurance, Better, Cause, Chart, Options, Variation, individuals, rebase_positions};
use serde_json::Value;

fn texts(case: &Value, key: &str) -> Vec<String> {
    case[key].as_array().unwrap().iter().map(|x| x.as_str().unwrap().to_owned()).collect()
}

fn chart(case: &Value) -> Chart {
    let args = &case["args"];
    let better = match args["improvement_direction"].as_str() {
        Some("decrease") => Better::Lower,
        Some("neutral") => Better::Neither,
        _ => Better::Higher,
    };
    let mut options = Options::new(better);
    options.target = args["target"].as_f64();
    options.fix_after = args["fix_after_n_points"].as_u64().map(|count| count as usize);
    options.screen_outliers = args["screen_outliers"].as_bool().unwrap_or(true);
    if args["rebase"].is_array() {
        options.rebase = rebase_positions(&texts(case, "x"), &texts(args, "rebase"));
    }
    let values: Vec<f64> = case["y"].as_array().unwrap().iter().map(|y| y.as_f64().unwrap()).collect();
    individuals(&values, &options).unwrap()
}

fn cause(cause: Cause) -> &'static str {
    match cause {
        Cause::Common => "Common Cause",
        Cause::AboveLimit => "Above UCL",
        Cause::BelowLimit => "Below LCL",
        Cause::TwoInThreeAbove => "2 in 3 Above CL",
        Cause::TwoInThreeBelow => "2 in 3 Below CL",
        Cause::TrendUp => "7 Point Trend (Increasing)",
        Cause::TrendDown => "7 Point Trend (Decreasing)",
        Cause::ShiftAbove => "7 Points Above CL",
        Cause::ShiftBelow => "7 Points Below CL",
    }
}

fn variation(variation: Variation) -> &'static str {
    match variation {
        Variation::CommonCause => "common_cause",
        Variation::Improvement => "special_cause_improvement",
        Variation::Concern => "special_cause_concern",
        Variation::NeitherHigh => "special_cause_neutral_high",
        Variation::NeitherLow => "special_cause_neutral_low",
    }
}

fn assurance(assurance: Assurance) -> &'static str {
    match assurance {
        Assurance::ConsistentlyPasses => "consistent_pass",
        Assurance::ConsistentlyFails => "consistent_fail",
        Assurance::HitAndMiss => "inconsistent",
    }
}

fn near(found: f64, wanted: f64) -> bool {
    (found - wanted).abs() <= 1e-11 * wanted.abs().max(1.0)
}

#[test]
fn every_point_of_every_chart() {
    let Some(text) = shared::read("expected/evidence/spc_ptd.json") else { return };
    let file: Value = serde_json::from_str(&text).unwrap();
    let mut points = 0;
    for case in file["cases"].as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        let chart = chart(case);
        assert_eq!(chart.points.len(), case["y"].as_array().unwrap().len());
        for (at, point) in chart.points.iter().enumerate() {
            let place = format!("{name} point {at}: {point:?}");
            assert!(near(point.mean, case["mean"][at].as_f64().unwrap()), "{place}");
            match (point.limits, case["lpl"][at].as_f64(), case["upl"][at].as_f64()) {
                (Some((lower, upper)), Some(wanted_lower), Some(wanted_upper)) => {
                    assert!(near(lower, wanted_lower) && near(upper, wanted_upper), "{place}");
                }
                (found, lower, upper) => assert!(found.is_none() && lower.is_none() && upper.is_none(), "{place}"),
            }
            assert_eq!(point.group as u64, case["rebase_group"][at].as_u64().unwrap(), "{place}");
            assert_eq!(point.near_limit, case["close"][at].as_bool().unwrap_or(false), "{place}");
            assert_eq!(cause(point.cause), case["special_cause_type"][at].as_str().unwrap(), "{place}");
            assert_eq!(variation(point.variation), case["point_type"][at].as_str().unwrap(), "{place}");
            assert_eq!(point.short_group, case["short_group_warning"][at].as_bool().unwrap(), "{place}");
            points += 1;
        }
        assert_eq!(chart.assurance.map(assurance), case["assurance_type"].as_str(), "{name}");
    }
    assert!(points > 500, "{points}");
}

/// The same values from the raw file as in the expected answers: the Nile series.
#[test]
fn the_raw_series_gives_the_same_chart() {
    let (Some(raw), Some(text)) =
        (shared::read("data/evidence/spc/nile.csv"), shared::read("expected/evidence/spc_ptd.json"))
    else {
        return;
    };
    let table = shared::parse(&raw).unwrap();
    let values: Vec<f64> = (0..table.len()).map(|row| table.number(row, "y").unwrap()).collect();
    let file: Value = serde_json::from_str(&text).unwrap();
    let case = file["cases"].as_array().unwrap().iter().find(|case| case["name"] == "nile").unwrap();
    assert_eq!(individuals(&values, &Options::new(Better::Higher)).unwrap(), chart(case));
}
