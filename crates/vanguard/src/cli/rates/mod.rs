//! `vanguard rates`: a published method over the rows of a CSV file.

mod answer;
mod area;
mod counts;
mod funnels;
mod groups;
mod inequality;
mod life;
mod money;
mod sheet;
mod standardised;

use super::Report;
use super::table::table;
use answer::Answer;
use serde_json::{Map, Value, json};
use sheet::Sheet;
use std::path::PathBuf;

/// Work out a public health rate for each row of a CSV file, with limits of 95 % and 99.8 %. See docs/methods/rates.md.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What to work out.
    method: Method,
    /// The file, with a header.
    file: PathBuf,
    /// What values are expressed per: 100000, 100, 1. A column `multiplier` of the file goes before it.
    #[arg(long, visible_alias = "per")]
    multiplier: Option<f64>,
    /// Columns to group by, with commas between; `none` takes all rows together. Without it, every column that is not used otherwise.
    #[arg(long, value_delimiter = ',')]
    by: Vec<String>,
    /// A CSV file with the reference's counts and populations (`refcount`, `refpop`), in the order of the strata.
    #[arg(long)]
    reference: Option<PathBuf>,
    /// A CSV file with the observed number of each group (`total_count`), where the rows have no counts.
    #[arg(long)]
    observed: Option<PathBuf>,
    /// How many quantiles.
    #[arg(long)]
    quantiles: Option<usize>,
    /// Put the highest values in the first quantile.
    #[arg(long)]
    highest_first: bool,
    /// The events of a standardised rate are not independent: take the columns f1, f2, ... (people with so many events).
    #[arg(long)]
    not_independent: bool,
    /// The value's type for an index of inequality: other, rate or proportion.
    #[arg(long)]
    value_type: Option<String>,
    /// Years that the data stand for, in a funnel of rates.
    #[arg(long)]
    years: Option<f64>,
    /// Start of the draws for limits without a closed form.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// The methods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
#[value(rename_all = "kebab-case")]
enum Method {
    /// Byar's limits of a count.
    Byars,
    /// Exact Poisson limits of a count (chi-square).
    Exact,
    /// A count with exact limits below 10 and Byar's from 10.
    Count,
    /// Wilson's limits of a proportion.
    #[value(alias = "prop-wilson")]
    Wilson,
    /// A proportion with Wilson's limits.
    #[value(alias = "phe-proportion")]
    Proportion,
    /// A crude rate.
    #[value(alias = "phe-rate", alias = "crude-rate")]
    Rate,
    /// A ratio of observed to expected events.
    Ratio,
    /// A directly standardised rate.
    #[value(alias = "phe-dsr")]
    Dsr,
    /// An indirectly standardised rate.
    #[value(alias = "israte", alias = "is-rate", alias = "phe-isr")]
    Isr,
    /// An indirectly standardised ratio.
    #[value(alias = "smr", alias = "is-ratio", alias = "phe-smr")]
    Isratio,
    /// A mean with Student's t limits.
    #[value(alias = "phe-mean")]
    Mean,
    /// Quantiles of areas.
    #[value(alias = "quantile", alias = "phe-quantile")]
    Quantiles,
    /// Life expectancy.
    #[value(alias = "le", alias = "lifeexp", alias = "phe-life-expectancy")]
    LifeExpectancy,
    /// Slope index of inequality.
    #[value(alias = "phe-sii")]
    Sii,
    /// Relative index of inequality.
    Rii,
    /// Funnel of proportions.
    #[value(alias = "funnel-prop")]
    FunnelProportion,
    /// Funnel of ratios of observed to expected events.
    FunnelRatio,
    /// Funnel of rates.
    FunnelRate,
    /// Cost per member per month.
    Pmpm,
    /// Weighted populations: need brought to the people there are.
    #[value(alias = "need", alias = "weighted-population")]
    WeightedNeed,
}

/// Runs the command.
pub fn run(args: &Args) -> anyhow::Result<Report> {
    let sheet = Sheet::read(&args.file)?;
    let answers = answers(args, &sheet)?;
    let rows: Vec<Value> = answers
        .iter()
        .enumerate()
        .map(|(row, (key, answer))| {
            let mut fields = Map::new();
            fields.insert("row".to_owned(), json!(row + 1));
            for (name, text) in key {
                fields.insert(name.clone(), json!(text));
            }
            answer.fields(&mut fields);
            Value::Object(fields)
        })
        .collect();
    let method = clap::ValueEnum::to_possible_value(&args.method).map_or_else(String::new, |m| m.get_name().to_owned());
    let json = json!({ "method": method, "count": rows.len(), "rows": rows });
    Ok(Report::new(words(&answers), json))
}

/// A group's key and the answer, for each row of the file.
type Keyed = (Vec<(String, String)>, Answer);

fn answers(args: &Args, sheet: &Sheet) -> anyhow::Result<Vec<Keyed>> {
    match args.method {
        Method::Byars | Method::Exact | Method::Count | Method::Wilson | Method::Proportion => {
            counts::of_counts(args, sheet)
        }
        Method::Rate | Method::Ratio => counts::of_rates(args, sheet),
        Method::Dsr => standardised::direct(args, sheet),
        Method::Isr | Method::Isratio => standardised::indirect(args, sheet),
        Method::Mean => area::means(args, sheet),
        Method::Quantiles => area::quantiles(args, sheet),
        Method::LifeExpectancy => life::expectancy(args, sheet),
        Method::Sii | Method::Rii => inequality::indices(args, sheet),
        Method::FunnelProportion | Method::FunnelRatio | Method::FunnelRate => funnels::of(args, sheet),
        Method::Pmpm => money::pmpm(args, sheet),
        Method::WeightedNeed => money::weighted(args, sheet),
    }
}

/// What values of a row are expressed per.
fn multiplier(args: &Args, sheet: &Sheet, row: usize, otherwise: f64) -> f64 {
    sheet.number(row, sheet.find(&["multiplier"])).or(args.multiplier).unwrap_or(otherwise)
}

/// Text columns before the figures, so that a row can be told from another.
fn labels(sheet: &Sheet, row: usize, used: &[Option<usize>]) -> Vec<(String, String)> {
    (0..sheet.names().len())
        .filter(|&c| {
            !used.contains(&Some(c))
                && matches!(
                    sheet.names()[c].as_str(),
                    "area" | "areacode" | "areaname" | "code" | "name" | "group" | "period" | "sex"
                )
        })
        .map(|c| (sheet.names()[c].clone(), sheet.text(row, c).to_owned()))
        .collect()
}

fn words(answers: &[Keyed]) -> String {
    let number = |figure: Option<f64>| figure.filter(|f| f.is_finite()).map_or_else(String::new, |f| format!("{f:.4}"));
    let rows: Vec<Vec<String>> = answers
        .iter()
        .enumerate()
        .map(|(row, (key, answer))| {
            let ends = |limits: Option<(f64, f64)>| [number(limits.map(|l| l.0)), number(limits.map(|l| l.1))];
            let key: Vec<&str> = key.iter().map(|(_, text)| text.as_str()).collect();
            let mut cells = vec![format!("{} {}", row + 1, key.join(" ")).trim_end().to_owned(), number(answer.value)];
            cells.extend(ends(answer.limits95));
            cells.extend(ends(answer.limits998));
            cells.push(answer.reason.clone().unwrap_or_else(|| answer.statistic.clone()));
            cells
        })
        .collect();
    table(&["row", "value", "lower 95", "upper 95", "lower 99.8", "upper 99.8", "what"], &rows)
}
