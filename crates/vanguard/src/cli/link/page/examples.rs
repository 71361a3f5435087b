//! A few pairs next to the threshold, and why they weigh what they weigh.

use super::{Page, bits, num, percent, wide};
use crate::web::charts::{ChartText, WaterfallChart, WaterfallStep, waterfall_chart};
use crate::web::components::Column;
use linkage::{Edge, Explainer, Field, Records, Tier, Waterfall};
use maud::{Markup, html};

/// Pairs shown on each side of the threshold.
const EACH: usize = 2;

/// The pairs nearest to the threshold from above and from below.
pub fn section(page: &Page<'_>) -> Markup {
    let least = (bits(page.linked.threshold) * 100.0).round() as i32;
    let (mut above, mut below): (Vec<&Edge>, Vec<&Edge>) = page
        .linked
        .edges
        .iter()
        .filter(|pair| pair.tier == Tier::Weight)
        .partition(|pair| pair.weight_bits_hundredths >= least);
    let nearest = |pairs: &mut Vec<&Edge>| {
        pairs.sort_by_key(|pair| (pair.weight_bits_hundredths.abs_diff(least), pair.left, pair.right));
        pairs.truncate(EACH);
    };
    nearest(&mut above);
    nearest(&mut below);
    above.reverse();
    let chosen: Vec<&Edge> = above.into_iter().chain(below).collect();
    if chosen.is_empty() {
        return html! { p { "No pair was compared." } };
    }
    let explainer = Explainer::new(&page.input.records, page.model);
    html! {
        p {
            "These pairs are the hardest to tell. "
            @if page.model.columns.encoded { "The records are encoded: there are no values to show." }
            @else if page.show_values { "They show what the records say: keep this file as you keep the records." }
            @else { "Their values are hidden: letters stand as a or A, digits as 9. Run again with --show-values to see them." }
        }
        @for (at, pair) in chosen.iter().enumerate() {
            @if let Some(parts) = explainer.pair(pair.left, pair.right) { (one(page, at, pair, &parts)) }
        }
    }
}

fn one(page: &Page<'_>, at: usize, pair: &Edge, parts: &Waterfall) -> Markup {
    let (id, table_id) = (format!("pair-{}", at + 1), format!("values-{}", at + 1));
    let joined = page.linked.cluster_of[pair.left as usize] == page.linked.cluster_of[pair.right as usize];
    let start = WaterfallStep {
        name: "before anything is compared".into(),
        answer: String::new(),
        bits: num(parts.prior_bits),
    };
    let step = |step: &linkage::Step| WaterfallStep {
        name: step.comparison.clone(),
        answer: step.level.clone(),
        bits: num(step.bits + step.rarity_bits),
    };
    let title = format!("Pair {}: match probability {}", at + 1, percent((parts.probability * 1e5).round() / 1e5));
    let records = &page.input.records;
    let rows: Vec<Vec<Markup>> = page
        .model
        .fields()
        .into_iter()
        .filter(|_| !page.model.columns.encoded)
        .map(|field| {
            let cell = |record: u32| {
                let value = value(records, field, record);
                let value = if page.show_values { value } else { hidden(field, &value) };
                html! { @if value.is_empty() { "missing" } @else { (value) } }
            };
            vec![html! { (field.word()) }, cell(pair.left), cell(pair.right)]
        })
        .collect();
    html! {
        h3 { (title) }
        p {
            "The two records are " (if joined { "of one person" } else { "of two people" }) " in the answer."
            @if page.show_values { " Ids " (page.input.ids.get(pair.left as usize)) " and " (page.input.ids.get(pair.right as usize)) "." }
            @if let Some(veto) = &parts.veto { " Not joined by weight: " (veto) "." }
        }
        @if !rows.is_empty() {
            (wide(&table_id, &format!("What the records of pair {} say, cleaned", at + 1), vec![Column::text("Field"), Column::text("One record"), Column::text("The other")], rows))
        }
        (waterfall_chart(&WaterfallChart {
            text: ChartText {
                id: &id,
                title: &title,
                summary: &format!("The parts add up to {:.1} bits.", parts.total_bits),
                note: None,
            },
            steps: std::iter::once(start).chain(parts.steps.iter().map(step)).collect(),
            threshold: Some(num(bits(page.linked.threshold))),
        }))
    }
}

/// The cleaned value of a field.
fn value(records: &Records, field: Field, record: u32) -> String {
    match field {
        Field::Family => records.family(record).to_owned(),
        Field::Given => format!("{} {}", records.given(record), records.middle(record)).trim().to_owned(),
        Field::Postcode => records.postcode(record).to_owned(),
        Field::Address => records.address(record).to_owned(),
        Field::Birth => records.birth(record).map_or_else(String::new, |(y, m, d)| format!("{y:04}-{m:02}-{d:02}")),
        Field::Sex => match records.sex(record) {
            0 => String::new(),
            1 => "male".to_owned(),
            2 => "female".to_owned(),
            other => other.to_string(),
        },
        Field::Number => records.nhs_number(record).map_or_else(String::new, |number| number.to_string()),
        more => records.more(more, record).to_owned(),
    }
}

/// What stands instead of a value. Even the length of a word for sex would tell it.
fn hidden(field: Field, value: &str) -> String {
    if field == Field::Sex && !value.is_empty() { "known".to_owned() } else { masked(value) }
}

/// The shape of a value: what kind of letters, and how many, but not which.
fn masked(value: &str) -> String {
    let mask = |letter: char| match letter {
        letter if letter.is_numeric() => '9',
        letter if letter.is_uppercase() => 'A',
        letter if letter.is_alphabetic() => 'a',
        letter => letter,
    };
    value.chars().map(mask).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_keeps_the_shape_alone() {
        assert_eq!(masked("O'Brien 12-é"), "A'Aaaaa 99-a");
        assert_eq!(masked(""), "");
    }
}
