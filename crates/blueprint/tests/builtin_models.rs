//! The seven care models compile without a finding, and what they answer is counted.
#![allow(clippy::unwrap_used)]

use blueprint::{OnlyBuiltin, builtin, builtin_ids, compile};

fn model(id: &str) -> blueprint::Blueprint {
    let (model, findings) = compile(&format!("{id}.toml"), builtin(id).unwrap(), &OnlyBuiltin);
    let shown: Vec<String> = findings.iter().map(blueprint::Diagnostic::render).collect();
    assert!(findings.is_empty(), "{}", shown.join("\n"));
    model.unwrap()
}

/// No care model of its own, and none of the seven: a place's blueprint extends it.
#[test]
fn the_published_segmentation_compiles_and_can_be_extended() {
    let segmentation = model("segments_snee");
    let ids: Vec<&str> = segmentation.segments.iter().map(|s| s.id.as_str()).collect();
    assert_eq!(ids, ["die_well", "age_well", "stay_well", "feel_well", "be_well", "live_well"]);
    let own = "extends = \"segments_snee\"\n[model]\nid = \"own\"\n[codes.hfres_cod]\nsnomed = [\"84114007\"]\n";
    let (own, findings) = compile("own.toml", own, &OnlyBuiltin);
    assert!(findings.is_empty(), "{findings:?}");
    assert_eq!(own.unwrap().lineage, ["segments_snee", "base"]);
}

#[test]
fn all_seven_compile_without_a_finding_and_are_whole() {
    assert_eq!(builtin_ids(), ["mcp", "pacs", "ehch", "uec", "acc", "vsh", "pch"]);
    for id in builtin_ids() {
        let model = model(id);
        assert_eq!(model.id, id);
        assert!(model.segments.len() >= 9, "{id}");
        assert!(model.tiers.len() >= 4, "{id}");
        assert!(model.measures.len() >= 10, "{id}");
        assert!(model.services.iter().filter(|s| s.team.is_some()).count() >= 2, "{id}");
        assert!(!model.teams.is_empty() && !model.roles.is_empty() && model.contract.is_some(), "{id}");
        assert!(!model.logic.is_empty() && !model.logic_nodes.is_empty(), "{id}");
        assert!(!model.characteristics.is_empty() && !model.building_blocks.is_empty(), "{id}");
        for service in model.services.iter().filter(|s| s.team.is_some()) {
            assert!(
                service.eligible.is_some() && !service.rank_by.is_empty() && !service.reasons.is_empty(),
                "{}",
                service.id
            );
            assert!(service.review_every_days.is_some(), "{}", service.id);
            for reason in &service.reasons {
                assert!(
                    model.features[*reason].reason.is_some(),
                    "{id}: {} shows {} without words",
                    service.id,
                    model.features[*reason].id
                );
            }
        }
    }
}
