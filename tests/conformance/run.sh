#!/usr/bin/env bash
# The independent oracle: every page and every XML of both examples, the demonstration and a generated matrix is judged by foreign
# validators and readers; broken copies must fail.
# usage: tests/conformance/run.sh ACQUIT DEMO
set -euo pipefail
here=$(dirname "$0")
acquit=$(realpath "$1")
demo=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
python=$work/venv/bin/python

"$python" "$here/matrix.py" "$acquit" "$work/matrix"
ledgers=(examples/atelier examples/studio "$demo" "$work"/matrix/*)
pairs=()
: >"$work/all"
: >"$work/french"
for ledger in "${ledgers[@]}"; do
    out=$work/out/$(basename "$ledger")
    "$acquit" -C "$ledger" --today 2026-11-22 -q render --all -o "$out/pdf"
    "$acquit" -C "$ledger" --today 2026-11-22 -q export cii --all -o "$out/cii"
    "$acquit" -C "$ledger" --today 2026-11-22 -q export ubl --all -o "$out/ubl"
    # Rendered a second time: the same bytes.
    "$acquit" -C "$ledger" --today 2027-03-04 -q render --all -o "$out/again"
    diff -rq "$out/pdf" "$out/again"
    "$python" "$here/french.py" "$ledger" "$out" "$work/french" "$work/all"
    pairs+=("$ledger" "$out/pdf")
done

# xargs keeps a command line short enough; a non-zero end of any of its runs is one of its own.
echo "$(wc -l <"$work/all") files for EN 16931, $(wc -l <"$work/french") of them for the French rules as well"
xargs -a "$work/all" -n 200 "$python" "$here/validate_einvoice.py" >"$work/verdicts" || { grep -v '^PASS' "$work/verdicts"; exit 1; }
xargs -a "$work/french" -n 200 "$python" "$here/validate_einvoice.py" --fr >"$work/verdicts-fr" || { grep -v '^PASS' "$work/verdicts-fr"; exit 1; }
echo "$(grep -c '^PASS' "$work/verdicts") and $(grep -c '^PASS' "$work/verdicts-fr") pass, none fails"

"$python" "$here/d22b.py" "$work"/out/*/cii/*.xml

sample=$(grep -l 'attachment' "$work"/matrix/societe/invoices/2026/F*.toml)
sample=$(basename "${sample%%$'\n'*}" .toml)
out=$work/out/societe
"$python" "$here/mutants.py" "$out/cii/$sample.xml" "$out/ubl/$sample.xml" "$out/pdf/$sample.pdf"

"$python" "$here/pages.py" "${pairs[@]}"

# The e-mails of reminders, for clients with hostile names.
"$python" "$here/mails.py" "$acquit" "$work/mails"
