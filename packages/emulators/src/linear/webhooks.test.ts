import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import {
  buildSchema,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isNonNullType,
  isObjectType,
} from "graphql";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import type { LinearEmulator } from "./api.ts";
import { linearSchema, send, startLinear } from "./testing/linear-client.ts";

const secret = "lin_wh_secret";
const payloadSchema = z.looseObject({
  action: z.string(),
  type: z.string(),
  data: z.record(z.string(), z.unknown()),
  updatedFrom: z.record(z.string(), z.unknown()).optional(),
  webhookTimestamp: z.number(),
});

interface Received {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

const startReceiver = async () => {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    text(request).then(
      (body) => {
        received.push({ headers: request.headers, body });
        response.end();
      },
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received, close };
};

/** What of a value the schema's type does not have, or misses. */
const misfits = (
  schema: GraphQLSchema,
  type: GraphQLNamedType | undefined,
  value: unknown,
): readonly string[] => {
  if (!isObjectType(type) || typeof value !== "object" || value === null) return [];
  const fields = type.getFields();
  const entries = Object.entries(value);
  const missing = Object.values(fields)
    .filter(
      (field) =>
        isNonNullType(field.type) && !entries.some(([name, it]) => name === field.name && it !== null),
    )
    .map(({ name }) => `${type.name}.${name} is missing`);
  const others = entries.flatMap(([name, it]: readonly [string, unknown]) => {
    const field = fields[name];
    if (field === undefined) return [`${type.name}.${name} is not known`];
    const members: readonly unknown[] = Array.isArray(it) ? it : [it];
    return members.flatMap((member) => misfits(schema, getNamedType(field.type), member));
  });
  return [...missing, ...others];
};

describe.skipIf(linearSchema === null)("Linear's webhooks (§7.2)", () => {
  let emulator: LinearEmulator;
  let receiver: Awaited<ReturnType<typeof startReceiver>>;
  const arrived = async (count: number) => {
    await expect.poll(() => receiver.received.length).toBe(count);
    return receiver.received.map(({ body }) => payloadSchema.parse(JSON.parse(body)));
  };

  beforeEach(async () => {
    receiver = await startReceiver();
    emulator = await startLinear({ webhook: { url: receiver.url, secret } });
  });
  afterEach(async () => {
    await emulator.close();
    await receiver.close();
  });

  test("are signed over the raw body and carry an id of their own", async () => {
    const { id } = emulator.workspace.addIssue({ teamKey: "ENG", title: "Größe", labels: ["AI-Implement"] });
    emulator.workspace.edit(id, { title: "Größer" });
    await arrived(2);
    for (const { headers, body } of receiver.received) {
      const signature = createHmac("sha256", secret).update(body).digest("hex");
      expect(headers).toMatchObject({ "linear-signature": signature, "linear-event": "Issue" });
    }
    expect(new Set(receiver.received.map(({ headers }) => headers["linear-delivery"])).size).toBe(2);
    await expect.poll(() => emulator.deliveries().map(({ status }) => status)).toEqual([200, 200]);
  });

  test("tell what changed, by hand or over the API, in order", async () => {
    const { workspace } = emulator;
    const { id } = workspace.addIssue({ teamKey: "ENG", title: "Old", labels: ["AI-Implement"] });
    await send(emulator.url, 'mutation { issueUpdate(id: "ENG-1", input: { title: "New" }) { success } }');
    workspace.unlabel(id, ["AI-Implement"]);
    workspace.unlabel(id, ["AI-Implement"]);
    workspace.moveToState(id, "started");
    await send(
      emulator.url,
      'mutation { commentCreate(input: { issueId: "ENG-1", body: "Hi" }) { success } }',
    );
    workspace.deleteIssue(id);
    const payloads = await arrived(7);
    expect(payloads.map(({ type, action }) => `${type} ${action}`)).toEqual([
      "Issue create",
      "Issue update",
      "Issue update",
      "Issue update",
      "Comment create",
      "Comment remove",
      "Issue remove",
    ]);
    expect(payloads[1]?.updatedFrom).toEqual({ title: "Old", updatedAt: expect.any(String) as string });
    expect(payloads[2]).toMatchObject({
      data: { labelIds: [], labels: [] },
      updatedFrom: { labelIds: [expect.any(String)] },
    });
    expect(payloads[3]?.data).toMatchObject({
      id,
      identifier: "ENG-1",
      state: { name: "In Progress", type: "started" },
    });
  });

  test("have the shape that the schema gives them", async () => {
    const { workspace } = emulator;
    const { id } = workspace.addIssue({
      teamKey: "ENG",
      title: "One",
      labels: ["AI-Implement"],
      state: "started",
    });
    await send(
      emulator.url,
      'mutation { commentCreate(input: { issueId: "ENG-1", body: "Hi" }) { success } }',
    );
    workspace.moveToTeam(id, "OPS");
    const schema = buildSchema(linearSchema ?? "", { assumeValid: true, assumeValidSDL: true });
    for (const payload of await arrived(3)) {
      const { data, ...envelope } = payload;
      expect(misfits(schema, schema.getType("EntityWebhookPayload"), { ...envelope, data: "below" })).toEqual(
        [],
      );
      expect(misfits(schema, schema.getType(`${payload.type}WebhookPayload`), data)).toEqual([]);
    }
  });

  test("are dropped while the network eats them, and follow a new address", async () => {
    const { workspace } = emulator;
    emulator.pauseWebhooks(true);
    const { id } = workspace.addIssue({ teamKey: "ENG", title: "One" });
    emulator.pauseWebhooks(false);
    emulator.setWebhook(null);
    workspace.edit(id, { title: "Two" });
    emulator.setWebhook({ url: receiver.url, secret: "other" });
    workspace.edit(id, { title: "Three" });
    expect((await arrived(1))[0]?.data).toMatchObject({ title: "Three" });
    await expect.poll(() => emulator.deliveries().map(({ status }) => status)).toEqual([null, 200]);
  });

  test("a receiver that is away costs the change nothing", async () => {
    await receiver.close();
    const { id } = emulator.workspace.addIssue({ teamKey: "ENG", title: "One" });
    await expect.poll(() => emulator.deliveries().map(({ status }) => status)).toEqual([null]);
    expect(emulator.workspace.issue(id)?.title).toBe("One");
  });
});
