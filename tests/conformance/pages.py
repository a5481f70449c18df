#!/usr/bin/env python3
"""Foreign readers judge the pages: qpdf the file, pdftotext the words and figures, zbarimg the code to scan.

    pages.py LEDGER PDFS [LEDGER PDFS ...]

What each page must say is worked out here from the frozen document (TOML), not by acquit.
"""
import re
import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path


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
    transfer = next((pay for pay in document.get("pay", []) if pay["kind"] == "transfer" and "iban" in pay), None)
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
        texts += [pay["iban"] for pay in document.get("pay", []) if "iban" in pay]
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
    return wrong, code is not None


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
    for (_, pdf), (wrong, _) in zip(jobs, results):
        for sentence in wrong:
            print(f"{pdf}: {sentence}")
        bad += bool(wrong)
    codes = sum(has for _, has in results)
    print(f"{len(jobs)} pages read by qpdf and pdftotext, {codes} codes decoded by zbarimg, {bad} pages are wrong")
    # A run that read too little proves nothing.
    sys.exit(1 if bad or len(jobs) < 80 or codes < 40 else 0)


if __name__ == "__main__":
    main()
