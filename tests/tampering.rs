//! What somebody may change in a ledger behind acquit's back, and which code names it. What none names needs a witness outside, such as a
//! commit: docs/security.md has the same table.

use std::path::Path;

use acquit::changes::sha256_text;
use acquit::compute::seal::{genesis, seal};

use crate::harness::{Sandbox, copy, day, project, run_on};

/// A ledger whose files are about to be changed.
struct Tampered<'t>(&'t Path);

impl Tampered<'_> {
    fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.0.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.0.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Replaces the first `old` of a file.
    fn edit(&self, path: &str, old: &str, new: &str) {
        let text = self.read(path);
        assert!(text.contains(old), "{path} has no `{old}`:\n{text}");
        self.write(path, text.replacen(old, new, 1));
    }

    fn append(&self, path: &str, text: &str) {
        self.write(path, self.read(path) + text);
    }

    fn remove(&self, path: &str) {
        let path = self.0.join(path);
        if path.is_dir() {
            std::fs::remove_dir_all(path).unwrap();
        } else {
            std::fs::remove_file(path).unwrap();
        }
    }

    fn rename(&self, from: &str, to: &str) {
        let to = self.0.join(to);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::rename(self.0.join(from), to).unwrap();
    }

    fn copy(&self, from: &str, to: &str) {
        let bytes = std::fs::read(self.0.join(from)).unwrap();
        self.write(to, bytes);
    }

    /// Moves a file or folder, and puts a link in its place that leads there.
    fn link(&self, path: &str, to: &str) {
        self.rename(path, to);
        std::os::unix::fs::symlink(self.0.join(to), self.0.join(path)).unwrap();
    }

    /// Changes the rows of a book; each is its fields. No field of this ledger has a comma.
    fn rows(&self, path: &str, change: impl FnOnce(&mut Vec<Vec<String>>)) {
        let text = self.read(path);
        let (head, rows) = text.split_once('\n').unwrap();
        let fields = |row: &str| row.split(',').map(str::to_owned).collect();
        let mut rows: Vec<Vec<String>> = rows.lines().map(fields).collect();
        change(&mut rows);
        let rows: Vec<String> = rows.iter().map(|row| row.join(",") + "\n").collect();
        self.write(path, format!("{head}\n{}", rows.concat()));
    }

    /// Changes the rows of the register of 2026.
    fn register(&self, change: impl FnOnce(&mut Vec<Vec<String>>)) {
        self.rows(REGISTER, change);
    }

    /// Seals the whole register again, and lets each row have the digest of its document: what a forger who knows acquit does.
    fn seal_again(&self) {
        let mut before = genesis("test-ledger");
        for year in ["2025", "2026"] {
            self.rows(&format!("register/{year}.csv"), |rows| {
                for row in rows {
                    let document = format!("invoices/{year}/{}.toml", row[0]);
                    let last = row.len() - 1;
                    if let Ok(bytes) = std::fs::read(self.0.join(document)) {
                        row[last - 1] = sha256_text(&bytes);
                    }
                    row[last] = seal(&before, row[..last].iter().map(String::as_str));
                    before.clone_from(&row[last]);
                }
            });
        }
    }

    /// Removes the rows of a book that hold a text.
    fn without(&self, path: &str, text: &str) {
        self.rows(path, |rows| {
            let all = rows.len();
            rows.retain(|row| !row.join(",").contains(text));
            assert!(rows.len() < all, "{path} has no `{text}`");
        });
    }

    /// Runs acquit: what somebody does who can run it.
    fn acquit(&self, arguments: &[&str]) {
        run_on(
            &acquit::disk::RealDisk,
            self.0,
            day("2026-11-22"),
            arguments,
        )
        .ok();
    }
}

const REGISTER: &str = "register/2026.csv";
const FIRST: &str = "invoices/2026/F2026-0001.toml";
const SECOND: &str = "invoices/2026/F2026-0002.toml";
const LAST: &str = "invoices/2026/F2026-0004.toml";
const ATTACHED: &str = "invoices/2026/F2026-0002/hours.csv";
const OPEN: &str = "quotes/2026/D2026-0002.toml";
const ACCEPTED: &str = "quotes/2026/D2026-0001.toml";
const PAYMENTS: &str = "payments/2026.csv";
const EVENTS: &str = "events/2026.csv";
const COPY: &str = "sent/2026/F2026-0001.pdf";
const PLAN: &str = "plans/P2026-0001.toml";
/// The column of a digest in a row of events.
const DIGEST: usize = 14;

/// Makes a ledger that has a bit of everything, and in which `check` finds nothing.
fn ledger() -> Sandbox {
    let sandbox = Sandbox::small();
    sandbox.write(
        "logo.png",
        std::fs::read(project().join("examples/studio/logo.png")).unwrap(),
    );
    sandbox.write("templates/pages/own.toml", "base = \"modern\"\n");
    let settings = sandbox.read("acquit.toml").replacen(
        "form = \"ei\"",
        "form = \"ei\"\nlogo = \"logo.png\"\ndesign = \"own\"\nemail = \"c@durand.example\"",
        1,
    );
    sandbox.write("acquit.toml", settings);
    sandbox.write("attachments/hours.csv", "day,hours\n2026-03-02,8\n");
    sandbox.invoice("acme", "80", "2025-12-01");
    sandbox.invoice("acme", "500", "2026-03-02");
    let attached = |kind: &str, price: &str| {
        format!(
            "client = \"acme\"\n{kind}attachments = [\"attachments/hours.csv\"]\n\n[[line]]\nitem = \"Work\"\nquantity = 1\nprice = {price}\nvat = 20\n"
        )
    };
    sandbox.write("drafts/attached.toml", attached("", "200"));
    sandbox
        .run(&["issue", "attached", "--date", "2026-04-01"])
        .ok();
    sandbox.invoice("zoe", "100", "2026-05-04");
    sandbox
        .run(&["credit", "F2026-0001", "--amount", "60"])
        .ok();
    sandbox
        .run(&["issue", "credit-F2026-0001", "--date", "2026-05-05"])
        .ok();
    sandbox.write("drafts/offer.toml", attached("type = \"quote\"\n", "900"));
    sandbox
        .run(&["issue", "offer", "--date", "2026-05-06"])
        .ok();
    sandbox
        .run(&["quote", "accept", "D2026-0001", "--date", "2026-05-20"])
        .ok();
    sandbox.write("drafts/offer.toml", attached("type = \"quote\"\n", "950"));
    sandbox
        .run(&["issue", "offer", "--date", "2026-11-02"])
        .ok();
    sandbox
        .run(&["pay", "F2026-0001", "100", "--date", "2026-06-01"])
        .ok();
    sandbox
        .run(&["pay", "F2026-0002", "100", "--date", "2026-06-02"])
        .ok();
    sandbox
        .run(&[
            "send",
            "F2026-0001",
            "--log",
            "--channel",
            "letter",
            "--date",
            "2026-03-02",
        ])
        .ok();
    sandbox
        .run(&[
            "plan",
            "F2026-0002",
            "--parts",
            "2",
            "--first",
            "2026-12-01",
        ])
        .ok();
    sandbox.write(
        "recurring/hosting.toml",
        "every = \"year\"\nfrom = 2026-12-01\nclient = \"acme\"\n\n[[line]]\nitem = \"Hosting\"\nquantity = 1\nprice = 10\nvat = 20\n",
    );
    // Nothing names the last invoice.
    sandbox.invoice("acme", "300", "2026-11-20");
    assert_eq!(sandbox.run(&["check", "--sent"]).ok(), "");
    sandbox
}

/// A change: in words, how it is made, and the code that names it; none: nothing in the ledger shows it, and a witness is needed.
type Change = (&'static str, fn(&Tampered<'_>), Option<&'static str>);

fn some_row(kind: &str) -> String {
    format!("x-1,2026-11-10,{kind},acme,F2026-0001,,,10.00,EUR,,,,,,,goodwill\n")
}

const REGISTER_CHANGES: &[Change] = &[
    (
        "An amount in a row of the register",
        |t| t.edit(REGISTER, ",500.00,", ",400.00,"),
        Some("REGISTER-SEAL"),
    ),
    (
        "The client of a row",
        |t| t.edit(REGISTER, ",acme,", ",zoe,"),
        Some("REGISTER-SEAL"),
    ),
    (
        "The buyer's name in a row",
        |t| t.edit(REGISTER, "Acme SAS", "Acme SARL"),
        Some("REGISTER-SEAL"),
    ),
    (
        "The date of issue in a row",
        |t| t.edit(REGISTER, "2026-03-02", "2026-03-01"),
        Some("REGISTER-SEAL"),
    ),
    (
        "A seal",
        |t| t.register(|rows| rows[1][17] = "0".repeat(64)),
        Some("REGISTER-SEAL"),
    ),
    (
        "The digest in a row",
        |t| t.register(|rows| rows[1][16] = "0".repeat(64)),
        Some("DOCUMENT-CHANGED"),
    ),
    (
        "A row is removed",
        |t| t.without(REGISTER, "F2026-0002,"),
        Some("REGISTER-SEAL"),
    ),
    (
        "Two rows are swapped",
        |t| t.register(|rows| rows.swap(0, 1)),
        Some("REGISTER-SEAL"),
    ),
    (
        "A row stands twice",
        |t| t.register(|rows| rows.push(rows[1].clone())),
        Some("NUMBER-TWICE"),
    ),
    (
        "A row is removed, and all are sealed again",
        |t| {
            t.without(REGISTER, "F2026-0002,");
            t.seal_again();
        },
        Some("REGISTER-MISSING"),
    ),
    (
        "A row and its document are removed, and all are sealed again",
        |t| {
            t.without(REGISTER, "F2026-0003,");
            t.remove("invoices/2026/F2026-0003.toml");
            t.seal_again();
        },
        Some("NUMBER-GAP"),
    ),
    (
        "A row is changed, and all are sealed again",
        |t| {
            t.edit(REGISTER, ",500.00,", ",400.00,");
            t.seal_again();
        },
        Some("REGISTER-ROW"),
    ),
    (
        "A row is dated after the next one, and all are sealed again",
        |t| {
            t.edit(REGISTER, "2026-04-01,2026-04-01", "2026-11-21,2026-04-01");
            t.seal_again();
        },
        Some("NUMBER-DATE"),
    ),
    (
        "The last row is removed",
        |t| t.without(REGISTER, "F2026-0004,"),
        Some("REGISTER-MISSING"),
    ),
    (
        "The last row and its document are removed",
        |t| {
            t.without(REGISTER, "F2026-0004,");
            t.remove(LAST);
        },
        None,
    ),
    (
        "The last rows with their documents are removed, and a payment names one",
        |t| {
            t.acquit(&["pay", "F2026-0004", "10"]);
            t.without(REGISTER, "F2026-0004,");
            t.remove(LAST);
        },
        Some("DOCUMENT-UNKNOWN"),
    ),
    (
        "A row by hand after the last, sealed on an earlier row",
        |t| {
            t.register(|rows| {
                let mut row = rows[rows.len() - 1].clone();
                row[0] = "F2026-0005".into();
                row[17] = seal(&rows[1][17], row[..17].iter().map(String::as_str));
                rows.push(row);
            });
        },
        Some("REGISTER-SEAL"),
    ),
    (
        "A row by hand in another series, sealed on an earlier row",
        |t| {
            t.register(|rows| {
                let mut row = rows[3].clone();
                row[0] = "A2026-0002".into();
                row[4] = "2026-11-20".into();
                row[17] = seal(&rows[3][17], row[..17].iter().map(String::as_str));
                rows.push(row);
            });
        },
        Some("REGISTER-FORK"),
    ),
    (
        "A further invoice is issued with acquit",
        |t| {
            t.acquit(&[
                "new", "acme", "Work", "1", "10", "--vat", "20", "--name", "w",
            ]);
            t.acquit(&["issue", "w"]);
        },
        None,
    ),
    (
        "An amount is spelled otherwise, as a spreadsheet does",
        |t| t.edit(REGISTER, ",500.00,", ",500,"),
        Some("REGISTER-SPELLING"),
    ),
    (
        "A spreadsheet saves the register with semicolons",
        |t| t.write(REGISTER, t.read(REGISTER).replace(',', ";")),
        Some("CSV-SEPARATOR"),
    ),
    (
        "A column of the register gets another name",
        |t| t.edit(REGISTER, "number,", "no,"),
        Some("CSV-HEADER"),
    ),
    (
        "A row loses its last fields",
        |t| t.register(|rows| rows[1].truncate(9)),
        Some("CSV-SYNTAX"),
    ),
    (
        "A year's book gets another name",
        |t| t.rename("register/2025.csv", "register/25.csv"),
        Some("FILE-STRAY"),
    ),
    (
        "A year's book is removed",
        |t| t.remove("register/2025.csv"),
        Some("REGISTER-MISSING"),
    ),
    (
        "A copy of the register stands beside it",
        |t| t.copy(REGISTER, "register/2026.csv.orig"),
        Some("FILE-STRAY"),
    ),
    (
        "The register becomes a link",
        |t| t.link(REGISTER, "elsewhere/2026.csv"),
        Some("FILE-LINK"),
    ),
    (
        "The ledger's id",
        |t| t.edit("acquit.toml", "test-ledger", "other-ledger"),
        Some("REGISTER-SEAL"),
    ),
];

const DOCUMENT_CHANGES: &[Change] = &[
    (
        "A text in an issued document",
        |t| t.edit(FIRST, "Travail", "Conseil"),
        Some("DOCUMENT-CHANGED"),
    ),
    (
        "A comment at its end",
        |t| t.append(FIRST, "# paid in cash\n"),
        Some("DOCUMENT-CHANGED"),
    ),
    (
        "A document and its row's digest, all sealed again; its figures do not add up",
        |t| {
            t.edit(FIRST, "net = 500.00", "net = 400.00");
            t.seal_again();
        },
        Some("TOTALS"),
    ),
    (
        "A text in a document, its row's digest, all sealed again",
        |t| {
            t.edit(FIRST, "Travail", "Conseil");
            t.seal_again();
        },
        None,
    ),
    (
        "A document is removed",
        |t| t.remove(FIRST),
        Some("DOCUMENT-MISSING"),
    ),
    (
        "All of invoices/ is removed",
        |t| t.remove("invoices"),
        Some("DOCUMENT-MISSING"),
    ),
    (
        "A document is moved to another year",
        |t| t.rename(FIRST, "invoices/2025/F2026-0001.toml"),
        Some("FILE-STRAY"),
    ),
    (
        "A document is copied to another year",
        |t| t.copy(FIRST, "invoices/2025/F2026-0001.toml"),
        Some("FILE-STRAY"),
    ),
    (
        "Two documents take each other's place",
        |t| {
            t.rename(FIRST, "x");
            t.rename(SECOND, FIRST);
            t.rename("x", SECOND);
        },
        Some("DOCUMENT-CHANGED"),
    ),
    (
        "A document without a row",
        |t| t.copy(FIRST, "invoices/2026/F2026-0009.toml"),
        Some("REGISTER-MISSING"),
    ),
    (
        "A document becomes a link into the ledger",
        |t| t.link(FIRST, "notes/copy.toml"),
        Some("FILE-LINK"),
    ),
    (
        "A document becomes a link out of the ledger",
        |t| {
            t.remove(FIRST);
            std::os::unix::fs::symlink("/etc/hostname", t.0.join(FIRST)).unwrap();
        },
        Some("FILE-LINK"),
    ),
    (
        "A year's folder becomes a link",
        |t| t.link("invoices/2026", "elsewhere"),
        Some("FILE-LINK"),
    ),
    (
        "invoices/ becomes a link",
        |t| t.link("invoices", "elsewhere"),
        Some("FILE-LINK"),
    ),
    (
        "A folder stands in a document's place",
        |t| {
            t.remove(FIRST);
            t.write("invoices/2026/F2026-0001.toml/x", "");
        },
        Some("FILE-KIND"),
    ),
    (
        "A document is saved as Latin-1",
        |t| t.write(FIRST, b"subject = \"\xe9t\xe9\"\n"),
        Some("FILE-ENCODING"),
    ),
    (
        "A document is saved with a byte order mark",
        |t| t.write(FIRST, format!("\u{feff}{}", t.read(FIRST))),
        Some("FILE-BOM"),
    ),
    (
        "An attachment",
        |t| t.append(ATTACHED, "2026-03-03,8\n"),
        Some("DOCUMENT-CHANGED"),
    ),
    (
        "An attachment is removed",
        |t| t.remove(ATTACHED),
        Some("FILE-MISSING"),
    ),
    (
        "A file is added to the attachments",
        |t| t.write("invoices/2026/F2026-0002/more.csv", "x\n"),
        Some("FILE-STRAY"),
    ),
    (
        "Attachments are given to a document that has none",
        |t| t.write("invoices/2026/F2026-0001/more.csv", "x\n"),
        Some("FILE-STRAY"),
    ),
    (
        "An attachment becomes a link",
        |t| t.link(ATTACHED, "notes/hours.csv"),
        Some("FILE-LINK"),
    ),
    (
        "The kept logo",
        |t| t.write(&kept(t, "logo-"), "other"),
        Some("DOCUMENT-CHANGED"),
    ),
    (
        "The kept logo is removed",
        |t| t.remove(&kept(t, "logo-")),
        Some("FILE-MISSING"),
    ),
    (
        "The kept design",
        |t| t.write(&kept(t, "design-"), "base = \"compact\"\n"),
        Some("DOCUMENT-CHANGED"),
    ),
    (
        "The kept design is removed",
        |t| t.remove(&kept(t, "design-")),
        Some("FILE-MISSING"),
    ),
    (
        "A further design beside it",
        |t| {
            t.write(
                "invoices/design-0123456789abcdef.toml",
                "base = \"plain\"\n",
            );
        },
        Some("FILE-STRAY"),
    ),
    (
        "A file of one's own in invoices/",
        |t| t.write("invoices/2026/notes.txt", "x"),
        Some("FILE-STRAY"),
    ),
];

const QUOTE_CHANGES: &[Change] = &[
    (
        "An open quote",
        |t| t.edit(OPEN, "\"Work\"", "\"Less\""),
        Some("DOCUMENT-CHANGED"),
    ),
    (
        "An accepted quote",
        |t| t.edit(ACCEPTED, "\"Work\"", "\"Less\""),
        Some("DOCUMENT-CHANGED"),
    ),
    (
        "An open quote is removed",
        |t| {
            t.remove(OPEN);
            t.remove("quotes/2026/D2026-0002");
        },
        Some("DOCUMENT-MISSING"),
    ),
    (
        "The event of a quote's issue is removed",
        |t| t.without(EVENTS, "offered,acme,D2026-0002"),
        Some("REGISTER-MISSING"),
    ),
    (
        "A quote by hand",
        |t| {
            t.write(
                "quotes/2026/D2026-0003.toml",
                t.read(OPEN).replace("D2026-0002", "D2026-0003"),
            );
        },
        Some("REGISTER-MISSING"),
    ),
    (
        "A quote is moved to another year",
        |t| t.rename(OPEN, "quotes/2025/D2026-0002.toml"),
        Some("FILE-STRAY"),
    ),
    (
        "A quote's attachment",
        |t| t.append("quotes/2026/D2026-0002/hours.csv", "x\n"),
        Some("DOCUMENT-CHANGED"),
    ),
    (
        "A file is added to a quote's attachments",
        |t| t.write("quotes/2026/D2026-0002/more.csv", "x\n"),
        Some("FILE-STRAY"),
    ),
    (
        "An open quote, and the digest in its event",
        |t| {
            t.edit(OPEN, "\"Work\"", "\"Less\"");
            let digest = sha256_text(t.read(OPEN).as_bytes());
            t.rows(EVENTS, |rows| {
                let row = rows
                    .iter_mut()
                    .find(|row| row[2] == "offered" && row[4] == "D2026-0002");
                row.unwrap()[DIGEST] = digest;
            });
        },
        None,
    ),
    (
        "The last quote and its event are removed",
        |t| {
            t.remove(OPEN);
            t.remove("quotes/2026/D2026-0002");
            t.without(EVENTS, "D2026-0002");
        },
        None,
    ),
];

const ROW_CHANGES: &[Change] = &[
    (
        "The amount of a payment",
        |t| t.edit(PAYMENTS, ",100.00,", ",90.00,"),
        None,
    ),
    (
        "A payment is removed",
        |t| t.without(PAYMENTS, "F2026-0001"),
        None,
    ),
    (
        "A payment stands twice",
        |t| t.rows(PAYMENTS, |rows| rows.push(rows[0].clone())),
        Some("ROW-TWICE"),
    ),
    (
        "A payment stands twice, with two amounts",
        |t| {
            t.rows(PAYMENTS, |rows| {
                let mut row = rows[0].clone();
                row[3] = "7.00".into();
                rows.push(row);
            });
        },
        Some("ROW-TWICE"),
    ),
    (
        "A payment of a document that is not there",
        |t| t.edit(PAYMENTS, "F2026-0001", "F2026-0099"),
        Some("DOCUMENT-UNKNOWN"),
    ),
    (
        "A payment before its document was issued",
        |t| t.edit(PAYMENTS, ",2026-06-01,", ",2026-01-01,"),
        Some("PAYMENT-DATE"),
    ),
    (
        "A payment in another currency",
        |t| t.edit(PAYMENTS, ",EUR,", ",USD,"),
        Some("ROW-CURRENCY"),
    ),
    (
        "A payment under another client",
        |t| t.edit(PAYMENTS, ",acme,", ",zoe,"),
        Some("CLIENT-UNKNOWN"),
    ),
    (
        "A payment in the book of another year",
        |t| t.edit(PAYMENTS, ",2026-06-01,", ",2027-06-01,"),
        Some("ROW-YEAR"),
    ),
    (
        "A book of payments gets another name",
        |t| t.rename(PAYMENTS, "payments/march.csv"),
        Some("FILE-STRAY"),
    ),
    (
        "A write-off by hand",
        |t| t.append(EVENTS, &some_row("write-off")),
        None,
    ),
    (
        "An event of a kind that does not exist",
        |t| t.append(EVENTS, &some_row("forgiven")),
        Some("EVENT-KIND"),
    ),
    (
        "A copy of what was sent",
        |t| t.write(COPY, "forged"),
        Some("SENT-CHANGED"),
    ),
    (
        "A copy of what was sent is removed",
        |t| t.remove(COPY),
        Some("FILE-MISSING"),
    ),
    (
        "All of sent/ is removed",
        |t| t.remove("sent"),
        Some("FILE-MISSING"),
    ),
    (
        "The digest in the event of a sending",
        |t| {
            t.rows(EVENTS, |rows| {
                let row = rows.iter_mut().find(|row| row[2] == "sent");
                row.unwrap()[DIGEST] = "0".repeat(64);
            });
        },
        Some("SENT-CHANGED"),
    ),
    (
        "The event of a sending is removed",
        |t| t.without(EVENTS, ",sent,"),
        Some("FILE-STRAY"),
    ),
    (
        "A file is added to sent/",
        |t| t.write("sent/2026/F2026-0003.pdf", "forged"),
        Some("FILE-STRAY"),
    ),
    (
        "A copy becomes a link",
        |t| t.link(COPY, "elsewhere/x.pdf"),
        Some("FILE-LINK"),
    ),
    (
        "A copy of what was sent, and the digest in its event",
        |t| {
            t.write(COPY, "forged");
            t.rows(EVENTS, |rows| {
                let row = rows.iter_mut().find(|row| row[2] == "sent");
                row.unwrap()[DIGEST] = sha256_text(b"forged");
            });
        },
        None,
    ),
    (
        "A copy of what was sent and its event are removed",
        |t| {
            t.remove("sent");
            t.without(EVENTS, ",sent,");
        },
        None,
    ),
];

const OTHER_CHANGES: &[Change] = &[
    (
        "An instalment of an agreed plan",
        |t| t.edit(PLAN, "due = 2026-12-01", "due = 2027-12-01"),
        Some("PLAN-CHANGED"),
    ),
    (
        "A plan is removed",
        |t| t.remove(PLAN),
        Some("FILE-MISSING"),
    ),
    (
        "The event of a plan is removed",
        |t| {
            t.rows(EVENTS, |rows| rows.retain(|row| row[2] != "plan"));
        },
        Some("PLAN-CHANGED"),
    ),
    (
        "The digest in a plan's event",
        |t| {
            t.rows(EVENTS, |rows| {
                let row = rows.iter_mut().find(|row| row[2] == "plan");
                row.unwrap()[DIGEST] = "0".repeat(64);
            });
        },
        Some("PLAN-CHANGED"),
    ),
    (
        "A plan's day, where its event has no digest",
        |t| {
            t.rows(EVENTS, |rows| {
                let row = rows.iter_mut().find(|row| row[2] == "plan");
                row.unwrap()[DIGEST].clear();
            });
            t.edit(PLAN, "agreed = 2026-11-22", "agreed = 2026-11-21");
        },
        Some("PLAN-CHANGED"),
    ),
    (
        "A plan, and the digest in its event",
        |t| {
            t.edit(PLAN, "due = 2026-12-01", "due = 2026-12-02");
            let digest = sha256_text(t.read(PLAN).as_bytes());
            t.rows(EVENTS, |rows| {
                let row = rows.iter_mut().find(|row| row[2] == "plan");
                row.unwrap()[DIGEST] = digest;
            });
        },
        None,
    ),
    (
        "A client's file is removed",
        |t| t.remove("clients/zoe.toml"),
        Some("CLIENT-UNKNOWN"),
    ),
    (
        "A client whose name differs in capitals alone",
        |t| t.copy("clients/acme.toml", "clients/Acme.toml"),
        Some("FILE-NAME"),
    ),
    (
        "A draft whose name differs in capitals alone",
        |t| {
            let draft = "client = \"acme\"\n\n[[line]]\nitem = \"Work\"\nquantity = 1\nprice = 1\nvat = 20\n";
            t.write("drafts/work.toml", draft);
            t.write("drafts/Work.toml", draft);
        },
        Some("FILE-NAME"),
    ),
    (
        "A client's address",
        |t| t.edit("clients/acme.toml", "Paris", "Brest"),
        None,
    ),
    (
        "The IBAN of acquit.toml, with a key that does not fit",
        |t| {
            t.edit(
                "acquit.toml",
                "FR1420041010050500013M02606",
                "FR1420041010050500013M02607",
            );
        },
        Some("ID-IBAN"),
    ),
    (
        "The IBAN of acquit.toml, with a key that fits",
        |t| {
            t.edit(
                "acquit.toml",
                "FR1420041010050500013M02606",
                "DE89370400440532013000",
            );
        },
        None,
    ),
    (
        "Two templates have one id",
        |t| {
            t.copy("recurring/hosting.toml", "recurring/copy.toml");
            t.write(
                "recurring/copy.toml",
                format!("id = \"hosting\"\n{}", t.read("recurring/copy.toml")),
            );
        },
        Some("RECURRING-TWICE"),
    ),
    (
        "A design of one's own has errors",
        |t| t.append("templates/pages/own.toml", "colour = 1\n"),
        Some("DESIGN-BROKEN"),
    ),
    (
        "A message's template has errors",
        |t| t.write("templates/fr/invoice.txt", "Objet : x\n\n{{ nothing"),
        Some("TEMPLATE-SYNTAX"),
    ),
];

/// Returns the path of the logo or design that is kept.
fn kept(tampered: &Tampered<'_>, prefix: &str) -> String {
    let names = std::fs::read_dir(tampered.0.join("invoices")).unwrap();
    let mut names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let name = names.find(|name| name.starts_with(prefix)).unwrap();
    format!("invoices/{name}")
}

const TABLES: &[(&str, &[Change])] = &[
    ("The register", REGISTER_CHANGES),
    ("Issued documents", DOCUMENT_CHANGES),
    ("Quotes", QUOTE_CHANGES),
    ("Payments, events, what was sent", ROW_CHANGES),
    ("The rest", OTHER_CHANGES),
];

/// Returns the codes that `check` finds.
fn codes(root: &Path) -> Vec<String> {
    let output = run_on(
        &acquit::disk::RealDisk,
        root,
        day("2026-11-22"),
        &["check", "--sent", "--json"],
    );
    // A ledger that cannot be opened at all is refused, which names the change too.
    let Ok(report) = serde_json::from_str::<serde_json::Value>(&output.out) else {
        return vec![output.err];
    };
    let items = report["items"].as_array().unwrap();
    let code = |item: &serde_json::Value| item["code"].as_str().unwrap().to_owned();
    items.iter().map(code).collect()
}

/// Each change is named by its code; what needs a witness is named by none, so that the table says no less than is true.
#[test]
fn tampering_is_named_or_needs_a_witness() {
    let ledger = ledger();
    let mut wrong = Vec::new();
    for (what, tamper, named) in TABLES.iter().flat_map(|(_, changes)| *changes) {
        let folder = tempfile::tempdir().unwrap();
        copy(ledger.path(), folder.path());
        tamper(&Tampered(folder.path()));
        let found = codes(folder.path());
        let is_right = match named {
            Some(code) => found.iter().any(|found| found == code),
            None => found.is_empty(),
        };
        if !is_right {
            wrong.push(format!("{what}: {named:?}, but check finds {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let count: usize = TABLES.iter().map(|(_, changes)| changes.len()).sum();
    assert!(count >= 60, "{count}");
}

/// Git is such a witness: what nothing in the ledger shows, `git status` does, which compares each file with the commit.
#[test]
fn tampering_that_needs_a_witness_changes_files() {
    let ledger = ledger();
    let before = crate::harness::snapshot(ledger.path());
    let witnessed = TABLES.iter().flat_map(|(_, changes)| *changes);
    for (what, tamper, _) in witnessed.filter(|(.., named)| named.is_none()) {
        let folder = tempfile::tempdir().unwrap();
        copy(ledger.path(), folder.path());
        tamper(&Tampered(folder.path()));
        assert_ne!(crate::harness::snapshot(folder.path()), before, "{what}");
    }
}

/// docs/security.md has this table; `ACQUIT_UPDATE=1` writes it there.
#[test]
fn tampering_is_documented() {
    let mut table = String::new();
    for (title, changes) in TABLES {
        table.push_str(&format!("| {title} | Named by |\n|---|---|\n"));
        for (what, _, named) in *changes {
            let named = named.map_or("needs a witness".to_owned(), |code| format!("`{code}`"));
            table.push_str(&format!("| {what} | {named} |\n"));
        }
        table.push('\n');
    }
    let path = project().join("docs/security.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let (begin, end) = ("<!-- tampering: begin -->\n\n", "<!-- tampering: end -->");
    let (head, rest) = text.split_once(begin).unwrap();
    let (found, tail) = rest.split_once(end).unwrap();
    if std::env::var_os("ACQUIT_UPDATE").is_some() {
        std::fs::write(&path, format!("{head}{begin}{table}{end}{tail}")).unwrap();
    } else {
        assert_eq!(
            found, table,
            "ACQUIT_UPDATE=1 cargo test tampering writes it"
        );
    }
}

/// Of more copies than `check` compares unasked it compares none, and says so; `--sent` compares all of them.
#[test]
fn tampering_with_one_of_many_copies_is_named_by_check_sent() {
    let sandbox = Sandbox::small();
    sandbox.invoice("acme", "100", "2026-03-02");
    let header = "id,date,kind,client,document,step,channel,amount,currency,interest,fee,until,who,file,sha256,note\n";
    let events = |count: usize| {
        let mut rows = header.to_owned();
        for at in 0..count {
            let (path, text) = (format!("sent/2026/{at}.txt"), format!("copy {at}"));
            let digest = acquit::changes::sha256(text.as_bytes());
            sandbox.write(&path, text);
            rows +=
                &format!("e-{at},2026-03-02,sent,acme,F2026-0001,,letter,,,,,,,{path},{digest},\n");
        }
        sandbox.write("events/2026.csv", rows);
    };
    let most = acquit::task::frozen::COPIES;
    events(most);
    sandbox.write("sent/2026/7.txt", "forged");
    assert!(
        sandbox
            .run(&["check"])
            .out
            .contains("error[SENT-CHANGED]: sent/2026/7.txt")
    );
    events(most + 1);
    let whole = sandbox.run(&["check"]);
    assert_eq!((whole.out.as_str(), whole.code), ("", 0));
    assert_eq!(
        whole.err,
        "1001 copies under sent/ were not compared with their digests: `acquit check --sent` does\n"
    );
    let all = sandbox.run(&["check", "--sent"]);
    assert_eq!((all.both.as_str(), all.code), ("", 0));
    sandbox.write("sent/2026/7.txt", "forged");
    assert_eq!(sandbox.run(&["check"]).code, 0);
    let named = sandbox.run(&["check", "--sent"]);
    assert_eq!(named.code, 1);
    assert!(named.out.contains("error[SENT-CHANGED]: sent/2026/7.txt"));
    // That one is gone is found without reading any.
    std::fs::remove_file(sandbox.path().join("sent/2026/7.txt")).unwrap();
    let gone = sandbox.run(&["check"]);
    assert_eq!(gone.code, 1);
    assert!(
        gone.out.contains("error[FILE-MISSING]: sent/2026/7.txt"),
        "{}",
        gone.out
    );
}

/// What an interrupted command has still to write is no tampering: `check` reads the ledger as it will be.
#[test]
fn tampering_is_no_waiting_journal() {
    let ledger = ledger();
    ledger.write(
        "drafts/more.toml",
        "client = \"acme\"\nattachments = [\"attachments/hours.csv\"]\n\n[[line]]\nitem = \"Work\"\nquantity = 1\nprice = 5\nvat = 20\n",
    );
    // A logo and a design of their own, so that their copies are among what is to be written.
    let logo = std::fs::read(project().join("examples/atelier/logo.png")).unwrap();
    ledger.write("logo.png", logo);
    ledger.write("templates/pages/own.toml", "base = \"compact\"\n");
    for arguments in [
        &["issue", "more"][..],
        &["send", "F2026-0004", "--log", "--channel", "letter"],
        &[
            "plan",
            "F2026-0004",
            "--parts",
            "2",
            "--first",
            "2026-12-01",
        ],
    ] {
        let folder = tempfile::tempdir().unwrap();
        copy(ledger.path(), folder.path());
        let before = crate::harness::snapshot(folder.path());
        Tampered(folder.path()).acquit(arguments);
        let after = crate::harness::snapshot(folder.path());
        let mut set = acquit::changes::ChangeSet::default();
        for (path, bytes) in &after {
            match before.get(path) {
                None => set.create(path.clone(), bytes.clone()),
                Some(old) if old == bytes => {}
                Some(old) => {
                    let more = std::str::from_utf8(&bytes[old.len()..]).unwrap();
                    set.append(path.as_str(), old.len() as u64, more);
                }
            }
        }
        for (path, bytes) in before.iter().filter(|(path, _)| !after.contains_key(*path)) {
            set.remove(path.as_str(), acquit::changes::sha256(bytes));
        }
        let waiting = tempfile::tempdir().unwrap();
        copy(ledger.path(), waiting.path());
        Tampered(waiting.path()).write(".acquit/journal", set.to_journal(&[]));
        assert_eq!(codes(waiting.path()), ["JOURNAL-PENDING"], "{arguments:?}");
    }
}
