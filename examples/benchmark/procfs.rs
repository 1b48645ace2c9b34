//! CPU time of other processes, from `/proc`.

/// CPU time in seconds, to a hundredth: user time and system time, which stand in `/proc/PID/stat` at
/// place `first` after the name and the one behind it. NaN where the system does not tell.
pub(crate) fn cpu(process: &str, first: usize) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The name is in brackets and may hold anything.
    let fields = stat.rsplit_once(") ").map_or("", |parts| parts.1);
    let ticks = fields.split(' ').skip(first).take(2);
    match ticks.map(str::parse).collect::<Result<Vec<f64>, _>>() {
        Ok(ticks) if ticks.len() == 2 => (ticks[0] + ticks[1]) / 100.0,
        _ => f64::NAN,
    }
}
