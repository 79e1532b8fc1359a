import { expect, it } from 'vitest';
import { MAX_WARNING_MESSAGE, MAX_WARNINGS } from '@/lib/contracts/job';
import { Warnings } from './warnings';

it('are nothing where none was given', () => {
  expect(new Warnings().all()).toBeUndefined();
});

it('are kept once each, in order', () => {
  const warnings = new Warnings();
  warnings.add('a', 'first');
  expect(warnings.add('a', 'first')).toBeUndefined();
  warnings.add('a', 'second');
  expect(warnings.all()).toEqual([
    { code: 'a', message: 'first' },
    { code: 'a', message: 'second' },
  ]);
});

it('are bounded in number, and the last one says how many are left out', () => {
  const warnings = new Warnings();
  for (let i = 0; i < MAX_WARNINGS + 5; i += 1) warnings.add('row', `row ${i}`);
  expect(warnings.all()).toHaveLength(MAX_WARNINGS);
  expect(warnings.all()?.at(-1)).toEqual({
    code: 'further-warnings',
    message: '6 further warnings are in the log of the job.',
  });
});

it('are bounded in length and can be stored whatever is in them', () => {
  const warnings = new Warnings();
  warnings.add('x', `\u0000\ud800${'a'.repeat(MAX_WARNING_MESSAGE - 3)}😀b`);
  const message = warnings.all()?.[0]?.message ?? '';
  expect(message).toBe(`\uFFFD\uFFFD${'a'.repeat(MAX_WARNING_MESSAGE - 3)}`);
});
