// Compares what our server answers with what negotiator would choose. Where they differ, RFC 9110 must be on our side,
// or must leave it open: each rule has its sentence.
'use strict';

const http = require('node:http');
const Negotiator = require('negotiator');

const OFFERS = ['application/json', 'application/problem+json'];
const COUNT = Number(process.env.COUNT || 6000);
const server = new URL(process.argv[2]);
const agent = new http.Agent({ keepAlive: true, maxSockets: 4 });

// Numbers that are the same in every run.
let state = 20260101;
const random = (below) => {
  state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
  return Math.floor((state / 0x80000000) * below);
};
const pick = (list) => list[random(list.length)];

const RANGES = [
  'application/json', 'application/problem+json', 'application/*', '*/*', 'text/html', 'text/*', 'image/png',
  'APPLICATION/JSON', 'Application/Problem+Json', 'application/xml', 'application/vnd.api+json', 'application/*+json',
  'garbage', '', '*', 'application', '/json', 'application/json/x',
];
const WEIGHTS = [
  '', '', '', ';q=1', ';q=0', ';q=0.5', ';q=0.9', ';q=0.001', ';q=1.000', ';Q=0.3', '; q=0.7', ' ;q=0.2', ';q="0.4"',
  ';q=abc', ';q=1.5', ';q=-1', ';q=0.0001', ';q=', ';q',
];
const PARAMETERS = ['', '', '', '', '', ';charset=utf-8', ';version=1', ';a="x, y"', ';level=1'];

function accept() {
  // Every third value may have elements that are none.
  const wild = random(3) === 0;
  const element = () => pick(wild ? RANGES : RANGES.slice(0, 12)) + pick(PARAMETERS) + pick(wild ? WEIGHTS : WEIGHTS.slice(0, 13));
  return Array.from({ length: 1 + random(5) }, element).join(pick([',', ', ', ' , ', ',,']));
}

const elements = (value) => value.match(/(?:"(?:[^"\\]|\\.)*"|[^,"])+/g) || [];

// Whether this is `media-range [ weight ]` with a weight as RFC 9110 has it, also in quotes.
function isWellFormed(element) {
  const [range, ...parameters] = element.split(/;(?=(?:[^"]*"[^"]*")*[^"]*$)/).map((part) => part.trim());
  const weights = parameters.filter((parameter) => /^q(=|$)/i.test(parameter));
  return /^([\w!#$&^.+-]+\/([\w!#$&^.+-]+|\*|\*\+json)|\*\/\*)$/.test(range)
    && weights.every((weight) => /^q="?(0(\.\d{0,3})?|1(\.0{0,3})?)"?$/i.test(weight));
}

// The weight that RFC 9110 12.5.1 gives a type: that of the most specific range.
function weightOf(type, value) {
  let best = { rank: -1, q: 0 };
  for (const element of elements(value)) {
    const range = element.split(';')[0].trim().toLowerCase();
    const rank = ['*/*', 'application/*', type].indexOf(range);
    const q = Number((element.match(/;\s*q="?([\d.]+)/i) || [0, 1])[1]);
    if (rank > best.rank || (rank === best.rank && q > best.q)) best = { rank, q };
  }
  return best.q;
}

const choose = (value) => new Negotiator({ headers: { accept: value } }).mediaType(OFFERS);

// Why ours may differ from theirs; undefined if it may not.
const RULES = {
  malformed: '"A recipient SHOULD parse a received protocol element defensively" (2.4): elements that are no media range, or whose weight is none (12.4.2), are ignored, the others are not',
  parameters: '"The media-range can include media type parameters that are applicable to that range" (12.5.1): ours have none, and a range with parameters still asks for the type, though below one without',
  family: '12.5.1 has type/subtype, type/* and */* only; application/*+json is read as any JSON',
  tie: '12.1, proactive negotiation: of types with one weight the server chooses, and ours takes its first',
  nothing: '"disregard the header field by treating the response as if it is not subject to content negotiation" (12.4.1): where nothing is acceptable the default is sent',
};

function reason(value, ours, theirs) {
  const clean = elements(value).filter(isWellFormed).join(',');
  const isDefault = ours === OFFERS[0];
  if (clean.trim() === '' || (choose(clean) === undefined && isDefault)) return theirs === undefined ? 'nothing' : 'malformed';
  if (ours === choose(clean)) return 'malformed';
  if (elements(clean).some((element) => /;\s*(charset|version|a|level)=/i.test(element))) return 'parameters';
  if (clean.includes('*+json')) return 'family';
  const [first, second] = OFFERS.map((offer) => weightOf(offer, clean));
  return first === second && isDefault ? 'tie' : undefined;
}

function ask(value) {
  return new Promise((resolve, reject) => {
    const options = { agent, host: server.hostname, port: server.port, path: '/kind/text', headers: { accept: value } };
    http.get(options, (response) => {
      response.resume();
      response.on('end', () => resolve({ status: response.statusCode, type: response.headers['content-type'] }));
    }).on('error', reject);
  });
}

async function main() {
  const differences = Object.fromEntries(Object.keys(RULES).map((rule) => [rule, []]));
  let findings = 0;
  let same = 0;
  for (let count = 0; count < COUNT; count += 1) {
    const value = accept();
    const theirs = choose(value);
    const ours = await ask(value);
    const rule = ours.type === theirs ? 'same' : reason(value, ours.type, theirs);
    if (ours.status !== 404 || rule === undefined) {
      findings += 1;
      console.log(`${JSON.stringify(value)}: ours ${ours.status} ${ours.type}, theirs ${theirs}`);
    } else if (rule === 'same') {
      same += 1;
    } else {
      differences[rule].push(value);
    }
  }
  for (const [rule, values] of Object.entries(differences)) {
    console.log(`${values.length} differences, as with ${JSON.stringify(values[0])}: ${RULES[rule]}`);
  }
  console.log(`negotiator: ${COUNT} values, ${same} the same, ${findings} findings`);
  agent.destroy();
  process.exitCode = findings > 0 ? 1 : 0;
}

main();
