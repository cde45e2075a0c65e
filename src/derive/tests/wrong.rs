//! The compiler's message for each wrong attribute says what to change.

#[test]
fn a_wrong_attribute_says_what_to_do() {
    trybuild::TestCases::new().compile_fail("tests/wrong/*.rs");
}
