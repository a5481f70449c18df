//! A connection to a mail server: commands and their answers (RFC 5321, 4.2), plain or by TLS.
//!
//! lettre's own connection has a limit of time for each read, and reads a line however long: a server that says a byte a minute holds it for
//! ever, and one whose greeting has no end takes all memory. Here one deadline holds for the whole conversation, and an answer has a longest
//! length.

use std::fmt::Display;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use lettre::transport::smtp::commands::Quit;
use lettre::transport::smtp::response::Response;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

/// The most bytes that an answer has: a hundred times what servers say.
const MOST_ANSWER: usize = 64 << 10;
/// How long one address of a server is tried before the next.
const ONE_ADDRESS: Duration = Duration::from_secs(30);
/// How long a server is listened to that has taken the message and is told goodbye.
const GOODBYE: Duration = Duration::from_secs(2);

/// Until when a conversation may last.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline {
    end: Instant,
    limit: Duration,
}

impl Deadline {
    /// Starts a conversation that may last so long.
    pub(super) fn starting(limit: Duration) -> Self {
        Self {
            end: Instant::now() + limit,
            limit,
        }
    }

    /// What is left of it.
    ///
    /// # Errors
    /// `TimedOut` where nothing is.
    fn left(self) -> io::Result<Duration> {
        let left = self.end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            Err(ErrorKind::TimedOut.into())
        } else {
            Ok(left)
        }
    }

    /// Tells whether it is over.
    pub(super) fn is_over(self) -> bool {
        self.left().is_err()
    }

    /// Says that it is over.
    pub(super) fn sentence(self) -> String {
        format!("no answer within {} s", self.limit.as_secs())
    }
}

/// Why a command has not the answer that it needs.
#[derive(Debug)]
pub(super) enum Fault {
    /// The server says no.
    Said(Response),
    /// There is no answer: what happened.
    None(String),
}

/// A stream whose every read and write ends at the deadline.
#[derive(Debug)]
struct Timed {
    stream: TcpStream,
    deadline: Deadline,
}

impl Read for Timed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(Some(self.deadline.left()?))?;
        self.stream.read(buffer)
    }
}

impl Write for Timed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(Some(self.deadline.left()?))?;
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

enum Stream {
    Plain(Timed),
    Tls(Box<StreamOwned<ClientConnection, Timed>>),
}

impl Stream {
    fn timed(&mut self) -> &mut Timed {
        match self {
            Self::Plain(timed) => timed,
            Self::Tls(stream) => &mut stream.sock,
        }
    }

    fn both(&mut self) -> &mut dyn Both {
        match self {
            Self::Plain(timed) => timed,
            Self::Tls(stream) => stream,
        }
    }
}

trait Both: Read + Write {}
impl<T: Read + Write> Both for T {}

/// A connection.
pub(super) struct Wire {
    stream: Stream,
    /// What was read and belongs to no answer yet.
    buffer: Vec<u8>,
    deadline: Deadline,
}

/// Finds the addresses of a server.
///
/// # Errors
/// Says that there are none, or that nobody said so in time.
pub(super) fn addresses(
    host: &str,
    port: u16,
    deadline: Deadline,
) -> Result<Vec<SocketAddr>, String> {
    let (sender, receiver) = channel();
    let place = (host.to_owned(), port);
    // The system's own look-up knows no deadline: it is left behind where it takes too long.
    std::thread::spawn(move || {
        let found = place.to_socket_addrs().map(Iterator::collect::<Vec<_>>);
        let _ = sender.send(found);
    });
    let left = deadline.left().unwrap_or_default();
    match receiver.recv_timeout(left) {
        Ok(Ok(found)) => Ok(found),
        Ok(Err(error)) => Err(format!("{host}:{port} is not found: {error}")),
        Err(_) => Err(format!(
            "{host}:{port} is not found: {}",
            deadline.sentence()
        )),
    }
}

impl Wire {
    /// Connects to the first address that answers; nothing is said yet.
    ///
    /// # Errors
    /// Says why none does.
    pub(super) fn connect(addresses: &[SocketAddr], deadline: Deadline) -> Result<Self, String> {
        let mut last = io::Error::from(ErrorKind::AddrNotAvailable);
        for address in addresses {
            let left = match deadline.left() {
                Ok(left) => left.min(ONE_ADDRESS),
                Err(_) => return Err(deadline.sentence()),
            };
            match TcpStream::connect_timeout(address, left) {
                Ok(stream) => {
                    return Ok(Self {
                        stream: Stream::Plain(Timed { stream, deadline }),
                        buffer: Vec::new(),
                        deadline,
                    });
                }
                Err(error) => last = error,
            }
        }
        Err(said(&last, deadline))
    }

    /// Encrypts what follows.
    ///
    /// # Errors
    /// Says why not. What the server has said beyond its last answer came from nobody knows whom, and is refused.
    pub(super) fn encrypt(self, host: &str, config: Arc<ClientConfig>) -> Result<Self, String> {
        let deadline = self.deadline;
        let Stream::Plain(timed) = self.stream else {
            return Err("it is encrypted already".into());
        };
        if !self.buffer.is_empty() {
            return Err("the server speaks before the connection is encrypted".into());
        }
        let name = ServerName::try_from(host.to_owned()).map_err(|error| error.to_string())?;
        let connection = ClientConnection::new(config, name).map_err(|error| error.to_string())?;
        let mut stream = StreamOwned::new(connection, timed);
        while stream.conn.is_handshaking() {
            stream
                .conn
                .complete_io(&mut stream.sock)
                .map_err(|error| said(&error, deadline))?;
        }
        Ok(Self {
            stream: Stream::Tls(Box::new(stream)),
            buffer: Vec::new(),
            deadline,
        })
    }

    /// Says a command and hears the answer.
    ///
    /// # Errors
    /// The answer where it says no, or what happened to it.
    pub(super) fn command(&mut self, command: impl Display) -> Result<Response, Fault> {
        self.say(command.to_string().as_bytes())?;
        self.answer()
    }

    /// Says the message itself, and hears the answer.
    ///
    /// # Errors
    /// The answer where it says no, or what happened to it.
    pub(super) fn message(&mut self, message: &[u8]) -> Result<Response, Fault> {
        self.say(&stuffed(message))?;
        self.answer()
    }

    fn say(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let both = self.stream.both();
        let said = both.write_all(bytes).and_then(|()| both.flush());
        said.map_err(|error| self.lost(&error))
    }

    /// Hears an answer.
    ///
    /// # Errors
    /// The answer where it says no, or what happened to it.
    pub(super) fn answer(&mut self) -> Result<Response, Fault> {
        let mut chunk = [0; 4096];
        loop {
            if let Some(end) = end_of_answer(&self.buffer) {
                let bytes: Vec<u8> = self.buffer.drain(..end).collect();
                return read(&bytes);
            }
            if self.buffer.len() >= MOST_ANSWER {
                return Err(Fault::None(format!(
                    "the server's answer has more than {} kB",
                    MOST_ANSWER >> 10
                )));
            }
            match self.stream.both().read(&mut chunk) {
                Ok(0) => return Err(Fault::None("the connection was lost".into())),
                Ok(read) => self.buffer.extend_from_slice(&chunk[..read]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(self.lost(&error)),
            }
        }
    }

    fn lost(&self, error: &io::Error) -> Fault {
        Fault::None(said(error, self.deadline))
    }

    /// Says goodbye. What the server says to it matters no more.
    pub(super) fn quit(mut self) {
        self.deadline = Deadline::starting(GOODBYE);
        self.stream.timed().deadline = self.deadline;
        let _ = self.command(Quit);
        let _ = self.stream.timed().stream.shutdown(Shutdown::Both);
    }
}

/// Where the first whole answer ends: at the end of a line that has no `-` behind its code.
fn end_of_answer(bytes: &[u8]) -> Option<usize> {
    let mut end = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        end += line.len();
        if line.last() != Some(&b'\n') {
            return None;
        }
        if line.get(3) != Some(&b'-') {
            return Some(end);
        }
    }
    None
}

fn read(bytes: &[u8]) -> Result<Response, Fault> {
    let text = String::from_utf8_lossy(bytes);
    // Some servers end lines with a line feed alone, and leave the space out where no words follow.
    let line = |line: &str| {
        let space = if line.len() == 3 { " " } else { "" };
        format!("{line}{space}\r\n")
    };
    let lines: String = text.lines().map(line).collect();
    match lines.parse::<Response>() {
        Ok(answer) if answer.is_positive() => Ok(answer),
        Ok(answer) => Err(Fault::Said(answer)),
        Err(_) => {
            let shown: String = text.trim().chars().take(80).collect();
            Err(Fault::None(format!("the server's answer is none: {shown}")))
        }
    }
}

/// A message as it stands on the wire: a point at the beginning of a line is doubled, and a point alone ends it (RFC 5321, 4.5.2).
fn stuffed(message: &[u8]) -> Vec<u8> {
    let mut wire = Vec::with_capacity(message.len() + message.len() / 64 + 8);
    let mut is_start = true;
    let mut last = 0;
    for byte in message {
        if is_start && *byte == b'.' {
            wire.push(b'.');
        }
        wire.push(*byte);
        is_start = *byte == b'\n' && last == b'\r';
        last = *byte;
    }
    wire.extend_from_slice(if is_start { b".\r\n" } else { b"\r\n.\r\n" });
    wire
}

/// An error of the system in words.
fn said(error: &io::Error, deadline: Deadline) -> String {
    match error.kind() {
        ErrorKind::WouldBlock | ErrorKind::TimedOut => deadline.sentence(),
        ErrorKind::UnexpectedEof
        | ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe => "the connection was lost".into(),
        ErrorKind::ConnectionRefused => "nobody answers there".into(),
        _ => error.to_string(),
    }
}

/// How connections are encrypted: TLS 1.2 or 1.3, certificates of the system and those of `ca`.
///
/// # Errors
/// Says what is wrong with `ca`.
pub(super) fn encryption(ca: Option<&[u8]>) -> Result<Arc<ClientConfig>, String> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let own = ca.map_or_else(Vec::new, |pem| {
        CertificateDer::pem_slice_iter(pem).collect()
    });
    if ca.is_some() && own.is_empty() {
        return Err("`ca`: it holds no certificate".into());
    }
    for certificate in own {
        let added = certificate
            .map_err(|error| error.to_string())
            .and_then(|one| roots.add(one).map_err(|error| error.to_string()));
        added.map_err(|why| format!("`ca`: {why}"))?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    Ok(Arc::new(
        builder.with_root_certificates(roots).with_no_client_auth(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_ends_with_the_line_that_says_so() {
        assert_eq!(end_of_answer(b"250 ok\r\nmore"), Some(8));
        assert_eq!(end_of_answer(b"250-a\r\n250-b\r\n250 c\r\n"), Some(21));
        assert_eq!(end_of_answer(b"250-a\r\n250-b\r\n"), None);
        assert_eq!(end_of_answer(b"250 a"), None);
        assert_eq!(end_of_answer(b"nonsense\r\n"), Some(10));
        for (bytes, code) in [
            (&b"250\r\n"[..], 250),
            (b"250 a\n", 250),
            (b"250-a\n250 b\n", 250),
        ] {
            assert!(read(bytes).unwrap().has_code(code), "{bytes:?}");
        }
        assert!(matches!(read(b"550 no\r\n"), Err(Fault::Said(_))));
        for bytes in [
            &b"nonsense\r\n"[..],
            b"\r\n",
            b"25 x\r\n",
            b"250-a\r\n550 b\r\n",
            b"\xff\xff\xff \r\n",
        ] {
            assert!(matches!(read(bytes), Err(Fault::None(_))), "{bytes:?}");
        }
    }

    #[test]
    fn a_message_ends_where_it_ends() {
        assert_eq!(stuffed(b"a\r\n.\r\nb\r\n"), b"a\r\n..\r\nb\r\n.\r\n");
        assert_eq!(stuffed(b".a\r\n..b"), b"..a\r\n...b\r\n.\r\n");
        assert_eq!(stuffed(b"a\n.b\r\n"), b"a\n.b\r\n.\r\n");
        assert_eq!(stuffed(b""), b".\r\n");
    }
}
