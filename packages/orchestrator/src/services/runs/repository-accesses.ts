import type { RepositoryCredential } from "@ai-implement/contracts";
import type { Run, RunId } from "../../core/run.ts";
import { minutes } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Forge, RepositoryAccess } from "../../ports/forge.ts";
import { type Adapters, forgeFor } from "../adapters.ts";

/** What runners reach their repository with (§11.2): one at a time for each run, ended with it. */
export interface RepositoryAccesses {
  /** Null: this forge needs none. The one that was granted before, as long as it is good for a while. @throws DeliveryError */
  grant(run: Run): Promise<RepositoryCredential | null>;
  /** Ends all that was granted to the run by this process; what an earlier one granted ends by itself within the hour. @throws DeliveryError */
  revoke(runId: RunId): Promise<void>;
}

interface Granted {
  readonly forge: Forge;
  readonly access: RepositoryAccess;
}

/** Less than this left: a fresh one is granted, in ms. */
const renewBeforeMs = minutes(15);

export const createRepositoryAccesses = ({
  adapters,
  clock,
}: {
  readonly adapters: Adapters;
  readonly clock: Clock;
}): RepositoryAccesses => {
  const granted = new Map<RunId, Granted[]>();
  return {
    async grant(run) {
      const forge = forgeFor(adapters, run.repository.forge);
      if (forge.grant === undefined) return null;
      const before = granted.get(run.id) ?? [];
      const newest = before.at(-1)?.access;
      if (newest !== undefined && newest.expiresAt - clock.now() > renewBeforeMs) return credentialOf(newest);
      const access = await forge.grant(run.repository, run.phase === "plan" ? "read" : "write");
      granted.set(run.id, [...(granted.get(run.id) ?? []), { forge, access }]);
      return credentialOf(access);
    },
    async revoke(runId) {
      const all = granted.get(runId) ?? [];
      for (const { forge, access } of all) await forge.revoke?.(access);
      granted.delete(runId);
    },
  };
};

const credentialOf = ({ token, expiresAt, revokeUrl }: RepositoryAccess): RepositoryCredential => ({
  token,
  expiresAt: new Date(expiresAt).toISOString(),
  revokeUrl,
});
