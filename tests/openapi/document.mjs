// The description of the API as a set of operations, and its schemas compiled.
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const METHODS = ['get', 'put', 'post', 'delete', 'patch'];
const ROOT = 'urn:cinnabar:openapi';

export class Document {
  constructor(document) {
    this.document = document;
    this.ajv = new Ajv2020({ strict: false, allErrors: false, validateFormats: true });
    addFormats(this.ajv);
    this.ajv.addSchema(document, ROOT);
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
    const whole = schema.$ref ? { $ref: ROOT + schema.$ref } : this.#anchored(schema);
    const key = JSON.stringify(whole);
    let compiled = this.ajv.getSchema(key);
    if (!compiled) {
      this.ajv.addSchema(whole, key);
      compiled = this.ajv.getSchema(key);
    }
    return compiled(value) ? null : this.ajv.errorsText(compiled.errors, { dataVar: '' });
  }

  #anchored(schema) {
    return JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', `"$ref":"${ROOT}#/`));
  }
}
