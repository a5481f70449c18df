#!/usr/bin/env bash
# Foreign readers judge the pages: qpdf reads every file, pdftotext finds number, buyer and total, zbarimg decodes the QR code to the payload.
# usage: tests/foreign.sh ACQUIT DEMO
set -euo pipefail
acquit=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
count=0
codes=0
for ledger in examples/atelier examples/studio "$2"; do
    name=$(basename "$ledger")
    "$acquit" -C "$ledger" --today 2026-11-22 -q render --all -o "$work/$name"
    "$acquit" -C "$ledger" --today 2026-11-22 list --format csv >"$work/$name.csv"
    while IFS=$'\t' read -r number buyer gross owed currency due; do
        pdf=$work/$name/$number.pdf
        qpdf --check "$pdf" >"$work/qpdf.txt" 2>&1 || { cat "$work/qpdf.txt"; exit 1; }
        text=$(pdftotext -layout "$pdf" - | tr -d ' \302\240\n' | tr -d '\f')
        for wanted in "$number" "$buyer"; do
            squeezed=$(printf '%s' "$wanted" | tr -d ' \302\240')
            case $text in *"$squeezed"*) ;; *) echo "$pdf: no $wanted in $text"; exit 1 ;; esac
        done
        # The total with VAT (BT-112) is on the page; the code asks for what is due (BT-115: without deposits, rounded).
        # The figure in French or English spelling: 1234.50 is 1234,50 or 1,234.50 without spaces.
        digits=${gross#-}
        plain=$(printf '%s' "$text" | tr -d ',.')
        case $plain in *"${digits//./}"*) ;; *) echo "$pdf: no total $gross"; exit 1 ;; esac
        count=$((count + 1))
        if [ "$currency" = EUR ] && [ -n "$due" ]; then
            pdftoppm -r 150 -png "$pdf" "$work/page"
            payload=$(zbarimg -q --raw -Sbinary "$work"/page-*.png 2>/dev/null || true)
            rm -f "$work"/page-*.png
            case $payload in
                BCD*) ;;
                "") continue ;;
                *) echo "$pdf: another code: $payload"; exit 1 ;;
            esac
            grep -q "^EUR$owed\$" <<<"$payload" || { echo "$pdf: the code asks for something else: $payload"; exit 1; }
            grep -q '^RF[0-9][0-9]' <<<"$payload" || { echo "$pdf: no reference in $payload"; exit 1; }
            codes=$((codes + 1))
        fi
    done < <(python3 - "$work/$name.csv" <<'PY'
import csv, sys
for row in csv.DictReader(open(sys.argv[1], encoding="utf-8")):
    print(row["number"], row["buyer"], row["gross"], row["owed"], row["currency"], row["due"], sep="\t")
PY
    )
done
[ "$count" -gt 70 ] || { echo "only $count pages"; exit 1; }
[ "$codes" -gt 40 ] || { echo "only $codes codes were decoded"; exit 1; }
echo "$count pages read by qpdf and pdftotext, $codes QR codes decoded by zbarimg"
