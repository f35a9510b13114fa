//! Listing a shop's vouchers: the list, then one detail for each of which not enough is remembered.

use futures::{StreamExt, TryStreamExt, stream};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

use super::remembered::{Kept, Seen, to_ask_anew};
use super::voucher::{Reader, status_at};
use super::wire::{self, Page, Voucher};
use super::{CLOCKS_APART_MAX, DETAILS_AT_ONCE, Shopee};
use crate::domain::{Coupon, CouponId, Message, Timestamp};
use crate::message;
use crate::platforms::client::{Answer, Problem};
use crate::platforms::connector::{KnownCoupons, Listing, pages_of};
use crate::platforms::errors::CallErrorKind;
use crate::platforms::lenient;
use crate::platforms::listed::{Listed, unreadable as unreadable_coupon};
use crate::platforms::paging::Paging;
use crate::platforms::remembered::DetailCache;

const PAGE_SIZE: usize = 100;

/// One list for every status; a voucher's own dates say where it stands.
const LIST_FILTER: &str = "all";
/// The order of the list is not documented, and a voucher that starts or ends while its pages are read may change places and
/// shift others past us. So a listing in which one did is read again, this often at most.
const LISTINGS_MAX: usize = 3;
/// After so many details, what was learnt is kept: a load that is given up then need not begin anew.
const DETAILS_TO_KEEP: usize = 500;

impl Shopee {
    /// Every voucher as the list has it, by id, what could not be read, and when the last page came by Shopee's clock.
    pub(super) async fn list_all(&self) -> Result<(Listed<Seen>, Timestamp), Problem> {
        let mut listed = Listed::default();
        let mut listing = 1;
        loop {
            let began = self.client.now();
            let (pages, at) = self.list_pages(&mut listed).await?;
            let moved = || moved_between(&listed, began, self.client.now());
            if pages == 1 || listing == LISTINGS_MAX || !moved() {
                return Ok((listed, at));
            }
            listing += 1;
        }
    }

    /// How many pages there were, and when the last came.
    async fn list_pages(&self, listed: &mut Listed<Seen>) -> Result<(u32, Timestamp), Problem> {
        let mut reading = Paging::of(&self.client);
        let mut page_no = 1;
        loop {
            let query = [
                ("status", LIST_FILTER.to_string()),
                ("page_no", page_no.to_string()),
                ("page_size", PAGE_SIZE.to_string()),
            ];
            let answer = self.read("get_voucher_list", &query).await?;
            let list = Value::Object(wire::response(&answer));
            let page: Page = self.client.parsed(&answer, list, message!("thing-a-list"))?;
            for row in &page.voucher_list {
                let read = Voucher::deserialize(row).map_err(lenient::in_words_of);
                let read = read.map(|voucher| (voucher.voucher_id.clone(), Seen::new(voucher, row)));
                listed.add(row, "voucher_id", read);
            }
            if !page.more || page.voucher_list.is_empty() {
                return Ok((page_no, answer.platform_now(CLOCKS_APART_MAX)));
            }
            reading.goes_on(&page.voucher_list, None)?;
            page_no += 1;
        }
    }

    /// None where there is no such voucher (any more); the inner error where it cannot be read.
    pub(super) async fn detail(&self, id: &str) -> Result<Option<Result<Detail, Message>>, Problem> {
        match self.read("get_voucher", &[("voucher_id", id.to_string())]).await {
            Ok(answer) => Ok(Some(self.read_detail(&answer))),
            Err(problem) if problem.error.kind == CallErrorKind::NotFound => Ok(None),
            Err(problem) => Err(problem),
        }
    }

    fn read_detail(&self, answer: &Answer) -> Result<Detail, Message> {
        let voucher: Voucher =
            serde_json::from_value(Value::Object(wire::response(answer))).map_err(lenient::in_words_of)?;
        let coupon = self.reader(answer.platform_now(CLOCKS_APART_MAX)).coupon(&voucher)?;
        Ok(Detail { voucher, coupon })
    }

    fn reader(&self, now: Timestamp) -> Reader<'_> {
        Reader { store: self.client.store(), currency: self.currency, now }
    }

    /// Vouchers with all their fields; who has gone since the list is left out, who cannot be read is told.
    pub(super) async fn details(
        &self,
        ids: impl IntoIterator<Item = String>,
    ) -> Result<(Vec<Detail>, Vec<Message>), Problem> {
        let read = |id: String| async move { Ok::<_, Problem>((self.detail(&id).await?, id)) };
        let answers: Vec<_> = stream::iter(ids.into_iter().map(read)).buffered(DETAILS_AT_ONCE).try_collect().await?;
        let (mut details, mut unreadable) = (Vec::new(), Vec::new());
        for (detail, id) in answers {
            match detail {
                Some(Ok(detail)) => details.push(detail),
                Some(Err(reason)) => unreadable.push(unreadable_coupon(id, reason)),
                None => {}
            }
        }
        Ok((details, unreadable))
    }

    /// Every voucher, details asked for only where they are not remembered or may decide a finding.
    pub(super) async fn list_whole(&self) -> Result<Listing, Problem> {
        let cache = self.cache.as_ref();
        if let Some(cache) = cache {
            cache.forget_if_asked();
        }
        let kept: BTreeMap<String, Kept> = cache.map(DetailCache::load).unwrap_or_default();
        let (listed, at) = self.list_all().await?;
        let reader = self.reader(at);
        let recall = |(id, seen): (&String, &Seen)| Some((id.clone(), kept.get(id)?.complete(seen, &reader)?));
        let mut recalled: BTreeMap<String, Coupon> = listed.found.iter().filter_map(recall).collect();
        let mut learnt = kept.clone();
        learnt.retain(|id, _| recalled.contains_key(id));

        let unknown: Vec<String> = listed.found.keys().filter(|id| !recalled.contains_key(*id)).cloned().collect();
        let (mut details, mut unreadable) = (Vec::new(), Vec::new());
        for ids in unknown.chunks(DETAILS_TO_KEEP) {
            let (more, also_unreadable) = self.details(ids.iter().cloned()).await?;
            learn(&mut learnt, &listed, &more);
            keep(cache, &learnt, &kept).await;
            details.extend(more);
            unreadable.extend(also_unreadable);
        }

        let all: Vec<&Coupon> = recalled.values().chain(details.iter().map(|detail| &detail.coupon)).collect();
        let doubtful = to_ask_anew(&recalled.values().map(|coupon| &coupon.id).collect(), &all, &kept);
        recalled.retain(|_, coupon| !doubtful.contains(&coupon.id));
        let (asked_anew, also_unreadable) = self.details(doubtful.iter().map(CouponId::to_string)).await?;
        learn(&mut learnt, &listed, &asked_anew);
        keep(cache, &learnt, &kept).await;
        details.extend(asked_anew);
        unreadable.extend(also_unreadable);

        unreadable.extend(listed.unreadable);
        // Shopee tells no count.
        let coupons = recalled.into_values().chain(coupons_of(details)).collect();
        Ok(Listing { coupons, expected: None, unreadable })
    }

    /// The list, a detail for each voucher of which not enough is remembered, and a refreshed sign-in where it is due.
    pub(super) fn calls_of_a_listing(&self, known: KnownCoupons<'_>) -> u64 {
        let now = self.client.now();
        let as_of_now = |coupon: &Coupon| Coupon { status: status_at(&coupon.usable, now), ..coupon.clone() };
        let at_present: Vec<Coupon> = known.each().iter().map(as_of_now).collect();
        let kept: BTreeMap<String, Kept> = self.cache.as_ref().map(DetailCache::load).unwrap_or_default();
        let is_kept = |coupon: &&Coupon| kept.get(coupon.id.as_str()).is_some_and(|kept| kept.is_of(coupon.status));
        let recalled: BTreeSet<&CouponId> = at_present.iter().filter(is_kept).map(|coupon| &coupon.id).collect();
        let asked_anew = to_ask_anew(&recalled, &at_present.iter().collect::<Vec<_>>(), &kept).len();
        let details = known.count() - recalled.len() + asked_anew;
        pages_of(known.count(), PAGE_SIZE) + details as u64 + self.session.calls_to_renew()
    }
}

/// Adds what may be remembered of `details`, and lets go of what is not so any more.
fn learn(learnt: &mut BTreeMap<String, Kept>, listed: &Listed<Seen>, details: &[Detail]) {
    for Detail { voucher, coupon } in details {
        let id = coupon.id.to_string();
        match listed.found.get(&id).and_then(|seen| Kept::of(seen, voucher, coupon)) {
            Some(kept) => learnt.insert(id, kept),
            None => learnt.remove(&id),
        };
    }
}

/// Off the threads that other stores are loaded on: it waits for the disk. A failure is told in the log.
async fn keep(cache: Option<&DetailCache>, learnt: &BTreeMap<String, Kept>, before: &BTreeMap<String, Kept>) {
    if let Some(cache) = cache.filter(|_| learnt != before) {
        let (cache, learnt) = (cache.clone(), learnt.clone());
        let _ = tokio::task::spawn_blocking(move || cache.keep(learnt)).await;
    }
}

/// One voucher as `get_voucher` sent it, and in our words.
pub(super) struct Detail {
    voucher: Voucher,
    pub coupon: Coupon,
}

pub(super) fn coupons_of(details: Vec<Detail>) -> Vec<Coupon> {
    details.into_iter().map(|detail| detail.coupon).collect()
}

/// Whether one of the vouchers starts or ends between the two instants.
fn moved_between(listed: &Listed<Seen>, began: Timestamp, now: Timestamp) -> bool {
    let passed = |at: Option<i64>| at.is_some_and(|at| (began.timestamp()..=now.timestamp()).contains(&at));
    listed.found.values().any(|seen| passed(seen.voucher.start_time) || passed(seen.voucher.end_time))
}
