//! Who meets a rule: bits for each condition, joined.

use super::bits::Bits;
use super::column::Packed;
use super::table::PeopleTable;
use crate::rule::{ABSENT, Values, features_read};
use crate::save::SaveError;
use blueprint::model::{CompareOp, Expr, Number};
use std::sync::Arc;

/// The people of the table for whom a rule holds, the same as [`Values::holds`] of each row by itself.
pub fn who(table: &PeopleTable, rule: &Expr) -> Result<Bits, SaveError> {
    match rule {
        Expr::All(parts) => {
            let mut set = Bits::all(table.rows());
            for part in parts {
                set.and(&who(table, part)?);
            }
            Ok(set)
        }
        Expr::Any(parts) => {
            let mut set = Bits::none(table.rows());
            for part in parts {
                set.or(&who(table, part)?);
            }
            Ok(set)
        }
        Expr::Not(part) => {
            let mut set = who(table, part)?;
            set.invert();
            Ok(set)
        }
        condition => Ok(table.set_of(condition, || one(table, condition))?.as_ref().clone()),
    }
}

/// A single condition: whole columns at once where its form allows, else person by person.
fn one(table: &PeopleTable, condition: &Expr) -> Result<Bits, SaveError> {
    if let Some(bits) = by_column(table, condition)? { Ok(bits) } else { by_person(table, condition) }
}

fn by_column(table: &PeopleTable, condition: &Expr) -> Result<Option<Bits>, SaveError> {
    Ok(match condition {
        Expr::Feature(feature) => Some(table.column(*feature)?.is_true()),
        Expr::IsAbsent(feature) => Some(table.column(*feature)?.absent()),
        Expr::OneOf { feature, values } => Some(table.column(*feature)?.one_of(values)),
        Expr::Compare { left, op, right: Number::Literal(value) } => compare(table, left, *op, *value)?,
        Expr::Compare { left: Number::Literal(value), op, right } => compare(table, right, turned(*op), *value)?,
        _ => None,
    })
}

fn compare(table: &PeopleTable, number: &Number, op: CompareOp, with: i64) -> Result<Option<Bits>, SaveError> {
    Ok(match number {
        Number::Feature { feature, scale_up } => scaled(&*table.column(*feature)?, *scale_up, op, with),
        // Days since a date grow as the date falls.
        Number::DaysSince(feature) => match i64::from(table.as_of()).checked_sub(with) {
            Some(day) => Some(table.column(*feature)?.compare(turned(op), day)),
            None => None,
        },
        Number::OrElse(inner, otherwise) => match &**inner {
            Number::Feature { feature, scale_up } => {
                let column = table.column(*feature)?;
                scaled(&column, *scale_up, op, with).map(|mut bits| {
                    if holds(*otherwise, op, with) {
                        bits.or(&column.absent());
                    }
                    bits
                })
            }
            _ => None,
        },
        _ => None,
    })
}

/// Compares a column that counts in larger units: `value x 10^up` with a number.
fn scaled(column: &Packed, up: u8, op: CompareOp, with: i64) -> Option<Bits> {
    if up == 0 {
        return Some(column.compare(op, with));
    }
    let unit = 10i64.checked_pow(u32::from(up))?;
    let (floor, rest) = (with.div_euclid(unit), with.rem_euclid(unit));
    Some(match op {
        CompareOp::Eq if rest != 0 => Bits::none(column.len()),
        CompareOp::Ne if rest != 0 => {
            let mut bits = column.absent();
            bits.invert();
            bits
        }
        // Below a number that lies between two units is at most the lower of them.
        CompareOp::Lt if rest != 0 => column.compare(CompareOp::Le, floor),
        CompareOp::Ge if rest != 0 => column.compare(CompareOp::Gt, floor),
        op => column.compare(op, floor),
    })
}

/// The same comparison with its sides changed.
const fn turned(op: CompareOp) -> CompareOp {
    match op {
        CompareOp::Eq => CompareOp::Eq,
        CompareOp::Ne => CompareOp::Ne,
        CompareOp::Lt => CompareOp::Gt,
        CompareOp::Le => CompareOp::Ge,
        CompareOp::Gt => CompareOp::Lt,
        CompareOp::Ge => CompareOp::Le,
    }
}

const fn holds(left: i64, op: CompareOp, right: i64) -> bool {
    match op {
        CompareOp::Eq => left == right,
        CompareOp::Ne => left != right,
        CompareOp::Lt => left < right,
        CompareOp::Le => left <= right,
        CompareOp::Gt => left > right,
        CompareOp::Ge => left >= right,
    }
}

/// Any rule at all, person by person, over the columns it reads.
pub fn by_person(table: &PeopleTable, rule: &Expr) -> Result<Bits, SaveError> {
    let mut read = Vec::new();
    features_read(rule, &mut |feature| read.push(feature));
    read.sort_unstable();
    read.dedup();
    let columns: Vec<(usize, Arc<Packed>)> =
        read.into_iter().map(|feature| Ok((feature, table.column(feature)?))).collect::<Result<_, SaveError>>()?;
    let mut features = vec![ABSENT; table.width()];
    Ok(Bits::from_fn(table.rows(), |row| {
        for (feature, column) in &columns {
            features[*feature] = column.get(row);
        }
        Values { features: &features, as_of: table.as_of() }.holds(rule)
    }))
}
