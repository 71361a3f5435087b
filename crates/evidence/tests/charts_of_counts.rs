//! Laws of charts of any numbers, and the worked identity of p' and u' charts.
#![allow(clippy::unwrap_used, clippy::too_many_lines, reason = "a test may stop at once")]

use evidence::control_chart::{Better, ChartError, Options, Variation, individuals, proportions, rates};
use proptest::prelude::*;

#[test]
fn nonsense_is_refused() {
    let options = Options::new(Better::Lower);
    assert_eq!(individuals(&[], &options), Err(ChartError::Empty));
    assert_eq!(individuals(&[1.0, f64::NAN], &options), Err(ChartError::NotANumber(1)));
    assert_eq!(proportions(&[5.0], &[4.0], 100.0, &options), Err(ChartError::BadDenominator(0)));
    assert_eq!(rates(&[5.0, 1.0], &[4.0], 1.0, &options), Err(ChartError::Unequal));
    assert!(rates(&[0.0, 0.0, 0.0], &[4.0, 4.0, 4.0], 1.0, &options).unwrap().points[0].limits.is_none());
}

proptest! {
    /// With equal denominators Laney's chart is the individuals chart of the rates.
    #[test]
    fn equal_denominators_give_an_individuals_chart(counts in proptest::collection::vec(1u32..90, 8..40), of in 100u32..500) {
        let options = Options::new(Better::Lower);
        let counts: Vec<f64> = counts.into_iter().map(f64::from).collect();
        let of = vec![f64::from(of); counts.len()];
        let values: Vec<f64> = counts.iter().zip(&of).map(|(count, of)| count / of * 1000.0).collect();
        let plain = individuals(&values, &options).unwrap();
        for chart in [rates(&counts, &of, 1000.0, &options).unwrap(), proportions(&counts, &of, 1000.0, &options).unwrap()] {
            for (laney, plain) in chart.points.iter().zip(&plain.points) {
                prop_assert!((laney.mean - plain.mean).abs() < 1e-9 * plain.mean);
                if let (Some((_, laney)), Some((_, upper))) = (laney.limits, plain.limits) {
                    // 2.66 is 3 / 1.128 rounded to two decimals; a limit that no proportion can pass is cut.
                    prop_assert!((laney - upper.min(laney.max(1000.0))).abs() < 0.002 * (upper - plain.mean) + 1e-9 || laney >= 1000.0);
                }
            }
        }
    }

    /// Any numbers: no panic; turning the direction round swaps improvement and concern and nothing else.
    #[test]
    fn direction_only_names_the_change(values in proptest::collection::vec(-50i32..50, 1..60), rebase in 0usize..70) {
        let values: Vec<f64> = values.into_iter().map(f64::from).collect();
        let mut options = Options::new(Better::Higher);
        options.rebase = vec![rebase];
        let higher = individuals(&values, &options).unwrap();
        options.better = Better::Lower;
        let lower = individuals(&values, &options).unwrap();
        for (up, down) in higher.points.iter().zip(&lower.points) {
            prop_assert_eq!(up.cause, down.cause);
            let swapped = match up.variation {
                Variation::Improvement => Variation::Concern,
                Variation::Concern => Variation::Improvement,
                other => other,
            };
            prop_assert_eq!(swapped, down.variation);
        }
    }
}
