//! Answers after disclosure control: what may leave the place.
//!
//! Counts of 1 to 7 are suppressed and others rounded to 5, with secondary suppression inside each table (rows are all
//! groupings but the innermost, columns the innermost; a yes-or-no question has those for whom it holds and those for whom it
//! does not side by side). A percentage, mean or rate stands only where neither of its counts is hidden; a sum of money only
//! under the rules for money of [`crate::disclosure`].

use super::sums::{SeriesCell, Shares, TableCell};
use super::{Answers, Asking};
use crate::disclosure::{Shown, hide_in_groups, one_way, two_way};
use blueprint::model::MeasureSum;
use blueprint::questions::Ask;
use nhs::Month;

/// One question's answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Identifier.
    pub id: String,
    /// Name.
    pub name: String,
    /// Names of the groupings.
    pub by: Vec<String>,
    /// Whether lines are months.
    pub by_month: bool,
    /// What [`Line::value`] is: `percent`, `mean`, `sum`, `per 1000`; `None` where people are only counted.
    pub unit: Option<String>,
    /// Decimals of the value.
    pub decimals: u8,
    /// The lines, in the order of groups, then months; groups of nobody are left out.
    pub lines: Vec<Line>,
}

/// One line of an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// A label for each grouping.
    pub groups: Vec<String>,
    /// The month, for a series.
    pub month: Option<Month>,
    /// People.
    pub people: Shown,
    /// Those for whom it holds, or who have a number, or events.
    pub count: Option<Shown>,
    /// The value in the answer's unit; `None` where it is hidden or there is none.
    pub value: Option<f64>,
}

/// How many people the set is about, as it may be shown.
pub fn people(answers: &Answers) -> Shown {
    Shown::alone(answers.people)
}

/// Every answer of a question set.
pub fn answers(asking: &Asking<'_>, answers: &Answers) -> Vec<Answer> {
    let mut shown = Vec::new();
    for ((table, groups), sums) in asking.questions.tables.iter().zip(&asking.tables).zip(&answers.tables) {
        let (unit, decimals) = match table.ask {
            Ask::People => (None, 0),
            Ask::Holds(_) => (Some("percent".to_owned()), 1),
            Ask::Mean(..) => (Some("mean".to_owned()), 2),
            Ask::Sum(_, decimals) => (Some("sum".to_owned()), decimals),
        };
        let lines = table_lines(&sums.cells, &table.ask, groups.width());
        let lines = lines.into_iter().zip(&sums.cells).enumerate().filter(|(_, (_, cell))| cell.people > 0);
        let lines = lines.map(|(cell, (line, _))| Line { groups: groups.labels(cell), ..line }).collect();
        let by = groups.names();
        shown.push(Answer {
            id: table.id.clone(),
            name: table.name.clone(),
            by,
            by_month: false,
            unit,
            decimals,
            lines,
        });
    }
    for ((series, groups), sums) in asking.questions.series.iter().zip(&asking.series).zip(&answers.series) {
        let measure = &asking.questions.model.measures[series.measure];
        let scale = if measure.sum == MeasureSum::Cost { 100.0 } else { 1.0 };
        let first = asking.plan.first_month.0 + sums.skipped() as i32;
        let cells = groups.cells();
        let mut by_month = Vec::with_capacity(sums.months);
        for month in 0..sums.months {
            let of_month: Vec<SeriesCell> = (0..cells).map(|cell| sums.cells[cell * sums.months + month]).collect();
            by_month.push(series_lines(&of_month, groups.width(), f64::from(measure.per) / scale, measure.sum));
        }
        let mut lines = Vec::new();
        for cell in 0..cells {
            for (month, of_month) in by_month.iter().enumerate() {
                let sum = &sums.cells[cell * sums.months + month];
                if sum.people > 0 || sum.events > 0 {
                    let month = Some(Month(first + month as i32));
                    lines.push(Line { groups: groups.labels(cell), month, ..of_month[cell].clone() });
                }
            }
        }
        let what = match measure.sum {
            MeasureSum::Events => "events",
            MeasureSum::Days => "days",
            MeasureSum::Cost => "pounds",
        };
        shown.push(Answer {
            id: measure.id.clone(),
            name: measure.name.clone(),
            by: groups.names(),
            by_month: true,
            unit: Some(format!("{what} per {} people", measure.per)),
            decimals: 2,
            lines,
        });
    }
    shown
}

/// Counts in a table whose columns are the innermost grouping.
fn counts(values: &[u64], width: usize) -> Vec<Shown> {
    if values.len() <= width.max(1) {
        return if values.len() == 1 { vec![Shown::alone(values[0])] } else { one_way(values).cells };
    }
    let rows: Vec<Vec<u64>> = values.chunks(width).map(<[u64]>::to_vec).collect();
    two_way(&rows).cells.concat()
}

fn table_lines(cells: &[TableCell], ask: &Ask, width: usize) -> Vec<Line> {
    let line = |people: Shown, count: Option<Shown>, value: Option<f64>| Line {
        groups: Vec::new(),
        month: None,
        people,
        count,
        value,
    };
    match ask {
        Ask::People => {
            let people = counts(&cells.iter().map(|c| c.people).collect::<Vec<_>>(), width);
            people.into_iter().map(|people| line(people, None, None)).collect()
        }
        Ask::Holds(_) => {
            let rows: Vec<Vec<u64>> = cells.iter().map(|c| vec![c.count, c.people - c.count]).collect();
            let shown = two_way(&rows);
            let lines = cells.iter().zip(shown.cells.iter().zip(&shown.row_totals));
            lines
                .map(|(cell, (parts, people))| {
                    let seen = parts.iter().chain([people]).all(|shown| !shown.is_hidden()) && cell.people > 0;
                    let percent = seen.then(|| 100.0 * cell.count as f64 / cell.people as f64);
                    line(*people, parts.first().copied(), percent)
                })
                .collect()
        }
        Ask::Mean(_, decimals) | Ask::Sum(_, decimals) => {
            let scale = 10f64.powi(i32::from(*decimals));
            let rows: Vec<Vec<u64>> = cells.iter().map(|c| vec![c.count, c.people - c.count]).collect();
            let shown = two_way(&rows);
            let hidden = hidden_sums(cells.iter().map(|c| &c.shares), width);
            let lines = cells.iter().zip(hidden).zip(shown.cells.iter().zip(&shown.row_totals));
            lines
                .map(|((cell, hidden), (parts, people))| {
                    let seen = parts.iter().chain([people]).all(|shown| !shown.is_hidden()) && cell.count > 0;
                    let may = seen && !hidden;
                    let value = match ask {
                        Ask::Mean(..) => cell.sum as f64 / scale / cell.count as f64,
                        // Rounded to 5 units, as counts are.
                        _ => (cell.sum as f64 / scale / 5.0).round() * 5.0,
                    };
                    line(*people, parts.first().copied(), may.then_some(value))
                })
                .collect()
        }
    }
}

fn series_lines(cells: &[SeriesCell], width: usize, per: f64, sum: MeasureSum) -> Vec<Line> {
    let people = counts(&cells.iter().map(|c| c.people).collect::<Vec<_>>(), width);
    let events = counts(&cells.iter().map(|c| c.events).collect::<Vec<_>>(), width);
    let hidden = match sum {
        MeasureSum::Events => vec![false; cells.len()],
        MeasureSum::Days | MeasureSum::Cost => hidden_sums(cells.iter().map(|c| &c.shares), width),
    };
    let lines = cells.iter().zip(hidden).zip(people.into_iter().zip(events));
    lines
        .map(|((cell, hidden), (people, events))| {
            let may = !people.is_hidden() && !events.is_hidden() && cell.people > 0 && !hidden;
            let value = may.then(|| cell.sum as f64 * per / cell.people as f64);
            Line { groups: Vec::new(), month: None, people, count: Some(events), value }
        })
        .collect()
}

/// Which sums of a question are hidden: those that tell of one person, and others that would give them away to somebody who
/// knows the totals from another question.
fn hidden_sums<'a>(shares: impl Iterator<Item = &'a Shares>, width: usize) -> Vec<bool> {
    let cells: Vec<(i64, bool)> = shares.map(|s| (s.volume, s.are_sensitive())).collect();
    hide_in_groups(&cells, width)
}
