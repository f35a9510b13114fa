//! The gate's arithmetic on a made-up clock.

use std::time::{Duration, Instant};

use couponbook::platforms::pace::{RateLimiter, Schedule};

/// When `count` calls leave if each asks again at the moment that it was given, `late` after it.
fn leave(schedule: &mut Schedule, start: Instant, count: usize, late: impl Fn(usize) -> Duration) -> Vec<Duration> {
    let mut now = start;
    let mut left = Vec::new();
    while left.len() < count {
        match schedule.leave(now) {
            Ok(_) => left.push(now - start),
            Err(turn) => now = turn + late(left.len()),
        }
    }
    left
}

fn no_delay(_: usize) -> Duration {
    Duration::ZERO
}

#[test]
fn no_second_sees_more_calls_than_the_limit_and_nearly_all_of_it_is_used() {
    for limit in [1_u32, 10, 50, 1000] {
        for late in [0_u64, 3, 15] {
            let mut schedule = Schedule::new(limit);
            let calls = limit as usize * 20;
            // A busy machine wakes some of them late.
            let lateness = |call: usize| Duration::from_millis(if call.is_multiple_of(7) { late } else { 0 });
            let left = leave(&mut schedule, Instant::now(), calls, lateness);
            for (first, after) in left.iter().zip(left.iter().skip(limit as usize)) {
                assert!(*after - *first >= Duration::from_secs(1), "{limit} a second, {late} ms late");
            }
            let rate = (calls - 1) as f64 / left.last().unwrap().as_secs_f64();
            assert!(rate >= 0.95 * f64::from(limit), "{rate} of {limit}, {late} ms late");
        }
    }
}

#[test]
fn what_a_load_lost_while_its_connections_were_made_is_won_back() {
    let (limit, calls) = (200, 500);
    let mut schedule = Schedule::new(limit);
    let waits_at_first = |call: usize| Duration::from_millis(if call == 16 { 80 } else { 0 });
    let left = leave(&mut schedule, Instant::now(), calls, waits_at_first);
    for (first, after) in left.iter().zip(left.iter().skip(limit as usize)) {
        assert!(*after - *first >= Duration::from_secs(1));
    }
    let rate = (calls - 1) as f64 / left.last().unwrap().as_secs_f64();
    assert!(rate >= 0.975 * f64::from(limit), "{rate}");
}

#[test]
fn calls_that_arrive_late_do_not_crowd_the_platforms_second() {
    for limit in [1_usize, 10, 50] {
        let mut schedule = Schedule::new(limit as u32);
        let start = Instant::now();
        let mut now = start;
        let mut arrivals: Vec<Instant> = Vec::new();
        let mut answers: Vec<(Instant, u64)> = Vec::new();
        while arrivals.len() < limit * 20 {
            answers.retain(|(at, number)| {
                let has_come = *at <= now;
                if has_come {
                    schedule.answered(*number, *at);
                }
                !has_come
            });
            match schedule.leave(now) {
                Ok(number) => {
                    let delay = [0, 12, 0, 90, 3, 45, 0][number as usize % 7];
                    let arrived = now + Duration::from_millis(50 + delay);
                    arrivals.push(arrived);
                    answers.push((arrived, number));
                }
                Err(turn) => now = turn,
            }
        }
        let rate = (arrivals.len() - 1) as f64 / (now - start).as_secs_f64();
        arrivals.sort();
        for (first, after) in arrivals.iter().zip(arrivals.iter().skip(limit)) {
            assert!(*after - *first >= Duration::from_secs(1), "{limit} a second");
        }
        assert!(rate >= 0.9 * limit as f64, "{rate} of {limit}");
    }
}

#[test]
fn one_call_without_an_answer_does_not_stop_the_others() {
    let mut schedule = Schedule::new(10);
    let start = Instant::now();
    let first = schedule.leave(start).unwrap();
    schedule.answered(first, start + Duration::from_millis(50));
    let left = leave(&mut schedule, start + Duration::from_millis(200), 100, no_delay);
    assert!(*left.last().unwrap() < Duration::from_secs(12), "{left:?}");
}

#[test]
fn a_pause_earns_no_burst() {
    let mut schedule = Schedule::new(10);
    let start = Instant::now();
    leave(&mut schedule, start, 1, no_delay);
    let left = leave(&mut schedule, start + Duration::from_secs(60), 11, no_delay);
    assert!(left[10] - left[0] >= Duration::from_secs(1));
}

#[test]
fn asked_for_fewer_calls_it_halves_and_wins_back_the_same_step_each_second() {
    let mut schedule = Schedule::new(100);
    let start = Instant::now();
    let after = |seconds: u64| start + Duration::from_secs(seconds);
    let limit = schedule.per_second(start);
    schedule.slow_down(start, start, None);
    let half = schedule.per_second(start);
    assert!((half - limit / 2.0).abs() < 1e-9);
    let steps: Vec<f64> =
        (0..10).map(|second| schedule.per_second(after(second + 1)) - schedule.per_second(after(second))).collect();
    assert!(steps.iter().all(|step| (step - steps[0]).abs() < 1e-9 && *step > 0.0), "{steps:?}");
    assert!(schedule.per_second(after(10)) < 0.7 * limit, "slowly");
    assert_eq!(schedule.per_second(after(3600)), limit, "never above the limit");
}

#[test]
fn calls_that_were_under_way_together_slow_it_once_and_a_later_one_again() {
    let mut schedule = Schedule::new(100);
    let start = Instant::now();
    let limit = schedule.per_second(start);
    let told = start + Duration::from_millis(50);
    for _ in 0..5 {
        schedule.slow_down(told, start, None);
    }
    assert!((schedule.per_second(told) - limit / 2.0).abs() < 1e-9);
    schedule.slow_down(told, told, None);
    assert!((schedule.per_second(told) - limit / 4.0).abs() < 1e-9);
    for _ in 0..20 {
        schedule.slow_down(told, told, None);
    }
    assert!(schedule.per_second(told) > 0.0, "it never stands still");
}

#[test]
fn it_stays_closed_for_as_long_as_the_platform_asks() {
    let mut schedule = Schedule::new(100);
    let start = Instant::now();
    schedule.slow_down(start, start, Some(Duration::from_secs(5)));
    assert_eq!(schedule.leave(start + Duration::from_secs(4)), Err(start + Duration::from_secs(5)));
    assert_eq!(schedule.leave(start + Duration::from_secs(5)), Ok(1));
}

#[tokio::test]
async fn whoever_gives_up_waiting_takes_no_turn_from_the_others() {
    let gate = RateLimiter::new(2);
    gate.pass().await;
    let gave_up = tokio::time::timeout(Duration::from_millis(1), gate.pass()).await;
    assert!(gave_up.is_err());
    // Would hang if the one who left still held the queue.
    gate.pass().await;
}
