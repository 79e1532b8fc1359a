import { validate, version } from 'uuid';
import { afterEach, expect, it, vi } from 'vitest';
import { newId } from './ids';

afterEach(() => vi.useRealTimers());

/** More than share one filling with random bytes. */
const many = () => Array.from({ length: 10_000 }, newId);

it('makes ids of version 7 that increase strictly, also while the clock stands still or is set back', () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const ids = many();
  vi.setSystemTime(Date.now() - 60_000);
  ids.push(...many());
  vi.setSystemTime(Date.now() + 120_000);
  ids.push(...many());
  expect(ids.every((id) => validate(id) && version(id) === 7)).toBe(true);
  expect([...new Set(ids)].sort()).toEqual(ids);
});

it('shares no random part between two ids', () => {
  // The last 44 bits of an id are random alone.
  expect(new Set(many().map((id) => id.slice(-11))).size).toBe(10_000);
});
