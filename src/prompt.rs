//! The only user of dialoguer: asks on a terminal for what a command misses.
//!
//! Control-C and Control-D leave every question with [`NoAnswer::Stopped`]. Only a whole answer is ever returned, so a command
//! that was left has done nothing. dialoguer's own prompts end the process on Control-C with the cursor hidden and do not hear
//! Control-D at all, so the keys of [`Person`] are read here; the looks are dialoguer's theme.

use std::io;

use dialoguer::Input;
use dialoguer::console::{Key, Term};
use dialoguer::theme::{SimpleTheme, Theme};

/// Why a question has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoAnswer {
    /// The person left the question by Control-C or Control-D.
    Stopped,
    /// The terminal cannot be read or written: what the system says.
    Failed(String),
}

impl From<io::Error> for NoAnswer {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::Interrupted | io::ErrorKind::UnexpectedEof => Self::Stopped,
            _ => Self::Failed(error.to_string()),
        }
    }
}

impl From<std::fmt::Error> for NoAnswer {
    fn from(error: std::fmt::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

/// Someone who can be asked.
pub trait Ask {
    /// Asks for a text; an empty answer takes the default, if there is one.
    ///
    /// # Errors
    /// Where nobody answers.
    fn text(&mut self, question: &str, default: Option<&str>) -> Result<String, NoAnswer>;

    /// Asks for one of some words and returns its index.
    ///
    /// # Errors
    /// Where nobody answers.
    fn choice(&mut self, question: &str, words: &[&str]) -> Result<usize, NoAnswer>;

    /// Asks whether something is to be done. Only the key `y` means yes; `n` and Enter mean no, and other keys are not taken.
    ///
    /// # Errors
    /// Where nobody answers.
    fn confirm(&mut self, question: &str) -> Result<bool, NoAnswer>;
}

/// A person at a terminal.
#[derive(Debug, Default, Clone, Copy)]
pub struct Person;

impl Ask for Person {
    fn text(&mut self, question: &str, default: Option<&str>) -> Result<String, NoAnswer> {
        let term = Term::stderr();
        let mut prompt = String::new();
        SimpleTheme.format_input_prompt(&mut prompt, question, default)?;
        term.write_str(&prompt)?;
        // The first key is read here, so that Control-D on an empty line is heard; a line that has begun is edited by dialoguer.
        let first = loop {
            match key(&term)? {
                Key::Char(first) if !first.is_control() => break Some(first),
                Key::Enter => break None,
                _ => {}
            }
        };
        let Some(first) = first else {
            term.write_line("")?;
            return Ok(default.unwrap_or_default().to_owned());
        };
        term.clear_line()?;
        let mut input = Input::<String>::new()
            .with_prompt(question)
            .allow_empty(true)
            .with_initial_text(first);
        if let Some(default) = default {
            input = input.default(default.to_owned());
        }
        input
            .interact_text()
            .map(|answer| answer.trim().to_owned())
            .map_err(|dialoguer::Error::IO(error)| error.into())
    }

    fn choice(&mut self, question: &str, words: &[&str]) -> Result<usize, NoAnswer> {
        let term = Term::stderr();
        let mut prompt = String::new();
        SimpleTheme.format_select_prompt(&mut prompt, question)?;
        term.write_line(&prompt)?;
        let mut chosen = 0;
        loop {
            for (index, word) in words.iter().enumerate() {
                let mut line = String::new();
                SimpleTheme.format_select_prompt_item(&mut line, word, index == chosen)?;
                term.write_line(&line)?;
            }
            loop {
                match key(&term)? {
                    Key::ArrowDown | Key::Tab | Key::Char('j') => {
                        chosen = (chosen + 1) % words.len();
                    }
                    Key::ArrowUp | Key::BackTab | Key::Char('k') => {
                        chosen = (chosen + words.len() - 1) % words.len();
                    }
                    Key::Enter => {
                        term.clear_last_lines(words.len() + 1)?;
                        let mut line = String::new();
                        SimpleTheme.format_select_prompt_selection(
                            &mut line,
                            question,
                            words[chosen],
                        )?;
                        term.write_line(&line)?;
                        return Ok(chosen);
                    }
                    _ => continue,
                }
                break;
            }
            term.clear_last_lines(words.len())?;
        }
    }

    fn confirm(&mut self, question: &str) -> Result<bool, NoAnswer> {
        let term = Term::stderr();
        let mut prompt = String::new();
        SimpleTheme.format_confirm_prompt(&mut prompt, question, Some(false))?;
        term.write_str(&prompt)?;
        loop {
            let answer = match key(&term)? {
                Key::Char('y' | 'Y') => true,
                Key::Char('n' | 'N') | Key::Enter => false,
                _ => continue,
            };
            term.write_line(if answer { "yes" } else { "no" })?;
            return Ok(answer);
        }
    }
}

/// Reads a key. Control-C and Control-D end the line and the question. A Control-D that was typed before the terminal hands over single
/// keys arrives as a zero byte.
fn key(term: &Term) -> Result<Key, NoAnswer> {
    match term.read_key_raw()? {
        Key::CtrlC | Key::Char('\u{4}' | '\0') => {
            term.write_line("")?;
            Err(NoAnswer::Stopped)
        }
        key => Ok(key),
    }
}
