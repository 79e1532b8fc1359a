import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

type Schema = Record<string, unknown>;

interface DescribedAnswer {
  $ref?: string;
  content?: Record<string, { schema?: Schema }>;
}

interface DescribedOperation {
  operationId: string;
  responses: Record<string, DescribedAnswer>;
}

/** The part of an OpenAPI document that responses are compared with. */
interface Document {
  paths: Record<string, Record<string, DescribedOperation>>;
  components: { schemas: Record<string, Schema>; responses: Record<string, DescribedAnswer> };
}

export interface SeenAnswer {
  method: string;
  /** path, with or without a query */
  path: string;
  status: number;
  contentType: string | null;
  /** text of a JSON body; undefined if it was not read */
  body?: string | undefined;
}

/** Paths of which the document covers none or a few: sign-in belongs to a library, the board to another product. */
const ELSEWHERE = /^\/api\/(auth|admin\/queues)(\/|$)/;

/**
 * Compares responses of the API with the OpenAPI document: status, content type, JSON body and error code. It is stricter than the
 * document in one point: a response must not have fields that the document does not define.
 */
export class AnswerCheck {
  /** operation ids with a response that matches the document */
  readonly met = new Set<string>();
  readonly operations: readonly string[];
  readonly #routes: { template: string; pattern: RegExp; methods: Record<string, DescribedOperation> }[];
  readonly #responses: Record<string, DescribedAnswer>;
  readonly #ajv = new Ajv2020({
    strict: false,
    allErrors: true,
    formats: { 'date-time': isTime, uri: true, uuid: true },
  });
  readonly #validators = new Map<Schema, ValidateFunction>();

  constructor(document: unknown) {
    const { paths, components } = structuredClone(document) as Document;
    this.#responses = components.responses;
    for (const [name, schema] of Object.entries(components.schemas)) {
      if (!/^(input|output)\./.test(name)) forbidFurther(schema);
    }
    this.#ajv.addSchema({ $id: 'openapi', components: { schemas: components.schemas } });
    this.#routes = Object.entries(paths)
      .map(([template, methods]) => ({
        template,
        methods,
        pattern: new RegExp(`^${template.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
      }))
      // A fixed path takes precedence over one with a parameter.
      .sort((a, b) => a.template.split('{').length - b.template.split('{').length);
    this.operations = Object.values(paths).flatMap((methods) => Object.values(methods).map((o) => o.operationId));
  }

  /** @returns operation, path and reason of a difference; undefined if the response matches */
  differs(answer: SeenAnswer): string | undefined {
    const { method, status } = answer;
    const path = answer.path.split('?', 1)[0] ?? '';
    if (!/^\/(api\/|metrics$)/.test(path) || method === 'HEAD' || method === 'OPTIONS') return;
    const operation = this.#routes.find(({ pattern }) => pattern.test(path))?.methods[method.toLowerCase()];
    if (!operation && ELSEWHERE.test(path)) return;
    const reason = operation ? this.#reason(operation, answer) : unknownReason(answer);
    if (reason === undefined) {
      if (operation) this.met.add(operation.operationId);
      return;
    }
    return `${operation?.operationId ?? 'no operation'}: ${method} ${path} answered ${status}: ${reason}`;
  }

  #reason({ responses }: DescribedOperation, { status, contentType, body }: SeenAnswer): string | undefined {
    const given = responses[status];
    const described = given?.$ref ? this.#responses[given.$ref.replace(/.*\//, '')] : given;
    if (!described) return `the document has only ${Object.keys(responses).join(', ')}`;
    const type = mediaType(contentType);
    const { content } = described;
    if (!content) return type === '' ? undefined : `it has the content type ${type}, and should have none`;
    const media = content[type] ?? content['*/*'];
    if (!media) return `its content type is ${type || 'missing'}, and should be ${Object.keys(content).join(' or ')}`;
    if (!media.schema || body === undefined || !type.endsWith('json')) return;
    const validate = this.#validator(media.schema);
    if (validate(JSON.parse(body))) return;
    return (validate.errors ?? [])
      .slice(0, 5)
      .map((e) => `${e.instancePath || 'the body'} ${e.message} ${JSON.stringify(e.params)}`)
      .join('; ');
  }

  #validator(schema: Schema): ValidateFunction {
    const known = this.#validators.get(schema);
    if (known) return known;
    forbidFurther(schema);
    const local = JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"openapi#/components/')) as Schema;
    const made = this.#ajv.compile(local);
    this.#validators.set(schema, made);
    return made;
  }
}

const mediaType = (header: string | null): string => (header ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';

/** Any unknown path may return 404 or 405, and any malformed request 400, 408 or 431: always as a problem. */
function unknownReason({ status, contentType }: SeenAnswer): string | undefined {
  if (![400, 404, 405, 408, 431].includes(status)) return 'the document has no such call';
  return mediaType(contentType) === 'application/problem+json' ? undefined : 'it is not application/problem+json';
}

function isTime(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text) && !Number.isNaN(Date.parse(text));
}

/** Forbids additional properties in objects with defined properties, at all depths. */
function forbidFurther(schema: unknown): void {
  if (typeof schema !== 'object' || schema === null) return;
  if ('properties' in schema && !('additionalProperties' in schema))
    Object.assign(schema, { additionalProperties: false });
  for (const inner of Object.values(schema)) forbidFurther(inner);
}
