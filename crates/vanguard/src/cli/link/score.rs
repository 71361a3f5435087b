//! How an answer compares with the truth.

use super::texts::Texts;
use serde_json::{Value, json};

/// Marks of clusters against true people.
#[derive(Debug, Clone, PartialEq)]
pub struct Scores {
    pub records: u64,
    pub people: u64,
    /// Of the pairs joined, how many are right; of the true pairs, how many are joined; their harmonic mean.
    pub precision: f64,
    pub recall: f64,
    pub f1: f64,
    /// The same for each record's own cluster and person, averaged over records (Bagga and Baldwin 1998).
    pub b_cubed_precision: f64,
    pub b_cubed_recall: f64,
    pub b_cubed_f1: f64,
    pub largest_cluster: u64,
}

impl Scores {
    pub fn words(&self) -> String {
        format!(
            "Against the truth ({} records of {} people): cluster precision {:.5}, recall {:.5}, F1 {:.5}; B-cubed {:.5}, {:.5}, F1 {:.5}",
            self.records,
            self.people,
            self.precision,
            self.recall,
            self.f1,
            self.b_cubed_precision,
            self.b_cubed_recall,
            self.b_cubed_f1
        )
    }

    pub fn json(&self) -> Value {
        json!({
            "records": self.records,
            "people": self.people,
            "cluster": { "precision": self.precision, "recall": self.recall, "f1": self.f1 },
            "b_cubed": { "precision": self.b_cubed_precision, "recall": self.b_cubed_recall, "f1": self.b_cubed_f1 },
            "largest_cluster": self.largest_cluster,
        })
    }
}

/// Marks the clusters of some records.
pub fn mark(truth: &Texts, records: &[u32], cluster_of: &[u32]) -> Scores {
    let (person_of, people) = truth.numbered(records);
    // Cluster and person of each record, then sorted: runs are the overlaps.
    let mut both: Vec<(u32, u32)> = records.iter().map(|record| cluster_of[*record as usize]).zip(person_of).collect();
    let clusters = both.iter().map(|(cluster, _)| *cluster as usize + 1).max().unwrap_or(0);
    let (mut of_cluster, mut of_person) = (vec![0_u64; clusters], vec![0_u64; people]);
    for (cluster, person) in &both {
        of_cluster[*cluster as usize] += 1;
        of_person[*person as usize] += 1;
    }
    both.sort_unstable();
    let pairs = |n: u64| n * n.saturating_sub(1) / 2;
    let (mut right, mut precise, mut found) = (0, 0.0, 0.0);
    for run in both.chunk_by(|a, b| a == b) {
        let (cluster, person, n) = (run[0].0 as usize, run[0].1 as usize, run.len() as u64);
        right += pairs(n);
        precise += (n * n) as f64 / of_cluster[cluster] as f64;
        found += (n * n) as f64 / of_person[person] as f64;
    }
    let joined: u64 = of_cluster.iter().map(|n| pairs(*n)).sum();
    let real: u64 = of_person.iter().map(|n| pairs(*n)).sum();
    // Where nothing is joined, nothing is wrong; where there is nothing to find, nothing is missed.
    let share = |part: u64, whole: u64| if whole == 0 { 1.0 } else { part as f64 / whole as f64 };
    let mean = |a: f64, b: f64| if a + b > 0.0 { 2.0 * a * b / (a + b) } else { 0.0 };
    let count = records.len().max(1) as f64;
    let (precision, recall) = (share(right, joined), share(right, real));
    let (b_cubed_precision, b_cubed_recall) = (precise / count, found / count);
    Scores {
        records: records.len() as u64,
        people: people as u64,
        precision,
        recall,
        f1: mean(precision, recall),
        b_cubed_precision,
        b_cubed_recall,
        b_cubed_f1: mean(b_cubed_precision, b_cubed_recall),
        largest_cluster: of_cluster.iter().copied().max().unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bagga and Baldwin (1998), figure 2, first response: two of three true groups of 5, 2 and 5 are joined.
    #[test]
    fn the_published_example() {
        let mut truth = Texts::default();
        for person in [1, 1, 1, 1, 1, 2, 2, 3, 3, 3, 3, 3] {
            truth.push(&person.to_string());
        }
        let clusters = [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1];
        let all: Vec<u32> = (0..12).collect();
        let scores = mark(&truth, &all, &clusters);
        assert!((scores.b_cubed_precision - 0.762).abs() < 0.001, "{scores:?}");
        assert_eq!(scores.b_cubed_recall, 1.0);
        // 10 + 10 + 1 of 10 + 21 pairs.
        assert!((scores.precision - 21.0 / 31.0).abs() < 1e-12);
    }
}
