import type { AgentSettings } from "@ai-implement/contracts";
import { basicPassword } from "./git/basic-authentication.ts";
import { type Canary, createCanary } from "./guard/canary.ts";
import {
  type CredentialSearch,
  createCredentialSearches,
  type PatientSearch,
} from "./guard/credentials/credential-search.ts";
import { createMask, createRedactor, type Mask, type Redact } from "./text/redact.ts";
import type { Work } from "./work.ts";

/** Every credential of the run, the ones that come while it runs included (§11.10), and its canary (§11.4). */
export interface Secrets {
  /** From here on, they show nowhere. */
  add(values: readonly (string | undefined)[]): void;
  /** A text that holds one in a form that cannot be cut out of it is withheld as a whole. */
  readonly redact: Redact;
  readonly mask: Mask;
  readonly search: CredentialSearch;
  /** For what is large, such as files. */
  readonly searchPatiently: PatientSearch;
  readonly canary: Canary;
}

/** In the place of a text that is not shown. */
export const withheld = "[withheld: it holds a credential of this run, or something like it]";

export const createSecrets = (
  initial: readonly (string | undefined)[],
  canary: Canary = createCanary(),
): Secrets => {
  const known = new Set<string>([canary.value]);
  let redact: Redact = (text) => text;
  let mask: Mask = redact;
  let searches = createCredentialSearches([]);
  const add = (values: readonly (string | undefined)[]): void => {
    for (const value of values) if (value !== undefined) known.add(value);
    redact = createRedactor([...known]);
    mask = createMask([...known]);
    searches = createCredentialSearches([...known]);
  };
  add(initial);
  return {
    add,
    redact: (text) => {
      const redacted = redact(text);
      return searches.search(redacted) === "none" ? redacted : withheld;
    },
    mask: (text) => mask(text),
    search: (text, form) => searches.search(text, form),
    searchPatiently: (text, form) => searches.searchPatiently(text, form),
    canary,
  };
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

const secretsOfAgent = (agent: AgentSettings): readonly (string | undefined)[] => {
  switch (agent.kind) {
    case "claude-code":
      return [agent.apiKey, agent.oauthToken];
    case "codex":
      return [agent.apiKey];
    case "scripted":
      return [];
  }
};
