//! Laws of encoded records, an outside recomputation, and linking them.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

mod common;

use common::score;
use linkage::{
    Columns, Encoded, Encoder, Encoding, EncodingKey, Hardening, Layout, LinkOptions, Model, Reading, RecordInput,
    Records, Token, link,
};
use proptest::prelude::*;

const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const OTHER: &str = "101112131415161718191a1b1c1d1e1f000102030405060708090a0b0c0d0e0f";
/// 9 May 1984.
const BIRTH: i32 = 5242;

fn plain() -> Encoding {
    Encoding { hardening: Hardening::NONE, ..Encoding::default() }
}

fn record(family: &str, given: &str, address: &str) -> Records {
    let mut records = Records::new();
    let input = RecordInput {
        nhs_number: Some(9_434_765_919),
        family,
        given,
        birth: Some(BIRTH),
        sex: 2,
        postcode: "LS1 4AP",
        address,
    };
    records.push(0, &input);
    records
}

fn encode(key: &str, encoding: Encoding, records: &Records) -> Vec<Encoded> {
    let encoder = Encoder::new(encoding, &EncodingKey::parse(key).unwrap(), &Model::person().unwrap());
    encoder.rows(records, 0..records.len() as u32, &|record| record.to_string(), &|source| format!("s{source}"))
}

fn cell<'a>(row: &'a Encoded, name: &str) -> &'a str {
    &row[Encoder::header().iter().position(|own| own == name).unwrap()]
}

/// Places of the bits that are set, counted from the first letter.
fn bits(text: &str) -> Vec<usize> {
    const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let set = |(at, letter): (usize, char)| {
        let six = LETTERS.find(letter).unwrap();
        (0..6).filter(move |bit| six >> (5 - bit) & 1 == 1).map(move |bit| at * 6 + bit)
    };
    text.chars().enumerate().flat_map(set).collect()
}

fn dice(a: &str, b: &str) -> f64 {
    let (a, b) = (bits(a), bits(b));
    2.0 * a.iter().filter(|bit| b.contains(bit)).count() as f64 / (a.len() + b.len()) as f64
}

/// The same filter by Python: hmac.new and hashlib alone, after the method as `docs/methods/encoded-linkage.md` writes it.
#[test]
fn a_filter_and_a_token_recomputed_elsewhere() {
    let small = Encoding { bits: 256, hashes: 4, ..plain() };
    let row = &encode(KEY, small, &record("Ng", "Ann", ""))[0];
    assert_eq!(bits(cell(row, "family_filter")), [15, 26, 44, 111, 133, 146, 162, 169, 175, 184, 233, 236]);
    assert_eq!(cell(row, "sector_token"), "8afKYaETT0c");
    assert_eq!(cell(row, "names_year_token"), "olq4uKZBfwY");
}

#[test]
fn likeness_lives_on_in_the_filters() {
    let filter = |name: &str| cell(&encode(KEY, plain(), &record(name, "Ann", ""))[0], "family_filter").to_owned();
    let smith = filter("Smith");
    assert_eq!(dice(&smith, &filter("SMITH")), 1.0);
    // SMYTHE shares _S, SM and TH with SMITH: by parts 2 * 3 / (6 + 7).
    assert!((dice(&smith, &filter("Smythe")) - 6.0 / 13.0).abs() < 0.1, "{}", dice(&smith, &filter("Smythe")));
    assert!(dice(&smith, &filter("Okonkwo")) < 0.2);
}

#[test]
fn a_single_letter_is_no_filter_but_still_a_token() {
    let row = &encode(KEY, plain(), &record("Smith", "J", "1 High Street"))[0];
    assert_eq!((cell(row, "given_filter"), cell(row, "formal_filter")), ("", ""));
    let whole = &encode(KEY, plain(), &record("Smith", "John", "1 High Street"))[0];
    assert_eq!(cell(row, "initial_district_birth_token"), cell(whole, "initial_district_birth_token"));
}

#[test]
fn noise_is_another_for_each_record_and_about_as_much_as_said() {
    let noisy = Encoding { hardening: Hardening { noise_thousandths: 50, ..Hardening::NONE }, ..plain() };
    let mut records = Records::new();
    for _ in 0..40 {
        records.push(0, &RecordInput { family: "Smith", given: "Ann", birth: Some(BIRTH), ..RecordInput::default() });
    }
    let clear = encode(KEY, plain(), &records);
    let rows = encode(KEY, noisy, &records);
    assert_eq!(rows, encode(KEY, noisy, &records), "the same file must come out again");
    let (mut flipped, mut all) = (0, 0);
    for (row, clear) in rows.iter().zip(&clear) {
        let (a, b) = (bits(cell(row, "family_filter")), bits(cell(clear, "family_filter")));
        flipped += a.iter().filter(|bit| !b.contains(bit)).count() + b.iter().filter(|bit| !a.contains(bit)).count();
        all += 1024;
    }
    assert_ne!(cell(&rows[0], "family_filter"), cell(&rows[1], "family_filter"));
    // 40,960 coins at 0.05: a standard deviation of 0.0011.
    assert!((f64::from(flipped as u32) / f64::from(all) - 0.05).abs() < 0.006, "{flipped} of {all}");
}

#[test]
fn salt_parts_the_years() {
    let salted = Encoding { hardening: Hardening { salt: true, ..Hardening::NONE }, ..plain() };
    let mut records = Records::new();
    for birth in [BIRTH, BIRTH + 1, BIRTH + 400] {
        let input = RecordInput {
            family: "Smith",
            given: "Ann",
            birth: Some(birth),
            postcode: "LS1 4AP",
            ..RecordInput::default()
        };
        records.push(0, &input);
    }
    let rows = encode(KEY, salted, &records);
    assert_eq!(cell(&rows[0], "family_filter"), cell(&rows[1], "family_filter"));
    assert!(dice(cell(&rows[0], "family_filter"), cell(&rows[2], "family_filter")) < 0.3);
    assert_ne!(cell(&rows[0], "postcode_token"), cell(&rows[2], "postcode_token"));
}

/// Reads encoded rows as `vanguard link` does.
fn read(rows: &[Encoded], columns: &Columns) -> Records {
    let layout = Layout::find(columns, &Encoder::header(), true);
    let (mut records, mut reading) = (Records::new(), Reading::default());
    for row in rows {
        layout.push(&mut records, 0, |at| row[at].as_str(), &mut reading);
    }
    assert_eq!(reading.bad_codes, 0);
    records
}

/// Six hundred people, each twice; every second copy with a slip in the family name, and no numbers.
fn twice() -> (Records, Vec<u32>) {
    let letters = ["AN", "BER", "COL", "DU", "EL", "FOR", "GI", "HAM", "IR", "JO", "KEL", "LO"];
    let (mut records, mut truth) = (Records::new(), Vec::new());
    for person in 0..600_u32 {
        let part = |by: u32| letters[(person / by % 12) as usize];
        let family = format!("{}{}{}TON", part(1), part(12), part(7));
        let given = format!("{}{}A", part(5), part(31));
        for copy in 0..2 {
            let written = if copy == 1 && person % 2 == 0 { family.replace("TON", "TN") } else { family.clone() };
            records.push(
                copy,
                &RecordInput {
                    family: &written,
                    given: &given,
                    birth: Some((person * 37 % 20_000) as i32),
                    sex: 1 + (person % 2) as u8,
                    postcode: &format!("LS{} {}AB", person % 17 + 1, person % 9),
                    address: &format!("{} HIGH ST", person % 211),
                    ..RecordInput::default()
                },
            );
            truth.push(person);
        }
    }
    (records, truth)
}

#[test]
fn encoded_records_are_linked() {
    let (records, truth) = twice();
    let model = Model::encoded().unwrap();
    for encoding in [plain(), Encoding::default()] {
        let encoded = read(&encode(KEY, encoding, &records), &model.columns);
        let linked = link(&encoded, &model, &LinkOptions::default());
        let score = score(&linked.cluster_of, &truth);
        assert!(score.precision > 0.99 && score.recall > 0.97, "{encoding:?} {score:?}");
    }
}

#[test]
fn what_is_no_filter_is_left_out_and_counted() {
    let model = Model::encoded().unwrap();
    let layout = Layout::find(&model.columns, &Encoder::header(), true);
    let (mut records, mut reading) = (Records::new(), Reading::default());
    for text in ["Smith & Sons", "\u{0}", "AAAAAAAAAAA"] {
        layout.push(&mut records, 0, |_| text, &mut reading);
    }
    assert_eq!((records.len(), reading.bad_codes), (3, 2));
    assert_eq!(records.birth(2), None);
}

#[test]
fn models_for_one_kind_of_records_refuse_tests_of_the_other() {
    let encoded = include_str!("../../../models/encoded.toml");
    let clear = encoded.replace("encoded = true\n", "");
    assert!(Model::parse(&clear).unwrap_err().to_string().contains("encoded = true"));
    let wrong = encoded.replace("given dice 84", "given like 84");
    assert!(Model::parse(&wrong).unwrap_err().to_string().contains("needs values that can be read"));
    let model = Model::encoded().unwrap();
    assert_eq!(Model::parse(&model.to_toml()).unwrap(), model);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The same value and key give the same codes in any file; only the id and the noise are the record's own.
    #[test]
    fn the_same_value_and_key_give_the_same_codes(family in "[A-Z]{2,12}", given in "[A-Z]{2,10}", address in "[A-Z0-9 ]{0,20}") {
        let one = encode(KEY, plain(), &record(&family, &given, &address));
        let other = encode(KEY, plain(), &record(&family.to_lowercase(), &format!(" {given}"), &address));
        prop_assert_eq!(&one, &other);
    }

    /// Under another key the filters have no more in common than chance, and no token is the same.
    #[test]
    fn another_key_gives_unrelated_codes(family in "[A-Z]{4,12}", given in "[A-Z]{4,10}") {
        let records = record(&family, &given, "12 HIGH ST");
        let (one, other) = (&encode(KEY, plain(), &records)[0], &encode(OTHER, plain(), &records)[0]);
        for name in ["family_filter", "given_filter", "address_filter"] {
            let (a, b) = (cell(one, name), cell(other, name));
            let chance = bits(a).len() as f64 / 1024.0;
            prop_assert!(dice(a, b) < chance + 0.25, "{name} {}", dice(a, b));
        }
        for (token, _) in Token::ALL {
            prop_assert!(cell(one, &token.column()) != cell(other, &token.column()));
        }
        for name in ["encoding", "number_token", "birth_token", "postcode_token"] {
            prop_assert!(cell(one, name) != cell(other, name));
        }
    }

    /// Each kind of value has its own key: one text has unrelated filters as family and as given name.
    #[test]
    fn one_text_in_two_fields_has_two_filters(name in "[A-Z]{5,10}") {
        let row = &encode(KEY, plain(), &record(&name, &name, &name))[0];
        let all = ["family_filter", "given_filter", "address_filter"].map(|column| cell(row, column));
        prop_assert!(dice(all[0], all[1]) < 0.45 && dice(all[0], all[2]) < 0.45);
    }

    /// No readable value and no hash without the key stands in the output; a different key alone changes every code.
    #[test]
    fn nothing_can_be_read(family in "[A-Z]{4,12}", given in "[A-Z]{4,10}", whole in any::<bool>()) {
        let encoding = Encoding { whole_record: whole, ..Encoding::default() };
        let row = &encode(KEY, encoding, &record(&family, &given, "12 HIGH ST"))[0];
        let text = row[3..].join(",").to_uppercase();
        for value in [family.as_str(), given.as_str(), "9434765919", "19840509", "1984-05-09", "LS14AP", "HIGH"] {
            // Four letters can stand together by chance in a thousand; longer values cannot.
            prop_assert!(value.len() < 6 || !text.contains(value), "{value}");
        }
        let same = encode(OTHER, encoding, &record(&family, &given, "12 HIGH ST"));
        for (at, name) in Encoder::header().iter().enumerate().skip(2) {
            prop_assert!(row[at].is_empty() || row[at] != same[0][at], "{name} does not depend on the key");
        }
    }
}
