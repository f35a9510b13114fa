//! What a service manager is told: that the watcher is ready, that it lives, that it stops. Where there is none nobody is told.

/// It works from now on.
#[cfg(unix)]
pub fn ready(status: &str) {
    tell(&[sd_notify::NotifyState::Ready, sd_notify::NotifyState::Status(status)]);
}

/// It still does.
#[cfg(unix)]
pub fn alive(status: &str) {
    let status = sd_notify::NotifyState::Status(status);
    match sd_notify::watchdog_enabled() {
        Some(_) => tell(&[sd_notify::NotifyState::Watchdog, status]),
        None => tell(&[status]),
    }
}

#[cfg(unix)]
pub fn stopping() {
    tell(&[sd_notify::NotifyState::Stopping]);
}

/// Whoever does not listen loses nothing.
#[cfg(unix)]
fn tell(states: &[sd_notify::NotifyState]) {
    let _ = sd_notify::notify(states);
}

/// It works from now on.
#[cfg(not(unix))]
pub fn ready(_status: &str) {}

/// It still does.
#[cfg(not(unix))]
pub fn alive(_status: &str) {}

#[cfg(not(unix))]
pub fn stopping() {}
