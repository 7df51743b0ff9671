import { afterEach, beforeEach } from "vitest";
import { aTime } from "../../../core/testing/builders.ts";
import type { Instant } from "../../../core/time.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { LocalPullRequests } from "../../../ports/local-pull-requests.ts";
import type { Store } from "../../../ports/store.ts";

export interface OpenDatabase {
  readonly store: Store;
  readonly localPullRequests: LocalPullRequests;
}

/** An empty database of a test's own. */
export interface TestDatabase {
  open(clock: Clock): Promise<OpenDatabase>;
  remove(): Promise<void>;
}

export type MakeDatabase = () => Promise<TestDatabase>;

export interface Harness {
  readonly store: Store;
  readonly localPullRequests: LocalPullRequests;
  /** What the store takes for now; `aTime` at first. */
  now: Instant;
  /** Closes the store and opens the same database again. */
  reopen(): Promise<void>;
}

/** A fresh database before each test of the suite, open, and removed after it. */
export const useStore = (makeDatabase: MakeDatabase): Harness => {
  let database: TestDatabase;
  let open: OpenDatabase;
  const harness: Harness = {
    get store() {
      return open.store;
    },
    get localPullRequests() {
      return open.localPullRequests;
    },
    now: aTime,
    async reopen() {
      await open.store.close();
      open = await database.open(clock);
    },
  };
  const clock: Clock = { now: () => harness.now };
  beforeEach(async () => {
    harness.now = aTime;
    database = await makeDatabase();
    open = await database.open(clock);
  });
  afterEach(async () => {
    await open.store.close();
    await database.remove();
  });
  return harness;
};
