//! Parts of a UK postcode without its space: LS14AP is sector LS14, district LS1, area LS.
//! A postcode that is not of that form is its own sector and district; a district alone (LS1) is its own district.

/// The part before the space, where the text ends in digit, letter, letter.
fn outward(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    let full = (5..=7).contains(&bytes.len())
        && text.is_ascii()
        && bytes[bytes.len() - 3].is_ascii_digit()
        && bytes[bytes.len() - 2..].iter().all(u8::is_ascii_alphabetic);
    full.then(|| &text[..text.len() - 3])
}

/// All but the last two letters.
pub(crate) fn sector(text: &str) -> &str {
    if outward(text).is_some() { &text[..text.len() - 2] } else { text }
}

/// The part before the space.
pub(crate) fn district(text: &str) -> &str {
    outward(text).unwrap_or(text)
}

/// The letters at the front; the whole text where there are none.
pub(crate) fn area(text: &str) -> &str {
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    if letters == 0 { text } else { &text[..letters] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts() {
        for (text, s, d, a) in [
            ("LS14AP", "LS14", "LS1", "LS"),
            ("M11AE", "M11", "M1", "M"),
            ("EC1A1BB", "EC1A1", "EC1A", "EC"),
            ("LS1", "LS1", "LS1", "LS"),
            ("2119", "2119", "2119", "2119"),
            ("", "", "", ""),
        ] {
            assert_eq!((sector(text), district(text), area(text)), (s, d, a), "{text}");
        }
    }
}
