//! Axes.

use maud::{Markup, html};

use super::draw::{Anchor, GRID, QUIET, TEXT, Words, fit, line, text_width};
use super::scale::Scale;

/// The room a drawing leaves for its marks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plot {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
}

impl Plot {
    pub(super) fn width(&self) -> f64 {
        self.right - self.left
    }

    /// The middle of the slot of item `index` among `count` side by side.
    pub(super) fn slot(&self, index: usize, count: usize) -> f64 {
        self.left + self.width() * (index as f64 + 0.5) / count.max(1) as f64
    }
}

/// How wide the labels of a scale are.
pub(super) fn label_width(scale: &Scale) -> f64 {
    scale.ticks().iter().map(|(_, _, label)| text_width(label, TEXT)).fold(0.0, f64::max)
}

/// A vertical axis at the left with lines across, and what it counts at the top of the drawing.
pub(super) fn vertical(scale: &Scale, plot: Plot, unit: &str) -> Markup {
    html! {
        @for (value, y, label) in scale.ticks() {
            (line((plot.left, y), (plot.right, y), if value == 0.0 { QUIET } else { GRID }, 1.0, None))
            (Words::quiet(Anchor::End).at(plot.left - 8.0, y + 4.5, &label))
        }
        (Words::quiet(Anchor::Start).at(4.0, 18.0, &fit(unit, plot.right - 4.0, TEXT)))
    }
}

/// A horizontal axis below with lines up, and what it counts under it. Labels that would touch are left out.
pub(super) fn horizontal(scale: &Scale, plot: Plot, unit: &str) -> Markup {
    let ticks = scale.ticks();
    let every = every(label_width(scale) + 12.0, plot.width(), ticks.len());
    html! {
        @for (index, (value, x, label)) in ticks.iter().enumerate() {
            (line((*x, plot.top), (*x, plot.bottom), if *value == 0.0 { QUIET } else { GRID }, 1.0, None))
            @if index % every == 0 { (Words::quiet(Anchor::Middle).at(inside(*x, label, plot), plot.bottom + 18.0, label)) }
        }
        (Words::quiet(Anchor::Middle).at(
            f64::midpoint(plot.left, plot.right), plot.bottom + 38.0, &fit(unit, plot.width(), TEXT)))
    }
}

/// Labels of items side by side below the plot; as many as have room, the first always.
pub(super) fn slots(labels: &[&str], plot: Plot) -> Markup {
    const WIDEST: f64 = 110.0;
    let widest = labels.iter().map(|label| text_width(label, TEXT)).fold(0.0, f64::max).min(WIDEST);
    let every = every(widest + 10.0, plot.width(), labels.len());
    html! {
        @for (index, label) in labels.iter().enumerate().step_by(every) {
            @let label = fit(label, WIDEST, TEXT);
            (Words::quiet(Anchor::Middle).at(inside(plot.slot(index, labels.len()), &label, plot), plot.bottom + 18.0, &label))
        }
    }
}

/// The middle of a label as near to a place as leaves all of it inside the drawing, which has this much room right of the plot.
fn inside(x: f64, label: &str, plot: Plot) -> f64 {
    let half = text_width(label, TEXT) / 2.0 + 2.0;
    x.min(plot.right + 16.0 - half).max(half)
}

/// Every how many of `count` labels fit into a width.
fn every(label: f64, width: f64, count: usize) -> usize {
    let room = (width / label.max(1.0)).floor().max(1.0) as usize;
    count.div_ceil(room).max(1)
}
