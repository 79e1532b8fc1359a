import type { FlowNodeBody } from '@/lib/contracts';

export interface FlowExample {
  key: string;
  title: string;
  /** what it shows, in one line */
  about: string;
  flow: FlowNodeBody;
}

const job = (name: string, durationMs: number, payload: unknown, more: Partial<FlowNodeBody> = {}): FlowNodeBody => ({
  name,
  type: 'diagnostic',
  data: { durationMs, steps: 10, payload },
  ...more,
});

const report = job(
  'email-report',
  1_500,
  { recipients: ['admin@example.com'] },
  {
    children: [
      job(
        'generate-pdf',
        3_000,
        { format: 'pdf' },
        {
          children: [job('query-sales', 4_000, { type: 'sales' }), job('query-users', 2_500, { type: 'users' })],
        },
      ),
    ],
  },
);

const etl = job(
  'load-data',
  2_000,
  { destination: 'warehouse' },
  {
    children: [
      job(
        'transform',
        3_000,
        { format: 'parquet' },
        {
          children: [
            job(
              'extract-api',
              3_500,
              { source: 'api' },
              { opts: { attempts: 3, backoff: { type: 'exponential', delay: 1_000 } } },
            ),
            job('extract-db', 2_000, { source: 'database' }),
          ],
        },
      ),
    ],
  },
);

const order = job(
  'complete-order',
  1_000,
  { orderId: 123 },
  {
    children: [
      job('validate-order', 1_500, { orderId: 123 }),
      job(
        'charge-payment',
        3_000,
        { orderId: 123 },
        {
          opts: { priority: 10, attempts: 5, backoff: { type: 'exponential', delay: 1_000 } },
        },
      ),
      job('reserve-inventory', 2_000, { orderId: 123 }),
      {
        ...job('send-voucher', 1_000, { orderId: 123 }),
        data: { durationMs: 1_000, outcome: 'fail' },
        opts: { attempts: 1, onFailure: 'ignore' },
      },
    ],
  },
);

const deploy = job(
  'deploy-application',
  2_000,
  { app: 'myapp' },
  {
    children: [
      job(
        'build',
        2_000,
        { target: 'production' },
        {
          children: [job('compile', 4_000, { language: 'typescript' }), job('test', 5_000, { suite: 'all' })],
        },
      ),
      job('prepare-infra', 3_000, { region: 'eu-west-1' }),
    ],
  },
);

const mapReduce = job(
  'reduce-results',
  2_000,
  { operation: 'sum' },
  {
    children: Array.from({ length: 60 }, (_, chunk) =>
      job(
        `map-chunk-${chunk + 1}`,
        500 + ((chunk * 7) % 10) * 250,
        { from: chunk * 100, to: chunk * 100 + 99 },
        {
          opts: { attempts: 3, onFailure: 'ignore' },
        },
      ),
    ),
  },
);

/** Flows to start from. They use the job type `diagnostic`, which waits and gives its payload back. */
export const EXAMPLES: readonly FlowExample[] = [
  { key: 'report', title: 'Report generation', about: 'Two queries, a PDF from both, then an e-mail', flow: report },
  { key: 'etl', title: 'ETL pipeline', about: 'Extracts with retries, transform, load', flow: etl },
  { key: 'order', title: 'Order processing', about: 'Steps side by side; one may fail without harm', flow: order },
  { key: 'deploy', title: 'Deploy', about: 'Nested: compile and test, build, then deploy', flow: deploy },
  { key: 'map-reduce', title: 'Map and reduce', about: 'Sixty chunks side by side, then one result', flow: mapReduce },
];

/** A value as text with short things on one line, as a person would write it. */
export function writeJson(value: unknown, indent = ''): string {
  const flat = JSON.stringify(value);
  if (flat.length + indent.length <= 76 || typeof value !== 'object' || value === null) return spaced(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    return `[\n${value.map((item) => inner + writeJson(item, inner)).join(',\n')}\n${indent}]`;
  }
  const lines = Object.entries(value).map(([key, item]) => `${inner}${JSON.stringify(key)}: ${writeJson(item, inner)}`);
  return `{\n${lines.join(',\n')}\n${indent}}`;
}

function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${spaced(item)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}
