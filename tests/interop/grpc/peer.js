// Calls a printer with npm's @grpc/grpc-js: `peer.js ADDRESS FOLDER-OF-THE-PROTO METHOD-OF-PLAIN...`.
//
// Prints one JSON object a case: what an application gets to see.
"use strict";

const path = require("path");
const modules = process.env.PEER_MODULES;
const grpc = require(path.join(modules, "@grpc/grpc-js"));
const loader = require(path.join(modules, "@grpc/proto-loader"));
const cases = require("./cases.json");

const [address, protos, ...plain] = process.argv.slice(2);
const definition = loader.loadSync(path.join(protos, "printer/v1/printer.proto"), { defaults: true });
const { Job, Page, Printer } = grpc.loadPackageDefinition(definition).printer.v1;
const client = new grpc.Client(address, grpc.credentials.createInsecure());
const codec = Printer.service.Print;

function call(method, jobs, streamsIn, streamsOut, metadata, deadlineMs) {
  return new Promise((resolve) => {
    const seen = { pages: [], code: 0, message: "", details: "", initial: [], trailing: [] };
    const options = { deadline: Date.now() + deadlineMs };
    const shared = [method, codec.requestSerialize, codec.responseDeserialize];
    const page = (page) => seen.pages.push(page.text.length < 1000 ? `${page.number} ${page.text}` : page.text.length);
    let call;
    if (streamsIn) {
      call = client.makeBidiStreamRequest(...shared, metadata, options);
      const send = () => (jobs.length ? call.write(jobs.shift()) : call.end());
      call.on("data", (answer) => { page(answer); send(); });
      send();
    } else if (streamsOut) {
      call = client.makeServerStreamRequest(...shared, jobs[0], metadata, options);
      call.on("data", page);
    } else {
      call = client.makeUnaryRequest(...shared, jobs[0], metadata, options, (error, answer) => answer && page(answer));
    }
    call.on("error", () => {});
    call.on("metadata", (metadata) => { seen.initial = shown(metadata); });
    call.on("status", (status) => {
      seen.code = status.code;
      // What follows is how long its own parts took.
      seen.message = status.details.replace(/^(Deadline exceeded) after .*/, "$1");
      seen.trailing = shown(status.metadata);
      const details = status.metadata.get("grpc-status-details-bin");
      seen.details = details.length ? details[0].toString("base64").replace(/=+$/, "") : "";
      setImmediate(() => resolve(seen));
    });
  });
}

function shown(metadata) {
  const own = Object.keys(metadata.getMap()).filter((name) => !["date", "grpc-status-details-bin"].includes(name));
  const text = (value) => (Buffer.isBuffer(value) ? value.toString("hex") : value);
  return own.flatMap((name) => metadata.get(name).map((value) => `${name}: ${text(value)}`)).sort();
}

function own() {
  const metadata = new grpc.Metadata();
  metadata.add("x-twice", "a");
  metadata.add("x-twice", "b");
  metadata.add("x-other", "c d");
  metadata.add("x-some-bin", Buffer.from([0x00, 0xff, 0x10]));
  return metadata;
}

function report(name, outcome) {
  console.log(JSON.stringify({ case: name, ...outcome }));
}

/** Asks for the health only, of a server that may have none: PEER_ONLY=health. */
function health() {
  const bytes = [(bytes) => bytes, (bytes) => bytes, Buffer.alloc(0)];
  const seen = (name, error) => report(`health ${name}`, { code: error ? error.code : 0, message: error ? error.details : "" });
  client.makeUnaryRequest("/grpc.health.v1.Health/Check", ...bytes, (error) => {
    seen("Check", error);
    const watch = client.makeServerStreamRequest("/grpc.health.v1.Health/Watch", ...bytes);
    watch.on("data", () => watch.cancel());
    watch.on("error", () => {});
    watch.on("status", (status) => { seen("Watch", status.code ? status : undefined); client.close(); });
  });
}

async function main() {
  if (process.env.PEER_ONLY === "health") return health();
  for (const { name, method, jobs, repeat = 1, metadata, deadline_ms = 10000 } of cases) {
    const all = jobs.map((job) => ({
      ...job,
      text: (job.text || "").repeat(repeat),
      details: Buffer.from(job.details || "", "base64"),
    }));
    const [streamsIn, streamsOut] = [method === "Chat", method !== "Print" && method !== "Nope"];
    const sent = metadata ? own() : new grpc.Metadata();
    report(name, await call(`/printer.v1.Printer/${method}`, all, streamsIn, streamsOut, sent, deadline_ms));
  }
  for (const method of plain) {
    const path = `/printer.v1.Plain/${method}`;
    report(`plain ${method}`, await call(path, [{}], false, false, new grpc.Metadata(), 10000));
    report(`plain stream ${method}`, await call(path, [{}], true, true, new grpc.Metadata(), 10000));
  }
  const bytes = { requestSerialize: (bytes) => bytes, responseDeserialize: (bytes) => bytes };
  client.makeUnaryRequest("/grpc.health.v1.Health/Check", bytes.requestSerialize, bytes.responseDeserialize, Buffer.alloc(0),
    (error, answer) => { report("health", { status: error ? error.code : answer.toString("hex") }); client.close(); });
}

main();
