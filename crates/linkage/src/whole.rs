//! The increment: a linked whole to which records are added without linking it again.

use crate::cost::Foretold;
use crate::gauge::Spectrum;
use crate::grow::{Grown, Links};
use crate::held::Held;
use crate::link::{Least, in_order, run};
use crate::model::Model;
pub use crate::people::Change;
use crate::people::People;
use crate::plan::{Plan, probability};
use crate::records::Records;
use crate::result::{LinkOptions, Linked, Report};
use crate::watch::Watch;
use rustc_hash::FxHashSet;
use std::borrow::Cow;

/// A linked whole: what was decided about each record, with all that is needed to decide about more.
///
/// Held fast from the first run on: the model with its weights and deterministic tiers, the prior, the threshold (also where it was chosen
/// by expected precision), and how common each value is. So a pair weighs the same
/// on every day, and the answer after an addition is the one a run over all records with the same weights gives. Train and link
/// anew when the records have grown by a tenth or so, or when another kind of source joins.
#[derive(Debug, Clone)]
pub struct Whole {
    pub(crate) model: Model,
    pub(crate) options: LinkOptions,
    pub(crate) held: Held,
    pub(crate) links: Links,
    pub(crate) people: People,
}

/// What an addition did.
#[derive(Debug, Clone, Default)]
pub struct Added {
    /// Records that were added.
    pub records: u64,
    /// Records whose cluster was worked out anew, with those added.
    pub touched: u64,
    /// What happened to people, in order of their identifiers.
    pub changes: Vec<Change>,
    /// Figures of the addition: pairs compared and joins refused are of the touched records alone.
    pub report: Report,
}

impl Whole {
    /// Links records and keeps what is needed to add to them. The answer is that of [`crate::link()`].
    pub fn link(records: &Records, model: &Model, options: &LinkOptions, watch: Watch<'_>) -> (Self, Linked) {
        Self::link_told(records, model, options, watch, None)
    }

    /// As [`Self::link`]; `told` is told what each rule is going to compare, as by [`crate::link_told`].
    pub fn link_told(
        records: &Records,
        model: &Model,
        options: &LinkOptions,
        watch: Watch<'_>,
        told: Option<Foretold<'_>>,
    ) -> (Self, Linked) {
        let held = Held::of(records, model);
        let found = run(&Plan::with(records, model, Cow::Borrowed(&held)), options, watch, told);
        let (report, spectrum) = (found.report.clone(), found.spectrum.clone());
        let mut options = options.clone();
        if options.chooses_threshold() {
            options.threshold = Some(probability(found.least.join));
        }
        let links = Links::of(found, records.len());
        let people = People::first(&links.roots);
        let whole = Self { model: model.clone(), options, held, links, people };
        let mut linked = whole.linked();
        linked.report = Report { clusters: linked.report.clusters, ..report };
        linked.spectrum = spectrum;
        (whole, linked)
    }

    /// How many records it has.
    pub fn len(&self) -> usize {
        self.links.roots.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The model, with the weights that are held fast.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The options of the first run, with the threshold it chose where it was asked for a precision, and with the sources, replaced
    /// numbers and labels that additions brought.
    pub fn options(&self) -> &LinkOptions {
        &self.options
    }

    /// For each record the identifier of its person, which stays from addition to addition: a person made of two keeps the smaller
    /// identifier, of one that falls apart the larger part keeps it, and no identifier is used twice.
    pub fn people(&self) -> &[u64] {
        &self.people.of
    }

    /// Adds the records of `records` behind the first [`Self::len`], which must be those the whole was made of, and decides about
    /// them and about whatever they touch. The sources, replaced numbers and labels of `more` add to those of the whole; a source that
    /// holds each person once must be new then. Its thresholds are not heeded: those of the first run hold.
    pub fn add(&mut self, records: &Records, more: &LinkOptions) -> Added {
        let known = self.len();
        let before = self.options.clone();
        add_unknown(&mut self.options.one_row_per_person, &more.one_row_per_person);
        add_unknown(&mut self.options.superseded, &more.superseded);
        add_unknown(&mut self.options.labels, &more.labels);
        let plan = Plan::with(records, &self.model, Cow::Borrowed(&self.held));
        let least = Least::of(&self.model, &self.options);
        let Grown { touched, mut report } = self.links.grow(&plan, &self.options, &before, least);
        let changes = self.people.grow(&self.links.roots, &touched);
        report.records = records.len() as u64;
        report.clusters = self.links.clusters();
        Added {
            records: records.len().saturating_sub(known) as u64,
            touched: touched.iter().filter(|touched| **touched).count() as u64,
            changes,
            report,
        }
    }

    /// The answer for all records. Its report counts records and clusters only, and its spectrum is empty: additions do not compare all.
    pub fn linked(&self) -> Linked {
        let links = &self.links;
        let settled = in_order(in_order(links.number_edges.clone(), &links.label_edges), &links.tied_edges);
        let settled = in_order(settled, &links.tier_edges);
        let (cluster_of, clusters) = links.numbered();
        let report = Report { records: self.len() as u64, clusters, ..Report::default() };
        Linked {
            threshold: probability(Least::of(&self.model, &self.options).join),
            spectrum: Spectrum::default(),
            cluster_of,
            edges: in_order(settled, &links.edges),
            conflicts: links.conflicts.clone(),
            refused_labels: links.refused_labels.clone(),
            report,
        }
    }

    /// Links all records from scratch, with the weights that are held fast: what [`Self::linked`] must be equal to.
    pub fn from_scratch(&self, records: &Records, watch: Watch<'_>) -> Linked {
        run(&Plan::with(records, &self.model, Cow::Borrowed(&self.held)), &self.options, watch, None).linked()
    }
}

/// Appends what a list does not have.
fn add_unknown<T: Copy + Eq + std::hash::Hash>(list: &mut Vec<T>, more: &[T]) {
    let mut known: FxHashSet<T> = list.iter().copied().collect();
    list.extend(more.iter().filter(|item| known.insert(**item)));
}

/// Where two answers about the same records differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difference {
    /// A record is in clusters whose smallest records differ.
    Cluster {
        /// The record.
        record: u32,
        /// The smallest record of its cluster in the one answer and in the other.
        smallest: (u32, u32),
    },
    /// An edge only one answer has, or which weighs something else there.
    Edge {
        /// The smaller record number.
        left: u32,
        /// The larger record number.
        right: u32,
    },
    /// A conflict only one answer has.
    Conflict {
        /// The number on both records.
        number: u64,
    },
}

/// Lists where two answers about the same records differ; nothing where they are the same.
pub fn differences(one: &Linked, other: &Linked) -> Vec<Difference> {
    let smallest = |linked: &Linked| -> Vec<u32> {
        let mut first = vec![u32::MAX; linked.cluster_of.len()];
        (0_u32..).zip(&linked.cluster_of).for_each(|(record, cluster)| {
            let first = &mut first[*cluster as usize];
            *first = record.min(*first);
        });
        linked.cluster_of.iter().map(|cluster| first[*cluster as usize]).collect()
    };
    let (a, b) = (smallest(one), smallest(other));
    let mut found: Vec<Difference> = (0..)
        .zip(a.iter().zip(&b))
        .filter(|(_, (a, b))| a != b)
        .map(|(record, (a, b))| Difference::Cluster { record, smallest: (*a, *b) })
        .collect();
    let place = |edge: &crate::Edge| (edge.left, edge.right, edge.tier, edge.weight_bits_hundredths);
    found.extend(
        apart(&one.edges, &other.edges, place).into_iter().map(|e| Difference::Edge { left: e.left, right: e.right }),
    );
    let place = |conflict: &crate::Conflict| (conflict.left, conflict.right, conflict.number);
    found.extend(
        apart(&one.conflicts, &other.conflicts, place).into_iter().map(|c| Difference::Conflict { number: c.number }),
    );
    found
}

/// Items that only one of two ordered lists has.
pub(crate) fn apart<T: Copy, K: Ord>(one: &[T], other: &[T], key: impl Fn(&T) -> K) -> Vec<T> {
    let (mut a, mut b) = (one.iter().peekable(), other.iter().peekable());
    let mut found = Vec::new();
    loop {
        match (a.peek(), b.peek()) {
            (None, None) => return found,
            (Some(_), None) => found.extend(a.by_ref()),
            (None, Some(_)) => found.extend(b.by_ref()),
            (Some(x), Some(y)) => match key(x).cmp(&key(y)) {
                std::cmp::Ordering::Less => found.extend(a.next()),
                std::cmp::Ordering::Greater => found.extend(b.next()),
                std::cmp::Ordering::Equal => {
                    a.next();
                    b.next();
                }
            },
        }
    }
}
