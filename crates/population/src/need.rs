//! Weighted need by practice and locality: each person's weight by the blueprint's table, brought to the people there are.

use crate::disclosure::{Shown, one_way};
use crate::results::{NeedSum, Summary};
use evidence::need::{Part, normalise};

/// A practice's or locality's need as it may be seen.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Identifier.
    pub id: String,
    /// Name.
    pub name: String,
    /// People.
    pub people: Shown,
    /// Weighted population, rounded to 5; `None` where the people are hidden.
    pub weighted: Option<u64>,
    /// Its share of the place's need, from 0 to 1.
    pub share: Option<f64>,
    /// Weighted over actual people.
    pub index: Option<f64>,
}

/// Need of a place.
#[derive(Debug, Clone, PartialEq)]
pub struct Need {
    /// By practice.
    pub practices: Vec<Line>,
    /// By locality.
    pub localities: Vec<Line>,
    /// Everybody.
    pub people: Shown,
    /// People whose weight is not known, who count as the average.
    pub unknown: Shown,
}

/// What may be seen; `None` where the blueprint has no weights, or nobody any need.
pub fn shown(summary: &Summary) -> Option<Need> {
    let all = total(&summary.need);
    if all.people == 0 {
        return None;
    }
    let by_locality: Vec<NeedSum> = (0..summary.localities.len())
        .map(|locality| {
            let own = summary.practices.iter().zip(&summary.need);
            let own = own.filter(|(practice, _)| usize::from(practice.locality) == locality);
            total(&own.map(|(_, sum)| *sum).collect::<Vec<_>>())
        })
        .collect();
    let practices = summary.practices.iter().map(|p| (p.code.clone(), p.name.clone()));
    let localities = summary.localities.iter().map(|l| (l.id.clone(), l.name.clone()));
    Some(Need {
        practices: lines(&summary.need, all, practices)?,
        localities: lines(&by_locality, all, localities)?,
        people: Shown::alone(all.people + all.unknown),
        unknown: Shown::alone(all.unknown),
    })
}

fn total(sums: &[NeedSum]) -> NeedSum {
    sums.iter().fold(NeedSum::default(), |sum, one| NeedSum {
        people: sum.people + one.people,
        unknown: sum.unknown + one.unknown,
        weight: sum.weight.saturating_add(one.weight),
    })
}

/// Exact weighted populations: those whose weight is not known count as the average of the place.
pub fn weighted(sums: &[NeedSum], all: NeedSum) -> Option<Vec<evidence::need::Weighted>> {
    let mean = all.weight as f64 / all.people.max(1) as f64;
    let part = |sum: &NeedSum| Part {
        people: (sum.people + sum.unknown) as f64,
        raw: sum.weight as f64 + sum.unknown as f64 * mean,
    };
    normalise(&sums.iter().map(part).collect::<Vec<_>>())
}

fn lines(sums: &[NeedSum], all: NeedSum, names: impl Iterator<Item = (String, String)>) -> Option<Vec<Line>> {
    let counts: Vec<u64> = sums.iter().map(|sum| sum.people + sum.unknown).collect();
    let people = one_way(&counts).cells;
    let weighted = weighted(sums, all)?;
    let lines = names.zip(people.into_iter().zip(weighted)).map(|((id, name), (people, need))| {
        let seen = !people.is_hidden();
        Line {
            id,
            name,
            people,
            weighted: seen.then(|| (need.people / 5.0).round() as u64 * 5),
            share: seen.then_some(need.share),
            index: need.index.filter(|_| seen),
        }
    });
    Some(lines.collect())
}
