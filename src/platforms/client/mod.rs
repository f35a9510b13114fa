//! The one place where requests are sent: pace, tries, the reading of answers, the call log.
//!
//! What an answer means is the platform's business (its [`Judge`]); what may be tried again is decided here, once for all:
//! a read after anything passing, a write only after the platform's word that it did nothing.

mod answer;
mod bounds;
mod clocks;
mod problem;

use backon::{BackoffBuilder, ExponentialBuilder};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue, IntoHeaderName};
use reqwest::{Client, Method};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::SemaphorePermit;
use url::Url;

use self::answer::{BodyProblem, asked_to_wait, data_in, read_body};
use self::bounds::STORE_BYTES_MAX;
use self::clocks::Clocks;
use self::problem::CallContext;
use super::account::{Account, ConnectError};
use super::call_log::{CallLog, CallOutcome, CallRecord};
use super::errors::{CallErrorKind, SendError};
use super::network::{AppLimits, Clock, Network, RetryPolicy, ShopLimits};
use super::pace::{AppPace, Day, Pace, RateLimiter, StorePace};
use crate::domain::{Abilities, Argument, Message, StoreId, Timestamp};
use crate::foreign::Secrets;
use crate::message;

pub(super) use self::answer::{Answer, Judge, Judgement, Verdict};
pub(super) use self::problem::{Intent, Problem};

/// A store may need this many repeated calls, and one for every five calls besides: beyond that it is given up, so that one
/// ailing store cannot hold up a run of many.
const RETRIES_FREE: u64 = 50;
const CALLS_FOR_ONE_RETRY: u64 = 5;

/// The first pause in a brief outage, in units of the first wait between tries (5 s by default); it doubles.
const OUTAGE_WAITS: u32 = 10;

/// A status and a `Retry-After` by which a platform tells an outage that is over much sooner than that.
pub(super) type BriefOutage = (u16, Duration);

/// What an answer is to bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bringing {
    Data,
    Tokens,
}

/// One request, signed for one try.
pub(super) struct Request {
    pub method: Method,
    pub url: Url,
    pub headers: HeaderMap,
    /// Data to be sent as JSON, or as a form where the headers say so; a text is sent as it stands.
    pub body: Option<Value>,
}

/// The right to send one call now, and its numbers at the gates that it passed.
struct Permit<'a> {
    _under_way: Option<SemaphorePermit<'a>>,
    of_shop: u64,
    of_app: Option<u64>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Every request that was sent, retries included.
    pub calls: u64,
    pub retries: u64,
}

/// What a platform can do, how fast its calls leave, and its day of calls where it counts by the day.
pub(super) type Terms = (&'static Abilities, &'static Pace, Option<Day>);

/// One store's way to its platform.
pub struct ApiClient {
    store: StoreId,
    abilities: &'static Abilities,
    client: Client,
    app: Arc<AppLimits>,
    shop: Arc<ShopLimits>,
    retry_policy: RetryPolicy,
    clock: Clock,
    log: CallLog,
    judge: Judge,
    asked_to_wait: fn(&Answer) -> Option<Duration>,
    brief_outage: Option<BriefOutage>,
    secrets: Secrets,
    calls: AtomicU64,
    retries: AtomicU64,
    /// Bytes of all answers.
    received: AtomicU64,
    clocks: Clocks,
}

impl ApiClient {
    /// `app` names what the platform counts calls by besides the shop.
    pub(super) fn new(
        account: &Account,
        network: &Network,
        app: &str,
        (abilities, pace, day): Terms,
        judge: Judge,
    ) -> Result<Self, ConnectError> {
        let secrets = network.secrets();
        account.hide(&secrets);
        Ok(Self {
            store: account.store.id.clone(),
            abilities,
            client: network.client(account.proxy.as_ref(), account.ca_file.as_deref())?,
            app: network.app_limits(abilities.platform, app, (pace, day), account.pace),
            shop: network.shop_limits(abilities.platform, account.store.shop.as_str(), pace, account.pace),
            retry_policy: network.retry_policy(),
            clock: network.clock(),
            log: network.log(),
            judge,
            asked_to_wait: |_| None,
            brief_outage: None,
            secrets,
            calls: AtomicU64::new(0),
            retries: AtomicU64::new(0),
            received: AtomicU64::new(0),
            clocks: Clocks::since(network.clock()()),
        })
    }

    /// For a platform that tells in an answer's body how long to wait; a `Retry-After` is read in any case.
    pub(super) fn asked_to_wait_by(mut self, asked_to_wait: fn(&Answer) -> Option<Duration>) -> Self {
        self.asked_to_wait = asked_to_wait;
        self
    }

    /// Rides such an outage out: reads are tried again sooner than told, for as long as told.
    pub(super) fn riding_out(mut self, outage: BriefOutage) -> Self {
        self.brief_outage = Some(outage);
        self
    }

    fn is_brief_outage(&self, problem: &Problem) -> bool {
        let told = problem.status.zip(problem.asked_to_wait);
        problem.outcome == CallOutcome::Broken && told.is_some() && told == self.brief_outage
    }

    /// Masks `secret` from now on in everything that this line says.
    pub(super) fn hide(&self, secret: &str) {
        self.secrets.add(secret);
    }

    pub(super) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    pub(super) fn store(&self) -> &StoreId {
        &self.store
    }

    pub(super) fn abilities(&self) -> &'static Abilities {
        self.abilities
    }

    /// What bounds this store's calls at this moment.
    pub(super) fn pace(&self) -> StorePace {
        let quota = self.app.quota.as_ref().map(|quota| quota.left(self.now()));
        let per_second = self.app.rate.as_ref().map(RateLimiter::per_second);
        let is_bounded = quota.is_some() || per_second.is_some();
        let name = format!("{} {}", self.abilities.platform.word(), self.app.name);
        let app = is_bounded.then_some(AppPace { name, per_second, quota });
        StorePace { app, per_second: self.shop.rate.per_second() }
    }

    /// The platform's clock less ours as ours goes now, as far as its answers told.
    pub(super) fn clock_ahead_seconds(&self) -> Option<i64> {
        self.clocks.ahead_seconds(self.now())
    }

    pub(super) fn tally(&self) -> Tally {
        Tally { calls: self.calls.load(Ordering::Relaxed), retries: self.retries.load(Ordering::Relaxed) }
    }

    /// Asks until an answer is accepted, within limits; a write is sent again only where the platform said that it did nothing yet.
    /// `build` makes and signs the request anew for each try.
    pub(super) async fn call(
        &self,
        intent: Intent,
        call: &str,
        build: impl Fn(Timestamp) -> Request + Send,
    ) -> Result<Answer, Problem> {
        self.tried(intent, call, build, Bringing::Data).await
    }

    /// The same for what is answered with tokens, which [`ApiClient::call`] would mask where they are known.
    pub(super) async fn call_for_tokens(
        &self,
        intent: Intent,
        call: &str,
        build: impl Fn(Timestamp) -> Request + Send,
    ) -> Result<Answer, Problem> {
        self.tried(intent, call, build, Bringing::Tokens).await
    }

    async fn tried(
        &self,
        intent: Intent,
        call: &str,
        build: impl Fn(Timestamp) -> Request + Send,
        bringing: Bringing,
    ) -> Result<Answer, Problem> {
        let waiting = ExponentialBuilder::default().with_jitter().with_max_delay(self.retry_policy.longest_wait);
        let first = self.retry_policy.first_wait;
        let mut waits = waiting.with_min_delay(first).with_max_times(self.retry_policy.tries.saturating_sub(1)).build();
        let mut pauses = waiting.with_min_delay(first * OUTAGE_WAITS).without_max_times().build();
        let began = Instant::now();
        let mut attempt = 1;
        loop {
            let problem = match self.attempt(call, &build, attempt, bringing).await {
                Ok(answer) => return Ok(answer),
                Err(problem) => problem,
            };
            let may_go_on = problem.may_be_tried_again(intent) && self.may_retry();
            let is_brief = self.is_brief_outage(&problem);
            let asked = problem.asked_to_wait.unwrap_or_default();
            let next_wait = match (may_go_on, is_brief) {
                (false, _) => None,
                (true, false) => waits.next(),
                (true, true) => pauses.next().filter(|_| began.elapsed() < asked),
            };
            let wait = match next_wait {
                Some(pause) if is_brief => pause,
                Some(wait) if asked <= self.retry_policy.longest_wait => wait.max(asked),
                _ => return Err(problem.given_up_after(attempt)),
            };
            tokio::time::sleep(wait).await;
            attempt += 1;
            self.retries.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn may_retry(&self) -> bool {
        let Tally { calls, retries } = self.tally();
        retries < RETRIES_FREE + calls / CALLS_FOR_ONE_RETRY
    }

    async fn attempt(
        &self,
        call: &str,
        build: &impl Fn(Timestamp) -> Request,
        attempt: u32,
        bringing: Bringing,
    ) -> Result<Answer, Problem> {
        let permit = self.permit().await?;
        let left = Instant::now();
        let at = self.now();
        let request = build(at);
        let (method, path) = (request.method.to_string(), request.url.path().to_string());
        self.calls.fetch_add(1, Ordering::Relaxed);
        let judged = match self.exchange(call, request).await {
            Ok(mut answer) => {
                if bringing == Bringing::Data {
                    self.secrets.mask_data(&mut answer.body);
                }
                self.judged(call, answer)
            }
            Err(problem) => Err(problem),
        };
        let problem = judged.as_ref().err();
        self.learn(problem, &permit, left).await;
        let outcome = problem.map_or(CallOutcome::Answered, |problem| problem.outcome);
        tracing::debug!("{}: {call}, try {attempt}: {outcome:?} in {:?}", self.store, left.elapsed());
        self.log.record(&CallRecord {
            at,
            store: self.store.clone(),
            platform: self.abilities.platform,
            call: call.to_string(),
            method,
            path: self.secrets.tidy(&path),
            status: judged.as_ref().map_or_else(|problem| problem.status, |(answer, _)| Some(answer.status.as_u16())),
            platform_code: problem.and_then(|problem| problem.code.as_deref()).map(str::to_string),
            request_id: judged
                .as_ref()
                .map_or_else(|problem| problem.error.request_id.clone(), |(_, request_id)| request_id.clone()),
            milliseconds: u64::try_from(left.elapsed().as_millis()).unwrap_or(u64::MAX),
            attempt,
            outcome,
            message: problem.map(|problem| {
                let words = problem.error.platform_words.clone();
                words.unwrap_or_else(|| self.log.words_of(&problem.error.sentence))
            }),
        });
        judged.map(|(answer, _)| answer)
    }

    async fn permit(&self) -> Result<Permit<'_>, Problem> {
        let under_way = self.shop.in_flight.acquire().await.ok();
        if let Some(quota) = &self.app.quota {
            quota.take(self.now()).await.map_err(|left| {
                let sentence = message!("call-of-place", place = self.place(), what = left.refusal());
                Problem::unsent(CallErrorKind::Throttled, sentence)
            })?;
        }
        let of_shop = self.shop.rate.pass().await;
        let of_app = match &self.app.rate {
            Some(rate) => Some(rate.pass().await),
            None => None,
        };
        Ok(Permit { _under_way: under_way, of_shop, of_app })
    }

    /// What an answer, or its absence, says about the pace. Which of its limits a platform means when it asks for fewer calls it
    /// seldom says, so both the shop and its app go slower.
    async fn learn(&self, problem: Option<&Problem>, permit: &Permit<'_>, left: Instant) {
        let outcome = problem.map_or(CallOutcome::Answered, |problem| problem.outcome);
        if !matches!(outcome, CallOutcome::NotSent | CallOutcome::Broken) {
            self.shop.rate.answered(permit.of_shop);
            if let (Some(rate), Some(number)) = (&self.app.rate, permit.of_app) {
                rate.answered(number);
            }
        }
        let Some(problem) = problem else { return };
        if outcome == CallOutcome::Throttled {
            let wait = problem.asked_to_wait.filter(|wait| *wait <= self.retry_policy.longest_wait);
            self.shop.rate.slow_down(left, wait);
            if let Some(rate) = &self.app.rate {
                // How long to wait is said to this shop; the app's others only go slower.
                rate.slow_down(left, None);
            }
        }
        let says_used_up = outcome == CallOutcome::Refused && problem.error.kind == CallErrorKind::Throttled;
        if let Some(quota) = self.app.quota.as_ref().filter(|_| says_used_up) {
            quota.used_up(self.now()).await;
        }
    }

    async fn exchange(&self, call: &str, request: Request) -> Result<Answer, Problem> {
        let context = CallContext {
            place: self.place(),
            call,
            host: request.url.host_str().unwrap_or_default().to_string(),
            whole_call: self.retry_policy.whole_call,
            secrets: &self.secrets,
        };
        let is_to_write = !matches!(request.method, Method::GET | Method::HEAD);
        let is_form = request.headers.get(CONTENT_TYPE).is_some_and(|kind| kind == "application/x-www-form-urlencoded");
        let mut builder = self.client.request(request.method, request.url).headers(request.headers);
        match request.body {
            Some(Value::String(text)) => builder = builder.body(text),
            Some(data) => builder = if is_form { builder.form(&data) } else { builder.json(&data) },
            None => {}
        }
        let mut response = builder.send().await.map_err(|error| context.broken_exchange(error))?;
        let status = response.status();
        let headers = response.headers().clone();
        let bytes = match read_body(&mut response, self.retry_policy.answer_bytes_max).await {
            Ok(bytes) => bytes,
            Err(BodyProblem::TooLarge) => {
                let max = Argument::Count(self.retry_policy.answer_bytes_max as u64);
                let sentence = message!("call-too-much", place = &context.place, call = call, max = max);
                return Err(Problem { lasting: true, ..context.broken(status, sentence, None) });
            }
            Err(BodyProblem::Broken(error)) => {
                let problem = context.broken_exchange(error);
                return Err(Problem { outcome: CallOutcome::Broken, status: Some(status.as_u16()), ..problem });
            }
        };
        let too_much = |id, max| {
            let sentence = message!(id, place = &context.place, call = call, max = max);
            Err(Problem { lasting: true, ..context.broken(status, sentence, None) })
        };
        let received = bytes.len() as u64;
        if self.received.fetch_add(received, Ordering::Relaxed).saturating_add(received) > STORE_BYTES_MAX {
            return too_much("call-too-much-in-all", Argument::Count(STORE_BYTES_MAX));
        }
        let data = match data_in(&bytes) {
            Ok(data) => data,
            Err(excess) => {
                let (id, max) = excess.told();
                return too_much(id, max);
            }
        };
        match data {
            Some(body) => {
                let answer = Answer { is_to_write, status, headers, body, received: self.now() };
                if let Some(ahead) = answer.clock_ahead_seconds() {
                    self.clocks.told(ahead, answer.received);
                }
                Ok(answer)
            }
            None => Err(context.not_data(status, &headers, &bytes, self.now())),
        }
    }

    fn judged(&self, call: &str, answer: Answer) -> Result<(Answer, Option<String>), Problem> {
        let Judgement { verdict, code, message, request_id, advice } = (self.judge)(&answer);
        let request_id = request_id.map(|id| self.secrets.tidy(&id));
        let (outcome, kind, id) = match verdict {
            Verdict::Accepted => return Ok((answer, request_id)),
            Verdict::NotNow | Verdict::NotBefore(_) => {
                (CallOutcome::Throttled, CallErrorKind::Throttled, "call-throttled")
            }
            Verdict::Trouble => (CallOutcome::Broken, CallErrorKind::Unreachable, "call-trouble"),
            Verdict::Refused(kind) => (CallOutcome::Refused, kind, "call-refused"),
        };
        let status = Argument::Digits(answer.status.as_u16().into());
        let mut problem = Problem::new(outcome, kind, message!(id, place = self.place(), call = call, status = status));
        if !advice.is_empty() {
            problem.advise(message!(advice, again = self.sign_in_again()));
        }
        let words = [code.as_deref(), message.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(": ");
        problem.error.platform_words = Some(self.secrets.tidy(&words)).filter(|words| !words.is_empty());
        problem.error.request_id = request_id;
        Err(Problem {
            code: code.map(|code| self.secrets.tidy(&code).into()),
            status: Some(answer.status.as_u16()),
            asked_to_wait: match verdict {
                Verdict::NotBefore(wait) => Some(wait),
                _ => asked_to_wait(&answer.headers, self.now()).or_else(|| (self.asked_to_wait)(&answer)),
            },
            ..problem
        })
    }

    /// `Shopee (store shopee-sg-1)`.
    pub(super) fn place(&self) -> Message {
        message!("call-place", platform = self.abilities.name, store = self.store.as_str())
    }

    /// What to do where a sign-in has ended, as a part of a sentence.
    pub(super) fn sign_in_again(&self) -> Message {
        message!("sign-in-again", store = self.store.as_str())
    }

    /// Found before anything is sent: the platform cannot do it. `reason` is the id of a message.
    pub(super) fn impossible(&self, reason: &'static str) -> SendError {
        self.impossible_since(message!(reason))
    }

    pub(super) fn impossible_since(&self, reason: Message) -> SendError {
        let sentence = message!("call-impossible", place = self.place(), reason = reason);
        Problem::unsent(CallErrorKind::Rejected, sentence).into()
    }

    /// The platform has no `what`.
    pub(super) fn gone(&self, what: Message) -> SendError {
        let sentence = message!("call-gone", place = self.place(), what = what);
        Problem::unsent(CallErrorKind::NotFound, sentence).into()
    }

    /// `what` came, and cannot be read.
    pub(super) fn unreadable(&self, what: Message, reason: &Message) -> Problem {
        Problem::doubtful(message!("call-unreadable", place = self.place(), what = what, reason = reason), None)
    }

    /// `data` of an answer, as what it has to be.
    pub(super) fn parsed<T: DeserializeOwned>(
        &self,
        answer: &Answer,
        data: Value,
        what: Message,
    ) -> Result<T, Problem> {
        serde_json::from_value(data)
            .map_err(|error| self.unreadable_answer(what, error.to_string(), answer.request_id()))
    }

    /// A whole answer came that cannot be read.
    pub(super) fn unreadable_answer(
        &self,
        what: Message,
        error: impl Into<Argument>,
        request_id: Option<String>,
    ) -> Problem {
        let error = match error.into() {
            Argument::Text(words) => self.secrets.tidy(&words).into(),
            other => other,
        };
        let request_id = request_id.map(|id| self.secrets.tidy(&id));
        let sentence = message!("call-unreadable-answer", place = self.place(), what = what, error = error);
        Problem::doubtful(sentence, request_id)
    }

    /// A creation was accepted, and the answer names nothing that was made.
    pub(super) fn no_id(&self, what: Message, request_id: Option<String>) -> SendError {
        Problem::doubtful(message!("call-no-id", place = self.place(), what = what), request_id).into()
    }

    /// There is neither a stored sign-in nor one in the config.
    pub(super) fn not_signed_in(&self) -> Problem {
        let sentence = message!("sign-in-missing", place = self.place(), again = self.sign_in_again());
        Problem::unsent(CallErrorKind::SignIn, sentence)
    }
}

/// A header that no log shows. A text that no header can carry is left out, and the platform says that it is missing.
pub(super) fn secret_header(name: impl IntoHeaderName, text: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    if let Ok(mut value) = HeaderValue::from_str(text) {
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    headers
}

/// `path` below `host`, which may have a path of its own.
pub(super) fn at_path(host: &Url, path: &str) -> Url {
    let mut url = host.clone();
    url.set_path(&format!("{}{path}", host.path().trim_end_matches('/')));
    url
}
