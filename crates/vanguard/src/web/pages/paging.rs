//! Long lists, a page at a time.

use crate::web::components;
use maud::Markup;
use std::ops::Range;

/// One page of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paging {
    /// Its number, from 1.
    pub page: usize,
    /// How many pages there are, at least 1.
    pub pages: usize,
    /// Rows on a page.
    per_page: usize,
    /// Rows of the list.
    total: usize,
}

impl Paging {
    /// The page somebody asked for. What is not a number is the first page, and what lies beyond the end is the last.
    pub fn of(asked: &str, total: usize, per_page: usize) -> Self {
        let per_page = per_page.max(1);
        let pages = total.div_ceil(per_page).max(1);
        let page = asked.trim().parse::<usize>().unwrap_or(1).clamp(1, pages);
        Self { page, pages, per_page, total }
    }

    /// The positions of its rows in the list.
    pub fn range(self) -> Range<usize> {
        let start = (self.page - 1) * self.per_page;
        start.min(self.total)..(start + self.per_page).min(self.total)
    }

    /// `Showing 51 to 100 of 120`; nothing where the list fits on one page.
    pub fn words(self) -> Option<String> {
        let range = self.range();
        (self.pages > 1).then(|| {
            let number = |n: usize| crate::web::charts::count(n as u64);
            format!("Showing {} to {} of {}", number(range.start + 1), number(range.end), number(self.total))
        })
    }

    /// Links to the other pages; `address` ends so that a page number may follow.
    pub fn links(self, address: &str) -> Markup {
        components::pagination(self.page, self.pages, |page| format!("{address}{page}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_on_exactly_one_page() {
        for total in [0, 1, 49, 50, 51, 120] {
            let pages = Paging::of("1", total, 50).pages;
            let rows: Vec<usize> =
                (1..=pages).flat_map(|page| Paging::of(&page.to_string(), total, 50).range()).collect();
            assert_eq!(rows, (0..total).collect::<Vec<_>>(), "{total}");
        }
    }

    #[test]
    fn any_question_gets_a_page() {
        for (asked, page) in
            [("", 1), ("0", 1), ("2", 2), (" 3 ", 3), ("4", 3), ("-1", 1), ("two", 1), ("99999999999999999999", 1)]
        {
            assert_eq!(Paging::of(asked, 120, 50).page, page, "{asked:?}");
        }
        assert_eq!(Paging::of("2", 120, 50).words().as_deref(), Some("Showing 51 to 100 of 120"));
        assert_eq!(Paging::of("1", 50, 50).words(), None);
    }
}
