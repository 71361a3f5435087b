//! Quintiles and deciles of areas.

/// The quantile (1 to `groups`) of each value; 1 holds the lowest values, or the highest when `highest_first`.
///
/// Values that are not numbers get none. Equal values share the quantile of the first of them. `None` for all when there
/// are fewer values than groups. Source: rank order cut into groups as in the technical guidance of Fingertips.
pub fn quantiles(values: &[Option<f64>], groups: usize, highest_first: bool) -> Vec<Option<usize>> {
    let mut ranked: Vec<f64> = values.iter().flatten().copied().filter(|value| !value.is_nan()).collect();
    if groups == 0 || ranked.len() < groups {
        return vec![None; values.len()];
    }
    ranked.sort_by(f64::total_cmp);
    if highest_first {
        ranked.reverse();
    }
    let precedes = |other: f64, value: f64| if highest_first { other > value } else { other < value };
    let quantile = |value: f64| ranked.partition_point(|&other| precedes(other, value)) * groups / ranked.len() + 1;
    values.iter().map(|value| value.filter(|value| !value.is_nan()).map(quantile)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fifteen_areas_in_deciles() {
        let values: Vec<Option<f64>> = (0..15).map(|value| Some(f64::from(value))).collect();
        let found: Vec<usize> = quantiles(&values, 10, false).into_iter().flatten().collect();
        assert_eq!(found, [1, 1, 2, 3, 3, 4, 5, 5, 6, 7, 7, 8, 9, 9, 10]);
        assert_eq!(quantiles(&[Some(1.0), None], 5, false), [None, None]);
    }

    #[test]
    fn ties_share_and_missing_values_stand_aside() {
        let values = [Some(2.0), None, Some(1.0), Some(2.0), Some(f64::NAN), Some(9.0)];
        assert_eq!(quantiles(&values, 2, false), [Some(1), None, Some(1), Some(1), None, Some(2)]);
        assert_eq!(quantiles(&values, 2, true), [Some(1), None, Some(2), Some(1), None, Some(1)]);
    }
}
