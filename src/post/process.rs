//! Runs a command: a list of arguments, never a shell; input on its standard input, a time limit.

use std::io::{self, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// How a command ended.
pub(super) struct Ended {
    /// None: it did not end in time, and was killed.
    pub(super) status: Option<ExitStatus>,
    /// What it wrote on standard output.
    pub(super) out: Vec<u8>,
    /// The last line that it wrote on standard error.
    pub(super) said: String,
}

/// Runs a command to its end.
///
/// # Errors
/// Where it cannot be started.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that runs commands"
)]
pub(super) fn run(command: &[String], input: &[u8], limit: Duration) -> io::Result<Ended> {
    let (program, arguments) = command.split_first().ok_or(io::ErrorKind::InvalidInput)?;
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let (out, err) = (collect(child.stdout.take()), collect(child.stderr.take()));
    if let Some(mut stdin) = child.stdin.take() {
        let input = input.to_vec();
        // A command that ends without reading all of it is judged by its exit code.
        std::thread::spawn(move || stdin.write_all(&input));
    }
    let status = wait(&mut child, limit);
    // What a command leaves running in the background may hold its streams: it is not waited for.
    let moment = Duration::from_millis(if status.is_some() { 500 } else { 0 });
    let text = err.recv_timeout(moment).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let said = text
        .lines()
        .rev()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .unwrap_or_default()
        .to_owned();
    Ok(Ended {
        status,
        out: out.recv_timeout(moment).unwrap_or_default(),
        said,
    })
}

/// Reads a stream to its end, beside.
fn collect(stream: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(stream) = stream {
            let mut stream = stream;
            let _ = stream.by_ref().take(64 << 10).read_to_end(&mut bytes);
            // The rest is read and forgotten: a command that finds its stream closed would be killed.
            let _ = io::copy(&mut stream, &mut io::sink());
        }
        let _ = sender.send(bytes);
    });
    receiver
}

/// Waits for the end of a command; after the limit it is killed.
fn wait(child: &mut Child, limit: Duration) -> Option<ExitStatus> {
    let begun = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if begun.elapsed() < limit => std::thread::sleep(Duration::from_millis(10)),
            _ => break,
        }
    }
    let _ = child.kill();
    let _ = child.wait();
    None
}
