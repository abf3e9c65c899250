// Requests for an operation: as described, and off the description in every way that we could
// think of. What they name is drawn from the pools when they are sent.
import fc from 'fast-check';
import { breaking, broken, drawn, settle, valueOf } from './values.mjs';

const GARBAGE = ['x', '%00', '..', '💥', "'", 'null', '-1', '0', 'con_01ARZ3NDEKTSV4RRFFQ69G5FAV',
  'a'.repeat(256), 'a'.repeat(300), ' ', '%2e%2e'];
const QUERY = ['', '0', '1', '5', '-1', '1.5', '999999999999999999999', 'abc', 'true', '💥',
  'x'.repeat(5000), 'draft', 'contract.before_send', '%', '2020-01-01T00:00:00Z'];
const TYPES = ['text/plain', 'application/xml', 'multipart/form-data; boundary=x', '', 'a',
  'application/json; charset=utf-8', 'application/x-www-form-urlencoded'];

const OPERATOR = 5;  // among the accounts

const garbage = fc.constantFrom(...GARBAGE);
const often = (usual, seldom, weight = 6) =>
  fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: seldom });

// Mostly left out: what all requests have in common decides about most of them.
const seldom = (arbitrary) => fc.oneof({ weight: 7, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary });

function paths(operation) {
  const members = {};
  for (const one of operation.parameters)
    if (one.in === 'path') members[one.name] = often(drawn(one.name), garbage, 9);
  return fc.record(members);
}

function queries(operation) {
  const members = {}, required = [];
  for (const one of operation.parameters) {
    if (one.in !== 'query') continue;
    members[one.name] = often(drawn(one.name), fc.constantFrom(...QUERY), 2);
    if (one.required) required.push(one.name);
  }
  const known = fc.record(members, { requiredKeys: required });
  const least = fc.record(Object.fromEntries(required.map((name) => [name, members[name]])));
  return often(fc.oneof(known, least), fc.record({ unheard_of: fc.constant('1') }), 20);
}

const headers = fc.record({
  'Idempotency-Key': fc.option(often(fc.uuid(), fc.constantFrom('', 'a b', 'k'.repeat(129), 'same'))),
  'Cinnabar-Acting-For': seldom(often(drawn('enterprise'), fc.constantFrom('personal', 'x'), 2)),
  'Accept-Language': fc.constantFrom('en', 'zh-CN', 'fr', ''),
  'If-None-Match': seldom(fc.constantFrom('*', '"x"', 'W/"x", "y"')),
  'If-Match': seldom(fc.constantFrom('"1"', '*', '"99"')),
});

// An example that is taken in one place only says where, and as whom: { $for: { account, path } }.
const placed = (example) => (example.$for ? example : { value: example });

function bodies(document, operation, examples) {
  const ready = examples.length ? fc.constantFrom(...examples.map(placed)) : null;
  if (!operation.content) {
    const none = fc.constant({ kind: 'none' });
    return often(ready ? fc.oneof(none, ready.map((one) => ({ ...one, kind: 'none' }))) : none,
      fc.constant({ kind: 'raw', text: '{"x":1}', type: 'application/json' }), 9);
  }
  const type = Object.keys(operation.content)[0];
  if (type !== 'application/json')
    return fc.oneof(
      { weight: 5, arbitrary: fc.nat({ max: 99 }).map((at) => ({ kind: 'upload', at, type })) },
      { weight: 1, arbitrary: fc.constant({ kind: 'raw', text: '', type }) },
      { weight: 2, arbitrary: fc.string({ maxLength: 300 })
        .map((text) => ({ kind: 'raw', text, type })) },
      { weight: 1, arbitrary: fc.constantFrom(...TYPES)
        .map((other) => ({ kind: 'raw', text: '%PDF-1.7', type: other })) });
  const fresh = valueOf(document, operation.content[type].schema).map((value) => ({ value }));
  const right = ready
    ? fc.oneof({ weight: 3, arbitrary: ready }, { weight: 2, arbitrary: fresh }) : fresh;
  return fc.oneof(
    { weight: 8, arbitrary: right.map((one) => ({ ...one, kind: 'json' })) },
    { weight: 6, arbitrary: fc.tuple(right, breaking)
      .map(([one, { at, how, wrong }]) => (
        { ...one, kind: 'json', value: broken(one.value, at, how, wrong) })) },
    { weight: 1, arbitrary: fc.constantFrom('', '{', '[]', 'null', '"x"', '{"a":1,"a":2}', '\ufeff{}',
      '['.repeat(2000)).map((text) => ({ kind: 'raw', text, type })) },
    { weight: 1, arbitrary: fc.constantFrom(...TYPES)
      .map((other) => ({ kind: 'raw', text: '{}', type: other })) });
}

export const requestOf = (document, operation, examples) => fc.record({
  account: often(fc.constant(operation.operatorOnly ? OPERATOR : 0), fc.nat({ max: 99 }), 2),
  token: fc.oneof({ weight: 18, arbitrary: fc.constant(operation.open ? 'none' : 'own') },
    { weight: 1, arbitrary: fc.constantFrom('none', 'wrong', 'basic') }),
  path: paths(operation), query: queries(operation), headers,
  body: bodies(document, operation, examples),
});

// Everything settled: what is sent, and the parts by which the answer is judged.
export function made(operation, request, world) {
  const { body } = request;
  const at = body.$for || { path: {}, account: request.account };
  const path = { ...settle(request.path, world.pools), ...at.path };
  let target = operation.base + operation.path.replace(/\{([^}]+)\}/g,
    (_, name) => encodeURIComponent(path[name]));
  const query = Object.entries(settle(request.query, world.pools));
  if (query.length)
    target += '?' + query.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
  const out = {};
  for (const [name, value] of Object.entries(settle(request.headers, world.pools)))
    if (value !== null) out[name] = value;
  const account = world.accounts[at.account % world.accounts.length];
  if (request.token === 'own') out.Authorization = 'Bearer ' + account.token;
  if (request.token === 'wrong') out.Authorization = 'Bearer ' + 'x'.repeat(43);
  if (request.token === 'basic') out.Authorization = 'Basic eDp5';
  const sent = { method: operation.method, target, headers: out, account, content: null };
  if (body.kind === 'json') {
    sent.value = settle(body.value, world.pools);
    sent.content = Buffer.from(JSON.stringify(sent.value));
    out['Content-Type'] = 'application/json';
  } else if (body.kind === 'upload') {
    const files = world.files[body.type] || world.files['application/pdf'];
    sent.content = Buffer.from(files[body.at % files.length], 'base64');
    out['Content-Type'] = body.type;
  } else if (body.kind === 'raw') {
    sent.content = Buffer.from(body.text);
    if (body.type) out['Content-Type'] = body.type;
  }
  return sent;
}
