//! Listing: filters, order, pages and the headers that tell them. Sheet section 2.1 and the measured behaviour.

use serde_json::{Value, json};
use std::cmp::Ordering;

use super::coupon::Coupon;
use super::dates;
use super::error::{BadParameter, Done, WooError, invalid_parameters};
use super::shop::Shop;
use super::text::stored_code;
use crate::sandbox::entry::{Context, refuse_if};
use crate::sandbox::exchange::{Answer, Request};
use crate::sandbox::fields::Fields;
use crate::sandbox::state::Stored;

const KNOWN_STATUSES: [&str; 6] = ["publish", "draft", "pending", "private", "future", "trash"];
const ORDERS: [&str; 6] = ["date", "modified", "id", "include", "title", "slug"];

/// A coupon with its id.
type Entry = (u64, Coupon);

/// Reads one shop's coupons, and works out what a write makes of one.
pub(super) struct CouponReader<'c> {
    pub context: &'c Context<'c>,
    pub shop: &'c Shop,
}

impl CouponReader<'_> {
    pub fn all(&self) -> Stored<Vec<Entry>> {
        self.context.act.coupons_as(self.shop.id.as_str())
    }

    /// The coupon with this id. Old releases take an id that is no coupon's for a code.
    pub fn find(&self, id: u64) -> Stored<Option<Entry>> {
        let Ok(_) = i64::try_from(id) else { return Ok(None) };
        if let Some(fields) = self.context.act.coupon(self.shop.id.as_str(), id)? {
            return Ok(Some((id, Coupon::from_fields(fields)?)));
        }
        if self.shop.own.is_modern() {
            return Ok(None);
        }
        let all = self.all()?;
        let found = published_with(&all, &id.to_string());
        Ok(all.into_iter().find(|(id, _)| Some(*id) == found))
    }

    pub fn shown(&self, request: &Request, id: u64, coupon: &Coupon) -> Fields {
        coupon.shown(id, self.shop, &self.shop.own.home(request))
    }

    pub fn list(&self, request: &Request) -> Done<Answer> {
        let paging = Paging::read(request)?;
        let mut entries = self.all()?;
        entries.retain(|entry| self.is_wanted(request, entry));
        if let Some(code) = request.present("code") {
            // A found code is shown whatever `status` says.
            let found = published_with(&self.all()?, code);
            entries.retain(|(id, _)| Some(*id) == found);
        }
        sort(&mut entries, &paging, &ids(request, "include"));
        let total = entries.len();
        let page: Vec<Value> = entries
            .into_iter()
            .skip(paging.offset.unwrap_or((paging.page - 1).saturating_mul(paging.per_page)))
            .take(paging.per_page)
            // Rows that the user may not read are dropped from the page and counted in the total.
            .filter(|(_, coupon)| self.shop.own.may_not_read.as_ref() != Some(&coupon.status))
            .map(|(id, coupon)| Value::Object(only_fields(request, self.shown(request, id, &coupon))))
            .collect();
        let pages = total.div_ceil(paging.per_page);
        let mut answer = Answer::json(200, &Value::Array(page))
            .with_header("x-wp-total", total.to_string())
            .with_header("x-wp-totalpages", pages.to_string());
        if let Some(links) = self.links(request, paging.page, pages) {
            answer = answer.with_header("link", links);
        }
        Ok(answer)
    }

    /// Every filter but `code`, which replaces the ids that are looked at.
    fn is_wanted(&self, request: &Request, (id, coupon): &Entry) -> bool {
        let (include, exclude) = (ids(request, "include"), ids(request, "exclude"));
        let contains = |text: &str, words: &str| text.to_lowercase().contains(&words.to_lowercase());
        has_status(request, &coupon.status)
            && (include.is_empty() || include.contains(id))
            && !exclude.contains(id)
            && request.parameter("search").is_none_or(|words| {
                let words = words.trim();
                contains(&coupon.code, words) || contains(&coupon.description, words)
            })
            && self.is_within(request, "after", "before", coupon.created)
            && self.is_within(request, "modified_after", "modified_before", coupon.modified)
    }

    fn is_within(&self, request: &Request, after: &str, before: &str, seconds: i64) -> bool {
        let read = |name| request.parameter(name).and_then(|text| dates::read(text, self.shop.zone, self.context.now));
        read(after).is_none_or(|after| seconds > after) && read(before).is_none_or(|before| seconds < before)
    }

    /// The links repeat the whole query, signature and all, as a real shop's do: they cannot be followed.
    fn links(&self, request: &Request, page: usize, pages: usize) -> Option<String> {
        let link = |number: usize, relation: &str| {
            let kept = request.raw_query.split('&').filter(|part| !part.is_empty() && !part.starts_with("page="));
            let query = kept.map(str::to_string).chain([format!("page={number}")]).collect::<Vec<_>>().join("&");
            let home = self.shop.own.home(request);
            format!("<{home}/wp-json/wc/v3/coupons?{query}>; rel=\"{relation}\"")
        };
        let previous = (page > 1).then(|| link((page - 1).min(pages.max(1)), "prev"));
        let next = (page < pages).then(|| link(page + 1, "next"));
        let links: Vec<String> = previous.into_iter().chain(next).collect();
        (!links.is_empty()).then(|| links.join(", "))
    }
}

/// The published coupon that a buyer gets by `code`; of several the newest.
pub(super) fn published_with(entries: &[Entry], code: &str) -> Option<u64> {
    // Measured: a code with two spaces in a row is not found.
    let code = stored_code(code);
    let found = entries.iter().filter(|(_, coupon)| coupon.is_published() && coupon.code == code);
    if code.contains("  ") { None } else { found.map(|(id, _)| *id).max() }
}

/// `_fields=id,code` leaves out the rest.
pub(super) fn only_fields(request: &Request, mut shown: Fields) -> Fields {
    let wanted = texts(request, "_fields");
    if !wanted.is_empty() {
        shown.retain(|name, _| wanted.contains(&name.as_str()));
    }
    shown
}

/// Without `status`, published and private ones. A status that WordPress does not know is dropped from the question, and a
/// question without any status is answered with everything, the bin included.
fn has_status(request: &Request, status: &str) -> bool {
    let asked = texts(request, "status");
    if asked.is_empty() {
        return matches!(status, "publish" | "private");
    }
    if asked.contains(&"any") {
        return status != "trash";
    }
    let known: Vec<&str> = asked.into_iter().filter(|status| KNOWN_STATUSES.contains(status)).collect();
    known.is_empty() || known.contains(&status)
}

fn sort(entries: &mut [Entry], paging: &Paging, include: &[u64]) {
    let place = |id: &u64| include.iter().position(|included| included == id);
    entries.sort_by(|(left_id, left), (right_id, right)| {
        let order = match paging.order_by.as_str() {
            "id" => Ordering::Equal,
            "title" | "slug" => left.code.cmp(&right.code),
            "modified" => left.modified.cmp(&right.modified),
            // In the order of the list, whatever `order` says.
            "include" => return place(left_id).cmp(&place(right_id)),
            _ => left.created.cmp(&right.created),
        };
        let order = order.then(left_id.cmp(right_id));
        if paging.is_ascending { order } else { order.reverse() }
    });
}

/// The paging that was asked for, within its bounds.
struct Paging {
    page: usize,
    per_page: usize,
    offset: Option<usize>,
    order_by: String,
    is_ascending: bool,
}

impl Paging {
    fn read(request: &Request) -> Result<Self, WooError> {
        let mut bad = Vec::new();
        let page = number(request, "page", 1, None, &mut bad).unwrap_or(1);
        let per_page = number(request, "per_page", 1, Some(100), &mut bad).unwrap_or(10);
        let offset = number(request, "offset", 0, None, &mut bad);
        let order_by = word(request, "orderby", &ORDERS, "date", &mut bad);
        let order = word(request, "order", &["asc", "desc"], "desc", &mut bad);
        refuse_if(!bad.is_empty(), || invalid_parameters(&bad))?;
        Ok(Self { page, per_page, offset, order_by, is_ascending: order == "asc" })
    }
}

fn number(
    request: &Request,
    name: &str,
    least: usize,
    most: Option<usize>,
    bad: &mut Vec<BadParameter>,
) -> Option<usize> {
    let text = request.parameter(name)?;
    let bounds = most.map_or(format!("greater than or equal to {least}"), |most| {
        format!("between {least} (inclusive) and {most} (inclusive)")
    });
    let (code, message) = match text.trim().parse::<i64>() {
        Err(_) => ("rest_invalid_type", format!("{name} is not of type integer.")),
        Ok(number) => match usize::try_from(number) {
            Ok(number) if number >= least && most.is_none_or(|most| number <= most) => return Some(number),
            _ => ("rest_out_of_bounds", format!("{name} must be {bounds}")),
        },
    };
    bad.push(BadParameter { name: name.to_string(), code, message });
    None
}

fn word(request: &Request, name: &str, allowed: &[&str], default: &str, bad: &mut Vec<BadParameter>) -> String {
    let Some(text) = request.parameter(name) else { return default.to_string() };
    if !allowed.contains(&text) {
        let message = format!("{name} is not one of {}.", allowed.join(", "));
        bad.push(BadParameter { name: name.to_string(), code: "rest_not_in_enum", message });
    }
    text.to_string()
}

/// A list: `name=a,b`, `name[]=a&name[]=b` or `name[0]=a`.
fn texts<'r>(request: &'r Request, name: &str) -> Vec<&'r str> {
    let is_meant = |key: &str| key == name || key.strip_prefix(name).is_some_and(|rest| rest.starts_with('['));
    let values = request.query.iter().filter(|(key, _)| is_meant(key)).map(|(_, value)| value.as_str());
    values.flat_map(|value| value.split(',')).map(str::trim).filter(|value| !value.is_empty()).collect()
}

fn ids(request: &Request, name: &str) -> Vec<u64> {
    texts(request, name).into_iter().filter_map(|text| text.parse().ok()).collect()
}

/// How many published coupons there are of each type.
pub(super) fn totals(entries: &[Entry]) -> Value {
    let types = [
        ("percent", "Percentage discount"),
        ("fixed_cart", "Fixed cart discount"),
        ("fixed_product", "Fixed product discount"),
    ];
    let count =
        |slug: &str| entries.iter().filter(|(_, coupon)| coupon.is_published() && coupon.discount_type == slug).count();
    types.iter().map(|(slug, name)| json!({ "slug": slug, "name": name, "total": count(slug) })).collect()
}
