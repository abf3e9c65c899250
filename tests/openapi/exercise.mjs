// Asks a running server for everything that it describes, rightly and wrongly, and holds it to its
// description. Deterministic by its seed, but for the ids that the server makes.
//
//   node exercise.mjs openapi.json world.json REQUESTS SEED [OPERATION...]
import { readFileSync } from 'node:fs';
import http from 'node:http';
import fc from 'fast-check';
import { Document } from './document.mjs';
import { faultOf } from './judge.mjs';
import { made, requestOf } from './requests.mjs';

const [descriptionFile, worldFile, requestsText, seedText, ...only] = process.argv.slice(2);
const document = new Document(JSON.parse(readFileSync(descriptionFile, 'utf8')));
const world = JSON.parse(readFileSync(worldFile, 'utf8'));
const seed = Number(seedText);
const agent = new http.Agent({ keepAlive: true, maxSockets: 4 });
const statuses = {};
let asked = 0;

// What would keep others from being met is asked last.
const LAST = ['contract.discard', 'contract.refuse', 'contract.revoke', 'api_key.revoke',
  'api_key.rotate', 'role.remove', 'department.remove', 'hook.publish', 'plugin.switch',
  'plugin.exchange', 'plugin.bind', 'clock.advance', 'enterprise.remove_employee', 'session.close',
  'seal.disable'];
const POOL_OF_PREFIX = { con: 'contract', fil: 'file', sel: 'seal', ent: 'enterprise',
  per: 'person', msg: 'message', dep: 'department', rol: 'role', key: 'key' };
const POOL_MAX = 200;
const LARGE = 32 * 1024;
const CUT_OFF = ['ECONNRESET', 'EPIPE'];

function send({ method, target, headers, content }) {
  return new Promise((resolve, reject) => {
    const all = { ...headers };
    if (content) all['Content-Length'] = content.length;
    const options = { host: '127.0.0.1', port: world.port, method, path: target, headers: all, agent };
    const request = http.request(options, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers,
        body: Buffer.concat(parts) }));
    });
    // Who refuses a large body at its head may end the connection before all of it was sent.
    request.on('error', (error) => (content && content.length > LARGE && CUT_OFF.includes(error.code)
      ? resolve(null) : reject(error)));
    request.end(content || undefined);
  });
}

function harvest(value) {
  if (Array.isArray(value)) return value.slice(0, 5).forEach(harvest);
  if (value === null || typeof value !== 'object') return undefined;
  for (const [name, item] of Object.entries(value)) {
    if (name !== 'id' || typeof item !== 'string') harvest(item);
    const kind = POOL_OF_PREFIX[String(item).split('_')[0]];
    const pool = kind && (world.pools[kind] ||= []);
    if (name === 'id' && pool && !pool.includes(item) && pool.length < POOL_MAX) pool.push(item);
  }
  return undefined;
}

// An account whose session ended signs in again.
async function renew(account) {
  const content = Buffer.from(JSON.stringify({ mobile: account.mobile, password: account.password,
    acting_for: account.acting_for }));
  const answer = await send({ method: 'POST', target: '/api/v1/sessions', content,
    headers: { 'Content-Type': 'application/json' } });
  if (answer.status === 201) account.token = JSON.parse(answer.body).token;
}

async function check(operation, request) {
  const sent = made(operation, request, world);
  // Some headers cannot be sent at all.
  try { http.validateHeaderValue('x', Object.values(sent.headers).join('')); } catch { return; }
  const answer = await send(sent);
  if (!answer) return;
  ++asked;
  const count = statuses[operation.id] ||= {};
  count[answer.status] = (count[answer.status] || 0) + 1;
  const fault = faultOf(document, operation, sent, answer);
  if (answer.value && answer.status < 300) harvest(answer.value);
  if (request.token === 'own' && (answer.status === 401 || operation.id === 'session.close'))
    await renew(sent.account);
  if (fault)
    throw new Error(`${fault}\n  ${sent.method} ${sent.target.slice(0, 300)} as ${sent.account.name}\n` +
      `  ${JSON.stringify(sent.headers).replace(sent.account.token, 'TOKEN')}\n` +
      `  ${String(sent.content || '').slice(0, 600)}\n  -> ${answer.body.toString('utf8').slice(0, 400)}`);
}

const rank = (operation) => (LAST.includes(operation.id) ? 1 : 0);
const operations = document.operations
  .filter((one) => only.length === 0 || only.includes(one.id))
  .sort((a, b) => rank(a) - rank(b));
const rounds = 2;
const each = Math.max(1, Math.ceil(Number(requestsText) / operations.length / rounds));
const findings = [];
for (let round = 0; round < rounds; ++round)
  for (const operation of operations) {
    if (findings.some((one) => one.operation === operation.id)) continue;
    const requests = requestOf(document, operation, world.examples[operation.id] || []);
    const property = fc.asyncProperty(requests,
      (request) => check(operation, request));
    const result = await fc.check(property, { seed: seed + round, numRuns: each,
      interruptAfterTimeLimit: 300_000, maxSkipsPerRun: 1000 });
    if (!result.failed) continue;
    findings.push({ operation: operation.id });
    console.log(`\nFINDING ${operation.id} (seed ${seed + round}, path ${result.counterexamplePath}): ` +
      `${result.errorInstance ? result.errorInstance.message : 'interrupted'}`);
  }

const unmet = operations.filter((one) => !Object.keys(statuses[one.id] || {})
  .some((status) => status < 400)).map((one) => one.id);
// A run that meets refusals only would hold nothing to its description.
if (only.length === 0 && asked >= 2000 && unmet.length > operations.length / 3)
  findings.push({ operation: 'too few operations were answered well' });
console.log(`never answered well: ${unmet.join(', ') || 'none'}`);
if (process.env.CINNABAR_OPENAPI_STATUSES) console.log(JSON.stringify(statuses));
console.log(`${asked} requests to ${operations.length} operations, seed ${seed}: ` +
  `${findings.length} findings`);
agent.destroy();
process.exit(findings.length === 0 ? 0 : 1);
