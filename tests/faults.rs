//! Writing stopped at every single operation: nothing is lost, doubled or skipped.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use acquit::disk::{Disk, RealDisk};
use acquit::lock::{Held, Waiting};
use acquit::write::Writer;

use crate::harness::{LAW_ADD, Sandbox, copy, run_on, snapshot};

/// How the writing ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum End {
    /// The process dies before operation *n*.
    Killed,
    /// The process dies in the middle of operation *n*: half of its bytes are there.
    Torn,
    /// The power fails before operation *n*: what was not synced is gone.
    PowerCut,
    /// Operation *n* is refused (disk full, no permission); the process lives.
    Refused,
    /// From operation *n* on every one is refused (the disk is broken); the process lives.
    Broken,
}

/// What a power cut takes back.
enum Undo {
    /// A file's bytes, back to this length.
    Content(PathBuf, u64),
    /// A name that was given.
    Name(PathBuf),
    /// A file that was moved: from, to, what stood there.
    Move(PathBuf, PathBuf, Option<Vec<u8>>),
    /// A file that was removed.
    Gone(PathBuf, Vec<u8>),
}

/// The recording double: counts operations, and fails from operation *n* on.
pub(crate) struct FaultyDisk {
    at: usize,
    end: End,
    done: Cell<usize>,
    is_over: Cell<bool>,
    undo: RefCell<Vec<Undo>>,
}

impl FaultyDisk {
    pub(crate) fn new(at: usize, end: End) -> Self {
        Self {
            at,
            end,
            done: Cell::new(0),
            is_over: Cell::new(false),
            undo: RefCell::default(),
        }
    }

    /// How many operations there were so far.
    pub(crate) fn done(&self) -> usize {
        self.done.get()
    }

    /// Counts an operation; returns whether it is to be torn.
    fn step(&self) -> io::Result<bool> {
        if self.is_over.get() {
            return Err(io::Error::other("dead"));
        }
        let number = self.done.replace(self.done.get() + 1);
        if number != self.at {
            return Ok(false);
        }
        match self.end {
            End::Refused => {
                return Err(io::Error::new(
                    io::ErrorKind::StorageFull,
                    "no space left on device",
                ));
            }
            End::Broken => {
                self.is_over.set(true);
                return Err(io::Error::from_raw_os_error(5));
            }
            End::Torn => {
                self.is_over.set(true);
                return Ok(true);
            }
            End::PowerCut => self.cut(),
            End::Killed => {}
        }
        self.is_over.set(true);
        Err(io::Error::other("stopped"))
    }

    /// Takes back all that was not synced, latest first.
    fn cut(&self) {
        for undo in self.undo.borrow_mut().drain(..).rev() {
            match undo {
                Undo::Content(path, length) => {
                    if let Ok(file) = std::fs::OpenOptions::new().write(true).open(&path) {
                        file.set_len(length).unwrap();
                    }
                }
                Undo::Name(path) => {
                    let _ = std::fs::remove_file(path);
                }
                Undo::Move(from, to, before) => {
                    std::fs::rename(&to, &from).unwrap();
                    if let Some(bytes) = before {
                        std::fs::write(to, bytes).unwrap();
                    }
                }
                Undo::Gone(path, bytes) => std::fs::write(path, bytes).unwrap(),
            }
        }
    }

    fn remember(&self, undo: Undo) {
        self.undo.borrow_mut().push(undo);
    }
}

fn length(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |data| data.len())
}

impl Disk for FaultyDisk {
    fn lock(&self, path: &Path, waiting: Waiting<'_>) -> io::Result<Box<dyn Held>> {
        let torn = self.step()?;
        end(torn, RealDisk.lock(path, waiting)?)
    }

    fn make_dir(&self, path: &Path) -> io::Result<()> {
        let torn = self.step()?;
        end(torn, RealDisk.make_dir(path)?)
    }

    fn read(&self, path: &Path) -> io::Result<Option<Vec<u8>>> {
        let torn = self.step()?;
        end(torn, RealDisk.read(path)?)
    }

    fn length(&self, path: &Path) -> io::Result<Option<u64>> {
        let torn = self.step()?;
        end(torn, RealDisk.length(path)?)
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let torn = self.step()?;
        if !path.exists() {
            self.remember(Undo::Name(path.to_owned()));
        }
        self.remember(Undo::Content(path.to_owned(), 0));
        RealDisk.write(
            path,
            if torn {
                &bytes[..bytes.len() / 2]
            } else {
                bytes
            },
        )?;
        end(torn, ())
    }

    fn is_within(&self, path: &Path, folder: &Path) -> io::Result<bool> {
        RealDisk.is_within(path, folder)
    }

    fn real(&self, path: &Path) -> io::Result<PathBuf> {
        RealDisk.real(path)
    }

    fn pour(&self, path: &Path, bytes: &[u8]) -> io::Result<bool> {
        let torn = self.step()?;
        end(torn, RealDisk.pour(path, bytes)?)
    }

    fn name_new(&self, from: &Path, to: &Path) -> io::Result<()> {
        let torn = self.step()?;
        if torn {
            // A link was made, the old name is still there.
            std::fs::hard_link(from, to)?;
            return Err(io::Error::other("torn"));
        }
        RealDisk.name_new(from, to)?;
        for undo in self.undo.borrow_mut().iter_mut() {
            if let Undo::Content(path, _) | Undo::Name(path) = undo
                && path == from
            {
                to.clone_into(path);
            }
        }
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let torn = self.step()?;
        let before = std::fs::read(to).ok();
        RealDisk.rename(from, to)?;
        // What was not synced before is not on the disk under the new name either.
        for undo in self.undo.borrow_mut().iter_mut() {
            if let Undo::Content(path, _) = undo
                && path == from
            {
                to.clone_into(path);
            }
        }
        self.remember(Undo::Move(from.to_owned(), to.to_owned(), before));
        end(torn, ())
    }

    fn append(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let torn = self.step()?;
        if !path.exists() {
            self.remember(Undo::Name(path.to_owned()));
        }
        self.remember(Undo::Content(path.to_owned(), length(path)));
        RealDisk.append(
            path,
            if torn {
                &bytes[..bytes.len() / 2]
            } else {
                bytes
            },
        )?;
        end(torn, ())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let torn = self.step()?;
        let bytes = std::fs::read(path)?;
        RealDisk.remove(path)?;
        self.remember(Undo::Gone(path.to_owned(), bytes));
        end(torn, ())
    }

    fn sync(&self, paths: &[PathBuf]) -> io::Result<()> {
        let torn = self.step()?;
        let named = |path: &PathBuf| paths.contains(path);
        let in_folder = |path: &PathBuf| {
            path.parent()
                .is_some_and(|folder| paths.iter().any(|known| known == folder))
        };
        self.undo.borrow_mut().retain(|undo| match undo {
            Undo::Content(path, _) => !named(path),
            Undo::Name(path) | Undo::Gone(path, _) | Undo::Move(_, path, _) => !in_folder(path),
        });
        end(torn, RealDisk.sync(paths)?)
    }
}

/// What an operation that was torn says, once it has done what it could.
fn end<T>(torn: bool, result: T) -> io::Result<T> {
    if torn {
        Err(io::Error::other("torn"))
    } else {
        Ok(result)
    }
}

/// A ledger with three drafts, and one issued invoice with a payment.
fn ledger() -> Sandbox {
    let sandbox = Sandbox::small();
    sandbox.invoice("acme", "100", "2026-02-01");
    sandbox
        .run(&["pay", "F2026-0001", "50", "--date", "2026-03-01"])
        .ok();
    for name in ["one", "two", "three"] {
        sandbox
            .run(&[
                "new", "acme", "Travail", "2", "33.33", "--vat", "20", "--name", name,
            ])
            .ok();
    }
    sandbox
}

type Files = BTreeMap<String, Vec<u8>>;

/// Runs a command on a ledger, stopped at operation `at`; returns whether it got that far.
fn stopped(
    start: &Sandbox,
    arguments: &[&str],
    at: usize,
    end: End,
    before: &Files,
    after: &Files,
) -> bool {
    let sandbox = Sandbox::empty();
    copy(start.path(), sandbox.path());
    let disk = FaultyDisk::new(at, end);
    let output = run_on(&disk, sandbox.path(), start.today, arguments);
    if disk.done.get() <= at {
        assert_eq!(output.code, 0);
        return false;
    }
    let place = format!("{arguments:?}, {end:?} at operation {at}: {}", output.err);
    let [is_pending, is_unsaid] =
        [".acquit/journal", ".acquit/done"].map(|name| sandbox.path().join(name).exists());
    // Once it has said that it is done, the same words mean another one.
    if output.code != 0 || is_pending || is_unsaid {
        again(&sandbox, start, arguments, (before, after), &place);
    }
    // A reader sees the ledger as it was, or as it will be, and writes nothing.
    let seen = snapshot(sandbox.path());
    let list = sandbox.run(&["list", "--json"]);
    assert_eq!(list.code, 0, "{place}{}", list.err);
    assert_eq!(
        sandbox.run(&["check"]).code,
        0,
        "{place}{}",
        sandbox.run(&["check"]).out
    );
    assert_eq!(snapshot(sandbox.path()), seen, "{place}: a reader wrote");
    // The next writer finishes what was begun, or finds nothing begun.
    drop(Writer::begin(&RealDisk, sandbox.path(), &mut |_| {}).unwrap());
    let now = clean(snapshot(sandbox.path()));
    assert!(
        now == *before || now == *after,
        "{place}: {:?}",
        now.keys().collect::<Vec<_>>()
    );
    // The exit code says whether it may be typed again. A process that died has none.
    match end {
        End::Refused | End::Broken => {
            let code = match (now == *before, is_pending) {
                (true, _) => 3,
                (false, true) => 4,
                // Only what nobody waits for was refused: all is done.
                (false, false) => 0,
            };
            let hint = match code {
                4 => "it is recorded, and the next command that writes finishes it",
                _ => "",
            };
            let is_unclear = end == End::Broken && output.err.contains("it may be recorded");
            assert!(
                is_unclear && output.code == 4 || output.code == code && output.err.contains(hint),
                "{place}"
            );
            assert!(
                !is_unclear || output.err.contains("cannot rename"),
                "{place}"
            );
        }
        _ => assert!([0, 3, 4].contains(&output.code), "{place}"),
    }
    assert_eq!(
        list.out,
        sandbox.run(&["list", "--json"]).out,
        "{place}: a reader saw something else"
    );
    if now == *before {
        let again = sandbox.run(arguments);
        assert_eq!(again.code, 0, "{place}: {}", again.err);
    }
    assert_eq!(clean(snapshot(sandbox.path())), *after, "{place}");
    assert!(sandbox.run(&["check"]).ok().is_empty());
    true
}

/// The same command typed again, on a copy of what it left, records what is missing and nothing twice.
fn again(
    left: &Sandbox,
    start: &Sandbox,
    arguments: &[&str],
    states: (&Files, &Files),
    place: &str,
) {
    let (before, after) = states;
    let copied = Sandbox::empty();
    copy(left.path(), copied.path());
    let output = run_on(&RealDisk, copied.path(), start.today, arguments);
    let now = clean(snapshot(copied.path()));
    let changed: Vec<&String> = now
        .keys()
        .filter(|name| now.get(*name) != after.get(*name))
        .collect();
    assert!(
        now == *after,
        "{place}: typed again: {}{changed:?}",
        output.err
    );
    assert_ne!(before, after);
    assert!(
        [0, 1].contains(&output.code),
        "{place}: typed again: {}",
        output.err
    );
}

/// Leaves out what a death in the middle of a write may leave beside: a temporary file that nothing reads.
fn clean(files: Files) -> Files {
    files
        .into_iter()
        .filter(|(name, _)| !name.ends_with(".acquit-tmp"))
        .collect()
}

fn at_every_operation(arguments: &[&str]) {
    at_every_operation_of(&ledger(), arguments);
}

fn at_every_operation_of(start: &Sandbox, arguments: &[&str]) {
    let before = snapshot(start.path());
    let done = Sandbox::empty();
    copy(start.path(), done.path());
    run_on(&RealDisk, done.path(), start.today, arguments).ok();
    let after = snapshot(done.path());
    assert_ne!(before, after);
    for end in [
        End::Killed,
        End::Torn,
        End::PowerCut,
        End::Refused,
        End::Broken,
    ] {
        let mut at = 0;
        while stopped(start, arguments, at, end, &before, &after) {
            at += 1;
        }
        assert!(at > 10, "{end:?}: only {at} operations");
    }
}

#[test]
fn faults_issue_of_one_draft() {
    at_every_operation(&["issue", "one"]);
}

#[test]
fn faults_issue_of_three_drafts() {
    at_every_operation(&["issue", "one", "two", "three"]);
}

#[test]
fn faults_pay() {
    at_every_operation(&["pay", "F2026-0001", "70", "--date", "2026-04-01"]);
}

#[test]
fn faults_drafting_and_adding() {
    at_every_operation(&["credit", "F2026-0001"]);
    at_every_operation(&[
        "client",
        "add",
        "lune",
        "--name",
        "Lune SARL",
        "--city",
        "Paris",
    ]);
}

#[test]
fn faults_templates_and_laws() {
    at_every_operation(&["templates", "copy", "dispute"]);
    at_every_operation(LAW_ADD);
}

#[test]
fn faults_resolve() {
    let start = ledger();
    let (message, digest) = ("Subject: x\n", acquit::changes::sha256(b"Subject: x\n"));
    let sending = format!(
        "20261121-0a1b2c3d4e,2026-11-21,sending,acme,F2026-0001,first,email,,,,,2026-03-03,,sent/2026/x.eml,{digest},\n"
    );
    start.write("sent/2026/x.eml", message);
    let header = "id,date,kind,client,document,step,channel,amount,currency,interest,fee,until,who,file,sha256,note\n";
    start.write("events/2026.csv", format!("{header}{sending}"));
    at_every_operation_of(&start, &["remind", "--resolve", "20261121", "sent"]);
    at_every_operation_of(&start, &["remind", "--resolve", "20261121", "not-sent"]);
}

/// Stopped twice, typed a third time: the second is stopped at every operation, after the first had recorded all or begun to.
#[test]
fn faults_a_command_that_is_stopped_twice() {
    let start = ledger();
    let arguments = ["pay", "--client", "acme", "100", "--yes"];
    let done = Sandbox::empty();
    copy(start.path(), done.path());
    run_on(&RealDisk, done.path(), start.today, &arguments).ok();
    let after = snapshot(done.path());
    let (mut pending, mut unsaid) = (0, 0);
    for first in 0.. {
        let once = Sandbox::empty();
        copy(start.path(), once.path());
        let disk = FaultyDisk::new(first, End::Killed);
        run_on(&disk, once.path(), start.today, &arguments);
        if disk.done() <= first {
            break;
        }
        let has = |name: &str| once.path().join(name).exists();
        if has(".acquit/journal") {
            pending += 1;
        } else if has(".acquit/done") {
            unsaid += 1;
        } else {
            continue;
        }
        for second in 0.. {
            let twice = Sandbox::empty();
            copy(once.path(), twice.path());
            let disk = FaultyDisk::new(second, End::Killed);
            let output = run_on(&disk, twice.path(), start.today, &arguments);
            if disk.done() <= second {
                assert_eq!(output.code, 0, "{first}: {}", output.err);
                break;
            }
            let is_left = [".acquit/journal", ".acquit/done"]
                .iter()
                .any(|name| twice.path().join(name).exists());
            // What has said that it is done is done: the same words mean another payment then.
            if is_left {
                run_on(&RealDisk, twice.path(), start.today, &arguments).ok();
            }
            assert_eq!(
                clean(snapshot(twice.path())),
                after,
                "stopped at {first}, then at {second}"
            );
        }
    }
    assert!(pending > 3 && unsaid > 0, "{pending} {unsaid}");
}

/// An `init` that was stopped is found, read and finished by what comes after it.
#[test]
fn faults_init() {
    let arguments = [
        "init",
        "--name",
        "Camille Durand EI",
        "--form",
        "ei",
        "--siren",
        "732829320",
        "--no-input",
    ];
    let today = crate::harness::day(crate::harness::TODAY);
    let done = Sandbox::empty();
    run_on(&RealDisk, done.path(), today, &arguments).ok();
    let after = snapshot(done.path());
    let mut recorded = 0;
    for end in [End::Killed, End::Torn, End::Refused, End::Broken] {
        for at in 0.. {
            let sandbox = Sandbox::empty();
            let disk = FaultyDisk::new(at, end);
            let output = run_on(&disk, sandbox.path(), today, &arguments);
            if disk.done() <= at {
                assert!(at > 8);
                break;
            }
            let place = format!("{end:?} at {at}: {}", output.err);
            if sandbox.path().join(".acquit/journal").exists() {
                recorded += 1;
                assert!([0, 4].contains(&output.code), "{place}");
                assert!(
                    sandbox.run(&["status"]).out.contains("0 documents"),
                    "{place}"
                );
            }
            let output = run_on(&RealDisk, sandbox.path(), today, &arguments);
            assert!([0, 1].contains(&output.code), "{place}: {}", output.err);
            assert_eq!(clean(snapshot(sandbox.path())), after, "{place}");
        }
    }
    assert!(recorded > 3);
}

/// A real disk that takes no more, after the commit point: a limit on the size of files, which the books are above and the journal is not.
#[cfg(unix)]
#[test]
fn faults_a_real_limit_after_the_commit_point() {
    use std::process::{Command, Stdio};
    let start = ledger();
    let lines = "\n".repeat(1200 << 10);
    let header = "id,date,kind,client,document,step,channel,amount,currency,interest,fee,until,who,file,sha256,note";
    start.write("events/2026.csv", format!("{header}\n{lines}"));
    let payments = start.read("payments/2026.csv");
    start.write("payments/2026.csv", format!("{payments}{lines}"));
    for arguments in [
        &["pay", "--client", "acme", "100", "--yes"][..],
        &["pay", "F2026-0001", "10"],
        &["write-off", "F2026-0001", "0.02", "--reason", "rounding"],
        &["dispute", "open", "F2026-0001", "20"],
        &["hold", "F2026-0001"],
        &["promise", "F2026-0001", "--until", "2026-12-01"],
        &["waive", "F2026-0001", "--interest", "1.20"],
        &["send", "F2026-0001", "--channel", "letter"],
        &["remind", "--log"],
    ] {
        let sandbox = Sandbox::empty();
        copy(start.path(), sandbox.path());
        let run = |script: &str| {
            let output = Command::new("sh")
                .args(["-c", script, "sh", env!("CARGO_BIN_EXE_acquit")])
                .args(["--today", crate::harness::TODAY])
                .args(arguments)
                .current_dir(sandbox.path())
                .stdin(Stdio::null())
                .output()
                .unwrap();
            let err = String::from_utf8_lossy(&output.stderr).into_owned();
            (output.status.code(), err)
        };
        // 1024 blocks are 512 KiB or 1 MiB. Without the signal a write beyond them is an error, as on a full disk.
        let (code, err) = run("trap '' XFSZ; ulimit -f 1024; exec \"$@\"");
        assert_eq!(code, Some(4), "{arguments:?}: {err}");
        assert!(err.contains("it is recorded"), "{arguments:?}: {err}");
        let before = sandbox.run(&["list", "--json"]).out;
        let (code, err) = run("exec \"$@\"");
        assert_eq!(
            code,
            Some(i32::from(arguments[0] == "send")),
            "{arguments:?}: {err}"
        );
        assert!(
            err.contains("finished what an interrupted command had begun"),
            "{err}"
        );
        assert_eq!(sandbox.run(&["list", "--json"]).out, before);
        let rows: usize = ["payments", "events"]
            .iter()
            .map(|book| sandbox.read(&format!("{book}/2026.csv")))
            .map(|text| text.lines().filter(|line| !line.is_empty()).count() - 1)
            .sum();
        let added = if arguments[1] == "--client" { 2 } else { 1 };
        assert_eq!(rows, 1 + added, "{arguments:?}: {err}");
        assert_eq!(sandbox.run(&["check"]).ok(), "");
    }
}

/// A report that cannot be written does not hide that something is recorded.
#[cfg(target_os = "linux")]
#[test]
fn faults_a_report_that_cannot_be_written_after_something_is_recorded() {
    use std::process::{Command, Stdio};
    let sandbox = ledger();
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let run = |arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_acquit"))
            .args(["--today", crate::harness::TODAY])
            .args(arguments)
            .current_dir(sandbox.path())
            .stdin(Stdio::null())
            .stdout(full.try_clone().unwrap())
            .output()
            .unwrap()
    };
    let output = run(&["list"]);
    assert_eq!(output.status.code(), Some(3));
    let output = run(&["remind", "--log"]);
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(4), "{err}");
    assert!(err.contains("what was said before is recorded"), "{err}");
    assert!(
        sandbox.read("events/2026.csv").contains(",reminded,"),
        "{err}"
    );
    // A draft gets a name of its own each time, unless it is known that it was made already.
    let new = ["new", "acme", "Travail", "1", "10", "--vat", "20"];
    assert_eq!(run(&new).status.code(), Some(4));
    let drafts = snapshot(sandbox.path());
    sandbox.run(&new).ok();
    assert_eq!(snapshot(sandbox.path()), drafts);
    sandbox.run(&new).ok();
    assert_eq!(snapshot(sandbox.path()).len(), drafts.len() + 1);
}

/// A ledger with an issued quote and the draft of one that replaces it.
fn quoted() -> Sandbox {
    let sandbox = ledger();
    sandbox
        .run(&[
            "quote", "new", "acme", "Site", "1", "1000", "--vat", "20", "--name", "offer",
        ])
        .ok();
    sandbox.run(&["issue", "offer"]).ok();
    sandbox
        .run(&[
            "quote",
            "new",
            "acme",
            "--replaces",
            "D2026-0001",
            "--name",
            "second",
        ])
        .ok();
    sandbox
}

#[test]
fn faults_issue_of_a_quote_that_replaces_another_beside_an_invoice() {
    at_every_operation_of(&quoted(), &["issue", "second", "one"]);
}

#[test]
fn faults_quote_accept_and_refuse() {
    at_every_operation_of(
        &quoted(),
        &["quote", "accept", "D2026-0001", "--who", "Mme Martin"],
    );
    at_every_operation_of(&quoted(), &["quote", "refuse", "D2026-0001"]);
}

#[test]
fn faults_quote_new_and_invoice() {
    let start = quoted();
    at_every_operation_of(
        &start,
        &["quote", "new", "acme", "Site", "2", "10", "--vat", "20"],
    );
    start.run(&["quote", "accept", "D2026-0001"]).ok();
    at_every_operation_of(
        &start,
        &["quote", "invoice", "D2026-0001", "--deposit", "30%"],
    );
}

#[test]
fn faults_partial_credits_and_correctives() {
    at_every_operation(&["credit", "F2026-0001", "--amount", "12"]);
    at_every_operation(&["credit", "F2026-0001", "--replace"]);
}

#[test]
fn faults_recurring() {
    let start = ledger();
    let template = "every = \"month\"\nfrom = 2026-09-30\nday = 31\nclient = \"acme\"\n\n[[line]]\nitem = \"{month}\"\nquantity = 1\nprice = 10\nvat = 20\n";
    start.write("recurring/hosting.toml", template);
    at_every_operation_of(&start, &["recurring", "run"]);
    at_every_operation_of(&start, &["recurring", "run", "--issue"]);
    at_every_operation_of(&start, &["recurring", "skip", "hosting", "2027-01"]);
}

#[test]
fn faults_money() {
    at_every_operation(&["pay", "--client", "acme", "100", "--yes"]);
    at_every_operation(&[
        "pay",
        "F2026-0001",
        "10",
        "--reference",
        "x",
        "--account",
        "main",
    ]);
}

#[test]
fn faults_events() {
    at_every_operation(&["write-off", "F2026-0001", "0.02", "--reason", "rounding"]);
    at_every_operation(&["dispute", "open", "F2026-0001", "20"]);
    at_every_operation(&["hold", "F2026-0001"]);
    at_every_operation(&["promise", "F2026-0001", "--until", "2026-12-01"]);
    at_every_operation(&["waive", "F2026-0001"]);
    at_every_operation(&["waive", "F2026-0001", "--interest", "1.20", "--fee"]);
}

#[test]
fn faults_events_that_end_others() {
    let start = ledger();
    start.run(&["hold", "F2026-0001"]).ok();
    at_every_operation_of(&start, &["release", "F2026-0001"]);
    start.run(&["dispute", "open", "F2026-0001", "20"]).ok();
    at_every_operation_of(&start, &["dispute", "resolve", "F2026-0001"]);
}

/// A credit used on two documents is two movements of several rows; what one document has too much is moved as well.
#[test]
fn faults_offsets() {
    let start = ledger();
    start.invoice("acme", "50", "2026-02-03");
    start
        .run(&[
            "pay",
            "--client",
            "acme",
            "30",
            "--credit",
            "--date",
            "2026-03-02",
        ])
        .ok();
    start
        .run(&[
            "pay",
            "--client",
            "acme",
            "40",
            "--credit",
            "--date",
            "2026-03-03",
        ])
        .ok();
    at_every_operation_of(
        &start,
        &[
            "pay",
            "F2026-0001",
            "35",
            "F2026-0002",
            "25",
            "--method",
            "offset",
        ],
    );
    start.run(&["pay", "F2026-0001", "90", "--yes"]).ok();
    at_every_operation_of(&start, &["pay", "F2026-0002", "20", "--from", "F2026-0001"]);
}

#[test]
fn faults_plan_in_the_place_of_another() {
    let start = ledger();
    start
        .run(&[
            "plan",
            "F2026-0001",
            "--parts",
            "3",
            "--first",
            "2026-12-01",
        ])
        .ok();
    at_every_operation_of(
        &start,
        &[
            "plan",
            "F2026-0001",
            "--parts",
            "2",
            "--first",
            "2026-12-15",
            "--replaces",
            "P2026-0001",
        ],
    );
}

/// The credit note of an early discount and its hold go with the payment.
#[test]
fn faults_discount() {
    let start = ledger();
    let settings = start.read("acquit.toml");
    assert!(settings.contains("\n[terms]\n"));
    let offer = "[terms]\nearly_discount = { percent = 2, days = 365, vat = \"credit-note\" }\n";
    start.write("acquit.toml", settings.replace("[terms]\n", offer));
    start.invoice("acme", "100", "2026-02-03");
    at_every_operation_of(&start, &["pay", "F2026-0002", "117.60"]);
}

/// What a person has sent is recorded in one change set.
#[test]
fn faults_send_by_hand() {
    at_every_operation(&["send", "F2026-0001", "--channel", "letter"]);
}

#[test]
fn faults_plan() {
    at_every_operation(&[
        "plan",
        "F2026-0001",
        "--parts",
        "3",
        "--first",
        "2026-12-01",
    ]);
}

/// Stopped anywhere, a reminder is recorded once, with the copy that is kept.
#[test]
fn faults_remind() {
    at_every_operation(&["remind", "--write", "out/reminders", "--log"]);
}

/// Two rows of one transfer over two documents, appended in one change set, as several payments of one movement are.
#[test]
fn faults_two_rows_of_one_movement() {
    let start = ledger();
    start.invoice("acme", "200", "2026-02-02");
    let path = "payments/2026.csv";
    let length = start.read(path).len() as u64;
    let row = |number: &str| format!("t1,2026-05-01,acme,10.00,EUR,transfer,{number},,,,,\n");
    let mut set = acquit::changes::ChangeSet::default();
    set.append(path, length, &row("F2026-0001"));
    set.append(path, length, &row("F2026-0002"));
    let before = start.read(path);
    let after = format!("{before}{}{}", row("F2026-0001"), row("F2026-0002"));
    for end in [End::Killed, End::Torn, End::PowerCut, End::Refused] {
        for at in 0.. {
            let sandbox = Sandbox::empty();
            copy(start.path(), sandbox.path());
            let disk = FaultyDisk::new(at, end);
            let result = Writer::begin(&disk, sandbox.path(), &mut |_| {})
                .and_then(|writer| writer.commit(&set));
            if disk.done.get() <= at {
                assert!(result.is_ok() && at > 8);
                break;
            }
            drop(Writer::begin(&RealDisk, sandbox.path(), &mut |_| {}).unwrap());
            let now = sandbox.read(path);
            assert!(now == before || now == after, "{end:?} at {at}: {now}");
            assert!(sandbox.run(&["check"]).ok().is_empty());
        }
    }
}

/// A refused operation names what was tried, on which file, and exits with 3.
#[test]
fn faults_a_full_disk_is_said() {
    let start = ledger();
    let journal = (0..20).map(|at| {
        run_on(
            &FaultyDisk::new(at, End::Refused),
            start.path(),
            start.today,
            &["issue", "one"],
        )
    });
    let output = journal
        .into_iter()
        .find(|output| {
            output.err.contains("cannot write") && output.err.contains(".acquit/journal")
        })
        .unwrap();
    assert_eq!(output.code, 3);
    assert!(
        output.err.contains("no space left on device"),
        "{}",
        output.err
    );
}
