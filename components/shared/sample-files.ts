/** Files to try a job type with, and the fields that each of them needs. */
export interface FileSample {
  files: readonly File[];
  fields: Readonly<Record<string, string>>;
}

const table = (name: string, header: string, rows: readonly (readonly (string | number)[])[]): File =>
  new File([[header, ...rows.map((row) => row.join(','))].join('\n'), '\n'], name, { type: 'text/csv' });

const ROWS = 240;

/** Orders of a shop, to be turned into a spreadsheet. */
export function conversionSample(): FileSample {
  const goods = ['lamp', 'chair', 'desk', 'shelf'];
  const rows = Array.from({ length: ROWS }, (_, i) => {
    const day = new Date(Date.UTC(2026, 0, 1 + i)).toISOString().slice(0, 10);
    return [1001 + i, day, goods[i % goods.length] ?? '', 1 + (i % 7), (9.9 + (i % 13) * 4.5).toFixed(2)];
  });
  return { files: [table('sample-orders.csv', 'order,date,article,count,price', rows)], fields: { to: 'xlsx' } };
}

/** Customers of whom those who came rarely and called often have left: something that can be learned. */
export function trainingSample(): FileSample {
  const rows = Array.from({ length: ROWS }, (_, i) => {
    const [visits, calls, months] = [(i * 7) % 20, (i * 11) % 9, 1 + ((i * 5) % 36)];
    return [visits, calls, months, calls * 2 - visits + (i % 3) > 0 ? 'left' : 'stayed'];
  });
  return { files: [table('sample-customers.csv', 'visits,calls,months,outcome', rows)], fields: { target: 'outcome' } };
}
