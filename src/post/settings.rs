//! mail.toml → by which way messages leave. It stands outside of the ledger: a password has no place in git.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::diagnostic::{Diagnostic, code};
use crate::source::Source;
use crate::source::fields::{Fields, Reading};
use crate::source::repository::{is_below, is_open_to_others, read_outside};
use crate::span::{Span, Spanned};

/// How many seconds a conversation may take, where mail.toml does not say: RFC 5321, 4.5.3.2, asks for minutes of patience.
const TIMEOUT: i32 = 300;

/// What mail.toml says.
#[derive(Debug, Clone)]
pub struct Mail {
    /// By which way.
    pub way: Way,
    /// How long the whole conversation about a message may take, and a command.
    pub timeout: Duration,
}

/// By which way messages leave.
#[derive(Debug, Clone)]
pub enum Way {
    /// By a server.
    Smtp(Server),
    /// By a command: its arguments, the program's whole path first.
    Sendmail(Vec<String>),
}

/// An SMTP server.
#[derive(Debug, Clone)]
pub struct Server {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is encrypted.
    pub tls: Tls,
    /// Who we are to it.
    pub login: Option<Login>,
    /// Certificates to trust beside the system's own, as PEM.
    pub ca: Option<Vec<u8>>,
}

/// How a connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// After STARTTLS; without it nothing is sent.
    StartTls,
    /// From the first byte.
    Implicit,
    /// Not at all: to this computer only.
    None,
}

impl Tls {
    /// All of them, as mail.toml spells them.
    pub const WORDS: &[(&str, Self)] = &[
        ("starttls", Self::StartTls),
        ("implicit", Self::Implicit),
        ("none", Self::None),
    ];

    /// Returns the port that is usual.
    pub fn port(self) -> u16 {
        match self {
            Self::StartTls => 587,
            Self::Implicit => 465,
            Self::None => 25,
        }
    }
}

/// A user and the password.
#[derive(Debug, Clone)]
pub struct Login {
    /// The user.
    pub user: String,
    /// The password.
    pub secret: Secret,
}

/// A password; it is never printed.
#[derive(Clone)]
pub enum Secret {
    /// Itself.
    Text(String),
    /// The command that prints it.
    Command(Vec<String>),
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// Returns where mail.toml stands unless a command names another: `$ACQUIT_MAIL`, else `acquit/mail.toml` among the user's settings.
pub fn usual(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let path = |name: &str| {
        variable(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    if let Some(named) = path("ACQUIT_MAIL") {
        return Some(named);
    }
    let settings = if cfg!(windows) {
        path("APPDATA")
    } else {
        path("XDG_CONFIG_HOME").or_else(|| path("HOME").map(|home| home.join(".config")))
    };
    settings.map(|folder| folder.join("acquit").join("mail.toml"))
}

/// Reads a mail.toml; what is wrong with it is added to the source's problems.
pub fn read(source: &mut Source, path: &Path) -> Option<Mail> {
    if !path.is_file() {
        let message = format!(
            "there is no {}: it says by which server messages leave",
            path.display()
        );
        let hint = "make one with `[smtp]`, `host`, `user` and `password_command` (docs/sending.md); or write the messages \
                    with `--write DIR` and send them by yourself";
        source
            .problems
            .push(Diagnostic::error(code::MAIL_MISSING, message).hint(hint));
        return None;
    }
    let root = source.repository.root().to_owned();
    let place = Place { path, root: &root };
    let mut files = Files::default();
    let mail = source.toml_outside(path, |fields, _| place.mail(fields, &mut files))?;
    files.load(mail, source)
}

/// Hides in the lines of mail.toml that problems show what may be a password: all values but those of keys that hold none.
pub fn mask(problems: &mut [Diagnostic]) {
    const HARMLESS: &[&str] = &[
        "timeout",
        "host",
        "port",
        "tls",
        "user",
        "password_file",
        "password_command",
        "ca",
        "command",
    ];
    for problem in problems {
        let Some(excerpt) = &mut problem.excerpt else {
            continue;
        };
        // Of a long line only a part is shown: without its beginning nothing tells which key it is about.
        let is_whole = excerpt.column == excerpt.before + 1;
        let (key, _) = excerpt
            .text
            .split_once('=')
            .filter(|_| is_whole)
            .unwrap_or_default();
        if is_whole && (HARMLESS.contains(&key.trim()) || excerpt.text.starts_with('[')) {
            continue;
        }
        let shown = if key.is_empty() {
            0
        } else {
            key.chars().count() + 1
        };
        let hide = |(index, c): (usize, char)| {
            if index < shown || c.is_whitespace() {
                c
            } else {
                '*'
            }
        };
        excerpt.text = excerpt.text.chars().enumerate().map(hide).collect();
        // What is no TOML, or of another type, is quoted in words as well.
        if !matches!(problem.code, code::MAIL_SETTINGS | code::KEY_UNKNOWN) {
            if problem.code == code::TOML_SYNTAX {
                "this is not TOML".clone_into(&mut problem.message);
            }
            problem.hint =
                Some("a text stands in double quotes; what stands here is not shown".into());
        }
    }
}

/// Files that mail.toml names, read after it.
#[derive(Default)]
struct Files {
    password: Option<Spanned<PathBuf>>,
    ca: Option<Spanned<PathBuf>>,
}

impl Files {
    fn load(self, mut mail: Mail, source: &mut Source) -> Option<Mail> {
        let Way::Smtp(server) = &mut mail.way else {
            return Some(mail);
        };
        let mut read = |file: &Spanned<PathBuf>| {
            let bytes = read_outside(&file.value);
            bytes.map_err(|_| {
                let message = format!("{} cannot be read", file.value.display());
                let hint = "a path is relative to the folder of mail.toml";
                source.problems.push(
                    Diagnostic::error(code::MAIL_SETTINGS, message)
                        .at(file.span)
                        .hint(hint),
                );
            })
        };
        if let Some(file) = &self.ca {
            server.ca = Some(read(file).ok()?);
        }
        if let (Some(file), Some(login)) = (&self.password, &mut server.login) {
            let text = String::from_utf8(read(file).ok()?).unwrap_or_default();
            let first = text.lines().next().unwrap_or_default();
            if first.is_empty() {
                let message = format!("{} holds no password", file.value.display());
                let hint = "its first line is the password";
                source.problems.push(
                    Diagnostic::error(code::MAIL_SETTINGS, message)
                        .at(file.span)
                        .hint(hint),
                );
                return None;
            }
            login.secret = Secret::Text(first.to_owned());
        }
        Some(mail)
    }
}

/// Where mail.toml stands, and the ledger that it must not stand in.
struct Place<'p> {
    path: &'p Path,
    root: &'p Path,
}

impl Place<'_> {
    fn mail(&self, mut fields: Fields<'_, '_>, files: &mut Files) -> Option<Mail> {
        let reading = fields.reading();
        let wrong = |span: Span, message: &str, hint: &str| {
            reading.error(code::MAIL_SETTINGS, span, message, hint);
        };
        if is_below(self.path, self.root) {
            let hint = "move it out: acquit/mail.toml among your own settings, or `--mail FILE`; what is in git is no secret";
            wrong(
                Span::whole(reading.file),
                "it lies inside of the ledger",
                hint,
            );
        }
        let timeout = fields.integer("timeout", 1..=3600).unwrap_or(TIMEOUT);
        let timeout = Duration::from_secs(timeout.unsigned_abs().into());
        let smtp = fields.table("smtp").map(|table| self.smtp(table, files));
        let sendmail = fields.table("sendmail").map(sendmail);
        let way = match (smtp, sendmail) {
            (Some(server), None) => server.map(Way::Smtp),
            (None, Some(command)) => command.map(Way::Sendmail),
            (None, None) => {
                fields.missing(
                    "[smtp]",
                    "`[smtp]` with `host`, or `[sendmail]` with `command`",
                );
                None
            }
            (Some(_), Some(_)) => {
                wrong(
                    fields.span(),
                    "a message leaves by one way",
                    "leave `[smtp]` or `[sendmail]` out",
                );
                None
            }
        };
        fields.finish();
        Some(Mail { way: way?, timeout })
    }

    fn smtp(&self, mut fields: Fields<'_, '_>, files: &mut Files) -> Option<Server> {
        let reading = fields.reading();
        let wrong = |span: Span, message: String, hint: &str| {
            reading.error(code::MAIL_SETTINGS, span, message, hint);
        };
        let host = fields.required_text("host", "\"smtp.example.org\"");
        let port = fields.integer("port", 1..=65535);
        let tls = fields.choice("tls", Tls::WORDS);
        if let (Some(host), Some(tls)) = (&host, &tls)
            && tls.value == Tls::None
            && !is_local(&host.value)
        {
            let message = format!(
                "{} is not this computer: messages do not leave it unencrypted",
                host.value
            );
            wrong(
                tls.span,
                message,
                "`tls = \"starttls\"` or `tls = \"implicit\"`, as your provider says",
            );
        }
        let login = self.login(&mut fields, files);
        files.ca = fields
            .text("ca")
            .map(|path| path.map(|path| self.beside(&path)));
        fields.finish();
        let tls = tls.map_or(Tls::StartTls, |tls| tls.value);
        let port = port
            .and_then(|port| u16::try_from(port).ok())
            .unwrap_or(tls.port());
        Some(Server {
            host: host?.value,
            port,
            tls,
            login,
            ca: None,
        })
    }

    /// Reads the user and by which of three ways the password comes; a file's is read later.
    fn login(&self, fields: &mut Fields<'_, '_>, files: &mut Files) -> Option<Login> {
        let reading = fields.reading();
        let wrong = |span: Span, message: &str, hint: &str| {
            reading.error(code::MAIL_SETTINGS, span, message, hint);
        };
        let user = fields.text("user");
        let password = fields.text("password");
        let file = fields
            .text("password_file")
            .map(|file| file.map(|path| self.beside(&path)));
        let command = fields.texts("password_command");
        if let Some(file) = &file
            && is_below(&file.value, self.root)
        {
            let message = format!("{} lies inside of the ledger", file.value.display());
            wrong(
                file.span,
                &message,
                "what is in git is no secret: move it out",
            );
        }
        if let Some(word) = command.first() {
            whole_path(reading, word);
        }
        let own = password.as_ref().map(|text| text.span);
        self.warn(reading, own, file.as_ref());
        let ways = [
            own,
            file.as_ref().map(|file| file.span),
            command.first().map(|word| word.span),
        ];
        let asked: Vec<Span> = ways.into_iter().flatten().collect();
        if let Some(second) = asked.get(1) {
            wrong(
                *second,
                "there is one password",
                "leave one of `password`, `password_file`, `password_command`",
            );
        }
        match (&user, asked.first()) {
            (Some(user), None) => {
                let hint = "add `password_command = [\"/usr/bin/pass\", \"show\", \"mail\"]`, or `password_file`";
                wrong(user.span, "a user without a password", hint);
            }
            (None, Some(way)) => wrong(*way, "a password without a user", "add `user`"),
            _ => {}
        }
        files.password = file;
        let secret = match password {
            Some(text) => Secret::Text(text.value),
            None => Secret::Command(command.into_iter().map(|word| word.value).collect()),
        };
        user.map(|user| Login {
            user: user.value,
            secret,
        })
    }

    /// A path that mail.toml names, relative to its folder.
    fn beside(&self, path: &str) -> PathBuf {
        self.path
            .parent()
            .map_or_else(|| PathBuf::from(path), |folder| folder.join(path))
    }

    /// Warns of a password that others on this computer can read.
    fn warn(&self, reading: &Reading, own: Option<Span>, file: Option<&Spanned<PathBuf>>) {
        let own = own.map(|span| (self.path, span));
        let file = file.map(|file| (file.value.as_path(), file.span));
        for (path, span) in own
            .into_iter()
            .chain(file)
            .filter(|(path, _)| is_open_to_others(path))
        {
            let message = "others on this computer can read the password";
            let hint = format!("`chmod 600 {}`", path.display());
            let warning = Diagnostic::warning(code::MAIL_SETTINGS, message)
                .at(span)
                .hint(hint);
            reading.problems.borrow_mut().push(warning);
        }
    }
}

fn sendmail(mut fields: Fields<'_, '_>) -> Option<Vec<String>> {
    let reading = fields.reading();
    let command = fields.texts("command");
    if command.is_empty() {
        fields.missing(
            "command",
            "[\"/usr/sbin/sendmail\", \"-i\", \"--\", \"{to}\"]",
        );
    } else if let Some(word) = command.first() {
        whole_path(reading, word);
    }
    fields.finish();
    (!command.is_empty()).then(|| command.into_iter().map(|word| word.value).collect())
}

/// A program is named with its whole path: cron looks for programs in other folders than a terminal does.
fn whole_path(reading: &Reading, word: &Spanned<String>) {
    if !Path::new(&word.value).is_absolute() {
        let message = format!("`{}` is not the whole path of a program", word.value);
        let hint = format!("`command -v {}` shows it", word.value);
        reading.error(code::MAIL_SETTINGS, word.span, message, hint);
    }
}

/// Tells whether a server's name is this computer's own.
fn is_local(host: &str) -> bool {
    host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_toml_is_found_where_settings_are() {
        let find = |pairs: &[(&str, &str)]| {
            usual(|name| {
                pairs
                    .iter()
                    .find(|(known, _)| *known == name)
                    .map(|(_, value)| value.into())
            })
        };
        assert_eq!(
            find(&[("ACQUIT_MAIL", "/a/b.toml"), ("HOME", "/h")]),
            Some("/a/b.toml".into())
        );
        if !cfg!(windows) {
            assert_eq!(
                find(&[("HOME", "/h"), ("XDG_CONFIG_HOME", "")]),
                Some("/h/.config/acquit/mail.toml".into())
            );
            assert_eq!(
                find(&[("HOME", "/h"), ("XDG_CONFIG_HOME", "/x")]),
                Some("/x/acquit/mail.toml".into())
            );
        }
        assert_eq!(find(&[]), None);
    }

    #[test]
    fn a_password_is_never_printed() {
        assert_eq!(format!("{:?}", Secret::Text("x7y".into())), "Secret");
        let masked = |line: &str| {
            let excerpt = crate::span::Excerpt {
                line: 1,
                column: 1,
                text: line.into(),
                before: 0,
                width: 1,
            };
            let problem = Diagnostic {
                excerpt: Some(excerpt),
                ..Diagnostic::error(code::MAIL_SETTINGS, "")
            };
            let mut problems = [problem];
            mask(&mut problems);
            problems[0]
                .excerpt
                .as_ref()
                .map(|excerpt| excerpt.text.clone())
                .unwrap_or_default()
        };
        assert_eq!(masked("password = \"x7é y\""), "password = **** **");
        assert_eq!(masked("pasword = \"x7\""), "pasword = ****");
        assert_eq!(masked("x7 y\"\"\""), "** ****");
        let long = format!("password = \"{}user = secret\"", "x".repeat(150));
        let mut problem = Diagnostic::error(code::MAIL_SETTINGS, "");
        problem.excerpt = Some(crate::span::Excerpts::new(&long).at(165, 166));
        let mut problems = [problem];
        mask(&mut problems);
        let shown = problems[0].excerpt.as_ref().map(|excerpt| &excerpt.text);
        assert!(
            shown.is_some_and(|text| text.chars().all(|c| "* ".contains(c))),
            "{shown:?}"
        );
        for line in ["host = \"a.example\"", "[smtp]", "user=\"camille\""] {
            assert_eq!(masked(line), line);
        }
    }
}
