//! A server process, its children, and their end.

use std::io::{self, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use process_wrap::std::{ChildWrapper, CommandWrap};

use super::limits::GRACE;

/// The variable by which the processes that a server starts are found, whatever group they join.
const MARK: &str = "DASHOPTIMIZE_MCP_SERVER";

/// How often it is checked whether a server has ended.
const POLL: Duration = Duration::from_millis(10);

/// A handle to a server process. When the first of its clones is dropped or told to
/// [`end`](Self::end), the process gets the time [`GRACE`] to end by itself, then as long again to end
/// at a signal, and is killed then, with its children.
///
/// A thread of its own waits for that, because a runtime may have stopped by then.
pub(super) struct ServerProcess {
    running: Arc<Running>,
    end: Sender<()>,
}

/// The process, until it is killed.
struct Running {
    child: Mutex<Option<Box<dyn ChildWrapper>>>,
    mark: String,
}

impl ServerProcess {
    /// Starts the process in a group of its own.
    pub(super) fn start(mut command: Command) -> io::Result<(Self, ChildStdin, ChildStdout)> {
        let mark = mark();
        command
            .env(MARK, &mark)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut command = CommandWrap::from(command);
        #[cfg(unix)]
        command.wrap(process_wrap::std::ProcessGroup::leader());
        #[cfg(windows)]
        command.wrap(process_wrap::std::JobObject);
        let mut child = command.spawn()?;
        let (stdin, stdout) = (child.stdin().take(), child.stdout().take());
        let sentry = Sentry::start(child.id(), &mark);
        let running = Arc::new(Running {
            child: Mutex::new(Some(child)),
            mark,
        });
        let (end, ended) = mpsc::channel();
        let process = Self {
            running: Arc::clone(&running),
            end,
        };
        let waiting = thread::Builder::new().name("mcp-server".to_owned());
        if let Err(error) = waiting.spawn(move || running.wait(&ended, sentry)) {
            process.kill();
            return Err(error);
        }
        match (stdin, stdout) {
            (Some(stdin), Some(stdout)) => Ok((process, stdin, stdout)),
            _ => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    /// Another handle.
    pub(super) fn share(&self) -> Self {
        Self {
            running: Arc::clone(&self.running),
            end: self.end.clone(),
        }
    }

    /// Lets the process end. Returns immediately.
    pub(super) fn end(&self) {
        // Fails if the process has ended.
        let _ = self.end.send(());
    }

    /// Kills the process and its children. They have ended, or are about to, when this returns.
    pub(super) fn kill(&self) {
        self.running.kill();
        self.end();
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        self.end();
    }
}

impl Running {
    /// Waits until the process is to end, and ends it.
    fn wait(&self, ended: &Receiver<()>, sentry: Option<Sentry>) {
        // Fails if all handles are dropped, which is the same.
        let _ = ended.recv();
        // Once the process has ended, its children are no longer known as such.
        let others = self.others();
        if !self.ends_within(GRACE) {
            self.ask_to_end();
            self.ends_within(GRACE);
        }
        self.kill();
        others::kill(&others);
        if let Some(sentry) = sentry {
            sentry.dismiss();
        }
    }

    fn ends_within(&self, time: Duration) -> bool {
        let started = Instant::now();
        loop {
            let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
            match child.as_mut().map(|child| child.try_wait()) {
                Some(Ok(None)) => drop(child),
                _ => return true,
            }
            if started.elapsed() >= time {
                return false;
            }
            thread::sleep(POLL);
        }
    }

    #[cfg(unix)]
    fn ask_to_end(&self) {
        let child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(child) = &*child {
            // Fails if it has ended.
            let _ = child.signal(nix::sys::signal::Signal::SIGTERM as i32);
        }
    }

    #[cfg(not(unix))]
    #[expect(clippy::unused_self, reason = "Windows has no such signal")]
    const fn ask_to_end(&self) {}

    fn kill(&self) {
        let child = self
            .child
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let Some(mut child) = child else { return };
        let others = others::of(child.id(), &self.mark);
        // Both fail if the process has ended and left no children.
        let _ = child.start_kill();
        others::kill(&others);
        let _ = child.wait();
        // Those that were started meanwhile.
        others::kill(&others::of(child.id(), &self.mark));
    }

    fn others(&self) -> Vec<others::Process> {
        let child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        match &*child {
            Some(child) => others::of(child.id(), &self.mark),
            None => Vec::new(),
        }
    }
}

/// A text that no other server has.
fn mark() -> String {
    static STARTED: AtomicU64 = AtomicU64::new(0);
    let time = SystemTime::now().duration_since(UNIX_EPOCH);
    let time = time.map_or(0, |time| time.as_nanos());
    let count = STARTED.fetch_add(1, Ordering::Relaxed);
    format!("{}-{time}-{count}", std::process::id())
}

/// A shell that waits for the end of this program, however it ends, and kills the server then. On Windows
/// the job of the process does that.
struct Sentry {
    shell: Child,
}

impl Sentry {
    /// Its input is closed when this program ends. `None` where there is no shell.
    #[cfg(unix)]
    fn start(group: u32, mark: &str) -> Option<Self> {
        use std::os::unix::process::CommandExt;

        const SCRIPT: &str = include_str!("sentry.sh");
        let mut shell = Command::new("/bin/sh");
        shell
            .args(["-c", SCRIPT, "sh", &group.to_string()])
            .arg(format!("{MARK}={mark}"))
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // A signal that a terminal sends to this program's group is not meant for it.
            .process_group(0);
        shell.spawn().ok().map(|shell| Self { shell })
    }

    #[cfg(not(unix))]
    const fn start(_: u32, _: &str) -> Option<Self> {
        None
    }

    fn dismiss(mut self) {
        let told = self
            .shell
            .stdin
            .take()
            .map(|mut input| input.write_all(b"\n"));
        if !matches!(told, Some(Ok(()))) {
            let _ = self.shell.kill();
        }
        let _ = self.shell.wait();
    }
}

/// Processes of a server that have left its group.
#[cfg(target_os = "linux")]
mod others {
    use std::collections::HashMap;
    use std::fs;

    use nix::sys::signal::{Signal, kill as send};
    use nix::unistd::Pid;

    use super::MARK;

    /// A process. Its identifier can become that of another, but not with the same start.
    #[derive(Clone)]
    pub(super) struct Process {
        id: i32,
        parent: i32,
        started: String,
    }

    /// The children of a process, their children and so on, and those that carry the mark.
    pub(super) fn of(server: u32, mark: &str) -> Vec<Process> {
        let Ok(server) = i32::try_from(server) else {
            return Vec::new();
        };
        let all: HashMap<i32, Process> = all().map(|process| (process.id, process)).collect();
        let descends = |process: &Process| {
            let parent = |process: &&Process| all.get(&process.parent);
            let line = std::iter::successors(all.get(&process.id), parent);
            // Identifiers that change while the list is made can make a circle.
            line.take(all.len()).any(|process| process.parent == server)
        };
        let found = all.values().filter(|process| process.id != server);
        let found = found.filter(|process| descends(process) || carries(process.id, mark));
        found.cloned().collect()
    }

    /// Kills those that still run.
    pub(super) fn kill(processes: &[Process]) {
        for process in processes {
            if read(process.id).is_some_and(|now| now.started == process.started) {
                // Fails if it has ended.
                let _ = send(Pid::from_raw(process.id), Signal::SIGKILL);
            }
        }
    }

    fn all() -> impl Iterator<Item = Process> {
        let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
        entries.filter_map(|entry| read(entry.file_name().to_str()?.parse().ok()?))
    }

    /// The parent is the fourth field and the start the twenty-second; the second is a name in
    /// parentheses, which can contain anything.
    fn read(id: i32) -> Option<Process> {
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        let (_, fields) = stat.rsplit_once(')')?;
        let mut fields = fields.split_whitespace();
        Some(Process {
            id,
            parent: fields.nth(1)?.parse().ok()?,
            started: fields.nth(17)?.to_owned(),
        })
    }

    fn carries(id: i32, mark: &str) -> bool {
        let wanted = format!("{MARK}={mark}");
        let environment = fs::read(format!("/proc/{id}/environ")).unwrap_or_default();
        environment
            .split(|byte| *byte == 0)
            .any(|variable| variable == wanted.as_bytes())
    }
}

#[cfg(not(target_os = "linux"))]
mod others {
    pub(super) enum Process {}

    pub(super) const fn of(_: u32, _: &str) -> Vec<Process> {
        Vec::new()
    }

    pub(super) const fn kill(_: &[Process]) {}
}
