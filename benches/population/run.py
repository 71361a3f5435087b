#!/usr/bin/env python3
"""Times the four population questions in DuckDB, Polars, DataFusion and Vanguard, side by side on the same files.

usage: run.py DIR [--reps 3] [--shared ../shared] [--vanguard target/release/vanguard] [--lake DIR/lake] [--only ENGINE ...]

DIR holds person.parquet, event_*.parquet and codes.json, as `gen.py` and `codes.py` of ../shared/bench/population make them
(python gen.py 2000000 DIR 20.8 gives 23.9 million rows). The other engines run from the Python of a virtual environment of their
own, which is made under target/ where it is missing. Each engine answers in a process of its own, one after the other.
Prints a table, and one JSON line per engine and question on request (--json)."""
import argparse, datetime, json, math, os, platform, subprocess, sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = ["hfrs", "charlson", "segrate", "cohort"]
PEERS = ["duckdb", "polars", "datafusion"]


def python():
    """A Python that has the peers."""
    home = ROOT / "target" / "peers-population"
    found = home / "bin" / "python"
    if not found.exists():
        subprocess.run([sys.executable, "-m", "venv", home], check=True)
        subprocess.run([home / "bin" / "pip", "install", "-q", "duckdb", "polars", "datafusion", "pyarrow", "numpy"], check=True)
    return found


def versions(exe):
    code = "import duckdb,polars,datafusion;print(duckdb.__version__,polars.__version__,datafusion.__version__)"
    return subprocess.run([exe, "-c", code], capture_output=True, text=True).stdout.split()


def peer(exe, scripts, engine, question, data, reps):
    run = subprocess.run([exe, "q.py", engine, question, data, str(reps)], cwd=scripts, capture_output=True, text=True)
    if run.returncode:
        sys.exit(f"{engine} {question} failed: {run.stderr[-400:]}")
    return json.loads(run.stdout.strip().splitlines()[-1])


def numbers(text):
    """The answer as a flat list of numbers; dates as days."""
    rows = eval(text, {"__builtins__": {}}, {"datetime": datetime, "Decimal": float})  # our own program's and the peers' repr
    flat = []
    for value in rows[0]:
        flat.append(value.toordinal() if isinstance(value, datetime.date) else float(value))
    return flat


def same(a, b):
    return len(a) == len(b) and all(math.isclose(x, y, rel_tol=1e-9) for x, y in zip(a, b))


def main():
    ask = argparse.ArgumentParser()
    ask.add_argument("dir")
    ask.add_argument("--reps", type=int, default=3)
    ask.add_argument("--shared", default=str(ROOT.parent / "shared"))
    ask.add_argument("--vanguard", default=str(ROOT / "target" / "release" / "vanguard"))
    ask.add_argument("--lake")
    ask.add_argument("--only", nargs="*", default=PEERS)
    ask.add_argument("--json", action="store_true")
    args = ask.parse_args()
    data = os.path.abspath(args.dir)
    scripts = Path(args.shared) / "bench" / "population"
    exe = python()
    own = [args.vanguard, "bench", "population", data, "--reload", "--repeat", str(args.reps), "--json"]
    own += ["--lake", args.lake] if args.lake else []
    ours = json.loads(subprocess.run(own, capture_output=True, text=True, check=True).stdout)
    answers = {q["query"]: q for q in ours["queries"]}
    rows, wrong = {}, []
    for engine in args.only:
        rows[engine] = {q: peer(exe, scripts, engine, q, data, args.reps) for q in QUESTIONS}
        wrong += [(engine, q) for q in QUESTIONS if not same(numbers(rows[engine][q]["result"]), numbers(answers[q]["result"]))]
    if args.json:
        for engine in rows:
            for q in QUESTIONS:
                print(json.dumps(rows[engine][q]))
        for q in ours["queries"]:
            print(json.dumps(q))
    cpu = lambda e: [rows[e][q]["cpu_s"] for q in QUESTIONS]
    print(f"{ours['people']:,} people, {ours['rows']:,} rows; {platform.machine()}, {os.cpu_count()} cores, "
          f"{datetime.date.today()}, load {os.getloadavg()[0]:.1f}; versions {' '.join(versions(exe))}")
    print("| engine | hfrs | charlson | segrate | cohort | all four, CPU s | wall s | peak MiB |")
    print("|---|---|---|---|---|---|---|---|")
    for e in rows:
        wall = sum(rows[e][q]["median_s"] for q in QUESTIONS)
        peak = max(rows[e][q]["rss_mb"] for q in QUESTIONS)
        print(f"| {e} | " + " | ".join(f"{c:.2f}" for c in cpu(e)) + f" | {sum(cpu(e)):.1f} | {wall:.1f} | {peak:,} |")
    all4 = answers["all"]
    print(f"| vanguard | | | | | {all4['cpu_s']:.2f} | {all4['median_s']:.2f} | {all4['rss_mb']:,} |")
    load = ours["load"]
    print(f"making the lake: {load['cpu_s']:.1f} CPU s, {load['wall_s']:.1f} s, {load['rss_mb']:,} MiB; {ours['lake_bytes'] / 1e6:.0f} MB on disk")
    print("answers differ: " + ", ".join(map(str, wrong)) if wrong else "answers: the same in all engines")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
