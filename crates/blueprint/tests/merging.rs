//! Extending, composing and removing; showing the whole.
#![allow(clippy::unwrap_used)]

use blueprint::model::{Aggregate, FeatureSource, Window};
use blueprint::{Blueprint, OnlyBuiltin, builtin, builtin_ids, compile, new_for_place, show};

const HEAD: &str = "[model]\nid = \"mine\"\nname = \"Mine\"\nversion = \"1.0.0\"\n";

fn sound(text: &str) -> Blueprint {
    let (model, findings) = compile("place.toml", text, &OnlyBuiltin);
    let shown: Vec<String> = findings.iter().map(blueprint::Diagnostic::render).collect();
    assert!(findings.is_empty(), "{}", shown.join("\n"));
    model.unwrap()
}

fn capacity(model: &Blueprint, team: &str) -> u32 {
    model.teams.iter().find(|t| t.id == team).unwrap().capacity
}

#[test]
fn a_place_changes_only_what_differs() {
    let mcp = sound(&format!("extends = \"mcp\"\n{HEAD}"));
    let own = sound(&format!(
        "extends = \"mcp\"\nremove = [\"service.dentistry\"]\n{HEAD}[team.extensive_care_team]\ncapacity = 80\n"
    ));
    assert_eq!((capacity(&mcp, "extensive_care_team"), capacity(&own, "extensive_care_team")), (120, 80));
    assert_eq!(own.lineage, ["mcp", "base"]);
    assert_eq!(own.services.len() + 1, mcp.services.len());
    assert_eq!(own.teams.len(), mcp.teams.len());
}

#[test]
fn a_new_segment_stands_before_the_last_or_where_it_says() {
    let ids = |text: &str| sound(text).segments.into_iter().map(|s| s.id).collect::<Vec<_>>();
    let last = ids(&format!("extends = \"mcp\"\n{HEAD}[[segment]]\nid = \"new\"\nrule = \"age > 100\"\n"));
    assert_eq!(last[last.len() - 2..], ["new", "healthy"]);
    let first = ids(&format!(
        "extends = \"mcp\"\n{HEAD}[[segment]]\nid = \"new\"\nrule = \"age > 100\"\nbefore = \"end_of_life\"\n"
    ));
    assert_eq!(first[..2], ["new", "end_of_life"]);
}

#[test]
fn a_feature_computed_another_way_forgets_the_old_way() {
    let own = format!(
        "extends = \"mcp\"\n{HEAD}[feature.emergency_admissions_12m]\ndistinct_days = \"admission\"\nwithin = \"90 days\"\n"
    );
    let model = sound(&own);
    let feature = model.features.iter().find(|f| f.id == "emergency_admissions_12m").unwrap();
    assert_eq!(feature.name, "Emergency admissions in a year");
    let FeatureSource::Events { filter, window, aggregate, .. } = &feature.source else { panic!("{feature:?}") };
    assert_eq!((filter.is_none(), *window, *aggregate), (true, Some(Window::Days(90)), Aggregate::DistinctDays));
}

#[test]
fn care_homes_compose_into_mcp_and_pacs() {
    for host in ["mcp", "pacs"] {
        let alone = sound(&format!("extends = \"{host}\"\n{HEAD}"));
        let both = sound(&format!("extends = \"{host}\"\ncompose = [\"ehch\"]\n{HEAD}"));
        let ids =
            |model: &Blueprint| (model.segments.iter().map(|s| s.id.clone()).collect::<Vec<_>>(), model.tiers.len());
        assert_eq!(ids(&alone), ids(&both), "{host}");
        assert_eq!(both.contract.unwrap().form, alone.contract.unwrap().form);
        for service in ["named_gp_for_homes", "care_home_medicines", "integrated_team"] {
            assert!(both.services.iter().any(|s| s.id == service), "{service}");
        }
        assert!(both.characteristics.iter().filter(|c| c.id.starts_with("e7_")).count() == 3);
        let expected: &[&str] = if host == "mcp" { &["mcp", "base", "ehch"] } else { &["pacs", "mcp", "base", "ehch"] };
        assert_eq!(both.lineage, expected);
    }
}

#[test]
fn pacs_extends_mcp_rather_than_copying_it() {
    let (mcp, pacs) = (sound(builtin("mcp").unwrap()), sound(builtin("pacs").unwrap()));
    for service in &mcp.services {
        assert!(pacs.services.iter().any(|s| s.id == service.id), "{}", service.id);
    }
    assert!(pacs.services.len() > mcp.services.len());
    assert_eq!(pacs.lineage, ["mcp", "base"]);
}

#[test]
fn what_is_shown_is_the_same_model_with_origins() {
    for id in builtin_ids() {
        let text = builtin(id).unwrap();
        let (shown, findings) = show(&format!("{id}.toml"), text, &OnlyBuiltin);
        assert!(findings.is_empty());
        let shown = shown.unwrap();
        let (mut first, mut again) = (sound(text), sound(&shown));
        (first.lineage, again.lineage) = (Vec::new(), Vec::new());
        assert_eq!(format!("{first:?}"), format!("{again:?}"), "{id}");
    }
    let own = format!("extends = \"mcp\"\n{HEAD}[team.extensive_care_team]\ncapacity = 80\n");
    let shown = show("place.toml", &own, &OnlyBuiltin).0.unwrap();
    assert!(shown.contains("capacity = 80  # place.toml:7\n"), "{shown}");
    assert!(shown.contains("# base.toml:"));
}

#[test]
fn a_new_place_starts_with_a_sound_file() {
    for id in builtin_ids() {
        let text = new_for_place(id, "Fylde \"Coast\"").unwrap();
        let model = sound(&text);
        assert_eq!(model.id, format!("fylde_coast_{id}"));
        // Each comment that shows a change is itself a sound change.
        let open: String = text
            .lines()
            .map(|l| {
                l.strip_prefix("# ")
                    .filter(|c| c.starts_with(['[']) && !c.contains("locality") || c.contains(" = "))
                    .unwrap_or(l)
            })
            .filter(|l| {
                !l.contains("service.identifier")
                    && !l.contains("locality")
                    && !l.contains("practices")
                    && !l.contains("north")
                    && !l.contains("North")
                    && !l.contains("served_from")
            })
            .fold(String::new(), |all, line| all + line + "\n");
        sound(&open);
    }
    assert!(new_for_place("base", "X").is_none() && new_for_place("mpc", "X").is_none());
    insta::assert_snapshot!(new_for_place("mcp", "Fylde Coast").unwrap());
}

#[test]
fn features_come_after_what_they_need() {
    for id in builtin_ids() {
        let model = sound(builtin(id).unwrap());
        for (position, feature) in model.features.iter().enumerate() {
            if let FeatureSource::Rule(expr) = &feature.source {
                let text = format!("{expr:?}");
                for part in text
                    .split("Feature(")
                    .skip(1)
                    .chain(text.split("feature: ").skip(1))
                    .chain(text.split("DaysSince(").skip(1))
                {
                    let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
                    if let Ok(needed) = digits.parse::<usize>() {
                        assert!(needed < position, "{id}: {} needs {needed}", feature.id);
                    }
                }
            }
        }
    }
}
