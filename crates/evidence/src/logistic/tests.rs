#![expect(clippy::float_cmp, reason = "a coefficient that is left out is nought")]

use super::sample::six_hundred;
use super::*;
use proptest::prelude::*;

/// Columns of codes with their values, from plain rows.
fn coded(rows: &[[f64; 5]]) -> Vec<(Vec<u8>, Vec<f64>)> {
    (0..5)
        .map(|at| {
            let mut values: Vec<f64> = rows.iter().map(|row| row[at]).collect();
            values.sort_by(f64::total_cmp);
            values.dedup();
            let code = |v: f64| values.iter().position(|x| *x == v).unwrap() as u8;
            (rows.iter().map(|row| code(row[at])).collect(), values.clone())
        })
        .collect()
}

fn columns(coded: &[(Vec<u8>, Vec<f64>)]) -> Vec<Column<'_>> {
    coded.iter().map(|(codes, values)| Column { codes, values: values.clone() }).collect()
}

/// scikit-learn 1.9.1 (`LogisticRegression`, `newton-cholesky` for ridge, `saga` for lasso and elastic net) and statsmodels
/// 0.15.0 (`Logit`, no penalty) on the same rows: intercept, then coefficients on the columns' own scale.
#[test]
fn coefficients_of_other_programs() {
    let (rows, outcome) = six_hundred(2026);
    let data = coded(&rows);
    let all: Vec<u32> = (0..600).collect();
    let cases = [
        (
            0.05,
            0.0,
            [
                -3.294_159_135_64,
                0.222_921_274_933,
                0.177_255_675_459,
                0.440_293_426_153,
                0.611_421_160_539,
                -0.022_216_506_177_2,
            ],
        ),
        (
            0.5,
            0.0,
            [
                -2.130_516_656_37,
                0.062_049_213_948_8,
                0.051_687_617_954_3,
                0.200_258_501_11,
                0.182_206_942_26,
                -0.000_915_756_583_801,
            ],
        ),
        (0.02, 1.0, [-3.407_006_712_29, 0.269_945_776_367, 0.0, 0.207_521_760_366, 0.606_773_624_919, 0.0]),
        (0.05, 1.0, [-2.631_501_700_53, 0.168_997_316_929, 0.0, 0.0, 0.257_942_809_665, 0.0]),
        (0.05, 0.5, [-2.946_940_429_39, 0.201_322_051_231, 0.0, 0.193_031_409_311, 0.458_580_724_725, 0.0]),
        (
            0.0,
            0.0,
            [
                -4.203_931_530_13,
                0.352_271_682_041,
                0.256_508_853_041,
                0.434_345_237_081,
                0.873_536_732_057,
                -0.053_528_669_889_7,
            ],
        ),
    ];
    for (lambda, alpha, wanted) in cases {
        let model = fit(&columns(&data), &outcome, &all, Penalty { lambda, alpha }).unwrap();
        assert!(model.converged);
        let found: Vec<f64> = std::iter::once(model.intercept).chain(model.coefficients).collect();
        for (found, wanted) in found.iter().zip(wanted) {
            assert!((found - wanted).abs() < 1e-7, "{lambda} {alpha}: {found} against {wanted}");
            assert_eq!(*found == 0.0, wanted == 0.0, "{lambda} {alpha}");
        }
    }
}

/// Three thousand rows of 1,528 kinds by formula, so that rows repeat; age in three columns, most others mostly 0. The same
/// programs as above.
#[test]
fn coefficients_of_other_programs_where_rows_repeat_and_columns_share_codes() {
    let n = 3000u64;
    let age: Vec<u8> = (0..n).map(|i| (i * 37 % 91) as u8).collect();
    let sex: Vec<u8> = (0..n).map(|i| (i % 2) as u8).collect();
    let rare = |k: u64| (0..n).map(|i| u8::from(i * (k + 3) * 7919 % 101 < 4 + 5 * k)).collect::<Vec<u8>>();
    let rare: Vec<Vec<u8>> = (0..5).map(rare).collect();
    let count: Vec<u8> = (0..n).map(|i| if i * 29 % 5 == 0 { (i * 13 % 7) as u8 } else { 0 }).collect();
    let noise: Vec<u8> = (0..n).map(|i| u8::from((i / 3).is_multiple_of(11))).collect();
    let above = |knot: u8| (0..=90u8).map(|a| f64::from(a.saturating_sub(knot)) / 10.0).collect::<Vec<f64>>();
    let logarithm: Vec<f64> = (0..7u8).map(|c| f64::from(c).ln_1p()).collect();
    let column = |codes, values| Column { codes, values };
    let mut columns = vec![column(&age, above(0)), column(&age, above(45)), column(&age, above(75))];
    columns.push(column(&sex, vec![0.0, 1.0]));
    columns.extend(rare.iter().map(|codes| column(codes, vec![0.0, 1.0])));
    columns.extend([column(&count, logarithm.clone()), column(&noise, vec![0.0, 1.0])]);
    let outcome: Vec<bool> = (0..n)
        .map(|i| {
            let at = i as usize;
            let few = 0.4 * f64::from(rare[0][at]) + 0.8 * f64::from(rare[1][at]);
            let eta = -3.0 + 0.02 * f64::from(age[at]) + few + 0.5 * logarithm[usize::from(count[at])];
            ((i * i * 31 + i * 17) % 997) as f64 + 0.5 < 997.0 * chance(eta)
        })
        .collect();
    assert_eq!(outcome.iter().filter(|y| **y).count(), 473);
    let all: Vec<u32> = (0..n as u32).collect();
    let cases = [
        (
            0.003,
            0.0,
            [
                -2.879_403_583_22,
                0.179_050_575_293,
                -0.011_099_049_506,
                0.145_587_297_311,
                0.055_070_659_956_1,
                0.770_565_883_425,
                0.871_050_551_025,
                -0.071_170_086_458_8,
                -0.068_575_786_077,
                0.183_917_938_673,
                0.452_714_515_225,
                -0.118_623_207_915,
            ],
        ),
        (
            0.1,
            0.0,
            [
                -2.355_515_755_21,
                0.068_059_698_362_5,
                0.084_307_800_780_3,
                0.182_079_991_572,
                0.031_111_655_907_5,
                0.520_337_013_724,
                0.551_281_329_508,
                0.023_534_895_229_3,
                0.048_115_995_563_5,
                0.120_312_217_463,
                0.278_591_128_124,
                -0.077_640_607_440_4,
            ],
        ),
        (
            0.01,
            1.0,
            [
                -2.637_365_289_26,
                0.153_496_756_079,
                0.0,
                0.037_357_849_529_5,
                0.0,
                0.540_285_261_154,
                0.706_970_857_232,
                0.0,
                0.0,
                0.028_353_568_128_1,
                0.344_761_837_052,
                0.0,
            ],
        ),
        (
            0.02,
            0.5,
            [
                -2.509_007_953_06,
                0.117_410_266_167,
                0.047_521_447_982_3,
                0.034_098_192_961_5,
                0.0,
                0.526_415_676_898,
                0.669_459_170_812,
                0.0,
                0.0,
                0.030_457_988_639_9,
                0.323_532_018_826,
                0.0,
            ],
        ),
        (
            0.0,
            0.0,
            [
                -2.981_891_494_65,
                0.212_871_675_399,
                -0.070_151_190_513_2,
                0.193_871_253_03,
                0.056_347_189_233_4,
                0.787_658_782_318,
                0.889_899_631_351,
                -0.079_258_372_359_4,
                -0.079_101_872_030_6,
                0.187_635_102_926,
                0.461_455_384_779,
                -0.117_607_426_679,
            ],
        ),
    ];
    for (lambda, alpha, wanted) in cases {
        let model = fit(&columns, &outcome, &all, Penalty { lambda, alpha }).unwrap();
        assert!(model.converged);
        let found: Vec<f64> = std::iter::once(model.intercept).chain(model.coefficients).collect();
        for (found, wanted) in found.iter().zip(wanted) {
            assert!((found - wanted).abs() < 1e-7, "{lambda} {alpha}: {found} against {wanted}");
            assert_eq!(*found == 0.0, wanted == 0.0, "{lambda} {alpha}");
        }
        // The order of the rows changes nothing at all.
        let turned: Vec<u32> = all.iter().rev().copied().collect();
        let again = fit(&columns, &outcome, &turned, Penalty { lambda, alpha }).unwrap();
        assert_eq!(found[1..], again.coefficients, "to the last bit");
    }
}

#[test]
fn the_chosen_penalty_is_the_best_of_those_tried_and_repeats() {
    let (rows, outcome) = six_hundred(7);
    let data = coded(&rows);
    let all: Vec<u32> = (0..600).collect();
    for alpha in [0.0, 1.0] {
        let search = Search { alpha, folds: 5, most: 100_000, seed: 3, threads: 1 };
        let chosen = choose(&columns(&data), &outcome, &all, &search).unwrap();
        assert_eq!(chosen.tried.len(), 20);
        let best = chosen.tried.iter().map(|t| t.1).fold(f64::INFINITY, f64::min);
        assert!(chosen.tried.iter().any(|t| t.0 == chosen.penalty.lambda && t.1 == best));
        // Knowing the columns is worth something: the best beats the largest penalty, which leaves the mean alone.
        assert!(best < chosen.tried[0].1 - 0.01);
        assert_eq!(chosen, choose(&columns(&data), &outcome, &all, &Search { threads: 4, ..search }).unwrap());
    }
}

#[test]
fn bad_input_is_said_plainly() {
    let codes = vec![0u8, 1, 2, 3];
    let column = || Column { codes: &codes, values: vec![0.0, 1.0, 2.0, 3.0] };
    let all = [0u32, 1, 2, 3];
    let ridge = Penalty { lambda: 0.1, alpha: 0.0 };
    assert_eq!(fit(&[column()], &[false; 4], &all, ridge), Err(FitError::OneOutcome { with: 0, rows: 4 }));
    assert_eq!(fit(&[column()], &[true; 4], &all, ridge), Err(FitError::OneOutcome { with: 4, rows: 4 }));
    assert_eq!(fit(&[column()], &[true; 3], &all, ridge), Err(FitError::Uneven(0)));
    assert_eq!(fit(&[], &[true, false], &[], ridge), Err(FitError::OneOutcome { with: 0, rows: 0 }));
    for (lambda, alpha) in [(-1.0, 0.0), (f64::NAN, 0.0), (1.0, 1.5)] {
        assert_eq!(
            fit(&[column()], &[true, false, true, false], &all, Penalty { lambda, alpha }),
            Err(FitError::BadPenalty)
        );
    }
    // Separation: with a penalty there is an answer, without one the fit ends and says that it did not come to rest.
    let outcome = [false, false, true, true];
    assert!(fit(&[column()], &outcome, &all, ridge).unwrap().converged);
    let plain = fit(&[column()], &outcome, &all, Penalty { lambda: 0.0, alpha: 0.0 }).unwrap();
    assert!(!plain.converged && plain.intercept.is_finite() && plain.coefficients[0] > 3.0);
    // A column that never varies gets nothing, and no column at all gives the mean.
    let flat = Column { codes: &[0, 0, 0, 0], values: vec![5.0] };
    assert_eq!(fit(&[flat], &[true, false, false, false], &all, ridge).unwrap().coefficients, [0.0]);
    let mean = fit(&[], &[true, false, false, false], &all, ridge).unwrap();
    assert!((chance(mean.intercept) - 0.25).abs() < 1e-12);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(30))]
    /// At the minimum the gradient balances the penalty (the conditions of Karush, Kuhn and Tucker), also for columns that
    /// depend on each other.
    #[test]
    fn the_minimum_is_one(seed: u64, lambda in 0.001f64..0.3, alpha in 0.0f64..1.0) {
        let (mut rows, outcome) = six_hundred(seed);
        for row in &mut rows {
            row[4] = row[0];
        }
        let data = coded(&rows);
        let all: Vec<u32> = (0..600).collect();
        let columns = columns(&data);
        let model = fit(&columns, &outcome, &all, Penalty { lambda, alpha }).unwrap();
        prop_assert!(model.converged);
        for (at, b) in model.coefficients.iter().enumerate() {
            let mean = rows.iter().map(|r| r[at]).sum::<f64>() / 600.0;
            let deviation = (rows.iter().map(|r| (r[at] - mean).powi(2)).sum::<f64>() / 600.0).sqrt();
            let gradient: f64 = (0..600)
                .map(|row| {
                    let off = chance(model.log_odds(&columns, row)) - f64::from(u8::from(outcome[row]));
                    off * (rows[row][at] - mean) / deviation / 600.0
                })
                .sum();
            let standard = b * deviation;
            let rest = gradient + lambda * (1.0 - alpha) * standard;
            if *b == 0.0 {
                prop_assert!(rest.abs() <= lambda * alpha + 1e-7);
            } else {
                prop_assert!((rest + lambda * alpha * standard.signum()).abs() < 1e-7, "{rest}");
            }
        }
    }
}
