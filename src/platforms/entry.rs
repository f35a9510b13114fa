//! What the rest of the program asks of a platform, in one value each.

use std::fmt;

use super::account::{Account, ConnectError, check_address};
use super::connector::Connector;
use super::network::Network;
use super::pace::{Day, Pace};
use crate::domain::{Abilities, BackOffice, Platform};

/// A connector, or why there is none.
pub type Connected = Result<Box<dyn Connector>, ConnectError>;

/// One platform. Its folder makes this value, and nobody outside it knows more of the platform.
pub struct Entry {
    pub platform: Platform,
    /// What it is called, can do, and bounds.
    pub abilities: &'static Abilities,
    /// Its own pages, for what only people can do.
    pub back_office: &'static BackOffice,
    /// Its day of calls; none where it does not count by the day.
    pub day: Option<Day>,
    /// How fast its calls leave, where the config says nothing else.
    pub pace: Pace,
    /// A connector for the store of an account. Nothing is sent yet.
    pub connect: fn(&Account, &Network) -> Connected,
}

impl Entry {
    /// As people call it.
    pub fn name(&self) -> &'static str {
        self.abilities.name
    }
}

impl fmt::Debug for Platforms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Platforms({})", self.words())
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
        self.entries().find(|entry| entry.platform == platform)
    }

    /// Where `platform` stands in the list; behind all where it does not.
    pub fn place(self, platform: Platform) -> usize {
        self.entries().position(|entry| entry.platform == platform).unwrap_or(usize::MAX)
    }

    /// By the id as the config's keys have it.
    pub fn find_word(self, word: &str) -> Option<&'static Entry> {
        self.entries().find(|entry| entry.platform.word() == word)
    }

    /// By the id as people write it, whatever its case.
    pub fn called(self, word: &str) -> Option<&'static Entry> {
        self.entries().find(|entry| entry.platform.word().eq_ignore_ascii_case(word.trim()))
    }

    /// The ids, for a message: `shopee, lazada`.
    pub fn words(self) -> String {
        self.entries().map(|entry| entry.platform.word()).collect::<Vec<_>>().join(", ")
    }

    /// What `platform` can do: nothing where it is not known, as in an export by a later version.
    pub fn abilities(self, platform: Platform) -> &'static Abilities {
        self.find(platform).map_or(&Abilities::UNKNOWN, |entry| entry.abilities)
    }

    pub fn back_office(self, platform: Platform) -> &'static BackOffice {
        self.find(platform).map_or(&BackOffice::UNKNOWN, |entry| entry.back_office)
    }

    /// A connector for the store of `account`. Nothing is sent yet.
    ///
    /// # Errors
    /// If the address, the proxy, the shop id or the credentials cannot be used as they are: each says what to write instead.
    pub fn connect(self, account: &Account, network: &Network) -> Connected {
        check_address(account)?;
        let platform = account.store.platform;
        let entry = self.find(platform).ok_or(ConnectError::Unknown(platform.word()))?;
        (entry.connect)(account, network)
    }
}
