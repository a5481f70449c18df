//! The periods of a template: which day each document is dated, which days it is for, what the period is called in the files.

use chrono::{Datelike, Months, NaiveDate};

use crate::ledger::date::end_of_month;
use crate::ledger::recurring::{Billed, Every, Template};

/// A period of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// The day of its document.
    pub day: NaiveDate,
    /// The first day it is for.
    pub from: NaiveDate,
    /// The last day it is for.
    pub to: NaiveDate,
    /// How often.
    pub every: Every,
}

impl Turn {
    /// Returns its name in the files: `2026-11`, `2026-Q4`, `2026`: the month, quarter or year that its document's day is in.
    /// Where it has two or six months, it is called after the month.
    pub fn name(&self) -> String {
        let (year, month) = (self.day.year(), self.day.month());
        match self.every {
            Every::Month | Every::TwoMonths | Every::HalfYear => format!("{year}-{month:02}"),
            Every::Quarter => format!("{year}-Q{}", month.div_ceil(3)),
            Every::Year => year.to_string(),
        }
    }

    /// Returns how a draft and its document name it: `acme-hosting@2026-11`.
    pub fn key(&self, template: &Template) -> String {
        format!("{}@{}", template.id, self.name())
    }

    /// Tells whether it is a month, a quarter or a year of the calendar.
    pub fn is_calendar(&self) -> bool {
        self.from.month0().is_multiple_of(self.every.months())
    }
}

/// Returns the periods of a template whose day is at most `until`, in order: the day lies between the template's first and last.
pub fn turns(template: &Template, until: NaiveDate) -> Vec<Turn> {
    let last = template.until.map_or(until, |own| own.min(until));
    let step = template.every.months();
    let mut turns = Vec::new();
    let Some(mut from) = template.from.with_day(1) else {
        return turns;
    };
    while from <= last {
        let end = end_of_month(from);
        let day = from.with_day(template.day).unwrap_or(end);
        let Some(next) = from.checked_add_months(Months::new(step)) else {
            break;
        };
        let to = next.pred_opt().unwrap_or(end);
        if day >= template.from && day <= last {
            turns.push(Turn {
                day,
                from,
                to,
                every: template.every,
            });
        }
        from = next;
    }
    turns
}

/// Returns the first and the last day of the month, quarter or year that a period is called after.
fn days_of(name: &str) -> Option<(NaiveDate, NaiveDate)> {
    let (year, rest) = name.split_at_checked(4)?;
    let year = year.parse().ok()?;
    let (first, months) = match (rest.strip_prefix("-Q"), rest.strip_prefix('-')) {
        (Some(quarter), _) => (quarter.parse::<u32>().ok()?.checked_sub(1)? * 3 + 1, 3),
        (None, Some(month)) => (month.parse().ok()?, 1),
        (None, None) => (1, 12),
    };
    let from = NaiveDate::from_ymd_opt(year, first, 1)?;
    let next = from.checked_add_months(Months::new(months))?;
    Some((from, next.pred_opt()?))
}

/// Finds what bills a period of a template under another name: to the same client, for days of the same period, and named by a template
/// that is gone (its file may have got another name), by one of the same words (its file may have been copied), or by this one while it
/// had another `every`. Templates of other words that are still there bill other things.
pub fn elsewhere<'b>(
    template: &Template,
    turn: &Turn,
    billed: &'b [Billed],
    templates: &[Template],
) -> Option<&'b Billed> {
    let key = turn.key(template);
    billed.iter().find(|other| {
        let (id, name) = other.parts();
        let overlaps = || {
            let days = other.period.or_else(|| days_of(name));
            days.is_some_and(|(from, to)| from <= turn.to && turn.from <= to)
        };
        let is_same = || {
            let known = templates.iter().find(|known| known.id == id);
            id == template.id || known.is_none_or(|known| known.text.trim() == template.text.trim())
        };
        other.key != key && other.client == template.draft.client.value && overlaps() && is_same()
    })
}

/// Tells whether a template ever has a period.
pub fn is_possible(template: &Template) -> bool {
    // Without an end there is one within the first two periods.
    let enough = template
        .from
        .checked_add_months(Months::new(25))
        .unwrap_or(template.from);
    !turns(template, template.until.unwrap_or(enough)).is_empty()
}
