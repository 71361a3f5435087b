//! What may be seen of money, and the attack on tables of it.
#![allow(clippy::unwrap_used)]

use super::*;
use proptest::prelude::*;

fn amounts(pence: &[i64]) -> Amounts {
    pence.iter().fold(Amounts::default(), |mut sum, &one| {
        sum.add(&Amounts::one(one));
        sum
    })
}

#[test]
fn sums_that_stand_alone() {
    let shown = |pence: &[i64]| ShownMoney::alone(&amounts(pence));
    assert_eq!(shown(&[100_000; 10]).to_string(), "£10,000");
    assert_eq!(shown(&[100_000; 7]), ShownMoney::Suppressed);
    let mut one_large = [100_000; 10];
    one_large[4] = 1_000_000;
    assert_eq!(shown(&one_large), ShownMoney::Suppressed);
    assert_eq!(shown(&[i64::MAX; 200]), ShownMoney::Suppressed);
    assert_eq!(shown(&[]), ShownMoney::Pounds(0));
    assert_eq!(shown(&[-100_000; 10]).to_string(), "\u{2212}£10,000");
}

#[test]
fn the_rules_one_by_one() {
    // Ten people, nobody more than half: seen.
    assert!(!is_sensitive(10, 1_000, 500, 300));
    // One person more than half.
    assert!(is_sensitive(10, 1_000, 501, 100));
    // Two people hold nearly all: the second could tell the first to within a tenth.
    assert!(is_sensitive(10, 1_000, 490, 480));
    assert!(!is_sensitive(10, 1_000, 490, 460));
    assert!(is_sensitive(7, 1_000, 150, 150));
    assert!(!is_sensitive(0, 0, 0, 0));
}

/// A table from each person's amounts: people stand in one row and may have an amount in each column.
fn build(people: &[(usize, Vec<i64>)], rows: usize, width: usize) -> (Vec<Vec<Amounts>>, Vec<Amounts>) {
    let mut cells = vec![vec![Amounts::default(); width]; rows];
    let mut totals = vec![Amounts::default(); rows];
    for (row, own) in people {
        own.iter().enumerate().for_each(|(at, &pence)| cells[*row][at].add(&Amounts::one(pence)));
        totals[*row].add(&Amounts::one(own.iter().sum()));
    }
    (cells, totals)
}

/// The range of a hidden cell over all tables of sums that would be published so: what an attacker can tell at best who knows
/// every sum that is shown to the penny. Every table with the same lines is the truth plus a circulation on the hidden sums, so
/// the range is a greatest flow there and back.
struct Attack {
    rows: usize,
    width: usize,
    /// From line to line: how much may flow. Rows first, then columns; totals are the last of each.
    room: Vec<Vec<i64>>,
}

impl Attack {
    fn new(sums: &[Vec<i64>], hidden: &[Vec<bool>]) -> Self {
        let (rows, width) = (sums.len(), sums[0].len());
        let mut room = vec![vec![0; rows + width]; rows + width];
        for (row, line) in sums.iter().enumerate() {
            for (at, &sum) in line.iter().enumerate().filter(|(at, _)| hidden[row][*at]) {
                // A part in exactly one total line counts against it: its sign turns.
                let turned = (row + 1 == rows) != (at + 1 == width);
                let (from, to) = if turned { (rows + at, row) } else { (row, rows + at) };
                // Raising the sum has no end; it can fall to nothing.
                room[from][to] = i64::MAX / 4;
                room[to][from] = sum;
            }
        }
        Self { rows, width, room }
    }

    /// How far a cell can rise (or fall): the greatest flow that closes the circle without using the cell itself.
    fn reach(&self, row: usize, at: usize, rise: bool) -> i64 {
        let turned = (row + 1 == self.rows) != (at + 1 == self.width);
        let (mut from, mut to) = if turned { (self.rows + at, row) } else { (row, self.rows + at) };
        let own_fall = self.room[to][from];
        let mut room = self.room.clone();
        room[from][to] = 0;
        room[to][from] = 0;
        if !rise {
            (from, to) = (to, from);
        }
        let most = flow(&mut room, to, from);
        if rise { most } else { most.min(own_fall) }
    }
}

fn flow(room: &mut [Vec<i64>], from: usize, to: usize) -> i64 {
    let mut total = 0_i64;
    loop {
        let mut came = vec![usize::MAX; room.len()];
        came[from] = from;
        let mut open = std::collections::VecDeque::from([from]);
        while let Some(here) = open.pop_front() {
            for next in 0..room.len() {
                if came[next] == usize::MAX && room[here][next] > 0 {
                    came[next] = here;
                    open.push_back(next);
                }
            }
        }
        if came[to] == usize::MAX || total > i64::MAX / 8 {
            return total;
        }
        let (mut least, mut here) = (i64::MAX, to);
        while here != from {
            least = least.min(room[came[here]][here]);
            here = came[here];
        }
        here = to;
        while here != from {
            room[came[here]][here] -= least;
            room[here][came[here]] = room[here][came[here]].saturating_add(least);
            here = came[here];
        }
        total = total.saturating_add(least);
    }
}

fn whole(cells: &[Vec<Amounts>], totals: &[Amounts]) -> Vec<Vec<Amounts>> {
    let mut all: Vec<Vec<Amounts>> =
        cells.iter().zip(totals).map(|(line, total)| line.iter().copied().chain([*total]).collect()).collect();
    let last = (0..all[0].len()).map(|at| {
        all.iter().fold(Amounts::default(), |mut sum, line| {
            sum.add(&line[at]);
            sum
        })
    });
    let last = last.collect();
    all.push(last);
    all
}

/// How exactly the attack knows the sensitive sums of a table where `hidden` is hidden: the least room up or down, as a share
/// of the sum.
fn least_room(all: &[Vec<Amounts>], hidden: &[Vec<bool>]) -> f64 {
    let sums: Vec<Vec<i64>> = all.iter().map(|line| line.iter().map(|sum| sum.pence).collect()).collect();
    let attack = Attack::new(&sums, hidden);
    let mut least = f64::INFINITY;
    for (row, line) in all.iter().enumerate() {
        for (at, sum) in line.iter().enumerate().filter(|(_, sum)| sum.is_sensitive()) {
            for rise in [true, false] {
                least = least.min(attack.reach(row, at, rise) as f64 / sum.pence as f64);
            }
        }
    }
    least
}

/// The attack is not toothless: with the sensitive sums alone hidden it works most of them out.
#[test]
fn hiding_the_sensitive_sums_alone_does_not_do() {
    let mut people = vec![(0, vec![90_000, 2_000, 5_000])];
    people.extend((0..60).map(|n| (n % 3, vec![3_000, 2_000 + n as i64, 4_000])));
    let (cells, totals) = build(&people, 3, 3);
    let all = whole(&cells, &totals);
    let alone: Vec<Vec<bool>> = all.iter().map(|line| line.iter().map(Amounts::is_sensitive).collect()).collect();
    assert!(alone[0][0] && least_room(&all, &alone) == 0.0);
    assert!(least_room(&all, &Rectangles::of(&all).protect().0) >= 0.1);
}

#[test]
fn lists() {
    let (cells, total) = money_list(&[amounts(&[10_000; 20]), amounts(&[500_000]), amounts(&[20_000; 30])]);
    let words: Vec<String> = cells.iter().chain([&total]).map(ToString::to_string).collect();
    assert_eq!(words, ["suppressed", "suppressed", "£6,000", "£13,000"]);
    assert_eq!(money_list(&[amounts(&[500_000])]), (vec![ShownMoney::Suppressed], ShownMoney::Suppressed));
    assert_eq!(money_list(&[]), (vec![], ShownMoney::Pounds(0)));
}

/// Groups whose totals are known from elsewhere: the small group is hidden with another, or everything is.
#[test]
fn groups_without_totals() {
    assert_eq!(hide_in_groups(&[(50, false), (40, true), (900, false)], 3), [true, true, false]);
    assert_eq!(hide_in_groups(&[(0, false), (40, true), (3, false)], 3), [false, true, true]);
    assert_eq!(hide_in_groups(&[(0, false), (40, true), (0, false)], 3), [false, true, false]);
    assert_eq!(hide_in_groups(&[(40, true), (60, false), (70, false), (80, false)], 2), [true; 4]);
    let nine = [
        (40, true),
        (60, false),
        (90, false),
        (70, false),
        (80, false),
        (90, false),
        (9, false),
        (9, false),
        (9, false),
    ];
    assert_eq!(hide_in_groups(&nine, 3), [true, true, false, false, false, false, true, true, false]);
    assert_eq!(hide_in_groups(&[], 1), Vec::<bool>::new());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// No sensitive sum can be worked out to within a tenth, up or down, whatever is added to and taken from whatever.
    #[test]
    fn no_sensitive_sum_can_be_worked_out(
        people in proptest::collection::vec(
            (0usize..4, proptest::collection::vec(prop_oneof![3 => Just(0i64), 3 => 1_000i64..20_000, 1 => 500_000i64..5_000_000], 3)),
            1..90,
        ),
    ) {
        let (cells, totals) = build(&people, 4, 3);
        let table = money_table(&cells, &totals);
        let all = whole(&cells, &totals);
        let hidden: Vec<Vec<bool>> = table.cells.iter().zip(&table.row_totals)
            .map(|(line, total)| line.iter().chain([total]).map(|cell| cell.is_hidden()).collect())
            .chain([table.column_totals.iter().chain([&table.total]).map(|cell| cell.is_hidden()).collect()])
            .collect();
        for (line, hidden) in all.iter().zip(&hidden) {
            for (sum, hidden) in line.iter().zip(hidden) {
                prop_assert!(*hidden || !sum.is_sensitive());
                prop_assert!(sum.givers > 0 || !hidden, "nothing is shown as nothing");
            }
        }
        prop_assert!(least_room(&all, &hidden) >= 0.1, "{all:?} {hidden:?}");
    }

    /// What the squares let be seen, the exact rules let be seen too.
    #[test]
    fn squares_are_on_the_safe_side(own in proptest::collection::vec(-5_000i64..2_000_000, 0..40)) {
        let sum = amounts(&own);
        let mut sizes: Vec<i64> = own.iter().map(|one| one.abs()).collect();
        sizes.sort_unstable_by(|a, b| b.cmp(a));
        let at = |place: usize| sizes.get(place).copied().unwrap_or(0);
        prop_assert!(sum.is_sensitive() || !is_sensitive(sum.givers, sum.volume, at(0), at(1)));
    }

    /// Adding and taking away are opposites.
    #[test]
    fn amounts_come_and_go(a in proptest::collection::vec(-9_000i64..9_000, 0..9), b in proptest::collection::vec(-9_000i64..9_000, 0..9)) {
        let (whole, mut sum) = (amounts(&a), amounts(&a));
        sum.add(&amounts(&b));
        sum.take(&amounts(&b));
        prop_assert_eq!(sum, whole);
    }
}
