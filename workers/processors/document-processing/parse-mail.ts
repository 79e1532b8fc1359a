import { isUtf8 } from 'node:buffer';
import PostalMime, { type Address, type Attachment, type Email } from 'postal-mime';
import { canonicalEncoding } from '@/lib/contracts/encoding';
import { decodeAs } from '@/workers/processors/encoding/decode-as';
import { declaredEncoding } from '@/workers/processors/encoding/decode-text';
import { guessEncoding } from '@/workers/processors/encoding/guess-encoding';
import { MAILBOX_LINE } from './detect';
import { readHtml } from './parse-html';
import { Blocks, type Parse, type ReadOptions, type Remark } from './parsed';

const MAX_PARTS = 100;
const LIMITS = { maxNestingDepth: 20 };

/** Parses an email (EML): subject, addresses, date, text, then the attachments that can be read. */
export const parseMail: Parse = async (bytes, options, readPart) => {
  const head = Buffer.from(bytes.subarray(0, 1000)).toString('latin1');
  const start = MAILBOX_LINE.exec(head)?.[0].length ?? 0;
  const { mail, remarks } = await parsed(bytes.subarray(start), options);
  const blocks = new Blocks();
  const subject = repaired(mail.subject ?? '').trim();
  blocks.add(subject, 1);
  blocks.add(headOf(mail).join('\n'));
  await addBody(mail, blocks);
  for (const [i, attachment] of mail.attachments.entries()) {
    const name =
      repaired(attachment.filename ?? '') || (attachment.mimeType === 'message/rfc822' ? 'mail.eml' : 'attachment');
    if (isDecoration(attachment)) continue;
    blocks.add(`Attachment: ${name}`);
    if (i < MAX_PARTS) remarks.push(...(await readPart(bytesOf(attachment), name, blocks)));
  }
  return { format: 'eml', title: subject || undefined, blocks: blocks.list, remarks };
};

/** Parses a web page saved as one file (MHTML). */
export const parseMhtml: Parse = async (bytes, options) => {
  const { mail: page, remarks } = await parsed(bytes, options);
  const { title, blocks } = await readHtml(repaired(page.html ?? ''));
  const list =
    blocks.length > 0
      ? blocks
      : (await readHtml(`<pre>${repaired(page.text ?? '').replace(/</g, '&lt;')}</pre>`)).blocks;
  return { format: 'mhtml', title: title ?? (repaired(page.subject ?? '').trim() || undefined), blocks: list, remarks };
};

/** Returns an email with remarks about guessed charsets and lost text. Parts without a charset may use any encoding. */
async function parsed(bytes: Uint8Array, { encoding }: ReadOptions): Promise<{ mail: Email; remarks: Remark[] }> {
  const mail = await PostalMime.parse(bytes, LIMITS);
  if (lostIn(mail) === 0) return { mail, remarks: [] };
  const source = Buffer.from(bytes).toString('latin1');
  const quoted = /=([89a-f][\da-f])/gi;
  const plain = Buffer.from(
    source.replace(quoted, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
  if (isUtf8(plain)) return { mail, remarks: [] };
  const given = canonicalEncoding(encoding ?? '') ?? canonicalEncoding(declaredEncoding(plain) ?? '');
  const charset = given ?? (await guessEncoding(plain));
  const named = withCharset(source, charset);
  if (named === source) return { mail, remarks: lossOf(mail) };
  const again = await PostalMime.parse(Buffer.from(named, 'latin1'), LIMITS);
  const message = `Text was read as ${charset}, because the mail does not say how it is encoded and is not UTF-8. Set the field encoding if that is wrong.`;
  return {
    mail: again,
    remarks: [...(given ? [] : [{ code: 'encoding-assumed' as const, message }]), ...lossOf(again)],
  };
}

/** Adds a guessed charset to each text part that names none. */
function withCharset(source: string, charset: string): string {
  const unnamed = /^content-type:[ \t]*text\/(?:plain|html)\b(?!(?:[^\r\n]|\r?\n[ \t]){0,1000}charset)/gim;
  const [head = ''] = source.split(/\r?\n\r?\n/, 1);
  const typed = /^content-type:/im.test(head) ? source : `Content-Type: text/plain\r\n${source}`;
  return typed.replace(unnamed, (type) => `${type}; charset=${charset}`);
}

const lostIn = ({ subject, text, html }: Email): number =>
  `${subject ?? ''}${html ?? text ?? ''}`.match(/\ufffd/g)?.length ?? 0;

function lossOf(mail: Email): Remark[] {
  const lost = lostIn(mail);
  const message = `${lost === 1 ? 'One character' : `${lost} characters`} of the mail could not be read in the encoding that it names: “\ufffd” stands there.`;
  return lost === 0 ? [] : [{ code: 'unreadable-characters', message }];
}

async function addBody(mail: Email, blocks: Blocks): Promise<void> {
  if (mail.html)
    for (const { text, heading } of (await readHtml(repaired(mail.html))).blocks) blocks.add(text, heading);
  else for (const paragraph of repaired(mail.text ?? '').split(/\n\s*\n/)) blocks.add(paragraph);
}

function headOf(mail: Email): string[] {
  const lines: [string, string][] = [
    ['From', mail.from ? nameOf(mail.from) : ''],
    ['To', (mail.to ?? []).map(nameOf).join(', ')],
    ['Cc', (mail.cc ?? []).map(nameOf).join(', ')],
    ['Date', mail.date ?? ''],
  ];
  return lines.filter(([, value]) => value !== '').map(([name, value]) => `${name}: ${value}`);
}

function nameOf(address: Address): string {
  if (address.address === undefined)
    return `${repaired(address.name)}: ${(address.group ?? []).map(nameOf).join(', ')}`;
  return address.name && address.name !== address.address
    ? `${repaired(address.name)} <${address.address}>`
    : address.address;
}

/** Inline images, such as logos and signatures. */
const isDecoration = ({ related, disposition, mimeType }: Attachment): boolean =>
  mimeType.startsWith('image/') && (related === true || disposition === 'inline');

const bytesOf = ({ content }: Attachment): Uint8Array =>
  typeof content === 'string' ? Buffer.from(content) : new Uint8Array(content);

/** Node 20 decodes Windows-1252 as Latin-1, which turns quotes, dashes and the euro sign into control characters. */
const repaired = (text: string): string =>
  text.replace(/[\x80-\x9f]/g, (sign) => decodeAs(Buffer.from([sign.charCodeAt(0)]), 'windows-1252'));
