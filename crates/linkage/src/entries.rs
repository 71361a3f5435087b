//! Records in the order of their blocking keys.
//!
//! Keys are parted by their highest bits first, so that all that comes after (dropping the lonely, sorting) happens in a part which
//! lies in the processor's cache. The answer is the same as that of sorting all keys at once.

use crate::key::Keys;
use crate::question::Test;
use crate::records::Records;
use rayon::prelude::*;

/// One record under one rule: its key and its number.
pub(crate) type Entry = (u64, u32);

/// What stands in a block by its key. Its order is that of keys, and of records where they are the same.
pub(crate) trait Keyed: Copy + Default + Ord + Send + Sync {
    /// The key; its lowest bit says whether the record has a settled person.
    fn key(&self) -> u64;
}

impl Keyed for Entry {
    fn key(&self) -> u64 {
        self.0
    }
}

/// Records whose keys one task works out.
const KEYS_PER_TASK: usize = 1 << 16;
/// About so many entries are in a part.
const PER_PART: usize = 1 << 14;
/// More parts than this are not written side by side with profit.
const MOST_PARTS: usize = 1 << 10;

/// The keys of the records under a rule, sorted, so that a block is a run of equal keys. The lowest bit of a key says whether the
/// record has a settled person (`group` not 0): those come last in their block.
pub(crate) fn entries(records: &Records, rule: &[Test], active: &[u32], group: &[u32]) -> Vec<Entry> {
    some_entries(records, rule, active, group, 1)
}

/// As [`entries`], of one key in `one_in`: whole blocks, so that their pairs are a sample of all blocks' pairs.
pub(crate) fn some_entries(records: &Records, rule: &[Test], active: &[u32], group: &[u32], one_in: u64) -> Vec<Entry> {
    let keys = Keys::new(records, rule);
    in_blocks(active, active.len() / one_in.max(1) as usize, |record| {
        let key = keys.of(*record as usize)?;
        // Bits that neither the order nor the filter of lonely keys rests on alone.
        let wanted = one_in <= 1 || (key >> 44) % one_in == 0;
        wanted.then(|| (marked(key, group, *record), *record))
    })
}

/// A key whose lowest bit says whether the record has a settled person.
pub(crate) fn marked(key: u64, group: &[u32], record: u32) -> u64 {
    key & !1 | u64::from(group.get(record as usize).is_some_and(|group| *group != 0))
}

/// The entries of some records, sorted, without those that cannot be in a pair; `about` says how many to expect.
pub(crate) fn in_blocks<E: Keyed>(records: &[u32], about: usize, entry: impl Fn(&u32) -> Option<E> + Sync) -> Vec<E> {
    let mut sorter = Sorter::default();
    sorter.sort(records, about, entry);
    sorter.sorted
}

/// Sorts entries; the memory is used again for the next.
#[derive(Debug, Default)]
pub(crate) struct Sorter<E> {
    tasks: Vec<Parted<E>>,
    parts: Vec<Parted<E>>,
    sorted: Vec<E>,
}

impl<E: Keyed> Sorter<E> {
    /// As [`in_blocks`].
    pub(crate) fn sort(&mut self, records: &[u32], about: usize, entry: impl Fn(&u32) -> Option<E> + Sync) -> &[E] {
        let count = (about / PER_PART).next_power_of_two().clamp(1, MOST_PARTS);
        let Self { tasks, parts, sorted } = self;
        tasks.resize_with(records.len().div_ceil(KEYS_PER_TASK), Parted::default);
        tasks.par_iter_mut().zip(records.par_chunks(KEYS_PER_TASK)).for_each(|(task, some)| {
            task.all.clear();
            task.all.extend(some.iter().filter_map(&entry));
            task.scatter(0, count);
        });
        parts.resize_with(count, Parted::default);
        let tasks = &*tasks;
        parts.par_iter_mut().enumerate().for_each(|(at, part)| {
            part.all.clear();
            for task in tasks {
                part.all.extend_from_slice(task.place(at));
            }
            lonely_dropped(&mut part.all);
            part.sort(count.trailing_zeros());
        });
        sorted.clear();
        sorted.reserve(parts.iter().map(|part| part.placed.len()).sum());
        for part in parts {
            sorted.extend_from_slice(&part.placed);
        }
        sorted
    }
}

/// Entries as they come, and place by place.
#[derive(Debug)]
struct Parted<E> {
    all: Vec<E>,
    placed: Vec<E>,
    /// Where each place ends.
    ends: Vec<u32>,
}

impl<E> Default for Parted<E> {
    fn default() -> Self {
        Self { all: Vec::new(), placed: Vec::new(), ends: Vec::new() }
    }
}

impl<E: Keyed> Parted<E> {
    fn place(&self, place: usize) -> &[E] {
        let from = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.placed[from as usize..self.ends[place] as usize]
    }

    /// Places entries by the bits of their keys behind the first `skip`, in so many places (a power of two); those of one place keep
    /// their order.
    fn scatter(&mut self, skip: u32, places: usize) {
        let Self { all, placed, ends } = self;
        let bits = places.trailing_zeros();
        let place = |key: u64| if bits == 0 { 0 } else { (key << skip >> (64 - bits)) as usize };
        ends.clear();
        ends.resize(places, 0);
        for entry in &*all {
            ends[place(entry.key())] += 1;
        }
        let mut from = 0;
        for end in &mut *ends {
            from += std::mem::replace(end, from);
        }
        // Each place's beginning becomes its end as it fills.
        placed.clear();
        placed.resize(all.len(), E::default());
        for entry in &*all {
            let at = &mut ends[place(entry.key())];
            placed[*at as usize] = *entry;
            *at += 1;
        }
    }

    /// Sorts entries whose keys have their first `skip` bits in common.
    fn sort(&mut self, skip: u32) {
        self.scatter(skip, self.all.len().next_power_of_two());
        let mut from = 0;
        for end in &self.ends {
            // One or two keys as a rule.
            let same = &mut self.placed[from as usize..*end as usize];
            if same.len() > 1 {
                same.sort_unstable();
            }
            from = *end;
        }
    }
}

/// Drops entries that cannot be in a pair, before the sorting: keys seen once, and keys without an open record.
pub(crate) fn lonely_dropped<E: Keyed>(entries: &mut Vec<E>) {
    let seen = Seen::of(entries);
    entries.retain(|entry| seen.in_a_pair(entry.key()));
}

/// How often keys were seen: once or more, and whether with an open record. A few bits of the key's hash stand for the key, so it may
/// say yes to a few lonely ones, which does no harm.
struct Seen {
    /// Four bits for a place: seen, seen again, with an open record.
    words: Vec<u64>,
}

impl Seen {
    fn of<E: Keyed>(entries: &[E]) -> Self {
        let places = (entries.len() * 8).next_power_of_two().max(1 << 12);
        let mut seen = Self { words: vec![0_u64; places / 16] };
        for entry in entries {
            let key = entry.key();
            let (word, shift) = seen.place(key);
            let before = seen.words[word] >> shift & 1;
            seen.words[word] |= (1 | before << 1 | (!key & 1) << 2) << shift;
        }
        seen
    }

    fn place(&self, key: u64) -> (usize, usize) {
        let at = (key >> 16) as usize & (self.words.len() * 16 - 1);
        (at / 16, at % 16 * 4)
    }

    fn in_a_pair(&self, key: u64) -> bool {
        let (word, shift) = self.place(key);
        self.words[word] >> shift & 0b110 == 0b110
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Parting and placing is sorting, however keys crowd.
        #[test]
        fn parts_one_behind_the_other_are_sorted(
            keys in prop::collection::vec(prop_oneof![any::<u64>(), 0..4_u64, Just(u64::MAX)], 0..300),
            bits in 0..6_u32,
        ) {
            let entries: Vec<Entry> = keys.into_iter().zip(0..).collect();
            let mut tasks: Vec<Parted<Entry>> = Vec::new();
            for some in entries.chunks(70) {
                let mut task = Parted { all: some.to_vec(), ..Parted::default() };
                task.scatter(0, 1 << bits);
                tasks.push(task);
            }
            let mut found: Vec<Entry> = Vec::new();
            for part in 0..1 << bits {
                let mut mine: Parted<Entry> = Parted::default();
                mine.all.extend(tasks.iter().flat_map(|task| task.place(part)));
                mine.sort(bits);
                found.extend(mine.placed);
            }
            let mut expected = entries;
            expected.sort_unstable();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn only_lonely_keys_are_dropped() {
        let mut entries: Vec<Entry> = (0..1000_u32).map(|n| (u64::from(n / 2) << 20, n)).collect();
        entries.push((u64::MAX, 1000));
        lonely_dropped(&mut entries);
        assert!(entries.len() >= 1000 && (0..1000).all(|n| entries[n as usize].1 == n));
    }
}
