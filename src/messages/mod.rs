//! Messages to the people who are to know: chats, mail and webhooks. A channel takes a letter, in its own form, and says what
//! became of it ([`send`]). What is still to be sent waits in the `outbox`.

mod answers;
mod channel;
mod channels;
mod complaint;
mod escape;
mod form;
mod letter;
mod outbox;
mod ping;
mod post;
mod send;
mod shorten;
pub mod sign;

pub use channel::{Answer, Channel, ChannelId, Email, Encryption, Wire};
pub use complaint::complaint;
pub use letter::{Attachment, Letter, Tone};
pub use outbox::{Came, Outbox, OutboxError, Past, PastKind, Record, Try, Turn, Unsent};
pub use ping::{Beat, ping};
pub use post::Patience;
pub use send::{pace, send, send_within};
