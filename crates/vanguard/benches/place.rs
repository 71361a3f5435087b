//! From extracts to pages: how long, and how much memory. Run with
//! `cargo bench -p vanguard --bench place -- [PEOPLE]` (50,000 unless said otherwise).
//!
//! Each step is a process of its own, as a user would start it. Peak memory is the process's high-water mark, read from
//! /proc until it ends; pages are fetched over loopback, one after another, on a fresh connection each.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a bench stops at the first surprise")]

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const BINARY: &str = env!("CARGO_BIN_EXE_vanguard");

fn main() {
    let people = std::env::args().find_map(|a| a.parse::<u32>().ok()).unwrap_or(50_000);
    let folder = std::env::temp_dir().join(format!("vanguard-bench-{}", std::process::id()));
    let place = folder.display().to_string();
    println!("{people} people");
    let started = Instant::now();
    step("simulate", &["simulate", "--people", &people.to_string(), "--out", &place]);
    step("run", &["run", &place]);
    let mut server = serve(&place);
    println!("{:24} {:8.2} s", "extracts to first page", started.elapsed().as_secs_f64());
    pages(&server.address);
    println!("{:24} {:8} MiB", "server, peak memory", peak(server.child.id()).unwrap_or(0) / 1024);
    server.child.kill().unwrap();
    server.child.wait().unwrap();
    println!("{:24} {:8} MiB", "extracts on disk", size(&folder.join("extracts")) >> 20);
    println!("{:24} {:8} MiB", "snapshot on disk", size(&folder.join("lake")) >> 20);
    std::fs::remove_dir_all(&folder).unwrap();
}

fn step(name: &str, arguments: &[&str]) {
    let started = Instant::now();
    let mut child = Command::new(BINARY).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let mut most = 0;
    let status = loop {
        most = peak(child.id()).unwrap_or(0).max(most);
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    assert!(status.success(), "{name} failed");
    println!("{name:24} {:8.2} s {:8} MiB", started.elapsed().as_secs_f64(), most / 1024);
}

/// The high-water mark of a process in KiB.
fn peak(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.trim().parse().ok())
}

struct Server {
    child: Child,
    address: String,
}

fn serve(place: &str) -> Server {
    let mut child = Command::new(BINARY).args(["serve", place, "--port", "0"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.split("http://").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    let server = Server { child, address };
    fetch(&server.address, "/", "analyst");
    server
}

fn pages(address: &str) {
    timed(address, "analyst", &["/".to_owned()], "overview page");
    let others =
        ["/population", "/segments", "/localities", "/measures", "/evaluation", "/data-quality", "/care-model"];
    timed(address, "analyst", &others.map(str::to_owned), "other pages of figures");
    let lists = links(&fetch(address, "/caseloads", "care_coordinator"), "/caseloads/");
    timed(address, "care_coordinator", &lists, "caseload page");
    let people: BTreeSet<String> =
        lists.iter().take(3).flat_map(|list| links(&fetch(address, list, "care_coordinator"), "/person/")).collect();
    let people: Vec<String> = people.into_iter().take(60).collect();
    timed(address, "care_coordinator", &people, "person page");
    timed(address, "care_coordinator", &["/search?q=smi".to_owned()], "search by name");
}

fn timed(address: &str, role: &str, paths: &[String], name: &str) {
    assert!(!paths.is_empty(), "no address to fetch for: {name}");
    let rounds = 60usize.div_ceil(paths.len());
    let mut times: Vec<Duration> = Vec::new();
    for path in (0..rounds).flat_map(|_| paths) {
        let started = Instant::now();
        fetch(address, path, role);
        times.push(started.elapsed());
    }
    times.sort();
    let milliseconds = |d: Duration| d.as_secs_f64() * 1000.0;
    println!(
        "{name:24} {:8.1} ms median {:8.1} ms most of {}",
        milliseconds(times[times.len() / 2]),
        milliseconds(*times.last().expect("at least one was fetched")),
        times.len()
    );
}

fn fetch(address: &str, path: &str, role: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nCookie: vanguard_role={role}.\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{path}: {}", answer.lines().next().unwrap_or_default());
    answer
}

/// Different addresses on a page that begin so and have something after it.
fn links(page: &str, beginning: &str) -> Vec<String> {
    let found: BTreeSet<String> = page
        .split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|href| href.starts_with(beginning) && !href.contains(".csv") && !href.contains('?'))
        .map(str::to_owned)
        .collect();
    found.into_iter().collect()
}

fn size(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    entries.map(|e| if e.path().is_dir() { size(&e.path()) } else { e.metadata().map_or(0, |m| m.len()) }).sum()
}
