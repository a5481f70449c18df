#!/usr/bin/env bash
# The benchmarks build, run on a small ledger, and all programs agree on what is late. Figures are for the full run (README.md here).
set -euo pipefail
cd "$(dirname "$0")/../.."
cargo build --quiet --release --bins --examples
python3 tests/bench/compare.py --sizes 1000 --pairs 2 --only start,reports
