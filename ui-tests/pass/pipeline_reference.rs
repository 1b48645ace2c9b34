//! One pipeline for each form of Rust that the reference page of `pipeline!` says is there. The docs of each
//! are the first cell of its row.

#![deny(warnings)]
#![allow(clippy::all, dead_code)]

use std::collections::BTreeMap;
use std::sync::Arc;

use dashoptimize::prelude::*;

/// Answer.
#[signature]
#[derive(Clone, Debug)]
struct Ask {
    #[input]
    question: String,
    #[output]
    answer: String,
    #[output]
    kind: Kind,
    #[output]
    notes: Vec<String>,
    #[output]
    best: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, FieldType)]
enum Kind {
    #[default]
    Simple,
    Hard,
}

/// Decide.
#[signature]
struct Decide {
    #[input]
    text: String,
    #[input]
    earlier: Vec<String>,
    #[output]
    again: bool,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Place {
    city: String,
    size: usize,
}

const LIMIT: usize = 3;
static WORDS: [&str; 2] = ["a", "b"];

async fn search(query: String, top_k: usize) -> Result<Vec<String>, std::io::Error> {
    Ok(vec![query; top_k])
}

fn shout(text: &str) -> String {
    text.to_uppercase()
}

unsafe fn raw(text: &String) -> usize {
    text.len()
}

pipeline!(
    /// literals, paths, constants
    fn Literals(question: String) -> (u8, f64, char, &'static str, &'static [u8], bool, usize, usize) {
        let all = (1_u8, 1.5e3, 'c', r"raw", &b"bytes"[..], true, LIMIT, WORDS.len() + question.len());
        all
    }

    /// `let name = …;`, `let name: Type = …;`
    fn Let(question: String) -> String {
        let asked = Predict::<Ask> { question };
        let text: String = asked.answer;
        text
    }

    /// `let mut name = …;`
    fn LetMut(question: String) -> Vec<String> {
        let mut all = vec![question.clone()];
        all.push(question);
        all
    }

    /// `let (a, b) = …;`, `let Place { city, .. } = …;`, `let _ = …;`
    fn Patterns(question: String) -> String {
        let (a, mut b) = (question.clone(), question.len());
        b += 1;
        let Place { city, .. } = (Place { city: a, size: b });
        let _ = shout(&city);
        city
    }

    /// `let … else { … };`
    fn LetElse(question: Option<String>) -> String {
        let Some(question) = question else {
            return String::new();
        };
        Predict::<Ask> { question }.answer
    }

    /// `mut` on an input
    fn MutInput(mut question: String) -> String {
        question.push('?');
        Predict::<Ask> { question }.answer
    }

    /// `name = …;`, `name += …;`, `name[0] = …;`, `name.field = …;`
    fn Assignments(question: String) -> (String, usize, Vec<usize>, Place) {
        let mut text = question.clone();
        text = shout(&text);
        let mut n = 1;
        n += text.len();
        let mut list = vec![n; 2];
        list[0] = 5;
        let mut place = (Place::default());
        place.city = question;
        (text, n, list, place)
    }

    /// `let last = name.pop();`, `while let Some(x) = name.pop()`
    fn Taken(mut questions: Vec<String>) -> (Option<String>, usize) {
        let last = questions.pop();
        let mut n = 0;
        while let Some(question) = questions.pop() {
            n += question.len();
        }
        (last, n)
    }

    /// `f(…);`, `value.change(…);`, `println!(…);`
    fn Statements(question: String) -> String {
        shout(&question);
        println!("{question}");
        assert!(question.len() < 1000, "{question} is long");
        let mut text = question;
        text.truncate(3);
        text
    }

    /// `return …`
    fn Return(question: String) -> String {
        if question.is_empty() {
            return question;
        } else if question.len() > 100 {
            return Predict::<Ask> { question }.answer;
        }
        return shout(&question);
    }

    /// `return …` in a loop
    fn ReturnInLoop(questions: Vec<String>) -> String {
        for question in questions {
            let asked = Predict::<Ask> { question };
            if asked.kind == Kind::Hard {
                return asked.answer;
            }
        }
        String::new()
    }

    /// `let name = match … { … => return …, … };`
    fn ReturnInStep(question: String) -> String {
        let length = match question.parse::<usize>() {
            Ok(length) => length,
            Err(error) => return error.to_string(),
        };
        let text = if length > 3 {
            return Predict::<Ask> { question }.answer;
        } else {
            question
        };
        text
    }

    /// `return Err(…)`
    fn ReturnErr(question: String) -> String {
        if question.is_empty() {
            return Err("nothing was asked");
        }
        Predict::<Ask> { question }.answer
    }

    /// `{ … }`
    fn Blocks(question: String) -> String {
        let text = {
            let asked = Predict::<Ask> { question };
            asked.answer
        };
        let length = {
            let trimmed = text.trim();
            trimmed.len()
        };
        format!("{text}{length}")
    }

    /// `async { … }`, `unsafe { … }`, `const { … }`, `'a: { … }`
    fn OtherBlocks(question: String) -> usize {
        let later = async { 1 }.await;
        let unchecked = unsafe { raw(&question) };
        let fixed = const { 1 + 1 };
        let labelled = 'a: {
            if question.is_empty() {
                break 'a 0;
            }
            1
        };
        later + unchecked + fixed + labelled
    }

    /// `&value`, `&mut value`, `*value`, `&raw const value`
    fn Borrows(question: String, shared: Arc<String>) -> usize {
        let copy = *&question.len();
        let inner = (*shared).clone();
        let at = (&raw const question).is_null();
        let mut list = vec![1];
        let first = std::mem::take(&mut list);
        copy + inner.len() + first.len() + usize::from(at)
    }

    /// `…?`
    fn Attempts(question: String) -> usize {
        let found = search(question.clone(), 2).await?;
        let number: usize = question.parse()?;
        let last = found.last().ok_or("nothing")?.len();
        number + last
    }

    /// `-a`, `!a`, `a + b`, `a << b`, `a == b`, `a < b`
    fn Operators(n: i64, yes: bool) -> bool {
        let negative = -n;
        let many = (n + 2 * negative - 3 / 4 % 5) << 2 >> 1 & 7 | 8 ^ 9;
        !yes && many != 3 && many <= 5
    }

    /// `a && b`
    fn Lazy(question: String) -> bool {
        let both = !question.is_empty() && Predict::<Ask> { question }.kind == Kind::Hard;
        both
    }

    /// `a || b`
    fn Alternatives(question: String, yes: bool) -> String {
        let either = yes || question.is_empty();
        let asked = Predict::<Ask> { question } || ChainOfThought::<Ask> { question }.output;
        format!("{either}{}", asked.answer)
    }

    /// `a as T`
    fn Casts(n: u32) -> f64 {
        n as f64
    }

    /// `(…)`, `(a, b)`, `()`, `value.0`
    fn Tuples(question: String) -> (String, ()) {
        let pair = ((question), ());
        (pair.0, pair.1)
    }

    /// `[a, b]`, `[a; n]`, `value[…]`
    fn Arrays(question: String) -> String {
        let list = [question.clone(), question];
        let zeros = [0_u8; 2];
        let first = list[usize::from(zeros[0])].clone();
        let part = list[..1].to_vec();
        format!("{first}{}", part.len())
    }

    /// `Predict::<Ask> { … }`, `Named { … }`
    fn Calls(question: String) -> String {
        let first = Predict::<Ask> { question };
        let second = Let { question: first.answer };
        second
    }

    /// `Named { field, ..base }`
    fn Bases(text: String) -> bool {
        Predict::<Decide> { text, ..Default::default() }.again
    }

    /// `(Place { … })`, `Kind::Variant { … }`
    fn Structs(question: String) -> Place {
        let place = (Place { city: question, ..Default::default() });
        let filled = Some(Place { size: 3, ..place });
        filled.unwrap_or_default()
    }

    /// `f(…)`, `Some(…)`
    fn Functions(question: String) -> Option<Vec<String>> {
        let loud = shout(&question);
        let found = search(loud, LIMIT)?;
        Some(found)
    }

    /// `value.method(…)`, `value.field`
    fn Methods(question: String) -> Vec<String> {
        let asked = ChainOfThought::<Ask> { question };
        let best = asked.best.unwrap_or_default();
        let notes = asked.notes.into_iter().filter(|note| !note.is_empty());
        notes.chain([best.trim().to_owned(), asked.answer.clone()]).collect()
    }

    /// `|x| …`
    fn Closures(question: String, n: usize) -> String {
        let repeat = |text: &str| text.repeat(n);
        let add = move |a: usize| -> usize { a + n };
        format!("{}{}", repeat(&question), add(1))
    }

    /// `a..b`, `a..=b`, `..`
    fn Ranges(n: usize) -> usize {
        let all: Vec<usize> = (0..n).chain(1..=n).collect();
        all[..].len()
    }

    /// `if … { … } else { … }`
    fn Ifs(question: String, n: usize) -> String {
        let size = if n > 3 { "long" } else { "short" };
        let answer = if n > 3 {
            ChainOfThought::<Ask> { question }.answer
        } else {
            Predict::<Ask> { question }.answer
        };
        format!("{size}{answer}")
    }

    /// `if let … { … } else { … }`, `if a && let … { … } else { … }`
    fn IfLets(question: Option<String>, n: usize) -> String {
        let first = if let Some(question) = question {
            Predict::<Ask> { question }.answer
        } else {
            "nothing".to_owned()
        };
        let second = if n > 3 && let Some(question) = &question { question.clone() } else { first };
        second
    }

    /// `match … { … }`
    fn Matches(question: String) -> String {
        let asked = Predict::<Ask> { question };
        let text = match asked.kind {
            Kind::Simple if asked.answer.len() < 3 => shout(&asked.answer),
            Kind::Simple => asked.answer,
            Kind::Hard => {
                let again = ChainOfThought::<Ask> { question: asked.answer };
                again.answer
            }
        };
        text
    }

    /// `if`, `match`, `{ … }` as statements
    fn Changes(question: String, n: Option<usize>) -> String {
        let mut text = question;
        if text.len() > LIMIT {
            text = Predict::<Ask> { question: text }.answer;
        }
        match n {
            Some(n) => text = text.repeat(n),
            None => {}
        }
        {
            text.push('!');
        }
        text
    }

    /// `for … in … { … }` as a statement
    fn Fors(questions: Vec<String>) -> Vec<String> {
        let mut all = Vec::new();
        for (n, question) in questions.into_iter().enumerate() {
            if n > LIMIT {
                break;
            }
            let asked = Predict::<Ask> { question };
            if asked.kind == Kind::Hard {
                continue;
            }
            all.push(asked.answer);
        }
        all
    }

    /// `let all = for … in … { … };`
    fn Maps(questions: Vec<String>) -> Vec<String> {
        #[with(concurrency = 4)]
        let all = for question in questions {
            Predict::<Ask> { question }.answer
        };
        all
    }

    /// `while … { … }`, `while let … { … }`
    fn Whiles(mut questions: Vec<String>) -> String {
        let mut text = String::new();
        #[with(at_most = 5)]
        while let Some(question) = questions.pop() {
            text += &Predict::<Ask> { question }.answer;
        }
        let mut n = 0;
        while n < 3 {
            n += 1;
        }
        format!("{text}{n}")
    }

    /// `loop { … }`
    fn Loops(question: String) -> String {
        let mut text = question;
        #[with(at_most = 3)]
        loop {
            let decided = Predict::<Decide> { text, earlier: Vec::new() };
            if !decided.again {
                break;
            }
            text.push('?');
        }
        let mut n = 0;
        let found = loop {
            n += 1;
            if n == 3 {
                break n;
            }
        };
        format!("{text}{found}")
    }

    /// `break`, `continue`
    fn Breaks(questions: Vec<String>) -> usize {
        let mut n = 0;
        for question in questions {
            if question.is_empty() {
                continue;
            }
            n += Predict::<Ask> { question }.answer.len();
            if n > 100 {
                break;
            }
        }
        n
    }

    /// `'outer: for …`, `break 'outer`, `continue 'outer`
    fn Labels(n: usize) -> usize {
        let mut sum = 0;
        'outer: for a in 0..n {
            for b in 0..n {
                if b > a {
                    continue 'outer;
                }
                if a == 7 {
                    break 'outer;
                }
                sum += b;
            }
        }
        sum
    }

    /// `….await`
    fn Awaits(question: String) -> usize {
        let found = search(question, 1).await?;
        found.len()
    }

    /// `_ = …;`, `(a, b) = …;`
    fn Underscores(question: String) -> usize {
        let _ = shout(&question);
        let mut a = 1;
        let mut b = 2;
        (a, b) = (b, a);
        a + b
    }

    /// `format!(…)`, `vec![…]`, `matches!(…)` and other formatting macros
    fn Macros(question: String) -> String {
        let list = vec![Predict::<Ask> { question }.answer, question];
        let hard = matches!(list.len(), 1..=3);
        format!("{hard} {list:?} {}", Predict::<Ask> { question: format!("{question}!") }.answer)
    }

    /// other macros
    fn OtherMacros(question: String) -> BTreeMap<String, usize> {
        let text = concat!("a", "b");
        let line = line!() as usize;
        BTreeMap::from([(question, text.len() + line)])
    }
);

fn main() {}
