//! Every signing vector of the two platforms' fact sheets: computed outside this program.

use couponbook::platforms::shopee;
use couponbook::platforms::woocommerce::sign::{self as woocommerce, OAuth};

use super::server::{CONSUMER_KEY, CONSUMER_SECRET, PARTNER_KEY};

#[test]
fn shopee_shop_calls_are_signed_as_the_documents_say() {
    let token = "59777174636562737266615546704c6d";
    let vectors = [
        ("get_voucher_list", "10132252ab4a0674422471b669ac37b20d1c9ddc6f2ebf65c830757a2cd72c3e"),
        ("get_voucher", "5ddb46d1fd4c6683f1ba598d33a023b3df7cb7bb4d5077f0b3c5033cc3554077"),
        ("add_voucher", "478f3659f57ade219cd564134b708990a6d68f1c2541a98b5804ce57c3d39645"),
        ("update_voucher", "2ab2754ec25004dd8cb6b4999ed0cb5369fb01f4994f6b19ffbc9c68186177d5"),
        ("end_voucher", "ad1d0fe59f88917408d850f984a3f854947a73d0d6e1d6f65af312f28e6131c5"),
        ("delete_voucher", "348f255f5d5c3c3523df1d07d09e718fe9d45b78f9ea8775bc4982367230dbc5"),
    ];
    for (operation, signature) in vectors {
        let base =
            shopee::shop_base(2_001_887, &format!("/api/v2/voucher/{operation}"), 1_760_000_000, token, 14_701_711);
        assert_eq!(shopee::sign(PARTNER_KEY, &base), signature, "{operation}");
    }
    assert_eq!(
        shopee::shop_base(2_001_887, "/api/v2/voucher/get_voucher_list", 1_760_000_000, token, 14_701_711),
        "2001887/api/v2/voucher/get_voucher_list176000000059777174636562737266615546704c6d14701711"
    );
}

#[test]
fn shopee_public_calls_are_signed_without_token_and_shop() {
    let vectors = [
        ("/api/v2/auth/token/get", "3383782a3a37a13ab42dcba44db386d17138cbbcce9a737f3ea543c829b25992"),
        ("/api/v2/auth/access_token/get", "2e651340a7284646cc88144cf6e6908e01c7ee91445006023593a828a3f22dbc"),
        ("/api/v2/shop/auth_partner", "9bdb276b59b44c9891b3c739d1e7c4226a0160f024cadfa4ebb76435c5bcf336"),
    ];
    for (path, signature) in vectors {
        assert_eq!(
            shopee::sign(PARTNER_KEY, &shopee::public_base(2_001_887, path, 1_760_000_000)),
            signature,
            "{path}"
        );
    }
    let other_app = shopee::public_base(10090, "/api/v2/shop/auth_partner", 1_594_897_040);
    assert_eq!(
        shopee::sign("test-partner-key", &other_app),
        "5c3357a5d7ede41e954ce12fe4a885c77dd0f4ff59666ddf16fbab373fdfe636"
    );
}

#[test]
fn shopee_keys_are_used_as_text() {
    let message = "/api/v2/auth/token/get123456test_partner_idtest_shop_idtest_main_account_id";
    assert_eq!(
        shopee::sign("test_partner_key", message),
        "37c864bd9821ff5f2c2f46b2faca14eb1811a718d1fdc6dcf383cba7c74bf9e9"
    );
}

type Query = &'static [(&'static str, &'static str)];

const COUPONS: &str = "http://shop.example.test/wp-json/wc/v3/coupons";
const COUPON: &str = "http://shop.example.test/wp-json/wc/v3/coupons/719";

#[test]
fn woocommerce_requests_over_plain_http_are_signed_with_oauth() {
    const NONE: Query = &[];
    const PAGE: Query = &[("page", "1"), ("per_page", "100")];
    const SEARCH: Query = &[("search", "10 % off+tax")];
    const FORCE: Query = &[("force", "true")];
    let vectors = [
        ("GET", COUPONS, PAGE, "zgBf8ABLYUkJP5bJMPElWC2Qs0vgjlTEhtEqfckVmDA="),
        ("GET", COUPONS, SEARCH, "N2Ta1rToQz7UlWlmYWsa5fVK4dRC1Er+qYPkGltGNKY="),
        ("PUT", COUPON, NONE, "5oDKIRNdZLWVBTTkFQ+ipkWDruaX+koIs6hHuFo7Ap4="),
        ("DELETE", COUPON, FORCE, "IXtKRwGd3oTaVfm0aAOGsSXwREdR5FPsJc4yJtsLoE8="),
    ];
    for (http_method, address, parameters, signature) in vectors {
        let base = OAUTH.base(http_method, address, parameters);
        assert_eq!(OAUTH.sign(&base), signature, "{http_method} {parameters:?}");
    }
}

#[test]
fn the_signed_text_encodes_the_query_twice() {
    assert_eq!(
        OAUTH.base("GET", COUPONS, &[("per_page", "100"), ("page", "1")]),
        "GET&http%3A%2F%2Fshop.example.test%2Fwp-json%2Fwc%2Fv3%2Fcoupons&oauth_consumer_key%3Dck_0123456789abcdef0123456789abcdef01234567%26oauth_nonce%3D0123456789abcdef0123456789abcdef%26oauth_signature_method%3DHMAC-SHA256%26oauth_timestamp%3D1767225600%26page%3D1%26per_page%3D100"
    );
    assert!(
        OAUTH
            .base("GET", COUPONS, &[("search", "10 % off+tax")])
            .ends_with("%26oauth_timestamp%3D1767225600%26search%3D10%2520%2525%2520off%252Btax")
    );
    assert!(
        OAUTH
            .query("GET", COUPONS, &[("search", "10 % off+tax")])
            .ends_with("&search=10%20%25%20off%2Btax&oauth_signature=N2Ta1rToQz7UlWlmYWsa5fVK4dRC1Er%2BqYPkGltGNKY%3D")
    );
}

#[test]
fn woocommerce_requests_over_tls_carry_a_basic_header() {
    assert_eq!(
        woocommerce::basic_header(CONSUMER_KEY, CONSUMER_SECRET),
        "Basic Y2tfMDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzpjc18wMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"
    );
}

const OAUTH: OAuth<'static> = OAuth {
    consumer_key: CONSUMER_KEY,
    consumer_secret: CONSUMER_SECRET,
    nonce: "0123456789abcdef0123456789abcdef",
    timestamp: 1_767_225_600,
};
