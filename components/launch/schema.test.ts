import { expect, test } from 'vitest';
import { unsetText, withMember } from '@/components/shared/batch-options';
import { OPTION_FIELDS, readOptions } from '@/components/shared/option-fields';
import { fieldsOf, itemIssues, itemOfForm, lineFieldOf } from '@/components/ui/schema-fields';
import { batchOptions } from '@/lib/contracts/batch-options';

const fields = fieldsOf({
  properties: {
    count: { type: 'integer', minimum: 0, maximum: 60_000, description: 'how many' },
    mode: { type: 'string', enum: ['fast', 'safe'] },
    flag: { type: 'boolean' },
    note: { type: 'string', maxLength: 100 },
    anything: {},
  },
  required: ['mode'],
});

test('fields come from the schema, in its order', () => {
  expect(fields.map((f) => [f.name, f.kind])).toEqual([
    ['count', 'integer'],
    ['mode', 'choice'],
    ['flag', 'boolean'],
    ['note', 'text'],
    ['anything', 'json'],
  ]);
  expect(lineFieldOf(fields)).toBe('note');
});

test('a filled form is an item, and empty fields are absent', () => {
  const typed = { count: '1,200', mode: 'fast', flag: 'true', anything: '{"a":1}' };
  expect(itemOfForm(fields, typed)).toEqual({
    item: { count: 1200, mode: 'fast', flag: true, anything: { a: 1 } },
    issues: {},
  });
  expect(itemOfForm(fields, { mode: 'safe', anything: 'plain words' }).item.anything).toBe('plain words');
});

test('an error is shown beside its field', () => {
  expect(itemOfForm(fields, { count: '1.5', anything: '{' }).issues).toEqual({
    count: 'must be a whole number',
    mode: 'is required',
    anything: 'is not valid JSON',
  });
  expect(itemOfForm(fields, { count: '70000', mode: 'fast' }).issues.count).toBe('must be at most 60,000');
});

const DEFAULTS = {
  maxAttempts: 3,
  backoff: { type: 'exponential' as const, delay: 2000 },
  timeoutMs: 60_000,
  concurrency: 0,
  ratePerMinute: 600,
};

test('empty options get the defaults, percent becomes a share, and seconds become milliseconds', () => {
  const typed = { concurrency: '5', stopOnFailureRate: '20', 'backoff.delay': '1.5' };
  expect(readOptions(typed, DEFAULTS)).toEqual({
    options: { concurrency: 5, stopOnFailureRate: 0.2, backoff: { type: 'exponential', delay: 1500 } },
    issues: {},
  });
});

test('an option that the contract refuses is marked at its field, with its bounds in the unit of the field', () => {
  const typed = { maxAttempts: '0', ratePerMinute: '0.00001', stopOnFailureRate: '150', stopAfter: '3000000000' };
  expect(readOptions(typed, DEFAULTS).issues).toEqual({
    maxAttempts: 'must be at least 1',
    stopOnFailureRate: 'must be at most 100',
    stopAfter: 'must be at most 2,147,483,647',
    ratePerMinute: 'must be 0 or at least 0.0001',
  });
});

test('the form has a field for every option of the contract, and shows the default while it is empty', () => {
  const shown = OPTION_FIELDS.map((field) => [field.label, unsetText(field, DEFAULTS)]);
  expect(shown).toEqual([
    ['Concurrency', 'as many as the workers take'],
    ['Rate', '600'],
    ['Priority', '0'],
    ['Attempts', '3'],
    ['Backoff', 'exponential (default)'],
    ['First wait, seconds', '2'],
    ['Delay, seconds', 'none'],
    ['Stop at failure rate, %', 'none'],
    ['Minimum sample', '20'],
    ['Budget of failures', 'none'],
    ['Budget of time, minutes', 'none'],
    ['Budget of tokens', 'none'],
    ['Budget of money, USD', 'none'],
    ['Dead-letter queue', 'none'],
  ]);
  const options = new Set(OPTION_FIELDS.map((field) => field.name.split('.')[0]));
  expect([...options]).toEqual(Object.keys(batchOptions.shape));
});

test('an item is checked field by field before it is sent', () => {
  const fields = fieldsOf({
    properties: {
      url: { type: 'string' },
      count: { type: 'integer', minimum: 1 },
      mode: { enum: ['a', 'b'] },
      open: { type: 'boolean' },
      anything: {},
    },
    required: ['url'],
  });
  expect(itemIssues(fields, { url: 'x', count: 2, mode: 'b', open: false, anything: [1] })).toEqual([]);
  expect(itemIssues(fields, { count: '2', mode: 'c', open: 1 })).toEqual([
    { path: 'url', message: 'is required' },
    { path: 'count', message: 'must be a number, not text' },
    { path: 'mode', message: 'must be one of a, b' },
    { path: 'open', message: 'must be true or false, not a number' },
  ]);
  expect(itemIssues(fields, 7)).toEqual([{ path: '', message: 'must be an object, not a number' }]);
});

test('a member of an option is set and removed with what it leaves empty', () => {
  const typed = { 'budget.cost.tokens': '5000', 'budget.cost.usd': '0.25', 'budget.failed': '3' };
  const { options } = readOptions(typed, DEFAULTS);
  expect(options).toEqual({ budget: { cost: { tokens: 5000, usd: 0.25 }, failed: 3 } });
  const without = withMember(options.budget, ['cost', 'usd'], undefined);
  expect(without).toEqual({ cost: { tokens: 5000 }, failed: 3 });
  expect(withMember({ cost: { tokens: 1 } }, ['cost', 'tokens'], undefined)).toBeUndefined();
  expect(readOptions({ 'budget.cost.tokens': '0' }, DEFAULTS).issues).toEqual({
    'budget.cost.tokens': 'must be at least 1',
  });
});
