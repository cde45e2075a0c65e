// Calls the server in `connect/` with npm's connect-node and connect-web: `peer_connect.js ADDRESS`.
//
// Prints one JSON object a case: what an application gets to see, and in connect-web the bytes of the answer as well.
"use strict";

const { createRequire } = require("module");
const { execFileSync } = require("child_process");
const path = require("path");
const modules = createRequire(path.join(process.env.PEER_MODULES, "peer.js"));
const { fromBinary, createFileRegistry, create } = modules("@bufbuild/protobuf");
const { FileDescriptorSetSchema, StringValueSchema } = modules("@bufbuild/protobuf/wkt");
const { ConnectError } = modules("@connectrpc/connect");
const node = modules("@connectrpc/connect-node");
const web = modules("@connectrpc/connect-web");

const baseUrl = `http://${process.argv[2]}`;
const buf = path.join(process.env.PEER_MODULES, ".bin/buf");
const image = execFileSync(buf, ["build", path.join(__dirname, "connect"), "-o", "-#format=binpb"]);
const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, image));
const [echo, plain] = ["echo.v1.Echo", "echo.v1.Plain"].map((name) => registry.getService(name));

/// The bytes of the last answer in connect-web.
let raw = [];
async function recording(url, init) {
  const response = await fetch(url, init);
  const body = Buffer.from(await response.clone().arrayBuffer()).toString("base64");
  const framing = ["content-length", "date", "transfer-encoding"];
  const headers = [...response.headers].filter(([name]) => !framing.includes(name)).map(([name, value]) => `${name}: ${value}`);
  raw.push([response.status, headers, body]);
  return response;
}

const json = { useBinaryFormat: false };
const get = { useHttpGet: true };
const TRANSPORTS = {
  "node h1 json": node.createConnectTransport({ baseUrl, httpVersion: "1.1", ...json }),
  "node h1 proto": node.createConnectTransport({ baseUrl, httpVersion: "1.1", useBinaryFormat: true }),
  "node h2 json": node.createConnectTransport({ baseUrl, httpVersion: "2", ...json }),
  "node h2 proto": node.createConnectTransport({ baseUrl, httpVersion: "2", useBinaryFormat: true }),
  "node h2 get": node.createConnectTransport({ baseUrl, httpVersion: "2", ...json, ...get }),
  "web json": web.createConnectTransport({ baseUrl, fetch: recording, ...json }),
  "web proto": web.createConnectTransport({ baseUrl, fetch: recording, useBinaryFormat: true }),
  "web get": web.createConnectTransport({ baseUrl, fetch: recording, ...json, ...get }),
  grpc: node.createGrpcTransport({ baseUrl }),
  "grpc-web": web.createGrpcWebTransport({ baseUrl, fetch: recording }),
};

const CASES = [
  ["Say", ["hi"]],
  ["Say", ["größe 😈 100 %"]],
  ["Say", ["x".repeat(100000)]],
  ["Say", [""]],
  ["Say", ["fail 5 There is no printer 8"]],
  ["Say", ["fail 16 größe 😈 100 %"]],
  ["Say", ["fail 13 its own word"]],
  ["Words", ["one two three"]],
  ["Words", [""]],
  ["Words", ["one two fail 8 out of paper"]],
  ["Words", ["fail 7 before the first"]],
  ["Join", ["one", "two"]],
  ["Join", ["one", "fail 9 jam"]],
  ["Chat", ["one", "two", "three"]],
  ["Chat", ["one", "fail 3 jam"]],
];

async function* messages(texts) {
  for (const value of texts) yield create(StringValueSchema, { value });
}

async function call(transport, method, texts) {
  const seen = { pages: [], code: 0, message: "", anys: [], metadata: [] };
  raw = [];
  try {
    if (method.methodKind === "unary") {
      const answer = await transport.unary(method, AbortSignal.timeout(10000), undefined, undefined, { value: texts[0] });
      seen.pages.push(answer.message.value.slice(0, 100));
      seen.metadata = shown(answer.header);
    } else {
      const answer = await transport.stream(method, AbortSignal.timeout(10000), undefined, undefined, messages(texts));
      for await (const page of answer.message) seen.pages.push(page.value);
      seen.metadata = shown(answer.header);
    }
  } catch (thrown) {
    const error = ConnectError.from(thrown);
    seen.code = error.code;
    seen.message = error.rawMessage;
    seen.anys = error.details.map(({ type, value }) => ({ type, value: Buffer.from(value).toString("base64").replace(/=+$/, "") }));
    seen.metadata = shown(error.metadata);
  }
  return { ...seen, raw };
}

function shown(headers) {
  const own = ["retry-after", "www-authenticate", "x-own"];
  return own.filter((name) => headers.has(name)).map((name) => `${name}: ${headers.get(name)}`);
}

async function main() {
  for (const [name, transport] of Object.entries(TRANSPORTS)) {
    const streams = name.startsWith("web") || name === "grpc-web" ? ["unary", "server_streaming"] : null;
    const h1 = name.startsWith("node h1");
    const possible = ({ methodKind }) => (streams ? streams.includes(methodKind) : !(h1 && methodKind === "bidi_streaming"));
    for (const [method, texts] of CASES) {
      const known = echo.methods.find((known) => known.name === method);
      if (possible(known)) report(`${name}, ${method} ${texts.join(", ").slice(0, 40)}`, await call(transport, known, texts));
    }
    for (const known of plain.methods) {
      const idempotent = { ...known, idempotency: 1 };
      report(`plain, ${name}, ${known.name}`, await call(transport, idempotent, ["hi"]));
      const stream = { ...known, methodKind: "server_streaming" };
      report(`plain, ${name}, stream ${known.name}`, await call(transport, stream, ["hi"]));
    }
  }
  process.exit(0);
}

function report(name, outcome) {
  console.log(JSON.stringify({ case: name, ...outcome }));
}

main();
