//! The command line: one file per command. A command gives a report, which is printed as text or, with `--json`, as JSON.

mod ask;
mod bench;
mod blueprint;
mod caseload;
mod cohort;
mod demo;
mod evaluate;
mod link;
mod load;
mod money;
mod population;
pub(crate) mod project;
mod rates;
mod review;
pub(crate) mod risk;
pub(crate) mod risk_words;
pub(crate) mod run;
mod serve;
mod simulate;
pub(crate) mod table;

use clap::{Parser, Subcommand};
pub use run::Made;
use std::io::Write as _;
use std::process::ExitCode;

/// From a place's raw health and care extracts to a caseload and a verdict.
#[derive(Debug, Parser)]
#[command(
    name = "vanguard",
    version,
    arg_required_else_help = true,
    after_help = "Exit codes: 0 done, 1 failed, 2 wrong use of the command.\nStart here: vanguard demo"
)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Print the report as JSON on standard output; progress still goes to standard error.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Args),
    Run(run::Args),
    Serve(serve::Args),
    Simulate(simulate::Args),
    Load(load::Args),
    Link(Box<link::Args>),
    Population(population::Args),
    Ask(ask::Args),
    Caseload(caseload::Args),
    Cohort(cohort::Args),
    Evaluate(evaluate::Args),
    Project(project::Args),
    Risk(risk::Args),
    Review(review::Args),
    Rates(rates::Args),
    Bench(bench::Args),
    Blueprint(blueprint::Args),
}

/// What a command has to say.
pub struct Report {
    /// For people.
    pub text: String,
    /// For programs.
    pub json: serde_json::Value,
    /// Whether the command found something that makes it fail (a blueprint with errors).
    pub failed: bool,
}

impl Report {
    fn new(text: String, json: serde_json::Value) -> Self {
        Self { text, json, failed: false }
    }
}

/// Parses the arguments, runs the command, prints its report.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let result = match &cli.command {
        Command::Demo(args) => demo::run(args, cli.json),
        Command::Run(args) => run::run(args, cli.json),
        Command::Serve(args) => serve::run(args, cli.json),
        Command::Simulate(args) => simulate::run(args, cli.json),
        Command::Load(args) => load::run(args, cli.json),
        Command::Link(args) => link::run(args, cli.json),
        Command::Population(args) => population::run(args, cli.json),
        Command::Ask(args) => ask::run(args, cli.json),
        Command::Caseload(args) => caseload::run(args, cli.json),
        Command::Cohort(args) => cohort::run(args, cli.json),
        Command::Evaluate(args) => evaluate::run(args, cli.json),
        Command::Project(args) => project::run(args, cli.json),
        Command::Risk(args) => risk::run(args, cli.json),
        Command::Review(args) => review::run(args),
        Command::Rates(args) => rates::run(args),
        Command::Bench(args) => bench::run(args),
        Command::Blueprint(args) => blueprint::run(args),
    };
    match result {
        Ok(report) => {
            print(&report, cli.json);
            if report.failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
        }
        Err(error) => {
            eprintln!("{}", sentence(&error));
            ExitCode::FAILURE
        }
    }
}

/// Prints a report. A reader that has gone away (`vanguard ... | head`) is no error.
pub fn print(report: &Report, json: bool) {
    let mut out = std::io::stdout().lock();
    let _ = if json { writeln!(out, "{:#}", report.json) } else { writeln!(out, "{}", report.text.trim_end()) };
    let _ = out.flush();
}

/// An error with its causes as one line, unless it is a list of findings, which stands as it is.
fn sentence(error: &anyhow::Error) -> String {
    if let Some(findings) = error.downcast_ref::<crate::folder::Findings>() {
        return findings.to_string();
    }
    // Some errors already say their cause; it is not said twice.
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if text.is_empty() {
            text = cause;
        } else if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    format!("vanguard: {text}")
}
