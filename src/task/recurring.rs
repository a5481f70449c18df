//! Templates of what is invoiced again: judged before anything is made of them; which of their periods are due, made, left out, or billed
//! under another name.

use std::collections::HashSet;

use chrono::NaiveDate;

use super::load::{self, Bench};
use super::record::{Book, Recorder};
use crate::check::recurring::{days, ids, said, twice};
use crate::compute::recurring::{Turn, elsewhere, turns};
use crate::diagnostic::{Diagnostic, Diagnostics, code, nearest};
use crate::ledger::date::plus_days;
use crate::ledger::event_kind::EventKind;
use crate::ledger::recurring::{Billed, Template};
use crate::source::Source;
use crate::view::toml;

/// So many days ahead a period can be left out.
const AHEAD: i64 = 3660;

/// Says which of some templates can never make anything, whose client is unknown, and which of all have one id.
pub fn check(templates: &[Template], all: &[Template], bench: &Bench, problems: &mut Diagnostics) {
    for template in templates {
        // What is wrong with a client's file matters once something is made for that client.
        if bench.clients.broken(&template.draft.client).is_none()
            && let Err(found) = load::client_of(&template.draft, &bench.clients)
        {
            problems.extend(found);
        }
        if let Some(problem) = days(template) {
            problems.push(problem);
        }
    }
    problems.extend_list(ids(all));
}

/// What is known of the periods of templates.
#[derive(Debug, Default)]
pub struct Periods {
    /// The periods that documents and drafts bill.
    billed: Vec<Billed>,
    /// The names of those periods.
    made: HashSet<String>,
    /// The periods that are left out, by the events that say so.
    skipped: HashSet<String>,
}

impl Periods {
    /// Reads what issued documents, drafts and events say. A document that is not what was issued, and what is wrong with rows of the
    /// register and of events, is added to the source's problems.
    pub fn read(source: &mut Source) -> Self {
        let mut billed = source.billed();
        billed.extend(source.drafts().into_iter().filter_map(|draft| {
            let period = draft.period.map(|period| (period.from, period.to));
            Some(Billed {
                key: draft.recurring?,
                by: draft.name,
                is_draft: true,
                client: draft.client.value,
                period,
            })
        }));
        let mut skipped = HashSet::new();
        source.events(|event| {
            if event.kind == EventKind::Skipped {
                skipped.insert(event.note.to_owned());
            }
        });
        let made = billed.iter().map(|billed| billed.key.clone()).collect();
        Self {
            billed,
            made,
            skipped,
        }
    }

    /// Tells whether a document or a draft bills a period.
    pub fn is_made(&self, template: &Template, turn: &Turn) -> bool {
        self.made.contains(&turn.key(template))
    }

    /// Tells whether a period is left out.
    pub fn is_skipped(&self, template: &Template, turn: &Turn) -> bool {
        self.skipped.contains(&turn.key(template))
    }

    /// Returns the periods of these templates whose day is at most `until` and which nothing was made of, in the order of their days. Each
    /// comes with what bills it under another name; `all` are the templates of the ledger.
    pub fn due<'t>(
        &mut self,
        templates: &'t [Template],
        all: &[Template],
        until: NaiveDate,
    ) -> Vec<Due<'t>> {
        let mut open: Vec<(&Template, Turn)> = templates
            .iter()
            .flat_map(|template| {
                let turns = turns(template, until).into_iter();
                turns.map(move |turn| (template, turn))
            })
            .filter(|(template, turn)| {
                !self.is_made(template, turn) && !self.is_skipped(template, turn)
            })
            .collect();
        open.sort_by(|a, b| (a.1.day, &a.0.name).cmp(&(b.1.day, &b.0.name)));
        let mut due = Vec::with_capacity(open.len());
        for (template, turn) in open {
            let elsewhere = elsewhere(template, &turn, &self.billed, all).cloned();
            // A copy of this template, with a period that is due as well, bills it a second time.
            self.billed.push(Billed {
                key: turn.key(template),
                by: format!("{}-{}", template.name, turn.name()),
                is_draft: true,
                client: template.draft.client.value.clone(),
                period: Some((turn.from, turn.to)),
            });
            let copied = elsewhere.as_ref().and_then(|other| {
                let id = other.parts().0;
                let is_it = |known: &&Template| known.id == id && id != template.id;
                all.iter().find(is_it).map(|known| known.name.clone())
            });
            due.push(Due {
                template,
                turn,
                elsewhere,
                copied,
            });
        }
        due
    }
}

/// A period that is due.
#[derive(Debug, Clone)]
pub struct Due<'t> {
    /// The template.
    pub template: &'t Template,
    /// The period.
    pub turn: Turn,
    /// What bills it under another name.
    pub elsewhere: Option<Billed>,
    /// The name of the template that does, where that is there and this one is a copy of it.
    pub copied: Option<String>,
}

impl Due<'_> {
    /// Returns the problem of a period that is billed under another name.
    pub fn twice(&self, other: &Billed) -> Diagnostic {
        twice(self.template, &self.turn, other, self.copied.as_deref())
    }

    /// Returns the question whether a period that is billed under another name is to be drafted as well.
    pub fn question(&self, other: &Billed) -> String {
        format!(
            "{}: draft {} as well?",
            said(other),
            self.turn.key(self.template)
        )
    }

    /// Returns the text of its draft: the template's with the period in the place of the placeholders.
    pub fn text(&self, bench: &Bench) -> String {
        let (template, turn) = (self.template, &self.turn);
        let locale = bench.locale(&template.draft);
        let mut head = toml::Text::default();
        head.text("recurring", &turn.key(template));
        if template.draft.period.is_none() && template.draft.delivered.is_none() {
            head.raw(
                "period",
                format!("{{ from = {}, to = {} }}", turn.from, turn.to),
            );
        }
        let body = template
            .text
            .replace("{month}", locale.month(turn.from))
            .replace("{year}", &turn.from.format("%Y").to_string())
            .replace("{period}", &locale.turn(turn));
        head.finish() + body.trim_start_matches(['\n', '\r'])
    }

    /// Names template and period in problems of a text that stands in no file.
    pub fn named(&self, found: Diagnostics) -> Diagnostics {
        let mut named = Diagnostics::default();
        for problem in found.sorted() {
            let message = format!("{}: {}", self.turn.key(self.template), problem.message);
            named.push(Diagnostic {
                message,
                span: Some(self.template.span),
                ..problem
            });
        }
        named
    }
}

/// Returns the problem of a name that no template has.
pub fn unknown(name: &str, templates: &[Template]) -> Diagnostic {
    let known = templates.iter().map(|template| template.name.as_str());
    let hint = match nearest(name, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`acquit recurring list` shows the templates".to_owned(),
    };
    let message = format!("there is no template `{name}` in recurring/");
    Diagnostic::error(code::DRAFT_UNKNOWN, message).hint(hint)
}

/// Plans the events that leave periods of a template out; `names` are those of the periods, as `2026-12`. What stands against one of them
/// is added to the problems: it is none, it was made, or it is left out already.
pub fn skip(
    template: &Template,
    names: &[String],
    note: &Periods,
    today: NaiveDate,
    source: &mut Source,
    problems: &mut Diagnostics,
) -> Recorder {
    let all = turns(template, plus_days(today, AHEAD));
    let mut recorder = Recorder::default();
    for (at, name) in names.iter().enumerate() {
        let mut wrong = |code, message: String, hint: String| {
            problems.push(Diagnostic::error(code, message).hint(hint));
        };
        let Some(turn) = all.iter().find(|turn| turn.name() == *name) else {
            let open = |turn: &&Turn| turn.day >= today && !note.is_made(template, turn);
            let next: Vec<String> = all.iter().filter(open).take(3).map(Turn::name).collect();
            let hint = if next.is_empty() {
                format!("recurring/{}.toml has no period to come", template.name)
            } else {
                format!("its next periods are {}", next.join(", "))
            };
            let message = format!("`{name}` is no period of {}", template.name);
            wrong(code::RECURRING_PERIOD, message, hint);
            continue;
        };
        let key = turn.key(template);
        if let Some(made) = note.billed.iter().find(|billed| billed.key == key) {
            let hint = if made.is_draft {
                format!("remove drafts/{}.toml first", made.by)
            } else {
                format!("`acquit credit {}` takes an issued document back", made.by)
            };
            let message = format!("{key} was made: {}", said(made));
            wrong(code::EVENT_STATE, message, hint);
        } else if note.is_skipped(template, turn) || names[..at].contains(name) {
            let hint = "nothing needs to be done".to_owned();
            wrong(
                code::EVENT_STATE,
                format!("{key} is left out already"),
                hint,
            );
        } else {
            let row = vec![
                ("kind", EventKind::Skipped.word().to_owned()),
                ("client", template.draft.client.value.clone()),
                ("note", key),
            ];
            recorder.add(source, Book::Events, today, &[row]);
        }
    }
    recorder
}
