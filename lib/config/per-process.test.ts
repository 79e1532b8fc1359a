import { expect, it } from 'vitest';
import { perProcess } from './per-process';

it('returns one value for each name, and a new one after it was cleared', () => {
  let made = 0;
  const make = () => ({ number: ++made });
  const one = perProcess('a-test', make);
  const other = perProcess('a-test', make);
  expect(one.peek()).toBeUndefined();
  expect(one.get()).toBe(other.get());
  expect(other.clear()).toEqual({ number: 1 });
  expect(one.peek()).toBeUndefined();
  expect(one.get()).toEqual({ number: 2 });
  other.clear();
});
