//! Public figures by age that people and activity are drawn from. Sources stand in docs/methods/simulation.md.

/// Share of people in England by five-year band, per cent, 0-4 to 90 and over (ONS mid-2023 estimates).
pub const AGE_WEIGHTS: [f64; 19] =
    [5.3, 5.8, 6.1, 5.8, 6.0, 6.6, 7.1, 7.0, 6.6, 6.0, 6.6, 6.7, 6.0, 5.0, 4.5, 4.0, 2.5, 1.6, 0.9];

/// Deaths per 1,000 people a year by the same bands (ONS national life tables, both sexes).
pub const DEATHS: [f64; 19] =
    [0.9, 0.1, 0.1, 0.25, 0.4, 0.5, 0.7, 1.0, 1.5, 2.2, 3.3, 5.0, 7.8, 12.0, 19.0, 32.0, 58.0, 103.0, 210.0];

/// People in care homes per 1,000 by the same bands (Census 2021).
pub const CARE_HOME: [f64; 19] =
    [0.0, 0.0, 0.0, 0.1, 0.2, 0.3, 0.3, 0.4, 0.5, 0.7, 0.9, 1.2, 2.0, 2.7, 4.8, 11.0, 26.0, 63.0, 137.0];

/// Adults who live with a partner, per cent, by the same bands (ONS Families and households).
pub const COUPLES: [f64; 19] =
    [0.0, 0.0, 0.0, 0.0, 18.0, 48.0, 64.0, 68.0, 68.0, 66.0, 66.0, 67.0, 68.0, 69.0, 67.0, 60.0, 48.0, 33.0, 18.0];

/// Activity of one kind: events per 1,000 people a year at the ages 0-4, 5-14, 15-24, 25-44, 45-64, 65-74, 75-84 and 85+.
pub type ByAge = [f64; 8];

/// Emergency admissions, babies' births left out (HES 2023/24: about 100 per 1,000).
pub const EMERGENCY_ADMISSIONS: ByAge = [130.0, 40.0, 60.0, 65.0, 80.0, 140.0, 260.0, 480.0];
/// Planned admissions and day cases (HES 2023/24: about 145 per 1,000).
pub const PLANNED_ADMISSIONS: ByAge = [25.0, 25.0, 45.0, 80.0, 190.0, 340.0, 400.0, 270.0];
/// Attendances at emergency departments of all types (NHS England 2023/24: about 400 per 1,000).
pub const EMERGENCY_ATTENDANCES: ByAge = [650.0, 320.0, 400.0, 370.0, 320.0, 380.0, 560.0, 850.0];
/// Outpatient appointments made (HES 2023/24: about 2,200 per 1,000).
pub const OUTPATIENT: ByAge = [1000.0, 900.0, 1100.0, 1750.0, 2400.0, 3800.0, 4900.0, 4000.0];
/// GP appointments (NHS England, Appointments in General Practice: about 5,700 per 1,000).
pub const GP_APPOINTMENTS: ByAge = [5000.0, 2800.0, 3800.0, 4800.0, 6000.0, 8500.0, 11_000.0, 13_500.0];
/// Community contacts (Community Services Statistics: about 1,300 per 1,000).
pub const COMMUNITY: ByAge = [2200.0, 500.0, 250.0, 300.0, 700.0, 1800.0, 5000.0, 14_000.0];
/// Mental health contacts (MHSDS and talking therapies: about 450 per 1,000).
pub const MENTAL_HEALTH: ByAge = [20.0, 350.0, 700.0, 550.0, 420.0, 250.0, 350.0, 500.0];
/// Ambulance calls answered, those that end in an emergency admission left out (about 95 per 1,000).
pub const AMBULANCE: ByAge = [35.0, 20.0, 60.0, 60.0, 75.0, 120.0, 280.0, 620.0];
/// Calls to NHS 111 (about 330 per 1,000).
pub const NHS_111: ByAge = [1150.0, 300.0, 330.0, 280.0, 220.0, 240.0, 330.0, 520.0];
/// Acute courses of medicine.
pub const ACUTE_MEDICINE: ByAge = [600.0, 250.0, 350.0, 350.0, 380.0, 450.0, 550.0, 700.0];

/// The rate at an age, in events a year for one person.
pub fn at_age(rates: &ByAge, age: i32) -> f64 {
    let group = match age {
        i32::MIN..=4 => 0,
        5..=14 => 1,
        15..=24 => 2,
        25..=44 => 3,
        45..=64 => 4,
        65..=74 => 5,
        75..=84 => 6,
        _ => 7,
    };
    rates[group] / 1000.0
}

/// How much more (or less) a decile of deprivation has than the average: `slope` is the ratio between ends less one.
pub fn by_decile(decile: u8, slope: f64) -> f64 {
    1.0 + slope * (5.5 - f64::from(decile)) / 9.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The average over England's ages.
    fn average(rates: &ByAge) -> f64 {
        let total: f64 = AGE_WEIGHTS.iter().sum();
        (0..19).map(|band| AGE_WEIGHTS[band] * at_age(rates, band as i32 * 5 + 2)).sum::<f64>() / total * 1000.0
    }

    #[track_caller]
    fn check(rates: &ByAge, expect: f64) {
        let average = average(rates);
        assert!((average / expect - 1.0).abs() < 0.08, "{average} against {expect}");
    }

    #[test]
    fn rates_meet_the_public_totals() {
        check(&EMERGENCY_ADMISSIONS, 100.0);
        check(&PLANNED_ADMISSIONS, 145.0);
        check(&EMERGENCY_ATTENDANCES, 400.0);
        check(&OUTPATIENT, 2200.0);
        check(&GP_APPOINTMENTS, 5700.0);
        check(&COMMUNITY, 1300.0);
        let total: f64 = AGE_WEIGHTS.iter().sum();
        let deaths: f64 = (0..19).map(|b| AGE_WEIGHTS[b] * DEATHS[b]).sum::<f64>() / total;
        assert!((9.0..10.5).contains(&deaths), "{deaths}");
        let old: f64 =
            (15..19).map(|b| AGE_WEIGHTS[b] * CARE_HOME[b]).sum::<f64>() / AGE_WEIGHTS[15..].iter().sum::<f64>();
        assert!((30.0..45.0).contains(&old), "{old}");
    }
}
