//! Typography of a page: spaces at which no line may break. Only the kind of a space changes, never a word.

use super::pdf::{Align, Paper};
use crate::ledger::party::Language;

/// The space at which no line breaks.
const TIED: char = '\u{a0}';

/// Ties what belongs together in every text that a page shows.
pub fn typeset(paper: &mut Paper, language: Language) {
    let tie = |text: &mut String| {
        if text.contains(' ') {
            *text = tied(text, language);
        }
    };
    for list in [
        &mut paper.seller,
        &mut paper.text,
        &mut paper.mentions,
        &mut paper.footer,
        &mut paper.marks,
    ] {
        list.iter_mut().for_each(tie);
    }
    for text in [&mut paper.subject, &mut paper.note].into_iter().flatten() {
        tie(text);
    }
    for link in &mut paper.links {
        tie(&mut link.text);
    }
    for block in paper.parties.iter_mut().chain(&mut paper.pay) {
        block.lines.iter_mut().for_each(tie);
    }
    for (_, value) in &mut paper.facts {
        tie(value);
    }
    for row in &mut paper.rows {
        row.cells.iter_mut().chain(&mut row.detail).for_each(tie);
    }
    let columns = &paper.columns;
    for row in &mut paper.rows {
        let figures = row
            .cells
            .iter_mut()
            .zip(columns)
            .filter(|(_, column)| column.align == Align::Right);
        figures.for_each(|(cell, _)| minus(cell));
    }
    for row in paper.vat.iter_mut().flat_map(|grid| &mut grid.rows) {
        row.iter_mut().for_each(minus);
    }
    for total in paper.totals.iter_mut().chain(&mut paper.balance) {
        tie(&mut total.label);
        minus(&mut total.value);
    }
    if let Some(qr) = &mut paper.qr {
        tie(&mut qr.caption);
    }
}

/// Writes the sign of a negative figure as a minus, which is as wide as the digits, not as a hyphen.
fn minus(figure: &mut String) {
    if let Some(rest) = figure.strip_prefix('-') {
        *figure = format!("\u{2212}{rest}");
    }
}

/// Turns spaces into tied ones: before `% € §`-like signs everywhere, and in French around its high punctuation.
pub fn tied(text: &str, language: Language) -> String {
    let characters: Vec<char> = text.chars().collect();
    let at = |index: Option<usize>| index.and_then(|index| characters.get(index)).copied();
    let mut out = String::with_capacity(text.len() + 8);
    for (index, character) in characters.iter().enumerate() {
        let (before, after) = (at(index.checked_sub(1)), at(index.checked_add(1)));
        let last = at(index.checked_add(2)).is_none_or(|next| !next.is_alphanumeric());
        let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        let sign = after.is_some_and(|c| matches!(c, '%' | '‰' | '€' | '£' | '°')) && digit(before);
        let section = before.is_some_and(|c| matches!(c, '§' | '°' | '№')) && digit(after);
        let french = language == Language::Fr
            && (before == Some('«')
                || after == Some('»')
                || (last && after.is_some_and(|c| ":;!?".contains(c))));
        let tie = *character == ' ' && (sign || section || french);
        out.push(if tie { TIED } else { *character });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, language: Language) -> String {
        tied(text, language).replace(TIED, "~")
    }

    #[test]
    fn french_signs_stay_with_their_words() {
        let text = "Bon : « oui » ; à 12,40 % l’an, n° 5 ! Fin ?";
        assert_eq!(
            shown(text, Language::Fr),
            "Bon~: «~oui~»~; à 12,40~% l’an, n°~5~! Fin~?"
        );
        assert_eq!(shown("a :b et 10 :30", Language::Fr), "a :b et 10 :30");
    }

    #[test]
    fn other_languages_tie_signs_to_figures() {
        assert_eq!(
            shown("12,4 % pro Jahr : § 19 UStG", Language::De),
            "12,4~% pro Jahr : §~19 UStG"
        );
        assert_eq!(shown("no sign % here", Language::En), "no sign % here");
    }
}
