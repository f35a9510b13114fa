//! Mail against a real server on loopback: what arrives, what is never said in the clear, and what each of its answers means.

use std::path::Path;

use couponbook::messages::{Answer, Channel, Email, Encryption, Letter, Patience, Wire, send_within};
use data_encoding::BASE64;

use super::relay::{At, Does, Relay, Speaks};
use super::{HASTY, HOSTILE, Kind, PATIENT, channel, kind, letter, now, secret, with_workbook, words};

fn email(relay: &Relay, encryption: Encryption) -> Email {
    Email {
        host: "localhost".to_string(),
        port: relay.port,
        encryption,
        login: Some(("bot@shops.example".to_string(), secret("hunter22-and-more"))),
        from: "Coupons <bot@shops.example>".to_string(),
        to: vec!["mei@shops.example".to_string(), "Lin <lin@shops.example>".to_string()],
        ca_file: Some("tests/it/data/platforms/authority.pem".into()),
    }
}

async fn sent_to(email: Email, letter: &Letter) -> Answer {
    sent_within(email, letter, PATIENT).await
}

async fn sent_within(email: Email, letter: &Letter, patience: Patience) -> Answer {
    send_within(&channel(Wire::Email(email)), letter, now(), patience).await
}

/// A header's value, unfolded; its words in base64 decoded.
fn header(mail: &str, name: &str) -> String {
    let (head, _) = mail.split_once("\r\n\r\n").unwrap();
    let unfolded = head.replace("\r\n ", " ");
    let value = unfolded.lines().find_map(|line| line.strip_prefix(&format!("{name}: "))).unwrap_or_default();
    let mut decoded = String::new();
    let mut before = None;
    for word in value.split(' ') {
        let encoded = word.strip_prefix("=?utf-8?b?").and_then(|word| word.strip_suffix("?="));
        // Between two of them the space is only that of the fold.
        if before.is_some_and(|before: bool| !(before && encoded.is_some())) {
            decoded.push(' ');
        }
        match encoded {
            Some(encoded) => {
                decoded.push_str(std::str::from_utf8(&BASE64.decode(encoded.as_bytes()).unwrap()).unwrap())
            }
            None => decoded.push_str(word),
        }
        before = Some(encoded.is_some());
    }
    decoded
}

/// Each part's head and content, decoded.
fn parts(mail: &str) -> Vec<(String, Vec<u8>)> {
    let boundaries: Vec<&str> = mail.split("boundary=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    let mut pieces = vec![mail.to_string()];
    for boundary in &boundaries {
        let cut = |piece: &String| piece.split(&format!("--{boundary}")).map(str::to_string).collect::<Vec<_>>();
        pieces = pieces.iter().flat_map(cut).collect();
    }
    let part = |piece: &String| {
        let (head, content) = piece.trim_start_matches("\r\n").split_once("\r\n\r\n")?;
        let head = head.to_string();
        if !head.contains("Content-Transfer-Encoding") {
            return None;
        }
        let content = match head.contains("base64") {
            true => BASE64.decode(content.replace("\r\n", "").as_bytes()).unwrap(),
            false if head.contains("quoted-printable") => unquoted(&content.replace("=\r\n", "")),
            false => content.as_bytes().to_vec(),
        };
        Some((head, content))
    };
    pieces.iter().filter_map(part).collect()
}

/// `=E4` is a byte.
fn unquoted(text: &str) -> Vec<u8> {
    let mut pieces = text.split('=');
    let mut bytes = pieces.next().unwrap().as_bytes().to_vec();
    for piece in pieces {
        let (hex, rest) = piece.split_at(2);
        bytes.push(u8::from_str_radix(hex, 16).unwrap());
        bytes.extend_from_slice(rest.as_bytes());
    }
    bytes
}

fn text_of(mail: &str, kind: &str) -> String {
    let parts = parts(mail);
    let found = parts.iter().find(|(head, _)| head.contains(kind)).unwrap_or_else(|| panic!("no {kind} in\n{mail}"));
    String::from_utf8(found.1.clone()).unwrap()
}

#[tokio::test]
async fn a_mail_arrives_with_plain_words_and_the_same_in_html_under_an_id_that_is_its_letters() {
    let relay = Relay::open(Speaks::Plainly);
    let mut open = email(&relay, Encryption::None);
    open.host = "127.0.0.1".to_string();
    let mut letter = letter(&["Lumi: 优惠券 is out of stock", "second"]);
    // The sign of its tone takes the place of the title's own mark.
    letter.title = format!("● {}", letter.title);
    assert_eq!(sent_to(open.clone(), &letter).await, Answer::Delivered);
    let session = relay.sessions().remove(0);
    assert_eq!(session.words(), "EHLO AUTH MAIL RCPT RCPT DATA QUIT");
    assert_eq!(session.line("EHLO"), "EHLO shops.example", "no name of this machine");
    assert_eq!(session.line("MAIL"), "MAIL FROM:<bot@shops.example>");
    let mail = session.mail.unwrap();
    assert_eq!(header(&mail, "Subject"), "❗ 3 coupons need a look today");
    assert_eq!(header(&mail, "Message-ID"), "<E20261129-160000-7KX2QF_digest@shops.example>");
    assert_eq!(header(&mail, "Auto-Submitted"), "auto-generated");
    assert_eq!(header(&mail, "Date"), "Sun, 29 Nov 2026 08:00:00 +0000");
    assert!(header(&mail, "To").contains("lin@shops.example"), "{mail}");
    let (plain, html) = (text_of(&mail, "text/plain"), text_of(&mail, "text/html"));
    assert!(plain.contains("- Lumi: 优惠券 is out of stock\r\n- second"), "{plain}");
    assert!(plain.ends_with(&letter.foot) || plain.trim_end().ends_with(&letter.foot), "{plain}");
    assert!(html.contains("<li style=\"margin:4px 0\">Lumi: 优惠券 is out of stock</li>"), "{html}");
    // A second try is the same mail.
    sent_to(open, &letter).await;
    assert_eq!(header(&relay.mails()[1], "Message-ID"), header(&mail, "Message-ID"));
}

#[tokio::test]
async fn what_shops_and_coupons_are_called_forges_no_header_no_mark_and_no_end() {
    let relay = Relay::open(Speaks::Plainly);
    let mut letter = letter(&[HOSTILE.as_slice(), &[".", "..", "\r\n.\r\nMAIL FROM:<evil@example.com>"]].concat());
    letter.title = "Hello\r\nBcc: evil@example.com\r\n\r\nforged".to_string();
    assert_eq!(sent_to(email(&relay, Encryption::None), &letter).await, Answer::Delivered);
    let session = relay.sessions().remove(0);
    assert_eq!(session.words(), "EHLO AUTH MAIL RCPT RCPT DATA QUIT");
    let mail = session.mail.unwrap();
    assert!(header(&mail, "Bcc").is_empty() && header(&mail, "Subject").contains("Bcc: evil@example.com"), "{mail}");
    let html = text_of(&mail, "text/html");
    assert!(!html.contains("<script>") && html.contains("&lt;script&gt;"), "{html}");
}

#[tokio::test]
async fn no_password_and_no_mail_leaves_before_the_line_is_encrypted() {
    // It offers no STARTTLS: somebody in between may have taken the offer away.
    let relay = Relay::open(Speaks::Plainly);
    let answer = sent_to(email(&relay, Encryption::Starttls), &letter(&["a"])).await;
    assert!(kind(&answer) == Kind::Refused && words(&answer).contains("STARTTLS"), "{answer:?}");
    assert_eq!(relay.sessions()[0].words().replace(" QUIT", ""), "EHLO");
    // It does, with a certificate of an authority that this machine does not know.
    for (speaks, encryption) in [(Speaks::Starttls, Encryption::Starttls), (Speaks::Tls, Encryption::Tls)] {
        let relay = Relay::open(speaks);
        let stranger = Email { ca_file: None, ..email(&relay, encryption) };
        let answer = sent_to(stranger, &letter(&["a"])).await;
        assert_eq!(kind(&answer), Kind::NotSent, "{answer:?}");
        // Where the system looks at certificates itself, not even the greeting may have come.
        let asked: String = relay.sessions().iter().map(|session| session.words()).collect();
        assert!(!asked.contains("AUTH") && !asked.contains("MAIL"), "{asked}");
    }
    // In the clear a password goes to this machine only.
    let relay = Relay::open(Speaks::Plainly);
    let afar = Email { host: "mail.example".to_string(), ..email(&relay, Encryption::None) };
    let answer = sent_to(afar, &letter(&["a"])).await;
    assert!(kind(&answer) == Kind::Refused && words(&answer).contains("read the password"), "{answer:?}");
}

// Elsewhere the system itself says whom to trust, and may take no authority of one's own.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn with_the_certificate_of_its_authority_everything_but_the_greeting_is_encrypted() {
    for (speaks, encryption) in [(Speaks::Starttls, Encryption::Starttls), (Speaks::Tls, Encryption::Tls)] {
        let relay = Relay::open(speaks);
        assert_eq!(sent_to(email(&relay, encryption), &letter(&["a"])).await, Answer::Delivered);
        let asked = relay.sessions()[0].asked.clone();
        let open: Vec<&str> =
            asked.iter().filter(|(_, is_encrypted)| !is_encrypted).map(|(line, _)| line.as_str()).collect();
        let before = if speaks == Speaks::Tls { vec![] } else { vec!["EHLO shops.example", "STARTTLS"] };
        assert_eq!(open, before);
    }
}

#[tokio::test]
async fn each_answer_of_a_server_means_what_it_says_and_a_line_that_breaks_after_the_last_dot_is_not_known() {
    use Does::{Hangs, Leaves, Says};
    let answers = [
        (At::Greeting, Says("421 too busy"), Kind::NotSent, "421 too busy"),
        (At::Greeting, Says("554 we know you not"), Kind::Refused, "554 we know you not"),
        (At::Login, Says("535 5.7.8 bad credentials"), Kind::Refused, "compare login and password"),
        (At::Login, Says("454 later"), Kind::NotSent, "454 later"),
        (At::Sender, Says("553 not your address"), Kind::Refused, "compare from and to"),
        (At::Person, Says("550 no such user"), Kind::Refused, "compare from and to"),
        (At::Person, Says("451 greylisted, come back"), Kind::NotSent, "greylisted"),
        (At::Data, Says("452 disk full"), Kind::NotSent, "452"),
        (At::End, Says("552 message too big"), Kind::Refused, "limit raised"),
        (At::End, Says("554 looks like spam"), Kind::Refused, "554"),
        (At::End, Says("451 try again"), Kind::NotSent, "451"),
        (At::Greeting, Leaves, Kind::NotSent, "could not be reached"),
        (At::Person, Leaves, Kind::NotSent, "could not be reached"),
        (At::End, Leaves, Kind::Unknown, "not known whether it has the message"),
        (At::Greeting, Hangs, Kind::NotSent, "before it had the mail"),
        (At::Person, Hangs, Kind::NotSent, "before it had the mail"),
        (At::End, Hangs, Kind::Unknown, "not known whether it has the message"),
    ];
    for (at, does, wanted, part) in answers {
        let patience = if matches!(does, Hangs) { HASTY } else { PATIENT };
        let reply = does.clone();
        let relay = Relay::with(Speaks::Plainly, move |here, _| (here == at).then(|| reply.clone()));
        let email = Email { host: "127.0.0.1".to_string(), ..email(&relay, Encryption::None) };
        let answer = sent_within(email, &letter(&["a"]), patience).await;
        assert!(kind(&answer) == wanted && words(&answer).contains(part), "{at:?} {does:?}: {answer:?}");
        assert!(!words(&answer).contains("hunter22"), "{answer:?}");
        assert!(relay.sessions().len() == 1, "sent once");
    }
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let nobody = Relay::open(Speaks::Plainly);
    let email = Email { port: closed, ..email(&nobody, Encryption::Tls) };
    assert_eq!(kind(&sent_to(email, &letter(&["a"])).await), Kind::NotSent);
}

fn excel(mail: &str) -> Option<(String, Vec<u8>)> {
    parts(mail).into_iter().find(|(head, _)| head.contains("spreadsheetml"))
}

#[tokio::test]
async fn the_workbook_goes_along_under_an_ascii_name_and_where_it_is_too_big_the_words_come_without_it() {
    let folder = tempfile::tempdir().unwrap();
    let letter = with_workbook(letter(&["a"]), folder.path(), &[7; 100_000]);
    let relay = Relay::open(Speaks::Plainly);
    assert_eq!(sent_to(email(&relay, Encryption::None), &letter).await, Answer::Delivered);
    let mail = relay.mails().remove(0);
    let (head, bytes) = excel(&mail).unwrap();
    assert!(head.contains("filename=\"2026-11-29-pm.xlsx\"") && mail.is_ascii(), "{head}");
    assert_eq!(bytes, vec![7; 100_000]);
    assert!(text_of(&mail, "text/plain").contains("- a"));

    // The server takes none of this size: the words go without.
    let small = |at: At, number: usize| (at == At::End && number == 0).then_some(Does::Says("552 too big"));
    let relay = Relay::with(Speaks::Plainly, small);
    let answer = sent_to(email(&relay, Encryption::None), &letter).await;
    assert!(kind(&answer) == Kind::WithoutFile && words(&answer).contains("552"), "{answer:?}");
    assert!(relay.mails().len() == 1 && excel(&relay.mails()[0]).is_none());

    // It is larger than mail is good for: its name in the last line has to do.
    let large = with_workbook(letter.clone(), folder.path(), &vec![7; 10 * 1024 * 1024 + 1]);
    let relay = Relay::open(Speaks::Plainly);
    assert_eq!(sent_to(email(&relay, Encryption::None), &large).await, Answer::Delivered);
    assert!(excel(&relay.mails()[0]).is_none());

    // It is gone.
    std::fs::remove_file(&letter.attachment.as_ref().unwrap().file).unwrap();
    let answer = sent_to(email(&relay, Encryption::None), &letter).await;
    assert!(kind(&answer) == Kind::WithoutFile && words(&answer).contains("cannot be read"), "{answer:?}");
}

#[tokio::test]
async fn what_the_settings_of_a_mail_channel_cannot_do_is_said_before_anything_is_sent() {
    let relay = Relay::open(Speaks::Plainly);
    let usual = || email(&relay, Encryption::None);
    let through = Channel { proxy: Some("socks5://127.0.0.1:1080".to_string()), ..channel(Wire::Email(usual())) };
    let answer = send_within(&through, &letter(&["a"]), now(), PATIENT).await;
    assert!(kind(&answer) == Kind::Refused && words(&answer).contains("no proxy"), "{answer:?}");
    assert!(relay.sessions().is_empty());
    let foreign = Email { to: vec!["用户@例子.中国".to_string()], ..usual() };
    let answer = sent_to(foreign, &letter(&["a"])).await;
    assert!(kind(&answer) == Kind::Refused && words(&answer).contains("beyond ASCII"), "{answer:?}");
    let no_file = Email { ca_file: Some(Path::new("tests/it/nowhere.pem").into()), ..email(&relay, Encryption::Tls) };
    let answer = sent_to(no_file, &letter(&["a"])).await;
    assert!(kind(&answer) == Kind::Refused && words(&answer).contains("nowhere.pem"), "{answer:?}");
    assert!(relay.mails().is_empty());
}
