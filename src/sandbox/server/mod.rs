//! The sandbox over HTTP: one request in, faults around it, one transaction, one answer out.

mod connection;
mod control;
mod rate_limiter;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::ConnectInfo;
use axum::extract::State as Shared;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use futures::stream;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::access::StoreAccess;
use super::clock::Clock;
use super::entries::Platforms;
use super::entry::{Context, PretendPlatform};
use super::exchange::{Answer, Request};
use super::faults::{Call, Fault, FaultKind, Faults, When};
use super::fields::Fields;
use super::folder::{Sandbox, SandboxError};
use super::seed::{Settings, hash_hex};
use super::state::AuditLine;
use connection::{Connection, CuttableListener};
use rate_limiter::RateLimiter;

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

/// Requests received, and how many of them were above a rate limit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    pub requests: u64,
    pub refused_by_rate_limit: u64,
    pub calls: Vec<CallCount>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CallCount {
    /// None where the request names no store that exists.
    pub store: Option<String>,
    pub call: String,
    pub requests: u64,
}

impl Counts {
    /// The requests of one store to one call, such as `("woo-de-1", "update")`.
    pub fn of(&self, store: &str, call: &str) -> u64 {
        let is_meant = |count: &&CallCount| count.store.as_deref() == Some(store) && count.call == call;
        self.calls.iter().find(is_meant).map_or(0, |count| count.requests)
    }
}

/// What every request is answered with. The shops' names and keys never change after a sandbox is made; all that does change is
/// read from the state in each request's own transaction.
#[derive(Debug)]
struct Server {
    sandbox: Sandbox,
    platforms: Vec<Arc<dyn PretendPlatform>>,
    settings: Settings,
    clock: Clock,
    faults: Faults,
    rate_limiter: RateLimiter,
    counted: Mutex<BTreeMap<(Option<String>, String), u64>>,
    served: AtomicU64,
    is_stopped: AtomicBool,
}

pub(super) async fn serve(sandbox: Sandbox, address: SocketAddr, clock: Clock) -> Result<Running, SandboxError> {
    if !address.ip().is_loopback() {
        return Err(SandboxError::NotLoopback { address });
    }
    let (platforms, settings, faults) =
        sandbox.act(|act| Ok((Platforms::stored(act)?.opened, act.settings()?, act.faults()?)))?;
    let refused = |source| SandboxError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    let server = Arc::new(Server {
        sandbox,
        platforms,
        settings,
        clock,
        faults: Faults::new(faults),
        rate_limiter: RateLimiter::default(),
        counted: Mutex::default(),
        served: AtomicU64::new(0),
        is_stopped: AtomicBool::new(false),
    });
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

/// How much of an answer reaches the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Delivery {
    Whole,
    Half,
    Nothing,
}

impl Server {
    /// The request with the faults that hit it: those before the act, the act, those after.
    async fn around(self: Arc<Self>, request: Request) -> (Answer, Delivery) {
        let called = |platform: &Arc<dyn PretendPlatform>| Some((platform.clone(), platform.call(&request)?));
        let Some((platform, call)) = self.platforms.iter().find_map(called) else {
            return (Answer::error_page(404, "Not Found"), Delivery::Whole);
        };
        self.count(&call);
        let hitting = self.faults.hitting(&call);
        sleep(self.settings.latency_milliseconds).await;
        let limit = platform.rate_limit(&call);
        if limit.is_some_and(|(who, per_second)| !self.rate_limiter.lets_through(who, per_second)) {
            return (self.throttled(&*platform, Some(1)), Delivery::Whole);
        }
        for fault in &hitting {
            let answer = match fault {
                FaultKind::Slow { milliseconds, when: When::BeforeCommit } => {
                    sleep(*milliseconds).await;
                    continue;
                }
                FaultKind::LoseRequest => return (Answer::error_page(500, "Lost"), Delivery::Nothing),
                FaultKind::Throttle { retry_after_seconds } => self.throttled(&*platform, *retry_after_seconds),
                FaultKind::Status { code, retry_after_seconds, carried_out: false } => {
                    Answer::failing_host(*code, *retry_after_seconds)
                }
                FaultKind::Html => Answer::error_page(200, "Please wait while we check your browser"),
                FaultKind::Slow { when: When::AfterCommit, .. }
                | FaultKind::Status { carried_out: true, .. }
                | FaultKind::LoseAnswer
                | FaultKind::Truncate
                | FaultKind::PhpNotice => continue,
            };
            return (answer, Delivery::Whole);
        }
        let mut answer = self.clone().carry_out(request, platform, call).await;
        let mut delivery = Delivery::Whole;
        for fault in &hitting {
            match fault {
                FaultKind::Slow { milliseconds, when: When::AfterCommit } => sleep(*milliseconds).await,
                FaultKind::Status { code, retry_after_seconds, carried_out: true } => {
                    answer = Answer::failing_host(*code, *retry_after_seconds);
                }
                FaultKind::LoseAnswer => delivery = Delivery::Nothing,
                FaultKind::Truncate => delivery = Delivery::Half,
                FaultKind::PhpNotice => answer.body = format!("{PHP_NOTICE}{}", answer.body),
                FaultKind::Slow { when: When::BeforeCommit, .. }
                | FaultKind::Status { carried_out: false, .. }
                | FaultKind::LoseRequest
                | FaultKind::Throttle { .. }
                | FaultKind::Html => {}
            }
        }
        (answer, delivery)
    }

    /// The one transaction of a request, off the threads that serve connections.
    async fn carry_out(self: Arc<Self>, request: Request, platform: Arc<dyn PretendPlatform>, call: Call) -> Answer {
        if self.is_stopped.load(Ordering::SeqCst) {
            return Answer::error_page(503, "The sandbox has stopped");
        }
        let act = move || {
            let (clock, now, request_id) = (&self.clock, self.clock.now(), &self.request_id());
            self.sandbox.state.act(|act| {
                platform.answer(&Context { platform: call.platform, act, clock, now, request_id }, &request, &call)
            })
        };
        match tokio::task::spawn_blocking(act).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => {
                tracing::error!(%error, "the sandbox cannot use its state");
                Answer::error_page(500, "The sandbox cannot use its state")
            }
            Err(_) => Answer::error_page(500, "The sandbox failed"),
        }
    }

    fn throttled(&self, platform: &dyn PretendPlatform, retry_after_seconds: Option<u64>) -> Answer {
        platform.throttled(self.clock.now(), retry_after_seconds, &self.request_id())
    }

    fn request_id(&self) -> String {
        let number = self.served.fetch_add(1, Ordering::Relaxed);
        let now = self.clock.now().timestamp_micros();
        hash_hex(&[&self.settings.seed, "request", &number.to_string(), &now.to_string()], 32)
    }

    fn count(&self, call: &Call) {
        *self.lock_counted().entry((call.store.clone(), call.name.clone())).or_default() += 1;
    }

    fn counts(&self) -> Counts {
        let calls: Vec<CallCount> = self
            .lock_counted()
            .iter()
            .map(|((store, call), requests)| CallCount {
                store: store.clone(),
                call: call.clone(),
                requests: *requests,
            })
            .collect();
        let by_own_limits: u64 = self.platforms.iter().map(|platform| platform.refused_by_own_limit()).sum();
        Counts {
            requests: calls.iter().map(|count| count.requests).sum(),
            refused_by_rate_limit: self.rate_limiter.refused() + by_own_limits,
            calls,
        }
    }

    fn lock_counted(&self) -> MutexGuard<'_, BTreeMap<(Option<String>, String), u64>> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const PHP_NOTICE: &str = "<br />\n<b>Notice</b>:  Undefined index: coupon in <b>/var/www/html/wp-content/plugins/shop/shop.php</b> \
     on line <b>42</b><br />\n";

async fn sleep(milliseconds: u64) {
    if milliseconds > 0 {
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    }
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
