//! Raising and retrying: the effect of the order of middleware.
//!
//! ```sh
//! cargo run --example reqwest_middleware --features reqwest-retry
//! ```

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use axum::routing::get;
use axum::Router;
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};
use reqwest_retry::policies::ExponentialBackoff;
use reqwest_retry::RetryTransientMiddleware;
use tower::BoxError;
use tower_error_envelope::{
    ErrorExt, NormaliseErrorsMiddleware, RaiseErrorsMiddleware, RetryMiddleware,
};

type Retries = RetryTransientMiddleware<ExponentialBackoff>;

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    // The middleware that is attached first is outermost.
    let outside = ClientBuilder::new(reqwest::Client::new())
        .with(RaiseErrorsMiddleware::new())
        .with(retries())
        .build();
    let inside = ClientBuilder::new(reqwest::Client::new())
        .with(retries())
        .with(RaiseErrorsMiddleware::new())
        .build();
    let normalising = ClientBuilder::new(reqwest::Client::new())
        .with(NormaliseErrorsMiddleware::new())
        .with(retries())
        .build();

    let advised = ClientBuilder::new(reqwest::Client::new())
        .with(RetryMiddleware::new(policy()))
        .with(RaiseErrorsMiddleware::new())
        .build();

    println!("raise outside of retries, the right way:");
    show(&outside, 2).await?;
    show(&outside, 9).await?;
    println!("raise inside of retries, which stops them:");
    show(&inside, 2).await?;
    println!("normalise:");
    show(&normalising, 9).await?;
    println!("retry as the server says, on either side:");
    show(&advised, 2).await
}

/// At most three more attempts.
fn retries() -> Retries {
    RetryTransientMiddleware::new_with_policy(policy())
}

fn policy() -> ExponentialBackoff {
    ExponentialBackoff::builder()
        .retry_bounds(Duration::from_millis(10), Duration::from_millis(50))
        .build_with_max_retries(3)
}

/// Sends requests to a server that answers the first `failures` requests with "busy".
async fn show(client: &ClientWithMiddleware, failures: usize) -> Result<(), BoxError> {
    let attempts = Arc::new(AtomicUsize::new(0));
    let server = busy(failures, Arc::clone(&attempts)).await?;
    let outcome = match client.get(format!("http://{server}/job")).send().await {
        Ok(response) => format!("{} {}", response.status(), response.text().await?),
        Err(error) => match error.api_error() {
            Some(error) => format!("{:?}: {error}", error.kind()),
            None => return Err(error.into()),
        },
    };
    let attempts = attempts.load(Ordering::SeqCst);
    println!("  busy {failures} times, asked {attempts} times: {outcome}");
    Ok(())
}

async fn busy(failures: usize, attempts: Arc<AtomicUsize>) -> Result<SocketAddr, BoxError> {
    let job = move || {
        let attempt = attempts.fetch_add(1, Ordering::SeqCst);
        async move {
            if attempt < failures {
                return Err((StatusCode::SERVICE_UNAVAILABLE, "The printer is warming up"));
            }
            Ok("printed")
        }
    };
    let app = Router::new().route("/job", get(job));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async { axum::serve(listener, app).await });
    Ok(address)
}
