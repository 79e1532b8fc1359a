export { backend } from './backend';
export { batchEnded, jobEnded } from './ended';
export { asMember, createContext, emptyYard, jobRows, seedBatch } from './factories';
export { asItems } from './items';
export { expectConsistent } from './oracle';
export { startWorkers, type Workers } from './services/start-workers';
export { type Tried, tryJob } from './try-job';
export { until } from './until';
