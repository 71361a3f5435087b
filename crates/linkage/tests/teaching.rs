//! Training with labels, and what training works out without them, on records whose errors are known because they were made here.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

#[path = "common/made.rs"]
mod made;

use linkage::{Label, LinkOptions, Model, link, train, train_from_labels, train_from_truth};
use made::people;

fn m(model: &Model, comparison: &str, level: &str) -> f64 {
    let comparison = model.comparison.iter().find(|one| one.name == comparison).unwrap();
    comparison.levels.iter().find(|one| one.name == level).unwrap().m
}

#[test]
fn prior_recall_and_m_are_worked_out_without_labels() {
    let (records, _) = people(3000);
    let trained = train(&records, &Model::person().unwrap(), 1);
    let expect = 0.7 * 0.9 * 0.95;
    assert!((trained.prior_recall - expect).abs() < 0.05, "{}", trained.prior_recall);
    assert!((trained.model.prior.matches_per_record - 1.0).abs() < 0.08, "{}", trained.model.prior.matches_per_record);
    assert!((m(&trained.model, "given name", "the same") - 0.7).abs() < 0.05);
    assert!(trained.sessions.iter().all(|session| session.converged) && trained.turns < 10, "{:?}", trained.sessions);
    // The draws lie around what was learned.
    let priors: Vec<f64> = trained.draws.iter().map(|draw| draw.matches_per_record).collect();
    let mean = priors.iter().sum::<f64>() / priors.len() as f64;
    assert!((mean / trained.model.prior.matches_per_record - 1.0).abs() < 0.03, "{mean}");
    assert!(priors.iter().any(|prior| *prior != priors[0]));
}

#[test]
fn a_truth_gives_its_shares() {
    let (records, truth) = people(3000);
    let taught = train_from_truth(&records, &Model::person().unwrap(), &truth, 1);
    assert_eq!(taught.matches, 3000);
    assert!((m(&taught.trained.model, "given name", "the same") - 0.7).abs() < 0.03);
    assert!((m(&taught.trained.model, "family name", "the same") - 0.9).abs() < 0.03);
    assert!((taught.trained.model.prior.matches_per_record - 1.0).abs() < 1e-9);
}

#[test]
fn labels_of_doubtful_pairs_do_not_bend_what_is_learned_of_all() {
    let (records, truth) = people(3000);
    let model = Model::person().unwrap();
    let trained = train(&records, &model, 1).model;
    let options = LinkOptions { keep: Some(0.01), ..LinkOptions::default() };
    let doubtful: Vec<Label> = link(&records, &trained, &options)
        .edges
        .iter()
        .filter(|edge| (-600..1000).contains(&edge.weight_bits_hundredths))
        .map(|edge| {
            let is_match = truth[edge.left as usize] == truth[edge.right as usize];
            Label { left: edge.left, right: edge.right, is_match }
        })
        .collect();
    let matches: Vec<&Label> = doubtful.iter().filter(|label| label.is_match).collect();
    assert!(matches.len() > 50, "{}", matches.len());
    let same = |label: &&&Label| records.given(label.left) == records.given(label.right);
    let plain = matches.iter().filter(same).count() as f64 / matches.len() as f64;
    let taught = train_from_labels(&records, &model, &doubtful, None, 1);
    let learned = m(&taught.trained.model, "given name", "the same");
    assert!((plain - 0.7).abs() > 0.15, "the labels alone would mislead: {plain}");
    assert!((learned - 0.7).abs() < 0.05, "{learned}");
    assert!(taught.bands.0 > 2 && taught.bands.0 < taught.bands.1, "{:?}", taught.bands);
}

#[test]
fn labels_move_the_prior_and_few_labels_move_it_little() {
    let (records, _) = people(500);
    let model = Model::person().unwrap();
    let before = train(&records, &model, 1).model;
    assert_eq!(train_from_labels(&records, &model, &[], None, 1).trained.model.prior, before.prior);
    // Someone finds that clear matches are none.
    let wrong = |count: u32| -> Vec<Label> {
        (0..count).map(|at| Label { left: 2 * at, right: 2 * at + 1, is_match: false }).collect()
    };
    let prior = |labels: &[Label]| {
        train_from_labels(&records, &model, labels, None, 1).trained.model.prior.matches_per_record
            / before.prior.matches_per_record
    };
    assert!(prior(&wrong(1)) > 0.8, "{}", prior(&wrong(1)));
    assert!(prior(&wrong(400)) < 0.5, "{}", prior(&wrong(400)));
}
