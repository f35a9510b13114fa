//! An archive to work on and to harm: in a folder, or in a bucket of a small S3 server on loopback.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use couponbook::archive::{Addressing, Archive, Asked, BucketAccess, BundleKind, Location, Opening, Verified};
use couponbook::domain::*;
use secrecy::SecretString;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// What goes wrong at the server, for requests whose path has these letters.
#[derive(Clone)]
pub enum Trouble {
    /// The write is done, and its answer never comes.
    AnswerLost(&'static str),
    /// The write is refused.
    Refused(&'static str),
    /// A put that is to make something new writes over what is there.
    ConditionsIgnored,
}

pub struct Server {
    pub address: std::net::SocketAddr,
    troubles: Arc<Mutex<Vec<Trouble>>>,
    _runtime: Runtime,
}

impl Server {
    /// Buckets are folders of `root`, objects are files in them.
    pub fn in_folder(root: &Path) -> Self {
        fs::create_dir_all(root.join("team")).unwrap();
        let mut builder = s3s::service::S3ServiceBuilder::new(s3s_fs::FileSystem::new(root).unwrap());
        builder.set_auth(s3s::auth::SimpleAuth::from_single("KEY-ID", "THE-SECRET"));
        builder.set_host(Hosts);
        let service = builder.build();
        let troubles: Arc<Mutex<Vec<Trouble>>> = Arc::default();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let present = troubles.clone();
        let one_at_a_time = Arc::new(tokio::sync::Mutex::new(()));
        let root = root.to_path_buf();
        let app = axum::Router::new().fallback(move |request: Request<Body>| {
            let (service, troubles, turn) = (service.clone(), present.clone(), one_at_a_time.clone());
            let object = root.join(request.uri().path().trim_start_matches('/'));
            async move {
                // S3 decides conditional puts of one name one after the other; this server looks first and writes then.
                let _turn = turn.lock().await;
                let ignores = |trouble: &Trouble| matches!(trouble, Trouble::ConditionsIgnored);
                if request.headers().contains_key("if-none-match") && troubles.lock().unwrap().iter().any(ignores) {
                    let _ = fs::remove_file(object);
                }
                answer(service, troubles, request).await
            }
        });
        runtime.spawn(async move { axum::serve(listener, app).await });
        Self { address, troubles, _runtime: runtime }
    }

    pub fn trouble(&self, trouble: Trouble) {
        self.troubles.lock().unwrap().push(trouble);
    }

    pub fn heal(&self) {
        self.troubles.lock().unwrap().clear();
    }
}

/// The bucket `team` has a host of its own too.
struct Hosts;

impl s3s::host::S3Host for Hosts {
    fn parse_host_header<'a>(&'a self, host: &'a str) -> s3s::S3Result<s3s::host::VirtualHost<'a>> {
        let domain = s3s::host::VirtualHost::new(host);
        Ok(if host.starts_with("team.") { domain.with_bucket("team") } else { domain })
    }
}

async fn answer(
    service: s3s::service::S3Service,
    troubles: Arc<Mutex<Vec<Trouble>>>,
    request: Request<Body>,
) -> Response<Body> {
    let is_write = request.method() == axum::http::Method::PUT;
    let path = request.uri().path().to_string();
    let trouble = |lost: bool| {
        let mut troubles = troubles.lock().unwrap();
        let place = troubles.iter().position(|trouble| match trouble {
            Trouble::AnswerLost(letters) => lost && path.contains(letters),
            Trouble::Refused(letters) => !lost && path.contains(letters),
            Trouble::ConditionsIgnored => false,
        });
        // A lost answer is lost once; a refusal lasts.
        place.filter(|_| is_write).map(|place| {
            if lost {
                troubles.remove(place);
            }
        })
    };
    let plain = |status| Response::builder().status(status).body(Body::empty()).unwrap();
    if trouble(false).is_some() {
        return plain(StatusCode::FORBIDDEN);
    }
    let (parts, body) = request.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let answered = service.call(Request::from_parts(parts, s3s::Body::from(bytes))).await;
    if trouble(true).is_some() {
        return plain(StatusCode::INTERNAL_SERVER_ERROR);
    }
    match answered {
        Ok(answered) => answered.map(Body::new),
        Err(_) => plain(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

pub struct Fixture {
    folder: TempDir,
    pub server: Option<Server>,
    /// Seconds since the fixture's first moment.
    pub clock: Arc<AtomicI64>,
}

impl Fixture {
    pub fn with_folder() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), server: None, clock: Arc::default() }
    }

    pub fn with_bucket() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::in_folder(&folder.path().join("s3"));
        Self { folder, server: Some(server), clock: Arc::default() }
    }

    /// One of each: the same must hold of both.
    pub fn both() -> [Self; 2] {
        [Self::with_folder(), Self::with_bucket()]
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Where the archive's files really lie.
    pub fn files(&self) -> PathBuf {
        self.path(if self.server.is_some() { "s3/team/archive" } else { "archive" })
    }

    pub fn archive(&self) -> Archive {
        self.archive_of("office-pc")
    }

    /// The archive as another machine has it, with a memory of its own.
    pub fn archive_of(&self, machine: &str) -> Archive {
        let location = match &self.server {
            None => Location::Folder(self.path("archive")),
            Some(server) => Location::Bucket(BucketAccess {
                url: "s3://team/archive".to_string(),
                bucket: "team".to_string(),
                prefix: "archive".to_string(),
                endpoint: Some(format!("http://{}", server.address)),
                region: "us-east-1".to_string(),
                access_key_id: SecretString::from("KEY-ID"),
                secret_access_key: SecretString::from("THE-SECRET"),
                session_token: None,
                allow_http: true,
                addressing: Addressing::Path,
            }),
        };
        let clock = self.clock.clone();
        let opening = Opening {
            machine: machine.to_string(),
            zone: chrono_tz::Asia::Shanghai,
            state: self.path(&format!("state of {machine}")),
            clock: Arc::new(move || super::at(22, 0) + chrono::Duration::seconds(clock.load(Ordering::SeqCst))),
        };
        Archive::open(&location, opening)
    }

    /// Two exports with their workbooks, and a run that was begun and finished.
    pub fn filled(self) -> Self {
        let archive = self.archive();
        for id in [FIRST, SECOND] {
            archive.save_snapshot(&super::small(id)).unwrap();
            let bundle = archive.bundle(BundleKind::Export, id).unwrap();
            bundle.keep("workbook.xlsx", format!("the workbook of {id}").as_bytes()).unwrap();
            bundle.keep("calls.jsonl", format!("the calls of {id}").as_bytes()).unwrap();
            bundle.seal().unwrap();
        }
        let run = archive.bundle(BundleKind::Run, RUN).unwrap().by("Night shift");
        run.keep("plan.json", b"{}").unwrap();
        run.seal().unwrap();
        run.keep("results.json", br#"{"A": {"kind": "done"}, "B": {"kind": "already_done"}}"#).unwrap();
        run.seal().unwrap();
        self
    }

    #[track_caller]
    pub fn verified(&self) -> Verified {
        self.archive().verify(&Asked::default()).unwrap()
    }

    /// `changed runs/…/plan.json`, one for each flaw.
    #[track_caller]
    pub fn flaws(&self) -> Vec<String> {
        told(&self.verified())
    }
}

pub fn told(verified: &Verified) -> Vec<String> {
    let word = |kind| serde_json::to_value(kind).unwrap().as_str().unwrap().to_string();
    verified.flaws.iter().map(|flaw| format!("{} {}", word(flaw.kind), flaw.path)).collect()
}

pub const FIRST: &str = "20261122-AM-7K3MPX";
pub const SECOND: &str = "20261122-PM-AAAAAA";
pub const RUN: &str = "R20261122-081500-7K3MPX";

/// The folder of a snapshot in the archive.
pub fn snapshot(id: &str) -> String {
    format!("snapshots/date=2026-11-22/export={id}")
}

pub fn export_id(id: &str) -> ExportId {
    ExportId::new(id)
}
