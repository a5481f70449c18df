#!/usr/bin/env python3
"""A matrix of documents: type x VAT category x language x currency x discounts x buyer, issued by acquit itself.

    matrix.py ACQUIT DIR      makes one ledger a seller under DIR and issues every document of it

Nothing here knows XML: it writes drafts as a user would. The ledgers are then rendered, exported and judged.
"""
import itertools
import json
import subprocess
import sys
from pathlib import Path

ISSUE = "2026-11-22"

SELLERS = {
    # A company under the standard regime, in France, with everything a seller can state.
    "societe": """
name = "Société Tournesol"
form = "sasu"
trade_name = "Studio Tournesol"
id = "732829320"
siret = "73282932000074"
vat = "FR44732829320"
legal = "SASU au capital de 1 000 €"
registry = "RCS Lyon 732 829 320"
email = "camille@example.org"
phone = "+33 4 00 00 00 00"
contact = "Camille Durand"
website = "https://example.org"
vat_due = "debits"
""",
    # A sole trader under franchise: no VAT number, VAT category E on every line.
    "franchise": """
name = "Camille Durand EI"
form = "ei"
id = "732829320"
vat_regime = "franchise"
email = "camille@example.org"
""",
    # A seller elsewhere in the EU.
    "deutsch": """
name = "Müller Übersetzungen"
form = "other"
id = "HRB 12345"
vat = "DE136695976"
email = "post@example.org"
endpoint = "EM:post@example.org"
""",
    # A German small business, identified by its Steuernummer alone.
    "kleinunternehmer": """
name = "Jana Weber"
form = "other"
tax_id = "21/815/08150"
vat_regime = "franchise"
email = "jana@example.org"
endpoint = "EM:jana@example.org"
""",
}
ADDRESSES = {
    "societe": 'street = "12 rue des Tables-Claudiennes"\nmore = "Bâtiment B"\npostcode = "69001"\ncity = "Lyon"\ncountry = "FR"',
    "franchise": 'street = "3 quai Saint-Antoine"\npostcode = "69002"\ncity = "Lyon"\ncountry = "FR"',
    "kleinunternehmer": 'street = "Gartenweg 2"\npostcode = "50667"\ncity = "Köln"\ncountry = "DE"',
    "deutsch": 'street = "Lindenstraße 4"\npostcode = "10969"\ncity = "Berlin"\nregion = "Berlin"\ncountry = "DE"',
}
CLIENTS = {
    "business": 'name = "Acme & Fils SAS"\nkind = "business"\nid = "404833048"\nsiret = "40483304800022"\nvat = "FR83404833048"\ncontact = "Service <comptabilité>"\nphone = "+33 1 00 00 00 00"\nreference = "SERVICE-42"\naccounting = "6226"',
    "association": 'name = "Les Amis du \\"Tilleul\\""\nkind = "business"\ntaxable = false',
    "consumer": 'name = "Hélène Marchand"\nkind = "consumer"',
    "public": 'name = "Commune de Vaulx"\nkind = "public"\nid = "216902565"\nreference = "ENG-2026-17"',
    # Its SIREN follows from the SIRET.
    "town": 'name = "Ville de Vent"\nkind = "public"\nsiret = "216 901 231 00011"\nemail = ["factures@vent.example", "maire@vent.example"]',
    "german": 'name = "Kunz GmbH"\nkind = "business"\nvat = "DE136695976"\nendpoint = "EM:rechnung@kunz.example"',
    "belgian": 'name = "Brouwerij De Molen"\nkind = "business"\nid = "0208:0403019261"\nvat = "BE0403019261"\nendpoint = "0208:0403019261"',
    "polish": 'name = "Żółta Łódź sp. z o.o."\nkind = "business"\nvat = "PL5260001246"',
    "greek": 'name = "Καφενείο Ωμέγα"\nkind = "business"\nvat = "EL094014201"',
    "guyanese": 'name = "Kourou Services SAS"\nkind = "business"\nid = "404833048"\nvat = "FR83404833048"',
    "reunionese": 'name = "Piton SARL"\nkind = "business"\nid = "404833048"\nvat = "FR83404833048"',
    "american": 'name = "Harbor & Pine Inc."\nkind = "business"\ncontact = "Accounts payable"',
}
PLACES = {
    "business": ("3 impasse Cœur-de-Vey", "75014", "Paris", "FR"),
    "association": ("8 place du Marché", "38000", "Grenoble", "FR"),
    "consumer": ("5 rue des Lilas", "44000", "Nantes", "FR"),
    "public": ("1 place de la Mairie", "69120", "Vaulx-en-Velin", "FR"),
    "town": ("2 place Haute", "69690", "Vent", "FR"),
    "german": ("Hauptstraße 1", "50667", "Köln", "DE"),
    "belgian": ("Kerkstraat 7", "9000", "Gent", "BE"),
    "polish": ("ul. Długa 5", "80-831", "Gdańsk", "PL"),
    "greek": ("Οδός Ερμού 12", "105 63", "Αθήνα", "GR"),
    "guyanese": ("1 avenue des Roches", "97310", "Kourou", "FR"),
    "reunionese": ("2 rue du Volcan", "97418", "La Plaine-des-Cafres", "FR"),
    "american": ("1200 Commercial Street", "97201", "Portland", "US"),
}
LANGUAGES = itertools.cycle(["fr", "en", "de", "es", "it", "nl"])
RATE = {"EUR": None, "USD": "0.92", "GBP": "1.17", "JPY": "0.0061"}

PRICES = {
    # Prices without VAT, no discount; quantities and prices with all the decimals they may have.
    "plain": ("", [("Traduction — notice", 2.5, "hour", "61.333333", ""), ("Relecture", 1200, "word", "0.035", "")], ""),
    # Discounts and charges on lines.
    "lines": (
        "",
        [
            ("Développement", 5, "day", "480", 'discount = "5%"\ndiscount_reason = "Fidélité"\ndescription = "Module de facturation,\\nlivré le 20 novembre"\nsku = "DEV-1"'),
            ("Frais de port", 1, "piece", "45.5", 'charge = 4.5\ncharge_reason = "Emballage"\ndate = 2026-11-12'),
            ("Reprise", -1, "piece", "30", "period = { from = 2026-11-01, to = 2026-11-30 }"),
        ],
        "",
    ),
    # Discounts and charges on the document.
    "document": (
        "",
        [("Conseil", 3, "day", "333.33", ""), ("Impressions", 250, "page", "0.12", "")],
        '[[discount]]\npercent = 7.5\nreason = "Remise de fin d\'année"\n\n[[charge]]\namount = 12\nreason = "Gestion"\n',
    ),
    # Prices with VAT.
    "gross": ('prices = "gross"', [("Atelier", 3, "piece", "33.33", 'discount = "10%"'), ("Livre", 7, "piece", "9.99", "")], ""),
}

SHAPES = list(PRICES)
made = []


def quote(text):
    return json.dumps(text, ensure_ascii=False)


class Ledger:
    def __init__(self, acquit, folder, seller):
        self.acquit, self.folder, self.seller = acquit, folder / seller, seller
        for name in ("clients", "drafts", "payments", "files"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        payee = '\n[payee]\nname = "Affacturage du Rhône"\n' if seller == "deutsch" else ""
        self.write(
            "acquit.toml",
            f'''format = 1
id = "matrix-{seller}"
currency = "EUR"
language = "fr"

[seller]{SELLERS[seller]}
[seller.address]
{ADDRESSES[seller]}

[series]
invoice = "F{{year}}-{{n:04}}"
credit = "A{{year}}-{{n:04}}"

[terms]
due = "30d"
early_discount = {{ percent = 2, days = 10, vat = "{'mention' if seller == 'societe' else 'credit-note'}" }}

[[pay]]
id = "main"
kind = "transfer"
iban = "FR1420041010050500013M02606"
bic = "PSSTFRPPLYO"
[[pay]]
id = "card"
kind = "link"
label = "Carte bancaire"
url = "https://buy.example/xyz?ref={{number}}&a={{amount}}"
[[pay]]
id = "debit"
kind = "direct-debit"
creditor_id = "FR72ZZZ123456"
[[pay]]
id = "cheque"
kind = "cheque"
[[pay]]
id = "brazil"
kind = "transfer"
currency = "EUR"
iban = "BR18 0036 0305 0000 1000 9795 493c 1"

[[mention]]
text = "Assurance professionnelle : MAIF, 79000 Niort — monde entier"
code = "AAI"
{payee}''',
        )
        for name, body in CLIENTS.items():
            street, postcode, city, country = PLACES[name]
            more = 'mandate = "M-2026-7"\n' if name == "belgian" else ""
            place = f'\n[address]\nstreet = {quote(street)}\npostcode = {quote(postcode)}\ncity = {quote(city)}\ncountry = "{country}"\n'
            deliver = '\n[delivery]\nname = "Entrepôt Sud"\nstreet = "9 quai du Port"\npostcode = "13002"\ncity = "Marseille"\ncountry = "FR"\n' if name == "business" else ""
            self.write(f"clients/{name}.toml", f"{body}\n{more}{place}{deliver}")
        self.write("files/relevé.csv", "jour,heures\n2026-11-20,7.5\n")
        self.count = 0

    def write(self, path, text):
        (self.folder / path).write_text(text, encoding="utf-8")

    def run(self, *arguments):
        command = [self.acquit, "-C", str(self.folder), "--today", ISSUE, "--no-input", *arguments]
        result = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
        if result.returncode != 0:
            sys.exit(f"{' '.join(map(str, arguments))}: {result.stdout}{result.stderr}")
        return result.stderr

    def issue(self, client, vats, shape="plain", kind="invoice", currency="EUR", head="", language=None, goods=False):
        """Drafts and issues one document; returns its number."""
        self.count += 1
        name = f"d{self.count:03}"
        mode, lines, tail = PRICES[shape]
        language = language or next(LANGUAGES)
        parts = [f'client = "{client}"', f'type = "{kind}"', f'language = "{language}"']
        if currency != "EUR":
            parts += [f'currency = "{currency}"', f'exchange = {{ rate = {RATE[currency]}, date = 2026-11-20, source = "BCE" }}']
        parts += [part for part in (mode, head) if part]
        for (item, quantity, unit, price, more), vat in zip(lines, itertools.cycle(vats)):
            if currency == "JPY":
                more = more.replace("charge = 4.5", "charge = 5")
            parts += ["", "[[line]]", f"item = {quote(item)}", f"quantity = {quantity}", f'unit = "{unit}"', f"price = {price}"]
            parts += [part for part in (vat, 'operation = "goods"' if goods else "", more) if part]
        self.write(f"drafts/{name}.toml", "\n".join(parts) + "\n\n" + tail)
        said = self.run("issue", name)
        number = next(word for word in said.split() if word[:1] in "FA" and "-" in word and word[1:5] == "2026")
        made.append(number)
        return number

    def credit(self, number):
        self.run("credit", number)
        self.run("issue", f"credit-{number}")
        made.append(f"credit on {number}")

    def credit_in_parts(self, number, *amounts):
        """Takes back amounts one after the other, then what is left: cents that base and VAT miss are BT-114."""
        for amount in amounts:
            self.run("credit", number, "--amount", amount)
            self.run("issue", f"credit-{number}")
            made.append(f"{amount} of {number}")
        self.credit(number)

    def replace(self, number):
        self.run("credit", number, "--replace")
        self.run("issue", f"corrective-{number}")
        made.append(f"corrective of {number}")

    def pay(self, number, amount):
        self.run("pay", number, str(amount))

    def owed(self, number):
        listed = subprocess.run([self.acquit, "-C", str(self.folder), "--today", ISSUE, "list", "--json"], capture_output=True, text=True, check=True)
        return next(item["owed"] for item in json.loads(listed.stdout)["items"] if item["number"] == number)


def societe(ledger):
    s20, several = ["vat = 20"], ["vat = 20", "vat = 10", "vat = 5.5"]
    # Every shape of prices with one and several rates, to each kind of buyer in France, in each language.
    for shape, vats in itertools.product(SHAPES, (s20, several)):
        for client in ("business", "consumer", "public"):
            ledger.issue(client, vats, shape)
    ledger.issue("association", s20, "lines")
    # Every category; goods and services; mixed.
    intra = 'delivered = 2026-11-20'
    for client in ("german", "belgian", "polish", "greek"):
        ledger.issue(client, ['vat = "reverse-charge"'], "lines")
        ledger.issue(client, ['vat = "intra-eu"'], "document", head=intra, goods=True)
    ledger.issue("german", ['vat = "intra-eu"'], head="period = { from = 2026-11-01, to = 2026-11-20 }", goods=True)
    ledger.issue("american", ['vat = "export"'], "lines", goods=True)
    ledger.issue("american", ['vat = "outside"'], "lines", currency="USD")
    ledger.issue("american", ['vat = "outside"'], "document")
    ledger.issue("business", ['vat = "exempt"\nvat_reason = "VATEX-FR-CGI261-4"'], "document")
    words = '\nvat_text = "Exonération de TVA, art. 261-4-4° a du CGI"'
    for code in ("261-1", "261A", "261C-1", "261D-1BIS", "261E-2", "295"):
        ledger.issue("business", [f'vat = "exempt"\nvat_reason = "VATEX-FR-CGI{code}"'])
    ledger.credit(ledger.issue("business", [f'vat = "exempt"\nvat_reason = "VATEX-FR-CGI261-4"{words}'], "lines"))
    # Reverse charge at home, by the usual ground and by another.
    ledger.credit(ledger.issue("business", ['vat = "reverse-charge"'], "lines"))
    waste = '\nvat_text = "Autoliquidation (art. 283, 2 sexies du CGI)"'
    ledger.issue("business", [f'vat = "reverse-charge"\nvat_reason = "VATEX-FR-AE"{waste}'])
    # Overseas.
    ledger.issue("reunionese", ["vat = 8.5", "vat = 2.1"], "lines")
    ledger.issue("reunionese", ['vat = "export"'], goods=True)
    ledger.issue("guyanese", ['vat = "outside"'], "document")
    ledger.issue("business", ['vat = "margin"\nvat_reason = "VATEX-EU-F"'])
    ledger.issue("business", ["vat = 20", 'vat = "disbursement"'], "lines")
    ledger.issue("consumer", ['vat = "zero"'], "lines")
    # Currencies, with VAT in euro beside.
    for currency, shape in itertools.product(("USD", "GBP", "JPY"), ("plain", "lines", "document")):
        ledger.issue("business", several, shape, currency=currency)
    # Works on a dwelling: what the client certifies travels as a note.
    ledger.issue("consumer", ["vat = 10", "vat = 5.5"], "lines", head='works = { place = "8 rue des Lilas, 69003 Lyon" }')
    # References, period, notes, attachments; ways to pay first in line.
    head = 'subject = "Refonte du site — lot 2"\norder = "PO-778"\ncontract = "C-12"\nproject = "PRJ <9>"\nnote = "Merci & à bientôt ]]> fin"\n'
    head += 'period = { from = 2026-11-01, to = 2026-11-30 }\ndelivered = 2026-11-20\nattachments = ["files/relevé.csv"]'
    ledger.issue("business", several, "lines", head=head)
    for way, client in (("card", "business"), ("cheque", "consumer"), ("debit", "belgian")):
        vat = ['vat = "reverse-charge"'] if client == "belgian" else s20
        ledger.issue(client, vat, "document", head=f'pay = ["{way}", "main"]')
    # An account outside of SEPA first, and alone; a public client that gives its SIRET alone.
    ledger.issue("town", s20, "document", head='pay = ["brazil", "main"]')
    ledger.issue("town", several, "lines", head='pay = ["brazil"]\nperiod = { from = 2026-10-01, to = 2026-10-31 }')
    ledger.credit(ledger.issue("town", s20, "gross"))
    # Deposits and their finals, in all shapes; a deposit that was credited.
    for shape in SHAPES:
        first = ledger.issue("business", s20, "plain", kind="deposit")
        ledger.pay(first, ledger.owed(first))
        second = ledger.issue("business", ["vat = 10"], "plain", kind="deposit")
        ledger.pay(second, ledger.owed(second))
        whole = f'deposits = ["{first}", "{second}"]'
        final = finals(ledger, shape, several, whole)
        ledger.credit(final)
    ledger.credit(ledger.issue("business", s20, "lines", kind="deposit"))
    ledger.credit(ledger.issue("consumer", s20, "lines", kind="deposit"))
    # Credit notes on every category, and correctives.
    for client, vats, more in (
        ("business", several, {}),
        ("consumer", s20, {"shape": "gross"}),
        ("german", ['vat = "reverse-charge"'], {}),
        ("german", ['vat = "intra-eu"'], {"head": intra, "goods": True}),
        ("american", ['vat = "outside"'], {"currency": "USD"}),
        ("american", ['vat = "export"'], {"goods": True}),
        ("business", ['vat = "exempt"\nvat_reason = "VATEX-FR-CGI261-4"'], {}),
    ):
        number = ledger.issue(client, vats, **more)
        corrected = dict(more)
        corrected["head"] = f'{corrected.get("head", "")}\ncorrects = ["{number}"]'
        ledger.issue(client, vats, kind="corrective", **corrected)
        if "head" not in more:
            ledger.credit(ledger.issue(client, vats, **more))
    # Taken back in parts, and replaced as `credit --replace` drafts it.
    for shape, vats in itertools.product(SHAPES, (s20, several)):
        ledger.credit_in_parts(ledger.issue("business", vats, shape), "10.03", "0.03", "100.05")
        ledger.replace(ledger.issue("business", vats, shape))
    ledger.credit_in_parts(ledger.issue("business", several, "document", currency="JPY"), "11", "7")
    ledger.replace(ledger.issue("business", s20, "plain", kind="deposit"))
    # Paid before issue.
    for client in ("business", "consumer"):
        amount = ledger.owed(ledger.issue(client, s20))
        row = f"credit-{client},2026-11-20,{client},{amount},EUR,transfer,,,,,VIR,\n"
        book = ledger.folder / "payments/2026.csv"
        book.write_text(book.read_text(encoding="utf-8") + row, encoding="utf-8")
        ledger.issue(client, s20, head=f'paid = ["credit-{client}"]')


def finals(ledger, shape, vats, head):
    """A final that is worth more than its deposits."""
    mode, lines, tail = PRICES[shape]
    PRICES["whole"] = (mode, [*lines, ("Prestation principale", 10, "day", "650", "")], tail)
    return ledger.issue("business", vats, "whole", kind="final", head=head)


def franchise(ledger):
    for shape, client in itertools.product(SHAPES, ("business", "consumer", "association")):
        ledger.issue(client, [""], shape)
    # Beside sums paid in the client's name: one group of category E, both reasons in its text.
    both = ["", 'vat = "disbursement"']
    for shape, client in itertools.product(SHAPES, ("business", "consumer", "public")):
        number = ledger.issue(client, both, shape)
    ledger.credit_in_parts(ledger.issue("business", both, "lines"), "10.03", "50")
    ledger.replace(ledger.issue("business", both, "document"))
    ledger.credit(number)
    ledger.issue("consumer", ['vat = "disbursement"'])
    # A service on land is at home, wherever the client is.
    ledger.issue("german", ['vat_reason = "VATEX-FR-FRANCHISE"'], "lines")
    deposit = ledger.issue("business", [""], kind="deposit")
    ledger.pay(deposit, ledger.owed(deposit))
    ledger.credit(finals(ledger, "lines", [""], f'deposits = ["{deposit}"]'))


def deutsch(ledger):
    for shape in SHAPES:
        ledger.issue("german", ["vat = 19", "vat = 7"], shape)
    ledger.issue("business", ['vat = "reverse-charge"'], "lines")
    ledger.issue("consumer", ["vat = 19"], "lines")
    ledger.credit(ledger.issue("german", ["vat = 19", "vat = 7"], "document"))


def kleinunternehmer(ledger):
    for shape, client in itertools.product(SHAPES, ("german", "consumer")):
        ledger.issue(client, [""], shape)
    ledger.credit(ledger.issue("german", [""], "lines"))


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    acquit, folder = str(Path(sys.argv[1]).resolve()), Path(sys.argv[2])
    for seller, fill in (("societe", societe), ("franchise", franchise), ("deutsch", deutsch), ("kleinunternehmer", kleinunternehmer)):
        ledger = Ledger(acquit, folder, seller)
        fill(ledger)
        ledger.run("check")
    print(f"{len(made)} documents of the matrix are issued")


if __name__ == "__main__":
    main()
