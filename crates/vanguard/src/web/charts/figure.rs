//! The frame of a chart: its title, the drawing with a description for those who do not see it, a note, and the table
//! behind it.

use maud::{Markup, html};

use super::draw::{c, printable};
use crate::web::components::{DetailsStyle, Table, details, table};

/// The words of a chart.
#[derive(Debug, Clone)]
pub struct ChartText<'a> {
    /// An id unique on the page, of letters, digits and hyphens.
    pub id: &'a str,
    /// What the chart shows.
    pub title: &'a str,
    /// What it says, in a sentence or two; read out instead of the drawing.
    pub summary: &'a str,
    /// How to read it, shown below.
    pub note: Option<&'a str>,
}

/// The width of every drawing but the widest, in its own units.
pub(super) const WIDTH: f64 = 720.0;

/// The size of a drawing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Canvas {
    pub(super) width: f64,
    pub(super) height: f64,
}

/// The figure around a drawing.
pub(super) fn figure(text: &ChartText, canvas: Canvas, drawing: &Markup, behind: &Table) -> Markup {
    let wide = canvas.width > WIDTH;
    let drawing = html! {
        svg class={ "vg-chart" @if wide { " vg-chart--wide" } } xmlns="http://www.w3.org/2000/svg" role="img"
            viewBox={ "0 0 " (c(canvas.width)) " " (c(canvas.height)) }
            aria-labelledby={ (text.id) "-title " (text.id) "-desc" } {
            title id={ (text.id) "-title" } { (printable(text.title)) }
            desc id={ (text.id) "-desc" } { (printable(text.summary)) }
            (drawing)
        }
    };
    let drawing = html! {
        div class={ "vg-figure__panel" @if wide { " vg-figure__panel--wide" } } {
            div class="nhsuk-scroll" data-module="nhsuk-scroll" {
                div class="nhsuk-scroll__content" role="group" aria-labelledby={ (text.id) "-caption" } { (drawing) }
            }
        }
    };
    frame(text, &drawing, Some(behind))
}

/// The figure where there is nothing to draw: it says so.
pub(super) fn empty(text: &ChartText) -> Markup {
    frame(text, &html! { p class="vg-empty" { "There is nothing to show here yet." } }, None)
}

/// A figure around anything, such as a heat table that is its own table.
pub(super) fn frame(text: &ChartText, content: &Markup, behind: Option<&Table>) -> Markup {
    html! {
        figure class="vg-figure" id=(text.id) {
            figcaption class="nhsuk-heading-s vg-figure__title" id={ (text.id) "-caption" } { (text.title) }
            (content)
            @if let Some(note) = text.note { p class="vg-figure__note" { (note) } }
            @if let Some(behind) = behind {
                (details(&format!("Show the figures: {}", text.title), &table(behind), DetailsStyle::Plain, false))
            }
        }
    }
}
