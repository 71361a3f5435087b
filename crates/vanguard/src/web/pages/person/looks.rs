//! Who has looked at a record, and who was refused.

use crate::web::components::{Column, Size, Table, TagColour, table, tag};
use care::Record;
use maud::{Markup, html};
use store::{Action, AuditRow, Outcome, Purpose, Role};

/// The latest looks, this one included.
pub fn table_of(record: &Record) -> Markup {
    let rows = record.looks.iter().map(row).collect();
    let hidden = record.look_count.saturating_sub(record.looks.len() as u64);
    html! {
        (table(&Table {
            caption: "Who has looked at this record",
            size: Some(Size::M),
            columns: vec![
                Column::text("When"),
                Column::text("Who"),
                Column::text("Role"),
                Column::text("Organisation"),
                Column::text("Why"),
                Column::text("What they did"),
                Column::text("Outcome"),
            ],
            rows,
            row_headers: true,
            scroll_id: Some("looks"),
        }))
        p class="nhsuk-body-s" {
            @if hidden > 0 { (crate::web::charts::count(hidden)) " earlier looks are kept but not listed here. " }
            "Every look is written down before anything is shown, and a row taken out later would break the chain."
        }
    }
}

fn row(look: &AuditRow) -> Vec<Markup> {
    let role = Role::from_name(&look.role).map(Role::label);
    let purpose = Purpose::from_name(&look.purpose).map(Purpose::label);
    let action = Action::from_name(&look.action).map(Action::label);
    vec![
        html! { (look.at) },
        html! { (look.who) },
        html! { (role.unwrap_or(&look.role)) },
        html! { (look.organisation) },
        html! { (purpose.unwrap_or(&look.purpose)) },
        html! { (action.unwrap_or(&look.action)) },
        match look.outcome {
            Outcome::Allowed => tag("Allowed", TagColour::Green),
            Outcome::Refused => html! { (tag("Refused", TagColour::Red)) p class="nhsuk-body-s" { (look.detail) } },
        },
    ]
}
