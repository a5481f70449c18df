//! What can have happened, and what each kind of event means to those who ask.

use super::words::words;

words! {
    /// What can have happened beside money.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum EventKind {
        /// A message is about to leave: noted before it does.
        Sending = "sending",
        /// A message was refused for certain.
        NotSent = "not-sent",
        /// A document has left, or a reminder by a step of its own.
        Sent = "sent",
        /// A reminder has left by e-mail or text message.
        Reminded = "reminded",
        /// A reminder by telephone.
        Called = "called",
        /// A reminder by letter.
        Letter = "letter",
        /// A message has arrived, such as a registered letter.
        Delivered = "delivered",
        /// The client contests a document, or a part of it.
        Dispute = "dispute",
        /// A dispute has ended.
        Resolved = "resolved",
        /// No reminders of a document for now.
        Hold = "hold",
        /// A hold has ended.
        Released = "released",
        /// The client promises to pay by a day.
        Promise = "promise",
        /// Instalments were agreed.
        Plan = "plan",
        /// A discount for early payment was given.
        Discount = "discount",
        /// A part of a debt is given up.
        WriteOff = "write-off",
        /// Interest or the indemnity is given up.
        Waived = "waived",
        /// The client acknowledges the debt.
        Acknowledged = "acknowledged",
        /// A judgment on the debt was served, and is enforceable.
        Enforceable = "enforceable",
        /// Insolvency proceedings of the client were opened.
        Insolvency = "insolvency",
        /// A collector or a lawyer has the claim.
        HandedOver = "handed-over",
        /// A quote was issued.
        Offered = "offered",
        /// A quote was accepted.
        Accepted = "accepted",
        /// A quote was refused.
        Refused = "refused",
        /// A quote has expired.
        Expired = "expired",
        /// Another quote stands in a quote's place.
        Replaced = "replaced",
        /// A period of a template is left out.
        Skipped = "skipped",
        /// What a platform of e-invoices says; kept, and read by nothing yet.
        Platform = "platform",
        /// A period was closed; kept, and read by nothing yet.
        Closed = "closed",
        /// The register was sealed anew; kept, and read by nothing yet.
        Resealed = "resealed",
        /// The books were audited; kept, and read by nothing yet.
        Audited = "audited",
        /// Personal data were removed; kept, and read by nothing yet.
        Forgotten = "forgotten",
        /// A remark.
        Note = "note",
    }
}

/// What an event says of a message that leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is about to leave, and may have left.
    Sending,
    /// It did not leave.
    NotSent,
    /// It has left.
    Left,
}

impl EventKind {
    /// Returns what it says of a message, if it is about one.
    pub const fn fate(self) -> Option<Fate> {
        match self {
            Self::Sending => Some(Fate::Sending),
            Self::NotSent => Some(Fate::NotSent),
            Self::Sent | Self::Reminded | Self::Called | Self::Letter => Some(Fate::Left),
            _ => None,
        }
    }

    /// Tells whether it says that a message has left or may have.
    pub const fn is_message(self) -> bool {
        matches!(self.fate(), Some(Fate::Sending | Fate::Left))
    }

    /// Tells whether it says that a reminder has left, whatever its step.
    pub const fn is_reminder(self) -> bool {
        matches!(self, Self::Reminded | Self::Called | Self::Letter)
    }

    /// Tells whether it is about a quote: its issue, an answer, or its end.
    pub const fn is_of_quote(self) -> bool {
        matches!(
            self,
            Self::Offered | Self::Accepted | Self::Refused | Self::Expired | Self::Replaced
        )
    }

    /// Tells whether its amount is taken off what a document owes.
    pub const fn takes_off(self) -> bool {
        matches!(self, Self::Discount | Self::WriteOff)
    }

    /// Tells whether what a document owes over time, or the interest on it, depends on it.
    pub const fn bears_on_debt(self) -> bool {
        matches!(
            self,
            Self::Discount | Self::WriteOff | Self::Dispute | Self::Resolved | Self::Waived
        )
    }
}
