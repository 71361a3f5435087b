//! Raw texts that were cleaned a moment ago: names and postcodes come again and again.

use crate::dictionary::text_hash;

/// Places at first, and at most; powers of two. A text has one place, and the newest stays.
const FIRST: usize = 1 << 13;
const MOST: usize = 1 << 19;
/// Longer texts are cleaned each time. A place is then a line of the cache.
const LONGEST: usize = 31;

/// What cleaning made of a text: up to two values (a middle name), each with its hash and its number in the dictionary.
pub(crate) type Cleaned = [(u64, u32); 2];

/// A text and what it became.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    text: [u8; LONGEST],
    length: u8,
    hashes: [u64; 2],
    numbers: [u32; 2],
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Memo {
    places: Vec<Place>,
    /// Texts cleaned since the places were last made more.
    cleaned: usize,
}

impl Memo {
    /// What `clean` makes of `raw`, remembered unless it comes `once`. The same text must always give the same.
    pub(crate) fn of(&mut self, raw: &str, once: bool, clean: impl FnOnce() -> Cleaned) -> Cleaned {
        if once || raw.is_empty() || raw.len() > LONGEST {
            return clean();
        }
        if self.cleaned >= self.places.len() * 4 && self.places.len() < MOST {
            // Either there are none yet, or texts drive one another out.
            self.places = vec![Place::default(); (self.places.len() * 4).clamp(FIRST, MOST)];
            self.cleaned = 0;
        }
        let at = (text_hash(raw) >> 24) as usize & (self.places.len() - 1);
        let place = &mut self.places[at];
        if usize::from(place.length) != raw.len() || &place.text[..raw.len()] != raw.as_bytes() {
            self.cleaned += 1;
            let [one, two] = clean();
            place.length = raw.len() as u8;
            place.text[..raw.len()].copy_from_slice(raw.as_bytes());
            (place.hashes, place.numbers) = ([one.0, two.0], [one.1, two.1]);
        }
        [(place.hashes[0], place.numbers[0]), (place.hashes[1], place.numbers[1])]
    }
}
