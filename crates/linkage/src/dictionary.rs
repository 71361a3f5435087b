//! Distinct strings as small numbers, in one buffer.

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
    /// Open addressing: the number of the string, or 0 for an empty slot. The length is a power of two.
    slots: Vec<u32>,
}

impl Default for Dictionary {
    fn default() -> Self {
        Self { text: String::new(), ends: vec![0], slots: vec![0; 64] }
    }
}

impl Dictionary {
    /// The string of a number; empty for 0 and for numbers that were never given out.
    pub(crate) fn get(&self, number: u32) -> &str {
        let index = number as usize;
        let (Some(end), Some(start)) = (self.ends.get(index), index.checked_sub(1).and_then(|i| self.ends.get(i)))
        else {
            return "";
        };
        &self.text[*start as usize..*end as usize]
    }

    fn slot_of(&self, text: &str) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = (text_hash(text) >> 20) as usize & mask;
        while self.slots[slot] != 0 && self.get(self.slots[slot]) != text {
            slot = (slot + 1) & mask;
        }
        slot
    }

    /// The number of `text`, or 0 where it was never seen.
    pub(crate) fn find(&self, text: &str) -> u32 {
        if text.is_empty() { 0 } else { self.slots[self.slot_of(text)] }
    }

    /// The number of `text`, given out now if it is new.
    pub(crate) fn intern(&mut self, text: &str) -> u32 {
        if text.is_empty() {
            return 0;
        }
        let slot = self.slot_of(text);
        if self.slots[slot] != 0 {
            return self.slots[slot];
        }
        let Ok(end) = u32::try_from(self.text.len() + text.len()) else { return 0 };
        let number = self.ends.len() as u32;
        self.text.push_str(text);
        self.ends.push(end);
        self.slots[slot] = number;
        if self.ends.len() * 2 > self.slots.len() {
            self.grow();
        }
        number
    }

    fn grow(&mut self) {
        self.slots = vec![0; self.slots.len() * 2];
        for number in 1..self.ends.len() as u32 {
            let slot = self.slot_of(self.get(number));
            self.slots[slot] = number;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_each_string_one_number() {
        let mut dictionary = Dictionary::default();
        let numbers: Vec<u32> = (0..5000).map(|i| dictionary.intern(&format!("N{i}"))).collect();
        assert_eq!(numbers[0], 1);
        assert_eq!(numbers[4999], 5000);
        for (i, number) in numbers.iter().enumerate() {
            assert_eq!(dictionary.get(*number), format!("N{i}"));
            assert_eq!(dictionary.intern(&format!("N{i}")), *number);
        }
        assert_eq!(dictionary.intern(""), 0);
        assert_eq!(dictionary.get(0), "");
        assert_eq!(dictionary.get(99_999), "");
        assert_eq!(dictionary.find("ABSENT"), 0);
    }
}
