import { expect, test } from 'vitest';
import { BUILT_IN_TYPES, catalogue, describeJobType } from './catalogue';

const examples = BUILT_IN_TYPES.flatMap((type) => {
  const given = describeJobType(type).inputSchema.examples;
  return (Array.isArray(given) ? given : []).map((item: unknown) => ({ type, input: catalogue[type].input, item }));
});

test('the types whose items are rows have examples to try them with', () => {
  const types = new Set(examples.map(({ type }) => type));
  expect([...types].sort()).toEqual(['bulk-operation', 'diagnostic', 'document-processing', 'workflow-execution']);
});

test.each(examples)('an example of $type is a valid item: $item', ({ input, item }) => {
  expect(input.safeParse(item).error?.issues).toBeUndefined();
});
