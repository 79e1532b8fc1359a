import type { z } from 'zod';
import { ERROR_STATUS, type ErrorCode, problemSchema } from '@/lib/contracts/errors';
import { describeBuiltInTypes } from '@/lib/domain/job-type/list-job-types';
import { IDEMPOTENCY_KEY_LENGTH } from '@/lib/http/limits';
import { titleOf } from '@/lib/http/problem';
import { Components, type JsonSchema } from './components';
import { type Answer, errorsOf, type Operation, TAGS } from './operations/operation';
import { OPERATIONS } from './operations/operations';

const DESCRIPTIONS: Record<number, string> = {
  200: 'The request was carried out, or had been carried out before',
  201: 'Created',
  202: 'Accepted: it is running, or will run',
  206: 'The part that was asked for',
  304: 'Unchanged since the copy that If-None-Match names',
  416: 'The file has no such part',
};

let document: JsonSchema | undefined;

/**
 * Returns the API as OpenAPI 3.1, generated from the schemas that validate its input and type its responses. It is
 * generated once, because that blocks the event loop for a tenth of a second and the document never changes.
 */
export function openApiDocument(): JsonSchema {
  document ??= makeDocument();
  return document;
}

function makeDocument(): JsonSchema {
  const types = describeBuiltInTypes();
  const components = new Components();
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const operation of OPERATIONS) {
    const [method = '', path = ''] = operation.call.split(' ');
    paths[path] = { ...paths[path], [method.toLowerCase()]: describe(operation, path, components) };
  }
  for (const { type, title, description, inputSchema, outputSchema } of types) {
    components.schemas[`input.${type}`] = { ...inputSchema, title, description };
    components.schemas[`output.${type}`] = outputSchema;
  }
  const input = (type: string) => ({ $ref: `#/components/schemas/input.${type}` });
  const output = (type: string) => ({ $ref: `#/components/schemas/output.${type}` });
  components.schemas.JobInput = {
    description: 'The input of a job, as its type defines it.',
    anyOf: types.map(({ type }) => input(type)),
  };
  components.schemas.JobResult = {
    description: 'The result of a job, as its type defines it; null while there is none.',
    anyOf: [...types.map(({ type }) => output(type)), { type: 'null' }],
  };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Batchyard',
      version: '1',
      description: 'Jobs and batches of background work. Errors are application/problem+json with a stable `code`.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'This installation' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    security: [{ bearer: [] }, { session: [] }],
    paths,
    components: {
      schemas: components.schemas,
      responses: components.responses,
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An API key' },
        session: { type: 'apiKey', in: 'cookie', name: 'batchyard.session_token' },
      },
    },
    'x-job-types': types.map(({ type }) => ({ type, input: input(type), output: output(type) })),
  };
}

function describe(operation: Operation, path: string, components: Components): JsonSchema {
  const { id, tag, summary, body, example, bodyTypes = [], answers } = operation;
  const content: Record<string, JsonSchema> = {};
  if (body) content['application/json'] = { schema: components.input(body), ...(example ? { example } : {}) };
  for (const type of bodyTypes) content[type] = {};
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(operation.public ? { security: [] } : {}),
    parameters: [...pathParameters(path), ...queryParameters(operation, components), ...headerParameters(operation)],
    ...(Object.keys(content).length > 0 ? { requestBody: { content } } : {}),
    responses: {
      ...Object.fromEntries(Object.entries(answers).map(([status, answer]) => answerOf(status, answer, components))),
      ...problemsOf(errorsOf(operation), components),
    },
  };
}

const pathParameters = (path: string): JsonSchema[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));

function queryParameters({ query, parameters = {} }: Operation, components: Components): JsonSchema[] {
  const plain = Object.entries(parameters).map(([name, description]) => ({
    name,
    in: 'query',
    description,
    schema: name === 'batch' ? { type: 'string' } : { type: 'array', items: { type: 'string' } },
  }));
  if (!query) return plain;
  const { properties = {}, required = [] } = components.input(query) as {
    properties?: Record<string, JsonSchema>;
    required?: string[];
  };
  const typed = Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
  return [...typed, ...plain];
}

const headerParameters = ({ idempotent }: Operation): JsonSchema[] =>
  idempotent
    ? [
        {
          name: 'Idempotency-Key',
          in: 'header',
          description: 'the same request again gets the same answer; another one under the same key is refused',
          schema: { type: 'string', minLength: 1, maxLength: IDEMPOTENCY_KEY_LENGTH },
        },
      ]
    : [];

const isSchema = (answer: Answer): answer is z.ZodType => answer !== null && '_zod' in answer;

function answerOf(status: string, answer: Answer, components: Components): [string, JsonSchema] {
  const description = DESCRIPTIONS[Number(status)] ?? 'OK';
  if (answer === null) return [status, { description }];
  if ('events' in answer) {
    return [status, { description, content: { 'text/event-stream': { schema: eventsOf(answer.events, components) } } }];
  }
  const json = isSchema(answer) ? answer : 'json' in answer ? answer.json : undefined;
  const files = isSchema(answer) ? [] : 'files' in answer ? answer.files : answer;
  const content: Record<string, JsonSchema> = Object.fromEntries(files.map((type) => [type, {}]));
  if (json) content['application/json'] = { schema: components.output(json) };
  return [status, { description, content }];
}

/** Describes one message of a stream: its name in `event`, and the JSON of its `data`. */
function eventsOf(events: Record<string, z.ZodType>, components: Components): JsonSchema {
  const messages = Object.entries(events).map(([name, data]) => {
    const id = `event.${name.replace(':', '.')}`;
    components.schemas[id] = components.output(data);
    return {
      type: 'object',
      required: ['event', 'data'],
      properties: { event: { const: name }, data: { $ref: `#/components/schemas/${id}` } },
    };
  });
  components.schemas.ServerEvent = {
    description: 'A server-sent event: its name, and its data, which the stream carries as JSON text.',
    oneOf: messages,
  };
  return { $ref: '#/components/schemas/ServerEvent' };
}

const RETRY_AFTER = { description: 'seconds to wait', schema: { type: 'integer' } };

/** Returns the error responses of a call. Most calls share them, so they are components, named after their codes. */
function problemsOf(codes: ErrorCode[], components: Components): Record<string, JsonSchema> {
  const schema = components.output(problemSchema);
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes) byStatus.set(ERROR_STATUS[code], [...(byStatus.get(ERROR_STATUS[code]) ?? []), code]);
  return Object.fromEntries(
    [...byStatus].map(([status, group]) => {
      const name = group.sort().join('.');
      components.responses[name] ??= {
        description: group.map((code) => `${titleOf(code)} (\`${code}\`)`).join('; '),
        ...(status === 429 || status === 503 ? { headers: { 'Retry-After': RETRY_AFTER } } : {}),
        content: { 'application/problem+json': { schema: { allOf: [schema, codeIn(group)] } } },
      };
      return [String(status), { $ref: `#/components/responses/${name}` }];
    }),
  );
}

/** Restricts a problem to the codes that one status of a call can have. */
const codeIn = (codes: ErrorCode[]): JsonSchema => ({
  type: 'object',
  properties: { code: { enum: codes } },
  additionalProperties: true,
});
