//! The sandbox over HTTP: `requests` serves one, `control` the tester, `connection` can be cut, `rate_limiter` counts.

mod connection;
mod control;
mod rate_limiter;
mod requests;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::ConnectInfo;
use axum::extract::State as Shared;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use futures::stream;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Poll;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::access::StoreAccess;
use super::clock::Clock;
use super::exchange::{Answer, Request};
use super::faults::Fault;
use super::fields::Fields;
use super::folder::{Sandbox, SandboxError};
use super::state::AuditLine;
use connection::{Connection, CuttableListener};
use requests::{Delivery, Server};

pub use requests::{CallCount, Counts};

/// Larger than any batch that a platform takes.
const BODY_BYTES_MAX: usize = 8 * 1024 * 1024;
/// How long stopping waits for requests that are being answered.
const STOP_WAIT: Duration = Duration::from_secs(2);

/// A sandbox that answers. Dropping it stops it too, without waiting.
#[derive(Debug)]
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

    /// The sandbox that is served.
    pub fn sandbox(&self) -> &Sandbox {
        &self.server.sandbox
    }

    /// As [`Sandbox::stores`].
    pub fn stores(&self) -> Result<Vec<StoreAccess>, SandboxError> {
        self.server.sandbox.stores()
    }

    pub fn add_fault(&self, fault: Fault) {
        self.server.faults.add(fault);
    }

    pub fn clear_faults(&self) {
        self.server.faults.clear();
    }

    /// As [`Sandbox::audit`].
    pub fn audit(&self) -> Result<Vec<AuditLine>, SandboxError> {
        self.server.sandbox.audit()
    }

    /// The requests received since this serving began, refused ones included.
    pub fn counts(&self) -> Counts {
        self.server.counts()
    }

    /// As [`Sandbox::edit`].
    pub fn edit(&self, store: &str, coupon: &str, fields: Option<&Fields>) -> Result<(), SandboxError> {
        self.server.sandbox.edit(store, coupon, fields)
    }

    /// As [`Sandbox::expire_tokens`], now by the sandbox's clock.
    pub fn expire_tokens(&self, store: Option<&str>, refresh_too: bool) -> Result<(), SandboxError> {
        self.server.sandbox.expire_tokens(store, refresh_too, self.server.clock.now())
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

pub(super) async fn serve(sandbox: Sandbox, address: SocketAddr, clock: Clock) -> Result<Running, SandboxError> {
    if !address.ip().is_loopback() {
        return Err(SandboxError::NotLoopback { address });
    }
    let server = Arc::new(Server::open(sandbox, clock)?);
    let refused = |source| SandboxError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    let router = Router::new().fallback(answer).with_state(server.clone());
    let service = router.into_make_service_with_connect_info::<Connection>();
    let (stop, stopped) = oneshot::channel::<()>();
    let served = tokio::spawn(async move {
        let stopped = async { drop(stopped.await) };
        let _ = axum::serve(CuttableListener { listener }, service).with_graceful_shutdown(stopped).await;
    });
    Ok(Running { address, server, stop: Some(stop), served })
}

async fn answer(
    Shared(server): Shared<Arc<Server>>,
    ConnectInfo(connection): ConnectInfo<Connection>,
    incoming: axum::extract::Request,
) -> Response {
    let (head, body) = incoming.into_parts();
    let Ok(body) = to_bytes(body, BODY_BYTES_MAX).await else {
        return response(Answer::error_page(413, "Request Entity Too Large"), Delivery::Whole, &connection);
    };
    let (path, query) = (head.uri.path(), head.uri.query().unwrap_or_default());
    let request = Request::new(head.method.as_str(), path, query, head.headers, body);
    if request.path.starts_with(control::BASE_PATH) {
        return response(control::answer(server, request).await, Delivery::Whole, &connection);
    }
    let (answer, delivery) = server.around(request).await;
    response(answer, delivery, &connection)
}

fn response(answer: Answer, delivery: Delivery, connection: &Connection) -> Response {
    let length = answer.body.len();
    let body = match delivery {
        Delivery::Whole => Body::from(answer.body),
        Delivery::Half => half(answer.body, connection),
        Delivery::Nothing => {
            connection.cut();
            Body::empty()
        }
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

/// The first half of `text`, then, once that is on its way, a cut connection.
fn half(text: String, connection: &Connection) -> Body {
    let bytes = Bytes::from(text);
    let mut first = Some(bytes.slice(..bytes.len() / 2));
    let mut has_waited = false;
    let connection = connection.clone();
    Body::from_stream(stream::poll_fn(move |cx| {
        if let Some(half) = first.take() {
            return Poll::Ready(Some(Ok(half)));
        }
        if !has_waited {
            // The server sends what it has when the body makes it wait.
            has_waited = true;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        connection.cut();
        Poll::Ready(Some(Err(io::Error::from(io::ErrorKind::ConnectionAborted))))
    }))
}
