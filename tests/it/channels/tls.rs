//! The other side of a connection on which TLS comes to nothing.

use std::io::Read;
use std::net::TcpStream;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Speaks TLS from here on, with a certificate of an authority that no machine knows.
pub fn untrusted(mut stream: TcpStream) {
    let certificates = CertificateDer::pem_slice_iter(include_bytes!("../data/platforms/shop.pem"));
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("../data/platforms/shop.key")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config =
        config.with_no_client_auth().with_single_cert(certificates.map(Result::unwrap).collect(), key).unwrap();
    let mut connection = rustls::ServerConnection::new(Arc::new(config)).unwrap();
    let mut stream = rustls::Stream::new(&mut connection, &mut stream);
    let _ = stream.read(&mut [0; 16]);
}
