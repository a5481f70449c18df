//! The collection file of a client → its own pages, in the language of the ledger: contents, parties, late interest, history, messages,
//! plans; and the text that stands beside them in the folder.

use std::sync::Arc;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::locale::Locale;
use super::pdf::{Align, Column, Paper, Row, Total};
use super::statement::{self, Page};
use super::typeset::typeset;
use crate::compute::dossier::{Fact, Gap};
use crate::compute::interest::{Claim, Insolvent};
use crate::compute::issue::Words;
use crate::compute::late::{Basis, Segment};
use crate::ledger::amount::plain;
use crate::ledger::plan::Plan;

/// A part of the file.
#[derive(Debug, Clone, Default)]
pub struct Part {
    /// Its place in the folder.
    pub path: String,
    /// What it is: `statement` `interest` `parties` `invoice` … `quote` `message` `plan` `history`.
    pub what: &'static str,
    /// The document that it is about.
    pub number: String,
    /// Its title, in the file's language.
    pub title: String,
    /// Its day.
    pub date: Option<NaiveDate>,
    /// What is said of it.
    pub notes: Vec<Note>,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its pages as a PDF; none where it cannot be shown on pages.
    pub pages: Option<Vec<u8>>,
}

/// What is said of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// It is what was sent on a day.
    Sent(NaiveDate),
    /// It was made for this file, as no copy of what was sent is kept.
    Now,
    /// It is the quote as it was issued.
    Issued,
    /// The quote was accepted: when, and by whom if that is known.
    Accepted(NaiveDate, String),
}

impl Note {
    /// Returns it in a language.
    pub fn text(&self, locale: &Locale) -> String {
        let label = |name: &str| locale.label(name).replace("{colon}", &locale.entry("", ""));
        let (name, date, who) = match self {
            Self::Sent(day) => ("dossier_as_sent", Some(*day), ""),
            Self::Now => ("dossier_as_now", None, ""),
            Self::Issued => ("dossier_as_issued", None, ""),
            Self::Accepted(day, who) if who.is_empty() => ("dossier_accepted", Some(*day), ""),
            Self::Accepted(day, who) => ("dossier_accepted_by", Some(*day), who.as_str()),
        };
        let date = date.map(|day| locale.date(day)).unwrap_or_default();
        label(name).replace("{date}", &date).replace("{who}", who)
    }
}

/// What the pages are made from: the statement's page gives parties, design and standing.
pub struct Pages<'a> {
    /// The statement.
    pub statement: Page<'a>,
    /// The language.
    pub locale: Locale,
    /// How they look.
    pub design: Arc<super::pdf::design::Design>,
    /// Bytes of the seller's logo.
    pub logo: Option<Vec<u8>>,
}

impl Pages<'_> {
    fn label(&self, name: &str) -> String {
        self.locale
            .label(name)
            .replace("{colon}", &self.locale.entry("", ""))
    }

    fn day(&self, day: NaiveDate) -> String {
        self.locale.date(day).replace(' ', "\u{a0}")
    }

    fn column(&self, title: &str, align: Align, flexible: bool) -> Column {
        let point = (align == Align::Right)
            .then(|| self.locale.point().chars().next())
            .flatten();
        Column {
            title: self.label(title).replace(" {number}", ""),
            align,
            flexible,
            point,
        }
    }

    /// The account.
    pub fn statement(&self) -> Paper {
        let mut paper = statement::paper(&self.statement, &self.locale, &self.design);
        paper.logo.clone_from(&self.logo);
        paper
    }

    /// A page of the file with nothing on it but its head.
    fn blank(&self, title: &str, number: &str) -> Paper {
        let mut paper = self.statement();
        title.clone_into(&mut paper.kind);
        number.clone_into(&mut paper.number);
        paper.running = [title, number].join(" ");
        paper.running.truncate(paper.running.trim_end().len());
        paper.title = format!("{} - {}", paper.running, self.statement.client.name.value);
        paper.facts = vec![(self.label("date"), self.day(self.statement.to))];
        for party in &mut paper.parties {
            party.heading = self.label("dossier_debtor");
        }
        (paper.highlight, paper.rows, paper.totals, paper.pay) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        paper.columns = Vec::new();
        paper
    }

    fn done(&self, mut paper: Paper) -> Paper {
        typeset(&mut paper, self.locale.language);
        paper
    }

    /// The contents: each part with the page on which it begins (none: it is not among the pages), what the client owes, what is to be
    /// known, what is missing.
    pub fn index(
        &self,
        parts: &[(&Part, Option<usize>)],
        remarks: &[String],
        gaps: &[Gap],
    ) -> Paper {
        let whole = self.statement();
        let mut paper = self.blank(
            &self.label("dossier"),
            &self
                .label("as_of")
                .replace("{date}", &self.day(self.statement.to)),
        );
        (paper.highlight, paper.totals) = (whole.highlight, whole.totals);
        paper.columns = vec![
            self.column("position", Align::Right, false),
            self.column("dossier_item", Align::Left, true),
            self.column("date", Align::Left, false),
            self.column("dossier_page", Align::Right, false),
        ];
        for (at, (part, page)) in parts.iter().enumerate() {
            let mut detail: Vec<String> = part
                .notes
                .iter()
                .map(|note| note.text(&self.locale))
                .collect();
            if page.is_none() {
                detail.push(format!(
                    "{} ({})",
                    self.label("dossier_in_folder"),
                    part.path
                ));
            }
            let (date, page) = (
                part.date.map(|day| self.day(day)),
                page.map(|page| page.to_string()),
            );
            let cells = vec![
                (at + 1).to_string(),
                part.title.clone(),
                date.unwrap_or_default(),
                page.unwrap_or_default(),
            ];
            paper.rows.push(Row { cells, detail });
        }
        let mut note: Vec<String> = remarks.to_vec();
        note.extend(self.missing(gaps));
        paper.note = Some(note.join("\n"));
        self.done(paper)
    }

    /// What is missing, a line each, after a heading; or that nothing is.
    pub fn missing(&self, gaps: &[Gap]) -> Vec<String> {
        if gaps.is_empty() {
            return vec![self.label("dossier_complete")];
        }
        let heading = self
            .locale
            .entry(&self.label("dossier_missing"), "")
            .trim_end()
            .to_owned();
        let line = |gap: &Gap| format!("– {}", self.gap(gap));
        std::iter::once(heading)
            .chain(gaps.iter().map(line))
            .collect()
    }

    fn gap(&self, gap: &Gap) -> String {
        self.label(&format!("gap_{}", gap.word()))
            .replace("{about}", gap.about())
    }

    /// Both parties in full, line by line.
    pub fn parties(&self, creditor: &[String], debtor: &[String]) -> Paper {
        let mut paper = self.blank(&self.label("dossier_parties"), "");
        paper.columns = vec![
            self.column("dossier_creditor", Align::Left, true),
            self.column("dossier_debtor", Align::Left, false),
        ];
        paper.rows = vec![Row {
            cells: vec![creditor.join("\n"), debtor.join("\n")],
            detail: Vec::new(),
        }];
        self.done(paper)
    }

    /// Every stretch of days of late interest and what each document's claims come to, in rows that go on over pages; and what is
    /// left to claim, as the total.
    pub fn interest(&self, claims: &[Claim]) -> Paper {
        let mut paper = self.blank(&self.label("dossier_interest"), "");
        paper.columns = vec![
            self.column("document", Align::Left, true),
            self.column("dossier_days", Align::Right, false),
            self.column("dossier_principal", Align::Right, false),
            self.column("dossier_rate", Align::Right, false),
            self.column("line_plain", Align::Right, false),
        ];
        for claim in claims {
            paper.rows.extend(
                claim
                    .segments
                    .iter()
                    .map(|segment| self.stretch(claim, segment)),
            );
            let mut total = |name: &str, value: Decimal, currency| {
                if !value.is_zero() {
                    let label = self.label(name).replace("{number}", &claim.number);
                    let mut cells = vec![label, String::new(), String::new(), String::new()];
                    cells.push(self.locale.amount(value, currency));
                    paper.rows.push(Row {
                        cells,
                        detail: Vec::new(),
                    });
                }
            };
            total("dossier_interest_sum", claim.interest, claim.currency);
            total(
                "dossier_off",
                -(claim.interest - claim.interest_left()),
                claim.currency,
            );
            total("dossier_fee", claim.fee, claim.fee_currency);
            total(
                "dossier_off",
                -(claim.fee - claim.fee_left()),
                claim.fee_currency,
            );
        }
        let ends = self.ends(claims);
        paper.note = (!ends.is_empty()).then(|| ends.join("\n"));
        for (currency, interest, fee) in crate::compute::interest::sums(claims) {
            let value = self.locale.amount(interest + fee, currency);
            paper.totals.push(Total {
                label: self.label("dossier_claim"),
                value,
                strong: true,
            });
        }
        self.done(paper)
    }

    /// What is to be known of where the interest of claims ends: insolvency proceedings, a rate that is not known.
    pub fn ends(&self, claims: &[Claim]) -> Vec<String> {
        let mut lines = Vec::new();
        for claim in claims {
            let mut say = |name: &str, day: NaiveDate, key: &'static str, value: &str| {
                let values = [
                    ("number", claim.number.clone()),
                    ("date", self.locale.date(day)),
                    (key, value.to_owned()),
                ];
                lines.push(self.say(name, &values));
            };
            match &claim.insolvent {
                Some(Insolvent::Stopped { day, law }) => say("dossier_stopped", *day, "law", law),
                Some(Insolvent::Deferred { day, law }) => say("dossier_deferred", *day, "law", law),
                Some(Insolvent::Unknown { day, country }) => {
                    say("dossier_not_stopped", *day, "country", country);
                }
                None => {}
            }
            if claim.unknown.is_some() {
                say("dossier_counted_to", claim.counted_to(), "", "");
            }
        }
        lines
    }

    fn stretch(&self, claim: &Claim, segment: &Segment) -> Row {
        let days = self
            .label("dossier_from_to")
            .replace("{from}", &self.day(segment.from));
        let basis = match &segment.basis {
            Basis::Agreed => self.label("dossier_agreed"),
            Basis::Statutory(by) => {
                let text = self
                    .label("dossier_points")
                    .replace("{date}", &self.day(by.half_year));
                let mut reference = format!("{} {}", by.series, self.locale.percent(by.reference));
                if by.taken != by.reference {
                    reference.push_str(&format!(" ({})", self.locale.percent(by.taken)));
                }
                text.replace("{reference}", &reference)
                    .replace("{points}", &plain(by.points))
                    .replace("{law}", &by.law)
            }
        };
        let detail = vec![days.replace("{to}", &self.day(segment.to)), basis];
        let cells = vec![
            claim.number.clone(),
            segment.days.to_string(),
            self.locale.amount(segment.balance, claim.currency),
            self.locale.percent(segment.rate),
            // Rounded once, in the total: here as exact as it is read.
            self.locale.fixed(segment.interest, 4),
        ];
        Row { cells, detail }
    }

    /// All that happened, in order.
    pub fn history(&self, facts: &[Fact]) -> Paper {
        let mut paper = self.blank(&self.label("dossier_history"), "");
        paper.columns = vec![
            self.column("date", Align::Left, false),
            self.column("dossier_event", Align::Left, true),
            self.column("document", Align::Left, false),
            self.column("line_plain", Align::Right, false),
        ];
        paper.rows = facts.iter().map(|fact| self.fact(fact)).collect();
        self.done(paper)
    }

    fn fact(&self, fact: &Fact) -> Row {
        let name = self.label(&format!("event_{}", fact.word()));
        let mut what = if name.is_empty() {
            fact.word().to_owned()
        } else {
            name
        };
        let step = self.label(&format!("step_{}", fact.step));
        if !step.is_empty() {
            what = format!("{what} ({step})");
        }
        let amount = fact
            .amount
            .map(|(value, currency)| self.locale.amount(value, currency));
        let until = fact
            .until
            .filter(|_| !fact.is_message())
            .map(|day| format!("→ {}", self.day(day)));
        let more = [
            Some(fact.who.clone()),
            until,
            Some(fact.note.clone()),
            Some(fact.file.clone()),
        ];
        let detail = more
            .into_iter()
            .flatten()
            .filter(|text| !text.is_empty())
            .collect();
        Row {
            cells: vec![
                self.day(fact.date),
                what,
                fact.document.clone(),
                amount.unwrap_or_default(),
            ],
            detail,
        }
    }

    /// A plan's instalments.
    pub fn plan(&self, plan: &Plan, amount: impl Fn(Decimal) -> String) -> Paper {
        let mut paper = self.blank(&self.label("dossier_plan"), &plan.number);
        paper.facts = vec![(self.label("dossier_agreed_on"), self.day(plan.agreed))];
        paper.subject = Some(
            plan.documents
                .iter()
                .map(|number| number.value.as_str())
                .collect::<Vec<_>>()
                .join(", "),
        );
        paper.columns = vec![
            self.column("due", Align::Left, true),
            self.column("line_plain", Align::Right, false),
        ];
        let row = |due: NaiveDate, value: Decimal| Row {
            cells: vec![self.day(due), amount(value)],
            detail: Vec::new(),
        };
        paper.rows = plan
            .instalments
            .iter()
            .map(|part| row(part.due, part.amount))
            .collect();
        self.done(paper)
    }

    /// A message as it was sent: its headers, its text, the names of what was attached.
    pub fn message(
        &self,
        title: &str,
        date: NaiveDate,
        headers: &[(&str, String)],
        text: &str,
        file: (&str, &str),
    ) -> Paper {
        let mut paper = self.blank(title, "");
        paper.facts = vec![(self.label("date"), self.day(date))];
        paper.facts.extend(
            headers
                .iter()
                .map(|(name, value)| (self.label(name), value.clone())),
        );
        paper.text = text
            .trim()
            .split("\n\n")
            .map(|paragraph| paragraph.trim_end().to_owned())
            .collect();
        paper.mentions = vec![
            file.0.to_owned(),
            self.locale.entry(&self.label("dossier_digest"), file.1),
        ];
        self.done(paper)
    }

    /// The file's text beside its parts: contents, what is to be known, what is missing.
    pub fn readme(&self, parts: &[&Part], remarks: &[String], gaps: &[Gap]) -> String {
        let (client, to) = (&self.statement.client.name.value, self.statement.to);
        let title = format!(
            "{} - {client} - {}",
            self.label("dossier"),
            self.locale.date(to)
        );
        let mut text = format!("{title}\n{}\n\n", "=".repeat(title.chars().count()));
        text.push_str(&format!("dossier.pdf\n    {}\n", self.label("dossier")));
        for part in parts {
            let notes: String = part
                .notes
                .iter()
                .map(|note| format!("; {}", note.text(&self.locale)))
                .collect();
            text.push_str(&format!("{}\n    {}{notes}\n", part.path, part.title));
        }
        let lines = remarks.iter().cloned().chain(self.missing(gaps));
        text.push('\n');
        text.extend(lines.map(|line| line + "\n"));
        text.replace('\u{a0}', " ")
    }

    /// A sentence of the file's language: `{date}` `{who}` `{number}` `{amount}` are filled in.
    pub fn say(&self, name: &str, values: &[(&str, String)]) -> String {
        values.iter().fold(self.label(name), |text, (key, value)| {
            text.replace(&format!("{{{key}}}"), value)
        })
    }
}
