export { checkDatabase } from './check-database';
export { isServable } from './is-servable';
export { listParts } from './list-parts';
export { getReadiness, lookForQueue, type Readiness } from './readiness';
export { whileAnswering } from './while-answering';
