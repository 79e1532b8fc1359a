export { backend } from './backend';
export { asMember, createContext, createOrganization, jobRows, seedBatch } from './factories';
export { until } from './until';
