//! Question sets over the built-in models.
#![expect(clippy::unwrap_used, reason = "a failure in a test should stop it")]

use blueprint::{OnlyBuiltin, Questions, builtin, builtin_ids, compile_questions};
use std::path::Path;

fn compile(text: &str, model: &str) -> Result<Questions, String> {
    let file = format!("{model}.toml");
    let (questions, findings) = compile_questions("q.toml", text, (&file, builtin(model).unwrap()), &OnlyBuiltin);
    questions.ok_or_else(|| findings.iter().map(blueprint::Diagnostic::render).collect::<String>())
}

#[test]
fn the_examples_compile_over_every_model() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../blueprints/questions");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        for model in builtin_ids().iter().filter(|id| **id != "base") {
            let questions =
                compile(&text, model).unwrap_or_else(|why| panic!("{} over {model}:\n{why}", path.display()));
            assert!(!questions.tables.is_empty() || !questions.series.is_empty());
            seen += 1;
        }
    }
    assert!(seen >= 14, "{seen}");
}

#[test]
fn only_what_is_asked_is_kept_of_the_place_s_model() {
    let text = "[questions]\nname = \"Few\"\n[[table]]\nid = \"t\"\ncount = \"emergency_admissions_12m >= 2\"\n";
    let few = compile(text, "mcp").unwrap();
    let made = |q: &Questions| q.model.features.iter().filter(|f| f.id == "emergency_admissions_12m").count();
    assert_eq!(made(&few), 1);
    assert!(few.model.features.iter().all(|f| f.id != "hfrs" && f.id != "segment"));
    let by_tier = compile(&format!("{text}by = [\"tier\"]\n"), "mcp").unwrap();
    assert!(by_tier.model.features.len() > few.model.features.len());
    assert!(by_tier.model.tiers.len() >= 4 && by_tier.model.features.iter().any(|f| f.id == "tier"));
}

#[test]
fn mistakes_are_pointed_at() {
    let head = "[questions]\nname = \"Wrong\"\n";
    let cases = [
        ("", "no `[questions]`"),
        (head, "asks nothing"),
        (
            &format!("{head}[[table]]\nid = \"t\"\nby = [\"locality\", \"sex\", \"tier\", \"age_band\"]\n"),
            "at most 3 groups",
        ),
        (&format!("{head}[[table]]\nid = \"t\"\nmean = \"alive\"\n"), "`alive` is not a number"),
        (&format!("{head}[[table]]\nid = \"t\"\nmean = \"hfrs\"\ncount = \"alive\"\n"), "asks two things"),
        (&format!("{head}[[table]]\nid = \"t\"\n[[table]]\nid = \"t\"\n"), "have the id `t`"),
        (&format!("{head}[[measure]]\nid = \"m\"\ncount = \"admision\"\n"), "did you mean `admission`"),
        (&format!("{head}[[measure]]\nid = \"m\"\n"), "counts nothing"),
        (&format!("{head}[[tabel]]\nid = \"t\"\n"), "no section `tabel`"),
        (
            &format!(
                "{head}[feature.a]\nrule = \"b\"\n[feature.b]\nrule = \"a\"\n[[table]]\nid = \"t\"\ncount = \"a\"\n"
            ),
            "needs itself",
        ),
        ("[questions\n", "not valid TOML"),
    ];
    for (text, wanted) in cases {
        let why = compile(text, "mcp").err().unwrap_or_else(|| panic!("{text} compiles"));
        assert!(why.contains(wanted) && why.contains("q.toml:"), "{wanted} in:\n{why}");
    }
}
