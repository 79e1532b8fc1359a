import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { MigrationList } from './engine';

const ROOT = resolve('prisma');
const MIGRATIONS = join(ROOT, 'migrations');
const SCHEMA = join(ROOT, 'schema.prisma');
const SNAPSHOT = join(MIGRATIONS, 'schema.snapshot.prisma');

const readOptional = (path: string): Promise<string | null> =>
  readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });

/** Returns the migrations folder in the format of the engine, in the order in which migrations are applied. */
export async function readMigrations(): Promise<MigrationList> {
  const entries = await readdir(MIGRATIONS, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const migrationDirectories = await Promise.all(
    names.sort().map(async (name) => {
      const value = await readFile(join(MIGRATIONS, name, 'migration.sql'), 'utf8');
      return { path: name, migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value } } };
    }),
  );
  const content = await readOptional(join(MIGRATIONS, 'migration_lock.toml'));
  const lockfile = { path: 'migration_lock.toml', content };
  return { baseDir: MIGRATIONS, lockfile, shadowDbInitScript: '', migrationDirectories };
}

/** Returns the current schema.prisma. */
export const readSchema = (): Promise<string> => readFile(SCHEMA, 'utf8');

/** Returns schema.prisma as of the last migration; null before the first migration. */
export const readSnapshot = (): Promise<string | null> => readOptional(SNAPSHOT);

export const writeSnapshot = (schema: string): Promise<void> => writeFile(SNAPSHOT, schema);

/** Writes the next migration and returns its file. */
export async function writeMigration(label: string, sql: string): Promise<string> {
  const { migrationDirectories } = await readMigrations();
  const last = Math.max(0, ...migrationDirectories.map(({ path }) => Number.parseInt(path, 10) || 0));
  const folder = join(MIGRATIONS, `${String(last + 1).padStart(4, '0')}_${label}`);
  await mkdir(folder);
  const file = join(folder, 'migration.sql');
  await writeFile(file, sql);
  return file;
}
