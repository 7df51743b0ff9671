import type { IdentityEndpoint } from "../identity/job-identity.ts";

/** What the runner's own environment says about the agent and its model, each as it is written there. */
export interface ModelEnvironment {
  /** `CLAUDE_CODE_OAUTH_TOKEN` */
  readonly oauthToken: string | undefined;
  /** `ANTHROPIC_API_KEY` */
  readonly apiKey: string | undefined;
  /** `ANTHROPIC_BASE_URL` */
  readonly baseUrl: string | undefined;
  /** `OPENAI_API_KEY` */
  readonly openaiKey: string | undefined;
  /** `OPENAI_BASE_URL` */
  readonly openaiBaseUrl: string | undefined;
  /** `AI_IMPLEMENT_AGENT_COMMAND` */
  readonly command: string | undefined;
  /** `AI_IMPLEMENT_AGENT_USER`: who the agent and the repository's own programs run as. */
  readonly agentUser: string | undefined;
  /** `AI_IMPLEMENT_CUSTOM_DIR`: what an operator changed about the pipelines, baked into an image. */
  readonly customDirectory: string | undefined;
  /** `AWS_BEDROCK_ROLE_ARN` */
  readonly roleArn: string | undefined;
  /** `AI_IMPLEMENT_AWS_REGION` */
  readonly awsRegion: string | undefined;
  /** `AI_IMPLEMENT_STS_URL` */
  readonly stsUrl: string | undefined;
  /** Null outside of a job on GitHub Actions that may ask for its identity. */
  readonly identity: IdentityEndpoint | null;
}
