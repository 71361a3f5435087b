//! How many people will be in each state some years on, from who moved where in one year.
//!
//! A discrete-time Markov model by single year of age and sex (cohort-component projection with states; Keyfitz and Caswell,
//! "Applied mathematical demography", 2005, chapter 17). Each year everybody stays, moves, dies or leaves with the chance seen
//! in the year before at their age, sex and state; those who stay are a year older; people are born and join as in that year.
//! Small cells borrow from coarser ones ([`rates`]). Intervals come from a Bayesian bootstrap of the moves (Rubin 1981) and from
//! chance itself: every draw moves whole people.

mod rates;
mod run;

pub use run::project;

/// The last age; everybody older is counted with it.
pub const OLDEST: usize = 90;
/// Ages from 0 to [`OLDEST`].
pub const AGES: usize = OLDEST + 1;
/// Sexes: 0 male or not known, 1 female.
pub const SEXES: usize = 2;

/// Broad groups of age that results and coarse strata use: the first age of each.
pub const AGE_GROUPS: [usize; 6] = [0, 18, 45, 65, 75, 85];

/// The broad group of an age.
pub fn age_group(age: usize) -> usize {
    AGE_GROUPS.iter().rposition(|&first| age >= first).unwrap_or(0)
}

/// Where a person of a state is a year later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To {
    /// In this state.
    State(usize),
    /// Dead.
    Died,
    /// No longer in the population, and not dead.
    Left,
}

/// People by state, age and sex.
#[derive(Debug, Clone, PartialEq)]
pub struct People {
    states: usize,
    cells: Vec<f64>,
}

impl People {
    /// Nobody.
    pub fn none(states: usize) -> Self {
        Self { states, cells: vec![0.0; states * AGES * SEXES] }
    }

    fn place(state: usize, age: usize, sex: usize) -> usize {
        (state * AGES + age.min(OLDEST)) * SEXES + sex.min(1)
    }

    /// Adds people. A state that is not there is left out.
    pub fn add(&mut self, state: usize, age: usize, sex: usize, people: f64) {
        let place = Self::place(state, age, sex);
        if let Some(cell) = self.cells.get_mut(place) {
            *cell += people;
        }
    }

    /// How many are of a state, age and sex.
    pub fn at(&self, state: usize, age: usize, sex: usize) -> f64 {
        self.cells.get(Self::place(state, age, sex)).copied().unwrap_or(0.0)
    }

    /// How many states there are.
    pub fn states(&self) -> usize {
        self.states
    }

    /// People by state (rows) and broad age group (columns).
    pub fn by_age_group(&self) -> Vec<[f64; 6]> {
        let mut sums = vec![[0.0; 6]; self.states];
        for (state, row) in sums.iter_mut().enumerate() {
            for age in 0..AGES {
                row[age_group(age)] += self.at(state, age, 0) + self.at(state, age, 1);
            }
        }
        sums
    }
}

/// Everything that is known of one year.
#[derive(Debug, Clone)]
pub struct Year {
    pub(crate) states: usize,
    /// By state, age at the start, sex and destination (states, then died, then left).
    pub(crate) moves: Vec<f64>,
    /// People who came in during the year by state and age at its end; those aged 0 were born.
    pub(crate) joined: People,
    /// Women aged 15 to 44 at the start, for the rate of births.
    pub(crate) fertile: f64,
}

impl Year {
    /// A year in which nobody was seen.
    pub fn new(states: usize) -> Self {
        Self {
            states,
            moves: vec![0.0; states * AGES * SEXES * (states + 2)],
            joined: People::none(states),
            fertile: 0.0,
        }
    }

    /// Somebody of a state, age and sex at the start, and where they were at the end.
    pub fn saw(&mut self, state: usize, age: usize, sex: usize, to: To) {
        let to = match to {
            To::State(state) => state,
            To::Died => self.states,
            To::Left => self.states + 1,
        };
        let age = age.min(OLDEST);
        let place = ((state * AGES + age) * SEXES + sex.min(1)) * (self.states + 2) + to;
        if state < self.states
            && to < self.states + 2
            && let Some(cell) = self.moves.get_mut(place)
        {
            *cell += 1.0;
            if sex == 1 && FERTILE.contains(&age) {
                self.fertile += 1.0;
            }
        }
    }

    /// Somebody who was not there at the start: state, age and sex at the end.
    pub fn joined(&mut self, state: usize, age: usize, sex: usize) {
        self.joined.add(state, age, sex, 1.0);
    }

    /// People by state at the start (rows) and where they were at the end (columns: states, died, left).
    pub fn table(&self) -> Vec<Vec<u64>> {
        let width = self.states + 2;
        let mut table = vec![vec![0.0; width]; self.states];
        for (place, &people) in self.moves.iter().enumerate() {
            table[place / (AGES * SEXES * width)][place % width] += people;
        }
        table.into_iter().map(|row| row.into_iter().map(|people: f64| people as u64).collect()).collect()
    }
}

/// Ages whose women the rate of births is over.
pub(crate) const FERTILE: std::ops::RangeInclusive<usize> = 15..=44;

/// How to project.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Years on; at most 50 are projected.
    pub years: usize,
    /// Draws for the intervals; none gives no interval.
    pub draws: usize,
    /// Seed of the draws.
    pub seed: u64,
    /// A cell counts as if so many more people had moved as those of the coarser cell did.
    pub borrow: f64,
    /// Draws worked out at a time. The answer does not depend on it.
    pub threads: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { years: 10, draws: 400, seed: 1, borrow: 20.0, threads: 1 }
    }
}

/// An expected number of people with its 95 % interval.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Expected {
    /// The number if every rate stays as it was.
    pub expected: f64,
    /// Lower limit; the expected number where nothing was drawn.
    pub lower: f64,
    /// Upper limit.
    pub upper: f64,
}

/// The people of one year to come.
#[derive(Debug, Clone, PartialEq)]
pub struct Projected {
    /// Years from now.
    pub year: usize,
    /// By state.
    pub states: Vec<Expected>,
    /// By broad age group ([`AGE_GROUPS`]).
    pub age_groups: Vec<Expected>,
    /// All.
    pub total: Expected,
    /// By state if the share of each state at each age and sex stayed as it is today and only the population aged.
    pub ageing_only: Vec<f64>,
}

#[cfg(test)]
mod tests;
