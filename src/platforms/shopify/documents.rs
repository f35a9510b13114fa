//! Every GraphQL document that is sent, each written once. All are valid in the schema of 2026-07.
//!
//! One mutation a document: a lost answer is then about one change.

use super::wire::Page;

/// The version of the Admin API that these documents are written for; it is served for twelve months at least. Earlier ones hide
/// every discount that is limited to markets, in lists and by id (shopify.dev, changelog of 2026-05-06).
pub const API_VERSION: &str = "2026-07";

/// Which discounts are coupons: those with a code, and those that apply by themselves.
pub const DISCOUNTS: &str = "method:code,automatic";

/// What every discount has.
macro_rules! common_fields {
    () => {
        " title status startsAt endsAt asyncUsageCount tags context { __typename }
          combinesWith { orderDiscounts productDiscounts shippingDiscounts productDiscountsWithTagsOnSameCartLine } "
    };
}

/// What those with a code have besides.
macro_rules! code_fields {
    () => {
        " usageLimit appliesOncePerCustomer codesCount { count precision } codes(first: 1) { nodes { code } } "
    };
}

macro_rules! minimum_fields {
    () => {
        " minimumRequirement { __typename
            ... on DiscountMinimumSubtotal { greaterThanOrEqualToSubtotal { amount currencyCode } }
            ... on DiscountMinimumQuantity { greaterThanOrEqualToQuantity } } "
    };
}

macro_rules! worth_fields {
    () => {
        " customerGets { appliesOnOneTimePurchase appliesOnSubscription
            value { __typename
              ... on DiscountPercentage { percentage }
              ... on DiscountAmount { amount { amount currencyCode } appliesOnEachItem } }
            items { __typename } } "
    };
}

/// What is read of a discount with a code, in lists and alone, so that both tell the same. The ids of a discount's products, customers
/// and countries are left out: connections within a page of discounts cost more points than a whole day of anything else, and some
/// of them ask for rights that reading discounts does not need.
macro_rules! code_discount_fields {
    () => {
        concat!(
            " __typename ... on DiscountCodeBasic { summary recurringCycleLimit ",
            common_fields!(),
            code_fields!(),
            minimum_fields!(),
            worth_fields!(),
            " } ... on DiscountCodeFreeShipping { summary recurringCycleLimit ",
            common_fields!(),
            code_fields!(),
            minimum_fields!(),
            " } ... on DiscountCodeBxgy { summary ",
            common_fields!(),
            code_fields!(),
            " } ... on DiscountCodeApp { ",
            common_fields!(),
            code_fields!(),
            " } "
        )
    };
}

/// The same of any discount.
//
// The limit of cycles can be null for codes alone: two members of one union may not show it under one name.
macro_rules! discount_fields {
    () => {
        concat!(
            code_discount_fields!(),
            " ... on DiscountAutomaticBasic { summary automaticCycleLimit: recurringCycleLimit ",
            common_fields!(),
            minimum_fields!(),
            worth_fields!(),
            " } ... on DiscountAutomaticFreeShipping { summary automaticCycleLimit: recurringCycleLimit ",
            common_fields!(),
            minimum_fields!(),
            " } ... on DiscountAutomaticBxgy { summary ",
            common_fields!(),
            " } ... on DiscountAutomaticApp { ",
            common_fields!(),
            " } "
        )
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
    concat!("query CouponById($id: ID!) { discountNode(id: $id) { id discount {", discount_fields!(), "} } }");

/// The discount that a code belongs to, whatever its case. Variable: `code`.
pub const BY_CODE: &str = concat!(
    "query CouponByCode($code: String!) { codeDiscountNodeByCode(code: $code) { id codeDiscount {",
    code_discount_fields!(),
    "} } }"
);

/// The most markets of one discount that are read.
pub(super) const MARKETS_MAX: u32 = 100;

/// Whom a discount is for, which a copy needs. Asks for the rights to read customers or markets, so it is asked for of a discount
/// that is not for everybody, and of no other. Variables: `id`, `first`.
pub const CONTEXT: &str =
    "query CouponContext($id: ID!, $first: Int!) { discountNode(id: $id) { id discount { __typename
      ... on DiscountCodeBasic { context { ...whom } } ... on DiscountCodeFreeShipping { context { ...whom } }
      ... on DiscountCodeBxgy { context { ...whom } } ... on DiscountCodeApp { context { ...whom } }
      ... on DiscountAutomaticBasic { context { ...whom } } ... on DiscountAutomaticFreeShipping { context { ...whom } }
      ... on DiscountAutomaticBxgy { context { ...whom } } ... on DiscountAutomaticApp { context { ...whom } } } } }
    fragment whom on DiscountContext { __typename
      ... on DiscountCustomers { customers { id } } ... on DiscountCustomerSegments { segments { id } }
      ... on DiscountMarkets { markets(first: $first) { nodes { id } pageInfo { hasNextPage } } } }";

/// Which kind of discount an id belongs to: it decides which mutation may change it. Variable: `id`.
pub const KIND: &str = "query CouponKind($id: ID!) { discountNode(id: $id) { id discount { __typename
      ... on DiscountCodeBasic { title status } ... on DiscountCodeFreeShipping { title status }
      ... on DiscountCodeBxgy { title status } ... on DiscountCodeApp { title status }
      ... on DiscountAutomaticBasic { title status } ... on DiscountAutomaticFreeShipping { title status }
      ... on DiscountAutomaticBxgy { title status } ... on DiscountAutomaticApp { title status } } } }";

/// What the shop says of itself.
pub const SHOP: &str = "query Shop { shop { name currencyCode ianaTimezone myshopifyDomain } }";

/// What the token may do. Needs no right of its own. Source: shopify.dev, `AppInstallation.accessScopes`.
pub const RIGHTS: &str = "query Rights { currentAppInstallation { accessScopes { handle } } }";

/// Variables of the six updates: `id`, and `input` with the fields to change only.
pub const UPDATE_BASIC: &str = "mutation CouponUpdate($id: ID!, $input: DiscountCodeBasicInput!) {
      discountCodeBasicUpdate(id: $id, basicCodeDiscount: $input) {
        codeDiscountNode { id } userErrors { field message code extraInfo } } }";

pub const UPDATE_FREE_SHIPPING: &str = "mutation CouponUpdate($id: ID!, $input: DiscountCodeFreeShippingInput!) {
      discountCodeFreeShippingUpdate(id: $id, freeShippingCodeDiscount: $input) {
        codeDiscountNode { id } userErrors { field message code extraInfo } } }";

pub const UPDATE_BUY_X_GET_Y: &str = "mutation CouponUpdate($id: ID!, $input: DiscountCodeBxgyInput!) {
      discountCodeBxgyUpdate(id: $id, bxgyCodeDiscount: $input) {
        codeDiscountNode { id } userErrors { field message code extraInfo } } }";

pub const UPDATE_AUTOMATIC_BASIC: &str = "mutation CouponUpdate($id: ID!, $input: DiscountAutomaticBasicInput!) {
      discountAutomaticBasicUpdate(id: $id, automaticBasicDiscount: $input) {
        automaticDiscountNode { id } userErrors { field message code extraInfo } } }";

pub const UPDATE_AUTOMATIC_FREE_SHIPPING: &str =
    "mutation CouponUpdate($id: ID!, $input: DiscountAutomaticFreeShippingInput!) {
      discountAutomaticFreeShippingUpdate(id: $id, freeShippingAutomaticDiscount: $input) {
        automaticDiscountNode { id } userErrors { field message code extraInfo } } }";

pub const UPDATE_AUTOMATIC_BUY_X_GET_Y: &str = "mutation CouponUpdate($id: ID!, $input: DiscountAutomaticBxgyInput!) {
      discountAutomaticBxgyUpdate(id: $id, automaticBxgyDiscount: $input) {
        automaticDiscountNode { id } userErrors { field message code extraInfo } } }";

/// Variable: `input`.
pub const CREATE: &str = "mutation CouponCreate($input: DiscountCodeBasicInput!) {
      discountCodeBasicCreate(basicCodeDiscount: $input) {
        codeDiscountNode { id } userErrors { field message code extraInfo } } }";

/// Variable of the last six: `id`.
pub const ACTIVATE: &str = "mutation CouponActivate($id: ID!) { discountCodeActivate(id: $id) {
      codeDiscountNode { id } userErrors { field message code extraInfo } } }";

pub const DEACTIVATE: &str = "mutation CouponDeactivate($id: ID!) { discountCodeDeactivate(id: $id) {
      codeDiscountNode { id } userErrors { field message code extraInfo } } }";

pub const DELETE: &str = "mutation CouponDelete($id: ID!) { discountCodeDelete(id: $id) {
      deletedCodeDiscountId userErrors { field message code extraInfo } } }";

pub const ACTIVATE_AUTOMATIC: &str = "mutation CouponActivate($id: ID!) { discountAutomaticActivate(id: $id) {
      automaticDiscountNode { id } userErrors { field message code extraInfo } } }";

pub const DEACTIVATE_AUTOMATIC: &str = "mutation CouponDeactivate($id: ID!) { discountAutomaticDeactivate(id: $id) {
      automaticDiscountNode { id } userErrors { field message code extraInfo } } }";

pub const DELETE_AUTOMATIC: &str = "mutation CouponDelete($id: ID!) { discountAutomaticDelete(id: $id) {
      deletedAutomaticDiscountId userErrors { field message code extraInfo } } }";

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
        Self { first: PAGE_SIZE, after: None, query: DISCOUNTS.to_string(), read: 0 }
    }

    /// None where the page does not say how to go on.
    pub fn behind(self, page: &Page) -> Option<Self> {
        let read = self.read + page.nodes.len();
        if read >= CONNECTION_MAX {
            let last = page.nodes.last()?.get("id")?.as_str()?.rsplit('/').next()?;
            return Some(Self { after: None, query: format!("{DISCOUNTS} id:>={last}"), read: 0, ..self });
        }
        let cursor = page.page_info.end_cursor.clone();
        let goes_on = cursor.is_some() && cursor != self.after && !page.nodes.is_empty();
        goes_on.then_some(Self { after: cursor, read, ..self })
    }
}
