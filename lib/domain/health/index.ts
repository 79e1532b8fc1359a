export { isReady } from './is-ready';
