import { expect, it } from 'vitest';
import { inTurn } from './search-turns';

/** Statements that end when they are told to. */
function statements() {
  const began: string[] = [];
  const ends: (() => void)[] = [];
  const run = (organization: string) =>
    inTurn(organization, () => {
      began.push(organization);
      return new Promise<void>((end) => ends.push(end));
    });
  const settle = () => new Promise((resume) => setImmediate(resume));
  const endNext = async () => {
    ends.shift()?.();
    await settle();
  };
  return { began, ends, run, settle, endNext };
}

it('an organization has two turns at a time, so that another one finds one free', async () => {
  const { began, ends, run, settle, endNext } = statements();
  const all = Array.from({ length: 10 }, () => run('a'));
  await settle();
  expect(began).toEqual(['a', 'a']);
  all.push(run('b'));
  await settle();
  expect(began).toEqual(['a', 'a', 'b']);
  while (ends.length > 0) await endNext();
  await Promise.all(all);
  expect(began).toHaveLength(11);
});

it('organizations take turns, whoever came first', async () => {
  const { began, ends, run, settle, endNext } = statements();
  const all = ['a', 'a', 'a', 'a', 'a', 'b', 'b', 'b', 'c', 'd'].map(run);
  await settle();
  expect(began).toEqual(['a', 'a', 'b', 'b']);
  await endNext();
  await endNext();
  // One that waits without a turn goes before those that just had one.
  expect(began.slice(4).sort()).toEqual(['c', 'd']);
  while (ends.length > 0) await endNext();
  await Promise.all(all);
  expect(began).toHaveLength(10);
});

it('a search beyond those that may wait is refused, and a statement that failed gives its turn back', async () => {
  const { ends, run, settle, endNext } = statements();
  const all = Array.from({ length: 22 }, () => run('a'));
  await settle();
  await expect(run('a')).rejects.toMatchObject({ code: 'too-many-requests', retryAfterSeconds: 2 });
  while (ends.length > 0) await endNext();
  await Promise.all(all);
  await expect(inTurn('a', () => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
  expect(await inTurn('a', async () => 1)).toBe(1);
});
