//! `[pace.shopee]` and its like: limits for all stores of a platform, where a store has none of its own.

use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

use super::typed::Complaints;
use super::{Reach, StoreSettings};
use crate::platforms::Platforms;

/// A section a platform; what is left out has the platform's usual value.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub(super) struct TypedPaces(BTreeMap<Spanned<String>, TypedPace>);

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct TypedPace {
    app_calls_per_second: Option<Spanned<u32>>,
    app_calls_per_day: Option<Spanned<u64>>,
    calls_per_second: Option<Spanned<u32>>,
    calls_at_once: Option<Spanned<usize>>,
}

impl TypedPaces {
    /// What a store says itself goes first. Pretend shops of this process have a pace of their own.
    pub fn fill_in(&self, platforms: Platforms, stores: &mut [StoreSettings], complaints: &mut Complaints) {
        for (word, typed) in &self.0 {
            let Some(entry) = platforms.find_word(word.get_ref()) else {
                let what = format!("unknown key `{}`", word.get_ref());
                complaints.at(word.span().start, what, format!("write one of {}", platforms.words()));
                continue;
            };
            typed.check(complaints);
            for store in stores.iter_mut().filter(|store| store.store.platform == entry.platform) {
                let Reach::Platform(account) = &mut store.reach else { continue };
                let pace = &mut account.pace;
                pace.app_per_second = pace.app_per_second.or(number(&typed.app_calls_per_second));
                pace.app_per_day = pace.app_per_day.or(number(&typed.app_calls_per_day));
                pace.per_second = pace.per_second.or(number(&typed.calls_per_second));
                pace.in_flight = pace.in_flight.or(number(&typed.calls_at_once));
            }
        }
    }
}

impl TypedPace {
    fn check(&self, complaints: &mut Complaints) {
        fn zero<T: Copy + Into<u128>>(typed: &Option<Spanned<T>>) -> Option<usize> {
            typed.as_ref().filter(|typed| (*typed.get_ref()).into() == 0).map(|typed| typed.span().start)
        }
        let at_once = self.calls_at_once.as_ref().filter(|typed| *typed.get_ref() == 0).map(|typed| typed.span().start);
        for (name, at) in [
            ("app_calls_per_second", zero(&self.app_calls_per_second)),
            ("app_calls_per_day", zero(&self.app_calls_per_day)),
            ("calls_per_second", zero(&self.calls_per_second)),
            ("calls_at_once", at_once),
        ] {
            let Some(at) = at else { continue };
            let wanted = "write 1 or more, or leave it out for the platform's usual value";
            complaints.at(at, format!("{name} is 0"), wanted);
        }
    }
}

fn number<T: Copy>(typed: &Option<Spanned<T>>) -> Option<T> {
    typed.as_ref().map(|typed| *typed.get_ref())
}
