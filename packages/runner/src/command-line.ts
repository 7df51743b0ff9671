import { parseArgs } from "node:util";
import { claimRequestSchema } from "@ai-implement/contracts";
import { z } from "zod";
import type { ClaimSettings } from "./claim-mode.ts";
import type { LocalSettings } from "./local-mode.ts";
import { UsageError } from "./usage-error.ts";

export type CommandLine =
  | { readonly kind: "help" }
  | { readonly kind: "claim"; readonly settings: ClaimSettings }
  | { readonly kind: "local"; readonly settings: LocalSettings };

export const helpText = `The runner: one attempt of AI-Implement, inside its sandbox.

Started by an executor, it takes its attempt from the environment:
  AI_IMPLEMENT_RUN_ID            id of the attempt, a UUIDv7
  AI_IMPLEMENT_ORCHESTRATOR_URL  where to claim it and report to
  AI_IMPLEMENT_CLAIM_TOKEN       good for one claim of this attempt
  AI_IMPLEMENT_ATTEMPT_DIR       an existing folder of this attempt alone

Started by hand, it takes one job through the pipeline on a local checkout; the changes stay in it:
  --job <file.json>    the job; "-" reads it from standard input, so that its credential is in no file
  --workspace <dir>    a git checkout with at least one commit
  --artifacts <dir>    gets report.json, steps.json, plan.md or summary.md, diff.patch and activity.log
Progress goes to standard error, the path of report.json to standard output.

Exit codes:
  0  the report was delivered, be it of a success or a failure (local: the outcome is not "failed")
  1  local: the outcome is "failed"
  2  wrong usage
  3  the claim was refused: somebody else holds the attempt, or it is over; nothing was spent
  4  the orchestrator was not reached, or did not take the report: report.json stays in the attempt's folder
`;

const url = z.url({ protocol: /^https?$/ });
const environmentSchema = z.object({
  AI_IMPLEMENT_RUN_ID: claimRequestSchema.shape.runId,
  AI_IMPLEMENT_ORCHESTRATOR_URL: url,
  AI_IMPLEMENT_CLAIM_TOKEN: z.string().min(1),
  AI_IMPLEMENT_ATTEMPT_DIR: z.string().min(1),
});

/** @throws UsageError that names everything that is missing or wrong, never a value */
export const parseCommandLine = (
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): CommandLine => {
  const options = parseOptions(args);
  if (options.help === true) return { kind: "help" };
  const { job, workspace, artifacts } = options;
  if (job === undefined && workspace === undefined && artifacts === undefined)
    return { kind: "claim", settings: parseEnvironment(environment) };
  if (job === undefined || workspace === undefined || artifacts === undefined)
    throw new UsageError("--job, --workspace and --artifacts belong together: name all three");
  return { kind: "local", settings: { jobFile: job, workspace, artifacts } };
};

const parseOptions = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      options: {
        help: { type: "boolean", short: "h" },
        job: { type: "string" },
        workspace: { type: "string" },
        artifacts: { type: "string" },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
};

const parseEnvironment = (environment: Readonly<Record<string, string | undefined>>): ClaimSettings => {
  const parsed = environmentSchema.safeParse(environment);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    throw new UsageError(`the environment does not name an attempt (see --help)\n${problems.join("\n")}`);
  }
  const { data } = parsed;
  return {
    runId: data.AI_IMPLEMENT_RUN_ID,
    orchestratorUrl: data.AI_IMPLEMENT_ORCHESTRATOR_URL,
    claimToken: data.AI_IMPLEMENT_CLAIM_TOKEN,
    attemptDirectory: data.AI_IMPLEMENT_ATTEMPT_DIR,
  };
};
