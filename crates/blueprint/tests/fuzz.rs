//! No text, however odd, makes the compiler panic.

use blueprint::{OnlyBuiltin, Resolve, builtin, builtin_ids, compile, new_for_place, place, show};
use proptest::prelude::*;

const SMALL: &str = include_str!("small.toml");
/// Pieces that mean something in a blueprint, so that random texts come far.
const PIECES: &[&str] = &[
    "age",
    "hfrs",
    "dementia",
    "segment",
    "tier",
    "last_admission",
    "codes.dementia",
    "codes",
    ".",
    "and",
    "or",
    "not",
    "in",
    "is",
    "null",
    "between",
    "like",
    "(",
    ")",
    "'",
    "'frailty'",
    "'E11%'",
    "\"",
    "=",
    "!=",
    "<=",
    ">",
    "+",
    "-",
    "*",
    "/",
    "%",
    "1",
    "0.5",
    "9999999999999999999",
    "1e9",
    "days_since",
    "coalesce",
    ",",
    ";",
    "--",
    "/*",
    "\n",
    "\\",
    "\u{e9}",
    "case",
    "when",
    "end",
    "select",
    "interval",
    "::",
    "[",
    "]",
    "{",
    "}",
    "method",
    "code",
    "value",
    "days",
    "@",
    "$1",
    "exists",
    "cast",
    "as",
    "x'1'",
];

/// Answers every name with the same text, so that files take themselves in.
struct Echo(String);

impl Resolve for Echo {
    fn resolve(&self, _name: &str) -> Option<String> {
        Some(self.0.clone())
    }
}

fn survive(text: &str) {
    let (model, findings) = compile("place.toml", text, &Echo(text.to_owned()));
    assert!(model.is_some() || !findings.is_empty(), "refused without a reason");
    for finding in findings {
        assert!(!finding.render().is_empty());
    }
    let _ = show("place.toml", text, &OnlyBuiltin);
    for finding in place::parse("place.toml", text).1 {
        assert!(!finding.render().is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_text(text in "(?s).{0,200}") {
        survive(&text);
    }

    #[test]
    fn any_rule(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..30), spaced in any::<bool>()) {
        let rule = pieces.join(if spaced { " " } else { "" });
        for quotes in ["'''", "\"\"\""] {
            survive(&SMALL.replacen("\"hfrs >= 15 or dementia\"", &format!("{quotes}{rule}{quotes}"), 1));
            survive(&SMALL.replacen("\"code in codes.dementia\"", &format!("{quotes}{rule}{quotes}"), 1));
            survive(&SMALL.replacen("\"dementia + emergency_admissions_12m\"", &format!("{quotes}{rule}{quotes}"), 1));
        }
    }

    #[test]
    fn a_sound_model_with_a_piece_cut_out_or_put_in(at in 0usize..2_400, cut in 0usize..60, put in ".{0,4}") {
        let start = SMALL.floor_char_boundary(at.min(SMALL.len()));
        let end = SMALL.floor_char_boundary((start + cut).min(SMALL.len()));
        survive(&format!("{}{put}{}", &SMALL[..start], &SMALL[end..]));
    }

    #[test]
    fn lines_in_any_order(order in Just((0..SMALL.lines().count()).collect::<Vec<_>>()).prop_shuffle(), keep in 0usize..110) {
        let lines: Vec<&str> = SMALL.lines().collect();
        let text: Vec<&str> = order.iter().take(keep).map(|n| lines[*n]).collect();
        survive(&text.join("\n"));
    }

}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]

    #[test]
    fn any_place_name(name in ".{0,30}") {
        for id in builtin_ids() {
            let text = new_for_place(id, &name).unwrap_or_default();
            let (model, findings) = compile("place.toml", &text, &OnlyBuiltin);
            prop_assert!(model.is_some(), "{:?}", findings);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn built_in_models_with_a_piece_cut_out(model in prop::sample::select(builtin_ids()), at in 0usize..30_000, cut in 0usize..200) {
        let text = builtin(model).unwrap_or_default();
        let start = text.floor_char_boundary(at % text.len());
        let end = text.floor_char_boundary((start + cut).min(text.len()));
        survive(&format!("{}{}", &text[..start], &text[end..]));
    }
}

#[test]
fn deep_and_long_rules_are_refused_not_run_into() {
    for rule in [
        "(".repeat(5_000),
        "not ".repeat(900),
        "-".repeat(3_000),
        "age + ".repeat(600),
        "[".repeat(3_000),
        "age > 1 or ".repeat(360) + "alive",
    ] {
        survive(&SMALL.replacen("\"hfrs >= 15 or dementia\"", &format!("\"{rule}\""), 1));
        survive(&SMALL.replacen("\"dementia + emergency_admissions_12m\"", &format!("\"{rule}\""), 1));
    }
    survive(&"[".repeat(50_000));
    survive(&"a.".repeat(50_000));
    let mut chain = String::new();
    for n in 0..300 {
        let next = n + 1;
        for part in ["[feature.f", &n.to_string(), "]\nrule = \"f", &next.to_string(), " + 1\"\n"] {
            chain.push_str(part);
        }
    }
    survive(&format!("{SMALL}\n{chain}"));
}
