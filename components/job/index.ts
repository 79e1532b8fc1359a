export { JobPage } from './job-page';
export { JobProgressModal, type JobProgressModalProps } from './job-progress-modal';
