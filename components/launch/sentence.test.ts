import { expect, it } from 'vitest';
import type { ImportCalls } from '@/lib/contracts/import';
import { sentence } from './sentence';

const told = (count: number, calls: Partial<ImportCalls>): string | undefined =>
  /It will (.*?)\. /.exec(
    sentence({
      name: 'Calls',
      count,
      approximate: false,
      title: 'HTTP calls',
      start: 'now',
      options: {},
      defaults: {
        maxAttempts: 1,
        backoff: { type: 'fixed', delay: 1000 },
        timeoutMs: 1000,
        concurrency: 0,
        ratePerMinute: 0,
      },
      calls: { methods: ['GET'], hosts: 2, host: null, unknown: 0, ...calls },
    }),
  )?.[1];

it.each<[number, Partial<ImportCalls>, string]>([
  [200, { hosts: 200 }, 'GET 200 addresses on 200 hosts'],
  [200, { methods: ['POST'], hosts: 1, host: 'api.example.com' }, 'send 200 POST requests to api.example.com'],
  [1, { hosts: 1, host: 'a.example:8080' }, 'send 1 GET request to a.example:8080'],
  [3, { methods: ['GET', 'PUT'] }, 'call 3 addresses on 2 hosts'],
  [5000, { hosts: 1000 }, 'GET 5,000 addresses on at least 1,000 hosts'],
  [3, { hosts: 1, host: 'a.example', unknown: 1 }, 'call 3 addresses on at least 1 host'],
  [3, { methods: [], hosts: 0, unknown: 3 }, 'call 3 addresses that are known when they run'],
])('tells what %i rows call: %o', (count, calls, words) => {
  expect(told(count, calls)).toBe(words);
});
