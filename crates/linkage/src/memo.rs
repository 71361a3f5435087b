//! Raw texts that were cleaned a moment ago: names and postcodes come again and again.

use crate::dictionary::text_hash;

/// Slots; a power of two. A text has one place, and the newest stays.
const SLOTS: usize = 1 << 13;
/// Longer texts are cleaned each time.
const LONGEST: usize = 48;

/// What cleaning made of a text: up to two values (a middle name), each with its hash and its number in the dictionary.
pub(crate) type Cleaned = [(u64, u32); 2];

#[derive(Debug, Clone, Default)]
pub(crate) struct Memo {
    slots: Vec<(String, Cleaned)>,
}

impl Memo {
    /// What `clean` makes of `raw`, remembered. The same text must always give the same.
    pub(crate) fn of(&mut self, raw: &str, clean: impl FnOnce() -> Cleaned) -> Cleaned {
        if raw.is_empty() || raw.len() > LONGEST {
            return clean();
        }
        if self.slots.is_empty() {
            self.slots.resize(SLOTS, (String::new(), Cleaned::default()));
        }
        let slot = &mut self.slots[(text_hash(raw) >> 24) as usize & (SLOTS - 1)];
        if slot.0 != raw {
            slot.0.clear();
            slot.0.push_str(raw);
            slot.1 = clean();
        }
        slot.1
    }
}
