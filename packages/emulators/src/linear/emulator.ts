import { buildSchema } from "graphql";
import { createConformanceRecord } from "../shared/conformance.ts";
import { type FaultSource, noFaults } from "../shared/faults.ts";
import { startLoopbackServer } from "../shared/loopback-server.ts";
import { createGatekeeper } from "./admission.ts";
import type { LinearEmulator, LinearEmulatorOptions, LinearRequest } from "./api.ts";
import { createApi } from "./api-server.ts";
import { createFilters } from "./filters/entities.ts";
import { createStore } from "./store/store.ts";
import { createWebhooks } from "./webhooks.ts";
import { createWorkspace } from "./workspace.ts";

const maxRecorded = 10_000;

/**
 * Starts Linear on loopback with an empty workspace: one person, no teams.
 * @throws GraphQLError where the schema is no SDL
 */
export const startLinearEmulator = async (options: LinearEmulatorOptions): Promise<LinearEmulator> => {
  const webhooks = createWebhooks(options.webhook ?? null);
  const store = createStore(webhooks.tell);
  const conformance = createConformanceRecord("Linear");
  const requests: LinearRequest[] = [];
  let faults: FaultSource<LinearRequest> = noFaults;
  const receive = createApi({
    // It is the vendor's: checking it again takes longer than everything else here.
    schema: buildSchema(options.schema, { assumeValid: true, assumeValidSDL: true }),
    world: { store, filters: createFilters(store) },
    gatekeeper: createGatekeeper({
      apiKey: options.apiKey ?? "lin_api_emulator",
      readOnlyKey: options.readOnlyKey ?? null,
      requests: options.limits?.requests ?? 2_500,
      points: options.limits?.points ?? 3_000_000,
    }),
    conformance,
    faultOf: (request) => faults(request),
    record(request) {
      requests.push(request);
      if (requests.length > maxRecorded) requests.shift();
    },
  });
  const server = await startLoopbackServer({
    receive,
    ...(options.port === undefined ? {} : { port: options.port }),
    ...(options.latencyMs === undefined ? {} : { latencyMs: options.latencyMs }),
  });
  return {
    url: `${server.url}/graphql`,
    workspace: createWorkspace(store),
    requests: () => [...requests],
    conformance: () => conformance.read(),
    setFaults(source) {
      faults = source;
    },
    deliveries: () => webhooks.deliveries(),
    pauseWebhooks: (paused) => webhooks.pause(paused),
    setWebhook: (webhook) => webhooks.aim(webhook),
    async close() {
      await Promise.all([server.close(), webhooks.close()]);
    },
  };
};
