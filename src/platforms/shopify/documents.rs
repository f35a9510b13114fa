//! Every GraphQL document that is sent, each written once. All are valid in the schemas of 2025-10 to 2026-07.
//!
//! One mutation a document: a lost answer is then about one change.

use super::wire::Page;

/// The version of the Admin API that these documents are written for; each is served for twelve months at least.
pub const API_VERSION: &str = "2026-04";

/// Which discounts are coupons: those with a code. Automatic ones apply by themselves.
pub const CODE_DISCOUNTS: &str = "method:code";

/// What is read of a discount, in lists and alone, so that both tell the same. The ids of a discount's products, customers and
/// countries are left out: connections within a page of discounts cost more points than a whole day of anything else.
macro_rules! discount_fields {
    () => {
        " __typename
        ... on DiscountCodeBasic {
          title status startsAt endsAt usageLimit asyncUsageCount appliesOncePerCustomer summary recurringCycleLimit
          codesCount { count precision } codes(first: 1) { nodes { code } }
          combinesWith { orderDiscounts productDiscounts shippingDiscounts } context { __typename }
          minimumRequirement { __typename
            ... on DiscountMinimumSubtotal { greaterThanOrEqualToSubtotal { amount currencyCode } }
            ... on DiscountMinimumQuantity { greaterThanOrEqualToQuantity } }
          customerGets { appliesOnOneTimePurchase appliesOnSubscription
            value { __typename
              ... on DiscountPercentage { percentage }
              ... on DiscountAmount { amount { amount currencyCode } appliesOnEachItem } }
            items { __typename } } }
        ... on DiscountCodeFreeShipping {
          title status startsAt endsAt usageLimit asyncUsageCount appliesOncePerCustomer summary recurringCycleLimit
          codesCount { count precision } codes(first: 1) { nodes { code } }
          combinesWith { orderDiscounts productDiscounts shippingDiscounts } context { __typename }
          minimumRequirement { __typename
            ... on DiscountMinimumSubtotal { greaterThanOrEqualToSubtotal { amount currencyCode } }
            ... on DiscountMinimumQuantity { greaterThanOrEqualToQuantity } } }
        ... on DiscountCodeBxgy {
          title status startsAt endsAt usageLimit asyncUsageCount appliesOncePerCustomer summary
          codesCount { count precision } codes(first: 1) { nodes { code } }
          combinesWith { orderDiscounts productDiscounts shippingDiscounts } context { __typename } }
        ... on DiscountCodeApp {
          title status startsAt endsAt usageLimit asyncUsageCount appliesOncePerCustomer
          codesCount { count precision } codes(first: 1) { nodes { code } }
          combinesWith { orderDiscounts productDiscounts shippingDiscounts } context { __typename } } "
    };
}

/// One page of all discounts. Variables: `first`, `after` (a cursor or null), `query`.
pub const PAGE: &str = concat!(
    "query CouponPage($first: Int!, $after: String, $query: String) {
      discountNodes(first: $first, after: $after, sortKey: ID, query: $query) {
        pageInfo { hasNextPage endCursor } nodes { id discount {",
    discount_fields!(),
    "} } } }"
);

/// How many discounts there are. Variable: `query`. A limit of null counts them all.
pub const COUNT: &str = "query CouponCount($query: String) {
      discountNodesCount(query: $query, limit: null) { count precision } }";

/// One discount. Variable: `id`.
pub const BY_ID: &str =
    concat!("query CouponById($id: ID!) { codeDiscountNode(id: $id) { id codeDiscount {", discount_fields!(), "} } }");

/// The discount that a code belongs to, whatever its case. Variable: `code`.
pub const BY_CODE: &str = concat!(
    "query CouponByCode($code: String!) { codeDiscountNodeByCode(code: $code) { id codeDiscount {",
    discount_fields!(),
    "} } }"
);

/// Which kind of discount an id belongs to: it decides which mutation may change it. Variable: `id`.
pub const KIND: &str = "query CouponKind($id: ID!) { codeDiscountNode(id: $id) { id codeDiscount { __typename
      ... on DiscountCodeBasic { status } ... on DiscountCodeFreeShipping { status }
      ... on DiscountCodeBxgy { status } ... on DiscountCodeApp { status } } } }";

/// What the shop says of itself.
pub const SHOP: &str = "query Shop { shop { name currencyCode ianaTimezone myshopifyDomain } }";

/// What the token may do. Needs no right of its own. Source: shopify.dev, `AppInstallation.accessScopes`.
pub const RIGHTS: &str = "query Rights { currentAppInstallation { accessScopes { handle } } }";

/// Variables of the three updates: `id`, and `input` with the fields to change only.
pub const UPDATE_BASIC: &str = "mutation CouponUpdate($id: ID!, $input: DiscountCodeBasicInput!) {
      discountCodeBasicUpdate(id: $id, basicCodeDiscount: $input) {
        codeDiscountNode { id } userErrors { field message code extraInfo } } }";

pub const UPDATE_FREE_SHIPPING: &str = "mutation CouponUpdate($id: ID!, $input: DiscountCodeFreeShippingInput!) {
      discountCodeFreeShippingUpdate(id: $id, freeShippingCodeDiscount: $input) {
        codeDiscountNode { id } userErrors { field message code extraInfo } } }";

pub const UPDATE_BUY_X_GET_Y: &str = "mutation CouponUpdate($id: ID!, $input: DiscountCodeBxgyInput!) {
      discountCodeBxgyUpdate(id: $id, bxgyCodeDiscount: $input) {
        codeDiscountNode { id } userErrors { field message code extraInfo } } }";

/// Variable: `input`.
pub const CREATE: &str = "mutation CouponCreate($input: DiscountCodeBasicInput!) {
      discountCodeBasicCreate(basicCodeDiscount: $input) {
        codeDiscountNode { id } userErrors { field message code extraInfo } } }";

/// Variable of the last three: `id`.
pub const ACTIVATE: &str = "mutation CouponActivate($id: ID!) { discountCodeActivate(id: $id) {
      codeDiscountNode { id } userErrors { field message code extraInfo } } }";

pub const DEACTIVATE: &str = "mutation CouponDeactivate($id: ID!) { discountCodeDeactivate(id: $id) {
      codeDiscountNode { id } userErrors { field message code extraInfo } } }";

pub const DELETE: &str = "mutation CouponDelete($id: ID!) { discountCodeDelete(id: $id) {
      deletedCodeDiscountId userErrors { field message code extraInfo } } }";

pub(super) const PAGE_SIZE: u32 = 50;
/// One connection tells no more than 25,000 objects; before that we go on behind the last id with a new one.
const CONNECTION_MAX: usize = 20_000;

/// Where the list goes on.
pub(super) struct Position {
    /// How many at once.
    pub first: u32,
    pub after: Option<String>,
    pub query: String,
    /// Through the present connection.
    read: usize,
}

impl Position {
    pub fn beginning() -> Self {
        Self { first: PAGE_SIZE, after: None, query: CODE_DISCOUNTS.to_string(), read: 0 }
    }

    /// None where the page does not say how to go on.
    pub fn behind(self, page: &Page) -> Option<Self> {
        let read = self.read + page.nodes.len();
        if read >= CONNECTION_MAX {
            let last = page.nodes.last()?.get("id")?.as_str()?.rsplit('/').next()?;
            return Some(Self { after: None, query: format!("{CODE_DISCOUNTS} id:>={last}"), read: 0, ..self });
        }
        let cursor = page.page_info.end_cursor.clone();
        let goes_on = cursor.is_some() && cursor != self.after && !page.nodes.is_empty();
        goes_on.then_some(Self { after: cursor, read, ..self })
    }
}
