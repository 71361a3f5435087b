//! `vanguard serve`: the pages of a place.

use super::Report;
use crate::folder::Folder;
use crate::pipeline::progress::Terminal;
use crate::web;
use anyhow::{Context, bail};
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

/// Serve a place's pages on this machine.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The place's folder, with its place.toml.
    dir: PathBuf,
    #[command(flatten)]
    address: Address,
}

/// Where to listen.
#[derive(Debug, Clone, clap::Args)]
pub struct Address {
    /// The address to listen on. Until there is sign-in, only this machine itself (`127.0.0.1` or `::1`) is allowed.
    #[arg(long = "address", default_value = "127.0.0.1", id = "listen_address", value_name = "ADDRESS")]
    ip: IpAddr,
    /// The port; 0 takes any free one.
    #[arg(long, default_value_t = 8400)]
    port: u16,
}

/// Runs the command.
pub fn run(args: &Args, _json: bool) -> anyhow::Result<Report> {
    serve(&args.dir, &args.address)
}

/// Refuses every address but the machine's own, and a port that is taken.
pub fn check(address: &Address) -> anyhow::Result<()> {
    bind(address).map(drop)
}

fn bind(address: &Address) -> anyhow::Result<TcpListener> {
    if !address.ip.is_loopback() {
        bail!(
            "{} is not this machine itself: there is no sign-in yet, so pages are served on 127.0.0.1 only",
            address.ip
        );
    }
    let wanted = SocketAddr::new(address.ip, address.port);
    TcpListener::bind(wanted).with_context(|| {
        format!("failed to listen on {wanted}: is another server running there? choose another --port")
    })
}

/// Serves until interrupted.
pub fn serve(dir: &Path, address: &Address) -> anyhow::Result<Report> {
    let listener = bind(address)?;
    let folder = Folder::open(dir)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("failed to start")?;
    runtime.block_on(async {
        let site = web::Site::open(folder, &Terminal::new(true)).await?;
        println!("Serving http://{} (press Ctrl-C to stop)", listener.local_addr()?);
        web::serve(site, listener).await
    })?;
    Ok(Report::new("Stopped.".to_owned(), serde_json::json!({ "stopped": true })))
}
