import { z } from "zod";

/** What is read of GitHub's deliveries, and no more. */

const name = z.string().min(1).max(200);
const number = z.int().min(1);
const repository = z.object({ id: z.int(), name, owner: z.object({ login: name }) });

export const issueCommentSchema = z.object({
  repository,
  /** `pull_request` is there where the issue is one. */
  issue: z.object({ number, pull_request: z.unknown().optional() }),
});

export const pullRequestSchema = z.object({ repository, pull_request: z.object({ number }) });

const checkedPulls = z
  .array(z.object({ number, base: z.object({ repo: z.object({ id: z.int() }) }) }))
  .max(1_000)
  .nullish();

export const checkSuiteSchema = z.object({
  repository,
  check_suite: z.object({ pull_requests: checkedPulls }),
});

export const checkRunSchema = z.object({
  repository,
  check_run: z.object({ pull_requests: checkedPulls }),
});

export const workflowRunSchema = z.object({
  workflow_run: z.object({ id: number, display_title: z.string().max(10_000).nullish() }),
});

export type CheckedPulls = z.infer<typeof checkedPulls>;
export type WebhookRepository = z.infer<typeof repository>;
