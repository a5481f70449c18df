//! `man`: manual pages.

use std::path::PathBuf;

use clap::Args;

use crate::session::{Done, Failure, Outcomes, Session};

/// Arguments of `man`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  acquit man ~/.local/share/man/man1")]
pub struct ManArgs {
    /// The folder
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
}

/// Writes a page for acquit and one for each command.
///
/// # Errors
/// Where a page cannot be written.
pub fn run(args: &ManArgs, mut tree: clap::Command, session: &mut Session<'_>) -> Outcomes {
    let folder = session.output(&args.folder)?;
    tree.build();
    let mut commands = vec![("acquit".to_owned(), tree.clone())];
    for command in tree.get_subcommands() {
        commands.push((format!("acquit-{}", command.get_name()), command.clone()));
    }
    for (name, command) in commands {
        let mut page = Vec::new();
        let title = clap_mangen::Man::new(command.name(name.clone()));
        title.render(&mut page).map_err(Failure::from)?;
        let path = folder.join(format!("{name}.1"));
        session.write_output(&path, &page)?;
        session.terminal.say(&format!("wrote {}", path.display()));
    }
    Ok(Done::Well)
}
