#!/usr/bin/env python3
"""Splink 5 and ours on the same records, one after the other, marked by the same scorer.

usage: benches/linkage/side_by_side.py [--records 1000000] [--only ours|splink] [--cases uk,uk-no-numbers,historical,febrl3,febrl4]

Run it at the root of the repository on an idle machine. It takes the generator, the Splink job and the scorer from
../shared/bench/linkage, puts a Python environment for the peer under target/linkage-venv and all files under target/linkage-bench,
builds the program, and prints a table in Markdown. CPU seconds and peak memory are of the whole process with all its
children, as the system counts them: reading the file, learning, blocking, scoring, clustering, writing."""
import argparse
import csv
import json
import os
import pathlib
import platform
import subprocess
import sys
import time
import venv

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHARED = (ROOT / ".." / "shared").resolve()
BENCH = SHARED / "bench" / "linkage"
DATA = SHARED / "data" / "linkage"
WORK = ROOT / "target" / "linkage-bench"
VENV = ROOT / "target" / "linkage-venv"
PYTHON = VENV / "bin" / "python"
OURS = ROOT / "target" / "release" / "vanguard"


def environment():
    """The peer's Python, made once."""
    if not PYTHON.exists():
        venv.create(VENV, with_pip=True)
    have = subprocess.run([PYTHON, "-c", "import splink, duckdb, scipy, names, pyarrow"], capture_output=True)
    if have.returncode:
        packages = ["splink==5.*", "duckdb", "scipy", "names", "numpy", "pyarrow", "pandas"]
        subprocess.run([PYTHON, "-m", "pip", "install", "-q", *packages], check=True)


def measured(command):
    """CPU seconds, wall seconds and peak MiB of a command; None where it fails."""
    load = os.getloadavg()[0]
    if load > 0.7:
        print(f"note: the load is {load:.1f}; figures of a busy machine are not to be trusted", file=sys.stderr)
    start = time.perf_counter()
    with open(WORK / "log.txt", "ab") as log:
        child = subprocess.Popen([str(word) for word in command], stdout=log, stderr=log)
        _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    if child.returncode:
        print(f"failed: {' '.join(map(str, command))}; see {WORK / 'log.txt'}", file=sys.stderr)
        return None
    return used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024


def marks(folder):
    """Cluster F1 and B-cubed F1 at 0.95, by the scorer both share."""
    subprocess.run([PYTHON, BENCH / "evaluate.py", folder], check=True, capture_output=True)
    rows = json.loads((folder / "eval.json").read_text())["rows"]
    at = next(row for row in rows if row["th"] == 0.95)
    return at["cl_f1"], at["cl_b3f"]


def generated(records):
    """The generator's file."""
    path = WORK / f"uk_{records}.parquet"
    if not path.exists():
        print(f"making {records:,} records", file=sys.stderr)
        subprocess.run([PYTHON, BENCH / "gen_uk.py", path, "--records", str(records)], check=True, stdout=subprocess.DEVNULL)
    return path


def febrl(name):
    """A FEBRL file with its truth in a column: rec-12-org and rec-12-dup-0 are person 12."""
    path = WORK / f"{name}.csv"
    with open(DATA / "febrl" / f"{name}.csv", newline="") as source, open(path, "w", newline="") as target:
        rows, out = csv.reader(source, skipinitialspace=True), csv.writer(target)
        header = [column.strip() for column in next(rows)]
        out.writerow([*header, "truth"])
        for row in rows:
            if row:
                out.writerow([*(cell.strip() for cell in row), row[0].split("-")[1]])
    return path


def cases(records):
    """Name, our arguments, the peer's arguments."""
    uk = ["--id", "record_id", "--truth", "person_id"]
    tight = ["--variant", "tuned", "--blocks", "tight"]
    return {
        "uk": (
            f"{records:,} records, twelve rules",
            lambda: [generated(records), *uk],
            lambda: ["uk", "--input", generated(records), *tight],
        ),
        "uk-no-numbers": (
            f"{records:,} records, no NHS numbers",
            lambda: [generated(records), *uk, "--column", "number="],
            lambda: ["uk", "--input", generated(records), *tight, "--no-nhs"],
        ),
        "historical": (
            "historical 50k",
            lambda: [
                DATA / "splink_datasets" / "historical_figures_with_errors_50k.parquet",
                *["--model", ROOT / "models" / "historical.toml", "--id", "unique_id", "--truth", "cluster"],
            ],
            lambda: ["hist", "--variant", "tuned2"],
        ),
        "febrl3": (
            "FEBRL 3",
            lambda: [febrl("dataset3"), "--model", ROOT / "models" / "febrl.toml", "--id", "rec_id", "--truth", "truth"],
            lambda: ["febrl3", "--variant", "tuned"],
        ),
        "febrl4": (
            "FEBRL 4",
            lambda: [
                febrl("dataset4a"),
                febrl("dataset4b"),
                *["--model", ROOT / "models" / "febrl.toml", "--id", "rec_id", "--truth", "truth"],
                *["--once", "dataset4a", "--once", "dataset4b"],
            ],
            lambda: ["febrl4", "--variant", "tuned"],
        ),
    }


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--records", type=int, default=1_000_000)
    arguments.add_argument("--only", choices=["ours", "splink"])
    arguments.add_argument("--cases", default="uk,uk-no-numbers,historical,febrl3,febrl4")
    chosen = arguments.parse_args()
    if not BENCH.exists():
        sys.exit("skipped: ../shared is not there")
    WORK.mkdir(parents=True, exist_ok=True)
    environment()
    subprocess.run(["cargo", "build", "--release", "-q", "-p", "vanguard"], cwd=ROOT, check=True)
    print(f"{time.strftime('%Y-%m-%d')}, {platform.machine()}, {os.cpu_count()} cores\n")
    print("| | linker | CPU s | wall s | peak MiB | cluster F1 | B-cubed F1 |\n|---|---|---|---|---|---|---|")
    for case in chosen.cases.split(","):
        title, ours, splink = cases(chosen.records)[case]
        runs = [
            ("ours", lambda out: [OURS, "link", *ours(), "--out", out, "--threshold", "0.95"]),
            ("splink", lambda out: [PYTHON, BENCH / "run_splink.py", *splink()[:1], out, *splink()[1:], "--thr", "0.95"]),
        ]
        for name, command in runs:
            if chosen.only not in (None, name):
                continue
            out = WORK / f"{case}-{name}"
            out.mkdir(exist_ok=True)
            used = measured(command(out))
            if used is None:
                continue
            f1, b_cubed = marks(out)
            cpu, wall, peak = used
            print(f"| {title} | {name} | {cpu:.1f} | {wall:.1f} | {peak:,.0f} | {f1:.4f} | {b_cubed:.4f} |", flush=True)


if __name__ == "__main__":
    main()
