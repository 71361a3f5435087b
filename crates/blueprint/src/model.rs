//! A compiled care model: every name resolved, every rule typed. What the rest of Vanguard reads.

use nhs::{CodeSystem, EventKind};

pub use crate::expression::{CompareOp, Direction, EventExpr, EventField, Expr, Number, Related, Rounding};
pub use crate::feature::{Aggregate, Dated, Feature, FeatureSource, ValueType, Window};

/// A care model, or a place's own version of one, checked and resolved.
#[derive(Debug, Clone)]
pub struct Blueprint {
    /// Short identifier: `mcp`.
    pub id: String,
    /// Name as people say it.
    pub name: String,
    /// Semantic version of the file.
    pub version: String,
    /// What it is for, in a sentence or two.
    pub summary: String,
    /// The models it extends or composes, nearest first.
    pub lineage: Vec<String>,
    /// Rows of the requirement table it answers.
    pub answers: Vec<String>,
    /// Whom it serves.
    pub population: Population,
    /// Code lists by name.
    pub codes: Vec<CodeList>,
    /// Features in an order in which each needs only earlier ones.
    pub features: Vec<Feature>,
    /// Scores over tables that the blueprint brings itself.
    pub score_tables: Vec<LoadedScore>,
    /// Segments; the first whose rule holds wins, and the last has no rule.
    pub segments: Vec<Segment>,
    /// Tiers, most complex first; the first whose rule holds wins, and the last has no rule.
    pub tiers: Vec<Tier>,
    /// Services that people can be offered.
    pub services: Vec<Service>,
    /// Teams that run the services.
    pub teams: Vec<Team>,
    /// Roles in teams.
    pub roles: Vec<Role>,
    /// What is measured.
    pub measures: Vec<Measure>,
    /// Arrows of the logic model.
    pub logic: Vec<LogicArrow>,
    /// Nodes of the logic model.
    pub logic_nodes: Vec<LogicNode>,
    /// What a model of risk stands on, where the blueprint says.
    pub risk: Option<RiskPlan>,
    /// The weights of need, where the blueprint gives some.
    pub need: Option<NeedPlan>,
    /// The contract, where the model says.
    pub contract: Option<Contract>,
    /// What a site is helped to show.
    pub characteristics: Vec<Characteristic>,
    /// What needs to be in place.
    pub building_blocks: Vec<BuildingBlock>,
}

/// Whom a model serves and the sizes it usually has. Sizes warn and never refuse.
#[derive(Debug, Clone)]
pub struct Population {
    /// In words.
    pub basis: String,
    /// Who is in, as a rule over the built-in features.
    pub include: Expr,
    /// The rule as written.
    pub include_text: String,
    /// Usual sizes, each with its source.
    pub usual_sizes: Vec<SizeBound>,
    /// Usual size of a locality.
    pub locality_size: Option<SizeBound>,
}

impl Population {
    /// Advice for a registered list of this many people: one sentence for each usual size it lies outside. Never a bar.
    pub fn size_advice(&self, people: u64) -> Vec<String> {
        self.usual_sizes.iter().filter_map(|bound| bound.advice(people)).collect()
    }
}

impl SizeBound {
    /// A sentence where so many people lie outside the range.
    pub fn advice(&self, people: u64) -> Option<String> {
        let (side, edge) = match (self.from, self.to) {
            (Some(from), _) if people < from => ("fewer than", from),
            (_, Some(to)) if people > to => ("more than", to),
            _ => return None,
        };
        let (people, edge) = (nhs::money::group_thousands(people), nhs::money::group_thousands(edge));
        Some(format!("{people} people are {side} the usual {edge} ({}).", self.source))
    }
}

/// An advisory range of people.
#[derive(Debug, Clone)]
pub struct SizeBound {
    /// At least; `None` where the source gives only a ceiling.
    pub from: Option<u64>,
    /// At most.
    pub to: Option<u64>,
    /// Where the figures come from.
    pub source: String,
}

/// Codes of one terminology. A code also stands for the codes under it where `stems` is true.
#[derive(Debug, Clone)]
pub struct CodeList {
    /// Name used in rules: `codes.dementia`.
    pub id: String,
    /// What it holds, in words.
    pub name: String,
    /// The codes; a list may mix terminologies (GP and hospital).
    pub codes: Vec<(CodeSystem, String)>,
    /// Weights in tenths beside the codes, for scores; empty otherwise.
    pub weights_tenths: Vec<i64>,
}

/// Weights of need, resolved to a feature.
#[derive(Debug, Clone)]
pub struct NeedPlan {
    /// The feature with each person's weight (six decimals).
    pub feature: usize,
    /// What the weights are of, in words.
    pub name: String,
    /// The file that they came from.
    pub file: String,
}

impl CodeList {
    /// Its different codes as words, in the order in which they stand.
    pub fn words(&self) -> Vec<String> {
        let mut words: Vec<String> = Vec::with_capacity(self.codes.len());
        for (_, code) in &self.codes {
            if !words.contains(code) {
                words.push(code.clone());
            }
        }
        words
    }
}

/// Scores that Vanguard computes itself, as published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScoreKind {
    /// Hospital Frailty Risk Score (Gilbert and others, Lancet 2018): each 3-character code once; tenths.
    HospitalFrailtyRisk,
    /// Charlson index with the weights of Quan and others (2011).
    CharlsonQuan,
    /// Charlson index with the weights of the Summary Hospital-level Mortality Indicator.
    CharlsonShmi,
    /// Charlson index with the weights of its first publication (Charlson and others 1987), over Quan's stems.
    CharlsonOriginal,
    /// Charlson index with the weights of Schneeweiss and others (2003), over Quan's stems.
    CharlsonSchneeweiss,
    /// Elixhauser conditions of Quan and others (2005), counted.
    ElixhauserCount,
    /// The same with the weights of van Walraven and others (2009).
    ElixhauserVanWalraven,
    /// The same with the Swiss weights of Sharma and others (2021).
    ElixhauserSwiss,
    /// The same with the weights of Thompson and others (2015), thirty conditions.
    ElixhauserThompson30,
    /// The same with their weights for twenty-nine conditions, without irregular heartbeat.
    ElixhauserThompson29,
    /// A table that the blueprint brings; its position in [`Blueprint::score_tables`].
    Loaded(u16),
}

/// A score whose codes and weights a place supplies in a file of its own (an electronic frailty index, a multimorbidity
/// score). Each group of codes counts once, whatever kind of event recorded it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedScore {
    /// The file, as the blueprint names it.
    pub file: String,
    /// Conditions or deficits, at most 128.
    pub groups: Vec<LoadedGroup>,
    /// The sum of weights is divided by this: 36 deficits for the electronic frailty index, 1 where nothing is said.
    pub divisor: i64,
}

/// What a model of the risk of an emergency admission is trained on, and what a team could change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RiskPlan {
    /// Positions of the features that predict, beside age, sex and deprivation.
    pub features: Vec<usize>,
    /// Positions of true-or-false features that a team can act on. They are shown beside the risk and add nothing to it.
    pub impactable: Vec<usize>,
}

/// One condition or deficit of a loaded score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedGroup {
    /// Its name in the file.
    pub id: String,
    /// Its codes; ICD-10 and OPCS-4 codes stand for the codes under them.
    pub codes: Vec<(CodeSystem, String)>,
    /// Its weight in thousandths.
    pub weight_thousandths: i64,
}

/// What every place knows of a person without a blueprint saying how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Builtin {
    /// Age in whole years.
    Age,
    /// `male`, `female`, `indeterminate`, `unknown`.
    Sex,
    /// Decile of deprivation, 1 most deprived; absent where not known.
    ImdDecile,
    /// On a practice list of the place at the as-of date.
    Registered,
    /// Alive at the as-of date.
    Alive,
    /// Lives in the place's area.
    LivesInPlace,
    /// Lives in a care home.
    CareHome,
    /// The only registered person at the address, and not in a care home.
    LivesAlone,
    /// Date of birth; absent where not known. Only in models that name it.
    DateOfBirth,
    /// Date of death; absent while alive, and where it lies after the as-of date. Only in models that name it.
    DateOfDeath,
    /// In hospital at the as-of date.
    InHospitalNow,
    /// How many sources hold the person.
    ListCount,
    /// The segment the person was put in (usable in tiers and services).
    Segment,
    /// The tier the person was put in (usable in services).
    Tier,
}

/// A group of people with like needs.
#[derive(Debug, Clone)]
pub struct Segment {
    /// Identifier used in rules.
    pub id: String,
    /// Name.
    pub name: String,
    /// Who is in it, in words.
    pub description: String,
    /// The rule; `None` only on the last.
    pub rule: Option<Expr>,
    /// The rule as written.
    pub rule_text: String,
}

/// A gradient of care.
#[derive(Debug, Clone)]
pub struct Tier {
    /// Identifier used in rules.
    pub id: String,
    /// Name.
    pub name: String,
    /// Who is in it, in words.
    pub description: String,
    /// The rule; `None` only on the last.
    pub rule: Option<Expr>,
    /// The rule as written.
    pub rule_text: String,
    /// What is offered: identifiers of services or plain offers.
    pub offer: Vec<String>,
}

/// A service with its eligibility and ranking.
#[derive(Debug, Clone)]
pub struct Service {
    /// Identifier.
    pub id: String,
    /// Name.
    pub name: String,
    /// What it does, in words.
    pub description: String,
    /// Where: `community`, `home`, `care_home`, `hospital`, `primary_care`, `remote`.
    pub setting: String,
    /// Position of the team in [`Blueprint::teams`]; `None` where the service keeps no caseload.
    pub team: Option<usize>,
    /// Who may have it.
    pub eligible: Option<Expr>,
    /// The rule as written.
    pub eligible_text: String,
    /// Ranking: position of the feature, and whether the largest comes first.
    pub rank_by: Vec<(usize, bool)>,
    /// Features shown as the reason, in this order.
    pub reasons: Vec<usize>,
    /// Days between reviews.
    pub review_every_days: Option<u32>,
    /// Rows of the requirement table.
    pub answers: Vec<String>,
}

/// A kind of team.
#[derive(Debug, Clone)]
pub struct Team {
    /// Identifier.
    pub id: String,
    /// Name.
    pub name: String,
    /// Kind: `locality_hub`, `integrated_team`, `care_home_team` and their like.
    pub kind: String,
    /// Whether there is one for each practice, each locality, each care home or one for the place.
    pub covers: TeamCover,
    /// How many people one such team can carry.
    pub capacity: u32,
    /// Roles in it (identifiers of [`Role`]).
    pub roles: Vec<String>,
}

/// What one team covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TeamCover {
    /// One team for each practice.
    Practice,
    /// One for each locality.
    Locality,
    /// One for the whole place.
    Place,
}

/// A role in a team.
#[derive(Debug, Clone)]
pub struct Role {
    /// Identifier.
    pub id: String,
    /// Name.
    pub name: String,
    /// What the role does.
    pub description: String,
}

/// A measure, counted by month.
#[derive(Debug, Clone)]
pub struct Measure {
    /// Identifier.
    pub id: String,
    /// Name with its unit.
    pub name: String,
    /// What is counted.
    pub kind: EventKind,
    /// Further kinds of event, of a measure over several settings of care.
    pub also: Vec<EventKind>,
    /// Which of them.
    pub filter: Option<EventExpr>,
    /// Sum of what: events, days or pence.
    pub sum: MeasureSum,
    /// Only people for whom this holds at the as-of date; `None` for everyone.
    pub among: Option<Expr>,
    /// Per so many people in a month.
    pub per: u32,
    /// Which direction is better.
    pub better: Better,
    /// The gap it helps close: `health_and_wellbeing`, `care_and_quality`, `funding`.
    pub gap: String,
    /// The aim of the triple aim: `better_care`, `better_health`, `lower_cost`.
    pub aim: String,
    /// Months before an effect is expected.
    pub lag_months: u32,
    /// Rows of the requirement table.
    pub answers: Vec<String>,
}

impl Measure {
    /// Every kind of event that it counts.
    pub fn kinds(&self) -> impl Iterator<Item = EventKind> {
        std::iter::once(self.kind).chain(self.also.iter().copied())
    }

    /// Whether it counts a kind of event, by its number.
    pub fn counts(&self, kind: u8) -> bool {
        self.kinds().any(|own| own.number() == kind)
    }
}

/// What a measure sums.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MeasureSum {
    /// Events.
    Events,
    /// Days from start to end.
    Days,
    /// Cost in pence.
    Cost,
}

/// Which direction of a measure is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Better {
    /// Lower is better.
    Lower,
    /// Higher is better.
    Higher,
    /// Neither: it is watched for context.
    Neither,
}

/// A node of the logic model.
#[derive(Debug, Clone)]
pub struct LogicNode {
    /// Identifier: that of a service or a measure, or its own.
    pub id: String,
    /// Name.
    pub name: String,
    /// Stage: `input`, `activity`, `output`, `outcome`, `impact`.
    pub stage: String,
}

/// An arrow of the logic model and why it should hold.
#[derive(Debug, Clone)]
pub struct LogicArrow {
    /// Identifier of the node it leaves.
    pub from: String,
    /// Identifier of the node it reaches.
    pub to: String,
    /// Why the one should bring the other.
    pub because: String,
    /// Identifier of the measure that would show it.
    pub measure: Option<String>,
}

/// The form of contract and what it pays for.
#[derive(Debug, Clone)]
pub struct Contract {
    /// Form: `whole_population_budget`, `full_capitated_budget`, `capitated`, `alliance`, `service_level`.
    pub form: String,
    /// In words.
    pub description: String,
    /// Services in the budget.
    pub in_scope: Vec<String>,
    /// Rows of the requirement table.
    pub answers: Vec<String>,
}

/// A characteristic: it helps, it never blocks.
#[derive(Debug, Clone)]
pub struct Characteristic {
    /// Identifier.
    pub id: String,
    /// In our words.
    pub text: String,
    /// The group it stands under, such as one of the seven elements of care homes.
    pub group: Option<String>,
    /// What would show it: the identifier of a measure or feature, or plain words on the evidence wanted.
    pub shown_by: String,
    /// Rows of the requirement table.
    pub answers: Vec<String>,
}

/// A building block that needs to be in place.
#[derive(Debug, Clone)]
pub struct BuildingBlock {
    /// Identifier.
    pub id: String,
    /// Name.
    pub name: String,
    /// What is there when it is in place.
    pub in_place_when: String,
    /// Rows of the requirement table.
    pub answers: Vec<String>,
}
