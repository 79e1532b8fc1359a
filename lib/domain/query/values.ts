import { readableJson } from '@/lib/db/expressions';
import { type Sql, sql } from '@/lib/db/sql';
import { parseDuration, resolveMoment } from '@/lib/query/measures';
import { isAnything, type MeasureTerm, type Range, type ValueTerm } from '@/lib/query/query';
import { isExactly, mayHave } from './patterns';

/** Numbers that Postgres compares as such; others would cost too much, or are none. */
const NUMBER = '^-?[0-9]{1,40}(\\.[0-9]{1,40})?([eE][+-]?[0-9]{1,2})?$';
const isNumber = (text: string): boolean => new RegExp(NUMBER).test(text);

/** SQL condition: a value of an input or result fits. Of a list, one of its items has to fit. */
export function valueCondition({ field, path, test }: ValueTerm): Sql {
  const column = field === 'data' ? readableJson(sql`j.data`) : readableJson(sql`j.result`);
  const value = sql`(${column} #> ${path}::text[])`;
  if ('pattern' in test && isAnything(test.pattern)) return sql`json_typeof(${value}) <> 'null'`;
  const items = sql`(select case json_typeof(v.value) when 'null' then null else v.value #>> '{}' end as item
    from (select ${value} as value) as v where json_typeof(v.value) <> 'array'
    union all
    select e.item from (select ${value} as value) as v,
      json_array_elements_text(case json_typeof(v.value) when 'array' then v.value else '[]' end) as e(item))`;
  const likely = 'pattern' in test ? mayHave(field === 'data' ? sql`j.data` : sql`j.result`, test.pattern) : sql`true`;
  return sql`${likely} and exists (select from ${items} as i where ${itemCondition(test)})`;
}

function itemCondition(test: ValueTerm['test']): Sql {
  if ('pattern' in test) return isExactly(sql`i.item`, test.pattern);
  return rangeOfTexts(test.range);
}

/** Compares as numbers if both ends are such, else as texts by their characters, so that ISO times are in order. */
function rangeOfTexts({ from, to }: Range): Sql {
  const ends = [from, to].filter((end) => end !== undefined);
  const numeric = ends.every((end) => isNumber(end.text));
  const conditions = [sql`i.item is not null`];
  if (numeric) {
    const number = sql`(case when i.item ~ ${NUMBER}::text then i.item::numeric end)`;
    if (from?.inclusive) conditions.push(sql`${number} >= ${from.text}::numeric`);
    else if (from) conditions.push(sql`${number} > ${from.text}::numeric`);
    if (to?.inclusive) conditions.push(sql`${number} <= ${to.text}::numeric`);
    else if (to) conditions.push(sql`${number} < ${to.text}::numeric`);
  } else {
    if (from?.inclusive) conditions.push(sql`i.item collate "C" >= ${from.text}::text`);
    else if (from) conditions.push(sql`i.item collate "C" > ${from.text}::text`);
    if (to?.inclusive) conditions.push(sql`i.item collate "C" <= ${to.text}::text`);
    else if (to) conditions.push(sql`i.item collate "C" < ${to.text}::text`);
  }
  return sql.join(conditions, ' and ');
}

/** The ends of a range of moments as ISO times: `from` and `after` are included or not, `before` is not included. */
interface Moments {
  from?: string;
  after?: string;
  before?: string;
}

const iso = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** Resolves a test of moments. @param now milliseconds since 1970 */
export function momentsOf(test: MeasureTerm['test'], now: number): Moments {
  if ('at' in test) {
    const period = resolveMoment(test.at, now);
    return period ? { from: iso(period.start), before: iso(period.end) } : {};
  }
  const { from, to } = test.range;
  const [begin, end] = [from && resolveMoment(from.text, now), to && resolveMoment(to.text, now)];
  return {
    ...(from && begin ? { [from.inclusive ? 'from' : 'after']: iso(begin.start) } : {}),
    ...(to && end ? { before: iso(to.inclusive ? end.end : end.start) } : {}),
  };
}

/** SQL condition: a moment fits. */
export function momentCondition(column: Sql, test: MeasureTerm['test'], now: number): Sql {
  const { from, after, before } = momentsOf(test, now);
  const conditions = [sql`${column} is not null`];
  if (from) conditions.push(sql`${column} >= ${from}::timestamptz`);
  if (after) conditions.push(sql`${column} > ${after}::timestamptz`);
  if (before) conditions.push(sql`${column} < ${before}::timestamptz`);
  return sql.join(conditions, ' and ');
}

/** SQL condition: a number fits. @param parse converts what was written to a number */
function numberCondition(value: Sql, test: MeasureTerm['test'], parse: (text: string) => number): Sql {
  if ('at' in test) return sql`${value} = ${parse(test.at)}::float8`;
  const { from, to } = test.range;
  const conditions = [sql`${value} is not null`];
  if (from?.inclusive) conditions.push(sql`${value} >= ${parse(from.text)}::float8`);
  else if (from) conditions.push(sql`${value} > ${parse(from.text)}::float8`);
  if (to?.inclusive) conditions.push(sql`${value} <= ${parse(to.text)}::float8`);
  else if (to) conditions.push(sql`${value} < ${parse(to.text)}::float8`);
  return sql.join(conditions, ' and ');
}

/** SQL condition: the time from a start to an end fits. */
export const durationCondition = (start: Sql, end: Sql, test: MeasureTerm['test']): Sql =>
  numberCondition(
    sql`(extract(epoch from ${end} - ${start})::float8 * 1000)`,
    test,
    (text) => parseDuration(text) ?? 0,
  );

/** SQL condition: a count fits. */
export const countCondition = (count: Sql, test: MeasureTerm['test']): Sql => numberCondition(count, test, Number);

/** Returns the texts in `tags` of a metadata column: a list, or a single text. */
export const tagsOf = (metadata: Sql): Sql => sql`(
  select e.tag from (select ${readableJson(metadata)} -> 'tags' as tags) as m,
    json_array_elements_text(case json_typeof(m.tags) when 'array' then m.tags when 'string' then json_build_array(m.tags #>> '{}') else '[]' end) as e(tag))`;
