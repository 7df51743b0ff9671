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
  const granted = new Map<RunId, readonly Granted[]>();
  const asking = new Map<RunId, Promise<RepositoryAccess>>();

  const ask = async (forge: Granting, run: Run): Promise<RepositoryAccess> => {
    const access = await forge.grant(run.repository, run.phase === "plan" ? "read" : "write");
    granted.set(run.id, [...(granted.get(run.id) ?? []), { forge, access }]);
    return access;
  };

  /** One for all that ask at the same time: whoever holds a run's bearer must not spend what others need to mint theirs. */
  const askOnce = (forge: Granting, run: Run): Promise<RepositoryAccess> => {
    const asked = asking.get(run.id) ?? ask(forge, run).finally(() => asking.delete(run.id));
    asking.set(run.id, asked);
    return asked;
  };

  return {
    async grant(run) {
      const forge = forgeFor(adapters, run.repository.forge);
      if (!isGranting(forge)) return null;
      const newest = granted.get(run.id)?.at(-1)?.access;
      const isGood = newest !== undefined && newest.expiresAt - clock.now() > renewBeforeMs;
      return credentialOf(isGood ? newest : await askOnce(forge, run));
    },
    async revoke(runId) {
      // What is being granted just now would outlive its run. Whoever asked for it hears of a failure.
      await asking.get(runId)?.catch(() => undefined);
      for (const { forge, access } of granted.get(runId) ?? []) await forge.revoke?.(access);
      granted.delete(runId);
    },
  };
};

type Granting = Forge & Required<Pick<Forge, "grant">>;

const isGranting = (forge: Forge): forge is Granting => forge.grant !== undefined;

const credentialOf = ({ token, expiresAt, revokeUrl }: RepositoryAccess): RepositoryCredential => ({
  token,
  expiresAt: new Date(expiresAt).toISOString(),
  revokeUrl,
});
