import { type FileMetaData, parquetSchema, type SchemaElement, type SchemaTree } from 'hyparquet';
import { type Bytes, type Convert, leafConvert, wholeOf } from './leaf';

/** A column of a file, and how a value of the library is converted to a cell. */
export interface ParquetColumn {
  name: string;
  convert: Convert;
}

/**
 * Returns the columns of a file. For types that the library converts with loss (decimals, times, bytes) or cannot read
 * (maps without values), it removes the annotation from `metadata`, so that raw values arrive and are converted here.
 * @returns also the columns of bytes, whose `binary` becomes true when a value is not valid UTF-8
 */
export function parquetColumns(metadata: FileMetaData): { columns: ParquetColumn[]; bytes: Bytes[] } {
  const bytes: Bytes[] = [];
  const root = parquetSchema(metadata);
  const columns = root.children.map((node) => ({ name: node.element.name, convert: converter(node, bytes) }));
  return { columns, bytes };
}

function converter(node: SchemaTree, bytes: Bytes[], inList = false): Convert {
  const one = ofKind(node, bytes);
  const convert: Convert = (value) => (value === null || value === undefined ? null : one(value));
  if (node.element.repetition_type !== 'REPEATED' || inList) return convert;
  // A repeated field is a list by itself; without values it is an empty list.
  return (value) => listOf(value ?? [], convert);
}

function ofKind(node: SchemaTree, bytes: Bytes[]): Convert {
  const { element, children } = node;
  const [only] = children;
  if (!only) return leaf(node, bytes);
  if (element.logical_type?.type === 'VARIANT') return plain;
  const { converted_type: converted, logical_type: logical } = element;
  if (children.length === 1 && only.element.repetition_type === 'REPEATED') {
    if (converted === 'LIST' || logical?.type === 'LIST') return list(node, only, bytes);
    if (converted === 'MAP' || converted === 'MAP_KEY_VALUE' || logical?.type === 'MAP') return map(node, only, bytes);
  }
  return struct(node, bytes);
}

function leaf({ element, path }: SchemaTree, bytes: Bytes[]): Convert {
  const own: Bytes = { name: path.join('.'), binary: false };
  const convert = leafConvert(element, own);
  if (!convert) return plain;
  if (element.type === 'BYTE_ARRAY') bytes.push(own);
  bare(element);
  return convert;
}

function bare(element: SchemaElement): void {
  delete element.converted_type;
  delete element.logical_type;
}

/**
 * A list has three levels, or two in old files. The library returns the innermost values, unless they have several
 * fields.
 */
function list({ element }: SchemaTree, repeated: SchemaTree, bytes: Bytes[]): Convert {
  const [inner] = repeated.children;
  element.converted_type = 'LIST';
  if (repeated.children.length > 1) {
    const each = converter(repeated, bytes, true);
    return (value) => listOf(memberOf(value, repeated.element.name) ?? [], each);
  }
  const each = inner ? converter(inner, bytes) : converter(repeated, bytes, true);
  return (value) => listOf(value, each);
}

/** Converts a map to an object; a map without values to the list of its keys. */
function map({ element }: SchemaTree, repeated: SchemaTree, bytes: Bytes[]): Convert {
  bare(element);
  const [key, value] = repeated.children;
  if (!key) return plain;
  const keyOf = converter(key, bytes);
  const cellOf = value && converter(value, bytes);
  const entries = (raw: unknown): unknown[] => [...((memberOf(raw, repeated.element.name) ?? []) as unknown[])];
  if (!cellOf) return (raw) => entries(raw).map((entry) => keyOf(memberOf(entry, key.element.name)));
  return (raw) =>
    Object.fromEntries(
      entries(raw).map((entry) => [
        String(keyOf(memberOf(entry, key.element.name))),
        cellOf(memberOf(entry, value.element.name)),
      ]),
    );
}

function struct({ children }: SchemaTree, bytes: Bytes[]): Convert {
  const fields = children.map((child) => [child.element.name, converter(child, bytes)] as const);
  return (value) => Object.fromEntries(fields.map(([name, convert]) => [name, convert(memberOf(value, name))]));
}

const listOf = (values: unknown, each: Convert): unknown[] => Array.from(values as ArrayLike<unknown>, each);

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;

/** A value that the library has converted. JSON has neither NaN nor infinity, so infinity becomes text. */
function plain(value: unknown): unknown {
  if (value === undefined) return null;
  if (typeof value === 'bigint') return wholeOf(value);
  if (typeof value === 'number') return Number.isNaN(value) ? null : Number.isFinite(value) ? value : String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return Array.from(value as ArrayLike<unknown>, plain);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
