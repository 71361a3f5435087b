//! Marks and words of a drawing, as SVG with presentation attributes only: no style attribute, which the pages' content
//! security policy forbids.

use maud::{Markup, html};

/// The design system's colours.
pub(super) const INK: &str = "#212b32";
pub(super) const QUIET: &str = "#4c6272";
pub(super) const GRID: &str = "#d8dde0";
pub(super) const BLUE: &str = "#005eb8";
pub(super) const ORANGE: &str = "#c04d00";
pub(super) const PURPLE: &str = "#5b2d90";

/// The size of plain text; at full page width it shows a third larger.
pub(super) const TEXT: f64 = 13.0;

/// A coordinate with one decimal.
pub(super) fn c(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned)
}

/// Where a text stands about its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// Words: place, size, weight and colour.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words {
    pub(super) anchor: Anchor,
    pub(super) size: f64,
    pub(super) bold: bool,
    pub(super) colour: &'static str,
}

impl Words {
    pub(super) const fn plain(anchor: Anchor) -> Self {
        Self { anchor, size: TEXT, bold: false, colour: INK }
    }

    pub(super) const fn quiet(anchor: Anchor) -> Self {
        Self { anchor, size: TEXT, bold: false, colour: QUIET }
    }

    pub(super) const fn bold(anchor: Anchor) -> Self {
        Self { anchor, size: TEXT, bold: true, colour: INK }
    }

    pub(super) fn at(self, x: f64, y: f64, content: &str) -> Markup {
        let anchor = match self.anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        html! {
            // The white edge keeps words readable where a line runs behind them.
            text x=(c(x)) y=(c(y)) text-anchor=(anchor) font-size=(c(self.size)) fill=(self.colour)
                font-weight=[self.bold.then_some("bold")] stroke="#ffffff" stroke-width="3" stroke-linejoin="round"
                paint-order="stroke" { (printable(content)) }
        }
    }
}

/// The text without control characters, which XML does not allow.
pub(super) fn printable(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control() && !matches!(letter, '\u{fffe}' | '\u{ffff}')).collect()
}

/// About how wide a text is in Arial; on the safe side.
pub(super) fn text_width(text: &str, size: f64) -> f64 {
    let letters: f64 = text
        .chars()
        .map(|letter| match letter {
            'i' | 'j' | 'l' | '.' | ',' | '\'' | '|' | ':' | ';' | '!' => 0.28,
            'f' | 't' | 'r' | 'I' | ' ' | '-' | '(' | ')' | '/' => 0.36,
            'm' | 'w' | 'M' | 'W' | '%' | '@' => 0.95,
            'A'..='Z' | '&' | '+' | '–' => 0.72,
            letter if letter.is_ascii() => 0.57,
            _ => 1.0,
        })
        .sum();
    letters * size
}

/// The text cut to a width, with an ellipsis; its whole form is in the table behind the chart.
pub(super) fn fit(text: &str, width: f64, size: f64) -> String {
    let text = printable(text);
    if text_width(&text, size) <= width {
        return text;
    }
    let mut kept = String::new();
    for letter in text.chars() {
        kept.push(letter);
        if text_width(&kept, size) + size > width {
            kept.pop();
            break;
        }
    }
    if width < size {
        return String::new();
    }
    format!("{}…", kept.trim_end())
}

/// The text in at most `lines` lines of a width.
pub(super) fn wrap(text: &str, width: f64, size: f64, lines: usize) -> Vec<String> {
    let text = printable(text);
    let mut done: Vec<String> = Vec::new();
    let mut line = String::new();
    let mut words = text.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if line.is_empty() || text_width(&longer, size) <= width {
            line = longer;
        } else if done.len() + 1 == lines {
            let rest: Vec<&str> = std::iter::once(word).chain(words.by_ref()).collect();
            line = format!("{line} {}", rest.join(" "));
        } else {
            done.push(fit(&line, width, size));
            word.clone_into(&mut line);
        }
    }
    if !line.is_empty() && done.len() < lines {
        done.push(fit(&line, width, size));
    }
    done
}

/// A straight line.
pub(super) fn line(from: (f64, f64), to: (f64, f64), colour: &str, width: f64, dashes: Option<&str>) -> Markup {
    html! {
        line x1=(c(from.0)) y1=(c(from.1)) x2=(c(to.0)) y2=(c(to.1)) stroke=(colour) stroke-width=(c(width))
            stroke-dasharray=[dashes] {}
    }
}

/// A line through points.
pub(super) fn polyline(points: &[(f64, f64)], colour: &str, width: f64, dashes: Option<&str>) -> Markup {
    html! {
        @if points.len() > 1 {
            polyline points=(path(points)) fill="none" stroke=(colour) stroke-width=(c(width)) stroke-linejoin="round"
                stroke-dasharray=[dashes] {}
        }
    }
}

/// A filled shape.
pub(super) fn polygon(points: &[(f64, f64)], fill: &str, stroke: &str) -> Markup {
    html! { polygon points=(path(points)) fill=(fill) stroke=(stroke) stroke-width="1" {} }
}

fn path(points: &[(f64, f64)]) -> String {
    let pairs: Vec<String> = points.iter().map(|(x, y)| format!("{},{}", c(*x), c(*y))).collect();
    pairs.join(" ")
}

/// A rectangle; one of no size is left out.
pub(super) fn rect(x: f64, y: f64, width: f64, height: f64, fill: &str, stroke: Option<&str>) -> Markup {
    html! {
        @if width >= 0.05 && height >= 0.05 {
            rect x=(c(x)) y=(c(y)) width=(c(width)) height=(c(height)) fill=(fill) stroke=[stroke] {}
        }
    }
}

/// A mark; its shape says what its colour says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Dot,
    Diamond,
    Square,
    Triangle,
    Ring,
    Bar,
}

impl Mark {
    pub(super) fn at(self, x: f64, y: f64, size: f64, colour: &str) -> Markup {
        match self {
            Self::Dot => html! { circle cx=(c(x)) cy=(c(y)) r=(c(size * 0.8)) fill=(colour) {} },
            Self::Ring => html! {
                circle cx=(c(x)) cy=(c(y)) r=(c(size * 0.8)) fill="#ffffff" stroke=(colour) stroke-width="2" {}
            },
            Self::Diamond => {
                let reach = size * 1.3;
                polygon(&[(x, y - reach), (x + reach, y), (x, y + reach), (x - reach, y)], colour, "#ffffff")
            }
            Self::Square => rect(x - size, y - size, size * 2.0, size * 2.0, colour, Some("#ffffff")),
            Self::Triangle => {
                let reach = size * 1.2;
                polygon(&[(x, y - reach), (x + reach, y + reach), (x - reach, y + reach)], colour, "#ffffff")
            }
            Self::Bar => rect(x - size * 1.4, y - size * 0.7, size * 2.8, size * 1.4, colour, None),
        }
    }
}

/// An entry of a legend.
#[derive(Debug, Clone, Copy)]
pub(super) enum Key {
    Mark(Mark, &'static str),
    Line(&'static str, Option<&'static str>),
}

/// The legend from a place down, in lines no wider than `width`; and its height.
pub(super) fn legend(items: &[(Key, &str)], left: f64, top: f64, width: f64) -> (Markup, f64) {
    const ROW: f64 = 20.0;
    let (mut x, mut y) = (left, top + 12.0);
    let mut places = Vec::new();
    for (key, text) in items {
        let needed = 26.0 + text_width(text, TEXT) + 20.0;
        if x > left && x + needed > left + width {
            x = left;
            y += ROW;
        }
        places.push((x, y, *key, fit(text, left + width - x - 26.0, TEXT)));
        x += needed;
    }
    let drawing = html! {
        @for (x, y, key, text) in &places {
            @match key {
                Key::Mark(mark, colour) => (mark.at(x + 9.0, y - 4.5, 5.0, colour)),
                Key::Line(colour, dashes) => (line((*x, y - 4.5), (x + 20.0, y - 4.5), colour, 2.0, *dashes)),
            }
            (Words::quiet(Anchor::Start).at(x + 26.0, *y, text))
        }
    };
    (drawing, if items.is_empty() { 0.0 } else { y - top + 10.0 })
}
