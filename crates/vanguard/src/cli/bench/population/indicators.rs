//! Indicators beside the four questions: events of certain codes by month and locality.

use lake::{BucketView, Snapshot};
use nhs::Day;

/// Months of an indicator.
const MONTHS: usize = 24;

/// Which codes each indicator wants, and where its counts stand.
pub struct Indicators {
    /// Indicators of each code: where they begin in the list, and the list.
    starts: Vec<u32>,
    list: Vec<u16>,
    /// The month of a day since the first.
    month_of_day: Vec<u8>,
    first_day: i32,
    localities: usize,
    asked: usize,
}

impl Indicators {
    /// Indicator n wants every hundredth code, beginning with the nth.
    pub fn new(snapshot: &Snapshot, as_of: Day, indicators: usize, localities: usize) -> Self {
        let (mut starts, mut list) = (vec![0], Vec::new());
        for number in 0..snapshot.dictionary().len() as usize {
            let wanted = (0..indicators).filter(|&n| number > 0 && (number * 7 + n) % 100 == 0);
            list.extend(wanted.map(|n| n as u16));
            starts.push(list.len() as u32);
        }
        let first_day = as_of.add_months(-(MONTHS as i32)).0 + 1;
        let month = |day: i32| (Day(day).month().0 - Day(first_day).month().0).clamp(0, MONTHS as i32 - 1) as u8;
        let month_of_day = (first_day..=as_of.0).map(month).collect();
        Self { starts, list, month_of_day, first_day, localities, asked: indicators }
    }

    /// Counts that are all nought.
    pub fn nothing(&self) -> Vec<u32> {
        vec![0; self.asked * MONTHS * self.localities]
    }

    /// Counts each indicator's events of a bucket by month and locality.
    pub fn count(&self, view: &BucketView<'_>, homes: &[u16], cells: &mut [u32]) {
        if self.asked == 0 {
            return;
        }
        for (position, &locality) in homes.iter().enumerate().filter(|(_, home)| usize::from(**home) < self.localities)
        {
            for event in view.events_of(position) {
                let day = view.date[event] - self.first_day;
                let Some(&month) = self.month_of_day.get(day as usize) else { continue };
                for &indicator in self.of(view.code[event]) {
                    let cell = (usize::from(indicator) * self.localities + usize::from(locality)) * MONTHS;
                    cells[cell + usize::from(month)] += 1;
                }
            }
        }
    }

    fn of(&self, code: u32) -> &[u16] {
        let place = code as usize;
        match (self.starts.get(place), self.starts.get(place + 1)) {
            (Some(&start), Some(&end)) => &self.list[start as usize..end as usize],
            _ => &[],
        }
    }
}
