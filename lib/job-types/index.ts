export * from './catalogue';
export type { JobTypeDefinition } from './definition';
export { PermanentError, RetryLaterError } from './failures';
export type { JobContext } from './job-context';
