//! Wall time, CPU time and allocations of a piece of work.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use serde::Deserialize;

use crate::procfs;

/// How often each thing is measured, after one time that does not count.
pub(crate) const REPETITIONS: usize = 7;

/// What one call took. A harness in another language may not know its allocations.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Sample {
    pub(crate) wall_us: f64,
    /// Of the whole process.
    pub(crate) cpu_us: f64,
    pub(crate) allocations: Option<f64>,
    pub(crate) bytes: Option<f64>,
}

/// Measures work that makes this many calls on this thread; gives what one of them took.
pub(crate) fn per_call(calls: usize, work: impl FnOnce()) -> Sample {
    let (mut wall, mut cpu) = (Duration::ZERO, Duration::ZERO);
    let counted = allocation_counter::measure(|| {
        let (start, cpu_start) = (Instant::now(), cpu_time());
        work();
        (wall, cpu) = (start.elapsed(), cpu_time() - cpu_start);
    });
    let per = |total: f64| total / calls as f64;
    Sample {
        wall_us: per(wall.as_secs_f64() * 1e6),
        cpu_us: per(cpu.as_secs_f64() * 1e6),
        allocations: Some(per(counted.count_total as f64)),
        bytes: Some(per(counted.bytes_total as f64)),
    }
}

/// How long the work takes.
pub(crate) fn seconds(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}

/// Repeats a measurement, after one time that does not count.
pub(crate) fn repeated<T>(mut measure: impl FnMut() -> T) -> Vec<T> {
    measure();
    (0..REPETITIONS).map(|_| measure()).collect()
}

/// The middle of the values, or NaN where there are none.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => f64::NAN,
        even if even % 2 == 0 => (values[middle - 1] + values[middle]) / 2.0,
        _ => values[middle],
    }
}

/// CPU time, in seconds, of the processes that this one started and that have ended.
pub(crate) fn cpu_of_children() -> f64 {
    const OF_CHILDREN: usize = 13;
    procfs::cpu("self", OF_CHILDREN)
}

fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let nanos = u32::try_from(time.tv_nsec).unwrap_or(0);
    Duration::new(time.tv_sec.unsigned_abs(), nanos)
}
