import { asValue } from './edit';
import { FIELDS, fieldsOf, hasPath, looksLikeId, STATES, STATUSES } from './fields';
import type { QueryKind } from './query';

/** What can be written at the caret: `text` replaces the characters from `from` to `to`. */
export interface Suggestion {
  label: string;
  hint?: string;
  text: string;
  from: number;
  to: number;
  /** the value is not complete: the next suggestions follow at once */
  goesOn: boolean;
}

/** Values that the text alone does not know. */
export interface Known {
  types: readonly { type: string; title: string }[];
  /** fields of inputs, such as `customer` */
  dataFields: readonly string[];
  /** values that a field had lately, such as the names of batches */
  used?: { field: string; values: readonly { value: string; count: number }[] } | undefined;
}

const MOST = 12;

const MOMENTS = [
  { value: '>1h', hint: 'in the last hour' },
  { value: 'today', hint: 'since midnight, UTC' },
  { value: 'yesterday', hint: 'UTC' },
  { value: '>1d', hint: 'in the last 24 hours' },
  { value: '>7d', hint: 'in the last 7 days' },
  { value: '<2d', hint: 'more than 2 days ago' },
];

/** The field whose value is at the caret, and what of the value is written. */
export interface ValueAtCaret {
  field: string;
  typed: string;
}

/** Returns which value is being written; null where it is none, or one in quotes. */
export function valueAt(text: string, caret: number): ValueAtCaret | null {
  const word = text.slice(wordStart(text, caret), caret).replace(/^-/, '');
  const colon = word.indexOf(':');
  if (colon < 0 || word.includes('"')) return null;
  const value = word.slice(colon + 1);
  return { field: word.slice(0, colon).toLowerCase(), typed: value.slice(value.lastIndexOf(',') + 1) };
}

/** Returns suggestions for the word at the caret: fields at first, then values of the field. */
export function suggest(text: string, caret: number, kind: QueryKind, known: Known): Suggestion[] {
  const from = wordStart(text, caret);
  let to = caret;
  while (to < text.length && !/\s/.test(text.charAt(to))) to += 1;
  const word = text.slice(from, caret);
  if (word.includes('"')) return [];
  const not = word.startsWith('-') ? '-' : '';
  const bare = word.slice(not.length);
  const colon = bare.indexOf(':');
  const place = { from, to };
  const found =
    colon < 0
      ? suggestFields(bare, kind, known)
      : suggestValues(bare.slice(0, colon), bare.slice(colon + 1), kind, known);
  return found
    .filter((each) => not + each.text !== text.slice(from, to))
    .slice(0, MOST)
    .map((each) => ({ ...each, text: not + each.text, ...place }));
}

/** Returns where the word at the caret begins. A blank in quotes does not end a word. */
function wordStart(text: string, caret: number): number {
  let start = 0;
  let quoted = false;
  for (let at = 0; at < caret; at += 1) {
    const char = text.charAt(at);
    if (char === '"') quoted = !quoted;
    else if (!quoted && /\s/.test(char)) start = at + 1;
  }
  return start;
}

type Found = Omit<Suggestion, 'from' | 'to'>;

function suggestFields(typed: string, kind: QueryKind, { dataFields }: Known): Found[] {
  if (looksLikeId(typed)) return [{ label: `id:${typed}`, hint: FIELDS.id.hint, text: `id:${typed}`, goesOn: false }];
  const begins = typed.toLowerCase();
  const fields = fieldsOf(kind).flatMap((name): Found[] => {
    if (hasPath(name) && begins.startsWith(`${name}.`)) return [];
    if (!name.startsWith(begins)) return [];
    const end = hasPath(name) ? '.' : ':';
    return [{ label: `${name}${end}`, hint: FIELDS[name].hint, text: `${name}${end}`, goesOn: true }];
  });
  if (kind !== 'jobs' || begins === '') return fields;
  const paths = dataFields.map((field) => `data.${field}`).filter((path) => path.toLowerCase().startsWith(begins));
  return [
    ...fields,
    ...paths.map((path) => ({ label: `${path}:`, hint: 'of inputs', text: `${path}:`, goesOn: true })),
  ];
}

function suggestValues(field: string, typed: string, kind: QueryKind, { types, used }: Known): Found[] {
  const comma = typed.lastIndexOf(',') + 1;
  const [before, last] = [typed.slice(0, comma), typed.slice(comma).toLowerCase()];
  const value = (text: string, hint?: string, label = text): Found => ({
    label,
    ...(hint ? { hint } : {}),
    text: `${field}:${before}${text}`,
    goesOn: false,
  });
  const taken = before.split(',');
  const fitting = (words: readonly string[]): Found[] =>
    words.filter((word) => word.startsWith(last) && !taken.includes(word)).map((word) => value(word));
  switch (field.toLowerCase()) {
    case 'status':
      return fitting(STATUSES[kind]);
    case 'is':
      return fitting(STATES[kind]);
    case 'type':
      return types
        .filter(({ type, title }) => type.startsWith(last) || title.toLowerCase().includes(last))
        .map(({ type, title }) => value(asValue(type), title));
    case 'created':
    case 'finished':
      return MOMENTS.filter((moment) => moment.value.startsWith(last)).map((moment) =>
        value(moment.value, moment.hint),
      );
    case 'took':
      return ['>1s', '>30s', '>5m', '>1h'].filter((word) => word.startsWith(last)).map((word) => value(word));
    case 'item':
      return ['1', '1..100', '>100'].filter((word) => word.startsWith(last)).map((word) => value(word));
    case 'attempts':
      return ['>1', '>3', '1'].filter((word) => word.startsWith(last)).map((word) => value(word));
    case used?.field:
      // Those that arrived are of the text as it was a moment ago.
      return (used?.values ?? [])
        .filter((each) => each.value.toLowerCase().includes(last) && !taken.includes(asValue(each.value)))
        .map((each) =>
          value(asValue(each.value), each.count > 1 ? `${each.count} times lately` : undefined, each.value),
        );
    default:
      return [];
  }
}
