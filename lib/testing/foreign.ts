import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';

/** The path of Debian's Python packages. Another `python3` in the PATH may not have them. */
const PYTHON = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';

const WORKBOOK = `
import io, json, sys, warnings
import openpyxl
warnings.simplefilter('error')
book = openpyxl.load_workbook(io.BytesIO(sys.stdin.buffer.read()))
print(json.dumps({s.title: [[c if c is None or isinstance(c, (str, int, float, bool)) else str(c) for c in r]
  for r in s.iter_rows(values_only=True)] for s in book}))`;

const CSV = `
import csv, io, json, sys
text = sys.stdin.buffer.read().decode('utf-8-sig')
print(json.dumps(list(csv.reader(io.StringIO(text, newline=''), strict=True))))`;

/** Returns the cells of each sheet as openpyxl reads them, with dates as text. Its warnings are errors. */
export const readWithOpenpyxl = (bytes: Uint8Array): Promise<Record<string, unknown[][]>> => python(WORKBOOK, bytes);

/** Returns the cells of a CSV as Python's csv module reads them. */
export const readWithPython = (bytes: Uint8Array): Promise<string[][]> => python(CSV, bytes);

function python<T>(program: string, input: Uint8Array): Promise<T> {
  return new Promise((resolve, reject) => {
    const child = execFile(PYTHON, ['-c', program], { maxBuffer: 64 * 1024 ** 2 }, (error, stdout, stderr) => {
      if (!error) return resolve(JSON.parse(stdout) as T);
      const advice = 'Install Python 3 with openpyxl (Debian: apt-get install python3-openpyxl).';
      reject(new Error(/No module named|ENOENT/.test(`${error}`) ? advice : stderr, { cause: error }));
    });
    child.stdin?.end(input);
  });
}
