//! Vanguard: from a place's raw extracts to a caseload and a verdict.

use std::process::ExitCode;

fn main() -> ExitCode {
    vanguard::cli::main()
}
