//! Waits on this machine for the browser that a platform sends back with a code.

use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use url::Url;

use crate::platforms::{Consent, Reply, ReplyError};

/// As long as the shortest-lived code of a platform.
pub const PATIENCE: Duration = Duration::from_secs(600);
/// The largest head of a request that is read.
const HEAD_BYTES_MAX: usize = 16 * 1024;
/// A browser that opens a connection and says nothing is let go after this.
const SILENCE: Duration = Duration::from_secs(30);

const THANKS: &str = "You can close this page; couponbook has the answer.";
const REFUSED: &str = "The platform says that access was not given. You can close this page.";
const NOT_THIS: &str = "This is not the answer that couponbook waits for.";

pub struct Listener {
    listener: TcpListener,
    root: Url,
}

#[derive(Debug, thiserror::Error)]
pub enum WaitError {
    #[error("no browser brought a code within {0} minutes; run the command again for a new link")]
    Late(u64),
    #[error(transparent)]
    Reply(#[from] ReplyError),
    #[error("this machine's port cannot be listened on any more: {0}")]
    Broken(std::io::Error),
}

impl Listener {
    /// On the loopback address only; port 0 takes a free one.
    pub async fn bind(port: u16) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let address = format!("http://{}/", listener.local_addr()?);
        let root = Url::parse(&address).map_err(std::io::Error::other)?;
        Ok(Self { listener, root })
    }

    /// What the platform is told to send the browser to.
    pub fn address(&self, path: &str) -> Url {
        let mut url = self.root.clone();
        url.set_path(path);
        url
    }

    /// The first answer that belongs to `consent`, within `patience`; others are turned away and waited past. `path` is the
    /// only one that counts, where it stands for the state.
    pub async fn wait(&self, consent: &Consent, path: Option<&str>, patience: Duration) -> Result<Reply, WaitError> {
        let late = tokio::time::sleep(patience);
        tokio::pin!(late);
        let (send, mut receive) = mpsc::channel::<(TcpStream, String)>(8);
        loop {
            tokio::select! {
                () = &mut late => return Err(WaitError::Late(patience.as_secs() / 60)),
                Some((stream, target)) = receive.recv() => {
                    if let Some(end) = answered(stream, &target, consent, path).await {
                        return end.map_err(WaitError::from);
                    }
                }
                accepted = self.listener.accept() => {
                    let (stream, _) = accepted.map_err(WaitError::Broken)?;
                    let send = send.clone();
                    // Browsers open connections ahead and keep them silent: none may hold the others up.
                    tokio::spawn(async move {
                        if let Ok(Some(read)) = tokio::time::timeout(SILENCE, target_of(stream)).await {
                            let _ = send.send(read).await;
                        }
                    });
                }
            }
        }
    }
}

/// Tells the browser what became of its request; none where that was not the answer that is waited for.
async fn answered(
    stream: TcpStream,
    target: &str,
    consent: &Consent,
    path: Option<&str>,
) -> Option<Result<Reply, ReplyError>> {
    let (own_path, query) = target.split_once('?').unwrap_or((target, ""));
    let is_meant = path.is_none_or(|path| path == own_path);
    let reply =
        if is_meant && !query.is_empty() { Reply::parse(&format!("?{query}")) } else { Err(ReplyError::NoCode) };
    let reply = reply.and_then(|reply| reply.must_answer(consent).map(|()| reply));
    let (status, words, end) = match reply {
        Ok(reply) => ("200 OK", THANKS, Some(Ok(reply))),
        Err(error @ ReplyError::Refused(_)) if consent.state.is_none() || carries_state(query, consent) => {
            ("200 OK", REFUSED, Some(Err(error)))
        }
        Err(_) => ("404 Not Found", NOT_THIS, None),
    };
    say(stream, status, words).await;
    end
}

fn carries_state(query: &str, consent: &Consent) -> bool {
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    pairs.any(|(name, value)| name == "state" && Some(&*value) == consent.state.as_deref())
}

/// The connection and the target of its request: `/path?query`.
async fn target_of(mut stream: TcpStream) -> Option<(TcpStream, String)> {
    let mut head = Vec::new();
    let mut piece = [0; 2048];
    while !head.windows(4).any(|four| four == b"\r\n\r\n") {
        let count = stream.read(&mut piece).await.ok().filter(|count| *count > 0)?;
        head.extend_from_slice(piece.get(..count)?);
        if head.len() > HEAD_BYTES_MAX {
            return None;
        }
    }
    let text = String::from_utf8_lossy(&head).into_owned();
    let mut words = text.lines().next()?.split(' ');
    let (method, target) = (words.next()?, words.next()?);
    (method == "GET").then(|| (stream, target.to_string()))
}

// The browser may be gone already, and that changes nothing.
async fn say(mut stream: TcpStream, status: &str, words: &str) {
    let page = format!("<!doctype html><meta charset=utf-8><title>couponbook</title><p>{words}</p>\n");
    let length = page.len();
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {length}\r\nCache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n{page}"
    );
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
}
