import { claimRequestSchema } from "@ai-implement/contracts";
import { z } from "zod";
import type { ModelEnvironment } from "./agent/model-environment.ts";
import type { ClaimProof, ClaimSettings } from "./claim-mode.ts";
import type { JobSource } from "./detached-job.ts";
import type { DetachedSettings } from "./detached-mode.ts";
import type { LogLevel } from "./run-attempt.ts";
import { UsageError } from "./usage-error.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export type AttemptSettings =
  | { readonly kind: "claim"; readonly settings: ClaimSettings }
  | { readonly kind: "detached"; readonly settings: DetachedSettings };

const text = z.string().min(1);
const attemptSchema = z.object({
  AI_IMPLEMENT_RUN_ID: claimRequestSchema.shape.runId,
  AI_IMPLEMENT_ATTEMPT_DIR: text,
});
const claimSchema = attemptSchema.extend({
  AI_IMPLEMENT_ORCHESTRATOR_URL: z.url({ protocol: /^https?$/ }),
});
const detachedSchema = attemptSchema.extend({ AI_IMPLEMENT_RESULT_DIR: text });

/** An executor's way of starting a runner. @throws UsageError that names everything that is missing or wrong, never a value */
export const parseEnvironment = (environment: Environment): AttemptSettings => {
  const set = withoutEmpty(environment);
  if (set["AI_IMPLEMENT_ORCHESTRATOR_URL"] !== undefined) return parseClaim(set);
  const job = jobSourceOf(set);
  if (job !== null) return parseDetached(set, job);
  throw notAnAttempt([
    "AI_IMPLEMENT_ORCHESTRATOR_URL is missing, or without callbacks AI_IMPLEMENT_JOB or AI_IMPLEMENT_JOB_FILE",
    ...problemsOf(attemptSchema, set),
  ]);
};

/** What concerns the agent and its model: looked at when the job is known, as most jobs need only some of it. */
export const modelEnvironmentOf = (environment: Environment): ModelEnvironment => {
  const set = withoutEmpty(environment);
  const url = set["ACTIONS_ID_TOKEN_REQUEST_URL"];
  const requestToken = set["ACTIONS_ID_TOKEN_REQUEST_TOKEN"];
  return {
    oauthToken: set["CLAUDE_CODE_OAUTH_TOKEN"],
    apiKey: set["ANTHROPIC_API_KEY"],
    baseUrl: set["ANTHROPIC_BASE_URL"],
    openaiKey: set["OPENAI_API_KEY"],
    openaiBaseUrl: set["OPENAI_BASE_URL"],
    command: set["AI_IMPLEMENT_AGENT_COMMAND"],
    agentUser: set["AI_IMPLEMENT_AGENT_USER"],
    customDirectory: set["AI_IMPLEMENT_CUSTOM_DIR"],
    roleArn: set["AWS_BEDROCK_ROLE_ARN"],
    awsRegion: set["AI_IMPLEMENT_AWS_REGION"],
    stsUrl: set["AI_IMPLEMENT_STS_URL"],
    identity: url === undefined || requestToken === undefined ? null : { url, requestToken },
  };
};

/** An input or a variable that nobody set arrives as an empty one. */
const withoutEmpty = (environment: Environment): Environment =>
  Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));

const parseClaim = (set: Environment): AttemptSettings => {
  const model = modelEnvironmentOf(set);
  const proof = proofOf(set, model);
  const parsed = claimSchema.safeParse(set);
  if (!parsed.success || proof === null)
    throw notAnAttempt([...problemsOf(claimSchema, set), ...(proof === null ? [noProof] : [])]);
  const { data } = parsed;
  return {
    kind: "claim",
    settings: {
      runId: data.AI_IMPLEMENT_RUN_ID,
      orchestratorUrl: data.AI_IMPLEMENT_ORCHESTRATOR_URL,
      proof,
      attemptDirectory: data.AI_IMPLEMENT_ATTEMPT_DIR,
      resultDirectory: set["AI_IMPLEMENT_RESULT_DIR"] ?? null,
      environment: model,
      logLevel: logLevelOf(set),
    },
  };
};

const noProof =
  'there is no proof for the claim: set AI_IMPLEMENT_CLAIM_TOKEN, or give the job "permissions: id-token: write", for ACTIONS_ID_TOKEN_REQUEST_URL and ACTIONS_ID_TOKEN_REQUEST_TOKEN';

const proofOf = (set: Environment, { identity }: ModelEnvironment): ClaimProof | null => {
  const token = set["AI_IMPLEMENT_CLAIM_TOKEN"];
  if (token !== undefined) return { kind: "token", token };
  return identity === null ? null : { kind: "identity", endpoint: identity };
};

const parseDetached = (set: Environment, job: JobSource): AttemptSettings => {
  const parsed = detachedSchema.safeParse(set);
  if (!parsed.success) throw notAnAttempt(problemsOf(detachedSchema, set));
  const { data } = parsed;
  return {
    kind: "detached",
    settings: {
      runId: data.AI_IMPLEMENT_RUN_ID,
      attemptDirectory: data.AI_IMPLEMENT_ATTEMPT_DIR,
      resultDirectory: data.AI_IMPLEMENT_RESULT_DIR,
      job,
      gitToken: set["AI_IMPLEMENT_GIT_TOKEN"],
      maxTurns: set["AI_IMPLEMENT_MAX_TURNS"],
      maxIterations: set["AI_IMPLEMENT_MAX_ITERATIONS"],
      environment: modelEnvironmentOf(set),
      logLevel: logLevelOf(set),
    },
  };
};

const jobSourceOf = (set: Environment): JobSource | null => {
  const job = set["AI_IMPLEMENT_JOB"];
  const file = set["AI_IMPLEMENT_JOB_FILE"];
  if (job !== undefined) return { kind: "text", text: job };
  return file === undefined ? null : { kind: "file", path: file };
};

const logLevelOf = (set: Environment): LogLevel =>
  set["AI_IMPLEMENT_LOG_LEVEL"] === "stream" ? "stream" : "summary";

const problemsOf = (schema: z.ZodType, set: Environment): readonly string[] =>
  (schema.safeParse(set).error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);

const notAnAttempt = (problems: readonly string[]): UsageError =>
  new UsageError(`the environment does not name an attempt (see --help)\n${problems.join("\n")}`);
