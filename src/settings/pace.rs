//! `[pace.shopee]` and its like: limits for all stores of a platform, where a store has none of its own.

use super::section::Section;
use super::{Reach, StoreSettings, bounds};
use crate::platforms::{PaceOverride, Platforms};

/// What a store says itself goes first; what is left out everywhere has the platform's usual value. Mock shops of this
/// process have a pace of their own.
pub(super) fn fill_in(mut paces: Section, platforms: Platforms, stores: &mut [StoreSettings]) {
    for platform in platforms.entries().map(|entry| entry.abilities.platform) {
        let mut section = paces.section(platform.word());
        let usual = read(&mut section);
        section.end();
        for store in stores.iter_mut().filter(|settings| settings.store.platform == platform) {
            let (Reach::Platform(account) | Reach::Locked { account, .. }) = &mut store.reach else { continue };
            let pace = &mut account.pace;
            pace.app_per_second = pace.app_per_second.or(usual.app_per_second);
            pace.app_per_day = pace.app_per_day.or(usual.app_per_day);
            pace.per_second = pace.per_second.or(usual.per_second);
            pace.in_flight = pace.in_flight.or(usual.in_flight);
        }
    }
    paces.end();
}

/// The limits that a store or a platform's section names.
pub(super) fn read(section: &mut Section) -> PaceOverride {
    PaceOverride {
        app_per_second: section.number(&bounds::APP_CALLS_PER_SECOND),
        app_per_day: section.number(&bounds::APP_CALLS_PER_DAY),
        per_second: section.number(&bounds::CALLS_PER_SECOND),
        in_flight: section.number(&bounds::CALLS_AT_ONCE),
    }
}
