#!/usr/bin/env python3
"""Sorts a ledger's files: those between French businesses are judged by the French rules too.

    french.py LEDGER OUT FRENCH ALL      appends the files' names to the lists FRENCH and ALL
"""
import sys
import tomllib
from pathlib import Path


def main():
    ledger, out, french, everything = map(Path, sys.argv[1:])
    with open(french, "a", encoding="utf-8") as few, open(everything, "a", encoding="utf-8") as all_of_them:
        for path in sorted(ledger.glob("invoices/*/*.toml")):
            document = tomllib.loads(path.read_text(encoding="utf-8"))
            seller, buyer = document["seller"], document["buyer"]
            business = buyer["kind"] == "business" and buyer.get("taxable", True) and "id" in buyer
            at_home = seller["address"]["country"] == buyer["address"]["country"] == "FR"
            for name in (f"pdf/{path.stem}.pdf", f"cii/{path.stem}.xml", f"ubl/{path.stem}.xml"):
                file = out / name
                if not file.exists():
                    sys.exit(f"{file} was not made")
                print(file, file=all_of_them)
                if business and at_home:
                    print(file, file=few)


if __name__ == "__main__":
    main()
