"""The e-mails of `remind --write`, for clients with hostile names, read by Python's email package with its strict policy.

usage: mails.py ACQUIT DIR
"""

import email
import email.header
import email.policy
import email.utils
import hashlib
import html.parser
import subprocess
import sys
from pathlib import Path

TODAY = "2026-11-22"
POLICY = email.policy.strict + email.policy.SMTP

# id → name, address, what the address is in a header
CLIENTS = {
    "plain": ("Acme SAS", "compta@acme.example", "compta@acme.example"),
    "commas": ("Durand, Petit; Fils: <Cie> (SARL) @ Lyon", "a@commas.example", "a@commas.example"),
    "quotes": ('L\'atelier "Les Mots" \\ Co.', "a@quotes.example", "a@quotes.example"),
    "accents": ("Éditions du Belvédère à l’Œuvre", "a@accents.example", "a@accents.example"),
    "encoded": ("=?utf-8?q?Bcc=3A_x?= & Söhne", "a@encoded.example", "a@encoded.example"),
    "greek": ("Ωμέγα Žofia Łukasik", "a@greek.example", "a@greek.example"),
    "long": ("Société " + "très longue " * 20, "a@long.example", "a@long.example"),
    "domain": ("Bücher", "post@bücher.example", "post@xn--bcher-kva.example"),
}


def toml(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def run(acquit, folder, *arguments, code=0):
    done = subprocess.run([acquit, "-C", folder, *arguments], capture_output=True, text=True)
    assert done.returncode == code, (arguments, done.returncode, done.stdout, done.stderr)
    return done.stdout + done.stderr


class Page(html.parser.HTMLParser):
    """Collects tags and text."""

    def __init__(self):
        super().__init__()
        self.tags, self.text = [], ""

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


def build(acquit, root):
    root.mkdir(parents=True)
    run(acquit, root, "init", "--name", "Camille Durand EI", "--form", "ei", "--siren", "732829320", "--street", "12 rue A",
        "--postcode", "69001", "--city", "Lyon", "--iban", "FR1420041010050500013M02606", "--ledger-id", "mails", "--no-input",
        "--today", "2026-01-02")
    settings = root / "acquit.toml"
    text = settings.read_text().replace("[seller]\n", '[seller]\nemail = "camille@example.org"\ntrade_name = "Durand, \\"Mots\\""\n', 1)
    settings.write_text(text)
    (root / "clients").mkdir(exist_ok=True)
    for id, (name, address, _) in CLIENTS.items():
        (root / "clients" / f"{id}.toml").write_text(
            f'name = {toml(name)}\nkind = "business"\ntaxable = false\nemail = [{toml(address)}, "second@{id}.example"]\n'
            f'email_cc = ["copy@{id}.example"]\nemail_reminders = [{toml(address)}]\n\n'
            '[address]\nstreet = "1 rue B"\npostcode = "69002"\ncity = "Lyon"\ncountry = "FR"\n')
        for count in range(2 if id == "plain" else 1):
            run(acquit, root, "new", id, "Travail", "1", "1250.50", "--vat", "20", "--name", f"{id}-{count}", "--today", "2026-09-14")
            run(acquit, root, "issue", f"{id}-{count}", "--today", "2026-09-14")


def shown_name(bytes):
    """The recipient's name. Python's newer parser keeps the spaces between encoded words, against RFC 2047: the older one reads it."""
    raw = email.message_from_bytes(bytes, policy=email.policy.compat32)["To"]
    name, _ = email.utils.parseaddr(raw)
    return str(email.header.make_header(email.header.decode_header(name)))


def judge(path, pdfs, client):
    bytes = path.read_bytes()
    assert all(len(line) <= 998 for line in bytes.split(b"\r\n")), path
    assert b"\n" not in bytes.replace(b"\r\n", b""), f"{path}: a bare line feed"
    assert bytes.isascii(), path
    mail = email.message_from_bytes(bytes, policy=POLICY)
    for part in mail.walk():
        assert not part.defects, (path, part.defects)
        for header in part.values():
            assert not getattr(header, "defects", ()), (path, header, header.defects)
    name, _, address = CLIENTS[client]
    assert sorted(mail.keys()) == sorted(set(mail.keys())), (path, mail.keys())
    assert set(mail.keys()) == {"X-Unsent", "Date", "Message-ID", "From", "Subject", "Content-Type", "MIME-Version", "To", "Cc"}
    assert mail["X-Unsent"] == "1"
    [to] = mail["To"].addresses
    assert (shown_name(bytes), to.addr_spec) == (" ".join(name.split()), address), (path, to)
    [sender] = mail["From"].addresses
    assert (sender.display_name, sender.addr_spec) == ('Durand, "Mots"', "camille@example.org"), (path, sender)
    assert [copy.addr_spec for copy in mail["Cc"].addresses] == [f"copy@{client}.example"]
    assert mail["Date"].datetime.isoformat() == f"{TODAY}T12:00:00+00:00"
    assert mail["Subject"] and "\n" not in mail["Subject"]
    text = mail.get_body(("plain",)).get_content()
    page = Page()
    page.feed(mail.get_body(("html",)).get_content())
    for token in ("FR14", "F2026-", "€"):
        assert token in text and token in page.text, (path, token)
    assert all(tag in {"html", "head", "meta", "title", "body", "p", "br", "ul", "li", "table", "tr", "th", "td", "img", "a", "small"} for tag, _ in page.tags)
    rows = sum(tag == "tr" for tag, _ in page.tags)
    tables = sum(tag == "table" for tag, _ in page.tags)
    attached = list(mail.iter_attachments())
    # A table for each currency, each with its head.
    assert rows == (len(attached) + tables if len(attached) > 1 else 0), (path, rows)
    for part in attached:
        assert part.get_content_type() == "application/pdf"
        content = part.get_content()
        expected = pdfs / part.get_filename()
        assert content == expected.read_bytes(), f"{path}: {part.get_filename()} is not the page"
        assert hashlib.sha256(content).digest() == hashlib.sha256(expected.read_bytes()).digest()
    [image] = [attributes for tag, attributes in page.tags if tag == "img"]
    [picture] = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    assert picture["Content-ID"].strip() == f"<{image['src'].removeprefix('cid:')}>", (picture["Content-ID"], image)
    assert picture.get_content().startswith(b"\x89PNG")
    return len(attached)


def main():
    acquit, root = sys.argv[1], Path(sys.argv[2])
    build(acquit, root)
    run(acquit, root, "remind", "--write", root / "out", "--today", TODAY)
    first = {path.name: path.read_bytes() for path in (root / "out" / TODAY).iterdir()}
    said = run(acquit, root, "remind", "--write", root / "again", "--today", TODAY)
    again = {path.name: path.read_bytes() for path in (root / "again" / TODAY).iterdir()}
    assert first == again, "the same input gives the same bytes"
    run(acquit, root, "render", "--all", "-o", root / "out/pdf")
    mails = sorted((root / "out" / TODAY).glob("*.eml"))
    assert len(mails) == len(CLIENTS), (mails, said)
    attached = sum(judge(path, root / "out/pdf", path.name.rsplit("-", 1)[0]) for path in mails)
    # An address that is none makes no e-mail, and one with a line end no header.
    file = root / "clients" / "plain.toml"
    right = file.read_text()
    for wrong in ("no body@acme.example", "a@b.example\\nBcc: thief@d.example"):
        file.write_text(right.replace('email_reminders = ["compta@acme.example"]', f'email_reminders = ["{wrong}"]'))
        folder = root / ("space" if " body" in wrong else "line")
        run(acquit, root, "remind", "--write", folder, "--today", TODAY, code=1)
        found = list(folder.rglob("plain-*"))
        assert all(b"thief" not in path.read_bytes() for path in found), wrong
        assert not found or "thief" in wrong, found
    print(f"{len(mails)} e-mails with {attached} pages read by Python's email package, policy strict: no defect")


if __name__ == "__main__":
    main()
