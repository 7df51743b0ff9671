import type { AgentSettings } from "@ai-implement/contracts";
import { basicPassword } from "./git/basic-authentication.ts";
import { createMask, createRedactor, type Mask, type Redact } from "./text/redact.ts";
import type { Work } from "./work.ts";

/** Every credential of the run, the ones that come while it runs included (§11.10). */
export interface Secrets {
  /** From here on, they show nowhere. */
  add(values: readonly (string | undefined)[]): void;
  readonly redact: Redact;
  readonly mask: Mask;
}

export const createSecrets = (initial: readonly (string | undefined)[]): Secrets => {
  const known = new Set<string>();
  let redact: Redact = (text) => text;
  let mask: Mask = redact;
  const add = (values: readonly (string | undefined)[]): void => {
    for (const value of values) if (value !== undefined) known.add(value);
    redact = createRedactor([...known]);
    mask = createMask([...known]);
  };
  add(initial);
  return { add, redact: (text) => redact(text), mask: (text) => mask(text) };
};

/** Every credential that a job brings along. */
export const secretsOf = (job: Work & { readonly runToken?: string }): readonly string[] =>
  [
    job.runToken,
    ...secretsOfAgent(job.agent),
    ...(job.repository.credential === undefined ? [] : gitSecrets(job.repository.credential.token)),
  ].filter((secret) => secret !== undefined);

/** A git credential, as it is and as it travels. */
export const gitSecrets = (token: string): readonly string[] => [token, basicPassword(token)];

const secretsOfAgent = (agent: AgentSettings): readonly (string | undefined)[] =>
  agent.kind === "claude-code" ? [agent.apiKey, agent.oauthToken] : [];
