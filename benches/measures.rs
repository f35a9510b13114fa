//! What a process has taken up to now, where the system tells (Linux).

/// CPU seconds of all threads, and the peak of memory in MB. `process` is its number, or `self`.
pub fn of(process: &str) -> Option<(f64, f64)> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // In hundredths of a second, behind the name in parentheses.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |place: usize| fields.get(place)?.parse::<f64>().ok();
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let peak: f64 = peak.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(((ticks(11)? + ticks(12)?) / 100.0, peak / 1024.0))
}
