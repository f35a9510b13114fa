//! Who is answered at all: programs and browsers of this machine that mean it, and no page of a foreign site that a browser shows.

use axum::http::{HeaderMap, header};
use url::{Host, Url};

/// What a tester's requests carry; no page of another site can make a browser send it.
pub(super) const TOKEN_HEADER: &str = "x-sandbox-token";

/// Whether the request is for a foreign name, as one is that was made to lead here, or comes from a foreign page.
pub(super) fn is_foreign(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let host = text(header::HOST).map(|host| format!("http://{host}")).unwrap_or_default();
    !is_here(&host) || text(header::ORIGIN).is_some_and(|origin| !is_here(origin))
}

fn is_here(address: &str) -> bool {
    match Url::parse(address).ok().as_ref().and_then(Url::host) {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}
