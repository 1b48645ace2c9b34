//! Expansions use the types of `std`, whatever their names mean where a macro is called.

#![allow(dead_code, non_camel_case_types, unused_imports)]

mod shadowed {
    struct f64;
    struct usize;
    struct str;
    struct bool;
    struct String;
    struct Vec;
    struct Box;
    enum Option {
        Some,
        None,
    }
    enum Result {
        Ok,
        Err,
    }
    mod std {}
    mod core {}
    mod dashoptimize {}
    trait Clone {}
    trait Default {}
    trait Signature {}
    trait Module {}
    use self::Option::{None, Some};
    use self::Result::{Err, Ok};

    const MOST: ::core::primitive::usize = 9;
    const HALF: ::core::primitive::f64 = 0.5;
    const WORDS: &::core::primitive::str = "how many";

    /// Count.
    #[::dashoptimize::signature]
    pub(crate) struct Count {
        #[input]
        pub(crate) text: ::std::string::String,
        #[output(desc = WORDS, check(HALF.., is_whole, "must be whole"))]
        pub(crate) number: ::core::primitive::f64,
        #[output(assert(len(..=MOST)))]
        words: ::std::vec::Vec<::std::string::String>,
        #[output]
        kind: Kind,
        #[skip]
        line: ::core::primitive::usize,
    }

    fn is_whole(number: &::core::primitive::f64) -> ::core::primitive::bool {
        number.fract() == 0.0
    }

    #[derive(::core::clone::Clone, Debug, ::dashoptimize::FieldType)]
    enum Kind {
        None,
        Some(::std::string::String),
        Of { size: ::core::primitive::f64 },
    }

    /// Counts.
    #[::dashoptimize::tool(description = WORDS)]
    pub(crate) async fn count(
        /// what to count
        text: &::core::primitive::str,
        all: ::core::primitive::bool,
    ) -> ::core::result::Result<::core::primitive::usize, ::std::string::String> {
        let _ = all;
        ::core::result::Result::Ok(text.len())
    }

    ::dashoptimize::module!(
        #[with(temperature = 0.0)]
        pub(crate) type Counter = ChainOfThought<Count>;

        #[with(reward = |_, output| output.number as ::core::primitive::f64)]
        pub(crate) type Best = BestOfN<Counter>;
    );
}

fn main() {
    let input = shadowed::CountInput { text: String::new() };
    let read = |output: shadowed::CountOutput| output.number;
    let _ = |lm: &dashoptimize::lm::Lm| shadowed::Counter::new(lm).render(&input);
    let _ = |lm: &dashoptimize::lm::Lm| shadowed::Best::new(lm);
    let _ = (read, dashoptimize::tools![shadowed::count]);
}
