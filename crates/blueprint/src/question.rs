//! A rule about people that is no part of a blueprint: what an analyst asks of a place.

use crate::fields::Text;
use crate::model::{Blueprint, Builtin, Expr, FeatureSource, ValueType};
use crate::rule::{self, Known, Names, Words};
use crate::sink::{At, Sink};
use crate::{Diagnostic, Severity};

/// A further column of fixed words that a question may name, such as the practices of a place. Its position among the
/// features follows the blueprint's own, in the order given.
#[derive(Debug, Clone, Copy)]
pub struct WordSet<'a> {
    /// Name used in rules.
    pub id: &'a str,
    /// What a word of it is, for messages: "practice".
    pub what: &'a str,
    /// The words; a rule compares with the position.
    pub words: &'a [String],
}

/// Compiles a rule that must be true or false over all features of a blueprint, segment and tier included, and further
/// sets of words. Findings point into `text`, which they call "rule".
pub fn question(blueprint: &Blueprint, sets: &[WordSet<'_>], text: &str) -> Result<Expr, Vec<Diagnostic>> {
    let mut sink = Sink::default();
    let file = sink.add_file("rule", text);
    let text = Text { text: text.to_owned(), at: At { file, range: 0..text.len() } };
    let names = names(blueprint, sets);
    let expr = rule::parse(&mut sink, &text).and_then(|parsed| rule::truth(&mut sink, &names, &parsed));
    match expr {
        Some(expr) if !sink.has_errors() => Ok(expr),
        _ => Err(sink.into_findings().into_iter().filter(|d| d.severity == Severity::Error).collect()),
    }
}

fn names(blueprint: &Blueprint, sets: &[WordSet<'_>]) -> Names {
    let mut names = Names {
        segments: blueprint.segments.iter().map(|s| s.id.clone()).collect(),
        tiers: blueprint.tiers.iter().map(|t| t.id.clone()).collect(),
        empty_ranges: true,
        ..Names::default()
    };
    for (position, feature) in blueprint.features.iter().enumerate() {
        let words = match &feature.source {
            FeatureSource::Choose { words, .. } => Some(names.further(&feature.id, words)),
            FeatureSource::Builtin(Builtin::Sex) => Some(Words::Sex),
            FeatureSource::Builtin(Builtin::Segment) => Some(Words::Segment),
            FeatureSource::Builtin(Builtin::Tier) => Some(Words::Tier),
            _ => None,
        };
        names.known.insert(feature.id.clone(), Known { position, value: feature.value, words });
    }
    for (number, set) in sets.iter().enumerate() {
        // A blueprint's own feature of that name wins.
        names.known.entry(set.id.to_owned()).or_insert(Known {
            position: blueprint.features.len() + number,
            value: ValueType::Choice,
            words: Some(Words::Other(names.others.len())),
        });
        names.others.push((set.what.to_owned(), set.words.to_vec()));
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{OnlyBuiltin, builtin, compile};

    fn model() -> Blueprint {
        compile("mcp.toml", builtin("mcp").unwrap(), &OnlyBuiltin).0.unwrap()
    }

    #[test]
    fn a_question_may_name_features_words_and_sets() {
        let model = model();
        let practices = ["A81001".to_owned(), "A81002".to_owned()];
        let sets = [WordSet { id: "practice", what: "practice", words: &practices }];
        let of = |text: &str| question(&model, &sets, text).unwrap();
        assert_eq!(of("practice = 'A81002'"), Expr::OneOf { feature: model.features.len(), values: vec![1] });
        // Columns hold the codes of the NHS Data Dictionary: 1 male, 2 female, 9 indeterminate, 0 not known.
        let sex = model.features.iter().position(|f| f.id == "sex").unwrap();
        assert_eq!(of("sex = 'female'"), Expr::OneOf { feature: sex, values: vec![2] });
        let all = "sex in ('male', 'female', 'indeterminate', 'unknown')";
        assert_eq!(of(all), Expr::OneOf { feature: sex, values: vec![1, 2, 9, 0] });
        assert!(matches!(of("age >= 65 and not care_home"), Expr::All(parts) if parts.len() == 2));
        assert!(question(&model, &sets, "segment = 'x'").is_err());
    }

    #[test]
    fn findings_point_into_the_text() {
        let model = model();
        let practices = ["A81001".to_owned()];
        let sets = [WordSet { id: "practice", what: "practice", words: &practices }];
        for (text, line, column, words) in [
            ("age >= 65 and\n agee < 90", 2, 2, "there is no feature `agee`"),
            ("age >= 65 and practice = 'B81001'", 1, 26, "there is no practice `B81001`"),
            ("age >= 'x'", 1, 1, "cannot be compared"),
            ("'é' = sex and wrong", 1, 15, "there is no feature `wrong`"),
            ("age", 1, 1, "must be true or false"),
            ("", 1, 1, "the rule is empty"),
        ] {
            let findings = question(&model, &sets, text).unwrap_err();
            let found = findings.iter().find(|d| d.message.contains(words));
            let found = found.unwrap_or_else(|| panic!("{text}: {findings:?}"));
            assert_eq!((found.line, found.column), (line, column), "{text}");
        }
    }
}
