//! Negotiation: which dialect an error is written in.

use proptest::prelude::*;
use tower_error_envelope::write::{Clustr, Problem};
use tower_error_envelope::ErrorEnvelopeLayer;

use crate::kit::*;

const PROBLEM: &str = "application/problem+json";
const PLAIN: &str = "application/json";

/// The type of the answer to these lines of `Accept`, where JSON and problem details are offered in this order.
fn chosen_of(lines: &[&str]) -> String {
    let layer = ErrorEnvelopeLayer::new()
        .with_dialect(Clustr)
        .with_dialect(Problem);
    let request = http::Request::get("/");
    let request = lines.iter().fold(request, |request, line| {
        request.header(
            "accept",
            http::HeaderValue::from_bytes(line.as_bytes()).unwrap(),
        )
    });
    let seen = exchange(
        &layer,
        request.body(()).unwrap(),
        answer(404, &[TEXT], "gone"),
    );
    assert_eq!(seen.status(), 404, "{lines:?}");
    seen.header("content-type").unwrap().to_owned()
}

fn chosen(accept: &str) -> String {
    chosen_of(&[accept])
}

fn all(cases: &[&str], want: &str) {
    for accept in cases {
        assert_eq!(chosen(accept), want, "{accept:?}");
    }
}

/// N1: without `Accept`, the default is sent.
#[test]
fn n1_without_accept() {
    assert_eq!(chosen_of(&[]), PLAIN);
}

/// N2: an `Accept` that names nothing is none.
#[test]
fn n2_an_accept_that_names_nothing_is_none() {
    all(&["", " ", ",,,", ", ,\t,"], PLAIN);
}

/// N3: a weight is 1 where none is given, has three decimals, and its name is of either case.
#[test]
fn n3_a_weight_is_1_where_none_is_given() {
    all(
        &[
            "application/json;Q=0.5, application/problem+json",
            "application/json;q=0.001, application/problem+json;q=0.002",
            "application/json;q=0.999, application/problem+json;q=1.000",
            "application/json; q=0.5 , application/problem+json ; q=0.6",
        ],
        PROBLEM,
    );
}

/// N4: a weight of 0 excludes, also where a wildcard would admit.
#[test]
fn n4_a_weight_of_0_excludes() {
    all(
        &[
            "application/json;q=0, */*",
            "*/*, application/json;q=0.000",
            "application/json;q=0, application/*",
        ],
        PROBLEM,
    );
}

/// N5: of the ranges that match, the most specific has its say, not that with the highest weight.
#[test]
fn n5_of_the_ranges_that_match() {
    all(
        &[
            "application/*, application/json;q=0.9",
            "*/*;q=0.1, application/problem+json;q=0.2",
            "*/*, application/*;q=0.1, application/json;q=0.05",
        ],
        PROBLEM,
    );
    all(
        &[
            "*/*, application/problem+json;q=0.9",
            "application/*;q=0.5, application/problem+json;q=0.4",
        ],
        PLAIN,
    );
}

/// N6: of what is preferred alike, the order of the server decides.
#[test]
fn n6_of_what_is_preferred_alike() {
    all(
        &[
            "application/problem+json, application/json",
            "application/problem+json;q=0.5, application/json;q=0.5",
        ],
        PLAIN,
    );
}

/// N7: types are compared without regard to case.
#[test]
fn n7_types_are_compared_without_regard_to_case() {
    all(
        &["APPLICATION/PROBLEM+JSON", "Application/Problem+Json;Q=1"],
        PROBLEM,
    );
}

/// N8: a range with parameters matches the plain type, below one without.
#[test]
fn n8_a_range_with_parameters_matches_the_plain_type() {
    all(
        &[
            "application/problem+json; charset=utf-8",
            "application/problem+json;version=1;q=0.5",
        ],
        PROBLEM,
    );
    all(&["application/problem+json;version=1;q=0.9, application/problem+json;q=0.1, application/json;q=0.5"], PLAIN);
}

/// N9: the weight counts wherever it stands, and what stands behind it does not.
#[test]
fn n9_the_weight_counts_wherever_it_stands() {
    all(
        &[
            "application/json;q=0.3;level=1, application/problem+json;q=0.4",
            "application/json;level=1;q=0.3, application/problem+json;q=0.4",
        ],
        PROBLEM,
    );
}

/// N10: an element that cannot be read is ignored, the others are not.
#[test]
fn n10_an_element_that_cannot_be_read_is_ignored() {
    for garbage in ["garbage", "a/b/c", ";;q", "/", "*/json", "a b/c", "\"a\""] {
        assert_eq!(
            chosen(&format!("{garbage}, application/problem+json")),
            PROBLEM,
            "{garbage}"
        );
        assert_eq!(
            chosen(&format!("application/problem+json, {garbage}")),
            PROBLEM,
            "{garbage}"
        );
    }
    // What stands behind a quote that does not end is in it.
    assert_eq!(
        chosen("application/problem+json, \"a/b, application/json"),
        PROBLEM
    );
}

/// N11: an element whose weight cannot be read is ignored; a weight in quotes is read.
#[test]
fn n11_an_element_whose_weight_cannot_be_read_is_ignored() {
    for weight in ["abc", "1.5", "-1", "0.0001", "", ".5"] {
        let accept = format!("application/json;q={weight}, application/problem+json;q=0.1");
        assert_eq!(chosen(&accept), PROBLEM, "{weight:?}");
    }
    all(
        &["application/json;q=\"0.5\", application/problem+json;q=0.6"],
        PROBLEM,
    );
    all(
        &["application/json;q=\"0.5\", application/problem+json;q=0.4"],
        PLAIN,
    );
}

/// N12: several lines are one list.
#[test]
fn n12_several_lines_are_one_list() {
    assert_eq!(
        chosen_of(&["application/json;q=0.1", "application/problem+json"]),
        PROBLEM
    );
    assert_eq!(
        chosen_of(&["application/problem+json;q=0.1", "application/json"]),
        PLAIN
    );
}

/// N13: a line that is no visible ASCII is none.
#[test]
fn n13_a_line_that_is_no_visible_ascii_is_none() {
    all(
        &["application/problem+jsön", "ä, application/problem+json"],
        PLAIN,
    );
}

/// N14: of a list without end only the beginning is read.
#[test]
fn n14_of_a_list_without_end_only_the_beginning_is_read() {
    let long = format!("{}application/problem+json", "text/x, ".repeat(10_000));
    all(&[&long], PLAIN);
    all(
        &[&format!(
            "{}application/problem+json",
            "text/x, ".repeat(20)
        )],
        PROBLEM,
    );
}

/// N15: an error is never lost to a 406: where nothing matches, the default is sent.
#[test]
fn n15_an_error_is_never_lost_to_a_406() {
    all(
        &[
            "image/png",
            "*/*;q=0",
            "text/event-stream",
            "application/json;q=0, application/problem+json;q=0",
            "application/xml",
        ],
        PLAIN,
    );
}

/// N16: problem details have their type, and say the status of the response.
#[test]
fn n16_problem_details_have_their_type() {
    for status in [400, 404, 422, 500, 600] {
        let seen = send_to(
            &all_dialects(),
            "GET",
            &[("accept", PROBLEM)],
            answer(status, &[JSON], r#"{"status": 200, "error": "x"}"#),
        );
        let json: serde_json::Value = serde_json::from_slice(&seen.body).unwrap();
        assert_eq!(
            (seen.header("content-type"), json["status"].as_u64()),
            (Some(PROBLEM), Some(u64::from(seen.status())))
        );
    }
}

/// N17: any JSON is asked for by `application/*+json`, below every other range.
#[test]
fn n17_any_json_is_asked_for_by_application_json() {
    all(
        &[
            "application/*+json",
            "*/*+json",
            "application/*+json, text/html;q=0.9",
        ],
        PLAIN,
    );
    all(&["application/*+json;q=0.9, application/json;q=0"], PROBLEM);
}

/// N18: JSON is labelled without a charset.
#[test]
fn n18_json_is_labelled_without_a_charset() {
    assert_eq!(
        get(answer(
            404,
            &[("content-type", "application/json; charset=latin1")],
            r#"{"error":"x"}"#
        ))
        .header("content-type"),
        Some("application/json")
    );
}

/// N19: what was asked for is never copied into the label.
#[test]
fn n19_what_was_asked_for_is_never_copied_into_the_label() {
    for accept in [
        "text/evil",
        "application/json;evil=1",
        "application/problem+json;evil=\"<\"",
    ] {
        assert!(!chosen(accept).contains("evil"), "{accept}");
    }
}

/// N20: charset, language and coding of a request change nothing, and caches are not told that they do.
#[test]
fn n20_charset() {
    let bare = send_to(&all_dialects(), "GET", &[], answer(404, &[], "gone"));
    for name in ["accept-charset", "accept-language", "accept-encoding"] {
        let seen = send_to(
            &all_dialects(),
            "GET",
            &[(name, "utf-16, de;q=0, gzip")],
            answer(404, &[], "gone"),
        );
        assert_eq!(
            (seen.head.headers(), &seen.body),
            (bare.head.headers(), &bare.body),
            "{name}"
        );
    }
    assert_eq!(values(&bare, "vary"), ["accept"]);
}

proptest! {
    /// N21: the same `Accept` gets the same dialect, whatever else the request says.
    #[test]
    fn n21_the_same_accept_gets_the_same_dialect(accept in "[a-z*/;=q0-9.,+ ]{0,30}", name in "(x-[a-z]{1,5}|user-agent|cookie|accept-language)", value in "[ -~]{0,12}") {
        let with = |headers: Headers<'_>| send_to(&all_dialects(), "GET", headers, answer(404, &[], "gone"));
        let (plain, more) = (with(&[("accept", &accept)]), with(&[(&name, &value), ("accept", &accept)]));
        prop_assert_eq!(plain.header("content-type"), more.header("content-type"));
        prop_assert_eq!(plain.body, more.body);
    }
}

/// N22: who speaks gRPC is answered in gRPC, whatever it accepts.
#[cfg(feature = "tonic")]
#[test]
fn n22_who_speaks_grpc_is_answered_in_grpc() {
    let headers = [("content-type", "application/grpc"), ("accept", PROBLEM)];
    let request = crate::exchange::request("POST", http::Version::HTTP_2, "/a.B/C", &headers);
    let seen = exchange(&all_dialects(), request, answer(404, &[TEXT], "gone"));
    assert_eq!(
        (seen.header("content-type"), seen.header("grpc-message")),
        (Some("application/grpc"), Some("gone"))
    );
}

/// N23: HEAD is negotiated as GET is.
#[test]
fn n23_head_is_negotiated_as_get_is() {
    for accept in [PROBLEM, PLAIN, "text/html"] {
        let [get, head] = ["GET", "HEAD"].map(|method| {
            send_to(
                &all_dialects(),
                method,
                &[("accept", accept)],
                answer(404, &[], "gone"),
            )
        });
        assert_eq!(head.header("content-type"), get.header("content-type"));
    }
}

/// N24: who asks for a stream of events gets the default, and no stream.
#[test]
fn n24_who_asks_for_a_stream_of_events_gets_the_default() {
    all(
        &["text/event-stream", "text/event-stream, */*;q=0.1"],
        PLAIN,
    );
}

/// N25: a label of a request or a response that cannot be read costs nothing.
#[test]
fn n25_a_label_of_a_request_or_a_response_that_cannot_be_read() {
    let labels = [
        "",
        "/",
        ";",
        "text",
        "text/",
        "/html",
        "text/html;charset",
        "text/html;=",
        "text/html;charset=\"",
        "a/b/c",
        "\u{80}/\u{ff}",
        "text /html",
        "text/html;charset=\u{e9}",
        "*/*",
    ];
    for label in labels {
        let seen = send(
            "POST",
            &[("content-type", label)],
            Inside::Answers(response(404, &[("content-type", label)], "gone")),
        );
        assert_eq!(
            (seen.status(), message(&seen)),
            (404, "gone".to_owned()),
            "{label:?}"
        );
    }
}
