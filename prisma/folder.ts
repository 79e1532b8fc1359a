import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

const ROOT = resolve('prisma');
const MIGRATIONS = join(ROOT, 'migrations');
const SCHEMA = join(ROOT, 'schema.prisma');
const SNAPSHOT = join(MIGRATIONS, 'schema.snapshot.prisma');

const readOptional = (path: string): Promise<string | null> =>
  readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });

export interface Migration {
  /** its folder, such as "0001_init" */
  name: string;
  sql: string;
}

/** Returns all migrations, in the order in which they are applied. */
export async function readMigrations(): Promise<Migration[]> {
  const entries = await readdir(MIGRATIONS, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => ({ name, sql: await readFile(join(MIGRATIONS, name, 'migration.sql'), 'utf8') })),
  );
}

/** Returns the current schema.prisma. */
export const readSchema = (): Promise<string> => readFile(SCHEMA, 'utf8');

/** Returns schema.prisma as of the last migration; null before the first migration. */
export const readSnapshot = (): Promise<string | null> => readOptional(SNAPSHOT);

export const writeSnapshot = (schema: string): Promise<void> => writeFile(SNAPSHOT, schema);

/** Writes the next migration and returns its file. */
export async function writeMigration(label: string, sql: string): Promise<string> {
  const migrations = await readMigrations();
  const last = Math.max(0, ...migrations.map(({ name }) => Number.parseInt(name, 10) || 0));
  const folder = join(MIGRATIONS, `${String(last + 1).padStart(4, '0')}_${label}`);
  await mkdir(folder);
  const file = join(folder, 'migration.sql');
  await writeFile(file, sql);
  return file;
}
