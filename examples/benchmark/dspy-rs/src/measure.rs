//! Wall time, CPU time and allocations of a piece of work, as our side measures them.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};

pub const REPETITIONS: usize = 7;

pub struct Sample {
    wall: Duration,
    cpu: Duration,
    allocations: u64,
    bytes: u64,
}

pub fn measured(work: impl FnOnce()) -> Sample {
    let (mut wall, mut cpu) = (Duration::ZERO, Duration::ZERO);
    let counted = allocation_counter::measure(|| {
        let (begun, cpu_begun) = (Instant::now(), cpu_time());
        work();
        (wall, cpu) = (begun.elapsed(), cpu_time() - cpu_begun);
    });
    Sample {
        wall,
        cpu,
        allocations: counted.count_total,
        bytes: counted.bytes_total,
    }
}

impl Sample {
    pub fn per(&self, calls: usize) -> Value {
        let per = |total: f64| total / calls as f64;
        json!({
            "wall_us": per(self.wall.as_secs_f64() * 1e6),
            "cpu_us": per(self.cpu.as_secs_f64() * 1e6),
            "allocations": per(self.allocations as f64),
            "bytes": per(self.bytes as f64),
        })
    }
}

fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}
