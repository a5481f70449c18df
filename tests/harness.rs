//! Runs commands in a sandbox: no clock, no environment, no terminal, no network.

use std::cell::RefCell;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use acquit::disk::{Disk, RealDisk};
use acquit::post::{Office, RealOffice};
use acquit::{Outside, run};
use chrono::NaiveDate;

/// The day of the tests.
pub(crate) const TODAY: &str = "2026-11-22";

/// The project's folder.
pub(crate) fn project() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn day(text: &str) -> NaiveDate {
    acquit::ledger::date::parse(text).unwrap()
}

/// The moment at which messages of the tests leave.
pub(crate) fn now() -> chrono::DateTime<chrono::FixedOffset> {
    chrono::DateTime::parse_from_rfc3339("2026-11-22T09:30:00+01:00").unwrap()
}

/// What a command said and how it ended.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) out: String,
    pub(crate) err: String,
    /// Both, in the order they were written.
    pub(crate) both: String,
    pub(crate) code: u8,
}

impl Output {
    /// Asserts success and returns standard output.
    #[track_caller]
    pub(crate) fn ok(self) -> String {
        assert_eq!(self.code, 0, "{}{}", self.out, self.err);
        self.out
    }

    /// Asserts a refusal and returns standard error.
    #[track_caller]
    pub(crate) fn refused(self) -> String {
        assert_eq!(self.code, 1, "{}{}", self.out, self.err);
        self.err
    }

    pub(crate) fn json(self) -> serde_json::Value {
        serde_json::from_str(&self.ok()).unwrap()
    }
}

/// A stream that also writes into a common one.
struct Tee(Rc<RefCell<Vec<u8>>>, Rc<RefCell<Vec<u8>>>);

impl Write for Tee {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        self.1.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Runs a command in a folder, on a disk, on a day.
pub(crate) fn run_on(
    disk: &dyn Disk,
    folder: &Path,
    today: NaiveDate,
    arguments: &[&str],
) -> Output {
    run_through(&RealOffice, disk, folder, today, arguments)
}

/// Runs a command whose messages leave through an office.
pub(crate) fn run_through(
    office: &dyn Office,
    disk: &dyn Disk,
    folder: &Path,
    today: NaiveDate,
    arguments: &[&str],
) -> Output {
    let (out, err, both) = (Rc::default(), Rc::default(), Rc::default());
    let code = run(Outside {
        arguments: std::iter::once("acquit")
            .chain(arguments.iter().copied())
            .map(Into::into)
            .collect(),
        folder: folder.to_owned(),
        today,
        now,
        no_color: true,
        is_terminal: (false, false),
        width: 100,
        out: &mut Tee(Rc::clone(&out), Rc::clone(&both)),
        err: &mut Tee(Rc::clone(&err), Rc::clone(&both)),
        ask: None,
        disk,
        chance: || [7; 16],
        mail: None,
        office,
    });
    let text = |bytes: &Rc<RefCell<Vec<u8>>>| String::from_utf8(bytes.borrow().clone()).unwrap();
    Output {
        out: text(&out),
        err: text(&err),
        both: text(&both),
        code,
    }
}

/// A sandbox that goes away with the test.
pub(crate) struct Sandbox {
    folder: tempfile::TempDir,
    pub(crate) today: NaiveDate,
}

impl Sandbox {
    /// An empty folder.
    pub(crate) fn empty() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            today: day(TODAY),
        }
    }

    /// A copy of a ledger of the project, such as `examples/studio`.
    pub(crate) fn of(ledger: &str) -> Self {
        Self::within(ledger, "")
    }

    /// A copy of a ledger of the project in a folder of the sandbox.
    pub(crate) fn within(ledger: &str, folder: &str) -> Self {
        let sandbox = Self::empty();
        copy(&project().join(ledger), &sandbox.path().join(folder));
        sandbox
    }

    /// A small ledger made with the real commands: two clients, no documents.
    pub(crate) fn small() -> Self {
        let mut sandbox = Self::empty();
        sandbox.today = day("2026-01-02");
        sandbox.run(&INIT).ok();
        sandbox.run(&ACME).ok();
        sandbox
            .run(&[
                "client",
                "add",
                "zoe",
                "--name",
                "Zoé Petit",
                "--kind",
                "consumer",
                "--street",
                "1 rue A",
                "--postcode",
                "69002",
                "--city",
                "Lyon",
            ])
            .ok();
        sandbox.today = day(TODAY);
        sandbox
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Runs a command.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        run_on(&RealDisk, self.path(), self.today, arguments)
    }

    pub(crate) fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.path().join(path)).unwrap()
    }

    /// Drafts and issues an invoice of one line at 20 %.
    /// Issues the quote D2026-0001, to acme.
    pub(crate) fn offer(&self) {
        self.run(&[
            "quote", "new", "acme", "Site", "1", "10", "--vat", "20", "--name", "offer",
        ])
        .ok();
        self.run(&["issue", "offer"]).ok();
    }

    pub(crate) fn invoice(&self, client: &str, price: &str, date: &str) -> String {
        let name = format!("{client}-x");
        self.run(&[
            "new", client, "Travail", "1", price, "--vat", "20", "--name", &name,
        ])
        .ok();
        let output = self.run(&["issue", &name, "--date", date]);
        let number = output
            .err
            .split("invoice ")
            .nth(1)
            .and_then(|rest| rest.split(' ').next())
            .map(str::to_owned);
        assert_eq!(output.code, 0, "{}", output.err);
        number.unwrap()
    }
}

/// A rate of the law that is added.
pub(crate) const LAW_ADD: &[&str] = &[
    "law",
    "add",
    "--kind",
    "ecb-refi",
    "--from",
    "2027-01-01",
    "--percent",
    "2.15",
    "--source",
    "https://www.ecb.europa.eu",
];

const INIT: [&str; 18] = [
    "init",
    "--name",
    "Camille Durand EI",
    "--form",
    "ei",
    "--siren",
    "732829320",
    "--street",
    "12 rue des Tables-Claudiennes",
    "--postcode",
    "69001",
    "--city",
    "Lyon",
    "--iban",
    "FR1420041010050500013M02606",
    "--ledger-id",
    "test-ledger",
    "--no-input",
];

const ACME: [&str; 13] = [
    "client",
    "add",
    "acme",
    "--name",
    "Acme SAS",
    "--id",
    "404833048",
    "--street",
    "3 impasse Cœur-de-Vey",
    "--postcode",
    "75014",
    "--city",
    "Paris",
];

/// Copies a folder.
pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// All files of a folder with their bytes, but for .acquit and out.
pub(crate) fn snapshot(folder: &Path) -> std::collections::BTreeMap<String, Vec<u8>> {
    fn walk(folder: &Path, prefix: &str, files: &mut std::collections::BTreeMap<String, Vec<u8>>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if matches!(name.as_str(), ".acquit" | "out") {
                continue;
            }
            if entry.file_type().unwrap().is_dir() {
                walk(&entry.path(), &format!("{name}/"), files);
            } else {
                files.insert(name, std::fs::read(entry.path()).unwrap());
            }
        }
    }
    let mut files = std::collections::BTreeMap::new();
    walk(folder, "", &mut files);
    files
}
