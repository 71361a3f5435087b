//! `vanguard caseload`: whom each team should see.

use super::Report;
use super::table::table;
use crate::folder::Folder;
use crate::pipeline::{compute, progress::Terminal, runs};
use anyhow::{Context, bail};
use care::{Care, Caseload, Caseloads, Cover};
use nhs::OdsCode;
use population::Summary;
use population::disclosure::Shown;
use serde_json::json;
use std::path::PathBuf;
use store::{Access, Purpose, Role, Scope, Store};

/// List the teams with their caseloads, or write one team's list with names to a file (which the audit records).
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The place's folder, with its place.toml.
    dir: PathBuf,
    /// Only this service of the blueprint.
    #[arg(long)]
    service: Option<String>,
    /// The team to export: the practice code or the locality it covers, or "place".
    #[arg(long, requires_all = ["service", "export", "who", "organisation"])]
    team: Option<String>,
    /// Write the list with names to this file.
    #[arg(long, requires = "team")]
    export: Option<PathBuf>,
    /// Who exports, for the audit: your user name.
    #[arg(long)]
    who: Option<String>,
    /// For which organisation, for the audit.
    #[arg(long)]
    organisation: Option<String>,
}

/// Runs the command.
pub fn run(args: &Args, as_json: bool) -> anyhow::Result<Report> {
    let folder = Folder::open(&args.dir)?;
    if let Some(service) = &args.service
        && !folder.blueprint.services.iter().any(|s| s.id == *service)
    {
        let names: Vec<&str> = folder.blueprint.services.iter().map(|s| s.id.as_str()).collect();
        bail!("there is no service \"{service}\" in this care model; there are {}", names.join(", "));
    }
    let computed = compute::open_or_compute(&folder, &Terminal::new(as_json))?;
    let lists = Caseloads::build(&folder.blueprint, &computed.people, &computed.summary);
    match (&args.team, &args.export) {
        (Some(_), Some(_)) => export(args, &folder, &computed, &lists),
        _ => Ok(overview(args, &folder, &computed.summary, &lists)),
    }
}

fn overview(args: &Args, folder: &Folder, summary: &Summary, lists: &Caseloads) -> Report {
    let chosen = lists.lists.iter().filter(|list| {
        let service = &folder.blueprint.services[list.service];
        args.service.as_ref().is_none_or(|id| service.id == *id)
    });
    let mut rows = Vec::new();
    let mut json = Vec::new();
    for list in chosen {
        let service = &folder.blueprint.services[list.service];
        let (eligible, waiting) = (Shown::alone(list.ranked.len() as u64), Shown::alone(list.below().len() as u64));
        rows.push(vec![
            service.name.clone(),
            list.team_name.clone(),
            list.capacity.to_string(),
            eligible.to_string(),
            waiting.to_string(),
        ]);
        json.push(json!({
            "service": service.id,
            "team": team(list, summary),
            "team_name": list.team_name,
            "capacity": list.capacity,
            "eligible": eligible.value(),
            "waiting": waiting.value(),
        }));
    }
    let text = format!(
        "{}\nNames: vanguard caseload {} --service SERVICE --team TEAM --export FILE --who YOU --organisation CODE",
        table(&["service", "team", "places", "eligible", "waiting"], &rows),
        args.dir.display()
    );
    Report::new(text, json.into())
}

/// What names a team on the command line: the practice code or the locality it covers, or `place`.
fn team(list: &Caseload, summary: &Summary) -> String {
    match list.cover {
        Cover::Practice(p) => summary.practices[usize::from(p)].code.clone(),
        Cover::Locality(l) => summary.localities[usize::from(l)].id.clone(),
        Cover::Place => "place".to_owned(),
    }
}

fn export(args: &Args, folder: &Folder, computed: &population::Computed, lists: &Caseloads) -> anyhow::Result<Report> {
    let (Some(service), Some(name), Some(file), Some(who), Some(organisation)) =
        (&args.service, &args.team, &args.export, &args.who, &args.organisation)
    else {
        bail!("an export needs --service, --team, --export, --who and --organisation");
    };
    let summary = &computed.summary;
    let of_service = lists.lists.iter().filter(|l| folder.blueprint.services[l.service].id == *service);
    let Some(list) = of_service.clone().find(|l| team(l, summary) == *name) else {
        let names: Vec<String> = of_service.map(|l| team(l, summary)).collect();
        bail!("no team \"{name}\" gives this service; there are {}", names.join(", "));
    };
    let access = Access::new(who, Role::CareCoordinator, organisation, Purpose::DirectCare, scope(list.cover, summary));
    let Some(now) = runs::now() else { bail!("the clock of this machine is outside the calendar: set it right") };
    let snapshot = compute::snapshot(folder)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let bytes = runtime.block_on(async {
        let store = Store::open(folder.database()).await?;
        let care = Care {
            blueprint: &folder.blueprint,
            snapshot: &snapshot,
            people: &computed.people,
            summary,
            caseloads: lists,
            store: &store,
        };
        let bytes = care.export_caseload(&access, service, list.cover, now).await?;
        store.close().await;
        anyhow::Ok(bytes)
    })?;
    std::fs::write(file, &bytes).with_context(|| format!("failed to write {}", file.display()))?;
    let sha256 = store::sha256_hex(&bytes);
    let text = format!(
        "Wrote {} ({} people). The export is in the audit.\nsha256 {sha256}",
        file.display(),
        list.ranked.len()
    );
    Ok(Report::new(text, json!({ "file": file, "people": list.ranked.len(), "sha256": sha256 })))
}

/// The people that the exported team covers, and nobody else.
fn scope(cover: Cover, summary: &Summary) -> Scope {
    match cover {
        Cover::Practice(p) => {
            Scope::Practices(OdsCode::parse(&summary.practices[usize::from(p)].code).into_iter().collect())
        }
        Cover::Locality(l) => Scope::Localities([summary.localities[usize::from(l)].id.clone()].into()),
        Cover::Place => Scope::Localities(summary.localities.iter().map(|l| l.id.clone()).collect()),
    }
}
