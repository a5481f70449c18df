//! Messages leave at most once: a scripted server on this computer, and a double of the post on a disk that fails.

use std::cell::RefCell;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::rc::Rc;
use std::thread::JoinHandle;

use acquit::disk::RealDisk;
use acquit::post::leaving::Leaving;
use acquit::post::settings::Mail;
use acquit::post::{Delivery, Office, Post};
use acquit::write::Writer;

use crate::faults::{End, FaultyDisk};
use crate::harness::{Sandbox, run_through, snapshot};

/// A server that answers by a script for one connection: what it says to each command, `\0` closes the connection in its place.
struct Server {
    port: u16,
    heard: JoinHandle<Vec<String>>,
}

impl Server {
    /// `script` holds (beginning of a command, answer); what is not in it is answered with 250. The message is the command `.`.
    fn start(script: &[(&'static str, &'static str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let script = script.to_vec();
        let heard = std::thread::spawn(move || talk(&listener.accept().unwrap().0, &script));
        Self { port, heard }
    }

    /// What it heard: each command, and the message as one.
    fn heard(self) -> Vec<String> {
        self.heard.join().unwrap()
    }
}

fn talk(stream: &TcpStream, script: &[(&str, &str)]) -> Vec<String> {
    let (mut heard, mut lines, mut out) = (Vec::new(), BufReader::new(stream).lines(), stream);
    let mut say = |command: &str, usual: &str| {
        let answer = script
            .iter()
            .find(|(known, _)| command.starts_with(known))
            .map_or(usual, |(_, answer)| answer);
        // A client that has gone away has heard enough.
        answer != "\0" && out.write_all(format!("{answer}\r\n").as_bytes()).is_ok()
    };
    if !say("BANNER", "220 here") {
        return heard;
    }
    while let Some(Ok(line)) = lines.next() {
        heard.push(line.clone());
        let is_data = line == "DATA";
        if !say(&line, if is_data { "354 go on" } else { "250 fine" }) || line == "QUIT" {
            return heard;
        }
        if is_data && !script.iter().any(|(known, _)| *known == "DATA") {
            let mut message = String::new();
            for line in lines
                .by_ref()
                .map_while(Result::ok)
                .take_while(|line| line != ".")
            {
                message.push_str(&line);
                message.push('\n');
            }
            heard.push(message);
            if !say(".", "250 queued as 42") {
                return heard;
            }
        }
    }
    heard
}

/// A ledger with two invoices, and the mail.toml of a server beside it.
fn ledger() -> Sandbox {
    let sandbox = Sandbox::within("tests/errors/base", "ledger");
    sandbox.write("mail.toml", "");
    sandbox
}

struct Sent {
    code: u8,
    said: String,
    heard: Vec<String>,
    /// The kinds of events, in order.
    events: Vec<String>,
    files: Vec<String>,
}

fn kinds(sandbox: &Sandbox) -> Vec<String> {
    let path = sandbox.path().join("ledger/events/2026.csv");
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines()
        .skip(1)
        .map(|line| line.split(',').nth(2).unwrap().to_owned())
        .collect()
}

fn send(sandbox: &Sandbox, script: &[(&'static str, &'static str)], arguments: &[&str]) -> Sent {
    let server = Server::start(script);
    sandbox.write(
        "mail.toml",
        format!(
            "timeout = 30\n[smtp]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\n",
            server.port
        ),
    );
    let all = [
        &["-C", "ledger", "send", "--mail", "../mail.toml"],
        arguments,
    ]
    .concat();
    let output = sandbox.run(&all);
    let files = snapshot(&sandbox.path().join("ledger"))
        .into_keys()
        .filter(|name| name.starts_with("sent/"))
        .collect();
    Sent {
        code: output.code,
        said: output.err,
        heard: server.heard(),
        events: kinds(sandbox),
        files,
    }
}

#[test]
fn post_a_message_is_sent_once_and_recorded_around_its_data() {
    let sandbox = ledger();
    let sent = send(&sandbox, &[], &["F2026-0002"]);
    assert_eq!(sent.code, 0, "{}", sent.said);
    assert!(
        sent.said
            .contains("sent F2026-0002 to office@kunz.example: 250 queued as 42"),
        "{}",
        sent.said
    );
    let [hello, from, to, data, message, quit] = sent.heard.as_slice() else {
        panic!("{:?}", sent.heard)
    };
    assert!(hello.starts_with("EHLO "));
    assert_eq!(from, "MAIL FROM:<camille@example.org>");
    assert_eq!(to, "RCPT TO:<office@kunz.example>");
    assert_eq!((data.as_str(), quit.as_str()), ("DATA", "QUIT"));
    assert!(
        message.contains("\nSubject: ")
            && !message.contains("X-Unsent")
            && !message.contains("Bcc"),
        "{message}"
    );
    assert_eq!(sent.events, ["sending", "sent"]);
    assert_eq!(sent.files, ["sent/2026/F2026-0002.pdf"]);
    let again = sandbox.run(&[
        "-C",
        "ledger",
        "send",
        "--mail",
        "../mail.toml",
        "F2026-0002",
    ]);
    assert!(again.refused().contains("SENT-ALREADY"));
    assert_eq!(sandbox.run(&["-C", "ledger", "check"]).ok(), "");
}

#[test]
fn post_what_fails_before_data_leaves_no_trace() {
    for (script, why) in [
        (("BANNER", "554 go away"), "554 go away"),
        (("BANNER", "\0"), "the connection was lost"),
        (("EHLO", "421 closing"), "421 closing"),
        (
            ("MAIL", "451 try later"),
            "the server refuses the sender camille@example.org: 451 try later",
        ),
        (
            ("RCPT TO:<office", "550 5.1.1 no such user"),
            "the server refuses the recipient office@kunz.example: 550 5.1.1 no such user",
        ),
        (("RCPT TO:<office", "451 greylisted"), "451 greylisted"),
        (("RCPT TO:<office", "\0"), "the connection was lost"),
    ] {
        let sandbox = ledger();
        let sent = send(&sandbox, &[script], &["F2026-0002"]);
        assert_eq!(sent.code, 1, "{script:?}: {}", sent.said);
        assert!(
            sent.said.contains("error[MAIL-FAILED]") && sent.said.contains(why),
            "{script:?}: {}",
            sent.said
        );
        assert!(!sent.heard.iter().any(|line| line == "DATA"), "{script:?}");
        assert!(
            sent.events.is_empty() && sent.files.is_empty(),
            "{script:?}: {:?}",
            sent.events
        );
        // The next run tries again.
        assert_eq!(
            send(&sandbox, &[], &["F2026-0002"]).events,
            ["sending", "sent"]
        );
    }
}

/// One recipient of two that is refused stops the whole message.
#[test]
fn post_all_recipients_or_none() {
    let sandbox = ledger();
    let client = sandbox.read("ledger/clients/kunz.toml");
    let both = client.replace(
        "[\"office@kunz.example\"]",
        "[\"office@kunz.example\"]\nemail_cc = [\"boss@kunz.example\"]",
    );
    sandbox.write("ledger/clients/kunz.toml", both);
    let sent = send(
        &sandbox,
        &[("RCPT TO:<boss", "550 unknown")],
        &["F2026-0002"],
    );
    assert!(
        sent.said
            .contains("the recipient boss@kunz.example: 550 unknown"),
        "{}",
        sent.said
    );
    assert!(
        sent.heard
            .iter()
            .any(|line| line == "RCPT TO:<office@kunz.example>")
    );
    assert!(!sent.heard.iter().any(|line| line == "DATA") && sent.events.is_empty());
    let sent = send(&sandbox, &[], &["F2026-0002"]);
    assert!(
        sent.heard
            .iter()
            .any(|line| line == "RCPT TO:<boss@kunz.example>"),
        "{:?}",
        sent.heard
    );
}

#[test]
fn post_what_is_refused_after_data_is_recorded_and_can_be_sent_again() {
    for script in [
        ("DATA", "451 not now"),
        ("DATA", "250 what"),
        (".", "451 not now"),
        (".", "554 spam"),
        (".", "421 closing"),
    ] {
        let sandbox = ledger();
        let sent = send(&sandbox, &[script], &["F2026-0002"]);
        assert_eq!(sent.code, 1, "{script:?}: {}", sent.said);
        assert!(
            sent.said.contains(script.1) && sent.said.contains("recorded as not sent"),
            "{script:?}: {}",
            sent.said
        );
        assert_eq!(sent.events, ["sending", "not-sent"], "{script:?}");
        assert!(sent.files.is_empty(), "{script:?}: the file is taken back");
        let sent = send(&sandbox, &[], &["F2026-0002"]);
        assert_eq!(
            sent.events,
            ["sending", "not-sent", "sending", "sent"],
            "{script:?}: {}",
            sent.said
        );
        assert_eq!(sandbox.run(&["-C", "ledger", "check"]).ok(), "");
    }
}

/// The id of the sending that is unknown.
fn unknown(sandbox: &Sandbox) -> String {
    let status = sandbox.run(&["-C", "ledger", "status", "--json"]).json();
    let [one] = status["unknown_sendings"].as_array().unwrap().as_slice() else {
        panic!("{status}")
    };
    one["id"].as_str().unwrap().to_owned()
}

#[test]
fn post_a_lost_connection_is_unknown_until_a_person_says_so() {
    for script in [("DATA", "\0"), (".", "\0"), (".", "nonsense")] {
        for word in ["sent", "not-sent"] {
            let sandbox = ledger();
            let sent = send(&sandbox, &[script], &["F2026-0002"]);
            assert_eq!(sent.code, 1, "{script:?}: {}", sent.said);
            assert!(
                sent.said.contains("error[SENDING-UNKNOWN]"),
                "{script:?}: {}",
                sent.said
            );
            assert_eq!(sent.events, ["sending"], "{script:?}");
            assert_eq!(sent.files, ["sent/2026/F2026-0002.pdf"]);
            // Nothing connects again: the server of that port is gone, and would be said to be.
            for arguments in [
                &["send", "F2026-0002"][..],
                &["send", "F2026-0002", "--again"],
            ] {
                let all = [&["-C", "ledger"], arguments, &["--mail", "../mail.toml"]].concat();
                assert!(sandbox.run(&all).refused().contains("SENDING-UNKNOWN"));
            }
            let id = unknown(&sandbox);
            sandbox
                .run(&["-C", "ledger", "remind", "--resolve", &id, word])
                .ok();
            assert_eq!(kinds(&sandbox), ["sending", word]);
            assert!(
                sandbox
                    .run(&["-C", "ledger", "remind", "--resolve", &id, word])
                    .refused()
                    .contains("EVENT-STATE")
            );
            let kept = sandbox
                .path()
                .join("ledger/sent/2026/F2026-0002.pdf")
                .exists();
            assert_eq!(kept, word == "sent", "what did not leave is not kept");
            if word == "not-sent" {
                assert_eq!(
                    send(&sandbox, &[], &["F2026-0002"]).events,
                    ["sending", "not-sent", "sending", "sent"]
                );
            }
            assert_eq!(sandbox.run(&["-C", "ledger", "check"]).ok(), "");
        }
    }
}

/// A message that fails does not stop the others; each has its own connection, and the rows of one run follow each other.
#[test]
fn post_the_others_go_on() {
    let sandbox = ledger();
    let (first, last) = (
        Double::new(Delivery::Refused("no".into())),
        Double::new(Delivery::Accepted("yes".into())),
    );
    let office = Doubles(RefCell::new(vec![first, last]));
    sandbox.write("mail.toml", "[smtp]\nhost = \"localhost\"\n");
    let arguments = [
        "-C",
        "ledger",
        "send",
        "--mail",
        "../mail.toml",
        "F2026-0002",
        "F2026-0003",
    ];
    let output = run_through(
        &office,
        &RealDisk,
        sandbox.path(),
        sandbox.today,
        &arguments,
    );
    assert_eq!(output.code, 1, "{}", output.err);
    assert_eq!(kinds(&sandbox), ["sending", "not-sent", "sending", "sent"]);
    assert_eq!(sandbox.run(&["-C", "ledger", "check"]).ok(), "");
}

/// A document that is named twice is sent once, whatever became of it.
#[test]
fn post_named_twice_sent_once() {
    for answer in [
        Delivery::Accepted("yes".into()),
        Delivery::Refused("no".into()),
        Delivery::Unknown("lost".into()),
    ] {
        let sandbox = ledger();
        let double = Double::new(answer);
        let delivered = Rc::clone(&double.delivered);
        let office = Doubles(RefCell::new(vec![double]));
        sandbox.write("mail.toml", "[smtp]\nhost = \"localhost\"\n");
        let arguments = [
            "-C",
            "ledger",
            "send",
            "--mail",
            "../mail.toml",
            "F2026-0002",
            "F2026-0002",
            "--again",
        ];
        run_through(
            &office,
            &RealDisk,
            sandbox.path(),
            sandbox.today,
            &arguments,
        );
        assert_eq!(delivered.borrow().len(), 1);
    }
}

/// A post that delivers nothing: it notes what it was given once it has asked, and answers as it was told to.
struct Double {
    answer: Delivery,
    delivered: Rc<RefCell<Vec<Leaving>>>,
}

impl Double {
    fn new(answer: Delivery) -> Self {
        Self {
            answer,
            delivered: Rc::default(),
        }
    }
}

impl Post for Double {
    fn deliver(&mut self, message: &Leaving, before_data: &mut dyn FnMut() -> bool) -> Delivery {
        if !before_data() {
            return Delivery::NotTried("held back".into());
        }
        self.delivered.borrow_mut().push(message.clone());
        self.answer.clone()
    }
}

/// An office with one double for each message.
struct Doubles(RefCell<Vec<Double>>);

impl Office for Doubles {
    fn open(&self, _: &Mail) -> Result<Box<dyn Post>, String> {
        Ok(Box::new(Queue(self.0.take())))
    }
}

struct Queue(Vec<Double>);

impl Post for Queue {
    fn deliver(&mut self, message: &Leaving, before_data: &mut dyn FnMut() -> bool) -> Delivery {
        self.0.remove(0).deliver(message, before_data)
    }
}

/// Stopped at any operation on the disk, a document is never sent twice: it was not sent and can be, or was sent and that is known, or
/// nobody knows and it is not sent again.
#[test]
fn post_faults_never_send_twice() {
    let all = [End::Killed, End::Torn, End::PowerCut, End::Refused];
    for (answer, word, ends) in [
        (Delivery::Accepted("250 ok".into()), "sent", &all[..]),
        (
            Delivery::Refused("554 no".into()),
            "not-sent",
            &[End::PowerCut],
        ),
        (Delivery::Unknown("lost".into()), "sending", &[End::Killed]),
    ] {
        for end in ends.iter().copied() {
            for at in 0.. {
                if !fault(&answer, word, at, end) {
                    assert!(at > 10, "{end:?}: only {at} operations");
                    break;
                }
            }
        }
    }
}

/// Returns whether the command got as far as operation `at`.
fn fault(answer: &Delivery, word: &str, at: usize, end: End) -> bool {
    let sandbox = ledger();
    sandbox.write("mail.toml", "[smtp]\nhost = \"localhost\"\n");
    let double = Double::new(answer.clone());
    let delivered = Rc::clone(&double.delivered);
    let disk = FaultyDisk::new(at, end);
    let arguments = [
        "-C",
        "ledger",
        "send",
        "--mail",
        "../mail.toml",
        "F2026-0002",
    ];
    let office = Doubles(RefCell::new(vec![double]));
    let output = run_through(&office, &disk, sandbox.path(), sandbox.today, &arguments);
    let place = format!("{answer:?}, {end:?} at operation {at}: {}", output.err);
    if disk.done() <= at {
        assert_eq!(output.code, u8::from(word != "sent"), "{place}");
        return false;
    }
    // A process that died has no code; one that lives says whether something is recorded.
    let is_pending = sandbox.path().join("ledger/.acquit/journal").exists();
    if end == End::Refused && is_pending {
        assert_eq!(output.code, 4, "{place}");
    }
    assert!([0, 1, 3, 4].contains(&output.code), "{place}");
    // A reader sees a whole ledger; the next writer finishes what was begun.
    assert_eq!(sandbox.run(&["-C", "ledger", "check"]).code, 0, "{place}");
    drop(Writer::begin(&RealDisk, &sandbox.path().join("ledger"), &mut |_| {}).unwrap());
    let (count, events) = (delivered.borrow().len(), kinds(&sandbox));
    match events
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        [] => assert_eq!(count, 0, "{place}: it left, and nothing says so"),
        ["sending"] => {}
        ["sending", ended] => assert!(count == 1 && *ended == word, "{place}: {ended}"),
        other => panic!("{place}: {other:?}"),
    }
    // Sent again it leaves only where it is certain that it has not arrived.
    let double = Double::new(Delivery::Accepted("250 ok".into()));
    let second = Rc::clone(&double.delivered);
    let office = Doubles(RefCell::new(vec![double]));
    let output = run_through(
        &office,
        &RealDisk,
        sandbox.path(),
        sandbox.today,
        &arguments,
    );
    let may = events.is_empty() || events.last().is_some_and(|kind| kind == "not-sent");
    assert_eq!(
        second.borrow().len(),
        usize::from(may),
        "{place}: {}",
        output.err
    );
    let arrived =
        usize::from(count == 1 && !matches!(answer, Delivery::Refused(_))) + second.borrow().len();
    assert!(arrived <= 1, "{place}: it arrived twice");
    if events == ["sending"] {
        let id = unknown(&sandbox);
        sandbox
            .run(&["-C", "ledger", "remind", "--resolve", &id, "sent"])
            .ok();
    }
    assert_eq!(sandbox.run(&["-C", "ledger", "check"]).ok(), "", "{place}");
    kept(&sandbox);
    true
}

/// Typed again after it was stopped at any operation, `send --again` sends once more, and not twice.
#[test]
fn post_faults_again_sends_once_more_alone() {
    for end in [End::Killed, End::Refused] {
        for at in 0.. {
            let sandbox = ledger();
            sandbox.write("mail.toml", "[smtp]\nhost = \"localhost\"\n");
            sandbox
                .run(&["-C", "ledger", "send", "F2026-0002", "--channel", "letter"])
                .ok();
            let words = ["send", "--mail", "../mail.toml", "F2026-0002", "--again"];
            let arguments: Vec<&str> = ["-C", "ledger"].into_iter().chain(words).collect();
            let disk = FaultyDisk::new(at, end);
            let send = |disk: &dyn acquit::disk::Disk| {
                let double = Double::new(Delivery::Accepted("250 ok".into()));
                let delivered = Rc::clone(&double.delivered);
                let office = Doubles(RefCell::new(vec![double]));
                let output = run_through(&office, disk, sandbox.path(), sandbox.today, &arguments);
                (delivered.borrow().len(), output)
            };
            let (first, output) = send(&disk);
            if disk.done() <= at {
                assert!(at > 10 && output.code == 0, "{}", output.err);
                break;
            }
            let left = [".acquit/journal", ".acquit/done"];
            let left = left.map(|name| sandbox.path().join("ledger").join(name).exists());
            if output.code == 0 && left == [false, false] {
                continue;
            }
            let (second, again) = send(&RealDisk);
            let place = format!("{end:?} at operation {at}: {}{}", output.err, again.err);
            assert!(first + second <= 1, "{place}");
            let events = kinds(&sandbox);
            let is_known = !again.err.contains("nobody knows");
            assert!(first + second == 1 || !is_known, "{place}: {events:?}");
        }
    }
}

/// What is kept under sent/ is what the events say.
fn kept(sandbox: &Sandbox) {
    let text =
        std::fs::read_to_string(sandbox.path().join("ledger/events/2026.csv")).unwrap_or_default();
    for line in text.lines().skip(1).filter(|line| line.contains(",sent,")) {
        let fields: Vec<&str> = line.split(',').collect();
        let bytes = std::fs::read(sandbox.path().join("ledger").join(fields[13])).unwrap();
        assert_eq!(acquit::changes::sha256(&bytes), fields[14]);
    }
}
