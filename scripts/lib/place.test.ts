import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { environmentOf } from './parts.mjs';
import { openDataDir } from './place.mjs';

let dataDir = '';

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'batchyard-place-'));
  vi.stubEnv('DATA_DIR', dataDir);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(dataDir, { recursive: true });
});

describe('DATA_DIR', () => {
  it('keeps files, spooled tables and logs from other users, also those of an older version', () => {
    for (const name of ['files', 'spool', 'logs', 'postgres']) {
      mkdirSync(join(dataDir, name));
      chmodSync(join(dataDir, name), 0o755);
    }
    expect(openDataDir()).toBe(dataDir);
    const modes = ['files', 'spool', 'logs', 'postgres'].map((name) => statSync(join(dataDir, name)).mode & 0o777);
    // Postgres may run as another user.
    expect(modes).toEqual([0o700, 0o700, 0o700, 0o755]);
  });

  it('is made where it is missing, and no other user can list it', () => {
    vi.stubEnv('DATA_DIR', join(dataDir, 'new'));
    const made = openDataDir();
    expect(existsSync(made)).toBe(true);
    expect(statSync(made).mode & 0o066).toBe(0);
  });
});

describe('the environment of a part', () => {
  const env: NodeJS.ProcessEnv = {
    NODE_ENV: 'production',
    INIT_ADMIN_EMAIL: 'ana@example.org',
    INIT_ADMIN_PASSWORD: 'a-long-password',
    INIT_API_KEY: 'a-key',
    AUTH_SECRET: 'signs',
    METRICS_TOKEN: 'scrapes',
    SMTP_URL: 'smtp://user:password@mail.example.org',
    DATABASE_MIGRATION_URL: 'postgresql://owner@db.example.org/batchyard',
    SECRETS_KEY: 'seals',
    PATH: '/bin',
  };

  it('has nothing of the first administrator, the first key and the owner of the database', () => {
    expect(environmentOf(env, 'web')).toMatchObject({ AUTH_SECRET: 'signs', SECRETS_KEY: 'seals', PATH: '/bin' });
    expect(Object.keys(environmentOf(env, 'web')).filter((name) => /^INIT_|MIGRATION/.test(name))).toEqual([]);
  });

  it('has, for workers, nothing that signs sessions or admits to the dashboard', () => {
    expect(environmentOf(env, 'workers')).toEqual({ NODE_ENV: 'production', SECRETS_KEY: 'seals', PATH: '/bin' });
  });
});
