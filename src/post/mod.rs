//! How a message leaves the house: by SMTP or by a command. The only user of the network and of processes.
//!
//! A message leaves at most once: whoever sends is asked just before the message itself begins to leave, so that it can be noted
//! beforehand; what became of it after that is certain or is said to be unknown, and never tried again by itself.

mod delivery;
pub mod leaving;
mod process;
mod sendmail;
pub mod settings;
mod smtp;
mod wire;

pub use delivery::{Delivery, Post};
use settings::{Mail, Way};

/// Where the post is found: the real one, or a double in the tests.
pub trait Office {
    /// Opens the post of some settings; a password is asked for here, nothing is sent.
    ///
    /// # Errors
    /// Says why there is no password.
    fn open(&self, mail: &Mail) -> Result<Box<dyn Post>, String>;
}

/// The real post.
#[derive(Debug, Clone, Copy, Default)]
pub struct RealOffice;

impl Office for RealOffice {
    fn open(&self, mail: &Mail) -> Result<Box<dyn Post>, String> {
        Ok(match &mail.way {
            Way::Smtp(server) => Box::new(smtp::Smtp::open(server, mail.timeout)?),
            Way::Sendmail(command) => Box::new(sendmail::Sendmail::new(command, mail.timeout)),
        })
    }
}
