import { readdirSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';

const compress = promisify(brotliCompress);
const TEXT = /\.(js|css)$/;
/** What is smaller is sent as it is. */
const MIN_BYTES = 1024;

/**
 * Puts a Brotli file beside each built script and style. The dashboard sends those, so that no request has to wait for
 * the best compression; `lib/http/front/prefer-compressed.ts` chooses.
 * @param {string} folder .next/static
 */
export async function compressStatic(folder) {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  await Promise.all(
    files
      .filter((file) => TEXT.test(file))
      .map(async (file) => {
        const path = join(folder, file);
        const source = await readFile(path);
        if (source.length < MIN_BYTES) return rm(`${path}.br`, { force: true });
        const params = {
          [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
          [constants.BROTLI_PARAM_SIZE_HINT]: source.length,
        };
        return writeFile(`${path}.br`, await compress(source, { params }));
      }),
  );
}
