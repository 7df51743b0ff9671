import { randomBytes } from "node:crypto";

/** Every credential of a run, each a value that stands nowhere else: where one shows up, it has leaked. */
export interface Canaries {
  readonly gitToken: string;
  readonly runToken: string;
  readonly claimToken: string;
  readonly modelKey: string;
  readonly oauthToken: string;
  /** In the environment and in a file of a process beside the runner. */
  readonly orchestratorSecret: string;
  /** By the names that the corpus uses. */
  readonly byName: ReadonlyMap<string, string>;
}

const random = (): string => randomBytes(18).toString("hex");

export const createCanaries = (): Canaries => {
  // The formats of the vendors, and ones that no vendor has: not all of them may be found by their form.
  const gitToken = `ghs_${random()}`;
  const runToken = `run${random()}`;
  const claimToken = `claim${random()}`;
  const modelKey = `sk-ant-api03-${random()}`;
  const oauthToken = `sk-ant-oat01-${random()}`;
  const orchestratorSecret = `orchestrator${random()}`;
  const byName = new Map([
    ["git-token", gitToken],
    ["run-token", runToken],
    ["claim-token", claimToken],
    ["model-key", modelKey],
    ["oauth-token", oauthToken],
    ["orchestrator-secret", orchestratorSecret],
  ]);
  return { gitToken, runToken, claimToken, modelKey, oauthToken, orchestratorSecret, byName };
};
