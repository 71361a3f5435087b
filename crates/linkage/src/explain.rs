//! Why a pair weighs what it weighs.

use crate::compare::Eye;
use crate::model::Model;
use crate::plan::{Plan, probability};
use crate::records::Records;

/// One step of a waterfall.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The comparison.
    pub comparison: String,
    /// Its answer.
    pub level: String,
    /// log2(m / u) of the answer; 0 where a value is missing.
    pub bits: f64,
    /// What the frequency of the values adds: above 0 for rare ones.
    pub rarity_bits: f64,
}

/// The weight of a pair in parts that add up.
#[derive(Debug, Clone, PartialEq)]
pub struct Waterfall {
    /// log2 of the prior odds.
    pub prior_bits: f64,
    /// One step for each comparison, in the order of the model.
    pub steps: Vec<Step>,
    /// Prior and steps together.
    pub total_bits: f64,
    /// Match probability of the total.
    pub probability: f64,
    /// The veto that stands against the pair, whatever its weight.
    pub veto: Option<String>,
    /// Whether both have the same valid number.
    pub same_number: bool,
}

/// Explains pairs of one set of records; build it once where many pairs are asked for.
#[derive(Debug)]
pub struct Explainer<'a> {
    plan: Plan<'a>,
}

impl<'a> Explainer<'a> {
    /// Counts what the weights need.
    pub fn new(records: &'a Records, model: &'a Model) -> Self {
        Self { plan: Plan::new(records, model) }
    }

    /// The waterfall of a pair; `None` where one is not a record.
    pub fn pair(&self, left: u32, right: u32) -> Option<Waterfall> {
        let plan = &self.plan;
        let (left, right) = (left.min(right), left.max(right));
        if right as usize >= plan.records.len() {
            return None;
        }
        let mask = Eye::new(plan).mask(left, right);
        let steps = plan
            .comparisons
            .iter()
            .zip(&plan.model.comparison)
            .map(|(rungs, comparison)| {
                let at = Plan::level(rungs, mask);
                let rung = &rungs[at];
                Step {
                    comparison: comparison.name.clone(),
                    level: comparison.levels[at].name.clone(),
                    bits: rung.bits,
                    rarity_bits: plan.rarity_bits(rung, left, right),
                }
            })
            .collect();
        let total_bits = plan.bits(mask, left, right);
        let number = plan.records.nhs_number(left);
        Some(Waterfall {
            prior_bits: plan.prior_bits,
            steps,
            total_bits,
            probability: probability(total_bits),
            veto: plan.veto(mask).map(|at| plan.model.veto[at].name.clone()),
            same_number: number.is_some() && number == plan.records.nhs_number(right),
        })
    }
}

/// The waterfall of one pair; `None` where one is not a record. Counts all records: use [`Explainer`] for many pairs.
pub fn explain(records: &Records, model: &Model, left: u32, right: u32) -> Option<Waterfall> {
    Explainer::new(records, model).pair(left, right)
}
