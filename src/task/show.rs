//! One document as it is shown: an issued one with where it stands, a quote with its answer, a draft as it would be issued today.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::Value;

use super::lapse;
use super::links::Links;
use super::load::{self, Bench};
use super::preceding::Ground;
use super::{interest, offers};
use crate::compute::books::Books;
use crate::compute::chronicle::Chronicle;
use crate::compute::issue::Preceding;
use crate::compute::quotes::status;
use crate::diagnostic::Diagnostics;
use crate::ledger::document::{Document, DocumentType};
use crate::ledger::draft::Draft;
use crate::ledger::identifier::Number;
use crate::session::{Failure, Session};
use crate::source::Source;
use crate::view::sheet::{Cell, Sheet};
use crate::view::show::{self, Offer};
use crate::view::{claims, json, steps};

/// Which document is shown, and how.
#[derive(Debug)]
pub struct Options {
    /// A number, or a draft's name.
    pub name: String,
    /// Whether it is said how each figure came about.
    pub explain: bool,
}

/// A document that is shown.
pub struct Shown {
    document: Document,
    is_draft: bool,
    today: NaiveDate,
    books: Books,
    offer: Option<Offer>,
    /// Until when a court takes what is left of it: the cells of [`lapse::COLUMNS`], and a line for people where it matters. None for drafts
    /// and quotes.
    limitation: Option<(Vec<Cell>, Option<String>)>,
    explained: Option<String>,
}

/// Finds a document and where it stands today; what is wrong with the books is added to the source's problems.
///
/// # Errors
/// Where there is none of that name, or it is not what was issued.
pub fn of(options: &Options, session: &Session<'_>, source: &mut Source) -> Result<Shown, Failure> {
    let (document, is_draft) = find(&options.name, session, source)?;
    Ok(stands(document, is_draft, session.today, source))
}

/// Looks where a document stands on a day; a draft stands nowhere.
fn stands(document: Document, is_draft: bool, today: NaiveDate, source: &mut Source) -> Shown {
    let books = load::books(source, today);
    let offer = (document.kind == DocumentType::Quote && !is_draft).then(|| {
        let said = offers::said(books.ledger(), today).remove(document.number.as_str());
        (status(&document, said.as_ref(), today), said)
    });
    let mut law = lapse::Law::load(source);
    let own = books.find(document.number.as_str()).filter(|_| !is_draft);
    let limitation = own.map(|index| {
        let limitation = law.of(index, &books, source);
        let limitation = limitation.as_ref();
        let is_late = books.position(index).late > Decimal::ZERO;
        let is_near = limitation.is_some_and(|limitation| limitation.is_near(today));
        let line = (is_late || is_near).then(|| lapse::line(limitation, today));
        (lapse::cells(limitation), line)
    });
    Shown {
        document,
        is_draft,
        today,
        books,
        offer,
        limitation,
        explained: None,
    }
}

impl Shown {
    /// Adds how each figure came about; of an issued document that is no quote also what its delay costs. What is wrong with the law is added
    /// to the source's problems.
    ///
    /// # Errors
    /// Where acquit.toml has errors, or the document is not what was issued.
    pub fn explain(&mut self, session: &Session<'_>, source: &mut Source) -> Result<(), Failure> {
        let mut explained = steps::explain(&self.document);
        if !self.is_draft && self.offer.is_none() {
            let settings = load::settings(session, source)?;
            let chronicle = Chronicle::new(self.books.ledger(), self.today);
            let numbers = [self.document.number.to_string()];
            let (claims, problems) =
                interest::of(&numbers, session, source, &settings, &chronicle, self.today)?;
            source.problems.extend(problems);
            explained += &claims.first().map(claims::explain).unwrap_or_default();
        }
        self.explained = Some(explained);
        Ok(())
    }

    /// Returns it as the fields of one object.
    pub fn fields(&self) -> Vec<(&'static str, Value)> {
        let mut fields = show::fields(
            &self.document,
            self.is_draft,
            &self.books,
            self.offer.as_ref(),
            self.explained.clone(),
        );
        if let Some((cells, _)) = &self.limitation {
            fields.extend(
                lapse::COLUMNS
                    .iter()
                    .zip(cells)
                    .map(|(column, cell)| (column.key, json::cell(cell))),
            );
        }
        fields
    }

    /// Returns its lines as data.
    pub fn lines(&self) -> Sheet {
        show::lines(&self.document)
    }

    /// Returns it for people. `width` is the terminal's, in columns.
    pub fn text(&self, width: u16) -> String {
        let mut text = show::page(
            &self.document,
            self.is_draft,
            &self.books,
            self.offer.as_ref(),
            width,
        );
        if let Some((_, Some(line))) = &self.limitation {
            text.push_str(&format!("{:<10} {line}\n", "Limitation"));
        }
        if let Some(explained) = &self.explained {
            text.push('\n');
            text.push_str(explained);
        }
        text
    }
}

/// Finds an issued document by its number, or a draft by its name: that is shown as it would be issued today.
///
/// # Errors
/// Where there is neither.
pub fn find(
    name: &str,
    session: &Session<'_>,
    source: &mut Source,
) -> Result<(Document, bool), Failure> {
    if !source.draft_names().iter().any(|draft| draft == name) {
        let settings = load::settings(session, source)?;
        if source
            .quote_paths()
            .iter()
            .any(|(number, _)| number == name)
        {
            let (quote, _) = offers::find(name, session, source, session.today)?;
            return Ok((quote.document, false));
        }
        let mut documents = load::documents(session, source, &settings, &[name.to_owned()])?;
        return documents
            .pop()
            .map(|document| (document, false))
            .ok_or(Failure::Could("no document".into()));
    }
    let bench = Bench::load(session, source)?;
    let draft = match load::draft(source, name) {
        Ok(draft) => draft,
        Err(problems) => return Err(session.refuse(source, problems)),
    };
    if let Err(problems) = load::client_of(&draft, &bench.clients) {
        return Err(session.refuse(source, problems));
    }
    let preceding = preceding(&draft, session, source, &bench)?;
    let locale = bench.locale(&draft);
    let Some(case) = bench.case(&draft, session.today, &preceding, &[], &locale) else {
        return Err(session.refuse(source, Diagnostics::default()));
    };
    let number = Number::parse("DRAFT").ok_or(Failure::Could("no number".into()))?;
    case.document(number, String::new())
        .map(|document| (document, true))
        .map_err(|problems| session.refuse(source, problems))
}

/// What a draft names of the books, where it names anything.
fn preceding(
    draft: &Draft,
    session: &Session<'_>,
    source: &mut Source,
    bench: &Bench,
) -> Result<Preceding, Failure> {
    if draft.corrects.is_empty() && draft.deposits.is_empty() && draft.paid.is_empty() {
        return Ok(Preceding::default());
    }
    let (books, _) = load::books_and_chain(source, &bench.settings, NaiveDate::MAX);
    let links = Links::of(books.ledger());
    let ground = Ground {
        bench,
        books: &books,
        links: &links,
        issued: &[],
        day: session.today,
    };
    let (preceding, problems) = ground.of(draft, source);
    if problems.has_errors() {
        Err(session.refuse(source, problems))
    } else {
        Ok(preceding)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::example;

    fn shown(number: &str, today: &str) -> Shown {
        let mut source = example("studio");
        let path = format!("invoices/2026/{number}.toml");
        let (document, _) = source.document(&path).unwrap();
        stands(document, false, today.parse().unwrap(), &mut source)
    }

    fn limitation(shown: &Shown) -> Option<String> {
        let text = shown.text(100);
        let line = text.lines().find(|line| line.starts_with("Limitation"));
        line.map(str::to_owned)
    }

    #[test]
    fn people_read_of_the_limitation_of_what_is_late_or_lapses_soon() {
        // Issued in July and due on 9 August: open, then late, then close to its end.
        assert_eq!(limitation(&shown("F2026-0014", "2026-08-09")), None);
        let late = limitation(&shown("F2026-0014", "2026-11-22")).unwrap();
        let lapsed = limitation(&shown("F2026-0014", "2040-01-01")).unwrap();
        assert!(late.starts_with("Limitation until 20"), "{late}");
        assert!(lapsed.starts_with("Limitation lapsed on 20"), "{lapsed}");
        // What is disputed is not late.
        assert_eq!(limitation(&shown("F2026-0015", "2026-11-22")), None);
    }

    #[test]
    fn a_program_reads_the_limitation_of_every_issued_document() {
        let keys = |shown: &Shown| -> Vec<&str> {
            shown.fields().into_iter().map(|(key, _)| key).collect()
        };
        let mut issued = shown("F2026-0014", "2026-08-09");
        let of_issued = keys(&issued);
        assert!(
            lapse::COLUMNS
                .iter()
                .all(|column| of_issued.contains(&column.key))
        );
        assert!(of_issued.contains(&"balance"));
        let mut source = example("studio");
        issued = stands(issued.document, true, issued.today, &mut source);
        let of_draft = keys(&issued);
        assert!(!of_draft.contains(&"limitation") && !of_draft.contains(&"balance"));
    }
}
