//! What is said of the quality of a linkage, against records whose truth is known because they were made here.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

#[path = "common/made.rs"]
mod made;

use linkage::{
    Grouping, Interval, Label, LinkOptions, Linked, Model, RecordInput, Records, Trained, estimate,
    estimate_from_labels, link, quality_by_group, train, unlinkables,
};
use made::people;

/// Records of 3,000 people, their truth, what was learned of them, and the answer with near misses.
fn linked(options: LinkOptions) -> (Records, Vec<Option<u32>>, Trained, Linked) {
    let (records, truth) = people(3000);
    // These people's other names are drawn from all names, at the same home, too: a veto would take them for brothers.
    let model = Model { veto: Vec::new(), ..Model::person().unwrap() };
    let trained = train(&records, &model, 1);
    let options = LinkOptions { keep: Some(0.01), ..options };
    let linked = link(&records, &trained.model, &options);
    (records, truth, trained, linked)
}

fn holds(interval: &Interval, truth: f64) -> bool {
    interval.low <= truth && truth <= interval.high
}

#[test]
fn the_spectrum_counts_every_pair_and_precision_grows_with_the_threshold() {
    let (_, _, _, linked) = linked(LinkOptions::default());
    // Records that say the same are tied to one another and not compared.
    let tied = linked.report.records - linked.report.profiles;
    assert_eq!(linked.spectrum.pairs(), linked.report.pairs + tied);
    let at: Vec<_> = [0.5, 0.9, 0.95, 0.99, 0.999].iter().map(|p| linked.spectrum.at(*p)).collect();
    for two in at.windows(2) {
        assert!(two[0].precision <= two[1].precision && two[0].recall >= two[1].recall, "{two:?}");
        assert!(two[0].links >= two[1].links);
    }
    let links = linked.edges.iter().filter(|edge| linked.reaches(edge)).count() as u64;
    assert!(links.abs_diff(linked.spectrum.at(0.95).links) <= 2 + links / 200, "{links}");
}

#[test]
fn a_threshold_by_expected_precision_is_the_lowest_that_reaches_it() {
    for precision in [0.9, 0.97, 0.995, 0.9999] {
        let (_, truth, _, linked) = linked(LinkOptions { precision: Some(precision), ..LinkOptions::default() });
        let threshold = linked.threshold;
        assert!((0.5..=0.9999).contains(&threshold), "{threshold}");
        let reached = linked.spectrum.at(threshold + 1e-9);
        assert!(reached.precision >= precision || threshold > 0.99989, "{precision}: {reached:?}");
        let lower = linked.spectrum.at(1.0 - (1.0 - threshold) * 1.3);
        assert!(
            threshold <= 0.5 || lower.precision < precision || lower.links == reached.links,
            "{precision}: {lower:?}"
        );
        let links: Vec<_> = linked.edges.iter().filter(|edge| linked.is_link(edge)).collect();
        let right = links.iter().filter(|edge| truth[edge.left as usize] == truth[edge.right as usize]).count();
        assert!(right as f64 / links.len() as f64 > precision - 0.02, "{precision}: {right} of {}", links.len());
    }
}

#[test]
fn estimates_without_labels_lie_near_the_truth() {
    let (records, truth, trained, linked) = linked(LinkOptions::default());
    let found = estimate(&records, &trained.model, &linked.spectrum, &trained.draws, linked.threshold);
    let links: Vec<_> = linked.edges.iter().filter(|edge| linked.reaches(edge)).collect();
    let wrong = links.iter().filter(|edge| truth[edge.left as usize] != truth[edge.right as usize]).count() as f64;
    let missed = 1.0 - (links.len() as f64 - wrong) / 3000.0;
    println!("{found:#?} wrong {wrong} missed {missed}");
    assert!(found.false_matches.estimate < wrong.mul_add(3.0, 15.0), "{found:?} {wrong}");
    // 0.05 (1 - 0.6 * 0.7) + 0.95 * 0.1 * 0.3 * 0.4 of the matches agree on no rule.
    let unseen = 3000.0 * 0.0404;
    assert!(holds(&found.missed_unseen, unseen), "{found:?} {unseen}");
    assert!(
        holds(&found.missed_match_rate, missed) || (found.missed_match_rate.estimate - missed).abs() < 0.015,
        "{found:?} {missed}"
    );
    for interval in [found.false_matches, found.false_match_rate, found.missed_below, found.missed_match_rate] {
        assert!(interval.low <= interval.estimate && interval.estimate <= interval.high, "{interval:?}");
    }
    let alone = estimate(&records, &trained.model, &linked.spectrum, &[], linked.threshold);
    assert_eq!(alone.false_matches.estimate, found.false_matches.estimate);
    assert!(
        alone.false_matches.high < found.false_matches.high,
        "what training may have got wrong widens the interval"
    );
}

#[test]
fn labels_of_a_sample_estimate_what_they_were_drawn_from() {
    let (records, truth, trained, linked) = linked(LinkOptions::default());
    let same = |left: u32, right: u32| truth[left as usize] == truth[right as usize];
    let all: Vec<_> = linked.edges.iter().collect();
    let reached: Vec<_> = all.iter().filter(|edge| linked.reaches(edge)).collect();
    let wrong = reached.iter().filter(|edge| !same(edge.left, edge.right)).count() as f64 / reached.len() as f64;
    let matches = all.iter().filter(|edge| same(edge.left, edge.right)).count() as f64;
    let missed =
        all.iter().filter(|edge| !linked.reaches(edge) && same(edge.left, edge.right)).count() as f64 / matches;
    // Every third near miss and every tenth link: a plan that favours the doubtful ones.
    let near = all.iter().filter(|edge| !linked.reaches(edge)).step_by(3);
    let labels: Vec<Label> = near
        .chain(reached.iter().copied().step_by(10))
        .map(|edge| Label { left: edge.left, right: edge.right, is_match: same(edge.left, edge.right) })
        .collect();
    let found = estimate_from_labels(&records, &trained.model, &linked.spectrum, &labels, linked.threshold).unwrap();
    println!("{found:#?} wrong {wrong} missed {missed}");
    // Bands without a label are as the model expects, so that nought is never quite nought.
    assert!(
        holds(&found.false_match_rate, wrong.max(1e-6)) && found.false_match_rate.high < wrong + 0.05,
        "{found:?} {wrong}"
    );
    assert!(holds(&found.missed_match_rate, missed), "{found:?} {missed}");
    assert!(found.covered > 0.9);
    assert_eq!(estimate_from_labels(&records, &trained.model, &linked.spectrum, &[], 0.95), None);
}

#[test]
fn unlinkables_say_too_little() {
    let mut records = Records::new();
    let full = RecordInput {
        family: "Okonkwo",
        given: "Ada",
        birth: Some(5000),
        sex: 2,
        postcode: "LS1 4AP",
        address: "1 High Street",
        nhs_number: None,
    };
    records.push(1, &full);
    records.push(1, &RecordInput { family: "Smith", ..RecordInput::default() });
    records.push(1, &RecordInput { nhs_number: Some(9_434_765_919), ..RecordInput::default() });
    records.push(1, &RecordInput::default());
    let own = unlinkables(&records, &Model::person().unwrap());
    let alone: Vec<bool> = (0..4).map(|record| own.is_unlinkable(record, 0.95)).collect();
    assert_eq!(alone, [false, true, false, true], "a number links whatever the rest says");
    assert_eq!(own.count(0.95), 2);
    assert!(own.weight(0) > 20.0 && own.weight(3) < 0.0);
    let curve = own.curve();
    assert_eq!((curve.first().unwrap().2, curve.last().unwrap().2), (0.0, 1.0));
    assert!(curve.windows(2).all(|two| two[0].2 <= two[1].2 && two[0].1 < two[1].1));
}

#[test]
fn groups_show_who_is_missed() {
    let (records, truth, trained, linked) = linked(LinkOptions::default());
    let own = unlinkables(&records, &trained.model);
    // The records' order is by person, two each: the first of each pair is in group a, the second in b; every tenth is not known.
    let names = (0..records.len()).map(|at| if at % 10 == 9 { "" } else { ["a", "b"][at % 2] });
    let grouping = Grouping::by_text("letter", names);
    assert_eq!(grouping.groups, ["a", "b", "not known"]);
    let groups = quality_by_group(&linked, &own, &grouping, Some(&truth));
    assert_eq!(groups.iter().map(|group| group.records).collect::<Vec<_>>(), [3000, 2400, 600]);
    for group in &groups {
        assert!(holds(&group.linked, group.linked.estimate) && group.linked.estimate > 0.5, "{group:?}");
        assert!(group.precision.unwrap().estimate > 0.97 && group.recall.unwrap().estimate > 0.5, "{group:?}");
        assert!((1.0 - group.recall.unwrap().estimate) > group.missed.estimate - 0.05, "{group:?}");
    }
    // All groups together are the whole: pairs joined that are right.
    let all = quality_by_group(&linked, &own, &Grouping::by_text("all", (0..records.len()).map(|_| "x")), Some(&truth));
    let clusters = linked.cluster_of.chunks(2).filter(|two| two[0] == two[1]).count() as f64;
    assert!((all[0].recall.unwrap().estimate - clusters / 3000.0).abs() < 1e-9);
    let sex = quality_by_group(&linked, &own, &Grouping::by_sex(&records), None);
    assert_eq!(
        sex.iter().map(|group| (group.group.as_str(), group.records)).collect::<Vec<_>>(),
        [("male", 3000), ("female", 3000)]
    );
    let ages = quality_by_group(&linked, &own, &Grouping::by_age(&records, (2026, 1, 1)), None);
    assert_eq!(ages.iter().map(|group| group.records).sum::<u64>(), 6000);
    assert_eq!(ages[0].group, "0 to 4");
    assert!(Grouping::by_birth(&records).groups.iter().all(|decade| decade.ends_with("0s")));
}
