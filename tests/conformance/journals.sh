#!/usr/bin/env bash
# Real hledger and real beancount load the exports of both examples, of the matrix and of a generated ledger of 2,000 documents.
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
"$work/venv/bin/python" "$here/journals.py" "$acquit" "$work/venv" examples/atelier examples/studio "$work/generated" "$work"/matrix/*
