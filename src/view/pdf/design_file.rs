//! templates/pages/NAME.toml → a design, or everything that is wrong with it.

use std::ops::{Range, RangeInclusive};

use serde::Deserialize;
use toml::Spanned;

use super::pattern::{
    BlockName, Colours, Design, LineColumn, Row, Sizes, Surface, Surfaces, built_in,
};
use super::shape::{Align, PageSize, Rgb};

/// Something wrong with a design's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// Where: first byte, and one past the last.
    pub range: Option<Range<usize>>,
    /// One sentence without a full stop.
    pub message: String,
    /// What to do.
    pub hint: String,
}

/// The file. What it leaves out is as in the design it is based on.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    base: Option<Spanned<String>>,
    blocks: Option<Spanned<Vec<Spanned<String>>>>,
    columns: Option<Spanned<Vec<Spanned<String>>>>,
    page: Page,
    sizes: Letters,
    colours: Paints,
    surfaces: Grounds,
    logo: Logo,
    table: Table,
    facts: Option<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Page {
    size: Option<Spanned<String>>,
    top: Length,
    right: Length,
    bottom: Length,
    left: Length,
    column: Length,
    window: Length,
    gap: Length,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Letters {
    title: Points,
    number: Points,
    amount: Points,
    strong: Points,
    text: Points,
    small: Points,
    print: Points,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Paints {
    ink: Word,
    grey: Word,
    rule: Word,
    panel: Word,
    accent: Word,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Grounds {
    title: Word,
    facts: Word,
    highlight: Word,
    header: Word,
    total: Word,
    pay: Word,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Logo {
    width: Length,
    height: Length,
    side: Word,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Table {
    row: Length,
    rules: Option<bool>,
    zebra: Option<bool>,
}

type Length = Option<Spanned<f64>>;
type Points = Option<Spanned<i64>>;
type Word = Option<Spanned<String>>;

/// Reads a design.
///
/// # Errors
/// Everything that is wrong with it.
pub fn read(text: &str) -> Result<Design, Vec<Flaw>> {
    let file: File = toml::from_str(text).map_err(|error| vec![syntax(&error)])?;
    let mut flaws = Vec::new();
    let base = match &file.base {
        None => None,
        Some(name) => match built_in(name.get_ref()) {
            Some(base) => Some(read(base)?),
            None => {
                flaw(
                    &mut flaws,
                    name,
                    "is no built-in design",
                    "a design is based on `plain`, `modern` or `compact`",
                );
                return Err(flaws);
            }
        },
    };
    // The one design that is based on none is the plain one, which says everything itself.
    let base = base.unwrap_or_else(|| {
        if text == plain() {
            nothing()
        } else {
            read(plain()).unwrap_or_else(|_| nothing())
        }
    });
    let design = Reader { flaws: &mut flaws }.design(&file, base);
    if flaws.is_empty() {
        Ok(design)
    } else {
        Err(flaws)
    }
}

fn plain() -> &'static str {
    built_in(super::pattern::DEFAULT).unwrap_or_default()
}

/// What the plain design fills in.
fn nothing() -> Design {
    let none = Rgb(0, 0, 0);
    let plain = Surface::Plain;
    Design {
        size: None,
        rows: Vec::new(),
        columns: Vec::new(),
        margins: [16.0; 4],
        column: 80.0,
        window: 49.0,
        gap: 5.0,
        row: 1.4,
        sizes: Sizes {
            title: 20,
            number: 12,
            amount: 16,
            strong: 11,
            text: 9,
            small: 8,
            print: 7,
        },
        colours: Colours {
            ink: none,
            grey: none,
            rule: none,
            panel: none,
            accent: none,
        },
        surfaces: Surfaces {
            title: plain,
            facts: plain,
            highlight: plain,
            header: plain,
            total: plain,
            pay: plain,
        },
        logo: (60.0, 22.0),
        logo_side: Align::Left,
        rules: true,
        zebra: false,
        list: false,
    }
}

fn syntax(error: &toml::de::Error) -> Flaw {
    let message = error
        .message()
        .lines()
        .next()
        .unwrap_or_default()
        .to_owned();
    let hint = if message.contains("unknown field") {
        "docs/format.md lists the keys of a design"
    } else {
        "look at the built-in designs in docs/format.md"
    };
    Flaw {
        range: error.span(),
        message,
        hint: hint.to_owned(),
    }
}

fn flaw(flaws: &mut Vec<Flaw>, word: &Spanned<String>, what: &str, hint: &str) {
    let message = format!("`{}` {what}", word.get_ref());
    flaws.push(Flaw {
        range: Some(word.span()),
        message,
        hint: hint.to_owned(),
    });
}

struct Reader<'f> {
    flaws: &'f mut Vec<Flaw>,
}

impl Reader<'_> {
    fn design(&mut self, file: &File, base: Design) -> Design {
        let (page, [top, right, bottom, left]) = (&file.page, base.margins);
        let sizes = &[
            ("A4", Some(PageSize::A4)),
            ("letter", Some(PageSize::Letter)),
        ];
        let margins = [
            self.length(page.top.as_ref(), top, 8.0..=60.0),
            self.length(page.right.as_ref(), right, 8.0..=40.0),
            self.length(page.bottom.as_ref(), bottom, 6.0..=40.0),
            self.length(page.left.as_ref(), left, 8.0..=40.0),
        ];
        let logo = &file.logo;
        Design {
            size: self.word(page.size.as_ref(), base.size, sizes),
            rows: self.rows(file.blocks.as_ref()).unwrap_or(base.rows),
            columns: self.columns(file.columns.as_ref()).unwrap_or(base.columns),
            margins,
            column: self.length(page.column.as_ref(), base.column, 60.0..=100.0),
            window: self.length(page.window.as_ref(), base.window, 0.0..=90.0),
            gap: self.length(page.gap.as_ref(), base.gap, 2.0..=12.0),
            row: self.length(file.table.row.as_ref(), base.row, 0.2..=4.0),
            sizes: self.sizes(&file.sizes, base.sizes),
            colours: self.colours(&file.colours, base.colours),
            surfaces: self.surfaces(&file.surfaces, base.surfaces),
            logo: (
                self.length(logo.width.as_ref(), base.logo.0, 5.0..=90.0),
                self.length(logo.height.as_ref(), base.logo.1, 5.0..=40.0),
            ),
            logo_side: self.word(
                logo.side.as_ref(),
                base.logo_side,
                &[("left", Align::Left), ("right", Align::Right)],
            ),
            rules: file.table.rules.unwrap_or(base.rules),
            zebra: file.table.zebra.unwrap_or(base.zebra),
            list: self.word(
                file.facts.as_ref(),
                base.list,
                &[("grid", false), ("list", true)],
            ),
        }
    }

    fn sizes(&mut self, file: &Letters, base: Sizes) -> Sizes {
        Sizes {
            title: self.points(file.title.as_ref(), base.title, 10..=40),
            number: self.points(file.number.as_ref(), base.number, 7..=24),
            amount: self.points(file.amount.as_ref(), base.amount, 9..=32),
            strong: self.points(file.strong.as_ref(), base.strong, 7..=16),
            text: self.points(file.text.as_ref(), base.text, 7..=12),
            small: self.points(file.small.as_ref(), base.small, 6..=11),
            print: self.points(file.print.as_ref(), base.print, 6..=10),
        }
    }

    fn colours(&mut self, file: &Paints, base: Colours) -> Colours {
        Colours {
            ink: self.colour(file.ink.as_ref(), base.ink),
            grey: self.colour(file.grey.as_ref(), base.grey),
            rule: self.colour(file.rule.as_ref(), base.rule),
            panel: self.colour(file.panel.as_ref(), base.panel),
            accent: self.colour(file.accent.as_ref(), base.accent),
        }
    }

    fn surfaces(&mut self, file: &Grounds, base: Surfaces) -> Surfaces {
        Surfaces {
            title: self.word(file.title.as_ref(), base.title, Surface::WORDS),
            facts: self.word(file.facts.as_ref(), base.facts, Surface::WORDS),
            highlight: self.word(file.highlight.as_ref(), base.highlight, Surface::WORDS),
            header: self.word(file.header.as_ref(), base.header, Surface::WORDS),
            total: self.word(file.total.as_ref(), base.total, Surface::WORDS),
            pay: self.word(file.pay.as_ref(), base.pay, Surface::WORDS),
        }
    }

    fn length(
        &mut self,
        value: Option<&Spanned<f64>>,
        base: f64,
        range: RangeInclusive<f64>,
    ) -> f64 {
        let Some(value) = value else { return base };
        if !range.contains(value.get_ref()) {
            let message = format!("{} mm do not fit here", value.get_ref());
            let hint = format!(
                "write a length from {} to {} mm",
                range.start(),
                range.end()
            );
            self.flaws.push(Flaw {
                range: Some(value.span()),
                message,
                hint,
            });
        }
        *value.get_ref()
    }

    fn points(&mut self, value: Option<&Spanned<i64>>, base: u8, range: RangeInclusive<u8>) -> u8 {
        let Some(value) = value else { return base };
        let points = u8::try_from(*value.get_ref())
            .ok()
            .filter(|points| range.contains(points));
        points.unwrap_or_else(|| {
            let message = format!("{} points are no size here", value.get_ref());
            let hint = format!(
                "write whole points from {} to {}",
                range.start(),
                range.end()
            );
            self.flaws.push(Flaw {
                range: Some(value.span()),
                message,
                hint,
            });
            base
        })
    }

    fn colour(&mut self, value: Option<&Spanned<String>>, base: Rgb) -> Rgb {
        let Some(value) = value else { return base };
        Rgb::parse(value.get_ref()).unwrap_or_else(|| {
            flaw(
                self.flaws,
                value,
                "is no colour",
                "write six hexadecimal digits, such as `\"#0b5c7a\"`",
            );
            base
        })
    }

    fn word<T: Copy>(
        &mut self,
        value: Option<&Spanned<String>>,
        base: T,
        words: &[(&str, T)],
    ) -> T {
        value
            .and_then(|value| self.named(value, words))
            .unwrap_or(base)
    }

    fn named<T: Copy>(&mut self, value: &Spanned<String>, words: &[(&str, T)]) -> Option<T> {
        let found = words
            .iter()
            .find(|(word, _)| word == value.get_ref())
            .map(|(_, meaning)| *meaning);
        if found.is_none() {
            self.unknown(value.get_ref(), value.span(), words);
        }
        found
    }

    fn unknown<T>(&mut self, word: &str, range: Range<usize>, words: &[(&str, T)]) {
        let list: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let message = format!("`{word}` means nothing here");
        let hint = match crate::diagnostic::nearest(word, list.iter().copied()) {
            Some(near) => format!("did you mean `{near}`? It is one of {}", list.join(", ")),
            None => format!("one of {}", list.join(", ")),
        };
        self.flaws.push(Flaw {
            range: Some(range),
            message,
            hint,
        });
    }

    fn columns(&mut self, list: Option<&Spanned<Vec<Spanned<String>>>>) -> Option<Vec<LineColumn>> {
        let list = list?;
        let names: Vec<(LineColumn, Range<usize>)> = list
            .get_ref()
            .iter()
            .filter_map(|word| {
                self.named(word, LineColumn::WORDS)
                    .map(|name| (name, word.span()))
            })
            .collect();
        self.complete(
            "column",
            &names,
            list.span(),
            LineColumn::WORDS,
            LineColumn::is_optional,
        );
        Some(names.into_iter().map(|(name, _)| name).collect())
    }

    /// Every name stands once; only some may be left out.
    fn complete<T: Copy + PartialEq>(
        &mut self,
        what: &str,
        names: &[(T, Range<usize>)],
        whole: Range<usize>,
        words: &[(&str, T)],
        optional: impl Fn(T) -> bool,
    ) {
        for (word, name) in words {
            let mut places = names.iter().filter(|(known, _)| known == name);
            match (places.next(), places.next()) {
                (None, _) if !optional(*name) => self.flaws.push(Flaw {
                    range: Some(whole.clone()),
                    message: format!("the {what} `{word}` is missing"),
                    hint:
                        "the law or the document asks for it: it takes no space where it is empty"
                            .to_owned(),
                }),
                (Some(_), Some((_, again))) => self.flaws.push(Flaw {
                    range: Some(again.clone()),
                    message: format!("the {what} `{word}` stands twice"),
                    hint: "name it once".to_owned(),
                }),
                _ => {}
            }
        }
    }

    fn rows(&mut self, list: Option<&Spanned<Vec<Spanned<String>>>>) -> Option<Vec<Row>> {
        let list = list?;
        let mut rows = Vec::new();
        let mut names = Vec::new();
        for text in list.get_ref() {
            let mut stacks: Vec<Vec<BlockName>> = Vec::new();
            for part in text.get_ref().split('|') {
                let mut stack = Vec::new();
                for word in part.split_whitespace() {
                    match BlockName::WORDS.iter().find(|(known, _)| *known == word) {
                        Some((_, name)) => {
                            stack.push(*name);
                            names.push((*name, text.span()));
                        }
                        None => self.unknown(word, text.span(), BlockName::WORDS),
                    }
                }
                stacks.push(stack);
            }
            let blocks = stacks.iter().flatten();
            if blocks.clone().any(|name| name.is_long()) && (stacks.len() > 1 || blocks.count() > 1)
            {
                let what = "holds a block that may go on over pages";
                flaw(
                    self.flaws,
                    text,
                    what,
                    "`subject`, `text`, `lines`, `note` and `mentions` stand alone in a row",
                );
            }
            let mut stacks = stacks.into_iter();
            match (stacks.next(), stacks.next(), stacks.next()) {
                (Some(whole), None, _) => rows.push(Row::Whole(whole)),
                (Some(left), Some(right), None) => rows.push(Row::Halves(left, right)),
                _ => flaw(
                    self.flaws,
                    text,
                    "has more than two columns",
                    "write at most one `|` in a row",
                ),
            }
        }
        self.complete(
            "block",
            &names,
            list.span(),
            BlockName::WORDS,
            BlockName::is_optional,
        );
        self.order(&rows, list.span());
        Some(rows)
    }

    /// Parties stand before the lines, totals directly after them.
    fn order(&mut self, rows: &[Row], whole: Range<usize>) {
        let place = |name: BlockName| {
            rows.iter()
                .position(|row| row.blocks().any(|block| block == name))
        };
        let Some(lines) = place(BlockName::Lines) else {
            return;
        };
        let mut wrong = |message: &str, hint: &str| {
            let (message, hint) = (message.to_owned(), hint.to_owned());
            self.flaws.push(Flaw {
                range: Some(whole.clone()),
                message,
                hint,
            });
        };
        let head = [
            BlockName::Logo,
            BlockName::Seller,
            BlockName::Title,
            BlockName::Client,
            BlockName::Facts,
        ];
        if head.into_iter().filter_map(place).any(|row| row > lines) {
            wrong(
                "the lines stand before the head of the page",
                "put `lines` after title, parties and facts",
            );
        }
        if place(BlockName::Totals).is_some_and(|totals| totals != lines + 1) {
            wrong(
                "the totals do not follow the lines",
                "put the row with `totals` directly after `lines`",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::pattern::names;
    use super::*;

    fn flaws(text: &str) -> Vec<String> {
        read(text)
            .unwrap_err()
            .into_iter()
            .map(|flaw| flaw.message)
            .collect()
    }

    #[test]
    fn the_built_in_designs_are_read_and_differ() {
        let designs: Vec<Design> = names()
            .map(|name| read(built_in(name).unwrap()).unwrap())
            .collect();
        assert_eq!(designs.len(), 3);
        assert!(designs[0] != designs[1] && designs[1] != designs[2]);
        assert!(built_in("plain").unwrap().contains("never changed"));
    }

    #[test]
    fn a_design_says_what_differs_from_another() {
        let own =
            read("base = \"modern\"\n[page]\nsize = \"letter\"\n[sizes]\ntext = 10\n").unwrap();
        let modern = read(built_in("modern").unwrap()).unwrap();
        assert_eq!((own.size, own.sizes.text), (Some(PageSize::Letter), 10));
        assert_eq!((own.rows, own.surfaces), (modern.rows, modern.surfaces));
        assert_eq!(read("").unwrap(), read(built_in("plain").unwrap()).unwrap());
    }

    #[test]
    fn every_flaw_is_named_with_its_place() {
        let text = "columns = [\"item\", \"qantity\", \"price\", \"rate\", \"net\"]\n[page]\nleft = 2\n[sizes]\ntext = 99\n\
            [colours]\nink = \"black\"\n[surfaces]\npay = \"panl\"\n";
        let found = read(text).unwrap_err();
        let messages: Vec<&str> = found.iter().map(|flaw| flaw.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "2 mm do not fit here",
                "`qantity` means nothing here",
                "the column `quantity` is missing",
                "99 points are no size here",
                "`black` is no colour",
                "`panl` means nothing here"
            ]
        );
        assert_eq!(&text[found[1].range.clone().unwrap()], "\"qantity\"");
        assert!(found[5].hint.contains("did you mean `panel`?"));
        assert!(flaws("[page]\nwidht = 3\n")[0].contains("unknown field `widht`"));
        assert_eq!(flaws("base = \"mine\""), ["`mine` is no built-in design"]);
    }

    #[test]
    fn what_the_law_asks_for_cannot_be_left_out() {
        let plain = built_in("plain").unwrap();
        for (word, name) in BlockName::WORDS {
            let without: String = plain
                .lines()
                .map(|line| if line.starts_with("  \"") { line.replace(word, "") } else { line.to_owned() } + "\n")
                .collect();
            assert_eq!(read(&without).is_ok(), name.is_optional(), "{word}");
        }
        assert!(
            flaws(
                &plain
                    .replace("\"vat | totals\",", "")
                    .replace("\"note\",", "\"note\", \"vat | totals\",")
            )[0]
            .contains("follow")
        );
        assert!(
            flaws(&plain.replace("\"note\"", "\"note pay\""))
                .iter()
                .any(|message| message.contains("over pages"))
        );
    }
}
