//! Wrong attributes: each has an error that says what to do.

#[test]
fn a_wrong_attribute_says_what_to_do() {
    trybuild::TestCases::new().compile_fail("tests/wrong/*.rs");
}
