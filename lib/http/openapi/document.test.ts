import { expect, it } from 'vitest';
import { openApiDocument } from './document';

const document = openApiDocument() as {
  paths: Record<string, Record<string, { parameters: { name: string; in: string }[]; responses: object }>>;
  components: { schemas: Record<string, unknown> };
};

it('refers only to components that exist', () => {
  const text = JSON.stringify(document);
  const names = [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name);
  expect(names.length).toBeGreaterThan(20);
  for (const name of names) expect(document.components.schemas, name).toHaveProperty([String(name)]);
});

it('has the input and output of every job type, and every query parameter', () => {
  expect(document.components.schemas).toHaveProperty(['input.diagnostic', 'properties', 'durationMs']);
  const parameters = document.paths['/api/jobs']?.get?.parameters.map((p) => p.name);
  expect(parameters).toEqual(['type', 'status', 'batchId', 'q', 'limit', 'offset', 'cursor']);
  expect(document.paths['/api/batches']?.post?.responses).toHaveProperty('429');
});
