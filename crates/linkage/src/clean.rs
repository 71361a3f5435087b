//! Cleaning of raw text before it is compared.
//!
//! Every value goes through one of these functions exactly once, when a record is pushed. What they do:
//! - upper case; letters with diacritics become plain Latin letters (É to E, ß to SS, Ø to O); combining marks are dropped;
//! - names keep letters only: O'Brien, O Brien and OBRIEN are one name, and so are Smith-Jones and Smith Jones;
//! - of several given names the first is compared, the second kept as the middle name; a hyphen joins (Mary-Jane is MARYJANE);
//! - addresses keep letters, digits and single spaces, and common words are shortened (STREET to ST);
//! - postcodes keep letters and digits;
//! - values that say "not known" (UNKNOWN, BABY, N/A, XXX, ZZ99 3VZ, no fixed abode, 1900-01-01) become missing.

/// Text longer than this many bytes after cleaning is cut: no name or address line needs more, and memory stays bounded.
const LONGEST: usize = 96;

/// Names that mean "not known".
const NOT_NAMES: &[&str] = &[
    "UNKNOWN",
    "NOT KNOWN",
    "NOTKNOWN",
    "NOT STATED",
    "NOTSTATED",
    "NOT GIVEN",
    "NOT SPECIFIED",
    "NOT AVAILABLE",
    "NOT RECORDED",
    "UNKNOWN MALE",
    "UNKNOWN FEMALE",
    "UNK",
    "NK",
    "NA",
    "N A",
    "NIL",
    "NULL",
    "NONE",
    "MISSING",
    "BABY",
    "BABY BOY",
    "BABY GIRL",
    "BABY OF",
    "BABYBOY",
    "BABYGIRL",
    "INFANT",
    "NEWBORN",
    "TWIN",
    "TWIN ONE",
    "TWIN TWO",
    "MALE",
    "FEMALE",
    "ANON",
    "ANONYMOUS",
    "NO NAME",
    "NAME UNKNOWN",
    "DUMMY",
    "TEST",
    "TEST PATIENT",
];

/// Addresses that mean "not known" or "nowhere".
const NOT_ADDRESSES: &[&str] = &[
    "UNKNOWN",
    "NOT KNOWN",
    "NOT STATED",
    "NOT GIVEN",
    "UNK",
    "NK",
    "NA",
    "N A",
    "NULL",
    "NONE",
    "NFA",
    "NO FIXED ABODE",
    "NO FIXED ADDRESS",
    "ADDRESS UNKNOWN",
    "UNKNOWN ADDRESS",
    "ADDRESS NOT KNOWN",
];

/// Forms of address in front of a given name.
const TITLES: &[&str] = &["MR", "MRS", "MS", "MISS", "MASTER", "DR", "PROF", "SIR", "REV"];

/// Words of an address and their short form.
const SHORT: &[(&str, &str)] = &[
    ("STREET", "ST"),
    ("ROAD", "RD"),
    ("AVENUE", "AVE"),
    ("LANE", "LN"),
    ("DRIVE", "DR"),
    ("CLOSE", "CL"),
    ("COURT", "CT"),
    ("CRESCENT", "CRES"),
    ("PLACE", "PL"),
    ("TERRACE", "TER"),
    ("GARDENS", "GDNS"),
    ("GROVE", "GR"),
    ("SQUARE", "SQ"),
    ("HOUSE", "HSE"),
    ("APARTMENT", "FLAT"),
    ("APT", "FLAT"),
    ("SAINT", "ST"),
    ("CIRCUIT", "CCT"),
    ("PARADE", "PDE"),
];

/// Appends the plain upper-case Latin form of one character; combining marks append nothing.
fn fold(c: char, out: &mut String) {
    if c.is_ascii() {
        out.push(c.to_ascii_uppercase());
        return;
    }
    let plain = match c {
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{ad}' => "",
        'À'..='Å' | 'à'..='å' | 'Ā'..='ą' | 'Ǎ' | 'ǎ' => "A",
        'Æ' | 'æ' => "AE",
        'Ç' | 'ç' | 'Ć'..='č' => "C",
        'Ď'..='đ' | 'Ð' | 'ð' => "D",
        'È'..='Ë' | 'è'..='ë' | 'Ē'..='ě' | 'Ẽ' | 'ẽ' => "E",
        'Ĝ'..='ģ' | 'Ǧ' | 'ǧ' => "G",
        'Ĥ'..='ħ' => "H",
        'Ì'..='Ï' | 'ì'..='ï' | 'Ĩ'..='ı' => "I",
        'Ĵ' | 'ĵ' => "J",
        'Ķ' | 'ķ' | 'ĸ' => "K",
        'Ĺ'..='ł' => "L",
        'Ñ' | 'ñ' | 'Ń'..='ŋ' => "N",
        'Ò'..='Ö' | 'Ø' | 'ò'..='ö' | 'ø' | 'Ō'..='ő' => "O",
        'Œ' | 'œ' => "OE",
        'Ŕ'..='ř' => "R",
        'Ś'..='š' | 'Ș' | 'ș' => "S",
        'ß' | 'ẞ' => "SS",
        'Ţ'..='ŧ' | 'Ț' | 'ț' => "T",
        'Þ' | 'þ' => "TH",
        'Ù'..='Ü' | 'ù'..='ü' | 'Ũ'..='ų' => "U",
        'Ŵ' | 'ŵ' => "W",
        'Ý' | 'ý' | 'ÿ' | 'Ŷ'..='Ÿ' => "Y",
        'Ź'..='ž' => "Z",
        _ => {
            out.extend(c.to_uppercase());
            return;
        }
    };
    out.push_str(plain);
}

/// Upper-case words of letters (and digits where `digits`) with one space between them. Apostrophes join, all else parts.
fn words(raw: &str, digits: bool, out: &mut String) {
    out.clear();
    if raw.is_ascii() {
        plain_words(raw, digits, out);
        return;
    }
    let mut gap = false;
    for c in raw.chars() {
        if out.len() >= LONGEST {
            break;
        }
        let keep = if c.is_ascii() {
            c.is_ascii_alphabetic() || digits && c.is_ascii_digit()
        } else {
            c.is_alphabetic() || ('\u{300}'..='\u{36f}').contains(&c)
        };
        if keep {
            if gap && !out.is_empty() {
                out.push(' ');
            }
            gap = false;
            fold(c, out);
        } else if !digits && matches!(c, '-' | '‐' | '‑' | '–') {
            // A double-barrelled name is one word.
        } else if !matches!(c, '\'' | '’' | '‘' | '`' | '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{ad}') {
            gap = true;
        }
    }
    if out.ends_with(' ') {
        out.pop();
    }
}

/// As [`words`], for text without marks, which most is.
fn plain_words(raw: &str, digits: bool, out: &mut String) {
    let mut gap = false;
    for byte in raw.bytes() {
        if out.len() >= LONGEST {
            break;
        }
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' if digits || !byte.is_ascii_digit() => {
                if gap && !out.is_empty() {
                    out.push(' ');
                }
                gap = false;
                out.push(char::from(byte.to_ascii_uppercase()));
            }
            b'-' if !digits => {}
            b'\'' | b'`' => {}
            _ => gap = true,
        }
    }
    if out.ends_with(' ') {
        out.pop();
    }
}

/// One name in letters only; empty where it is missing or a placeholder.
pub(crate) fn name(raw: &str, out: &mut String) {
    names(raw, out);
    out.retain(|c| c != ' ');
}

/// Given names in letters only: the first, and the second where there is one (a middle name or its initial).
pub(crate) fn given(raw: &str, first: &mut String, second: &mut String) {
    names(raw, first);
    second.clear();
    let mut parts = first.split(' ');
    let kept = parts.next().map_or(0, str::len);
    second.push_str(parts.next().unwrap_or(""));
    first.truncate(kept);
}

/// The two words of a text that is nothing but two words of plain letters with one space between them: most given names with a
/// middle name.
pub(crate) fn two_words(raw: &str) -> Option<(&str, &str)> {
    let (first, second) = raw.split_once(' ')?;
    let plain = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphabetic());
    (plain(first) && plain(second) && raw.len() < LONGEST).then_some((first, second))
}

/// One of [`two_words`] in upper case. Says whether a text that begins with it may be something else than two names: a title, or the
/// beginning of a placeholder.
pub(crate) fn one_word(word: &str, out: &mut String) -> bool {
    out.clear();
    out.extend(word.bytes().map(|byte| char::from(byte.to_ascii_uppercase())));
    let text = out.as_str();
    let begins = |whole: &&str| whole.strip_prefix(text).is_some_and(|rest| rest.starts_with(' '));
    text == "BABY"
        || TITLES.contains(&text)
        || NOT_NAMES.iter().any(begins)
        || text.bytes().all(|byte| byte == b'X')
        || text.bytes().all(|byte| byte == b'Z')
}

/// Names in letters with one space between them, without title; empty where they are a placeholder.
fn names(raw: &str, out: &mut String) {
    words(raw, false, out);
    let text = out.as_str();
    let placeholder = NOT_NAMES.contains(&text)
        || text.starts_with("BABY ")
        || text.len() > 1 && text.bytes().all(|b| b == b'X' || b == b' ')
        || text.len() > 1 && text.bytes().all(|b| b == b'Z' || b == b' ');
    if placeholder {
        out.clear();
        return;
    }
    if let Some((first, rest)) = text.split_once(' ')
        && TITLES.contains(&first)
    {
        let kept = rest.len();
        out.drain(..out.len() - kept);
    }
}

/// One address line; empty where it is missing or a placeholder.
pub(crate) fn address(raw: &str, out: &mut String, scratch: &mut String) {
    words(raw, true, scratch);
    out.clear();
    if NOT_ADDRESSES.contains(&scratch.as_str()) {
        return;
    }
    for word in scratch.split(' ').filter(|word| !word.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        let short = SHORT.iter().find(|(long, _)| *long == word).map_or(word, |(_, short)| *short);
        out.push_str(short);
    }
}

/// Letters and digits in words; empty where it is missing or a placeholder.
pub(crate) fn text(raw: &str, out: &mut String) {
    words(raw, true, out);
    if NOT_ADDRESSES.contains(&out.as_str()) {
        out.clear();
    }
}

/// One postcode without spaces; empty where it is missing, a placeholder or a pseudo postcode (ZZ99...).
pub(crate) fn postcode(raw: &str, out: &mut String) {
    out.clear();
    for c in raw.chars().filter(char::is_ascii_alphanumeric).take(12) {
        out.push(c.to_ascii_uppercase());
    }
    let text = out.as_str();
    let placeholder = text.starts_with("ZZ99")
        || matches!(text, "UNKNOWN" | "NOTKNOWN" | "NK" | "NA" | "NULL" | "NONE" | "NFA" | "NOFIXEDABODE")
        || text.bytes().all(|b| b == b'X')
        || text.bytes().all(|b| b == b'0')
        || text.bytes().all(|b| b == b'9');
    if placeholder {
        out.clear();
    }
}

/// A birth date in days since 1970-01-01 with placeholders (1900-01-01 and the zero days of common software) as missing.
pub(crate) fn birth(day: Option<i32>) -> Option<i32> {
    // 1900-01-01, 1899-12-30 and 1899-12-31 (spreadsheets), 1753-01-01 (SQL Server), 0001-01-01 (.NET), 1601-01-01 (Windows).
    const NOT_DATES: [i32; 6] = [-25_567, -25_569, -25_568, -79_258, -719_162, -134_774];
    // 0001-01-01 to 9999-12-30: a year such as 8964 is a slip of one digit, and still tells something; 9999-12-31 tells nothing.
    day.filter(|day| (-719_162..2_932_896).contains(day) && !NOT_DATES.contains(day))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(raw: &str) -> String {
        let mut out = String::new();
        name(raw, &mut out);
        out
    }

    #[test]
    fn names_lose_marks_and_punctuation() {
        for (raw, expect) in [
            ("O'Brien", "OBRIEN"),
            ("o brien", "OBRIEN"),
            ("Smith-Jones", "SMITHJONES"),
            ("Siân", "SIAN"),
            ("Zoë", "ZOE"),
            ("Zoe\u{308}", "ZOE"),
            ("Łukasz", "LUKASZ"),
            ("Groß", "GROSS"),
            ("Mrs van der Berg", "VANDERBERG"),
            ("  ", ""),
            ("Unknown", ""),
            ("not-known", ""),
            ("BABY", ""),
            ("baby of sarah", ""),
            ("XXXX", ""),
            ("x", "X"),
            ("12345", ""),
            ("N/A", ""),
        ] {
            assert_eq!(named(raw), expect, "{raw:?}");
        }
    }

    proptest::proptest! {
        /// A mark that joins nothing sends the text the long way round; both ways must agree.
        #[test]
        fn both_ways_of_words_agree(raw in "[A-Za-z0-9 '`.,/-]{0,120}", digits in proptest::bool::ANY) {
            let (mut short, mut long) = (String::new(), String::new());
            words(&raw, digits, &mut short);
            words(&format!("{raw}\u{ad}"), digits, &mut long);
            proptest::prop_assert_eq!(short, long);
        }
    }

    proptest::proptest! {
        /// Two plain words that do not begin like something else are first and middle name as they stand.
        #[test]
        fn two_plain_words_are_two_names(
            first in "[a-zA-Z]{1,9}|mr|Mrs|baby|not|no|test|twin|x{1,3}|zz|unknown|n",
            second in "[a-zA-Z]{1,9}|known|boy|a|x{1,3}|patient|one",
        ) {
            let raw = format!("{first} {second}");
            let (one, two) = two_words(&raw).unwrap();
            let (mut x, mut y, mut short, mut long) = Default::default();
            let open = one_word(one, &mut x);
            one_word(two, &mut y);
            given(&raw, &mut short, &mut long);
            proptest::prop_assert!(open || (&short, &long) == (&x, &y), "{}", raw);
        }
    }

    #[test]
    fn given_names_part_into_first_and_second() {
        let (mut first, mut second) = (String::new(), String::new());
        for (raw, expect) in [
            ("Mary", ("MARY", "")),
            ("Mr John Peter Paul", ("JOHN", "PETER")),
            ("Mary-Jane A.", ("MARYJANE", "A")),
            ("", ("", "")),
            ("Baby girl", ("", "")),
        ] {
            given(raw, &mut first, &mut second);
            assert_eq!((first.as_str(), second.as_str()), expect, "{raw}");
        }
    }

    #[test]
    fn addresses_and_postcodes() {
        let (mut out, mut scratch) = (String::new(), String::new());
        address("Flat 2, 12  High Street.", &mut out, &mut scratch);
        assert_eq!(out, "FLAT 2 12 HIGH ST");
        address("No fixed abode", &mut out, &mut scratch);
        assert_eq!(out, "");
        postcode("ls1 4ap", &mut out);
        assert_eq!(out, "LS14AP");
        postcode("ZZ99 3VZ", &mut out);
        assert_eq!(out, "");
    }

    #[test]
    fn placeholder_births_are_missing() {
        assert_eq!(birth(Some(-25_567)), None);
        assert_eq!(birth(Some(0)), Some(0));
        assert_eq!(birth(Some(i32::MIN)), None);
        assert_eq!(birth(None), None);
    }
}
