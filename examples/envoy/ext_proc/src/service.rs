//! The gRPC service: each call is one response of Envoy.

use std::pin::Pin;
use std::sync::Arc;

use envoy_types::pb::envoy::service::ext_proc::v3::external_processor_server::ExternalProcessor;
use envoy_types::pb::envoy::service::ext_proc::v3::{ProcessingRequest, ProcessingResponse};
use futures_util::stream::{self, Stream};
use settings::Settings;
use tonic::{Request, Response, Status, Streaming};

use crate::exchange::Exchange;

/// Answers Envoy's calls.
pub(crate) struct Processor {
    settings: Arc<Settings>,
}

impl Processor {
    pub(crate) fn new(settings: Settings) -> Self {
        Self {
            settings: Arc::new(settings),
        }
    }
}

#[tonic::async_trait]
impl ExternalProcessor for Processor {
    type ProcessStream = Pin<Box<dyn Stream<Item = Result<ProcessingResponse, Status>> + Send>>;

    async fn process(
        &self,
        request: Request<Streaming<ProcessingRequest>>,
    ) -> Result<Response<Self::ProcessStream>, Status> {
        let exchange = Exchange::new(Arc::clone(&self.settings));
        let messages = stream::try_unfold(
            (request.into_inner(), exchange),
            |(mut requests, mut exchange)| async move {
                let Some(request) = requests.message().await? else {
                    return Ok(None);
                };
                let response = exchange.answer(request);
                Ok(Some((response, (requests, exchange))))
            },
        );
        Ok(Response::new(Box::pin(messages)))
    }
}
