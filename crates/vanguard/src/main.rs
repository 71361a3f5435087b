//! Vanguard: from a place's raw extracts to a caseload and a verdict.
fn main() {}
