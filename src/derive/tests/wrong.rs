//! The compiler's message for each wrong attribute says what to change.

#[test]
fn a_wrong_attribute_has_a_helpful_message() {
    trybuild::TestCases::new().compile_fail("tests/wrong/*.rs");
}
