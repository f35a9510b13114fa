//! What a platform may answer at most: told with the bound, before memory is spent on it.

use std::sync::Arc;

use couponbook::platforms::{CallError, CallLog, Network, RetryPolicy};
use serde_json::json;

use super::server::{Reply, Server, hasty, now, woocommerce};
use crate::accounts::connect;

/// What came of a listing, with room for answers as large as in the world.
async fn refused(server: &Server) -> CallError {
    let folder = tempfile::tempdir().unwrap();
    let policy = RetryPolicy { answer_bytes_max: RetryPolicy::default().answer_bytes_max, ..hasty() };
    let network = Network::new(Arc::new(now), folder.path(), CallLog::none(), policy);
    connect(&woocommerce(&server.address), &network).unwrap().list().await.unwrap_err()
}

#[tokio::test]
async fn an_answer_that_is_small_as_text_and_large_in_memory_is_refused_before_it_is_built() {
    let answers = [
        (format!("[[]{}]", ",[]".repeat(2_000_000)), "more than 1,000,000 values"),
        (format!("[{{}}{}]", ",{}".repeat(150_000)), "more than 100,000 records"),
        (format!("[{}{}]", "[".repeat(100), "]".repeat(100)), "more than 64 deep"),
        (format!("{}{}", "[".repeat(3_000_000), "]".repeat(3_000_000)), "more than 64 deep"),
        (format!("[{{\"a\":[1{}]}}]", ",2".repeat(1_500_000)), "more than 1,000,000 values"),
    ];
    for (answer, words) in answers {
        let server = Server::in_order(vec![Reply::Json(200, answer)]);
        let told = crate::english(&refused(&server).await.sentence);
        assert!(told.contains(words) && told.contains("check what stands at that address"), "{words}: {told}");
        assert_eq!(server.asked().len(), 1, "{words}");
    }
}

#[tokio::test]
async fn brackets_and_commas_within_texts_are_no_values() {
    let text = "[{,:\\\"".repeat(300_000);
    let server = Server::in_order(vec![Reply::Json(200, json!([{ "id": 0, "name": text }]).to_string())]);
    let folder = tempfile::tempdir().unwrap();
    let policy = RetryPolicy { answer_bytes_max: RetryPolicy::default().answer_bytes_max, ..hasty() };
    let network = Network::new(Arc::new(now), folder.path(), CallLog::none(), policy);
    let listing = connect(&woocommerce(&server.address), &network).unwrap().list().await.unwrap();
    assert_eq!((listing.coupons.len(), listing.unreadable.len()), (1, 0));
}

/// A page of a hundred rows, the first with the id `first`.
fn page(first: u64, total: Option<u64>) -> Reply {
    let rows: Vec<_> = (first..first + 100).map(|id| json!({ "id": id })).collect();
    let headers = total.into_iter().map(|total| ("X-WP-Total", total.to_string())).collect();
    Reply::With(200, headers, serde_json::Value::from(rows).to_string())
}

#[tokio::test]
async fn a_list_that_tells_nothing_new_is_given_up() {
    let server = Server::new(|_, _| page(1, None));
    let told = crate::english(&refused(&server).await.sentence);
    assert!(told.contains("without telling anything new for 5 pages (it does not tell how many there are)"), "{told}");
    assert_eq!(server.asked().len(), 6);
}

#[tokio::test]
async fn a_list_that_goes_on_far_behind_its_own_count_is_given_up_and_the_count_is_told() {
    let server = Server::new(|_, before| page(before as u64 * 100 + 1, Some(7)));
    let told = crate::english(&refused(&server).await.sentence);
    assert!(told.contains("goes on listing after 10,100 coupons (it tells of 7 in all)"), "{told}");
    assert_eq!(server.asked().len(), 101);
}

#[tokio::test]
async fn what_a_message_repeats_of_an_answer_is_short() {
    let odd = json!([{ "id": 5, "code": "x", "amount": "9".repeat(50_000), "discount_type": ["y".repeat(50_000)] }]);
    let server = Server::in_order(vec![Reply::Json(200, odd.to_string())]);
    let folder = tempfile::tempdir().unwrap();
    let network = super::server::network(folder.path(), CallLog::none());
    let listing = connect(&woocommerce(&server.address), &network).unwrap().list().await.unwrap();
    let told = crate::english(&listing.unreadable[0]);
    assert!(told.len() < 1000, "{}", told.len());
}
