export { isReady } from './is-ready';
export { whileAnswering } from './while-answering';
