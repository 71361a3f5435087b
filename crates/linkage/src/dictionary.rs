//! Distinct strings as small numbers, in one buffer.

use crate::shape::Shape;
use rustc_hash::FxHasher;
use std::hash::Hasher;

/// A fixed hash of text: the same for every order in which values arrive.
pub(crate) fn text_hash(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(text.as_bytes());
    hasher.write_u8(0xff);
    hasher.finish()
}

/// Strings numbered from 1 in order of first sight; 0 is the missing value.
///
/// It holds up to 4 GiB of distinct text; a value that does not fit any more counts as missing.
#[derive(Debug, Clone)]
pub(crate) struct Dictionary {
    text: String,
    /// `ends[n]` is where string `n` ends; string 0 is empty.
    ends: Vec<u32>,
    /// What is told of each string without its text.
    shapes: Vec<Shape>,
    /// Open addressing: the number of the string and above it a part of its hash, so that strings which differ are hardly ever
    /// looked at and growing reads no text; 0 for an empty slot. The length is a power of two.
    slots: Vec<u64>,
}

impl Default for Dictionary {
    fn default() -> Self {
        Self { text: String::new(), ends: vec![0], shapes: vec![Shape::default()], slots: vec![0; 64] }
    }
}

/// The part of a hash that a slot keeps.
fn tag(hash: u64) -> u64 {
    hash >> 20 & 0xffff_ffff
}

impl Dictionary {
    /// How many numbers are given out, with 0.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// All texts one behind the other, and where each ends, from string 0.
    pub(crate) fn parts(&self) -> (&str, &[u32]) {
        (&self.text, &self.ends)
    }

    /// A dictionary of the strings of `parts`; `None` where they are not strings that [`Self::parts`] could give.
    pub(crate) fn of_parts(text: String, ends: Vec<u32>) -> Option<Self> {
        let rising = ends.first() == Some(&0) && ends.windows(2).all(|two| two[0] < two[1]);
        let whole = ends.last().is_some_and(|end| *end as usize == text.len());
        if !rising || !whole || !ends.iter().all(|end| text.is_char_boundary(*end as usize)) {
            return None;
        }
        let slots = (ends.len() * 2).next_power_of_two().max(64);
        let mut dictionary = Self { text, ends, shapes: vec![Shape::default()], slots: vec![0; slots] };
        for number in 1..dictionary.ends.len() as u32 {
            let (shape, hash) = (Shape::of(dictionary.get(number)), text_hash(dictionary.get(number)));
            let slot = dictionary.slot_of(dictionary.get(number), hash);
            if dictionary.slots[slot] != 0 {
                return None;
            }
            dictionary.slots[slot] = tag(hash) << 32 | u64::from(number);
            dictionary.shapes.push(shape);
        }
        Some(dictionary)
    }

    /// What is told of a string without its text.
    pub(crate) fn shape(&self, number: u32) -> Shape {
        self.shapes.get(number as usize).copied().unwrap_or_default()
    }

    /// The string of a number; empty for 0 and for numbers that were never given out.
    pub(crate) fn get(&self, number: u32) -> &str {
        let index = number as usize;
        let (Some(end), Some(start)) = (self.ends.get(index), index.checked_sub(1).and_then(|i| self.ends.get(i)))
        else {
            return "";
        };
        &self.text[*start as usize..*end as usize]
    }

    fn slot_of(&self, text: &str, hash: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = tag(hash) as usize & mask;
        loop {
            let held = self.slots[slot];
            if held == 0 || held >> 32 == tag(hash) && self.get(held as u32) == text {
                return slot;
            }
            slot = (slot + 1) & mask;
        }
    }

    /// The number of `text`, or 0 where it was never seen.
    pub(crate) fn find(&self, text: &str) -> u32 {
        if text.is_empty() { 0 } else { self.slots[self.slot_of(text, text_hash(text))] as u32 }
    }

    /// The hash of `text` and its number, given out now if it is new.
    pub(crate) fn intern(&mut self, text: &str) -> (u64, u32) {
        let hash = text_hash(text);
        if text.is_empty() {
            return (hash, 0);
        }
        let slot = self.slot_of(text, hash);
        if self.slots[slot] != 0 {
            return (hash, self.slots[slot] as u32);
        }
        let Ok(end) = u32::try_from(self.text.len() + text.len()) else { return (hash, 0) };
        let number = self.ends.len() as u32;
        self.text.push_str(text);
        self.ends.push(end);
        self.shapes.push(Shape::of(text));
        self.slots[slot] = tag(hash) << 32 | u64::from(number);
        if self.ends.len() * 2 > self.slots.len() {
            self.grow();
        }
        (hash, number)
    }

    fn grow(&mut self) {
        let larger = vec![0; self.slots.len() * 2];
        let old = std::mem::replace(&mut self.slots, larger);
        let mask = self.slots.len() - 1;
        for held in old.into_iter().filter(|held| *held != 0) {
            let mut slot = (held >> 32) as usize & mask;
            while self.slots[slot] != 0 {
                slot = (slot + 1) & mask;
            }
            self.slots[slot] = held;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_each_string_one_number() {
        let mut dictionary = Dictionary::default();
        let numbers: Vec<u32> = (0..5000).map(|i| dictionary.intern(&format!("N{i}")).1).collect();
        assert_eq!(numbers[0], 1);
        assert_eq!(numbers[4999], 5000);
        for (i, number) in numbers.iter().enumerate() {
            assert_eq!(dictionary.get(*number), format!("N{i}"));
            assert_eq!(dictionary.intern(&format!("N{i}")).1, *number);
        }
        assert_eq!(dictionary.intern("").1, 0);
        assert_eq!(dictionary.get(0), "");
        assert_eq!(dictionary.get(99_999), "");
        assert_eq!(dictionary.find("ABSENT"), 0);
    }

    #[test]
    fn parts_make_the_same_dictionary_again() {
        let mut dictionary = Dictionary::default();
        let numbers: Vec<u32> = (0..700).map(|i| dictionary.intern(&format!("N\u{e9}{i}")).1).collect();
        let (text, ends) = dictionary.parts();
        let again = Dictionary::of_parts(text.to_owned(), ends.to_vec()).unwrap();
        for (i, number) in numbers.iter().enumerate() {
            assert_eq!(again.find(&format!("N\u{e9}{i}")), *number);
        }
        assert!(Dictionary::of_parts("AA".to_owned(), vec![0, 1, 2]).is_none(), "one string twice");
        assert!(Dictionary::of_parts("\u{e9}".to_owned(), vec![0, 1, 2]).is_none(), "half a letter");
        assert!(Dictionary::of_parts("A".to_owned(), vec![0]).is_none(), "text that belongs to nothing");
        assert!(Dictionary::of_parts(String::new(), vec![]).is_none());
    }
}
