import { hours, type Instant, minutes, seconds } from "../../../core/time.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { GithubInstallation } from "./github-client.ts";

/** Where the App is installed. */
export interface Installations {
  /** Owners have no case. Null: GitHub says that it is not installed there. @throws VendorError */
  of(owner: string): Promise<GithubInstallation | null>;
  /** A refusal suggests that it has changed: asked again, though not before a minute has passed. */
  doubt(): void;
  /** GitHub says that it has changed: asked again sooner, and all the same not whenever somebody says so. */
  changed(): void;
  forget(): void;
}

/** Between two looks, in ms. Whoever installs the App anywhere makes GitHub tell us of changes, as often as they like. */
const pauseMs = { doubted: minutes(1), changed: seconds(2) } as const;
/** Permissions may have been added without anybody telling us. */
const staleMs = hours(1);

interface Known {
  readonly byOwner: ReadonlyMap<string, GithubInstallation>;
  readonly readAt: Instant;
  /** Null: it is believed. */
  readonly suspicion: "doubted" | "changed" | null;
}

/** @param list every installation there is */
export const createInstallations = (
  list: () => Promise<readonly GithubInstallation[]>,
  clock: Clock,
): Installations => {
  let known: Known | null = null;
  let reading: Promise<Known> | null = null;

  const read = async (): Promise<Known> => {
    const installations = await list();
    return {
      byOwner: new Map(installations.map((each) => [each.account.toLowerCase(), each])),
      readAt: clock.now(),
      suspicion: null,
    };
  };

  const refresh = (): Promise<Known> => {
    if (reading !== null) return reading;
    const started = read().then(
      (found) => {
        // What was forgotten meanwhile is not known again by an answer from before.
        if (reading === started) {
          known = found;
          reading = null;
        }
        return found;
      },
      (error: unknown) => {
        if (reading === started) reading = null;
        throw error;
      },
    );
    reading = started;
    return started;
  };

  return {
    of: async (owner) => {
      const key = owner.toLowerCase();
      const before = known ?? (await refresh());
      const found = before.byOwner.get(key);
      const age = clock.now() - before.readAt;
      const isGood = found !== undefined && before.suspicion === null && age < staleMs;
      if (isGood || age < pauseMs[before.suspicion ?? "doubted"]) return found ?? null;
      return (await refresh()).byOwner.get(key) ?? null;
    },
    doubt: () => {
      if (known !== null) known = { ...known, suspicion: known.suspicion ?? "doubted" };
    },
    changed: () => {
      if (known !== null) known = { ...known, suspicion: "changed" };
    },
    forget: () => {
      known = null;
      reading = null;
    },
  };
};
