import type { DetachedJob } from "@ai-implement/contracts";

/** What is to be done: a job without what it takes to call back, so that the pipeline is the same with and without. */
export type Work = DetachedJob;
