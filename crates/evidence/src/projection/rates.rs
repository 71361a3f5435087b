//! Chances of moving, with small cells that borrow from coarser ones.
//!
//! Four levels, each shrunk towards the next as if `borrow` more people had been seen (the mean of a Dirichlet posterior whose
//! prior is the coarser level): single year of age and sex; five-year band and sex; broad age group, both sexes; and last,
//! deaths and departures of everybody in the broad age group with moves between states as at any age. A state in which nobody
//! of an age or of the four years above or below it was ever seen is closed at that age (no children of 18, no mothers of 70).

use super::{AGE_GROUPS, AGES, People, SEXES, Year, age_group};

/// Chances by state, age, sex and destination.
pub(super) struct Rates {
    pub(super) states: usize,
    chances: Vec<f64>,
}

impl Rates {
    /// Chances of the destinations (states, died, left) of a cell.
    pub(super) fn of(&self, state: usize, age: usize, sex: usize) -> &[f64] {
        let width = self.states + 2;
        let start = ((state * AGES + age) * SEXES + sex) * width;
        &self.chances[start..start + width]
    }

    /// From moves (as [`Year::moves`] or a draw of them). `seen` are the people in states at both ends of the year.
    pub(super) fn new(states: usize, moves: &[f64], open: &Open, borrow: f64) -> Self {
        let width = states + 2;
        let sums = Sums::of(states, moves);
        let mut chances = vec![0.0; moves.len()];
        let (mut coarse, mut broad, mut band) = (vec![0.0; width], vec![0.0; width], vec![0.0; width]);
        for state in 0..states {
            for age in 0..AGES {
                sums.coarsest(state, age, open, borrow, &mut coarse);
                shrink(sums.broad(state, age_group(age)), &coarse, borrow, &mut broad);
                for sex in 0..SEXES {
                    shrink(sums.band(state, age / 5, sex), &broad, borrow, &mut band);
                    let start = ((state * AGES + age) * SEXES + sex) * width;
                    let row = &mut chances[start..start + width];
                    shrink(&moves[start..start + width], &band, borrow, row);
                    close(row, states, open, age);
                }
            }
        }
        Self { states, chances }
    }
}

/// The mean of a Dirichlet posterior, into `out`; the prior's own where nobody was seen and nothing is borrowed.
fn shrink(seen: &[f64], prior: &[f64], borrow: f64, out: &mut [f64]) {
    let total: f64 = seen.iter().sum::<f64>() + borrow;
    if total <= 0.0 {
        return out.copy_from_slice(prior);
    }
    let (own, lent) = (total.recip(), borrow / total);
    for (out, (n, p)) in out.iter_mut().zip(seen.iter().zip(prior)) {
        *out = n * own + p * lent;
    }
}

/// Takes the chances of states that are closed a year later and spreads them over the open ones.
fn close(row: &mut [f64], states: usize, open: &Open, age: usize) {
    let next = (age + 1).min(AGES - 1);
    let before: f64 = row[..states].iter().sum();
    for (state, chance) in row[..states].iter_mut().enumerate() {
        if !open.is_open(state, next) {
            *chance = 0.0;
        }
    }
    let after: f64 = row[..states].iter().sum();
    if after > 0.0 {
        for chance in &mut row[..states] {
            *chance *= before / after;
        }
    } else {
        for (state, chance) in row[..states].iter_mut().enumerate() {
            *chance = before * open.share(state, next);
        }
    }
}

/// Sums of moves over coarser cells.
struct Sums {
    states: usize,
    band: Vec<f64>,
    broad: Vec<f64>,
    state: Vec<f64>,
    all: Vec<f64>,
}

const BANDS: usize = AGES.div_ceil(5);

impl Sums {
    fn of(states: usize, moves: &[f64]) -> Self {
        let width = states + 2;
        let groups = AGE_GROUPS.len();
        let mut sums = Self {
            states,
            band: vec![0.0; states * BANDS * SEXES * width],
            broad: vec![0.0; states * groups * width],
            state: vec![0.0; states * width],
            all: vec![0.0; groups * 3],
        };
        for (cell, row) in moves.chunks_exact(width).enumerate() {
            let (state, age, sex) = (cell / (AGES * SEXES), cell / SEXES % AGES, cell % SEXES);
            let group = age_group(age);
            let starts =
                [((state * BANDS + age / 5) * SEXES + sex) * width, (state * groups + group) * width, state * width];
            for (to, &people) in row.iter().enumerate() {
                if people > 0.0 {
                    sums.band[starts[0] + to] += people;
                    sums.broad[starts[1] + to] += people;
                    sums.state[starts[2] + to] += people;
                    // Alive, died, left.
                    sums.all[group * 3 + (to + 1).saturating_sub(states).min(2)] += people;
                }
            }
        }
        sums
    }

    fn width(&self) -> usize {
        self.states + 2
    }

    fn band(&self, state: usize, band: usize, sex: usize) -> &[f64] {
        let start = ((state * BANDS + band) * SEXES + sex) * self.width();
        &self.band[start..start + self.width()]
    }

    fn broad(&self, state: usize, group: usize) -> &[f64] {
        let start = (state * AGE_GROUPS.len() + group) * self.width();
        &self.broad[start..start + self.width()]
    }

    /// Deaths and departures of everybody in the broad age group, and moves between states as of this state at any age;
    /// where even that is unknown, people stay.
    fn coarsest(&self, state: usize, age: usize, open: &Open, borrow: f64, out: &mut [f64]) {
        let states = self.states;
        let all = &self.all[age_group(age) * 3..age_group(age) * 3 + 3];
        let total: f64 = all.iter().sum();
        let (died, left) = if total > 0.0 { (all[1] / total, all[2] / total) } else { (0.0, 0.0) };
        let next = (age + 1).min(AGES - 1);
        let stays = open.is_open(state, next);
        let own = &self.state[state * self.width()..state * self.width() + states];
        let borrow = borrow.max(1e-9);
        let seen: f64 = own.iter().sum::<f64>() + borrow;
        for (to, (chance, n)) in out[..states].iter_mut().zip(own).enumerate() {
            let prior = if stays { f64::from(u8::from(to == state)) } else { open.share(to, next) };
            *chance = (n + borrow * prior) / seen * (1.0 - died - left);
        }
        out[states..].copy_from_slice(&[died, left]);
    }
}

/// A state is closed at an age only where so many people of the five ages were seen, and none of them in it.
const ENOUGH: f64 = 20.0;

/// Which states have people at which age, at either end of the year.
pub(super) struct Open {
    states: usize,
    seen_about: Vec<bool>,
    /// Share of each state among those of an age.
    share: Vec<f64>,
}

impl Open {
    /// From the people at the start of the year, who moved to states, and those who joined.
    pub(super) fn of(year: &Year, now: &People) -> Self {
        let (states, width) = (year.states, year.states + 2);
        let mut seen = vec![0.0; states * AGES];
        for (cell, row) in year.moves.chunks_exact(width).enumerate() {
            let (state, age) = (cell / (AGES * SEXES), cell / SEXES % AGES);
            seen[state * AGES + age] += row.iter().sum::<f64>();
            for (to, people) in row[..states].iter().enumerate() {
                seen[to * AGES + (age + 1).min(AGES - 1)] += people;
            }
        }
        for state in 0..states {
            for age in 0..AGES {
                for sex in 0..SEXES {
                    seen[state * AGES + age] += year.joined.at(state, age, sex) + now.at(state, age, sex);
                }
            }
        }
        let ages = |from: usize, to: usize| from..=to.min(AGES - 1);
        let none = |state: usize, from: usize, to: usize| {
            let others: f64 =
                (0..states).flat_map(|s| ages(from, to).map(move |a| s * AGES + a)).map(|at| seen[at]).sum();
            others >= ENOUGH && ages(from, to).all(|age| seen[state * AGES + age] <= 0.0)
        };
        let seen_about = (0..states * AGES)
            .map(|cell| {
                let (state, age) = (cell / AGES, cell % AGES);
                !none(state, age, age + 4) && !none(state, age.saturating_sub(4), age)
            })
            .collect();
        let total = |age: usize| (0..states).map(|state| seen[state * AGES + age]).sum::<f64>();
        let share = (0..states * AGES)
            .map(|cell| {
                let all = total(cell % AGES);
                if all > 0.0 { seen[cell] / all } else { 1.0 / states as f64 }
            })
            .collect();
        Self { states, seen_about, share }
    }

    fn is_open(&self, state: usize, age: usize) -> bool {
        state < self.states && self.seen_about[state * AGES + age]
    }

    fn share(&self, state: usize, age: usize) -> f64 {
        self.share[state * AGES + age]
    }
}
