//! What libraries write in small pieces is gathered, and a full disk is known whatever they made of its answer.

use std::fmt;
use std::io::{self, ErrorKind, Write};

use couponbook::output::{gathered, is_full};

/// Takes so many bytes, then it is full; counts how often it was asked.
struct Disk {
    room: usize,
    calls: usize,
}

impl Write for &mut Disk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.calls += 1;
        if bytes.len() > self.room {
            return Err(ErrorKind::StorageFull.into());
        }
        self.room -= bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn ten_thousand_small_pieces_are_a_few_calls() {
    let mut disk = Disk { room: usize::MAX, calls: 0 };
    gathered(&mut disk, |to| (0..10_000).try_for_each(|_| to.write_all(&[7; 100])), |error| error).unwrap();
    assert_eq!((usize::MAX - disk.room, disk.calls), (1_000_000, 4));
}

#[test]
fn what_the_disk_said_is_the_error_although_a_library_forgets_it_or_does_not_notice() {
    for room in [0, 100_000, 300_000] {
        for notices in [true, false] {
            let mut disk = Disk { room, calls: 0 };
            let told = gathered(
                &mut disk,
                |to| {
                    let written = (0..10_000).try_for_each(|_| to.write_all(&[7; 100]));
                    if notices { written.map_err(|_| "it did not work".to_string()) } else { Ok(()) }
                },
                |error| format!("the disk said {:?}", error.kind()),
            );
            assert_eq!(told, Err("the disk said StorageFull".to_string()), "{room} {notices}");
        }
    }
    let mut disk = Disk { room: 10, calls: 0 };
    assert_eq!(gathered(&mut disk, |_| Err::<(), _>("its own"), |_| "the disk's"), Err("its own"));
}

#[test]
fn a_full_disk_is_known_among_the_causes() {
    #[derive(Debug)]
    struct Above(io::Error);
    impl fmt::Display for Above {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("could not be kept")
        }
    }
    impl std::error::Error for Above {
        fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
            Some(&self.0)
        }
    }
    assert!(is_full(&Above(ErrorKind::StorageFull.into())));
    assert!(is_full(&io::Error::from(ErrorKind::QuotaExceeded)));
    assert!(!is_full(&Above(ErrorKind::PermissionDenied.into())));
    let failure =
        couponbook::failure::Failure::of(couponbook::failure::Kind::Failed, &Above(ErrorKind::StorageFull.into()));
    let said = failure.to_string();
    assert!(said.contains("could not be kept") && said.contains("the disk is full or a quota"), "{said}");
    assert!(said.contains("make room on that disk") && said.contains("nothing is done twice"), "{said}");
}
