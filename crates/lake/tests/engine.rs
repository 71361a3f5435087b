//! The compiled one-pass engine against the obvious way: for each person and question, filter, then compute.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod common;

use common::{CODES, Place, any_place, write};
use lake::engine::{Aggregate, Compare, EventAggregate, EventFilter, Program, Window};
use lake::{CodeSet, EventRow, Snapshot};
use nhs::{Day, EventKind, Method, Status};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn passes(filter: &EventFilter, e: &EventRow) -> bool {
    match filter {
        EventFilter::Always => true,
        EventFilter::All(parts) => parts.iter().all(|p| passes(p, e)),
        EventFilter::Any(parts) => parts.iter().any(|p| passes(p, e)),
        EventFilter::Not(part) => !passes(part, e),
        EventFilter::Method(list) => list.contains(&e.method),
        EventFilter::Status(list) => list.contains(&e.status),
        EventFilter::Code(set) => set.iter().any(|c| c == e.code),
        EventFilter::Detail(set) => set.iter().any(|c| c == e.detail),
        EventFilter::Provider(set) => set.iter().any(|c| c == e.provider),
        EventFilter::Value(compare, n) => e.value.is_some_and(|v| holds(*compare, v, *n)),
        EventFilter::Days(compare, n) => e.end.is_some_and(|end| holds(*compare, i64::from(end.0 - e.date.0), *n)),
    }
}

fn holds(compare: Compare, a: i64, b: i64) -> bool {
    match compare {
        Compare::Eq => a == b,
        Compare::Ne => a != b,
        Compare::Lt => a < b,
        Compare::Le => a <= b,
        Compare::Gt => a > b,
        Compare::Ge => a >= b,
    }
}

/// Nights by walking through the days.
fn nights(e: &EventRow, window: Window) -> i64 {
    let open_end = if e.status == Status::Active { window.last.0 + 1 } else { e.date.0 };
    let end = e.end.map_or(open_end, |d| d.0);
    (e.date.0..end).filter(|d| (window.first.0..=window.last.0).contains(d)).count() as i64
}

fn naive(question: &EventAggregate, events: &[EventRow]) -> Option<i64> {
    let fits: Vec<&EventRow> =
        events.iter().filter(|e| e.kind == question.kind && passes(&question.filter, e)).collect();
    let inside: Vec<&&EventRow> =
        fits.iter().filter(|e| question.window.first <= e.date && e.date <= question.window.last).collect();
    let days = || inside.iter().map(|e| i64::from(e.date.0));
    let values = || inside.iter().filter_map(|e| e.value);
    match question.aggregate {
        Aggregate::Count => Some(inside.len() as i64),
        Aggregate::Exists => Some(i64::from(!inside.is_empty())),
        Aggregate::DistinctCodes => {
            Some(inside.iter().map(|e| e.code).filter(|&c| c != 0).collect::<BTreeSet<_>>().len() as i64)
        }
        Aggregate::DistinctDays => Some(days().collect::<BTreeSet<_>>().len() as i64),
        Aggregate::FirstDate => days().min(),
        Aggregate::LastDate => days().max(),
        Aggregate::SumCost => Some(inside.iter().filter_map(|e| e.cost).sum()),
        Aggregate::SumDays => Some(fits.iter().map(|e| nights(e, question.window)).sum()),
        Aggregate::LastValue => values().next_back(),
        Aggregate::MaxValue => values().max(),
        Aggregate::MinValue => values().min(),
    }
}

fn any_filter() -> impl Strategy<Value = EventFilter> {
    let codes = || prop::collection::vec(0..CODES, 0..4).prop_map(|c| c.into_iter().collect::<CodeSet>());
    let compare =
        || prop::sample::select(vec![Compare::Eq, Compare::Ne, Compare::Lt, Compare::Le, Compare::Gt, Compare::Ge]);
    let leaf = prop_oneof![
        Just(EventFilter::Always),
        prop::collection::vec(prop::sample::select(Method::ALL[..4].to_vec()), 0..3).prop_map(EventFilter::Method),
        prop::collection::vec(prop::sample::select(Status::ALL.to_vec()), 0..6).prop_map(EventFilter::Status),
        codes().prop_map(EventFilter::Code),
        codes().prop_map(EventFilter::Detail),
        codes().prop_map(EventFilter::Provider),
        (compare(), -3_000i64..3_000).prop_map(|(c, n)| EventFilter::Value(c, n)),
        (compare(), -1i64..20).prop_map(|(c, n)| EventFilter::Days(c, n)),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(EventFilter::All),
            prop::collection::vec(inner.clone(), 0..3).prop_map(EventFilter::Any),
            inner.prop_map(|f| EventFilter::Not(Box::new(f))),
        ]
    })
}

fn any_question() -> impl Strategy<Value = EventAggregate> {
    use Aggregate::{
        Count, DistinctCodes, DistinctDays, Exists, FirstDate, LastDate, LastValue, MaxValue, MinValue, SumCost,
        SumDays,
    };
    let aggregates = vec![
        Count,
        Exists,
        DistinctCodes,
        DistinctDays,
        FirstDate,
        LastDate,
        SumCost,
        SumDays,
        LastValue,
        MaxValue,
        MinValue,
    ];
    let as_of = Day(20_000);
    let window = prop_oneof![
        Just(Window::ever(as_of)),
        (0u32..60).prop_map(move |n| Window::days(as_of, n)),
        (0u32..3).prop_map(move |n| Window::months(as_of, n)),
    ];
    let kind = prop::sample::select(vec![
        EventKind::Admission,
        EventKind::Diagnosis,
        EventKind::GpObservation,
        EventKind::Death,
    ]);
    (kind, any_filter(), window, prop::sample::select(aggregates))
        .prop_map(|(kind, filter, window, aggregate)| EventAggregate { kind, filter, window, aggregate })
}

fn check(place: &Place, questions: Vec<EventAggregate>, threads: usize) -> Result<(), TestCaseError> {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), 1, place, 3, 1).unwrap();
    let snapshot = Snapshot::open(dir.path()).unwrap();
    let program = Program::new(questions, snapshot.dictionary().len());
    let answers = snapshot
        .ask(&program, lake::Columns::NONE, threads, |view, values| {
            let row = |position| (0..program.questions().len()).map(|q| values.get(q, position)).collect::<Vec<_>>();
            (0..view.len()).map(row).collect::<Vec<_>>()
        })
        .unwrap()
        .concat();
    let events = common::sorted(&place.events);
    for (person, answers) in answers.iter().enumerate() {
        let own: Vec<EventRow> = events.iter().filter(|e| e.person == person as u32).copied().collect();
        for (question, &answer) in program.questions().iter().zip(answers) {
            prop_assert_eq!(
                answer,
                naive(question, &own),
                "person {} question {:?} events {:?}",
                person,
                question,
                own
            );
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn random_questions_on_random_people(place in any_place(6, 90), questions in prop::collection::vec(any_question(), 1..90)) {
        check(&place, questions, 2)?;
    }
}

#[test]
fn more_questions_than_fit_one_word_of_a_bitmap() {
    let place = common::made_place(8, 60);
    let question = |n: u32| EventAggregate {
        kind: EventKind::ALL[(n % 2) as usize],
        filter: EventFilter::All(vec![
            EventFilter::Code((n % CODES..CODES).collect()),
            EventFilter::Not(Box::new(EventFilter::Method(vec![Method::ALL[(n % 7) as usize]]))),
        ]),
        window: Window::days(Day(20_000), 10 * n),
        aggregate: Aggregate::Count,
    };
    check(&place, (0..300).map(question).collect(), 1).unwrap();
}

#[test]
fn windows_end_with_the_as_of_date() {
    let day = |text| Day::parse_iso(text).unwrap();
    let as_of = day("2016-03-31");
    assert_eq!(Window::months(as_of, 12), Window { first: day("2015-04-01"), last: as_of });
    assert_eq!(Window::days(as_of, 1), Window { first: as_of, last: as_of });
    assert_eq!(Window::days(as_of, 366).first, day("2015-04-01"));
    assert!(Window::days(as_of, u32::MAX).first < day("0001-01-01"));
    assert!(Window::months(as_of, u32::MAX).first < day("0001-01-01"));
}
