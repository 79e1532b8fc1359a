import { posix } from 'node:path';
import { declaredEncoding, decodeText } from '@/workers/processors/encoding/decode-text';
import { PermanentError } from '@/workers/runtime/processor';
import { Archive } from './archive';
import { readHtml } from './parse-html';
import { Blocks, notRead, type Parse } from './parsed';
import { readXml } from './xml';

/** Fonts are often encrypted in books whose text is not. */
const FONTS_ONLY = /obfuscation|RC$/;

/** Parses EPUB: the chapters in reading order. */
export const parseEpub: Parse = async (bytes) => {
  const archive = await Archive.open(bytes);
  const { title, chapters } = await readPackage(archive);
  const locked = await lockedParts(archive);
  if (chapters.some((chapter) => locked.has(chapter))) {
    throw new PermanentError(
      'The EPUB book is protected (DRM): only the reader it was sold for opens it.',
      'encrypted-document',
    );
  }
  const blocks = new Blocks();
  const missing: string[] = [];
  for (const chapter of chapters) {
    const part = await archive.read(chapter);
    if (!part) {
      missing.push(`chapter ${chapter}, which is missing`);
      continue;
    }
    const { text } = await decodeText(part, { declared: declaredEncoding(part) });
    for (const block of (await readHtml(text)).blocks) blocks.add(block.text, block.heading);
  }
  const remarks = missing.length > 0 ? [notRead(missing)] : [];
  return { format: 'epub', title: title || undefined, blocks: blocks.list, remarks };
};

async function readPackage(archive: Archive): Promise<{ title: string; chapters: string[] }> {
  let root = '';
  await readXml(await archive.read('META-INF/container.xml'), {
    open: (name, attributes) => {
      if (name === 'rootfile') root ||= attributes['full-path'] ?? '';
    },
  });
  const items = new Map<string, string>();
  const chapters: string[] = [];
  let title = '';
  let titles = 0;
  let open = false;
  await readXml(await archive.read(root), {
    open: (name, attributes) => {
      open = name === 'title' && titles++ === 0;
      if (name === 'item' && attributes.id && attributes.href && /html|svg/.test(attributes['media-type'] ?? 'html')) {
        items.set(attributes.id, posix.join(posix.dirname(root), decoded(attributes.href)));
      }
      const chapter = name === 'itemref' ? items.get(attributes.idref ?? '') : undefined;
      if (chapter) chapters.push(chapter);
    },
    text: (piece) => {
      if (open) title += piece;
    },
    close: () => {
      open = false;
    },
  });
  if (chapters.length === 0)
    throw new PermanentError('The EPUB book lists no chapters: it is damaged.', 'corrupt-document');
  return { title: title.trim(), chapters };
}

async function lockedParts(archive: Archive): Promise<Set<string>> {
  const locked = new Set<string>();
  let method = '';
  await readXml(await archive.read('META-INF/encryption.xml'), {
    open: (name, attributes) => {
      if (name === 'EncryptionMethod') method = attributes.Algorithm ?? '';
      if (name === 'CipherReference' && attributes.URI && !FONTS_ONLY.test(method)) locked.add(decoded(attributes.URI));
    },
  });
  return locked;
}

/** EPUB manifests percent-encode the names of parts. */
function decoded(name: string): string {
  const bare = name.replace(/#.*$/, '');
  try {
    return decodeURIComponent(bare);
  } catch {
    // The percent sign is literal.
    return bare;
  }
}
