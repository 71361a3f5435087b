//! A month's changes made up from a seed: new rows for some people, a few who come, leave or have another record.

use anyhow::Context as _;
use lake::people::PeopleRows;
use lake::segment::Changed;
use lake::{BucketView, CodeRow, Columns, EventRow, PersonRow, Snapshot};
use nhs::{CodeSystem, Day, EventKind, Method, Status};
use std::collections::BTreeMap;

/// Whom the new rows are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Shape {
    /// As large a share of the people as of the rows, drawn at random: each has several spells.
    People,
    /// Each row is a spell of its own, of a person drawn with the number of rows known: as many people as can be.
    Rows,
    /// The same with spells as long as those known, which is how a month's rows come.
    Spells,
}

impl Shape {
    /// As it is written on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Rows => "rows",
            Self::Spells => "spells",
        }
    }
}

/// How much changes.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Whom it is about.
    pub shape: Shape,
    /// New rows as a share of those known.
    pub share: f64,
    /// Of so many people one leaves, one comes and one has another record.
    pub one_in: u64,
    /// Of the draws.
    pub seed: u64,
}

/// A stream of numbers, the same in every run.
pub struct Draw(u64);

impl Draw {
    /// A stream from a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed ^ 0x9e37_79b9_7f4a_7c15)
    }

    /// A number below a bound.
    pub fn below(&mut self, bound: u64) -> u64 {
        // SplitMix64 (Steele, Lea and Flood 2014).
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((u128::from(z ^ (z >> 31)) * u128::from(bound)) >> 64) as u64
    }
}

/// What is known of everybody before.
struct Known {
    ids: Vec<u64>,
    /// Where each person's rows begin among all.
    starts: Vec<u64>,
    /// The largest spell number of each.
    spells: Vec<u32>,
    /// Rows like those known: every so manieth.
    like: Vec<(u8, u8, u32)>,
}

impl Known {
    fn of(snapshot: &Snapshot, threads: usize) -> anyhow::Result<Self> {
        let columns = Columns::PERSON_ID | Columns::LINK | Columns::KIND | Columns::METHOD | Columns::CODE;
        let parts = snapshot.scan(columns, threads, |view| {
            let ids: Vec<u64> = view.people.iter().map(|p| p.id).collect();
            let counts: Vec<usize> = (0..view.len()).map(|p| view.events_of(p).len()).collect();
            let largest = |p: usize| view.link[view.events_of(p)].iter().copied().max().unwrap_or(0);
            let spells: Vec<u32> = (0..view.len()).map(largest).collect();
            let like: Vec<_> =
                (0..view.code.len()).step_by(97).map(|e| (view.kind[e], view.method[e], view.code[e])).collect();
            (ids, counts, spells, like)
        })?;
        let mut known = Self { ids: Vec::new(), starts: vec![0], spells: Vec::new(), like: Vec::new() };
        let mut sum = 0;
        for (ids, counts, spells, like) in parts {
            known.ids.extend(ids);
            known.spells.extend(spells);
            known.like.extend(like);
            for count in counts {
                sum += count as u64;
                known.starts.push(sum);
            }
        }
        Ok(known)
    }

    fn rows(&self) -> u64 {
        self.starts.last().copied().unwrap_or(0)
    }

    /// The person who has a row.
    fn owner(&self, row: u64) -> usize {
        self.starts.partition_point(|start| *start <= row) - 1
    }
}

/// Makes the changes, and the dictionary of their codes.
pub fn make(snapshot: &Snapshot, size: Size, threads: usize) -> anyhow::Result<(Changed, Vec<CodeRow>)> {
    let known = Known::of(snapshot, threads)?;
    let mut draw = Draw::new(size.seed);
    let mut codes = snapshot.dictionary().rows().to_vec();
    // A code that nobody had before.
    codes.push(CodeRow { system: CodeSystem::Icd10, code: "I50X9".to_owned(), name: String::new() });
    let people = known.ids.len() as u64;
    let few = people / size.one_in.max(1);
    let mut named: BTreeMap<usize, u32> = BTreeMap::new();
    let mut changed = Changed::default();
    let mut others = Vec::new();
    for turn in 0..2 * few {
        let who = draw.below(people) as usize;
        if named.insert(who, 0).is_none() {
            if turn % 2 == 0 { changed.gone.push(known.ids[who]) } else { others.push(who) }
        }
    }
    others.sort_unstable();
    let new_rows = (known.rows() as f64 * size.share) as u64;
    let mut rows: BTreeMap<usize, Vec<EventRow>> = BTreeMap::new();
    let chosen = ((people as f64 * size.share) as u64).max(1);
    let some: Vec<usize> = (0..chosen).map(|_| draw.below(people.max(1)) as usize).collect();
    let as_of = snapshot.manifest().as_of;
    let mut made = 0;
    while made < new_rows {
        let who = match size.shape {
            Shape::People => some[draw.below(chosen) as usize],
            Shape::Rows | Shape::Spells => known.owner(draw.below(known.rows())),
        };
        if named.contains_key(&who) {
            // Rows of those who left or have another record come with the record.
            made += 1;
            continue;
        }
        let own = rows.entry(who).or_default();
        let spell = own.last().map_or(known.spells[who], |last| last.link) + 1;
        let date = Day(as_of.0 - draw.below(31) as i32);
        let length = if size.shape == Shape::Rows { 1 } else { 1 + draw.below(6) };
        for _ in 0..length.min(new_rows - made) {
            let (kind, method, code) = known.like[draw.below(known.like.len() as u64) as usize];
            let code = if draw.below(5000) == 0 { codes.len() as u32 - 1 } else { code };
            own.push(event(date, (kind, method, code), spell));
            made += 1;
        }
    }
    changed.gone.sort_unstable();
    changed.added = added(&known, rows);
    changed.replaced = replaced(snapshot, &known, &others, few, &mut draw)?;
    Ok((changed, codes))
}

fn event(date: Day, (kind, method, code): (u8, u8, u32), link: u32) -> EventRow {
    EventRow {
        person: 0,
        date,
        end: None,
        kind: EventKind::from_number(kind).unwrap_or(EventKind::Diagnosis),
        method: Method::from_number(method).unwrap_or(Method::None),
        status: Status::None,
        code,
        provider: 0,
        detail: 0,
        value: None,
        cost: None,
        link,
        source: 0,
    }
}

fn added(known: &Known, rows: BTreeMap<usize, Vec<EventRow>>) -> PeopleRows {
    let mut added = PeopleRows::default();
    for (who, mut own) in rows {
        for row in &mut own {
            row.person = added.people.len() as u32;
        }
        added.people.push(PersonRow { id: known.ids[who], ..PersonRow::default() });
        added.events.append(&mut own);
    }
    added
}

/// People who moved and lost their first row, and people who came: they have the history of somebody who is known.
fn replaced(
    snapshot: &Snapshot,
    known: &Known,
    others: &[usize],
    few: u64,
    draw: &mut Draw,
) -> anyhow::Result<PeopleRows> {
    let mut replaced = PeopleRows::default();
    for &who in others {
        let view = one(snapshot, who)?;
        push(&mut replaced, &view.view(), known.ids[who], true);
    }
    let mut next = known.ids.last().copied().unwrap_or(0);
    for _ in 0..few {
        next += 1 + draw.below(3);
        let view = one(snapshot, draw.below(known.ids.len() as u64) as usize)?;
        push(&mut replaced, &view.view(), next, false);
    }
    Ok(replaced)
}

fn one(snapshot: &Snapshot, who: usize) -> anyhow::Result<lake::Histories> {
    let buckets = &snapshot.manifest().buckets;
    let bucket = buckets.iter().rposition(|b| b.first_person as usize <= who).context("nobody is in the lake")?;
    Ok(snapshot.some_of(bucket as u32, &[who - buckets[bucket].first_person as usize], Columns::ALL)?)
}

fn push(to: &mut PeopleRows, view: &BucketView<'_>, id: u64, loses: bool) {
    let first = to.events.len();
    to.push(view, 0);
    if loses && to.events.len() > first {
        to.events.remove(first);
    }
    if let Some(person) = to.people.last_mut() {
        person.id = id;
        person.imd_decile = 11 - person.imd_decile.clamp(1, 10);
    }
}
