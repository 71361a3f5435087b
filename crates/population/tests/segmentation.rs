//! The built-in segmentation `segments_snee` against the published definitions themselves: their pages are read here, rule by
//! rule, by code that shares nothing with the engine, and everybody's segment must be what the pages say.
#![allow(clippy::unwrap_used)]

mod support;

use lake::{DictionaryBuilder, EventRow};
use nhs::{CodeSystem, Day, EventKind, Method, Sex};
use std::collections::{BTreeMap, BTreeSet};
use support::{day, event, model, person, place, snapshot};

const AS_OF: &str = "2026-03-31";
const PLACE: &str = "name = \"Testford\"\nblueprint = \"mcp\"\nas_of = \"2026-03-31\"\n[[locality]]\nid = \"a\"\nname = \"A\"\n\
    practices = [\"A81001\"]\n[[source]]\nid = \"gp\"\nformat = \"vanguard/gp_registrations\"\nfiles = \"x.csv\"\n";

/// One element of a segment or one long-term condition, as its page has it.
#[derive(Debug, Clone, Default)]
struct Element {
    list: String,
    resolved: Option<String>,
    dataset: String,
    rule: String,
}

/// The two pages.
struct Published {
    /// Segments by priority, with the names of their elements.
    segments: Vec<(String, Vec<String>)>,
    elements: BTreeMap<String, Element>,
    conditions: BTreeMap<String, Element>,
}

fn shared(name: &str) -> Option<String> {
    let folder = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/scores");
    std::fs::read_to_string(folder.join("segmentation_snee/docs").join(name)).ok()
}

/// `AST_COD` and `opensafely/anxiety-disorders` as identifiers of a blueprint.
fn list_id(text: &str) -> String {
    text.rsplit('/').next().unwrap().trim().to_lowercase().replace('-', "_")
}

fn sections(text: &str) -> BTreeMap<String, Element> {
    let mut found = BTreeMap::new();
    for section in text.split("\n### ").skip(1) {
        let (title, body) = section.split_once('\n').unwrap();
        let value = |key: &str| {
            let mark = format!("**{key}:**");
            body.lines().find_map(|line| line.split_once(&mark)).map(|(_, value)| value.trim().to_owned())
        };
        let element = Element {
            list: list_id(&value("Codelist").unwrap()),
            resolved: value("Resolved codelist").filter(|list| list != "NA").map(|list| list_id(&list)),
            dataset: value("Datasets").unwrap(),
            rule: value("Rules").unwrap(),
        };
        found.insert(title.trim().to_lowercase(), element);
    }
    found
}

fn published() -> Option<Published> {
    let (Some(segmentation), Some(ltc)) = (shared("segmentation.md"), shared("ltc.md")) else {
        println!("skipped: ../shared is not there");
        return None;
    };
    let mut segments: Vec<(usize, String, Vec<String>)> = Vec::new();
    for line in segmentation.lines().filter(|line| line.starts_with('|')) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').collect();
        let Some(priority) = cells.get(1).and_then(|cell| cell.trim().parse().ok()) else { continue };
        let names = cells[2].split('[').skip(1).map(|part| part.split(']').next().unwrap().to_lowercase());
        segments.push((priority, cells[0].trim().to_owned(), names.collect()));
    }
    segments.sort();
    let segments = segments.into_iter().map(|(_, name, elements)| (name, elements)).collect();
    Some(Published { segments, elements: sections(&segmentation), conditions: sections(&ltc) })
}

/// Where an event is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    PrimaryCare,
    Emergency,
    Admission,
    Diagnosis,
    MentalHealth,
}

impl Place {
    const ALL: [Self; 5] = [Self::PrimaryCare, Self::Emergency, Self::Admission, Self::Diagnosis, Self::MentalHealth];

    fn kind(self) -> EventKind {
        match self {
            Self::PrimaryCare => EventKind::GpObservation,
            Self::Emergency => EventKind::EmergencyAttendance,
            Self::Admission => EventKind::Admission,
            Self::Diagnosis => EventKind::Diagnosis,
            Self::MentalHealth => EventKind::MentalHealthContact,
        }
    }
}

#[derive(Debug, Clone)]
struct Recorded {
    place: Place,
    system: CodeSystem,
    code: String,
    date: Day,
    value: Option<i64>,
}

/// A person, oldest history first or not: the order is of no account.
type History = Vec<Recorded>;

/// The lists that the blueprint brings: name, terminology, code or stem.
fn lists() -> Vec<(String, CodeSystem, String)> {
    let text = include_str!("../../../blueprints/codes/segments_snee.csv");
    let rows = text.lines().filter(|line| !line.starts_with('#')).skip(1).map(|line| {
        let cells: Vec<&str> = line.split(',').collect();
        (cells[0].to_owned(), CodeSystem::from_name(cells[1]).unwrap(), cells[2].to_owned())
    });
    rows.collect()
}

/// What the pages say of one person, worked out slowly.
struct Reader<'a> {
    pages: &'a Published,
    lists: &'a [(String, CodeSystem, String)],
    as_of: Day,
}

impl Reader<'_> {
    fn in_list(&self, list: &str, seen: &Recorded) -> bool {
        self.lists.iter().filter(|(name, system, _)| name == list && *system == seen.system).any(|(_, system, code)| {
            if *system == CodeSystem::Icd10 { seen.code.starts_with(code) } else { seen.code == *code }
        })
    }

    /// Days of the events of a dataset with a code of a list, none of them after the day of counting.
    fn days(&self, history: &History, dataset: &str, list: &str) -> Vec<Day> {
        let from = |place: Place| match dataset {
            "Primary care" => place == Place::PrimaryCare,
            "SUS" => matches!(place, Place::Emergency | Place::Admission | Place::Diagnosis),
            other => panic!("the page names a dataset that this test does not know: {other}"),
        };
        let seen = history.iter().filter(|seen| from(seen.place) && self.in_list(list, seen));
        seen.map(|seen| seen.date).filter(|date| *date <= self.as_of).collect()
    }

    fn within_a_year(&self, date: Day) -> bool {
        date <= self.as_of && date > self.as_of.add_months(-12)
    }

    fn condition(&self, history: &History, condition: &Element) -> bool {
        let last = |list: &str| self.days(history, &condition.dataset, list).into_iter().max();
        match condition.rule.as_str() {
            "Any code in codelist" => last(&condition.list).is_some(),
            "Any code in codelist that postdates any code in the resolved codelist" => {
                // Where the page has no such list nothing resolves the condition.
                let resolved = condition.resolved.as_ref().and_then(|list| last(list));
                last(&condition.list).is_some_and(|code| resolved.is_none_or(|resolved| code > resolved))
            }
            other => panic!("the page has a rule that this test does not know: {other}"),
        }
    }

    fn conditions(&self, history: &History) -> usize {
        self.pages.conditions.values().filter(|condition| self.condition(history, condition)).count()
    }

    fn element(&self, history: &History, name: &str) -> bool {
        // A condition that is an element too is meant by the name that its own page has.
        let element = self.pages.conditions.get(name).or_else(|| self.pages.elements.get(name));
        let element = element.unwrap_or_else(|| panic!("the pages do not define {name}"));
        let ltcs = || self.conditions(history);
        match element.rule.as_str() {
            "Any code in codelist for at least four LTCs" => ltcs() >= 4,
            "Any code in codelist for one, two or three LTCs" => (1..=3).contains(&ltcs()),
            "Any care contact within MHSDS in last year" => {
                history.iter().any(|seen| seen.place == Place::MentalHealth && self.within_a_year(seen.date))
            }
            "Any A&E attendance or admission with code in codelist within last year" => {
                self.days(history, &element.dataset, &element.list).into_iter().any(|date| self.within_a_year(date))
            }
            "Any code in codelist within the last 12 months where BMI value is over 30" => history.iter().any(|seen| {
                seen.place == Place::PrimaryCare
                    && self.in_list(&element.list, seen)
                    && self.within_a_year(seen.date)
                    && seen.value.is_some_and(|value| value > 30_000)
            }),
            _ => self.condition(history, element),
        }
    }

    fn segment(&self, history: &History) -> String {
        let found =
            self.pages.segments.iter().find(|(_, elements)| {
                elements.is_empty() || elements.iter().any(|element| self.element(history, element))
            });
        found.unwrap().0.to_lowercase().replace(' ', "_")
    }
}

/// A repeatable number below `bound`.
fn pick(seed: &mut u64, bound: usize) -> usize {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    ((*seed >> 33) as usize) % bound
}

/// Everything once, alone, in each place and on the days at both ends of a year; then pairs around a resolution; then anything.
fn histories(lists: &[(String, CodeSystem, String)], pages: &Published) -> Vec<History> {
    let as_of = day(AS_OF);
    let year = as_of.add_months(-12).0;
    let days = [as_of.0 + 1, as_of.0, year + 1, year, year - 900];
    let whole = |code: &str, system: CodeSystem| {
        if system == CodeSystem::Icd10 { format!("{code:0<3}") } else { code.to_owned() }
    };
    let recorded = |(_, system, code): &(String, CodeSystem, String), place, date, value| Recorded {
        place,
        system: *system,
        code: whole(code, *system),
        date: Day(date),
        value,
    };
    let mut all = vec![Vec::new()];
    for row in lists {
        for place in Place::ALL {
            for date in days {
                for value in [None, Some(30_000), Some(30_001)] {
                    if value.is_none() || row.0 == "bmi_cod" {
                        all.push(vec![recorded(row, place, date, value)]);
                    }
                }
            }
        }
    }
    let of = |list: &str| lists.iter().find(|row| row.0 == list).unwrap();
    for condition in pages.conditions.values() {
        let Some(resolved) = &condition.resolved else { continue };
        for after in [-1, 0, 1] {
            let one = recorded(of(&condition.list), Place::PrimaryCare, 15_000, None);
            let other = recorded(of(resolved), Place::PrimaryCare, 15_000 + after, None);
            all.push(vec![other, one]);
        }
    }
    let mut seed = 4;
    for _ in 0..4000 {
        let events = pick(&mut seed, 9);
        let mut history = Vec::new();
        for _ in 0..events {
            let row = &lists[pick(&mut seed, lists.len())];
            // Half where the list belongs, half anywhere.
            let place = match (pick(&mut seed, 2), row.0.starts_with("ind_hosp")) {
                (0, true) => Place::ALL[1 + pick(&mut seed, 3)],
                (0, false) => Place::PrimaryCare,
                _ => Place::ALL[pick(&mut seed, Place::ALL.len())],
            };
            let date = if pick(&mut seed, 3) == 0 {
                days[pick(&mut seed, days.len())]
            } else {
                as_of.0 - pick(&mut seed, 1500) as i32
            };
            history.push(recorded(row, place, date, Some(29_500 + pick(&mut seed, 1000) as i64)));
        }
        all.push(history);
    }
    all
}

#[test]
fn everybody_stands_where_the_published_pages_say() {
    let Some(pages) = published() else { return };
    assert_eq!((pages.segments.len(), pages.elements.len(), pages.conditions.len()), (6, 32, 15));
    let lists = lists();
    let histories = histories(&lists, &pages);
    let mut builder = DictionaryBuilder::new();
    let mut people = Vec::new();
    let mut events: Vec<EventRow> = Vec::new();
    for (position, history) in histories.iter().enumerate() {
        people.push(person(position as u64 + 1, day("1960-05-05"), Sex::Female, "A81001"));
        for seen in history {
            let code = builder.number(seen.system, &seen.code, "");
            let row = event(position as u32, seen.date, seen.place.kind(), Method::None, code);
            events.push(EventRow { value: seen.value, ..row });
        }
    }
    let (_folder, snapshot) = snapshot(day(AS_OF), &people, &events, builder.finish(), 500);
    let model = model(blueprint::builtin("segments_snee").unwrap(), &[]);
    let computed = population::compute(&snapshot, &place(PLACE), &model, 2).unwrap();
    let column = |id: &str| &computed.people.features[model.features.iter().position(|f| f.id == id).unwrap()];
    let (ltcs, tiers) = (column("ltcs"), &computed.people.tier);

    let reader = Reader { pages: &pages, lists: &lists, as_of: day(AS_OF) };
    let mut met: BTreeSet<(String, String)> = BTreeSet::new();
    for (position, history) in histories.iter().enumerate() {
        let wanted = reader.segment(history);
        let found = &model.segments[usize::from(computed.people.segment[position])].id;
        assert_eq!(found, &wanted, "{history:?}");
        let conditions = reader.conditions(history);
        assert_eq!(ltcs[position], conditions as i64, "{history:?}");
        // The page on complexity: four or more, one to three, none.
        let level = match conditions {
            _ if wanted == "die_well" => "dying",
            0 => "low",
            1..=3 => "medium",
            _ => "high",
        };
        let tier = &model.tiers[usize::from(tiers[position])].id;
        assert_eq!(tier, level, "{history:?}");
        met.insert((wanted, level.to_owned()));
    }
    // Depression and anxiety are conditions too, so that those who feel well have none: ten pairs of segment and level are possible.
    let pairs: Vec<String> = met.iter().map(|(segment, level)| format!("{segment} {level}")).collect();
    assert_eq!(
        pairs,
        [
            "age_well high",
            "age_well low",
            "age_well medium",
            "be_well low",
            "die_well dying",
            "feel_well low",
            "live_well low",
            "stay_well low",
            "stay_well medium"
        ]
    );
}

/// The published definitions are for adults: children are in no segment.
#[test]
fn only_adults_are_in_it() {
    let people = [person(1, day("2008-03-31"), Sex::Male, "A81001"), person(2, day("2008-04-01"), Sex::Male, "A81001")];
    let (_folder, snapshot) = snapshot(day(AS_OF), &people, &[], DictionaryBuilder::new().finish(), 5);
    let model = model(blueprint::builtin("segments_snee").unwrap(), &[]);
    let computed = population::compute(&snapshot, &place(PLACE), &model, 1).unwrap();
    assert_eq!(computed.people.segment, [5, population::results::NOWHERE]);
}
