import type { FlowNodeBody } from './flow';

export interface FlowExample {
  key: string;
  title: string;
  /** what the example shows, in one line */
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

/** Row counts that the extract nodes return. The transform node adds them. */
const EXTRACTED = { api: 1_200, database: 800 };

const etl = job(
  'load-data',
  2_000,
  { destination: 'warehouse' },
  {
    children: [
      {
        name: 'transform',
        type: 'collect',
        data: { field: 'payload.rows' },
        children: [
          job(
            'extract-api',
            3_500,
            { source: 'api', rows: EXTRACTED.api },
            { opts: { attempts: 3, backoff: { type: 'exponential', delay: 1_000 } } },
          ),
          job('extract-db', 2_000, { source: 'database', rows: EXTRACTED.database }),
        ],
      },
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

const mapReduce: FlowNodeBody = {
  name: 'reduce-results',
  type: 'collect',
  data: { field: 'payload.count' },
  children: Array.from({ length: 60 }, (_, chunk) =>
    job(
      `map-chunk-${chunk + 1}`,
      500 + ((chunk * 7) % 10) * 250,
      { from: chunk * 100, to: chunk * 100 + 99, count: 100 },
      { opts: { attempts: 3, onFailure: 'ignore' } },
    ),
  ),
};

/**
 * Example flows for the composer and for `npm run example`. Their leaves have the type `diagnostic`, which waits and
 * returns its payload.
 */
export const FLOW_EXAMPLES: readonly FlowExample[] = [
  { key: 'report', title: 'Report generation', about: 'Two queries, a PDF from both, then an e-mail', flow: report },
  { key: 'etl', title: 'ETL pipeline', about: 'Extracts with retries, transform, load', flow: etl },
  { key: 'order', title: 'Order processing', about: 'Steps side by side; one may fail without harm', flow: order },
  { key: 'deploy', title: 'Deploy', about: 'Nested: compile and test, build, then deploy', flow: deploy },
  { key: 'map-reduce', title: 'Map and reduce', about: 'Sixty chunks side by side, then one result', flow: mapReduce },
];
