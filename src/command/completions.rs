//! `completions`: scripts for shells.

use clap::Args;
use clap_complete::Shell;

use crate::session::{Done, Outcomes, Session};

/// Arguments of `completions`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  acquit completions bash > ~/.local/share/bash-completion/completions/acquit"
)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: Shell,
}

/// Prints a script that completes a command line.
///
/// # Errors
/// Where it cannot be written.
pub fn run(args: &CompletionsArgs, mut tree: clap::Command, session: &mut Session<'_>) -> Outcomes {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut tree, "acquit", &mut script);
    session.exact(&String::from_utf8_lossy(&script))?;
    Ok(Done::Well)
}
