#!/usr/bin/env python3
"""Foreign readers judge the pages: qpdf the file, pdftotext the words and figures, zbarimg the code to scan, pikepdf the links.

    pages.py LEDGER PDFS [LEDGER PDFS ...]

What each page must say is worked out here from the frozen document (TOML), not by acquit. The judge of the links is judged as well:
links that lie elsewhere, lead elsewhere, are missing or are not printed must be found.
"""
import html
import re
import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pikepdf


def squeeze(text):
    """Without spaces, and with one kind of apostrophe and quotation mark: typography may change them."""
    for typographic, plain in (("’", "'"), ("‘", "'"), ("“", '"'), ("”", '"'), ("«", '"'), ("»", '"'), ("…", "...")):
        text = text.replace(typographic, plain)
    return re.sub(r"[\s\u00a0\u202f\u00ad]+", "", text)


def digits(value, places=None):
    """The figures of a number, without separators."""
    value = abs(Decimal(value))
    text = f"{value:.{places}f}" if places is not None else f"{value.normalize():f}"
    return text.replace(".", "")


def run(*command):
    result = subprocess.run(command, capture_output=True)
    if result.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: {result.stdout.decode()}{result.stderr.decode()}")
    return result.stdout


PLACES = {"JPY": 0, "TND": 3}


def payload(document):
    """The EPC QR code of INVOICING-LAW 7.1, or nothing."""
    # The matrix has one account outside of SEPA, in Brazil: no code asks for a transfer to it.
    transfers = (pay for pay in document.get("pay", []) if pay["kind"] == "transfer" and not pay.get("iban", "BR").startswith("BR"))
    transfer = next(transfers, None)
    due = document["totals"]["due"]
    if document["type"] == "credit" or document["currency"] != "EUR" or due <= 0 or transfer is None:
        return None
    reference = document["payment_reference"]
    lines = ["BCD", "002", "1", "SCT", transfer.get("bic", ""), transfer["holder"][:70], transfer["iban"], f"EUR{due:.2f}", ""]
    lines += [reference] if reference.startswith("RF") else ["", reference]
    return "\n".join(lines)


def wanted(document):
    """Every text and figure that the page of a document must show."""
    places = PLACES.get(document["currency"], 2)
    texts = [document["number"], document["buyer"]["name"], document["seller"]["name"]]
    texts += [document[key] for key in ("subject", "order", "contract", "project") if key in document]
    texts += document.get("note", "").split("\n")
    texts += [mention["text"] for mention in document.get("mention", [])]
    texts += [reference["number"] for reference in document.get("reference", [])]
    texts += [attachment["name"] for attachment in document.get("attachment", [])]
    if document["type"] != "credit" and document["totals"]["due"] > 0:
        texts += [pay[key] for pay in document.get("pay", []) for key in ("iban", "mandate", "creditor_id") if key in pay]
    figures = []
    for line in document["line"]:
        texts.append(line["item"])
        texts += line.get("description", "").split("\n")
        figures += [digits(line["quantity"]), digits(line["net"], places)]
        price = Decimal(line["price"])
        figures.append(digits(price, max(places, -price.normalize().as_tuple().exponent)))
        for key in ("discount", "charge"):
            if key in line:
                texts.append(line[key]["reason"])
                figures.append(digits(line[key]["amount"], places))
    for key in ("discount", "charge"):
        texts += [part["reason"] for part in document.get(key, [])]
    totals = document["totals"]
    shown = ["gross", "due"]
    if any(group["category"] != "E" for group in document["vat"]):
        shown += ["net", "vat"]
        figures += [digits(group[key], places) for group in document["vat"] for key in ("base", "vat")]
    shown += [key for key in ("rounding", "deposits", "paid") if key in totals]
    figures += [digits(totals[key], places) for key in shown]
    if "vat_ledger" in totals:
        figures.append(digits(totals["vat_ledger"], 2))
    return [text for text in texts if text.strip()], figures


def addresses(document):
    """The URI of each address that a page must show, with its text. The addresses of the matrix are of ASCII, without spaces."""
    seller = document["seller"]
    found = {}
    if "website" in seller:
        site = seller["website"]
        found[site if "://" in site else f"https://{site}"] = site
    if "email" in seller:
        found[f"mailto:{seller['email']}"] = seller["email"]
    if document["type"] != "credit" and document["totals"]["due"] > 0:
        found |= {pay["url"]: pay["url"] for pay in document.get("pay", []) if "url" in pay}
    return found


def words(pdf):
    """Each page's words with their boxes in points from the upper left corner."""
    pages = []
    for page in run("pdftotext", "-bbox", pdf, "-").decode().split("<page ")[1:]:
        boxes = re.findall(r'<word xMin="([^"]+)" yMin="([^"]+)" xMax="([^"]+)" yMax="([^"]+)">(.*?)</word>', page)
        pages.append([(*map(float, box), html.unescape(word)) for *box, word in boxes])
    return pages


def judge_links(document, pdf):
    """Returns what is wrong with the links of a page: each lies on its text, line by line, and carries the whole URI."""
    wrong, texts = [], {}
    wanted = addresses(document)
    with pikepdf.open(pdf) as file:
        for page, boxes in zip(file.pages, words(pdf), strict=True):
            height = float(page.MediaBox[3])
            for note in page.get("/Annots", []):
                if note.get("/Subtype") != "/Link" or note.get("/F") != 4 or [int(edge) for edge in note.get("/Border", [])] != [0, 0, 0]:
                    wrong.append("an annotation is no printed link without border")
                    continue
                action = note.get("/A", {})
                uri = str(action.get("/URI")) if action.get("/S") == "/URI" else None
                left, bottom, right, top = (float(edge) for edge in note.Rect)
                # The middle of a word stands in the link, and the link is as wide as its words: two points are less than a letter.
                inside = [box for box in boxes
                          if left < (box[0] + box[2]) / 2 < right and height - top < (box[1] + box[3]) / 2 < height - bottom]
                if not inside or abs(min(box[0] for box in inside) - left) > 2 or abs(max(box[2] for box in inside) - right) > 2:
                    wrong.append(f"the link to {uri} does not lie on its text")
                texts.setdefault(uri, []).append("".join(box[4] for box in inside))
    for uri, parts in texts.items():
        # The same address may be printed more than once: then its text is there that often.
        if uri not in wanted and not (uri or "").startswith(("http://", "https://", "mailto:")):
            wrong.append(f"a link leads to {uri}")
        elif uri in wanted and "".join(parts).replace(wanted[uri], "") != "":
            wrong.append(f"the link to {uri} lies on {parts}")
    wrong += [f"no link to {uri}" for uri in wanted if uri not in texts]
    return wrong


def mutants(document, pdf, folder):
    """Returns which of a page's spoilt copies pass as whole."""
    def first(file):
        return next(page.Annots for page in file.pages if "/Annots" in page)

    def last_of_payment(file):
        notes = first(file)
        at = max(at for at, note in enumerate(notes) if "/A" in note and str(note.A.URI).startswith("http"))
        return notes, at

    def elsewhere(file):
        notes, at = last_of_payment(file)
        notes[at].Rect = [edge + (40 if index % 2 else 0) for index, edge in enumerate(map(float, notes[at].Rect))]

    def shorter(file):
        notes, at = last_of_payment(file)
        notes[at].A.URI = pikepdf.String(str(notes[at].A.URI)[:-9])

    def missing(file):
        notes, at = last_of_payment(file)
        del notes[at]

    def unprinted(file):
        del first(file)[0].F

    def narrow(file):
        notes, at = last_of_payment(file)
        left, bottom, right, top = map(float, notes[at].Rect)
        notes[at].Rect = [left, bottom, (left + right) / 2, top]

    def script(file):
        first(file)[0].A = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")

    passed = []
    for spoil in (elsewhere, shorter, missing, unprinted, narrow, script):
        path = Path(folder) / f"{spoil.__name__}.pdf"
        with pikepdf.open(pdf) as file:
            spoil(file)
            file.save(path)
        if not judge_links(document, path):
            passed.append(spoil.__name__)
    return passed


def judge(path, pdf):
    """Returns what is wrong with a page, and whether it bears a code."""
    wrong = []
    document = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    run("qpdf", "--check", pdf)
    raw = run("pdftotext", "-raw", pdf, "-").decode()
    text = squeeze(raw)
    plain = re.sub(r"[.,']", "", text)
    texts, figures = wanted(document)
    for want in texts:
        # A text that wraps beside another may be read in parts: then each of its words must be there.
        if squeeze(want) not in text and not all(squeeze(word) in text for word in want.split()):
            wrong.append(f"no \"{want}\"")
    wrong += [f"no {figure}" for figure in figures if figure not in plain]
    code = payload(document)
    with tempfile.TemporaryDirectory() as folder:
        run("pdftoppm", "-r", "150", "-gray", "-png", pdf, f"{folder}/page")
        scan = subprocess.run(["zbarimg", "-q", "--raw", "-Sbinary", *sorted(map(str, Path(folder).glob("*.png")))], capture_output=True)
        found = scan.stdout.decode("utf-8", "replace").rstrip("\n")
    if found != (code or ""):
        wrong.append(f"the code says {found!r}, not {code!r}")
    wrong += judge_links(document, pdf)
    # A payment link is long enough to stand on several lines.
    is_linked = any(uri.startswith("http") for uri in addresses(document))
    return wrong, code is not None, is_linked


def main():
    arguments = sys.argv[1:]
    if not arguments or len(arguments) % 2:
        sys.exit(__doc__)
    jobs = []
    for ledger, pdfs in zip(arguments[::2], arguments[1::2]):
        for path in sorted(Path(ledger).glob("invoices/*/*.toml")):
            if not path.name.startswith("design-"):
                jobs.append((path, Path(pdfs) / f"{path.stem}.pdf"))
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda job: judge(*job), jobs))
    bad = 0
    for (_, pdf), (wrong, *_) in zip(jobs, results):
        for sentence in wrong:
            print(f"{pdf}: {sentence}")
        bad += bool(wrong)
    codes = sum(has for _, has, _ in results)
    links = [job for job, (*_, has) in zip(jobs, results) if has]
    for path, pdf in links[:3]:
        with tempfile.TemporaryDirectory() as folder:
            document = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
            for name in mutants(document, pdf, folder):
                print(f"{pdf}: the spoilt copy '{name}' passes as whole")
                bad += 1
    print(f"{len(jobs)} pages read by qpdf and pdftotext, {codes} codes decoded by zbarimg, {len(links)} payment links or websites found by pikepdf, {bad} pages are wrong")
    # A run that read too little proves nothing.
    sys.exit(1 if bad or len(jobs) < 80 or codes < 40 or len(links) < 3 else 0)


if __name__ == "__main__":
    main()
