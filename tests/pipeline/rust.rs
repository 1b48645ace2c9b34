//! What is written in a pipeline means what it means in Rust: names, statements, early ends, loops, and calls
//! of modules inside of code.

#![expect(
    clippy::needless_update,
    reason = "`..` stands for no field of this input, and must compile all the same"
)]

use dashoptimize::lm::{ChatRequest, Scripted};
use dashoptimize::prelude::*;

/// Answer the question.
#[signature]
struct Ask {
    #[input]
    question: String,
    #[output]
    answer: String,
}

/// Puts the question into angle brackets.
fn echo() -> Scripted {
    Scripted::new(|request: &ChatRequest| {
        let asked = request.turns.last().map(|turn| turn.text().to_owned());
        let question = asked
            .unwrap_or_default()
            .lines()
            .nth(1)
            .unwrap_or_default()
            .to_owned();
        format!("[[ ## answer ## ]]\n<{question}>\n\n[[ ## completed ## ]]")
    })
}

async fn search(query: String, top_k: usize) -> Result<Vec<String>, String> {
    match top_k {
        0 => Err("nothing to look for".to_owned()),
        _ => Ok((0..top_k).map(|n| format!("{query}{n}")).collect()),
    }
}

/// The paths of the predictors.
fn paths<M: Module>(program: &M) -> Vec<String> {
    let predictors = program.predictors().into_iter();
    predictors
        .map(|predictor| predictor.path().to_owned())
        .collect()
}

mod calls_inside_of_code {
    use super::*;

    pipeline!(
        fn Argument(question: String) -> String {
            let found = search(Predict::<Ask> { question }.answer, 2)?;
            found.join(" ")
        }

        fn Many(question: String, other: String) -> (String, Option<String>, Vec<String>, bool) {
            let text = format!("{}!{n}", Predict::<Ask> { question }.answer, n = 1);
            let some = Some(Predict::<Ask> { question: other }.answer.to_uppercase());
            let list = vec![
                Predict::<Ask> { question }.answer,
                Predict::<Ask> { question: other }.answer,
            ];
            let same = Predict::<Ask> { question }.answer == "<q>";
            (text, some, list, same)
        }

        fn Nested(question: String) -> String {
            Predict::<Ask> {
                question: Predict::<Ask> {
                    question: Predict::<Ask> { question }.answer,
                }
                .answer,
            }
            .answer
        }

        fn Lazy(question: String) -> bool {
            let asks = question.len() > 1 && Predict::<Ask> { question }.answer.starts_with('<');
            asks
        }

        fn Heads(question: String) -> String {
            let size = match (Predict::<Ask> { question }.answer.len()) {
                3 => "three",
                _ => "many",
            };
            let again = if (Predict::<Ask> { question }.answer) == "<q>" {
                size
            } else {
                "other"
            };
            let each = for letter in (Predict::<Ask> { question }
                .answer
                .chars()
                .collect::<Vec<_>>())
            {
                letter.to_string()
            };
            format!("{size} {again} {}", each.len())
        }

        fn OfPipeline(question: String) -> String {
            let text = Nested { question };
            format!("{} {text}", Argument { question })
        }
    );

    #[tokio::test]
    async fn they_are_steps_of_their_own() {
        let question = || "q".to_owned();
        let argument = Argument::new(echo())
            .call(ArgumentInput {
                question: question(),
            })
            .await;
        assert_eq!(argument.expect("it answers"), "<q>0 <q>1");
        let many = ManyInput {
            question: question(),
            other: "o".to_owned(),
        };
        let many = Many::new(echo()).call(many).await.expect("it answers");
        let list = vec!["<q>".to_owned(), "<o>".to_owned()];
        assert_eq!(
            many,
            ("<q>!1".to_owned(), Some("<O>".to_owned()), list, true)
        );
        let nested = Nested::new(echo())
            .call(NestedInput {
                question: question(),
            })
            .await;
        assert_eq!(nested.expect("it answers"), "<<<q>>>");
        let heads = Heads::new(echo())
            .call(HeadsInput {
                question: question(),
            })
            .await;
        assert_eq!(heads.expect("it answers"), "three three 3");
        let both = OfPipeline::new(echo())
            .call(OfPipelineInput {
                question: question(),
            })
            .await;
        assert_eq!(both.expect("it answers"), "<q>0 <q>1 <<<q>>>");
    }

    #[tokio::test]
    async fn what_rust_does_not_evaluate_is_not_called() {
        for (question, calls) in [("q", 0), ("qu", 1)] {
            let lm = echo();
            let input = LazyInput {
                question: question.to_owned(),
            };
            let asks = Lazy::new(lm.clone()).call(input).await.expect("it answers");
            assert_eq!((asks, lm.calls()), (calls == 1, calls));
        }
    }

    #[test]
    fn their_paths_say_where_they_are() {
        assert_eq!(paths(&Argument::new(echo())), ["found.first"]);
        assert_eq!(
            paths(&Many::new(echo())),
            [
                "text.first",
                "some.first",
                "list.first",
                "list.second",
                "same.first"
            ]
        );
        assert_eq!(
            paths(&Nested::new(echo())),
            ["output.question.question", "output.question", "output"]
        );
        assert_eq!(paths(&Lazy::new(echo())), ["asks.first.then"]);
        assert_eq!(
            paths(&Heads::new(echo())),
            ["size.head", "again.condition", "each.list"]
        );
    }
}

mod early_ends {
    use super::*;

    pipeline!(
        fn Guarded(question: String, hint: Option<String>) -> String {
            if question.is_empty() {
                return "nothing".to_owned();
            } else if question.len() > 5 {
                let short = Predict::<Ask> {
                    question: "short".to_owned(),
                };
                return short.answer;
            }
            let Some(hint) = hint else {
                return Err("no hint");
            };
            let asked = Predict::<Ask> {
                question: format!("{question} {hint}"),
            };
            return asked.answer;
        }

        fn InBranch(question: String) -> String {
            let first = Predict::<Ask> { question };
            match first.answer.len() {
                2 => return first.answer,
                3 => {
                    let again = Predict::<Ask> {
                        question: first.answer,
                    };
                    return again.answer;
                }
                _ => Err("too long")?,
            }
        }
    );

    #[tokio::test]
    async fn only_what_is_reached_is_called() {
        for (question, hint, expected, calls) in [
            ("", None, Ok("nothing"), 0),
            ("a long one", None, Ok("<short>"), 1),
            ("q", None, Err("no hint"), 0),
            ("q", Some("h"), Ok("<q h>"), 1),
        ] {
            let lm = echo();
            let input = GuardedInput {
                question: question.to_owned(),
                hint: hint.map(str::to_owned),
            };
            let output = Guarded::new(lm.clone()).call(input).await;
            match (&output, expected) {
                (Ok(output), Ok(expected)) => assert_eq!(output, expected),
                (Err(error), Err(expected)) => {
                    assert!(error.to_string().contains(expected), "{error}")
                }
                (output, expected) => panic!("{output:?} and not {expected:?}"),
            }
            assert_eq!(lm.calls(), calls, "{question}");
        }
    }

    #[tokio::test]
    async fn a_branch_of_the_last_expression_returns() {
        let ask = async |question: &str| {
            InBranch::new(echo())
                .call(InBranchInput {
                    question: question.to_owned(),
                })
                .await
        };
        assert_eq!(ask("").await.expect("short"), "<>");
        assert_eq!(ask("q").await.expect("longer"), "<<q>>");
        assert!(
            ask("qqq")
                .await
                .expect_err("too long")
                .to_string()
                .contains("too long")
        );
    }

    #[test]
    fn what_follows_keeps_its_paths() {
        assert_eq!(
            paths(&Guarded::new(echo())),
            ["output.then_2.short", "asked"]
        );
        assert_eq!(
            paths(&InBranch::new(echo())),
            ["first", "output.branch_3.again"]
        );
    }
}

mod loops {
    use super::*;

    pipeline!(
        fn Notes(items: Vec<String>) -> String {
            let mut notes: Vec<String> = Vec::new();
            let mut count = 0;
            for item in items {
                if item.is_empty() {
                    continue;
                }
                if item == "stop" {
                    break;
                }
                notes.push(Predict::<Ask> { question: item }.answer);
                count += item.len();
            }
            format!("{} {count}", notes.join(" "))
        }

        fn Until(question: String) -> String {
            let mut text = question;
            let mut rounds = 0;
            #[with(at_most = 5)]
            while true {
                let asked = Predict::<Ask> { question: text };
                if asked.answer.len() > 6 {
                    break;
                }
                rounds += 1;
                text = asked.answer;
            }
            format!("{text} {rounds}")
        }

        fn Update(question: String) -> String {
            let mut text = question;
            let mut changed = 0;
            #[with(at_most = 3)]
            while text.len() < 9 {
                let asked = Predict::<Ask> { question: text };
                if asked.answer.len() > 4 {
                    text = asked.answer;
                } else {
                    changed += 1;
                    match changed {
                        1 => text.push('1'),
                        _ => {
                            text = Predict::<Ask> {
                                question: "two".to_owned(),
                            }
                            .answer
                        }
                    }
                }
            }
            format!("{text} {changed}")
        }

        fn Stripped(question: String) -> String {
            let mut text = question;
            #[with(at_most = 3)]
            while let Some(rest) = text.strip_prefix('x') {
                text = Predict::<Ask> {
                    question: rest.to_owned(),
                }
                .answer
                .replace(['<', '>'], "");
            }
            text
        }

        fn Judged(question: String) -> String {
            let mut text = question;
            #[with(at_most = 9)]
            while (Predict::<Ask> { question: text }.answer.len()) < 6 {
                text += "+";
            }
            text
        }
    );

    #[tokio::test]
    async fn they_do_what_they_do_in_rust() {
        let items = ["a", "", "bc", "stop", "d"].map(str::to_owned).to_vec();
        let notes = Notes::new(echo()).call(NotesInput { items }).await;
        assert_eq!(notes.expect("it answers"), "<a> <bc> 3");
        let question = || "q".to_owned();
        let until = Until::new(echo())
            .call(UntilInput {
                question: question(),
            })
            .await;
        assert_eq!(until.expect("it answers"), "<<q>> 2");
        let update = Update::new(echo())
            .call(UpdateInput {
                question: "qq".to_owned(),
            })
            .await;
        assert_eq!(update.expect("it answers"), "<<qq1>> 1");
        let stripped = Stripped::new(echo())
            .call(StrippedInput {
                question: "xxq".to_owned(),
            })
            .await;
        assert_eq!(stripped.expect("it answers"), "q");
        let judged = Judged::new(echo())
            .call(JudgedInput {
                question: question(),
            })
            .await;
        assert_eq!(judged.expect("it answers"), "q+++");
    }

    #[test]
    fn their_paths_are_those_of_what_they_change() {
        assert_eq!(paths(&Notes::new(echo())), ["notes.next.first"]);
        assert_eq!(paths(&Until::new(echo())), ["rounds.asked"]);
        assert_eq!(paths(&Stripped::new(echo())), ["text.next"]);
    }
}

mod statements {
    use super::*;

    struct Shared(std::sync::Mutex<Vec<String>>);

    impl Shared {
        fn log(&self, text: &str) {
            self.0.lock().expect("no panic").push(text.to_owned());
        }
    }

    impl std::fmt::Debug for Shared {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("Shared")
        }
    }

    pipeline!(
        fn Changes(question: String, top_k: usize) -> String {
            let question = question.trim().to_owned();
            let (first, mut rest) = (question, vec![top_k, 3, 1]);
            rest.sort();
            rest[0] += 10;
            let mut n = 0;
            for value in &rest {
                n += value;
            }
            if n > 10 {
                n -= 1;
            }
            let _ = search(question, 1);
            let asked = Predict::<Ask> { question };
            let question = asked.answer;
            format!("{question} {first} {rest:?} {n}")
        }

        fn Logged(question: String, shared: std::sync::Arc<Shared>) -> String {
            shared.log(&question);
            assert!(!question.is_empty(), "{question}");
            let text = {
                let mut text = String::new();
                for word in question.split(' ') {
                    text.push_str(word);
                }
                let found = search(text, 1)?;
                let Some(one) = found.first() else {
                    return Err("nothing");
                };
                one.clone()
            };
            let words = loop {
                if text.len() > 2 {
                    break text.len();
                }
            };
            format!("{text} {words}")
        }
    );

    #[tokio::test]
    async fn values_change_as_in_rust() {
        let input = ChangesInput {
            question: " q ".to_owned(),
            top_k: 2,
        };
        let changed = Changes::new(echo()).call(input).await.expect("it answers");
        assert_eq!(changed, "<q> q [11, 2, 3] 15");
    }

    #[tokio::test]
    async fn code_without_modules_is_rust() {
        let shared = std::sync::Arc::new(Shared(std::sync::Mutex::default()));
        let input = LoggedInput {
            question: "a bc".to_owned(),
            shared: shared.clone(),
        };
        let text = Logged::new(echo()).call(input).await.expect("it answers");
        assert_eq!(text, "abc0 4");
        assert_eq!(*shared.0.lock().expect("no panic"), ["a bc"]);
    }
}

mod names {
    use super::*;

    const TEMPLATE: &str = "say {answer}";

    fn parse(mut text: String) -> String {
        text.make_ascii_uppercase();
        text
    }

    pipeline!(
        fn Guessed(question: String, items: Vec<String>) -> String {
            let n = items.iter().map(|b| b.len()).sum::<usize>();
            let prompt = TEMPLATE.replace("{answer}", &question);
            let escaped = format!("{{answer}} {size}", size = prompt.len());
            let mapped: Vec<String> = items.into_iter().map(parse).collect();
            let size = Predict::<Ask> {
                question: format!("{n} {escaped}"),
            };
            let b = Predict::<Ask> { question: prompt };
            let answer = b.answer;
            let parse = mapped.join("");
            format!("{answer} {} {parse}", size.answer)
        }

        fn Closures(question: String) -> String {
            let first = Predict::<Ask> { question };
            let other = Predict::<Ask> {
                question: format!("o{question}"),
            };
            let glue = |text: &str| format!("{text}{}", first.answer);
            let contains = |text: &str| question.contains(text);
            let third = Predict::<Ask> {
                question: format!("{}{}", other.answer, glue("x")),
            };
            format!("{}{}", third.answer, contains("q"))
        }
    );

    #[tokio::test]
    async fn only_what_is_read_is_waited_for() {
        let items = ["ab", "c"].map(str::to_owned).to_vec();
        let input = GuessedInput {
            question: "q".to_owned(),
            items,
        };
        let text = Guessed::new(echo()).call(input).await.expect("it answers");
        assert_eq!(text, "<say q> <3 {answer} 5> ABC");
    }

    #[tokio::test]
    async fn a_closure_is_a_step_that_others_call() {
        let input = ClosuresInput {
            question: "q".to_owned(),
        };
        let text = Closures::new(echo()).call(input).await.expect("it answers");
        assert_eq!(text, "<<oq>x<q>>true");
        let edges = Closures::GRAPH.edges.iter();
        let names = |index: usize| Closures::GRAPH.nodes[index].path;
        let from_glue = edges
            .filter(|edge| names(edge.from) == "glue")
            .map(|edge| names(edge.to));
        assert_eq!(from_glue.collect::<Vec<_>>(), ["third"]);
    }
}

mod values_are_owned {
    use serde_json::Value;

    use super::*;

    /// It lends something that lives longer than it does.
    #[derive(Clone)]
    struct Kind {
        text: String,
    }

    impl Kind {
        const fn first(&self) -> &'static str {
            "kind"
        }
    }

    fn only_static(text: &'static str) -> String {
        text.to_owned()
    }

    pipeline!(
        fn Lent(question: String, hint: Option<String>, items: Vec<String>) -> String {
            let trimmed = question.trim();
            let hint = hint.as_deref().unwrap_or("none");
            let first = items.first().ok_or("no items")?;
            let word = first.strip_suffix('!').unwrap_or("?").trim_end();
            let start = &first[..1];
            let all = &items;
            let halves = trimmed.split_once(' ');
            let (left, right) = match halves {
                Some((left, right)) => (left, right),
                None => (trimmed, String::new()),
            };
            format!(
                "{trimmed}|{hint}|{first}|{word}|{start}|{}|{left}|{right}",
                all.len()
            )
        }

        fn LivesLonger(question: String) -> String {
            let kind = (Kind { text: question });
            let lent = kind.first();
            let names = vec!["a", "b"];
            let name = names.last().unwrap();
            let fixed = "x ".trim();
            format!(
                "{}{}{}{}",
                only_static(lent),
                only_static(name),
                only_static(fixed),
                kind.text
            )
        }

        fn OfJson(question: String) -> String {
            let json: Value = serde_json::from_str(&question)?;
            let name = json["name"].as_str().unwrap_or("nobody");
            let list = json["list"].as_array().ok_or("no list")?;
            format!("{name} {}", list.len())
        }
    );

    #[tokio::test]
    async fn what_a_text_or_a_list_lends_is_copied() {
        let input = LentInput {
            question: " two words ".to_owned(),
            hint: None,
            items: vec!["ab !".to_owned()],
        };
        let lent = Lent::new(echo()).call(input).await;
        let expected = "two words|none|ab !|ab|a|1|two|words";
        assert_eq!(lent.expect("it answers"), expected);
        let question = r#"{"name": "Ada", "list": [1, 2]}"#.to_owned();
        let json = OfJson::new(echo()).call(OfJsonInput { question }).await;
        assert_eq!(json.expect("it answers"), "Ada 2");
    }

    #[tokio::test]
    async fn what_lives_longer_stays_as_it_is() {
        let question = "q".to_owned();
        let lives = LivesLonger::new(echo());
        let lives = lives.call(LivesLongerInput { question }).await;
        assert_eq!(lives.expect("it answers"), "kindbxq");
    }
}

mod plain_code {
    use super::*;

    pipeline!(
        fn Heads(question: String) -> String {
            let mut words = Vec::new();
            for found in search(question, 2)? {
                words.push(found);
            }
            if let Ok(more) = search(question, 1) {
                words.extend(more);
            }
            match search(question, 0) {
                Ok(more) => words.extend(more),
                Err(error) => words.push(error),
            }
            words.join(",")
        }

        fn Labeled(question: String) -> String {
            let text = 'found: {
                for letter in question.chars() {
                    if letter == 'x' {
                        break 'found letter.to_string();
                    }
                }
                "none".to_owned()
            };
            Predict::<Ask> { question: text }.answer
        }
    );

    #[tokio::test]
    async fn calls_in_heads_are_awaited() {
        let question = "q".to_owned();
        let heads = Heads::new(echo()).call(HeadsInput { question }).await;
        assert_eq!(heads.expect("it answers"), "q0,q1,q0,nothing to look for");
    }

    #[tokio::test]
    async fn a_block_with_a_label_is_left() {
        for (question, expected) in [("axb", "<x>"), ("ab", "<none>")] {
            let question = question.to_owned();
            let labeled = Labeled::new(echo()).call(LabeledInput { question }).await;
            assert_eq!(labeled.expect("it answers"), expected);
        }
    }
}

mod values_and_changes {
    use super::*;

    pipeline!(
        fn Found(questions: Vec<String>, length: usize) -> String {
            let mut tried = 0;
            for question in &questions {
                tried += 1;
                let asked = Predict::<Ask> {
                    question: question.clone(),
                };
                if asked.answer.len() > length {
                    return format!("{} after {tried}", asked.answer);
                }
            }
            format!("none of {tried}")
        }

        fn FoundInside(groups: Vec<Vec<String>>) -> String {
            for group in groups {
                for question in group {
                    let Some(first) = question.chars().next() else {
                        return "an empty one".to_owned();
                    };
                    let asked = Predict::<Ask> { question };
                    if first == '!' {
                        return asked.answer;
                    }
                }
            }
            Predict::<Ask> {
                question: "last".to_owned(),
            }
            .answer
        }

        fn InPlainCode(words: Vec<String>) -> usize {
            for (index, word) in words.iter().enumerate() {
                let is_long = |limit: usize| {
                    if limit == 0 {
                        return true;
                    }
                    word.len() > limit
                };
                match word.as_str() {
                    "stop" => return Err("stopped"),
                    _ if is_long(4) => {
                        return index;
                    }
                    _ => {}
                }
            }
            words.len()
        }

        fn Worklist(mut open: Vec<String>) -> Vec<String> {
            let mut done = Vec::new();
            #[with(at_most = 10)]
            while let Some(question) = open.pop() {
                let asked = Predict::<Ask> { question };
                if asked.answer.len() < 4 {
                    open.push(asked.answer);
                } else {
                    done.push(asked.answer);
                }
            }
            done
        }

        fn Taken(mut words: Vec<String>) -> (Option<String>, String, usize, usize) {
            let last = words.pop();
            let first = words.remove(0);
            let mut n = 1;
            let mut m = 2;
            (n, m) = (m + words.len(), n);
            if let Some(next) = words.pop() {
                n += next.len();
            }
            let rest = std::mem::take(&mut words);
            (last, first, n + rest.len() + words.len(), m)
        }

        fn Bounded(question: String) -> String {
            let mut text = question;
            #[with(at_most = 2)]
            loop {
                text = Predict::<Ask> { question: text }.answer;
                if text.len() > 20 {
                    break;
                }
            }
            text
        }

        fn Chained(question: Option<String>, yes: bool) -> String {
            let answer = if yes
                && let Some(question) = &question
                && question.len() > 1
            {
                Predict::<Ask> {
                    question: question.clone(),
                }
                .answer
            } else {
                "no".to_owned()
            };
            answer
        }

        fn Moved(question: String) -> (Option<String>, Vec<char>, String) {
            let thought = ChainOfThought::<Ask> { question };
            let letters = thought.answer.into_bytes().into_iter().map(char::from);
            let text = thought.answer + "!";
            (Some(thought.reasoning), letters.collect(), text)
        }

        fn Rest(asked: AskInput, question: String) -> (String, String) {
            let first = Predict::<Ask> { ..asked };
            let second = Predict::<Ask> {
                question,
                ..Default::default()
            };
            (first.answer, second.answer)
        }
    );

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[tokio::test]
    async fn a_return_in_a_loop_ends_the_pipeline() {
        for (length, expected, calls) in [(4, "<qqq> after 2", 2), (9, "none of 3", 3)] {
            let lm = echo();
            let questions = texts(&["q", "qqq", "qqqq"]);
            let input = FoundInput { questions, length };
            assert_eq!(Found::new(lm.clone()).call(input).await.unwrap(), expected);
            assert_eq!(lm.calls(), calls);
        }
    }

    #[tokio::test]
    async fn a_return_ends_the_loops_around_it_too() {
        for (groups, expected, calls) in [
            ([texts(&["a", "!b"]), texts(&["c"])], "<!b>", 2),
            ([texts(&["a"]), texts(&["", "!b"])], "an empty one", 1),
            ([texts(&["a"]), texts(&["b"])], "<last>", 3),
        ] {
            let lm = echo();
            let input = FoundInsideInput {
                groups: groups.to_vec(),
            };
            assert_eq!(
                FoundInside::new(lm.clone()).call(input).await.unwrap(),
                expected
            );
            assert_eq!(lm.calls(), calls, "{expected}");
        }
    }

    #[tokio::test]
    async fn a_return_of_plain_code_leaves_from_any_depth_and_one_of_a_closure_its_closure() {
        let call = async |words: &[&str]| {
            let words = texts(words);
            let output = InPlainCode::new(echo())
                .call(InPlainCodeInput { words })
                .await;
            output.map_err(|error| error.to_string())
        };
        assert_eq!(call(&["a", "longer"]).await, Ok(1));
        assert_eq!(call(&["a", "b", "c"]).await, Ok(3));
        assert!(call(&["stop"]).await.unwrap_err().contains("stopped"));
    }

    #[tokio::test]
    async fn a_value_that_is_taken_out_is_gone() {
        let open = texts(&["long", "a"]);
        let done = Worklist::new(echo()).call(WorklistInput { open }).await;
        // `a` is `<a>`, which is `<<a>>`.
        assert_eq!(done.unwrap(), ["<<a>>", "<long>"]);

        let words = texts(&["a", "b", "ccc", "d"]);
        let taken = Taken::new(echo()).call(TakenInput { words }).await.unwrap();
        assert_eq!(
            taken,
            (Some("d".to_owned()), "a".to_owned(), 2 + 2 + 3 + 1, 1)
        );
    }

    #[tokio::test]
    async fn a_loop_ends_at_its_bound() {
        let input = |question: &str| BoundedInput {
            question: question.to_owned(),
        };
        let bounded = Bounded::new(echo());
        assert_eq!(bounded.call(input("q")).await.unwrap(), "<<q>>");
        let long = "q".repeat(20);
        assert_eq!(
            bounded.call(input(&long)).await.unwrap(),
            format!("<{long}>")
        );
    }

    #[tokio::test]
    async fn a_chain_of_conditions_binds_what_it_names() {
        for (question, yes, expected) in [
            (Some("qq"), true, "<qq>"),
            (Some("q"), true, "no"),
            (Some("qq"), false, "no"),
            (None, true, "no"),
        ] {
            let question = question.map(str::to_owned);
            let input = ChainedInput { question, yes };
            assert_eq!(Chained::new(echo()).call(input).await.unwrap(), expected);
        }
    }

    #[tokio::test]
    async fn fields_are_copied_where_a_value_is_wanted() {
        let lm = Scripted::replies(["[[ ## reasoning ## ]]\nso\n\n[[ ## answer ## ]]\nno"]);
        let input = MovedInput {
            question: "q".to_owned(),
        };
        let moved = Moved::new(lm).call(input).await.unwrap();
        assert_eq!(
            moved,
            (Some("so".to_owned()), vec!['n', 'o'], "no!".to_owned())
        );

        let asked = AskInput {
            question: "a".to_owned(),
        };
        let input = RestInput {
            asked,
            question: "b".to_owned(),
        };
        let rest = Rest::new(echo()).call(input).await.unwrap();
        assert_eq!(rest, ("<a>".to_owned(), "<b>".to_owned()));
    }

    #[test]
    fn paths_are_as_if_nothing_was_returned() {
        assert_eq!(paths(&Found::new(echo())), ["tried.asked"]);
        assert_eq!(
            paths(&FoundInside::new(echo())),
            ["returned.returned.asked", "output"]
        );
        assert_eq!(paths(&Chained::new(echo())), ["answer.then"]);
    }
}
