//! Messages to clients: Tera templates, a folder a language. Amounts and dates arrive as finished text: templates cannot compute.

use std::cell::RefCell;
use std::collections::BTreeMap;

use tera::{Context, Tera};

use super::budget::{Counted, Page, Work, counted, nesting};
use super::message::Message;
use super::sample::{Situation, sample};
use super::typeset::tied;
use crate::ledger::party::Language;

/// The templates of a language, by their names.
macro_rules! templates {
    ($language:literal: $($name:literal)*) => {
        ($language, &[$(($name, include_str!(concat!("../../templates/", $language, "/", $name)))),*])
    };
}

/// The templates of every language.
macro_rules! languages {
    ($($language:literal)*) => {
        &[$(templates!($language:
            "invoice.txt"
            "credit.txt"
            "quote.txt"
            "reminder-upcoming.txt"
            "reminder-due.txt"
            "reminder-first.txt"
            "reminder-second.txt"
            "reminder-final.txt"
            "formal-notice.txt"
            "thanks.txt"
            "plan.txt"
            "dispute.txt"
            "sms.txt"
            "call.txt"
        )),*]
    };
}

/// A template's name and text.
type Named = (&'static str, &'static str);

/// The built-in templates, by language.
const BUILT_IN: &[(&str, &[Named])] = languages!("fr" "en" "de" "es" "it" "nl");

/// The names of the built-in templates.
pub fn names() -> Vec<&'static str> {
    BUILT_IN
        .first()
        .map(|(_, list)| list.iter().map(|(name, _)| *name).collect())
        .unwrap_or_default()
}

/// The built-in templates: language, name, text.
pub fn built_in() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    BUILT_IN
        .iter()
        .flat_map(|(language, list)| list.iter().map(|(name, text)| (*language, *name, *text)))
}

/// What is wrong with a template: its name, the place (line from 1) if known, the sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateError {
    /// `fr/reminder-first.txt`.
    pub name: String,
    /// Whether its syntax is wrong (else it fails to render).
    pub is_syntax: bool,
    /// First byte of the place, and one past the last.
    pub range: Option<(usize, usize)>,
    /// The sentence.
    pub message: String,
}

/// The templates of a ledger: the built-in ones, under the ledger's own.
#[derive(Debug)]
pub struct Templates {
    texts: BTreeMap<String, String>,
    /// Those that were rendered before: reading a template costs more than rendering it.
    read: RefCell<BTreeMap<String, Read>>,
}

/// A template that was read.
#[derive(Debug)]
struct Read {
    tera: Tera,
    counted: Counted,
    work: Work,
}

impl Templates {
    /// Starts with the built-in templates; `own` are (path such as `fr/reminder-first.txt`, text).
    pub fn new(own: Vec<(String, String)>) -> Self {
        let mut texts: BTreeMap<String, String> = built_in()
            .map(|(language, name, text)| (format!("{language}/{name}"), text.to_owned()))
            .collect();
        texts.extend(own);
        Self {
            texts,
            read: RefCell::default(),
        }
    }

    /// Renders a template in a language.
    ///
    /// # Errors
    /// Says what is wrong with the template.
    pub fn render(
        &self,
        language: Language,
        name: &str,
        message: &Message,
    ) -> Result<String, TemplateError> {
        let wanted = format!("{}/{name}", language.code());
        let path = if self.texts.contains_key(&wanted) {
            wanted
        } else {
            format!("en/{name}")
        };
        self.render_path(&path, language, message)
    }

    /// Renders every template with a sample: returns what is wrong.
    pub fn check(&self) -> Vec<TemplateError> {
        let broken = |path: &String| {
            let language = path
                .split('/')
                .next()
                .and_then(Language::parse)
                .unwrap_or(Language::En);
            self.render_path(path, language, &sample(language, Situation::FULL))
                .err()
        };
        self.texts.keys().filter_map(broken).collect()
    }

    /// Returns the text of a template in a language.
    pub fn text(&self, language: Language, name: &str) -> Option<&str> {
        self.texts
            .get(&format!("{}/{name}", language.code()))
            .map(String::as_str)
    }

    fn render_path(
        &self,
        path: &str,
        language: Language,
        message: &Message,
    ) -> Result<String, TemplateError> {
        let error = |is_syntax, range, message| TemplateError {
            name: path.to_owned(),
            is_syntax,
            range,
            message,
        };
        if !self.read.borrow().contains_key(path) {
            let read = self.read_path(path)?;
            self.read.borrow_mut().insert(path.to_owned(), read);
        }
        let read = self.read.borrow();
        let read = read
            .get(path)
            .ok_or_else(|| error(true, None, "there is no such template".into()))?;
        let context = Context::from_serialize(message)
            .map_err(|problem| error(false, None, problem.to_string()))?;
        read.work.reset();
        let mut page = Page::default();
        let rendered = read.tera.render_to(path, &context, &mut page);
        rendered.map_err(|problem| {
            let (range, message) = describe(&problem);
            error(false, range.map(|range| read.counted.range(range)), message)
        })?;
        Ok(tidy(&page.text(), language))
    }

    /// Reads the text of a template.
    fn read_path(&self, path: &str) -> Result<Read, TemplateError> {
        let error = |is_syntax, range, message| TemplateError {
            name: path.to_owned(),
            is_syntax,
            range,
            message,
        };
        let text = self
            .texts
            .get(path)
            .ok_or_else(|| error(true, None, "there is no such template".into()))?;
        if nesting(text) > 3 {
            return Err(error(
                true,
                None,
                "loops are nested more than three deep".into(),
            ));
        }
        let counted =
            counted(text).map_err(|refused| error(true, Some(refused.range), refused.message))?;
        let work = Work::default();
        let read = |text: &str| {
            let mut tera = Tera::new();
            work.register(&mut tera);
            let added = tera.add_raw_template(path, text).map(|()| tera);
            added.map_err(|problem| {
                let (range, message) = describe(&problem);
                error(true, range, message)
            })
        };
        // What is wrong with a template is said of it as it was written.
        let tera = read(&counted.text).or_else(|wrong| read(text).and(Err(wrong)))?;
        Ok(Read {
            tera,
            counted,
            work,
        })
    }
}

/// Splits a message into its subject, the first line without the word before its colon (`Objet : `), and its body.
pub fn subject_and_body(text: &str) -> (&str, &str) {
    let (first, body) = text.split_once('\n').unwrap_or((text, ""));
    let subject = match first.split_once(':') {
        Some((word, rest)) if !word.trim().contains(char::is_whitespace) => rest,
        _ => first,
    };
    (subject.trim(), body.trim_start_matches('\n'))
}

/// Takes off spaces at the ends of lines, leaves one empty line where a template gave several, and ties signs to what they belong to.
fn tidy(text: &str, language: Language) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.trim().lines().map(str::trim_end) {
        if !line.is_empty() || !out.ends_with("\n\n") {
            out.push_str(&tied(line, language));
            out.push('\n');
        }
    }
    out
}

/// Returns the place and sentence of a Tera error, innermost cause last.
fn describe(error: &tera::Error) -> (Option<(usize, usize)>, String) {
    use std::error::Error;
    let mut message = first_line(&error.to_string())
        .trim_start_matches("error: ")
        .to_owned();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let text = first_line(&inner.to_string());
        if !message.contains(&text) {
            message = format!("{message}: {text}");
        }
        cause = inner.source();
    }
    let range = match error.kind() {
        tera::ErrorKind::SyntaxError(report) | tera::ErrorKind::RenderingError(report) => {
            let range = &report.span().range;
            report.message().clone_into(&mut message);
            Some((range.start, range.end))
        }
        _ => None,
    };
    (range, message)
}

fn first_line(text: &str) -> String {
    text.lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default()
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::sample::Case;
    use super::super::sms::sms;
    use super::*;

    #[test]
    fn every_built_in_template_renders() {
        assert_eq!(Templates::new(Vec::new()).check(), []);
    }

    /// A text of a template, printed where a test fails.
    struct Place<'p>(&'p str, &'p str, Situation, &'p str);

    impl std::fmt::Display for Place<'_> {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            let Self(code, name, situation, text) = self;
            write!(f, "{code}/{name} {situation:?}:\n{text}")
        }
    }

    /// What is asked of a text whatever its message says.
    fn reads_well(language: Language, text: &str, place: &Place<'_>) {
        // Words of English that none of the other languages has.
        let english = [
            "the",
            "payment",
            "invoice",
            "please",
            "you",
            "received",
            "reminder",
            "outstanding",
            "days",
        ];
        assert!(
            !text.contains("\n\n\n") && !text.starts_with('\n') && text.ends_with('\n'),
            "{place}"
        );
        for wrong in [
            "{{", "{%", "}}", "{", "None", "()", "(;", " ,", ",,", " .", "..", "!", " )", "( ",
        ] {
            assert!(!text.contains(wrong), "{wrong} in {place}");
        }
        for line in text.lines().filter(|line| !line.is_empty()) {
            let spaces = |c: char| matches!(c, ' ' | '\u{a0}');
            let words = line.trim_start().split(spaces);
            assert!(
                !line.ends_with(spaces) && words.clone().all(|word| !word.is_empty()),
                "{place}"
            );
            let doubled = words
                .clone()
                .zip(words.skip(1))
                .any(|(one, next)| one == next && one != "nous" && !one.contains(char::is_numeric));
            assert!(!doubled, "a word twice in {line} of {place}");
        }
        // French never ends a line before its high punctuation, nor a figure before its sign.
        for loose in [" :", " ;", " ?", " »", "« ", " €", " %"] {
            assert!(
                language != Language::Fr || !text.contains(loose),
                "{loose} in {place}"
            );
        }
        if language != Language::En {
            let words: Vec<String> = text
                .split(|c: char| !c.is_alphanumeric())
                .map(str::to_lowercase)
                .collect();
            assert!(
                !english
                    .iter()
                    .any(|word| words.iter().any(|own| own == word)),
                "{place}"
            );
        }
    }

    #[test]
    fn every_template_reads_well_in_every_situation() {
        let templates = Templates::new(Vec::new());
        let mut known: HashSet<String> = HashSet::new();
        for (code, language) in Language::WORDS {
            for situation in Situation::all() {
                let message = sample(*language, situation);
                for name in names() {
                    let text = templates.render(*language, name, &message).unwrap();
                    let place = Place(code, name, situation, &text);
                    // Many situations make the same text of a template.
                    if known.insert(format!("{code}/{name} {text}")) {
                        reads_well(*language, &text, &place);
                    }
                    assert_eq!(hanging(&text, &message), None, "{place}");
                    let is_message = !matches!(name, "sms.txt" | "call.txt");
                    let (subject, body) = subject_and_body(&text);
                    assert!(
                        !is_message
                            || (text.starts_with(SUBJECTS[code_at(code)]) && !subject.is_empty()),
                        "{place}"
                    );
                    assert!(!is_message || text.lines().nth(1) == Some(""), "{place}");
                    // What a message is about, how to pay and who writes stand in it.
                    assert!(
                        text.contains("F2026-0042") || message.items.len() > 1,
                        "{place}"
                    );
                    // On a letter for signature the page itself shows who writes.
                    let is_signed = situation.letter && name == "formal-notice.txt";
                    assert!(text.contains("Camille Durand EI") || is_signed, "{place}");
                    if name.starts_with("reminder") || name == "formal-notice.txt" {
                        assert!(situation.ways == 0 || body.contains("IBAN"), "{place}");
                        for item in &message.items {
                            for said in [
                                &item.number,
                                &item.issued,
                                &item.due,
                                &item.balance,
                                &item.note,
                            ] {
                                assert!(body.contains(said.as_str()), "{said} in {place}");
                            }
                        }
                        let is_one = message.items.len() == 1;
                        assert!(
                            body.contains(&message.total)
                                || is_one && message.total == message.items[0].balance
                        );
                        // What is asked for is the instalment: the whole is not named beside its due date.
                        let is_instalment = situation.case == Case::Instalment;
                        assert!(
                            !is_instalment || !body.contains(&message.items[0].gross),
                            "{place}"
                        );
                        let what = message.items[0].what.to_lowercase();
                        assert!(!is_one || text.to_lowercase().contains(&what), "{place}");
                    }
                    if matches!(name, "reminder-final.txt" | "formal-notice.txt")
                        && situation.claims
                    {
                        for said in [&message.interest, &message.fee, &message.total_with_claims] {
                            assert!(body.contains(said.as_str()), "{said} in {place}");
                        }
                    }
                    if matches!(name, "sms.txt" | "call.txt") {
                        assert!(text.contains(&message.total), "{place}");
                    }
                }
            }
        }
    }

    #[test]
    fn thanks_without_a_payment_name_none() {
        let templates = Templates::new(Vec::new());
        for (code, language) in Language::WORDS {
            let nothing = String::new();
            let message = Message {
                received: nothing.clone(),
                received_on: nothing,
                ..sample(*language, Situation::FULL)
            };
            let text = templates.render(*language, "thanks.txt", &message).unwrap();
            assert!(
                !text.lines().any(|line| line.trim_start().contains("  ")),
                "{code}: {text}"
            );
        }
    }

    /// A line that announces something which does not follow: its colon stands before an empty line and another sentence.
    fn hanging<'t>(text: &'t str, message: &Message) -> Option<&'t str> {
        let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
        let follows = |line: &str| {
            let is_way = message.pay.iter().any(|way| way.label == line);
            is_way
                || line.starts_with("- ")
                || line.starts_with("  ")
                || line.contains(char::is_numeric)
        };
        // The Spanish salutation ends with a colon.
        let is_announced =
            |pair: &&[&str]| pair[0].ends_with(':') && pair[0] != "Estimados señores:";
        lines
            .windows(2)
            .filter(is_announced)
            .find(|pair| !follows(pair[1]))
            .map(|pair| pair[0])
    }

    #[test]
    fn a_text_message_about_one_late_invoice_takes_two_parts_at_most() {
        let templates = Templates::new(Vec::new());
        for (code, language) in Language::WORDS {
            for case in [Case::One, Case::Instalment, Case::Disputed] {
                let message = sample(
                    *language,
                    Situation {
                        case,
                        ..Situation::FULL
                    },
                );
                let sms = sms(&templates.render(*language, "sms.txt", &message).unwrap());
                assert!(
                    sms.is_gsm && sms.parts <= 2,
                    "{code}: {} {}",
                    sms.size(),
                    sms.text
                );
            }
        }
    }

    const SUBJECTS: [&str; 6] = [
        "Objet\u{a0}: ",
        "Subject: ",
        "Betreff: ",
        "Asunto: ",
        "Oggetto: ",
        "Onderwerp: ",
    ];

    fn code_at(code: &str) -> usize {
        Language::WORDS
            .iter()
            .position(|(known, _)| *known == code)
            .unwrap()
    }

    /// INVOICING-LAW §3.2: what a formal notice must hold.
    #[test]
    fn a_formal_notice_says_all_that_the_law_asks() {
        let words = [
            "Mise en demeure",
            "Formal notice",
            "Förmliche Mahnung",
            "Requerimiento formal",
            "Messa in mora",
            "Ingebrekestelling",
        ];
        for (code, language) in Language::WORDS {
            let full = Situation {
                case: Case::Several,
                ..Situation::FULL
            };
            let message = sample(*language, full);
            let text = Templates::new(Vec::new())
                .render(*language, "formal-notice.txt", &message)
                .unwrap();
            assert!(
                subject_and_body(&text).0.starts_with(words[code_at(code)]),
                "{code}: {text}"
            );
            let said = [
                &message.place,
                &message.today,
                &message.total,
                &message.interest,
                &message.daily_interest,
                &message.fee,
            ];
            let more = [
                &message.total_with_claims,
                &message.iban,
                &message.reference,
                &message.notice,
                &message.seller,
            ];
            for part in said
                .into_iter()
                .chain(more)
                .chain(&message.seller_lines)
                .chain(&message.client_lines)
            {
                assert!(
                    !part.is_empty() && text.contains(part.as_str()),
                    "{code}: {part} in\n{text}"
                );
            }
            assert!(
                text.contains(&format!(" {} ", message.deadline)),
                "{code}: {text}"
            );
            for item in &message.items {
                for part in [
                    &item.number,
                    &item.origin,
                    &item.issued,
                    &item.due,
                    &item.late,
                    &item.gross,
                    &item.balance,
                ] {
                    assert!(text.contains(part.as_str()), "{code}: {part} in\n{text}");
                }
            }
            let reminder = &message.reminders[0];
            assert!(
                text.contains(&reminder.date) && text.contains(&reminder.step),
                "{code}: {text}"
            );
            assert!(
                text.contains(&message.payments[0].date)
                    && text.contains(&message.segments[0].rate),
                "{code}: {text}"
            );
            // On a letter the page shows the parties, place and day.
            let letter = sample(
                *language,
                Situation {
                    letter: true,
                    ..full
                },
            );
            let letter = Templates::new(Vec::new())
                .render(*language, "formal-notice.txt", &letter)
                .unwrap();
            assert!(
                !letter.contains(&message.seller_lines[1]),
                "{code}: {letter}"
            );
        }
    }

    #[test]
    fn a_subject_is_the_first_line_without_its_word() {
        assert_eq!(
            subject_and_body("Objet\u{a0}: A : b\n\nText\n"),
            ("A : b", "Text\n")
        );
        assert_eq!(
            subject_and_body("Two words: c\nText"),
            ("Two words: c", "Text")
        );
        assert_eq!(subject_and_body("Alone"), ("Alone", ""));
    }

    #[test]
    fn a_missing_variable_and_an_endless_loop_are_errors() {
        let own = |text: &str| {
            Templates::new(vec![("fr/reminder-first.txt".into(), text.into())]).check()
        };
        let missing = own("Bonjour {{ clinet }},\n");
        assert_eq!(missing.len(), 1);
        assert!(missing[0].message.contains("clinet"), "{missing:?}");
        assert_eq!(missing[0].range, Some((11, 17)));
        assert!(
            own("{% for n in range(end=99999999999) %}x{% endfor %}")[0]
                .message
                .contains("100 numbers")
        );
        let deep = "{% for a in range(end=99) %}".repeat(6) + "x" + &"{% endfor %}".repeat(6);
        assert!(own(&deep)[0].message.contains("three deep"));
        assert!(own("{{ client ")[0].is_syntax);
        // Amounts are text: no template computes with them.
        assert!(!own("{{ total + 1 }}").is_empty());
    }
}
