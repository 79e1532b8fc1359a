import { expect, it } from 'vitest';
import { ExactNumber } from '@/lib/contracts/json';
import { longestHold } from '@/lib/testing/loop-hold';
import { evaluateAll, evaluateOne, fillTemplate } from './evaluate';

// Escaped, because the linter reports `${}` in a plain string as a forgotten template literal.
const code = (expression: string): string => `\${{ ${expression} }}`;
const limits = { eachMs: 300, owner: 'one' };
/** For what another limit ends: a busy machine may need minutes to get there. */
const patient = { ...limits, eachMs: 1_000_000, allMs: 1_000_000 };
const lists = Array.from({ length: 9900 }, (_, i) => [...Array(25).fill(0), i]);

it('returns values, nothing where nothing was found, and the reasons of failures', async () => {
  const asked = [
    { expression: 'a + $b', bindings: { b: 2 } },
    { expression: 'missing' },
    { expression: '$sum("x")' },
    { expression: '"un' },
  ];
  expect(await evaluateAll({ a: 1 }, asked, limits)).toEqual([
    { value: 3 },
    { value: undefined },
    { error: expect.stringMatching(/argument/i) },
    { error: expect.stringMatching(/string literal/i) },
  ]);
});

it('copies every digit of a number, converts it to text, and does not compute with it', async () => {
  const row = { id: 9007199254740993n, far: new ExactNumber('1e400'), n: 1.5, deep: { id: 2n ** 64n } };
  const asked = [
    ['row.id', 9007199254740993n],
    ['row', row],
    ['"id-" & row.id & "/" & row.far', 'id-9007199254740993/1e400'],
    ['$string(row.id)', '9007199254740993'],
    ['$string(row.deep)', '{"id":18446744073709551616}'],
    ['$join($map([1,2], function($i) { $i & "-" & row.n }), ",")', '1-1.5,2-1.5'],
    ['$join(["a"].($ & "-" & $$.row.n & missing))', 'a-1.5'],
    ['$string([1, 0.1 + 0.2, $sum]) & true & null', '[1,0.3,""]truenull'],
  ] as const;
  const results = await evaluateAll(
    { row },
    asked.map(([expression]) => ({ expression })),
    limits,
  );
  expect(results).toEqual(asked.map(([, value]) => ({ value })));
  const [sum, more, sorted] = await evaluateAll(
    { row },
    ['row.id + 1', 'row.far > 1', '$sum([row.id])'].map((expression) => ({ expression })),
    limits,
  );
  for (const refused of [sum, more, sorted]) expect(refused).toEqual({ error: expect.any(String) });
  expect(await fillTemplate({ id: code('row.id'), text: `n=${code('row.id')}` }, { row }, limits)).toEqual({
    id: 9007199254740993n,
    text: 'n=9007199254740993',
  });
});

it('fills a template once, or for each item', async () => {
  const scope = { input: { a: [1, 2] } };
  expect(await fillTemplate({ all: code('input.a'), text: `n=${code('$count(input.a)')}` }, scope, limits)).toEqual({
    all: [1, 2],
    text: 'n=2',
  });
  expect(await fillTemplate([code('item.x'), code('index')], scope, limits, [{ x: 7 }, {}])).toEqual([
    [7, 0],
    [null, 1],
  ]);
  await expect(fillTemplate(code('$sum(item)'), scope, limits, [1, 'x'])).rejects.toMatchObject({ item: 1 });
});

it.each([
  ['compares every pair of a long list', '$count($distinct(lists))'],
  ['sorts with a comparison of its own', '$sort([1..9000], function($a, $b) { $count($distinct($$.lists)) > $a })'],
  ['calls itself forever', '($f := function($x) { $f($x) }; $f(1))'],
])('ends what %s at its limit without blocking the event loop', async (_, expression) => {
  await evaluateOne({}, '1', limits);
  const asked = evaluateAll({ lists }, [{ expression: '1' }, { expression }], limits);
  let failed: unknown;
  const held = await longestHold(async () => {
    failed = await asked.then(
      ([, second]) => second,
      (error: unknown) => error,
    );
  });
  expect(failed).toMatchObject({
    [failed instanceof Error ? 'message' : 'error']: expect.stringMatching(/takes longer|exceeded|timeout/i),
  });
  expect(held).toBeLessThan(limits.eachMs / 2);
  expect(await evaluateOne({ a: 1 }, 'a', limits)).toBe(1);
});

it('names the expression that reached the limit', async () => {
  const asked = ['1', '$count($distinct(lists))', '2'].map((expression) => ({ expression }));
  await expect(evaluateAll({ lists }, asked, limits)).rejects.toMatchObject({ name: 'ExpressionError', item: 1 });
});

it.each([
  ['objects', '$map([1..9999], function($i) { {"a": [1..9999]} })'],
  ['texts', '$map([1..9999], function($i) { $pad("", 99999, $string($i)) })'],
])('ends what fills the memory with %s, and no other expression', async (_, expression) => {
  const hungry = evaluateOne({}, expression, patient);
  await expect(hungry).rejects.toThrow(/needs more than 512 MB of memory/);
  expect(await evaluateOne({ a: 1 }, 'a', limits)).toBe(1);
});

it('has a limit for all expressions together, and can be aborted', async () => {
  const items = Array(1000).fill(0);
  const some = { lists: lists.slice(0, 1000) };
  const slow = fillTemplate(code('$count($distinct($$.lists))'), some, { ...limits, eachMs: 5000, allMs: 200 }, items);
  await expect(slow).rejects.toThrow('takes longer than 0.2 s in all');
  const stop = new AbortController();
  const aborted = evaluateOne({ lists }, '$count($distinct(lists))', { ...limits, signal: stop.signal });
  stop.abort(new Error('not wanted any more'));
  await expect(aborted).rejects.toThrow('not wanted any more');
});

it('lets owners take turns, so that many slow expressions of one delay no other', async () => {
  const slow = () => evaluateOne({ lists }, '$count($distinct(lists))', limits).catch(() => 'ended');
  const ended: string[] = [];
  const many = Array.from({ length: 6 }, () => slow().then(() => ended.push('many')));
  const other = evaluateOne({}, '1', { ...limits, owner: 'two' }).then(() => ended.push('other'));
  await other;
  expect(ended.filter((who) => who === 'many').length).toBeLessThan(5);
  await Promise.all(many);
});

it('refuses to create a value that is too large, once or for an item', async () => {
  const many = code('$map([1..9999], function($i) { $pad("", 2000, "x") })');
  await expect(fillTemplate({ a: many }, {}, patient)).rejects.toThrow('makes more than 10 MiB');
  const each = fillTemplate({ a: many }, {}, patient, [1]);
  await expect(each).rejects.toMatchObject({ message: 'makes more than 10 MiB', item: 0 });
});

it('refuses an input that is too large for an expression, by name', async () => {
  await expect(evaluateOne({ text: 'x'.repeat(33 * 1024 ** 2) }, '1', limits)).rejects.toThrow(/more than 32 MiB/);
});
