//! The retry advice of errors, and tower's `Retry` that follows it.

use std::convert::Infallible;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::Full;
use tower::{Layer, ServiceExt};
use tower_error_envelope::{ApiError, RaiseErrorsLayer, RetryAdvice};

const NO: RetryAdvice = RetryAdvice::No;
const BACKOFF: RetryAdvice = RetryAdvice::Backoff;

fn after(milliseconds: u64) -> RetryAdvice {
    RetryAdvice::After(Duration::from_millis(milliseconds))
}

/// The error of a request that gets this answer.
fn error(method: Method, status: u16, headers: &[(&str, &str)], body: &str) -> ApiError {
    let response = Response::builder().status(status);
    let response = headers.iter().fold(response, |response, (name, value)| {
        response.header(*name, *value)
    });
    let mut response = Some(response.body(Full::<Bytes>::from(body.to_owned())).unwrap());
    let service = tower::service_fn(move |_: Request<()>| {
        std::future::ready(Ok::<_, Infallible>(response.take().unwrap()))
    });
    let request = Request::builder().method(method).body(()).unwrap();
    let call = RaiseErrorsLayer::new().layer(service).oneshot(request);
    tokio_test::block_on(call).unwrap_err().into_api().unwrap()
}

#[test]
fn a_reset_beyond_the_limit_means_no_retry() {
    for reset in [
        "99999999999999999999999999",
        &"9".repeat(400),
        "1767225600000",
    ] {
        let error = error(Method::GET, 429, &[("x-ratelimit-reset", reset)], "");
        assert_eq!(error.retry_advice(), NO, "{reset}");
    }
}

#[test]
fn the_id_of_the_request_is_that_of_the_body_else_that_of_a_header() {
    let cases = [
        ("x-request-id", "h-1", "", Some("h-1")),
        (
            "x-request-id",
            "h-1",
            r#"{"message":"No","requestId":"b-1"}"#,
            Some("b-1"),
        ),
        (
            "x-amzn-requestid",
            "h-2",
            r#"{"message":"No"}"#,
            Some("h-2"),
        ),
        ("x-correlation-id", "h-3", "No such thing", Some("h-3")),
        ("x-request-id", "with a blank", "", None),
        ("x-request-id", "with\ta tab", "", None),
        (
            "x-page-id",
            "h-5",
            r#"{"message":"No","requestId":"a\nb"}"#,
            None,
        ),
        ("x-page-id", "h-4", r#"{"message":"No"}"#, None),
    ];
    for (name, id, body, want) in cases {
        let error = error(Method::GET, 500, &[(name, id)], body);
        assert_eq!(error.request_id().as_deref(), want, "{name}: {id} {body}");
    }
}

#[test]
fn without_a_hint_the_status_and_the_method_decide() {
    let idempotent = [
        Method::GET,
        Method::HEAD,
        Method::OPTIONS,
        Method::TRACE,
        Method::PUT,
        Method::DELETE,
    ];
    let other = [
        Method::POST,
        Method::PATCH,
        Method::CONNECT,
        Method::from_bytes(b"LOCK").unwrap(),
    ];
    for status in 400..=999 {
        let transient = [408, 425, 429, 500, 502, 503, 504, 529].contains(&status);
        for method in &idempotent {
            let want = if transient { BACKOFF } else { NO };
            let advice = error(method.clone(), status, &[], "").retry_advice();
            assert_eq!(advice, want, "{method} {status}");
        }
        for method in &other {
            let advice = error(method.clone(), status, &[], "").retry_advice();
            assert_eq!(advice, NO, "{method} {status}");
        }
    }
}

const DATE: (&str, &str) = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");

#[test]
fn headers_say_whether_and_when() {
    struct Case {
        status: u16,
        headers: &'static [(&'static str, &'static str)],
        want: RetryAdvice,
    }
    #[rustfmt::skip]
    let cases = [
        // Retry-After in seconds
        Case { status: 503, headers: &[("retry-after", "7")], want: after(7_000) },
        Case { status: 503, headers: &[("retry-after", "0")], want: after(0) },
        Case { status: 503, headers: &[("retry-after", " 1.5 ")], want: after(1_500) },
        Case { status: 503, headers: &[("retry-after", "120")], want: after(120_000) },
        Case { status: 503, headers: &[("retry-after", "120.001")], want: NO },
        Case { status: 503, headers: &[("retry-after", "1000000000")], want: NO },
        Case { status: 503, headers: &[("retry-after", "99999999999999999999999999999999999999999")], want: NO },
        Case { status: 413, headers: &[("retry-after", "7")], want: after(7_000) },
        // … that is none
        Case { status: 503, headers: &[("retry-after", "-1")], want: NO },
        Case { status: 503, headers: &[("retry-after", "+1")], want: NO },
        Case { status: 503, headers: &[("retry-after", "1e3")], want: NO },
        Case { status: 503, headers: &[("retry-after", "inf")], want: NO },
        Case { status: 503, headers: &[("retry-after", "nan")], want: NO },
        Case { status: 503, headers: &[("retry-after", "")], want: NO },
        Case { status: 503, headers: &[("retry-after", ".")], want: NO },
        Case { status: 503, headers: &[("retry-after", "1.5.2")], want: NO },
        Case { status: 503, headers: &[("retry-after", "abc")], want: NO },
        // Retry-After as a date, in the three forms of RFC 9110 §5.6.7
        Case { status: 503, headers: &[DATE, ("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT")], want: after(30_000) },
        Case { status: 503, headers: &[DATE, ("retry-after", "Sunday, 06-Nov-94 08:50:07 GMT")], want: after(30_000) },
        Case { status: 503, headers: &[DATE, ("retry-after", "Sun Nov  6 08:50:07 1994")], want: after(30_000) },
        Case { status: 503, headers: &[DATE, ("retry-after", "Sun, 06 Nov 1994 08:49:00 GMT")], want: after(0) },
        Case { status: 503, headers: &[DATE, ("retry-after", "Fri, 31 Dec 9999 23:59:59 GMT")], want: NO },
        Case { status: 503, headers: &[("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT")], want: after(0) },
        Case { status: 503, headers: &[("date", "soon"), ("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT")], want: after(0) },
        // milliseconds are more precise
        Case { status: 429, headers: &[("retry-after-ms", "250"), ("retry-after", "1")], want: after(250) },
        Case { status: 429, headers: &[("retry-after-ms", "x"), ("retry-after", "1")], want: after(1_000) },
        // x-should-retry
        Case { status: 409, headers: &[("x-should-retry", "true")], want: BACKOFF },
        Case { status: 409, headers: &[("x-should-retry", "TRUE"), ("retry-after", "2")], want: after(2_000) },
        Case { status: 503, headers: &[("x-should-retry", "false"), ("retry-after", "2")], want: NO },
        Case { status: 503, headers: &[("x-should-retry", "perhaps"), ("retry-after", "2")], want: after(2_000) },
        Case { status: 503, headers: &[("x-should-retry", "true"), ("retry-after", "3600")], want: NO },
        // RateLimit: the draft, in the old form and the new, and what went before
        Case { status: 429, headers: &[("ratelimit", "\"burst\";r=0;t=30, \"day\";r=7;t=3600")], want: after(30_000) },
        Case { status: 429, headers: &[("ratelimit", "\"a;r=1\";r=0;t=3"), ("ratelimit", "\"b\";t=9;r=0")], want: after(9_000) },
        Case { status: 429, headers: &[("ratelimit", "\"burst\";r=3;t=30")], want: NO },
        Case { status: 429, headers: &[("ratelimit", "\"burst\";r=-1;t=?1, ;;, \"")], want: NO },
        Case { status: 429, headers: &[("ratelimit-reset", "4")], want: after(4_000) },
        Case { status: 429, headers: &[("x-ratelimit-reset", "5")], want: after(5_000) },
        Case { status: 429, headers: &[DATE, ("x-ratelimit-reset", "784111787")], want: NO },
        Case { status: 429, headers: &[("date", "Wed, 20 Feb 2030 00:00:00 GMT"), ("x-ratelimit-reset", "1897776006")], want: after(6_000) },
        Case { status: 429, headers: &[("x-ratelimit-reset", "99999999999999999999999999")], want: NO },
        Case { status: 503, headers: &[("ratelimit-reset", "4")], want: after(4_000) },
        Case { status: 403, headers: &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "5")], want: after(5_000) },
        // … which says nothing where no limit was exceeded
        Case { status: 403, headers: &[("x-ratelimit-remaining", "9"), ("x-ratelimit-reset", "5")], want: NO },
        Case { status: 404, headers: &[("ratelimit-reset", "4")], want: NO },
        Case { status: 429, headers: &[("retry-after", "1"), ("ratelimit-reset", "4")], want: after(1_000) },
    ];
    for case in cases {
        let error = error(Method::POST, case.status, case.headers, "");
        assert_eq!(
            error.retry_advice(),
            case.want,
            "{} {:?}",
            case.status,
            case.headers
        );
    }
}

#[test]
fn a_date_counts_from_now_where_the_response_has_none() {
    let then = httpdate(SystemTime::now() + Duration::from_secs(60));
    let advice = error(Method::POST, 503, &[("retry-after", &then)], "").retry_advice();
    let delay = advice.delay().unwrap();
    assert!(
        delay > Duration::from_secs(50) && delay <= Duration::from_secs(60),
        "{delay:?}"
    );
}

/// A time in the form of `Date`.
fn httpdate(time: SystemTime) -> String {
    httpdate::fmt_http_date(time)
}

#[test]
fn bodies_say_when() {
    let google = |delay: &str| {
        format!(
            r#"{{"error": {{"code": 429, "message": "Quota exceeded", "status": "RESOURCE_EXHAUSTED", "details": [
                {{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "RATE_LIMIT_EXCEEDED"}},
                {{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": {delay}}}]}}}}"#
        )
    };
    let kubernetes = |kind: &str, delay: &str| {
        format!(
            r#" {{"kind": "{kind}", "apiVersion": "v1", "status": "Failure", "message": "busy", "reason": "TooManyRequests",
                "details": {{"retryAfterSeconds": {delay}}}, "code": 429}}"#
        )
    };
    let cases = [
        (google(r#""30s""#), after(30_000)),
        (google(r#""0.250s""#), after(250)),
        (google(r#""315576000000s""#), NO),
        (google(r#""-3s""#), NO),
        (google(r#""3""#), NO),
        (google(r#""s""#), NO),
        (google("3"), NO),
        (google("null"), NO),
        (kubernetes("Status", "2"), after(2_000)),
        (kubernetes("Status", "0"), after(0)),
        (kubernetes("Status", "-2"), NO),
        (kubernetes("Status", r#""2""#), NO),
        (kubernetes("Pod", "2"), NO),
        (
            r#"{"error": {"details": {"@type": "google.rpc.RetryInfo"}}}"#.into(),
            NO,
        ),
        (r#"[{"retryAfterSeconds": 2}]"#.into(), NO),
        ("{".repeat(60_000), NO),
        (String::new(), NO),
    ];
    for (body, want) in cases {
        let advice = error(Method::POST, 429, &[], &body).retry_advice();
        assert_eq!(advice, want, "{body:.200}");
    }
    let both = error(
        Method::POST,
        429,
        &[("retry-after", "1")],
        &google(r#""30s""#),
    );
    assert_eq!(both.retry_advice(), after(1_000), "a header is nearer");
}

#[test]
fn the_bound_is_the_callers_to_set() {
    let hour = || error(Method::GET, 503, &[("retry-after", "3600")], "");
    assert_eq!(hour().retry_advice(), NO);
    assert_eq!(
        hour().retry_advice_within(Duration::from_secs(3600)),
        after(3_600_000)
    );
    assert_eq!(hour().retry_advice_within(Duration::from_secs(3599)), NO);
    let ages = error(
        Method::GET,
        503,
        &[("retry-after", "99999999999999999999")],
        "",
    );
    let delay = ages.retry_advice_within(Duration::MAX).delay().unwrap();
    assert!(tokio_test::block_on(async { tokio::time::Instant::now() })
        .checked_add(delay)
        .is_some());
}

#[cfg(feature = "retry")]
mod policy {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::Arc;

    use super::*;
    use tokio::time::Instant;
    use tower::{Service, ServiceBuilder};
    use tower_error_envelope::{RaisedError, RetryPolicy};

    type Script = &'static [(u16, Option<&'static str>)];

    /// A service that gives these answers in order, and then 200; 0 is no answer. It counts its calls.
    fn answers(
        script: Script,
        calls: &Arc<AtomicUsize>,
    ) -> impl Service<
        Request<Full<Bytes>>,
        Response = Response<Full<Bytes>>,
        Error = &'static str,
        Future: Send,
    > + Clone {
        let count = Arc::clone(calls);
        tower::service_fn(move |request: Request<Full<Bytes>>| {
            let call = count.fetch_add(1, Ordering::SeqCst);
            let (status, retry_after) = script.get(call).copied().unwrap_or((200, None));
            let response = Response::builder().status(status);
            let response = match retry_after {
                Some(delay) => response.header("retry-after", delay),
                None => response,
            };
            std::future::ready(match status {
                0 => Err("no answer"),
                _ => Ok(response.body(request.into_body()).unwrap()),
            })
        })
    }

    struct Told {
        status: Result<u16, String>,
        calls: usize,
        waited: Duration,
    }

    async fn send(policy: RetryPolicy, method: Method, script: Script) -> Told {
        let calls = Arc::default();
        let client = ServiceBuilder::new()
            .retry(policy)
            .layer(RaiseErrorsLayer::new())
            .service(answers(script, &calls));
        let request = Request::builder()
            .method(method)
            .body(Full::from("again"))
            .unwrap();
        let start = Instant::now();
        let result = client.oneshot(request).await;
        Told {
            status: match result {
                Ok(response) => Ok(response.status().as_u16()),
                Err(RaisedError::Api(error)) => Ok(error.status().as_u16()),
                Err(RaisedError::Service(error)) => Err(error.into()),
            },
            calls: calls.load(Ordering::SeqCst),
            waited: start.elapsed(),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn waits_as_long_as_the_server_says() {
        let script = &[(503, Some("7")), (429, Some("0.5"))];
        let told = send(RetryPolicy::new(3), Method::POST, script).await;
        assert_eq!((told.status, told.calls), (Ok(200), 3));
        let waited = told.waited.as_millis();
        assert!((7_500..7_510).contains(&waited), "{waited}");
    }

    #[tokio::test(start_paused = true)]
    async fn waits_longer_each_time_if_the_server_names_no_delay() {
        let script = &[(503, None), (502, None), (500, None)];
        let told = send(RetryPolicy::new(3), Method::GET, script).await;
        assert_eq!((told.status, told.calls), (Ok(200), 4));
        let waited = told.waited.as_millis();
        assert!(
            (3_500..=4_380).contains(&waited),
            "0.5 + 1 + 2 seconds and a quarter: {waited}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn the_delays_are_bounded() {
        let script: Script = &[(503, None); 5];
        let policy =
            || RetryPolicy::new(5).with_backoff(Duration::from_secs(1), Duration::from_secs(2));
        let waited = send(policy(), Method::GET, script).await.waited.as_millis();
        assert!((9_000..=10_260).contains(&waited), "{waited}");
        let absurd = RetryPolicy::new(5).with_backoff(Duration::from_secs(1), Duration::ZERO);
        let waited = send(absurd, Method::GET, script).await.waited.as_millis();
        assert!((5_000..=6_260).contains(&waited), "{waited}");
        let none = RetryPolicy::new(5).with_backoff(Duration::ZERO, Duration::ZERO);
        assert!(send(none, Method::GET, script).await.waited < Duration::from_millis(20));
    }

    #[tokio::test(start_paused = true)]
    async fn gives_up_where_that_is_advised_and_after_so_many() {
        struct Case {
            method: Method,
            script: Script,
            want: (Result<u16, &'static str>, usize),
        }
        #[rustfmt::skip]
        let cases = [
            Case { method: Method::GET, script: &[], want: (Ok(200), 1) },
            Case { method: Method::GET, script: &[(404, None)], want: (Ok(404), 1) },
            Case { method: Method::POST, script: &[(503, None)], want: (Ok(503), 1) },
            Case { method: Method::GET, script: &[(503, Some("121"))], want: (Ok(503), 1) },
            Case { method: Method::GET, script: &[(503, None); 3], want: (Ok(503), 3) },
            Case { method: Method::GET, script: &[(0, None)], want: (Err("no answer"), 1) },
            Case { method: Method::GET, script: &[(503, None), (0, None)], want: (Err("no answer"), 2) },
        ];
        for case in cases {
            let told = send(RetryPolicy::new(2), case.method, case.script).await;
            let want = (case.want.0.map_err(str::to_owned), case.want.1);
            assert_eq!((told.status, told.calls), want, "{:?}", case.script);
        }
        let patient = RetryPolicy::new(2).with_max_delay(Duration::from_secs(3600));
        let told = send(patient, Method::GET, &[(503, Some("121"))]).await;
        assert_eq!((told.status, told.calls), (Ok(200), 2));
        assert_eq!(
            send(RetryPolicy::new(0), Method::GET, &[(503, None)])
                .await
                .calls,
            1
        );
    }

    #[tokio::test(start_paused = true)]
    async fn requests_that_fail_together_do_not_come_back_together() {
        let policy = RetryPolicy::new(1);
        let mut waits = Vec::new();
        for _ in 0..8 {
            waits.push(
                send(policy.clone(), Method::GET, &[(503, None)])
                    .await
                    .waited,
            );
        }
        waits.dedup();
        assert!(waits.len() > 1, "{waits:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn the_request_is_sent_again_whole() {
        let client = ServiceBuilder::new()
            .retry(RetryPolicy::new(1))
            .layer(RaiseErrorsLayer::new())
            .service(answers(&[(503, None)], &Arc::default()));
        let request = Request::get("/").body(Full::from("again")).unwrap();
        let response = client.oneshot(request).await.unwrap();
        let body = http_body_util::BodyExt::collect(response.into_body()).await;
        assert_eq!(body.unwrap().to_bytes(), "again");
    }
}
