import { describe, expect, it } from 'vitest';
import { collect } from '@/lib/testing/collect';
import { uploads } from './upload';

const LIMIT = { bytes: 1024 ** 2, refuse: () => new Error('too large') };

const post = (body: BodyInit, headers: Record<string, string>) =>
  new Request('http://localhost/api/files', { method: 'POST', body, headers });

async function read(request: Request): Promise<[name: string, text: string][]> {
  const files: [string, string][] = [];
  for await (const { name, body } of uploads(request, LIMIT)) {
    // As in production: reading starts a moment after the part was found.
    await new Promise((resolve) => setTimeout(resolve, 20));
    files.push([name, Buffer.concat(await collect(body)).toString()]);
  }
  return files;
}

const form = (text: string) => post(text, { 'content-type': 'multipart/form-data; boundary=X' });
const part = (name: string, text: string) =>
  `--X\r\nContent-Disposition: form-data; name="f"; filename="${name}"\r\n\r\n${text}\r\n`;

describe('uploads', () => {
  it('are the raw body, named by X-Filename', async () => {
    expect(await read(post('abc', { 'x-filename': 'z%C3%A9.txt' }))).toEqual([['zé.txt', 'abc']]);
    expect(await read(post('abc', { 'x-filename': '100%.txt' }))).toEqual([['100%.txt', 'abc']]);
    const bytes = Buffer.from('zé 你.txt').toString('latin1');
    expect(await read(post('abc', { 'x-filename': bytes }))).toEqual([['zé 你.txt', 'abc']]);
    expect(await read(post('abc', { 'x-filename': 'z\u00e9.txt' }))).toEqual([['zé.txt', 'abc']]);
    expect(await read(post('abc', {}))).toEqual([['upload', 'abc']]);
  });

  it('are the file parts of a form, one after the other', async () => {
    const big = 'x'.repeat(500_000);
    const fields = '--X\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n';
    expect(await read(form(`${fields}${part('a.txt', big)}${part('b.txt', 'b')}--X--\r\n`))).toEqual([
      ['a.txt', big],
      ['b.txt', 'b'],
    ]);
    expect(await read(form(`${fields}--X--\r\n`))).toEqual([]);
    // as browsers send `1" pipe 5%.txt`
    expect(await read(form(`${part('1%22 pipe 5%.txt', 'c')}--X--\r\n`))).toEqual([['1" pipe 5%.txt', 'c']]);
  });

  it.each([
    ['a part that breaks off', part('a.txt', 'abc').trimEnd()],
    ['a form that breaks off after a part', part('a.txt', 'abc')],
    ['no form at all', 'abc'],
  ])('refuse %s', async (_what, text) => {
    await expect(read(form(text))).rejects.toMatchObject({ code: 'invalid-request' });
  });

  it('refuse a form without a boundary', async () => {
    await expect(read(post('abc', { 'content-type': 'multipart/form-data' }))).rejects.toMatchObject({
      code: 'invalid-request',
    });
  });

  it('fail when the sender disconnects', async () => {
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(part('a.txt', 'abc').trimEnd()));
        setTimeout(() => controller.error(new Error('aborted')), 50);
      },
    });
    const request = new Request('http://localhost/', {
      method: 'POST',
      body,
      duplex: 'half',
      headers: { 'content-type': 'multipart/form-data; boundary=X' },
    } as RequestInit);
    await expect(read(request)).rejects.toThrow('aborted');
  });

  it('stop when the reader stops', async () => {
    for await (const upload of uploads(form(`${part('a.txt', 'a')}${part('b.txt', 'b')}--X--\r\n`), LIMIT)) {
      expect(upload.name).toBe('a.txt');
      break;
    }
  });
});
