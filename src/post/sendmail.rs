//! A message leaves by a command, as `sendmail` is: the message on its standard input, the exit code as its answer.

use std::path::Path;
use std::time::Duration;

use super::delivery::{Delivery, Post};
use super::leaving::Leaving;
use super::process;

/// A command.
pub(super) struct Sendmail {
    command: Vec<String>,
    limit: Duration,
}

impl Sendmail {
    pub(super) fn new(command: &[String], limit: Duration) -> Self {
        Self {
            command: command.to_vec(),
            limit,
        }
    }

    /// The command for a message: `{from}` is its sender, `{to}` one argument a recipient.
    fn arguments(&self, message: &Leaving) -> Vec<String> {
        let mut all = Vec::new();
        for argument in &self.command {
            if argument == "{to}" {
                all.extend(message.to.iter().cloned());
            } else {
                all.push(argument.replace("{from}", &message.from));
            }
        }
        all
    }
}

impl Post for Sendmail {
    fn deliver(&mut self, message: &Leaving, before_data: &mut dyn FnMut() -> bool) -> Delivery {
        let arguments = self.arguments(message);
        let program = arguments.first().map(String::as_str).unwrap_or_default();
        // Looked at before anything is noted; what cannot be started all the same is refused for certain.
        if !Path::new(program).is_file() {
            return Delivery::NotTried(format!("there is no program {program}"));
        }
        // An address is never an option of the command.
        if let Some(address) = message
            .to
            .iter()
            .chain([&message.from])
            .find(|address| address.starts_with('-'))
        {
            return Delivery::NotTried(format!("the command would take {address} for an option"));
        }
        if !before_data() {
            return Delivery::NotTried("it is held back".into());
        }
        let ended = match process::run(&arguments, &message.bytes, self.limit) {
            Ok(ended) => ended,
            Err(error) => {
                return Delivery::Refused(format!("{program} cannot be started: {error}"));
            }
        };
        let said = if ended.said.is_empty() {
            String::new()
        } else {
            format!(": {}", ended.said)
        };
        match ended.status.map(|status| status.code()) {
            Some(Some(0)) => Delivery::Accepted(format!("{program} took it")),
            Some(Some(code)) => Delivery::Refused(format!("{program} ended with {code}{said}")),
            Some(None) => Delivery::Unknown(format!("{program} was killed{said}")),
            None => Delivery::Unknown(format!(
                "{program} did not end within {} s",
                self.limit.as_secs()
            )),
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn deliver(command: &[&str]) -> (Delivery, usize) {
        let command: Vec<String> = command.iter().map(|word| (*word).to_owned()).collect();
        let message = Leaving {
            from: "c@example.org".into(),
            to: vec!["a@b.example".into(), "d@e.example".into()],
            bytes: b"To: a@b.example\r\n\r\nx\r\n".to_vec(),
        };
        let mut asked = 0;
        let delivery =
            Sendmail::new(&command, Duration::from_secs(20)).deliver(&message, &mut || {
                asked += 1;
                true
            });
        (delivery, asked)
    }

    #[test]
    fn the_exit_code_is_the_answer() {
        assert_eq!(
            deliver(&["/bin/sh", "-c", "cat >/dev/null"]),
            (Delivery::Accepted("/bin/sh took it".into()), 1)
        );
        let refused = Delivery::Refused("/bin/sh ended with 75: try later".into());
        assert_eq!(
            deliver(&["/bin/sh", "-c", "echo one >&2; echo try later >&2; exit 75"]),
            (refused, 1)
        );
        assert_eq!(
            deliver(&["/bin/sh", "-c", "kill -9 $$"]),
            (Delivery::Unknown("/bin/sh was killed".into()), 1)
        );
        let nothing = Delivery::NotTried("there is no program /no/such/program".into());
        assert_eq!(
            deliver(&["/no/such/program"]),
            (nothing, 0),
            "found out before anything is noted"
        );
    }

    #[test]
    fn the_recipients_are_arguments_and_the_message_is_the_input() {
        let script = "read first; test \"$first\" = \"$(printf 'To: a@b.example\\r')\" && test \"$*\" = 'c@example.org -- a@b.example d@e.example'";
        let (delivery, _) = deliver(&["/bin/sh", "-c", script, "sh", "{from}", "--", "{to}"]);
        assert_eq!(delivery, Delivery::Accepted("/bin/sh took it".into()));
    }
}
