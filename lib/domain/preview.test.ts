import { describe, expect, it } from 'vitest';
import { FULL, metadataAt } from '@/lib/domain/redaction/door';
import { preview } from './preview';

describe('a preview', () => {
  it('is the whole text if that is short, and null if there is none', () => {
    expect(preview(Buffer.from('{"a":1}'), 1024)).toBe('{"a":1}');
    expect(preview(Buffer.from(`"${'x'.repeat(1022)}"`), 1024)).toHaveLength(1024);
    expect(preview(null, 1024)).toBe('null');
  });

  it('is cut between characters to a number of bytes, with the mark', () => {
    for (const letter of ['x', 'é', '語', '🚚']) {
      for (let pad = 0; pad < 4; pad += 1) {
        const text = `"${'p'.repeat(pad)}${letter.repeat(1025)}`;
        const cut = preview(Buffer.from(text).subarray(0, 1025), 1024);
        const bytes = Buffer.byteLength(cut);
        expect(bytes, letter).toBeLessThanOrEqual(1024);
        expect(bytes, letter).toBeGreaterThan(1016);
        expect(cut.endsWith('…')).toBe(true);
        expect(text.startsWith(cut.slice(0, -1))).toBe(true);
      }
    }
  });
});

it('short metadata of a list is whole, and long metadata is shortened', () => {
  expect(metadataAt(FULL, null)).toEqual({ metadata: null });
  expect(metadataAt(FULL, Buffer.from('{"a":1}'))).toEqual({ metadata: { a: 1 } });
  const { metadata, metadataPreview = '' } = metadataAt(FULL, Buffer.from(`{"a":"${'é'.repeat(400)}`));
  expect(metadata).toBeNull();
  expect(Buffer.byteLength(metadataPreview)).toBeLessThanOrEqual(128);
});
