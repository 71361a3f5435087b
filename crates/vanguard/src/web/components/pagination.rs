//! Pagination: from one part of a long list to the next.

use maud::{Markup, html};

use super::icon::{Icon, icon};

/// Links to the pages of a list. `page` counts from 1; `address` gives each page's link. Nothing for a single page.
pub fn pagination(page: usize, pages: usize, address: impl Fn(usize) -> String) -> Markup {
    let page = page.clamp(1, pages.max(1));
    html! {
        @if pages > 1 {
            nav class="nhsuk-pagination nhsuk-pagination--numbered" role="navigation" aria-label="Pagination" {
                @if page > 1 { (step(&address(page - 1), false)) }
                ul class="nhsuk-pagination__list" {
                    @for slot in slots(page, pages) {
                        @match slot {
                            Some(number) => (numbered(number, number == page, &address(number))),
                            None => li class="nhsuk-pagination__item nhsuk-pagination__item--ellipsis" { "⋯" },
                        }
                    }
                }
                @if page < pages { (step(&address(page + 1), true)) }
            }
        }
    }
}

fn step(href: &str, forward: bool) -> Markup {
    let hidden = html! { span class="nhsuk-u-visually-hidden" { " page" } };
    html! {
        @if forward {
            a href=(href) class="nhsuk-pagination__next" rel="next" {
                span class="nhsuk-pagination__title" { "Next" (hidden) }
                (icon(Icon::ArrowRight))
            }
        } @else {
            a href=(href) class="nhsuk-pagination__previous" rel="prev" {
                (icon(Icon::ArrowLeft))
                span class="nhsuk-pagination__title" { "Previous" (hidden) }
            }
        }
    }
}

fn numbered(number: usize, current: bool, href: &str) -> Markup {
    let class =
        if current { "nhsuk-pagination__item nhsuk-pagination__item--current" } else { "nhsuk-pagination__item" };
    html! {
        li class=(class) {
            a class="nhsuk-pagination__link" href=(href) aria-label={ "Page " (number) }
                aria-current=[current.then_some("page")] { (number) }
        }
    }
}

/// The first and last page, and two either side of this one; `None` where pages are left out.
fn slots(page: usize, pages: usize) -> Vec<Option<usize>> {
    let mut slots = Vec::new();
    let mut last = 0;
    let near = page.saturating_sub(2)..=page.saturating_add(2).min(pages);
    for number in std::iter::once(1).chain(near).chain(std::iter::once(pages)).filter(|number| *number > 0) {
        if number <= last {
            continue;
        }
        if number == last + 2 {
            slots.push(Some(last + 1)); // a gap of one page is the page itself
        } else if number > last + 1 {
            slots.push(None);
        }
        slots.push(Some(number));
        last = number;
    }
    slots
}

#[cfg(test)]
mod tests {
    use super::slots;

    #[test]
    fn gaps_stand_only_for_more_than_one_page() {
        assert_eq!(slots(1, 3), [Some(1), Some(2), Some(3)]);
        assert_eq!(slots(5, 9), (1..=9).map(Some).collect::<Vec<_>>());
        assert_eq!(slots(1, 40), [Some(1), Some(2), Some(3), None, Some(40)]);
        assert_eq!(slots(40, 40), [Some(1), None, Some(38), Some(39), Some(40)]);
    }
}
