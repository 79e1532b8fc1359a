import { createConfig, lintFromString } from '@redocly/openapi-core';
import { expect, it } from 'vitest';
import { serverEvents } from '@/lib/contracts/events';
import { openApiDocument } from './document';
import { OPERATIONS } from './operations/operations';

interface Document {
  paths: Record<string, Record<string, { operationId: string; parameters: { name: string }[]; responses: object }>>;
  components: { schemas: Record<string, { properties?: object }> };
}
const document = openApiDocument() as unknown as Document;

it('has no errors and no warnings under the recommended rules of redocly', async () => {
  const problems = await lintFromString({
    source: JSON.stringify(document),
    absoluteRef: 'openapi.json',
    config: await createConfig({ extends: ['recommended'] }),
  });
  expect(problems.map((p) => `${p.ruleId}: ${p.message} ${p.location[0]?.pointer}`)).toEqual([]);
});

it('refers only to components that exist', () => {
  const text = JSON.stringify(document);
  const names = [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name);
  expect(names.length).toBeGreaterThan(20);
  for (const name of names) expect(document.components.schemas, name).toHaveProperty([String(name)]);
});

it('has the input and output of every job type, and every query parameter', () => {
  expect(document.components.schemas).toHaveProperty(['input.diagnostic', 'properties', 'durationMs']);
  const parameters = document.paths['/api/jobs']?.get?.parameters.map((p) => p.name);
  expect(parameters).toEqual(['type', 'status', 'batchId', 'q', 'query', 'limit', 'offset', 'cursor']);
  expect(document.paths['/api/batches']?.post?.responses).toHaveProperty('429');
});

it('describes attempts, batch name, chart and the words of each status', () => {
  const { JobDetail, Progress, BatchOptions } = document.components.schemas;
  expect(JobDetail?.properties).toMatchObject({
    attempts: { type: 'array' },
    batchName: {},
    status: { enum: expect.arrayContaining(['waiting-children']) },
    error: { anyOf: [{ $ref: '#/components/schemas/JobError' }, { type: 'null' }] },
  });
  expect(Progress?.properties).toHaveProperty('chart');
  expect(BatchOptions?.properties).toHaveProperty('stopAfter');
});

it('has every server-sent event, and the stream refers to them', () => {
  const { schemas } = document.components as unknown as { schemas: Record<string, { oneOf?: unknown[] }> };
  expect(schemas.ServerEvent?.oneOf).toHaveLength(Object.keys(serverEvents).length);
  expect(schemas.ServerEvent?.oneOf).toContainEqual({
    type: 'object',
    required: ['event', 'data'],
    properties: { event: { const: 'job:progress' }, data: { $ref: '#/components/schemas/event.job.progress' } },
  });
  expect(document.paths['/api/events']?.get?.responses).toMatchObject({
    200: { content: { 'text/event-stream': { schema: { $ref: '#/components/schemas/ServerEvent' } } } },
  });
});

it.each(OPERATIONS.filter((o) => o.example !== undefined))('has an example for $id that its schema accepts', (o) => {
  expect(o.body?.safeParse(o.example)).toMatchObject({ success: true });
});

it('has a unique operation id for every operation', () => {
  expect(new Set(OPERATIONS.map((o) => o.id)).size).toBe(OPERATIONS.length);
});
