//! One request in, faults around it, one transaction, one answer out.

use serde::Serialize;
use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::sandbox::entries::Platforms;
use crate::sandbox::entry::{Clock, Context, PretendPlatform};
use crate::sandbox::exchange::{Answer, Request};
use crate::sandbox::faults::{Call, FaultKind, Faults, When};
use crate::sandbox::folder::{Sandbox, SandboxError};
use crate::sandbox::seed::{Settings, hash_hex};
use crate::sandbox::state::lock;

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

/// What every request is answered with. The shops' names and keys never change after a sandbox is made; all that does change is
/// read from the state in each request's own transaction.
pub(super) struct Server {
    pub sandbox: Sandbox,
    pub control_token: String,
    platforms: Vec<Arc<dyn PretendPlatform>>,
    settings: Settings,
    pub clock: Clock,
    pub faults: Faults,
    rate_limiter: RateLimiter,
    counted: Mutex<BTreeMap<(Option<String>, String), u64>>,
    served: AtomicU64,
    pub is_stopped: AtomicBool,
}

/// How much of an answer reaches the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Delivery {
    Whole,
    Half,
    Nothing,
}

impl Server {
    pub fn open(sandbox: Sandbox, clock: Clock) -> Result<Self, SandboxError> {
        let (platforms, settings, faults) = sandbox.act(|act| {
            Ok((Platforms::stored(act)?.opened, act.settings()?, act.fact("faults")?.unwrap_or_default()))
        })?;
        let control_token = sandbox.control_token()?;
        Ok(Self {
            sandbox,
            control_token,
            platforms,
            settings,
            clock,
            faults: Faults::new(faults),
            rate_limiter: RateLimiter::default(),
            counted: Mutex::default(),
            served: AtomicU64::new(0),
            is_stopped: AtomicBool::new(false),
        })
    }

    /// By the shops' clock.
    pub fn now(&self) -> crate::domain::Timestamp {
        (self.clock)()
    }

    /// The request with the faults that hit it: those before the act, the act, those after.
    pub async fn around(self: Arc<Self>, request: Request) -> (Answer, Delivery) {
        let called = |platform: &Arc<dyn PretendPlatform>| Some((platform.clone(), platform.call(&request)?));
        let Some((platform, call)) = self.platforms.iter().find_map(called) else {
            return (Answer::error_page(404, "Not Found"), Delivery::Whole);
        };
        *lock(&self.counted).entry((call.store.clone(), call.name.clone())).or_default() += 1;
        let hitting = self.faults.hitting(&call);
        sleep(self.settings.latency_milliseconds).await;
        let limit = platform.rate_limit(&call);
        if limit.is_some_and(|(who, per_second)| !self.rate_limiter.lets_through(who, per_second)) {
            return (self.throttled(&*platform, Some(1)), Delivery::Whole);
        }
        let mut alone = None;
        for fault in &hitting {
            let answer = match fault {
                FaultKind::Slow { milliseconds, when: When::BeforeCommit } => {
                    sleep(*milliseconds).await;
                    continue;
                }
                FaultKind::Slow { milliseconds, when: When::BeforeCommitAlone } => {
                    alone = Some(*milliseconds);
                    continue;
                }
                FaultKind::ExpireToken => {
                    self.clone().expire_token(call.store.clone()).await;
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
                | FaultKind::PhpNotice
                | FaultKind::Ignore => continue,
            };
            return (answer, Delivery::Whole);
        }
        let is_kept = !hitting.contains(&FaultKind::Ignore);
        let work = self.clone().carry_out(request, platform, call, is_kept);
        let mut answer = match alone {
            None => work.await,
            Some(milliseconds) => {
                let work = tokio::spawn(async move {
                    sleep(milliseconds).await;
                    work.await
                });
                work.await.unwrap_or_else(|_| Answer::error_page(500, "The sandbox has stopped"))
            }
        };
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
                FaultKind::Slow { when: When::BeforeCommit | When::BeforeCommitAlone, .. }
                | FaultKind::Status { carried_out: false, .. }
                | FaultKind::LoseRequest
                | FaultKind::Throttle { .. }
                | FaultKind::Html
                | FaultKind::ExpireToken
                | FaultKind::Ignore => {}
            }
        }
        (answer, delivery)
    }

    /// The one transaction of a request, off the threads that serve connections.
    async fn carry_out(
        self: Arc<Self>,
        request: Request,
        platform: Arc<dyn PretendPlatform>,
        call: Call,
        is_kept: bool,
    ) -> Answer {
        if self.is_stopped.load(Ordering::SeqCst) {
            return Answer::error_page(503, "The sandbox has stopped");
        }
        let act = move || {
            let (now, request_id) = ((self.clock)(), &self.request_id());
            self.sandbox.state.act_keeping(is_kept, |act| {
                platform.answer(&Context { platform: call.platform, act, now, request_id }, &request, &call)
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

    async fn expire_token(self: Arc<Self>, store: Option<String>) {
        let Some(store) = store else { return };
        let expire = move || self.sandbox.expire_tokens(Some(&store), false, self.now());
        if let Ok(Err(error)) = tokio::task::spawn_blocking(expire).await {
            tracing::error!(%error, "the sandbox cannot use its state");
        }
    }

    fn throttled(&self, platform: &dyn PretendPlatform, retry_after_seconds: Option<u64>) -> Answer {
        platform.throttled((self.clock)(), retry_after_seconds, &self.request_id())
    }

    fn request_id(&self) -> String {
        let number = self.served.fetch_add(1, Ordering::Relaxed);
        let now = (self.clock)().timestamp_micros();
        hash_hex(&[&self.settings.seed, "request", &number.to_string(), &now.to_string()], 32)
    }

    pub fn counts(&self) -> Counts {
        let counted = lock(&self.counted).clone();
        let calls: Vec<CallCount> =
            counted.into_iter().map(|((store, call), requests)| CallCount { store, call, requests }).collect();
        let by_own_limits: u64 = self.platforms.iter().map(|platform| platform.refused_by_own_limit()).sum();
        Counts {
            requests: calls.iter().map(|count| count.requests).sum(),
            refused_by_rate_limit: self.rate_limiter.refused.load(Ordering::Relaxed) + by_own_limits,
            calls,
        }
    }
}

const PHP_NOTICE: &str = "<br />\n<b>Notice</b>:  Undefined index: coupon in <b>/var/www/html/wp-content/plugins/shop/shop.php</b> \
     on line <b>42</b><br />\n";

async fn sleep(milliseconds: u64) {
    if milliseconds > 0 {
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    }
}

/// Rate limits as platforms have them: calls in the last second, above which the next is refused and counted.
/// In memory and by the machine's steady clock: a limit is about this process's seconds, not about the shops' days.
#[derive(Debug, Default)]
struct RateLimiter {
    recent: Mutex<BTreeMap<String, VecDeque<Instant>>>,
    refused: AtomicU64,
}

impl RateLimiter {
    /// Counts a call of `who`, unless it would be one more in the last second than `per_second`.
    fn lets_through(&self, who: String, per_second: u32) -> bool {
        let now = Instant::now();
        let mut recent = lock(&self.recent);
        let times = recent.entry(who).or_default();
        while times.front().is_some_and(|time| now.duration_since(*time) >= Duration::from_secs(1)) {
            times.pop_front();
        }
        if times.len() >= per_second as usize {
            self.refused.fetch_add(1, Ordering::Relaxed);
            return false;
        }
        times.push_back(now);
        true
    }
}
