//! A discount in our words, and the body of a new one.

use chrono::SecondsFormat;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

use super::sign::HOST_ENDING;
use super::wire::{self, Amount, CustomerGets, Node};
use crate::domain::{
    Coupon, CouponId, Currency, Discount, Draft, Fields, Message, Minimum, Money, Owner, Percent, Period, Status,
    StoreId, Timestamp, unread_rule,
};
use crate::message;
use crate::platforms::lenient::{self, amount_text, number};

pub(super) const BASIC: &str = "DiscountCodeBasic";
pub(super) const FREE_SHIPPING: &str = "DiscountCodeFreeShipping";
pub(super) const BUY_X_GET_Y: &str = "DiscountCodeBxgy";
pub(super) const APP: &str = "DiscountCodeApp";
pub(super) const AUTOMATIC_BASIC: &str = "DiscountAutomaticBasic";
pub(super) const AUTOMATIC_FREE_SHIPPING: &str = "DiscountAutomaticFreeShipping";
pub(super) const AUTOMATIC_BUY_X_GET_Y: &str = "DiscountAutomaticBxgy";
pub(super) const AUTOMATIC_APP: &str = "DiscountAutomaticApp";

/// Source: recorded refusals of 2026-04.
pub(super) const CODE_LETTERS_MAX: usize = 255;

/// A fraction of up to six decimals is a share of up to four: beyond that lies only what binary fractions add.
const FRACTION_DECIMALS: u32 = 6;

/// The rules that a copy can repeat.
const COMBINES_WITH: &str = "combinesWith";
const TAGS: &str = "tags";
pub(super) const CONTEXT: &str = "context";
/// Of the customers, segments or markets that it is for.
const CONTEXT_IDS: &str = "contextIds";
const TAGS_ON_SAME_CART_LINE: &str = "productDiscountsWithTagsOnSameCartLine";
/// Source: shopify.dev, limits of inputs.
const IDS_MAX: usize = 250;

/// What a discount does not say of itself.
pub(super) struct Reader<'a> {
    pub store: &'a StoreId,
    pub currency: Currency,
    /// Such as `some-shop.myshopify.com`.
    pub shop_host: &'a str,
}

impl Reader<'_> {
    /// A node's coupon, or why it cannot be read.
    pub fn coupon(&self, node: &Value) -> Result<Coupon, Message> {
        let Node { id, discount } = Node::deserialize(node).map_err(lenient::in_words_of)?;
        let kind = match discount.typename.as_str() {
            BASIC => "amount off",
            FREE_SHIPPING => "free shipping",
            BUY_X_GET_Y => "buy X get Y",
            APP => "discount of an app",
            AUTOMATIC_BASIC => "Automatic amount off",
            AUTOMATIC_FREE_SHIPPING => "Automatic free shipping",
            AUTOMATIC_BUY_X_GET_Y => "Automatic buy X get Y",
            AUTOMATIC_APP => "Automatic discount of an app",
            other => return Err(message!("odd-kind", kind = format!("{other:?}"))),
        };
        let many_codes = discount.codes_count.as_ref().and_then(|codes| codes.count).is_some_and(|count| count > 1);
        let starts = lenient::needed(discount.starts_at, "startsAt")?;
        let usable = Period::new(Some(starts), discount.ends_at).map_err(lenient::in_words_of)?;
        let raw_status = discount.status.clone().unwrap_or_default();
        Ok(Coupon {
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
            owner: if is_of_app(&discount.typename) { Owner::Platform } else { Owner::Seller },
            stock_is_claimed: false,
            other_rules: other_rules(&discount, many_codes).into(),
            besides: Default::default(),
            made_by_change: None,
            untold: BTreeSet::new(),
        })
    }

    fn discount(&self, discount: &wire::Discount) -> Result<Discount, Message> {
        let words = || discount.summary.clone().unwrap_or_default();
        match discount.typename.as_str() {
            FREE_SHIPPING | AUTOMATIC_FREE_SHIPPING => Ok(Discount::FreeShipping { cap: None }),
            BUY_X_GET_Y | AUTOMATIC_BUY_X_GET_Y => Ok(Discount::BuyXGetY(words())),
            APP | AUTOMATIC_APP => Ok(Discount::Other("worked out by an app".to_string())),
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
        if has_no_minimum(&discount.typename) {
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
    if let Some(combines_with) = discount.combines_with.as_ref().and_then(combines) {
        put(COMBINES_WITH, combines_with);
    }
    let mut tags: Vec<&str> =
        discount.tags.as_ref().and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    if !tags.is_empty() {
        // In whatever order they come.
        tags.sort_unstable();
        put(TAGS, json!(tags));
    }
    let context = discount.context.as_ref().map(|context| context.typename.as_str());
    let for_all_buyers = is_for_all_buyers(discount);
    if let Some(context) = context.filter(|_| !for_all_buyers) {
        put(CONTEXT, json!(context));
        put(CONTEXT_IDS, unread_rule());
    }
    let mut for_all_items = matches!(discount.typename.as_str(), BASIC | AUTOMATIC_BASIC);
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
    // Whom a discount of a known context is for is told by ids; the words would tell the minimum too, which a copy may have another of.
    let is_told_by_ids = for_all_buyers || context.is_some_and(|context| context_input(context).is_some());
    if let Some(summary) = discount.summary.as_ref().filter(|_| !(for_all_items && is_told_by_ids)) {
        put("summary", json!(summary));
    }
    // Two that apply by themselves are not one too many where their products or countries may be others.
    if is_automatic(&discount.typename) && !for_all_items {
        put("details", unread_rule());
    }
    if many_codes {
        put("codes", json!("many"));
    }
    rules
}

/// What it combines with, without a list of tags that is empty; none where nothing.
fn combines(with: &Value) -> Option<Value> {
    let mut with = with.as_object()?.clone();
    if with.get(TAGS_ON_SAME_CART_LINE).is_some_and(|tags| tags.as_array().is_none_or(Vec::is_empty)) {
        with.remove(TAGS_ON_SAME_CART_LINE);
    }
    let combines = with.values().any(|yes| yes == &json!(true) || yes.is_array());
    combines.then_some(Value::Object(with))
}

pub(super) fn is_automatic(typename: &str) -> bool {
    typename.starts_with("DiscountAutomatic")
}

/// The other rules of such a discount lie in its app.
pub(super) fn is_of_app(typename: &str) -> bool {
    matches!(typename, APP | AUTOMATIC_APP)
}

/// Whether its kind has none of its own, or none that is told.
pub(super) fn has_no_minimum(typename: &str) -> bool {
    matches!(typename, BUY_X_GET_Y | AUTOMATIC_BUY_X_GET_Y) || is_of_app(typename)
}

fn is_for_all_buyers(discount: &wire::Discount) -> bool {
    let context = discount.context.as_ref().map(|context| context.typename.as_str());
    // A context that does not say what it is may be for anybody.
    matches!(context, None | Some("DiscountBuyerSelectionAll"))
}

/// Whether the ids of whom it is for are still to be asked for.
pub(super) fn wants_context(coupon: &Coupon) -> bool {
    coupon.other_rules.contains_key(CONTEXT_IDS)
}

/// Puts in whom `coupon` is for, as the answer to [`super::documents::CONTEXT`] tells it; what it does not tell stays unread.
pub(super) fn put_context(coupon: &mut Coupon, node: &Value) {
    let Ok(Node { discount, .. }) = Node::deserialize(node) else { return };
    let Some(context) = discount.context else { return };
    let things = match &context.markets {
        Some(markets) if markets.page_info.has_next_page => return,
        Some(markets) => &markets.nodes,
        None if context.customers.is_empty() => &context.segments,
        None => &context.customers,
    };
    let ids: Option<Vec<&String>> = things.iter().map(|thing| thing.id.as_ref()).collect();
    let Some(mut ids) = ids.filter(|ids| !ids.is_empty()) else { return };
    ids.sort();
    coupon.other_rules.insert(CONTEXT.to_string(), json!(context.typename));
    coupon.other_rules.insert(CONTEXT_IDS.to_string(), json!(ids));
}

/// What the input calls a context of that kind; none of a kind that is not known.
fn context_input(typename: &str) -> Option<&'static str> {
    match typename {
        "DiscountCustomers" => Some("customers"),
        "DiscountCustomerSegments" => Some("customerSegments"),
        "DiscountMarkets" => Some("markets"),
        _ => None,
    }
}

/// `context` of a copy: never everybody where the model is for some.
fn context_of(rules: &Fields) -> Result<Value, &'static str> {
    let Some(kind) = rules.get(CONTEXT) else { return Ok(json!({ "all": "ALL" })) };
    let name = kind.as_str().and_then(context_input).ok_or("impossible-shopify-context-kind")?;
    match rules.get(CONTEXT_IDS).and_then(Value::as_array) {
        Some(ids) if ids.len() > IDS_MAX => Err("impossible-shopify-context-many"),
        Some(ids) if !ids.is_empty() => Ok(json!({ name: { "add": ids } })),
        _ => Err("impossible-shopify-context"),
    }
}

/// `combinesWith` of a copy: all three switches, for one that is left out counts as off.
fn combines_input(with: &Value) -> Value {
    let switches = ["orderDiscounts", "productDiscounts", "shippingDiscounts"];
    let mut input: Map<String, Value> =
        switches.iter().map(|name| (name.to_string(), json!(with[*name] == json!(true)))).collect();
    if let Some(tags) = with.get(TAGS_ON_SAME_CART_LINE).filter(|tags| tags.is_array()) {
        input.insert(TAGS_ON_SAME_CART_LINE.to_string(), json!({ "add": tags }));
    }
    Value::Object(input)
}

/// An instant as Shopify keeps it: whole seconds. Its ends are exclusive like ours: one that is switched off "now" is not usable now.
pub fn wire_instant(at: Timestamp) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// The input that makes `draft`, or why it cannot be made through the API: the id of a message.
pub(super) fn create_input(draft: &Draft, soonest: Timestamp) -> Result<Value, &'static str> {
    let context = context_of(&draft.other_rules)?;
    let is_copied = |rule: &str| matches!(rule, COMBINES_WITH | TAGS | CONTEXT | CONTEXT_IDS);
    if let Some(rule) = draft.other_rules.keys().find(|rule| !is_copied(rule)) {
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
    put("context", context);
    put("customerGets", json!({ "value": value(&draft.discount)?, "items": { "all": true } }));
    if draft.minimum != Minimum::None {
        put("minimumRequirement", minimum_input(&draft.minimum)?);
    }
    if let Some(combines_with) = draft.other_rules.get(COMBINES_WITH) {
        put(COMBINES_WITH, combines_input(combines_with));
    }
    if let Some(tags) = draft.other_rules.get(TAGS) {
        put(TAGS, tags.clone());
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
        "codes" => "impossible-shopify-codes",
        _ => "impossible-shopify-rules",
    }
}

/// `minimumRequirement` of a change: a null takes the other kind away, and two take away any. Source: three independent clients; no
/// recorded answer, so that what is read back decides.
pub(super) fn minimum_change(minimum: &Minimum) -> Result<Value, &'static str> {
    let (subtotal, quantity) = match minimum {
        Minimum::None => (Value::Null, Value::Null),
        Minimum::Spend(money) => (json!(amount_text(money.amount)), Value::Null),
        Minimum::Quantity(items) => (Value::Null, json!(items.to_string())),
        Minimum::NotKnown => return Err("impossible-shopify-minimum"),
    };
    Ok(json!({
        "subtotal": { "greaterThanOrEqualToSubtotal": subtotal },
        "quantity": { "greaterThanOrEqualToQuantity": quantity },
    }))
}

/// `minimumRequirement` of a new discount.
pub(super) fn minimum_input(minimum: &Minimum) -> Result<Value, &'static str> {
    match minimum {
        Minimum::Spend(money) => {
            Ok(json!({ "subtotal": { "greaterThanOrEqualToSubtotal": amount_text(money.amount) } }))
        }
        Minimum::Quantity(items) => Ok(json!({ "quantity": { "greaterThanOrEqualToQuantity": items.to_string() } })),
        Minimum::None | Minimum::NotKnown => Err("impossible-shopify-minimum"),
    }
}
