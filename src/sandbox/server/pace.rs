//! Rate limits as platforms have them: calls in the last second, above which the next is refused and counted.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::domain::Platform;
use crate::sandbox::faults::Call;
use crate::sandbox::scenario::Settings;

const WINDOW: Duration = Duration::from_secs(1);

/// In memory and by the machine's steady clock: a limit is about this process's seconds, not about the shops' days.
#[derive(Debug, Default)]
pub(super) struct Pace {
    recent: Mutex<BTreeMap<String, VecDeque<Instant>>>,
    refused: AtomicU64,
}

impl Pace {
    pub fn lets_through(&self, call: &Call, settings: &Settings) -> bool {
        // Shopee counts an app's calls over all of its shops, TikTok Shop those of one shop to one operation; a WooCommerce host
        // knows only its own.
        let (who, limit) = match call.platform {
            Platform::Shopee => ("shopee".to_string(), settings.shopee_calls_per_second),
            // Documented a country and a call; here all countries are one address, and an app has one limit.
            Platform::Lazada => ("lazada".to_string(), settings.lazada_calls_per_second),
            Platform::TiktokShop => {
                let who = format!("{} {}", call.store.as_deref().unwrap_or_default(), call.name);
                (who, settings.tiktok_shop_calls_per_second)
            }
            // It counts points, not calls, and knows them only once it has read the query.
            Platform::Shopify => return true,
            _ => (call.store.clone().unwrap_or_default(), settings.woocommerce_calls_per_second),
        };
        let Some(limit) = limit else { return true };
        let now = Instant::now();
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let times = recent.entry(who).or_default();
        while times.front().is_some_and(|time| now.duration_since(*time) >= WINDOW) {
            times.pop_front();
        }
        if times.len() >= limit as usize {
            self.refused.fetch_add(1, Ordering::Relaxed);
            return false;
        }
        times.push_back(now);
        true
    }

    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }
}
