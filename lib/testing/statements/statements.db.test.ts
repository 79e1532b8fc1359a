import type { CallExpression, Node } from 'oxc-parser';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { databaseUrl } from '@/lib/config/env';
import { createAppRole } from '@/lib/testing/services/app-role';
import { type Bound, Composer } from './compose';
import { type Column, type Described, describeStatement } from './describe';
import { type Nullability, NullabilityReader } from './nullability';
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

/** Columns (`*`: all of them) that can be null by the schema, but not where code reads them. */
const NEVER_NULL: Record<string, string> = {
  'lib/domain/batch/corrections/find-failed.ts row': 'children of a batch have an index',
  'lib/domain/batch/enqueue-window.ts item_index': 'children of a batch have one',
  'lib/domain/flow/advance-flows.ts flow_id': 'a job that waits for children belongs to a flow',
  'lib/domain/job/record-outcomes.ts *': 'the first row is the answer, and all others are claimed rows',
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
const nullability = new NullabilityReader(client);
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
});

afterAll(async () => {
  await Promise.all([client.end(), product.end()]);
  await app.drop();
});

/** Plans a statement as the role of the running product. @throws if the role lacks a right */
async function planAsProduct(text: string, parameters: number): Promise<void> {
  if (!/^\s*(?:select|insert|update|delete|with)\b/i.test(text)) return;
  const values = parameters > 0 ? `(${Array(parameters).fill('null').join()})` : '';
  await product
    .query(`prepare tried as ${text}; explain execute tried${values}; deallocate tried`)
    .catch(async (error) => {
      await product.query('deallocate all');
      throw error;
    });
}

/** Several calls may send the same text: Postgres is asked about each once. */
const examined = new Map<string, Promise<Described>>();
const nullsRead = new Map<string, Promise<Nullability[]>>();

/** Describes a statement, and plans it as the product does. */
function examine(text: string): Promise<Described> {
  const known = examined.get(text);
  if (known) return known;
  const found = describeStatement(client, text).then(async (described) => {
    await planAsProduct(text, described.parameters.length);
    return described;
  });
  examined.set(text, found);
  return found;
}

function nullsOf(text: string, { parameters }: Described): Promise<Nullability[]> {
  const types = parameters.map((type) => typeNames.get(type) ?? 'text');
  const found = nullsRead.get(text) ?? nullability.read(text, types);
  nullsRead.set(text, found);
  return found;
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

/** For each type of a property that admits null: the statements that give it a value, and whether it can be null. */
const readings = new Map<Node, { name: string; places: Set<string>; nulls: Set<Nullability> }>();

function noteReading({ kinds, type }: Property, found: Nullability, place: string): void {
  if (!type || type.type === 'TSUnknownKeyword' || !kinds.has('null')) return;
  const reading = readings.get(type) ?? { name: sources.textOf(type), places: new Set(), nulls: new Set() };
  reading.places.add(place);
  reading.nulls.add(found);
  readings.set(type, reading);
}

function differences(place: string, columns: Column[], nulls: Nullability[], row: Map<string, Property>): string[] {
  const found: string[] = [];
  for (const [i, { name, type }] of columns.entries()) {
    const property = row.get(name);
    const allowed = kindsOf(type);
    if (!property) {
      found.push(`the row type lacks “${name}”`);
      continue;
    }
    if (allowed !== 'any') {
      const wrong = [...property.kinds].filter((kind) => kind !== 'null' && !allowed.includes(kind));
      if (wrong.length > 0) found.push(`“${name}” is ${typeNames.get(type)} and is read as ${wrong.join(' or ')}`);
    }
    noteReading(property, nulls[i] ?? 'unknown', place);
    const mayBeNull = nulls[i] === 'null' && !property.kinds.has('null');
    if (!mayBeNull) continue;
    const exception = [name, '*'].map((what) => `${place.split(':')[0]} ${what}`).find((each) => NEVER_NULL[each]);
    if (exception) usedExceptions.add(exception);
    else found.push(`“${name}” may be null`);
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
  await nullability.open();
  for (const { place, texts, values, row, readsRows } of statements) {
    try {
      const columns: Column[] = [];
      const nulls: Nullability[] = [];
      for (const text of texts) {
        const described = await examine(text);
        columns.push(...described.columns);
        if (row && described.columns.length > 0) nulls.push(...(await nullsOf(text, described)));
        for (const each of parameterProblems(text, values, wholeNumbers(described.parameters), options)) {
          problems.add(`${place} ${each}`);
        }
      }
      if (!row && readsRows && columns.length > 0) problems.add(`${place} its rows are read without a type`);
      if (row) for (const each of differences(place, columns, nulls, row)) problems.add(`${place} ${each}`);
    } catch (error) {
      problems.add(`${place} ${(error as Error).message}: ${texts.join(';')}`);
    }
  }
  for (const [type, { name, places, nulls }] of readings) {
    if (nulls.size === 1 && nulls.has('never')) {
      problems.add(`${sources.placeOf(type)} ${name}: it is never null in ${[...places].join(', ')}`);
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
