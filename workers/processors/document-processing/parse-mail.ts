import PostalMime, { type Address, type Attachment, type Email } from 'postal-mime';
import { decodeAs } from './decode-as';
import { MAILBOX_LINE } from './detect';
import { readHtml } from './parse-html';
import { Blocks, type Parse } from './parsed';

const MAX_PARTS = 100;

/** A mail (EML): subject, people, date, text, then what is attached and can be read. */
export const parseMail: Parse = async (bytes, _options, readPart) => {
  const head = Buffer.from(bytes.subarray(0, 1000)).toString('latin1');
  const start = MAILBOX_LINE.exec(head)?.[0].length ?? 0;
  const mail = await PostalMime.parse(bytes.subarray(start), { maxNestingDepth: 20 });
  const blocks = new Blocks();
  const subject = repaired(mail.subject ?? '').trim();
  blocks.add(subject, 1);
  blocks.add(headOf(mail).join('\n'));
  await addBody(mail, blocks);
  const remarks = [];
  for (const [i, attachment] of mail.attachments.entries()) {
    const name =
      repaired(attachment.filename ?? '') || (attachment.mimeType === 'message/rfc822' ? 'mail.eml' : 'attachment');
    if (isDecoration(attachment)) continue;
    blocks.add(`Attachment: ${name}`);
    if (i < MAX_PARTS) remarks.push(...(await readPart(bytesOf(attachment), name, blocks)));
  }
  return { format: 'eml', title: subject || undefined, blocks: blocks.list, remarks };
};

/** A web page saved in one file (MHTML): its text. */
export const parseMhtml: Parse = async (bytes) => {
  const page = await PostalMime.parse(bytes);
  const { title, blocks } = await readHtml(repaired(page.html ?? ''));
  const list =
    blocks.length > 0
      ? blocks
      : (await readHtml(`<pre>${repaired(page.text ?? '').replace(/</g, '&lt;')}</pre>`)).blocks;
  return { format: 'mhtml', title: title ?? (repaired(page.subject ?? '').trim() || undefined), blocks: list };
};

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

/** Pictures in the text, such as logos and signatures. */
const isDecoration = ({ related, disposition, mimeType }: Attachment): boolean =>
  mimeType.startsWith('image/') && (related === true || disposition === 'inline');

const bytesOf = ({ content }: Attachment): Uint8Array =>
  typeof content === 'string' ? Buffer.from(content) : new Uint8Array(content);

/** Node 20 reads Windows-1252 as Latin-1, where quotes, dashes and the euro are control characters. */
const repaired = (text: string): string =>
  text.replace(/[\x80-\x9f]/g, (sign) => decodeAs(Buffer.from([sign.charCodeAt(0)]), 'windows-1252'));
