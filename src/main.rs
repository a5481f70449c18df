//! Reads arguments, clock, environment and terminal once; everything else is in the library.

use std::io::{IsTerminal, stderr, stdin, stdout};
use std::process::ExitCode;

use acquit::disk::RealDisk;
use acquit::prompt::{Ask, Person};
use acquit::{Outside, run};

#[expect(
    clippy::disallowed_methods,
    reason = "main alone reads the clock, the environment and the arguments"
)]
fn main() -> ExitCode {
    let mut person = Person;
    let is_asked = stdin().is_terminal() && stderr().is_terminal();
    let width = terminal_width().unwrap_or(120);
    let mut out = std::io::BufWriter::new(stdout().lock());
    ExitCode::from(run(Outside {
        arguments: std::env::args_os().collect(),
        folder: std::env::current_dir().unwrap_or_else(|_| ".".into()),
        today: chrono::Local::now().date_naive(),
        now,
        no_color: std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()),
        is_terminal: (stdout().is_terminal(), stderr().is_terminal()),
        width,
        out: &mut out,
        err: &mut stderr(),
        ask: is_asked.then_some(&mut person as &mut dyn Ask),
        disk: &RealDisk,
        chance,
        mail: acquit::post::settings::usual(|name| std::env::var_os(name)),
        office: &acquit::post::RealOffice,
    }))
}

/// The width of the terminal that standard output is, if it is one.
fn terminal_width() -> Option<u16> {
    let (_, columns) = dialoguer::console::Term::stdout().size_checked()?;
    Some(columns.max(40))
}

/// A message that leaves states the moment at which it does.
#[expect(
    clippy::disallowed_methods,
    reason = "main alone reads the clock, the environment and the arguments"
)]
fn now() -> chrono::DateTime<chrono::FixedOffset> {
    chrono::Local::now().fixed_offset()
}

/// A new ledger's id needs bytes that no other ledger has.
fn chance() -> [u8; 16] {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the system has random bytes");
    bytes
}
