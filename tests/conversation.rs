//! A mail server that is slow or hostile: nobody else waits for it, it ends at a deadline, and what it says has a longest length.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use crate::harness::{Output, Sandbox};

/// A ledger with two invoices.
fn ledger() -> Sandbox {
    Sandbox::within("tests/errors/base", "ledger")
}

fn mail(sandbox: &Sandbox, port: u16, timeout: u32) {
    sandbox.write(
        "mail.toml",
        format!(
            "timeout = {timeout}\n[smtp]\nhost = \"127.0.0.1\"\nport = {port}\ntls = \"none\"\n"
        ),
    );
}

fn run(sandbox: &Sandbox, arguments: &[&str]) -> Output {
    sandbox.run(&[&["-C", "ledger"], arguments].concat())
}

fn send(sandbox: &Sandbox) -> Output {
    run(sandbox, &["send", "--mail", "../mail.toml", "F2026-0002"])
}

fn kinds(sandbox: &Sandbox) -> Vec<String> {
    let path = sandbox.path().join("ledger/events/2026.csv");
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let rows = text.lines().skip(1);
    rows.map(|line| line.split(',').nth(2).unwrap().to_owned())
        .collect()
}

/// A server that stops before it answers one command, `.` being the message, until it is told to go on.
struct Stalled {
    port: u16,
    /// Says that the command has come.
    come: Receiver<()>,
    go: Sender<()>,
    heard: std::thread::JoinHandle<Vec<String>>,
}

impl Stalled {
    fn at(stalls: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let ((told, come), (go, going)) = (channel(), channel());
        let heard = std::thread::spawn(move || {
            let stream = listener.accept().unwrap().0;
            converse(&stream, |command| {
                if command.starts_with(stalls) {
                    told.send(()).unwrap();
                    going.recv().unwrap();
                }
            })
        });
        Self {
            port,
            come,
            go,
            heard,
        }
    }
}

/// Answers all commands well; returns them.
fn converse(stream: &TcpStream, mut before: impl FnMut(&str)) -> Vec<String> {
    let (mut heard, mut out) = (Vec::new(), stream);
    let mut is_message = false;
    let _ = out.write_all(b"220 here\r\n");
    for line in BufReader::new(stream).lines().map_while(Result::ok) {
        if is_message && line != "." {
            continue;
        }
        is_message = line == "DATA";
        before(&line);
        heard.push(line.clone());
        let answer = if is_message { "354 go on" } else { "250 fine" };
        if out.write_all(format!("{answer}\r\n").as_bytes()).is_err() || line == "QUIT" {
            break;
        }
    }
    heard
}

/// Runs something while a document is being sent and the server does not answer a command; returns what the sender said, and what the
/// server heard.
fn meanwhile(
    sandbox: &Sandbox,
    stalls: &'static str,
    what: impl FnOnce(),
) -> (Output, Vec<String>) {
    let server = Stalled::at(stalls);
    mail(sandbox, server.port, 60);
    let sent = std::thread::scope(|scope| {
        let sender = scope.spawn(|| {
            let output = send(sandbox);
            (output.code, output.out, output.err)
        });
        server.come.recv().unwrap();
        what();
        server.go.send(()).unwrap();
        sender.join().unwrap()
    });
    let (code, out, err) = sent;
    let both = err.clone();
    (
        Output {
            out,
            err,
            both,
            code,
        },
        server.heard.join().unwrap(),
    )
}

/// Asserts that something takes no time to speak of.
fn soon(what: impl FnOnce()) {
    let begun = Instant::now();
    what();
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(20), "it took {took:?}");
}

/// Commands that read, and commands that write: none waits for the network.
#[test]
fn conversation_nobody_waits_for_the_network() {
    for stalls in ["EHLO", "RCPT", "DATA", "."] {
        let sandbox = ledger();
        let (sent, _) = meanwhile(&sandbox, stalls, || {
            soon(|| {
                for arguments in [
                    &["list"][..],
                    &["status"],
                    &["overdue"],
                    &["check"],
                    &["remind"],
                    &["remind", "--digest"],
                    &["show", "F2026-0002"],
                    &[
                        "new", "acme", "Work", "1", "10", "--vat", "20", "--name", "w",
                    ],
                ] {
                    run(&sandbox, arguments).ok();
                }
            });
        });
        assert_eq!(sent.code, 0, "{stalls}: {}", sent.err);
        assert_eq!(kinds(&sandbox), ["sending", "sent"], "{stalls}");
        run(&sandbox, &["check"]).ok();
    }
}

/// What has been written to the books before the message begins to leave may be what it is about.
#[test]
fn conversation_books_that_moved_keep_the_message_back() {
    for (stalls, other) in [
        ("EHLO", &["pay", "F2026-0002", "100"][..]),
        ("RCPT", &["pay", "F2026-0002", "100"]),
        ("RCPT", &["send", "F2026-0002", "--log"]),
        ("RCPT", &["send", "F2026-0002", "--channel", "letter"]),
        ("RCPT", &["issue", "acme-atelier"]),
    ] {
        let sandbox = ledger();
        let (sent, heard) = meanwhile(&sandbox, stalls, || {
            run(&sandbox, other).ok();
        });
        assert_eq!(sent.code, 1, "{other:?}: {}", sent.err);
        assert!(
            sent.err.contains("another acquit has written to the books"),
            "{other:?}: {}",
            sent.err
        );
        assert!(!heard.iter().any(|line| line == "DATA"), "{heard:?}");
        assert!(!kinds(&sandbox).contains(&"sending".to_owned()));
        run(&sandbox, &["check"]).ok();
    }
}

/// What is written once the message is leaving changes nothing of it; what became of it is recorded behind.
#[test]
fn conversation_what_became_of_a_message_is_recorded_whatever_others_wrote() {
    for other in [
        &["pay", "F2026-0002", "100"][..],
        &["dispute", "open", "F2026-0002", "--note", "x"],
        &["issue", "acme-atelier"],
    ] {
        let sandbox = ledger();
        let (sent, _) = meanwhile(&sandbox, ".", || {
            let written = run(&sandbox, other);
            assert_eq!(written.code, 0, "{other:?}: {}", written.err);
        });
        assert_eq!(sent.code, 0, "{other:?}: {}", sent.err);
        let kinds = kinds(&sandbox);
        assert_eq!(kinds.first().unwrap(), "sending");
        assert_eq!(kinds.last().unwrap(), "sent", "{other:?}");
        run(&sandbox, &["check"]).ok();
    }
}

/// The same, where what others wrote cannot be read: the message has left, and that is noted.
#[test]
fn conversation_what_became_of_a_message_is_recorded_beside_rows_that_nobody_can_read() {
    let sandbox = ledger();
    let (sent, _) = meanwhile(&sandbox, ".", || {
        let path = "ledger/payments/2026.csv";
        let text = sandbox.read(path);
        sandbox.write(path, format!("{text}nonsense\n"));
    });
    assert_eq!(sent.code, 0, "{}", sent.err);
    assert_eq!(kinds(&sandbox), ["sending", "sent"]);
}

/// A message that is leaving is not unknown, and nobody settles or sends it meanwhile.
#[test]
fn conversation_what_is_leaving_now_is_not_unknown() {
    let sandbox = ledger();
    let (sent, heard) = meanwhile(&sandbox, ".", || {
        assert_eq!(kinds(&sandbox), ["sending"]);
        let status = run(&sandbox, &["status", "--json"]).json();
        assert_eq!(status["unknown_sendings"], serde_json::json!([]));
        let process = format!("another acquit (process {}) sends it", std::process::id());
        let text = sandbox.read("ledger/events/2026.csv");
        let id = text
            .lines()
            .nth(1)
            .unwrap()
            .split(',')
            .next()
            .unwrap()
            .to_owned();
        soon(|| {
            for arguments in [
                &["send", "F2026-0002", "--mail", "../mail.toml"][..],
                &["send", "F2026-0002", "--again", "--mail", "../mail.toml"],
                &["send", "F2026-0002", "--log"],
                &["send", "F2026-0002", "--channel", "hand"],
                &["remind", "--resolve", &id, "sent"],
                &["remind", "--resolve", &id, "not-sent"],
            ] {
                let said = run(&sandbox, arguments).refused();
                assert!(said.contains("is leaving now"), "{arguments:?}: {said}");
                assert!(said.contains(&process), "{arguments:?}: {said}");
                assert!(!said.contains("SENDING-UNKNOWN"), "{arguments:?}: {said}");
            }
            let plan = run(&sandbox, &["remind"]);
            assert_eq!(plan.code, 0, "{}", plan.err);
            let digest = run(&sandbox, &["remind", "--digest"]).ok();
            assert!(!digest.contains(&id), "{digest}");
        });
    });
    assert_eq!(sent.code, 0, "{}", sent.err);
    assert_eq!(kinds(&sandbox), ["sending", "sent"]);
    assert_eq!(heard.iter().filter(|line| *line == "DATA").count(), 1);
}

/// The server goes away in the middle, and with it the lock of the post: from then on nobody knows.
#[test]
fn conversation_what_was_leaving_is_unknown_afterwards() {
    let sandbox = ledger();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    mail(&sandbox, listener.local_addr().unwrap().port(), 60);
    let server = std::thread::spawn(move || {
        let stream = listener.accept().unwrap().0;
        converse(&stream, |command| {
            if command == "." {
                stream.shutdown(std::net::Shutdown::Both).unwrap();
            }
        })
    });
    assert!(send(&sandbox).refused().contains("SENDING-UNKNOWN"));
    server.join().unwrap();
    let status = run(&sandbox, &["status", "--json"]).json();
    assert_eq!(status["unknown_sendings"].as_array().unwrap().len(), 1);
    let again = run(&sandbox, &["send", "F2026-0002", "--mail", "../mail.toml"]);
    assert!(again.refused().contains("SENDING-UNKNOWN"));
}

/// Whoever else sends waits for the end of a conversation, and is told for whom.
#[test]
fn conversation_who_else_sends_waits() {
    let sandbox = ledger();
    sandbox.write(
        "other.toml",
        "[smtp]\nhost = \"127.0.0.1\"\nport = 1\ntls = \"none\"\n",
    );
    let begun = Instant::now();
    let (second, waited) = std::thread::scope(|scope| {
        let mut second = None;
        meanwhile(&sandbox, ".", || {
            second = Some(scope.spawn(|| {
                let other = ["send", "F2026-0003", "--mail", "../other.toml"];
                let output = run(&sandbox, &other);
                (output.err, begun.elapsed())
            }));
            std::thread::sleep(Duration::from_millis(2500));
        });
        second.unwrap().join().unwrap()
    });
    assert!(waited >= Duration::from_millis(2500), "{waited:?}");
    let who = format!(
        "waiting for another acquit (process {})",
        std::process::id()
    );
    assert!(second.contains(&who), "{second}");
    assert!(second.contains("nobody answers there"), "{second}");
}

/// A server by a function of the connection; the sender's answer and how long it took.
fn against(
    timeout: u32,
    serve: impl FnOnce(TcpStream) + Send + 'static,
) -> (Sandbox, Output, Duration) {
    let sandbox = ledger();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    mail(&sandbox, listener.local_addr().unwrap().port(), timeout);
    std::thread::spawn(move || serve(listener.accept().unwrap().0));
    let begun = Instant::now();
    let output = send(&sandbox);
    (sandbox, output, begun.elapsed())
}

/// Says a byte again and again, as long as it is heard.
fn drip(mut stream: &TcpStream, byte: &[u8]) {
    while stream.write_all(byte).is_ok() {
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// One deadline holds for all of it: however often the server says something, it ends.
#[test]
fn conversation_ends_at_its_deadline() {
    type Serve = fn(TcpStream);
    let silent: Serve = |stream| {
        let _ = BufReader::new(&stream).lines().count();
    };
    let dripping: Serve = |stream| drip(&stream, b"2");
    let lines: Serve = |stream| drip(&stream, b"220-x\r\n");
    let slow: Serve = |stream| {
        converse(&stream, |_| std::thread::sleep(Duration::from_millis(700)));
    };
    for (serve, name) in [
        (silent, "silent"),
        (dripping, "dripping"),
        (lines, "lines"),
        (slow, "slow"),
    ] {
        let (sandbox, output, took) = against(2, serve);
        assert_eq!(output.code, 1, "{name}: {}", output.err);
        assert!(
            output.err.contains("no answer within 2 s"),
            "{name}: {}",
            output.err
        );
        assert!(took < Duration::from_secs(10), "{name}: {took:?}");
        assert!(kinds(&sandbox).is_empty(), "{name}");
    }
    let after: Serve = |stream| {
        let end = stream.try_clone().unwrap();
        converse(&stream, move |command| {
            if command == "." {
                drip(&end, b"2");
            }
        });
    };
    let (sandbox, output, took) = against(4, after);
    assert!(output.err.contains("SENDING-UNKNOWN"), "{}", output.err);
    assert!(took < Duration::from_secs(12), "{took:?}");
    assert_eq!(kinds(&sandbox), ["sending"]);
}

/// An answer that does not end takes no memory.
#[test]
fn conversation_answers_have_a_longest_length() {
    type Serve = fn(TcpStream);
    let line: Serve = |mut stream| while stream.write_all(&[b'2'; 1 << 13]).is_ok() {};
    let lines: Serve =
        |mut stream| while stream.write_all(&b"220-more\r\n".repeat(1 << 12)).is_ok() {};
    let hello: Serve = |mut stream| {
        let _ = stream.write_all(b"220 here\r\n");
        while stream.write_all(&b"250-X\r\n".repeat(1 << 12)).is_ok() {}
    };
    for serve in [line, lines, hello] {
        let (sandbox, output, took) = against(60, serve);
        assert_eq!(output.code, 1, "{}", output.err);
        assert!(output.err.contains("more than 64 kB"), "{}", output.err);
        assert!(took < Duration::from_secs(20), "{took:?}");
        assert!(kinds(&sandbox).is_empty());
    }
}

/// Lists and pays once a command has begun that waits to be told to go on, then tells it; nobody waits for it.
#[cfg(unix)]
fn list_and_pay_meanwhile(sandbox: &Sandbox) {
    while !sandbox.path().join("begun").exists() {
        std::thread::sleep(Duration::from_millis(20));
    }
    soon(|| {
        run(sandbox, &["list"]).ok();
        run(sandbox, &["pay", "F2026-0003", "1"]).ok();
    });
    sandbox.write("go", "");
}

/// A command that carries messages is a network as well.
#[cfg(unix)]
#[test]
fn conversation_nobody_waits_for_a_command() {
    let sandbox = ledger();
    let wait = "echo > begun; cat > /dev/null; while [ ! -e go ]; do sleep 0.05; done";
    let folder = sandbox.path().display();
    sandbox.write(
        "mail.toml",
        format!("[sendmail]\ncommand = [\"/bin/sh\", \"-c\", \"cd '{folder}'; {wait}\"]\n"),
    );
    std::thread::scope(|scope| {
        let sender = scope.spawn(|| send(&sandbox).ok());
        list_and_pay_meanwhile(&sandbox);
        sender.join().unwrap();
    });
    assert_eq!(kinds(&sandbox), ["sending", "sent"]);
    run(&sandbox, &["check"]).ok();
}

/// A command that asks a person for the password may take its time.
#[cfg(unix)]
#[test]
fn conversation_nobody_waits_for_a_password() {
    let sandbox = ledger();
    let folder = sandbox.path().display();
    let wait = "echo > begun; while [ ! -e go ]; do sleep 0.05; done; echo secret";
    sandbox.write(
        "mail.toml",
        format!(
            "[smtp]\nhost = \"127.0.0.1\"\nport = 1\ntls = \"none\"\nuser = \"c\"\npassword_command = [\"/bin/sh\", \"-c\", \"cd '{folder}'; {wait}\"]\n"
        ),
    );
    std::thread::scope(|scope| {
        let sender = scope.spawn(|| send(&sandbox).refused());
        list_and_pay_meanwhile(&sandbox);
        let said = sender.join().unwrap();
        assert!(
            said.contains("another acquit has written to the books"),
            "{said}"
        );
    });
    assert!(kinds(&sandbox).is_empty());
}

/// Whoever waits for the ledger for more than a second is told for whom.
#[test]
fn conversation_waiting_is_said_after_a_second() {
    let sandbox = ledger();
    run(&sandbox, &["pay", "F2026-0003", "1"]).ok();
    let path = sandbox.path().join("ledger/.acquit/lock");
    for (arguments, says) in [
        (&["list"][..], true),
        (&["pay", "F2026-0003", "2"], true),
        (&["-q", "list"], false),
    ] {
        std::fs::write(&path, "4242\n").unwrap();
        let lock = std::fs::File::options()
            .read(true)
            .write(true)
            .open(&path)
            .unwrap();
        lock.lock().unwrap();
        let said = std::thread::scope(|scope| {
            let waiter = scope.spawn(|| {
                let output = run(&sandbox, arguments);
                assert_eq!(output.code, 0, "{}", output.err);
                output.err
            });
            std::thread::sleep(Duration::from_millis(1800));
            lock.unlock().unwrap();
            waiter.join().unwrap()
        });
        let is_said = said.contains("waiting for another acquit (process 4242)");
        assert_eq!(is_said, says, "{arguments:?}: {said}");
    }
    // A lock that is free soon is waited for in silence.
    let lock = std::fs::File::options()
        .read(true)
        .write(true)
        .open(&path)
        .unwrap();
    lock.lock().unwrap();
    let said = std::thread::scope(|scope| {
        let waiter = scope.spawn(|| run(&sandbox, &["pay", "F2026-0003", "3"]).err);
        std::thread::sleep(Duration::from_millis(200));
        lock.unlock().unwrap();
        waiter.join().unwrap()
    });
    assert!(!said.contains("waiting"), "{said}");
}
