//! The reminder policy: what is sent, when, and what it asks for.

use super::words::words;
use rust_decimal::Decimal;

words! {
    /// The kinds of step, in the order they are taken.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum StepName {
        /// Before the due date.
        Upcoming = "upcoming",
        /// On or about the due date.
        Due = "due",
        /// First reminder.
        First = "first",
        /// Second reminder.
        Second = "second",
        /// Last reminder before the formal notice.
        Final = "final",
        /// Formal notice (mise en demeure): never without a person.
        Formal = "formal",
    }
}

impl StepName {
    /// Returns what an English sentence calls it, with its article.
    pub fn title(self) -> &'static str {
        match self {
            Self::Upcoming => "the notice of what falls due soon",
            Self::Due => "the notice of what falls due today",
            Self::First => "the first reminder",
            Self::Second => "the second reminder",
            Self::Final => "the last reminder",
            Self::Formal => "the formal notice",
        }
    }

    /// Returns the name of its template.
    pub fn template(self) -> &'static str {
        match self {
            Self::Upcoming => "reminder-upcoming.txt",
            Self::Due => "reminder-due.txt",
            Self::First => "reminder-first.txt",
            Self::Second => "reminder-second.txt",
            Self::Final => "reminder-final.txt",
            Self::Formal => "formal-notice.txt",
        }
    }
}

words! {
    /// How a message goes.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Channel {
        /// E-mail.
        Email = "email",
        /// Letter.
        Letter = "letter",
        /// Text message.
        Sms = "sms",
        /// Telephone call.
        Call = "call",
        /// Upload to the client's portal, by a person.
        Portal = "portal",
        /// Given by hand.
        Hand = "hand",
    }
}

impl Channel {
    /// The channels by which reminders go.
    pub const OF_REMINDERS: &'static [(&'static str, Self)] = &[
        (Self::Email.word(), Self::Email),
        (Self::Letter.word(), Self::Letter),
        (Self::Sms.word(), Self::Sms),
        (Self::Call.word(), Self::Call),
    ];
    /// The channels by which documents go.
    pub const OF_DOCUMENTS: &'static [(&'static str, Self)] = &[
        (Self::Email.word(), Self::Email),
        (Self::Letter.word(), Self::Letter),
        (Self::Portal.word(), Self::Portal),
        (Self::Hand.word(), Self::Hand),
    ];
}

/// One step of the policy.
#[expect(clippy::struct_excessive_bools, reason = "each is a key of the format")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Which.
    pub name: StepName,
    /// Days from the due date; negative: before it.
    pub days: i32,
    /// How it goes.
    pub channel: Channel,
    /// Asks for late interest beside the debt.
    pub interest: bool,
    /// Asks for the fixed indemnity beside the debt.
    pub fee: bool,
    /// Never sent without a person's yes.
    pub confirm: bool,
    /// Nothing is sent for less than this, in the document's currency.
    pub min_amount: Decimal,
    /// Spacing in days.
    pub every: u32,
    /// How often at most.
    pub max: u32,
    /// Moved to the next working day of the country.
    pub working_days: bool,
}

impl Step {
    /// Returns a step with the defaults of the format.
    pub fn new(name: StepName, days: i32) -> Self {
        Self {
            name,
            days,
            channel: Channel::Email,
            interest: false,
            fee: false,
            confirm: name == StepName::Formal,
            min_amount: Decimal::ZERO,
            every: 7,
            max: 1,
            working_days: false,
        }
    }

    /// Returns the policy that works without a line of configuration.
    pub fn defaults() -> Vec<Self> {
        let claims = |step: Self| Self {
            interest: true,
            fee: true,
            ..step
        };
        vec![
            Self::new(StepName::Upcoming, -5),
            Self::new(StepName::First, 5),
            Self::new(StepName::Second, 15),
            claims(Self::new(StepName::Final, 30)),
            claims(Self {
                channel: Channel::Letter,
                ..Self::new(StepName::Formal, 40)
            }),
        ]
    }
}
