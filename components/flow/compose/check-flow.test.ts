import { describe, expect, it } from 'vitest';
import type { JobTypeDescription } from '@/lib/contracts/job-type';
import { lineOf } from '@/lib/contracts/json-position';
import { checkFlowText, inputSchemas } from './check-flow';
import { parseWithPlaces } from './json-places';

const TYPES = [
  {
    type: 'wait',
    title: 'Wait',
    description: '',
    inputSchema: {
      type: 'object',
      properties: { ms: { type: 'integer', minimum: 0, maximum: 60_000 } },
      required: ['ms'],
      additionalProperties: false,
    },
    outputSchema: {},
    defaults: { maxAttempts: 1, backoff: { type: 'fixed', delay: 0 }, timeoutMs: 1, concurrency: 0, ratePerMinute: 0 },
    acceptsFiles: false,
  },
] satisfies JobTypeDescription[];
const known = inputSchemas(TYPES);
const check = (value: unknown) =>
  checkFlowText(typeof value === 'string' ? value : JSON.stringify(value, null, 2), known);
const leaf = (name: string, data: unknown = { ms: 1 }) => ({ name, type: 'wait', data });

describe('parseWithPlaces', () => {
  it('reads what JSON.parse reads', () => {
    for (const text of ['{}', '[]', ' { "a" : [1, -2.5e3, true, null, "\\u00e9\\n"] } ', '"x"', '{"__proto__":1}']) {
      const parsed = parseWithPlaces(text);
      expect(parsed.ok && JSON.stringify(parsed.value)).toBe(JSON.stringify(JSON.parse(text)));
    }
  });
  it('reports where JSON becomes invalid', () => {
    const mistakes: [string, number, RegExp][] = [
      ['{"a": 1,}', 8, /comma before }/],
      ['{"a" 1}', 5, /colon/],
      ['{"a": 01}', 7, /Expected , or }/],
      ["{'a': 1}", 1, /name in quotes/],
      ['[1, 2', 5, /ends before/],
      ['{"a": "x', 6, /not closed/],
      ['{} {}', 3, /more after the end/],
      ['{"a": 1, "a": 2}', 9, /twice/],
      ['', 0, /ends too early/],
      ['['.repeat(2_000), 501, /deeply/],
    ];
    for (const [text, at, message] of mistakes) {
      if (!text.includes('"a": 2')) expect(() => JSON.parse(text)).toThrow();
      expect(parseWithPlaces(text), text.slice(0, 20)).toMatchObject({
        ok: false,
        place: { from: at },
        message: expect.stringMatching(message),
      });
    }
  });
  it('finds the position of each value, and of the parent of a missing one', () => {
    const text = '{"a": {"b": [10, 20]}}';
    const parsed = parseWithPlaces(text);
    if (!parsed.ok) throw new Error('it is JSON');
    const cut = (...path: (string | number)[]) => {
      const { from, to } = parsed.placeOf(path);
      return text.slice(from, to);
    };
    expect(cut('a', 'b', 1)).toBe('20');
    expect(cut('a', 'b')).toBe('[10, 20]');
    expect(cut('a', 'missing')).toBe('{');
    expect(lineOf('a\nbc\nd', 3)).toEqual({ line: 2, column: 2 });
  });
});

describe('checkFlowText', () => {
  it('accepts a flow and a list of flows, and measures them', () => {
    const flow = { ...leaf('deploy'), children: [{ ...leaf('build'), children: [leaf('compile'), leaf('test')] }] };
    expect(check(flow)).toMatchObject({ issues: [], nodes: 4, levels: 3, leaves: 2, types: ['wait'] });
    expect(check([leaf('a'), leaf('b')])).toMatchObject({
      issues: [],
      nodes: 2,
      flows: [{ name: 'a' }, { name: 'b' }],
    });
    expect(check('  ')).toMatchObject({ issues: [], flows: [] });
  });
  it('shows what the contract refuses at its line', () => {
    const { issues } = check({ name: 'a', type: 'wait', data: { ms: 1 }, opts: { onFailure: 'shrug' }, color: 'red' });
    expect(issues).toMatchObject([
      { path: 'opts.onFailure', line: 8 },
      { path: 'color', line: 10, message: 'is not a known field' },
    ]);
  });
  it('checks the input of every node against its job type, however deep', () => {
    const { issues } = check({
      ...leaf('a'),
      children: [leaf('b', { ms: 99_999 }), leaf('c', {}), leaf('d', { ms: 1, x: 2 })],
    });
    expect(issues.map(({ path }) => path)).toEqual(['children.0.data.ms', 'children.1.data.ms', 'children.2.data.x']);
    expect(check({ name: 'a', type: 'nap' }).issues).toMatchObject([
      { path: 'type', message: expect.stringMatching(/wait/) },
    ]);
  });
  it('reports what is missing at the part that requires it', () => {
    expect(check('{\n  "type": "wait",\n  "data": {"ms": 1}\n}').issues).toMatchObject([
      { path: 'name', line: 1, column: 1, message: 'is required' },
    ]);
  });
  it('draws the valid parts of an invalid flow', () => {
    expect(check({ ...leaf('a'), children: [{ name: 'b' }, 7] })).toMatchObject({
      flows: [{ name: 'a', children: [{ name: 'b', type: '' }] }],
    });
  });
  it('refuses more levels and jobs than can be launched', () => {
    let chain: Record<string, unknown> = leaf('0');
    for (let level = 1; level <= 100; level += 1) chain = { ...leaf(String(level)), children: [chain] };
    expect(check(chain).issues).toMatchObject([{ message: expect.stringMatching(/101 levels/) }]);
    const wide = {
      ...leaf('root'),
      children: Array.from({ length: 20_001 }, () => ({ name: 'x', type: 'wait', data: { ms: 1 } })),
    };
    expect(check(JSON.stringify(wide)).issues.some(({ message }) => /at most 20000/.test(message))).toBe(true);
  });
  it('checks only the shape while the job types are unknown', () => {
    expect(checkFlowText('{"name":"a","type":"nap"}', null).issues).toEqual([]);
  });
});
