//! A program that is nothing but a worker of the interpreter: the `main` of tests is not their own.

fn main() {
    dashoptimize::interpreter::serve();
}
