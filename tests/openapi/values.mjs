// Values for a schema of the description: right ones, and right ones with one thing made wrong.
import fc from 'fast-check';

const DEPTH_MAX = 5;
const TEXT_USUAL = 40;  // longer ones only where a limit is to be met
const INT_MIN = -(2 ** 31);
const INT_MAX = 2 ** 31 - 1;

// Names of members that name something, and the pool that they are drawn from.
const POOL_OF = {
  file: 'file', files: 'file', contract: 'contract', contract_id: 'contract', seal: 'seal',
  seal_id: 'seal', enterprise: 'enterprise', acting_for: 'enterprise', person: 'person',
  mobile: 'mobile', hash: 'hash', point: 'point', department: 'department', role: 'role',
  roles: 'role', permission: 'permission', permissions: 'permission',
};

// Something of a pool: which one is settled when the request is made.
export const drawn = (pool) => fc.nat({ max: 999 }).map((at) => ({ $pool: pool, at }));

export function settle(value, pools) {
  if (Array.isArray(value)) return value.map((item) => settle(item, pools));
  if (value === null || typeof value !== 'object') return value;
  if (value.$pool) {
    const pool = pools[value.$pool] || [];
    return pool.length ? pool[value.at % pool.length] : 'none';
  }
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, settle(item, pools)]));
}

const character = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...'abcXYZ019 -_.') },
  { weight: 2, arbitrary: fc.constantFrom('合', '同', '章', 'é', '𠮷', '"', '\\', '<', '%', "'") },
  { weight: 1, arbitrary: fc.constantFrom('\n', '\u200f', '\u0007', '/') });

function text(schema) {
  const least = schema.minLength || 0;
  const most = Math.min(schema.maxLength ?? TEXT_USUAL, Math.max(TEXT_USUAL, least));
  const plain = fc.array(character, { minLength: least, maxLength: most })
    .map((parts) => parts.join(''));
  const atLimit = schema.maxLength && schema.maxLength <= 5000
    ? [{ weight: 1, arbitrary: fc.constantFrom('x', '章', '𠮷')
      .map((one) => one.repeat(schema.maxLength)) }] : [];
  const free = fc.oneof({ weight: 8, arbitrary: plain }, ...atLimit);
  if (!schema.pattern) return free;
  const pattern = new RegExp(schema.pattern, 'u');
  const digits = fc.stringMatching(/^1[3-9][0-9]{9}$/);
  const word = fc.stringMatching(/^[A-Za-z0-9_.:-]{1,20}$/);
  return fc.oneof(digits, word, free.filter((one) => pattern.test(one)))
    .filter((one) => pattern.test(one) && one.length >= least &&
                     one.length <= (schema.maxLength ?? 4096));
}

const anyJson = fc.oneof(fc.constant({}), fc.constant(null), fc.jsonValue({ maxDepth: 2 }),
  fc.record({ password: fc.constantFrom('246810', 'x', '') }));

export function valueOf(document, schema, name = '', depth = 0) {
  if (schema.$ref) return valueOf(document, document.resolve(schema), name, depth);
  if (schema.anyOf)
    return fc.oneof(...schema.anyOf.map((one) => valueOf(document, one, name, depth)));
  if (schema.enum) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case 'null': return fc.constant(null);
    case 'boolean': return fc.boolean();
    case 'integer': {
      const min = schema.minimum ?? INT_MIN, max = schema.maximum ?? INT_MAX;
      return fc.oneof(fc.integer({ min, max }), fc.constantFrom(min, max),
        fc.integer({ min: Math.max(min, 0), max: Math.max(Math.max(min, 0), Math.min(max, 9)) }));
    }
    case 'number':
      return fc.double({ min: schema.minimum ?? -1e9, max: schema.maximum ?? 1e9, noNaN: true });
    case 'string': {
      if (schema.format === 'date-time')
        return fc.date({ min: new Date('2000-01-01'), max: new Date('2090-01-01'),
          noInvalidDate: true }).map((date) => date.toISOString());
      if (schema.contentEncoding) return fc.base64String({ maxLength: 40 });
      const pool = POOL_OF[name];
      return pool ? fc.oneof({ weight: 4, arbitrary: drawn(pool) },
        { weight: 1, arbitrary: text(schema) }) : text(schema);
    }
    case 'array':
      return fc.array(valueOf(document, schema.items || {}, name, depth + 1), {
        minLength: schema.minItems || 0,
        maxLength: Math.max(schema.minItems || 0, Math.min(schema.maxItems ?? 3,
          depth > DEPTH_MAX ? 0 : 3)) });
    case 'object': return objectOf(document, schema, depth);
    default: return anyJson;
  }
}

function objectOf(document, schema, depth) {
  if (!schema.properties) {
    const inner = typeof schema.additionalProperties === 'object'
      ? valueOf(document, schema.additionalProperties, '', depth + 1) : anyJson;
    return fc.dictionary(fc.stringMatching(/^[a-z_]{1,8}$/), inner,
      { maxKeys: 3, noNullPrototype: true });
  }
  const required = schema.required || [];
  const members = {};
  for (const [name, property] of Object.entries(schema.properties))
    if (required.includes(name) || depth <= DEPTH_MAX)
      members[name] = valueOf(document, property, name, depth + 1);
  return fc.record(members, { requiredKeys: required, noNullPrototype: true });
}

const WRONG = [null, true, -1, 1.5, 1e400, 2 ** 53, '', 'x'.repeat(70000), [], {},
  [[[]]], '\u0000', '../../etc/passwd', "' OR 1=1 --", { $ref: '#' }];

// One place of the value becomes something else, goes away, or gets company.
export function broken(value, at, how, wrong) {
  if (value === null || typeof value !== 'object' || value.$pool) return wrong;
  const copy = Array.isArray(value) ? [...value] : { ...value };
  const names = Object.keys(copy);
  if (how === 'extra' || names.length === 0) {
    if (Array.isArray(copy)) return [...copy, wrong];
    return { ...copy, ['extra_' + at]: wrong };
  }
  const name = names[at % names.length];
  const deeper = copy[name] !== null && typeof copy[name] === 'object' && at % 3 !== 0;
  if (deeper) copy[name] = broken(copy[name], Math.floor(at / 3), how, wrong);
  else if (how === 'missing' && !Array.isArray(copy)) delete copy[name];
  else copy[name] = wrong;
  return copy;
}

export const breaking = fc.record({
  at: fc.nat({ max: 9999 }), how: fc.constantFrom('wrong', 'wrong', 'missing', 'extra'),
  wrong: fc.constantFrom(...WRONG),
});
