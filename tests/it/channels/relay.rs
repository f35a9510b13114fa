//! A mail server on loopback, written from RFC 5321 and 3207: it takes what it is sent, keeps it, and answers as it is told.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// One connection, from its greeting to its end.
#[derive(Debug, Clone, Default)]
pub struct Session {
    /// What was asked, each with whether it came encrypted.
    pub asked: Vec<(String, bool)>,
    /// The mail, where its last dot came; dots are unstuffed.
    pub mail: Option<String>,
}

impl Session {
    /// The words that begin what was asked: `EHLO MAIL RCPT DATA`.
    pub fn words(&self) -> String {
        let words = self.asked.iter().map(|(line, _)| line.split([' ', ':']).next().unwrap_or_default());
        words.collect::<Vec<_>>().join(" ")
    }

    pub fn line(&self, begins: &str) -> &str {
        self.asked.iter().map(|(line, _)| line.as_str()).find(|line| line.starts_with(begins)).unwrap_or_default()
    }
}

/// What the server does at one moment.
#[derive(Debug, Clone)]
pub enum Does {
    Says(&'static str),
    /// Nothing any more.
    Hangs,
    Leaves,
}

/// When a server does something else than to take the mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    Greeting,
    Login,
    Sender,
    Person,
    Data,
    /// After the last dot.
    End,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaks {
    Plainly,
    Starttls,
    Tls,
}

pub struct Relay {
    pub port: u16,
    sessions: Arc<Mutex<Vec<Session>>>,
}

impl Relay {
    /// Takes every mail.
    pub fn open(speaks: Speaks) -> Self {
        Self::with(speaks, |_, _| None)
    }

    /// Asks `does` at each moment, with the number of sessions before this one.
    pub fn with(speaks: Speaks, does: impl Fn(At, usize) -> Option<Does> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (sessions, does) = (Arc::<Mutex<Vec<Session>>>::default(), Arc::new(does));
        let kept = Arc::clone(&sessions);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (kept, does) = (Arc::clone(&kept), Arc::clone(&does));
                std::thread::spawn(move || {
                    let number = {
                        let mut kept = kept.lock().unwrap();
                        kept.push(Session::default());
                        kept.len() - 1
                    };
                    let talk = Talk { speaks, number, does: &*does, sessions: &kept };
                    // Whoever leaves in the middle is a test's own matter.
                    let _ = talk.with(stream.unwrap());
                });
            }
        });
        Self { port, sessions }
    }

    pub fn sessions(&self) -> Vec<Session> {
        self.sessions.lock().unwrap().clone()
    }

    pub fn mails(&self) -> Vec<String> {
        self.sessions().into_iter().filter_map(|session| session.mail).collect()
    }
}

struct Talk<'a> {
    speaks: Speaks,
    number: usize,
    does: &'a (dyn Fn(At, usize) -> Option<Does> + Send + Sync),
    sessions: &'a Mutex<Vec<Session>>,
}

trait Wire: Read + Write {}
impl<T: Read + Write> Wire for T {}

impl Talk<'_> {
    fn change(&self, change: impl FnOnce(&mut Session)) {
        change(&mut self.sessions.lock().unwrap()[self.number]);
    }

    fn with(&self, stream: TcpStream) -> std::io::Result<()> {
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        let mut is_encrypted = self.speaks == Speaks::Tls;
        let mut wire: BufReader<Box<dyn Wire>> = match is_encrypted {
            true => BufReader::new(Box::new(encrypted(stream.try_clone()?))),
            false => BufReader::new(Box::new(stream.try_clone()?)),
        };
        self.at(At::Greeting, "220 relay.test ESMTP", &mut wire)?;
        loop {
            let line = line_of(&mut wire)?;
            self.change(|session| session.asked.push((line.clone(), is_encrypted)));
            let begins = |word: &str| line.to_uppercase().starts_with(word);
            if begins("EHLO") {
                let starttls = self.speaks == Speaks::Starttls && !is_encrypted;
                let offer = if starttls { "250-STARTTLS\r\n" } else { "" };
                say(&mut wire, &format!("250-relay.test\r\n{offer}250-8BITMIME\r\n250 AUTH PLAIN LOGIN"))?;
            } else if begins("STARTTLS") {
                say(&mut wire, "220 go ahead")?;
                wire = BufReader::new(Box::new(encrypted(stream.try_clone()?)));
                is_encrypted = true;
            } else if begins("AUTH") {
                self.at(At::Login, "235 welcome", &mut wire)?;
            } else if begins("MAIL") {
                self.at(At::Sender, "250 ok", &mut wire)?;
            } else if begins("RCPT") {
                self.at(At::Person, "250 ok", &mut wire)?;
            } else if begins("DATA") {
                if self.at(At::Data, "354 go on", &mut wire)? {
                    let mail = mail_of(&mut wire)?;
                    self.change(|session| session.mail = Some(mail.clone()));
                    if !self.at(At::End, "250 queued", &mut wire)? {
                        self.change(|session| session.mail = None);
                    }
                }
            } else if begins("QUIT") {
                return say(&mut wire, "221 bye");
            } else {
                say(&mut wire, "500 what?")?;
            }
        }
    }

    /// True where it says yes.
    fn at(&self, at: At, usual: &'static str, wire: &mut BufReader<Box<dyn Wire>>) -> std::io::Result<bool> {
        match (self.does)(at, self.number) {
            None => say(wire, usual).map(|()| true),
            Some(Does::Says(words)) => say(wire, words).map(|()| false),
            Some(Does::Leaves) => Err(ErrorKind::ConnectionAborted.into()),
            Some(Does::Hangs) => {
                // Until the other side has lost its patience.
                let _ = wire.read(&mut [0]);
                Err(ErrorKind::ConnectionAborted.into())
            }
        }
    }
}

fn say(wire: &mut BufReader<Box<dyn Wire>>, words: &str) -> std::io::Result<()> {
    wire.get_mut().write_all(format!("{words}\r\n").as_bytes())?;
    wire.get_mut().flush()
}

fn line_of(wire: &mut BufReader<Box<dyn Wire>>) -> std::io::Result<String> {
    let mut line = String::new();
    match wire.read_line(&mut line)? {
        0 => Err(ErrorKind::UnexpectedEof.into()),
        _ => Ok(line.trim_end_matches("\r\n").to_string()),
    }
}

fn mail_of(wire: &mut BufReader<Box<dyn Wire>>) -> std::io::Result<String> {
    let mut mail = String::new();
    loop {
        let line = line_of(wire)?;
        if line == "." {
            return Ok(mail);
        }
        mail.push_str(line.strip_prefix('.').unwrap_or(&line));
        mail.push_str("\r\n");
    }
}

/// With a certificate for localhost, of the authority in `authority.pem`.
fn encrypted(stream: TcpStream) -> rustls::StreamOwned<rustls::ServerConnection, TcpStream> {
    let certificates = CertificateDer::pem_slice_iter(include_bytes!("../data/platforms/shop.pem"));
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("../data/platforms/shop.key")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config =
        config.with_no_client_auth().with_single_cert(certificates.map(Result::unwrap).collect(), key).unwrap();
    rustls::StreamOwned::new(rustls::ServerConnection::new(Arc::new(config)).unwrap(), stream)
}
