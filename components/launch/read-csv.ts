/** Excel's own way to say the delimiter, which the server obeys too. */
const SEPARATOR_LINE = /^\ufeff?"?sep=([^"\r\n])"?(?:\r\n|\r|\n|$)/i;

/** Comma, semicolon or tab: told apart by the first line, as the server does. */
function delimiterOf(text: string): string {
  const bare = (text.split('\n', 1)[0] ?? '').replaceAll(/"[^"]*"/g, '');
  return [',', ';', '\t'].find((mark) => bare.includes(mark)) ?? ',';
}

/**
 * Cells of a CSV, for looking at before a launch; the server reads it again, strictly. Empty lines are no rows.
 * Stops after `most` rows.
 */
export function readCsv(given: string, most = Number.POSITIVE_INFINITY): string[][] {
  const [line, separator] = SEPARATOR_LINE.exec(given) ?? [''];
  const text = given.slice(line.length);
  const delimiter = separator ?? delimiterOf(text);
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  const endRow = () => {
    row.push(cell);
    if (row.length > 1 || cell !== '') rows.push(row);
    row = [];
    cell = '';
  };
  for (let i = text.startsWith('\uFEFF') ? 1 : 0; i < text.length && rows.length < most; i += 1) {
    const c = text[i];
    if (quoted) {
      if (c !== '"') cell += c;
      else if (text[i + 1] === '"') {
        cell += '"';
        i += 1;
      } else quoted = false;
    } else if (c === '"' && cell === '') quoted = true;
    else if (c === delimiter) {
      row.push(cell);
      cell = '';
    } else if (c === '\n') endRow();
    else if (c !== '\r' || text[i + 1] !== '\n') cell += c;
  }
  if ((cell !== '' || row.length > 0) && rows.length < most) endRow();
  return rows;
}
