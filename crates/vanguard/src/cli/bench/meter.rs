//! Processor time and memory of this process, as Linux tells them.

use std::time::Instant;

/// What a piece of work took.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    /// Seconds by the clock.
    pub wall: f64,
    /// Seconds of processor time of all threads.
    pub cpu: f64,
}

/// Does a piece of work and says what it took.
pub fn measured<T>(work: impl FnOnce() -> T) -> (T, Cost) {
    let (clock, before) = (Instant::now(), cpu_seconds());
    let result = work();
    (result, Cost { wall: clock.elapsed().as_secs_f64(), cpu: cpu_seconds() - before })
}

/// Processor time of the process so far, with threads that have ended; 0 where the system does not say.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The second field is the program's name in brackets, which may hold spaces; times are the 14th and 15th, in hundredths.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |place: usize| fields.get(place).and_then(|f| f.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}

/// Forgets the largest memory so far.
pub fn forget_peak() {
    // Where the system does not let us, the peak of the whole process is reported, which is never too small.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// The largest memory since [`forget_peak`], in MiB.
pub fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|l| l.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1024
}

/// The load of the machine over the last minute.
pub fn load() -> f64 {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().next().and_then(|f| f.parse().ok()).unwrap_or(0.0)
}
