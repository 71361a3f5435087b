//! One bucket's new rows on their way into kept rows.

use super::folded::{folded, is_nothing};
use super::kept::{Advanced, Kept};
use crate::block::Blocks;
use crate::builtin;
use crate::rule::features_in_number;
use blueprint::model::{Builtin, FeatureSource};
use lake::BucketView;
use lake::engine::{Bounds, Values as Answers};

/// Where a person stands among those with new rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stand {
    Same,
    Changed,
    History,
}

/// First and last days of one window, for each person.
type Days = (Vec<i32>, Vec<i32>);

/// Puts new rows, which are in view, into kept rows.
pub fn advance(kept: &Kept<'_>, view: &BucketView<'_>, old: &dyn Fn(usize, &[u32]) -> Vec<i64>) -> Advanced {
    let all: Vec<u32> = (0..view.len() as u32).collect();
    let mut work = Work { kept, view, old, stands: vec![Stand::Same; all.len()], blocks: Blocks::default() };
    let groups: Vec<Vec<u128>> = (0..kept.sets.len()).map(|set| work.meet(set)).collect();
    let first = work.first_level();
    let windows = work.windows(&all);
    work.rows(&groups, &first, &windows)
}

/// One bucket's new rows on their way.
struct Work<'w, 'a, 'v> {
    kept: &'w Kept<'a>,
    view: &'w BucketView<'v>,
    old: &'w dyn Fn(usize, &[u32]) -> Vec<i64>,
    stands: Vec<Stand>,
    blocks: Blocks,
}

impl Work<'_, '_, '_> {
    fn changes(&mut self, position: u32) {
        let stand = &mut self.stands[position as usize];
        if *stand == Stand::Same {
            *stand = Stand::Changed;
        }
    }

    fn needs_history(&mut self, position: u32) {
        self.stands[position as usize] = Stand::History;
    }

    /// The groups that new rows meet, and who did not have one of them.
    fn meet(&mut self, number: usize) -> Vec<u128> {
        let set = &self.kept.sets[number];
        let groups: Vec<u128> = (0..self.view.len()).map(|position| set.groups(self.view, position)).collect();
        let met: Vec<u32> = (0..groups.len() as u32).filter(|&p| groups[p as usize] != 0).collect();
        let column = self.kept.groups_column(number);
        let (low, high) = ((self.old)(column, &met), (self.old)(column + 1, &met));
        for (at, &position) in met.iter().enumerate() {
            if groups[position as usize] & !joined(low[at], high[at]) != 0 {
                self.changes(position);
            }
        }
        groups
    }

    /// What the questions about fixed windows answer for the new rows, and whom that changes.
    fn first_level(&mut self) -> Answers {
        let mut answers = Answers::new();
        let Some(level) = self.kept.program.levels.first() else { return answers };
        let Some(program) = &level.program else { return answers };
        program.run(self.view, &mut answers);
        for (number, (question, &feature)) in program.questions().iter().zip(&level.answers).enumerate() {
            let Some(column) = self.kept.column_of(feature) else { continue };
            let more = answers.column(number);
            let told: Vec<u32> =
                (0..more.len() as u32).filter(|&p| !is_nothing(question.aggregate, more[p as usize])).collect();
            for (&position, old) in told.iter().zip((self.old)(column, &told)) {
                match folded(question.aggregate, old, more[position as usize]) {
                    None => self.needs_history(position),
                    Some(new) if new != old => self.changes(position),
                    Some(_) => {}
                }
            }
        }
        for &feature in &level.derived {
            if let (true, Some(column)) = (self.is_in_hospital(feature), self.kept.column_of(feature)) {
                let inside: Vec<u32> =
                    (0..self.view.len() as u32).filter(|&p| self.in_hospital(p as usize) == 1).collect();
                for (&position, old) in inside.iter().zip((self.old)(column, &inside)) {
                    if old != 1 {
                        self.changes(position);
                    }
                }
            }
        }
        answers
    }

    fn is_in_hospital(&self, feature: usize) -> bool {
        matches!(self.kept.program.features[feature].source, FeatureSource::Builtin(Builtin::InHospitalNow))
    }

    fn in_hospital(&self, position: usize) -> i64 {
        builtin::value(Builtin::InHospitalNow, self.kept.program.as_of, self.view, position, crate::NOWHERE)
    }

    /// The windows of each level that hang on features, as they stood; whoever has one that is open may have new rows in it.
    fn windows(&mut self, all: &[u32]) -> Vec<Vec<Days>> {
        let program = &self.kept.program;
        let mut columns: Vec<Vec<i64>> = vec![Vec::new(); program.features.len()];
        for edge in program.levels.iter().flat_map(|level| &level.edges) {
            for number in [&edge.0, &edge.1].into_iter().flatten() {
                features_in_number(number, &mut |feature| {
                    if let (Some(column), true) = (self.kept.column_of(feature), columns[feature].is_empty()) {
                        columns[feature] = (self.old)(column, all);
                    }
                });
            }
        }
        let mut windows = Vec::with_capacity(program.levels.len());
        for level in &program.levels {
            let mut days = |edge: &(Option<_>, Option<_>)| {
                program.days((edge.0.as_ref(), edge.1.as_ref()), &columns, &mut self.blocks, all.len())
            };
            let own: Vec<Days> = level.edges.iter().map(&mut days).collect();
            for (first, last) in &own {
                for position in (0..all.len()).filter(|&p| first[p] <= last[p]) {
                    self.changes(position as u32);
                }
            }
            windows.push(own);
        }
        windows
    }

    /// The rows of those who may have changed, worked out anew from what is kept and what is new.
    fn rows(&mut self, groups: &[Vec<u128>], first: &Answers, windows: &[Vec<Days>]) -> Advanced {
        let kept = self.kept;
        let program = &kept.program;
        let some: Vec<u32> =
            (0..self.stands.len() as u32).filter(|&p| self.stands[p as usize] == Stand::Changed).collect();
        let old: Vec<Vec<i64>> = kept.moving_columns().map(|column| (self.old)(column, &some)).collect();
        let mut new = old.clone();
        // Columns of what moves stand one place before their place in the row.
        for (set, groups) in groups.iter().enumerate() {
            let column = kept.groups_column(set) - 1;
            for (at, &position) in some.iter().enumerate() {
                let groups = groups[position as usize];
                let was = joined(old[column][at], old[column + 1][at]);
                if groups & !was == 0 {
                    continue;
                }
                let both = was | groups;
                (new[column][at], new[column + 1][at]) = (both as i64, (both >> 64) as i64);
                for score in kept.scores.iter().filter(|score| score.set == set) {
                    if let Some(value) = kept.column_of(score.feature) {
                        new[value - 1][at] = score.score.value(both);
                    }
                }
            }
        }
        // By feature, as rules look at them.
        let mut columns: Vec<Vec<i64>> = vec![Vec::new(); program.features.len()];
        for (&feature, column) in kept.moving.iter().zip(&mut new) {
            columns[feature] = std::mem::take(column);
        }
        for (&feature, column) in kept.fixed.iter().zip(kept.moving_columns().end..) {
            if kept.read.contains(&column) {
                columns[feature] = (self.old)(column, &some);
            }
        }
        for (number, level) in program.levels.iter().enumerate() {
            if level.edges.is_empty() {
                self.fold(number, first, &some, &mut columns);
            } else {
                let answers = self.follow_up(number, &some, &columns, &windows[number]);
                self.fold(number, &answers, &some, &mut columns);
            }
            for &feature in level.derived.iter().filter(|feature| kept.moving.binary_search(feature).is_ok()) {
                let mut column = std::mem::take(&mut columns[feature]);
                match &program.features[feature].source {
                    FeatureSource::Rule(rule) => self.blocks.value(&columns, program.as_of.0, rule, &mut column),
                    FeatureSource::Choose { position, .. } => {
                        self.blocks.numbers(&columns, program.as_of.0, position, &mut column);
                    }
                    FeatureSource::Builtin(Builtin::InHospitalNow) => {
                        for (value, &position) in column.iter_mut().zip(&some) {
                            *value = (*value).max(self.in_hospital(position as usize));
                        }
                    }
                    // The row in `person/` is what it was.
                    _ => {}
                }
                columns[feature] = column;
            }
        }
        for (&feature, column) in kept.moving.iter().zip(&mut new) {
            *column = std::mem::take(&mut columns[feature]);
        }
        self.result(&some, old, new)
    }

    /// Folds the answers of one level into the columns.
    fn fold(&mut self, level: usize, answers: &Answers, some: &[u32], columns: &mut [Vec<i64>]) {
        let level = &self.kept.program.levels[level];
        let Some(program) = &level.program else { return };
        for (number, (question, &feature)) in program.questions().iter().zip(&level.answers).enumerate() {
            let more = answers.column(number);
            for (value, &position) in columns[feature].iter_mut().zip(some) {
                match folded(question.aggregate, *value, more[position as usize]) {
                    Some(new) => *value = new,
                    None => self.stands[position as usize] = Stand::History,
                }
            }
        }
    }

    /// The answers of a level whose windows hang on features, for the new rows. Whose window is not what it was needs the
    /// history.
    fn follow_up(&mut self, level: usize, some: &[u32], columns: &[Vec<i64>], windows: &[Days]) -> Answers {
        let program = &self.kept.program;
        let level = &program.levels[level];
        let mut all: Vec<Days> = Vec::with_capacity(windows.len());
        for (edge, (old_first, old_last)) in level.edges.iter().zip(windows) {
            let (first, last) = program.days((edge.0.as_ref(), edge.1.as_ref()), columns, &mut self.blocks, some.len());
            let mut open = (vec![i32::MAX; self.view.len()], vec![i32::MIN; self.view.len()]);
            for (at, &position) in some.iter().enumerate() {
                let place = position as usize;
                let (now, then) = ((first[at], last[at]), (old_first[place], old_last[place]));
                let both_shut = now.0 > now.1 && then.0 > then.1;
                if now != then && !both_shut {
                    self.stands[place] = Stand::History;
                } else if !both_shut {
                    (open.0[place], open.1[place]) = now;
                }
            }
            all.push(open);
        }
        let bounds: Vec<_> = all.iter().map(|(first, last)| Bounds { first, last }).collect();
        let mut answers = Answers::new();
        if let Some(program) = &level.program {
            program.run_within(self.view, &bounds, &mut answers);
        }
        answers
    }

    fn result(&self, some: &[u32], mut old: Vec<Vec<i64>>, mut new: Vec<Vec<i64>>) -> Advanced {
        let stand = |position: u32| self.stands[position as usize];
        let differs = |at: usize| old.iter().zip(&new).any(|(old, new)| old[at] != new[at]);
        let stays: Vec<bool> =
            some.iter().enumerate().map(|(at, &p)| stand(p) == Stand::Changed && differs(at)).collect();
        for column in old.iter_mut().chain(&mut new).filter(|_| stays.contains(&false)) {
            let mut at = 0;
            column.retain(|_| {
                at += 1;
                stays[at - 1]
            });
        }
        let changed = some.iter().zip(&stays).filter(|(_, stays)| **stays).map(|(&p, _)| p).collect();
        let history = (0..self.stands.len() as u32).filter(|&p| stand(p) == Stand::History).collect();
        Advanced { changed, old, new, history }
    }
}

fn joined(low: i64, high: i64) -> u128 {
    u128::from(low as u64) | u128::from(high as u64) << 64
}
