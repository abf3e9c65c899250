// A signing authentication method: a passphrase. Nothing but Node.js is needed. It speaks
// docs/authors/process-protocol.md over descriptor 3.
'use strict';
const crypto = require('node:crypto');
const net = require('node:net');

const platform = new net.Socket({fd: 3, readable: true, writable: true});
class Refusal {
  constructor(code, params = {}) { Object.assign(this, {code, params}); }
}

function send(header) {
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  platform.write(Buffer.concat([length, text]));
}

const hashed = (phrase, salt) =>
  crypto.scryptSync(phrase.trim().split(/\s+/).join(' '), Buffer.from(salt, 'hex'), 32);

const methods = {
  enrol({answer}, config) {
    const wordsMin = (config || {}).words_min || 4;
    const phrase = String((answer || {}).passphrase || '');
    if (phrase.trim().split(/\s+/).length < wordsMin)
      throw new Refusal('passphrase.too_short', {words_min: String(wordsMin)});
    const salt = crypto.randomBytes(16).toString('hex');
    return {credentials: {salt, hash: hashed(phrase, salt).toString('hex')}};
  },
  begin({credentials, contract_id, shown_digest}) {
    if (!credentials) throw new Refusal('passphrase.not_enrolled');
    return {prompt: {input: 'passphrase'}, state: {contract_id, shown_digest},
            expires_in_s: 300, tries: 3};
  },
  verify({credentials, answer, state, contract_id, shown_digest}) {
    if (state.contract_id !== contract_id || state.shown_digest !== shown_digest)
      return {accepted: false, reason: 'other_document'};
    const given = hashed(String((answer || {}).passphrase || ''), credentials.salt);
    const accepted = crypto.timingSafeEqual(given, Buffer.from(credentials.hash, 'hex'));
    return {accepted, reason: accepted ? '' : 'wrong_passphrase', evidence: {kdf: 'scrypt'}};
  },
};

function handle(header) {
  if (header.type === 'hello') return send({type: 'ready', protocol: header.protocol});
  if (header.type !== 'call') return undefined;
  try {
    const document = methods[header.method](header.document, header.config);
    return send({type: 'reply', id: header.id, document});
  } catch (problem) {
    if (problem instanceof Refusal)
      return send({type: 'error', id: header.id, code: problem.code, params: problem.params});
    throw problem;
  }
}

let held = Buffer.alloc(0);
platform.on('data', (bytes) => {
  held = Buffer.concat([held, bytes]);
  while (held.length >= 4 && held.length >= 4 + held.readUInt32BE(0)) {
    const end = 4 + held.readUInt32BE(0);
    handle(JSON.parse(held.subarray(4, end)));  // this method is sent no byte spans
    held = held.subarray(end);
  }
});
platform.on('end', () => process.exit());
