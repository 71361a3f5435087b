//! Slope and relative index of inequality: a group of quantiles, one answer.

use super::answer::Answer;
use super::counts::number;
use super::groups::{Group, Groups};
use super::sheet::Sheet;
use super::{Args, Keyed, Method};
use evidence::inequality::{Index, Quantile, Shape, Spread, inequality};
use serde_json::Value;

/// Columns of the file.
struct Columns {
    quantile: usize,
    people: usize,
    count: Option<usize>,
    value: Option<usize>,
    lower: Option<usize>,
    upper: Option<usize>,
    error: Option<usize>,
    kind: Option<usize>,
}

impl Columns {
    fn of(sheet: &Sheet) -> anyhow::Result<Self> {
        let value = sheet.find(&["value", "lifeexp", "rate", "prevalence", "dsr", "mean"]);
        let count = sheet.find(&["count", "numerator", "x", "cases"]);
        if value.is_none() && count.is_none() {
            sheet.need("values", &["value", "lifeexp", "rate"])?;
        }
        Ok(Self {
            quantile: sheet.need("quantiles", &["quantile", "decile", "quintile", "imd_decile", "imd_quintile"])?,
            people: sheet.need("populations", &["population", "pop", "total_pop", "measured", "denominator", "n"])?,
            count,
            value,
            lower: sheet.find(&["lowercl", "lower_cl", "lcl", "lower95_0cl", "lower"]),
            upper: sheet.find(&["uppercl", "upper_cl", "ucl", "upper95_0cl", "upper"]),
            error: sheet.find(&["se", "standarderror", "standard_error"]),
            kind: sheet.find(&["valuetype", "value_type"]),
        })
    }

    fn used(&self, sheet: &Sheet) -> Vec<Option<usize>> {
        let others = ["multiplier", "deaths", "repetitions", "recordno", "intercept", "sii", "rii"];
        let mut used = vec![
            Some(self.quantile),
            Some(self.people),
            self.count,
            self.value,
            self.lower,
            self.upper,
            self.error,
            self.kind,
        ];
        used.extend(others.iter().map(|name| sheet.find(&[name])));
        used.extend(
            (0..sheet.names().len())
                .filter(|&c| ["sii_", "rii_"].iter().any(|n| sheet.names()[c].starts_with(n)))
                .map(Some),
        );
        used
    }

    fn shape(&self, args: &Args, sheet: &Sheet, row: usize) -> Shape {
        let own = self.kind.map(|column| sheet.text(row, column).to_ascii_lowercase());
        match args.value_type.clone().or(own).as_deref().map(|word| word.trim_end_matches(".0")) {
            Some("1" | "rate") => Shape::Rate,
            Some("2" | "proportion") => Shape::Proportion,
            _ => Shape::Normal,
        }
    }

    fn quantile(&self, sheet: &Sheet, row: usize) -> Result<Quantile, String> {
        let population = number(sheet, row, self.people, "population")?;
        let share = |column| Ok::<f64, String>(number(sheet, row, column, "count")? / population);
        let value = match (self.value.and_then(|c| sheet.number(row, Some(c))), self.count) {
            (Some(value), _) => value,
            (None, Some(count)) => share(count)?,
            (None, None) => return Err("a value is missing".to_owned()),
        };
        let get = |column: Option<usize>| sheet.number(row, column);
        let spread = match (get(self.error), get(self.lower), get(self.upper)) {
            (Some(error), _, _) => Spread::StandardError(error),
            (None, Some(lower), Some(upper)) => Spread::Limits95(lower, upper),
            _ => return Err("a quantile has neither a standard error nor both limits".to_owned()),
        };
        Ok(Quantile { population, value, spread })
    }
}

/// `sii` and `rii`.
pub fn indices(args: &Args, sheet: &Sheet) -> anyhow::Result<Vec<Keyed>> {
    let columns = Columns::of(sheet)?;
    let mut answers = vec![(Vec::new(), Answer::default()); sheet.len()];
    for group in Groups::of(sheet, &args.by, &columns.used(sheet))?.list {
        let answer = of_group(args, sheet, &columns, &group);
        for &row in &group.rows {
            answers[row] = (group.key.clone(), answer.clone());
        }
    }
    Ok(answers)
}

fn of_group(args: &Args, sheet: &Sheet, columns: &Columns, group: &Group) -> Answer {
    let slope = args.method == Method::Sii;
    let statistic = if slope { "slope index of inequality" } else { "relative index of inequality" };
    let mut rows = group.rows.clone();
    rows.sort_by(|&a, &b| {
        let place = |row: usize| sheet.number(row, Some(columns.quantile)).unwrap_or(f64::INFINITY);
        place(a).total_cmp(&place(b))
    });
    let quantiles: Result<Vec<Quantile>, String> = rows.iter().map(|&row| columns.quantile(sheet, row)).collect();
    let quantiles = match quantiles {
        Ok(quantiles) => quantiles,
        Err(why) => return Answer::none(statistic, why),
    };
    let shape = columns.shape(args, sheet, rows[0]);
    let per = super::multiplier(args, sheet, rows[0], 1.0);
    let found = match inequality(&quantiles, shape, args.seed) {
        Ok(found) => found,
        Err(why) => return Answer::none(statistic, why),
    };
    // A negative multiplier turns the value round (good for bad): the ends of intervals change places, the ratio inverts.
    let slope_index = mapped(&found.slope, per < 0.0, |x| x * per);
    let ratio_index = mapped(&found.relative, per < 0.0, |x| if per < 0.0 { 1.0 / x } else { x });
    let (own, other) = if slope { (slope_index, ratio_index) } else { (ratio_index, slope_index) };
    let names: [&'static str; 5] = if slope {
        ["rii", "rii_lower95_0cl", "rii_upper95_0cl", "rii_lower99_8cl", "rii_upper99_8cl"]
    } else {
        ["sii", "sii_lower95_0cl", "sii_upper95_0cl", "sii_lower99_8cl", "sii_upper99_8cl"]
    };
    let figures = [other.value, other.limits95.0, other.limits95.1, other.limits998.0, other.limits998.1];
    let mut answer = Answer {
        value: Some(own.value),
        limits95: Some(own.limits95),
        limits998: Some(own.limits998),
        statistic: statistic.to_owned(),
        method: if shape == Shape::Normal {
            "weighted least squares, closed form"
        } else {
            "weighted least squares, 100000 draws"
        }
        .to_owned(),
        ..Answer::default()
    }
    .with("intercept", found.intercept);
    for (name, figure) in names.into_iter().zip(figures) {
        answer = answer.with(name, if figure.is_finite() { Value::from(figure) } else { Value::Null });
    }
    answer
}

fn mapped(index: &Index, turned: bool, change: impl Fn(f64) -> f64) -> Index {
    let pair = |(lower, upper): (f64, f64)| {
        if turned { (change(upper), change(lower)) } else { (change(lower), change(upper)) }
    };
    Index { value: change(index.value), limits95: pair(index.limits95), limits998: pair(index.limits998) }
}
