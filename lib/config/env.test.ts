import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { parseEnv } from './env';

describe('the environment', () => {
  test('needs no variable', () => {
    const env = parseEnv({});
    expect(env.PORT).toBe(3000);
    expect(env.MAX_ACTIVE_BATCHES).toBe(2);
    expect(env.WORKER_PROCESSES.min).toBeGreaterThanOrEqual(1);
  });

  test('treats an empty variable as absent', () => {
    expect(parseEnv({ PORT: '', DATABASE_URL: '' }).PORT).toBe(3000);
  });

  test('applies a preset, and prefers an explicit value', () => {
    const env = parseEnv({ PRESET: 'high-performance', EMBEDDING_RATE_LIMIT: '0' });
    expect(env).toMatchObject({ MAX_ACTIVE_BATCHES: 4, EMBEDDING_CONCURRENCY: 5, EMBEDDING_RATE_LIMIT: 0 });
  });

  test('reads a number of processes and a range', () => {
    expect(parseEnv({ WORKER_PROCESSES: '3' }).WORKER_PROCESSES).toEqual({ min: 3, max: 3 });
    expect(parseEnv({ WORKER_PROCESSES: '1..4' }).WORKER_PROCESSES).toEqual({ min: 1, max: 4 });
    expect(() => parseEnv({ WORKER_PROCESSES: '4..1' })).toThrow('WORKER_PROCESSES');
  });

  test('names every wrong variable at once', () => {
    const wrong = { PORT: 'ninety', DATABASE_URL: 'mysql://x', MAX_ACTIVE_BATCHES: '0', INIT_API_KEY: 'short' };
    const message = messageOf(() => parseEnv(wrong));
    for (const name of Object.keys(wrong)) expect(message).toContain(name);
  });

  test('does not repeat a secret in its message', () => {
    expect(messageOf(() => parseEnv({ INIT_API_KEY: 'hush-hush' }))).not.toContain('hush-hush');
  });

  test('is fully described in .env.example', async () => {
    const described = (await readFile('.env.example', 'utf8')).matchAll(/^# ([A-Z][A-Z_]+)=/gm);
    // Optional variables are not in the parsed result, so the schema's own text is asked.
    const known = (await readFile('lib/config/env.ts', 'utf8')).matchAll(/^ {2}([A-Z][A-Z_]+):/gm);
    const names = (found: Iterable<RegExpMatchArray>) => [...new Set([...found].map((m) => m[1]))].sort();
    expect(names(described)).toEqual(names(known));
  });
});

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('Nothing was thrown.');
}
