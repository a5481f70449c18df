#!/usr/bin/env python3
"""Loads the exports of ledgers into hledger and beancount; both must print the receivables that `acquit list` prints, to the cent.

usage: journals.py ACQUIT VENV LEDGER...

VENV is a virtual environment with beancount and beanquery. Each ledger is looked at on several days; on each, both programs check the
whole journal and say what each invoice and each client owes.
"""

import csv
import io
import json
import pathlib
import subprocess
import sys
import tempfile
from collections import defaultdict
from decimal import Decimal

acquit, venv, *ledgers = sys.argv[1:]
DAYS = ["2026-11-22", "2026-06-30", "2026-02-28", "2025-12-31", "2025-08-02"]


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def nonzero(sums):
    return {key: value for key, value in sums.items() if value}


def expected(ledger, day):
    """Balances by (number, currency) and by (client, currency), as acquit lists them."""
    invoices, clients = defaultdict(Decimal), defaultdict(Decimal)
    for item in json.loads(run(acquit, "-C", ledger, "--today", day, "list", "--json"))["items"]:
        balance = Decimal(item["balance"])
        invoices[item["number"], item["currency"]] += balance
        clients[item["client"], item["currency"]] += balance
    return nonzero(invoices), nonzero(clients)


def hledger(journal):
    run("hledger", "-f", journal, "check", "--strict")

    def balances(*arguments):
        said = run("hledger", "-f", journal, "bal", "assets:receivable", "--flat", "-N", "--layout=bare", "-O", "csv", *arguments)
        rows = list(csv.DictReader(io.StringIO(said)))
        return nonzero({(row["account"].rpartition(":")[2], row["commodity"]): Decimal(row["balance"]) for row in rows})

    return balances("--pivot", "inv"), balances()


def beancount(journal):
    run(f"{venv}/bin/bean-check", journal)

    def balances(name):
        query = f"SELECT meta('{name}') AS name, currency, sum(number) AS n WHERE account ~ '^Assets:Receivable' GROUP BY name, currency"
        rows = list(csv.DictReader(io.StringIO(run(f"{venv}/bin/bean-query", "-f", "csv", journal, query))))
        return nonzero({(row["name"].strip(), row["currency"].strip()): Decimal(row["n"].strip()) for row in rows})

    return balances("inv"), balances("client")


def compare(program, ledger, day, right, found):
    for what, wanted, said in zip(("invoice", "client"), right, found):
        if wanted != said:
            differing = sorted(key for key in wanted.keys() | said.keys() if wanted.get(key) != said.get(key))
            lines = [f"  {key}: {said.get(key)}, acquit says {wanted.get(key)}" for key in differing[:10]]
            sys.exit(f"{program}, {ledger} on {day}, by {what}:\n" + "\n".join(lines))


for ledger in ledgers:
    with tempfile.TemporaryDirectory() as work:
        for day in DAYS:
            right = expected(ledger, day)
            if not right[0] and day != DAYS[0]:
                continue
            for program, language in ((hledger, "hledger"), (beancount, "beancount")):
                journal = f"{work}/{day}.{language}"
                # From today with --to, as the list from that day itself.
                export = (acquit, "-C", ledger, "--today", DAYS[0], "export", language, "--to", day)
                run(*export, "-o", journal)
                if pathlib.Path(journal).read_text() != run(*export):
                    sys.exit(f"{ledger}: a second export to {language} differs")
                compare(language, ledger, day, right, program(journal))
            print(f"{ledger} on {day}: hledger and beancount agree on {len(right[0])} invoices, {len(right[1])} clients")
