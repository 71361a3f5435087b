//! Codes of one block, to be numbered for the whole load when the block is merged.

use crate::hash::{Hasher, ReadyMap};
use nhs::CodeSystem;

/// A code as a block met it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CodeDraft {
    pub(crate) system: CodeSystem,
    pub(crate) code: String,
    pub(crate) name: String,
}

/// The codes of a block; number 0 is no code.
#[derive(Debug, Default)]
pub(crate) struct BlockCodes {
    pub(crate) codes: Vec<CodeDraft>,
    by_hash: ReadyMap<u32>,
}

impl BlockCodes {
    pub(crate) fn number(&mut self, system: CodeSystem, code: &str, name: &str) -> u32 {
        let hash = Hasher::new(4).number(u64::from(system.number())).bytes(code.as_bytes()).finish();
        let next = self.codes.len() as u32 + 1;
        let number = *self.by_hash.entry(hash).or_insert(next);
        if number == next {
            self.codes.push(CodeDraft { system, code: code.to_owned(), name: name.to_owned() });
        } else if !name.is_empty() && self.codes[number as usize - 1].name.is_empty() {
            name.clone_into(&mut self.codes[number as usize - 1].name);
        }
        number
    }
}
