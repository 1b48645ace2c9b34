//! Many shapes that programs and what is around them have: generic functions, async closures, modules in `Arc`
//! and behind traits, private types, macros, shared state, errors that cannot be copied.

#![deny(warnings)]
#![allow(clippy::all, missing_docs, missing_debug_implementations, unreachable_pub, dead_code)]

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, LazyLock, Mutex, RwLock};

use dashoptimize::lm::Scripted;
use dashoptimize::prelude::*;

/// Answer.
#[signature]
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    #[input]
    pub question: String,
    #[output]
    pub answer: String,
}

/// Score.
#[signature]
pub struct Judge {
    #[input]
    pub text: String,
    #[output]
    pub score: f64,
    #[output]
    pub notes: Vec<String>,
    #[output]
    pub labels: BTreeMap<String, u32>,
    #[output]
    pub best: Option<String>,
}

// 1 generic helper functions
fn longest<T: AsRef<str>>(texts: &[T]) -> Option<&T> {
    texts.iter().max_by_key(|text| text.as_ref().len())
}
async fn map_all<T, U, F, Fut>(items: Vec<T>, f: F) -> Vec<U>
where
    F: Fn(T) -> Fut,
    Fut: Future<Output = U>,
{
    let mut out = vec![];
    for item in items {
        out.push(f(item).await);
    }
    out
}
pub fn first_of<const N: usize>(texts: [String; N]) -> String {
    texts.into_iter().next().unwrap_or_default()
}
fn describe(value: impl std::fmt::Display) -> String {
    value.to_string()
}
fn total(values: impl IntoIterator<Item = f64>) -> f64 {
    values.into_iter().sum()
}

pipeline!(
    fn Generic(question: String, texts: Vec<String>) -> String {
        let best = longest(&texts).cloned().unwrap_or_default();
        let asked = Predict::<Ask> { question: best };
        let both = first_of([asked.answer, question]);
        let n = total(texts.iter().map(|text| text.len() as f64));
        format!("{both}{}{}", describe(n), first_of::<1>([describe(3)]))
    }

    fn AsyncClosures(texts: Vec<String>) -> Vec<usize> {
        let lengths = map_all(texts, async |text: String| text.len());
        let more = map_all(lengths, |n| async move { n + 1 }).await;
        more
    }

    fn Turbofish(question: String) -> (usize, Vec<String>) {
        let parts = question.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let n = std::mem::size_of::<u64>() + parts.len();
        let parsed = "5".parse::<usize>().unwrap_or_default();
        (n + parsed, parts)
    }
);

// 2 modules in Arc, in structs, behind traits
#[derive(Clone)]
struct Shared {
    ask: Arc<Predict<Ask>>,
    judge: Arc<Predict<Judge>>,
}
trait Answers: Send + Sync {
    fn answer<'a>(&'a self, question: &'a str) -> std::pin::Pin<Box<dyn Future<Output = Result<String, CallError>> + Send + 'a>>;
}
impl<M> Answers for M
where
    M: Module<Input = AskInput, Output = AskOutput>,
{
    fn answer<'a>(&'a self, question: &'a str) -> std::pin::Pin<Box<dyn Future<Output = Result<String, CallError>> + Send + 'a>> {
        Box::pin(async move { Ok(self.call(AskInput { question: question.to_owned() }).await?.answer) })
    }
}
struct Service {
    programs: HashMap<String, Box<dyn Answers>>,
    generic: Generic,
    shared: Shared,
}
async fn run<M: Module<Output: std::fmt::Debug>>(module: &M, input: M::Input) -> String {
    format!("{:?}", module.call(input).await)
}

// 3 private types in modules
mod inner {
    use dashoptimize::prelude::*;
    #[derive(Clone, Debug, PartialEq, FieldType)]
    enum Mood {
        Good,
        Bad,
    }
    /// Feel.
    #[signature]
    struct Feel {
        #[input]
        text: String,
        #[output]
        mood: Mood,
    }
    #[derive(Clone)]
    struct Note {
        text: String,
    }
    impl Note {
        fn new(text: &str) -> Self {
            Self { text: text.to_owned() }
        }
    }
    const SIZE: usize = 3;
    pipeline!(
        pub fn Feels(text: String) -> bool {
            let note = Note::new(&text);
            let cut: String = note.text.chars().take(SIZE).collect();
            let felt = Predict::<Feel> { text: cut };
            felt.mood == Mood::Good
        }
    );
    pub mod deeper {
        use super::*;
        pipeline!(
            pub(in super::super) fn Deeper(text: String) -> bool {
                let felt = Feels { text };
                !felt
            }
        );
    }
}
// same names again
mod other {
    use dashoptimize::prelude::*;
    /// Feel.
    #[signature]
    struct Feel {
        #[input]
        text: String,
        #[output]
        mood: String,
    }
    pipeline!(
        pub fn Feels(text: String) -> String {
            Predict::<Feel> { text }.mood
        }
    );
}
pipeline!(
    fn BothFeel(text: String) -> (bool, String, bool) {
        let a = inner::Feels { text };
        let b = other::Feels { text };
        let c = inner::deeper::Deeper { text };
        (a, b, c)
    }
);

// 4 macros inside steps
macro_rules! shout {
    ($text:expr) => {
        $text.to_uppercase()
    };
}
macro_rules! pipelines {
    ($($Name:ident => $Sig:ident),*) => {
        $(pipeline!(
            fn $Name(question: String) -> String {
                let asked = Predict::<$Sig> { question };
                asked.answer
            }
        );)*
    };
}
pipelines!(One => Ask, Two => Ask);
pipeline!(
    fn Macros(question: String) -> String {
        let loud = shout!(question);
        let asked = Predict::<Ask> { question: shout!(loud.trim()) };
        let json = serde_json::json!({ "q": question, "a": asked.answer });
        println!("{json}");
        let all = vec![asked.answer.clone(); 2];
        if cfg!(debug_assertions) {
            eprintln!("{}", all.len());
        }
        format!("{} {:>5}", all.join(","), json["q"].as_str().unwrap_or_default())
    }
);

// 5 collections, entry api, sorting, iter chains
pipeline!(
    fn Counts(texts: Vec<String>) -> BTreeMap<String, usize> {
        let judged = for text in texts {
            Predict::<Judge> { text }.notes
        };
        let mut counts = BTreeMap::new();
        for note in judged.into_iter().flatten() {
            *counts.entry(note).or_insert(0) += 1;
        }
        counts.retain(|_, n| *n > 1);
        counts
    }

    fn Best(texts: Vec<String>) -> Option<(String, f64)> {
        let scored = for text in texts {
            let judged = Predict::<Judge> { text: text.clone() };
            (text, judged.score)
        };
        scored.into_iter().max_by(|a, b| a.1.total_cmp(&b.1))
    }

    fn Sorted(texts: Vec<String>) -> Vec<String> {
        let mut scored = for (index, text) in texts.into_iter().enumerate() {
            let judged = Predict::<Judge> { text };
            (index, judged.score, judged.best)
        };
        scored.sort_by(|a, b| b.1.partial_cmp(&a.1).unwrap_or(std::cmp::Ordering::Equal));
        scored.dedup_by_key(|item| item.0);
        scored.into_iter().filter_map(|(_, _, best)| best).collect()
    }

    fn Queue(start: String) -> Vec<String> {
        let mut queue = VecDeque::from([start]);
        let mut seen = Vec::new();
        #[with(at_most = 5)]
        while let Some(question) = queue.pop_front() {
            if seen.contains(&question) {
                continue;
            }
            seen.push(question.clone());
            let asked = Predict::<Ask> { question };
            queue.push_back(asked.answer);
        }
        seen
    }
);

// 6 shared state
static CACHE: LazyLock<Mutex<HashMap<String, String>>> = LazyLock::new(Mutex::default);
struct Db {
    rows: RwLock<Vec<String>>,
}
impl Db {
    async fn find(&self, text: &str) -> Result<Option<String>, std::io::Error> {
        Ok(self.rows.read().unwrap().iter().find(|row| row.contains(text)).cloned())
    }
    fn insert(&self, text: String) {
        self.rows.write().unwrap().push(text);
    }
}
pipeline!(
    fn Cached(db: Arc<Db>, question: String) -> String {
        let cached = CACHE.lock().unwrap().get(&question).cloned();
        if let Some(found) = cached {
            return found;
        }
        if let Some(row) = db.find(&question).await? {
            return row;
        }
        let asked = Predict::<Ask> { question: question.clone() };
        db.insert(asked.answer.clone());
        CACHE.lock().unwrap().insert(question, asked.answer.clone());
        asked.answer
    }
);

// 7 error handling
#[derive(Debug, thiserror::Error)]
enum AppError {
    #[error("too long: {0}")]
    TooLong(usize),
    #[error(transparent)]
    Io(#[from] std::io::Error),
}
fn limit(text: &str) -> Result<&str, AppError> {
    if text.len() > 10 { Err(AppError::TooLong(text.len())) } else { Ok(text) }
}
pipeline!(
    fn Errors(question: String) -> Result<String, AppErrorText> {
        let checked = match limit(&question) {
            Ok(text) => text.to_owned(),
            Err(error) => return Err(AppErrorText(error.to_string())),
        };
        let asked = Predict::<Ask> { question: checked };
        Ok(asked.answer)
    }

    fn Question(question: String) -> String {
        let text = limit(&question)?.to_owned();
        let number: i32 = text.parse().map_err(|_| "not a number")?;
        let n = u8::try_from(number)?;
        let asked = Predict::<Ask> { question: n.to_string() };
        asked.answer
    }
);
#[derive(Clone, Debug)]
struct AppErrorText(String);

// 8 program in function with local types
fn local() -> impl Fn(Lm) -> Box<dyn std::any::Any> {
    /// Local.
    #[signature]
    struct Local {
        #[input]
        text: String,
        #[output]
        n: u8,
    }
    pipeline!(
        fn Inside(text: String) -> u8 {
            let a = Predict::<Local> { text };
            a.n.saturating_add(1)
        }
    );
    |lm| Box::new(Inside::new(lm))
}

// 9 if-else chains as statements w/ modules; nested options
pipeline!(
    fn Steps(question: String, depth: u8) -> String {
        let mut answer = String::new();
        if depth == 0 {
            answer.push_str("none");
        } else if depth == 1 {
            answer = Predict::<Ask> { question: question.clone() }.answer;
        } else {
            let thought = ChainOfThought::<Ask> { question: question.clone() };
            answer = thought.answer.clone();
            answer += &thought.reasoning;
        }
        let trimmed = answer.trim().to_owned();
        let words: Vec<String> = trimmed.split_whitespace().map(str::to_owned).collect();
        let n = words.len();
        match (n, depth) {
            (0, _) => String::new(),
            (n, 1 | 2) if n > 3 => words[..3].join(" "),
            _ => answer,
        }
    }

    fn Tuple(pair: (String, u8)) -> (String, Option<u8>) {
        let (question, n) = pair;
        let asked = Predict::<Ask> { question };
        (asked.answer, n.checked_add(1))
    }

    fn Nested(items: Vec<(String, Option<String>)>) -> Vec<Result<String, String>> {
        let mut out: Vec<Result<String, String>> = Vec::with_capacity(items.len());
        for (question, hint) in &items {
            let full = match hint {
                Some(hint) => format!("{question} ({hint})"),
                None => question.to_string(),
            };
            let asked = Predict::<Ask> { question: full };
            if asked.answer.is_empty() {
                out.push(Err("empty".into()));
                continue;
            }
            out.push(Ok(asked.answer));
        }
        out
    }
);

// 10 cfg'd things
pipeline!(
    #[cfg(not(target_os = "none"))]
    fn Cfg(question: String) -> String {
        Predict::<Ask> { question }.answer
    }
);

async fn fallible(text: &str) -> Result<Vec<String>, std::io::Error> {
    if text.is_empty() { Err(std::io::Error::other("empty")) } else { Ok(vec![text.to_owned()]) }
}
pipeline!(
    fn Matched(question: String) -> String {
        let found = match fallible(&question) {
            Ok(found) => found,
            Err(error) => {
                eprintln!("{error}");
                vec![error.to_string()]
            }
        };
        let passages = match fallible(&found[0]).await {
            Ok(passages) => passages,
            Err(error) => return error.to_string(),
        };
        let n: usize = match question.parse() {
            Ok(n) => n,
            Err(_) => 0,
        };
        let text = if let Err(error) = fallible("") { error.to_string() } else { String::new() };
        let asked = match passages.len() {
            0 => return "nothing".to_owned(),
            1 => Predict::<Ask> { question: text },
            _ => {
                let again = Predict::<Ask> { question: text };
                Predict::<Ask> { question: again.answer }
            }
        };
        format!("{n}{}", asked.answer)
    }
    fn MatchedTail(question: String) -> Result<String, std::io::Error> {
        let found = match fallible(&question).await {
            Ok(found) => found,
            Err(error) => return Err(error),
        };
        let asked = Predict::<Ask> { question: found.join(",") };
        match fallible(&asked.answer).await {
            Ok(found) => Ok(found.concat()),
            Err(error) => Err(error),
        }
    }
);

#[tokio::main]
async fn main() {
    let lm = Lm::new(Scripted::new(|_| "[[ ## answer ## ]]\nx"));
    let mut programs: HashMap<String, Box<dyn Answers>> = HashMap::new();
    programs.insert("a".into(), Box::new(Predict::<Ask>::new(&lm)));
    let shared = Shared { ask: Arc::new(Predict::new(&lm)), judge: Arc::new(Predict::new(&lm)) };
    let service = Service { programs, generic: Generic::new(&lm), shared };
    assert_eq!(service.programs["a"].answer("q").await.unwrap(), "x");
    let texts = vec!["a".to_owned(), "bcd".to_owned()];
    let input = GenericInput { question: "q".into(), texts };
    assert_eq!(run(&service.generic, input).await, "Ok(\"x43\")");
    assert_eq!(service.shared.ask.call(AskInput { question: "q".into() }).await.unwrap().answer, "x");
    assert_eq!(service.shared.judge.predictors().len(), 1);
    let db = Arc::new(Db { rows: RwLock::default() });
    for rows in [1, 1] {
        let input = CachedInput { db: db.clone(), question: "q".into() };
        assert_eq!(run(&Cached::new(&lm), input).await, "Ok(\"x\")");
        assert_eq!(db.rows.read().unwrap().len(), rows);
    }
    assert_eq!(run(&Queue::new(&lm), QueueInput { start: "q".into() }).await, r#"Ok(["q", "x"])"#);
    assert_eq!(run(&AsyncClosures::new(&lm), AsyncClosuresInput { texts: vec!["a".into()] }).await, "Ok([2])");
    for (question, said) in [("", "0x"), ("7", "7x")] {
        let output = Matched::new(&lm).call(MatchedInput { question: question.into() }).await;
        assert_eq!(output.unwrap(), said);
    }
    for (question, said) in [("", Err("empty".to_owned())), ("q", Ok("x".to_owned()))] {
        let output = MatchedTail::new(&lm).call(MatchedTailInput { question: question.into() }).await;
        assert_eq!(output.unwrap().map_err(|error| error.to_string()), said);
    }
    let output = Errors::new(&lm).call(ErrorsInput { question: "far too long".into() }).await;
    assert_eq!(output.unwrap().unwrap_err().0, "too long: 12");
    let _ = (local(), BothFeel::new(&lm), One::new(&lm), Two::new(&lm), Macros::new(&lm), Counts::new(&lm), Best::new(&lm), Sorted::new(&lm));
    let _ = (Errors::new(&lm), Question::new(&lm), Steps::new(&lm), Tuple::new(&lm), Nested::new(&lm), Cfg::new(&lm), Turbofish::new(&lm));
}
