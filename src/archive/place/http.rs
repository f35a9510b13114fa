//! How the store of a bucket is spoken to: its own host only, and no more of an answer than is read.
//!
//! A signed request carries a session token. Whoever answers with a redirect would be told it on the way, so that none is followed.

use std::time::Duration;

use async_trait::async_trait;
use futures::stream::TryStreamExt;
use object_store::client::{
    ClientOptions, HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpService,
};
use object_store::{Error as StoreError, Result};
use reqwest::header::LOCATION;
use url::Url;

/// A list has a thousand names of at most a KiB each, an error a few words.
const WORDS_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Makes clients that follow no redirect.
#[derive(Debug)]
pub(super) struct AtHome {
    pub allow_http: bool,
}

impl HttpConnector for AtHome {
    fn connect(&self, _options: &ClientOptions) -> Result<HttpClient> {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .https_only(!self.allow_http)
            .connect_timeout(Duration::from_secs(10))
            .timeout(Duration::from_secs(300))
            // Its length is that of the file.
            .no_gzip()
            .user_agent(concat!("couponbook/", env!("CARGO_PKG_VERSION")))
            .build();
        let client = client.map_err(|error| StoreError::Generic { store: "S3", source: error.into() })?;
        Ok(HttpClient::new(StaysAtHome(client)))
    }
}

#[derive(Debug)]
struct StaysAtHome(reqwest::Client);

#[async_trait]
impl HttpService for StaysAtHome {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let is_file = request.method() == "GET" && !request.uri().query().unwrap_or_default().contains("list-type=");
        let response = HttpService::call(&self.0, request).await?;
        if response.status().is_redirection()
            && let Some(target) = response.headers().get(LOCATION)
        {
            let target = target.to_str().ok().and_then(|target| Url::parse(target).ok());
            let target = target.map_or("elsewhere".to_string(), |target| target.origin().ascii_serialization());
            return Err(refused(format!(
                "it sends us on to {target}, where nothing was sent: keys go to the configured address only; check [archive] endpoint and region"
            )));
        }
        if is_file && response.status().is_success() {
            return Ok(response);
        }
        let (head, body) = response.into_parts();
        let mut pieces = body.bytes_stream();
        let mut bytes = Vec::new();
        while let Some(piece) = pieces.try_next().await? {
            if bytes.len() + piece.len() > WORDS_BYTES_MAX {
                let max = WORDS_BYTES_MAX >> 20;
                return Err(refused(format!("it answers with more than {max} MiB, which is more than is read")));
            }
            bytes.extend_from_slice(&piece);
        }
        Ok(HttpResponse::from_parts(head, bytes.into()))
    }
}

/// What another try would not change.
fn refused(told: String) -> HttpError {
    HttpError::new(HttpErrorKind::Unknown, Refused(told))
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Refused(String);
