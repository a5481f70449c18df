//! The options that the commands of events share.

use chrono::NaiveDate;
use clap::Args;

use crate::task::incident::Told;

/// When an event happened, and a note.
#[derive(Debug, Args)]
pub struct ToldArgs {
    /// When it happened; today if not given
    #[arg(long, value_name = "DATE", value_parser = crate::arguments::day)]
    pub date: Option<NaiveDate>,
    /// A note
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
}

impl ToldArgs {
    /// Returns what was told.
    pub fn told(&self) -> Told {
        Told {
            date: self.date,
            note: self.note.clone(),
        }
    }
}
