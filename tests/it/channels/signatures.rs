//! The signatures, by the vectors that were computed with other programs.

use couponbook::messages::sign;

#[test]
fn feishu_signs_nothing_with_what_would_be_the_message() {
    let vectors = [
        (1_599_360_473, "demo", "l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8="),
        (100, "demo", "jquNHnVOwmDRfw+vqTIrY5dooJAgi5EcRtLsQE4wfXg="),
        (1_760_000_000, "飞书密钥", "3N313KlDf2KJaIDmtb2hqXLMiX9Mkgn7UzIwgAWrPZc="),
    ];
    for (seconds, secret, wanted) in vectors {
        assert_eq!(sign::feishu(seconds, secret), wanted, "{seconds} {secret}");
    }
}

#[test]
fn dingtalk_signs_milliseconds_and_secret_with_the_secret() {
    let vectors = [
        (1_577_262_236_757, "this is secret", "hmPWwU+7lVdm3ZZz0r9tSfx0L4Q26jWOZr9+Gs6EZQM="),
        (1_760_000_000_002, "SEC000000000000000000000", "g9iYa0g+DfWslmJeV0+riabdmIbBhC1iMw/nC0jVRdU="),
        (1_760_000_000_000, "SEC000000000000000000000", "k31a5FRjnH1KQOl17vIlSRnzR5KKNRSr1xfeTuNwQTc="),
    ];
    for (milliseconds, secret, wanted) in vectors {
        assert_eq!(sign::dingtalk(milliseconds, secret), wanted, "{milliseconds} {secret}");
    }
}

#[test]
fn a_webhook_is_signed_as_standard_webhooks_says() {
    let ours = r#"{"type":"export.finished","timestamp":"2026-11-29T08:00:00Z","data":{"rows":12,"note":"优惠券"}}"#;
    assert_eq!(ours.len(), 99);
    let vectors = [
        (
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        ),
        (
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "evt_20261129T080000Z_export",
            1_795_939_200,
            ours,
            "v1,uCKz3cl2cJegFDyoM6oSsMlTht+ZoS0IePyw4Skl0Hs=",
        ),
        (
            "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
            "evt_20261129T080000Z_export",
            1_795_939_200,
            ours,
            "v1,7Ty8Wj6fnFmKSXa/QB1Pf1BX/RrAkX8zFf7sWsj3ju0=",
        ),
        (
            "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
            "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
            1_649_367_553,
            r#"{"email":"test@example.com","username":"test_user"}"#,
            "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=",
        ),
    ];
    for (secret, id, seconds, body, wanted) in vectors {
        assert_eq!(sign::standard_webhook(secret, id, seconds, body).as_deref(), Some(wanted), "{id}");
    }
    assert_eq!(sign::standard_webhook("whsec_not base64", "id", 1, ours), None);
}
