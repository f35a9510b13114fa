//! A discount in our words, and the body of a new one.

use chrono::SecondsFormat;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::sign::HOST_ENDING;
use super::wire::{self, Amount, CustomerGets, Node};
use crate::domain::{
    Coupon, CouponId, Currency, Discount, Draft, Message, Minimum, Money, Owner, Percent, Period, Status, StoreId,
    Timestamp,
};
use crate::message;
use crate::platforms::lenient::{self, amount_text, number};

pub(super) const BASIC: &str = "DiscountCodeBasic";
pub(super) const FREE_SHIPPING: &str = "DiscountCodeFreeShipping";
pub(super) const BUY_X_GET_Y: &str = "DiscountCodeBxgy";
pub(super) const APP: &str = "DiscountCodeApp";

/// Source: recorded refusals of 2026-04.
pub(super) const CODE_LETTERS_MAX: usize = 255;

/// A fraction of up to six decimals is a share of up to four: beyond that lies only what binary fractions add.
const FRACTION_DECIMALS: u32 = 6;

/// The rule that a copy can repeat.
const COMBINES_WITH: &str = "combinesWith";

/// What a discount does not say of itself.
pub(super) struct Reader<'a> {
    pub store: &'a StoreId,
    pub currency: Currency,
    /// Such as `some-shop.myshopify.com`.
    pub shop_host: &'a str,
}

impl Reader<'_> {
    /// A node's coupon, or why it cannot be read; none where its discount applies without a code.
    pub fn coupon(&self, node: &Value) -> Result<Option<Coupon>, Message> {
        let Node { id, discount } = serde_json::from_value(node.clone()).map_err(lenient::in_words_of)?;
        let kind = match discount.typename.as_str() {
            BASIC => "amount off",
            FREE_SHIPPING => "free shipping",
            BUY_X_GET_Y => "buy X get Y",
            APP => "discount of an app",
            automatic if automatic.starts_with("DiscountAutomatic") => return Ok(None),
            other => return Err(message!("odd-kind", kind = format!("{other:?}"))),
        };
        let many_codes = discount.codes_count.as_ref().and_then(|codes| codes.count).is_some_and(|count| count > 1);
        let starts = lenient::needed(discount.starts_at, "startsAt")?;
        let usable = Period::new(Some(starts), discount.ends_at).map_err(lenient::in_words_of)?;
        let raw_status = discount.status.clone().unwrap_or_default();
        Ok(Some(Coupon {
            store: self.store.clone(),
            page: self.page(&id),
            id: CouponId::new(id),
            code: discount.codes.nodes.first().and_then(|code| code.code.clone()),
            name: discount.title.clone().unwrap_or_default(),
            status: status(&raw_status),
            raw_status,
            kind: if many_codes { format!("{kind}, many codes") } else { kind.to_string() },
            discount: self.discount(&discount)?,
            minimum: self.minimum(&discount)?,
            usable,
            claimable: None,
            total: lenient::count(discount.usage_limit, "usageLimit")?,
            // With many codes the limit holds for each of them, and the count for all together: they cannot be subtracted.
            used: lenient::count(discount.async_usage_count.filter(|_| !many_codes), "asyncUsageCount")?,
            claimed: None,
            per_buyer: discount.applies_once_per_customer.then_some(1),
            // The other rules of such a discount lie in its app, and an update with what we know would reset some of them.
            owner: if discount.typename == APP { Owner::Platform } else { Owner::Seller },
            stock_is_claimed: false,
            other_rules: other_rules(&discount, many_codes),
            made_by_change: None,
        }))
    }

    fn discount(&self, discount: &wire::Discount) -> Result<Discount, Message> {
        let words = || discount.summary.clone().unwrap_or_default();
        match discount.typename.as_str() {
            FREE_SHIPPING => Ok(Discount::FreeShipping { cap: None }),
            BUY_X_GET_Y => Ok(Discount::BuyXGetY(words())),
            APP => Ok(Discount::Other("worked out by an app".to_string())),
            _ => self.worth(lenient::needed(discount.customer_gets.as_ref(), "customerGets")?, words()),
        }
    }

    fn worth(&self, gets: &CustomerGets, words: String) -> Result<Discount, Message> {
        let worth = &gets.value;
        match worth.typename.as_str() {
            "DiscountPercentage" => {
                let fraction = lenient::needed(worth.percentage, "percentage")?;
                let percent = fraction.round_dp(FRACTION_DECIMALS) * Decimal::ONE_HUNDRED;
                Ok(Discount::Share { percent: Percent(percent.normalize()), cap: None })
            }
            "DiscountAmount" => {
                let money = self.money(lenient::needed(worth.amount.as_ref(), "amount")?)?;
                // Taken off every matching item, so that no one sum says what a use costs.
                let each = worth.applies_on_each_item;
                Ok(if each { Discount::Other(format!("{money} off each item")) } else { Discount::Sum(money) })
            }
            _ => Ok(Discount::Other(words)),
        }
    }

    fn minimum(&self, discount: &wire::Discount) -> Result<Minimum, Message> {
        if matches!(discount.typename.as_str(), BUY_X_GET_Y | APP) {
            return Ok(Minimum::NotKnown);
        }
        let Some(requirement) = &discount.minimum_requirement else { return Ok(Minimum::None) };
        match (&requirement.greater_than_or_equal_to_subtotal, requirement.greater_than_or_equal_to_quantity) {
            (Some(subtotal), _) => Ok(Minimum::told(Some(self.money(subtotal)?))),
            (None, quantity) => {
                Ok(lenient::count(quantity, "minimum quantity")?.map_or(Minimum::NotKnown, Minimum::Quantity))
            }
        }
    }

    fn money(&self, amount: &Amount) -> Result<Money, Message> {
        let currency = match &amount.currency_code {
            Some(code) => Currency::of_letters(code).map_err(lenient::in_words_of)?,
            None => self.currency,
        };
        Ok(Money::new(amount.amount.ok_or_else(|| message!("odd-amount-missing"))?, currency))
    }

    /// In the admin. Inferred: the address that a browser shows there.
    fn page(&self, id: &str) -> Option<String> {
        let number = id.rsplit('/').next()?;
        let handle = self.shop_host.strip_suffix(HOST_ENDING)?;
        Some(format!("https://admin.shopify.com/store/{handle}/discounts/{number}"))
    }
}

/// Shopify works the status out of the two dates; it has none for paused or used up.
fn status(word: &str) -> Status {
    match word {
        "ACTIVE" => Status::Active,
        "SCHEDULED" => Status::Scheduled,
        "EXPIRED" => Status::Ended,
        _ => Status::Unknown,
    }
}

/// What differs from a plain discount on the whole order for everybody. The summary stands for products, customers and countries:
/// Shopify's words tell two such discounts apart where the kinds do not.
fn other_rules(discount: &wire::Discount, many_codes: bool) -> Map<String, Value> {
    let mut rules = Map::new();
    let mut put = |name: &str, value: Value| rules.insert(name.to_string(), value);
    if let Some(combines_with) = discount.combines_with.as_ref().filter(|with| combines(with)) {
        put(COMBINES_WITH, combines_with.clone());
    }
    let context = discount.context.as_ref().map(|context| context.typename.as_str());
    let for_all_buyers = matches!(context, None | Some("DiscountBuyerSelectionAll" | ""));
    if let Some(context) = context.filter(|_| !for_all_buyers) {
        put("context", json!(context));
    }
    let mut for_all_items = discount.typename == BASIC;
    if let Some(gets) = &discount.customer_gets {
        let items = gets.items.typename.as_str();
        for_all_items &= matches!(items, "AllDiscountItems" | "");
        if !for_all_items && !items.is_empty() {
            put("items", json!(items));
        }
        if gets.applies_on_one_time_purchase == Some(false) {
            put("appliesOnOneTimePurchase", json!(false));
        }
        if gets.applies_on_subscription == Some(true) {
            put("appliesOnSubscription", json!(true));
        }
    }
    if let Some(cycles) = discount.recurring_cycle_limit.filter(|cycles| *cycles != 1) {
        put("recurringCycleLimit", json!(cycles));
    }
    if let Some(summary) = discount.summary.as_ref().filter(|_| !(for_all_items && for_all_buyers)) {
        put("summary", json!(summary));
    }
    if many_codes {
        put("codes", json!("many"));
    }
    rules
}

fn combines(with: &Value) -> bool {
    with.as_object().is_some_and(|with| with.values().any(|yes| yes == &json!(true)))
}

/// An instant as Shopify keeps it: whole seconds. Its ends are exclusive like ours: one that is switched off "now" is not usable now.
pub fn wire_instant(at: Timestamp) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// The input that makes `draft`, or why it cannot be made through the API: the id of a message.
pub(super) fn create_input(draft: &Draft, soonest: Timestamp) -> Result<Value, &'static str> {
    if let Some(rule) = draft.other_rules.keys().find(|rule| *rule != COMBINES_WITH) {
        return Err(not_to_be_copied(rule));
    }
    let once = match draft.per_buyer {
        None => false,
        Some(1) => true,
        Some(_) => return Err("impossible-shopify-per-buyer"),
    };
    let starts = draft.start.or(soonest);
    let mut input = Map::new();
    let mut put = |name: &str, value: Value| input.insert(name.to_string(), value);
    put("title", json!(draft.name));
    put("code", json!(draft.code));
    put("startsAt", json!(wire_instant(starts)));
    put("endsAt", json!(draft.ends.map(wire_instant)));
    put("usageLimit", json!(draft.total));
    put("appliesOncePerCustomer", json!(once));
    put("context", json!({ "all": "ALL" }));
    put("customerGets", json!({ "value": value(&draft.discount)?, "items": { "all": true } }));
    if draft.minimum != Minimum::None {
        put("minimumRequirement", minimum_input(&draft.minimum)?);
    }
    if let Some(combines_with) = draft.other_rules.get(COMBINES_WITH) {
        put(COMBINES_WITH, combines_with.clone());
    }
    Ok(Value::Object(input))
}

fn value(discount: &Discount) -> Result<Value, &'static str> {
    match discount {
        Discount::Share { percent, cap: None } => Ok(json!({ "percentage": number(percent.0 / Decimal::ONE_HUNDRED) })),
        Discount::Sum(money) => {
            Ok(json!({ "discountAmount": { "amount": amount_text(money.amount), "appliesOnEachItem": false } }))
        }
        Discount::Share { cap: Some(_), .. } => Err("impossible-shopify-cap"),
        _ => Err("impossible-shopify-discount"),
    }
}

fn not_to_be_copied(rule: &str) -> &'static str {
    match rule {
        "items" => "impossible-shopify-items",
        "context" => "impossible-shopify-context",
        "codes" => "impossible-shopify-codes",
        _ => "impossible-shopify-rules",
    }
}

/// `minimumRequirement`. How one is taken away is not documented.
pub(super) fn minimum_input(minimum: &Minimum) -> Result<Value, &'static str> {
    match minimum {
        Minimum::Spend(money) => {
            Ok(json!({ "subtotal": { "greaterThanOrEqualToSubtotal": amount_text(money.amount) } }))
        }
        Minimum::Quantity(items) => Ok(json!({ "quantity": { "greaterThanOrEqualToQuantity": items.to_string() } })),
        Minimum::None | Minimum::NotKnown => Err("impossible-shopify-minimum"),
    }
}
