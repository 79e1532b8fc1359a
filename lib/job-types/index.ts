export * from './catalogue';
export { checkInput } from './check-input';
export type { JobTypeDefinition } from './definition';
export { PermanentError, RetryLaterError } from './failures';
export type { JobContext } from './job-context';
