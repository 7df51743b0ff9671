import { permanent } from "../../../ports/delivery-error.ts";
import type { AttemptReference } from "../../../ports/executor.ts";
import { detach } from "./detach-job.ts";
import { fitJob } from "./fit-job.ts";

/** What `workflow_dispatch` takes: text by name. */
export type WorkflowInputs = Readonly<Record<string, string>>;

export interface CallbackSettings {
  /** Where the workflow's runner reaches us; null: it cannot, and takes the content along (§8.4). */
  readonly callback: { readonly url: string } | null;
  /** The runner has no identity of its own to claim with. */
  readonly needsClaimToken: boolean;
}

/** GitHub's limit on all inputs of a dispatch, in characters, less what its way of counting may add. */
const maxCharacters = 65_535 - 535;

/**
 * All that the workflow takes, in whole minutes. It gives its job ten more: the runner stops itself first, the orchestrator
 * gives it up five minutes later, and GitHub, which asks nobody, comes last.
 */
const longestJobMinutes = 360;

/**
 * The inputs of our workflows, the empty ones left out: those have defaults.
 * @throws DeliveryError when the content cannot be had
 */
export const workflowInputs = async (
  attempt: AttemptReference,
  settings: CallbackSettings,
): Promise<WorkflowInputs> => {
  const reference = withoutEmpty(referenceInputs(attempt, settings));
  if (settings.callback !== null) return reference;
  // Counted as they are sent, which is more than their names and values alone.
  const left = maxCharacters - JSON.stringify({ ...reference, job: "" }).length;
  const job = fitJob(detach(await attempt.job()), left);
  if (job === null)
    throw permanent(
      "The ticket's title, links and names alone are larger than GitHub takes with a dispatch: set RUNNER_CALLBACK_BASE_URL, so that the runner fetches them.",
    );
  return { ...reference, job };
};

const referenceInputs = (
  attempt: AttemptReference,
  { callback, needsClaimToken }: CallbackSettings,
): WorkflowInputs => ({
  attempt: attempt.runId,
  phase: attempt.phase,
  identifier: attempt.identifier,
  orchestrator_url: callback?.url ?? "",
  claim_token: callback !== null && needsClaimToken ? attempt.claimToken : "",
  job_minutes: String(Math.min(Math.ceil(attempt.maxJobMinutes), longestJobMinutes)),
  runner_image: attempt.image ?? "",
  provider: attempt.provider,
  aws_region: attempt.awsRegion ?? "",
});

const withoutEmpty = (inputs: WorkflowInputs): WorkflowInputs =>
  Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== ""));
