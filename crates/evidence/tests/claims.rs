//! The sentence says no more than the estimate.
#![allow(clippy::unwrap_used, clippy::too_many_lines, reason = "a test may stop at once")]

use evidence::claim::{Claim, Doubt, Strength, Subject};
use evidence::did::{Cell, Estimate, Options, estimate};
use proptest::prelude::*;

/// A panel with small fixed unevenness; `drift` moves the served clusters before the start as well.
fn panel(clusters: u32, effect: f64, drift: f64) -> Estimate {
    let mut cells = Vec::new();
    for cluster in 0..clusters {
        for period in 0..24 {
            let served = cluster < clusters / 2;
            let treated = served && period >= 12;
            let wobble = f64::from((cluster * 7 + period as u32 * 13 + cluster * period as u32 * 5) % 11) - 5.0;
            let moved = if served { drift * f64::from(period) } else { 0.0 };
            let events = 100.0 + wobble + moved + if treated { effect } else { 0.0 };
            cells.push(Cell { cluster, unit: cluster, period, treated, events, person_time: 5000.0 });
        }
    }
    estimate(&cells, &Options { permutations: 199, ..Options::default() }).unwrap()
}

fn subject(protocol_first: bool) -> Subject {
    Subject {
        measure: "Emergency admissions".into(),
        per: "people".into(),
        lower_is_better: Some(true),
        protocol_first,
    }
}

#[test]
fn four_strengths() {
    let supported = Claim::grade(&panel(24, -20.0, 0.0), &subject(true));
    assert_eq!(supported.strength(), Strength::Supported, "{supported}");
    assert!(supported.sentence().contains("lower than expected"), "{supported}");
    assert!(supported.sentence().contains("cannot prove the cause"), "{supported}");

    let hint = Claim::grade(&panel(8, -20.0, 0.0), &subject(false));
    assert_eq!(hint.strength(), Strength::Suggestive, "{hint}");
    assert!(hint.doubts().contains(&Doubt::VeryFewClusters(8)));
    assert!(hint.sentence().contains("a hint and no more") && hint.sentence().contains("no protocol"), "{hint}");

    let uncertain = Claim::grade(&panel(24, 0.0, 0.0), &subject(true));
    assert_eq!(uncertain.strength(), Strength::Uncertain, "{uncertain}");
    assert!(uncertain.sentence().contains("do not rule one out"), "{uncertain}");

    let moving = Claim::grade(&panel(24, -20.0, 3.0), &subject(true));
    assert_eq!(moving.strength(), Strength::None, "{moving}");
    assert!(moving.sentence().contains("already moving apart"), "{moving}");
    assert!(!moving.sentence().contains("lower"), "{moving}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// A direction is named only where the interval leaves zero out, and never a proof.
    #[test]
    fn words_follow_the_interval(effect in -30.0f64..30.0, half in 2u32..14, protocol: bool) {
        let found = panel(half * 2, effect, 0.0);
        let claim = Claim::grade(&found, &subject(protocol));
        let names_direction = claim.sentence().contains("than expected");
        prop_assert!(!names_direction || found.absolute.excludes_zero());
        prop_assert_eq!(claim.sentence().contains("lower than"), names_direction && found.absolute.value < 0.0);
        prop_assert!(!claim.sentence().contains("caused") && !claim.sentence().contains("proves"));
        prop_assert!(protocol || claim.strength() != Strength::Supported);
        prop_assert!(half * 2 >= 20 || claim.strength() != Strength::Supported);
        prop_assert_eq!(claim.sentence().matches(". ").count(), 0);
    }
}
