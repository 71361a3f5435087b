//! Predictions against what happened, for everybody held out and group by group.

use super::card::{Group, Judgement, WithInterval};
use super::rows::Rows;
use evidence::distribution::Confidence;
use evidence::prediction::{c_statistic, calibration_groups, decision_curve, quality};
use evidence::rates::{count_limits, wilson};
use nhs::{Ethnicity, Sex};

/// Thresholds of the decision curve.
const THRESHOLDS: [f64; 10] = [0.02, 0.05, 0.10, 0.15, 0.20, 0.25, 0.30, 0.35, 0.40, 0.50];
/// Age groups of the check of fairness: first age and name.
const AGES: [(u8, &str); 6] =
    [(0, "0 to 17"), (18, "18 to 44"), (45, "45 to 64"), (65, "65 to 74"), (75, "75 to 84"), (85, "85 and over")];

/// Judges the predictions of the rows given, in their order.
pub(super) fn judge(rows: &Rows, which: &[u32], predicted: &[f64]) -> Judgement {
    let outcome: Vec<bool> = which.iter().map(|&row| rows.outcome[row as usize]).collect();
    let Some(all) = quality(predicted, &outcome) else { return Judgement::default() };
    let calibration = calibration_groups(predicted, &outcome, 10)
        .iter()
        .enumerate()
        .map(|(n, group)| Group {
            name: format!("{}", n + 1),
            people: group.people as u64,
            events: group.events as u64,
            predicted: group.predicted,
            observed: group.observed.into(),
            observed_over_expected: None,
            c_statistic: None,
        })
        .collect();
    let decisions = decision_curve(predicted, &outcome, &THRESHOLDS);
    let group = |name: &str, keep: &dyn Fn(usize) -> bool| {
        let picked: Vec<usize> = (0..which.len()).filter(|&at| keep(which[at] as usize)).collect();
        let p: Vec<f64> = picked.iter().map(|&at| predicted[at]).collect();
        let y: Vec<bool> = picked.iter().map(|&at| outcome[at]).collect();
        group(name, &p, &y)
    };
    Judgement {
        all: group("All", &|_| true),
        brier: all.brier.into(),
        brier_scaled: all.brier_scaled,
        slope: all.calibration_slope.map(Into::into),
        intercept: all.calibration_intercept.map(Into::into),
        in_the_large: all.calibration_in_the_large.map(Into::into),
        calibration,
        decisions: decisions.iter().map(|d| (d.threshold, d.model, d.everybody, d.acted_on)).collect(),
        fairness: vec![
            ("Sex".to_owned(), {
                let female = group("Female", &|row| rows.codes[1][row] == Sex::Female as u8);
                let other = group("Other or not known", &|row| !matches!(rows.codes[1][row], 1 | 2));
                let few = |count: u64| (1..8).contains(&count);
                if few(other.people) || few(other.events) || few(other.people - other.events) {
                    // So few would have to be hidden, and men or women with them. Counted with men they are hidden and judged.
                    vec![female, group("Male, other or not known", &|row| rows.codes[1][row] != Sex::Female as u8)]
                } else {
                    vec![group("Male", &|row| rows.codes[1][row] == Sex::Male as u8), female, other]
                }
            }),
            ("Age".to_owned(), {
                let of = |n: usize| move |age: u8| AGES.iter().rposition(|(first, _)| age >= *first) == Some(n);
                AGES.iter().enumerate().map(|(n, (_, name))| group(name, &|row| of(n)(rows.codes[0][row]))).collect()
            }),
            ("Deprivation".to_owned(), {
                let names =
                    ["Most deprived fifth", "Second fifth", "Third fifth", "Fourth fifth", "Least deprived fifth"];
                let fifth = |row: usize| rows.codes[2][row].div_ceil(2);
                let mut groups: Vec<Group> = names
                    .iter()
                    .enumerate()
                    .map(|(n, name)| group(name, &|row| usize::from(fifth(row)) == n + 1))
                    .collect();
                groups.push(group("Not known", &|row| rows.codes[2][row] == 0));
                groups
            }),
            ("Ethnicity".to_owned(), {
                let names =
                    ["A", "D", "H", "M", "R", "9"].map(|code| Ethnicity::parse(code).unwrap_or_default().group());
                names.iter().map(|name| group(name, &|row| rows.ethnicity[row] == *name)).collect()
            }),
        ],
    }
}

/// One group's figures; noughts where nobody is in it.
fn group(name: &str, predicted: &[f64], outcome: &[bool]) -> Group {
    let (people, events) = (outcome.len() as f64, outcome.iter().filter(|&&with| with).count());
    if outcome.is_empty() {
        return Group { name: name.to_owned(), ..Group::default() };
    }
    let expected = predicted.iter().sum::<f64>();
    let (lower, upper) = count_limits(events as f64, Confidence::P95);
    Group {
        name: name.to_owned(),
        people: outcome.len() as u64,
        events: events as u64,
        predicted: expected / people,
        observed: WithInterval {
            value: events as f64 / people,
            limits: Some(wilson(events as f64, people, Confidence::P95)),
        },
        observed_over_expected: (expected > 0.0).then(|| WithInterval {
            value: events as f64 / expected,
            limits: Some((lower / expected, upper / expected)),
        }),
        c_statistic: c_statistic(predicted, outcome).map(Into::into),
    }
}
