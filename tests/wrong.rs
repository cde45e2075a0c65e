//! Code that must not compile, and the compiler's message that says what to change.
#![cfg(feature = "axum")]

#[test]
#[ignore = "builds the crate once more, which takes minutes"]
fn a_wrong_use_has_a_helpful_message() {
    trybuild::TestCases::new().compile_fail("tests/wrong/*.rs");
}
