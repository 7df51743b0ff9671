import { setImmediate as soon } from "node:timers/promises";
import { expect, it } from "vitest";
import { aKnownPullRequest } from "../../adapters/store/contract/builders.ts";
import { defaultReconcilePolicy } from "../../core/reconcile/reconcile-run.ts";
import { aTime } from "../../core/testing/builders.ts";
import type { Forge } from "../../ports/forge.ts";
import type { Adapters } from "../adapters.ts";
import { createPullRequestLook } from "../reviews/pull-request-look.ts";
import { createRecordingLogger } from "../testing/recording-logger.ts";
import { useScene } from "../testing/scene.ts";
import { createReconcile } from "./reconcile.ts";

const scene = useScene();

it("§12 looks at every open pull request, and never at more than a page of them at once", async () => {
  const opened = Array.from({ length: 50 }, (_, index) => aKnownPullRequest(index + 1));
  await scene.store.commit({ pullRequests: opened });
  const asked: number[] = [];
  let [underWay, most] = [0, 0];
  const forge: Forge = {
    ...scene.world.forge,
    async find(_repository, number) {
      asked.push(number);
      underWay += 1;
      most = Math.max(most, underWay);
      await soon();
      underWay -= 1;
      const known = aKnownPullRequest(number).pullRequest;
      // Their leaving the list in the middle of it must not make it skip others.
      return { ...known, state: number % 2 === 0 ? "merged" : "open" };
    },
  };
  const adapters: Adapters = {
    trackers: new Map(),
    forges: new Map([["local", forge]]),
    executors: new Map(),
  };
  const [clock, logger] = [{ now: () => aTime }, createRecordingLogger()];
  const reconcile = createReconcile({
    store: scene.store,
    adapters,
    runEvents: scene.services.runEvents,
    lookAt: createPullRequestLook({
      store: scene.store,
      runEvents: { apply: async () => null },
      adapters,
      clock,
      logger,
      onEffects: () => undefined,
      onFeedback: () => undefined,
    }),
    policy: defaultReconcilePolicy,
    clock,
    logger,
  });

  await reconcile.pullRequests();
  expect(asked.toSorted((a, b) => a - b)).toEqual(opened.map(({ pullRequest }) => pullRequest.number));
  expect(most).toBeLessThanOrEqual(20);
  const { items } = await scene.store.listPullRequests({ state: "open", limit: 100 });
  expect(items).toHaveLength(25);
});
