//! Waits on this machine for the browser that a platform sends back with a code.

use std::future::{IntoFuture, ready};
use std::time::Duration;

use axum::Router;
use axum::http::{Method, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use url::Url;

use crate::platforms::{Consent, Reply, ReplyError};

/// As long as the shortest-lived code of a platform.
pub const PATIENCE: Duration = Duration::from_secs(600);
/// How long a browser that opened connections ahead, and keeps them silent, can hold the end up.
const SILENCE: Duration = Duration::from_secs(2);

const THANKS: &str = "You can close this page; couponbook has the answer.";
const REFUSED: &str = "The platform says that access was not given. You can close this page.";
const NOT_THIS: &str = "This is not the answer that couponbook waits for.";

pub struct Listener {
    listener: TcpListener,
    root: Url,
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
    /// only one that counts, where the browser is sent to this very address. The error is a sentence.
    pub async fn wait(self, consent: &Consent, path: Option<&str>, patience: Duration) -> Result<Reply, String> {
        let (send, mut receive) = mpsc::channel(1);
        let (consent, path) = (consent.clone(), path.map(str::to_string));
        let page = move |method: Method, target: Uri| {
            // Some programs look at an address before its user does.
            let is_look = method != Method::GET;
            let (status, words, end) = if is_look {
                (StatusCode::NOT_FOUND, NOT_THIS, None)
            } else {
                answered(&target, &consent, path.as_deref())
            };
            if let Some(end) = end {
                let _ = send.try_send(end);
            }
            let page = format!("<!doctype html><meta charset=utf-8><title>couponbook</title><p>{words}</p>\n");
            let headers = [
                (header::CACHE_CONTROL, "no-store"),
                (header::REFERRER_POLICY, "no-referrer"),
                (header::CONNECTION, "close"),
            ];
            ready((status, headers, Html(page)).into_response())
        };
        let (end, ended) = oneshot::channel::<()>();
        let served = axum::serve(self.listener, Router::new().fallback(get(page)));
        let mut served = std::pin::pin!(served.with_graceful_shutdown(async { drop(ended.await) }).into_future());
        let reply = tokio::select! {
            () = tokio::time::sleep(patience) => {
                let minutes = patience.as_secs() / 60;
                return Err(format!("no browser brought a code within {minutes} minutes; run the command again for a new link"));
            }
            Err(error) = &mut served => return Err(format!("this machine's port cannot be listened on any more: {error}")),
            Some(reply) = receive.recv() => reply,
        };
        // The browser gets its page before the program goes on.
        drop(end);
        let _ = tokio::time::timeout(SILENCE, served).await;
        reply.map_err(|error| error.to_string())
    }
}

/// What the browser is told of its request; and the end, where that was the answer that is waited for.
fn answered(
    target: &Uri,
    consent: &Consent,
    path: Option<&str>,
) -> (StatusCode, &'static str, Option<Result<Reply, ReplyError>>) {
    let query = target.query().unwrap_or_default();
    let is_meant = path.is_none_or(|path| path == target.path());
    let reply =
        if is_meant && !query.is_empty() { Reply::parse(&format!("?{query}")) } else { Err(ReplyError::NoCode) };
    match reply.and_then(|reply| reply.must_answer(consent).map(|()| reply)) {
        Ok(reply) => (StatusCode::OK, THANKS, Some(Ok(reply))),
        Err(error @ ReplyError::Refused(_))
            if is_meant && (consent.state.is_none() || carries_state(query, consent)) =>
        {
            (StatusCode::OK, REFUSED, Some(Err(error)))
        }
        Err(_) => (StatusCode::NOT_FOUND, NOT_THIS, None),
    }
}

fn carries_state(query: &str, consent: &Consent) -> bool {
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    pairs.any(|(name, value)| name == "state" && Some(&*value) == consent.state.as_deref())
}
