//! A linkage model as data: what to bring together, how to compare it, what the answers weigh.

use crate::columns::Columns;
use crate::question::{Field, Test};
use serde::Deserialize;
use std::fmt::Write as _;

/// Why a model could not be read. Shown when a model file is opened.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ModelError {
    /// The text is not TOML, lacks a key, has an unknown one, or a test cannot be read.
    #[error("read the linkage model: {0}")]
    Syntax(String),
    /// The model reads well but says something that cannot be done.
    #[error("use the linkage model: {0}")]
    Meaning(String),
}

/// A linkage model. Read it with [`Model::parse`], write it with [`Model::to_toml`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// What the model is for.
    pub name: String,
    /// The least match probability at which two records are joined.
    pub threshold: f64,
    /// Two clusters are joined only where the mean match weight, in bits and with the prior, of the pairs across them is at least
    /// this. It stops chains.
    pub least_mean_bits: f64,
    /// What an equal valid number means.
    pub number: NumberRule,
    /// How many matches to expect.
    pub prior: Prior,
    /// Which pairs are compared.
    pub blocking: Blocking,
    /// Blocking rules under which the m probabilities are learned; each leaves out the comparisons of its own fields.
    pub training: Vec<Vec<Test>>,
    /// What is compared, and what each answer weighs.
    pub comparison: Vec<Comparison>,
    /// Deterministic tiers: pairs that are joined without being weighed, in this order, after the numbers and before the weights.
    #[serde(default)]
    pub tier: Vec<TierRule>,
    /// Pairs that are never joined by weight, whatever they score.
    #[serde(default)]
    pub veto: Vec<Veto>,
    /// Which columns of a file hold what.
    #[serde(default)]
    pub columns: Columns,
    /// Lists of given names that are used for one another.
    #[serde(default)]
    pub nicknames: Vec<Vec<String>>,
}

/// What an equal valid number means.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NumberRule {
    /// Whether the number is a key of persons: equal numbers join where `agree` holds, different ones never do.
    pub is_identity: bool,
    /// Weight of an equal number, in bits, for the edges of the number tier.
    pub bits: f64,
    /// Equal numbers join two records if every test of one of these lists holds; otherwise it is a conflict.
    pub agree: Vec<Vec<Test>>,
}

/// How many matches to expect before anything is compared.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prior {
    /// Expected number of other records of the same person, for a record taken at random.
    pub matches_per_record: f64,
    /// Training counts the pairs of this rule, which must hold for hardly any but true matches, ...
    pub rule: Vec<Test>,
    /// ... and divides by the share of matches it finds: this share, or without one what the m learned say.
    #[serde(default)]
    pub recall: Option<f64>,
}

/// Which pairs are compared.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Blocking {
    /// A block of more pairs than this many records make is not compared, and reported.
    pub largest_block: u32,
    /// Records that agree on every test of a rule are compared.
    pub rules: Vec<Vec<Test>>,
}

/// One thing that is compared. The first level whose tests all hold is the answer.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Comparison {
    /// What it is called in a waterfall.
    pub name: String,
    /// From the strongest agreement down; the last has no tests.
    pub levels: Vec<Level>,
}

/// One possible answer of a comparison.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// What it is called in a waterfall.
    pub name: String,
    /// Tests that must all hold; none for the last level.
    pub when: Vec<Test>,
    /// Probability of this answer among matches. A level with neither `m` nor `u` weighs nothing (missing values).
    #[serde(default)]
    pub m: f64,
    /// Probability of this answer among pairs that do not match.
    #[serde(default)]
    pub u: f64,
    /// Fields whose value's own frequency replaces the average one: agreeing on a rare name weighs more.
    #[serde(default)]
    pub frequency: Vec<Field>,
}

impl Level {
    /// Whether it weighs nothing.
    pub fn is_neutral(&self) -> bool {
        self.m == 0.0 && self.u == 0.0
    }
}

/// A pair that is joined without being weighed.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TierRule {
    /// What it is called; edges carry it.
    pub name: String,
    /// All of these hold ...
    pub when: Vec<Test>,
    /// ... and none of these.
    #[serde(default)]
    pub unless: Vec<Test>,
}

/// A pair that is never joined by weight.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Veto {
    /// What it is called.
    pub name: String,
    /// All of these hold ...
    pub when: Vec<Test>,
    /// ... and none of these.
    pub unless: Vec<Test>,
}

/// Most comparisons of a model.
pub(crate) const MOST_COMPARISONS: usize = 16;
/// Most levels of a comparison.
pub(crate) const MOST_LEVELS: usize = 16;
/// Most blocking rules.
pub(crate) const MOST_RULES: usize = 32;
/// Most different tests of a model.
pub(crate) const MOST_TESTS: usize = 64;

impl Model {
    /// Reads a model from TOML text and checks that it can be used.
    pub fn parse(text: &str) -> Result<Self, ModelError> {
        let model: Self = toml::from_str(text).map_err(|error| ModelError::Syntax(error.to_string()))?;
        model.check().map_err(ModelError::Meaning)?;
        Ok(model)
    }

    /// The model for UK person records that ships with the program (`models/person.toml`).
    pub fn person() -> Result<Self, ModelError> {
        Self::parse(include_str!("../../../models/person.toml"))
    }

    /// The model for the FEBRL test data, where the key is dirty and identifies nobody (`models/febrl.toml`).
    pub fn febrl() -> Result<Self, ModelError> {
        Self::parse(include_str!("../../../models/febrl.toml"))
    }

    /// The model for historical figures: titles, places of birth and occupations, invented postcodes (`models/historical.toml`).
    pub fn historical() -> Result<Self, ModelError> {
        Self::parse(include_str!("../../../models/historical.toml"))
    }

    /// The model for records encoded from UK person records (`models/encoded.toml`).
    pub fn encoded() -> Result<Self, ModelError> {
        Self::parse(include_str!("../../../models/encoded.toml"))
    }

    /// The fields the model looks at, in order.
    pub fn fields(&self) -> Vec<Field> {
        let mut fields: Vec<Field> = self.tests().iter().flat_map(|test| test.fields()).copied().collect();
        if self.number.is_identity {
            fields.push(Field::Number);
        }
        fields.sort_unstable();
        fields.dedup();
        fields
    }

    /// Every test of the model, once, in order.
    pub(crate) fn tests(&self) -> Vec<Test> {
        let mut tests: Vec<Test> = Vec::new();
        tests.extend(self.number.agree.iter().flatten());
        tests.extend(self.blocking.rules.iter().flatten());
        tests.extend(self.training.iter().flatten());
        tests.extend(&self.prior.rule);
        tests.extend(self.comparison.iter().flat_map(|c| &c.levels).flat_map(|level| &level.when));
        tests.extend(self.tier.iter().flat_map(|tier| tier.when.iter().chain(&tier.unless)));
        tests.extend(self.veto.iter().flat_map(|veto| veto.when.iter().chain(&veto.unless)));
        tests.sort_unstable();
        tests.dedup();
        tests
    }

    /// Checks what the types cannot: counts, ranges, keys. A program that changes a model in memory may call it again.
    pub fn check(&self) -> Result<(), String> {
        let within = |what: &str, value: f64, from: f64, to: f64| {
            if value >= from && value <= to { Ok(()) } else { Err(format!("{what} is {value}; give {from} to {to}")) }
        };
        within("threshold", self.threshold, 0.5, 1.0)?;
        within("least_mean_bits", self.least_mean_bits, -1000.0, 1000.0)?;
        within("number.bits", self.number.bits, 0.0, 1000.0)?;
        within("prior.matches_per_record", self.prior.matches_per_record, 1e-9, 1e9)?;
        match self.prior.recall {
            Some(recall) => within("prior.recall", recall, 0.01, 1.0)?,
            None if crate::prior::can_work_out(self) => {}
            None => return Err(
                "a test of prior.rule stands in no level, so that its recall cannot be worked out: give prior.recall"
                    .into(),
            ),
        }
        let rules = self.blocking.rules.iter().chain(&self.training).chain(std::iter::once(&self.prior.rule));
        for rule in rules {
            if rule.is_empty() {
                return Err("a blocking rule is empty: it would compare every pair".into());
            }
            if let Some(test) = rule.iter().find(|test| !test.is_key()) {
                return Err(format!(
                    "`{test}` cannot block: use exact, first, year, month-day, sector, district, area or swapped"
                ));
            }
        }
        if self.blocking.rules.is_empty() || self.blocking.rules.len() > MOST_RULES {
            return Err(format!("give 1 to {MOST_RULES} blocking rules"));
        }
        if self.comparison.is_empty() || self.comparison.len() > MOST_COMPARISONS {
            return Err(format!("give 1 to {MOST_COMPARISONS} comparisons"));
        }
        if self.tests().len() > MOST_TESTS {
            return Err(format!("there are {} different tests; give {MOST_TESTS} at most", self.tests().len()));
        }
        if self.tier.len() > MOST_RULES {
            return Err(format!("give {MOST_RULES} tiers at most"));
        }
        if let Some(tier) = self.tier.iter().find(|tier| !tier.when.iter().any(|test| test.is_key())) {
            return Err(format!(
                "tier `{}`: one test of `when` must bring records together: exact, first, year, month-day, sector, district, area or swapped",
                tier.name
            ));
        }
        self.columns.check()?;
        if let Some(test) = self.tests().into_iter().find(|test| !test.is_for(self.columns.encoded)) {
            return Err(if self.columns.encoded {
                format!("`{test}` needs values that can be read; of encoded ones ask exact, missing, dice or token")
            } else {
                format!("`{test}` is for encoded records; say `encoded = true` under [columns]")
            });
        }
        for comparison in &self.comparison {
            comparison.check().map_err(|problem| format!("comparison `{}`: {problem}", comparison.name))?;
        }
        Ok(())
    }

    /// Writes the model as TOML text that [`Model::parse`] reads back to the same model.
    pub fn to_toml(&self) -> String {
        let mut out = String::new();
        // Writing to a String cannot fail, so the results are not looked at.
        let _ = write!(
            out,
            "name = {}\nthreshold = {:?}\nleast_mean_bits = {:?}\ntraining = {}\n",
            quoted(&self.name),
            self.threshold,
            self.least_mean_bits,
            lists(&self.training)
        );
        if !self.nicknames.is_empty() {
            out.push_str("nicknames = [\n");
            for names in &self.nicknames {
                let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
                let _ = writeln!(out, "  [{}],", names.join(", "));
            }
            out.push_str("]\n");
        }
        let _ = write!(
            out,
            "\n[number]\nis_identity = {}\nbits = {:?}\nagree = {}\n",
            self.number.is_identity,
            self.number.bits,
            lists(&self.number.agree)
        );
        let _ = write!(
            out,
            "\n[prior]\nmatches_per_record = {:?}\nrule = {}\n",
            self.prior.matches_per_record,
            list(&self.prior.rule)
        );
        if let Some(recall) = self.prior.recall {
            let _ = writeln!(out, "recall = {recall:?}");
        }
        let _ = write!(
            out,
            "\n[blocking]\nlargest_block = {}\nrules = {}\n",
            self.blocking.largest_block,
            lists(&self.blocking.rules)
        );
        self.columns.write(&mut out);
        for comparison in &self.comparison {
            let _ = write!(out, "\n[[comparison]]\nname = {}\nlevels = [\n", quoted(&comparison.name));
            for level in &comparison.levels {
                let _ = write!(out, "  {{ name = {}, when = {}", quoted(&level.name), list(&level.when));
                if !level.is_neutral() {
                    let _ = write!(out, ", m = {:?}, u = {:?}", level.m, level.u);
                }
                if !level.frequency.is_empty() {
                    let words: Vec<String> = level.frequency.iter().map(|field| quoted(field.word())).collect();
                    let _ = write!(out, ", frequency = [{}]", words.join(", "));
                }
                out.push_str(" },\n");
            }
            out.push_str("]\n");
        }
        let tiers = self.tier.iter().map(|tier| ("tier", &tier.name, &tier.when, &tier.unless));
        let vetoes = self.veto.iter().map(|veto| ("veto", &veto.name, &veto.when, &veto.unless));
        for (what, name, when, unless) in tiers.chain(vetoes) {
            let (name, when, unless) = (quoted(name), list(when), list(unless));
            let _ = write!(out, "\n[[{what}]]\nname = {name}\nwhen = {when}\nunless = {unless}\n");
        }
        out
    }
}

impl Comparison {
    fn check(&self) -> Result<(), String> {
        if self.levels.len() > MOST_LEVELS {
            return Err(format!("give {MOST_LEVELS} levels at most"));
        }
        if self.levels.last().is_none_or(|last| !last.when.is_empty()) {
            return Err("the last level must have `when = []`, for all that is left".into());
        }
        for level in &self.levels {
            let probability = |p: f64| p > 0.0 && p <= 1.0;
            if !level.is_neutral() && (!probability(level.m) || !probability(level.u)) {
                return Err(format!("level `{}`: give m and u above 0 and up to 1, or neither", level.name));
            }
            let counted = |f: &Field| !matches!(f, Field::Sex | Field::Number);
            if let Some(field) = level.frequency.iter().find(|f| !counted(f)) {
                return Err(format!("level `{}`: frequencies of {} are not kept", level.name, field.word()));
            }
        }
        Ok(())
    }
}

pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn list(tests: &[Test]) -> String {
    let words: Vec<String> = tests.iter().map(|test| format!("\"{test}\"")).collect();
    format!("[{}]", words.join(", "))
}

fn lists(rules: &[Vec<Test>]) -> String {
    let rows: Vec<String> = rules.iter().map(|rule| format!("  {},\n", list(rule))).collect();
    format!("[\n{}]", rows.concat())
}
