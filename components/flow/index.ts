export { type FlowJobSlot, FlowPage } from './flow-page';
