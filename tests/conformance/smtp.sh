#!/usr/bin/env bash
# Documents are sent to a real mail server on this computer that accepts, refuses, hangs, drops: each arrives at most once, and the
# ledger says what became of it.
# usage: tests/conformance/smtp.sh ACQUIT
set -euo pipefail
here=$(dirname "$0")
acquit=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements-smtp.txt"
"$work/venv/bin/python" "$here/smtp.py" "$acquit" "$work"
