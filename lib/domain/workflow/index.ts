export { cancelAbandonedSteps } from './cancel-abandoned-steps';
export { readStepResults, type StepResult } from './read-step-results';
export { runStepFlow } from './run-step-flow';
