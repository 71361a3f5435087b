//! What a person sees when a blueprint is wrong: each mistake is made in a small sound model, and the message is golden.
#![allow(clippy::unwrap_used)]

use blueprint::{OnlyBuiltin, compile};

const SMALL: &str = include_str!("small.toml");

/// The messages after one change to the small model.
fn after(from: &str, to: &str) -> String {
    assert!(SMALL.contains(from), "`{from}` is not in the small model");
    messages(&SMALL.replacen(from, to, 1))
}

fn messages(text: &str) -> String {
    let (model, findings) = compile("place.toml", text, &OnlyBuiltin);
    assert!(model.is_none(), "the mistake went unseen");
    for finding in &findings {
        assert!(text.is_char_boundary(finding.span.start) || finding.file != "place.toml");
    }
    findings.iter().map(blueprint::Diagnostic::render).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_small_model_is_sound() {
    let (model, findings) = compile("place.toml", SMALL, &OnlyBuiltin);
    assert_eq!(findings, []);
    assert_eq!(model.unwrap().segments.len(), 2);
}

#[test]
fn names() {
    let mut all = Vec::new();
    for (from, to) in [
        ("hfrs >= 15 or dementia", "hfrs >= 15 or demntia"),
        ("segment = 'frailty' and needs", "segment = 'frality' and needs"),
        ("tier = 'highest' and", "tier = 'higest' and"),
        ("method = 'emergency' and days", "method = 'emergncy' and days"),
        ("method = 'emergency' and days", "status = 'dead' and days"),
        ("method = 'emergency' and days", "metod = 'emergency' and days"),
        ("code in codes.dementia", "code in codes.demencia"),
        ("code in codes.dementia", "code in code.dementia"),
        (
            "count = \"admission\"\nwhere = \"method = 'emergency' and",
            "count = \"admisson\"\nwhere = \"method = 'emergency' and",
        ),
        ("hospital_frailty_risk", "hospital_fraility_risk"),
        ("team = \"care_team\"", "team = \"care_taem\""),
        ("roles = [\"nurse\"]", "roles = [\"nurse\", \"nurs\"]"),
        ("offer = [\"team_care\"]", "offer = [\"teamcare\"]"),
        ("needs desc", "need desc"),
        ("needs desc", "needs downwards"),
        ("reason = [\"emergency_admissions_12m\"", "reason = [\"emergency_admissions\""),
        ("to = \"admissions\"", "to = \"admision\""),
        ("measure = \"admissions\"", "measure = \"admision\""),
        ("shown_by = \"admissions\"", "shown_by = \"admision\""),
        ("form = \"capitated\"", "form = \"capitaded\""),
        ("days_since(last_admission)", "day_since(last_admission)"),
        ("MCP-011", "MCP11"),
    ] {
        all.push(after(from, to));
    }
    insta::assert_snapshot!(all.join("\n---\n"));
}

#[test]
fn types() {
    let mut all = Vec::new();
    for (from, to) in [
        ("hfrs >= 15 or dementia", "hfrs >= 15.25 or dementia"),
        ("hfrs >= 15 or dementia", "hfrs >= 'high' or dementia"),
        ("hfrs >= 15 or dementia", "hfrs or dementia"),
        ("hfrs >= 15 or dementia", "sex > 'male'"),
        ("hfrs >= 15 or dementia", "sex in ('male', 'femal')"),
        ("hfrs >= 15 or dementia", "hfrs + sex > 2"),
        ("hfrs >= 15 or dementia", "hfrs * 1.123456 > 2"),
        ("hfrs >= 15 or dementia", "hfrs / 2 > 2"),
        ("hfrs >= 15 or dementia", "dementia is null"),
        ("hfrs >= 15 or dementia", "segment = 'healthy'"),
        ("hfrs >= 15 or dementia", "code in codes.dementia"),
        ("hfrs >= 15 or dementia", "sex = \\\"male\\\""),
        ("hfrs >= 15 or dementia", "last_admission > '2017-02-30'"),
        ("hfrs >= 15 or dementia", "coalesce(hfrs, 0.25) > 2"),
        ("hfrs >= 15 or dementia", "days_since(age) > 2"),
        ("hfrs >= 15 or dementia", "case when dementia then true end"),
        ("days >= 1", "days >= 1.5"),
        ("days >= 1", "value > 1.2345"),
        ("days >= 1", "method > 'emergency'"),
        ("days >= 1", "code"),
        ("dementia + emergency_admissions_12m", "last_admission"),
        ("dementia + emergency_admissions_12m", "(age > 3) + emergency_admissions_12m"),
        ("\"needs desc\"", "\"sex desc\""),
    ] {
        all.push(after(from, to));
    }
    insta::assert_snapshot!(all.join("\n---\n"));
}

#[test]
fn syntax() {
    let mut all = Vec::new();
    for (from, to) in [
        ("hfrs >= 15 or dementia", "hfrs >= or dementia"),
        ("hfrs >= 15 or dementia", "hfrs >= 15 dementia"),
        ("hfrs >= 15 or dementia", "(hfrs >= 15 or dementia"),
        ("hfrs >= 15 or dementia", "hfrs >= 'x"),
        ("hfrs >= 15 or dementia", ""),
        ("rule = \"hfrs >= 15 or dementia\"", "rule = \"\"\"\nhfrs >= 15\n  or demntia\"\"\""),
        ("rule = \"hfrs >= 15 or dementia\"", "rule = \"h\\u0066rs >= 15 or demntia\""),
        ("[model]\n", "[model\n"),
        ("name = \"A small model\"", "name = 'A small model' 'x'"),
        ("id = \"healthy\"\n", "id = \"healthy\"\nid = \"healthy\"\n"),
    ] {
        all.push(after(from, to));
    }
    insta::assert_snapshot!(all.join("\n---\n"));
}

#[test]
fn shape() {
    let mut all = Vec::new();
    for (from, to) in [
        ("basis =", "bassis ="),
        ("within = \"12 months\"", "whithin = \"12 months\""),
        ("within = \"12 months\"", "within = \"a year\""),
        ("review_every = \"7 days\"", "review_every = \"7 months\""),
        ("capacity = 50", "capacity = \"fifty\""),
        ("capacity = 50", "capacity = 0"),
        ("capacity = 50\n", ""),
        ("covers = \"locality\"", "covers = \"ward\""),
        ("eligible = \"tier = 'highest' and not in_hospital_now\"\n", ""),
        ("version = \"1.0.0\"", "version = \"first\""),
        ("[contract]", "[contrat]"),
        ("[role.nurse]", "[role.Nurse]"),
        ("count = \"admission\"\nwhere", "count = \"admission\"\nexists = \"admission\"\nwhere"),
        ("score = \"hospital_frailty_risk\"", "name = \"Frailty\""),
        ("score = \"hospital_frailty_risk\"", "score = \"hospital_frailty_risk\"\nwhere = \"days > 1\""),
        ("[feature.hfrs]", "[feature.age]"),
        ("snomed = [\"52448006\"]\nicd10 = [\"F03\"]", ""),
        ("icd10 = [\"F03\"]", "icd10 = [\"F3\", \"dementia\"]"),
        ("snomed = [\"52448006\"]", "snomed = [\"52448007\"]"),
        ("icd10 = [\"F03\"]", "file = \"codes/dementias.csv\""),
        ("icd10 = [\"F03\"]", "file = \"codes/care.csv\"\nonly = \"paliative\""),
        ("id = \"healthy\"", "id = \"healthy\"\nrule = \"age < 65\""),
        ("rule = \"hfrs >= 15 or dementia\"", "name = \"Frail\""),
        ("id = \"ongoing\"", "id = \"highest\""),
        ("[[tier]]\nid = \"urgent\"\nrule = \"days_since(last_admission) <= 30\"\n", ""),
        ("rule = \"dementia + emergency_admissions_12m\"", "rule = \"more + 1\"\n[feature.more]\nrule = \"needs + 1\""),
        ("rule = \"dementia + emergency_admissions_12m\"", "rule = \"needs + 1\""),
        ("from = \"team_care\"\nto = \"admissions\"", "from = \"admissions\"\nto = \"team_care\""),
        ("basis = \"registered list\"", "basis = \"registered list\"\nusual_size = { from = 50, to = 30 }"),
    ] {
        all.push(after(from, to));
    }
    insta::assert_snapshot!(all.join("\n---\n"));
}

#[test]
fn imports() {
    let head = "[model]\nid = \"x\"\nname = \"X\"\nversion = \"1.0.0\"\n";
    let mut all = Vec::new();
    for top in [
        "extends = \"mpc\"\n",
        "extends = \"mcp\"\ncompose = [\"ehhc\"]\n",
        "extends = \"mcp\"\nremove = [\"segment.helthy\", \"sevice.self_care\"]\n",
        "extends = \"mcp\"\nremove = [\"feature.benefit\"]\n",
        "extends = \"place.toml\"\n",
    ] {
        all.push(messages(&format!("{top}{head}")));
    }
    let own = "extends = \"mcp\"\n[[segment]]\nid = \"mine\"\nrule = \"age > 90\"\nbefore = \"frailyt\"\n";
    all.push(messages(&format!("{own}{head}")));
    insta::assert_snapshot!(all.join("\n---\n"));
}

#[test]
fn functions_and_cases() {
    let mut all = Vec::new();
    for rule in [
        "case hfrs when 1 then true else false end",
        "case when dementia then 1 else 'x' end > 0",
        "case when dementia then null end is null",
        "case when hfrs then true else false end",
        "case when dementia then sex else 'x' end = 'x'",
        "case when dementia then 'a' else 'b' end",
        "divide(hfrs, 0, 1) > 2",
        "divide(hfrs, 2) > 2",
        "divide(hfrs, 2, 7) > 2",
        "whole_divide(sex, 2) > 2",
        "least(hfrs) > 2",
        "least(last_admission, 3) = '2020-01-01'",
        "coalesce(last_admission, '2020-13-01') = '2020-01-01'",
        "date(2020) = last_admission",
        "last_admission + last_admission = '2020-01-01'",
        "last_admission + 1.5 = '2020-01-01'",
        "last_admission + dementia = '2020-01-01'",
        "last_admission * 2 > 4",
        "add_months(last_admission, 0.5) = '2020-01-01'",
        "years_between(last_admission, age) > 1",
        "yeer_of(last_admission) > 2000",
        "age between 70 and 60",
        "last_admission between '2021-01-01' and '2020-01-01'",
        "(age > 3) is null",
        "null",
        "age >= 65 and alive = null",
    ] {
        all.push(after("hfrs >= 15 or dementia", rule));
    }
    insta::assert_snapshot!(all.join("\n---\n"));
}

#[test]
fn conditions_on_events() {
    let mut all = Vec::new();
    for filter in [
        "kind = 'admision'",
        "provider = 'R%1'",
        "code like '%50'",
        "cost > 1.005",
        "cost = '3'",
        "date > 3",
        "date > '2020-02-30'",
        "date >= '2021-01-01' and date < '2020-01-01'",
        "date between '2021-01-01' and '2020-01-01'",
        "days between 9 and 3",
        "status is null",
        "source is null",
        "method like 'e%'",
        "method in codes.dementia",
        "end_date = 5",
        "provider > 'RXX'",
    ] {
        all.push(after("method = 'emergency' and days >= 1", filter));
    }
    for (from, to) in [
        ("last_date = \"admission\"", "last_date = \"diagnosis\"\nwhere = \"code = 'I5O'\""),
        ("last_date = \"admission\"", "last_date = \"procedure\"\nwhere = \"code in ('W37', '')\""),
        ("last_date = \"admission\"", "last_date = []"),
        ("last_date = \"admission\"", "last_date = [\"admission\", \"diagnoses\"]"),
        ("last_date = \"admission\"", "known_to = \"gp\"\nwithin = \"90 days\""),
    ] {
        all.push(after(from, to));
    }
    insta::assert_snapshot!(all.join("\n---\n"));
}

#[test]
fn windows() {
    let mut all = Vec::new();
    for window in [
        "after = \"last_admision\"",
        "after = \"age\"",
        "after = \"2020-02-30\"",
        "after = \"as_of\"",
        "after = \"last_admission\"\non_or_after = \"2020-01-01\"",
        "after = \"last_admission\"\nbefore = \"last_admission\"",
        "on_or_after = \"2021-01-01\"\nbefore = \"2020-01-01\"",
        "after = \"2020-01-01\"\nbefore = \"2021-01-01\"\nwithin = \"30 days\"",
        "after = \"emergency_admissions_12m\"",
        "after = \"last_admission + falls\"",
        "dated_by = \"finish\"",
        "within = \"0 days\"",
        "followed_by = \"admission\"",
        "followed_by = { event = \"admission\" }",
        "followed_by = { within = \"30 days\" }",
        "followed_by = { event = \"admision\", within = \"30 days\" }",
        "followed_by = { event = \"admission\", within = \"3 months\" }",
        "followed_by = { event = \"admission\", at_least = \"31 days\", within = \"30 days\" }",
        "preceded_by = { event = \"admission\", from = \"finish\", within = \"30 days\" }",
        "not_preceded_by = { event = \"admission\", where = \"method = 'emergncy'\", within = \"30 days\" }",
        "not_followed_by = { event = \"admission\", within = \"30 days\", since = \"end\" }",
    ] {
        let with = format!("where = \"method = 'emergency' and days >= 1\"\n{window}");
        all.push(after("where = \"method = 'emergency' and days >= 1\"\nwithin = \"12 months\"", &with));
    }
    all.push(after("within = \"12 months\"", "sum_days = \"admission\""));
    let nights = "sum_days = \"admission\"\ndated_by = \"end\"";
    all.push(after("last_date = \"admission\"", nights));
    all.push(after("rule = \"dementia + emergency_admissions_12m\"", "rule = \"age\"\nafter = \"as_of\""));
    insta::assert_snapshot!(all.join("\n---\n"));
}

#[test]
fn circles() {
    let mut all = Vec::new();
    // A window that begins at a date which the window itself decides.
    let window = "last_date = \"admission\"\nafter = \"first_fall\"\n\n[feature.first_fall]\nfirst_date = \"gp_observation\"\non_or_after = \"last_admission\"";
    all.push(after("last_date = \"admission\"", window));
    all.push(after("last_date = \"admission\"", "last_date = \"admission\"\nbefore = \"last_admission - 1\""));
    all.push(after("dementia + emergency_admissions_12m", "case when needs > 1 then 1 else 2 end"));
    all.push(after(
        "dementia + emergency_admissions_12m",
        "coalesce(age, later)\"\n[feature.later]\nrule = \"needs + 1",
    ));
    insta::assert_snapshot!(all.join("\n---\n"));
}

/// What a model of risk cannot stand on: names that are not known, other types, the same twice, what is there already, nothing.
#[test]
fn risk() {
    let of = |lines: &str| messages(&format!("{SMALL}\n[risk]\n{lines}\n"));
    let all = [
        "features = [\"hfsr\"]",
        "features = [\"hfrs\", \"hfrs\"]",
        "features = [\"last_admission\"]",
        "features = [\"segment\"]",
        "features = [\"hfrs\", \"age\", \"sex\"]",
        "features = []",
        "impactable = [\"dementia\"]",
        "features = [\"hfrs\"]\nimpactable = [\"hfrs\"]",
        "features = [\"hfrs\"]\nimpactable = [\"demntia\"]",
        "features = [3]",
        "features = [\"hfrs\"]\noutcome = \"death\"",
    ];
    insta::assert_snapshot!(all.map(of).join("\n---\n"));
}
