import { MAX_ISSUES } from '@/lib/contracts/issues';
import { isId } from '@/lib/db/ids';
import type { Context } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { type Door, openDoor, requireUnredacted } from '@/lib/domain/redaction/door';
import { parseQuery } from '@/lib/query/parse';
import { printQuery, queryOf } from '@/lib/query/print';
import type { Field, Query, QueryKind, Term } from '@/lib/query/query';

/** Whose rows a query searches, and what of them. */
export interface SearchScope {
  organizationId: string;
  door: Door;
  /** words are searched in inputs, results and errors too */
  searchesContents: boolean;
  /** what `today` and ages refer to, in milliseconds since 1970 */
  now: number;
}

/** Parses a query. @throws DomainError `invalid-query` with the place of every problem */
export function requireQuery(text: string, kind: QueryKind, now = Date.now()): Query {
  const { terms, problems } = parseQuery(text, kind, now);
  const [first] = problems;
  if (!first) return queryOf(terms);
  const others = problems.length - 1;
  const more = others === 0 ? '' : others === 1 ? ' There is 1 more problem.' : ` There are ${others} more problems.`;
  throw new DomainError(
    'invalid-query',
    `The query is not valid at character ${first.at + 1}: ${first.message}${more}`,
    {
      errors: problems.slice(0, MAX_ISSUES).map((problem) => ({ path: 'query', ...problem })),
    },
  );
}

/** What these find shows what inputs, results and messages contain. */
const OF_CONTENTS: readonly Field[] = ['data', 'result', 'error', 'reason'];

/**
 * Decides what a caller searches. Who does not see the contents of jobs finds nothing by them, letter by letter: words
 * search names only, and qualifiers over contents are refused.
 * @throws DomainError `forbidden`
 */
export async function openScope(
  context: Context,
  { terms }: Query,
  kind: QueryKind,
  now = Date.now(),
): Promise<SearchScope> {
  const door = await openDoor(context);
  if (terms.some(({ field }) => OF_CONTENTS.includes(field))) {
    await requireUnredacted(context, `search in the contents of ${kind}`);
  }
  if (!door.showsTags && terms.some(({ field }) => field === 'tag')) {
    await requireUnredacted(context, 'search for tags, which are part of the metadata');
  }
  return { organizationId: context.organizationId, door, searchesContents: door.level === 'full', now };
}

const HIDDEN_VALUE = ['…'];

/**
 * Prints a query that somebody else wrote. Who may not search in contents does not see which ones were searched for; a
 * name is a part of an input too.
 */
export function queryAt(door: Door, text: string, kind: QueryKind): string {
  if (door.level === 'full') return text;
  const { terms, problems } = parseQuery(text, kind);
  if (problems.length > 0) return '…';
  return door.label(printQuery({ terms: terms.map(({ term }) => withoutContents(door, term)) }));
}

function withoutContents(door: Door, term: Term): Term {
  switch (term.field) {
    case 'data':
    case 'result':
      return { ...term, test: { pattern: HIDDEN_VALUE } };
    case 'error':
    case 'reason':
    case 'name':
    case 'text':
      return { ...term, pattern: HIDDEN_VALUE };
    case 'tag':
      return door.showsTags ? term : { ...term, any: [HIDDEN_VALUE] };
    default:
      return term;
  }
}

/** The parameters that lists had before they had queries. */
interface Parameters {
  status?: readonly string[] | undefined;
  type?: string | undefined;
  batchId?: string | undefined;
  q?: string | undefined;
}

/** Returns the parameters of a list as terms of a query. */
export function termsOf({ status, type, batchId, q }: Parameters): Term[] {
  const terms: Term[] = [];
  if (status && status.length > 0) terms.push({ field: 'status', not: false, any: status.map((word) => [word]) });
  if (type) terms.push({ field: 'type', not: false, any: [[type]] });
  if (batchId) terms.push({ field: 'batch', not: false, any: [[batchId]] });
  const words = q?.trim();
  if (words && isId(words)) terms.push({ field: 'id', not: false, any: [[words]] });
  else if (words) terms.push({ field: 'name', not: false, pattern: ['', words, ''] });
  return terms;
}
