export { type FlowJobSlot, FlowPage } from './flow-page';
export { FlowPreview } from './flow-preview';
