//! A message leaves by SMTP (RFC 5321): connect, EHLO, STARTTLS, AUTH, MAIL FROM, RCPT TO each, DATA, the message, QUIT.
//!
//! Up to DATA whatever goes wrong has sent nothing. From DATA on a refusal is certain where the server says so in words; a connection
//! that is lost leaves it open whether the message arrived.

use std::net::SocketAddr;
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::commands::{Auth, Data, Ehlo, Mail, Rcpt, Starttls};
use lettre::transport::smtp::extension::{ClientId, Extension, ServerInfo};
use lettre::transport::smtp::response::{Response, Severity};

use super::delivery::{Delivery, Post};
use super::leaving::Leaving;
use super::process;
use super::settings::{Login, Secret, Server, Tls};
use super::wire::{Deadline, Fault, Wire, addresses, encryption};

/// How often a server may ask for another part of user and password.
const CHALLENGES: usize = 4;

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
    fn agree(&self, message: &Leaving, deadline: Deadline) -> Result<Wire, String> {
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
        let (mut wire, known) = self.connect(deadline)?;
        if let Some(credentials) = &self.credentials
            && let Err(why) = log_in(&mut wire, &known, credentials)
        {
            wire.quit();
            return Err(format!("the server refuses user and password: {why}"));
        }
        if let Err(fault) = wire.command(Mail::new(Some(sender), Vec::new())) {
            let why = end(wire, fault);
            return Err(format!(
                "the server refuses the sender {}: {why}",
                message.from
            ));
        }
        for recipient in recipients {
            // One that is refused stops the whole message: half of a client's people would not do.
            if let Err(fault) = wire.command(Rcpt::new(recipient.clone(), Vec::new())) {
                let why = end(wire, fault);
                return Err(format!(
                    "the server refuses the recipient {recipient}: {why}"
                ));
            }
        }
        Ok(wire)
    }

    /// Connects, with the encryption that is asked for and never without; returns what the server says that it can do.
    fn connect(&self, deadline: Deadline) -> Result<(Wire, ServerInfo), String> {
        let Server {
            host,
            port,
            tls,
            ca,
            ..
        } = &self.server;
        let addresses: Vec<SocketAddr> = addresses(host, *port, deadline)?;
        let place = format!("{host}:{port}");
        if *tls == Tls::None && addresses.iter().any(|address| !address.ip().is_loopback()) {
            return Err(format!(
                "{place} is not this computer: a message does not leave it unencrypted"
            ));
        }
        let encrypt = |wire: Wire| wire.encrypt(host, encryption(ca.as_deref())?);
        let connect = || -> Result<(Wire, ServerInfo), String> {
            let mut wire = Wire::connect(&addresses, deadline)?;
            if *tls == Tls::Implicit {
                wire = encrypt(wire)?;
            }
            wire.answer().map_err(why)?;
            let known = hello(&mut wire)?;
            if *tls != Tls::StartTls {
                return Ok((wire, known));
            }
            if !known.supports_feature(Extension::StartTls) {
                wire.quit();
                return Err("STARTTLS is not supported on this server".into());
            }
            wire.command(Starttls).map_err(why)?;
            wire = encrypt(wire)?;
            // What was said before it was encrypted counts no more.
            let known = hello(&mut wire)?;
            Ok((wire, known))
        };
        connect().map_err(|why| format!("{place}: {why}"))
    }
}

/// Says hello; returns what the server says that it can do.
fn hello(wire: &mut Wire) -> Result<ServerInfo, String> {
    let answer = wire.command(Ehlo::new(ClientId::default())).map_err(why)?;
    ServerInfo::from_response(&answer).map_err(|error| error.to_string())
}

/// Says who we are.
fn log_in(wire: &mut Wire, known: &ServerInfo, credentials: &Credentials) -> Result<(), String> {
    let mechanism = known
        .get_auth_mechanism(&[Mechanism::Plain, Mechanism::Login])
        .ok_or("it takes none that acquit knows (PLAIN, LOGIN)")?;
    let wrong = |error: lettre::transport::smtp::Error| plain(&error.to_string());
    let first = Auth::new(mechanism, credentials.clone(), None).map_err(wrong)?;
    let mut answer = wire.command(first).map_err(why)?;
    for _ in 0..CHALLENGES {
        if !answer.has_code(334) {
            return Ok(());
        }
        let next =
            Auth::new_from_response(mechanism, credentials.clone(), &answer).map_err(wrong)?;
        answer = wire.command(next).map_err(why)?;
    }
    Err("it asks again and again".into())
}

impl Post for Smtp {
    fn deliver(&mut self, message: &Leaving, before_data: &mut dyn FnMut() -> bool) -> Delivery {
        let deadline = Deadline::starting(self.limit);
        let mut wire = match self.agree(message, deadline) {
            Ok(wire) => wire,
            Err(why) => return Delivery::NotTried(why),
        };
        if !before_data() {
            wire.quit();
            return Delivery::NotTried("it is held back".into());
        }
        // Noting it may have waited for another acquit: nothing was said of the message so far.
        if deadline.is_over() {
            return Delivery::Refused(deadline.sentence());
        }
        match wire.command(Data) {
            Ok(answer) if answer.has_code(354) => {}
            Ok(answer) => {
                wire.quit();
                return Delivery::Refused(format!(
                    "the server does not want the message: {}",
                    text(&answer)
                ));
            }
            Err(fault) => return ended(wire, fault),
        }
        match wire.message(&message.bytes) {
            Ok(answer) if answer.code().severity == Severity::PositiveCompletion => {
                wire.quit();
                Delivery::Accepted(text(&answer))
            }
            Ok(answer) => {
                Delivery::Unknown(format!("the server's answer is none: {}", text(&answer)))
            }
            Err(fault) => ended(wire, fault),
        }
    }
}

/// What an error after DATA means.
fn ended(wire: Wire, fault: Fault) -> Delivery {
    match fault {
        Fault::Said(answer) => {
            wire.quit();
            Delivery::Refused(format!("the server refuses the message: {}", text(&answer)))
        }
        Fault::None(why) => Delivery::Unknown(plain(&why)),
    }
}

/// Ends a conversation before DATA; says why.
fn end(wire: Wire, fault: Fault) -> String {
    if matches!(fault, Fault::Said(_)) {
        wire.quit();
    }
    why(fault)
}

/// A fault in words.
fn why(fault: Fault) -> String {
    match fault {
        Fault::Said(answer) => text(&answer),
        Fault::None(why) => plain(&why),
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
