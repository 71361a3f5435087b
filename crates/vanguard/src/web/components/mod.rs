//! The NHS design system's components, one file each. Their markup equals the design system's own rendered fixtures;
//! `fixture_tests` checks it.

pub mod action_link;
pub mod breadcrumb;
pub mod button;
pub mod card;
pub mod details;
pub mod error_summary;
pub mod field;
pub mod footer;
pub mod header;
mod icon;
pub mod input;
pub mod inset_text;
pub mod notification_banner;
pub mod pagination;
pub mod radios;
pub mod select;
pub mod skip_link;
pub mod summary_list;
pub mod table;
pub mod tabs;
pub mod tag;
pub mod task_list;
pub mod warning_callout;

#[cfg(test)]
mod fixture_tests;

pub use action_link::action_link;
pub use breadcrumb::{Crumb, breadcrumb};
pub use button::{ButtonSize, ButtonVariant, button, button_link};
pub use card::{Card, CardVariant, card};
pub use details::{DetailsStyle, details};
pub use error_summary::error_summary;
pub use field::{Label, Size};
pub use footer::footer;
pub use header::{Header, NavItem, Search, header};
pub use input::{Input, input};
pub use inset_text::inset_text;
pub use notification_banner::{Notice, notification_banner};
pub use pagination::pagination;
pub use radios::{Radios, radios};
pub use select::{Choice, Select, select};
pub use skip_link::skip_link;
pub use summary_list::{Action, Borders, SummaryRow, summary_list};
pub use table::{Column, ColumnSort, SortOrder, Table, table};
pub use tabs::tabs;
pub use tag::{TagColour, tag};
pub use task_list::{Task, TaskStatus, task_list};
pub use warning_callout::warning_callout;
