//! A server that speaks Connect, gRPC and gRPC-Web, with plain HTTP handlers beside it.
//!
//! Prints two addresses: one without the layer, one with it.

use std::net::SocketAddr;

use axum::extract::Request;
use axum::middleware::Next;
use axum::routing::any;
use axum::Router;
use buffa_types::google::protobuf::StringValue;
use connectrpc::handler::{
    bidi_streaming_handler_fn, client_streaming_handler_fn, handler_fn, streaming_handler_fn,
};
use connectrpc::{
    ConnectError, ConnectRpcService, ErrorCode, ErrorDetail, RequestContext, Response, ServiceStream,
};
use futures_util::{stream, StreamExt};
use http::{header, StatusCode};
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer, FieldErrors};

const SECRET: &str = "hunter2";

#[tokio::main]
async fn main() {
    let bare = serve(router()).await;
    let layered = serve(router().layer(ErrorEnvelopeLayer::new())).await;
    println!("{bare} {layered}");
    std::future::pending().await
}

async fn serve(router: Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

fn router() -> Router {
    let fields = || FieldErrors::from_iter([("amount", "is too high"), ("card", "has expired")]);
    let json = |status, body| move || async move { (status, [(header::CONTENT_TYPE, "application/json")], body) };
    let plain = Router::new()
        .route("/Json401", any(json(StatusCode::UNAUTHORIZED, r#"{"error": "The token is expired"}"#)))
        .route(
            "/Envelope402",
            any(|| async { Envelope::new(StatusCode::PAYMENT_REQUIRED, "Pay first").with_error_type("shop.NoCredit") }),
        )
        .route("/Text403", any(|| async { (StatusCode::FORBIDDEN, "You may not print") }))
        .route(
            "/Fields422",
            any(move || async move { Envelope::validation(fields()).with_status(StatusCode::UNPROCESSABLE_ENTITY) }),
        )
        .route(
            "/Json429",
            any(|| async {
                let headers = [(header::CONTENT_TYPE, "application/json"), (header::RETRY_AFTER, "7")];
                (StatusCode::TOO_MANY_REQUESTS, headers, r#"{"message": "Slow down"}"#)
            }),
        )
        .route("/Secret500", any(|| async { (StatusCode::INTERNAL_SERVER_ERROR, SECRET) }))
        .route(
            "/OtherJson500",
            any(json(StatusCode::INTERNAL_SERVER_ERROR, r#"{"code": "internal", "message": "hunter2", "stack": "hunter2"}"#)),
        );
    // A method that no route has is the router's own 404.
    Router::new()
        .nest("/echo.v1.Plain", plain)
        .route_service("/echo.v1.Echo/{*rest}", ConnectRpcService::new(echo()))
        .layer(axum::middleware::from_fn(read_all))
}

/// Reads requests to plain handlers to their ends: over HTTP/1.1, clients take an answer before that for a broken connection.
async fn read_all(request: Request, next: Next) -> axum::response::Response {
    if !request.uri().path().starts_with("/echo.v1.Plain/") {
        return next.run(request).await;
    }
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    next.run(Request::from_parts(head, body.into())).await
}

fn echo() -> connectrpc::Router {
    connectrpc::Router::new()
        .route_idempotent("echo.v1.Echo", "Say", handler_fn(say))
        .route_server_stream("echo.v1.Echo", "Words", streaming_handler_fn(words))
        .route_client_stream("echo.v1.Echo", "Join", client_streaming_handler_fn(join))
        .route_bidi_stream("echo.v1.Echo", "Chat", bidi_streaming_handler_fn(chat))
}

type Answer<B> = Result<Response<B>, ConnectError>;

async fn say(_: RequestContext, text: StringValue) -> Answer<StringValue> {
    let answer = Response::new(answer(&text.value)?);
    Ok(answer.with_header("x-own", "a").with_header("x-own", "b"))
}

async fn words(_: RequestContext, text: StringValue) -> Answer<ServiceStream<StringValue>> {
    let (words, failure) = text.value.split_once("fail ").unwrap_or((&text.value, ""));
    let mut answers: Vec<_> = words.split_whitespace().map(answer).collect();
    if !failure.is_empty() {
        answers.push(answer(&format!("fail {failure}")));
    }
    Ok(Response::new(stream::iter(answers).boxed()))
}

async fn join(_: RequestContext, texts: ServiceStream<StringValue>) -> Answer<StringValue> {
    let texts: Vec<_> = texts.collect().await;
    let texts: Result<Vec<_>, _> = texts.into_iter().collect();
    let texts: Vec<_> = texts?.into_iter().map(|text| text.value).collect();
    Ok(Response::new(answer(&texts.join(" "))?))
}

async fn chat(_: RequestContext, texts: ServiceStream<StringValue>) -> Answer<ServiceStream<StringValue>> {
    Ok(Response::new(texts.map(|text| answer(&text?.value)).boxed()))
}

/// The text, or the error that it asks for: with a detail and with metadata.
fn answer(text: &str) -> Result<StringValue, ConnectError> {
    let value = |text: &str| StringValue { value: text.into(), ..StringValue::default() };
    let Some((code, message)) = text.strip_prefix("fail ").and_then(|rest| rest.split_once(' ')) else {
        return Ok(value(text));
    };
    let code = ErrorCode::from_grpc_code(code.parse().unwrap()).unwrap();
    let mut error = ConnectError::new(code, message)
        .with_detail(ErrorDetail::from_message("google.protobuf.StringValue", &value("detail")));
    error.response_headers_mut().append("x-own", "of an error".parse().unwrap());
    Err(error)
}
