import { expect, test } from 'vitest';
import { isPermanent, isRetryLater, PermanentError, RetryLaterError } from '@/lib/job-types/failures';
import { HiddenValues } from './hidden-values';

const value = 'hunter2-hunter2';
const hiding = () => {
  const hidden = new HiddenValues();
  hidden.hide({ name: 'KEY', value });
  return hidden;
};

test('without secrets everything is returned as it is', () => {
  const hidden = new HiddenValues();
  const [error, result] = [new Error('e'), { at: new Date(0) }];
  expect([hidden.text('t'), hidden.json(result), hidden.error(error)]).toEqual(['t', result, error]);
  expect(hidden.error(error)).toBe(error);
});

test('texts, keys and values that turn into JSON are hidden, and all digits are kept', () => {
  const result = { [value]: [`a ${value}`, 12345678901234567890n], at: new Date(0), own: { toJSON: () => value } };
  expect(hiding().json(result)).toEqual({
    '[secret KEY]': ['a [secret KEY]', 12345678901234567890n],
    at: '1970-01-01T00:00:00.000Z',
    own: '[secret KEY]',
  });
});

test('an error keeps what decides about further attempts, and loses its cause', () => {
  const hidden = hiding();
  const cause = new Error(value);
  const permanent = hidden.error(new PermanentError(`no ${value}`, 'c', { cause })) as Error;
  expect(isPermanent(permanent)).toBe(true);
  expect([permanent.message, permanent.cause]).toEqual(['no [secret KEY]', undefined]);
  expect(permanent).toMatchObject({ code: 'c' });
  expect(permanent.stack).toContain('hidden-values.test');
  expect(permanent.stack).not.toContain(value);
  const later = hidden.error(new RetryLaterError(value, 77, 'd', { exact: true }));
  expect(isRetryLater(later)).toBe(true);
  expect(later).toMatchObject({ delayMs: 77, code: 'd', exact: true, message: '[secret KEY]' });
  expect([hidden.error(value), hidden.error({ a: value })]).toEqual(['[secret KEY]', { a: '[secret KEY]' }]);
});

test('of very many values the latest are hidden', () => {
  const hidden = hiding();
  for (let i = 0; i < 120; i++) hidden.hide({ name: 'KEY', value: `another-${i}-value` });
  expect(hidden.text('another-119-value another-20-value')).toBe('[secret KEY] [secret KEY]');
  expect(hidden.text('another-19-value')).toBe('another-19-value');
});
