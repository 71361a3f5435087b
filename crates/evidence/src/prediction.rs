//! How good a predicted chance is: discrimination, calibration, and whether acting on it does more good than harm.
//!
//! Sources: Steyerberg, "Clinical prediction models", 2019, chapter 15; `DeLong` and others 1988, computed by
//! mid-ranks (Sun and Xu 2014); Brier 1950; Cox 1958 (calibration intercept and slope); Vickers and Elkin 2006 (decision curves).

use crate::distribution::Confidence;
use crate::rates::wilson;

/// A value with its 95 % interval; none where it cannot be worked out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WithLimits {
    /// The estimate.
    pub value: f64,
    /// Lower and upper limit.
    pub limits: Option<(f64, f64)>,
}

/// Everything that is said of predictions against what happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Quality {
    /// People.
    pub people: usize,
    /// Of them with the outcome.
    pub events: usize,
    /// Mean predicted chance.
    pub mean_predicted: f64,
    /// The c-statistic: the chance that of two people, one with and one without the outcome, the first had the higher
    /// prediction. `None` where all or none had it.
    pub c_statistic: Option<WithLimits>,
    /// Mean squared difference from what happened; lower is better.
    pub brier: WithLimits,
    /// Share by which that is better than saying the mean of everybody.
    pub brier_scaled: f64,
    /// Log-odds by which predictions are too low on the whole (0 is right).
    pub calibration_in_the_large: Option<WithLimits>,
    /// Slope of what happened on predicted log-odds: 1 is right, below 1 the predictions are too extreme.
    pub calibration_slope: Option<WithLimits>,
    /// The intercept beside that slope.
    pub calibration_intercept: Option<WithLimits>,
}

/// One group of people with like predictions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CalibrationGroup {
    /// People.
    pub people: usize,
    /// Of them with the outcome.
    pub events: usize,
    /// Mean predicted chance.
    pub predicted: f64,
    /// Share with the outcome, with Wilson's limits.
    pub observed: WithLimits,
}

/// One threshold of a decision curve. Net benefits are true positives less harms per person.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Decision {
    /// Act from this chance up.
    pub threshold: f64,
    /// Net benefit of acting by the model.
    pub model: f64,
    /// Net benefit of acting on everybody; acting on nobody has 0.
    pub everybody: f64,
    /// Share of people at or above the threshold.
    pub acted_on: f64,
}

/// Judges predictions. Chances outside 0 to 1 and rows without an outcome are left out; `None` where nobody is left.
pub fn quality(predicted: &[f64], outcome: &[bool]) -> Option<Quality> {
    let pairs = pairs(predicted, outcome);
    if pairs.is_empty() {
        return None;
    }
    let n = pairs.len() as f64;
    let events = pairs.iter().filter(|(_, y)| *y).count();
    let share = events as f64 / n;
    let squares: Vec<f64> = pairs.iter().map(|(p, y)| (p - truth(*y)).powi(2)).collect();
    let brier = squares.iter().sum::<f64>() / n;
    let spread = squares.iter().map(|s| (s - brier).powi(2)).sum::<f64>() / (n - 1.0).max(1.0);
    let half = Confidence::P95.z() * (spread / n).sqrt();
    let guess = share * (1.0 - share);
    let slope = recalibrate(&pairs, true);
    Some(Quality {
        people: pairs.len(),
        events,
        mean_predicted: pairs.iter().map(|(p, _)| p).sum::<f64>() / n,
        c_statistic: c_of(&pairs),
        brier: WithLimits { value: brier, limits: Some(((brier - half).max(0.0), brier + half)) },
        brier_scaled: if guess > 0.0 { 1.0 - brier / guess } else { 0.0 },
        calibration_in_the_large: recalibrate(&pairs, false).map(|(intercept, _)| intercept),
        calibration_slope: slope.map(|(_, slope)| slope),
        calibration_intercept: slope.map(|(intercept, _)| intercept),
    })
}

fn pairs(predicted: &[f64], outcome: &[bool]) -> Vec<(f64, bool)> {
    let both = predicted.iter().copied().zip(outcome.iter().copied());
    both.filter(|(p, _)| (0.0..=1.0).contains(p)).collect()
}

fn truth(outcome: bool) -> f64 {
    f64::from(u8::from(outcome))
}

/// The c-statistic of predictions with `DeLong`'s limits on the log-odds scale; `None` where all or none had the outcome.
pub fn c_statistic(predicted: &[f64], outcome: &[bool]) -> Option<WithLimits> {
    c_of(&pairs(predicted, outcome))
}

fn c_of(pairs: &[(f64, bool)]) -> Option<WithLimits> {
    let (all, with, without) = (mid_ranks(pairs, None), mid_ranks(pairs, Some(true)), mid_ranks(pairs, Some(false)));
    let (m, n) = (with.len() as f64, without.len() as f64);
    if m == 0.0 || n == 0.0 {
        return None;
    }
    // Ranks come in the order of the pairs, so those of the two kinds stand in the order of their own kind.
    let (mut with, mut without) = (with.into_iter(), without.into_iter());
    let (mut of_with, mut of_without) = (Vec::new(), Vec::new());
    for ((_, y), rank) in pairs.iter().zip(all) {
        if *y {
            of_with.extend(with.next().map(|own| (rank - own) / n));
        } else {
            of_without.extend(without.next().map(|own| 1.0 - (rank - own) / m));
        }
    }
    let value = of_with.iter().sum::<f64>() / m;
    let variance = |values: &[f64]| {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (values.len() as f64 - 1.0)
    };
    if m < 2.0 || n < 2.0 || value <= 0.0 || value >= 1.0 {
        return Some(WithLimits { value, limits: None });
    }
    let error = (variance(&of_with) / m + variance(&of_without) / n).sqrt();
    let (middle, half) = ((value / (1.0 - value)).ln(), Confidence::P95.z() * error / (value * (1.0 - value)));
    let back = |x: f64| 1.0 / (1.0 + (-x).exp());
    Some(WithLimits { value, limits: Some((back(middle - half), back(middle + half))) })
}

/// Mid-ranks from 1 of those of one kind, or of all, in the order given.
fn mid_ranks(pairs: &[(f64, bool)], kind: Option<bool>) -> Vec<f64> {
    let values: Vec<f64> = pairs.iter().filter(|(_, y)| kind.is_none_or(|k| k == *y)).map(|(p, _)| *p).collect();
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut at = 0;
    while at < order.len() {
        let tied = order[at..].iter().take_while(|&&place| values[place] <= values[order[at]]).count();
        for &place in &order[at..at + tied] {
            ranks[place] = at as f64 + f64::midpoint(tied as f64, 1.0);
        }
        at += tied;
    }
    ranks
}

/// Logistic regression of the outcome on predicted log-odds, by Newton: intercept, and slope where it is free.
fn recalibrate(pairs: &[(f64, bool)], free_slope: bool) -> Option<(WithLimits, WithLimits)> {
    let events = pairs.iter().filter(|(_, y)| *y).count();
    if events == 0 || events == pairs.len() {
        return None;
    }
    // A prediction of exactly 0 or 1 has no log-odds.
    let odds = |p: f64| {
        let p = p.clamp(1e-9, 1.0 - 1e-9);
        (p / (1.0 - p)).ln()
    };
    let pairs: Vec<(f64, bool)> = pairs.iter().map(|(p, y)| (odds(*p), *y)).collect();
    let (mut a, mut b) = (0.0f64, 1.0f64);
    for _ in 0..100 {
        let (mut ga, mut gb, mut aa, mut ab, mut bb) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for (x, y) in &pairs {
            let fitted = crate::logistic::chance((a + b * x).clamp(-30.0, 30.0));
            let (off, weight) = (truth(*y) - fitted, fitted * (1.0 - fitted));
            ga += off;
            gb += off * x;
            aa += weight;
            ab += weight * x;
            bb += weight * x * x;
        }
        let (step_a, step_b, error_a, error_b);
        if free_slope {
            let determinant = aa * bb - ab * ab;
            if determinant <= 1e-9 * aa * bb {
                return None;
            }
            step_a = (bb * ga - ab * gb) / determinant;
            step_b = (aa * gb - ab * ga) / determinant;
            (error_a, error_b) = ((bb / determinant).sqrt(), (aa / determinant).sqrt());
        } else {
            (step_a, step_b, error_a, error_b) = (ga / aa, 0.0, aa.recip().sqrt(), 0.0);
        }
        a += step_a.clamp(-3.0, 3.0);
        b += step_b.clamp(-3.0, 3.0);
        if step_a.abs() < 1e-11 && step_b.abs() < 1e-11 {
            let z = Confidence::P95.z();
            let limits = |v: f64, e: f64| WithLimits { value: v, limits: Some((v - z * e, v + z * e)) };
            return Some((limits(a, error_a), limits(b, error_b)));
        }
    }
    // Predictions that separate the outcome have no finite slope.
    None
}

/// People in so many groups of equal size in the order of their prediction; groups without people are left out.
pub fn calibration_groups(predicted: &[f64], outcome: &[bool], groups: usize) -> Vec<CalibrationGroup> {
    let mut pairs = pairs(predicted, outcome);
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let n = pairs.len();
    let groups = groups.max(1);
    (0..groups)
        .filter_map(|group| {
            let part = &pairs[n * group / groups..n * (group + 1) / groups];
            if part.is_empty() {
                return None;
            }
            let events = part.iter().filter(|(_, y)| *y).count();
            let people = part.len() as f64;
            Some(CalibrationGroup {
                people: part.len(),
                events,
                predicted: part.iter().map(|(p, _)| p).sum::<f64>() / people,
                observed: WithLimits {
                    value: events as f64 / people,
                    limits: Some(wilson(events as f64, people, Confidence::P95)),
                },
            })
        })
        .collect()
}

/// Net benefit at each threshold above 0 and below 1.
pub fn decision_curve(predicted: &[f64], outcome: &[bool], thresholds: &[f64]) -> Vec<Decision> {
    let pairs = pairs(predicted, outcome);
    let n = pairs.len().max(1) as f64;
    let events = pairs.iter().filter(|(_, y)| *y).count() as f64 / n;
    thresholds
        .iter()
        .filter(|t| **t > 0.0 && **t < 1.0)
        .map(|&threshold| {
            let acted: Vec<bool> = pairs.iter().filter(|(p, _)| *p >= threshold).map(|(_, y)| *y).collect();
            let right = acted.iter().filter(|y| **y).count() as f64 / n;
            let wrong = acted.len() as f64 / n - right;
            let harm = threshold / (1.0 - threshold);
            Decision {
                threshold,
                model: right - wrong * harm,
                everybody: events - (1.0 - events) * harm,
                acted_on: acted.len() as f64 / n,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Stream;
    use proptest::prelude::*;

    fn close(found: f64, wanted: f64) {
        assert!((found - wanted).abs() < 1e-9, "found {found}, wanted {wanted}");
    }

    fn half_width(value: WithLimits) -> f64 {
        let (lower, upper) = value.limits.unwrap();
        (upper - lower) / 2.0 / Confidence::P95.z()
    }

    /// scikit-learn 1.9.1 (area, Brier), statsmodels 0.15.0 (slope, intercepts), `DeLong`'s variance by counting every pair.
    #[test]
    fn numbers_of_other_programs() {
        let (rows, outcome) = crate::logistic::sample::six_hundred(2026);
        let predicted: Vec<f64> = rows
            .iter()
            .map(|x| {
                let eta = -3.0 + 0.25 * x[0] + 0.5 * x[2] + 0.3 * x[3];
                // Two decimals, so that there are ties.
                ((1.0 / (1.0 + (-eta).exp()) * 100.0).round() / 100.0).clamp(0.01, 0.99)
            })
            .collect();
        let found = quality(&predicted, &outcome).unwrap();
        assert_eq!((found.people, found.events), (600, 93));
        let c = found.c_statistic.unwrap();
        close(c.value, 0.760_259_591_525_342);
        let (lower, upper) = c.limits.unwrap();
        let odds = |p: f64| (p / (1.0 - p)).ln();
        let error = (odds(upper) - odds(lower)) / 2.0 / Confidence::P95.z() * c.value * (1.0 - c.value);
        close(error, 0.026_113_534_678_9);
        close(found.brier.value, 0.115_121_666_666_667);
        close(found.calibration_intercept.unwrap().value, 0.248_053_602_95);
        close(found.calibration_slope.unwrap().value, 1.404_107_660_1);
        close(half_width(found.calibration_intercept.unwrap()), 0.245_267_381_126);
        close(half_width(found.calibration_slope.unwrap()), 0.183_333_979_417);
        close(found.calibration_in_the_large.unwrap().value, -0.243_762_683_468);
        close(half_width(found.calibration_in_the_large.unwrap()), 0.117_108_523_239);
        let curve = decision_curve(&predicted, &outcome, &[0.05, 0.1, 0.2, 0.3]);
        let wanted = [
            (0.110_526_315_789, 0.110_526_315_789),
            (0.081_481_481_481_5, 0.061_111_111_111_1),
            (0.041_666_666_666_7, -0.056_25),
            (0.019_761_904_761_9, -0.207_142_857_143),
        ];
        for (decision, (model, everybody)) in curve.iter().zip(wanted) {
            close(decision.model, model);
            close(decision.everybody, everybody);
        }
    }

    #[test]
    fn nobody_one_outcome_and_nonsense() {
        assert_eq!(quality(&[], &[]), None);
        assert_eq!(quality(&[f64::NAN, 2.0], &[true, false]), None);
        let all = quality(&[0.2, 0.4], &[true, true]).unwrap();
        assert!(all.c_statistic.is_none() && all.calibration_slope.is_none());
        // Everybody has the same prediction: no slope, a c-statistic of a half.
        let same = quality(&[0.5; 4], &[true, false, true, false]).unwrap();
        close(same.c_statistic.unwrap().value, 0.5);
        assert!(same.calibration_slope.is_none());
        assert!(quality(&[0.1, 0.9], &[false, true]).unwrap().calibration_slope.is_none());
        assert!(decision_curve(&[], &[], &[0.0, 0.5, 1.0]).len() == 1);
        assert!(calibration_groups(&[], &[], 10).is_empty());
    }

    proptest! {
        /// Groups hold everybody once; the c-statistic is that of counting pairs, and of turned predictions the rest of 1.
        #[test]
        fn laws(seed: u64, size in 2usize..80) {
            let mut stream = Stream::new(seed);
            let predicted: Vec<f64> = (0..size).map(|_| stream.below(12) as f64 / 12.0).collect();
            let outcome: Vec<bool> = (0..size).map(|_| stream.below(3) == 0).collect();
            let groups = calibration_groups(&predicted, &outcome, 10);
            prop_assert_eq!(groups.iter().map(|g| g.people).sum::<usize>(), size);
            prop_assert_eq!(groups.iter().map(|g| g.events).sum::<usize>(), outcome.iter().filter(|y| **y).count());
            let c = |p: &[f64]| quality(p, &outcome).and_then(|q| q.c_statistic).map(|c| c.value);
            let (mut pairs, mut won) = (0.0, 0.0);
            for (p, y) in predicted.iter().zip(&outcome) {
                for (q, z) in predicted.iter().zip(&outcome) {
                    if *y && !*z {
                        pairs += 1.0;
                        won += if p > q { 1.0 } else if p < q { 0.0 } else { 0.5 };
                    }
                }
            }
            match c(&predicted) {
                None => prop_assert!(pairs == 0.0),
                Some(value) => prop_assert!((value - won / pairs).abs() < 1e-12),
            }
            let turned: Vec<f64> = predicted.iter().map(|p| 1.0 - p).collect();
            if let (Some(one), Some(other)) = (c(&predicted), c(&turned)) {
                prop_assert!((one + other - 1.0).abs() < 1e-12);
            }
        }
    }
}
