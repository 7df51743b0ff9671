import type { Job } from "@ai-implement/contracts";

/** Every credential that a job brings along: none of them may show anywhere (§11.10). */
export const secretsOf = ({ runToken, agent }: Job): readonly string[] =>
  [runToken, ...(agent.kind === "claude-code" ? [agent.apiKey, agent.oauthToken] : [])].filter(
    (secret) => secret !== undefined,
  );
