//! The projection itself: once with expected numbers, and once for each draw with whole people.

use super::rates::{Open, Rates};
use super::{AGE_GROUPS, AGES, Expected, FERTILE, OLDEST, Options, People, Projected, SEXES, Year, age_group};
use crate::random::Stream;

/// No place plans further on.
const MOST_YEARS: usize = 50;

/// The people of each year from now (year 0) to `options.years`.
pub fn project(now: &People, year: &Year, options: &Options) -> Vec<Projected> {
    let years = options.years.min(MOST_YEARS);
    let borrow = if options.borrow.is_finite() { options.borrow.max(0.0) } else { 0.0 };
    let open = Open::of(year, now);
    let rates = Rates::new(year.states, &year.moves, &open, borrow);
    let births = if year.fertile > 0.0 { 1.0 / year.fertile } else { 0.0 };
    let mut expected = vec![now.clone()];
    let mut ageing = vec![now.clone()];
    let pooled = Pooled::of(year, borrow);
    for at in 0..years {
        expected.push(step(&expected[at], &rates, year, births));
        ageing.push(pooled.step(&ageing[at], year, births));
    }
    let one = |draw: usize| -> Vec<Summary> {
        // A stream of its own for each draw: fewer draws are the first of more.
        let mut stream = Stream::new(options.seed ^ (draw as u64 + 1).wrapping_mul(0xD1B5_4A32_D192_ED03));
        let moves: Vec<f64> = year.moves.iter().map(|&n| if n > 0.0 { stream.gamma(n) } else { 0.0 }).collect();
        let moving = Moving::of(&Rates::new(year.states, &moves, &open, borrow));
        let mut joined = People::none(year.states);
        for (to, &n) in joined.cells.iter_mut().zip(&year.joined.cells) {
            *to = stream.gamma(n);
        }
        let mut people = now.clone();
        let mut years_on = vec![Summary::of(&people)];
        for _ in 0..years {
            people = chance_step(&people, &moving, &joined, births, &mut stream);
            years_on.push(Summary::of(&people));
        }
        years_on
    };
    let drawn = all_draws(options.draws, options.threads, &one);
    (0..=years)
        .map(|at| {
            let middle = Summary::of(&expected[at]);
            let limits = |of: &dyn Fn(&Summary) -> f64| {
                let (lower, upper) = limits(drawn.iter().map(|years| of(&years[at])).collect(), of(&middle));
                Expected { expected: of(&middle), lower, upper }
            };
            Projected {
                year: at,
                states: (0..year.states).map(|s| limits(&|sum: &Summary| sum.states[s])).collect(),
                age_groups: (0..AGE_GROUPS.len()).map(|g| limits(&|sum: &Summary| sum.age_groups[g])).collect(),
                total: limits(&|sum: &Summary| sum.states.iter().sum()),
                ageing_only: if at == 0 { Summary::of(now).states } else { split(&ageing[at], now) },
            }
        })
        .collect()
}

/// Every draw, in order, whoever worked it out.
fn all_draws<T: Send>(draws: usize, threads: usize, one: &(impl Fn(usize) -> T + Sync)) -> Vec<T> {
    let threads = threads.clamp(1, draws.max(1));
    let share = |n: usize| (n * draws / threads..(n + 1) * draws / threads).map(one).collect::<Vec<T>>();
    std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|n| scope.spawn(move || share(n))).collect();
        let mut all = share(0);
        for other in others {
            all.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        all
    })
}

/// One year with expected numbers.
fn step(people: &People, rates: &Rates, year: &Year, births: f64) -> People {
    let mut next = People::none(rates.states);
    for (state, age, sex, here) in cells(people) {
        for (to, chance) in rates.of(state, age, sex)[..rates.states].iter().enumerate() {
            next.add(to, age + 1, sex, here * chance);
        }
    }
    let fertile = fertile(people) * births;
    join(&mut next, &year.joined, |n, age| if age == 0 { n * fertile } else { n });
    next
}

/// One year in which whole people move by chance: how many move, then where to.
fn chance_step(people: &People, moving: &Moving, joined: &People, births: f64, stream: &mut Stream) -> People {
    let mut next = People::none(people.states);
    for (state, age, sex, here) in cells(people) {
        let sums = moving.sums(state, age, sex);
        let all = sums[people.states + 1];
        let here = here as u64;
        let moved = if moving.stays[cell(state, age, sex)] { stream.binomial(here, all) } else { here };
        next.add(state, age + 1, sex, (here - moved) as f64);
        scatter(moved, sums, stream, |to, sent| {
            if to < people.states {
                next.add(to, age + 1, sex, sent as f64);
            }
        });
    }
    let fertile = fertile(people) * births;
    join(&mut next, joined, |n, age| stream.poisson(if age == 0 { n * fertile } else { n }) as f64);
    next
}

/// Chances of moving on, added up destination by destination.
struct Moving {
    width: usize,
    /// For each cell: the chance of going to this destination or one before it, those who stay left out.
    sums: Vec<f64>,
    /// Whether anybody of the cell stays.
    stays: Vec<bool>,
}

impl Moving {
    fn of(rates: &Rates) -> Self {
        let width = rates.states + 2;
        let all = rates.states * AGES * SEXES;
        let mut moving = Self { width, sums: Vec::with_capacity(all * width), stays: Vec::with_capacity(all) };
        for (state, age, sex) in (0..all).map(|at| (at / (AGES * SEXES), at / SEXES % AGES, at % SEXES)) {
            let chances = rates.of(state, age, sex);
            let mut sum = 0.0;
            for (to, chance) in chances.iter().enumerate() {
                sum += if to == state { 0.0 } else { *chance };
                moving.sums.push(sum);
            }
            moving.stays.push(chances[state] > 0.0);
        }
        moving
    }

    fn sums(&self, state: usize, age: usize, sex: usize) -> &[f64] {
        let start = cell(state, age, sex) * self.width;
        &self.sums[start..start + self.width]
    }
}

fn cell(state: usize, age: usize, sex: usize) -> usize {
    (state * AGES + age) * SEXES + sex
}

/// So few people are sent on one by one: that is quicker than a binomial draw for each destination.
const FEW: u64 = 32;

/// Sends people to destinations with the chances whose sums are given.
fn scatter(mut people: u64, sums: &[f64], stream: &mut Stream, mut send: impl FnMut(usize, u64)) {
    let all = sums[sums.len() - 1];
    if people <= FEW {
        for _ in 0..people {
            let place = stream.uniform() * all;
            // The first destination whose sum lies above; none of chance 0 ever does.
            let to = sums.iter().map(|sum| usize::from(*sum <= place)).sum::<usize>();
            send(to.min(sums.len() - 1), 1);
        }
        return;
    }
    let mut before = 0.0;
    for (to, sum) in sums.iter().enumerate() {
        let left = all - before;
        if people == 0 || left <= 0.0 {
            return;
        }
        let sent = stream.binomial(people, ((sum - before) / left).min(1.0));
        send(to, sent);
        people -= sent;
        before = *sum;
    }
}

fn join(next: &mut People, joined: &People, mut people: impl FnMut(f64, usize) -> f64) {
    for (state, age, sex, n) in cells(joined) {
        let n = people(n, age);
        next.add(state, age, sex, n);
    }
}

/// Cells with anybody in them.
fn cells(people: &People) -> impl Iterator<Item = (usize, usize, usize, f64)> + '_ {
    let by_state = people.cells.chunks_exact(AGES * SEXES).enumerate();
    by_state.flat_map(|(state, cells)| {
        let filled = cells.iter().enumerate().filter(|(_, n)| **n > 0.0);
        filled.map(move |(cell, &n)| (state, cell / SEXES, cell % SEXES, n))
    })
}

fn fertile(people: &People) -> f64 {
    (0..people.states).flat_map(|state| FERTILE.map(move |age| people.at(state, age, 1))).sum()
}

/// What is kept of a draw.
#[derive(Clone)]
struct Summary {
    states: Vec<f64>,
    age_groups: [f64; 6],
}

impl Summary {
    fn of(people: &People) -> Self {
        let (mut states, mut age_groups) = (vec![0.0; people.states], [0.0; 6]);
        for (state, age, _, n) in cells(people) {
            states[state] += n;
            age_groups[age_group(age)] += n;
        }
        Self { states, age_groups }
    }
}

/// The 2.5th and 97.5th of a hundred draws, by linear interpolation.
fn limits(mut values: Vec<f64>, middle: f64) -> (f64, f64) {
    if values.is_empty() {
        return (middle, middle);
    }
    values.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let place = share * (values.len() - 1) as f64;
        let low = place.floor() as usize;
        let high = (low + 1).min(values.len() - 1);
        values[low] + (values[high] - values[low]) * (place - low as f64)
    };
    (at(0.025), at(0.975))
}

/// Everybody as one state: deaths, departures and joiners by age and sex, for the comparison with ageing alone.
struct Pooled {
    /// By age and sex: the chance of being there a year later.
    stays: Vec<f64>,
}

impl Pooled {
    fn of(year: &Year, borrow: f64) -> Self {
        let width = year.states + 2;
        let mut seen = vec![[0.0; 2]; AGES * SEXES];
        for (cell, row) in year.moves.chunks_exact(width).enumerate() {
            let slot = &mut seen[cell % (AGES * SEXES)];
            slot[0] += row.iter().sum::<f64>();
            slot[1] += row[..year.states].iter().sum::<f64>();
        }
        let band = |age: usize, sex: usize, what: usize| -> f64 {
            (age / 5 * 5..(age / 5 * 5 + 5).min(AGES)).map(|a| seen[a * SEXES + sex][what]).sum()
        };
        let share = |stay: f64, all: f64, prior: f64| {
            if all + borrow > 0.0 { (stay + borrow * prior) / (all + borrow) } else { prior }
        };
        let stays = (0..AGES * SEXES)
            .map(|cell| {
                let (age, sex) = (cell / SEXES, cell % SEXES);
                let coarse = share(band(age, sex, 1), band(age, sex, 0), 1.0);
                share(seen[cell][1], seen[cell][0], coarse)
            })
            .collect();
        Self { stays }
    }

    /// States are carried along here and split anew by [`split`].
    fn step(&self, people: &People, year: &Year, births: f64) -> People {
        let mut next = People::none(people.states);
        for (state, age, sex, here) in cells(people) {
            next.add(state, age + 1, sex, here * self.stays[age * SEXES + sex]);
        }
        let fertile = fertile(people) * births;
        join(&mut next, &year.joined, |n, age| if age == 0 { n * fertile } else { n });
        next
    }
}

/// People by state if each age and sex had today's shares; an age that has nobody today takes the next younger.
fn split(people: &People, now: &People) -> Vec<f64> {
    let mut sums = vec![0.0; now.states];
    for sex in 0..SEXES {
        let mut shares = vec![1.0 / now.states.max(1) as f64; now.states];
        for age in 0..=OLDEST {
            let today: f64 = (0..now.states).map(|s| now.at(s, age, sex)).sum();
            if today > 0.0 {
                for (s, share) in shares.iter_mut().enumerate() {
                    *share = now.at(s, age, sex) / today;
                }
            }
            let then: f64 = (0..now.states).map(|s| people.at(s, age, sex)).sum();
            for (sum, share) in sums.iter_mut().zip(&shares) {
                *sum += then * share;
            }
        }
    }
    sums
}
