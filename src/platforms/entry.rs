//! What the rest of the program asks of a platform, in one value each.

use std::fmt;
use url::Url;

use super::account::{Account, ConnectError};
use super::client::Terms;
use super::connector::Connector;
use super::keys::{Key, KeyCheck, KeyProblem, Keys, Place};
use super::network::Network;
use super::pace::{Day, Pace};
use crate::domain::{Abilities, BackOffice, Platform};
use crate::message;

/// A connector, or why there is none.
pub type Connected = Result<Box<dyn Connector>, ConnectError>;

/// One platform. Its folder makes this value, and nobody outside it knows more of the platform.
pub struct Entry {
    /// Which it is, what it is called, can do, and bounds.
    pub abilities: &'static Abilities,
    /// Its own pages, for what only people can do.
    pub back_office: &'static BackOffice,
    /// Its day of calls; none where it does not count by the day.
    pub day: Option<Day>,
    /// How fast its calls leave, where the config says nothing else.
    pub pace: Pace,
    /// The keys of its stores in the config beside those of every store, which are columns of the list of stores too.
    pub keys: &'static [Key],
    /// Which shop a store's keys mean, and where it is reached. None where something is missing or wrong, which is told.
    pub check: fn(&mut KeyCheck<'_>) -> Option<Place>,
    /// A connector for the store of an account. Nothing is sent yet.
    pub connect: fn(&Account, &Network) -> Connected,
}

impl Entry {
    /// What its calls are sent by.
    pub(super) fn terms(&'static self) -> Terms {
        (self.abilities, &self.pace, self.day)
    }

    /// As people call it.
    pub fn name(&self) -> &'static str {
        self.abilities.name
    }

    /// The values of its keys, each as `text` gives it. An access token is left out where a refresh token gets another.
    pub fn keys_of(&self, text: impl Fn(&str) -> Option<String>) -> Keys {
        let mut keys = Keys::default();
        for key in self.keys {
            text(key.name).into_iter().for_each(|text| keys.set(key, text));
        }
        if keys.secret("refresh_token").is_some() {
            keys.remove("access_token");
        }
        keys
    }

    /// Which shop `keys` mean and where it is reached, where that is not at `endpoint`; else everything that is wrong with them.
    pub fn place(&self, keys: &Keys, endpoint: Option<Url>) -> Result<Place, Vec<KeyProblem>> {
        let mut check = KeyCheck { keys, endpoint, problems: Vec::new() };
        let place = (self.check)(&mut check);
        place.filter(|_| check.problems.is_empty()).ok_or(check.problems)
    }
}

impl fmt::Debug for Platforms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.entries().map(|entry| entry.abilities.platform)).finish()
    }
}

/// The platforms that the program knows, in the order in which they are shown.
#[derive(Clone, Copy)]
pub struct Platforms(&'static [&'static Entry]);

impl Platforms {
    pub const fn new(entries: &'static [&'static Entry]) -> Self {
        Self(entries)
    }

    pub fn entries(self) -> impl Iterator<Item = &'static Entry> {
        self.0.iter().copied()
    }

    pub fn find(self, platform: Platform) -> Option<&'static Entry> {
        self.entries().find(|entry| entry.abilities.platform == platform)
    }

    /// Where `platform` stands in the list; behind all where it does not.
    pub fn rank(self, platform: Platform) -> usize {
        self.entries().position(|entry| entry.abilities.platform == platform).unwrap_or(usize::MAX)
    }

    /// What `platform` can do: nothing where it is not known, as in an export by a later version.
    pub fn abilities(self, platform: Platform) -> &'static Abilities {
        self.find(platform).map_or(&Abilities::UNKNOWN, |entry| entry.abilities)
    }

    /// As people call it.
    pub fn name(self, platform: Platform) -> &'static str {
        self.find(platform).map_or(platform.word(), Entry::name)
    }

    pub fn back_office(self, platform: Platform) -> &'static BackOffice {
        self.find(platform).map_or(&BackOffice::UNKNOWN, |entry| entry.back_office)
    }

    /// A connector for the store of `account`. Nothing is sent yet.
    ///
    /// # Errors
    /// If the address, the proxy, the shop id or the credentials cannot be used as they are: each says what to write instead.
    pub fn connect(self, account: &Account, network: &Network) -> Connected {
        account.check_address()?;
        let platform = account.store.platform;
        let unknown = || ConnectError(message!("connect-unknown", platform = platform.word()));
        let entry = self.find(platform).ok_or_else(unknown)?;
        (entry.connect)(account, network)
    }
}
