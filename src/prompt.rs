//! The only user of dialoguer: asks on a terminal for what a command misses.

use dialoguer::{Input, Select};

/// Someone who can be asked.
pub trait Ask {
    /// Asks for a text; an empty answer takes the default, if there is one.
    ///
    /// # Errors
    /// Where nobody answers.
    fn text(&mut self, question: &str, default: Option<&str>) -> Result<String, String>;

    /// Asks for one of some words.
    ///
    /// # Errors
    /// Where nobody answers.
    fn choice(&mut self, question: &str, words: &[&str]) -> Result<usize, String>;
}

/// A person at a terminal.
#[derive(Debug, Default, Clone, Copy)]
pub struct Person;

impl Ask for Person {
    fn text(&mut self, question: &str, default: Option<&str>) -> Result<String, String> {
        let input = Input::<String>::new().with_prompt(question).allow_empty(true);
        let input = match default {
            Some(default) => input.default(default.to_owned()),
            None => input,
        };
        input.interact_text().map(|answer| answer.trim().to_owned()).map_err(|error| error.to_string())
    }

    fn choice(&mut self, question: &str, words: &[&str]) -> Result<usize, String> {
        Select::new().with_prompt(question).items(words).default(0).interact().map_err(|error| error.to_string())
    }
}
