import { Parser } from 'htmlparser2';
import { declaredEncoding, decodeText } from '@/workers/processors/encoding/decode-text';

export type Attributes = Readonly<Record<string, string>>;

export interface XmlHandlers {
  /** names of elements and attributes without namespace prefix; of equal attribute names the first one is used */
  open?: (name: string, attributes: Attributes) => void;
  close?: (name: string) => void;
  text?: (text: string) => void;
}

const PIECE = 64 * 1024;
const local = (name: string): string => name.slice(name.indexOf(':') + 1);

/**
 * Parses XML in pieces and yields to the event loop after each one. Entities that a document defines are not expanded.
 */
export async function readXml(source: Uint8Array | string | undefined, handlers: XmlHandlers): Promise<void> {
  if (source === undefined) return;
  const text =
    typeof source === 'string' ? source : (await decodeText(source, { declared: declaredEncoding(source) })).text;
  const parser = new Parser(
    {
      onopentag: (name, attributes) => handlers.open?.(local(name), withoutPrefixes(attributes)),
      onclosetag: (name) => handlers.close?.(local(name)),
      ontext: (piece) => handlers.text?.(piece),
    },
    { xmlMode: true, decodeEntities: true },
  );
  for (let i = 0; i < text.length; i += PIECE) {
    parser.write(text.slice(i, i + PIECE));
    await new Promise(setImmediate);
  }
  parser.end();
}

function withoutPrefixes(attributes: Attributes): Attributes {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(attributes)) plain[local(name)] ??= value;
  return { ...plain, ...attributes };
}
