import type { CallExpression, Node } from 'oxc-parser';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { databaseUrl } from '@/lib/config/env';
import { createAppRole } from '@/lib/testing/services/app-role';
import { type Bound, Composer } from './compose';
import { type Column, describeStatement } from './describe';
import { FractionalOptions, parameterProblems } from './parameters';
import { RowTypes } from './row-type';
import { Sources } from './sources';
import type { Kind, Property } from './zod-type';

/** Files whose calls of `query` are no statements on the product's tables. */
const EXEMPT: Record<string, string> = {
  'lib/db/transaction.ts': 'begin, commit and rollback',
  'lib/domain/batch/copy-rows.ts': 'COPY has a protocol of its own',
  'lib/queue/migrate.ts': 'tables of BullMQ',
};

/** Columns that may be null in the table, but not in the rows of this statement. */
const NEVER_NULL: Record<string, string> = {
  'lib/domain/batch/enqueue-window.ts item_index': 'children of a batch have one',
  'lib/domain/batch/stream-results.ts index': 'children of a batch have one',
};

const { BOOL, INT2, INT4, INT8, FLOAT4, FLOAT8, OID, TIMESTAMPTZ, DATE, BYTEA } = pg.types.builtins;
const { TEXT, VARCHAR, BPCHAR, UUID, NUMERIC, JSON: JSON_TEXT, JSONB } = pg.types.builtins;
const NAME = 19;
const UNKNOWN = 705;
// numeric has more digits than a number: pg gives it as text.
const TEXTS: number[] = [TEXT, VARCHAR, BPCHAR, UUID, NUMERIC, NAME, UNKNOWN];
const NUMBERS: number[] = [INT2, INT4, INT8, FLOAT4, FLOAT8, OID];

const sources = new Sources(process.cwd());
const composer = new Composer(sources);
const rowTypes = new RowTypes(sources);
const client = new pg.Client({ connectionString: databaseUrl() });
const typeNames = new Map<number, string>();
const nullable = new Set<string>();
let options: FractionalOptions;
let app: Awaited<ReturnType<typeof createAppRole>>;
let product: pg.Client;

beforeAll(async () => {
  const isProduct = (path: string) => !/\.test\.tsx?$|^lib\/(testing|db\/generated)\//.test(path);
  for (const folder of ['lib', 'workers']) sources.read(folder, isProduct);
  options = new FractionalOptions(sources);
  await client.connect();
  app = await createAppRole(databaseUrl());
  product = new pg.Client({ connectionString: app.url });
  await product.connect();
  const types = await client.query<{ id: number; name: string }>('select oid::int as id, typname as name from pg_type');
  for (const { id, name } of types.rows) typeNames.set(id, name);
  // Views and lists have no constraint, and the product writes no list that is null.
  const columns = await client.query<{ place: string }>(
    `select attrelid || '.' || attnum as place from pg_attribute a join pg_class c on c.oid = a.attrelid
     where attnum > 0 and not attnotnull and attndims = 0 and c.relkind = 'r'`,
  );
  for (const { place } of columns.rows) nullable.add(place);
});

afterAll(async () => {
  await Promise.all([client.end(), product.end()]);
  await app.drop();
});

/** Plans a statement as the role of the running product. @throws if the role lacks a right */
async function planAsProduct(text: string, parameters: number): Promise<void> {
  if (!/^\s*(?:select|insert|update|delete|with)\b/i.test(text)) return;
  const values = parameters > 0 ? `(${Array(parameters).fill('null').join()})` : '';
  await product.query(`prepare tried as ${text}`);
  await product.query(`explain execute tried${values}`).finally(() => product.query('deallocate tried'));
}

/** How code may read a column. */
function kindsOf(type: number): Kind[] | 'any' {
  if (type === JSON_TEXT || type === JSONB) return 'any';
  if (type === BOOL) return ['boolean'];
  if (NUMBERS.includes(type)) return ['number'];
  if (TEXTS.includes(type)) return ['string', 'unknown'];
  if (type === TIMESTAMPTZ || type === DATE) return ['date'];
  if (type === BYTEA) return ['bytes'];
  return typeNames.get(type)?.startsWith('_') ? ['array'] : [];
}

const wholeNumbers = (types: number[]): (string | undefined)[] =>
  types.map((type) => ([INT2, INT4, INT8].includes(type) ? typeNames.get(type) : undefined));

const usedExceptions = new Set<string>();

function differences(place: string, columns: Column[], row: Map<string, Property>): string[] {
  const found: string[] = [];
  for (const { name, type, from } of columns) {
    const property = row.get(name);
    const allowed = kindsOf(type);
    if (!property) {
      found.push(`the row type lacks “${name}”`);
    } else if (allowed !== 'any') {
      const wrong = [...property.kinds].filter((kind) => kind !== 'null' && !allowed.includes(kind));
      if (wrong.length > 0) found.push(`“${name}” is ${typeNames.get(type)} and is read as ${wrong.join(' or ')}`);
      const mayBeNull = from && nullable.has(`${from.table}.${from.column}`) && !property.kinds.has('null');
      const exception = `${place.split(':')[0]} ${name}`;
      if (mayBeNull && NEVER_NULL[exception]) usedExceptions.add(exception);
      else if (mayBeNull) found.push(`“${name}” may be null`);
    }
  }
  for (const [name, { optional }] of row) {
    if (!optional && !columns.some((column) => column.name === name))
      found.push(`the statement has no column “${name}”`);
  }
  return found;
}

interface Statement {
  place: string;
  /** several, if the text has semicolons; such texts have no parameters */
  texts: string[];
  values: readonly Node[];
  row: Map<string, Property> | undefined;
  readsRows: boolean;
}

function rowOf(call: CallExpression, bound: Bound): Map<string, Property> | undefined {
  const type = call.typeArguments?.params[0];
  return type && rowTypes.properties(type, bound);
}

/** Whether code takes `rows` of what a call returns, and not only their number. */
function takesRows(call: CallExpression): boolean {
  const awaited = sources.parentOf(call);
  const taken = awaited && sources.parentOf(awaited);
  if (taken?.type !== 'VariableDeclarator' || taken.id.type !== 'ObjectPattern') return false;
  return taken.id.properties.some(
    (each) => each.type === 'Property' && each.key.type === 'Identifier' && each.key.name === 'rows',
  );
}

/** The statements that a call may send. */
function statementsOf(call: CallExpression): Statement[] {
  const place = sources.placeOf(call);
  const [statement] = call.arguments;
  const readsRows = takesRows(call);
  if (!statement) return [];
  return composer.callersFor(call).flatMap((bound) => {
    const row = rowOf(call, bound);
    const variants = composer.variants(statement, bound) ?? [];
    return variants.map((parts) => ({
      place,
      texts: parts.texts.reduce((text, part, i) => `${text}$${i}${part}`).split(';'),
      values: parts.values,
      row,
      readsRows,
    }));
  });
}

test('every statement fits the schema, its rows fit their type, and the role of the product may run it', async () => {
  const problems = new Set<string>();
  const exempt = new Set<string>();
  const statements = (sources.calls.get('query') ?? []).flatMap((call): Statement[] => {
    if (call.callee.type !== 'MemberExpression') return [];
    const place = sources.placeOf(call);
    const file = place.split(':')[0] ?? '';
    if (EXEMPT[file]) {
      exempt.add(file);
      return [];
    }
    try {
      const found = statementsOf(call);
      if (found.length === 0) problems.add(`${place} its text is not made with the sql tag`);
      return found;
    } catch (error) {
      problems.add(`${place} ${(error as Error).message}`);
      return [];
    }
  });
  // Statements of a transaction may use the temporary tables that an earlier one of it creates.
  for (const { texts } of statements) {
    for (const text of texts) {
      if (text.startsWith('create temp table'))
        await Promise.all([client, product].map((each) => each.query(text.replace('on commit drop', ''))));
    }
  }
  for (const { place, texts, values, row, readsRows } of statements) {
    try {
      const columns: Column[] = [];
      for (const text of texts) {
        const described = await describeStatement(client, text);
        columns.push(...described.columns);
        await planAsProduct(text, described.parameters.length);
        for (const each of parameterProblems(text, values, wholeNumbers(described.parameters), options)) {
          problems.add(`${place} ${each}`);
        }
      }
      if (!row && readsRows && columns.length > 0) problems.add(`${place} its rows are read without a type`);
      if (row) for (const each of differences(place, columns, row)) problems.add(`${place} ${each}`);
    } catch (error) {
      problems.add(`${place} ${(error as Error).message}: ${texts.join(';')}`);
    }
  }
  for (const each of sources.tagged) {
    if (!composer.reached.has(each)) problems.add(`${sources.placeOf(each)} no call of query is found that uses it`);
  }
  expect([...problems]).toEqual([]);
  expect(Object.keys(EXEMPT)).toEqual([...exempt].sort());
  expect(Object.keys(NEVER_NULL).sort()).toEqual([...usedExceptions].sort());
  expect(statements.length).toBeGreaterThan(400);
});
