//! What carries messages, and what becomes of one.

use super::leaving::Leaving;

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// It was accepted: what the server or the command answered.
    Accepted(String),
    /// It was begun, and refused for certain: why.
    Refused(String),
    /// It was not begun: why. Nothing needs to be noted.
    NotTried(String),
    /// It was begun, and the answer never came: what happened. It may have arrived or not.
    Unknown(String),
}

/// Carries messages.
pub trait Post {
    /// Carries a message. `before_data` is called once, when everything but the message itself is agreed (all recipients are
    /// accepted); if it says no, the message does not leave and is [`Delivery::NotTried`].
    fn deliver(&mut self, message: &Leaving, before_data: &mut dyn FnMut() -> bool) -> Delivery;
}
