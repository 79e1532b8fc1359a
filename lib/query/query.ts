/** What a query searches. */
export const QUERY_KINDS = ['jobs', 'batches', 'flows'] as const;
export type QueryKind = (typeof QUERY_KINDS)[number];

/** Texts between wildcards: `*a*b` is `['', 'a', 'b']`, and a value without a wildcard is a single part. */
export type Pattern = readonly string[];

/** An end of a range. `text` is what was written: a number, a duration, or a moment. */
export interface Bound {
  text: string;
  inclusive: boolean;
}

/** At least one end is given. */
export interface Range {
  from?: Bound;
  to?: Bound;
}

/** One of several patterns. */
interface ChoiceTerm {
  field: 'status' | 'type' | 'code' | 'batch' | 'id' | 'by' | 'tag' | 'is';
  not: boolean;
  any: readonly Pattern[];
}

/** A text that matches as a whole. */
interface TextTerm {
  field: 'error' | 'reason' | 'name';
  not: boolean;
  pattern: Pattern;
}

/** A value inside of an input or a result. */
export interface ValueTerm {
  field: 'data' | 'result';
  path: readonly string[];
  not: boolean;
  test: { pattern: Pattern } | { range: Range };
}

/** A moment, a duration or a number. `at` is one moment or number; a range has ends. */
export interface MeasureTerm {
  field: 'created' | 'finished' | 'took' | 'attempts' | 'item';
  not: boolean;
  test: { at: string } | { range: Range };
}

/** Words without a field: a text that contains the parts in this order, regardless of case. */
interface WordTerm {
  field: 'text';
  not: boolean;
  pattern: Pattern;
}

export type Term = ChoiceTerm | TextTerm | ValueTerm | MeasureTerm | WordTerm;
export type Field = Term['field'];

/** All terms must match. Without terms everything matches. */
export interface Query {
  terms: readonly Term[];
}

/** Why a query cannot be understood, and where: `at` counts characters (UTF-16 units) from 0. */
export interface QueryProblem {
  at: number;
  length: number;
  message: string;
}

/** A term and its place in the text. */
export interface PlacedTerm {
  term: Term;
  at: number;
  length: number;
}

/** Maximum length of a query in characters. */
export const MAX_QUERY = 2000;
/** Maximum number of terms in a query. */
export const MAX_TERMS = 40;
/** Maximum number of values of a term, of wildcards in a pattern, and of steps in a path. */
export const MAX_VALUES = 50;
export const MAX_WILDCARDS = 10;
export const MAX_STEPS = 20;

/** The literal text of a pattern without wildcards, else undefined. */
export const literalOf = (pattern: Pattern): string | undefined => (pattern.length === 1 ? pattern[0] : undefined);

/** Whether a pattern is `*`, which every value matches that exists. */
export const isAnything = (pattern: Pattern): boolean => pattern.length > 1 && pattern.every((part) => part === '');
