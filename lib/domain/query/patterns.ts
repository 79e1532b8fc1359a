import { type Sql, sql } from '@/lib/db/sql';
import type { Door } from '@/lib/domain/redaction/door';
import { literalOf, type Pattern } from '@/lib/query/query';

const escaped = (text: string): string => text.replace(/[\\%_]/g, '\\$&');

/** Returns the LIKE pattern of a value: `a*` becomes `a%`. */
const likeOf = (pattern: Pattern): string => pattern.map(escaped).join('%');

/** SQL condition: the text is the pattern as a whole, with regard to case. */
export function isExactly(text: Sql, pattern: Pattern): Sql {
  const literal = literalOf(pattern);
  if (literal !== undefined) return sql`${text} = ${literal}::text`;
  return sql`${text} like ${likeOf(pattern)}::text`;
}

/** SQL condition: the text is the pattern as a whole, without regard to case. */
export const isLike = (text: Sql, pattern: Pattern): Sql => sql`${text} ilike ${likeOf(pattern)}::text`;

/** SQL condition: the text contains the pattern, without regard to case. */
export function contains(text: Sql, pattern: Pattern): Sql {
  const wanted = `%${likeOf(pattern)}%`;
  // To ignore the case of a text costs several times what the search costs.
  const hasCase = wanted.toLowerCase() !== wanted.toUpperCase();
  return hasCase ? sql`${text} ilike ${wanted}::text` : sql`${text} like ${wanted}::text`;
}

/** SQL condition: a JSON text contains the pattern. Quotes and line ends are escaped there as in JSON. */
export const jsonContains = (text: Sql, pattern: Pattern): Sql =>
  contains(
    text,
    pattern.map((part) => JSON.stringify(part).slice(1, -1)),
  );

/** Characters that stand in a JSON text as they are. */
const PLAIN = /^[\w .:@+-]+$/;

/** SQL condition that holds for every JSON text with a value of the pattern. It is cheap, so it is checked first. */
export function mayHave(json: Sql, pattern: Pattern): Sql {
  const longest = pattern.filter((part) => PLAIN.test(part)).sort((a, b) => b.length - a.length)[0];
  return longest === undefined ? sql`true` : sql`${json}::text like ${`%${escaped(longest)}%`}::text`;
}

/** SQL condition: one of the patterns is the text as a whole, without regard to case. */
export function isOneOf(text: Sql, any: readonly Pattern[]): Sql {
  return sql`${text} ilike any(${any.map(likeOf)}::text[])`;
}

/** SQL condition: the same with regard to case. */
export const isExactlyOneOf = (text: Sql, any: readonly Pattern[]): Sql =>
  sql`${text} like any(${any.map(likeOf)}::text[])`;

/** Returns the values that are written in full. */
export const literalsOf = (any: readonly Pattern[]): string[] => any.flatMap((pattern) => literalOf(pattern) ?? []);

/** SQL condition: a caller sees a name whole, and so may find it. */
export const isSeen = (name: Sql, { hiddenNames }: Door): Sql =>
  sql`(${hiddenNames}::text is null or ${name} !~ ${hiddenNames}::text)`;
