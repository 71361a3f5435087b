//! How one value is written as text.

use nhs::Day;
use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type};
use parquet::errors::ParquetError;
use parquet::schema::types::ColumnDescriptor;
use std::fmt::Write;

/// How the values of a column are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// A signed integer, or text.
    Plain,
    /// An unsigned integer of so many bits.
    Unsigned(u32),
    /// An integer with a point so many places from the right.
    Decimal(usize),
    /// Days since 1 January 1970.
    Date,
    /// Time since 1 January 1970, so many to a second.
    Instant(i64),
    /// Time since midnight, so many to a second.
    Time(i64),
    /// Bytes that are not text.
    Hex,
}

impl Word {
    pub(super) fn of(column: &ColumnDescriptor) -> Result<Self, ParquetError> {
        let scale = usize::try_from(column.type_scale().max(0)).unwrap_or(0);
        let per_second = |unit: &TimeUnit| match unit {
            TimeUnit::MILLIS => 1_000,
            TimeUnit::MICROS => 1_000_000,
            TimeUnit::NANOS => 1_000_000_000,
        };
        if let Some(logical) = column.logical_type_ref() {
            match logical {
                LogicalType::Date => return Ok(Self::Date),
                LogicalType::Timestamp(t) => return Ok(Self::Instant(per_second(&t.unit))),
                LogicalType::Time(t) => return Ok(Self::Time(per_second(&t.unit))),
                LogicalType::Uuid => return Ok(Self::Hex),
                LogicalType::Float16 => {
                    return Err(ParquetError::NYI(format!(
                        "column {} holds half-precision numbers, which are not read",
                        column.name()
                    )));
                }
                _ => {}
            }
        }
        Ok(match (column.converted_type(), column.physical_type()) {
            (ConvertedType::DATE, _) => Self::Date,
            (ConvertedType::TIMESTAMP_MILLIS, _) => Self::Instant(1_000),
            (ConvertedType::TIMESTAMP_MICROS, _) => Self::Instant(1_000_000),
            (ConvertedType::TIME_MILLIS, _) => Self::Time(1_000),
            (ConvertedType::TIME_MICROS, _) => Self::Time(1_000_000),
            (ConvertedType::DECIMAL, _) => Self::Decimal(scale),
            (ConvertedType::UINT_8 | ConvertedType::UINT_16 | ConvertedType::UINT_32, _) => Self::Unsigned(32),
            (ConvertedType::UINT_64, _) => Self::Unsigned(64),
            (ConvertedType::INTERVAL, _) | (ConvertedType::NONE, Type::FIXED_LEN_BYTE_ARRAY) => Self::Hex,
            _ => Self::Plain,
        })
    }

    pub(super) fn integer(self, value: i64, to: &mut String) {
        match self {
            Self::Plain | Self::Hex => push(to, format_args!("{value}")),
            Self::Unsigned(32) => push(to, format_args!("{}", value as u32)),
            Self::Unsigned(_) => push(to, format_args!("{}", value as u64)),
            Self::Decimal(scale) => decimal(i128::from(value), scale, to),
            Self::Date => date(value, to),
            Self::Instant(per_second) => {
                let second = value.div_euclid(per_second);
                date(second.div_euclid(86_400), to);
                to.push('T');
                time(second.rem_euclid(86_400), value.rem_euclid(per_second), per_second, to);
            }
            Self::Time(per_second) => time(value.div_euclid(per_second), value.rem_euclid(per_second), per_second, to),
        }
    }

    /// The old form of instants: nanoseconds of the day, then the Julian day.
    pub(super) fn int96(words: &[u32], to: &mut String) {
        let [low, high, julian] = *words else { return };
        let nanos = (i64::from(high) << 32) | i64::from(low);
        // 1 January 1970 is Julian day 2,440,588.
        date(i64::from(julian) - 2_440_588, to);
        to.push('T');
        time(nanos.div_euclid(1_000_000_000), nanos.rem_euclid(1_000_000_000), 1_000_000_000, to);
    }

    pub(super) fn bytes(self, value: &[u8], to: &mut String) {
        match (self, std::str::from_utf8(value)) {
            (Self::Decimal(scale), _) if value.len() <= 16 => {
                let negative = value.first().is_some_and(|b| b & 0x80 != 0);
                let whole = value.iter().fold(if negative { -1i128 } else { 0 }, |n, &b| (n << 8) | i128::from(b));
                decimal(whole, scale, to);
            }
            (Self::Hex | Self::Decimal(_), _) | (_, Err(_)) => {
                for byte in value {
                    push(to, format_args!("{byte:02x}"));
                }
            }
            (_, Ok(text)) => to.push_str(text),
        }
    }
}

fn push(to: &mut String, words: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = to.write_fmt(words);
}

fn decimal(value: i128, scale: usize, to: &mut String) {
    if scale == 0 {
        return push(to, format_args!("{value}"));
    }
    let digits = format!("{:0>width$}", value.unsigned_abs(), width = scale + 1);
    let (units, parts) = digits.split_at(digits.len() - scale);
    push(to, format_args!("{}{units}.{parts}", if value < 0 { "-" } else { "" }));
}

/// A day in the years 1 to 9999, otherwise the number of days: intake says what is wrong with it.
fn date(days: i64, to: &mut String) {
    match i32::try_from(days) {
        Ok(n) if (-719_162..=2_932_896).contains(&n) => push(to, format_args!("{}", Day(n))),
        _ => push(to, format_args!("{days}")),
    }
}

fn time(second: i64, part: i64, per_second: i64, to: &mut String) {
    push(to, format_args!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60));
    if part != 0 {
        let width = per_second.ilog10() as usize;
        let digits = format!("{part:0width$}");
        push(to, format_args!(".{}", digits.trim_end_matches('0')));
    }
}
