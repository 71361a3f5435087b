//! Decisions and records as files for `vanguard link`.

use super::queue::decisions;
use super::{compare, forbidden};
use crate::web::Session;
use crate::web::errors::PageError;
use crate::web::session::internal;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use intake::review::{self, ReviewRecord};
use std::fmt::Write as _;
use store::Error;

/// `POST /linkage/review/labels.csv`
pub async fn labels(session: Session) -> Response {
    let labels = match decisions(&session).await {
        Ok(decisions) => decisions.labels(),
        Err(error) => return session.respond(Err(error)),
    };
    send(&session, "labels.csv", labels.len(), labels_csv(&labels)).await
}

/// `POST /linkage/review/records.csv`
pub async fn records(session: Session) -> Response {
    let records = match review::records(&session.site.snapshot) {
        Ok(records) => records,
        Err(error) => return session.respond(Err(internal(&error))),
    };
    send(&session, "records.csv", records.len(), record_file(&session, &records)).await
}

/// The decisions that stand: the keys of the two records, and whether they are one person.
pub fn labels_csv(labels: &[(store::PairKey, bool)]) -> Vec<u8> {
    let mut text = String::from("left,right,same_person\n");
    for (pair, same) in labels {
        let answer = if *same { "yes" } else { "no" };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{:016x},{:016x},{answer}", pair.left(), pair.right());
    }
    text.into_bytes()
}

fn record_file(session: &Session, records: &[ReviewRecord]) -> Vec<u8> {
    let sources = &session.site.snapshot.manifest().sources;
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header = ["id", "source", "family_name", "given_name", "dob", "sex", "address", "postcode", "nhs_number"];
    // Writing to memory cannot fail.
    let _ = writer.write_record(header);
    for record in records {
        let source = record.sources.first().and_then(|at| sources.get(usize::from(*at)));
        let fields = [
            format!("{:016x}", record.key),
            source.map_or_else(String::new, |source| source.id.clone()),
            record.family.clone(),
            record.given.clone(),
            record.birth.map_or_else(String::new, |day| day.to_string()),
            compare::sex(record.sex).to_owned(),
            record.address.clone(),
            record.postcode.clone(),
            record.nhs_number.map_or_else(String::new, |number| format!("{number:010}")),
        ];
        let _ = writer.write_record(fields.map(|field| harmless(&field)));
    }
    writer.into_inner().unwrap_or_default()
}

/// A field that a spreadsheet does not take for a formula.
fn harmless(field: &str) -> String {
    if field.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{field}") } else { field.to_owned() }
}

/// Sends a file once it is in the audit.
async fn send(session: &Session, name: &str, rows: usize, file: Vec<u8>) -> Response {
    let now = match session.now() {
        Ok(now) => now,
        Err(error) => return session.respond(Err(error)),
    };
    match session.site.store.audit_linkage_export(&session.access, rows, &file, now).await {
        Ok(()) => {
            let disposition = format!("attachment; filename=\"linkage-{name}\"");
            let kind = "text/csv; charset=utf-8".to_owned();
            ([(CONTENT_TYPE, kind), (CONTENT_DISPOSITION, disposition)], file).into_response()
        }
        Err(Error::Refused(_)) => session.respond(Err(forbidden())),
        Err(error) => session.respond(Err::<_, PageError>(internal(&error))),
    }
}
