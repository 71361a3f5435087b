//! The compiled one-pass engine against the obvious way: for each person and question, filter, then compute.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod common;

use common::{CODES, Place, any_place, write};
use lake::engine::{Aggregate, Compare, Dated, EventAggregate, EventFilter, Near, Program, Window};
use lake::{CodeSet, EventRow, Snapshot};
use nhs::{Day, EventKind, Method, Status};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn passes(filter: &EventFilter, e: &EventRow, own: &[EventRow]) -> bool {
    match filter {
        EventFilter::Always => true,
        EventFilter::All(parts) => parts.iter().all(|p| passes(p, e, own)),
        EventFilter::Any(parts) => parts.iter().any(|p| passes(p, e, own)),
        EventFilter::Not(part) => !passes(part, e, own),
        EventFilter::Kind(list) => list.contains(&e.kind),
        EventFilter::Method(list) => list.contains(&e.method),
        EventFilter::Status(list) => list.contains(&e.status),
        EventFilter::Code(set) => set.iter().any(|c| c == e.code),
        EventFilter::Detail(set) => set.iter().any(|c| c == e.detail),
        EventFilter::Provider(set) => set.iter().any(|c| c == e.provider),
        EventFilter::Source(list) => list.contains(&e.source),
        EventFilter::Value(compare, n) => e.value.is_some_and(|v| holds(*compare, v, *n)),
        EventFilter::Cost(compare, n) => e.cost.is_some_and(|v| holds(*compare, v, *n)),
        EventFilter::Days(compare, n) => e.end.is_some_and(|end| holds(*compare, i64::from(end.0 - e.date.0), *n)),
        EventFilter::Date(compare, n) => holds(*compare, i64::from(e.date.0), *n),
        EventFilter::End(compare, n) => e.end.is_some_and(|end| holds(*compare, i64::from(end.0), *n)),
        EventFilter::NoCode => e.code == 0,
        EventFilter::NoDetail => e.detail == 0,
        EventFilter::NoProvider => e.provider == 0,
        EventFilter::NoValue => e.value.is_none(),
        EventFilter::NoCost => e.cost.is_none(),
        EventFilter::NoEnd => e.end.is_none(),
        EventFilter::Near(near) => own.iter().any(|other| stands_near(near, e, other, own)),
    }
}

fn stands_near(near: &Near, e: &EventRow, other: &EventRow, own: &[EventRow]) -> bool {
    let (earlier, later) = if near.after { (e, other) } else { (other, e) };
    let from = if near.from_end { earlier.end } else { Some(earlier.date) };
    let days = from.map(|from| i64::from(later.date.0) - i64::from(from.0));
    !std::ptr::eq(e, other)
        && (e.link == 0 || e.link != other.link)
        && other.date <= near.last
        && near.kinds.contains(&other.kind)
        && days.is_some_and(|days| (i64::from(near.at_least)..=i64::from(near.within)).contains(&days))
        && passes(&near.filter, other, own)
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
        events.iter().filter(|e| question.kinds.contains(&e.kind) && passes(&question.filter, e, events)).collect();
    let day = |e: &EventRow| if question.dated == Dated::End { e.end } else { Some(e.date) };
    let inside: Vec<(Day, &EventRow)> = fits
        .iter()
        .filter_map(|e| day(e).map(|day| (day, *e)))
        .filter(|(day, _)| question.window.first <= *day && *day <= question.window.last)
        .collect();
    let days = || inside.iter().map(|(day, _)| i64::from(day.0));
    let values = || inside.iter().filter_map(|(_, e)| e.value);
    let valued = || inside.iter().filter_map(|(day, e)| e.value.map(|value| (*day, value)));
    let costs = || inside.iter().filter_map(|(_, e)| e.cost);
    let lengths = || inside.iter().filter_map(|(_, e)| e.end.map(|end| i64::from(end.0 - e.date.0)));
    let different = |numbers: &mut dyn Iterator<Item = u32>| {
        Some(numbers.filter(|&number| number != 0).collect::<BTreeSet<_>>().len() as i64)
    };
    match question.aggregate {
        Aggregate::Count => Some(inside.len() as i64),
        Aggregate::Exists => Some(i64::from(!inside.is_empty())),
        Aggregate::DistinctCodes => different(&mut inside.iter().map(|(_, e)| e.code)),
        Aggregate::DistinctSpells => different(&mut inside.iter().map(|(_, e)| e.link)),
        Aggregate::DistinctDays => Some(days().collect::<BTreeSet<_>>().len() as i64),
        Aggregate::FirstDate => days().min(),
        Aggregate::LastDate => days().max(),
        Aggregate::SumCost => Some(costs().sum()),
        Aggregate::MaxCost => costs().max(),
        Aggregate::MinCost => costs().min(),
        Aggregate::SumDays => Some(fits.iter().map(|e| nights(e, question.window)).sum()),
        Aggregate::MaxDays => lengths().max(),
        Aggregate::MinDays => lengths().min(),
        Aggregate::FirstValue => valued().max_by_key(|(day, value)| (-day.0, *value)).map(|(_, value)| value),
        Aggregate::LastValue => valued().max().map(|(_, value)| value),
        Aggregate::MaxValue => values().max(),
        Aggregate::MinValue => values().min(),
        Aggregate::SumValue => values().reduce(|a, b| a + b),
        // Ranks come with a code list: the language's own tests ask these.
        Aggregate::FirstCode | Aggregate::LastCode => None,
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
        (compare(), 0i64..5_000).prop_map(|(c, n)| EventFilter::Cost(c, n)),
        (compare(), 19_900i64..20_010).prop_map(|(c, n)| EventFilter::Date(c, n)),
        (compare(), 19_900i64..20_010).prop_map(|(c, n)| EventFilter::End(c, n)),
        prop::collection::vec(0u8..3, 0..3).prop_map(EventFilter::Source),
        prop::collection::vec(prop::sample::select(EventKind::ALL[..6].to_vec()), 0..4).prop_map(EventFilter::Kind),
        prop::sample::select(vec![
            EventFilter::NoCode,
            EventFilter::NoDetail,
            EventFilter::NoProvider,
            EventFilter::NoValue,
            EventFilter::NoCost,
            EventFilter::NoEnd,
        ]),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(EventFilter::All),
            prop::collection::vec(inner.clone(), 0..3).prop_map(EventFilter::Any),
            inner.clone().prop_map(|f| EventFilter::Not(Box::new(f))),
            (inner, any::<bool>(), any::<bool>(), any_kinds(), 0u32..3, 0u32..40).prop_map(
                |(filter, after, from_end, kinds, at_least, within)| {
                    let last = Day(20_000);
                    EventFilter::Near(Box::new(Near { after, kinds, filter, from_end, at_least, within, last }))
                }
            ),
        ]
    })
}

fn any_kinds() -> impl Strategy<Value = Vec<EventKind>> {
    let kinds = vec![EventKind::Admission, EventKind::Diagnosis, EventKind::GpObservation, EventKind::Death];
    prop::collection::vec(prop::sample::select(kinds), 1..4)
}

fn any_question() -> impl Strategy<Value = EventAggregate> {
    let aggregates = vec![
        Aggregate::Count,
        Aggregate::Exists,
        Aggregate::DistinctCodes,
        Aggregate::DistinctDays,
        Aggregate::DistinctSpells,
        Aggregate::FirstDate,
        Aggregate::LastDate,
        Aggregate::SumCost,
        Aggregate::MaxCost,
        Aggregate::MinCost,
        Aggregate::SumDays,
        Aggregate::MaxDays,
        Aggregate::MinDays,
        Aggregate::FirstValue,
        Aggregate::LastValue,
        Aggregate::MaxValue,
        Aggregate::MinValue,
        Aggregate::SumValue,
    ];
    let as_of = Day(20_000);
    let window = prop_oneof![
        Just(Window::ever(as_of)),
        (0u32..60).prop_map(move |n| Window::days(as_of, n)),
        (0u32..3).prop_map(move |n| Window::months(as_of, n)),
    ];
    let dated = prop::sample::select(vec![Dated::Start, Dated::Start, Dated::End]);
    (any_kinds(), any_filter(), window, dated, prop::sample::select(aggregates)).prop_map(
        |(kinds, filter, window, dated, aggregate)| {
            let dated = if aggregate == Aggregate::SumDays { Dated::Start } else { dated };
            EventAggregate { kinds, filter, window, bounds: None, dated, aggregate, ranks: None }
        },
    )
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
        kinds: vec![EventKind::ALL[(n % 2) as usize]],
        filter: EventFilter::All(vec![
            EventFilter::Code((n % CODES..CODES).collect()),
            EventFilter::Not(Box::new(EventFilter::Method(vec![Method::ALL[(n % 7) as usize]]))),
        ]),
        window: Window::days(Day(20_000), 10 * n),
        bounds: None,
        ranks: None,
        dated: Dated::Start,
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
