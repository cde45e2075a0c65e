//! Bodies that are expensive to read.

/// Documents of about 60 KB with many parameters, or with deep nesting.
pub(crate) fn hostile_documents() -> Vec<(&'static str, String)> {
    let long = "m".repeat(30_000);
    let list = |count: usize, item: &dyn Fn(usize) -> String| {
        (0..count).map(item).collect::<Vec<_>>().join(",")
    };
    vec![
        (
            "one message for a list of fields",
            format!(
                r#"{{"errors":[{{"fields":[{}],"message":"{long}"}}]}}"#,
                list(3_000, &|n| format!(r#""a{n}""#))
            ),
        ),
        (
            "one message for a repeated member",
            format!(
                r#"{{"errors":[{{{},"message":"{long}"}}]}}"#,
                list(1_500, &|n| format!(r#""field":"a{n}""#))
            ),
        ),
        (
            "one message for a path of many",
            format!(
                r#"{{"detail":[{{"loc":[{}],"msg":"{long}"}}]}}"#,
                list(3_000, &|n| format!(r#""a{n}""#))
            ),
        ),
        (
            "a long name above many",
            format!(
                r#"{{"{long}":{{{}}}}}"#,
                list(2_000, &|n| format!(r#""a{n}":["m"]"#))
            ),
        ),
        (
            "a long name above a list of many",
            format!(
                r#"{{"errors":{{"{long}":[{}]}}}}"#,
                list(2_000, &|n| format!(r#"{{"a{n}":"m"}}"#))
            ),
        ),
        (
            "a long name above nested ones",
            format!(
                r#"{{"{long}":{}"m"{}}}"#,
                (0..50).map(|n| format!(r#"{{"a{n}":"#)).collect::<String>(),
                "}".repeat(50)
            ),
        ),
        (
            "JSON:API with a long pointer",
            format!(
                r#"{{"errors":[{}]}}"#,
                list(500, &|n| format!(
                    r#"{{"detail":"m","source":{{"pointer":"/{}/{n}"}}}}"#,
                    "p".repeat(70)
                ))
            ),
        ),
        (
            "many lines of one text",
            format!(
                r#"{{"error":"{}"}}"#,
                (0..8_000)
                    .map(|n| format!("f{}: m\\n", n % 10))
                    .collect::<String>()
            ),
        ),
        (
            "text that is escaped to six times its length",
            format!(r#"{{"error":"{}"}}"#, "<".repeat(60_000)),
        ),
        (
            "controls",
            format!(
                r#"{{"error":"{}"}}"#,
                "\u{1}"
                    .repeat(10_000)
                    .escape_unicode()
                    .to_string()
                    .replace("\\u{1}", "\\u0001")
            ),
        ),
        ("nothing but opening brackets", "[".repeat(60_000)),
        (
            "nested objects",
            format!(r#"{}1{}"#, r#"{"a":"#.repeat(10_000), "}".repeat(10_000)),
        ),
        (
            "words that nobody knows",
            format!(
                "{{{}}}",
                list(2_000, &|n| format!(r#""errorish{n}Thing":"x y""#))
            ),
        ),
        ("tags", format!("<html><title>{}", "<b>&amp;".repeat(7_000))),
        (
            "elements",
            format!("<Error>{}</Error>", "<a b=\"c\">d</a>".repeat(3_800)),
        ),
        (
            "empty elements",
            format!("<Error>{}</Error>", "<a/>".repeat(16_000)),
        ),
        (
            "attributes",
            format!("<Error>{}</Error>", "<a b='' c='' d=''/>".repeat(3_400)),
        ),
        (
            "elements of other names",
            format!(
                "<Error>{}</Error>",
                (0..7_000).map(|n| format!("<a{n}/>")).collect::<String>()
            ),
        ),
        (
            "pairs of elements",
            format!("<Error>{}</Error>", "<a><b/></a>".repeat(5_900)),
        ),
        ("lines", "f: m\n".repeat(12_000)),
        (
            "empty lists",
            format!(r#"{{"errors":[{}]}}"#, list(20_000, &|_| "[]".to_owned())),
        ),
    ]
}
