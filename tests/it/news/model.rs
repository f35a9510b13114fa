//! Whatever a channel answers, and whenever the program dies: in the end its readers know exactly what is so, and heard nothing twice
//! that the channel had said to have.

use std::collections::BTreeSet;

use couponbook::messages::{Letter, Outbox, PastKind, Record};
use proptest::prelude::*;

use super::sending::{Stand, channel, not_sent, refused, turn_at, unknown};
use super::*;

const CODES: [&str; 4] = ["A", "B", "C", "D"];

#[derive(Debug, Clone, Copy)]
enum Step {
    /// An export sees these coupons low, a bit each.
    Export(u8),
    /// The next letter has this fate, then the turn is over.
    Send(Fate),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Arrives,
    NotSent,
    Refused,
    /// No answer; it is there or not.
    Unknown {
        is_there: bool,
    },
    /// The program is killed while it sends; it is there or not.
    Killed {
        is_there: bool,
    },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let fate = prop_oneof![
        3 => Just(Fate::Arrives),
        1 => Just(Fate::NotSent),
        1 => Just(Fate::Refused),
        1 => any::<bool>().prop_map(|is_there| Fate::Unknown { is_there }),
        1 => any::<bool>().prop_map(|is_there| Fate::Killed { is_there }),
    ];
    let step = prop_oneof![(0_u8..16).prop_map(Step::Export), fate.prop_map(Step::Send)];
    proptest::collection::vec(step, 1..40)
}

/// Who reads the channel, and takes each key once.
#[derive(Debug, Default)]
struct Person {
    keys: BTreeSet<String>,
    knows: BTreeSet<String>,
    /// What was told as new although it was known already.
    twice: Vec<(String, String)>,
}

impl Person {
    fn reads(&mut self, letter: &Letter) {
        if !self.keys.insert(letter.key.clone()) {
            return;
        }
        let list = |name: &str| letter.data[name].as_array().cloned().unwrap_or_default();
        for item in list("worst") {
            let label = item["coupon"].as_str().unwrap().to_string();
            if !self.knows.insert(label.clone()) {
                self.twice.push((letter.key.clone(), label));
            }
        }
        for item in list("resolved") {
            self.knows.remove(item["label"].as_str().unwrap());
        }
    }
}

struct Scene {
    _folder: tempfile::TempDir,
    outbox: Outbox,
    person: Person,
    hours: i64,
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let outbox = Outbox::of(folder.path());
        Self { _folder: folder, outbox, person: Person::default(), hours: 0 }
    }

    fn now(&self) -> Timestamp {
        fixture::at(22, 0, 0) + TimeDelta::minutes(self.hours * 60 + 10)
    }

    fn export(&mut self, low: u8) {
        self.hours += 1;
        let sg = shop("sg");
        let is_low = |place: &usize| low & (1 << place) != 0;
        let rows = (0..CODES.len()).filter(is_low).map(|place| row(&sg, CODES[place], &[(LOW, WARNING)])).collect();
        let export = export(self.hours, vec![loaded(&sg)], rows);
        let listener = Listener { repeat_after: TimeDelta::days(90), ..listener() };
        let key = format!("E{}", self.hours);
        let now = self.now();
        let queue = |record: &mut Record| {
            let News { news, told_now, told_after } = export_news(&NewsInput {
                export: &export,
                look: &export.look(1, |coupon| coupon.label().to_string()),
                changed: None,
                memory: &Memory::default(),
                abilities: &|platform| PLATFORMS.abilities(platform),
                told: record.expected(true),
                listener: &listener,
                by_hand_open: 0,
                not_archived: false,
                workbooks: Vec::new(),
                may_attach: true,
            });
            record.queue_export((&key, news), (told_now, told_after), (now, None), true);
        };
        self.outbox.change(&channel().id, queue).unwrap();
    }

    fn send(&mut self, fate: Fate) {
        let (answer, may_be_there) = match fate {
            Fate::Arrives => (None, true),
            Fate::NotSent => (Some(not_sent()), false),
            Fate::Refused => (Some(refused()), false),
            Fate::Unknown { is_there } => (Some(unknown()), is_there),
            Fate::Killed { is_there } => return self.killed(is_there),
        };
        // A turn asks three times at most.
        let stand = Stand::answering(std::iter::repeat_n(answer, 3).flatten());
        turn_at(&self.outbox, &stand, self.now());
        let received = stand.received();
        received.iter().filter(|_| may_be_there).for_each(|letter| self.person.reads(letter));
    }

    /// What a program leaves that dies with its request under way.
    fn killed(&mut self, is_there: bool) {
        let (now, channel) = (self.now(), channel());
        let first = self.outbox.read(&channel.id).unwrap().unsent.first().map(|unsent| unsent.key.clone());
        let Some(key) = first else { return };
        if is_there {
            let stand = Stand::default();
            let before = self.outbox.read(&channel.id).unwrap();
            turn_at(&self.outbox, &stand, now);
            stand.received().iter().filter(|letter| letter.key == key).for_each(|letter| self.person.reads(letter));
            // Nothing of it was written down but that it began.
            self.outbox.change(&channel.id, |record| *record = before).unwrap();
        }
        let turn = self.outbox.turn(&channel.id).unwrap().unwrap();
        assert!(turn.change(|record| record.begin(&key, now)).unwrap());
    }
}

/// More of them by hand: `COUPONBOOK_FATES=2000 cargo test --test it news::model`.
fn cases() -> u32 {
    std::env::var("COUPONBOOK_FATES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(12)
}

#[test]
fn what_may_have_been_heard_and_is_over_is_told_as_over() {
    let mut scene = Scene::new();
    scene.export(0b1);
    scene.send(Fate::Unknown { is_there: true });
    assert!(scene.person.knows.contains("A"));
    scene.export(0);
    scene.send(Fate::Arrives);
    assert!(scene.person.knows.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]
    #[test]
    fn in_the_end_a_channel_knows_what_is_so_and_was_told_nothing_twice_that_it_had(steps in steps(), last in 0_u8..16) {
        let mut scene = Scene::new();
        for step in &steps {
            match *step {
                Step::Export(low) => scene.export(low),
                Step::Send(fate) => scene.send(fate),
            }
        }
        scene.export(last);
        scene.send(Fate::Arrives);
        // What was given up with the last tries is told by the next one.
        scene.export(last);
        scene.send(Fate::Arrives);
        let so: BTreeSet<String> = (0..CODES.len()).filter(|place| last & (1 << place) != 0).map(|place| CODES[place].to_string()).collect();
        prop_assert_eq!(&scene.person.knows, &so);
        let record = scene.outbox.read(&channel().id).unwrap();
        prop_assert!(record.unsent.is_empty());
        // What was given up may be told as new again.
        if record.past.iter().all(|past| past.how != PastKind::Uncertain) {
            prop_assert!(scene.person.twice.is_empty(), "{:?}", scene.person.twice);
        }
    }
}
