//! Features: questions about one person that each have one value as of a date.

use crate::expression::{EventExpr, Expr, Number};
use crate::model::{Builtin, ScoreKind};
use nhs::EventKind;

/// One value per person as of a date.
#[derive(Debug, Clone)]
pub struct Feature {
    /// Name used in rules.
    pub id: String,
    /// What it is, in words: "Emergency admissions in the last 12 months".
    pub name: String,
    /// How a reason is worded for a team, with `{}` for the value: "{} emergency admissions in a year".
    pub reason: Option<String>,
    /// Its type.
    pub value: ValueType,
    /// How it is computed.
    pub source: FeatureSource,
}

/// The type of a feature. Numbers are integers at a fixed scale, so that every comparison is exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ValueType {
    /// True or false; 0 or 1 in columns.
    Bool,
    /// An integer that counts units of 10 to the minus `decimals`: 0 for counts and years, 1 for scores, 2 for pounds.
    Number {
        /// Decimals held.
        decimals: u8,
    },
    /// A day since 1 January 1970; absent where there is none.
    Date,
    /// One of a fixed set of words (see [`Builtin`] and [`FeatureSource::Choose`]); the position in the set.
    Choice,
}

/// How a feature gets its value.
#[derive(Debug, Clone)]
pub enum FeatureSource {
    /// Read from the person's row.
    Builtin(Builtin),
    /// Computed from the person's events.
    Events {
        /// Which events.
        kinds: Vec<EventKind>,
        /// Which of them.
        filter: Option<EventExpr>,
        /// How far back from the as-of date, the as-of date included; `None` for ever.
        window: Option<Window>,
        /// The first day that counts for this person; no event counts where it is absent.
        first: Option<Number>,
        /// The last day that counts for this person; no event counts where it is absent.
        last: Option<Number>,
        /// Which of an event's days is meant.
        dated: Dated,
        /// What is made of them.
        aggregate: Aggregate,
    },
    /// A published score over hospital diagnoses.
    Score {
        /// Which.
        score: ScoreKind,
        /// Whose codes count.
        kinds: Vec<EventKind>,
        /// How far back.
        window: Option<Window>,
    },
    /// Whether a source of the place (its identifier) holds the person.
    KnownTo(String),
    /// A rule over earlier features: a boolean, or a number or date.
    Rule(Expr),
    /// One of the feature's own words: the position that the number gives, or none.
    Choose {
        /// Which.
        position: Number,
        /// The words, in the order in which the rule names them.
        words: Vec<String>,
    },
}

/// A window before the as-of date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Window {
    /// So many days.
    Days(u32),
    /// So many calendar months.
    Months(u32),
}

/// Which of an event's days places it in a window and gives its date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Dated {
    /// The day it happened or began.
    #[default]
    Start,
    /// The day it ended; events without one do not count.
    End,
}

/// What is made of the events that pass. First and last go by day; of several values on that day the largest counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Aggregate {
    /// How many.
    Count,
    /// Whether any.
    Exists,
    /// How many different codes.
    DistinctCodes,
    /// How many different days.
    DistinctDays,
    /// How many different spells; events that belong to no spell do not count.
    DistinctSpells,
    /// The earliest day.
    FirstDate,
    /// The latest day.
    LastDate,
    /// Sum of costs, in pence (two decimals of a pound).
    SumCost,
    /// The largest cost, in pence; absent where no event has one.
    MaxCost,
    /// The smallest cost, in pence.
    MinCost,
    /// Sum of days from start to end within the window (nights in hospital).
    SumDays,
    /// The most days from start to end of one event; absent where no event has an end.
    MaxDays,
    /// The fewest days from start to end of one event.
    MinDays,
    /// The value of the earliest event that has one, in thousandths (three decimals).
    FirstValue,
    /// The value of the latest event that has one, in thousandths (three decimals).
    LastValue,
    /// The largest value, in thousandths.
    MaxValue,
    /// The smallest value, in thousandths.
    MinValue,
    /// Sum of values, in thousandths; absent where no event has one.
    SumValue,
    /// The code of the earliest event, as the position of the code in the words of a list ([`CodeList::words`], by the list's
    /// position); of several on that day the first in the list.
    ///
    /// [`CodeList::words`]: crate::model::CodeList::words
    FirstCode(usize),
    /// The code of the latest event, likewise.
    LastCode(usize),
}
