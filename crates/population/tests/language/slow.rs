//! The language once more, slow and obvious: for each person and feature straight loops over rows of text. It shares the
//! typed rules with the fast engine, and not one line of how they are worked out.

use crate::codes::code_of;
use blueprint::FeatureSet;
use blueprint::model::{
    Aggregate, Builtin, CompareOp, Dated, Direction, EventExpr, EventField, Expr, Feature, FeatureSource, Number,
    Related, Rounding, ScoreKind, Window,
};
use nhs::{CodeSystem, Day, EventKind, Method, Sex, Status};
use std::collections::BTreeSet;

/// A code with its terminology.
pub type Code = (CodeSystem, String);

/// One person as a row of a table.
#[derive(Debug, Clone, Default)]
pub struct Person {
    pub born: Option<Day>,
    pub died: Option<Day>,
    pub sex: Sex,
    pub imd: u8,
    pub registered: bool,
    pub care_home: bool,
    pub household: u16,
    /// Sources that hold the person.
    pub lists: Vec<String>,
    pub events: Vec<Event>,
}

/// One event as a row of a table.
#[derive(Debug, Clone)]
pub struct Event {
    pub date: Day,
    pub end: Option<Day>,
    pub kind: EventKind,
    pub method: Method,
    pub status: Status,
    pub code: Option<Code>,
    pub detail: Option<Code>,
    pub provider: Option<String>,
    pub value: Option<i64>,
    pub cost: Option<i64>,
    /// 0 for none.
    pub spell: u32,
    pub source: String,
}

/// The values of every feature for one person, `None` where there is none.
pub fn values(set: &FeatureSet, person: &Person, as_of: Day) -> Vec<Option<i64>> {
    let mut known = Vec::new();
    for feature in &set.features {
        let asked = Asked { set, person, as_of, known: &known };
        let value = asked.feature(feature);
        known.push(value);
    }
    known
}

struct Asked<'a> {
    set: &'a FeatureSet,
    person: &'a Person,
    as_of: Day,
    /// Values of the features before.
    known: &'a [Option<i64>],
}

impl Asked<'_> {
    fn feature(&self, feature: &Feature) -> Option<i64> {
        match &feature.source {
            FeatureSource::Builtin(what) => self.builtin(*what),
            FeatureSource::KnownTo(source) => Some(i64::from(self.person.lists.contains(source))),
            FeatureSource::Rule(Expr::Value(number)) => self.number(number),
            FeatureSource::Rule(rule) => Some(i64::from(self.holds(rule))),
            FeatureSource::Choose { position, .. } => self.number(position),
            FeatureSource::Score { score, kinds, window } => Some(self.score(*score, kinds, *window)),
            FeatureSource::Events { kinds, filter, window, first, last, dated, aggregate } => {
                let mut from = self.window_start(*window);
                let mut to = i64::from(self.as_of.0);
                let mut nobody = false;
                if let Some(edge) = first {
                    match self.number(edge) {
                        Some(day) => from = from.max(day),
                        None => nobody = true,
                    }
                }
                if let Some(edge) = last {
                    match self.number(edge) {
                        Some(day) => to = to.min(day),
                        None => nobody = true,
                    }
                }
                let fitting: Vec<&Event> = self
                    .person
                    .events
                    .iter()
                    .filter(|event| !nobody && kinds.contains(&event.kind))
                    .filter(|event| filter.as_ref().is_none_or(|filter| self.passes(filter, event)))
                    .collect();
                if let Aggregate::FirstCode(list) | Aggregate::LastCode(list) = aggregate {
                    let is_first = matches!(aggregate, Aggregate::FirstCode(_));
                    return code_of(&self.set.codes[*list].codes, &fitting, (from, to), *dated, is_first);
                }
                aggregate_of(&fitting, (from, to), *dated, *aggregate)
            }
        }
    }

    fn builtin(&self, what: Builtin) -> Option<i64> {
        let person = self.person;
        let past = |day: Option<Day>| day.filter(|day| *day <= self.as_of);
        Some(match what {
            Builtin::Age => whole_years(past(person.born)?, self.as_of),
            Builtin::Sex => match person.sex {
                Sex::Unknown => 0,
                Sex::Male => 1,
                Sex::Female => 2,
                Sex::Indeterminate => 9,
            },
            Builtin::ImdDecile if person.imd == 0 => return None,
            Builtin::ImdDecile => i64::from(person.imd),
            Builtin::Registered => {
                let born = person.born.is_none_or(|day| day <= self.as_of);
                i64::from(person.registered && born && person.died.is_none_or(|day| day >= self.as_of))
            }
            Builtin::Alive => {
                let born = person.born.is_none_or(|day| day <= self.as_of);
                i64::from(born && past(person.died).is_none())
            }
            Builtin::LivesInPlace => i64::from(person.imd > 0),
            Builtin::CareHome => i64::from(person.care_home),
            Builtin::LivesAlone => i64::from(person.household == 1 && !person.care_home),
            Builtin::DateOfBirth => i64::from(past(person.born)?.0),
            Builtin::DateOfDeath => i64::from(past(person.died)?.0),
            Builtin::InHospitalNow => i64::from(person.events.iter().any(|event| {
                let still_there = match event.end {
                    Some(end) => end > self.as_of,
                    None => event.date.0 > self.as_of.0 - 365,
                };
                event.kind == EventKind::Admission && event.date <= self.as_of && still_there
            })),
            Builtin::ListCount => person.lists.len() as i64,
            Builtin::Segment | Builtin::Tier => return None,
        })
    }

    /// The first day of a window that ends with the as-of date.
    fn window_start(&self, window: Option<Window>) -> i64 {
        match window {
            None => i64::MIN,
            Some(Window::Days(days)) => i64::from(self.as_of.0) - i64::from(days) + 1,
            Some(Window::Months(months)) => i64::from(plus_months(self.as_of, -i64::from(months)).0) + 1,
        }
    }

    fn passes(&self, filter: &EventExpr, event: &Event) -> bool {
        let number =
            |op: &CompareOp, value: Option<i64>, literal: i64| value.is_some_and(|v| compared(*op, v, literal));
        match filter {
            EventExpr::All(parts) => {
                for part in parts {
                    if !self.passes(part, event) {
                        return false;
                    }
                }
                true
            }
            EventExpr::Any(parts) => {
                for part in parts {
                    if self.passes(part, event) {
                        return true;
                    }
                }
                false
            }
            EventExpr::Not(part) => !self.passes(part, event),
            EventExpr::Kind(kinds) => kinds.contains(&event.kind),
            EventExpr::Method(methods) => methods.contains(&event.method),
            EventExpr::Status(statuses) => statuses.contains(&event.status),
            EventExpr::CodeIn(list) => self.in_list(*list, event.code.as_ref()),
            EventExpr::DetailIn(list) => self.in_list(*list, event.detail.as_ref()),
            EventExpr::Code(codes) => written(codes, event.code.as_ref().map(|(_, code)| code.as_str())),
            EventExpr::Detail(codes) => written(codes, event.detail.as_ref().map(|(_, code)| code.as_str())),
            EventExpr::Provider(codes) => written(codes, event.provider.as_deref()),
            EventExpr::Source(sources) => sources.contains(&event.source),
            EventExpr::Value(op, literal) => number(op, event.value, *literal),
            EventExpr::Cost(op, literal) => number(op, event.cost, *literal),
            EventExpr::Days(op, literal) => number(op, length(event), *literal),
            EventExpr::Date(op, literal) => number(op, Some(i64::from(event.date.0)), *literal),
            EventExpr::End(op, literal) => number(op, event.end.map(|end| i64::from(end.0)), *literal),
            EventExpr::Absent(EventField::Code) => event.code.is_none(),
            EventExpr::Absent(EventField::Detail) => event.detail.is_none(),
            EventExpr::Absent(EventField::Provider) => event.provider.is_none(),
            EventExpr::Absent(EventField::Value) => event.value.is_none(),
            EventExpr::Absent(EventField::Cost) => event.cost.is_none(),
            EventExpr::Absent(EventField::End) => event.end.is_none(),
            EventExpr::Related(related) => self.person.events.iter().any(|other| self.near(related, event, other)),
        }
    }

    fn in_list(&self, list: usize, code: Option<&Code>) -> bool {
        let Some((system, code)) = code else { return false };
        self.set.codes[list].codes.iter().any(|(of, stem)| {
            let nested = matches!(of, CodeSystem::Icd10 | CodeSystem::Opcs4);
            of == system && if nested { code.starts_with(stem) } else { code == stem }
        })
    }

    fn near(&self, related: &Related, event: &Event, other: &Event) -> bool {
        let same = std::ptr::eq(event, other) || (event.spell != 0 && event.spell == other.spell);
        if same || !related.kinds.contains(&other.kind) || other.date > self.as_of {
            return false;
        }
        if !related.filter.as_ref().is_none_or(|filter| self.passes(filter, other)) {
            return false;
        }
        let (earlier, later) = match related.direction {
            Direction::Followed => (event, other),
            Direction::Preceded => (other, event),
        };
        let from = match related.from {
            Dated::Start => Some(earlier.date),
            Dated::End => earlier.end,
        };
        let Some(from) = from else { return false };
        let days = i64::from(later.date.0) - i64::from(from.0);
        i64::from(related.at_least) <= days && days <= i64::from(related.within)
    }

    fn score(&self, kind: ScoreKind, kinds: &[EventKind], window: Option<Window>) -> i64 {
        let from = self.window_start(window);
        let table = blueprint::score_table(kind);
        let found: Vec<bool> = table
            .groups
            .iter()
            .map(|group| {
                self.person.events.iter().any(|event| {
                    let Some((CodeSystem::Icd10, code)) = &event.code else { return false };
                    let in_time = i64::from(event.date.0) >= from && event.date <= self.as_of;
                    kinds.contains(&event.kind) && in_time && group.codes.iter().any(|stem| code.starts_with(stem))
                })
            })
            .collect();
        let mut tenths = 0;
        for (position, group) in table.groups.iter().enumerate() {
            let graver = group.yields_to.is_some_and(|other| found[other]);
            if found[position] && !graver {
                tenths += group.weight_tenths;
            }
        }
        tenths
    }

    fn holds(&self, rule: &Expr) -> bool {
        match rule {
            Expr::Constant(truth) => *truth,
            Expr::All(parts) => parts.iter().filter(|part| !self.holds(part)).count() == 0,
            Expr::Any(parts) => parts.iter().filter(|part| self.holds(part)).count() > 0,
            Expr::Not(part) => !self.holds(part),
            Expr::Feature(feature) => self.known[*feature] == Some(1),
            Expr::Compare { left, op, right } => {
                let (Some(left), Some(right)) = (self.number(left), self.number(right)) else { return false };
                compared(*op, left, right)
            }
            Expr::OneOf { feature, values } => self.known[*feature].is_some_and(|value| values.contains(&value)),
            Expr::IsAbsent(feature) => self.known[*feature].is_none(),
            Expr::NoValue(number) => self.number(number).is_none(),
            Expr::Value(number) => self.number(number).is_some_and(|value| value != 0),
        }
    }

    /// Worked out in 128 bits and cut to the ends of 64 at each step, as the language says.
    fn number(&self, number: &Number) -> Option<i64> {
        let of = |part: &Number| self.number(part).map(i128::from);
        let day = |part: &Number| self.number(part).and_then(calendar_day);
        let wide: i128 = match number {
            Number::Literal(value) => i128::from(*value),
            Number::Absent => return None,
            Number::AsOf => i128::from(self.as_of.0),
            Number::Feature { feature, scale_up } => {
                i128::from(self.known[*feature]?) * 10i128.pow(u32::from(*scale_up))
            }
            Number::DaysSince(feature) => i128::from(self.as_of.0) - i128::from(self.known[*feature]?),
            Number::Add(a, b) => of(a)? + of(b)?,
            Number::Subtract(a, b) => of(a)? - of(b)?,
            Number::Times(a, factor) => of(a)? * i128::from(*factor),
            Number::Product(a, b) => of(a)? * of(b)?,
            Number::Divide { over, over_up, under, under_up, rounding } => {
                let over = of(over)? * 10i128.pow(u32::from(*over_up));
                let under = of(under)? * 10i128.pow(u32::from(*under_up));
                if under == 0 {
                    return None;
                }
                divided(over, under, *rounding)
            }
            Number::Size(a) => of(a)?.abs(),
            Number::OrElse(a, otherwise) => of(a).unwrap_or(i128::from(*otherwise)),
            Number::FirstKnown(parts) => {
                for part in parts {
                    if let Some(value) = self.number(part) {
                        return Some(value);
                    }
                }
                return None;
            }
            Number::Least(parts) => {
                let mut known: Vec<i128> = parts.iter().filter_map(of).collect();
                known.sort_unstable();
                *known.first()?
            }
            Number::Greatest(parts) => {
                let mut known: Vec<i128> = parts.iter().filter_map(of).collect();
                known.sort_unstable();
                *known.last()?
            }
            Number::Case { when, otherwise } => {
                for (condition, result) in when {
                    if self.holds(condition) {
                        return self.number(result);
                    }
                }
                return self.number(otherwise);
            }
            Number::AddMonths(date, months) => {
                let (date, months) = (day(date)?, self.number(months)?);
                if months.abs() > 120_000 {
                    return None;
                }
                i128::from(plus_months(date, months).0)
            }
            Number::MonthsBetween(from, to) => {
                let (from, to) = (day(from)?, day(to)?);
                let (first, last, sign) = if from <= to { (from, to, 1) } else { (to, from, -1) };
                let mut months = 0;
                while plus_months(first, months + 1) <= last {
                    months += 1;
                }
                i128::from(sign * months)
            }
            Number::YearsBetween(from, to) => i128::from(whole_years(day(from)?, day(to)?)),
            Number::YearOf(date) => i128::from(day(date)?.ymd().0),
            Number::MonthOf(date) => i128::from(day(date)?.ymd().1),
        };
        Some(wide.clamp(i128::from(i64::MIN + 1), i128::from(i64::MAX)) as i64)
    }
}

fn aggregate_of(fitting: &[&Event], (from, to): (i64, i64), dated: Dated, aggregate: Aggregate) -> Option<i64> {
    if aggregate == Aggregate::SumDays {
        return Some(fitting.iter().map(|event| nights(event, from, to)).sum());
    }
    let mut inside: Vec<(Day, &Event)> = Vec::new();
    for event in fitting {
        let day = match dated {
            Dated::Start => Some(event.date),
            Dated::End => event.end,
        };
        if let Some(day) = day
            && from <= i64::from(day.0)
            && i64::from(day.0) <= to
        {
            inside.push((day, event));
        }
    }
    let days: BTreeSet<i64> = inside.iter().map(|(day, _)| i64::from(day.0)).collect();
    let values: Vec<(Day, i64)> = inside.iter().filter_map(|(day, event)| event.value.map(|v| (*day, v))).collect();
    let costs: Vec<i64> = inside.iter().filter_map(|(_, event)| event.cost).collect();
    let lengths: Vec<i64> = inside.iter().filter_map(|(_, event)| length(event)).collect();
    // The largest value of one day.
    let on = |day: Option<Day>| values.iter().filter(|(of, _)| Some(*of) == day).map(|(_, value)| *value).max();
    match aggregate {
        Aggregate::Count => Some(inside.len() as i64),
        Aggregate::Exists => Some(i64::from(!inside.is_empty())),
        Aggregate::DistinctCodes => {
            Some(inside.iter().filter_map(|(_, event)| event.code.as_ref()).collect::<BTreeSet<_>>().len() as i64)
        }
        Aggregate::DistinctDays => Some(days.len() as i64),
        Aggregate::DistinctSpells => {
            Some(inside.iter().map(|(_, event)| event.spell).filter(|spell| *spell != 0).collect::<BTreeSet<_>>().len()
                as i64)
        }
        Aggregate::FirstDate => days.first().copied(),
        Aggregate::LastDate => days.last().copied(),
        Aggregate::SumCost => Some(costs.iter().sum()),
        Aggregate::MaxCost => costs.iter().max().copied(),
        Aggregate::MinCost => costs.iter().min().copied(),
        Aggregate::SumDays | Aggregate::FirstCode(_) | Aggregate::LastCode(_) => None,
        Aggregate::MaxDays => lengths.iter().max().copied(),
        Aggregate::MinDays => lengths.iter().min().copied(),
        Aggregate::FirstValue => on(values.iter().map(|(day, _)| *day).min()),
        Aggregate::LastValue => on(values.iter().map(|(day, _)| *day).max()),
        Aggregate::MaxValue => values.iter().map(|(_, value)| *value).max(),
        Aggregate::MinValue => values.iter().map(|(_, value)| *value).min(),
        Aggregate::SumValue if values.is_empty() => None,
        Aggregate::SumValue => Some(values.iter().map(|(_, value)| *value).sum()),
    }
}

/// Night by night.
fn nights(event: &Event, from: i64, to: i64) -> i64 {
    let end = match event.end {
        Some(end) => i64::from(end.0),
        None if event.status == Status::Active => to + 1,
        None => return 0,
    };
    let mut nights = 0;
    let mut night = i64::from(event.date.0);
    while night < end {
        if from <= night && night <= to {
            nights += 1;
        }
        night += 1;
    }
    nights
}

fn length(event: &Event) -> Option<i64> {
    event.end.map(|end| i64::from(end.0) - i64::from(event.date.0))
}

fn written(codes: &[String], code: Option<&str>) -> bool {
    let Some(code) = code else { return false };
    codes.iter().any(|wanted| match wanted.strip_suffix('%') {
        Some(stem) => code.starts_with(&stem.replace('.', "")),
        None => code == wanted || code == wanted.replace('.', ""),
    })
}

fn compared(op: CompareOp, left: i64, right: i64) -> bool {
    match op {
        CompareOp::Eq => left == right,
        CompareOp::Ne => left != right,
        CompareOp::Lt => left < right,
        CompareOp::Le => left <= right,
        CompareOp::Gt => left > right,
        CompareOp::Ge => left >= right,
    }
}

/// A number of days as a day, in the years 1 to 9999.
fn calendar_day(days: i64) -> Option<Day> {
    let day = Day(i32::try_from(days).ok()?);
    let first = Day::parse_iso("0001-01-01").ok()?;
    let last = Day::parse_iso("9999-12-31").ok()?;
    (first <= day && day <= last).then_some(day)
}

/// The same day of another month, or the last day of a shorter one.
fn plus_months(date: Day, months: i64) -> Day {
    let (year, month, day) = date.ymd();
    let total = i64::from(year) * 12 + i64::from(month) - 1 + months;
    let (year, month) = (total.div_euclid(12) as i32, total.rem_euclid(12) as u32 + 1);
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let length = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 31,
    };
    // From a day we know, forward or back to the first of that month.
    let first = Day(date.0 + days_to_first(date, year, month));
    Day(first.0 + i32::try_from(day.min(length)).unwrap_or(1) - 1)
}

/// Days from a date to the first day of a month.
fn days_to_first(date: Day, year: i32, month: u32) -> i32 {
    let of = |y: i32, m: u32| {
        // Days before a month since 1 March of the year 0.
        let (y, m) = if m <= 2 { (i64::from(y) - 1, i64::from(m) + 9) } else { (i64::from(y), i64::from(m) - 3) };
        y * 365 + y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400) + (m * 306 + 5) / 10
    };
    let (own_year, own_month, own_day) = date.ymd();
    (of(year, month) - of(own_year, own_month)) as i32 - (own_day as i32 - 1)
}

/// Completed years; a birthday on 29 February is kept on 1 March.
fn whole_years(from: Day, to: Day) -> i64 {
    let (year, month, day) = from.ymd();
    let (last_year, last_month, last_day) = to.ymd();
    let had = last_month > month || (last_month == month && last_day >= day);
    i64::from(last_year) - i64::from(year) - i64::from(!had)
}

fn divided(over: i128, under: i128, rounding: Rounding) -> i128 {
    let (size, rest) = (over.abs() / under.abs(), over.abs() % under.abs());
    let negative = (over < 0) != (under < 0);
    match rounding {
        Rounding::Nearest => {
            let size = if 2 * rest >= under.abs() { size + 1 } else { size };
            if negative { -size } else { size }
        }
        Rounding::Down if negative && rest > 0 => -size - 1,
        Rounding::Down if negative => -size,
        Rounding::Down => size,
    }
}
