import type { ReceiptFacts, RunReport, Usage, Verification } from "@ai-implement/contracts";
import type { PipelineEnd } from "./pipeline/engine.ts";
import type { Facts } from "./pipeline/facts.ts";
import type { Failure } from "./pipeline/step-failure.ts";
import type { Work } from "./work.ts";

/** How the agent is named to people: with its model where there is one. */
export const agentName = (job: Work, description: string, model: string | null): string =>
  job.agent.kind === "scripted" || model === null ? description : `${description} · ${model}`;

/** The result of a run (§10). Work that has arrived is reported, whatever failed after it. */
export const reportOf = (
  job: Work,
  { facts, failure }: PipelineEnd,
  common: { readonly usage: Usage | null; readonly agent: string; readonly receipt: ReceiptFacts },
): RunReport => {
  const { plan, checkout, change, review, delivered } = facts;
  if (delivered === true && checkout !== undefined && change !== undefined && review !== undefined) {
    const verification = verificationOf(facts, failure);
    return {
      outcome: "implemented",
      branch: job.repository.branch,
      headCommit: change.headCommit,
      baseCommit: checkout.baseCommit,
      summary: facts.summary ?? "",
      filesChanged: change.files.length,
      review,
      ...(verification === undefined ? {} : { verification }),
      ...(facts.gapAnalysis === undefined ? {} : { gapAnalysis: facts.gapAnalysis }),
      ...(facts.stopped === undefined ? {} : { stopped: facts.stopped }),
      ...common,
    };
  }
  if (failure !== null) {
    const { reason, message, needsApproval } = failure;
    const approvable = needsApproval === undefined ? {} : { needsApproval: [...needsApproval] };
    return { outcome: "failed", reason, message, ...approvable, ...common };
  }
  if (plan !== undefined) return { outcome: "planned", plan, ...common };
  return {
    outcome: "failed",
    reason: "unexpected",
    message: "The pipeline ended without a result, which is a mistake of the runner.",
    ...common,
  };
};

/** A check that the repository asks for and that did not come to run must not read as "there is none". */
const verificationOf = (facts: Facts, failure: Failure | null): Verification | undefined => {
  const wanted = facts.workflow?.verify;
  if (facts.verification !== undefined || wanted === undefined) return facts.verification;
  const why = failure?.message ?? "The step failed before the check could start.";
  return { command: wanted, exitCode: null, seconds: 0, output: `It was not run. ${why}` };
};
