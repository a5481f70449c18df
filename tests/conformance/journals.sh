#!/usr/bin/env bash
# Real hledger and real beancount load the exports of both examples, of the matrix, of a ledger of what is rare in money, and of a
# generated ledger of 2,000 documents.
# usage: tests/conformance/journals.sh ACQUIT GENERATE
set -euo pipefail
here=$(dirname "$0")
acquit=$(realpath "$1")
generate=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements-journals.txt"

"$generate" "$work/generated" 2000 >/dev/null
"$work/venv/bin/python" "$here/matrix.py" "$acquit" "$work/matrix"
"$here/corners.sh" "$acquit" "$work/corners"
# Texts that mean something in one of the languages.
cp -r tests/errors/base "$work/hostile"
cat >>"$work/hostile/payments/2026.csv" <<'ROWS'
x1,2026-11-19,acme,1.00,EUR,transfer,F2026-0001,,,,"a;b ""c"" (d) \ | = * ! @ 5 USD ; inv: F9 {x} %t #tag ^link",
x2,2026-11-19,acme,1.00,EUR,transfer,F2026-0001,,,,"= 5 EUR  ; inv:F2",
x3,2026-11-19,acme,1.00,EUR,transfer,,,,,"; comment",
ROWS
"$work/venv/bin/python" "$here/journals.py" "$acquit" "$work/venv" examples/atelier examples/studio "$work/hostile" "$work/corners" "$work/generated" "$work"/matrix/*
