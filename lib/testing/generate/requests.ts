import { parseJson, stringifyJson } from '@/lib/contracts/json';
import type { Random } from './random';
import { HOSTILE_TEXTS, type Schema, Values } from './values';

interface Parameter {
  name: string;
  in: string;
  schema?: Schema;
}

interface DocumentedOperation {
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema?: Schema }> };
}

/** The part of an OpenAPI document that requests are made from. */
export interface Api {
  paths: Record<string, Record<string, DocumentedOperation>>;
  components: { schemas: Record<string, Schema> };
}

export interface GeneratedRequest {
  method: string;
  /** template of the path, as in the document */
  template: string;
  id: string;
  /** with its query */
  path: string;
  headers: Record<string, string>;
  body?: Uint8Array<ArrayBuffer>;
}

/** Makes requests from an OpenAPI document: fitting ones, and such that are wrong in one or several places. */
export class Requests {
  private readonly calls: { method: string; template: string; operation: DocumentedOperation }[];

  /** @param idOf returns an id of a kind of thing, such as `batches` or `jobs` */
  constructor(
    private readonly random: Random,
    private readonly api: Api,
    private readonly idOf: (kind: string) => string,
  ) {
    this.calls = Object.entries(api.paths).flatMap(([template, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), template, operation })),
    );
  }

  next(): GeneratedRequest {
    const { random } = this;
    const { method, template, operation } = random.pick(this.calls);
    const wrongness = random.pick([0, 0, 0, 0.02, 0.1, 0.4]);
    const values = new Values(random, this.api.components.schemas, wrongness, (field) => this.idOf(kindOfField(field)));
    const id = random.chance(0.1)
      ? // An address has no empty part.
        random.pick(HOSTILE_TEXTS) || 'x'
      : this.idOf(/(\w[\w-]*)\/\{id\}/.exec(template)?.[1] ?? '');
    const path =
      template.replace('{id}', encodeURIComponent(toWellFormed(id))) + this.query(operation, values, wrongness);
    const headers: Record<string, string> = {};
    for (const each of operation.parameters ?? []) {
      if (each.in === 'header' && random.chance(0.3))
        headers[each.name] = headerText(random.pick(['k1', 'k2', ...HOSTILE_TEXTS]));
    }
    const body = this.body(operation, values, headers, wrongness);
    return { method, template, id, path, headers, ...(body && method !== 'GET' ? { body } : {}) };
  }

  private query(operation: DocumentedOperation, values: Values, wrongness: number): string {
    const { random } = this;
    const query = new URLSearchParams();
    for (const { name, in: place, schema } of operation.parameters ?? []) {
      if (place !== 'query' || !random.chance(0.4)) continue;
      const value = values.of(schema, name);
      const texts = Array.isArray(value) && random.chance(0.5) ? value : [value];
      for (const each of texts) query.append(name, typeof each === 'string' ? toWellFormed(each) : stringifyJson(each));
      if (random.chance(wrongness)) query.append(name, 'again');
    }
    if (random.chance(wrongness)) query.append('unknown', '1');
    const text = query.toString();
    return text ? `?${text}` : '';
  }

  private body(
    { requestBody }: DocumentedOperation,
    values: Values,
    headers: Record<string, string>,
    wrongness: number,
  ): Uint8Array<ArrayBuffer> | undefined {
    const { random } = this;
    if (!requestBody) return random.chance(wrongness) ? bytesOf('unexpected') : undefined;
    const [type, { schema }] = random.pick(Object.entries(requestBody.content));
    headers['content-type'] = random.chance(wrongness / 2) ? random.pick(['text/html', 'application/xml', '']) : type;
    if (random.chance(wrongness / 4)) headers['content-encoding'] = 'gzip';
    const bytes = bytesOf(this.text(type, schema, values));
    return random.chance(wrongness / 2) ? this.damaged(bytes) : bytes;
  }

  private text(type: string, schema: Schema | undefined, values: Values): string {
    if (/json$/.test(type) && !/ndjson/.test(type)) return stringifyJson(values.of(schema));
    const rows = Array.from({ length: this.random.whole(0, 5) }, () =>
      values.of({ type: 'object', additionalProperties: {} }),
    );
    if (/ndjson/.test(type)) return rows.map((row) => `${stringifyJson(row)}\n`).join('');
    return `durationMs,payload\n${rows.map((row) => `1,"${stringifyJson(row).replaceAll('"', '""')}"\n`).join('')}`;
  }

  private damaged(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const { random } = this;
    switch (random.whole(0, 3)) {
      case 0:
        return bytes.slice(0, random.whole(0, bytes.length));
      case 1:
        return new Uint8Array([0xff, 0xfe, ...bytes]);
      case 2:
        return bytesOf('['.repeat(random.whole(1, 20_000)));
      default:
        return bytes.map((byte) => (random.chance(0.05) ? random.whole(0, 255) : byte));
    }
  }
}

const KINDS: readonly [RegExp, string][] = [
  [/parentJob|batch/i, 'batches'],
  [/job/i, 'jobs'],
  [/file/i, 'files'],
  [/organi/i, 'organizations'],
  [/import/i, 'imports'],
  [/flow/i, 'flows'],
];
const kindOfField = (field: string): string => KINDS.find(([pattern]) => pattern.test(field))?.[1] ?? '';

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** Half a character can't be part of an address. */
const toWellFormed = (text: string): string => Buffer.from(text).toString();

/** What may stand in a header: no line breaks, no NUL, one byte a character. */
const headerText = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, '').trim();

/** The ids in an answer, by the name of their field. */
export function idsIn(text: string): string[] {
  const found: string[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.slice(0, 5).forEach(visit);
    else if (typeof value === 'object' && value !== null) {
      for (const [name, each] of Object.entries(value)) {
        if (/(^i|I)d$/.test(name) && typeof each === 'string') found.push(each);
        else visit(each);
      }
    }
  };
  visit(parseJson(text));
  return found;
}
