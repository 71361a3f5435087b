//! Means and process limits of a chart.

use super::{Assurance, Better, Chart, ChartError, FIRM_POINTS, Options, Point, Variation, rules};

/// From the mean moving range to three standard deviations: 3 / 1.128.
const INDIVIDUALS_LIMIT: f64 = 2.66;
/// A moving range above this many mean moving ranges is an outlier.
const RANGE_LIMIT: f64 = 3.267;
/// The expected range of two standard normal values.
const D2: f64 = 1.128;

/// A point before the rules have looked at it.
pub(super) struct Limited {
    pub value: f64,
    pub mean: f64,
    /// Half the width between the limits; none where the group has no variation.
    pub reach: Option<f64>,
    pub group: usize,
    /// A value below which the measure cannot go.
    pub floor: f64,
    /// A value above which the measure cannot go.
    pub ceiling: f64,
}

/// An individuals (`XmR`) chart: one value a period.
pub fn individuals(values: &[f64], options: &Options) -> Result<Chart, ChartError> {
    check(values)?;
    let mut points = Vec::with_capacity(values.len());
    for (group, range) in groups(values.len(), &options.rebase).into_iter().enumerate() {
        let members = &values[range];
        let base = &members[..options.fix_after.map_or(members.len(), |fixed| fixed.clamp(1, members.len()))];
        let mean = mean_of(base);
        let reach = mean_range(base, options.screen_outliers).map(|range| INDIVIDUALS_LIMIT * range);
        points.extend(members.iter().map(|&value| Limited {
            value,
            mean,
            reach,
            group,
            floor: f64::NEG_INFINITY,
            ceiling: f64::INFINITY,
        }));
    }
    Ok(finish(&points, options))
}

/// A p' chart: proportions of varying denominators, times `per` (100 for per cent).
pub fn proportions(counts: &[f64], denominators: &[f64], per: f64, options: &Options) -> Result<Chart, ChartError> {
    attributes(counts, denominators, per, options, true)
}

/// A u' chart: rates of varying person-time, per `per`.
pub fn rates(counts: &[f64], person_time: &[f64], per: f64, options: &Options) -> Result<Chart, ChartError> {
    attributes(counts, person_time, per, options, false)
}

/// Laney's charts: limits from the counts' own distribution, stretched by how much the points really vary.
fn attributes(
    counts: &[f64],
    denominators: &[f64],
    per: f64,
    options: &Options,
    proportion: bool,
) -> Result<Chart, ChartError> {
    check(counts)?;
    if counts.len() != denominators.len() {
        return Err(ChartError::Unequal);
    }
    for (position, (&count, &denominator)) in counts.iter().zip(denominators).enumerate() {
        let fits = count >= 0.0 && (!proportion || count <= denominator);
        if !denominator.is_finite() || denominator <= 0.0 || !fits {
            return Err(ChartError::BadDenominator(position));
        }
    }
    let mut points = Vec::with_capacity(counts.len());
    for (group, range) in groups(counts.len(), &options.rebase).into_iter().enumerate() {
        let (counts, denominators) = (&counts[range.clone()], &denominators[range]);
        let fixed = options.fix_after.map_or(counts.len(), |fixed| fixed.clamp(1, counts.len()));
        let mean = counts[..fixed].iter().sum::<f64>() / denominators[..fixed].iter().sum::<f64>();
        let deviation = |denominator: f64| {
            let variance = if proportion { mean * (1.0 - mean) } else { mean };
            (variance.max(0.0) / denominator).sqrt()
        };
        let standard: Vec<f64> = counts[..fixed]
            .iter()
            .zip(denominators)
            .map(|(count, &denominator)| (count / denominator - mean) / deviation(denominator))
            .collect();
        let stretch = if standard.iter().all(|z| z.is_finite()) {
            mean_range(&standard, options.screen_outliers).map(|range| range / D2)
        } else {
            None
        };
        points.extend(counts.iter().zip(denominators).map(|(count, &denominator)| Limited {
            value: count / denominator * per,
            mean: mean * per,
            reach: stretch.map(|stretch| 3.0 * stretch * deviation(denominator) * per),
            group,
            floor: 0.0,
            ceiling: if proportion { per } else { f64::INFINITY },
        }));
    }
    Ok(finish(&points, options))
}

fn check(values: &[f64]) -> Result<(), ChartError> {
    if values.is_empty() {
        return Err(ChartError::Empty);
    }
    values.iter().position(|value| !value.is_finite()).map_or(Ok(()), |place| Err(ChartError::NotANumber(place)))
}

/// The ranges of points between rebases.
fn groups(count: usize, rebase: &[usize]) -> Vec<std::ops::Range<usize>> {
    let mut starts: Vec<usize> = rebase.iter().copied().filter(|&start| start > 0 && start < count).collect();
    starts.push(0);
    starts.sort_unstable();
    starts.dedup();
    let ends = starts.iter().skip(1).copied().chain([count]);
    starts.iter().copied().zip(ends).map(|(start, end)| start..end).collect()
}

fn mean_of(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The mean moving range; none where there is no variation.
fn mean_range(values: &[f64], screen: bool) -> Option<f64> {
    let ranges: Vec<f64> = values.windows(2).map(|pair| (pair[1] - pair[0]).abs()).collect();
    if ranges.is_empty() {
        return None;
    }
    let mean = mean_of(&ranges);
    if !screen {
        return (mean > 0.0).then_some(mean);
    }
    let kept: Vec<f64> = ranges.into_iter().filter(|&range| range < RANGE_LIMIT * mean).collect();
    if kept.is_empty() { None } else { Some(mean_of(&kept)).filter(|&mean| mean > 0.0) }
}

fn finish(points: &[Limited], options: &Options) -> Chart {
    let mut charted = Vec::with_capacity(points.len());
    for group in points.chunk_by(|first, second| first.group == second.group) {
        let causes = rules::causes(group);
        for (point, cause) in group.iter().zip(causes) {
            charted.push(Point {
                value: point.value,
                mean: point.mean,
                limits: point.limits(),
                group: point.group,
                near_limit: point.near_limit(),
                cause,
                variation: variation(cause.upwards(), options.better),
                short_group: group.len() < FIRM_POINTS,
            });
        }
    }
    let last = charted.last().copied();
    Chart {
        points: charted,
        variation: last.map_or(Variation::CommonCause, |point| point.variation),
        assurance: last.and_then(|point| assurance(point.limits?, options)),
    }
}

fn variation(upwards: Option<bool>, better: Better) -> Variation {
    match (upwards, better) {
        (None, _) => Variation::CommonCause,
        (Some(true), Better::Neither) => Variation::NeitherHigh,
        (Some(false), Better::Neither) => Variation::NeitherLow,
        (Some(true), Better::Higher) | (Some(false), Better::Lower) => Variation::Improvement,
        (Some(true), Better::Lower) | (Some(false), Better::Higher) => Variation::Concern,
    }
}

fn assurance((lower, upper): (f64, f64), options: &Options) -> Option<Assurance> {
    let target = options.target?;
    let higher_is_better = match options.better {
        Better::Higher => true,
        Better::Lower => false,
        Better::Neither => return None,
    };
    Some(if target > upper {
        if higher_is_better { Assurance::ConsistentlyFails } else { Assurance::ConsistentlyPasses }
    } else if target < lower {
        if higher_is_better { Assurance::ConsistentlyPasses } else { Assurance::ConsistentlyFails }
    } else {
        Assurance::HitAndMiss
    })
}

impl Limited {
    fn limits(&self) -> Option<(f64, f64)> {
        self.reach.map(|reach| ((self.mean - reach).max(self.floor), (self.mean + reach).min(self.ceiling)))
    }

    /// 1 above the upper limit, -1 below the lower, 0 within.
    pub(super) fn outside(&self) -> i8 {
        self.reach
            .map_or(0, |reach| i8::from(self.value > self.mean + reach) - i8::from(self.value < self.mean - reach))
    }

    /// 1 above the mean, -1 below, 0 on it.
    pub(super) fn side(&self) -> i8 {
        i8::from(self.value > self.mean) - i8::from(self.value < self.mean)
    }

    /// Within the limits, in their outer third.
    pub(super) fn near_limit(&self) -> bool {
        self.outside() == 0
            && self.reach.is_some_and(|reach| {
                let near = 2.0 * (reach / 3.0);
                self.value > self.mean + near || self.value < self.mean - near
            })
    }
}
