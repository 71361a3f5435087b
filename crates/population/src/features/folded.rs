//! Answers that go on from where they stand.

use crate::rule::ABSENT;
use lake::engine::Aggregate;

/// Whether an answer is that of a history in which no event passes.
pub fn is_nothing(aggregate: Aggregate, answer: i64) -> bool {
    answer == ABSENT || (answer == 0 && counts(aggregate))
}

const fn counts(aggregate: Aggregate) -> bool {
    matches!(
        aggregate,
        Aggregate::Count
            | Aggregate::Exists
            | Aggregate::DistinctCodes
            | Aggregate::DistinctDays
            | Aggregate::DistinctSpells
            | Aggregate::SumCost
            | Aggregate::SumDays
    )
}

/// The answer for a history from the answers for two parts of it, whose spells are different ones. `None` where that does not
/// follow from them.
pub fn folded(aggregate: Aggregate, kept: i64, more: i64) -> Option<i64> {
    if is_nothing(aggregate, more) {
        return Some(kept);
    }
    if kept == ABSENT {
        return Some(more);
    }
    match aggregate {
        Aggregate::Count
        | Aggregate::DistinctSpells
        | Aggregate::SumCost
        | Aggregate::SumDays
        | Aggregate::SumValue => kept.checked_add(more).filter(|&sum| sum != ABSENT && sum != i64::MAX),
        Aggregate::FirstDate | Aggregate::MinCost | Aggregate::MinDays | Aggregate::MinValue => Some(kept.min(more)),
        Aggregate::Exists | Aggregate::LastDate | Aggregate::MaxCost | Aggregate::MaxDays | Aggregate::MaxValue => {
            Some(kept.max(more))
        }
        Aggregate::DistinctCodes
        | Aggregate::DistinctDays
        | Aggregate::FirstValue
        | Aggregate::LastValue
        | Aggregate::FirstCode
        | Aggregate::LastCode => None,
    }
}
