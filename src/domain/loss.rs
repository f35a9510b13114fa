//! Whether a discount takes too much of an order: judged by the worst order that its rules allow.

use rust_decimal::Decimal;

use super::{Discount, Minimum, Money, Percent};

/// An uncapped share from here on gives away more than it brings, however large the order, where nothing asks for a real one.
const UNCAPPED_LOSS_PERCENT: u32 = 50;

/// How a discount loses money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// An order of `sum` is free, and nothing asks for a larger one.
    FreeOrder {
        sum: Money,
    },
    /// So is the smallest that is allowed.
    FreeOrderFrom {
        sum: Money,
        spend: Money,
    },
    /// `sum` is this much of the smallest order that is allowed.
    SumOf {
        sum: Money,
        spend: Money,
        percent: Percent,
    },
    Share {
        percent: Percent,
    },
    /// A large share without a cap, of orders that nothing asks to be real ones.
    Uncapped {
        percent: Percent,
    },
}

impl Discount {
    /// How it loses money where an order must reach `minimum`: the worst order is given more than `most` percent of itself. None where
    /// it does not, where so little is given that nobody looks twice ([`Currency::small_sum`](super::Currency::small_sum)), and where
    /// it cannot be told.
    pub fn loss(&self, minimum: Minimum, most: Decimal) -> Option<Loss> {
        match self {
            Self::Sum(sum) => sum_loses(*sum, minimum, most),
            Self::Share { percent, cap } | Self::Coins { percent, cap } => share_loses(*percent, *cap, minimum, most),
            Self::FreeShipping { .. } | Self::BuyXGetY(_) | Self::Other(_) => None,
        }
    }
}

impl Minimum {
    /// None, or one that any order reaches.
    pub fn asks_for_little(&self) -> bool {
        match self {
            Self::None => true,
            Self::Spend(money) => money.amount <= money.currency.small_sum(),
            Self::Quantity(_) | Self::NotKnown => false,
        }
    }
}

/// The worst order for a sum is the smallest that is allowed.
fn sum_loses(sum: Money, minimum: Minimum, most: Decimal) -> Option<Loss> {
    if sum.amount <= sum.currency.small_sum() {
        return None;
    }
    match minimum {
        Minimum::None => Some(Loss::FreeOrder { sum }),
        Minimum::Spend(spend) if spend.currency != sum.currency => None,
        Minimum::Spend(spend) if sum.amount >= spend.amount => Some(Loss::FreeOrderFrom { sum, spend }),
        Minimum::Spend(spend) => {
            let share = share_of(sum.amount, spend.amount)?;
            (share > most).then(|| Loss::SumOf { sum, spend, percent: Percent(share.floor()) })
        }
        Minimum::Quantity(_) | Minimum::NotKnown => None,
    }
}

/// The worst order for a share is the largest that its cap does not lighten, or the smallest that is allowed.
fn share_loses(percent: Percent, cap: Option<Money>, minimum: Minimum, most: Decimal) -> Option<Loss> {
    let Some(cap) = cap else {
        let is_large = percent.0 >= Decimal::from(UNCAPPED_LOSS_PERCENT) && minimum.asks_for_little();
        return match percent.0 > most {
            true => Some(Loss::Share { percent }),
            false => is_large.then_some(Loss::Uncapped { percent }),
        };
    };
    let of_smallest = minimum.spend().and_then(|spend| share_of(cap.amount, spend));
    let worst = of_smallest.map_or(percent.0, |share| share.min(percent.0));
    (worst > most && cap.amount > cap.currency.small_sum()).then_some(Loss::Share { percent })
}

fn share_of(amount: Decimal, order: Decimal) -> Option<Decimal> {
    amount.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(order)
}
