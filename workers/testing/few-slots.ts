import { definitionOf } from '@/lib/job-types/catalogue';

// Preloaded by the supervisor and the consumers of a test: with few slots most of a window waits in the queue, as it
// does for types that compute.
for (const type of ['diagnostic', 'bulk-operation'] as const)
  Object.assign(definitionOf(type), { consumerConcurrency: 4 });
