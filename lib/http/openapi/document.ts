import { z } from 'zod';
import { ERROR_STATUS, type ErrorCode } from '@/lib/contracts/errors';
import { listJobTypes } from '@/lib/domain/job-type/list-job-types';
import { IDEMPOTENCY_KEY_LENGTH } from '@/lib/http/limits';
import { titleOf } from '@/lib/http/problem';
import type { Operation } from './operations/operation';
import { OPERATIONS } from './operations/operations';
import { type JsonSchema, SHAPES, typeOf } from './shapes';

/** Schemas that refer to themselves stand among the components, under the id that they give. */
const shared: Record<string, JsonSchema> = {};

const jsonSchema = (schema: z.ZodType): JsonSchema => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  if (!rest.$defs) return rest;
  const { $defs, ...own } = JSON.parse(JSON.stringify(rest).replaceAll('#/$defs/', '#/components/schemas/'));
  Object.assign(shared, $defs);
  return own;
};

/** The API as OpenAPI 3.1, made from the very schemas that check its input. */
export function openApiDocument(): JsonSchema {
  const types = listJobTypes();
  const inputs = Object.fromEntries(
    types.map((t) => [`input.${t.type}`, { ...t.inputSchema, title: t.title, description: t.description }]),
  );
  const outputs = Object.fromEntries(types.map((t) => [`output.${t.type}`, t.outputSchema]));
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const operation of OPERATIONS) {
    const [method = '', path = ''] = operation.call.split(' ');
    paths[path] = { ...paths[path], [method.toLowerCase()]: describe(operation, path) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Batchyard',
      version: '1',
      description: 'Jobs and batches of background work. Errors are application/problem+json with a stable `code`.',
    },
    security: [{ bearer: [] }, { session: [] }],
    paths,
    components: {
      schemas: { ...SHAPES, ...shared, ...inputs, ...outputs },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An API key' },
        session: { type: 'apiKey', in: 'cookie', name: 'batchyard.session_token' },
      },
    },
    'x-job-types': types.map((t) => ({
      type: t.type,
      input: typeOf(`input.${t.type}`),
      output: typeOf(`output.${t.type}`),
    })),
  };
}

function describe(operation: Operation, path: string): JsonSchema {
  const { summary, body, bodyTypes = [], answers, errors = [] } = operation;
  const content: Record<string, JsonSchema> = {};
  if (body) content['application/json'] = { schema: jsonSchema(body) };
  for (const type of bodyTypes) content[type] = { schema: { type: 'string' } };
  const codes: ErrorCode[] = [
    ...(operation.public ? [] : ['unauthenticated' as const]),
    ...(body || operation.query ? ['invalid-request' as const] : []),
    ...(operation.idempotent ? ['idempotency-key-reused' as const] : []),
    ...errors,
  ];
  return {
    summary,
    ...(operation.public ? { security: [] } : {}),
    parameters: [...pathParameters(path), ...queryParameters(operation), ...headerParameters(operation)],
    ...(Object.keys(content).length > 0 ? { requestBody: { content } } : {}),
    responses: { ...Object.fromEntries(Object.entries(answers).map(answerOf)), ...problemsOf(codes) },
  };
}

const pathParameters = (path: string): JsonSchema[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));

function queryParameters({ query, parameters = {} }: Operation): JsonSchema[] {
  const plain = Object.entries(parameters).map(([name, description]) => ({
    name,
    in: 'query',
    description,
    schema: name === 'batch' ? { type: 'string' } : { type: 'array', items: { type: 'string' } },
  }));
  if (!query) return plain;
  const { properties = {}, required = [] } = jsonSchema(query) as {
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
          description: 'the same request again gives the same answer; another one under the same key is refused',
          schema: { type: 'string', minLength: 1, maxLength: IDEMPOTENCY_KEY_LENGTH },
        },
      ]
    : [];

function answerOf([status, answer]: [string, JsonSchema | string]): [string, JsonSchema] {
  const content = typeof answer === 'string' ? { [answer]: {} } : { 'application/json': { schema: answer } };
  return [status, { description: status === '201' ? 'Created' : 'OK', content }];
}

function problemsOf(codes: ErrorCode[]): Record<string, JsonSchema> {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes) byStatus.set(ERROR_STATUS[code], [...(byStatus.get(ERROR_STATUS[code]) ?? []), code]);
  return Object.fromEntries(
    [...byStatus].map(([status, group]) => [
      String(status),
      {
        description: group.map((code) => `${titleOf(code)} (\`${code}\`)`).join('; '),
        content: { 'application/problem+json': { schema: typeOf('Problem') } },
      },
    ]),
  );
}
