//! Which campaign a coupon belongs to.

use std::cmp::Reverse;

use crate::domain::{Campaign, Coupon, Period, Store};

/// The campaign plan with its patterns made ready.
#[derive(Debug, Clone, Default)]
pub struct Matcher {
    entries: Vec<Entry>,
}

#[derive(Debug, Clone)]
struct Entry {
    campaign: Campaign,
    stores: Vec<Pattern>,
    coupons: Vec<Pattern>,
    model: Option<Pattern>,
}

/// Two campaigns of one store that claim a coupon with equal right; the first in the plan gets it. Told once per store and pair,
/// with the first such coupon as the example.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tie {
    pub store: String,
    pub coupon: String,
    pub campaigns: [String; 2],
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "campaign {campaign}: {pattern:?} is not a pattern: it names nothing; write letters with `*` for any run and `?` for one letter"
)]
pub struct BadPattern {
    pub campaign: String,
    pub pattern: String,
}

/// The campaign that a coupon's own code or name claims, and how many letters its pattern names: the more, the more specific.
#[derive(Debug, Clone, Copy)]
pub(super) struct Claim<'a> {
    pub letters: usize,
    pub campaign: &'a Campaign,
}

impl Matcher {
    /// Errors: [`BadPattern`] for a pattern without any letter, `*` or `?`.
    pub fn new(campaigns: Vec<Campaign>) -> Result<Self, BadPattern> {
        let entries = campaigns
            .into_iter()
            .map(|campaign| {
                let ready = |patterns: &[String]| {
                    patterns.iter().map(|pattern| Pattern::new(pattern, &campaign.name)).collect::<Result<Vec<_>, _>>()
                };
                let stores = ready(&campaign.stores)?;
                // What the plan names belongs to the campaign, whatever its patterns say.
                let mut coupons = ready(&campaign.coupons)?;
                coupons.extend(ready(&campaign.wanted)?);
                let model = campaign.model.as_deref().and_then(Pattern::parse);
                Ok(Entry { stores, coupons, model, campaign })
            })
            .collect::<Result<_, BadPattern>>()?;
        Ok(Self { entries })
    }

    pub fn campaigns(&self) -> impl Iterator<Item = &Campaign> {
        self.entries.iter().map(|entry| &entry.campaign)
    }

    /// Whether the plan has any campaign for that store.
    pub fn plans_for(&self, store: &Store) -> bool {
        self.entries.iter().any(|entry| entry.is_for(store))
    }

    /// The rows of the plan that speak of this store: its id fits, and so does its currency.
    pub fn campaigns_in<'a>(&'a self, store: &'a Store) -> impl Iterator<Item = &'a Campaign> {
        self.entries.iter().filter(|entry| entry.is_for(store)).map(|entry| &entry.campaign)
    }

    /// Whether the plan names this very coupon for its store: such a one is meant to be there, whatever else is like it.
    /// `prefix_letters` as in [`Coupon::is_called`].
    pub fn names(&self, store: &Store, coupon: &Coupon, prefix_letters: usize) -> bool {
        let mut wanted = self.campaigns_in(store).flat_map(|campaign| &campaign.wanted);
        wanted.any(|wanted| coupon.is_called(wanted, prefix_letters))
    }

    pub(super) fn entries_for<'a>(
        &'a self,
        store: &'a Store,
    ) -> impl Iterator<Item = (&'a Campaign, Option<&'a Pattern>)> {
        self.entries.iter().filter(|entry| entry.is_for(store)).map(|entry| (&entry.campaign, entry.model.as_ref()))
    }

    /// The most specific pattern wins; between equals the campaign whose days the coupon's own period touches; what is still
    /// equal goes to the first in the plan and is told in `ties`.
    pub fn campaign_of(&self, store: &Store, coupon: &Coupon, ties: &mut Vec<Tie>) -> Option<&Campaign> {
        self.claim_on(store, coupon, ties).map(|claim| claim.campaign)
    }

    pub(super) fn claim_on(&self, store: &Store, coupon: &Coupon, ties: &mut Vec<Tie>) -> Option<Claim<'_>> {
        let names = [coupon.code.as_deref().unwrap_or_default(), coupon.name.as_str()].map(str::to_lowercase);
        let mut claims: Vec<(usize, bool, &Campaign)> = self
            .entries
            .iter()
            .filter(|entry| entry.is_for(store))
            .filter_map(|entry| Some((entry.letters_matched(&names)?, entry.touches(store, coupon), &entry.campaign)))
            .collect();
        claims.sort_by_key(|(letters, touches, _)| (Reverse(*letters), !touches));
        let (letters, touches, winner) = *claims.first()?;
        let equals = claims.iter().skip(1).take_while(|claim| (claim.0, claim.1) == (letters, touches));
        if let Some((_, _, rival)) = equals.into_iter().find(|claim| claim.2.name != winner.name) {
            tell(ties, store, coupon, [winner, rival]);
        }
        Some(Claim { letters, campaign: winner })
    }
}

fn tell(ties: &mut Vec<Tie>, store: &Store, coupon: &Coupon, campaigns: [&Campaign; 2]) {
    let campaigns = campaigns.map(|campaign| campaign.name.clone());
    // A tie is about the plan; hundreds of coupons under one pattern would say the same thing hundreds of times.
    if !ties.iter().any(|tie| tie.store == store.id.as_str() && tie.campaigns == campaigns) {
        ties.push(Tie { store: store.id.to_string(), coupon: coupon.label().to_string(), campaigns });
    }
}

impl Entry {
    // A row per campaign and currency: a row in another currency says nothing about this store.
    fn is_for(&self, store: &Store) -> bool {
        let currency_fits = self.campaign.spend.is_none_or(|range| range.currency == store.currency);
        let id = store.id.as_str();
        currency_fits && (self.stores.is_empty() || self.stores.iter().any(|pattern| pattern.matches(id)))
    }

    fn letters_matched(&self, names: &[String; 2]) -> Option<usize> {
        let matching = self.coupons.iter().filter(|pattern| names.iter().any(|name| pattern.matches(name)));
        matching.map(Pattern::letters_named).max()
    }

    fn touches(&self, store: &Store, coupon: &Coupon) -> bool {
        let days = Period::new(Some(self.campaign.starts(store.zone)), Some(self.campaign.ends(store.zone)));
        days.is_ok_and(|days| days.overlaps(&coupon.usable))
    }
}

/// `*` stands for any run of letters and `?` for one; everything else stands for itself, brackets and braces too, since coupon
/// names are full of them. In lower context.
///
/// Not a crate's glob: those we looked at compare bytes, so that `?` misses `双` and `É` differs from `é`.
#[derive(Debug, Clone)]
pub struct Pattern(Vec<char>);

impl Pattern {
    /// None for a pattern without any letter, `*` or `?`.
    pub fn parse(text: &str) -> Option<Self> {
        let letters: Vec<char> = text.trim().to_lowercase().chars().collect();
        (!letters.is_empty()).then_some(Self(letters))
    }

    fn new(text: &str, campaign: &str) -> Result<Self, BadPattern> {
        Self::parse(text).ok_or_else(|| BadPattern { campaign: campaign.to_string(), pattern: text.to_string() })
    }

    /// How many letters it names: the more, the more specific.
    pub fn letters_named(&self) -> usize {
        self.0.iter().filter(|letter| !"*?".contains(**letter)).count()
    }

    /// Whether its code or its name fits.
    pub(super) fn fits(&self, coupon: &Coupon) -> bool {
        let names = [coupon.code.as_deref().unwrap_or_default(), coupon.name.as_str()];
        names.iter().any(|name| self.matches(&name.to_lowercase()))
    }

    /// `name` in lower context. An empty name is no name.
    pub fn matches(&self, name: &str) -> bool {
        if name.is_empty() {
            return false;
        }
        // Which beginnings of the pattern match what was read of the name so far.
        let mut reached = vec![false; self.0.len() + 1];
        self.start(&mut reached);
        for letter in name.chars() {
            let before = std::mem::replace(&mut reached, vec![false; self.0.len() + 1]);
            for (place, wanted) in self.0.iter().enumerate() {
                let here = before.get(place) == Some(&true);
                let next = match wanted {
                    '*' => here || before.get(place + 1) == Some(&true) || reached.get(place) == Some(&true),
                    '?' => here,
                    wanted => here && *wanted == letter,
                };
                if let Some(mark) = reached.get_mut(place + 1) {
                    *mark = next;
                }
            }
        }
        reached.last() == Some(&true)
    }

    // Nothing read yet: only leading stars are satisfied.
    fn start(&self, reached: &mut [bool]) {
        let stars = self.0.iter().take_while(|letter| **letter == '*').count();
        reached.iter_mut().take(stars + 1).for_each(|mark| *mark = true);
    }
}
