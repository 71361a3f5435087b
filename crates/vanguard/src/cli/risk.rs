//! `vanguard risk`: the chance of an emergency admission in the next 12 months, trained on the place's own history.

use super::Report;
use super::risk_words::{NOT_FOR, USES, size_of_risks, telling_apart, thresholds, verdict};
use super::table::table;
use crate::folder::Folder;
use crate::pipeline::progress::Terminal;
use crate::pipeline::risk::{SEED, open, train};
use anyhow::bail;
use nhs::Day;
use population::disclosure::{Shown, ShownRate, one_way, two_way};
use population::risk::{BAND_NAMES, Group, Judgement, Options, RiskModel, WithInterval};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::PathBuf;

/// Train a model of risk, or show the one that was trained.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Train on the 12 months to the place's day, and judge on people held out.
    Train {
        /// The place's folder, with its place.toml.
        dir: PathBuf,
        /// How coefficients are held back: all a little, or some to nought.
        #[arg(long, value_enum, default_value_t = Kind::Ridge)]
        penalty: Kind,
        /// Seed of the split into people who train and people who judge.
        #[arg(long, default_value_t = SEED)]
        seed: u64,
    },
    /// Show the model card of the model trained last.
    Show {
        /// The place's folder, with its place.toml.
        dir: PathBuf,
    },
}

/// The kind of penalty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Kind {
    /// Squares: every coefficient is made smaller.
    Ridge,
    /// Absolute values: some coefficients become nought.
    Lasso,
    /// Half of each.
    ElasticNet,
}

/// Runs the command.
pub fn run(args: &Args, as_json: bool) -> anyhow::Result<Report> {
    let (model, dir) = match &args.command {
        Command::Train { dir, penalty, seed } => {
            let alpha = match penalty {
                Kind::Ridge => 0.0,
                Kind::Lasso => 1.0,
                Kind::ElasticNet => 0.5,
            };
            let options = Options { alpha, seed: *seed, ..Options::default() };
            (train(&Folder::open(dir)?, &options, &Terminal::new(as_json))?, dir)
        }
        Command::Show { dir } => match open(&Folder::open(dir)?)? {
            Some(model) => (model, dir),
            None => bail!(
                "no model of risk has been trained on the live snapshot with these rules: train one with `vanguard risk train {}`",
                dir.display()
            ),
        },
    };
    let text = format!("{}Next: vanguard serve {}", words(&model), dir.display());
    Ok(Report::new(text, json(&model)))
}

/// What a reader must know before using the model.
pub const CAVEATS: [&str; 5] = [
    "The risk says who is likely to be admitted, not whose admission could be avoided. What a team can act on stands beside it.",
    "It is trained on what was recorded. People whose needs are not recorded look safer than they are: see the figures by group.",
    "Where somebody lives now stands for where they lived a year ago: deprivation is that of the present address.",
    "People who died without an emergency admission count as not admitted; people who left the place are left out.",
    "It supports a decision and never takes one. Nobody is refused anything because of it.",
];

/// A value with its interval, with so many decimals.
pub fn interval(value: Option<WithInterval>, decimals: usize) -> String {
    match value {
        None => "cannot be worked out".to_owned(),
        Some(WithInterval { value, limits: None }) => format!("{value:.decimals$} (no interval)"),
        Some(WithInterval { value, limits: Some((lower, upper)) }) => {
            format!("{value:.decimals$} ({lower:.decimals$} to {upper:.decimals$})")
        }
    }
}

/// Which of the groups that make up everybody may be seen: neither the people, nor those with or without the outcome, are few,
/// and no hidden one follows from the others by subtraction.
pub fn seen(groups: &[Group]) -> Vec<bool> {
    let counts = |of: &dyn Fn(&Group) -> u64| one_way(&groups.iter().map(of).collect::<Vec<u64>>()).cells;
    let people = counts(&|g| g.people);
    let with = counts(&|g| g.events);
    let without = counts(&|g| g.people.saturating_sub(g.events));
    let hidden = |n: usize| people[n].is_hidden() || with[n].is_hidden() || without[n].is_hidden();
    let mut seen: Vec<bool> = (0..groups.len()).map(|n| !hidden(n)).collect();
    if seen.iter().filter(|seen| !**seen).count() == 1 {
        let next = (0..groups.len()).filter(|&n| seen[n] && groups[n].people > 0).min_by_key(|&n| groups[n].events);
        if let Some(next) = next {
            seen[next] = false;
        }
    }
    seen
}

/// A share in per cent, hidden where it stands on few people.
pub fn percent(group: &Group, seen: bool) -> String {
    match ShownRate::of(group.observed.value * 100.0, group.events, group.people) {
        ShownRate::Value(value) if seen => format!("{value:.1} %"),
        _ => "hidden".to_owned(),
    }
}

fn words(model: &RiskModel) -> String {
    if !model.why_not.is_empty() {
        return format!("There is no model of risk. {}\n\n", model.why_not);
    }
    let mut text = String::from("Risk of an emergency admission in 12 months\n\n");
    let _ = writeln!(
        text,
        "Features as of {}; trained on {} people of whom {} were admitted, judged on {} held out.",
        Day(model.base).long(),
        Shown::alone(model.setting.trained_on),
        Shown::alone(model.setting.trained_events),
        Shown::alone(model.judged.all.people)
    );
    let _ = writeln!(
        text,
        "Penalty {} with lambda {:.6}, seed {}.\n",
        penalty_name(model.setting.alpha),
        model.setting.lambda,
        model.setting.seed
    );
    let mut rows = vec![judgement_row("people held out", &model.judged)];
    rows.extend(model.judged_in_time.iter().map(|j| judgement_row("trained a year earlier", j)));
    text += &table(&["judged on", "c-statistic", "Brier", "calibration slope", "in the large"], &rows);
    let _ = write!(text, "\n\n{}\n{}\n", telling_apart(&model.judged), size_of_risks(&model.judged));
    text += "\nCalibration in ten groups by risk\n";
    let rows: Vec<Vec<String>> = model
        .judged
        .calibration
        .iter()
        .zip(seen(&model.judged.calibration))
        .map(|(g, seen)| vec![g.name.clone(), format!("{:.1} %", g.predicted * 100.0), percent(g, seen)])
        .collect();
    text += &table(&["group", "predicted", "observed"], &rows);
    for (kind, groups) in &model.judged.fairness {
        let _ = write!(text, "\n\nBy {}\n", kind.to_lowercase());
        let rows: Vec<Vec<String>> =
            groups.iter().zip(seen(groups)).map(|(group, seen)| group_row(group, seen)).collect();
        text += &table(
            &["group", "people", "predicted", "observed", "observed/expected", "c-statistic", "in words"],
            &rows,
        );
    }
    text += "\n\nActing from a risk up\n";
    let rows: Vec<Vec<String>> = thresholds(&model.judged)
        .iter()
        .map(|t| {
            let admitted = t.admitted.value().map_or_else(|| "hidden".to_owned(), |v| format!("{v:.0} in 100"));
            vec![
                format!("{:.0} %", t.from * 100.0),
                format!("{:.0}", t.acted_on),
                admitted,
                format!("{:.1}", t.benefit),
            ]
        })
        .collect();
    text += &table(&["act from", "people acted on of 1,000", "of them admitted", "net benefit of 1,000"], &rows);
    text += "\n\nPeople of today, by risk and by what a team can act on\n";
    let counts: Vec<Vec<u64>> = model.likely.iter().map(|l| l.by_gaps.to_vec()).collect();
    let shown = two_way(&counts);
    let rows: Vec<Vec<String>> = BAND_NAMES
        .iter()
        .zip(&shown.cells)
        .map(|(name, cells)| std::iter::once((*name).to_owned()).chain(cells.iter().map(ToString::to_string)).collect())
        .collect();
    text += &table(&["risk", "nothing", "one thing", "two", "three or more"], &rows);
    text += "\n\n";
    for caution in &model.cautions {
        let _ = writeln!(text, "! {caution}");
    }
    for caveat in CAVEATS {
        let _ = writeln!(text, "- {caveat}");
    }
    for (heading, lines) in [("You may use it for:", &USES[..]), ("You may not use it for:", &NOT_FOR[..])] {
        let _ = writeln!(text, "\n{heading}");
        for line in lines {
            let _ = writeln!(text, "- {line}");
        }
    }
    text.push('\n');
    text
}

/// The name of a mix of penalties.
pub fn penalty_name(alpha: f64) -> &'static str {
    if alpha <= 0.0 {
        "ridge"
    } else if alpha >= 1.0 {
        "lasso"
    } else {
        "elastic net"
    }
}

fn judgement_row(name: &str, judged: &Judgement) -> Vec<String> {
    vec![
        name.to_owned(),
        interval(judged.all.c_statistic, 3),
        interval(Some(judged.brier), 4),
        interval(judged.slope, 2),
        interval(judged.in_the_large, 2),
    ]
}

fn group_row(group: &Group, seen: bool) -> Vec<String> {
    let or_hidden = |text: String| if seen { text } else { "hidden".to_owned() };
    vec![
        group.name.clone(),
        Shown::alone(group.people).to_string(),
        or_hidden(format!("{:.1} %", group.predicted * 100.0)),
        percent(group, seen),
        or_hidden(interval(group.observed_over_expected, 2)),
        or_hidden(interval(group.c_statistic, 3)),
        verdict(group, seen).to_owned(),
    ]
}

fn with_limits(value: Option<WithInterval>) -> Value {
    value.map_or(
        Value::Null,
        |v| json!({ "value": v.value, "lower": v.limits.map(|l| l.0), "upper": v.limits.map(|l| l.1) }),
    )
}

fn groups_json(groups: &[Group]) -> Vec<Value> {
    groups.iter().zip(seen(groups)).map(|(group, seen)| group_json(group, seen)).collect()
}

fn group_json(group: &Group, seen: bool) -> Value {
    if !seen {
        return json!({ "name": group.name, "people": Shown::alone(group.people).value(), "suppressed": true });
    }
    json!({
        "name": group.name,
        "people": Shown::alone(group.people).value(),
        "predicted": group.predicted,
        "observed": with_limits(Some(group.observed)),
        "observed_over_expected": with_limits(group.observed_over_expected),
        "c_statistic": with_limits(group.c_statistic),
    })
}

fn judgement_json(judged: &Judgement) -> Value {
    let decisions: Vec<Value> = judged
        .decisions
        .iter()
        .map(|(t, model, everybody, acted)| json!({ "threshold": t, "net_benefit": model, "everybody": everybody, "acted_on": acted }))
        .collect();
    let fairness: serde_json::Map<String, Value> =
        judged.fairness.iter().map(|(kind, groups)| (kind.to_lowercase(), Value::Array(groups_json(groups)))).collect();
    json!({
        "all": groups_json(std::slice::from_ref(&judged.all)),
        "brier": with_limits(Some(judged.brier)),
        "brier_scaled": judged.brier_scaled,
        "calibration_slope": with_limits(judged.slope),
        "calibration_intercept": with_limits(judged.intercept),
        "calibration_in_the_large": with_limits(judged.in_the_large),
        "calibration": groups_json(&judged.calibration),
        "decision_curve": decisions,
        "fairness": fairness,
    })
}

fn json(model: &RiskModel) -> Value {
    let counts: Vec<Vec<u64>> = model.likely.iter().map(|l| l.by_gaps.to_vec()).collect();
    let today: Vec<Value> = BAND_NAMES
        .iter()
        .zip(two_way(&counts).cells)
        .map(|(band, cells)| json!({ "risk": band, "people_by_things_to_act_on": cells.iter().map(|c| c.value()).collect::<Vec<_>>() }))
        .collect();
    let terms: Vec<Value> = model
        .terms
        .iter()
        .map(|t| json!({ "feature": t.feature, "name": t.name, "coefficient": t.coefficient, "odds_ratio": t.coefficient.exp() }))
        .collect();
    let setting = &model.setting;
    json!({
        "outcome": "at least one emergency admission in the 12 months after the day of the features",
        "features_as_of": Day(model.base).to_string(),
        "why_not": if model.why_not.is_empty() { None } else { Some(&model.why_not) },
        "penalty": { "kind": penalty_name(setting.alpha), "alpha": setting.alpha, "lambda": setting.lambda, "tried": setting.tried },
        "seed": setting.seed,
        "trained_on": Shown::alone(setting.trained_on).value(),
        "left_out": { "left_the_place": Shown::alone(setting.left).value(), "no_date_of_birth": Shown::alone(setting.no_birth).value() },
        "converged": setting.converged,
        "intercept": model.intercept,
        "terms": terms,
        "held_out": judgement_json(&model.judged),
        "trained_a_year_earlier": model.judged_in_time.as_ref().map(judgement_json),
        "impactable": model.impactable,
        "today": today,
        "cautions": model.cautions,
        "caveats": CAVEATS,
        "may_be_used_for": USES,
        "may_not_be_used_for": NOT_FOR,
    })
}
