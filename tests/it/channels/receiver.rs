//! Takes what is posted to loopback, keeps it, and answers as it is told.

use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::response::Response;
use futures::StreamExt;
use serde_json::Value;

/// What was posted.
#[derive(Debug, Clone)]
pub struct Posted {
    pub path: String,
    /// As it came.
    pub query: String,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Posted {
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value)
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn query(&self, name: &str) -> Option<String> {
        let pairs = url::form_urlencoded::parse(self.query.as_bytes());
        pairs.into_owned().find(|(found, _)| found == name).map(|(_, value)| value)
    }

    /// The heads and the content of each part of a form.
    pub fn parts(&self) -> Vec<(String, Vec<u8>)> {
        let (_, boundary) = self.header("content-type").split_once("boundary=").unwrap();
        let mut parts = Vec::new();
        let mut rest = self.body.as_slice();
        let mark = format!("--{boundary}");
        while let Some(at) = find(rest, mark.as_bytes()) {
            rest = &rest[at + mark.len()..];
            if rest.starts_with(b"--") {
                break;
            }
            let end = find(rest, format!("\r\n{mark}").as_bytes()).unwrap();
            let head_end = find(rest, b"\r\n\r\n").unwrap();
            let head = String::from_utf8(rest[2..head_end].to_vec()).unwrap();
            parts.push((head, rest[head_end + 4..end].to_vec()));
        }
        parts
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

/// What a receiver does.
#[derive(Debug, Clone)]
pub enum Reply {
    With(u16, Vec<(&'static str, String)>, String),
    /// The same status and body after a while.
    Late(u16, &'static str),
    /// Takes the request, and never answers.
    Silence,
    /// Half of what it promised, and the connection is gone.
    Half,
    /// 10 MB.
    Huge,
}

impl Reply {
    pub fn json(status: u16, body: Value) -> Self {
        Self::With(status, vec![("content-type", "application/json".to_string())], body.to_string())
    }

    pub fn text(status: u16, body: &str) -> Self {
        Self::With(status, Vec::new(), body.to_string())
    }
}

pub struct Receiver {
    /// `http://127.0.0.1:PORT`
    pub address: String,
    posted: Arc<Mutex<Vec<Posted>>>,
}

impl Receiver {
    /// Answers each request with what `service` makes of it and of how many came before.
    pub async fn of(service: impl Fn(&Posted, usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let posted: Arc<Mutex<Vec<Posted>>> = Arc::default();
        let (kept, service) = (Arc::clone(&posted), Arc::new(service));
        let app = axum::Router::new().fallback(move |request: Request| {
            let (kept, service) = (Arc::clone(&kept), Arc::clone(&service));
            async move {
                let (head, body) = request.into_parts();
                let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
                let named = |(name, value): (&axum::http::HeaderName, &axum::http::HeaderValue)| {
                    (name.to_string(), value.to_str().unwrap().to_string())
                };
                let request = Posted {
                    path: head.uri.path().to_string(),
                    query: head.uri.query().unwrap_or_default().to_string(),
                    headers: head.headers.iter().map(named).collect(),
                    body: body.to_vec(),
                };
                let reply = {
                    let mut kept = kept.lock().unwrap();
                    kept.push(request.clone());
                    service(&request, kept.len() - 1)
                };
                answered(reply).await
            }
        });
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { address, posted }
    }

    /// One that answers the same whatever comes.
    pub async fn always(reply: Reply) -> Self {
        Self::of(move |_, _| reply.clone()).await
    }

    pub fn posted(&self) -> Vec<Posted> {
        self.posted.lock().unwrap().clone()
    }
}

async fn answered(reply: Reply) -> Response {
    let response = Response::builder();
    match reply {
        Reply::With(status, headers, body) => {
            let named = headers
                .into_iter()
                .fold(response.status(status), |response, (name, value)| response.header(name, value));
            named.body(Body::from(body)).unwrap()
        }
        Reply::Late(status, body) => {
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
            response.status(status).body(Body::from(body)).unwrap()
        }
        Reply::Silence => std::future::pending().await,
        Reply::Half => {
            let pieces = [Ok(Bytes::from_static(b"{\"errcode\":0,")), Err(std::io::Error::other("gone"))];
            let pieces = futures::stream::iter(pieces);
            response.header("content-length", "400").body(Body::from_stream(pieces)).unwrap()
        }
        Reply::Huge => {
            let piece = Bytes::from(vec![b' '; 1024 * 1024]);
            let pieces = futures::stream::repeat(piece).take(10).map(Ok::<_, std::io::Error>);
            response.body(Body::from_stream(pieces)).unwrap()
        }
    }
}
