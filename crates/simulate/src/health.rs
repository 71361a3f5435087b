//! The hidden state of a person: conditions with the day they began, and frailty that grows with age.

use crate::conditions::{self, CONDITIONS, prevalence};
use crate::people::{Person, Standing};
use crate::random::Random;
use crate::rates::by_decile;
use nhs::Day;

/// A condition of a person.
#[derive(Debug, Clone, Copy)]
pub struct Diagnosis {
    /// Position in [`CONDITIONS`].
    pub condition: usize,
    /// Day it was first recorded.
    pub since: Day,
    /// Its ICD-10 code in this person.
    pub icd10: &'static str,
}

/// What drives a person's use of services.
#[derive(Debug, Clone)]
pub struct Health {
    /// Conditions in the order of the table.
    pub diagnoses: Vec<Diagnosis>,
    /// Part of frailty that does not change with age.
    frailty_base: f64,
    /// Multiplier of unplanned activity, mean about 1.
    pub unplanned: f64,
    /// Multiplier of planned activity, mean about 1.
    pub planned: f64,
    /// Multiplier of mental health activity, mean about 1.
    pub mental: f64,
}

/// How strongly need raises the chance of a condition.
const NEED_SHIFT: f64 = 0.5;

impl Health {
    /// Draws the state of a person who lives in an area of this decile.
    pub fn draw(person: &Person, decile: u8, as_of: Day, random: &mut Random) -> Self {
        let end = person.left.unwrap_or(as_of);
        let age = person.age(end);
        let need = person.need;
        let mut diagnoses = Vec::new();
        for (position, condition) in CONDITIONS.iter().enumerate() {
            let average = prevalence(condition, age);
            if average == 0.0 {
                continue;
            }
            let shift = (NEED_SHIFT * need - NEED_SHIFT * NEED_SHIFT / 2.0).exp();
            let mut chance = average * by_decile(decile, condition.deprivation) * shift;
            if person.care_home.is_some() && position == conditions::DEMENTIA {
                chance = chance.max(0.62);
            }
            if random.chance(chance.min(0.92)) {
                // Long ago more often than lately, and not before the ages at which it begins.
                let years = f64::from(age).min(25.0) * random.unit().powf(1.3);
                let since = Day(end.0 - (years * 365.25) as i32 - 1).max(person.birth);
                diagnoses.push(Diagnosis { condition: position, since, icd10: random.pick::<&str>(condition.icd10) });
            }
        }
        let deprivation = by_decile(decile, 0.6);
        let mental_ill =
            diagnoses.iter().any(|d| (conditions::DEPRESSION..=conditions::BIPOLAR).contains(&d.condition));
        let severe = diagnoses.iter().any(|d| (conditions::SCHIZOPHRENIA..=conditions::BIPOLAR).contains(&d.condition));
        let long_term = diagnoses.len() as f64;
        let dying = if person.standing == Standing::Died { 0.1 } else { 0.0 };
        Self {
            frailty_base: 0.05 * need + 0.012 * long_term + 0.02 * random.normal() + dying,
            unplanned: deprivation * lognormal(need, 0.75),
            planned: by_decile(decile, 0.1) * lognormal(need, 0.5),
            // A ninth have a mental illness; most contacts are theirs.
            mental: match (severe, mental_ill) {
                (true, _) => 12.0,
                (false, true) => 2.6,
                _ => 0.55,
            } * deprivation,
            diagnoses,
        }
    }

    /// A share of possible deficits (0 robust, above 0.36 severe), as the electronic frailty index counts them.
    pub fn frailty(&self, age: i32) -> f64 {
        (0.005 * f64::from((age - 50).max(0)) + self.frailty_base).clamp(0.0, 0.7)
    }

    /// Whether the person has a condition on a day.
    pub fn has(&self, condition: usize, on: Day) -> bool {
        self.diagnoses.iter().any(|d| d.condition == condition && d.since <= on)
    }
}

/// Exp of the need at this strength, with mean 1 over a standard normal.
fn lognormal(need: f64, strength: f64) -> f64 {
    (strength * need - strength * strength / 2.0).exp()
}
