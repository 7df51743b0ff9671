import type { AgentSettings } from "@ai-implement/contracts";
import type { Role } from "../aws/assume-role.ts";
import type { AwsSessions } from "../aws/aws-sessions.ts";
import { isSecureUrl } from "../http/secure-url.ts";
import type { IdentityEndpoint } from "../identity/job-identity.ts";
import type { Credentials } from "./claude-code/environment.ts";
import type { ModelEnvironment } from "./model-environment.ts";

/** An agent with everything that it needs to work. */
export type EquippedAgent =
  | { readonly kind: "claude-code"; readonly command?: string | undefined; readonly credentials: Credentials }
  | {
      readonly kind: "codex";
      readonly command?: string | undefined;
      /** Null: OpenAI's own address. */
      readonly baseUrl: string | null;
      readonly apiKey: string;
    }
  | { readonly kind: "scripted"; readonly script: string };

export type Equipment =
  | { readonly kind: "ready"; readonly agent: EquippedAgent }
  /** For a person: what is missing or wrong, and where to set it. */
  | { readonly kind: "missing"; readonly message: string };

/** How credentials of a role are had; `stsUrl` is null for AWS's own. */
export type OpenAwsSessions = (role: Role, identity: IdentityEndpoint, stsUrl: string | null) => AwsSessions;

type ClaudeCodeSettings = Extract<AgentSettings, { kind: "claude-code" }>;
type CodexSettings = Extract<AgentSettings, { kind: "codex" }>;

/** The job's own settings, and those of the environment where the job has none (§4.2, §8.4). */
export const equip = (
  settings: AgentSettings,
  environment: ModelEnvironment,
  openAwsSessions: OpenAwsSessions,
): Equipment => {
  if (settings.kind === "scripted") return { kind: "ready", agent: settings };
  if (settings.kind === "codex") return codex(settings, environment);
  const credentials =
    settings.provider === "bedrock"
      ? bedrockCredentials(settings, environment, openAwsSessions)
      : anthropicCredentials(settings, environment);
  if (typeof credentials === "string") return { kind: "missing", message: credentials };
  const command = settings.command ?? environment.command;
  return { kind: "ready", agent: { kind: "claude-code", command, credentials } };
};

const codex = (job: CodexSettings, environment: ModelEnvironment): Equipment => {
  const apiKey = job.apiKey ?? environment.openaiKey;
  const baseUrl = job.baseUrl ?? environment.openaiBaseUrl ?? null;
  if (apiKey === undefined)
    return {
      kind: "missing",
      message:
        "There is no credential for the model. On GitHub Actions, set the secret OPENAI_API_KEY in the repository or its organisation; elsewhere, set it where the runner is started.",
    };
  if (baseUrl !== null && !isSecureUrl(baseUrl))
    return { kind: "missing", message: "OPENAI_BASE_URL has to be https, or http to this machine." };
  const command = job.command ?? environment.command;
  return { kind: "ready", agent: { kind: "codex", command, baseUrl, apiKey } };
};

/** What is wrong, where there is no credential. */
const anthropicCredentials = (
  job: ClaudeCodeSettings,
  environment: ModelEnvironment,
): Credentials | string => {
  const isBrought = job.apiKey !== undefined || job.oauthToken !== undefined;
  const { apiKey, oauthToken } = isBrought ? job : environment;
  if (apiKey === undefined && oauthToken === undefined)
    return "There is no credential for the model. On GitHub Actions, set the secret CLAUDE_CODE_OAUTH_TOKEN (preferred) or ANTHROPIC_API_KEY in the repository or its organisation; elsewhere, set it where the runner is started.";
  if (job.baseUrl === undefined && environment.baseUrl !== undefined && !isSecureUrl(environment.baseUrl))
    return "ANTHROPIC_BASE_URL has to be https, or http to this machine.";
  return { provider: "anthropic", baseUrl: job.baseUrl ?? environment.baseUrl, apiKey, oauthToken };
};

/** It becomes part of a host name. */
const regionForm = /^[a-z]{2}(?:-[a-z]{2,12}){1,3}-\d{1,2}$/;
const roleForm = /^arn:aws[a-z-]{0,20}:iam::\d{12}:role\/[\w+=,.@/-]{1,576}$/;

const bedrockCredentials = (
  job: ClaudeCodeSettings,
  environment: ModelEnvironment,
  openAwsSessions: OpenAwsSessions,
): Credentials | string => {
  const { roleArn, identity, stsUrl } = environment;
  const region = job.awsRegion ?? environment.awsRegion;
  const problems = [
    roleArn === undefined
      ? "set the secret AWS_BEDROCK_ROLE_ARN in the repository to the role that may use the models"
      : roleForm.test(roleArn)
        ? null
        : "AWS_BEDROCK_ROLE_ARN has to be the ARN of a role (arn:aws:iam::<account>:role/<name>)",
    region === undefined
      ? "set the project's awsRegion, or the repository's variable AI_IMPLEMENT_AWS_REGION"
      : regionForm.test(region)
        ? null
        : "the AWS region (the project's awsRegion, or AI_IMPLEMENT_AWS_REGION) has to be one such as eu-central-1",
    identity === null
      ? 'the job has no identity to take a role with (ACTIONS_ID_TOKEN_REQUEST_URL and ACTIONS_ID_TOKEN_REQUEST_TOKEN): give it "permissions: id-token: write"'
      : null,
    stsUrl === undefined || isSecureUrl(stsUrl)
      ? null
      : "AI_IMPLEMENT_STS_URL has to be https, or http to this machine",
  ].filter((problem) => problem !== null);
  if (problems.length > 0 || roleArn === undefined || region === undefined || identity === null)
    return `The models on bedrock cannot be used: ${problems.join("; ")}.`;
  const role: Role = { arn: roleArn, region };
  return { provider: "bedrock", region, roleArn, sessions: openAwsSessions(role, identity, stsUrl ?? null) };
};
