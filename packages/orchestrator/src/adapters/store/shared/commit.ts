import type { Instant } from "../../../core/time.ts";
import type { Change } from "../../../ports/store.ts";
import { addEffects, markDelivered } from "./effects.ts";
import { saveFeedback } from "./feedback.ts";
import { saveFileApproval } from "./file-approvals.ts";
import { releaseLeases } from "./leases.ts";
import { approvePlan, savePlan } from "./plans.ts";
import { savePullRequest } from "./pull-requests.ts";
import { addHistory, admitRun, saveActivity, updateRun } from "./run-writes.ts";
import type { Db } from "./schema.ts";
import { saveStep } from "./steps.ts";
import { resetTicket, saveKnownTickets } from "./tickets.ts";

/**
 * In the order in which the parts build on each other: what frees a ticket comes before what takes it, so that one
 * change can end a run and admit the next; runs come before what belongs to them.
 */
export const writeChange = async (db: Db, change: Change, now: Instant): Promise<void> => {
  await saveKnownTickets(db, change.knownTickets ?? []);
  await each(change.resets, (reset) => resetTicket(db, reset));
  await each(change.releasedLeases, (lease) => releaseLeases(db, lease));
  await each(change.runs, (run) => updateRun(db, run));
  await each(change.feedback, (feedback) => saveFeedback(db, feedback));
  await each(change.admissions, (admission) => admitRun(db, admission));
  await addHistory(db, change.history ?? []);
  await each(change.steps, (step) => saveStep(db, step));
  await each(change.activity, (activity) => saveActivity(db, activity));
  await each(change.plans, (plan) => savePlan(db, plan));
  await each(change.approvals, (approval) => approvePlan(db, approval));
  await each(change.fileApprovals, (approval) => saveFileApproval(db, approval));
  await each(change.pullRequests, (pullRequest) => savePullRequest(db, pullRequest));
  await addEffects(db, change.effects ?? [], now);
  await each(change.deliveredEffects, (delivered) => markDelivered(db, delivered));
};

const each = async <Part>(
  parts: readonly Part[] | undefined,
  save: (part: Part) => Promise<void>,
): Promise<void> => {
  for (const part of parts ?? []) await save(part);
};
