//! The different identities of all sources: who rows say they are about, each once.

use crate::hash::{Hasher, ReadyMap};
use crate::spool::NO_DAY;
use nhs::{Ethnicity, Sex};

/// Who a row says it is about. Texts are as written, trimmed; 0, empty and [`NO_DAY`] are not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IdentityDraft {
    pub(crate) nhs_number: u64,
    pub(crate) birth: i32,
    pub(crate) sex: Sex,
    pub(crate) ethnicity: Ethnicity,
    /// [`nhs::Lsoa::value`] plus one.
    pub(crate) lsoa: u32,
    pub(crate) family: String,
    pub(crate) given: String,
    pub(crate) address: String,
    pub(crate) postcode: String,
    pub(crate) uprn: String,
    /// The source's own key of the person with the name of the space in which it counts; empty for none.
    pub(crate) local_id: String,
}

impl Default for IdentityDraft {
    fn default() -> Self {
        Self {
            nhs_number: 0,
            birth: NO_DAY,
            sex: Sex::Unknown,
            ethnicity: Ethnicity::NOT_KNOWN,
            lsoa: 0,
            family: String::new(),
            given: String::new(),
            address: String::new(),
            postcode: String::new(),
            uprn: String::new(),
            local_id: String::new(),
        }
    }
}

impl IdentityDraft {
    /// Whether it can be anybody in particular.
    pub(crate) fn is_somebody(&self) -> bool {
        self.nhs_number != 0 || !self.local_id.is_empty() || (!self.family.is_empty() && self.birth != NO_DAY)
    }

    /// What a row without number, key and name may still be known by, where it fits exactly one registered person: birth, sex and
    /// postcode.
    pub(crate) fn faint_key(&self) -> Option<u64> {
        let known = self.birth != NO_DAY && matches!(self.sex, Sex::Male | Sex::Female) && !self.postcode.is_empty();
        known.then(|| {
            Hasher::new(11).number(self.birth as u64).number(self.sex as u64).bytes(self.postcode.as_bytes()).finish()
        })
    }

    /// The hash that stands for it in the link table.
    pub(crate) fn key(&self) -> u64 {
        let mut hasher = Hasher::new(2).number(self.nhs_number).number(self.birth as u64);
        hasher = hasher
            .number(u64::from(self.sex as u8) << 40 | u64::from(self.ethnicity.letter()) << 32 | u64::from(self.lsoa));
        for text in [&self.family, &self.given, &self.address, &self.postcode, &self.uprn, &self.local_id] {
            hasher = hasher.bytes(text.as_bytes());
        }
        hasher.finish()
    }
}

/// Texts, each once, one after the other.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    bytes: String,
    ends: Vec<u64>,
    by_hash: ReadyMap<u32>,
}

impl Texts {
    /// The number of a text; 0 for the empty text.
    pub(crate) fn number(&mut self, text: &str) -> u32 {
        if text.is_empty() {
            return 0;
        }
        let next = self.ends.len() as u32 + 1;
        let number = *self.by_hash.entry(Hasher::new(3).bytes(text.as_bytes()).finish()).or_insert(next);
        if number == next {
            self.bytes.push_str(text);
            self.ends.push(self.bytes.len() as u64);
        }
        number
    }

    pub(crate) fn get(&self, number: u32) -> &str {
        let Some(place) = (number as usize).checked_sub(1) else { return "" };
        let start = place.checked_sub(1).and_then(|p| self.ends.get(p)).copied().unwrap_or(0);
        let end = self.ends.get(place).copied().unwrap_or(start);
        self.bytes.get(start as usize..end as usize).unwrap_or("")
    }
}

/// One identity in the table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Identity {
    pub(crate) key: u64,
    pub(crate) nhs_number: u64,
    pub(crate) birth: i32,
    pub(crate) lsoa: u32,
    pub(crate) family: u32,
    pub(crate) given: u32,
    pub(crate) address: u32,
    pub(crate) postcode: u32,
    pub(crate) uprn: u32,
    pub(crate) local_id: u32,
    /// One bit for each source with a loaded row of this identity.
    pub(crate) sources: u32,
    pub(crate) sex: Sex,
    pub(crate) ethnicity: Ethnicity,
}

/// All different identities.
#[derive(Debug, Default)]
pub(crate) struct Identities {
    pub(crate) rows: Vec<Identity>,
    pub(crate) texts: Texts,
    by_key: ReadyMap<u32>,
    /// Registered identities by faint key; `u32::MAX` where there is more than one person.
    by_faint_key: ReadyMap<u32>,
    /// Pairs known to be one person: a faint identity and the registered one it fits.
    pub(crate) same: Vec<(u32, u32)>,
}

impl Identities {
    /// Notes a registered identity, which faint ones may fit.
    pub(crate) fn note_registered(&mut self, number: u32, draft: &IdentityDraft) {
        let Some(key) = draft.faint_key() else { return };
        let own = *self.by_faint_key.entry(key).or_insert(number);
        let one_person = own == number
            || (own != u32::MAX && {
                let (a, b) = (&self.rows[own as usize], &self.rows[number as usize]);
                a.nhs_number != 0 && a.nhs_number == b.nhs_number
            });
        if !one_person {
            self.by_faint_key.insert(key, u32::MAX);
        }
    }

    /// The registered identity that a faint one fits, if it fits exactly one person.
    pub(crate) fn fits(&self, draft: &IdentityDraft) -> Option<u32> {
        self.by_faint_key.get(&draft.faint_key()?).copied().filter(|&number| number != u32::MAX)
    }

    /// The number of an identity with this key, made from the draft where it is new.
    pub(crate) fn number(&mut self, key: u64, draft: &IdentityDraft) -> u32 {
        let next = self.rows.len() as u32;
        let number = *self.by_key.entry(key).or_insert(next);
        if number == next {
            let texts = &mut self.texts;
            self.rows.push(Identity {
                key,
                nhs_number: draft.nhs_number,
                birth: draft.birth,
                lsoa: draft.lsoa,
                family: texts.number(&draft.family),
                given: texts.number(&draft.given),
                address: texts.number(&draft.address),
                postcode: texts.number(&draft.postcode),
                uprn: texts.number(&draft.uprn),
                local_id: texts.number(&draft.local_id),
                sources: 0,
                sex: draft.sex,
                ethnicity: draft.ethnicity,
            });
        }
        number
    }

    /// Frees the table that finds identities, once all are known.
    pub(crate) fn seal(&mut self) {
        self.by_key = ReadyMap::default();
        self.by_faint_key = ReadyMap::default();
        self.texts.by_hash = ReadyMap::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_kept_once() {
        let mut texts = Texts::default();
        assert_eq!([texts.number("a"), texts.number(""), texts.number("bc"), texts.number("a")], [1, 0, 2, 1]);
        assert_eq!([texts.get(0), texts.get(1), texts.get(2), texts.get(9)], ["", "a", "bc", ""]);
    }

    #[test]
    fn somebody_is_a_number_a_key_or_a_name_with_birth() {
        let mut who = IdentityDraft { family: "Ash".to_owned(), ..IdentityDraft::default() };
        assert!(!who.is_somebody());
        who.birth = 0;
        assert!(who.is_somebody());
        assert!(IdentityDraft { nhs_number: 1, ..IdentityDraft::default() }.is_somebody());
    }
}
