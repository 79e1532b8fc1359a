import { describe, expect, test } from 'vitest';
import { parseEnv } from './env';

const SECRET = 'pw7Q';
const refusal = (variable: string, value: string): string => {
  try {
    parseEnv({ [variable]: value });
  } catch (error) {
    return (error as Error).message;
  }
  return '';
};

describe('the address of Postgres or Redis', () => {
  test.each([
    [`redis://:${SECRET}#w@127.0.0.1:6379`],
    [`redis://user#${SECRET}@127.0.0.1:6379`],
    [`redis://:${SECRET}%2@127.0.0.1:6379`],
    [`redis://:p#w%2@:/$x${SECRET}@127.0.0.1:6379`],
    [`redis://:${SECRET}@x@127.0.0.1:6379`],
    [`redis://:${SECRET}/x@127.0.0.1:6379`],
    [`redis://:12/${SECRET}@127.0.0.1:6379`],
    [`redis://me:12?${SECRET}@127.0.0.1:6379`],
    [`redis://:${SECRET}:x/@127.0.0.1:6379`],
  ])('with a raw character in the password is refused by its variable, and the password is not repeated: %s', (url) => {
    const said = refusal('REDIS_URL', url);
    expect(said).toContain('REDIS_URL: ');
    expect(said).toContain('percent-encoded');
    expect(said).not.toContain(SECRET);
  });

  test.each([
    [`postgres://me:${SECRET}#w@127.0.0.1:5432/db`],
    [`postgresql://me:${SECRET}%@127.0.0.1:5432/db`],
    [`postgresql://me:a@${SECRET}@127.0.0.1:5432/db`],
    [`postgresql://me:a/${SECRET}@127.0.0.1:5432/db`],
  ])('of Postgres with a raw character is refused too: %s', (url) => {
    const said = refusal('DATABASE_URL', url);
    expect(said).toContain('DATABASE_URL: ');
    expect(said).toContain('percent-encoded');
    expect(said).not.toContain(SECRET);
  });

  test('is accepted with an encoded password, an IPv6 host, options and without a password', () => {
    for (const password of ['p%23w%252%40%3A%2F%24x', 'plain', '']) {
      const user = password ? `me:${password}@` : '';
      expect(refusal('REDIS_URL', `redis://${user}127.0.0.1:6379/2`)).toBe('');
      expect(refusal('REDIS_URL', `rediss://${user}[::1]:6379`)).toBe('');
      expect(refusal('DATABASE_URL', `postgresql://${user}db.example.org/by?sslmode=require&application_name=x`)).toBe(
        '',
      );
      expect(refusal('DATABASE_URL', `postgres://${user}%2Fvar%2Frun%2Fpostgresql/by`)).toBe('');
    }
  });

  test('is refused with another scheme, without a host, or with a database that is not a number', () => {
    expect(refusal('REDIS_URL', 'http://127.0.0.1:6379')).toContain('must start with redis:// or rediss://');
    expect(refusal('REDIS_URL', 'redis:///0')).toContain('names no host');
    expect(refusal('REDIS_URL', 'redis://127.0.0.1/queue')).toContain('number of a database');
    expect(refusal('DATABASE_URL', 'postgresql://me@host/a b')).toContain('blanks');
  });
});
