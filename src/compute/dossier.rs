//! The collection file of a client or a document: what belongs to it, what happened, and what is missing.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::ledger::book::{Event, Part, Payment};
use crate::ledger::books::{Entry, Ledger};
use crate::ledger::currency::Currency;
use crate::ledger::document::{Document, DocumentType};
use crate::ledger::event_kind::EventKind;
use crate::ledger::party::{Client, ClientKind};

/// Something that happened: a row of events, or of payments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// When.
    pub date: NaiveDate,
    /// The kind of event; none: a payment.
    pub kind: Option<EventKind>,
    /// The document; empty: none in particular.
    pub document: String,
    /// The reminder's step.
    pub step: String,
    /// The message's channel; a payment's method.
    pub channel: String,
    /// An amount.
    pub amount: Option<(Decimal, Currency)>,
    /// What a payment pays.
    pub part: Option<Part>,
    /// Until when.
    pub until: Option<NaiveDate>,
    /// Who.
    pub who: String,
    /// The message's file.
    pub file: String,
    /// Its digest.
    pub sha256: String,
    /// A note; the payer's reference.
    pub note: String,
}

impl Fact {
    fn of_payment(payment: &Payment<'_>) -> Self {
        Self {
            date: payment.date,
            kind: None,
            document: payment.document.to_owned(),
            step: String::new(),
            channel: payment.method.word().to_owned(),
            amount: Some((payment.amount, payment.currency)),
            part: Some(payment.part),
            until: None,
            who: String::new(),
            file: String::new(),
            sha256: String::new(),
            note: payment.reference.to_owned(),
        }
    }

    fn of_event(event: &Event<'_>) -> Self {
        Self {
            date: event.date,
            kind: Some(event.kind),
            document: event.document.to_owned(),
            step: event.step.to_owned(),
            channel: event.channel.to_owned(),
            amount: event.amount.zip(event.currency),
            part: None,
            until: event.until,
            who: event.who.to_owned(),
            file: event.file.to_owned(),
            sha256: event.sha256.to_owned(),
            note: event.note.to_owned(),
        }
    }

    /// Returns the word of what it is.
    pub fn word(&self) -> &'static str {
        self.kind.map_or("payment", EventKind::word)
    }

    /// Tells whether a message left: an invoice, a reminder, a letter.
    pub fn is_message(&self) -> bool {
        self.kind.is_some_and(EventKind::is_message)
    }

    /// Tells whether a document itself left.
    pub fn is_document(&self) -> bool {
        self.kind == Some(EventKind::Sent) && self.step.is_empty()
    }

    /// Tells whether a reminder left.
    pub fn is_reminder(&self) -> bool {
        self.kind.is_some_and(EventKind::is_reminder)
            || (self.kind == Some(EventKind::Sent) && !self.step.is_empty())
    }

    /// Tells whether a formal notice left.
    pub fn is_notice(&self) -> bool {
        self.is_reminder() && self.step == "formal"
    }
}

/// The client's documents, and all that happened, up to a day.
#[derive(Debug)]
pub struct Case {
    /// Number, type and what it names, in order of issue.
    rows: Vec<(String, DocumentType, Vec<String>)>,
    facts: Vec<Fact>,
}

impl Case {
    /// Returns the documents of which a formal notice left and no receipt of it is known, in the order of issue.
    pub fn unreceived(&self) -> Vec<String> {
        let numbers = self.rows.iter().map(|(number, ..)| number);
        let is_unreceived = |number: &&String| {
            let own = || self.facts.iter().filter(|fact| fact.document == **number);
            let notice = own().filter(|fact| fact.is_notice()).map(|fact| fact.date);
            notice.max().is_some_and(|day| {
                !own().any(|fact| fact.kind == Some(EventKind::Delivered) && fact.date >= day)
            })
        };
        numbers.filter(is_unreceived).cloned().collect()
    }

    /// Gathers the case of a client as of a day.
    pub fn of(ledger: &Ledger, client: &str, today: NaiveDate) -> Self {
        let row = |entry: Entry<'_>| {
            let refs = entry.references().map(str::to_owned).collect();
            (entry.number.to_owned(), entry.kind, refs)
        };
        let own = |entry: &Entry<'_>| entry.client == client && entry.issued <= today;
        let payments = ledger
            .payments()
            .filter(|payment| payment.client == client && payment.date <= today)
            .map(|payment| Fact::of_payment(&payment));
        let events = ledger
            .events()
            .filter(|event| event.client == client && event.date <= today)
            // What was never asked for is no part of the case.
            .filter(|event| event.kind != EventKind::Skipped)
            .map(|event| Fact::of_event(&event));
        Self {
            rows: ledger.documents().filter(own).map(row).collect(),
            facts: payments.chain(events).collect(),
        }
    }

    /// Returns the numbers of all documents, in order of issue.
    pub fn numbers(&self) -> Vec<String> {
        self.rows
            .iter()
            .map(|(number, ..)| number.clone())
            .collect()
    }

    /// Returns these documents with all that belongs to them, in order of issue: the deposits that a final takes into account, credit
    /// notes, correctives. Through a credit note over several documents no other document comes in.
    pub fn family(&self, numbers: &[String]) -> Vec<String> {
        let known: BTreeMap<&str, (DocumentType, &[String])> = self
            .rows
            .iter()
            .map(|(number, kind, refs)| (number.as_str(), (*kind, refs.as_slice())))
            .collect();
        let mut found: BTreeSet<&str> = BTreeSet::new();
        let mut open: Vec<&str> = numbers.iter().map(String::as_str).collect();
        while let Some(number) = open.pop() {
            let Some((kind, refs)) = known.get(number).filter(|_| !found.contains(number)) else {
                continue;
            };
            found.insert(number);
            let is_asked = numbers.iter().any(|asked| asked == number);
            if *kind != DocumentType::Credit || is_asked {
                open.extend(refs.iter().map(String::as_str));
                let naming = self
                    .rows
                    .iter()
                    .filter(|(_, _, refs)| refs.iter().any(|known| known == number));
                open.extend(naming.map(|(number, ..)| number.as_str()));
            }
        }
        self.rows
            .iter()
            .map(|(number, ..)| number.clone())
            .filter(|number| found.contains(number.as_str()))
            .collect()
    }

    /// Returns what happened to these documents and to the client as a whole, by date; on one day in the order of the rows.
    pub fn facts(&self, numbers: &[String]) -> Vec<Fact> {
        let about = |fact: &&Fact| fact.document.is_empty() || numbers.contains(&fact.document);
        let mut facts: Vec<Fact> = self.facts.iter().filter(about).cloned().collect();
        facts.sort_by_key(|fact| fact.date);
        facts
    }
}

/// Something that a collector or a court asks for and that is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gap {
    /// No copy of a document as it was sent.
    Sent(String),
    /// No order, contract or quote behind a document.
    Order(String),
    /// A quote that nobody is known to have accepted.
    Acceptance(String),
    /// No reminder of a document.
    Reminder(String),
    /// No copy of a reminder: the document's number and the day.
    Copy(String),
    /// No formal notice of a document.
    Notice(String),
    /// No proof that the formal notice of a document was received.
    Receipt(String),
    /// A file that an event names and that is not under sent/.
    File(String),
    /// A file under sent/ that is another than the one that was sent.
    Changed(String),
    /// A file that an event names, without a digest to compare.
    Digest(String),
    /// The client's address.
    Address,
    /// The client's identifier: in France the SIREN.
    Identifier,
    /// Late interest of a document, as a rate is not known.
    Interest(String),
}

impl Gap {
    /// Returns its word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Sent(_) => "sent",
            Self::Order(_) => "order",
            Self::Acceptance(_) => "acceptance",
            Self::Reminder(_) => "reminder",
            Self::Copy(_) => "copy",
            Self::Notice(_) => "notice",
            Self::Receipt(_) => "receipt",
            Self::File(_) => "file",
            Self::Changed(_) => "changed",
            Self::Digest(_) => "digest",
            Self::Address => "address",
            Self::Identifier => "identifier",
            Self::Interest(_) => "interest",
        }
    }

    /// Returns the number or file that it is about; empty: the client.
    pub fn about(&self) -> &str {
        match self {
            Self::Sent(about)
            | Self::Order(about)
            | Self::Acceptance(about)
            | Self::Reminder(about)
            | Self::Copy(about)
            | Self::Notice(about)
            | Self::Receipt(about)
            | Self::File(about)
            | Self::Changed(about)
            | Self::Digest(about)
            | Self::Interest(about) => about,
            Self::Address | Self::Identifier => "",
        }
    }
}

/// Returns what is missing of the client, and of each document that is still owed; nobody is reminded of what is not late on the day.
/// `accepted` tells of a quote whether its acceptance is known.
pub fn gaps(
    client: &Client,
    owed: &[&Document],
    facts: &[Fact],
    today: NaiveDate,
    accepted: impl Fn(&str) -> bool,
) -> Vec<Gap> {
    let mut gaps = Vec::new();
    if client
        .address
        .as_ref()
        .is_none_or(|address| address.street.is_none() || address.city.is_none())
    {
        gaps.push(Gap::Address);
    }
    if client.kind != ClientKind::Consumer && client.identifier.is_none() && client.vat.is_none() {
        gaps.push(Gap::Identifier);
    }
    for document in owed {
        let number = document.number.to_string();
        let own: Vec<&Fact> = facts
            .iter()
            .filter(|fact| fact.document == number)
            .collect();
        match &document.quote {
            Some(quote) if !accepted(quote) => gaps.push(Gap::Acceptance(quote.clone())),
            None if document.order.is_none() && document.contract.is_none() => {
                gaps.push(Gap::Order(number.clone()));
            }
            _ => {}
        }
        if !own
            .iter()
            .any(|fact| fact.is_document() && !fact.file.is_empty())
        {
            gaps.push(Gap::Sent(number.clone()));
        }
        if document.due.is_none_or(|due| due >= today) {
            continue;
        }
        if !own.iter().any(|fact| fact.is_reminder()) {
            gaps.push(Gap::Reminder(number.clone()));
        }
        // Of a call nothing can be kept.
        let written = own
            .iter()
            .filter(|fact| fact.is_reminder() && fact.kind != Some(EventKind::Called));
        let bare = written.filter(|fact| fact.file.is_empty());
        gaps.extend(bare.map(|fact| Gap::Copy(format!("{number} ({})", fact.date))));
        match own
            .iter()
            .filter(|fact| fact.is_notice())
            .map(|fact| fact.date)
            .max()
        {
            None => gaps.push(Gap::Notice(number)),
            Some(day)
                if !own
                    .iter()
                    .any(|fact| fact.kind == Some(EventKind::Delivered) && fact.date >= day) =>
            {
                gaps.push(Gap::Receipt(number));
            }
            Some(_) => {}
        }
    }
    let mut seen = Vec::new();
    gaps.retain(|gap| {
        let is_new = !seen.contains(gap);
        seen.push(gap.clone());
        is_new
    });
    gaps
}

/// Returns a name that is safe in any folder: letters, digits and `._+-` of the last part of a path; never empty, never hidden.
pub fn safe_name(path: &str) -> String {
    let last = path.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '+' | '-');
    let plain: String = last
        .chars()
        .map(|c| if is_plain(c) { c } else { '_' })
        .collect();
    let name = plain.trim_start_matches(['.', '-']).trim_end_matches('.');
    if name.is_empty() {
        "file".to_owned()
    } else {
        name.chars().take(120).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(rows: &[(&str, DocumentType, &str)]) -> Case {
        let row = |(number, kind, refs): &(&str, DocumentType, &str)| {
            (
                (*number).to_owned(),
                *kind,
                refs.split_whitespace().map(str::to_owned).collect(),
            )
        };
        Case {
            rows: rows.iter().map(row).collect(),
            facts: Vec::new(),
        }
    }

    #[test]
    fn a_family_is_what_belongs_to_a_document() {
        use DocumentType::{Corrective, Credit, Deposit, Final, Invoice};
        let case = case(&[
            ("D1", Deposit, ""),
            ("F1", Invoice, ""),
            ("A1", Credit, "D1"),
            ("S1", Final, "D1"),
            ("A2", Credit, "S1 F1"),
            ("C1", Corrective, "F1"),
        ]);
        let family = |number: &str| case.family(&[number.to_owned()]).join(" ");
        assert_eq!(family("S1"), "D1 A1 S1 A2");
        assert_eq!(family("D1"), "D1 A1 S1 A2");
        assert_eq!(family("F1"), "F1 A2 C1");
        assert_eq!(family("A1"), "D1 A1 S1 A2");
        assert_eq!(family("nothing"), "");
    }

    #[test]
    fn names_stay_in_their_folder() {
        for (path, expected) in [
            ("sent/2026/F2026-0042.pdf", "F2026-0042.pdf"),
            ("../../etc/passwd", "passwd"),
            ("sent/..", "file"),
            ("..\\..\\x.exe", "x.exe"),
            (".hidden", "hidden"),
            ("-rf", "rf"),
            ("sent/a b\n*é.eml", "a_b___.eml"),
            ("", "file"),
        ] {
            assert_eq!(safe_name(path), expected);
        }
        assert!(safe_name(&"x".repeat(1000)).len() <= 120);
    }
}
