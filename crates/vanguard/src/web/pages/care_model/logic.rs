//! The logic model, drawn.

use crate::web::charts::{ChartText, LogicBox, LogicChart, LogicLink, Stage, logic_chart};
use ::blueprint::Blueprint;
use maud::Markup;

/// From what goes in to what it is for, with the reason for every arrow in the table behind.
pub fn drawn(blueprint: &Blueprint) -> Markup {
    let boxes = blueprint
        .logic_nodes
        .iter()
        .filter_map(|node| {
            Some(LogicBox { id: node.id.clone(), name: node.name.clone(), stage: Stage::from_name(&node.stage)? })
        })
        .collect();
    let links = blueprint
        .logic
        .iter()
        .map(|arrow| LogicLink { from: arrow.from.clone(), to: arrow.to.clone(), because: because(blueprint, arrow) })
        .collect();
    logic_chart(&LogicChart {
        text: ChartText {
            id: "logic",
            title: "Logic model: why it should work",
            summary: "From what goes in, through what teams do, to what should change for people and for the place. The table gives the reason for every arrow and the measure that would show it.",
            note: Some("An arrow is a claim that the measures and the evaluation can bear out or not."),
        },
        boxes,
        links,
    })
}

fn because(blueprint: &Blueprint, arrow: &::blueprint::model::LogicArrow) -> String {
    let measure = arrow.measure.as_ref().and_then(|id| blueprint.measures.iter().find(|measure| measure.id == *id));
    match measure {
        Some(measure) => format!("{} Shown by: {}.", sentence(&arrow.because), measure.name),
        None => sentence(&arrow.because),
    }
}

/// The text with a full stop at its end.
fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() || text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}

#[cfg(test)]
mod tests {
    #[test]
    fn sentences_end_once() {
        assert_eq!(super::sentence(" less waiting "), "less waiting.");
        assert_eq!(super::sentence("Less waiting."), "Less waiting.");
        assert_eq!(super::sentence(""), "");
    }
}
