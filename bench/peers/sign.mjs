// Signs documents with a peer, many times in one process, and prints its CPU time a signature:
// lines of "document microseconds". Usage: sign.mjs signpdf|libpdf KEY.p12 ROUNDS DOCUMENT...
// Written for @signpdf/signpdf 3.3 and @libpdf/core 0.4.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [peer, keyFile, rounds, ...documents] = process.argv.slice(2);
const require = createRequire(join(process.cwd(), 'peers.cjs'));
const password = 'bench';
const key = readFileSync(keyFile);

async function signpdf() {
  const { plainAddPlaceholder } = require('@signpdf/placeholder-plain');
  const { P12Signer } = require('@signpdf/signer-p12');
  const { SignPdf } = require('@signpdf/signpdf');
  return (document) => {
    const signer = new P12Signer(key, { passphrase: password });  // reads its key once only
    const pdfBuffer = plainAddPlaceholder({
      pdfBuffer: document, reason: 'bench', contactInfo: '', name: 'bench', location: '',
    });
    return new SignPdf().sign(pdfBuffer, signer);
  };
}

async function libpdf() {
  const { PDF, P12Signer } = await import(require.resolve.paths('x')
    .map((folder) => join(folder, '@libpdf/core/dist/index.mjs'))
    .find((file) => { try { readFileSync(file); return true; } catch { return false; } }));
  const signer = await P12Signer.create(key, password, { buildChain: false });
  return async (document) => {
    const pdf = await PDF.load(document);
    return (await pdf.sign({ signer, level: 'B-B' })).bytes;
  };
}

const sign = await (peer === 'signpdf' ? signpdf() : libpdf());
for (const name of documents) {
  const document = readFileSync(name);
  writeFileSync(`${name}.${peer}.pdf`, await sign(document));  // also warms up
  const begin = process.cpuUsage();
  for (let i = 0; i < Number(rounds); ++i) await sign(document);
  const { user, system } = process.cpuUsage(begin);
  console.log(name, (user + system) / Number(rounds));
}
