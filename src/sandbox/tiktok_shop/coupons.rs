//! The two coupon operations: search and get. The sheet's section 2.

use data_encoding::BASE64;
use serde_json::{Value, json};

use super::answer::{Done, INVALID_FORMAT, Refusal, Reply, invalid_parameter, no_such_coupon};
use super::shop::{Shop, TiktokShop};
use crate::domain::Timestamp;
use crate::sandbox::entry::Context;
use crate::sandbox::exchange::Request;
use crate::sandbox::fields::{Fields, is_among, text};
use crate::sandbox::seed::hash_hex;

const PAGE_SIZE_MAX: usize = 100;
const PAGE_SIZE_DEFAULT: usize = 50;
const KEYWORD_LETTERS_MAX: usize = 100;

/// Before every cursor, so that base64 spells it with `+`, `/` and `=`: a client that signs or sends those wrongly is found out.
const CURSOR_MARK: &[u8] = &[0xfb, 0xff, 0xbf];

const STATUSES: [&str; 4] = ["NOT_START", "ONGOING", "EXPIRED", "DEACTIVATED"];
/// The statuses that no one sets.
pub(super) const STATUSES_OF_TIMES: [&str; 3] = ["NOT_START", "ONGOING", "EXPIRED"];
const DISPLAY_TYPES: [&str; 5] = ["REGULAR", "LIVE", "CREATOR_EXCLUSIVE", "CHAT", "PROMO_CODE"];

/// What a search shows, beside the id.
pub(super) const LIST_FIELDS: &str = "title display_type status promo_code creation_source create_time update_time claim_duration \
     redemption_duration usage_limits discount threshold target_buyer_segment product_scope";
/// What a search does not show.
pub(super) const DETAIL_FIELDS: &str = "display_channels usage_stats product_ids seller_tnc live_tasks";

/// Answers with one coupon in full.
pub(super) fn get(platform: &TiktokShop, context: &Context, shop: &Shop, request: &Request) -> Done<Reply> {
    let missing = || no_such_coupon(&platform.settings);
    let id = request
        .path
        .rsplit('/')
        .next()
        .and_then(|id| id.parse::<u64>().ok())
        .filter(|id| i64::try_from(*id).is_ok())
        .ok_or_else(missing)?;
    let coupon = context.act.coupon(shop.id.as_str(), id)?.ok_or_else(missing)?;
    Ok(Reply::Api(json!({ "coupon": with_status(id, coupon, context.now) })))
}

/// Answers with a page of the coupons that the request's filter wants.
pub(super) fn search(context: &Context, shop: &Shop, request: &Request) -> Done<Reply> {
    let search = Search::read(request)?;
    let all = context.act.coupons(shop.id.as_str())?.into_iter();
    let mut found: Vec<_> = all
        .map(|(id, coupon)| (id, with_status(id, coupon, context.now)))
        .filter(|(_, coupon)| search.wants(coupon))
        .collect();
    let total_count = found.len();
    // The order is not documented; newest first is what the back office shows.
    found.reverse();
    found.retain(|(id, _)| search.after.is_none_or(|after| *id < after));
    let has_more = found.len() > search.page_size;
    found.truncate(search.page_size);
    let next_page_token = match found.last() {
        Some((last, _)) if has_more => search.cursor(*last),
        _ => String::new(),
    };
    let coupons: Vec<Fields> = found.into_iter().map(|(_, coupon)| listed(coupon)).collect();
    Ok(Reply::Api(json!({
        "total_count": total_count, "next_page_token": next_page_token, "coupons": coupons,
    })))
}

/// What a search asks for.
struct Search {
    statuses: Vec<String>,
    display_types: Vec<String>,
    title_keyword: Option<String>,
    page_size: usize,
    /// The coupon that the page before ended with.
    after: Option<u64>,
    /// Of the filter: a cursor goes on with the search that it came from.
    mark: String,
}

impl Search {
    fn read(request: &Request) -> Result<Self, Refusal> {
        let body = filter(request)?;
        let statuses = words(&body, "status", &STATUSES)?;
        let display_types = words(&body, "display_type", &DISPLAY_TYPES)?;
        let title_keyword = keyword(&body)?;
        let page_size = match request.present("page_size") {
            None => PAGE_SIZE_DEFAULT,
            Some(text) => text
                .parse()
                .ok()
                .filter(|size| (1..=PAGE_SIZE_MAX).contains(size))
                .ok_or_else(|| invalid_parameter("page_size", "it is a whole number from 1 to 100"))?,
        };
        let mark = hash_hex(&[&json!([statuses, display_types, title_keyword]).to_string()], 8);
        // What an old cursor under another filter does is not documented; here it is refused.
        let after = match request.present("page_token") {
            None => None,
            Some(token) => Some(read_cursor(token, &mark).ok_or_else(|| {
                invalid_parameter("page_token", "it is the `next_page_token` of the page before, under the same filter")
            })?),
        };
        Ok(Self { statuses, display_types, title_keyword, page_size, after, mark })
    }

    fn wants(&self, coupon: &Fields) -> bool {
        let word = |name: &str| text(coupon, name).trim();
        let is_among = |wanted: &[String], name: &str| wanted.is_empty() || wanted.iter().any(|one| one == word(name));
        // Whether "no fuzzy matching" means the whole title or a part of it is not documented; here it is a part.
        let has_keyword = self.title_keyword.as_ref().is_none_or(|keyword| word("title").contains(keyword.as_str()));
        has_keyword && is_among(&self.statuses, "status") && is_among(&self.display_types, "display_type")
    }

    fn cursor(&self, last: u64) -> String {
        BASE64.encode(&[CURSOR_MARK, format!("{last}.{}", self.mark).as_bytes()].concat())
    }
}

fn read_cursor(token: &str, mark: &str) -> Option<u64> {
    let bytes = BASE64.decode(token.as_bytes()).ok()?;
    let text = std::str::from_utf8(bytes.strip_prefix(CURSOR_MARK)?).ok()?;
    let (last, its_mark) = text.split_once('.')?;
    if its_mark == mark { last.parse().ok() } else { None }
}

/// The body: an object, or nothing. One public client sends an empty filter as an empty list.
fn filter(request: &Request) -> Result<Fields, Refusal> {
    if let Some(body) = request.json_object() {
        return Ok(body);
    }
    match serde_json::from_slice(&request.body) {
        Ok(Value::Array(list)) if list.is_empty() => Ok(Fields::new()),
        _ => Err(INVALID_FORMAT),
    }
}

/// A list of words out of `known`; absent, null and empty mean all of them.
fn words(body: &Fields, name: &str, known: &[&str]) -> Result<Vec<String>, Refusal> {
    let wrong = || invalid_parameter(name, &format!("it is a list out of {}", known.join(", ")));
    let list = match body.get(name) {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(list)) => list,
        Some(_) => return Err(wrong()),
    };
    let known_word = |value: &Value| value.as_str().filter(|word| known.contains(word)).map(str::to_string);
    list.iter().map(|value| known_word(value).ok_or_else(wrong)).collect()
}

fn keyword(body: &Fields) -> Result<Option<String>, Refusal> {
    match body.get("title_keyword") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if (1..=KEYWORD_LETTERS_MAX).contains(&text.chars().count()) => {
            Ok(Some(text.clone()))
        }
        Some(_) => Err(invalid_parameter("title_keyword", "it is a text of 1 to 100 characters")),
    }
}

/// A stored coupon in full, as get answers with it. Its `status` is kept only where the times do not decide it.
fn with_status(id: u64, mut coupon: Fields, now: Timestamp) -> Fields {
    if !coupon.contains_key("status") {
        let status = status_of_times(&coupon, now);
        coupon.insert("status".to_string(), json!(status));
    }
    coupon.insert("id".to_string(), json!(id.to_string()));
    coupon
}

fn listed(mut coupon: Fields) -> Fields {
    coupon.retain(|name, _| !is_among(DETAIL_FIELDS, name));
    coupon
}

/// That the claim window decides, and not the redemption window, is inferred; so is that its last second belongs to it, from
/// samples that end at 23:59:59. A window without a bound is open there.
fn status_of_times(coupon: &Fields, now: Timestamp) -> &'static str {
    let bound = |name: &str| coupon.get("claim_duration").and_then(|claim| claim.get(name)).and_then(Value::as_i64);
    let now = now.timestamp();
    if bound("start_time").is_some_and(|start| now < start) {
        "NOT_START"
    } else if bound("end_time").is_some_and(|end| end < now) {
        "EXPIRED"
    } else {
        "ONGOING"
    }
}
