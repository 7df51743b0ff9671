import { defaultReconcilePolicy } from "../../core/reconcile/reconcile-run.ts";
import { aPolicy } from "../../core/testing/builders.ts";
import { minutes } from "../../core/time.ts";
import { createServices, type Services, type ServicesOptions } from "../create-services.ts";
import { createEngine, type Engine } from "../engine.ts";
import { createHealth, type Health } from "../health.ts";

type Given = "store" | "adapters" | "clock" | "newId" | "logger" | "pollAlarm" | "effectAlarm";

export type TestServicesOptions = Pick<ServicesOptions, Given | "deliveryTimeoutMs"> &
  Partial<Pick<ServicesOptions, "identities">>;

export interface TestServices extends Services {
  readonly health: Health;
  readonly engine: Engine;
}

export const testPollIntervalMs = 60_000;

/** The services themselves; only the poll is left to the test's own hand. */
export const createTestServices = async (options: TestServicesOptions): Promise<TestServices> => {
  const { store, clock, logger } = options;
  const services = createServices({
    // A time limit that no test reaches unless it says so.
    deliveryTimeoutMs: minutes(1),
    identities: null,
    ...options,
    policy: aPolicy,
    reconcilePolicy: defaultReconcilePolicy,
    agent: { kind: "scripted", script: "story" },
    tokenSecret: await store.setting("runner-token-secret", () => "a secret of the tests"),
    orchestratorUrl: () => "http://127.0.0.1:8080",
    imageFor: async () => null,
    onFeedback: () => undefined,
    syncTemplates: async () => undefined,
  });
  return {
    ...services,
    health: createHealth(store, services.poll.status, clock, testPollIntervalMs),
    engine: createEngine({ store, loops: [services.effectWorker], logger }),
  };
};
