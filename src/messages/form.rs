//! A form with a file in it (multipart/form-data). The file's name goes out as raw UTF-8, which bots' servers want: they refuse
//! `filename*`.

use data_encoding::HEXLOWER;

use super::letter::Attachment;
use crate::domain::Message;
use crate::durable;
use crate::message;

/// What a workbook is.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The bytes of a file that goes along; none where it is larger than its channel takes, so that its name has to do.
pub fn bytes_of(attachment: &Attachment, bytes_max: u64) -> Result<Option<Vec<u8>>, Message> {
    let unreadable =
        |error: std::io::Error| message!("channel-file-unreadable", name = &attachment.name, cause = error.to_string());
    let bytes = durable::read(&attachment.file).map_err(unreadable)?;
    Ok(Some(bytes).filter(|bytes| bytes.len() as u64 <= bytes_max))
}

/// The content type and the body of a form with `fields` and, as `field`, the file `name`.
pub fn with_file(fields: &[(&str, &str)], field: &str, name: &str, bytes: &[u8]) -> Result<(String, Vec<u8>), Message> {
    let boundary = boundary()?;
    let mut body = Vec::with_capacity(bytes.len() + 1024);
    for (field, value) in fields {
        body.extend_from_slice(
            format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n").as_bytes(),
        );
    }
    let name: String =
        name.chars().map(|letter| if letter.is_control() || letter == '"' { '_' } else { letter }).collect();
    body.extend_from_slice(
        format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"; filelength={}\r\nContent-Type: {XLSX}\r\n\r\n",
            bytes.len()
        )
        .as_bytes(),
    );
    body.extend_from_slice(bytes);
    body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    Ok((format!("multipart/form-data; boundary={boundary}"), body))
}

/// That no file holds by accident or on purpose.
fn boundary() -> Result<String, Message> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(|error| message!("connect-random", error = error.to_string()))?;
    Ok(format!("couponbook-{}", HEXLOWER.encode(&random)))
}
