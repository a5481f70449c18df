//! A message leaves by SMTP (RFC 5321): connect, EHLO, STARTTLS, AUTH, MAIL FROM, RCPT TO each, DATA, the message, QUIT.
//!
//! Up to DATA whatever goes wrong has sent nothing. From DATA on a refusal is certain where the server says so in words; a connection
//! that is lost leaves it open whether the message arrived.

use std::error::Error as _;
use std::io::ErrorKind;
use std::net::{SocketAddr, ToSocketAddrs};
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{Certificate, SmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::{Response, Severity};

use super::delivery::{Delivery, Post};
use super::leaving::Leaving;
use super::process;
use super::settings::{Login, Secret, Server, Tls};

/// A server, and what it asks for.
pub(super) struct Smtp {
    server: Server,
    credentials: Option<Credentials>,
    limit: Duration,
}

impl Smtp {
    /// Starts with a server; a password command is run here.
    ///
    /// # Errors
    /// Says why there is no password.
    pub(super) fn open(server: &Server, limit: Duration) -> Result<Self, String> {
        let password = |login: &Login| match &login.secret {
            Secret::Text(text) => Ok(text.clone()),
            Secret::Command(command) => ask(command, limit),
        };
        let credentials = server
            .login
            .as_ref()
            .map(|login| password(login).map(|text| (login.user.clone(), text)));
        let credentials = credentials
            .transpose()?
            .map(|(user, text)| Credentials::new(user, text));
        Ok(Self {
            server: server.clone(),
            credentials,
            limit,
        })
    }

    /// Comes as far as DATA: every recipient is accepted.
    fn agree(&self, message: &Leaving) -> Result<SmtpConnection, String> {
        let address = |text: &String| {
            text.parse::<Address>()
                .map_err(|_| format!("`{text}` is no address"))
        };
        let sender = address(&message.from)?;
        let recipients = message
            .to
            .iter()
            .map(address)
            .collect::<Result<Vec<_>, _>>()?;
        let mut connection = self.connect()?;
        let said = |error: &Error| said(error, self.limit);
        if let Some(credentials) = &self.credentials {
            let answer = connection.auth(&[Mechanism::Plain, Mechanism::Login], credentials);
            answer.map_err(|error| {
                format!("the server refuses user and password: {}", said(&error))
            })?;
        }
        let answer = connection.command(Mail::new(Some(sender), Vec::new()));
        answer.map_err(|error| {
            format!(
                "the server refuses the sender {}: {}",
                message.from,
                said(&error)
            )
        })?;
        for recipient in recipients {
            // One that is refused stops the whole message: half of a client's people would not do.
            if let Err(error) = connection.command(Rcpt::new(recipient.clone(), Vec::new())) {
                connection.abort();
                return Err(format!(
                    "the server refuses the recipient {recipient}: {}",
                    said(&error)
                ));
            }
        }
        Ok(connection)
    }

    /// Connects, with the encryption that is asked for and never without.
    fn connect(&self) -> Result<SmtpConnection, String> {
        let Server {
            host, port, tls, ..
        } = &self.server;
        let place = format!("{host}:{port}");
        let failed = |error: &Error| format!("{place}: {}", said(error, self.limit));
        let found = (host.as_str(), *port).to_socket_addrs();
        let addresses: Vec<SocketAddr> = found
            .map_err(|error| format!("{place} is not found: {error}"))?
            .collect();
        if *tls == Tls::None && addresses.iter().any(|address| !address.ip().is_loopback()) {
            return Err(format!(
                "{place} is not this computer: a message does not leave it unencrypted"
            ));
        }
        let hello = ClientId::default();
        let open = |tls: Option<&TlsParameters>| {
            SmtpConnection::connect(addresses.as_slice(), Some(self.limit), &hello, tls, None)
        };
        match tls {
            Tls::None => open(None).map_err(|error| failed(&error)),
            Tls::Implicit => open(Some(&self.tls()?)).map_err(|error| failed(&error)),
            Tls::StartTls => {
                let parameters = self.tls()?;
                let mut connection = open(None).map_err(|error| failed(&error))?;
                connection
                    .starttls(&parameters, &hello)
                    .map_err(|error| failed(&error))?;
                Ok(connection)
            }
        }
    }

    fn tls(&self) -> Result<TlsParameters, String> {
        let mut builder = TlsParameters::builder(self.server.host.clone());
        if let Some(pem) = &self.server.ca {
            let certificate =
                Certificate::from_pem(pem).map_err(|error| format!("`ca`: {error}"))?;
            builder = builder.add_root_certificate(certificate);
        }
        builder.build_rustls().map_err(|error| error.to_string())
    }
}

impl Post for Smtp {
    fn deliver(&mut self, message: &Leaving, before_data: &mut dyn FnMut() -> bool) -> Delivery {
        let mut connection = match self.agree(message) {
            Ok(connection) => connection,
            Err(why) => return Delivery::NotTried(why),
        };
        if !before_data() {
            connection.abort();
            return Delivery::NotTried("it is held back".into());
        }
        match connection.command(Data) {
            Ok(answer) if answer.has_code(354) => {}
            Ok(answer) => {
                connection.abort();
                return Delivery::Refused(format!(
                    "the server does not want the message: {}",
                    text(&answer)
                ));
            }
            Err(error) => return self.end(&error),
        }
        match connection.message(&message.bytes) {
            Ok(answer) if answer.code().severity == Severity::PositiveCompletion => {
                let _ = connection.quit();
                Delivery::Accepted(text(&answer))
            }
            Ok(answer) => {
                Delivery::Unknown(format!("the server's answer is none: {}", text(&answer)))
            }
            Err(error) => self.end(&error),
        }
    }
}

impl Smtp {
    /// What an error after DATA means.
    fn end(&self, error: &Error) -> Delivery {
        let said = said(error, self.limit);
        match error.status() {
            Some(_) => Delivery::Refused(format!("the server refuses the message: {said}")),
            None => Delivery::Unknown(said),
        }
    }
}

/// An answer with its code.
fn text(answer: &Response) -> String {
    plain(&format!(
        "{} {}",
        answer.code(),
        answer.message().collect::<Vec<_>>().join(" ")
    ))
}

/// An error in words.
fn said(error: &Error, limit: Duration) -> String {
    let inner = error.source().map(ToString::to_string).unwrap_or_default();
    if let Some(code) = error.status() {
        return plain(&format!("{code} {inner}"));
    }
    let mut cause = error.source();
    while let Some(found) = cause {
        if let Some(io) = found.downcast_ref::<std::io::Error>() {
            match io.kind() {
                ErrorKind::WouldBlock | ErrorKind::TimedOut => {
                    return format!("no answer within {} s", limit.as_secs());
                }
                ErrorKind::UnexpectedEof
                | ErrorKind::ConnectionReset
                | ErrorKind::ConnectionAborted
                | ErrorKind::BrokenPipe => {
                    return "the connection was lost".into();
                }
                ErrorKind::ConnectionRefused => return "nobody answers there".into(),
                _ => {}
            }
        }
        cause = found.source();
    }
    // lettre's words for the end of the stream where an answer should be.
    if inner == "incomplete response" {
        "the connection was lost".into()
    } else {
        plain(&inner)
    }
}

/// What a server says, in one line without control characters.
fn plain(text: &str) -> String {
    let spaced: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Runs a password command: the first line that it prints.
fn ask(command: &[String], limit: Duration) -> Result<String, String> {
    let program = command.first().map(String::as_str).unwrap_or_default();
    let ended = process::run(command, b"", limit)
        .map_err(|error| format!("{program} cannot be started: {error}"))?;
    if !ended.status.is_some_and(|status| status.success()) {
        let said = if ended.said.is_empty() {
            "it failed".to_owned()
        } else {
            ended.said
        };
        return Err(format!("{program} gives no password: {said}"));
    }
    let text =
        String::from_utf8(ended.out).map_err(|_| format!("what {program} prints is no text"))?;
    let first = text.lines().next().unwrap_or_default();
    if first.is_empty() {
        Err(format!("{program} prints no password"))
    } else {
        Ok(first.to_owned())
    }
}
