//! The sandbox over HTTP: `requests` serves one, within the rate limits, `control` the tester; `guard` keeps foreign pages out.

mod control;
mod guard;
mod requests;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::State as Shared;
use axum::handler::Handler;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::serve::ListenerExt;
use futures::{StreamExt, stream};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::entry::Clock;
use super::exchange::{Answer, Request};
use super::faults::Faults;
use super::folder::{Sandbox, SandboxError};
use requests::{Delivery, Server};

pub use requests::{CallCount, Counts};

/// Larger than any batch that a platform takes.
const BODY_BYTES_MAX: usize = 8 * 1024 * 1024;
/// How long stopping waits for requests that are being answered.
const STOP_WAIT: Duration = Duration::from_secs(2);

/// A sandbox that answers. Dropping it stops it too, without waiting.
pub struct Running {
    address: SocketAddr,
    server: Arc<Server>,
    stop: Option<oneshot::Sender<()>>,
    served: JoinHandle<()>,
}

impl Running {
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What requests to `/_sandbox/` carry in their header `X-Sandbox-Token`.
    pub fn control_token(&self) -> &str {
        &self.server.control_token
    }

    /// The sandbox that is served.
    pub fn sandbox(&self) -> &Sandbox {
        &self.server.sandbox
    }

    /// The faults in force.
    pub fn faults(&self) -> &Faults {
        &self.server.faults
    }

    /// The requests received since this serving began, refused ones included.
    pub fn counts(&self) -> Counts {
        self.server.counts()
    }

    /// Takes no more connections, waits a moment for requests that are being answered, and returns.
    pub async fn stop(mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if tokio::time::timeout(STOP_WAIT, &mut self.served).await.is_err() {
            self.served.abort();
        }
    }
}

impl Drop for Running {
    /// A request that still waits, in a slow fault perhaps, must not change shops that others open meanwhile.
    fn drop(&mut self) {
        self.server.is_stopped.store(true, Ordering::SeqCst);
    }
}

impl Sandbox {
    /// Answers at `address` (loopback; port 0 takes a free one) until stopped. `clock` is the shops' time.
    pub async fn serve(&self, address: SocketAddr, clock: Clock) -> Result<Running, SandboxError> {
        if !address.ip().is_loopback() {
            return Err(SandboxError::NotLoopback { address });
        }
        let server = Arc::new(Server::open(self.clone(), clock)?);
        let refused = |source| SandboxError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        let service = answer.with_state(server.clone());
        // Answers are small and pages are many: without this, each would wait for the client's acknowledgement.
        let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        let (stop, stopped) = oneshot::channel::<()>();
        let served = tokio::spawn(async move {
            let stopped = async { drop(stopped.await) };
            let _ = axum::serve(listener, service.into_make_service()).with_graceful_shutdown(stopped).await;
        });
        Ok(Running { address, server, stop: Some(stop), served })
    }
}

async fn answer(Shared(server): Shared<Arc<Server>>, incoming: axum::extract::Request) -> Response {
    let (head, body) = incoming.into_parts();
    if guard::is_foreign(&head.headers) {
        return response(Answer::error_page(403, "Forbidden"), Delivery::Whole);
    }
    let Ok(body) = to_bytes(body, BODY_BYTES_MAX).await else {
        return response(Answer::error_page(413, "Request Entity Too Large"), Delivery::Whole);
    };
    let (path, query) = (head.uri.path(), head.uri.query().unwrap_or_default());
    let request = Request::new(head.method.as_str(), path, query, head.headers, body);
    if request.path.starts_with(control::BASE_PATH) {
        return response(control::answer(server, request).await, Delivery::Whole);
    }
    let (answer, delivery) = server.clone().around(request).await;
    let mut response = response(answer, delivery);
    // The shop's clock, not this machine's.
    let date = server.now().format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    if let Ok(date) = HeaderValue::from_str(&date) {
        response.headers_mut().insert(header::DATE, date);
    }
    response
}

/// A body that fails ends the connection: with all of the answer, where nothing of it was sent yet.
fn response(answer: Answer, delivery: Delivery) -> Response {
    let length = answer.body.len();
    let lost = || io::Result::<Bytes>::Err(io::ErrorKind::ConnectionAborted.into());
    let body = match delivery {
        Delivery::Whole => Body::from(answer.body),
        Delivery::Half => {
            let half = Bytes::from(answer.body).slice(..length / 2);
            // The server sends what it has when the body makes it wait.
            let cut = async move {
                tokio::task::yield_now().await;
                lost()
            };
            Body::from_stream(stream::iter([Ok(half)]).chain(stream::once(cut)))
        }
        Delivery::Nothing => Body::from_stream(stream::iter([lost()])),
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(answer.content_type));
    if delivery == Delivery::Half {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    for (name, value) in answer.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    response
}
