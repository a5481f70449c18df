//! What a page shows: finished text in the words of documents, without layout and without arithmetic.

use std::sync::Arc;

use chrono::NaiveDate;

use super::design::Design;
use super::shape::{Align, PageSize, Rgb};
use crate::view::link::Link;

/// Everything a document shows, as finished text. This wing computes no amount and knows no language.
#[derive(Debug, Clone)]
pub struct Paper {
    /// Title in the metadata, shown by readers in the window's title.
    pub title: String,
    /// Author in the metadata.
    pub author: String,
    /// Language of the text as a BCP 47 tag: `fr`.
    pub language: String,
    /// Date of creation in the metadata: the date of issue, never the clock.
    pub date: NaiveDate,
    /// Size of every page.
    pub size: PageSize,
    /// How it looks.
    pub design: Arc<Design>,
    /// Colour of the kind, of the amount due and of rules that matter; the design's own if absent.
    pub accent: Option<Rgb>,
    /// Bytes of a PNG or JPEG file. Transparent parts become white.
    pub logo: Option<Vec<u8>>,
    /// A large light word behind every page, such as `BROUILLON`.
    pub watermark: Option<String>,
    /// Number of the page, with `{page}` and `{pages}` to be filled in.
    pub page_label: String,
    /// Name of the document at the foot of each page and at the head of each page after the first.
    pub running: String,
    /// Kind of document, in large letters: `Facture`.
    pub kind: String,
    /// Number of the document.
    pub number: String,
    /// Marks under the number, such as *Duplicata*. A paper with one is a copy, no original.
    pub marks: Vec<String>,
    /// What the document is about.
    pub subject: Option<String>,
    /// Name and address of the seller; the first line is bold.
    pub seller: Vec<String>,
    /// The other parties. The first stands where the window of an envelope is.
    pub parties: Vec<Block>,
    /// Dates, references: label and value.
    pub facts: Vec<(String, String)>,
    /// What must be seen at a glance, near the top: amount due, due date.
    pub highlight: Vec<(String, String)>,
    /// Paragraphs before the table: those of a letter.
    pub text: Vec<String>,
    /// Columns of the table of lines.
    pub columns: Vec<Column>,
    /// Lines of the table.
    pub rows: Vec<Row>,
    /// VAT per rate, beside the totals.
    pub vat: Option<Grid>,
    /// Totals, in the order in which they stand.
    pub totals: Vec<Total>,
    /// What happened to the amount due since, and what is left: only where it is asked for.
    pub balance: Vec<Total>,
    /// Free text after the totals.
    pub note: Option<String>,
    /// Ways to pay.
    pub pay: Vec<Block>,
    /// A code to scan beside the ways to pay.
    pub qr: Option<Qr>,
    /// What the client declares, each with a place to sign.
    pub declarations: Vec<Signature>,
    /// Where somebody signs.
    pub signature: Option<Signature>,
    /// Legal paragraphs in small print.
    pub mentions: Vec<String>,
    /// Legal lines of the seller at the foot of each page.
    pub footer: Vec<String>,
    /// Texts that lead somewhere wherever they stand as a word of their own: payment links, the seller's website and
    /// e-mail address. What begins with `http://`, `https://` or `mailto:` leads there by itself.
    pub links: Vec<Link>,
    /// The e-invoice that says the same as the pages; none makes a document without one.
    pub e_invoice: Option<EInvoice>,
    /// Files that travel inside the document (BG-24), in any order. None is called `factur-x.xml`.
    pub embedded: Vec<Embedded>,
}

/// The XML of a Factur-X document of the profile EN 16931. It is embedded as `factur-x.xml`, and the metadata say so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EInvoice {
    /// Cross Industry Invoice (CII D16B or D22B) in UTF-8, whole and valid: it is embedded as it is.
    pub xml: Arc<[u8]>,
}

/// A file inside the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Embedded {
    /// Its name, without folder: `timesheet.pdf`. Two files of a document have two names.
    pub name: String,
    /// Its media type: `application/pdf`. `application/octet-stream` where it is not known.
    pub mime: String,
    /// The file.
    pub bytes: Arc<[u8]>,
    /// What it is, for people; nothing when empty.
    pub description: String,
    /// What it is to the document.
    pub relationship: Relationship,
}

/// What an embedded file is to the document: the three values of Factur-X (ISO 19005-3, table E.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Relationship {
    /// It backs what the pages say: a timesheet, a table of readings.
    #[default]
    Data,
    /// The pages were made from it.
    Source,
    /// It says the same as the pages in another form: the e-invoice.
    Alternative,
}

/// Lines under a heading.
#[derive(Debug, Clone, Default)]
pub struct Block {
    /// Small heading in grey; none when empty.
    pub heading: String,
    /// Lines; the first is bold for parties.
    pub lines: Vec<String>,
}

/// A column of a table.
#[derive(Debug, Clone, Default)]
pub struct Column {
    /// Title, repeated on every page.
    pub title: String,
    /// Side on which title and cells stand.
    pub align: Align,
    /// The decimal sign of figures that stand with it under each other.
    pub point: Option<char>,
    /// Takes the width that the others leave. One column of a table is flexible; the others are as
    /// wide as what they hold. Where none says so, the first is.
    pub flexible: bool,
}

/// A line of the table.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// One text a column.
    pub cells: Vec<String>,
    /// Smaller lines under the flexible cell.
    pub detail: Vec<String>,
}

/// A small table.
#[derive(Debug, Clone, Default)]
pub struct Grid {
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows, one text a column.
    pub rows: Vec<Vec<String>>,
}

/// A total.
#[derive(Debug, Clone, Default)]
pub struct Total {
    /// What it is.
    pub label: String,
    /// How much.
    pub value: String,
    /// The one that counts.
    pub strong: bool,
}

/// A place to sign.
#[derive(Debug, Clone, Default)]
pub struct Signature {
    /// What is agreed to.
    pub heading: String,
    /// What is written by hand: date, name, signature.
    pub lines: Vec<String>,
}

/// A code to scan.
#[derive(Debug, Clone, Default)]
pub struct Qr {
    /// What the code says, byte for byte.
    pub payload: String,
    /// What stands under it.
    pub caption: String,
}
