//! What a load keeps for reviewers, and what it makes of their decisions.

use crate::case::Case;
use crate::simulated;
use intake::review::{self, LinkageReport, Reason, ReviewPair, ReviewRecord};
use intake::{Label, Outcome};
use std::collections::BTreeMap;

const LIST: &str = "NHS_NUMBER,FAMILY_NAME,GIVEN_NAME,DATE_OF_BIRTH,SEX,POSTCODE,PRACTICE_CODE,REGISTRATION_START\n";

fn pairs(case: &Case) -> Vec<ReviewPair> {
    review::pairs(&case.snapshot()).unwrap().unwrap()
}

fn report(case: &Case) -> LinkageReport {
    review::report(&case.snapshot()).unwrap().unwrap()
}

fn records(case: &Case) -> BTreeMap<u64, ReviewRecord> {
    review::records(&case.snapshot()).unwrap().into_iter().map(|record| (record.key, record)).collect()
}

fn find(case: &Case, pair: &ReviewPair) -> ReviewPair {
    let found = pairs(case).into_iter().find(|p| (p.left, p.right) == (pair.left, pair.right));
    found.unwrap_or_else(|| panic!("{pair:?} is not there any more"))
}

fn label(pair: &ReviewPair, same: bool) -> Label {
    Label { left: pair.left, right: pair.right, same }
}

/// A simulated place small enough to be quick and large enough to have doubts.
fn place() -> Case {
    simulated::place(3000, 11, 6)
}

#[test]
fn a_load_keeps_bounded_pairs_with_their_evidence_and_the_figures_add_up() {
    let case = place();
    case.load().unwrap();
    let (pairs, report, records) = (pairs(&case), report(&case), records(&case));
    assert!(pairs.len() > 20, "{} pairs", pairs.len());
    for picked in &report.picked {
        println!("{picked:?}");
        assert!(picked.kept + picked.elsewhere <= picked.found);
        assert!(picked.reason.most().is_none_or(|most| picked.kept <= most as u64));
        assert_eq!(pairs.iter().filter(|pair| pair.reason == picked.reason).count() as u64, picked.kept);
    }
    assert!(pairs.is_sorted_by_key(|pair| std::cmp::Reverse(pair.matters_thousandths)));
    let snapshot = case.snapshot();
    let steps = review::steps(&snapshot).unwrap();
    let threshold = report.threshold_hundredths;
    for pair in &pairs {
        let (left, right) = (&records[&pair.left], &records[&pair.right]);
        assert_eq!((left.person, right.person), (pair.left_person, pair.right_person));
        assert_eq!(pair.joined, pair.left_person == pair.right_person);
        match pair.reason {
            Reason::NearMiss => assert!(!pair.joined && pair.weight_hundredths < threshold && pair.probability >= 0.2),
            Reason::DifferentNumbers => {
                assert!(!pair.joined && pair.weight_hundredths >= threshold);
                let has = |person| records.values().any(|r| r.person == person && r.nhs_number.is_some());
                assert!(has(pair.left_person) && has(pair.right_person));
            }
            Reason::WeakLink => assert!(pair.joined),
            _ => {}
        }
        // The steps add up to the weight.
        let own = steps.iter().filter(|step| (step.left, step.right) == (pair.left, pair.right));
        let bits: f64 = own.map(|step| step.bits + step.rarity_bits).sum();
        assert!((bits * 100.0 - f64::from(pair.weight_hundredths)).abs() < 2.0, "{bits} is not that of {pair:?}");
    }
    // Groups of one kind hold every identity of the sources once.
    for by in ["sex", "age", "deprivation", "ethnicity"] {
        for source in report.sources.iter().filter(|source| !source.is_list) {
            let own: Vec<_> = report.groups.iter().filter(|g| g.by == by && g.source == source.source).collect();
            if own.is_empty() {
                continue;
            }
            assert_eq!(own.iter().map(|group| group.records).sum::<u64>(), source.identities, "{by} {}", source.source);
            assert_eq!(own.iter().map(|group| group.linked).sum::<u64>(), source.linked);
        }
    }
    assert!(report.weights.iter().any(|bin| bin.joined > 0) && report.weights.iter().any(|bin| bin.apart > 0));
    assert!(review::edges(&snapshot).unwrap().iter().all(|edge| records.contains_key(&edge.left)));
}

#[test]
fn a_decision_joins_or_keeps_apart_at_the_next_load_and_can_be_taken_back() {
    let mut case = place();
    let first = case.load().unwrap();
    let all = pairs(&case);
    let near = *all.iter().find(|pair| pair.reason == Reason::NearMiss).unwrap();
    let weak = *all.iter().find(|pair| pair.reason == Reason::WeakLink).unwrap();
    case.options.labels = vec![label(&near, true), label(&weak, false)];
    let second = case.load().unwrap();
    assert_eq!(second.outcome, Outcome::Loaded, "a decision is a reason to load again");
    assert_ne!(second.snapshot, first.snapshot);
    assert!(find(&case, &near).joined && !find(&case, &weak).joined);
    let told = report(&case).labels;
    assert_eq!((told.same, told.different, told.not_followed, told.absent), (1, 1, 0, 0));
    // The log of identifiers says what happened.
    assert!(second.quality.linkage.split_count >= 1, "{:?}", second.quality.linkage);
    // The same decisions again change nothing; without them the old answer is back.
    assert_eq!(case.load().unwrap().outcome, Outcome::NoChange);
    case.options.labels.clear();
    case.load().unwrap();
    assert!(!find(&case, &near).joined && find(&case, &weak).joined);
}

#[test]
fn decisions_survive_another_order_of_files_and_rows() {
    let mut case = place();
    case.load().unwrap();
    let before = pairs(&case);
    let near = *before.iter().find(|pair| pair.reason == Reason::NearMiss).unwrap();
    let weak = *before.iter().find(|pair| pair.reason == Reason::WeakLink).unwrap();
    // The sources the other way round, and the rows of the plain files, too.
    case.options.sources[1..].reverse();
    for source in &case.options.sources {
        for file in source.files.iter().filter(|file| file.extension().is_some_and(|e| e == "csv")) {
            let text = std::fs::read(file).unwrap();
            let mut lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
            lines[1..].reverse();
            std::fs::write(file, lines.concat()).unwrap();
        }
    }
    case.options.labels = vec![label(&near, true), label(&weak, false)];
    case.load().unwrap();
    assert!(find(&case, &near).joined && !find(&case, &weak).joined);
    assert_eq!(report(&case).labels.absent, 0);
}

#[test]
fn two_numbers_of_one_person_are_one_where_a_reviewer_says_so() {
    let number = |n: u64| nhs::NhsNumber::from_first_nine(999_000_000 + n).unwrap().value();
    let list = format!("{LIST}{},Ashcroft,Annabel,1950-02-03,2,TS18 1HU,A81001,2010-01-01\n", number(1));
    let deaths = format!(
        "REGISTRATION_ID,DEC_CONF_NHS_NUMBER,DEC_SURNAME,DEC_FORENAMES,DEC_DATE_OF_BIRTH,DEC_SEX,DEC_POSTCODE,REG_DATE_OF_DEATH\n\
         1,{},ASHCROFT,ANNABEL,19500203,2,TS18 1HU,20260101\n",
        number(3)
    );
    let mut case = Case::new().source("vanguard/gp_registrations", list).source("vanguard/deaths", deaths);
    assert_eq!(case.load().unwrap().people, 2);
    let pair = *pairs(&case).iter().find(|pair| pair.reason == Reason::DifferentNumbers).unwrap();
    case.options.labels = vec![label(&pair, true)];
    let report = case.load().unwrap();
    assert_eq!((report.people, report.quality.linkage.merge_count), (1, 1));
    assert!(find(&case, &pair).joined);
    // The older reference stays.
    assert_eq!(find(&case, &pair).left_person, pair.left_person.min(pair.right_person));
}

#[test]
fn a_decision_about_a_record_that_did_not_come_again_waits() {
    let list = |names: &[&str]| {
        let row = |name: &&str| format!(",{name},Ann,1950-02-03,2,TS18 1HU,A81001,2010-01-01\n");
        format!("{LIST}{}", names.iter().map(row).collect::<String>())
    };
    let mut case = Case::new().source("vanguard/gp_registrations", list(&["Ashcroft", "Ashcrofd", "Beech"]));
    case.options.labels = vec![Label { left: 1, right: 2, same: true }];
    case.load().unwrap();
    assert_eq!(report(&case).labels.absent, 1);
}
