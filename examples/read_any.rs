//! Shows the envelope that a client reads from any HTTP response, also from an error inside a success.
//!
//! ```sh
//! curl -si https://api.github.com/nothing/here | cargo run --example read_any --all-features
//! cargo run --example read_any --all-features -- response.txt
//! ```

use std::io::{IsTerminal, Read};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use tower::{service_fn, BoxError, Layer, ServiceExt};
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer, Origin};

const HOW: &str = "give an HTTP response with its head on standard input, or the name of a file that holds one:\n  \
    curl -si https://api.example/ | cargo run --example read_any";

#[tokio::main(flavor = "current_thread")]
async fn main() {
    if let Err(problem) = run().await {
        eprintln!("{problem}\n\n{HOW}");
        std::process::exit(2);
    }
}

async fn run() -> Result<(), BoxError> {
    let response = parse(&input()?)?;
    let sent = response.status();
    let service = service_fn(|_: Request<()>| async { Ok::<_, BoxError>(response.clone()) });
    let layer = ErrorEnvelopeLayer::client().with_errors_in_success();
    let response = layer.layer(service).oneshot(Request::new(())).await?;

    let Some(envelope) = response.extensions().get::<Envelope>().cloned() else {
        println!("{sent}: no error, the layer leaves it alone");
        return Ok(());
    };
    println!("status   {}", envelope.status());
    println!("read as  {}", format(envelope.origin()));
    println!(
        "message  {}",
        envelope.sent_message().unwrap_or("(none was sent)")
    );
    println!(
        "type     {}",
        envelope
            .sent_error_type()
            .map_or("(none was sent)", |name| name.as_str())
    );
    for (field, messages) in envelope.field_errors() {
        messages.for_each(|message| println!("field    {field}: {message}"));
    }
    let body = response.into_body().collect().await?.to_bytes();
    println!("envelope {}", String::from_utf8_lossy(&body));
    Ok(())
}

fn format(origin: Origin) -> &'static str {
    match origin {
        Origin::Wire(format) => format,
        _ => "nothing: only the status is known",
    }
}

fn input() -> Result<Vec<u8>, BoxError> {
    let mut input = Vec::new();
    match std::env::args().nth(1) {
        Some(file) => {
            input =
                std::fs::read(&file).map_err(|error| format!("cannot read `{file}`: {error}"))?
        }
        None if std::io::stdin().is_terminal() => {}
        None => _ = std::io::stdin().read_to_end(&mut input)?,
    }
    if input.is_empty() {
        return Err("there is no response: the input is empty".into());
    }
    Ok(input)
}

/// The last response of the input: those before it are interim ones and redirects that curl followed.
fn parse(mut input: &[u8]) -> Result<Response<Full<Bytes>>, BoxError> {
    loop {
        let mut headers = [httparse::EMPTY_HEADER; 256];
        let mut head = httparse::Response::new(&mut headers);
        // curl writes `HTTP/2 404`.
        let text = match input
            .strip_prefix(b"HTTP/2 ")
            .or(input.strip_prefix(b"HTTP/3 "))
        {
            Some(rest) => [b"HTTP/1.1 ", rest].concat(),
            None => input.to_vec(),
        };
        let length = match head.parse(&text) {
            Ok(httparse::Status::Complete(length)) => length,
            Ok(httparse::Status::Partial) => return Err("the head of the response does not end: no blank line follows the headers".into()),
            Err(error) => return Err(format!("this is no HTTP response ({error}): the first line must be one like `HTTP/1.1 404 Not Found`, which `curl -i` prints").into()),
        };
        let body = &text[length..];
        if body.starts_with(b"HTTP/") {
            input = &input[input.len() - body.len()..];
            continue;
        }
        let mut response = Response::builder().status(head.code.unwrap_or_default());
        for header in head.headers.iter() {
            response = response.header(header.name, header.value);
        }
        return Ok(response.body(Full::from(Bytes::copy_from_slice(body)))?);
    }
}
