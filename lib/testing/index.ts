export { backend } from './backend';
export { asMember, createContext, createOrganization, jobRows, seedBatch } from './factories';
export { asItems } from './items';
export { expectConsistent } from './oracle';
export { until } from './until';
