//! The rates against the test tables of the public health profiles' own methods package (`../shared/data/phe`).
#![allow(clippy::unwrap_used, clippy::too_many_lines, reason = "a test may stop at once")]

#[path = "shared/mod.rs"]
mod shared;

use evidence::distribution::Confidence::{self, P95, P998};
use evidence::funnel::{self, Position};
use evidence::quantiles::quantiles;
use evidence::rates::{self, Rate, RateError, Stratum};
use shared::{Table, close, table};

fn limits(table: &Table, row: usize, names: (&str, &str)) -> Option<(f64, f64)> {
    Some((table.number(row, names.0)?, table.number(row, names.1)?))
}

/// The value and both pairs of limits of one printed row.
fn check(table: &Table, row: usize, answer: impl Fn(Confidence) -> Result<Rate, RateError>) {
    let Some(value) = table.number(row, "value") else {
        assert!(answer(P95).is_err(), "row {row} has no printed value");
        return;
    };
    for (confidence, names) in [(P95, ("lower95_0cl", "upper95_0cl")), (P998, ("lower99_8cl", "upper99_8cl"))] {
        let found = answer(confidence).unwrap();
        close(found.value, value, 1e-9);
        if let Some((lower, upper)) = limits(table, row, names) {
            close(found.lower, lower, 1e-9);
            close(found.upper, upper, 1e-9);
        }
    }
}

#[test]
fn byars_and_wilson() {
    let Some(table) = table("testdata_Byars_Wilson__testdata_B_W.csv") else { return };
    for row in 0..table.len() {
        let confidence = if table.text(row, "confidence") == "95%" { P95 } else { P998 };
        let count = table.number(row, "x").unwrap();
        let (lower, upper) = match table.number(row, "n") {
            Some(of) => rates::wilson(count, of, confidence),
            None => rates::byars(count, confidence),
        };
        for (found, name) in [(lower, "lowercl"), (upper, "uppercl")] {
            if let Some(printed) = table.number(row, name) {
                close(found, printed, 1e-10);
            }
        }
    }
    assert_eq!(table.len(), 13);
}

#[test]
fn crude_rates() {
    let Some(table) = table("testdata_Rate__testdata_Rate.csv") else { return };
    for row in 0..table.len() {
        let [events, population] = ["Numerator", "Denominator"].map(|name| table.number(row, name).unwrap_or(f64::NAN));
        let per = table.number(row, "multiplier").unwrap();
        check(&table, row, |confidence| rates::crude_rate(events, population, per, confidence));
    }
}

#[test]
fn grouped_rates_and_proportions() {
    for (name, is_rate) in
        [("testdata_Rate__testdata_Rate_g.csv", true), ("testdata_Proportion__testdata_Prop_g.csv", false)]
    {
        let Some(table) = table(name) else { return };
        let mut seen = 0;
        for row in 0..table.len() {
            let Some(value) = table.number(row, "value") else { continue };
            let [events, of, per] =
                ["Numerator", "Denominator", "multiplier"].map(|name| table.number(row, name).unwrap());
            let answer = if is_rate { rates::crude_rate } else { rates::proportion };
            let found = answer(events, of, per, P95).unwrap();
            let (lower, upper) = limits(&table, row, ("lowercl", "uppercl")).unwrap();
            close(found.value, value, 1e-9);
            close(found.lower, lower, 1e-9);
            close(found.upper, upper, 1e-9);
            seen += 1;
        }
        assert!(seen >= 8, "{name}");
    }
}

#[test]
fn proportions() {
    let Some(table) = table("testdata_Proportion__testdata_Prop.csv") else { return };
    for row in 0..table.len() {
        let [count, of] = ["Numerator", "Denominator"].map(|name| table.number(row, name).unwrap_or(f64::NAN));
        let per = table.number(row, "multiplier").unwrap();
        check(&table, row, |confidence| rates::proportion(count, of, per, confidence));
    }
}

#[test]
fn means() {
    let (Some(data), Some(results)) =
        (table("testdata_Mean__testdata_Mean.csv"), table("testdata_Mean__testdata_Mean_results.csv"))
    else {
        return;
    };
    for row in 0..results.len() {
        let area = results.text(row, "area");
        let values: Vec<f64> = (0..data.len())
            .filter(|&place| area == "No grouping" || data.text(place, "area") == area)
            .map(|place| data.number(place, "values").unwrap())
            .collect();
        close(rates::mean(&values, P95).unwrap().1, results.number(row, "stdev").unwrap(), 1e-9);
        check(&results, row, |confidence| rates::mean(&values, confidence).map(|(rate, _)| rate));
    }
}

/// The strata of one area, with the events of each person counted where the table has them (`f1` to `f4`).
fn strata(table: &Table, area: &str, standard: &[f64]) -> Vec<Stratum> {
    let rows = (0..table.len()).filter(|&row| table.text(row, "area") == area || area.is_empty());
    rows.zip(standard)
        .map(|(row, &standard)| {
            let number = |name: &str| table.number(row, name);
            let mut stratum = Stratum::new(number("count").unwrap_or(0.0), number("pop").unwrap(), standard);
            let people = ["f1", "f2", "f3", "f4"].map(number);
            if people.iter().any(Option::is_some) {
                let [f1, f2, f3, f4] = people.map(|count| count.unwrap_or(0.0));
                stratum.events_variance = f1 + 4.0 * f2 + 9.0 * f3 + 16.0 * f4;
            }
            stratum
        })
        .collect()
}

const ESP_2013: [f64; 19] = [
    5000., 5500., 5500., 5500., 6000., 6000., 6500., 7000., 7000., 7000., 7000., 6500., 6000., 5500., 5000., 4000.,
    2500., 1500., 1000.,
];

#[test]
fn directly_standardised_rates() {
    let files = ["multiarea", "1976", "nonindepe"].map(|name| table(&format!("testdata_DSR_ISR__testdata_{name}.csv")));
    let ([Some(areas), Some(old), Some(repeated)], Some(results)) =
        (files, table("testdata_DSR_ISR__testresults_DSR.csv"))
    else {
        return;
    };
    let old_standard: Vec<f64> = (0..old.len()).map(|row| old.number(row, "esp1976").unwrap()).collect();
    for row in 0..results.len() {
        let area = results.text(row, "area");
        let per = if results.text(row, "statistic").ends_with("100000") { 100_000.0 } else { 10_000.0 };
        let data = match area.as_str() {
            "testdata_1976" => strata(&old, "", &old_standard),
            name if name.contains("nonind") => strata(&repeated, name, &ESP_2013),
            name => strata(&areas, name, &ESP_2013),
        };
        assert!(data.len() >= 18, "{area}");
        if area == "testdata_1976" {
            // The table prints the two 99.8 % limits of these rows ten times too large.
            let found = rates::directly_standardised(&data, 10.0 * per, P998).unwrap();
            close(found.lower, results.number(row, "lower99_8cl").unwrap(), 1e-8);
            close(found.upper, results.number(row, "upper99_8cl").unwrap(), 1e-8);
            let found = rates::directly_standardised(&data, per, P95).unwrap();
            close(found.value, results.number(row, "value").unwrap(), 1e-8);
            close(found.lower, results.number(row, "lower95_0cl").unwrap(), 1e-8);
            continue;
        }
        check(&results, row, |confidence| rates::directly_standardised(&data, per, confidence));
    }
}

#[test]
fn directly_standardised_rates_refuse_bad_input() {
    for name in ["err1", "err3", "err4"] {
        let Some(table) = table(&format!("testdata_DSR_ISR__testdata_{name}.csv")) else { return };
        let data: Vec<Stratum> = (0..table.len())
            .map(|row| {
                let [events, population, standard] =
                    ["count", "pop", "stdpop"].map(|name| table.number(row, name).unwrap_or(f64::NAN));
                Stratum::new(events, population, standard)
            })
            .collect();
        assert!(rates::directly_standardised(&data, 1.0, P95).is_err(), "{name}");
    }
}

#[test]
fn indirectly_standardised_ratios_and_rates() {
    let files = ["testdata_multiarea", "testdata_err2", "refdata", "testresults_ISR"]
        .map(|name| table(&format!("testdata_DSR_ISR__{name}.csv")));
    let [Some(areas), Some(gaps), Some(reference), Some(results)] = files else { return };
    let reference: Vec<(f64, f64)> = (0..reference.len())
        .map(|row| (reference.number(row, "refcount").unwrap(), reference.number(row, "refpop").unwrap()))
        .collect();
    let crude = reference.iter().map(|row| row.0).sum::<f64>() / reference.iter().map(|row| row.1).sum::<f64>();
    for row in 0..results.len() {
        let area = results.text(row, "area");
        let data = if area.starts_with("Area") { &gaps } else { &areas };
        let rows: Vec<usize> = (0..data.len()).filter(|&place| data.text(place, "area") == area).collect();
        let observed: f64 = results.number(row, "observed").unwrap();
        let strata: Vec<(f64, f64, f64)> = rows
            .iter()
            .zip(&reference)
            .map(|(&at, &(events, of))| (data.number(at, "pop").unwrap(), events, of))
            .collect();
        let expected = rates::expected_events(&strata).unwrap();
        close(expected, results.number(row, "expected").unwrap(), 1e-9);
        let statistic = results.text(row, "statistic");
        let multiplier: f64 = statistic.rsplit(' ').next().unwrap().parse().unwrap();
        let per = if statistic.contains("rate") { crude * multiplier } else { multiplier };
        check(&results, row, |confidence| rates::indirectly_standardised(observed, expected, per, confidence));
    }
}

#[test]
fn funnels_of_proportions() {
    for (name, per) in
        [("testdata_funnel_prop_outputs.csv", 100.0), ("testdata_funnel_prop_outputs_with_axis_variation.csv", 100.0)]
    {
        let Some(table) = table(name) else { return };
        for row in 0..table.len() {
            let baseline = table.number(row, "Baseline").unwrap() / per;
            let population = table.number(row, "Population").unwrap();
            for (confidence, names) in
                [(P95, ("Lower2s0025limit", "Upper2s0025limit")), (P998, ("Lower3s0001limit", "Upper3s0001limit"))]
            {
                let (lower, upper) = limits(&table, row, names).unwrap();
                let found = funnel::proportion_limits(baseline, population, confidence);
                // The baseline is printed to eight digits, so small populations agree to about seven.
                assert!((found.0 * per - lower).abs() < 2e-5, "{name} {row}: {} {lower}", found.0 * per);
                assert!((found.1 * per - upper).abs() < 2e-5, "{name} {row}: {} {upper}", found.1 * per);
            }
        }
    }
}

#[test]
fn funnels_of_ratios() {
    let Some(table) = table("testdata_funnel_ratio_outputs.csv") else { return };
    for row in 0..table.len() {
        let observed = table.number(row, "Observed_events").unwrap();
        // The table was made in a spreadsheet, whose chi-square quantile is rough in the far tail of small counts.
        let tolerance = if observed < 10.0 { 6e-5 } else { 1e-6 };
        for (confidence, sigma) in [(P95, "2s"), (P998, "3s")] {
            let (first, second) = funnel::expected_at_limits(observed, confidence);
            let number = |name: String| table.number(row, &name).unwrap();
            close(first, number(format!("lower_{sigma}_exp_events")), tolerance);
            close(second, number(format!("upper_{sigma}_exp_events")), tolerance);
            close(100.0 * observed / first, number(format!("lower_{sigma}_isr")), tolerance);
            close(100.0 * observed / second, number(format!("upper_{sigma}_isr")), tolerance);
        }
    }
}

#[test]
fn positions_in_funnels() {
    let words = |position: Position| match position {
        Position::FarAbove => "High (0.001)",
        Position::Above => "High (0.025)",
        Position::Within => "Not significant",
        Position::Below => "Low (0.025)",
        Position::FarBelow => "Low (0.001)",
    };
    let (Some(props), Some(ratios)) =
        (table("testdata_funnel_prop_inputs.csv"), table("testdata_funnel_ratio_inputs.csv"))
    else {
        return;
    };
    let column = |table: &Table, name: &str| -> Vec<f64> {
        (0..table.len()).map(|row| table.number(row, name).unwrap()).collect()
    };
    let (counts, of) = (column(&props, "numerator"), column(&props, "denominator"));
    let baseline = counts.iter().sum::<f64>() / of.iter().sum::<f64>();
    for row in 0..props.len() {
        let found = words(funnel::proportion_position(counts[row], of[row], baseline));
        assert_eq!(found, props.text(row, "significance"), "proportion row {row}");
    }
    for row in 0..ratios.len() {
        let [observed, expected] = ["obs", "expected"].map(|name| ratios.number(row, name).unwrap());
        assert_eq!(
            words(funnel::count_position(observed, expected)),
            ratios.text(row, "significance"),
            "ratio row {row}"
        );
    }
}

#[test]
fn quantiles_of_areas() {
    let Some(table) = table("testdata_Quantiles__testdata_Quantiles.csv") else { return };
    let mut groups: std::collections::BTreeMap<Vec<String>, Vec<usize>> = std::collections::BTreeMap::new();
    for row in 0..table.len() {
        let test = table.text(row, "Test");
        // Rows without a group are ranked across indicators of either polarity, which no caller of ours does.
        if test == "BadPolarity" || table.text(row, "GroupSet").is_empty() {
            continue;
        }
        let mut key: Vec<String> =
            ["Test", "QuantileNm", "GroupSet", "IndSexRef"].map(|name| table.text(row, name)).to_vec();
        if table.text(row, "GroupSet") == "IndSexReg" {
            key.push(table.text(row, "ParentCode"));
        }
        groups.entry(key).or_default().push(row);
    }
    let mut compared = 0;
    for (key, rows) in groups {
        let count = match key[1].as_str() {
            "Quartile" => 4,
            "Septile" => 7,
            _ => 10,
        };
        let values: Vec<Option<f64>> = rows.iter().map(|&row| table.number(row, "Value")).collect();
        let polarity = table.text(rows[0], "Polarity");
        let highest_first = polarity.contains("Low is good") || polarity == "True";
        let found = quantiles(&values, count, highest_first);
        for (&row, found) in rows.iter().zip(found) {
            if let Some(printed) = table.number(row, "QuantileInGrp") {
                assert_eq!(found, Some(printed as usize), "{key:?} row {row}");
                compared += 1;
            }
        }
    }
    assert!(compared > 450, "{compared}");
}
