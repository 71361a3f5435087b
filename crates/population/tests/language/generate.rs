//! Random features that fit together, written as text, so that the whole way from text to value is tried.

use crate::dice::Dice;

const OPS: [&str; 6] = ["=", "!=", "<", "<=", ">", ">="];
const KINDS: [&str; 5] = ["admission", "diagnosis", "emergency_attendance", "gp_observation", "gp_appointment"];
const BOOLS: [&str; 6] = ["registered", "alive", "care_home", "lives_alone", "in_hospital_now", "lives_in_place"];

/// What a feature is.
#[derive(Clone, PartialEq, Eq)]
enum Sort {
    Bool,
    Number(u32),
    Date,
    Words,
    HeartCode,
    CancerCode,
}

/// Features written so far.
pub struct Writer<'a> {
    dice: &'a mut Dice,
    known: Vec<(String, Sort)>,
}

/// So many random features as the text of a question file.
pub fn program(dice: &mut Dice, features: usize) -> String {
    let mut writer = Writer { dice, known: Vec::new() };
    let builtin = |name: &&str| ((*name).to_owned(), Sort::Bool);
    writer.known.extend(BOOLS.iter().map(builtin));
    writer
        .known
        .extend([("age", 0), ("imd_decile", 0), ("list_count", 0)].map(|(name, n)| (name.to_owned(), Sort::Number(n))));
    writer.known.extend(["date_of_birth", "date_of_death"].map(|name| (name.to_owned(), Sort::Date)));
    let mut text = "[codes.heart]\nicd10 = [\"I50\", \"I1\"]\nsnomed = [\"84114007\"]\n[codes.cancer]\nicd10 = [\"C0\", \"C34.9\"]\n".to_owned();
    for number in 0..features {
        let id = format!("f{number}");
        let (sort, body) = writer.feature();
        text.push_str(&format!("[feature.{id}]\n{body}\n"));
        writer.known.push((id, sort));
    }
    text
}

impl Writer<'_> {
    fn feature(&mut self) -> (Sort, String) {
        match self.dice.below(100) {
            0..50 => self.aggregate(),
            50..64 => (Sort::Bool, format!("rule = \"{}\"", self.truth(3))),
            64..80 => {
                let (text, decimals) = self.number(3);
                (Sort::Number(decimals), format!("rule = \"{text}\""))
            }
            80..88 => (Sort::Date, format!("rule = \"{}\"", self.date(3))),
            88..90 => self.code(),
            90..93 => {
                let (a, b) = (self.truth(2), self.truth(1));
                let end = if self.dice.percent(50) { "else 'low' " } else { "" };
                (Sort::Words, format!("rule = \"case when {a} then 'high' when {b} then 'middle' {end}end\""))
            }
            93..96 => (Sort::Bool, format!("known_to = \"{}\"", self.dice.one(&["gp", "hospital", "register"]))),
            _ => {
                let score = *self.dice.one(&["hospital_frailty_risk", "charlson_quan", "charlson_shmi"]);
                let within = if self.dice.percent(50) { "\nwithin = \"12 months\"" } else { "" };
                (Sort::Number(1), format!("score = \"{score}\"{within}"))
            }
        }
    }

    /// The first or last code of a list.
    fn code(&mut self) -> (Sort, String) {
        let key = *self.dice.one(&["first_code", "last_code"]);
        let (list, sort) =
            if self.dice.percent(60) { ("heart", Sort::HeartCode) } else { ("cancer", Sort::CancerCode) };
        let more = if self.dice.percent(30) { format!(" and ({})", self.filter(1)) } else { String::new() };
        let mut text = format!("{key} = {}\nwhere = \"code in codes.{list}{more}\"", self.kinds());
        self.window(&mut text);
        (sort, text)
    }

    fn aggregate(&mut self) -> (Sort, String) {
        let (key, sort) = self
            .dice
            .one(&[
                ("count", Sort::Number(0)),
                ("count", Sort::Number(0)),
                ("exists", Sort::Bool),
                ("exists", Sort::Bool),
                ("distinct_codes", Sort::Number(0)),
                ("distinct_days", Sort::Number(0)),
                ("distinct_spells", Sort::Number(0)),
                ("first_date", Sort::Date),
                ("last_date", Sort::Date),
                ("first_date", Sort::Date),
                ("last_date", Sort::Date),
                ("sum_cost", Sort::Number(2)),
                ("max_cost", Sort::Number(2)),
                ("min_cost", Sort::Number(2)),
                ("sum_days", Sort::Number(0)),
                ("max_days", Sort::Number(0)),
                ("min_days", Sort::Number(0)),
                ("first_value", Sort::Number(3)),
                ("last_value", Sort::Number(3)),
                ("max_value", Sort::Number(3)),
                ("min_value", Sort::Number(3)),
                ("sum_value", Sort::Number(3)),
            ])
            .clone();
        let mut text = format!("{key} = {}", self.kinds());
        if self.dice.percent(60) {
            text.push_str(&format!("\nwhere = \"{}\"", self.filter(2)));
        }
        self.window(&mut text);
        if key != "sum_days" && self.dice.percent(25) {
            text.push_str("\ndated_by = \"end\"");
        }
        for relation in ["followed_by", "not_followed_by", "preceded_by", "not_preceded_by"] {
            if self.dice.percent(8) {
                text.push_str(&format!("\n{relation} = {}", self.relation()));
            }
        }
        (sort, text)
    }

    fn window(&mut self, text: &mut String) {
        let within = match self.dice.below(3) {
            0 => format!("{} days", self.dice.between(1, 400)),
            1 => format!("{} months", self.dice.between(1, 20)),
            _ => format!("{} weeks", self.dice.between(1, 30)),
        };
        let edge = self.dice.below(100);
        if edge < 45 {
            let begins = *self.dice.one(&["after", "on_or_after"]);
            text.push_str(&format!("\n{begins} = \"{}\"", self.edge()));
        }
        if (35..60).contains(&edge) {
            let ends = *self.dice.one(&["before", "on_or_before"]);
            text.push_str(&format!("\n{ends} = \"{}\"", self.edge()));
        }
        if !(35..45).contains(&edge) && self.dice.percent(50) {
            text.push_str(&format!("\nwithin = \"{within}\""));
        }
    }

    /// A day of the calendar, or a rule that gives one.
    fn edge(&mut self) -> String {
        if self.dice.percent(15) { self.calendar_day() } else { self.date(1) }
    }

    fn relation(&mut self) -> String {
        let filter = if self.dice.percent(40) { format!("where = \"{}\", ", self.filter(1)) } else { String::new() };
        let from = *self.dice.one(&["", "from = \"end\", ", "from = \"start\", "]);
        let least = *self.dice.one(&["", "at_least = \"1 day\", ", "at_least = \"4 days\", "]);
        let days = self.dice.between(4, 120);
        format!("{{ event = {}, {filter}{from}{least}within = \"{days} days\" }}", self.kinds())
    }

    fn kinds(&mut self) -> String {
        let first = self.dice.below(KINDS.len());
        if self.dice.percent(75) {
            return format!("\"{}\"", KINDS[first]);
        }
        let second = (first + 1 + self.dice.below(KINDS.len() - 1)) % KINDS.len();
        format!("[\"{}\", \"{}\"]", KINDS[first], KINDS[second])
    }

    fn calendar_day(&mut self) -> String {
        let (year, month, day) = (self.dice.between(2024, 2026), self.dice.between(1, 12), self.dice.between(1, 28));
        format!("{year}-{month:02}-{day:02}")
    }

    /// A condition on one event.
    fn filter(&mut self, depth: usize) -> String {
        if depth > 0 && self.dice.percent(45) {
            let (a, b) = (self.filter(depth - 1), self.filter(depth - 1));
            return match self.dice.below(3) {
                0 => format!("({a}) or ({b})"),
                1 => format!("not ({a})"),
                // Days that contradict each other are refused; brackets keep the two apart.
                _ => format!("({a}) and not ({b})"),
            };
        }
        let op = *self.dice.one(&OPS);
        match self.dice.below(16) {
            0 => format!("method {} 'emergency'", self.dice.one(&["=", "!="])),
            1 => "method in ('elective', 'day_case')".to_owned(),
            2 => format!("status {} 'active'", self.dice.one(&["=", "!="])),
            3 => format!("code in codes.{}", self.dice.one(&["heart", "cancer"])),
            4 => format!("code not in codes.{}", self.dice.one(&["heart", "cancer"])),
            5 => format!("code like '{}%'", self.dice.one(&["I", "C3", "I50", "8411"])),
            6 => "code in ('I50.1', 'C787', '38341003')".to_owned(),
            7 => format!("detail = '{}'", self.dice.one(&["430", "300"])),
            8 => format!("provider {}", self.dice.one(&["= 'RX101'", "like 'RX%'", "not in ('RX101', 'RYR01')"])),
            9 => format!("source {} '{}'", self.dice.one(&["=", "!="]), self.dice.one(&["gp", "hospital"])),
            10 => format!("value {op} {}", self.dice.one(&["0", "2.5", "-1", "40.125"])),
            11 => format!("cost {op} {}", self.dice.one(&["0", "99.99", "1000"])),
            12 => format!("days {op} {}", self.dice.between(0, 9)),
            13 => format!("date {op} '{}'", self.calendar_day()),
            14 => format!("end_date {op} '{}'", self.calendar_day()),
            _ => {
                let field = *self.dice.one(&["code", "detail", "provider", "value", "cost", "end_date", "days"]);
                format!("{field} is {}null", self.dice.one(&["", "not "]))
            }
        }
    }

    fn of_sort(&mut self, fits: impl Fn(&Sort) -> bool) -> Option<(String, Sort)> {
        let fitting: Vec<(String, Sort)> = self.known.iter().filter(|(_, sort)| fits(sort)).cloned().collect();
        if fitting.is_empty() { None } else { Some(self.dice.one(&fitting).clone()) }
    }

    fn truth(&mut self, depth: usize) -> String {
        let deeper = depth.saturating_sub(1);
        let choice = if depth == 0 { 3 + self.dice.below(6) } else { self.dice.below(11) };
        match choice {
            0 => format!("({}) and ({})", self.truth(deeper), self.truth(deeper)),
            1 => format!("({}) or {}", self.truth(deeper), self.truth(deeper)),
            2 => format!("not ({})", self.truth(deeper)),
            3 | 9 => {
                let (left, decimals) = self.number(deeper);
                let right = if self.dice.percent(60) { self.literal(decimals) } else { self.number(deeper).0 };
                format!("{left} {} {right}", self.dice.one(&OPS))
            }
            4 => format!("{} {} {}", self.date(deeper), self.dice.one(&OPS), self.date(deeper)),
            5 => match self.of_sort(|sort| matches!(sort, Sort::Words | Sort::HeartCode | Sort::CancerCode)) {
                Some((name, Sort::HeartCode)) => {
                    format!("{name} {}", self.dice.one(&["= 'I50'", "!= '84114007'", "is null"]))
                }
                Some((name, Sort::CancerCode)) => format!("{name} in ('C349', 'C0')"),
                Some((name, _)) => {
                    let tests = ["= 'high'", "!= 'middle'", "in ('high', 'middle')", "is null", "is not null"];
                    format!("{name} {}", self.dice.one(&tests))
                }
                None => "sex in ('female', 'unknown')".to_owned(),
            },
            6 => format!("{} is {}null", self.nullable(deeper), self.dice.one(&["", "not "])),
            7 => {
                let number = self.number(deeper).0;
                let low = self.dice.between(-5, 5);
                let high = self.dice.between(low, 20);
                format!("{number} {}between {low} and {high}", self.dice.one(&["", "not "]))
            }
            8 => self.of_sort(|sort| *sort == Sort::Bool).map_or_else(|| "alive".to_owned(), |(name, _)| name),
            _ => {
                let (a, b, c) = (self.truth(deeper), self.truth(deeper), self.truth(deeper));
                format!("case when {a} then {b} else {c} end")
            }
        }
    }

    fn nullable(&mut self, depth: usize) -> String {
        if self.dice.percent(50) { self.date(depth) } else { self.number(depth).0 }
    }

    fn literal(&mut self, most_decimals: u32) -> String {
        let whole = self.dice.between(-20, 100);
        match most_decimals {
            0 => whole.to_string(),
            1 => format!("{whole}.{}", self.dice.below(10)),
            _ => format!("{whole}.{:02}", self.dice.below(100)),
        }
    }

    /// A number and the decimals it holds.
    fn number(&mut self, depth: usize) -> (String, u32) {
        let deeper = depth.saturating_sub(1);
        if depth == 0 || self.dice.percent(25) {
            return match self.of_sort(|sort| matches!(sort, Sort::Number(_))) {
                Some((name, Sort::Number(decimals))) if self.dice.percent(80) => (name, decimals),
                _ => (format!("days_since({})", self.date(0)), 0),
            };
        }
        let (a, a_decimals) = self.number(deeper);
        let (b, b_decimals) = self.number(deeper);
        let finer = a_decimals.max(b_decimals);
        match self.dice.below(15) {
            0 | 1 => (format!("{a} + ({b})"), finer),
            2 => (format!("{a} - ({b})"), finer),
            3 => (format!("-({a})"), a_decimals),
            4 if a_decimals + b_decimals <= 6 => (format!("({a}) * ({b})"), a_decimals + b_decimals),
            4 | 5 => (format!("{} * ({a})", self.dice.between(-3, 7)), a_decimals),
            6 => {
                let decimals = self.dice.below(5) as u32;
                (format!("divide({a}, {b}, {decimals})"), decimals)
            }
            7 => (format!("whole_divide({a}, {b})"), 0),
            8 => (format!("coalesce({a}, {})", self.dice.between(0, 9)), a_decimals),
            9 => (format!("coalesce({a}, {b}, age)"), finer),
            10 => (format!("{}({a}, {b})", self.dice.one(&["least", "greatest"])), finer),
            11 => (format!("abs({a})"), a_decimals),
            12 => {
                let end = if self.dice.percent(60) { format!("else {b} ") } else { String::new() };
                let decimals = if end.is_empty() { a_decimals } else { finer };
                (format!("case when {} then {a} {end}end", self.truth(deeper)), decimals)
            }
            13 => {
                let name = *self.dice.one(&["days_between", "months_between", "years_between"]);
                (format!("{name}({}, {})", self.date(deeper), self.date(deeper)), 0)
            }
            _ => (format!("{}({})", self.dice.one(&["year_of", "month_of"]), self.date(deeper)), 0),
        }
    }

    fn date(&mut self, depth: usize) -> String {
        let deeper = depth.saturating_sub(1);
        if depth == 0 || self.dice.percent(45) {
            return match self.dice.below(8) {
                0 => "as_of".to_owned(),
                1 => format!("date('{}')", self.calendar_day()),
                _ => self.of_sort(|sort| *sort == Sort::Date).map_or_else(|| "as_of".to_owned(), |(name, _)| name),
            };
        }
        let (a, b) = (self.date(deeper), self.date(deeper));
        match self.dice.below(7) {
            0 => format!("{a} + {}", self.dice.between(0, 60)),
            1 => format!("{a} - {}", self.dice.between(0, 60)),
            2 => format!("add_months({a}, {})", self.dice.between(-14, 14)),
            3 => format!("{}({a}, {b})", self.dice.one(&["least", "greatest"])),
            4 => format!("coalesce({a}, {b})"),
            5 => format!("case when {} then {a} else {b} end", self.truth(deeper)),
            _ => format!("case when {} then null else {b} end", self.truth(deeper)),
        }
    }
}
