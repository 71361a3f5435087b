//! Bloom filters as text: one that files carry, and one that pairs are compared by.
//!
//! In a file a filter is base64 for addresses (RFC 4648, section 5) without padding. In memory seven bits stand in each byte, so that a
//! filter is valid text and lives in the same dictionary as names do; eight bytes are compared at a time.

/// Letters of six bits.
const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The six bits of a letter.
fn six(letter: u8) -> Option<u8> {
    Some(match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'-' => 62,
        b'_' => 63,
        _ => return None,
    })
}

/// Bits in order, the first in the highest place of the first letter.
pub(crate) fn to_text(bits: &[bool]) -> String {
    let letter = |six: &[bool]| {
        let value = (0..6).fold(0, |value, at| value << 1 | usize::from(six.get(at).copied().unwrap_or(false)));
        char::from(LETTERS[value])
    };
    bits.chunks(6).map(letter).collect()
}

/// A token as eleven letters.
pub(crate) fn token_text(token: u64) -> String {
    let bits: Vec<bool> = (0..64).rev().map(|at| token >> at & 1 == 1).collect();
    to_text(&bits)
}

/// The token of eleven letters; 0 (missing) for the empty text, `None` for any other.
pub(crate) fn token(text: &str) -> Option<u64> {
    if text.is_empty() {
        return Some(0);
    }
    if text.len() != 11 {
        return None;
    }
    let mut value = 0_u128;
    for letter in text.bytes() {
        value = value << 6 | u128::from(six(letter)?);
    }
    // Eleven letters hold two bits more than a token.
    Some((value >> 2) as u64)
}

/// Turns the text of a file into the text pairs are compared by; `false` where it is no filter.
pub(crate) fn unpack(text: &str, out: &mut String) -> bool {
    out.clear();
    let (mut held, mut count) = (0_u32, 0);
    for letter in text.bytes() {
        let Some(six) = six(letter) else {
            out.clear();
            return false;
        };
        held = held << 6 | u32::from(six);
        count += 6;
        if count >= 7 {
            count -= 7;
            out.push(char::from((held >> count & 127) as u8));
        }
    }
    if count > 0 {
        out.push(char::from((held << (7 - count) & 127) as u8));
    }
    while !out.len().is_multiple_of(8) {
        out.push('\0');
    }
    true
}

/// Dice's coefficient of two filters as [`unpack`] gives them, in hundredths: twice the bits set in both by the bits set in either
/// (Dice 1945; Schnell, Bachteler and Reiher 2009). 0 where neither has a bit or the lengths differ.
pub(crate) fn dice_hundredths(a: &str, b: &str) -> f64 {
    if a.len() != b.len() {
        return 0.0;
    }
    let word = |bytes: &[u8]| bytes.iter().fold(0_u64, |word, byte| word << 8 | u64::from(*byte));
    let (mut both, mut one) = (0, 0);
    for (x, y) in a.as_bytes().chunks(8).zip(b.as_bytes().chunks(8)) {
        let (x, y) = (word(x), word(y));
        both += (x & y).count_ones();
        one += (x ^ y).count_ones();
    }
    let all = 2 * both + one;
    if all == 0 { 0.0 } else { f64::from(200 * both) / f64::from(all) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn packed(bits: &[bool]) -> String {
        let mut out = String::new();
        assert!(unpack(&to_text(bits), &mut out));
        out
    }

    /// RFC 4648, section 10.
    #[test]
    fn letters_of_the_standard() {
        let bits: Vec<bool> =
            b"foobar".iter().flat_map(|byte| (0..8).rev().map(move |at| byte >> at & 1 == 1)).collect();
        assert_eq!(to_text(&bits), "Zm9vYmFy");
        assert_eq!(token(""), Some(0));
        assert_eq!((token("short"), token("!!!!!!!!!!!")), (None, None));
    }

    proptest! {
        #[test]
        fn tokens_return(value in any::<u64>()) {
            prop_assert_eq!(token(&token_text(value)), Some(value));
        }

        /// Against the definition, bit by bit.
        #[test]
        fn dice_is_twice_the_common_bits_by_all(pairs in proptest::collection::vec(any::<(bool, bool)>(), 1..600)) {
            let (a, b): (Vec<bool>, Vec<bool>) = pairs.iter().copied().unzip();
            let count = |some: &dyn Fn(&(bool, bool)) -> bool| pairs.iter().filter(|pair| some(pair)).count() as f64;
            let (both, all) = (count(&|(a, b)| *a && *b), count(&|(a, _)| *a) + count(&|(_, b)| *b));
            let expect = if all == 0.0 { 0.0 } else { 200.0 * both / all };
            prop_assert!((dice_hundredths(&packed(&a), &packed(&b)) - expect).abs() < 1e-9);
        }

        #[test]
        fn any_text_is_a_filter_or_none(text in ".{0,40}") {
            let mut out = String::new();
            let fine = unpack(&text, &mut out);
            prop_assert_eq!(fine, text.bytes().all(|byte| six(byte).is_some()));
            prop_assert!(out.len().is_multiple_of(8) && out.is_ascii());
        }
    }
}
