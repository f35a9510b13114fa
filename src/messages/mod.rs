//! Messages to the people who are to know: chats, mail and webhooks. A channel takes a letter, in its own form, and says what
//! became of it.

mod channel;
mod letter;

pub use channel::{Answer, Channel, ChannelId, Email, Encryption, Wire};
pub use letter::{Attachment, Letter, Tone};
