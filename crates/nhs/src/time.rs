//! Days, months, financial years and instants in London. A day is a number of days since 1 January 1970, so that
//! windows are subtractions and a column of days is a column of integers.

use crate::Invalid;
use std::fmt;

/// A calendar day (proleptic Gregorian), counted from 1 January 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

impl Day {
    /// The day with this year, month (1-12) and day of the month, if there is one.
    pub const fn from_ymd(year: i32, month: u32, day: u32) -> Option<Self> {
        if month < 1 || month > 12 || day < 1 || day > days_in_month(year, month) || year < 1 || year > 9999 {
            return None;
        }
        Some(Self(days_from_civil(year, month, day)))
    }

    /// Year, month and day of the month.
    pub const fn ymd(self) -> (i32, u32, u32) {
        civil_from_days(self.0)
    }

    /// Reads `2015-03-09`.
    pub fn parse_iso(text: &str) -> Result<Self, Invalid> {
        let b = text.as_bytes();
        if b.len() != 10 || b[4] != b'-' || b[7] != b'-' {
            return Err(Invalid("is not a date written YYYY-MM-DD"));
        }
        Self::from_digits(&b[0..4], &b[5..7], &b[8..10])
    }

    /// Reads `20150309`, as HES and SUS extracts also write dates.
    pub fn parse_compact(text: &str) -> Result<Self, Invalid> {
        let b = text.as_bytes();
        if b.len() != 8 {
            return Err(Invalid("is not a date written YYYYMMDD"));
        }
        Self::from_digits(&b[0..4], &b[4..6], &b[6..8])
    }

    /// Reads `09/03/2015`, day first.
    pub fn parse_uk(text: &str) -> Result<Self, Invalid> {
        let b = text.as_bytes();
        if b.len() != 10 || !matches!(b[2], b'/' | b'-' | b'.') || b[5] != b[2] {
            return Err(Invalid("is not a date written DD/MM/YYYY"));
        }
        Self::from_digits(&b[6..10], &b[3..5], &b[0..2])
    }

    fn from_digits(year: &[u8], month: &[u8], day: &[u8]) -> Result<Self, Invalid> {
        let number = |digits: &[u8]| {
            digits.iter().try_fold(0u32, |n, &d| d.is_ascii_digit().then(|| n * 10 + u32::from(d - b'0')))
        };
        match (number(year), number(month), number(day)) {
            (Some(y), Some(m), Some(d)) => {
                Self::from_ymd(y as i32, m, d).ok_or(Invalid("is not a day of the calendar"))
            }
            _ => Err(Invalid("has something other than digits in a date")),
        }
    }

    /// The same day of the month so many months later (or earlier); the last day of the month where that day does not exist.
    #[must_use]
    pub fn add_months(self, months: i32) -> Self {
        let (year, month, day) = self.ymd();
        let total = year * 12 + month as i32 - 1 + months;
        let (year, month) = (total.div_euclid(12), total.rem_euclid(12) as u32 + 1);
        Self(days_from_civil(year, month, day.min(days_in_month(year, month))))
    }

    /// Whole years from `birth` to this day; a birthday on 29 February is kept on 1 March in common years.
    pub fn age_since(self, birth: Day) -> i32 {
        let (y, m, d) = self.ymd();
        let (by, bm, bd) = birth.ymd();
        y - by - i32::from((m, d) < (bm, bd))
    }

    /// The month this day falls in.
    pub fn month(self) -> Month {
        let (year, month, _) = self.ymd();
        Month(year * 12 + month as i32 - 1)
    }

    /// The financial year (1 April to 31 March) this day falls in.
    pub fn financial_year(self) -> FinancialYear {
        let (year, month, _) = self.ymd();
        FinancialYear(if month >= 4 { year } else { year - 1 })
    }

    /// Day of the week, Monday 0 to Sunday 6.
    pub const fn weekday(self) -> u32 {
        // 1 January 1970 was a Thursday.
        (self.0 + 3).rem_euclid(7) as u32
    }

    /// As people read it: `9 March 2015`.
    pub fn long(self) -> String {
        let (year, month, day) = self.ymd();
        format!("{day} {} {year}", MONTHS[month as usize - 1])
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.ymd();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A calendar month, counted in months from year 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(pub i32);

impl Month {
    /// Its first day.
    pub const fn first_day(self) -> Day {
        Day(days_from_civil(self.0.div_euclid(12), self.0.rem_euclid(12) as u32 + 1, 1))
    }

    /// Its last day.
    pub const fn last_day(self) -> Day {
        Day(Month(self.0 + 1).first_day().0 - 1)
    }

    /// Days in the month.
    pub const fn days(self) -> i32 {
        self.last_day().0 - self.first_day().0 + 1
    }

    /// As people read it: `March 2015`.
    pub fn long(self) -> String {
        format!("{} {}", MONTHS[self.0.rem_euclid(12) as usize], self.0.div_euclid(12))
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0.div_euclid(12), self.0.rem_euclid(12) + 1)
    }
}

/// A financial year, named by the calendar year in which it starts: `FinancialYear(2015)` is 2015/16.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FinancialYear(pub i32);

impl FinancialYear {
    /// 1 April.
    pub const fn first_day(self) -> Day {
        Day(days_from_civil(self.0, 4, 1))
    }

    /// 31 March.
    pub const fn last_day(self) -> Day {
        Day(days_from_civil(self.0 + 1, 3, 31))
    }

    /// The code HES uses: `1516` for 2015/16.
    pub fn hes_code(self) -> String {
        format!("{:02}{:02}", self.0.rem_euclid(100), (self.0 + 1).rem_euclid(100))
    }
}

impl fmt::Display for FinancialYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{:02}", self.0, (self.0 + 1).rem_euclid(100))
    }
}

/// An instant, shown as the clock on a wall in London shows it (Greenwich Mean Time or British Summer Time).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LondonInstant(jiff::Timestamp);

impl LondonInstant {
    /// From milliseconds since 1 January 1970 UTC; `None` where the calendar ends.
    pub fn from_unix_millis(millis: i64) -> Option<Self> {
        jiff::Timestamp::from_millisecond(millis).ok().map(Self)
    }

    /// Milliseconds since 1 January 1970 UTC.
    pub fn unix_millis(self) -> i64 {
        self.0.as_millisecond()
    }

    /// The instant at which London's clocks show this time. In the hour that is skipped in March the time moves on by
    /// an hour; in the hour that comes twice in October it is the first.
    pub fn from_wall_clock(day: Day, hour: i8, minute: i8, second: i8) -> Option<Self> {
        let (year, month, day) = day.ymd();
        let date = jiff::civil::Date::new(year as i16, month as i8, day as i8).ok()?;
        let time = jiff::civil::Time::new(hour, minute, second, 0).ok()?;
        let zoned = date.to_datetime(time).in_tz("Europe/London").ok()?;
        Some(Self(zoned.timestamp()))
    }

    /// The last millisecond of a day in London: what a deadline that names only a date means.
    pub fn end_of_day(day: Day) -> Option<Self> {
        let next = Self::from_wall_clock(Day(day.0 + 1), 0, 0, 0)?;
        Self::from_unix_millis(next.unix_millis() - 1)
    }

    /// The day on London's calendar.
    pub fn day(self) -> Day {
        let wall = self.wall();
        Day(days_from_civil(i32::from(wall.year()), wall.month() as u32, wall.day() as u32))
    }

    fn wall(self) -> jiff::civil::DateTime {
        match self.0.in_tz("Europe/London") {
            Ok(zoned) => zoned.datetime(),
            // The database is bundled, so London is always known; UTC is the honest answer if it were not.
            Err(_) => jiff::tz::Offset::UTC.to_datetime(self.0),
        }
    }
}

impl fmt::Display for LondonInstant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wall = self.wall();
        write!(f, "{} at {:02}:{:02}", self.day().long(), wall.hour(), wall.minute())
    }
}

/// Days in a month of the Gregorian calendar.
pub const fn days_in_month(year: i32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

// Days since 1970-01-01 by counting in 400-year eras of 146,097 days, with the year starting in March so that the
// leap day comes last (H. Hinnant, "chrono-compatible low-level date algorithms"). Checked against `jiff` in the tests.
const fn days_from_civil(year: i32, month: u32, day: u32) -> i32 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let year_of_era = y.rem_euclid(400);
    let day_of_year = (153 * ((month as i32 + 9) % 12) + 2) / 5 + day as i32 - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

const fn civil_from_days(days: i32) -> (i32, u32, u32) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month as u32, day as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn days_agree_with_jiff(days in -700_000i32..2_900_000) {
            let (y, m, d) = Day(days).ymd();
            prop_assert_eq!(Day::from_ymd(y, m, d), Some(Day(days)));
            let jiff_date = jiff::civil::Date::new(1970, 1, 1).unwrap() + jiff::Span::new().days(days);
            prop_assert_eq!((i32::from(jiff_date.year()), jiff_date.month() as u32, jiff_date.day() as u32), (y, m, d));
            prop_assert_eq!(jiff_date.weekday().to_monday_zero_offset() as u32, Day(days).weekday());
            prop_assert_eq!(Day::parse_iso(&Day(days).to_string()), Ok(Day(days)));
        }

        #[test]
        fn any_text_is_a_date_or_a_message(text in ".{0,12}") {
            let _ = (Day::parse_iso(&text), Day::parse_compact(&text), Day::parse_uk(&text));
        }

        #[test]
        fn months_move_as_jiff_moves_them(days in 0i32..40_000, months in -600i32..600) {
            let (y, m, d) = Day(days).ymd();
            let date = jiff::civil::Date::new(y as i16, m as i8, d as i8).unwrap() + jiff::Span::new().months(months);
            let (ny, nm, nd) = Day(days).add_months(months).ymd();
            prop_assert_eq!((i32::from(date.year()), date.month() as u32, date.day() as u32), (ny, nm, nd));
        }
    }

    #[test]
    fn ages_financial_years_and_months() {
        let day = |text| Day::parse_iso(text).unwrap();
        assert_eq!(day("2015-03-09").age_since(day("1950-03-10")), 64);
        assert_eq!(day("2015-03-10").age_since(day("1950-03-10")), 65);
        assert_eq!(day("2015-02-28").age_since(day("2000-02-29")), 14);
        assert_eq!(day("2015-03-31").financial_year().to_string(), "2014/15");
        assert_eq!(day("2015-04-01").financial_year().hes_code(), "1516");
        assert_eq!(FinancialYear(1999).hes_code(), "9900");
        assert_eq!(day("2024-02-10").month().days(), 29);
        assert_eq!(day("2015-03-09").month().long(), "March 2015");
        assert!(Day::parse_iso("2015-02-29").is_err());
        assert_eq!(Day::parse_uk("09/03/2015"), Ok(day("2015-03-09")));
        assert_eq!(Day::parse_compact("20150309"), Ok(day("2015-03-09")));
    }

    #[test]
    fn london_clocks_change() {
        // 31 July 2015 is British Summer Time: midnight in London is 23:00 UTC of the same day.
        let deadline = LondonInstant::end_of_day(Day::parse_iso("2015-07-31").unwrap()).unwrap();
        assert_eq!(deadline.unix_millis(), 1_438_383_599_999);
        assert_eq!(deadline.to_string(), "31 July 2015 at 23:59");
        // 25 November 2015 17:00 is Greenwich Mean Time.
        let closing = LondonInstant::from_wall_clock(Day::parse_iso("2015-11-25").unwrap(), 17, 0, 0).unwrap();
        assert_eq!(closing.unix_millis(), 1_448_470_800_000);
        // The hour that does not exist, and the hour that comes twice.
        let spring = LondonInstant::from_wall_clock(Day::parse_iso("2015-03-29").unwrap(), 1, 30, 0).unwrap();
        assert_eq!(spring.to_string(), "29 March 2015 at 02:30");
        let autumn = LondonInstant::from_wall_clock(Day::parse_iso("2015-10-25").unwrap(), 1, 30, 0).unwrap();
        assert_eq!(autumn.unix_millis(), 1_445_733_000_000);
    }
}
