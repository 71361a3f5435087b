//! Dates as eight decimal digits, so that a wrong digit is one nibble that differs.

/// A date as packed decimal digits, year first: 1984-05-09 is `0x1984_0509`. 0 is missing.
pub(crate) type Bcd = u32;

/// Year, month and day of a day number since 1970-01-01 (Hinnant's `civil_from_days`).
pub(crate) fn civil(day: i32) -> (i32, u32, u32) {
    let z = i64::from(day) + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let d = doy - (153 * mp + 2) / 5 + 1;
    let m = if mp < 10 { mp + 3 } else { mp - 9 };
    let y = yoe + era * 400 + i64::from(m <= 2);
    (y as i32, m as u32, d as u32)
}

/// Days since 1970-01-01 of a date (Hinnant's `days_from_civil`).
pub(crate) fn day_of(y: i32, m: u32, d: u32) -> i32 {
    let y = i64::from(y) - i64::from(m <= 2);
    let era = y.div_euclid(400);
    let yoe = y.rem_euclid(400);
    let mp = i64::from((m + 9) % 12);
    let doy = (153 * mp + 2) / 5 + i64::from(d) - 1;
    let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    (era * 146_097 + doe - 719_468) as i32
}

/// The digits of a day number. Years outside 1 to 9999 are missing.
pub(crate) fn bcd_of(day: i32) -> Bcd {
    let (y, m, d) = civil(day);
    if !(1..=9999).contains(&y) {
        return 0;
    }
    let two = |v: u32| ((v / 10) << 4) | (v % 10);
    let y = y as u32;
    two(y / 100) << 24 | two(y % 100) << 16 | two(m) << 8 | two(d)
}

/// The digits of a date that may be no real day; 0 where they cannot be digits of one.
pub(crate) fn digits_of(year: u16, month: u8, day: u8) -> Bcd {
    let two = |v: u32| ((v / 10) << 4) | (v % 10);
    let (y, m, d) = (u32::from(year), u32::from(month), u32::from(day));
    if y == 0 || y > 9999 || m > 99 || d > 99 {
        return 0;
    }
    two(y / 100) << 24 | two(y % 100) << 16 | two(m) << 8 | two(d)
}

/// The day number of digits that came from [`bcd_of`].
pub(crate) fn day_of_bcd(date: Bcd) -> i32 {
    let two = |v: u32| (v >> 4 & 15) * 10 + (v & 15);
    day_of((two(date >> 24) * 100 + two(date >> 16 & 255)) as i32, two(date >> 8 & 255), two(date & 255))
}

/// How many of the eight digits differ.
pub(crate) fn digits_apart(a: u32, b: u32) -> u32 {
    let x = a ^ b;
    ((x | x >> 1 | x >> 2 | x >> 3) & 0x1111_1111).count_ones()
}

/// Whether the dates are the same when two neighbouring digits of one change places.
pub(crate) fn neighbours_swapped(a: u32, b: u32) -> bool {
    let x = a ^ b;
    if digits_apart(a, b) != 2 {
        return false;
    }
    let shift = x.trailing_zeros() / 4 * 4;
    if shift > 24 {
        return false;
    }
    let low = |v: u32| v >> shift & 15;
    let high = |v: u32| v >> (shift + 4) & 15;
    low(a) == high(b) && high(a) == low(b)
}

/// Whether day and month of one are month and day of the other, in the same year.
pub(crate) fn day_month_swapped(a: u32, b: u32) -> bool {
    a != b && a >> 16 == b >> 16 && a & 255 == b >> 8 & 255 && a >> 8 & 255 == b & 255
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_days() {
        assert_eq!(bcd_of(0), 0x1970_0101);
        assert_eq!(bcd_of(-25_567), 0x1900_0101);
        assert_eq!(bcd_of(19_782), 0x2024_0229);
        assert_eq!(day_of(2024, 2, 29), 19_782);
        assert!(day_month_swapped(0x1984_0509, 0x1984_0905));
        assert!(!day_month_swapped(0x1984_0505, 0x1984_0505));
        assert!(neighbours_swapped(0x1984_0509, 0x1948_0509));
        assert!(!neighbours_swapped(0x1984_0509, 0x1985_0508));
        assert_eq!(digits_apart(0x1984_0509, 0x1985_0508), 2);
    }

    proptest! {
        #[test]
        fn digits_return_to_the_day(day in -700_000..80_000_i32) {
            prop_assert_eq!(day_of_bcd(bcd_of(day)), day);
        }
    }
}
