#!/usr/bin/env bash
# A ledger of what is rare in money: currencies without and with three decimals, money taken back, write-offs taken back and on credit
# notes, claims paid, credits moved, a final and a corrective, over two years.
# usage: tests/conformance/corners.sh ACQUIT FOLDER
set -euo pipefail
program=$(realpath "$1")
mkdir -p "$2/drafts"
folder=$(realpath "$2")

on() { # DAY COMMAND...
    "$program" -C "$folder" --today "$1" --no-input --quiet "${@:2}"
}
draft() { # NAME TEXT
    printf '%s\n' "$2" >"$folder/drafts/$1.toml"
}
line() { # PRICE [QUANTITY] [VAT] [OPERATION]
    printf '[[line]]\nitem = "Étude"\noperation = "%s"\nquantity = %s\nprice = %s\nvat = %s\n' "${4:-services}" "${2:-1}" "$1" "${3:-20}"
}

on 2025-01-02 init --name "Camille Durand EI" --form ei --siren 732829320 --street "12 rue des Tables" --postcode 69001 --city Lyon \
    --iban FR1420041010050500013M02606 --ledger-id corners
on 2025-01-02 client add acme --name "Acme SAS" --id 404833048 --street "3 impasse Cœur-de-Vey" --postcode 75014 --city Paris
on 2025-01-02 client add Diwan-2 --name 'Diwan "Deux"; | WLL' --street "Sharq 2" --city Kuwait --country KW

yen='client = "acme"
currency = "JPY"
exchange = { rate = 0.0062, date = 2025-03-01, source = "BCE" }'
dinar='client = "Diwan-2"
currency = "KWD"
exchange = { rate = 2.95, date = 2025-03-01, source = "BCE" }'

# Yen: paid in part with a provider's fee, charged back, overpaid; the difference kept, and kept no more.
draft yen "$yen
$(line 3333 3) $(printf '\n')
$(line 7 1 5.5 goods)"
on 2025-03-01 issue yen # F2025-0001: 12006 JPY
on 2025-03-20 pay F2025-0001 5000 --fee 75 --method card
on 2025-04-02 pay F2025-0001 -5000 --note "chargeback"
on 2025-04-20 pay F2025-0001 12010 --yes
on 2025-04-21 write-off F2025-0001 --reason exchange
# Dinars: three decimals; a deposit, credited in part, and a final.
draft deposit "$dinar
type = \"deposit\"
$(line 100.125)"
on 2025-05-01 issue deposit # F2025-0002: 120.150 KWD
on 2025-05-02 credit F2025-0002 --amount 12.012
on 2025-05-02 issue credit-F2025-0002 # A2025-0001
on 2025-05-10 pay F2025-0002 108.138
draft final "$dinar
type = \"final\"
deposits = [\"F2025-0002\"]
$(line 333.333 3)
$(line 10.005 1 5.5 goods)
[[discount]]
percent = 3
reason = \"Remise\""
on 2025-06-01 issue final # F2025-0003
on 2025-12-30 pay F2025-0003 500.001 --reference "half"
on 2025-12-31 write-off F2025-0003 0.001 --reason rounding
# A credit note on what is paid in full: paid back in part, part of it used, what is left given up by a row written by hand.
draft euro "client = \"acme\"
$(line 1000)"
on 2025-07-01 issue euro # F2025-0004: 1200.00 EUR
on 2025-07-20 pay F2025-0004 1200
on 2025-08-01 credit F2025-0004 --amount 120
on 2025-08-01 issue credit-F2025-0004 # A2025-0002
on 2025-08-05 pay A2025-0002 -60
draft next "client = \"acme\"
$(line 500)"
on 2025-09-01 issue next # F2025-0005: 600.00 EUR
on 2025-09-01 pay F2025-0005 50 --from A2025-0002
# Interest and indemnity paid with the principal, some of it too much, moved to the next.
on 2025-11-20 pay F2025-0005 7.77 --part interest
on 2025-11-20 pay F2025-0005 40 --part fee
on 2025-11-21 pay F2025-0005 560 --yes
draft last "client = \"acme\"
$(line 100)"
on 2025-12-01 issue last # F2025-0006: 120.00 EUR
on 2025-12-02 pay F2025-0006 10 --from F2025-0005
on 2025-12-03 pay --client acme 300 --credit
on 2026-01-05 pay F2025-0006 30 --method offset
# Written off, and then paid after all: the write-off is taken back by hand.
on 2026-01-31 write-off F2025-0006 --reason bad-debt --note "liquidated"
cat >>"$folder/events/2026.csv" <<'ROWS'
back,2026-02-15,write-off,acme,F2025-0006,,,-80.00,EUR,,,,,,,bad-debt: paid after all
note,2026-02-15,write-off,acme,A2025-0002,,,-10.00,EUR,,,,,,,rounding: never asked for
yen,2026-02-15,write-off,acme,F2025-0001,,,4,JPY,,,,,,,exchange: sent back
ROWS
on 2026-02-16 pay F2025-0006 80
on 2026-02-16 pay F2025-0001 -4
# A corrective after a partial payment, and a credit note on it.
draft wrong "client = \"acme\"
$(line 700)"
on 2026-03-01 issue wrong # F2026-0001: 840.00 EUR
on 2026-03-10 pay F2026-0001 400
on 2026-03-15 credit F2026-0001 --replace
sed -i 's/price = 700/price = 600/' "$folder/drafts/corrective-F2026-0001.toml"
on 2026-03-15 issue corrective-F2026-0001 # F2026-0002: 720.00 EUR
on 2026-03-20 credit F2026-0002 --amount 420
on 2026-03-20 issue credit-F2026-0002 # A2026-0001, 320.00 taken off, 100.00 left
on 2026-04-01 pay A2026-0001 -100
on 2026-04-02 check
