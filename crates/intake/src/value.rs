//! Values as partners write them.

use crate::format::DateForm;
use nhs::{CodeSystem, Day, Icd10, Invalid, Opcs4, SnomedId};
use std::borrow::Cow;

/// What a field that should hold a date holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DateValue {
    Known(Day),
    /// A date that stands for "not known".
    Unknown,
    Bad(Invalid),
}

/// Reads a date in the first form that fits. A time after the date is ignored.
pub(crate) fn date(text: &str, forms: &[DateForm], unknown: &[Day]) -> DateValue {
    let mut why = Invalid("is not a date in a form this source uses");
    for form in forms {
        match date_in(text, *form) {
            Ok(day) if unknown.binary_search(&day).is_ok() => return DateValue::Unknown,
            Ok(day) => return DateValue::Known(day),
            Err(error) if forms.len() == 1 => why = error,
            Err(_) => {}
        }
    }
    DateValue::Bad(why)
}

fn date_in(text: &str, form: DateForm) -> Result<Day, Invalid> {
    let day_part = |length: usize| match text.get(..length) {
        Some(day) if text.len() == length || matches!(text.as_bytes()[length], b' ' | b'T') => day,
        _ => text,
    };
    match form {
        DateForm::Iso => Day::parse_iso(day_part(10)),
        DateForm::Uk => Day::parse_uk(day_part(10)),
        DateForm::Compact => Day::parse_compact(day_part(8)),
        DateForm::MonthYear => match (text.len(), text.get(..2), text.get(2..)) {
            (6, Some(month), Some(year)) => Day::parse_compact(&format!("{year}{month}01")),
            _ => Err(Invalid("is not a month written MMYYYY")),
        },
        DateForm::Partial => match text.len() {
            4 => Day::parse_iso(&format!("{text}-01-01")),
            7 => Day::parse_iso(&format!("{text}-01")),
            _ => Day::parse_iso(day_part(10)),
        },
    }
}

/// A decimal number in thousandths, further digits cut off: `36.55` is 36,550.
pub(crate) fn thousandths(text: &str) -> Result<i64, Invalid> {
    let wrong = Invalid("is not a decimal number");
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, decimals) = rest.split_once('.').unwrap_or((rest, ""));
    if whole.is_empty() && decimals.is_empty() || whole.len() > 15 {
        return Err(wrong);
    }
    let mut value: i64 = 0;
    for byte in whole.bytes() {
        match byte {
            b'0'..=b'9' => value = value * 10 + i64::from(byte - b'0'),
            b',' => {}
            _ => return Err(wrong),
        }
    }
    if !decimals.bytes().all(|b| b.is_ascii_digit()) {
        return Err(wrong);
    }
    value *= 1000;
    for (byte, weight) in decimals.bytes().zip([100, 10, 1]) {
        value += i64::from(byte - b'0') * weight;
    }
    Ok(if negative { -value } else { value })
}

/// A code in the normal form of its terminology, or why it is none.
pub(crate) fn code(text: &str, system: CodeSystem) -> Result<Cow<'_, str>, Invalid> {
    match system {
        CodeSystem::Icd10 => Icd10::parse(text).map(|c| Cow::Owned(c.as_str().to_owned())),
        CodeSystem::Opcs4 => Opcs4::parse(text).map(|c| Cow::Owned(c.as_str().to_owned())),
        CodeSystem::SnomedCt => SnomedId::parse(text).map(|_| Cow::Borrowed(text)),
        CodeSystem::Loinc => {
            let shaped = text.split_once('-').is_some_and(|(number, check)| {
                (1..=7).contains(&number.len())
                    && number.bytes().all(|b| b.is_ascii_digit())
                    && check.len() == 1
                    && check.as_bytes()[0].is_ascii_digit()
            });
            if shaped { Ok(Cow::Borrowed(text)) } else { Err(Invalid("is not a LOINC code")) }
        }
        CodeSystem::RxNorm | CodeSystem::OmopConcept => {
            let digits =
                !text.is_empty() && text.len() <= 18 && text.bytes().all(|b| b.is_ascii_digit()) && text != "0";
            if digits { Ok(Cow::Borrowed(text)) } else { Err(Invalid("is not a concept number")) }
        }
        _ if text.len() > 200 => Err(Invalid("is longer than any code")),
        _ => Ok(Cow::Borrowed(text)),
    }
}

/// The shape of a value, which says what is wrong with it without saying what it is: letters become A, digits 9, other
/// printable ASCII stays. At most 40 characters.
pub(crate) fn shape(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut out = String::new();
    for c in text.chars().take(40) {
        out.push(match c {
            c if c.is_alphabetic() => 'A',
            c if c.is_numeric() => '9',
            ' '..='~' => c,
            _ => '?',
        });
    }
    if text.chars().nth(40).is_some() {
        out.push_str("...");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn dates_in_many_forms() {
        let unknown = [Day::parse_iso("1800-01-01").unwrap(), Day::parse_iso("1801-01-01").unwrap()];
        let known = |text: &str| DateValue::Known(Day::parse_iso(text).unwrap());
        let read = |text: &str, form| date(text, &[form], &unknown);
        assert_eq!(read("2015-03-09", DateForm::Iso), known("2015-03-09"));
        assert_eq!(read("2015-03-09 11:15:00", DateForm::Iso), known("2015-03-09"));
        assert_eq!(read("2015-03-09T11:15:00Z", DateForm::Partial), known("2015-03-09"));
        assert_eq!(read("2015-03", DateForm::Partial), known("2015-03-01"));
        assert_eq!(read("092001", DateForm::MonthYear), known("2001-09-01"));
        assert_eq!(read("09/03/2015", DateForm::Uk), known("2015-03-09"));
        assert_eq!(read("1801-01-01", DateForm::Iso), DateValue::Unknown);
        assert!(matches!(read("2015-03-0911", DateForm::Iso), DateValue::Bad(_)));
        assert_eq!(date("20150309", &[DateForm::Iso, DateForm::Compact], &unknown), known("2015-03-09"));
    }

    #[test]
    fn numbers_and_shapes() {
        assert_eq!(thousandths("36.55"), Ok(36_550));
        assert_eq!(thousandths("-0.0019"), Ok(-1));
        assert_eq!(thousandths("1,200"), Ok(1_200_000));
        assert!(
            thousandths("").is_err()
                && thousandths(".").is_err()
                && thousandths("7..1").is_err()
                && thousandths("abc").is_err()
        );
        assert_eq!(shape("TS18 1HU".as_bytes()), "AA99 9AA");
        assert_eq!(shape("31/02/2015".as_bytes()), "99/99/9999");
        assert_eq!(shape("Zo\u{eb}\n".as_bytes()), "AAA?");
    }

    proptest! {
        #[test]
        fn any_text_is_a_value_or_a_message(text in "\\PC{0,30}") {
            for form in [DateForm::Iso, DateForm::Uk, DateForm::Compact, DateForm::MonthYear, DateForm::Partial] {
                let _ = date(&text, &[form], &[]);
            }
            let _ = thousandths(&text);
            for &system in CodeSystem::ALL { let _ = code(&text, system); }
        }

        #[test]
        fn a_shape_holds_no_letter_but_a_and_no_digit_but_9(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            prop_assert!(shape(&bytes).chars().all(|c| c == 'A' || c == '9' || !c.is_alphanumeric()));
        }
    }
}
