#!/usr/bin/env python3
"""Measures whole runs of acquit against other programs on generated ledgers, and compares them with the project's goals.

It builds nothing. Build first:

    cargo build --release --bins --examples

Then run `python3 tests/bench/compare.py`. Two programs are started in turn, pair after pair, so that a busy machine slows both;
what counts is the processor time (user + system) that the kernel reports for each, and the ratio of the medians. A goal that is
missed is printed as such and is no failure; a wrong answer is one. Python's standard library only; needs Linux for the peaks.
"""

import argparse
import csv
import ctypes
import hashlib
import io
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
import tomllib
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
TODAY = "2026-11-22"
MIB = 1024 * 1024
GROUPS = ["start", "reports", "commands", "mistakes", "pages", "issue"]
# A peer that takes longer than this (CPU seconds) is run twice only.
SLOW = 5.0


def environment(home):
    """The same for all: no settings of the user, UTF-8, no colours."""
    return {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "NO_COLOR": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_NOSYSTEM": "1",
    }


def adopt(on):
    """Lets grandchildren whose parent has gone come to this process (PR_SET_CHILD_SUBREAPER); tells whether the system can."""
    try:
        return ctypes.CDLL(None).prctl(36, int(on), 0, 0, 0) == 0
    except (OSError, AttributeError):
        return False


class Runner:
    """Starts programs and takes what the kernel says of them."""

    def __init__(self, home):
        self.environment = environment(home)
        self.out = home / "stdout"

    def run(self, command, keep=False, accept=(0,)):
        """Runs a command; returns its CPU seconds, wall seconds and, with `keep`, its output."""
        command = [str(word) for word in command]
        target = str(self.out) if keep else "/dev/null"
        actions = [
            (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644),
        ]
        if not keep:
            actions.append((os.POSIX_SPAWN_OPEN, 2, "/dev/null", os.O_WRONLY, 0))
        begin = time.perf_counter()
        process = os.posix_spawnp(command[0], command, self.environment, file_actions=actions)
        _, status, usage = os.wait4(process, 0)
        wall = time.perf_counter() - begin
        if os.waitstatus_to_exitcode(status) not in accept:
            sys.exit(f"{' '.join(command[:8])} … ended with {os.waitstatus_to_exitcode(status)}")
        text = self.out.read_text(encoding="utf-8") if keep else ""
        return usage.ru_utime + usage.ru_stime, wall, text

    def peak(self, command):
        """Returns the bytes of memory that a command had at most.

        The kernel counts what the process held before it became the program: started from Python, some ten MiB. So a small
        shell forks it and goes away at once, and the orphan comes to this process.
        """
        if not adopt(True):
            return None
        command = [str(word) for word in command]
        shell = ["sh", "-c", '"$@" >/dev/null 2>&1 &', "sh", *command]
        process = os.posix_spawnp("sh", shell, self.environment)
        seen, peak = set(), None
        while len(seen) < 2:
            found, _, usage = os.wait4(-1, 0)
            seen.add(found)
            if found != process:
                peak = usage.ru_maxrss * 1024
        adopt(False)
        return peak


def median(values):
    return statistics.median(values)


class Report:
    """Prints results, and keeps them for --json."""

    def __init__(self):
        self.results = []
        self.missed = 0

    def line(self, size, what, found, goal="", reached=None):
        verdict = "" if reached is None else ("yes" if reached else "NO")
        self.missed += reached is False
        self.results.append({"size": size, "what": what, "found": found, "goal": goal, "reached": reached})
        print(f"{size:>7}  {what:<34}  {found:<64}  {goal:<26}  {verdict}".rstrip(), flush=True)


def spread(values):
    return f"{median(values) * 1000:.1f} ms ({min(values) * 1000:.1f}-{max(values) * 1000:.1f})"


class Benchmark:
    def __init__(self, options):
        self.options = options
        target = Path(os.environ.get("CARGO_TARGET_DIR", PROJECT / "target"))
        programs = options.programs or target / "release"
        self.acquit = programs / "acquit"
        self.examples = programs / "examples"
        self.cache = options.cache or target / "bench"
        missing = [p for p in [self.acquit, *(self.examples / e for e in ("generate", "rawread", "empty"))] if not p.exists()]
        if missing:
            sys.exit(f"{missing[0]} is missing; build first: cargo build --release --bins --examples")
        self.cache.mkdir(parents=True, exist_ok=True)
        self.runner = Runner(self.cache)
        self.report = Report()
        self.overdue = {}

    # -- the two kinds of measurement ------------------------------------------------------------------------------------

    def pairs(self, first, second, pairs=None):
        """Runs two commands in turn after a warm-up; returns the CPU seconds and wall seconds of each."""
        pairs = pairs or self.options.pairs
        warm = [self.runner.run(first)[0], self.runner.run(second)[0]]
        if max(warm) > SLOW:
            pairs = min(pairs, 2)
        found = ([], []), ([], [])
        for _ in range(pairs):
            for (cpu, wall), command in zip(found, (first, second)):
                used, elapsed, _ = self.runner.run(command)
                cpu.append(used)
                wall.append(elapsed)
        return found

    def ratio(self, size, what, first, second, name, goal="", limit=None, inverse=False, note=None):
        """Prints how many times the second's CPU the first takes (`inverse`: how many times less)."""
        (ours, walls), (theirs, _) = self.pairs(first, second)
        value = median(theirs) / median(ours) if inverse else median(ours) / median(theirs)
        times = f"{value:.1f}x less" if inverse else f"{value:.2f}x"
        found = f"{spread(ours)} / {name} {spread(theirs)} = {times}"
        if note:
            found += note(median(ours), median(walls))
        reached = None if limit is None else (value >= limit if inverse else value <= limit)
        self.report.line(size, what, found, goal, reached)
        return median(ours)

    def peak(self, size, what, command, limit, goal):
        peak = self.runner.peak(command)
        if peak is None:
            self.report.line(size, what, "not measured: needs Linux", goal)
        else:
            self.report.line(size, what, f"{peak / MIB:.1f} MiB", goal, peak <= limit)

    # -- ledgers ---------------------------------------------------------------------------------------------------------

    def ledger(self, size):
        """Makes a ledger once: documents, journal, git repository."""
        folder, journal, stamp = (self.cache / f"{size}{end}" for end in ("", ".journal", ".stamp"))
        source = (PROJECT / "tests/bench/generate.rs").read_bytes()
        mark = hashlib.sha256(source).hexdigest()
        if stamp.exists() and stamp.read_text() == mark and not self.check(folder):
            return folder, journal
        print(f"making a ledger of {size} documents in {folder}", file=sys.stderr)
        stamp.unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
        self.runner.run([self.examples / "generate", folder, size, "--journal", journal])
        said = self.check(folder)
        if said:
            sys.exit(f"`acquit check` must find nothing in a generated ledger, and says:\n{said[:2000]}")
        if shutil.which("git"):
            off = ["gc.auto=0", "maintenance.auto=false", "core.looseCompression=1", "core.fsync=none"]
            git = ["git", "-C", folder, *(word for setting in off for word in ("-c", setting))]
            self.runner.run([*git, "init", "-q"])
            self.runner.run([*git, "add", "."])
            self.runner.run([*git, "-c", "user.name=b", "-c", "user.email=b@example.org", "commit", "-q", "-m", "b"])
            self.runner.run([*git, "repack", "-adq"])
        stamp.write_text(mark)
        return folder, journal

    def check(self, folder):
        if not (folder / "acquit.toml").exists():
            return "no ledger"
        said = self.runner.run([self.acquit, "-C", folder, "--today", TODAY, "check", "--json"], keep=True, accept=(0, 1))[2]
        # Debts that nobody paid for years lapse: true of a generated ledger as of any other.
        found = [item for item in json.loads(said)["items"] if item["code"] != "LIMITATION"]
        return json.dumps(found, indent=1) if found else ""

    # -- answers ---------------------------------------------------------------------------------------------------------

    def verify(self, size, folder, journal):
        """Compares acquit's answer with one worked out here from the CSV files, and hledger's with it as well."""
        late, balances = positions(folder)
        command = [self.acquit, "-C", folder, "--today", TODAY, "overdue", "--json"]
        report = json.loads(self.runner.run(command, keep=True)[2])
        found = {item["number"]: Decimal(item["late"]) for item in report["items"]}
        if found != late:
            sys.exit(f"`overdue` is wrong at {size}: {len(found)} late, {len(late)} by the CSV files")
        text = f"{len(late)} late, {len(balances)} balances"
        if shutil.which("hledger"):
            said = self.runner.run([*self.hledger(journal), "-O", "csv"], keep=True)[2]
            rows = {row[0] for row in csv.reader(io.StringIO(said)) if row[0] not in ("account", "total", "Total:")}
            if rows != set(balances):
                sys.exit(f"hledger disagrees at {size}: {len(rows)} balances, {len(balances)} by the CSV files")
            text += "; hledger agrees"
        self.report.line(size, "answers agree", text, "equal", True)

    def hledger(self, journal):
        return ["hledger", "-f", journal, "bal", "assets:receivable", "--pivot", "inv"]

    # -- what is measured ------------------------------------------------------------------------------------------------

    def start(self):
        self.ratio("", "--help", [self.acquit, "--help"], [self.examples / "empty"], "empty", "<= 1.5x", 1.5)
        self.ratio("", "--version", [self.acquit, "--version"], [self.examples / "empty"], "empty", "<= 1.5x", 1.5)
        self.ratio("", "templates list --help", [self.acquit, "templates", "list", "--help"], [self.examples / "empty"], "empty", "<= 1.5x", 1.5)
        size = self.acquit.stat().st_size
        self.report.line("", "binary", f"{size / 1e6:.2f} MB", "<= 10 MB", size <= 10e6)

    def reports(self, size):
        folder, journal = self.ledger(size)
        self.verify(size, folder, journal)
        acquit = [self.acquit, "-C", folder, "--today", TODAY]
        overdue = [*acquit, "overdue"]
        books = [self.examples / "rawread", "books", folder]
        used = self.ratio(size, "overdue / reading the books", overdue, books, "rawread")
        if shutil.which("git"):
            git = ["git", "-C", folder, "status"]
            self.runner.run(git)
            self.ratio(size, "overdue / git status", overdue, git, "git", "< 1x at 100k", 1.0 if size >= 100000 else None)
        else:
            self.report.line(size, "overdue / git status", "git is not installed")
        if shutil.which("hledger"):
            peer = self.hledger(journal)
            limit = 100 if size >= 100000 else None
            self.ratio(size, "overdue / hledger bal --pivot inv", overdue, peer, "hledger", ">= 100x less at 100k", limit, True)
        else:
            self.report.line(size, "overdue / hledger bal --pivot inv", "hledger is not installed")
        self.peak(size, "overdue, peak", overdue, 4 * MIB + 300 * size, "<= 4 MiB + 300 B/document")
        if self.overdue:
            before = max(self.overdue)
            growth = used / self.overdue[before] / (size / before)
            found = f"{size // before} times the documents, {used / self.overdue[before]:.1f} times the CPU"
            self.report.line(size, "overdue, growth", found, "<= 1.2 times linear", growth <= 1.2)
        self.overdue[size] = used
        if size <= 1000:
            cpu = [self.runner.run([*acquit, "list"])[0] for _ in range(2 * self.options.pairs)]
            self.report.line(size, "list", spread(cpu), "<= 5 ms at 1000", median(cpu) <= 0.005)
        note = lambda cpu, wall: f"; {cpu / wall:.1f} cores"
        documents = [self.examples / "rawread", "documents", folder]
        self.ratio(size, "check / reading the documents", [*acquit, "check"], documents, "rawread", "<= 6x (goal 3x)", 6, note=note)

    def alone(self, size, what, command, goal="", limit=None, accept=(0,), runs=None):
        """Prints the CPU of one command; `limit` in seconds."""
        self.runner.run(command, accept=accept)
        cpu = [self.runner.run(command, accept=accept)[0] for _ in range(runs or self.options.pairs)]
        self.report.line(size, what, spread(cpu), goal, None if limit is None else median(cpu) <= limit)
        return median(cpu)

    def commands(self, size):
        """What each command costs that is about one document or one client, and those that read everything."""
        folder, _ = self.ledger(size)
        acquit = [self.acquit, "-C", folder, "--today", TODAY]
        out = self.cache / "commands"
        shutil.rmtree(out, ignore_errors=True)
        late = json.loads(self.runner.run([*acquit, "overdue", "--json"], keep=True)[2])["items"][-1]
        number, client = late["number"], late["client"]
        draft = folder / "drafts/bench-one.toml"
        draft.unlink(missing_ok=True)
        self.runner.run([*acquit, "-q", "new", client, "Item", "1", "10", "--vat", "20", "--name", draft.stem])
        for what, words in [
            ("overdue", ["overdue"]),
            ("list", ["list"]),
            ("status", ["status"]),
            ("pay NUMBER, dry run", ["-n", "pay", number, "1"]),
            ("credit NUMBER, dry run", ["-n", "credit", number]),
            ("issue of one draft, dry run", ["-n", "issue", draft.stem]),
            ("statement CLIENT", ["statement", client]),
            ("show NUMBER", ["show", number]),
            ("show NUMBER --explain", ["show", number, "--explain"]),
            ("dossier NUMBER, dry run", ["-n", "dossier", number]),
            ("render NUMBER", ["render", number, "-o", out]),
            ("export cii NUMBER", ["export", "cii", number]),
            ("interest NUMBER", ["interest", number]),
            ("interest --all", ["interest", "--all"]),
            ("export hledger", ["export", "hledger"]),
        ]:
            self.alone(size, what, [*acquit, *words])
        draft.unlink(missing_ok=True)
        shutil.rmtree(out, ignore_errors=True)
        for what, words, accept in [
            ("recurring run, no template", ["recurring", "run"], (0,)),
            ("recurring list, no template", ["recurring", "list"], (0,)),
            ("quote list, no quote", ["quote", "list"], (0,)),
            ("send, no mail.toml", ["send", number], (1,)),
        ]:
            self.alone(size, what, [*acquit, *words], "<= 10 ms", 0.010, accept)
        self.peak(size, "list, peak", [*acquit, "list"], 4 * MIB + 1500 * size, "<= 4 MiB + 1.5 kB/document")
        self.peak(size, "interest --all, peak", [*acquit, "interest", "--all"], 4 * MIB + 1500 * size, "<= 4 MiB + 1.5 kB/document")

    def mistakes(self, size):
        """What wrong books cost: their problems are found and counted in the time of reading them."""
        folder, _ = self.ledger(size)
        wrong = self.cache / f"{size}-wrong"
        acquit = [self.acquit, "-C", wrong, "--today", TODAY, "overdue"]
        healthy = [self.acquit, "-C", folder, "--today", TODAY, "overdue"]

        def books():
            shutil.rmtree(wrong, ignore_errors=True)
            wrong.mkdir()
            shutil.copy(folder / "acquit.toml", wrong)
            for book in ("clients", "register", "payments", "events", "plans"):
                shutil.copytree(folder / book, wrong / book)

        # A spreadsheet takes the last figure of amounts as 12.30 for nothing.
        books()
        count = 0
        for path in (wrong / "register").glob("*.csv"):
            text, found = re.subn(r",EUR,1,(\d+)\.(\d)\d,", r",EUR,1,\1.\2,", path.read_text(encoding="utf-8"))
            path.write_text(text, encoding="utf-8")
            count += found
        what = f"overdue, {count} rows spelled otherwise"
        self.compared(size, what, acquit, healthy, "<= 2x the healthy one", 2.0)
        for what, client, document in [("clients", "nobody{}", "X2026-{}"), ("one client", "nobody", "X2026-0001")]:
            books()
            row = f"u{{0}},2026-05-01,{client},10.00,EUR,transfer,{document},,,,,\n"
            with (wrong / "payments/2026.csv").open("a", encoding="utf-8", newline="") as file:
                file.writelines(row.replace("{}", "{0}").format(index) for index in range(20_000))
            self.alone(size, f"overdue, 20,000 rows of unknown {what}", acquit, "<= 0.5 s", 0.5, (1,))
        books()
        clients = sorted((wrong / "clients").glob("*.toml"))
        plain = clients[0].read_text(encoding="utf-8")
        for what, keys in [("32,000 unknown keys", "".join(f"key{n} = 1\n" for n in range(32_000))), ("one key of 1 MB", "k" * MIB + " = 1\n")]:
            clients[0].write_text(keys + plain, encoding="utf-8")
            self.alone(size, f"client show, {what}", [*acquit[:-1], "client", "show", clients[0].stem], "<= 0.5 s", 0.5, (0, 1))
        shutil.rmtree(wrong, ignore_errors=True)

    def compared(self, size, what, wrong, healthy, goal, limit):
        """Prints how many times the CPU of a command on a healthy ledger the same takes on a wrong one."""
        found = [], []
        for _ in range(self.options.pairs):
            found[0].append(self.runner.run(wrong, accept=(1,))[0])
            found[1].append(self.runner.run(healthy)[0])
        times = median(found[0]) / median(found[1])
        self.report.line(size, what, f"{spread(found[0])} / healthy {spread(found[1])} = {times:.2f}x", goal, times <= limit)

    def pages(self, size):
        folder, _ = self.ledger(size)
        out = self.cache / "pages"
        acquit = [self.acquit, "-C", folder, "--today", TODAY]
        cpu = []
        for _ in range(3):
            shutil.rmtree(out, ignore_errors=True)
            cpu.append(self.runner.run([*acquit, "render", "--all", "-o", out])[0])
        made = len(list(out.glob("*.pdf")))
        if made != size:
            sys.exit(f"`render --all` made {made} of {size} pages")
        rate = size / median(cpu)
        self.report.line(size, "render --all", f"{rate:.0f} PDFs a CPU second", ">= 200 (goal 300), each a Factur-X document", rate >= 200)
        self.peak(size, "render --all, peak", [*acquit, "render", "--all", "-o", out], 64 * MIB, "<= 64 MiB (own goal)")
        number = next(csv.DictReader((folder / "register/2026.csv").open(encoding="utf-8")))["number"]
        one = [*acquit, "render", number, "-o", out]
        cpu = [self.runner.run(one)[0] for _ in range(2 * self.options.pairs)]
        self.report.line(size, "one page, cold", spread(cpu), "<= 15 ms", median(cpu) <= 0.015)
        self.peak(size, "one page, cold, peak", one, 24e6, "<= 24 MB")
        bytes_of_page = (out / f"{number}.pdf").stat().st_size
        self.report.line(size, "one page, its file", f"{bytes_of_page / 1000:.1f} kB", "<= 30 kB", bytes_of_page <= 30_000)
        shutil.rmtree(out, ignore_errors=True)

    def issue(self, drafts):
        folder = self.cache / f"drafts-{drafts}"
        cpu, walls = [], []
        for _ in range(2):
            shutil.rmtree(folder, ignore_errors=True)
            self.runner.run([self.examples / "generate", folder, 0, "--drafts", drafts])
            names = sorted(path.stem for path in (folder / "drafts").iterdir())
            used, wall, _ = self.runner.run([self.acquit, "-C", folder, "--today", TODAY, "issue", *names])
            cpu.append(used)
            walls.append(wall)
        rows = sum(1 for _ in csv.DictReader((folder / "register/2026.csv").open(encoding="utf-8")))
        if rows != drafts or self.check(folder):
            sys.exit(f"`issue` made {rows} rows of {drafts}, or `check` finds something")
        found = f"{min(walls):.1f} s, CPU {median(cpu):.1f} s"
        self.report.line(drafts, "issue, all drafts in one go", found, "<= 15 s for 10000", min(walls) <= 15)
        shutil.rmtree(folder, ignore_errors=True)

    def all(self):
        print(f"{'size':>7}  {'what':<34}  {'CPU: median (least-most)':<64}  {'goal':<26}  reached")
        only = self.options.only
        if "start" in only:
            self.start()
        if "reports" in only:
            for size in self.options.sizes:
                self.reports(size)
        for size in self.options.sizes:
            if "commands" in only:
                self.commands(size)
            if "mistakes" in only:
                self.mistakes(size)
        if "pages" in only:
            self.pages(min(self.options.sizes))
        if "issue" in only:
            self.issue(self.options.drafts)
        if self.options.json:
            Path(self.options.json).write_text(json.dumps(self.report.results, indent=1) + "\n", encoding="utf-8")
        print(f"\n{self.report.missed} goals missed")


def rows(folder, book):
    for path in sorted((folder / book).glob("[0-9][0-9][0-9][0-9].csv")):
        with path.open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)


def positions(folder):
    """The balances that are not zero, and the late amounts, by docs/format.md; invoices and credit notes only, and plans about one
    document without credit notes each."""
    documents, disputes, moved = {}, {}, defaultdict(list)
    for row in rows(folder, "register"):
        if row["type"] not in ("invoice", "credit"):
            sys.exit(f"this script does not know documents of type {row['type']}")
        documents[row["number"]] = [row["due"], Decimal(row["owed"]), row["refs"].split(), row["type"]]
    for row in rows(folder, "payments"):
        if row["document"] and row["part"] in ("", "principal") and row["date"] <= TODAY:
            documents[row["document"]][1] -= Decimal(row["amount"])
            moved[row["document"]].append((row["date"], Decimal(row["amount"])))
    for row in sorted(rows(folder, "events"), key=lambda row: row["date"]):
        if row["date"] > TODAY or not row["document"]:
            continue
        if row["kind"] in ("discount", "write-off"):
            documents[row["document"]][1] -= Decimal(row["amount"])
        elif row["kind"] in ("dispute", "resolved"):
            disputes[row["document"]] = (row["kind"] == "dispute", row["amount"])
    for document in documents.values():
        if document[3] == "credit":
            for number in document[2]:
                taken = min(max(documents[number][1], Decimal(0)), -document[1])
                documents[number][1] -= taken
                document[1] += taken
    late, balances = {}, {}
    for number, (due, balance, _, _) in documents.items():
        if balance:
            balances[number] = balance
        is_disputed, amount = disputes.get(number, (False, ""))
        disputed = min(Decimal(amount) if amount else balance, balance) if is_disputed else Decimal(0)
        if due and due < TODAY and balance - max(disputed, Decimal(0)) > 0:
            late[number] = balance - max(disputed, Decimal(0))
    for path in (folder / "plans").glob("*.toml"):
        plan = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
        number = plan["documents"][0]
        if number in late:
            late[number] = late_of(plan, documents[number][1], moved[number])
            if not late[number]:
                del late[number]
    return late, balances


def late_of(plan, balance, payments):
    """What of a planned document is late: without a missed part nothing, with acceleration the whole, else the parts that are past."""
    past = [part for part in plan["instalment"] if str(part["due"]) < TODAY]
    for part in past:
        due = str(part["due"])
        to_come = sum(other["amount"] for other in plan["instalment"] if other["due"] > part["due"])
        left = balance + sum(amount for date, amount in payments if date > due)
        if left > to_come and plan["acceleration"]:
            return balance
    to_come = sum(part["amount"] for part in plan["instalment"] if str(part["due"]) >= TODAY)
    return max(balance - to_come, Decimal(0))


def main():
    words = lambda text: text.split(",")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=lambda text: sorted(int(word) for word in words(text)), default=[1000, 10000, 100000])
    parser.add_argument("--pairs", type=int, default=5, help="how often two programs are run in turn (default 5)")
    parser.add_argument("--only", type=words, default=GROUPS, help=",".join(GROUPS))
    parser.add_argument("--drafts", type=int, default=10000, help="how many drafts `issue` gets (default 10000)")
    parser.add_argument("--programs", type=Path, help="folder of acquit and examples/ (default: target/release)")
    parser.add_argument("--cache", type=Path, help="folder of the generated ledgers (default: target/bench)")
    parser.add_argument("--json", help="also write the results to this file")
    Benchmark(parser.parse_args()).all()


if __name__ == "__main__":
    main()
