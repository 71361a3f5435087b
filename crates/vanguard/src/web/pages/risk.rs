//! Risk of an emergency admission: who is likely, how good the model is, for whom it is fair, and what a team can act on.

use super::{heading, page, shown};
use crate::cli::risk::{CAVEATS, interval, penalty_name, percent, seen};
use crate::cli::risk_words::{NOT_FOR, Threshold, USES, size_of_risks, telling_apart, thresholds, verdict};
use crate::web::Session;
use crate::web::charts::{
    CalibrationChart, CalibrationPoint, ChartText, Curve, CurveChart, HeatCell, HeatTable, HeatTotals, Num,
    calibration_chart, curve_chart, heat_table,
};
use crate::web::components::{
    Borders, Column, Crumb, DetailsStyle, Size, SummaryRow, Table, details, inset_text, summary_list, table,
    warning_callout,
};
use crate::web::layout::{Page, Section};
use ::population::disclosure::Shown;
use ::population::risk::{BAND_NAMES, Group, Judgement, RiskModel};
use axum::response::Response;
use maud::{Markup, html};
use nhs::Day;

/// `GET /risk`
pub async fn index(session: Session) -> Response {
    session.respond(Ok(all(&session)))
}

fn all(session: &Session) -> Page {
    let body = html! {
        (heading("Risk of an emergency admission", None))
        @match &session.site.risk {
            Some(model) if model.why_not.is_empty() => (card(model)),
            Some(model) => (inset_text(&html! { p { "There is no model of risk. " (model.why_not) } })),
            None => (inset_text(&html! {
                p { "No model of risk has been trained on these figures yet. Ask the person who runs this place to train one (vanguard risk train)." }
            })),
        }
    };
    let above = vec![Crumb::new("Population", Section::Population.href())];
    page(session, "Risk of an emergency admission", Section::Population, above, body)
}

fn card(model: &RiskModel) -> Markup {
    html! {
        p class="nhsuk-lede-text" {
            "The chance of at least one emergency admission in the next 12 months, learned from this place\u{2019}s own history."
        }
        h2 class="nhsuk-heading-m" { "What you may use it for" }
        ul class="nhsuk-list nhsuk-list--bullet" { @for line in USES { li { (line) } } }
        h2 class="nhsuk-heading-m" { "What you may not use it for" }
        ul class="nhsuk-list nhsuk-list--bullet" { @for line in NOT_FOR { li { (line) } } }
        h2 class="nhsuk-heading-m" { "Before you use these figures" }
        ul class="nhsuk-list nhsuk-list--bullet" { @for caveat in CAVEATS { li { (caveat) } } }
        @if !model.cautions.is_empty() {
            (warning_callout("About this model", &html! { (model.cautions.join(" ")) }))
        }
        (today(model))
        (goodness(model))
        (calibration(&model.judged))
        (decisions(&model.judged))
        h2 class="nhsuk-heading-m" { "Is it as right for everybody?" }
        p { "Each table says it in words first. Observed over expected is how many people were admitted for each one predicted: 1 is right, above 1 the model sees too little risk in the group and its people may be missed. A c-statistic of 1 tells people of the group apart perfectly, 0.5 not at all." }
        @for (kind, groups) in &model.judged.fairness { (fairness(kind, groups)) }
        (predictors(model))
        (method(model))
    }
}

fn today(model: &RiskModel) -> Markup {
    let counts: Vec<Vec<u64>> = model.likely.iter().map(|l| l.by_gaps.to_vec()).collect();
    let seen = shown::table(&counts);
    let rows = BAND_NAMES
        .iter()
        .zip(&seen.cells)
        .map(|(name, cells)| {
            ((*name).to_owned(), cells.iter().map(|&people| HeatCell { people, href: None }).collect())
        })
        .collect();
    html! {
        (heat_table(&HeatTable {
            text: ChartText {
                id: "today",
                title: "People of today, by risk and by what a team can act on",
                summary: "Rows are bands of risk, columns how many of the things below hold. Darker cells hold more people.",
                note: None,
            },
            row_kind: "Risk",
            columns: ["Nothing", "One thing", "Two", "Three or more"].map(str::to_owned).to_vec(),
            rows,
            totals: Some(HeatTotals { rows: seen.row_totals, columns: seen.column_totals, all: seen.total }),
        }))
        p class="nhsuk-body-s" { (shown::NOTE) }
        @if !model.impactable.is_empty() {
            p { "What a team can act on, as the care model names it. It adds nothing to the risk:" }
            ul class="nhsuk-list nhsuk-list--bullet" { @for name in &model.impactable { li { (name) } } }
        }
    }
}

fn goodness(model: &RiskModel) -> Markup {
    let rows = |judged: &Judgement| {
        [
            SummaryRow::new("People judged", html! { (Shown::alone(judged.all.people)) }),
            SummaryRow::new("C-statistic", html! { (interval(judged.all.c_statistic, 3)) }),
            SummaryRow::new("Calibration slope (1 is right)", html! { (interval(judged.slope, 2)) }),
            SummaryRow::new("Calibration in the large (0 is right)", html! { (interval(judged.in_the_large, 2)) }),
            SummaryRow::new("Brier score (lower is better)", html! { (interval(Some(judged.brier), 4)) }),
            SummaryRow::new("Better than the mean by", html! { (format!("{:.1} %", judged.brier_scaled * 100.0)) }),
        ]
    };
    html! {
        h2 class="nhsuk-heading-m" { "How good is it?" }
        p { (telling_apart(&model.judged)) }
        p { (size_of_risks(&model.judged)) }
        h3 class="nhsuk-heading-s" { "On people whom the training never saw" }
        (summary_list(&rows(&model.judged), Borders::All))
        @if let Some(judged) = &model.judged_in_time {
            h3 class="nhsuk-heading-s" { "Trained a year earlier, judged on the year after" }
            p { "This is how the model would have done in use: it knew nothing of the year that it was judged on. " (size_of_risks(judged)) }
            (summary_list(&rows(judged), Borders::All))
        }
        p { "Values in brackets are 95% intervals." }
    }
}

fn calibration(judged: &Judgement) -> Markup {
    let points = judged
        .calibration
        .iter()
        .zip(seen(&judged.calibration))
        .filter_map(|(group, seen)| {
            let per_cent = |value: f64| Num::new(value * 100.0);
            let observed = seen
                .then(|| {
                    let (low, high) = group.observed.limits?;
                    Some((per_cent(group.observed.value)?, per_cent(low)?, per_cent(high)?))
                })
                .flatten();
            Some(CalibrationPoint { label: group.name.clone(), predicted: per_cent(group.predicted)?, observed })
        })
        .collect();
    calibration_chart(&CalibrationChart {
        text: ChartText {
            id: "calibration",
            title: "Predicted and observed risk",
            summary: "Ten groups of people held out, from the lowest to the highest predicted risk. A point on the dashed line is predicted exactly; above it, more people were admitted than predicted. An upright line is the 95% interval.",
            note: Some("Groups with fewer than 8 admissions are not shown."),
        },
        points,
    })
}

fn decisions(judged: &Judgement) -> Markup {
    let all = thresholds(judged);
    let line = |of: &dyn Fn(&Threshold) -> f64| -> Vec<(Num, Num)> {
        all.iter().filter_map(|t| Num::new(t.from * 100.0).zip(Num::new(of(t)))).collect()
    };
    // Far below nought the comparison would press the curves flat, and says no more than that.
    let everybody = line(&|t| t.everybody).into_iter().filter(|(_, benefit)| benefit.get() > -20.0).collect();
    let rows = all
        .iter()
        .map(|t| {
            let admitted = t.admitted.value().map_or_else(|| "hidden".to_owned(), |v| format!("{v:.0} in 100"));
            let better = t.benefit > 0.0 && t.benefit > t.everybody;
            vec![
                html! { (format!("{:.0}%", t.from * 100.0)) },
                html! { (format!("{:.0}", t.acted_on)) },
                html! { (admitted) },
                html! { (format!("{:.1}", t.benefit)) },
                html! { (if better { "Yes" } else { "No" }) },
            ]
        })
        .collect();
    html! {
        (curve_chart(&CurveChart {
            text: ChartText {
                id: "decisions",
                title: "Is acting on it better than acting on everybody?",
                summary: "Net benefit at each risk from which a team might act: people rightly acted on, less those wrongly acted on at the weight that the threshold gives them. Acting on nobody has 0.",
                note: Some(
                    "Use the model from a risk at which its line lies above both others. A net benefit of 10 is worth as much as finding 10 of 1,000 people who will be admitted without troubling anybody else. Parts of a line below \u{2212}20 are left out.",
                ),
            },
            across: "Act from a risk of, %",
            up: "Net benefit for each 1,000 people",
            decimals: 1,
            from_zero: true,
            curves: vec![
                Curve { name: "Act by the model", points: line(&|t| t.benefit) },
                Curve { name: "Act on everybody", points: everybody },
                Curve { name: "Act on nobody", points: line(&|_| 0.0) },
            ],
            mark: None,
        }))
        (table(&Table {
            caption: "What acting from a risk means",
            size: Some(Size::S),
            columns: vec![
                Column::text("Act from"),
                Column::number("People acted on, of 1,000"),
                Column::number("Of them admitted"),
                Column::number("Net benefit, of 1,000"),
                Column::text("Better than everybody or nobody"),
            ],
            rows,
            row_headers: true,
            scroll_id: Some("thresholds"),
        }))
    }
}

fn fairness(kind: &str, groups: &[Group]) -> Markup {
    let rows = groups
        .iter()
        .zip(seen(groups))
        .filter(|(group, _)| group.people > 0)
        .map(|(group, seen)| {
            let or_hidden = |text: String| if seen { text } else { "hidden".to_owned() };
            vec![
                html! { (group.name) },
                html! { (verdict(group, seen)) },
                html! { (Shown::alone(group.people)) },
                html! { (or_hidden(format!("{:.1} %", group.predicted * 100.0))) },
                html! { (percent(group, seen)) },
                html! { (or_hidden(interval(group.observed_over_expected, 2))) },
                html! { (or_hidden(interval(group.c_statistic, 3))) },
            ]
        })
        .collect();
    let id = format!("fairness-{}", kind.to_lowercase());
    table(&Table {
        caption: &format!("By {}", kind.to_lowercase()),
        size: Some(Size::S),
        columns: vec![
            Column::text(kind),
            Column::text("In words"),
            Column::number("People"),
            Column::number("Predicted"),
            Column::number("Observed"),
            Column::number("Observed over expected (95% interval)"),
            Column::number("C-statistic (95% interval)"),
        ],
        rows,
        row_headers: true,
        scroll_id: Some(&id),
    })
}

fn predictors(model: &RiskModel) -> Markup {
    let mut terms: Vec<_> = model.terms.iter().filter(|term| term.coefficient != 0.0).collect();
    terms.sort_by(|a, b| b.coefficient.total_cmp(&a.coefficient));
    let rows = terms
        .iter()
        .map(|term| vec![html! { (term.name) }, html! { (format!("{:.2}", term.coefficient.exp())) }])
        .collect();
    let body = table(&Table {
        caption: "What predicts, and by how much the odds are multiplied",
        size: Some(Size::S),
        columns: vec![Column::text("For each unit of"), Column::number("Odds multiplied by")],
        rows,
        row_headers: true,
        scroll_id: Some("predictors"),
    });
    html! {
        (details("What predicts", &html! {
            p { "What predicts is not what causes: a review may be recorded because somebody was unwell." }
            (body)
        }, DetailsStyle::Plain, false))
    }
}

fn method(model: &RiskModel) -> Markup {
    let setting = &model.setting;
    let rows = [
        SummaryRow::new(
            "Outcome",
            html! { "At least one emergency admission in the 12 months after the day of the features" },
        ),
        SummaryRow::new("Features as of", html! { (Day(model.base).long()) }),
        SummaryRow::new("Trained on", html! { (Shown::alone(setting.trained_on)) " people; one in four was held out" }),
        SummaryRow::new(
            "Left out",
            html! {
                (Shown::alone(setting.left)) " who left the place, " (Shown::alone(setting.no_birth)) " without a date of birth"
            },
        ),
        SummaryRow::new(
            "Method",
            html! {
                "Logistic regression with a " (penalty_name(setting.alpha)) " penalty (" (format!("{:.6}", setting.lambda)) "), chosen by cross-validation in five folds; seed " (setting.seed)
            },
        ),
    ];
    html! {
        h2 class="nhsuk-heading-m" { "Model card" }
        (summary_list(&rows, Borders::All))
        p { "This page is the model card: print it and keep it with the decision to use the model. The same as data: " code { "vanguard risk show PLACE --json" } "." }
    }
}
