import { describe, expect, it } from 'vitest';
import { checkFlowText, inputSchemas } from '@/components/flow/compose/check-flow';
import { EXAMPLES, writeJson } from '@/components/flow/compose/examples';
import { describeBuiltInTypes } from '@/lib/domain/job-type/list-job-types';

const known = inputSchemas(describeBuiltInTypes());

describe('the examples of the composer', () => {
  it.each(EXAMPLES)('$key can be launched unchanged', ({ flow }) => {
    const text = writeJson(flow);
    expect(JSON.parse(text)).toEqual(flow);
    const checked = checkFlowText(text, known);
    expect(checked.issues).toEqual([]);
    expect(checked.nodes).toBeGreaterThan(3);
  });
});

it('every job type that is offered can be checked in the browser', () => {
  expect([...known].filter(([, schema]) => schema === null).map(([type]) => type)).toEqual([]);
});
