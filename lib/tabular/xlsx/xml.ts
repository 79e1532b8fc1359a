import type { Readable } from 'node:stream';
import { SaxesParser } from 'saxes';
import { TabularError } from '@/lib/tabular/row';

export interface XmlHandlers {
  /** names without their namespace prefix */
  open?: (name: string, attributes: Readonly<Record<string, string>>) => void;
  close?: (name: string) => void;
  text?: (text: string) => void;
}

const local = (name: string): string => name.slice(name.indexOf(':') + 1);

/** The maximum length of a text run. A longer one is not a cell. */
const MAX_TEXT = 16 * 1024 ** 2;

/**
 * Parses an XML entry and yields after each chunk, so that the caller can pass on the parsed rows.
 * @throws TabularError `corrupt-file` for invalid XML, and for document types, which spreadsheets never have
 */
export async function* parseXml(stream: Readable, handlers: XmlHandlers): AsyncGenerator<void> {
  const parser = new SaxesParser({ position: false });
  const decoder = new TextDecoder('utf-8');
  parser.on('error', (error) => {
    throw new TabularError('corrupt-file', 'The spreadsheet is damaged: a part of it is not well-formed XML.', {
      cause: error,
    });
  });
  parser.on('doctype', () => {
    throw new TabularError('corrupt-file', 'The spreadsheet holds a document type, which none may.');
  });
  parser.on('opentag', (tag) => handlers.open?.(local(tag.name), tag.attributes as Record<string, string>));
  parser.on('closetag', (tag) => handlers.close?.(local(tag.name)));
  if (handlers.text) parser.on('text', handlers.text);
  if (handlers.text) parser.on('cdata', handlers.text);
  let since = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      const text = decoder.decode(chunk, { stream: true });
      // The parser buffers a text or tag until it ends, so an endless one would exhaust the memory.
      since = text.includes('<') || text.includes('>') ? 0 : since + text.length;
      if (since > MAX_TEXT) throw new TabularError('too-large', 'The spreadsheet holds a cell of many megabytes.');
      parser.write(text);
      yield;
    }
    parser.write(decoder.decode()).close();
    yield;
  } finally {
    stream.destroy();
  }
}

/** Parses an entry that is always small. */
export async function readXml(stream: Readable | undefined, handlers: XmlHandlers): Promise<void> {
  if (!stream) return;
  for await (const _ of parseXml(stream, handlers)) void _;
}
