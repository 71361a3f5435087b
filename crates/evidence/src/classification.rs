//! How well a score parts two kinds of things: precision and recall, the receiver operating characteristic, and what lies on which side of
//! a threshold.

/// What is called positive at and above one score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cut {
    /// The lowest score that is called positive.
    pub threshold: f64,
    /// Positives called positive.
    pub true_positives: u64,
    /// Negatives called positive.
    pub false_positives: u64,
}

/// Scored things of known kind.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Classification {
    /// Positives among them.
    pub positives: u64,
    /// Negatives among them.
    pub negatives: u64,
    /// One cut for each different score, from the highest down.
    pub cuts: Vec<Cut>,
}

impl Classification {
    /// From scores and whether each is a positive; scores that are no number are left out.
    pub fn new(scored: impl IntoIterator<Item = (f64, bool)>) -> Self {
        let mut scored: Vec<(f64, bool)> = scored.into_iter().filter(|(score, _)| !score.is_nan()).collect();
        scored.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(b.1.cmp(&a.1)));
        let mut done = Self::default();
        // -0.0 and 0.0 are one score, as `==` says.
        for run in scored.chunk_by(|a, b| a.0 == b.0) {
            let positives = run.iter().filter(|(_, positive)| *positive).count() as u64;
            done.positives += positives;
            done.negatives += run.len() as u64 - positives;
            let (true_positives, false_positives) = (done.positives, done.negatives);
            done.cuts.push(Cut { threshold: run[0].0, true_positives, false_positives });
        }
        done
    }

    /// What is called positive at and above a threshold.
    pub fn at(&self, threshold: f64) -> Cut {
        let above = self.cuts.partition_point(|cut| cut.threshold >= threshold);
        let counts =
            above.checked_sub(1).map_or((0, 0), |at| (self.cuts[at].true_positives, self.cuts[at].false_positives));
        Cut { threshold, true_positives: counts.0, false_positives: counts.1 }
    }

    /// Share of the positives that are called so; none without positives.
    pub fn recall(&self, cut: &Cut) -> Option<f64> {
        share(cut.true_positives, self.positives)
    }

    /// Share of the negatives that are called positive; none without negatives.
    pub fn false_positive_rate(&self, cut: &Cut) -> Option<f64> {
        share(cut.false_positives, self.negatives)
    }

    /// The area under the receiver operating characteristic by trapezia: the chance that a positive scores above a negative, ties
    /// counting half (Bamber 1975). None where one kind is absent.
    pub fn area(&self) -> Option<f64> {
        let (mut area, mut last) = (0.0, (0, 0));
        for cut in &self.cuts {
            let height = (last.0 + cut.true_positives) as f64 / 2.0;
            area += height * (cut.false_positives - last.1) as f64;
            last = (cut.true_positives, cut.false_positives);
        }
        (self.positives > 0 && self.negatives > 0).then(|| area / self.positives as f64 / self.negatives as f64)
    }

    /// The average precision: at each cut the precision, weighted by the recall it adds. None without positives.
    pub fn average_precision(&self) -> Option<f64> {
        let (mut sum, mut last) = (0.0, 0);
        for cut in &self.cuts {
            sum += cut.precision().unwrap_or(1.0) * (cut.true_positives - last) as f64;
            last = cut.true_positives;
        }
        (self.positives > 0).then(|| sum / self.positives as f64)
    }
}

impl Cut {
    /// Share of what is called positive that is so; none where nothing is.
    pub fn precision(&self) -> Option<f64> {
        share(self.true_positives, self.true_positives + self.false_positives)
    }
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SCORES: [f64; 10] = [0.1, 0.4, 0.35, 0.8, 0.8, 0.8, 0.2, 0.05, 0.9, 0.95];
    const KINDS: [bool; 10] = [false, false, true, true, true, false, true, false, false, true];

    /// scikit-learn 1.9.1: `roc_auc_score`, `average_precision_score`, `precision_recall_curve` and `roc_curve` of these ten.
    #[test]
    fn figures_of_scikit_learn() {
        let all = Classification::new(SCORES.into_iter().zip(KINDS));
        assert!((all.area().unwrap() - 0.64).abs() < 1e-12);
        assert!((all.average_precision().unwrap() - 0.679_285_714_285_714_3).abs() < 1e-12);
        let precision: Vec<f64> = all.cuts.iter().map(|cut| cut.precision().unwrap()).collect();
        let expect = [1.0, 0.5, 0.6, 0.5, 4.0 / 7.0, 0.625, 5.0 / 9.0, 0.5];
        assert!(precision.iter().zip(expect).all(|(a, b)| (a - b).abs() < 1e-12), "{precision:?}");
        let recall: Vec<f64> = all.cuts.iter().map(|cut| all.recall(cut).unwrap()).collect();
        assert_eq!(recall, [0.2, 0.2, 0.6, 0.6, 0.8, 1.0, 1.0, 1.0]);
        let wrong: Vec<f64> = all.cuts.iter().map(|cut| all.false_positive_rate(cut).unwrap()).collect();
        assert_eq!(wrong, [0.0, 0.2, 0.4, 0.6, 0.6, 0.6, 0.8, 1.0]);
        assert_eq!(all.at(0.5), Cut { threshold: 0.5, true_positives: 3, false_positives: 2 });
        assert_eq!(all.at(0.99).true_positives, 0);
    }

    #[test]
    fn nothing_tells_nothing() {
        let none = Classification::new([(f64::NAN, true)]);
        assert_eq!((none.area(), none.average_precision(), none.at(0.0).precision()), (None, None, None));
        assert_eq!(Classification::new([(0.5, true)]).area(), None);
    }

    proptest! {
        /// Against the definition: the share of pairs of a positive and a negative that stand in the right order.
        #[test]
        fn the_area_counts_pairs_in_order(scored in prop::collection::vec((0_u8..9, any::<bool>()), 0..60)) {
            let all = Classification::new(scored.iter().map(|(score, kind)| (f64::from(*score), *kind)));
            let of = |kind: bool| scored.iter().filter(move |one| one.1 == kind).map(|one| one.0);
            let pairs: Vec<f64> = of(true)
                .flat_map(|a| of(false).map(move |b| f64::midpoint(1.0, f64::from(a.cmp(&b) as i8))))
                .collect();
            match all.area() {
                None => prop_assert!(pairs.is_empty()),
                Some(area) => prop_assert!((area - pairs.iter().sum::<f64>() / pairs.len() as f64).abs() < 1e-9),
            }
            prop_assert_eq!(all.positives + all.negatives, scored.len() as u64);
        }
    }
}
