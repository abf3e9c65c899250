"use strict";
// Checks an evidence bundle in a browser, without any server: the container byte by byte, the
// manifest's hashes, the chain of acts, the versions of the documents and the log's proofs.
// Signatures of the manifest and of the documents are the command's affair; the page says so.

const K = new Uint32Array(64), H0 = new Uint32Array(8);
{
  // FIPS 180-4: the fractional parts of the square and cube roots of the first primes.
  const primes = [];
  for (let n = 2; primes.length < 64; ++n) if (primes.every((p) => n % p !== 0)) primes.push(n);
  const fraction = (x) => Math.floor((x - Math.floor(x)) * 4294967296);
  primes.forEach((p, i) => { K[i] = fraction(Math.cbrt(p)); });
  primes.slice(0, 8).forEach((p, i) => { H0[i] = fraction(Math.sqrt(p)); });
}

class Sha256 {
  constructor() {
    this.h = H0.slice();
    this.w = new Uint32Array(64);
    this.rest = new Uint8Array(0);
    this.size = 0;
  }
  block(bytes, at) {
    const { w, h } = this;
    for (let i = 0; i < 16; ++i, at += 4)
      w[i] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
    for (let i = 16; i < 64; ++i) {
      const x = w[i - 15], y = w[i - 2];
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    let [a, b, c, d, e, f, g, k] = h;
    for (let i = 0; i < 64; ++i) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const t1 = (k + s1 + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      k = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
    }
    h[0] += a; h[1] += b; h[2] += c; h[3] += d; h[4] += e; h[5] += f; h[6] += g; h[7] += k;
  }
  update(bytes) {
    this.size += bytes.length;
    if (this.rest.length > 0) {
      const joined = new Uint8Array(this.rest.length + bytes.length);
      joined.set(this.rest);
      joined.set(bytes, this.rest.length);
      bytes = joined;
    }
    let at = 0;
    for (; at + 64 <= bytes.length; at += 64) this.block(bytes, at);
    this.rest = bytes.slice(at);
    return this;
  }
  // The digest so far; it can go on.
  digest() {
    const tail = new Uint8Array(this.rest.length < 56 ? 64 : 128);
    tail.set(this.rest);
    tail[this.rest.length] = 0x80;
    const view = new DataView(tail.buffer);
    view.setUint32(tail.length - 8, Math.floor(this.size / 536870912));
    view.setUint32(tail.length - 4, (this.size * 8) >>> 0);
    const kept = this.h.slice();
    for (let at = 0; at < tail.length; at += 64) this.block(tail, at);
    const out = new Uint8Array(32);
    this.h.forEach((word, i) => new DataView(out.buffer).setUint32(4 * i, word));
    this.h = kept;
    return out;
  }
}

const utf8 = (text) => new TextEncoder().encode(text);
const textOf = (bytes) => new TextDecoder("utf-8", { fatal: true }).decode(bytes);
const hex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
const unhex = (text) => /^([0-9a-f]{2})*$/.test(text)
  ? Uint8Array.from(text.match(/../g) || [], (pair) => parseInt(pair, 16)) : new Uint8Array(0);
const unbase64 = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const sha256 = (...pieces) => {
  const state = new Sha256();
  for (const piece of pieces) state.update(piece);
  return state.digest();
};
const same = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);

const crcTable = Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; ++k) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n >>> 0;
});
function crc32(bytes) {
  let c = 0xffffffff;
  for (let i = 0; i < bytes.length; ++i) c = crcTable[(c ^ bytes[i]) & 255] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

// --- the container: written anew and compared ----------------------------------------------------

function little(...pairs) {
  const out = [];
  for (const [value, octets] of pairs)
    for (let i = 0; i < octets; ++i) out.push(Math.floor(value / 2 ** (8 * i)) & 255);
  return out;
}
const common = (part) => little([10, 2], [0x0800, 2], [0, 2], [0, 2], [0x21, 2], [part.crc, 4],
                                [part.size, 4], [part.size, 4], [part.nameBytes.length, 2], [0, 2]);
const header = (part) =>
  Uint8Array.from([...little([0x04034b50, 4]), ...common(part), ...part.nameBytes]);
const record = (part) =>
  Uint8Array.from([...little([0x02014b50, 4], [0x0314, 2]), ...common(part),
                   ...little([0, 2], [0, 2], [0, 2], [0o100644 * 65536, 4], [part.offset, 4]),
                   ...part.nameBytes]);

function readZip(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const parts = [];
  const fault = (part, offset) => ({ parts, fault: { part, offset } });
  let offset = 0;
  for (;;) {
    const before = parts.length ? parts[parts.length - 1].name : "";
    if (bytes.length - offset < 30) return fault(before, offset);
    const mark = view.getUint32(offset, true);
    if (mark === 0x02014b50 && parts.length) break;
    const nameSize = view.getUint16(offset + 26, true);
    const part = { crc: view.getUint32(offset + 14, true), size: view.getUint32(offset + 18, true),
                   nameBytes: bytes.slice(offset + 30, offset + 30 + nameSize), offset };
    const begin = offset + 30 + nameSize;
    if (nameSize === 0 || nameSize > 200 || begin + part.size > bytes.length ||
        !same(header(part), bytes.subarray(offset, begin)))
      return fault(before, offset);
    try { part.name = textOf(part.nameBytes); } catch { return fault(before, offset); }
    part.bytes = bytes.subarray(begin, begin + part.size);
    parts.push(part);
    if (crc32(part.bytes) !== part.crc) return fault(part.name, begin);
    offset = begin + part.size;
  }
  const directory = offset;
  for (const part of parts) {
    const expected = record(part);
    if (!same(expected, bytes.subarray(offset, offset + expected.length)))
      return fault(part.name, offset);
    offset += expected.length;
  }
  const end = Uint8Array.from(little([0x06054b50, 4], [0, 4], [parts.length, 2], [parts.length, 2],
                                     [offset - directory, 4], [directory, 4], [0, 2]));
  if (!same(end, bytes.subarray(offset))) return fault("", offset);
  return { parts, fault: null };
}

// --- the log: RFC 6962, RFC 9162 2.1.3.2 and 2.1.4.2 ---------------------------------------------

const leafHash = (entry) => sha256(Uint8Array.of(0), entry);
const nodeHash = (left, right) => sha256(Uint8Array.of(1), left, right);
const half = (n) => Math.floor(n / 2);

function includes(leaf, index, size, proof, root) {
  if (!(index >= 0 && index < size)) return false;
  let fn = index, sn = size - 1, at = leaf;
  for (const step of proof) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      at = nodeHash(step, at);
      while (fn % 2 === 0 && fn !== 0) { fn = half(fn); sn = half(sn); }
    } else {
      at = nodeHash(at, step);
    }
    fn = half(fn);
    sn = half(sn);
  }
  return sn === 0 && same(at, root);
}

function consistent(oldSize, oldRoot, size, root, proof) {
  if (oldSize > size || oldSize < 1) return false;
  if (oldSize === size) return proof.length === 0 && same(oldRoot, root);
  let whole = oldSize;
  while (whole % 2 === 0) whole /= 2;
  const path = whole === 1 ? [oldRoot, ...proof] : [...proof];
  if (path.length === 0) return false;
  let fn = oldSize - 1, sn = size - 1;
  while (fn % 2 === 1) { fn = half(fn); sn = half(sn); }
  let oldAt = path[0], at = path[0];
  for (const step of path.slice(1)) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      oldAt = nodeHash(step, oldAt);
      at = nodeHash(step, at);
      while (fn % 2 === 0 && fn !== 0) { fn = half(fn); sn = half(sn); }
    } else {
      at = nodeHash(at, step);
    }
    fn = half(fn);
    sn = half(sn);
  }
  return sn === 0 && same(oldAt, oldRoot) && same(at, root);
}

// {name, id, key} of a verifier key, or null.
function readKey(text) {
  const found = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text);
  if (!found) return null;
  const bytes = unbase64(found[3]);
  const id = sha256(utf8(found[1] + "\n"), bytes).slice(0, 4);
  if (bytes.length !== 33 || bytes[0] !== 1 || hex(id) !== found[2]) return null;
  return { name: found[1], id, key: bytes.slice(1) };
}

// {origin, size, root, body, signature} of a checkpoint by the key, or null.
function readCheckpoint(note, key) {
  const found = /^(([^\n]+)\n(\d+)\n([A-Za-z0-9+/=]{44})\n)\n((?:\u2014 [^\n]+\n)+)$/.exec(note);
  if (!found) return null;
  for (const line of found[5].trimEnd().split("\n")) {
    const [, name, signature] = line.split(" ");
    const bytes = unbase64(signature || "");
    if (name === key.name && bytes.length === 68 && same(bytes.slice(0, 4), key.id))
      return { origin: found[2], size: Number(found[3]), root: unbase64(found[4]),
               body: utf8(found[1]), signature: bytes.slice(4) };
  }
  return null;
}

// true, false, or null where the browser has no Ed25519.
async function ed25519(key, message, signature) {
  try {
    const imported =
      await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
    return await crypto.subtle.verify({ name: "Ed25519" }, imported, signature, message);
  } catch {
    return null;
  }
}

// --- the steps -----------------------------------------------------------------------------------

class Findings {
  constructor() { this.list = []; this.step = ""; this.faults = 0; }
  begin(step) { this.step = step; this.faults = 0; }
  fault(part, en, zh) {
    ++this.faults;
    this.list.push({ step: this.step, ok: false, judged: true, part, en, zh });
  }
  unknown(en, zh) {
    this.list.push({ step: this.step, ok: true, judged: false, part: "", en, zh });
  }
  passed(en, zh) {
    if (this.faults === 0)
      this.list.push({ step: this.step, ok: true, judged: true, part: "", en, zh });
  }
}

function checkManifest(parts, manifest, out) {
  out.begin("manifest");
  const names = [...manifest.parts.map((part) => part.name), "manifest.json", "manifest.p7s"];
  const found = parts.map((part) => part.name);
  if (names.join("\n") !== found.join("\n"))
    out.fault("manifest.json", "The parts are not those that the manifest names.",
              "文件组成与清单不符。");
  manifest.parts.forEach((listed, i) => {
    const part = parts[i];
    if (part && part.name === listed.name &&
        (part.size !== listed.size || hex(sha256(part.bytes)) !== listed.sha256))
      out.fault(part.name, `${part.name} is not the one that the manifest names.`,
                `${part.name} 与清单所列内容不同。`);
  });
  out.passed("Every part has the size and the SHA-256 that the manifest says.",
             "各部分的大小和 SHA-256 均与清单一致。");
}

function checkChain(evidence, out) {
  out.begin("chain");
  let before = "0".repeat(64);
  evidence.acts.forEach((act, i) => {
    const name = `${act.index} ${act.type}`;
    const wrong = act.index !== i + 1 || act.previous_hash !== before ||
                  hex(sha256(utf8(act.previous_hash + act.stored))) !== act.hash;
    if (wrong)
      out.fault("evidence.json", `Act ${name} does not follow in the chain.`,
                `操作 ${name} 未接续哈希链。`);
    else {
      const stored = JSON.parse(act.stored);
      if (stored.type !== act.type || stored.index !== act.index || stored.actor !== act.actor ||
          stored.at !== act.at || stored.aggregate !== evidence.contract.id ||
          JSON.stringify(stored.data) !== JSON.stringify(act.data))
        out.fault("evidence.json", `Act ${name} is shown otherwise than it was stored.`,
                  `操作 ${name} 所示内容与存储内容不同。`);
    }
    before = act.hash;
  });
  out.passed(`All ${evidence.acts.length} acts follow each other in their hash chain.`,
             `全部 ${evidence.acts.length} 次操作的哈希链完整。`);
}

function checkAuthentication(evidence, out) {
  out.begin("authentication");
  const begun = new Map(), used = new Set();
  for (const act of evidence.acts) {
    const { challenge, method, version, shown_digest: shown } = act.data;
    const name = `${act.index} ${act.type}`;
    if (act.type === "contract.signing_begun") {
      if (!challenge || begun.has(challenge))
        out.fault("evidence.json", `Act ${name} has no challenge of its own.`,
                  `操作 ${name} 没有自己的认证编号。`);
      else begun.set(challenge, act);
      continue;
    }
    const signing = act.type === "contract.signed";
    if (!signing && act.type !== "contract.authentication_failed") continue;
    const asked = begun.get(challenge);
    const same = asked && asked.actor === act.actor && asked.data.party === act.data.party &&
                 asked.data.method === method && asked.data.shown_digest === shown;
    if (!same || (signing && (asked.data.version + 1 !== version || used.has(challenge))))
      out.fault("evidence.json", `Act ${name} has no authentication that fits it.`,
                `操作 ${name} 没有与之相符的签署认证。`);
    if (signing) used.add(challenge);
  }
  out.passed(`Each signing act has its own authentication for what was shown (${used.size}).`,
             `每次签署均有针对所展示内容的签署认证（${used.size} 次）。`);
}

function checkVersions(parts, evidence, out) {
  out.begin("versions");
  const digests = new Set();
  for (const doc of evidence.documents) {
    const name = `documents/${doc.number}.pdf`;
    const part = parts.find((one) => one.name === name);
    const whole = new Sha256();
    let at = 0;
    for (const piece of [doc.base, ...doc.segments]) {
      const bytes = part ? part.bytes.subarray(at, at + piece.size) : new Uint8Array(0);
      if ("sha256:" + hex(sha256(bytes)) !== piece.content)
        out.fault(name, `${name} holds a version that the evidence does not name.`,
                  `${name} 含有证据未列的版本。`);
      whole.update(bytes);
      digests.add(hex(whole.digest()));
      at += piece.size;
    }
    if (!part || at !== part.size || hex(whole.digest()) !== doc.sha256)
      out.fault(name, `${name} is not the document that the evidence names.`,
                `${name} 不是证据所列的文件。`);
  }
  // Of several documents an act names a digest over their digests, which the command recomputes.
  if (evidence.documents.length === 1)
    for (const act of evidence.acts)
      for (const digest of [act.data.shown_digest, act.data.digest])
        if (act.type === "contract.signed" && digest && !digests.has(digest))
          out.fault("documents/1.pdf", `Act ${act.index} ${act.type} names another document.`,
                    `操作 ${act.index} ${act.type} 记载的是另一份文件。`);
  out.passed("Each version is the beginning of its document, as the acts say.",
             "各历史版本均为最终文件的前缀，与各次操作一致。");
}

async function checkLog(text, evidence, wanted, out) {
  out.begin("log");
  const key = readKey(text("log/key.txt").trim());
  const now = key && readCheckpoint(text("log/checkpoint.txt"), key);
  const earlier = key && readCheckpoint(text("log/earlier.txt"), key);
  if (!key || !now || !earlier)
    return out.fault("log/checkpoint.txt", "The log's states cannot be read.", "日志状态无法读取。");
  if (wanted && wanted.trim() !== text("log/key.txt").trim())
    out.fault("log/key.txt", "The log's key is not the one that was given.",
              "日志公钥与指定的不同。");
  for (const [name, state] of [["log/checkpoint.txt", now], ["log/earlier.txt", earlier]]) {
    const good = await ed25519(key.key, state.body, state.signature);
    if (good === false) out.fault(name, `${name} is not signed by the log.`, `${name} 签名无效。`);
    if (good === null)
      out.unknown(`This browser has no Ed25519: the signature of ${name} was not checked.`,
                  `此浏览器不支持 Ed25519，未检查 ${name} 的签名。`);
  }
  const proofs = JSON.parse(text("log/proofs.json"));
  if (proofs.inclusions.length !== evidence.acts.length)
    out.fault("log/proofs.json", "There is not one proof for each act.", "证明与操作数量不符。");
  evidence.acts.forEach((act, i) => {
    const proof = proofs.inclusions[i];
    if (proof && !includes(leafHash(unhex(act.hash)), proof.index, now.size,
                           proof.hashes.map(unhex), now.root))
      out.fault("log/proofs.json", `Act ${act.index} ${act.type} is not proven to be in the log.`,
                `操作 ${act.index} ${act.type} 未能证明在日志中。`);
  });
  if (!consistent(earlier.size, earlier.root, now.size, now.root, proofs.consistency.map(unhex)))
    out.fault("log/proofs.json", "The log did not only grow.", "日志并非只增不改。");
  out.passed(`All acts are in the log ${key.name} of ${now.size} entries, which only grew.`,
             `全部操作均在日志 ${key.name}（${now.size} 条）中，且日志只增不改。`);
}

// {right, findings, contract}. Throws nothing.
async function checkBundle(bytes, logKey) {
  const out = new Findings();
  let contract = "";
  try {
    out.begin("container");
    const { parts, fault } = readZip(bytes);
    if (fault)
      out.fault(fault.part, `The file was changed at ${fault.part || "its end"}, byte ${fault.offset}.`,
                `文件在 ${fault.part || "结尾"} 处被改动（第 ${fault.offset} 字节）。`);
    out.passed(`The file is whole: ${parts.length} parts.`, `文件完整：共 ${parts.length} 个部分。`);
    if (!fault) {
      const text = (name) => textOf((parts.find((part) => part.name === name) || {}).bytes);
      const manifest = JSON.parse(text("manifest.json"));
      checkManifest(parts, manifest, out);
      const evidence = JSON.parse(text("evidence.json"));
      contract = evidence.contract.name || evidence.contract.id;
      checkChain(evidence, out);
      checkAuthentication(evidence, out);
      checkVersions(parts, evidence, out);
      await checkLog(text, evidence, logKey, out);
      out.begin("signatures");
      out.unknown("Not judged here: the platform's signature of the manifest and the signatures " +
                  "within the PDF documents. `cinnabar evidence check` judges them.",
                  "本页不判断平台对清单的签名以及 PDF 文件内的签名，请使用 cinnabar evidence check。");
    }
  } catch (error) {
    out.fault("", "The bundle cannot be read: " + error.message, "证据包无法读取：" + error.message);
  }
  return { right: out.list.every((finding) => finding.ok), findings: out.list, contract };
}

// --- the page ------------------------------------------------------------------------------------

function show(report) {
  const zh = document.documentElement.lang.startsWith("zh");
  const verdict = document.getElementById("verdict");
  verdict.textContent = report.right ? "未发现问题 · Nothing is wrong" : "证据有误 · Something is wrong";
  verdict.className = report.right ? "right" : "wrong";
  document.getElementById("contract").textContent = report.contract;
  const list = document.getElementById("findings");
  list.replaceChildren(...report.findings.map((finding) => {
    const item = document.createElement("li");
    item.className = !finding.ok ? "wrong" : finding.judged ? "right" : "unknown";
    const first = document.createElement("p"), second = document.createElement("p");
    first.textContent = zh ? finding.zh : finding.en;
    second.textContent = zh ? finding.en : finding.zh;
    second.className = "second";
    item.append(first, second);
    return item;
  }));
}

async function checkFile(file) {
  document.getElementById("verdict").textContent = "校验中 · Checking…";
  const key = document.getElementById("key").value;
  show(await checkBundle(new Uint8Array(await file.arrayBuffer()), key));
}

if (typeof document !== "undefined") {
  const input = document.getElementById("file"), drop = document.getElementById("drop");
  input.addEventListener("change", () => input.files.length && checkFile(input.files[0]));
  drop.addEventListener("dragover", (event) => event.preventDefault());
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) checkFile(event.dataTransfer.files[0]);
  });
}
if (typeof module !== "undefined")
  module.exports = { Sha256, sha256, hex, crc32, readZip, includes, consistent, checkBundle };
