//! What rules and filters are once they are typed.

use nhs::{EventKind, Method, Status};

/// A rule over features. Literals are already at the scale of the feature beside them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expr {
    /// Always true, or never.
    Constant(bool),
    /// All hold.
    All(Vec<Expr>),
    /// At least one holds.
    Any(Vec<Expr>),
    /// Does not hold.
    Not(Box<Expr>),
    /// A boolean feature (position in [`crate::Blueprint::features`]).
    Feature(usize),
    /// A comparison of two numbers (or days) at the same scale. An absent value makes it false.
    Compare {
        /// Left side.
        left: Number,
        /// The comparison.
        op: CompareOp,
        /// Right side.
        right: Number,
    },
    /// A feature's value is one of these.
    OneOf {
        /// Position of the feature.
        feature: usize,
        /// Values at its scale, or positions in its set of words.
        values: Vec<i64>,
    },
    /// A feature has no value.
    IsAbsent(usize),
    /// A number (or day) made of several has no value.
    NoValue(Number),
    /// A number, where a feature is a sum; a day, where it is a date.
    Value(Number),
}

/// A number in a rule, or a day (counted from 1 January 1970). Sums and products that leave 64 bits stay at their ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Number {
    /// A literal, scaled.
    Literal(i64),
    /// No value.
    Absent,
    /// The as-of date.
    AsOf,
    /// A feature (booleans count 0 or 1), multiplied by 10 to the `scale_up` to reach the common scale.
    Feature {
        /// Position of the feature.
        feature: usize,
        /// Powers of ten to multiply by.
        scale_up: u8,
    },
    /// Days from the feature's date to the as-of date; absent where the date is.
    DaysSince(usize),
    /// Sum.
    Add(Box<Number>, Box<Number>),
    /// Difference.
    Subtract(Box<Number>, Box<Number>),
    /// Product with a whole-number literal.
    Times(Box<Number>, i64),
    /// Product; its scale is both scales together.
    Product(Box<Number>, Box<Number>),
    /// `over * 10^over_up / (under * 10^under_up)`, rounded to a whole number of units; absent where `under` is nought.
    Divide {
        /// What is divided.
        over: Box<Number>,
        /// Powers of ten that bring `over` to the scale of the result.
        over_up: u8,
        /// By what.
        under: Box<Number>,
        /// Powers of ten, where the result is coarser than `over`.
        under_up: u8,
        /// What becomes of the rest.
        rounding: Rounding,
    },
    /// The value without its sign.
    Size(Box<Number>),
    /// The value, or this literal where it is absent.
    OrElse(Box<Number>, i64),
    /// The first of these that has a value.
    FirstKnown(Vec<Number>),
    /// The smallest of those that have a value.
    Least(Vec<Number>),
    /// The largest of those that have a value.
    Greatest(Vec<Number>),
    /// The number of the first condition that holds, or the last number.
    Case {
        /// Conditions and their numbers.
        when: Vec<(Expr, Number)>,
        /// Where none holds.
        otherwise: Box<Number>,
    },
    /// The day so many months after a day: the same day of the month, or the last day of a shorter month.
    AddMonths(Box<Number>, Box<Number>),
    /// Whole months from the first day to the second: the most months that can be added to the first without passing the
    /// second; below nought where the second is earlier.
    MonthsBetween(Box<Number>, Box<Number>),
    /// Completed years from the first day to the second, as of an age.
    YearsBetween(Box<Number>, Box<Number>),
    /// The calendar year of a day.
    YearOf(Box<Number>),
    /// The month of a day, 1 to 12.
    MonthOf(Box<Number>),
}

/// What becomes of the rest of a division.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    /// To the nearest, halves away from nought.
    Nearest,
    /// To the next whole unit below.
    Down,
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompareOp {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Less.
    Lt,
    /// Less or equal.
    Le,
    /// Greater.
    Gt,
    /// Greater or equal.
    Ge,
}

/// A filter over one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventExpr {
    /// All hold.
    All(Vec<EventExpr>),
    /// At least one holds.
    Any(Vec<EventExpr>),
    /// Does not hold.
    Not(Box<EventExpr>),
    /// The event is of one of these kinds.
    Kind(Vec<EventKind>),
    /// The method is one of these.
    Method(Vec<Method>),
    /// The status is one of these.
    Status(Vec<Status>),
    /// The code is in a list of the blueprint (position in [`crate::Blueprint::codes`]).
    CodeIn(usize),
    /// The code is one of these, or under it where it ends in `%`.
    Code(Vec<String>),
    /// The detail code is in a list of the blueprint.
    DetailIn(usize),
    /// The detail code is one of these (treatment function, chief complaint, team type).
    Detail(Vec<String>),
    /// The organisation that provided it is one of these, or begins so where it ends in `%`.
    Provider(Vec<String>),
    /// The source that sent it is one of these (identifiers of `place.toml`).
    Source(Vec<String>),
    /// The value (thousandths) compared with a literal; false where there is none.
    Value(CompareOp, i64),
    /// The cost (pence) compared with a literal; false where there is none.
    Cost(CompareOp, i64),
    /// Days from start to end compared with a whole number; false where there is no end.
    Days(CompareOp, i64),
    /// The day it began compared with a day.
    Date(CompareOp, i64),
    /// The day it ended compared with a day; false where there is none.
    End(CompareOp, i64),
    /// The event has nothing in this field.
    Absent(EventField),
    /// Another event of the same person stands near it.
    Related(Box<Related>),
}

/// A field of an event that may be empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventField {
    /// Its code.
    Code,
    /// Its second code.
    Detail,
    /// Who provided it.
    Provider,
    /// Its measured value.
    Value,
    /// Its cost.
    Cost,
    /// The day it ended.
    End,
}

/// Another event near an event: the days between are counted from the earlier of the two (from the day it began, or the
/// day it ended) to the day on which the later one began. An event is never near itself, nor near others of its own spell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// Which of the two is the earlier.
    pub direction: Direction,
    /// Kinds of the other event.
    pub kinds: Vec<EventKind>,
    /// Which of them.
    pub filter: Option<EventExpr>,
    /// Which day of the earlier event the days are counted from.
    pub from: crate::feature::Dated,
    /// Days between, at least.
    pub at_least: u32,
    /// Days between, at most.
    pub within: u32,
}

/// Where the other event stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The other event comes after.
    Followed,
    /// The other event comes before.
    Preceded,
}
