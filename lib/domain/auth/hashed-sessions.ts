import { createHash } from 'node:crypto';
import type { BetterAuthOptions, DBAdapter, DBTransactionAdapter, Where } from 'better-auth';
import { env } from '@/lib/config/env';

/** Tokens are long and random, so a plain SHA-256 is safe, and it can be looked up. */
const hashed = (token: string): string => `sha256:${createHash('sha256').update(token).digest('base64url')}`;

interface Selected {
  model: string;
  where: Where[];
}

function hashWhere<S extends { model: string; where?: Where[] | undefined }>(query: S): S {
  if (query.model !== 'session' || !query.where) return query;
  const where = query.where.map((one): Where => {
    if (one.field !== 'token') return one;
    if (typeof one.value === 'string') return { ...one, value: hashed(one.value) };
    return Array.isArray(one.value) ? { ...one, value: one.value.map((value) => hashed(String(value))) } : one;
  });
  return { ...query, where };
}

/** Gives a row the token by which it was found: the library puts it into the cookie. */
function unhash<T>(row: T, { model, where }: Selected): T {
  const token = model === 'session' ? where.find(({ field }) => field === 'token')?.value : undefined;
  return typeof token === 'string' && row ? { ...row, token } : row;
}

const DAY_MS = 24 * 3600 * 1000;

/** A session that is used goes on and on, so its age is bounded too. An older one is the same as none. */
function youngEnough<T>(row: T | null, { model }: Selected): T | null {
  if (model !== 'session' || !row || !(row instanceof Object && 'createdAt' in row)) return row;
  const { createdAt } = row;
  return createdAt instanceof Date && Date.now() - createdAt.getTime() >= env().SESSION_MAX_DAYS * DAY_MS ? null : row;
}

function hashTokens<A extends DBTransactionAdapter>(adapter: A): A {
  return {
    ...adapter,
    create: async (given) => {
      const token = given.model === 'session' && 'token' in given.data ? String(given.data.token) : undefined;
      if (token === undefined) return adapter.create(given);
      return { ...(await adapter.create({ ...given, data: { ...given.data, token: hashed(token) } })), token };
    },
    findOne: async (query) => unhash(youngEnough(await adapter.findOne(hashWhere(query)), query), query),
    findMany: (query) => adapter.findMany(hashWhere(query)),
    count: (query) => adapter.count(hashWhere(query)),
    update: async (query) => unhash(await adapter.update(hashWhere(query)), query),
    updateMany: (query) => adapter.updateMany(hashWhere(query)),
    delete: (query) => adapter.delete(hashWhere(query)),
    deleteMany: (query) => adapter.deleteMany(hashWhere(query)),
    consumeOne: async (query) => unhash(await adapter.consumeOne(hashWhere(query)), query),
    incrementOne: async (query) => unhash(await adapter.incrementOne(hashWhere(query)), query),
  };
}

/**
 * Stores the hash of each session's token instead of the token, which the library would store as it is. Whoever reads the
 * database cannot use a session, even with AUTH_SECRET. Sessions older than SESSION_MAX_DAYS are not found.
 */
export const withHashedSessions =
  (open: (options: BetterAuthOptions) => DBAdapter) =>
  (options: BetterAuthOptions): DBAdapter => {
    const adapter = open(options);
    return {
      ...hashTokens(adapter),
      transaction: (work) => adapter.transaction((inner) => work(hashTokens(inner))),
    };
  };
