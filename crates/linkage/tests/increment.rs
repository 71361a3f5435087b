//! Records added in parts give what linking all at once gives.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

mod common;

use common::{day, fields, shared};
use linkage::{Change, Label, Layout, LinkOptions, Model, Reading, RecordInput, Records, Whole, differences, train};
use proptest::prelude::*;

const GIVEN: [&str; 9] = ["John", "John James", "Jon", "James", "Mary", "Marie", "Robert", "Bob", ""];
const FAMILY: [&str; 6] = ["Smith", "Smyth", "O'Brien", "Khan", "Jones", ""];
const PLACES: [(&str, &str); 3] = [("LS1 4AP", "1 High Street"), ("LS1 4AQ", "2 High Street"), ("", "")];
const NUMBERS: [Option<u64>; 6] =
    [None, None, Some(9_434_765_919), Some(9_000_000_009), Some(4_010_232_137), Some(4_010_232_145)];

type Row = (u8, usize, usize, i32, u8, usize, usize);

fn row() -> impl Strategy<Value = Row> {
    (0..3_u8, 0..FAMILY.len(), 0..GIVEN.len(), 0..4_i32, 0..3_u8, 0..PLACES.len(), 0..NUMBERS.len())
}

fn push(records: &mut Records, row: &Row) {
    let (source, family, given, birth, sex, place, number) = *row;
    records.push(
        source,
        &RecordInput {
            nhs_number: NUMBERS[number],
            family: FAMILY[family],
            given: GIVEN[given],
            birth: (birth < 3).then_some(5000 + birth * 31),
            sex,
            postcode: PLACES[place].0,
            address: PLACES[place].1,
        },
    );
}

/// Two tiers: one that weights agree with, one that they do not.
fn with_tiers() -> Model {
    let tiers = "
[[tier]]
name = \"names and birth date\"
when = [\"family exact\", \"given exact\", \"birth exact\"]
[[tier]]
name = \"one home and sex\"
when = [\"postcode exact\", \"sex exact\"]
unless = [\"birth missing\"]
";
    Model::parse(&(Model::person().unwrap().to_toml() + tiers)).unwrap()
}

fn people_follow_clusters(whole: &Whole) -> bool {
    let linked = whole.linked();
    let mut of = std::collections::BTreeMap::new();
    let mut seen = std::collections::BTreeMap::new();
    linked.cluster_of.iter().zip(whole.people()).all(|(cluster, person)| {
        let before = *of.entry(*cluster).or_insert(*person);
        let known = seen.entry(*person).or_insert(*cluster);
        before == *person && known == cluster
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Any cut of any records, with blocks that go over the cap on the way, numbers that are replaced on the way, a source that
    /// holds each person once, and near misses kept.
    #[test]
    fn parts_give_what_the_whole_gives(
        rows in prop::collection::vec(row(), 0..90),
        cuts in prop::collection::vec(0.0..1.0_f64, 1..4),
        largest_block in prop::sample::select(vec![2_u32, 3, 5, 2000]),
        replaced in any::<bool>(),
        keep in prop::option::of(0.001..0.9_f64),
        decisions in prop::collection::vec((0..90_u32, 0..90_u32, any::<bool>(), any::<bool>()), 0..8),
        tier in any::<bool>(),
        precision in prop::option::of(0.5..0.999_f64),
    ) {
        let mut model = if tier { with_tiers() } else { Model::person().unwrap() };
        model.blocking.largest_block = largest_block;
        let of = |first: bool| -> Vec<Label> {
            let some = decisions.iter().filter(|(.., at_first)| *at_first == first);
            some.map(|(left, right, is_match, _)| Label { left: *left, right: *right, is_match: *is_match }).collect()
        };
        let options = LinkOptions { one_row_per_person: vec![0], keep, precision, labels: of(true), ..LinkOptions::default() };
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| (cut * rows.len() as f64) as usize).collect();
        cuts.push(rows.len());
        cuts.sort_unstable();
        let mut records = Records::new();
        rows[..cuts[0]].iter().for_each(|row| push(&mut records, row));
        let (mut whole, linked) = Whole::link(&records, &model, &options, &|_| {});
        prop_assert_eq!(&linked.edges, &whole.linked().edges);
        let plain = linkage::link(&records, &model, &options);
        prop_assert_eq!((&linked.cluster_of, &linked.edges), (&plain.cluster_of, &plain.edges));
        prop_assert_eq!(whole.options().precision, precision);
        prop_assert!(precision.is_none() || whole.options().threshold == Some(linked.threshold), "the threshold is held");
        for (at, two) in cuts.windows(2).enumerate() {
            rows[two[0]..two[1]].iter().for_each(|row| push(&mut records, row));
            let mut more = LinkOptions { labels: of(false), ..LinkOptions::default() };
            if replaced && at == 0 {
                more.superseded.push((9_000_000_009, 4_010_232_137));
            }
            let before = whole.people().to_vec();
            let added = whole.add(&records, &more);
            prop_assert_eq!(added.records as usize, two[1] - two[0]);
            let scratch = whole.from_scratch(&records, &|_| {});
            let apart = differences(&whole.linked(), &scratch);
            prop_assert!(apart.is_empty(), "{apart:?}");
            prop_assert_eq!(&whole.linked().cluster_of, &scratch.cluster_of);
            prop_assert_eq!(&whole.linked().edges, &scratch.edges);
            prop_assert_eq!(&whole.linked().conflicts, &scratch.conflicts);
            prop_assert!(people_follow_clusters(&whole));
            // Whoever is not named in the list of changes keeps every record and gets none.
            let named = |person: u64| added.changes.iter().any(|change| match *change {
                Change::New { person: p, .. } | Change::Grown { person: p, .. } => p == person,
                Change::Merged { person: p, ended } => p == person || ended == person,
                Change::Split { person: p, other } => p == person || other == person,
            });
            for (record, person) in whole.people().iter().enumerate() {
                match before.get(record) {
                    Some(old) => prop_assert!(old == person || named(*old) && named(*person)),
                    None => prop_assert!(named(*person)),
                }
            }
            let bytes = whole.write(&records, &[b"beside".to_vec()], Vec::new()).unwrap();
            let (again, same, beside) = Whole::read(&bytes[..]).unwrap();
            prop_assert_eq!(again.write(&same, &beside, Vec::new()).unwrap(), bytes);
            (whole, records) = (again, same);
        }
    }

    /// No bytes make it panic.
    #[test]
    fn damaged_states_are_refused(at in 0..4000_usize, bit in 0..8_u8, cut in any::<bool>()) {
        let mut records = Records::new();
        for source in 0..3 {
            push(&mut records, &(source, 0, 0, 0, 1, 0, 2));
        }
        let (whole, _) = Whole::link(&records, &Model::person().unwrap(), &LinkOptions::default(), &|_| {});
        let mut bytes = whole.write(&records, &[b"beside".to_vec()], Vec::new()).unwrap();
        // The columns stand behind the text of the model.
        let at = bytes.len() - 1 - at.min(bytes.len() - 1);
        if cut { bytes.truncate(at) } else { bytes[at] ^= 1 << bit }
        prop_assert!(Whole::read(&bytes[..]).is_err());
    }
}

/// Labelled records nobody here made, cut in three.
#[test]
fn labelled_files_in_parts() {
    let hist = "data/linkage/febrl/dataset3.csv";
    let Some(path) = shared(hist) else { return };
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines();
    let header: Vec<String> = fields(lines.next().unwrap()).iter().map(|name| name.trim().to_owned()).collect();
    let rows: Vec<Vec<String>> = lines.map(fields).collect();
    let model = Model::febrl().unwrap();
    let layout = Layout::find(&model.columns, &header, model.number.is_identity);
    let mut reading = Reading::default();
    let add = |records: &mut Records, rows: &[Vec<String>], reading: &mut Reading| {
        for row in rows {
            layout.push(records, 0, |at| row.get(at).map_or("", |cell| cell.trim()), reading);
        }
    };
    let mut records = Records::new();
    let third = rows.len() / 3;
    add(&mut records, &rows[..third], &mut reading);
    let trained = train(&records, &model, 1).model;
    let (mut whole, _) = Whole::link(&records, &trained, &LinkOptions::default(), &|_| {});
    for part in [third..third * 2, third * 2..rows.len()] {
        add(&mut records, &rows[part.clone()], &mut reading);
        let added = whole.add(&records, &LinkOptions::default());
        assert_eq!(added.records as usize, part.len());
        assert!(added.changes.iter().any(|change| matches!(change, Change::Grown { .. })));
        assert_eq!(differences(&whole.linked(), &whole.from_scratch(&records, &|_| {})), []);
    }
    assert!(day("1970-01-01").is_some() && whole.len() == rows.len());
}
