//! `views.sql`: the tables of a snapshot with words instead of numbers, for whoever opens it with `DuckDB`.

use nhs::{CodeSystem, EventKind, Method, Status};
use std::sync::LazyLock;

/// The whole text. Paths are relative to the snapshot's folder.
pub(crate) static SQL: LazyLock<String> = LazyLock::new(|| {
    let mut sql = String::from(HEAD);
    words(&mut sql, "event_kind", EventKind::ALL.iter().map(|v| (v.number(), v.name(), v.label())));
    words(&mut sql, "event_method", Method::ALL.iter().map(|v| (v.number(), v.name(), v.label())));
    words(&mut sql, "event_status", Status::ALL.iter().map(|v| (v.number(), v.name(), v.label())));
    words(&mut sql, "code_system", CodeSystem::ALL.iter().map(|v| (v.number(), v.name(), v.label())));
    sql.push_str(TAIL);
    sql
});

const HEAD: &str = "-- Views over one snapshot, for DuckDB. Open them in the snapshot's own folder:
--   cd lake/snapshots/<id> && duckdb -init views.sql
-- or, from a program, first: SET file_search_path = '<the snapshot''s folder>';

CREATE OR REPLACE VIEW person AS SELECT * FROM read_parquet('person/*.parquet');
CREATE OR REPLACE VIEW identity AS SELECT * FROM read_parquet('identity/*.parquet');
CREATE OR REPLACE VIEW event AS SELECT * FROM read_parquet('event/*.parquet');
CREATE OR REPLACE VIEW code AS SELECT * FROM read_parquet('code.parquet');
CREATE OR REPLACE VIEW link AS SELECT * FROM read_parquet('link.parquet');
CREATE OR REPLACE VIEW quarantine AS SELECT * FROM read_parquet('quarantine.parquet');
";

const TAIL: &str = "
-- One row per event in words: costs in pounds, values in units, codes as text.
CREATE OR REPLACE VIEW history AS
SELECT e.person, p.id, e.date, e.end_date, k.name AS kind, m.name AS method, s.name AS status,
       y.name AS code_system, nullif(c.code, '') AS code, nullif(c.name, '') AS code_name,
       nullif(o.code, '') AS provider, nullif(o.name, '') AS provider_name,
       nullif(d.code, '') AS detail, nullif(d.name, '') AS detail_name,
       CAST(e.value AS DECIMAL(18, 0)) / 1000 AS value, CAST(e.cost AS DECIMAL(18, 0)) / 100 AS cost_pounds,
       nullif(e.link, 0) AS link, e.source
FROM event e
JOIN person p ON p.person = e.person
JOIN event_kind k ON k.number = e.kind
JOIN event_method m ON m.number = e.method
JOIN event_status s ON s.number = e.status
JOIN code c ON c.id = e.code
JOIN code_system y ON y.number = c.system
JOIN code o ON o.id = e.provider
JOIN code d ON d.id = e.detail;
";

fn words(sql: &mut String, view: &str, values: impl Iterator<Item = (u8, &'static str, &'static str)>) {
    let rows: Vec<String> = values.map(|(number, name, label)| format!("({number}, '{name}', '{label}')")).collect();
    let view = format!("\nCREATE OR REPLACE VIEW {view} AS SELECT * FROM (VALUES\n    ");
    sql.push_str(&view);
    sql.push_str(&rows.join(",\n    "));
    sql.push_str("\n) AS t(number, name, label);\n");
}
