import { createHmac } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { createJiraWebhook } from "../../adapters/tracker/jira/jira-webhook.ts";
import { createLinearWebhook } from "../../adapters/tracker/linear/linear-webhook.ts";
import type { TicketId } from "../../core/ticket.ts";
import { minutes } from "../../core/time.ts";
import { createRecordingLogger } from "../../services/testing/recording-logger.ts";
import { createTrackerWebhooks, type WebhookVendor } from "../../services/webhooks/tracker-webhooks.ts";
import type { AppDependencies } from "../app-dependencies.ts";
import { startOfTests } from "../testing/fixtures.ts";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

const secret = "a secret that both vendors were given";
const linearId = "6f0d6f5e-2f4c-4a39-9f0c-3f1f6f0b9a11";

let test: TestApp;
afterEach(() => test.app.close());

interface Service {
  readonly webhooks: AppDependencies["trackerWebhooks"];
  readonly remembered: Set<string>;
  /** The tickets of each wake. */
  readonly wakes: (readonly TicketId[])[];
  now: number;
  isFull: boolean;
}

/** The service itself over a store that is a set, with a secret for each of `vendors`. */
const createService = (vendors: readonly WebhookVendor[] = ["linear", "jira"]): Service => {
  const readers = { linear: createLinearWebhook({ secret }), jira: createJiraWebhook({ secret }) };
  const remembered = new Set<string>();
  const wakes: (readonly TicketId[])[] = [];
  const service: Service = {
    webhooks: createTrackerWebhooks({
      store: {
        async rememberDelivery(vendor, id) {
          if (service.isFull) throw new Error("database or disk is full");
          const isNew = !remembered.has(`${vendor} ${id}`);
          remembered.add(`${vendor} ${id}`);
          return isNew;
        },
      },
      readers: new Map(vendors.map((vendor) => [vendor, readers[vendor]])),
      watchList: { current: () => null, afterLook: () => null },
      onNews: (tickets) => void wakes.push(tickets),
      clock: { now: () => service.now },
      logger: createRecordingLogger(),
    }),
    remembered,
    wakes,
    now: startOfTests,
    isFull: false,
  };
  return service;
};

const linearBody = (more: object = {}): string =>
  JSON.stringify({
    type: "Issue",
    action: "update",
    webhookTimestamp: startOfTests,
    data: { id: linearId, identifier: "ACME-1" },
    ...more,
  });
const jiraBody = (more: object = {}): string =>
  JSON.stringify({
    webhookEvent: "jira:issue_updated",
    timestamp: startOfTests,
    issue: { id: "10042", key: "OPS-7" },
    ...more,
  });

const hmac = (body: string, key: string): string => createHmac("sha256", key).update(body).digest("hex");
const signed = (vendor: WebhookVendor, body: string, key = secret): Record<string, string> =>
  vendor === "linear"
    ? { "linear-signature": hmac(body, key) }
    : { "x-hub-signature": `sha256=${hmac(body, key)}` };

const post = async (vendor: WebhookVendor, body: string, headers: Record<string, string>) => {
  const url = `/api/${vendor}/webhook`;
  const contentType = { "content-type": "application/json; charset=utf-8" };
  const answer = await test.app.inject({
    method: "POST",
    url,
    headers: { ...contentType, ...headers },
    payload: body,
  });
  return { status: answer.statusCode, body: answer.json() as unknown, headers: answer.headers };
};

const openWith = async (service: Service, overrides: Partial<AppDependencies> = {}): Promise<Service> => {
  test = await createTestApp({ trackerWebhooks: service.webhooks, ...overrides });
  return service;
};

describe.each([
  ["linear" as const, linearBody, `linear:${linearId}`],
  ["jira" as const, jiraBody, "jira:10042"],
])("POST /api/%s/webhook (§7.2, §11.9)", (vendor, bodyOf, ticketId) => {
  it.each([["with", "open sesame"] as const, ["without", null] as const])(
    "is there %s an access code: remembers, answers 200, and wakes the poll for what is named",
    async (_, accessCode) => {
      const { remembered, wakes } = await openWith(createService(), { accessCode });
      const body = bodyOf();
      expect(await post(vendor, body, signed(vendor, body))).toMatchObject({
        status: 200,
        body: { ok: true },
      });
      expect(remembered.size).toBe(1);
      expect(wakes).toEqual([[ticketId]]);
    },
  );

  it("answers 200 to the same delivery again, however its headers differ, and wakes nobody", async () => {
    const { remembered, wakes } = await openWith(createService());
    const body = bodyOf();
    for (const id of ["one", "one", "forged"]) {
      const headers = {
        ...signed(vendor, body),
        "linear-delivery": id,
        "x-atlassian-webhook-identifier": id,
      };
      expect((await post(vendor, body, headers)).status).toBe(200);
    }
    expect([remembered.size, wakes.length]).toEqual([1, 1]);
  });

  it("takes the bytes as they are: any content type, and JSON that is spelt in its own way", async () => {
    const { wakes } = await openWith(createService());
    const body = `\n ${bodyOf().replaceAll('":', '" :\t')} `;
    const headers = { ...signed(vendor, body), "content-type": "text/plain; charset=latin1" };
    expect((await post(vendor, body, headers)).status).toBe(200);
    expect(wakes).toHaveLength(1);
  });

  it.each([
    ["a forged signature", (body: string) => signed(vendor, body, "guessed")],
    ["no signature", () => ({})],
    ["the signature of another body", () => signed(vendor, "{}")],
  ])("answers 401 to %s, says nothing of why, and remembers nothing", async (_, headersOf) => {
    const { remembered, wakes } = await openWith(createService());
    const body = bodyOf();
    const answer = await post(vendor, body, headersOf(body));
    expect(answer).toMatchObject({ status: 401, body: { error: expect.any(String) as string } });
    expect([remembered.size, wakes.length]).toEqual([0, 0]);
  });

  it("answers 401 to a replay after the window", async () => {
    const service = await openWith(createService());
    const body = bodyOf();
    service.now += minutes(24 * 60) + 1;
    expect((await post(vendor, body, signed(vendor, body))).status).toBe(401);
    expect(service.wakes).toEqual([]);
  });

  it("answers 401 to every request while its secret is not set", async () => {
    const { wakes } = await openWith(createService([]));
    const body = bodyOf();
    expect((await post(vendor, body, signed(vendor, body))).status).toBe(401);
    expect((await post(vendor, body, signed(vendor, body, ""))).status).toBe(401);
    expect(wakes).toEqual([]);
  });

  it.each([
    ["no JSON", "once upon a time"],
    ["nothing", ""],
    ["arrays in arrays, 100,000 deep", "[".repeat(100_000) + "]".repeat(100_000)],
  ])("answers 400 to a signed body that is %s", async (_, body) => {
    const { remembered } = await openWith(createService());
    expect((await post(vendor, body, signed(vendor, body))).status).toBe(400);
    expect(remembered.size).toBe(0);
  });

  it("answers 413 to 10 MB, and takes up to 1 MiB", async () => {
    const { wakes } = await openWith(createService());
    const huge = bodyOf({ filler: "x".repeat(10_000_000) });
    expect((await post(vendor, huge, signed(vendor, huge))).status).toBe(413);
    const large = bodyOf({ filler: "x".repeat(1_000_000) });
    expect((await post(vendor, large, signed(vendor, large))).status).toBe(200);
    expect(wakes).toHaveLength(1);
  });

  it("answers 503 with Retry-After while nothing can be recorded, and takes the same delivery afterwards", async () => {
    const service = await openWith(createService());
    const body = bodyOf();
    service.isFull = true;
    const answer = await post(vendor, body, signed(vendor, body));
    expect(answer.status).toBe(503);
    expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
    expect(service.wakes).toEqual([]);
    service.isFull = false;
    expect((await post(vendor, body, signed(vendor, body))).status).toBe(200);
    expect(service.wakes).toHaveLength(1);
  });

  it("answers 503 with Retry-After once the service is stopping, and remembers nothing: the next one gets it", async () => {
    const service = await openWith(createService());
    service.webhooks.stop();
    const body = bodyOf();
    const answer = await post(vendor, body, signed(vendor, body));
    expect(answer.status).toBe(503);
    expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
    expect([service.remembered.size, service.wakes.length]).toEqual([0, 0]);
  });

  it("is a POST and nothing else", async () => {
    await openWith(createService());
    expect((await test.app.inject(`/api/${vendor}/webhook`)).statusCode).toBe(404);
  });
});
