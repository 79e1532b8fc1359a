import { describe, expect, it } from 'vitest';
import { fieldsOf } from './fields';
import { parseQuery } from './parse';
import type { QueryKind, Term } from './query';

const NOW = Date.parse('2026-05-10T12:00:00Z');
const parse = (text: string, kind: QueryKind = 'jobs') => parseQuery(text, kind, NOW);
const terms = (text: string, kind?: QueryKind) => {
  const { terms: placed, problems } = parse(text, kind);
  expect(problems).toEqual([]);
  return placed.map(({ term }) => term);
};
const problem = (text: string, kind?: QueryKind) => {
  const { problems } = parse(text, kind);
  expect(problems).toHaveLength(1);
  const [first] = problems;
  return { ...first, marked: text.slice(first?.at, (first?.at ?? 0) + (first?.length ?? 0)) };
};
const choice = (field: string, ...any: string[][]) => ({ field, not: false, any });

describe('a qualifier', () => {
  it.each<[string, Partial<Term> | object]>([
    ['status:failed', choice('status', ['failed'])],
    ['status:failed,active', choice('status', ['failed'], ['active'])],
    ['status:running', choice('status', ['active'])],
    ['STATUS:Failed', choice('status', ['failed'])],
    ['type:bulk-operation', choice('type', ['bulk-operation'])],
    ['type:bulk*', choice('type', ['bulk', ''])],
    ['batch:"March import"', choice('batch', ['March import'])],
    ['id:0199aaaa-0000-7000-8000-000000000000', choice('id', ['0199aaaa-0000-7000-8000-000000000000'])],
    ['by:ana', choice('by', ['ana'])],
    ['tag:x,y', choice('tag', ['x'], ['y'])],
    ['is:dead', choice('is', ['dead'])],
    ['error:*timeout*', { field: 'error', not: false, pattern: ['', 'timeout', ''] }],
    ['error:"429, too many"', { field: 'error', not: false, pattern: ['429, too many'] }],
    ['error:*"too many"*', { field: 'error', not: false, pattern: ['', 'too many', ''] }],
    ['name:a,b', { field: 'name', not: false, pattern: ['a,b'] }],
    ['name:""', { field: 'name', not: false, pattern: [''] }],
    ['data.customer:acme', { field: 'data', path: ['customer'], not: false, test: { pattern: ['acme'] } }],
    ['data.a.b.0:"*"', { field: 'data', path: ['a', 'b', '0'], not: false, test: { pattern: ['*'] } }],
    ['data."first name":*', { field: 'data', path: ['first name'], not: false, test: { pattern: ['', ''] } }],
    [
      'result.status:>=400',
      { field: 'result', path: ['status'], not: false, test: { range: { from: { text: '400', inclusive: true } } } },
    ],
    [
      'data.n:1..2',
      {
        field: 'data',
        path: ['n'],
        not: false,
        test: { range: { from: { text: '1', inclusive: true }, to: { text: '2', inclusive: true } } },
      },
    ],
    ['created:>1h', { field: 'created', not: false, test: { range: { from: { text: '1h', inclusive: false } } } }],
    ['created:<2d', { field: 'created', not: false, test: { range: { to: { text: '2d', inclusive: false } } } }],
    ['created:today', { field: 'created', not: false, test: { at: 'today' } }],
    ['finished:2026-05-01', { field: 'finished', not: false, test: { at: '2026-05-01' } }],
    ['finished:2026-05-01T10:00:00Z', { field: 'finished', not: false, test: { at: '2026-05-01T10:00:00Z' } }],
    [
      'created:2026-05-01..2026-05-03',
      {
        field: 'created',
        not: false,
        test: { range: { from: { text: '2026-05-01', inclusive: true }, to: { text: '2026-05-03', inclusive: true } } },
      },
    ],
    ['took:>30s', { field: 'took', not: false, test: { range: { from: { text: '30s', inclusive: false } } } }],
    [
      'took:1h30m..2h',
      {
        field: 'took',
        not: false,
        test: { range: { from: { text: '1h30m', inclusive: true }, to: { text: '2h', inclusive: true } } },
      },
    ],
    ['attempts:3', { field: 'attempts', not: false, test: { at: '3' } }],
    ['attempts:>1', { field: 'attempts', not: false, test: { range: { from: { text: '1', inclusive: false } } } }],
    ['item:12', { field: 'item', not: false, test: { at: '12' } }],
    [
      'item:1..1000000',
      {
        field: 'item',
        not: false,
        test: { range: { from: { text: '1', inclusive: true }, to: { text: '1000000', inclusive: true } } },
      },
    ],
    ['"free text"', { field: 'text', not: false, pattern: ['free text'] }],
    ['word', { field: 'text', not: false, pattern: ['word'] }],
    ['-word', { field: 'text', not: true, pattern: ['word'] }],
    ['"-word"', { field: 'text', not: false, pattern: ['-word'] }],
    ['"a:b"', { field: 'text', not: false, pattern: ['a:b'] }],
    ['-tag:x', { ...choice('tag', ['x']), not: true }],
    ['error:"say \\"no\\" \\\\"', { field: 'error', not: false, pattern: ['say "no" \\'] }],
    ['error:a\\b', { field: 'error', not: false, pattern: ['a\\b'] }],
  ])('%s is understood', (text, wanted) => {
    expect(terms(text)).toEqual([wanted]);
  });

  it('combines with others at any blank, and keeps its place', () => {
    const { terms: placed, problems } = parse('  status:failed\t-tag:x\n"free text" ');
    expect(problems).toEqual([]);
    expect(placed.map(({ at, length, term }) => [at, length, term.field])).toEqual([
      [2, 13, 'status'],
      [16, 6, 'tag'],
      [23, 11, 'text'],
    ]);
  });

  it('is offered only where it means something', () => {
    expect(fieldsOf('batches')).not.toContain('data');
    expect(problem('data.x:1', 'batches').message).toContain('data is a field of jobs, not of batches');
    expect(problem('tag:x', 'flows').message).toContain('not of flows');
    expect(terms('status:partial is:queued', 'batches')).toHaveLength(2);
    expect(terms('status:in-progress is:dead', 'flows')).toHaveLength(2);
  });
});

describe('a problem', () => {
  it.each<[string, string, string]>([
    ['stauts:failed', 'stauts', 'Did you mean status?'],
    ['a creatd:today', 'creatd', 'Did you mean created?'],
    ['zzzzzz:1', 'zzzzzz', 'The fields are status, type'],
    ['https://example.org', 'https', 'quote it'],
    ['status:faild', 'faild', 'Did you mean failed?'],
    ['status:completed,bogus', 'bogus', 'It is one of pending'],
    ['status:fail*', 'fail*', 'There is no status fail*'],
    ['is:alive', 'alive', 'There is no state alive'],
    ['status:', 'status:', 'status needs a value, such as status:failed.'],
    ['status:failed,', 'failed,', 'A value is missing'],
    ['created:1h', '1h', 'created:>1h for newer than that, or created:<1h'],
    ['created:soon', 'soon', 'This is no time'],
    ['created:2026-02-30', '2026-02-30', 'This is no time'],
    ['created:9999-12-31', '9999-12-31', 'This is no time'],
    ['created:2026-05-01..9999-12-31', '9999-12-31', 'This is no time'],
    ['created:>0000-01-01', '0000-01-01', 'This is no time'],
    ['created:>', '>', 'A value is missing behind the sign'],
    ['created:2026-05-03..2026-05-01', '2026-05-03..2026-05-01', 'write 2026-05-01..2026-05-03'],
    ['created:1d..2d', '1d..2d', 'write 2d..1d'],
    ['took:30s', '30s', 'took:>30s'],
    ['took:>fast', 'fast', 'This is no duration'],
    ['attempts:many', 'many', 'This is no number'],
    ['item:first', 'first', 'This is no number of an item'],
    ['attempts:..', '..', 'at least one end'],
    ['data:1', 'data:1', 'Name a place in the input'],
    ['data..x:1', 'data..x:1', 'Name a place in the input'],
    ['result.:1', 'result.:1', 'Name a place in the result'],
    ['status.x:1', 'status.x', 'status has no parts'],
    ['data.n:>1*', '1*', 'A range has no wildcards'],
    ['id:0199*', '0199*', 'written in full'],
    ['error:"open', '"open', 'This quote is not closed'],
    ['-', '-', 'what must not be there'],
    ['*', '*', 'Write a word'],
    ['""', '"', 'Write a word'],
  ])('%s is marked at %s', (text, marked, message) => {
    const found = problem(text);
    expect(found.message).toContain(message);
    expect(found.marked).toBe(marked);
  });

  it('is reported for each wrong term, in their order, and the others are understood', () => {
    const { terms: placed, problems } = parse('stat:x status:failed took:1 "open');
    expect(placed.map(({ term }) => term.field)).toEqual(['status']);
    expect(problems.map(({ at }) => at)).toEqual([0, 26, 28]);
  });
});

describe('hostile text', () => {
  it.each<[string, string]>([
    ['10 kB', 'x'.repeat(10_000)],
    ['NUL', 'a\u0000b'],
    ['an open quote', `"${'a '.repeat(900)}`],
    ['a deep path', `data${'.a'.repeat(900)}:1`],
    ['many terms', 'a '.repeat(900)],
    ['many values', `type:${'a,'.repeat(900)}a`],
    ['many wildcards', `error:${'*a'.repeat(900)}`],
    ['digits for a duration', `took:>${'1'.repeat(1900)}`],
    ['durations without end', `took:>${'1s'.repeat(900)}!`],
  ])('%s is a problem with a place in it', (_, text) => {
    const { problems } = parse(text);
    expect(problems.length).toBeGreaterThan(0);
    for (const { at, length } of problems) {
      expect(at).toBeGreaterThanOrEqual(0);
      expect(at + length).toBeLessThanOrEqual(text.length);
    }
  });

  it('takes no word for a member of an object', () => {
    for (const word of ['constructor', '__proto__', 'toString']) {
      expect(parse(`${word}:1`).problems).toHaveLength(1);
      expect(parse(`status:${word}`).problems).toHaveLength(1);
      expect(parse(`took:>1${word}`).problems).toHaveLength(1);
    }
  });
});
