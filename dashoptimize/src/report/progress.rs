//! `Progress`: shows a run in a terminal or a log.

use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::run_status::RunStatus;
use crate::engine::{Event, Observer};

/// The time between two lines about rollouts in a log.
const LINE_EVERY: Duration = Duration::from_secs(5);

/// The time between two updates of a bar.
const DRAW_EVERY: Duration = Duration::from_millis(60);

/// Shows the progress of a run: a bar if standard error is a terminal, otherwise plain lines.
///
/// The bar has the unit of the budget (calls, tokens, dollars or seconds; of several limits the one
/// that is closest to being reached), so it is full when the budget is used up and not before. Without
/// a budget it counts the rollouts of the current evaluation.
///
/// ```
/// use dashoptimize::engine::Run;
/// use dashoptimize::lm::Budget;
/// use dashoptimize::report::Progress;
///
/// let run = Run::in_memory().budget(Budget::calls(500)).observer(Progress::new());
/// ```
pub struct Progress {
    screen: Mutex<ProgressScreen>,
    every: Duration,
}

struct ProgressScreen {
    status: RunStatus,
    started: Instant,
    shown: Option<Instant>,
    target: ProgressTarget,
}

enum ProgressTarget {
    Bar(ProgressBar),
    Lines(Box<dyn Write + Send>),
}

impl Progress {
    /// Progress on standard error: a bar if it is a terminal, otherwise lines.
    #[must_use]
    pub fn new() -> Self {
        if io::stderr().is_terminal() {
            let bar = ProgressBar::with_draw_target(Some(1), ProgressDrawTarget::stderr());
            bar.set_style(style());
            Self::on(ProgressTarget::Bar(bar), DRAW_EVERY)
        } else {
            Self::lines(io::stderr())
        }
    }

    /// Progress as plain lines: one immediately, one at the start and at the end of each evaluation, and
    /// one every five seconds in between.
    pub fn lines(writer: impl Write + Send + 'static) -> Self {
        Self::on(ProgressTarget::Lines(Box::new(writer)), LINE_EVERY)
    }

    /// Sets the shortest time between two updates about rollouts. Default: five seconds for lines,
    /// 60 ms for a bar.
    #[must_use]
    pub const fn every(mut self, time: Duration) -> Self {
        self.every = time;
        self
    }

    fn on(target: ProgressTarget, every: Duration) -> Self {
        let screen = ProgressScreen {
            status: RunStatus::new(),
            started: Instant::now(),
            shown: None,
            target,
        };
        Self {
            screen: Mutex::new(screen),
            every,
        }
    }
}

impl Default for Progress {
    fn default() -> Self {
        Self::new()
    }
}

impl Observer for Progress {
    fn on_event(&self, event: &Event) {
        let mut screen = self.screen.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(event, Event::RunStarted { .. }) {
            screen.started = Instant::now();
        }
        let now = screen.started.elapsed();
        let line = screen.status.on_event(event, now);
        let is_due = screen
            .shown
            .is_none_or(|shown| shown.elapsed() >= self.every);
        if line.is_some() || is_due {
            screen.shown = Some(Instant::now());
            screen.show(line, matches!(event, Event::RunEnded { .. }));
        }
    }
}

impl ProgressScreen {
    fn show(&mut self, line: Option<String>, is_end: bool) {
        match &mut self.target {
            ProgressTarget::Bar(bar) => {
                if is_end {
                    bar.finish_and_clear();
                } else {
                    draw(bar, &self.status);
                }
                if let Some(line) = line {
                    bar.println(line);
                }
            }
            ProgressTarget::Lines(writer) => {
                let line = line.unwrap_or_else(|| heartbeat(&self.status));
                // A log that cannot be written must not end the run.
                let _ = writeln!(writer, "{line}").and_then(|()| writer.flush());
            }
        }
    }
}

fn draw(bar: &ProgressBar, status: &RunStatus) {
    let (used, limit) = match status.meter() {
        Some(meter) => (meter.used, meter.limit),
        None => status.rollouts(),
    };
    bar.set_length(limit.max(1));
    bar.set_position(used.min(limit));
    bar.set_message(status.line());
    bar.set_prefix(status.best().unwrap_or_default().to_owned());
}

fn heartbeat(status: &RunStatus) -> String {
    match status.best() {
        Some(best) => format!("  {}; {best}", status.line()),
        None => format!("  {}", status.line()),
    }
}

fn style() -> ProgressStyle {
    // The template is a constant and valid; if it were not, the default would do.
    ProgressStyle::with_template("{bar:20} {wide_msg}\n{prefix}")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("█▉▊▋▌▍▎▏░")
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Progress")
    }
}
