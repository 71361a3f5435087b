//! Weighted populations: people times a weight of need, brought to the people there are.
//!
//! `weighted_i = raw_i x sum(people) / sum(raw)`, so that the weighted populations of all parts add up to the people of all parts:
//! a part with a weighted population above its people has more need than the average. This is how weighted capitation is
//! normalised (NHS England, "Technical guide to allocation formulae"; Department of Health, "Resource allocation: weighted
//! capitation formula", seventh edition, 2011).

/// The people of a part and their need before normalisation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// People.
    pub people: f64,
    /// The sum of their weights, in any unit.
    pub raw: f64,
}

/// What a part is worth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weighted {
    /// The weighted population.
    pub people: f64,
    /// Its share of the whole, from 0 to 1.
    pub share: f64,
    /// Weighted over actual people; `None` for a part of nobody.
    pub index: Option<f64>,
}

/// Normalises parts; `None` where nobody has any need.
pub fn normalise(parts: &[Part]) -> Option<Vec<Weighted>> {
    let (people, raw) = parts.iter().fold((0.0, 0.0), |(p, r), part| (p + part.people, r + part.raw));
    if !(people > 0.0 && raw > 0.0 && people.is_finite() && raw.is_finite()) {
        return None;
    }
    let weighted = |part: &Part| {
        let share = part.raw / raw;
        let weighted = part.raw * people / raw;
        Weighted { people: weighted, share, index: (part.people > 0.0).then(|| weighted / part.people) }
    };
    Some(parts.iter().map(weighted).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_practices() {
        let parts = [Part { people: 100.0, raw: 300.0 }, Part { people: 100.0, raw: 100.0 }];
        let found = normalise(&parts).unwrap_or_default();
        assert_eq!(found.iter().map(|part| part.people).collect::<Vec<_>>(), [150.0, 50.0]);
        assert_eq!((found[0].share, found[0].index, found[1].index), (0.75, Some(1.5), Some(0.5)));
        assert_eq!(normalise(&[Part { people: 5.0, raw: 0.0 }]), None);
        assert_eq!(normalise(&[]), None);
        assert_eq!(normalise(&[Part { people: 5.0, raw: f64::NAN }]), None);
    }
}
