//! Plausible data for the gallery and for tests. Invented; no real place or person.

use nhs::Day;

use super::*;

fn text<'a>(id: &'a str, title: &'a str, summary: &'a str, note: &'a str) -> ChartText<'a> {
    ChartText { id, title, summary, note: Some(note) }
}

fn num(value: f64) -> Num {
    Num::new(value).unwrap()
}

pub fn triangle() -> TierTriangle<'static> {
    let tier = |name: &str, description: &str, people, share, cost| Tier {
        name: name.into(),
        description: description.into(),
        people,
        share: Some(num(share)),
        cost_share: Some(num(cost)),
    };
    TierTriangle {
        text: text(
            "tiers",
            "People by tier of need",
            "242 people, half of one percent, have the highest needs and account for 9% of cost.",
            "Every step is drawn equally high; the numbers beside it say how many people it holds.",
        ),
        tiers: vec![
            tier("Highest needs", "Many conditions and repeated emergencies; extensive care team", Some(242), 0.5, 9.1),
            tier(
                "Ongoing care needs",
                "Two or more long-term conditions; enhanced primary care and care planning",
                Some(4_861),
                9.7,
                31.4,
            ),
            tier("Urgent care needs", "Mostly well, with an urgent episode in the last year", Some(9_320), 18.6, 24.0),
            tier("Whole population", "Generally well; prevention and staying healthy", Some(35_577), 71.2, 35.5),
        ],
    }
}

pub fn control() -> ControlChart<'static> {
    let points = (0..36).map(|index| {
        let wave = [3.0, -4.0, 1.0, 6.0, -2.0, 0.0, -5.0, 2.0][index % 8];
        let level = if index < 24 { 92.0 } else { 80.0 };
        let value = level + wave + if index == 9 { 17.0 } else { 0.0 };
        let signal = match index {
            9 => Signal::Concern,
            24.. => Signal::Improvement,
            _ => Signal::Common,
        };
        let month = ["Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb", "Mar"][index % 12];
        ControlPoint {
            label: format!("{month} {}", 2022 + (index + 3) / 12),
            value: (index != 17).then(|| num(value)),
            mean: Some(num(level)),
            limits: Some((num(level - 13.5), num(level + 13.5))),
            signal,
        }
    });
    ControlChart {
        text: text(
            "admissions",
            "Emergency admissions each month",
            "Emergency admissions fell from about 92 to about 80 for every 1,000 people after the care team began.",
            "A point beyond the limits, or a long run on one side of the average, is seldom chance.",
        ),
        unit: "Admissions for every 1,000 people a year",
        decimals: 1,
        from_zero: false,
        points: points.collect(),
        event: Some((24, "Care team begins".into())),
    }
}

pub fn bars() -> BarChart<'static> {
    let bar = |label: &str, value: Option<f64>, half: f64| Bar {
        label: label.into(),
        value: value.map(num),
        interval: value.map(|value| (num(value - half), num(value + half))),
    };
    BarChart {
        text: text(
            "rates",
            "Emergency admissions by locality",
            "Harbour has the highest rate, 118 for every 1,000; Moorland the lowest shown, 71.",
            "The line on each bar is its 95% interval. Rates are standardised for age and sex.",
        ),
        item: "Locality",
        unit: "Admissions for every 1,000 people",
        decimals: 1,
        bars: vec![
            bar("Harbour", Some(118.2), 9.0),
            bar("Old Town and Riverside", Some(96.4), 7.5),
            bar("Northfield", Some(88.0), 8.2),
            bar("Moorland", Some(71.3), 6.1),
            bar("Islands", None, 0.0),
        ],
        reference: Some((num(91.2), "Whole place")),
    }
}

pub fn funnel() -> FunnelPlot<'static> {
    let mean = 90.0;
    let limits = (1..=30).map(|step| {
        let size = f64::from(step) * 600.0;
        let error = 30.0 * (1000.0 / size).sqrt() * 1.6;
        FunnelLimits {
            size: num(size),
            inner: (num(mean - 1.96 * error / 2.0), num(mean + 1.96 * error / 2.0)),
            outer: (num(mean - 3.09 * error / 2.0), num(mean + 3.09 * error / 2.0)),
        }
    });
    let point = |label: &str, size: f64, value: f64, standing| FunnelPoint {
        label: label.into(),
        size: num(size),
        value: num(value),
        standing,
    };
    FunnelPlot {
        text: text(
            "practices",
            "Practices side by side",
            "One of seven practices, Harbour Surgery, is beyond the 99.8% limits.",
            "Small practices vary more by chance, so the limits are wider on the left.",
        ),
        item: "Practice",
        size_unit: "Registered people",
        unit: "Admissions for every 1,000 people",
        decimals: 1,
        points: vec![
            point("Abbey", 3200.0, 104.0, Standing::Within),
            point("Bridge", 5100.0, 82.0, Standing::Within),
            point("Church View", 7400.0, 95.0, Standing::Within),
            point("Dale", 9800.0, 88.0, Standing::Within),
            point("Moor Road Practice", 11_900.0, 75.0, Standing::Alert),
            point("Harbour Surgery", 15_800.0, 118.0, Standing::Outside),
            point("Green Lane", 1300.0, 60.0, Standing::Within),
        ],
        mean: num(mean),
        limits: limits.collect(),
    }
}

pub fn age_sex() -> AgeSexPyramid<'static> {
    let bands = nhs::AgeBand::all().enumerate().map(|(index, band)| {
        let people = [
            1300, 1420, 1500, 1480, 1550, 1700, 1820, 1750, 1640, 1600, 1720, 1690, 1450, 1240, 1130, 840, 560, 300,
            120, 30,
        ];
        let people: u64 = people[index.min(19)];
        AgeSexBand {
            label: band.to_string(),
            female: Some(people + index as u64 * 9),
            male: (index < 18).then(|| people - index as u64 * 5),
        }
    });
    AgeSexPyramid {
        text: text("ages", "People by age and sex", "Most people are of working age.", "Numbers below 5 are hidden."),
        bands: bands.collect(),
    }
}

pub fn timeline() -> PersonTimeline<'static> {
    let day = |text: &str| Day::parse_iso(text).unwrap();
    let event = |start: &str, end: Option<&str>, label: &str, emergency| TimelineEvent {
        day: day(start),
        end: end.map(day),
        label: label.into(),
        emergency,
    };
    let lane = |name: &str, events| Lane { name: name.into(), events };
    let gp =
        (0..60).map(|index| event(&Day(day("2021-02-01").0 + index * 27).to_string(), None, "GP consultation", false));
    PersonTimeline {
        text: text(
            "person",
            "Care over time",
            "Two emergency admissions since 2023.",
            "Select the figures to read every event.",
        ),
        from: day("2020-11-01"),
        to: day("2025-10-31"),
        lanes: vec![
            lane("GP", gp.collect()),
            lane(
                "Hospital stays",
                vec![
                    event("2023-01-14", Some("2023-02-02"), "Pneumonia", true),
                    event("2024-11-20", Some("2024-12-29"), "Hip fracture", true),
                    event("2022-05-03", Some("2022-05-04"), "Cataract", false),
                ],
            ),
            lane(
                "Emergency department",
                vec![event("2023-01-14", None, "Breathless", true), event("2025-03-02", None, "Fall", true)],
            ),
            lane(
                "Community nursing",
                (0..30)
                    .map(|index| event(&Day(day("2024-12-30").0 + index * 9).to_string(), None, "Visit", false))
                    .collect(),
            ),
            lane("Adult social care", vec![event("2025-01-05", Some("2025-10-31"), "Home care", false)]),
            lane("Mental health", vec![]),
        ],
    }
}

pub fn logic() -> LogicChart<'static> {
    let entry = |id: &str, name: &str, stage| LogicBox { id: id.into(), name: name.into(), stage };
    let link = |from: &str, to: &str| LogicLink { from: from.into(), to: to.into(), because: "Seen elsewhere".into() };
    LogicChart {
        text: text(
            "logic",
            "How the care model should work",
            "Teams and shared records lead to fewer emergencies.",
            "Read from left to right.",
        ),
        boxes: vec![
            entry("staff", "Multidisciplinary team in each locality", Stage::Input),
            entry("record", "One shared care record", Stage::Input),
            entry("find", "Find the people with the highest needs", Stage::Activity),
            entry("plan", "Care plan agreed with the person", Stage::Activity),
            entry("review", "Weekly review in care homes", Stage::Activity),
            entry("plans", "People with a plan", Stage::Output),
            entry("visits", "Proactive contacts", Stage::Output),
            entry("admissions", "Fewer emergency admissions", Stage::Outcome),
            entry("experience", "People feel in control of their care", Stage::Outcome),
            entry("value", "Better health for the same money", Stage::Impact),
        ],
        links: vec![
            link("staff", "find"),
            link("record", "find"),
            link("staff", "plan"),
            link("staff", "review"),
            link("find", "plan"),
            link("plan", "plans"),
            link("review", "visits"),
            link("plans", "admissions"),
            link("visits", "admissions"),
            link("plans", "experience"),
            link("admissions", "value"),
            link("experience", "value"),
        ],
    }
}

pub fn study() -> EventStudy<'static> {
    let points = (-8..8).map(|period: i32| {
        let estimate = if period < 0 { f64::from(period % 3) * 0.6 } else { -2.0 - f64::from(period) * 0.9 };
        StudyPoint {
            label: period.to_string(),
            estimate: Some(num(if period == -1 { 0.0 } else { estimate })),
            interval: (period != -1).then(|| (num(estimate - 2.6), num(estimate + 2.6))),
        }
    });
    EventStudy {
        text: text(
            "study",
            "Difference between served and other localities",
            "Before the change the difference is about zero; after it, admissions fall steadily.",
            "Quarters before and after the care team began. Quarter -1 is the one all others are compared with.",
        ),
        unit: "Admissions for every 1,000 people",
        decimals: 1,
        points: points.collect(),
        change: 8,
        change_label: "Care team begins",
    }
}

pub fn heat() -> HeatTable<'static> {
    let cell = |people: Option<u64>| HeatCell { people, href: people.map(|_| "/segments".to_owned()) };
    let row = |name: &str, people: [Option<u64>; 4]| (name.to_owned(), people.map(cell).to_vec());
    HeatTable {
        text: text(
            "heat",
            "Segments by tier",
            "Most people are mostly healthy adults in the lowest tier.",
            "Darker cells hold more people. Numbers below 5 are hidden.",
        ),
        row_kind: "Segment",
        columns: ["Whole population", "Urgent", "Ongoing", "Highest"].map(str::to_owned).to_vec(),
        rows: vec![
            row("Mostly healthy children", [Some(9_410), Some(1_320), Some(88), None]),
            row("Mostly healthy adults", [Some(21_207), Some(5_010), Some(310), Some(0)]),
            row("Long-term conditions", [Some(4_120), Some(2_204), Some(3_020), Some(61)]),
            row("Frailty", [Some(840), Some(786), Some(1_443), Some(181)]),
        ],
        totals: Some(HeatTotals {
            rows: vec![None, Some(26_527), Some(9_405), Some(3_250)],
            columns: vec![Some(35_577), Some(9_320), Some(4_861), None],
            all: Some(50_000),
        }),
    }
}

pub fn weights() -> MatchWeights<'static> {
    let level = |name: &str, chances: Option<(f64, f64)>| WeightLevel {
        name: name.into(),
        chances: chances.map(|(m, u)| (num(m), num(u))),
    };
    MatchWeights {
        text: text(
            "weights",
            "What each answer weighs",
            "The same date of birth speaks strongest for one person, a different one strongest against.",
            "One bit more doubles the odds that two records are of one person.",
        ),
        groups: vec![
            WeightGroup {
                name: "family name".into(),
                levels: vec![
                    level("missing", None),
                    level("the same", Some((0.93, 0.0012))),
                    level("one letter", Some((0.04, 0.0004))),
                    level("different", Some((0.03, 0.997))),
                ],
            },
            WeightGroup {
                name: "date of birth".into(),
                levels: vec![
                    level("the same", Some((0.96, 0.000_044))),
                    level("one digit or two neighbours wrong", Some((0.021, 0.0012))),
                    level("different", Some((0.011, 0.984))),
                ],
            },
        ],
    }
}

pub fn curves() -> CurveChart<'static> {
    let line = |from: f64, by: f64| {
        (0..20).map(|at| (num(f64::from(at)), num((from + by * f64::from(at)).clamp(0.0, 1.0)))).collect()
    };
    CurveChart {
        text: text(
            "thresholds",
            "What to expect at each threshold",
            "At 8 bits 99.1% of links are expected to be right and 97% of matches to be found.",
            "Moving the threshold to the right gives up matches for certainty.",
        ),
        across: "Threshold in bits",
        up: "Share",
        decimals: 2,
        from_zero: false,
        curves: vec![
            Curve { name: "precision", points: line(0.93, 0.004) },
            Curve { name: "recall", points: line(0.99, -0.006) },
        ],
        mark: Some(((num(8.0), num(0.962)), "threshold")),
    }
}
