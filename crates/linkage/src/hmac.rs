//! HMAC-SHA-256 (RFC 2104, FIPS 198-1) with a key that is absorbed once and used often.

use sha2::{Digest as _, Sha256};

/// A key, ready to sign.
#[derive(Clone)]
pub(crate) struct Hmac {
    inner: Sha256,
    outer: Sha256,
}

/// One text being signed.
pub(crate) struct Signing {
    inner: Sha256,
    outer: Sha256,
}

impl Hmac {
    pub(crate) fn new(key: &[u8]) -> Self {
        let mut block = [0_u8; 64];
        if key.len() > 64 {
            block[..32].copy_from_slice(&Sha256::digest(key));
        } else {
            block[..key.len()].copy_from_slice(key);
        }
        let padded = |pad: u8| Sha256::new_with_prefix(block.map(|byte| byte ^ pad));
        Self { inner: padded(0x36), outer: padded(0x5c) }
    }

    pub(crate) fn start(&self) -> Signing {
        Signing { inner: self.inner.clone(), outer: self.outer.clone() }
    }

    /// The signature of one text.
    pub(crate) fn of(&self, text: &[u8]) -> [u8; 32] {
        self.start().with(text).end()
    }

    /// A key for one purpose: what is signed under it says nothing about another purpose.
    pub(crate) fn for_purpose(&self, purpose: &str) -> Self {
        Self::new(&self.of(purpose.as_bytes()))
    }
}

impl Signing {
    pub(crate) fn with(mut self, text: &[u8]) -> Self {
        self.inner.update(text);
        self
    }

    /// A part of its own: its length goes first, so that "AB" and "C" are not "A" and "BC".
    pub(crate) fn part(self, text: &[u8]) -> Self {
        self.with(&(text.len() as u64).to_le_bytes()).with(text)
    }

    pub(crate) fn end(mut self) -> [u8; 32] {
        self.outer.update(self.inner.finalize());
        self.outer.finalize().into()
    }
}

/// The first eight bytes as a number.
pub(crate) fn number(signature: &[u8; 32]) -> u64 {
    signature[..8].iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
    }

    /// RFC 4231, test cases 1, 2 and 6 (a key longer than a block).
    #[test]
    fn vectors_of_the_rfc() {
        for (key, text, expect) in [
            (vec![0x0b; 20], "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (
                b"Jefe".to_vec(),
                "what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                vec![0xaa; 131],
                "Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ] {
            assert_eq!(hex(&Hmac::new(&key).of(text.as_bytes())), expect);
        }
    }

    #[test]
    fn parts_do_not_run_together() {
        let key = Hmac::new(b"key");
        assert_ne!(key.start().part(b"AB").part(b"C").end(), key.start().part(b"A").part(b"BC").end());
        assert_eq!(number(&[1; 32]), 0x0101_0101_0101_0101);
    }
}
