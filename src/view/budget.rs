//! What a template of a message may cost. A ledger may have been cloned from somebody else, and a template that doubles a text, or counts
//! for ever, would take all memory or never end.
//!
//! Tera bounds how deep a template nests, not what it makes. So a template is given further tags before it is read: after each
//! `{% for %}` one that counts what the body costs, after each `{% set %}` one that weighs the value. Texts that grow in one expression are
//! bounded by the filters that are registered here in the place of Tera's own; what is printed is bounded by the writer.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tera::{Error, Kwargs, State, Tera, TeraResult, Value};

/// The longest template.
const MOST_TEMPLATE: usize = 64 << 10;
/// The most bytes that a message has.
const MOST_OUTPUT: usize = 1 << 20;
/// The most bytes that one value has.
const MOST_VALUE: usize = 64 << 10;
/// The most bytes of loops' bodies that are gone through for one message.
const MOST_WORK: u64 = 4 << 20;
/// How deep lists may stand in each other.
const MOST_DEPTH: usize = 16;
/// What going through a loop costs beside its body.
const TURN: usize = 64;

/// The tags that templates have. What else Tera knows gathers text where nobody counts it, and no message needs it.
const TAGS: &[&str] = &[
    "if",
    "elif",
    "else",
    "endif",
    "for",
    "endfor",
    "set",
    "set_global",
    "break",
    "continue",
];

/// A template with the tags that count.
#[derive(Debug)]
pub(super) struct Counted {
    pub(super) text: String,
    /// What was put in.
    put: Vec<Put>,
}

/// A tag that was put in.
#[derive(Debug)]
struct Put {
    /// Where in the counted text.
    start: usize,
    length: usize,
    /// Where in the template the tag stands that it belongs to.
    tag: (usize, usize),
}

impl Counted {
    /// Returns where a place of the counted text stands in the template; for what was put in, the tag that it belongs to.
    pub(super) fn range(&self, (start, end): (usize, usize)) -> (usize, usize) {
        let own = |put: &&Put| (put.start..put.start + put.length).contains(&start);
        match self.put.iter().find(own) {
            Some(put) => put.tag,
            None => (self.place(start), self.place(end)),
        }
    }

    fn place(&self, at: usize) -> usize {
        let before = self.put.iter().take_while(|put| put.start < at);
        let shift: usize = before.map(|put| put.length.min(at - put.start)).sum();
        at - shift
    }

    fn put(&mut self, put: &str, tag: (usize, usize)) {
        self.put.push(Put {
            start: self.text.len(),
            length: put.len(),
            tag,
        });
        self.text.push_str(put);
    }
}

/// Something that no template of a message has: where, and the sentence.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) range: (usize, usize),
    pub(super) message: String,
}

/// Puts the tags that count into a template that Tera can read.
pub(super) fn counted(text: &str) -> Result<Counted, Refused> {
    let refused = |start: usize, end: usize, message: String| Refused {
        range: (start, end),
        message,
    };
    if text.len() > MOST_TEMPLATE {
        let message = format!(
            "it has {} bytes; the template of a message has at most {MOST_TEMPLATE}",
            text.len()
        );
        return Err(refused(0, 1, message));
    }
    let mut made = Counted {
        text: String::with_capacity(text.len() * 2),
        put: Vec::new(),
    };
    let bodies = bodies(text);
    let mut at = 0;
    while let Some(part) = next(text, at) {
        made.text.push_str(&text[at..part.end]);
        at = part.end;
        let Kind::Tag(inside) = part.kind else {
            continue;
        };
        let word = word(inside);
        if !TAGS.contains(&word) {
            let message = format!(
                "a message has no `{word}`: its tags are {}",
                TAGS.join(", ")
            );
            return Err(refused(part.start, part.end, message));
        }
        // Where the tag takes off the space after it, the new one does so in its place.
        let close = if inside.ends_with('-') { "-}}" } else { "}}" };
        match word {
            "for" => {
                let body = bodies.iter().find(|(start, _)| *start == part.end);
                let cost = body.map_or(text.len(), |(start, end)| end - start) + TURN;
                made.put(
                    &format!("{{{{ acquit_turn(cost={cost}) {close}"),
                    (part.start, part.end),
                );
            }
            "set" | "set_global" => {
                let rest =
                    inside[inside.find(word).unwrap_or_default() + word.len()..].trim_start();
                let name = self::word(rest);
                let is_value = rest[name.len()..].trim_start().starts_with('=');
                if !is_value {
                    let message =
                        "a message has no `set` around a text: write `{% set name = value %}`";
                    return Err(refused(part.start, part.end, message.to_owned()));
                }
                made.put(
                    &format!("{{{{ acquit_kept(value={name}) {close}"),
                    (part.start, part.end),
                );
            }
            _ => {}
        }
    }
    made.text.push_str(&text[at..]);
    Ok(made)
}

/// How deep loops are nested.
pub(super) fn nesting(text: &str) -> usize {
    let (mut at, mut depth, mut deepest) = (0, 0_usize, 0);
    while let Some(part) = next(text, at) {
        at = part.end;
        if let Kind::Tag(inside) = part.kind {
            match word(inside) {
                "for" => depth += 1,
                "endfor" => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// Where the bodies of loops begin and end.
fn bodies(text: &str) -> Vec<(usize, usize)> {
    let (mut at, mut open, mut bodies) = (0, Vec::new(), Vec::new());
    while let Some(part) = next(text, at) {
        at = part.end;
        if let Kind::Tag(inside) = part.kind {
            match word(inside) {
                "for" => open.push(part.end),
                "endfor" => bodies.extend(open.pop().map(|start| (start, part.start))),
                _ => {}
            }
        }
    }
    bodies
}

/// A part of a template that is no plain text.
struct Part<'t> {
    start: usize,
    end: usize,
    kind: Kind<'t>,
}

enum Kind<'t> {
    /// `{% … %}`: what stands in it.
    Tag(&'t str),
    /// A value, a comment, a raw text.
    Other,
}

/// The next part from a byte on, as Tera's own lexer finds it: quotes count in tags and values alone. None where there is none, or where
/// Tera finds that one has no end.
fn next(text: &str, from: usize) -> Option<Part<'_>> {
    let bytes = text.as_bytes();
    let starts = |pair: &[u8]| matches!(pair, b"{{" | b"{%" | b"{#");
    let start = from + bytes[from..].windows(2).position(starts)?;
    let inside = start + 2;
    let (end, kind) = match bytes[start + 1] {
        b'#' => (find(text, inside, "#}")? + 2, Kind::Other),
        b'{' => (close(bytes, inside, *b"}}")? + 2, Kind::Other),
        _ if is_alone(&text[inside..], "raw") => {
            let mut at = find(text, inside, "%}")? + 2;
            loop {
                at = find(text, at, "{%")? + 2;
                if is_alone(&text[at..], "endraw") {
                    break (find(text, at, "%}")? + 2, Kind::Other);
                }
            }
        }
        _ => {
            let close = close(bytes, inside, *b"%}")?;
            (close + 2, Kind::Tag(&text[inside..close]))
        }
    };
    Some(Part { start, end, kind })
}

fn find(text: &str, from: usize, wanted: &str) -> Option<usize> {
    Some(from + text.get(from..)?.find(wanted)?)
}

/// Whether a tag holds one word alone.
fn is_alone(rest: &str, word: &str) -> bool {
    let rest = rest.strip_prefix('-').unwrap_or(rest);
    let after = rest.trim_ascii_start().strip_prefix(word);
    after.is_some_and(|after| {
        let after = after.trim_ascii_start();
        after.strip_prefix('-').unwrap_or(after).starts_with("%}")
    })
}

/// Where a tag or a value ends; what stands in quotes is no end.
fn close(bytes: &[u8], from: usize, end: [u8; 2]) -> Option<usize> {
    let mut at = from;
    while at < bytes.len() {
        match bytes[at] {
            quote @ (b'"' | b'\'' | b'`') => {
                at += 1;
                while *bytes.get(at)? != quote {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                at += 1;
            }
            _ if bytes[at..].starts_with(&end) => return Some(at),
            _ => at += 1,
        }
    }
    None
}

/// The first word of a tag.
fn word(inside: &str) -> &str {
    let inside = inside
        .strip_prefix('-')
        .unwrap_or(inside)
        .trim_ascii_start();
    let end = inside.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    &inside[..end.unwrap_or(inside.len())]
}

/// What the rendering of one message has cost so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Work(Arc<AtomicU64>);

impl Work {
    /// Starts another message.
    pub(super) fn reset(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    /// Registers what the tags that count call, and filters that make no text larger than a value may be.
    pub(super) fn register(&self, tera: &mut Tera) {
        let work = self.clone();
        tera.register_function(
            "acquit_turn",
            move |kwargs: Kwargs, _: &State<'_>| -> TeraResult<String> {
                let cost = kwargs.must_get::<u64>("cost")?;
                if work.0.fetch_add(cost, Ordering::Relaxed) > MOST_WORK {
                    return Err(Error::message("its loops never seem to end"));
                }
                Ok(String::new())
            },
        );
        tera.register_function(
            "acquit_kept",
            |kwargs: Kwargs, _: &State<'_>| -> TeraResult<String> {
                let value = kwargs.get::<Value>("value")?;
                let mut left = MOST_VALUE;
                if value.is_some_and(|value| !weigh(&value, &mut left, 0)) {
                    return Err(large());
                }
                Ok(String::new())
            },
        );
        tera.register_function("range", range);
        tera.register_filter("replace", replace);
        tera.register_filter("indent", indent);
        tera.register_filter("join", join);
    }
}

fn large() -> Error {
    Error::message(format!(
        "a value becomes larger than {MOST_VALUE} bytes: does it grow by itself?"
    ))
}

/// Takes what a value weighs from what is left; tells whether that was enough. It stops there: a list that holds another twice, and so on,
/// is larger than all memory as a text.
fn weigh(value: &Value, left: &mut usize, depth: usize) -> bool {
    let own = value.as_str().map_or(1, str::len).max(1);
    if own > *left || depth > MOST_DEPTH {
        return false;
    }
    *left -= own;
    if let Some(list) = value.as_array() {
        return list.iter().all(|one| weigh(one, left, depth + 1));
    }
    value.as_map().is_none_or(|map| {
        map.iter().all(|(key, one)| {
            let key = key.as_str().map_or(1, str::len);
            let fits = key <= *left;
            *left = left.saturating_sub(key);
            fits && weigh(one, left, depth + 1)
        })
    })
}

/// `range` could count for ever: it gives at most a hundred numbers.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the shape that Tera asks for"
)]
fn range(kwargs: Kwargs, _: &State<'_>) -> TeraResult<Vec<i64>> {
    let start = kwargs.get::<i64>("start")?.unwrap_or(0);
    let end = kwargs.must_get::<i64>("end")?;
    let step = kwargs.get::<i64>("step_by")?.unwrap_or(1).max(1);
    let count = (end.saturating_sub(start)) / step;
    if count > 100 {
        return Err(Error::message("`range` gives at most 100 numbers"));
    }
    Ok((0..count.max(0))
        .map(|n| start.saturating_add(n * step))
        .collect())
}

/// `replace`, of a text and a result that are no larger than a value may be.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the shape that Tera asks for"
)]
fn replace(text: &str, kwargs: Kwargs, _: &State<'_>) -> TeraResult<String> {
    let from = kwargs.must_get::<&str>("from")?;
    let to = kwargs.must_get::<&str>("to")?;
    let count = text.matches(from).count();
    if text.len().saturating_add(count.saturating_mul(to.len())) > MOST_VALUE {
        return Err(large());
    }
    Ok(text.replace(from, to))
}

/// `indent`: the lines of a text after some spaces, the first one and empty ones where asked for.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the shape that Tera asks for"
)]
fn indent(text: &str, kwargs: Kwargs, _: &State<'_>) -> TeraResult<String> {
    let width = kwargs.get::<usize>("width")?.unwrap_or(4);
    let is_first = kwargs.get::<bool>("first")?.unwrap_or(false);
    let is_blank = kwargs.get::<bool>("blank")?.unwrap_or(false);
    let lines = text.lines().count();
    if text.len().saturating_add(lines.saturating_mul(width)) > MOST_VALUE {
        return Err(large());
    }
    let space = " ".repeat(width);
    let line = |(index, line): (usize, &str)| {
        let is_indented = if index == 0 {
            is_first
        } else {
            is_blank || !line.is_empty()
        };
        format!("{}{line}", if is_indented { &space } else { "" })
    };
    let mut made = text
        .lines()
        .enumerate()
        .map(line)
        .collect::<Vec<_>>()
        .join("\n");
    if text.ends_with('\n') {
        made.push('\n');
    }
    Ok(made)
}

/// `join`, of a list and a result that are no larger than a value may be.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the shape that Tera asks for"
)]
fn join(list: Vec<Value>, kwargs: Kwargs, _: &State<'_>) -> TeraResult<String> {
    let between = kwargs.get::<&str>("sep")?.unwrap_or_default();
    let mut left = MOST_VALUE;
    let fits = list.iter().all(|one| weigh(one, &mut left, 0));
    if !fits || list.len().saturating_mul(between.len()) > left {
        return Err(large());
    }
    let texts: Vec<String> = list.iter().map(ToString::to_string).collect();
    Ok(texts.join(between))
}

/// Takes what is printed, up to the longest message.
#[derive(Debug, Default)]
pub(super) struct Page(Vec<u8>);

impl Page {
    /// Returns the text.
    pub(super) fn text(self) -> String {
        String::from_utf8(self.0).unwrap_or_default()
    }
}

impl io::Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MOST_OUTPUT {
            let sentence = format!("the message becomes longer than {MOST_OUTPUT} bytes");
            return Err(io::Error::other(sentence));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::text::Templates;
    use super::*;

    /// What is wrong with a template, of those of a ledger with this one.
    fn wrong(text: &str) -> Option<String> {
        let own = vec![("fr/thanks.txt".to_owned(), text.to_owned())];
        Templates::new(own).check().pop().map(|error| error.message)
    }

    /// Whatever makes a text larger by itself, or goes on for ever, is refused soon.
    #[test]
    fn a_template_costs_no_more_than_its_budget() {
        let long = "x".repeat(70_000);
        let sets = "{% set x = x ~ x %}".repeat(60);
        let lists = "{% set x = [x, x] %}".repeat(60);
        let spreads = "{% set x = [...x, ...x] %}".repeat(60);
        let replaces = "| replace(from='a', to='aaaaaaaaaaaaaaaa') ".repeat(30);
        let spaces = "| replace(from='', to='aaaaaaaaaaaaaaaa') ".repeat(30);
        let indents = "| indent(width=1000, first=true) | replace(from=' ', to='\\n') ".repeat(9);
        let names = "{% for i in range(end=100) %}{% for j in range(end=100) %}{% for k in range(end=100) %}";
        let ends = "{% endfor %}".repeat(3);
        for text in [
            "{% set x = 'aaaaaaaaaaaaaaaa' %}{% for i in range(end=100) %}{% set_global x = x ~ x %}{% endfor %}{{ x }}".to_owned(),
            "{% set x = 'aaaaaaaaaaaaaaaa' %}{% for i in range(end=100) -%}\n{%- set_global x = x ~ x -%}\n{% endfor %}".to_owned(),
            format!("{{% set x = 'a' %}}{sets}"),
            format!("{{% set x = 'a' %}}{lists}{{{{ x }}}}"),
            format!("{{% set x = ['a'] %}}{spreads}{{{{ x | length }}}}"),
            "{% set x = ['a'] %}{% for i in range(end=100) %}{% set_global x = [x] %}{% endfor %}".to_owned(),
            "{% set x = {'a': 'b'} %}{% for i in range(end=100) %}{% set_global x = {'a': x, 'b': x} %}{% endfor %}".to_owned(),
            format!("{{{{ 'a' {replaces} }}}}"),
            format!("{{{{ 'a' {spaces} }}}}"),
            format!("{{{{ 'a' {indents} }}}}"),
            "{{ 'a' | indent(width=1000000000, first=true) }}".to_owned(),
            "{{ range(end=100) | join(sep=subject | replace(from='', to='                ') | replace(from='', to='                ')) }}".to_owned(),
            format!("{names}{ends}"),
            format!("{names}{{{{ total }}}}{ends}"),
            format!("{names}{{% raw %}}{}{{% endraw %}}{ends}", "x".repeat(9000)),
            "{% for c in '}}%}{#' %}{% for i in range(end=100) %}{% for j in range(end=100) %}{% if c ~ '\\'' == \"%}\" %}{% for k in items %}{% endfor %}{% endif %}{% endfor %}{% endfor %}{% endfor %}{% for i in range(end=100) %}{% for j in range(end=100) %}{% for k in range(end=100) %}{% endfor %}{% endfor %}{% endfor %}".to_owned(),
            long,
            "{% set x %}a{% endset %}".to_owned(),
            "{% filter upper %}a{% endfilter %}".to_owned(),
            "{% component a() %}{{<a/>}}{{<a/>}}{% endcomponent a %}".to_owned(),
            "{% include 'fr/thanks.txt' %}".to_owned(),
            "{% extends 'fr/plan.txt' %}".to_owned(),
            "{% block a %}{% endblock a %}".to_owned(),
            "{{ acquit_turn(cost=-1) }}".to_owned(),
        ] {
            let begun = std::time::Instant::now();
            let shown: String = text.chars().take(120).collect();
            assert!(wrong(&text).is_some(), "{shown}");
            assert!(begun.elapsed().as_secs() < 20, "{shown}");
        }
    }

    /// What was put in does not show: neither in the text, nor in the places of errors.
    #[test]
    fn what_counts_does_not_show() {
        for (text, shown) in [
            (
                "a{% for i in range(end=3) %} {{ i }} {% endfor %}b",
                "a 0  1  2 b",
            ),
            (
                "a{% for i in range(end=3) -%} {{ i }} {%- endfor %} b",
                "a012 b",
            ),
            ("a {%- set x = 'é' -%} b{{ x }}", "abé"),
            ("{% raw %}{% for %}{{ }}{% endraw %}", "{% for %}{{ }}"),
            ("{# {% for x in y %} #}a", "a"),
            ("{{ '%}{% for' }}", "%}{% for"),
            ("{% if '%}' == \"%}\" %}a{% endif %}", "a"),
            ("{% set x = missing | default(value='') %}a{{ x }}", "a"),
            ("{{ 'a-b-c' | replace(from='-', to='+') }}", "a+b+c"),
            ("{{ [1, 'b', 2.5] | join(sep=', ') }}", "1, b, 2.5"),
            ("{{ 'a\\nb\\n\\nc' | indent(width=2) }}", "a\n  b\n\n  c"),
        ] {
            let counted = counted(text).unwrap();
            let mut tera = Tera::new();
            Work::default().register(&mut tera);
            tera.add_raw_template("t", &counted.text).unwrap();
            let made = tera.render("t", &tera::Context::new()).unwrap();
            assert_eq!(made, shown, "{text}");
            // Each byte of the template is found again.
            let last = counted.place(counted.text.len());
            assert_eq!(last, text.len(), "{text}");
        }
        let own =
            "Objet : x\n\n{% for i in range(end=2) %}{% set x = 1 %}{% endfor %}{{ nothing.more }}";
        let templates = Templates::new(vec![("fr/thanks.txt".to_owned(), own.to_owned())]);
        let [error] = templates
            .check()
            .try_into()
            .unwrap_or_else(|_| panic!("one error"));
        let (start, end) = error.range.unwrap();
        assert!(
            own[start..end].starts_with("nothing"),
            "{}",
            &own[start..end]
        );
        let own = "Objet : x\n\n{% set x = 'a' %}{% for i in range(end=99) %}{% set_global x = x ~ x %}{% endfor %}";
        let templates = Templates::new(vec![("fr/thanks.txt".to_owned(), own.to_owned())]);
        let (start, end) = templates.check()[0].range.unwrap();
        assert_eq!(&own[start..end], "{% set_global x = x ~ x %}");
    }
}
