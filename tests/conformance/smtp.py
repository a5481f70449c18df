"""Documents sent to a real mail server (aiosmtpd) on this computer.

usage: smtp.py ACQUIT DIR
"""

import asyncio
import csv
import email
import email.policy
import hashlib
import json
import logging
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import tomllib
import warnings
from pathlib import Path

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

PROJECT = Path(__file__).parents[2]
BASE = PROJECT / "tests" / "errors" / "base"
TODAY = "2026-11-22"
ACQUIT = ""


class Box:
    """A mailbox: what was received, and how the server behaves."""

    def __init__(self, rcpt=None, data=None):
        self.messages, self.rcpt, self.data = [], rcpt, data
        # What is looked at when a recipient and when a message comes in, and what was seen.
        self.look, self.saw = lambda: None, []

    async def behave(self, how, server):
        if how == "hang":
            await asyncio.sleep(30)
        if how == "drop":
            server.transport.abort()
            await asyncio.sleep(30)
        return how

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.saw.append(self.look())
        if self.rcpt:
            return await self.behave(self.rcpt, server)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.saw.append(self.look())
        if self.data == "lose":
            self.messages.append(envelope)
            return await self.behave("drop", server)
        if self.data:
            return await self.behave(self.data, server)
        self.messages.append(envelope)
        return "250 queued as 42"


class Dropper(threading.Thread):
    """A server that goes away when it hears DATA."""

    def __init__(self):
        super().__init__(daemon=True)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]

    def run(self):
        client, _ = self.socket.accept()
        client.sendall(b"220 here\r\n")
        for line in client.makefile("rb"):
            if line.startswith(b"DATA"):
                break
            client.sendall(b"250 OK\r\n")
        client.close()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A mail server with a mailbox."""

    def __init__(self, rcpt=None, data=None, **settings):
        self.box = Box(rcpt, data)
        self.controller = Controller(self.box, hostname="localhost", port=free_port(), **settings)

    def __enter__(self):
        self.controller.start()
        self.port = self.controller.port
        return self

    def __exit__(self, *_):
        self.controller.stop(no_assert=True)


class Case:
    """A ledger with its mail.toml beside it."""

    def __init__(self, root, name, base=BASE):
        self.folder = root / name
        self.ledger = self.folder / "ledger"
        shutil.copytree(base, self.ledger)
        self.name = name

    def mail(self, port, more="", tls='"none"'):
        text = f'timeout = 2\n\n[smtp]\nhost = "localhost"\nport = {port}\ntls = {tls}\n{more}'
        path = self.folder / "mail.toml"
        path.write_text(text)
        path.chmod(0o600)

    def start(self, *arguments):
        command = [ACQUIT, "-C", self.ledger, "--today", TODAY, *arguments]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run(self, *arguments, code=0, says=""):
        process = self.start(*arguments)
        out, err = process.communicate(timeout=60)
        assert process.returncode == code, (self.name, arguments, process.returncode, out, err)
        assert says in out + err, (self.name, says, out, err)
        return out

    def send(self, *numbers, code=0, says=""):
        return self.run("send", *(numbers or ["F2026-0002"]), "--mail", "../mail.toml", code=code, says=says)

    def events(self):
        path = self.ledger / "events" / "2026.csv"
        return list(csv.DictReader(path.open())) if path.exists() else []

    def kinds(self, *expected):
        kinds = [event["kind"] for event in self.events()]
        assert kinds == list(expected), (self.name, kinds)
        self.run("check")

    def kept(self, *expected):
        found = sorted(path.name for path in (self.ledger / "sent").rglob("*.*"))
        assert found == list(expected), (self.name, found)

    def unknown(self):
        return json.loads(self.run("status", "--json"))["unknown_sendings"]


def judge(envelope, case, to, sender="camille@example.org"):
    """A message that arrived is what the ledger says has left."""
    assert envelope.mail_from == sender and envelope.rcpt_tos == to, (envelope.mail_from, envelope.rcpt_tos)
    mail = email.message_from_bytes(envelope.content, policy=email.policy.strict + email.policy.SMTP)
    for part in mail.walk():
        assert not part.defects, part.defects
    assert "X-Unsent" not in mail and "Bcc" not in mail, mail.keys()
    [pdf] = mail.iter_attachments()
    [kept] = (case.ledger / "sent").rglob(pdf.get_filename())
    kept = kept.read_bytes()
    assert pdf.get_content() == kept
    digest = hashlib.sha256(kept).hexdigest()
    number = pdf.get_filename().removesuffix(".pdf")
    own = [event for event in case.events() if event["document"] == number and "sen" in event["kind"]]
    assert own and all(event["sha256"] == digest for event in own), own
    return number


def accepting(root):
    case = Case(root, "accepting")
    client = case.ledger / "clients" / "kunz.toml"
    client.write_text(client.read_text().replace('email = ["office@kunz.example"]', 'email = ["office@kunz.example"]\nemail_cc = ["büro@kunz.example"]'))
    with Server() as server:
        case.mail(server.port)
        case.send(code=1, says="RFC 6531")
        client.write_text(client.read_text().replace("büro@kunz", "buero@künz"))
        server.box.look = lambda: [event["kind"] for event in case.events()]
        case.send("F2026-0002", "F2026-0003", says="250 queued as 42")
        once = ["sending", "sent"]
        assert server.box.saw == [[], [], ["sending"], once, once + ["sending"]], server.box.saw
        first, second = server.box.messages
        judge(first, case, ["office@kunz.example", "buero@xn--knz-hoa.example"])
        judge(second, case, ["compta@acme.example"])
        case.kinds("sending", "sent", "sending", "sent")
        case.kept("F2026-0002.pdf", "F2026-0003.pdf")
        case.send("F2026-0002", "F2026-0003", code=1, says="SENT-ALREADY")
        assert len(server.box.messages) == 2
        case.send("F2026-0002", "--again")
        assert len(server.box.messages) == 3
        case.kept("F2026-0002.pdf", "F2026-0003.pdf")
    case.send("F2026-0001", code=1, says="nobody answers there")
    case.kept("F2026-0002.pdf", "F2026-0003.pdf")


def before_data(root):
    """What goes wrong before DATA leaves no trace, and is tried again."""
    for name, how, says in [
        ("rcpt-550", "550 no such user", "550 no such user"),
        ("rcpt-451", "451 greylisted, try later", "451 greylisted, try later"),
        ("rcpt-hang", "hang", "no answer within 2 s"),
        ("rcpt-drop", "drop", "the connection was lost"),
    ]:
        case = Case(root, name)
        with Server(rcpt=how) as server:
            case.mail(server.port)
            case.send(code=1, says=says)
            assert not server.box.messages
        case.kinds()
        case.kept()
        with Server() as server:
            case.mail(server.port)
            case.send()
            assert len(server.box.messages) == 1
        case.kinds("sending", "sent")


def refused(root):
    """What is refused after the message is recorded; the file is taken back, and it can be sent again."""
    for name, how in [("data-451", "451 try later"), ("data-554", "554 5.7.1 looks like spam"), ("data-421", "421 closing")]:
        case = Case(root, name)
        with Server(data=how) as server:
            case.mail(server.port)
            case.send(code=1, says=how)
        case.kinds("sending", "not-sent")
        case.kept()
        with Server() as server:
            case.mail(server.port)
            case.send()
            assert len(server.box.messages) == 1
        case.kinds("sending", "not-sent", "sending", "sent")
        case.kept("F2026-0002.pdf")


def lost(root):
    """A connection that is lost after DATA: nobody knows, and nothing is sent again until a person says so."""
    for name, how in [("data-hang", "hang"), ("data-drop", "drop"), ("data-lose", "lose"), ("data-word", None)]:
        for word in ["sent", "not-sent"]:
            case = Case(root, f"{name}-{word}")
            server = Server(data=how) if how else None
            if server:
                with server:
                    case.mail(server.port)
                    case.send(code=1, says="SENDING-UNKNOWN")
                arrived = len(server.box.messages)
            else:
                dropper = Dropper()
                dropper.start()
                case.mail(dropper.port)
                case.send(code=1, says="SENDING-UNKNOWN")
                arrived = 0
            case.kinds("sending")
            case.kept("F2026-0002.pdf")
            [unknown] = case.unknown()
            assert unknown["documents"] == "F2026-0002"
            with Server() as server:
                case.mail(server.port)
                case.send(code=1, says="SENDING-UNKNOWN")
                case.send("F2026-0002", "--again", code=1, says="SENDING-UNKNOWN")
                case.send("F2026-0003")
                assert len(server.box.messages) == 1, "nothing but the other document"
                case.run("remind", "--resolve", "x", word, code=1, says="EVENT-STATE")
                case.run("remind", "--resolve", unknown["id"][:12], word)
                assert not case.unknown()
                case.kinds("sending", "sending", "sent", word)
                if word == "sent":
                    case.send(code=1, says="SENT-ALREADY")
                    case.kept("F2026-0002.pdf", "F2026-0003.pdf")
                else:
                    case.kept("F2026-0003.pdf")
                    if not arrived:
                        case.send()
                        assert len(server.box.messages) == 2
                        case.kinds("sending", "sending", "sent", word, "sending", "sent")


def killed(root):
    """acquit itself is killed while the server thinks: unknown as well."""
    case = Case(root, "killed")
    with Server(data="hang") as server:
        case.mail(server.port)
        (case.folder / "mail.toml").write_text((case.folder / "mail.toml").read_text().replace("timeout = 2", "timeout = 60"))
        process = case.start("send", "F2026-0002", "--mail", "../mail.toml")
        while not case.events():
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        process.wait()
    case.kinds("sending")
    case.send(code=1, says="SENDING-UNKNOWN")
    assert len(case.unknown()) == 1


def at_once(root):
    """Several processes at once send it once."""
    case = Case(root, "at-once")
    with Server() as server:
        case.mail(server.port)
        processes = [case.start("send", "F2026-0002", "--mail", "../mail.toml") for _ in range(5)]
        for process in processes:
            process.communicate(timeout=60)
        assert sorted(process.returncode for process in processes) == [0, 1, 1, 1, 1]
        assert len(server.box.messages) == 1
    case.kinds("sending", "sent")


def logins(root):
    """User and password: right, wrong, by a file, by a command."""

    def authenticator(server, session, envelope, mechanism, data):
        right = data.login == b"camille" and data.password == "pässword".encode()
        return AuthResult(success=right, handled=False)

    case = Case(root, "logins")
    secret = case.folder / "secret"
    secret.write_text("pässword\n")
    secret.chmod(0o600)
    with Server(authenticator=authenticator, auth_required=True, auth_require_tls=False) as server:
        case.mail(server.port)
        case.send(code=1, says="refuses the sender")
        case.mail(server.port, 'user = "camille"\npassword = "wrong"\n')
        case.send(code=1, says="refuses user and password: 535")
        case.kinds()
        case.mail(server.port, 'user = "camille"\npassword = "pässword"\n')
        case.send("F2026-0001")
        case.mail(server.port, 'user = "camille"\npassword_file = "secret"\n')
        case.send("F2026-0002")
        case.mail(server.port, 'user = "camille"\npassword_command = ["/bin/cat", "%s"]\n' % secret)
        case.send("F2026-0003")
        assert len(server.box.messages) == 3
    with Server() as server:
        case.mail(server.port, 'user = "camille"\npassword = "pässword"\n')
        case.send("F2026-0001", "--again", code=1, says="refuses user and password")
    for path in case.ledger.rglob("*"):
        assert path.is_dir() or b"ssword" not in path.read_bytes(), f"the password stands in {path}"


def encrypted(root):
    """STARTTLS and TLS from the first byte, with a certificate of our own; never without."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    case = Case(root, "encrypted")
    authority.cert_pem.write_to_path(case.folder / "ca.pem")
    other = trustme.CA()
    other.cert_pem.write_to_path(case.folder / "other.pem")
    with Server(tls_context=context, require_starttls=True) as server:
        case.mail(server.port)
        case.send(code=1, says="530")
        case.mail(server.port, tls='"starttls"')
        case.send(code=1, says="certificate")
        case.mail(server.port, 'ca = "other.pem"\n', tls='"starttls"')
        case.send(code=1, says="certificate")
        case.kinds()
        case.mail(server.port, 'ca = "ca.pem"\n', tls='"starttls"')
        case.send("F2026-0001")
        assert len(server.box.messages) == 1
    with Server() as server:
        case.mail(server.port, 'ca = "ca.pem"\n', tls='"starttls"')
        case.send(code=1, says="STARTTLS is not supported")
        assert not server.box.messages
    with Server(ssl_context=context) as server:
        case.mail(server.port, 'ca = "ca.pem"\n', tls='"implicit"')
        case.send("F2026-0002")
        assert len(server.box.messages) == 1
    case.kinds("sending", "sent", "sending", "sent")


def reminders(root):
    """Reminders go the same way: one message a client, once however often cron runs, and what is unknown is not sent again."""

    def remind(case, code=0, says=""):
        case.run("remind", "--send", "--mail", "../mail.toml", code=code, says=says)

    case = Case(root, "reminders")
    with Server() as server:
        case.mail(server.port)
        processes = [case.start("remind", "--send", "--mail", "../mail.toml") for _ in range(3)]
        for process in processes:
            out, err = process.communicate(timeout=60)
            assert process.returncode == 0, (out, err)
        remind(case)
        assert sorted(envelope.rcpt_tos[0] for envelope in server.box.messages) == ["compta@acme.example", "office@kunz.example"]
        rows = [event for event in case.events() if event["kind"] == "reminded"]
        assert len(rows) == 2, rows
        for row in rows:
            kept = (case.ledger / row["file"]).read_bytes()
            assert hashlib.sha256(kept).hexdigest() == row["sha256"]
            [envelope] = [envelope for envelope in server.box.messages if envelope.rcpt_tos[0].split("@")[1].startswith(row["client"])]
            assert envelope.content.rstrip() == kept.rstrip(), "what is kept is what left"
            assert b"X-Unsent" not in kept
    case.kinds("sending", "reminded", "sending", "reminded")

    case = Case(root, "reminders-refused")
    with Server(data="451 try later") as server:
        case.mail(server.port)
        remind(case, code=1, says="451 try later")
    case.kinds("sending", "not-sent", "sending", "not-sent")
    case.kept()
    with Server() as server:
        case.mail(server.port)
        remind(case)
        remind(case)
        assert len(server.box.messages) == 2

    for word in ["sent", "not-sent"]:
        case = Case(root, f"reminders-lost-{word}")
        with Server(data="drop") as server:
            case.mail(server.port)
            remind(case, code=1, says="SENDING-UNKNOWN")
        case.kinds("sending", "sending")
        with Server() as server:
            case.mail(server.port)
            remind(case, code=1, says="SENDING-UNKNOWN")
            assert not server.box.messages
            for unknown in case.unknown():
                case.run("remind", "--resolve", unknown["id"], word)
            remind(case)
            remind(case)
            assert len(server.box.messages) == (0 if word == "sent" else 2)


def examples(root):
    """Every document of both examples, quotes too, goes to its client."""
    for name in ["atelier", "studio"]:
        base = PROJECT / "examples" / name
        case = Case(root, f"example-{name}", base)
        addresses = {}
        for path in (base / "clients").glob("*.toml"):
            client = tomllib.loads(path.read_text())
            addresses[path.stem] = client.get("email", []) + client.get("email_cc", [])
        sender = tomllib.loads((base / "acquit.toml").read_text())["seller"]["email"]
        documents = json.loads(case.run("list", "--json"))["items"] + json.loads(case.run("quote", "list", "--json"))["items"]
        clients = {document["number"]: document["client"] for document in documents}
        reachable = [number for number, client in clients.items() if addresses[client]]
        assert len(reachable) > 10, clients
        before = len(case.events())
        with Server() as server:
            case.mail(server.port)
            case.send(*reachable)
            numbers = []
            for envelope in server.box.messages:
                number = email.message_from_bytes(envelope.content, policy=email.policy.default)["Subject"].split()
                [number] = [word for word in number if word in clients]
                numbers.append(judge(envelope, case, addresses[clients[number]], sender))
            assert numbers == reachable
            others = [number for number in clients if number not in reachable]
            if others:
                case.send(*others, code=1, says="no e-mail address")
            assert len(server.box.messages) == len(reachable)
        assert len(case.events()) == before + 2 * len(reachable)
        case.run("check")


def main():
    global ACQUIT
    ACQUIT, root = sys.argv[1], Path(sys.argv[2]) / "smtp"
    # What the server says of connections that are meant to fail.
    logging.getLogger("mail.log").setLevel(logging.CRITICAL + 1)
    warnings.simplefilter("ignore", UserWarning)
    for scenario in [accepting, before_data, refused, lost, killed, at_once, logins, encrypted, reminders, examples]:
        scenario(root)
        print(f"{scenario.__name__}: well")


if __name__ == "__main__":
    main()
