//! Future need: where people of each segment were a year later, and how many each segment will have some years on.
//!
//! One pass over the snapshot runs the plan as of several days and keeps one small number for each person. The arithmetic is
//! [`evidence::projection`]; the method with its limits is `docs/methods/projection.md`.

use crate::disclosure::{Shown, one_way};
use crate::on_day::OnDay;
use crate::place::{Shape, registered_days};
use crate::results::NOWHERE;
use blueprint::{Blueprint, Place};
use evidence::projection::{AGE_GROUPS, Expected, OLDEST, Options, People, Projected, To, Year, project};
use lake::{BucketView, LakeError, Snapshot};
use nhs::{Day, EventKind, Sex};
use serde::{Deserialize, Serialize};

/// What is projected, as kept beside the results. Figures are exact: whoever shows them takes [`Future::shown`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Future {
    /// [`crate::Summary::fingerprint`] of the results it belongs to.
    pub fingerprint: String,
    /// Days since 1 January 1970: today, from which the projection starts.
    pub as_of: i32,
    /// Seed of the draws.
    pub seed: u64,
    /// Draws behind the intervals.
    pub draws: usize,
    /// Segments: identifier and name.
    pub segments: Vec<(String, String)>,
    /// People of each segment a year ago (rows) and where they are now (columns: segments, died, left).
    pub moves: Vec<Vec<u64>>,
    /// People who joined during the year, by segment; those born apart.
    pub joined: Vec<u64>,
    /// Children born into the population during the year.
    pub born: u64,
    /// People who changed practice inside the place during the year; they are in neither moves nor joined.
    pub moved_inside: u64,
    /// From now (year 0) on.
    pub years: Vec<FutureYear>,
    /// Projections from an earlier day to a day whose truth is known.
    pub checks: Vec<Check>,
    /// Whether there is less than a year of history before the first of the two days: counts of use look too low on it, and so
    /// moves to segments of greater need too frequent.
    pub short_history: bool,
    /// Why there is no projection, in words; empty where there is one.
    pub why_not: String,
}

/// One year to come.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FutureYear {
    /// Years from now.
    pub year: usize,
    /// By segment.
    pub segments: Vec<Estimate>,
    /// By segment, if only the population aged and each age and sex kept today's shares.
    pub ageing_only: Vec<f64>,
    /// By broad age group ([`AGE_GROUPS`]).
    pub age_groups: Vec<Estimate>,
    /// Everybody.
    pub total: Estimate,
}

/// An expected number with its 95 % interval.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// Expected.
    pub expected: f64,
    /// Lower limit.
    pub lower: f64,
    /// Upper limit.
    pub upper: f64,
}

impl From<Expected> for Estimate {
    fn from(value: Expected) -> Self {
        Self { expected: value.expected, lower: value.lower, upper: value.upper }
    }
}

/// A projection from an earlier day against what happened.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// The earlier day.
    pub from: i32,
    /// Years ahead.
    pub years: usize,
    /// People then, by segment.
    pub before: Vec<f64>,
    /// People now, by segment.
    pub actual: Vec<f64>,
    /// What would have been projected.
    pub projected: Vec<Estimate>,
    /// What ageing alone would have given.
    pub ageing_only: Vec<f64>,
}

impl Check {
    /// The sum of absolute differences from what happened over all people, in per cent: with transitions, with ageing only,
    /// and if nothing had changed.
    pub fn errors(&self) -> [f64; 3] {
        let people: f64 = self.actual.iter().sum();
        let error = |values: &mut dyn Iterator<Item = f64>| {
            let off: f64 = values.zip(&self.actual).map(|(value, actual)| (value - actual).abs()).sum();
            if people > 0.0 { off / people * 100.0 } else { 0.0 }
        };
        [
            error(&mut self.projected.iter().map(|e| e.expected)),
            error(&mut self.ageing_only.iter().copied()),
            error(&mut self.before.iter().copied()),
        ]
    }

    /// How many segments lie inside their interval.
    pub fn inside(&self) -> usize {
        let inside = |(estimate, actual): (&Estimate, &f64)| estimate.lower <= *actual && *actual <= estimate.upper;
        self.projected.iter().zip(&self.actual).filter(|pair| inside(*pair)).count()
    }
}

/// Names of the broad age groups.
pub const AGE_GROUP_NAMES: [&str; 6] = ["0 to 17", "18 to 44", "45 to 64", "65 to 74", "75 to 84", "85 and over"];
const _: () = assert!(AGE_GROUP_NAMES.len() == AGE_GROUPS.len());

/// Most years back that the pass looks.
const DATES: usize = 4;

/// Projects the segments of a place. History reaches back to `start` of the place (36 months where it does not say).
pub fn future(
    snapshot: &Snapshot,
    place: &Place,
    blueprint: &Blueprint,
    options: &Options,
    threads: usize,
) -> Result<Future, LakeError> {
    let as_of = place.as_of.unwrap_or(snapshot.manifest().as_of);
    let start = place.start.unwrap_or_else(|| Day(as_of.add_months(-36).0 + 1));
    let shape = Shape::of(place, &if place.localities.is_empty() { snapshot.persons()? } else { Vec::new() });
    // Checks take only days with a year of history before them: on the first day of the data everybody looks healthy.
    let settled = start.add_months(12);
    let days: Vec<Day> = (0..DATES as i32)
        .map(|years| (years, Day(as_of.add_months(-12 * years).0)))
        .take_while(|(years, day)| day.0 + 1 >= if *years < 2 { start.0 } else { settled.0 })
        .map(|(_, day)| day)
        .collect();
    let plans: Vec<OnDay> =
        days.iter().map(|&day| OnDay::new(blueprint, &shape, snapshot, day, &[], true)).collect::<Result<_, _>>()?;
    let states = blueprint.segments.len();
    let mut future = Future {
        fingerprint: crate::fingerprint(place, blueprint),
        as_of: as_of.0,
        seed: options.seed,
        draws: options.draws,
        short_history: as_of.add_months(-12).0 + 1 < settled.0,
        segments: blueprint.segments.iter().map(|s| (s.id.clone(), s.name.clone())).collect(),
        ..Future::default()
    };
    let (Some(first), true) = (plans.first(), days.len() > 1) else {
        "There is less than a year of history: moves from segment to segment need two days a year apart."
            .clone_into(&mut future.why_not);
        return Ok(future);
    };
    let columns = plans.iter().fold(first.columns(), |all, plan| all | plan.columns());
    let parts = snapshot.scan(columns, threads.max(1), |view| look(&plans, view))?;
    let paths: Vec<Path> = parts.into_iter().flatten().collect();
    let Some((year, now)) = year_of(&paths, states, &days, 0, &mut future) else {
        "Nobody was in the population a year ago, so nothing is known of moves.".clone_into(&mut future.why_not);
        return Ok(future);
    };
    let options = &Options { threads, ..*options };
    future.years = project(&now, &year, options).into_iter().map(FutureYear::from).collect();
    for back in 1..days.len().saturating_sub(1) {
        let mut unused = Future::default();
        let Some((earlier, then)) = year_of(&paths, states, &days, back, &mut unused) else { continue };
        let ahead = Options { years: back, ..*options };
        let Some(reached) = project(&then, &earlier, &ahead).pop() else { continue };
        future.checks.push(Check {
            from: days[back].0,
            years: back,
            before: by_state(&then),
            actual: by_state(&now),
            ageing_only: reached.ageing_only.clone(),
            projected: reached.states.into_iter().map(Estimate::from).collect(),
        });
    }
    Ok(future)
}

impl From<Projected> for FutureYear {
    fn from(year: Projected) -> Self {
        Self {
            year: year.year,
            segments: year.states.into_iter().map(Estimate::from).collect(),
            ageing_only: year.ageing_only,
            age_groups: year.age_groups.into_iter().map(Estimate::from).collect(),
            total: year.total.into(),
        }
    }
}

fn by_state(people: &People) -> Vec<f64> {
    people.by_age_group().iter().map(|row| row.iter().sum()).collect()
}

/// One person as of each day: segment or [`NOWHERE`].
#[derive(Debug, Clone, Copy)]
struct Path {
    birth: i32,
    death: i32,
    female: bool,
    /// The first day of the present registration.
    registered: i32,
    /// The first appointment at a practice of the place; the day after the last where there was none.
    known_since: i32,
    segments: [u16; DATES],
}

/// Runs every plan over a bucket and keeps the segments.
fn look(plans: &[OnDay], view: &BucketView<'_>) -> Vec<Path> {
    let at: Vec<Vec<u16>> = plans.iter().map(|plan| plan.run(view).segment).collect();
    let mut paths = Vec::with_capacity(view.len());
    for (position, person) in view.people.iter().enumerate() {
        let mut segments = [NOWHERE; DATES];
        for (slot, column) in segments.iter_mut().zip(&at) {
            *slot = column[position];
        }
        if segments.iter().all(|&s| s == NOWHERE) {
            continue;
        }
        // Without a date of birth nobody can be aged; they are left out of the projection.
        let Some(birth) = person.birth else { continue };
        let appointment = |&event: &usize| view.kind[event] == EventKind::GpAppointment.number();
        paths.push(Path {
            birth: birth.0,
            death: person.death.map_or(i32::MAX, |day| day.0),
            female: person.sex == Sex::Female,
            registered: registered_days(person).0,
            known_since: view.events_of(position).find(appointment).map_or(i32::MAX, |event| view.date[event]),
            segments,
        });
    }
    paths
}

/// The year that ends at the day at position `end`, and the people of that day. `None` where nobody was there at its start.
fn year_of(paths: &[Path], states: usize, days: &[Day], end: usize, future: &mut Future) -> Option<(Year, People)> {
    let (to, from) = (*days.get(end)?, *days.get(end + 1)?);
    let (mut year, mut now) = (Year::new(states), People::none(states));
    let mut joined = vec![0u64; states];
    let mut anybody = false;
    for path in paths {
        let age = |day: Day| usize::try_from(day.age_since(Day(path.birth))).unwrap_or(0).min(OLDEST);
        let sex = usize::from(path.female);
        let (before, after) = (path.segments[end + 1], path.segments[end]);
        if after != NOWHERE {
            now.add(usize::from(after), age(to), sex, 1.0);
        }
        match (before, after) {
            (NOWHERE, NOWHERE) => {}
            (NOWHERE, _) if path.registered > from.0 && path.known_since <= from.0 && path.birth <= from.0 => {
                future.moved_inside += 1;
            }
            (NOWHERE, after) => {
                year.joined(usize::from(after), age(to), sex);
                if age(to) == 0 {
                    future.born += 1;
                } else if let Some(count) = joined.get_mut(usize::from(after)) {
                    *count += 1;
                }
            }
            (before, after) => {
                anybody = true;
                let place = match after {
                    NOWHERE if path.death <= to.0 => To::Died,
                    NOWHERE => To::Left,
                    segment => To::State(usize::from(segment)),
                };
                year.saw(usize::from(before), age(from), sex, place);
            }
        }
    }
    future.joined = joined;
    future.moves = year.table();
    anybody.then_some((year, now))
}

/// A projected figure as it may be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShownEstimate {
    /// Expected.
    pub expected: Shown,
    /// Lower limit.
    pub lower: Shown,
    /// Upper limit.
    pub upper: Shown,
    /// Ageing only.
    pub ageing_only: Shown,
}

impl Future {
    /// Segments by year as they may be seen: a segment whose people of today are hidden is hidden in every year, other figures
    /// are rounded like counts.
    pub fn shown(&self) -> Vec<Vec<ShownEstimate>> {
        let today: Vec<u64> =
            self.years.first().map_or_else(Vec::new, |y| y.segments.iter().map(|e| e.expected as u64).collect());
        let hidden: Vec<bool> = one_way(&today).cells.iter().map(|cell| cell.is_hidden()).collect();
        self.years
            .iter()
            .map(|year| {
                let rows = year.segments.iter().zip(&year.ageing_only).zip(&hidden);
                rows.map(|((estimate, &ageing), &hidden)| ShownEstimate {
                    expected: shown(estimate.expected, hidden),
                    lower: shown(estimate.lower, hidden),
                    upper: shown(estimate.upper, hidden),
                    ageing_only: shown(ageing, hidden),
                })
                .collect()
            })
            .collect()
    }
}

/// A projected number of people, rounded like a count.
pub fn shown(people: f64, hidden: bool) -> Shown {
    if hidden { Shown::Suppressed } else { Shown::alone(people.round().max(0.0) as u64) }
}
