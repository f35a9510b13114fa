//! Mail, over SMTP: asked step by step, so that it is known whether the server has it. Until the last dot of a mail is out, it has not.

mod compose;

use std::time::Duration;

use lettre::address::Envelope;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use secrecy::ExposeSecret;
use tokio::time::timeout;

use crate::domain::{Argument, Message, Timestamp};
use crate::durable;
use crate::foreign::Secrets;
use crate::message;
use crate::messages::answers::{not_sent, refused, unknown, without_file};
use crate::messages::channel::{Answer, Channel, Email, Encryption};
use crate::messages::form;
use crate::messages::letter::Letter;
use crate::messages::post::{Patience, deepest_cause};

pub use compose::mailbox;
use compose::{Enclosed, compose, domain_of};

const SERVICE: &str = "channel-name-email";

/// Base64 adds a third, and many servers take no more than 20 MB.
const FILE_BYTES_MAX: u64 = 10 * 1024 * 1024;
const CERTIFICATES_BYTES_MAX: u64 = 1024 * 1024;
/// Nothing hangs on its answer.
const GOODBYE: Duration = Duration::from_secs(2);

const LOGIN_CODES: [&str; 4] = ["530", "534", "535", "538"];
const SIZE_CODES: [&str; 2] = ["523", "552"];
const PEOPLE_CODES: [&str; 4] = ["550", "551", "553", "554"];

pub async fn deliver(
    channel: &Channel,
    email: &Email,
    letter: &Letter,
    now: Timestamp,
    patience: Patience,
) -> Result<(), Answer> {
    if channel.proxy.is_some() {
        return Err(in_settings(message!("channel-mail-proxy")));
    }
    let relay = Relay { email, secrets: channel.secrets(), patience };
    let prefix = channel.prefix.as_deref();
    let file = letter.attachment.as_ref().map(|attachment| (attachment, form::bytes_of(attachment, FILE_BYTES_MAX)));
    let (enclosed, lost) = match file {
        Some((attachment, Ok(Some(bytes)))) => (Some(Enclosed { name: &attachment.name, bytes }), None),
        Some((_, Err(why))) => (None, Some(why)),
        // Its name stands in the foot.
        Some((_, Ok(None))) | None => (None, None),
    };
    let bare = || compose(email, letter, prefix, now, None);
    let sent = match enclosed {
        None => relay.send(&bare()?).await,
        Some(enclosed) => match relay.send(&compose(email, letter, prefix, now, Some(enclosed))?).await {
            // Nothing of it was taken.
            Err(Trouble { answer, is_too_big: true }) => {
                relay.send(&bare()?).await.map_err(|trouble| trouble.answer)?;
                return Err(without_file(answer));
            }
            sent => sent,
        },
    };
    sent.map_err(|trouble| trouble.answer)?;
    match lost {
        Some(why) => Err(without_file(Answer::NotSent { why, after: None })),
        None => Ok(()),
    }
}

/// What came of a mail that is not known to have arrived.
struct Trouble {
    answer: Answer,
    is_too_big: bool,
}

impl From<Answer> for Trouble {
    fn from(answer: Answer) -> Self {
        Self { answer, is_too_big: false }
    }
}

/// The server that takes mail from us.
struct Relay<'a> {
    email: &'a Email,
    secrets: Secrets,
    patience: Patience,
}

impl Relay<'_> {
    async fn send(&self, mail: &lettre::Message) -> Result<(), Trouble> {
        let mut line = self.in_time(self.connected()).await?;
        let sent = self.said(&mut line, mail).await;
        let is_in_step = !matches!(&sent, Err(Trouble { answer: Answer::Unknown { .. }, .. }));
        if is_in_step {
            let _ = timeout(GOODBYE.min(self.patience.connect), line.quit()).await;
        }
        sent
    }

    /// A step before the mail itself: whoever does not answer has nothing.
    async fn in_time<T>(&self, step: impl Future<Output = Result<T, Trouble>>) -> Result<T, Trouble> {
        timeout(self.patience.answer, step).await.unwrap_or_else(|_| {
            let why = message!("channel-mail-slow", place = self.place(), seconds = seconds(self.patience.answer));
            Err(Answer::NotSent { why, after: None }.into())
        })
    }

    async fn connected(&self) -> Result<AsyncSmtpConnection, Trouble> {
        // This machine's own name is nobody's business.
        let hello = ClientId::Domain(domain_of(&mailbox(&self.email.from).ok_or_else(|| self.no_address())?));
        let host = self.email.host.trim_matches(['[', ']']);
        let wrapper = if self.email.encryption == Encryption::Tls { Some(self.tls(host)?) } else { None };
        let address = (host, self.email.port);
        let connecting =
            AsyncSmtpConnection::connect_tokio1(address, Some(self.patience.connect), &hello, wrapper, None);
        let mut line = connecting.await.map_err(|error| self.judged(&error))?;
        if self.email.encryption == Encryption::Starttls {
            if !line.can_starttls() {
                let why = message!("channel-mail-no-starttls", place = self.place());
                return Err(Answer::Refused { why, repair: message!("channel-repair-mail-encryption") }.into());
            }
            line.starttls(self.tls(host)?, &hello).await.map_err(|error| self.judged(&error))?;
        }
        Ok(line)
    }

    fn tls(&self, host: &str) -> Result<TlsParameters, Answer> {
        let mut parameters = TlsParameters::builder(host.to_string());
        if let Some(path) = &self.email.ca_file {
            let wrong = |error: String| {
                in_settings(message!("connect-ca-file", path = path.display().to_string(), error = error))
            };
            let pem = durable::read_small(path, CERTIFICATES_BYTES_MAX).map_err(|error| wrong(error.to_string()))?;
            let authority = Certificate::from_pem(&pem).map_err(|error| wrong(deepest_cause(&error)))?;
            parameters = parameters.add_root_certificate(authority);
        }
        let unusable = |error: SmtpError| Answer::NotSent {
            why: message!("connect-client", error = self.secrets.tidy(&deepest_cause(&error))),
            after: None,
        };
        parameters.build().map_err(unusable)
    }

    async fn said(&self, line: &mut AsyncSmtpConnection, mail: &lettre::Message) -> Result<(), Trouble> {
        let bytes = mail.formatted();
        self.in_time(self.announced(line, mail.envelope(), &bytes)).await?;
        let patience = self.patience.file;
        match timeout(patience, line.message(&bytes)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) if error.status().is_some() => Err(self.judged(&error)),
            Ok(Err(error)) => {
                let cause = self.secrets.tidy(&deepest_cause(&error));
                Err(unknown(message!("channel-broke-off", place = self.place(), cause = cause)).into())
            }
            Err(_) => {
                let why = message!("channel-no-answer", place = self.place(), seconds = seconds(patience));
                Err(unknown(why).into())
            }
        }
    }

    /// Everything before the mail itself.
    async fn announced(&self, line: &mut AsyncSmtpConnection, envelope: &Envelope, mail: &[u8]) -> Result<(), Trouble> {
        if let Some((login, password)) = &self.email.login {
            let kinds = [Mechanism::Plain, Mechanism::Login];
            if line.server_info().get_auth_mechanism(&kinds).is_none() {
                let why = message!("channel-mail-no-login", place = self.place());
                return Err(Answer::Refused { why, repair: message!("channel-repair-mail-encryption") }.into());
            }
            let credentials = Credentials::new(login.clone(), password.expose_secret().to_string());
            line.auth(&kinds, &credentials).await.map_err(|error| self.judged(&error))?;
        }
        let mut parameters = Vec::new();
        let mut addresses = envelope.to().iter().chain(envelope.from());
        if addresses.any(|address| !<lettre::Address as AsRef<str>>::as_ref(address).is_ascii()) {
            if !line.server_info().supports_feature(Extension::SmtpUtfEight) {
                return Err(in_settings(message!("channel-mail-letters", place = self.place())).into());
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        if !mail.is_ascii() {
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        let judged = |error: SmtpError| self.judged(&error);
        line.command(Mail::new(envelope.from().cloned(), parameters)).await.map_err(judged)?;
        for person in envelope.to() {
            line.command(Rcpt::new(person.clone(), Vec::new())).await.map_err(judged)?;
        }
        line.command(Data).await.map_err(judged)?;
        Ok(())
    }

    /// What an error means of which the server has no mail.
    fn judged(&self, error: &SmtpError) -> Trouble {
        let cause = deepest_cause(error);
        let Some(code) = error.status().map(|code| code.to_string()) else {
            let why = message!("channel-not-reached", place = self.place(), cause = self.secrets.tidy(&cause));
            return Answer::NotSent { why, after: None }.into();
        };
        let words = self.secrets.tidy(&format!("{code} {cause}"));
        if error.is_transient() {
            return not_sent(self.place(), words, None).into();
        }
        let has = |codes: &[&str]| codes.contains(&code.as_str());
        let is_too_big = has(&SIZE_CODES);
        let repair = match () {
            () if has(&LOGIN_CODES) => message!("channel-repair-mail-login"),
            () if is_too_big => message!("channel-repair-mail-size"),
            () if has(&PEOPLE_CODES) => message!("channel-repair-mail-people"),
            () => message!("channel-repair-look-up"),
        };
        Trouble { answer: refused(self.place(), words, repair), is_too_big }
    }

    fn no_address(&self) -> Answer {
        in_settings(message!("channel-mail-address", address = &self.email.from))
    }

    fn place(&self) -> Message {
        message!(SERVICE, host = &self.email.host)
    }
}

fn in_settings(why: Message) -> Answer {
    Answer::Refused { why, repair: message!("channel-repair-settings") }
}

fn seconds(patience: Duration) -> Argument {
    Argument::from(patience.as_secs_f32().to_string())
}
