//! `vanguard blueprint`: check, show, list and copy care models.

use super::Report;
use crate::folder::{Findings, beside};
use anyhow::{Context, bail};
use blueprint::{Diagnostic, Severity};
use clap::Subcommand;
use serde_json::json;
use std::path::{Path, PathBuf};

/// Check, show, list and copy care models.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check a blueprint and point at every line that is wrong.
    Check {
        /// A blueprint file, or the name of a built-in model such as mcp.
        file: String,
    },
    /// Print the whole resolved model with the origin of each item.
    Show {
        /// A blueprint file, or the name of a built-in model.
        file: String,
    },
    /// List the built-in models.
    List,
    /// Copy a model for a place of your own.
    New {
        /// The model to extend: mcp, pacs, ehch, uec, acc, vsh or pch.
        model: String,
        /// The place's name.
        #[arg(long)]
        name: String,
        /// The file to write.
        #[arg(long)]
        out: PathBuf,
    },
}

/// Runs the command.
pub fn run(args: &Args) -> anyhow::Result<Report> {
    match &args.command {
        Command::Check { file } => check(file),
        Command::Show { file } => show(file),
        Command::List => Ok(list()),
        Command::New { model, name, out } => new(model, name, out),
    }
}

/// Name to show, text, and where to look for what it extends.
type Source = (String, String, Box<dyn Fn(&str) -> Option<String>>);

fn source(file: &str) -> anyhow::Result<Source> {
    if let Some(text) = blueprint::builtin(file) {
        return Ok((format!("{file}.toml"), text.to_owned(), Box::new(|_| None)));
    }
    let path = Path::new(file);
    let text = std::fs::read_to_string(path).with_context(|| {
        format!(
            "failed to read {file}: give a file, or one of the built-in models {}",
            blueprint::builtin_ids().join(", ")
        )
    })?;
    Ok((file.to_owned(), text, Box::new(beside(path))))
}

fn check(file: &str) -> anyhow::Result<Report> {
    let (name, text, resolve) = source(file)?;
    let (model, findings) = blueprint::compile(&name, &text, &resolve);
    let errors = findings.iter().filter(|d| d.severity == Severity::Error).count();
    let mut words = match &model {
        Some(m) => format!(
            "{name}: {} {}: {} features, {} segments, {} tiers, {} services, {} measures, {} characteristics\n",
            m.name,
            m.version,
            m.features.len(),
            m.segments.len(),
            m.tiers.len(),
            m.services.len(),
            m.measures.len(),
            m.characteristics.len()
        ),
        None => String::new(),
    };
    words.push_str(&if findings.is_empty() {
        "No problems found.".to_owned()
    } else {
        Findings(findings.clone()).to_string()
    });
    let json = json!({
        "file": name,
        "usable": model.is_some(),
        "errors": errors,
        "warnings": findings.len() - errors,
        "findings": findings.iter().map(finding).collect::<Vec<_>>(),
    });
    Ok(Report { text: words, json, failed: model.is_none() })
}

fn finding(finding: &Diagnostic) -> serde_json::Value {
    json!({
        "severity": finding.severity.name(),
        "message": finding.message,
        "file": finding.file,
        "line": finding.line,
        "column": finding.column,
        "from": finding.span.start,
        "to": finding.span.end,
        "help": finding.help,
    })
}

fn show(file: &str) -> anyhow::Result<Report> {
    let (name, text, resolve) = source(file)?;
    match blueprint::show(&name, &text, &resolve) {
        (Some(whole), _) => Ok(Report::new(whole.clone(), json!({ "file": name, "toml": whole }))),
        (None, findings) => Err(Findings(findings).into()),
    }
}

fn list() -> Report {
    let models: Vec<_> = blueprint::builtin_ids()
        .into_iter()
        .filter_map(|id| {
            let text = blueprint::builtin(id)?;
            let (model, _) = blueprint::compile(&format!("{id}.toml"), text, &blueprint::OnlyBuiltin);
            model.map(|m| (id, m))
        })
        .collect();
    let rows: Vec<Vec<String>> =
        models.iter().map(|(id, m)| vec![format!("{id:6} {}", m.name), m.version.clone()]).collect();
    let json =
        models.iter().map(|(id, m)| json!({ "id": id, "name": m.name, "version": m.version, "summary": m.summary }));
    Report::new(super::table::table(&["model", "version"], &rows), json.collect())
}

fn new(model: &str, name: &str, out: &Path) -> anyhow::Result<Report> {
    let Some(text) = blueprint::new_for_place(model, name) else {
        bail!("there is no model \"{model}\": choose one of {}", blueprint::builtin_ids().join(", "));
    };
    if out.exists() {
        bail!("{} is there already: choose another name, or move it away first", out.display());
    }
    std::fs::write(out, &text).with_context(|| format!("failed to write {}", out.display()))?;
    let words = format!(
        "Wrote {}. Change what differs in your place, then: vanguard blueprint check {}",
        out.display(),
        out.display()
    );
    Ok(Report::new(words, json!({ "file": out, "extends": model })))
}
