// Reads streams that fail with npm's connect-node, in its three protocols, and with eventsource: `peer.js ADDRESS`.
//
// Prints one JSON object a case: what an application gets to see.
"use strict";

const { createRequire } = require("module");
const path = require("path");
const modules = createRequire(path.join(process.env.PEER_MODULES, "peer.js"));
const { create, createFileRegistry } = modules("@bufbuild/protobuf");
const { FileDescriptorProtoSchema, StringValueSchema, file_google_protobuf_wrappers } = modules("@bufbuild/protobuf/wkt");
const { ConnectError, Code } = modules("@connectrpc/connect");
const node = modules("@connectrpc/connect-node");
const { EventSource } = modules("eventsource");

const baseUrl = `http://${process.argv[2]}`;
const text = ".google.protobuf.StringValue";
const method = (name) => ({ name, inputType: text, outputType: text, serverStreaming: true });
const file = create(FileDescriptorProtoSchema, {
  name: "words.proto",
  package: "streams.v1",
  syntax: "proto3",
  dependency: ["google/protobuf/wrappers.proto"],
  service: [{ name: "Words", method: [method("Tell"), method("Secret")] }],
});
const wrappers = (name) => (name === "google/protobuf/wrappers.proto" ? file_google_protobuf_wrappers : undefined);
const words = createFileRegistry(file, wrappers).getService("streams.v1.Words");

const TRANSPORTS = {
  "connect h1 json": node.createConnectTransport({ baseUrl, httpVersion: "1.1", useBinaryFormat: false }),
  "connect h1 proto": node.createConnectTransport({ baseUrl, httpVersion: "1.1", useBinaryFormat: true }),
  "connect h2 json": node.createConnectTransport({ baseUrl, httpVersion: "2", useBinaryFormat: false }),
  "connect h2 proto": node.createConnectTransport({ baseUrl, httpVersion: "2", useBinaryFormat: true }),
  grpc: node.createGrpcTransport({ baseUrl }),
  "grpc-web h1": node.createGrpcWebTransport({ baseUrl, httpVersion: "1.1" }),
  "grpc-web h2": node.createGrpcWebTransport({ baseUrl, httpVersion: "2" }),
};

async function* request() {
  yield create(StringValueSchema, { value: "go" });
}

async function call(transport, method) {
  const seen = { words: [], code: "ok", message: "", retry: null };
  try {
    const answer = await transport.stream(method, AbortSignal.timeout(10000), undefined, undefined, request());
    for await (const word of answer.message) seen.words.push(word.value);
  } catch (thrown) {
    const error = ConnectError.from(thrown);
    seen.code = Code[error.code];
    seen.message = error.rawMessage;
    seen.retry = error.metadata.get("retry-after");
  }
  return seen;
}

/// Its `error` is both the event of this name and the one for the connection; only the first has data.
function events() {
  return new Promise((resolve) => {
    const seen = { data: [], errors: [] };
    const source = new EventSource(`${baseUrl}/events`);
    source.addEventListener("message", (event) => seen.data.push(event.data));
    source.addEventListener("error", (event) => {
      seen.errors.push(event.data ?? null);
      if (event.data === undefined) {
        source.close();
        resolve(seen);
      }
    });
  });
}

async function main() {
  for (const [name, transport] of Object.entries(TRANSPORTS)) {
    for (const method of words.methods) report(`${name} ${method.name}`, await call(transport, method));
  }
  report("eventsource", await events());
  process.exit(0);
}

function report(name, outcome) {
  console.log(JSON.stringify({ case: name, ...outcome }));
}

main();
