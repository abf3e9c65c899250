// What must hold of every answer, whatever was asked. Each function gives back the fault, or null.

const PROBLEM = 'application/problem+json';
const isJson = (type) => type === 'application/json' || type === PROBLEM;

// The reasons of the reader of JSON: a body as described never meets one of them.
const READER = new RegExp('^The request is not as described: (must be (a|an|one of) .*' +
  '|is not known here.*|is required|is longer than.*|is shorter than.*|must not be empty' +
  '|needs at least.*|has more than.*|is less than.*|is more than.*|is not a well-formed.*)\\.$', 's');

function statusFault(operation, answer) {
  if (answer.status >= 500 && answer.status !== 503) return `answers ${answer.status}`;
  if (!operation.responses[answer.status]) return `${answer.status} is not described`;
  if (answer.status === 503 && !/^[0-9]+$/.test(answer.headers['retry-after'] || ''))
    return '503 without Retry-After';
  if (answer.status === 401 && !answer.headers['www-authenticate'])
    return '401 without WWW-Authenticate';
  // Health is answered before anything is made for a request.
  const named = operation.id.startsWith('system.') || answer.headers['x-request-id'];
  return named ? null : 'no X-Request-Id';
}

function contentFault(document, operation, answer) {
  const described = operation.responses[answer.status].content || {};
  const type = (answer.headers['content-type'] || '').split(';')[0].trim();
  if (answer.body.length === 0)
    return Object.keys(described).length && answer.status < 300
      ? 'no content, though it is described' : null;
  const named = Object.keys(described).find((one) => one.split(';')[0].trim() === type);
  if (!named) return `${answer.status} with ${type || 'no type'}, which is not described`;
  if (!isJson(type)) return null;
  let value;
  try {
    value = JSON.parse(answer.body);
  } catch (error) {
    return 'what came is not JSON: ' + error.message;
  }
  answer.value = value;
  const fault = described[named].schema && document.fault(described[named].schema, value);
  return fault ? `${answer.status} is not as described: ${fault}` : null;
}

function problemFault(answer) {
  const problem = answer.value;
  if (answer.status < 400 || !problem) return null;
  if (problem.status !== answer.status) return 'the problem names another status';
  if (!problem.type.startsWith('urn:cinnabar:problem:')) return 'the problem has no type of ours';
  if (/\{[a-z_]+\}/.test(problem.detail)) return 'a parameter is missing in: ' + problem.detail;
  if (problem.detail === problem.code) return 'the problem has no text: ' + problem.code;
  return null;
}

// A right body is read, a wrong one is not.
function bodyFault(document, operation, sent, answer) {
  if (sent.value === undefined) return null;
  const schema = operation.content['application/json'].schema;
  const fault = document.fault(schema, JSON.parse(sent.content));
  if (fault && answer.status < 400) return 'took a body that is not as described: ' + fault;
  const refused = answer.status === 400 && answer.value.code === 'request.invalid' &&
    READER.test(answer.value.detail) && sent.headers['Accept-Language'] !== 'zh-CN';
  if (!fault && refused) return `refused a body as described: ${answer.value.detail} ` +
    `(${answer.value.pointer})`;
  return null;
}

export function faultOf(document, operation, sent, answer) {
  return statusFault(operation, answer) || contentFault(document, operation, answer) ||
    problemFault(answer) || bodyFault(document, operation, sent, answer);
}
