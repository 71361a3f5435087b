#![expect(clippy::float_cmp, reason = "nought is nought")]

use super::*;
use proptest::prelude::*;

/// Two states, one age and sex: 1,000 in the first of whom 100 move and 50 die a year, 200 in the second of whom 20 leave.
fn small() -> (People, Year) {
    let (mut now, mut year) = (People::none(2), Year::new(2));
    for n in 0..1000 {
        let to = match n {
            0..100 => To::State(1),
            100..150 => To::Died,
            _ => To::State(0),
        };
        year.saw(0, OLDEST, 0, to);
        now.add(0, OLDEST, 0, 1.0);
    }
    for n in 0..200 {
        year.saw(1, OLDEST, 0, if n < 20 { To::Left } else { To::State(1) });
        now.add(1, OLDEST, 0, 1.0);
    }
    (now, year)
}

/// The oldest age stays the oldest, so the model is a plain chain that a matrix product gives.
#[test]
fn expected_numbers_are_those_of_the_matrix() {
    let (now, year) = small();
    let found = project(&now, &year, &Options { years: 5, draws: 0, seed: 1, borrow: 0.0, threads: 1 });
    let (mut first, mut second) = (1000.0, 200.0);
    for projected in &found[1..] {
        (first, second) = (first * 0.85, first * 0.10 + second * 0.90);
        assert!((projected.states[0].expected - first).abs() < 1e-9);
        assert!((projected.states[1].expected - second).abs() < 1e-9);
        assert!((projected.total.expected - first - second).abs() < 1e-9);
    }
}

/// Three states at ages 60 and over of both sexes, with deaths, departures and joiners: numpy 2.4.6 builds the one matrix of 187
/// rows (186 cells and a row of joiners), takes `linalg.matrix_power` and multiplies. Counts are by formula, so that anybody can
/// make them: 10 + (7 state + 3 age + sex + 5 to) mod 11 moves, 60 more who stay; 20 + (5 state + 2 age + 3 sex) mod 13 people
/// today; (state + age + sex) mod 4 joiners a year above 60.
#[test]
fn expected_numbers_are_those_of_a_matrix_power() {
    let (mut now, mut year) = (People::none(3), Year::new(3));
    for (state, age, sex) in (0..3).flat_map(|s| (60..=OLDEST).flat_map(move |a| (0..2).map(move |x| (s, a, x)))) {
        for to in 0..5 {
            let place = [To::State(0), To::State(1), To::State(2), To::Died, To::Left][to];
            let stay = if to == state { 60 } else { 0 };
            (0..10 + (7 * state + 3 * age + sex + 5 * to) % 11 + stay).for_each(|_| year.saw(state, age, sex, place));
        }
        now.add(state, age, sex, (20 + (5 * state + 2 * age + 3 * sex) % 13) as f64);
        if age > 60 {
            (0..(state + age + sex) % 4).for_each(|_| year.joined(state, age, sex));
        }
    }
    let found = project(&now, &year, &Options { years: 10, draws: 0, seed: 1, borrow: 0.0, threads: 1 });
    let wanted = [
        (1, [1_350.502_551_040_682, 1_347.044_129_838_788_2, 1_340.057_195_934_325_6]),
        (5, [760.612_777_714_633, 754.371_692_124_403_1, 743.198_065_164_680_8]),
        (10, [516.020_383_697_763_5, 509.605_215_192_413_6, 499.317_719_706_741_5]),
    ];
    for (at, states) in wanted {
        for (found, wanted) in found[at].states.iter().zip(states) {
            assert!((found.expected - wanted).abs() < 1e-9, "year {at}: {} against {wanted}", found.expected);
        }
    }
    let ages = [74.427_015_810_651_16, 417.437_678_105_577_6, 494.892_062_021_814_75, 538.186_562_658_874_8];
    for (found, wanted) in found[10].age_groups[2..].iter().zip(ages) {
        assert!((found.expected - wanted).abs() < 1e-9, "{} against {wanted}", found.expected);
    }
}

/// The spread of one year of a binomial chain with estimated chances, by hand: of 1,000 with p = 0.85, the chance's own
/// variance p(1-p)/1001 times 1,000 squared, and the moves' 1,000 p(1-p): together about 2 x 127.5.
#[test]
fn intervals_hold_chance_and_doubt_about_the_rates() {
    let (now, year) = small();
    let found = project(&now, &year, &Options { years: 1, draws: 4000, seed: 5, borrow: 0.0, threads: 1 });
    let width = found[1].states[0].upper - found[1].states[0].lower;
    let wanted = 2.0 * 1.96 * (2.0f64 * 127.4).sqrt();
    assert!((width / wanted - 1.0).abs() < 0.08, "{width} against {wanted}");
}

#[test]
fn states_close_at_ages_where_nobody_is_in_them() {
    // Children to 17, adults from 18; one person of each age and sex, everybody lives.
    let (mut now, mut year) = (People::none(2), Year::new(2));
    for age in 0..AGES {
        for sex in 0..SEXES {
            let state = usize::from(age >= 18);
            now.add(state, age, sex, 1.0);
            year.saw(state, age, sex, To::State(usize::from(age + 1 >= 18)));
        }
    }
    let found = project(&now, &year, &Options { years: 18, draws: 20, seed: 2, borrow: 20.0, threads: 1 });
    // Nobody is born, so after eighteen years no child is left, however much is borrowed from those who stayed children.
    assert_eq!(found[18].states[0].expected, 0.0);
    assert_eq!(found[18].states[0].upper, 0.0);
    assert!((found[9].states[0].expected - 18.0).abs() < 1e-9);
    // Ageing alone says the same here, because age decides everything.
    assert!((found[9].ageing_only[0] - 18.0).abs() < 1e-9);
}

#[test]
fn births_follow_women_and_joiners_stay_as_they_were() {
    let (mut now, mut year) = (People::none(1), Year::new(1));
    for _ in 0..100 {
        year.saw(0, 30, 1, To::State(0));
        now.add(0, 30, 1, 2.0);
    }
    for n in 0..15 {
        year.joined(0, if n < 10 { 0 } else { 50 }, usize::from(n >= 10));
    }
    let found = project(&now, &year, &Options { years: 1, draws: 0, seed: 1, borrow: 0.0, threads: 1 });
    // Twice the women have twice the births.
    assert!((found[1].total.expected - (200.0 + 20.0 + 5.0)).abs() < 1e-9);
    assert!((found[1].age_groups[0].expected - 20.0).abs() < 1e-9);
}

#[test]
fn nothing_known_changes_nothing() {
    let mut now = People::none(3);
    now.add(1, 40, 0, 7.0);
    now.add(9, 40, 0, 7.0);
    let found = project(&now, &Year::new(3), &Options::default());
    assert_eq!(found.len(), 11);
    assert!(found.iter().all(|year| (year.total.expected - 7.0).abs() < 1e-9));
    assert!(found.iter().all(|year| (year.states[1].expected - 7.0).abs() < 1e-9));
    let nobody = project(&People::none(0), &Year::new(0), &Options::default());
    assert!(nobody.iter().all(|year| year.total.expected == 0.0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    /// People are conserved: with no exit and nobody joining, the total stays, in expectation and in every draw. The same
    /// seed gives the same digits, and fewer draws are the first of more.
    #[test]
    fn people_are_conserved(
        moves in proptest::collection::vec((0usize..3, 0usize..100, 0usize..2, 0usize..3), 1..60),
        seed: u64,
    ) {
        let (mut now, mut year) = (People::none(3), Year::new(3));
        for &(from, age, sex, to) in &moves {
            year.saw(from, age, sex, To::State(to));
            now.add(to, age + 1, sex, 1.0);
        }
        let options = Options { years: 4, draws: 9, seed, borrow: 20.0, threads: 1 };
        let found = project(&now, &year, &options);
        for year in &found {
            prop_assert!((year.total.expected - moves.len() as f64).abs() < 1e-6);
            prop_assert!((year.total.lower - moves.len() as f64).abs() < 1e-6, "{:?}", year.total);
            prop_assert!((year.total.upper - moves.len() as f64).abs() < 1e-6);
            prop_assert!((year.ageing_only.iter().sum::<f64>() - moves.len() as f64).abs() < 1e-6);
        }
        prop_assert_eq!(&found, &project(&now, &year, &Options { threads: 3, ..options }));
    }
}
