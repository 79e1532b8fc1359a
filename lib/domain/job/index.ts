export { cancelJob } from './cancel-job';
export { type CleanUp, cleanUpJobs } from './clean-up-jobs';
export { createChild } from './create-child';
export { createJob, findJobByKey } from './create-job';
export { getJob, getJobSummaries } from './get-job';
export { getJobStats } from './get-job-stats';
export { listJobs } from './list-jobs';
export { readJobLogs } from './read-job-logs';
export { retryJob } from './retry-job';
