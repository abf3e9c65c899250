// The description of the API as a set of operations, and its schemas compiled.
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const METHODS = ['get', 'put', 'post', 'delete', 'patch'];

export class Document {
  constructor(document) {
    this.document = document;
    this.ajv = new Ajv2020({ strict: false, allErrors: false, validateFormats: true });
    addFormats(this.ajv);
    this.compiled = new Map();
    this.operations = [];
    for (const [path, item] of Object.entries(document.paths))
      for (const method of METHODS)
        if (item[method]) this.operations.push(this.#operation(method, path, item));
  }

  #operation(method, path, item) {
    const declared = item[method];
    const server = (item.servers || this.document.servers)[0].url.replace(/\/$/, '');
    const responses = {};
    for (const [status, answer] of Object.entries(declared.responses))
      responses[status] = this.resolve(answer);
    return {
      id: declared.operationId, method: method.toUpperCase(), path, base: server,
      parameters: (declared.parameters || []).map((one) => this.resolve(one)),
      content: declared.requestBody ? declared.requestBody.content : null,
      operatorOnly: Boolean(declared['x-operator-only']),
      open: Array.isArray(declared.security) && declared.security.length === 0,
      responses,
    };
  }

  resolve(thing) {
    while (thing && thing.$ref)
      thing = thing.$ref.slice(2).split('/').reduce((at, part) => at[part], this.document);
    return thing;
  }

  // Why a value is not as a schema says; null: it is.
  fault(schema, value) {
    const key = JSON.stringify(schema);
    if (!this.compiled.has(key))
      this.compiled.set(key, this.ajv.compile(
        { ...schema, components: { schemas: this.document.components.schemas } }));
    const compiled = this.compiled.get(key);
    return compiled(value) ? null : this.ajv.errorsText(compiled.errors, { dataVar: '' });
  }
}
