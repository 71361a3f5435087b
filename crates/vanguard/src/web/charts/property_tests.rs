//! Whatever the data, a chart is well-formed XML, keeps every mark inside its box and needs no inline style.

use maud::Markup;
use nhs::Day;
use proptest::prelude::*;

use super::draw::text_width;
use super::*;

/// Judges one chart: an outside XML parser reads it, and every coordinate and text lies in the viewBox.
fn check(markup: Markup) -> Result<(), TestCaseError> {
    let html = markup.into_string();
    prop_assert!(!html.contains(" style=") && !html.contains("<script"), "inline style or script");
    prop_assert!(html.contains("<figcaption"), "no caption");
    let Some(start) = html.find("<svg") else {
        prop_assert!(html.contains("<p class=\"vg-empty\">") || html.contains("vg-heat"), "neither drawing nor words");
        return Ok(());
    };
    prop_assert!(html.contains("<table"), "no table behind the drawing");
    let end = html.find("</svg>").unwrap() + "</svg>".len();
    let drawing = &html[start..end];
    let document = roxmltree::Document::parse(drawing)
        .map_err(|error| TestCaseError::fail(format!("not well-formed: {error}\n{drawing}")))?;
    let root = document.root_element();
    prop_assert_eq!(root.attribute("role"), Some("img"));
    let names: Vec<&str> = root.attribute("aria-labelledby").unwrap_or_default().split(' ').collect();
    prop_assert_eq!(names.len(), 2);
    for name in names {
        prop_assert!(document.descendants().any(|node| node.attribute("id") == Some(name)), "{} is nowhere", name);
    }
    let view: Vec<f64> = root.attribute("viewBox").unwrap().split(' ').map(|part| part.parse().unwrap()).collect();
    for node in root.descendants().filter(roxmltree::Node::is_element) {
        inside(node, view[2], view[3])?;
    }
    Ok(())
}

fn inside(node: roxmltree::Node, width: f64, height: f64) -> Result<(), TestCaseError> {
    const SLACK: f64 = 0.15;
    let number = |name: &str| node.attribute(name).map(|text| text.parse::<f64>().unwrap());
    let across = |value: f64, what: &str| {
        prop_assert!((-SLACK..=width + SLACK).contains(&value), "{} of {:?} at {} of {}", what, node, value, width);
        Ok(())
    };
    let down = |value: f64, what: &str| {
        prop_assert!((-SLACK..=height + SLACK).contains(&value), "{} of {:?} at {} of {}", what, node, value, height);
        Ok(())
    };
    for name in ["x1", "x2", "cx", "x"] {
        number(name).map_or(Ok(()), |value| across(value, name))?;
    }
    for name in ["y1", "y2", "cy", "y"] {
        number(name).map_or(Ok(()), |value| down(value, name))?;
    }
    if node.has_tag_name((SVG, "rect")) {
        across(number("x").unwrap() + number("width").unwrap(), "right side")?;
        down(number("y").unwrap() + number("height").unwrap(), "bottom")?;
    }
    for pair in node.attribute("points").unwrap_or_default().split(' ').filter(|pair| !pair.is_empty()) {
        let (x, y) = pair.split_once(',').unwrap();
        across(x.parse().unwrap(), "point")?;
        down(y.parse().unwrap(), "point")?;
    }
    if node.has_tag_name((SVG, "text")) {
        let length = text_width(node.text().unwrap_or_default(), number("font-size").unwrap());
        let start = number("x").unwrap()
            - match node.attribute("text-anchor") {
                Some("middle") => length / 2.0,
                Some("end") => length,
                _ => 0.0,
            };
        across(start, "start of text")?;
        across(start + length, "end of text")?;
    }
    Ok(())
}

const SVG: &str = "http://www.w3.org/2000/svg";

fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("A & B <script> \"quoted\" 'and' ]]>".to_owned()),
        Just("W".repeat(400)),
        "\\PC{0,40}",
        "[\\x00-\\x1f\u{fffe}a-z ]{0,20}",
    ]
}

/// Ordinary, extreme and equal numbers; those a chart cannot show never get past the type.
fn number_any() -> impl Strategy<Value = Option<Num>> {
    prop_oneof![
        4 => (-500.0..2000.0f64).prop_map(Num::new),
        1 => Just(Num::new(0.0)),
        1 => Just(Num::new(Num::LIMIT)),
        1 => Just(Num::new(-Num::LIMIT)),
        1 => any::<f64>().prop_map(Num::new),
        1 => Just(Num::new(5e-324)),
    ]
}

fn number_some() -> impl Strategy<Value = Num> {
    number_any().prop_map(|value| value.unwrap_or(Num::from(7)))
}

fn count_any() -> impl Strategy<Value = Option<u64>> {
    prop_oneof![Just(None), Just(Some(0)), (0u64..50_000).prop_map(Some), Just(Some(u64::MAX))]
}

fn interval() -> impl Strategy<Value = Option<(Num, Num)>> {
    proptest::option::of((number_some(), number_some()))
}

fn text(title: &str) -> ChartText<'_> {
    ChartText { id: "chart", title, summary: title, note: Some(title) }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_triangle(title in words(), tiers in prop::collection::vec((words(), count_any(), number_any()), 0..9)) {
        let tiers = tiers.into_iter().map(|(name, people, share)| Tier {
            description: name.clone(), name, people, share, cost_share: share,
        });
        check(tier_triangle(&TierTriangle { text: text(&title), tiers: tiers.collect() }))?;
    }

    #[test]
    fn any_control_chart(
        title in words(), from_zero: bool, at in 0usize..200,
        points in prop::collection::vec((words(), number_any(), number_any(), interval(), 0usize..4), 0..90),
    ) {
        let signals = [Signal::Common, Signal::Improvement, Signal::Concern, Signal::Change];
        let points = points.into_iter().map(|(label, value, mean, limits, signal)| ControlPoint {
            label, value, mean, limits, signal: signals[signal],
        });
        let event = Some((at, title.clone()));
        let points = points.collect();
        check(control_chart(&ControlChart { text: text(&title), unit: &title, decimals: 1, from_zero, points, event }))?;
    }

    #[test]
    fn any_bars(
        title in words(), bars in prop::collection::vec((words(), number_any(), interval()), 0..30),
        reference in proptest::option::of(number_some()),
    ) {
        let bars = bars.into_iter().map(|(label, value, interval)| Bar { label, value, interval }).collect();
        let reference = reference.map(|value| (value, title.as_str()));
        check(bar_chart(&BarChart { text: text(&title), item: "Item", unit: &title, decimals: 0, bars, reference }))?;
    }

    #[test]
    fn any_funnel(
        title in words(), mean in number_some(),
        points in prop::collection::vec((words(), number_some(), number_some(), 0usize..3), 0..40),
        limits in prop::collection::vec((number_some(), number_some(), number_some()), 0..20),
    ) {
        let standings = [Standing::Within, Standing::Alert, Standing::Outside];
        let points = points.into_iter().map(|(label, size, value, standing)| FunnelPoint {
            label, size, value, standing: standings[standing],
        });
        let limits = limits.into_iter().map(|(size, low, high)| FunnelLimits { size, inner: (low, high), outer: (high, low) });
        check(funnel_plot(&FunnelPlot {
            text: text(&title), item: "Place", size_unit: &title, unit: &title, decimals: 1,
            points: points.collect(), mean, limits: limits.collect(),
        }))?;
    }

    #[test]
    fn any_pyramid(title in words(), bands in prop::collection::vec((words(), count_any(), count_any()), 0..25)) {
        let bands = bands.into_iter().map(|(label, female, male)| AgeSexBand { label, female, male }).collect();
        check(age_sex_pyramid(&AgeSexPyramid { text: text(&title), bands }))?;
    }

    #[test]
    fn any_timeline(
        title in words(), from in -800_000i32..2_900_000, span in -10i32..60_000,
        lanes in prop::collection::vec(
            (words(), prop::collection::vec((any::<i32>(), proptest::option::of(any::<i32>()), words(), any::<bool>()), 0..20)), 0..8),
    ) {
        // Days of years 1 to 9999, all that a date can be; the type's own arithmetic is tested where it lives.
        let day = |days: i32| Day(days.rem_euclid(2_900_000) - 700_000);
        let lanes = lanes.into_iter().map(|(name, events)| Lane {
            name,
            events: events.into_iter().map(|(start, end, label, emergency)| TimelineEvent {
                day: day(start), end: end.map(day), label, emergency,
            }).collect(),
        });
        let (from, to) = (day(from), day(from.saturating_add(span)));
        check(person_timeline(&PersonTimeline { text: text(&title), from, to, lanes: lanes.collect() }))?;
    }

    #[test]
    fn any_waterfall(
        title in words(), threshold in number_any(),
        steps in prop::collection::vec((words(), words(), number_some()), 0..14),
    ) {
        let steps = steps.into_iter().map(|(name, answer, bits)| WaterfallStep { name, answer, bits }).collect();
        check(waterfall_chart(&WaterfallChart { text: text(&title), steps, threshold }))?;
    }

    #[test]
    fn any_weights(
        title in words(), threshold in number_some(), first in any::<i32>(),
        steps in prop::collection::vec((number_any(), number_any()), 0..60),
    ) {
        let count = steps.len();
        let steps = steps.into_iter().enumerate().map(|(at, (joined, apart))| {
            let from = first.saturating_add(at as i32 * 2);
            WeightStep { from, to: (at + 1 < count).then_some(from.saturating_add(2)), joined, apart }
        });
        check(weight_histogram(&WeightHistogram { text: text(&title), steps: steps.collect(), threshold }))?;
    }

    #[test]
    fn any_cluster(
        title in words(),
        nodes in prop::collection::vec((words(), words(), any::<bool>(), any::<bool>()), 0..40),
        links in prop::collection::vec((0usize..45, 0usize..45, number_some(), 0usize..4), 0..30),
    ) {
        let kinds = [LinkKind::Number, LinkKind::Reviewer, LinkKind::Weight, LinkKind::NotJoined];
        let nodes = nodes.into_iter().map(|(label, note, second, marked)| ClusterNode { label, note, second, marked });
        let links = links.into_iter().map(|(from, to, weight, kind)| ClusterLink { from, to, weight, kind: kinds[kind] });
        let people = (title.as_str(), title.as_str());
        let (nodes, links) = (nodes.collect(), links.collect());
        check(cluster_chart(&ClusterChart { text: text(&title), people, nodes, links }))?;
    }

    #[test]
    fn any_logic_model(
        title in words(), boxes in prop::collection::vec((words(), 0usize..5), 0..30),
        links in prop::collection::vec((0usize..32, 0usize..32, words()), 0..40),
    ) {
        let stages = [Stage::Input, Stage::Activity, Stage::Output, Stage::Outcome, Stage::Impact];
        let boxes = boxes.into_iter().enumerate().map(|(index, (name, stage))| LogicBox {
            id: index.to_string(), name, stage: stages[stage],
        });
        let links = links.into_iter().map(|(from, to, because)| LogicLink { from: from.to_string(), to: to.to_string(), because });
        check(logic_chart(&LogicChart { text: text(&title), boxes: boxes.collect(), links: links.collect() }))?;
    }

    #[test]
    fn any_event_study(
        title in words(), change in 0usize..80,
        points in prop::collection::vec((words(), number_any(), interval()), 0..60),
    ) {
        let points = points.into_iter().map(|(label, estimate, interval)| StudyPoint { label, estimate, interval }).collect();
        check(event_study(&EventStudy { text: text(&title), unit: &title, decimals: 2, points, change, change_label: &title }))?;
    }

    #[test]
    fn any_match_weights(
        title in words(),
        groups in prop::collection::vec(
            (words(), prop::collection::vec((words(), proptest::option::of((number_some(), number_some()))), 0..9)), 0..6),
    ) {
        let level = |(name, chances)| WeightLevel { name, chances };
        let groups = groups.into_iter().map(|(name, levels)| WeightGroup { name, levels: levels.into_iter().map(level).collect() });
        check(match_weights(&MatchWeights { text: text(&title), groups: groups.collect() }))?;
    }

    #[test]
    fn any_curves(
        title in words(), from_zero: bool,
        curves in prop::collection::vec(prop::collection::vec((number_some(), number_some()), 0..60), 0..6),
        mark in proptest::option::of((number_some(), number_some())),
    ) {
        let curves = curves.into_iter().map(|points| Curve { name: &title, points }).collect();
        let mark = mark.map(|point| (point, title.as_str()));
        check(curve_chart(&CurveChart {
            text: text(&title), across: &title, up: &title, decimals: 3, from_zero, curves, mark,
        }))?;
    }

    #[test]
    fn any_calibration(
        title in words(),
        points in prop::collection::vec(
            (words(), number_some(), proptest::option::of((number_some(), number_some(), number_some()))), 0..14),
    ) {
        let points = points.into_iter().map(|(label, predicted, observed)| CalibrationPoint { label, predicted, observed });
        check(calibration_chart(&CalibrationChart { text: text(&title), points: points.collect() }))?;
    }

    #[test]
    fn any_fan(
        title in words(),
        points in prop::collection::vec((words(), number_any(), interval(), number_any()), 0..60),
    ) {
        let points = points.into_iter().map(|(label, value, interval, other)| FanPoint { label, value, interval, other });
        check(fan_chart(&FanChart {
            text: text(&title), unit: &title, line: &title, other: &title, points: points.collect(),
        }))?;
    }

    #[test]
    fn any_heat_table(
        title in words(), columns in prop::collection::vec(words(), 0..6),
        rows in prop::collection::vec((words(), prop::collection::vec(count_any(), 0..9)), 0..6),
    ) {
        let rows = rows.into_iter().map(|(name, cells)| {
            (name, cells.into_iter().map(|people| HeatCell { people, href: None }).collect())
        });
        let totals = Some(HeatTotals { rows: vec![], columns: vec![], all: None });
        check(heat_table(&HeatTable { text: text(&title), row_kind: "Row", columns, rows: rows.collect(), totals }))?;
    }
}

#[test]
fn the_samples_pass_too() {
    use super::samples as s;
    let charts = [
        tier_triangle(&s::triangle()),
        control_chart(&s::control()),
        bar_chart(&s::bars()),
        funnel_plot(&s::funnel()),
        age_sex_pyramid(&s::age_sex()),
        person_timeline(&s::timeline()),
        logic_chart(&s::logic()),
        event_study(&s::study()),
        heat_table(&s::heat()),
        match_weights(&s::weights()),
        curve_chart(&s::curves()),
    ];
    for chart in charts {
        check(chart).unwrap();
    }
}
