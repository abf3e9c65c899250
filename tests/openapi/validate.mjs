// Whether a description of the API is valid OpenAPI 3.1, by two validators of different make: the
// official JSON Schema of OpenAPI, and Redocly's rules about what refers to what.
//
//   node validate.mjs openapi.json
import { readFileSync } from 'node:fs';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { Validator } from '@seriousme/openapi-schema-validator';

const file = process.argv[2];
const text = readFileSync(file, 'utf8');
const findings = [];

const bySchema = await new Validator().validate(JSON.parse(text));
if (!bySchema.valid) findings.push('schema: ' + JSON.stringify(bySchema.errors, null, 1));

const config = await createConfig({
  extends: ['recommended-strict'],
  rules: {
    // Refusals are listed for every operation; a page of the server's own has none.
    'operation-4xx-response': 'off',
    // "/contracts/{contract}/documents/{number}" beside a literal: literal text wins.
    'no-ambiguous-paths': 'off',
    // Whoever reads it knows the server that it came from.
    'no-server-example.com': 'off',
    'info-license-url': 'off',
    'tag-description': 'off',
  },
});
for (const problem of await lintFromString({ source: text, absoluteRef: file, config })) {
  const where = problem.location.map((place) => place.pointer).join(', ');
  findings.push(`${problem.ruleId}: ${problem.message} at ${where}`);
}

for (const finding of findings.slice(0, 50)) console.log(finding);
console.log(`${findings.length} findings in ${Object.keys(JSON.parse(text).paths).length} paths`);
process.exit(findings.length === 0 ? 0 : 1);
