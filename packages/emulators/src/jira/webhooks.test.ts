import { createHmac } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type LoopbackRequest, type LoopbackServer, startLoopbackServer } from "../shared/loopback-server.ts";
import { vendorSchema } from "../testing/schemas.ts";
import { type OpenJira, openJira, paragraph } from "./testing/open-jira.ts";

const schemaFile = vendorSchema("jira.openapi.json");

interface Payload {
  readonly timestamp: number;
  readonly webhookEvent: string;
  readonly issue: { readonly id: string; readonly key: string; readonly fields: Record<string, unknown> };
  readonly changelog?: { readonly id: string; readonly items: readonly { readonly field: string }[] };
}

describe.skipIf(schemaFile === null)("Jira's webhooks", () => {
  let jira: OpenJira;
  let receiver: LoopbackServer;
  let received: LoopbackRequest[];
  beforeEach(async () => {
    received = [];
    receiver = await startLoopbackServer({
      receive: (request) => {
        received.push(request);
        return {
          fault: null,
          act: () => ({ status: 204, body: "" }),
          rateLimited: () => ({ status: 429, body: "" }),
        };
      },
    });
    jira = await openJira(schemaFile ?? "", { webhook: { url: `${receiver.url}/hook`, secret: "s" } });
  });
  afterEach(async () => {
    await jira.close();
    await receiver.close();
  });

  /** The next ones after those that were seen, as many as are expected. */
  const payloads = async (count: number): Promise<readonly Payload[]> => {
    while (jira.emulator.deliveries().length < count) await sleep(5);
    return received.map(({ body }) => JSON.parse(body) as Payload);
  };
  const lastItems = async (count: number): Promise<unknown> =>
    (await payloads(count)).at(-1)?.changelog?.items;

  test("are signed over their raw bytes, and each has an identifier of its own", async () => {
    const { site } = jira.emulator;
    const { id } = site.addIssue({ projectKey: "ACME", summary: "Grüße" });
    site.edit(id, { summary: "Two" });
    await payloads(2);
    for (const { body, headers } of received)
      expect(headers["x-hub-signature"]).toBe(
        `sha256=${createHmac("sha256", "s").update(body).digest("hex")}`,
      );
    const identifiers = received.map(({ headers }) => headers["x-atlassian-webhook-identifier"]);
    expect(new Set(identifiers).size).toBe(2);
    expect(received.every(({ headers }) => headers["x-atlassian-webhook-retry"] === undefined)).toBe(true);
    expect(jira.emulator.deliveries()).toMatchObject([
      { url: `${receiver.url}/hook`, status: 204 },
      { status: 204 },
    ]);
  });

  test("tell of an issue's whole life", async () => {
    const { site } = jira.emulator;
    const { id, key } = site.addIssue({ projectKey: "ACME", summary: "One", fields: { Stage: "Ready" } });
    await jira.call("PUT", `/issue/${key}`, { fields: { customfield_10500: { value: "Working" } } });
    await jira.call("POST", `/issue/${key}/comment`, { body: paragraph("Hello") });
    site.deleteIssue(id);
    const all = await payloads(4);
    expect(all.map(({ webhookEvent }) => webhookEvent)).toEqual([
      "jira:issue_created",
      "jira:issue_updated",
      "comment_created",
      "jira:issue_deleted",
    ]);
    for (const { issue, timestamp } of all) {
      expect(issue).toMatchObject({ id, key, fields: { summary: "One" } });
      expect(timestamp).toBeGreaterThan(Date.now() - 60_000);
    }
    expect(all[1]?.changelog).toEqual({
      id: expect.stringMatching(/^\d+$/) as unknown,
      items: [
        {
          field: "Stage",
          fieldId: "customfield_10500",
          fieldtype: "custom",
          from: "10100",
          fromString: "Ready",
          to: "10101",
          toString: "Working",
        },
      ],
    });
    expect(all[2]).toMatchObject({ comment: { id: "10000", body: "Hello\n" } });
  });

  test("name what changed, field by field", async () => {
    const { site } = jira.emulator;
    site.addProject({ key: "OTHER" });
    const { id } = site.addIssue({ projectKey: "ACME", summary: "One" });
    site.setStatus(id, "Done", "Won't Do");
    expect(await lastItems(2)).toMatchObject([
      { field: "status", fromString: "To Do", toString: "Done" },
      { field: "resolution", from: null, to: "10001", toString: "Won't Do" },
    ]);
    site.moveToProject(id, "OTHER");
    expect(await lastItems(3)).toMatchObject([
      { field: "project", from: "10000", to: "10001", toString: "OTHER" },
      { field: "Key", fromString: "ACME-1", toString: "OTHER-1" },
    ]);
    site.setField(id, "Notes", "n");
    expect(await lastItems(4)).toMatchObject([
      { field: "Notes", from: null, fromString: null, toString: "n" },
    ]);
    site.setField(id, "Notes", null);
    expect(await lastItems(5)).toMatchObject([{ field: "Notes", fromString: "n", toString: null }]);
    site.edit(id, { description: paragraph("Why") });
    expect(await lastItems(6)).toMatchObject([{ field: "description", toString: "Why\n" }]);
  });

  test("tell both ends of a link", async () => {
    const { site } = jira.emulator;
    const one = site.addIssue({ projectKey: "ACME", summary: "One" });
    const two = site.addIssue({ projectKey: "ACME", summary: "Two" });
    site.block(one.key, two.key);
    const links = (await payloads(4)).slice(2).map(({ issue, changelog }) => [issue.key, changelog?.items]);
    expect(links).toMatchObject([
      ["ACME-1", [{ field: "Link", toString: "This issue blocks ACME-2" }]],
      ["ACME-2", [{ field: "Link", toString: "This issue is blocked by ACME-1" }]],
    ]);
  });

  test("a change that changes nothing sends nothing; a pause drops them; another receiver takes over", async () => {
    const { emulator } = jira;
    const { id } = emulator.site.addIssue({ projectKey: "ACME", summary: "One" });
    emulator.site.edit(id, { summary: "One" });
    await payloads(1);
    emulator.pauseWebhooks(true);
    emulator.site.edit(id, { summary: "Two" });
    emulator.pauseWebhooks(false);
    emulator.setWebhook({ url: `${receiver.url}/other`, secret: "t" });
    emulator.site.edit(id, { summary: "Three" });
    emulator.setWebhook(null);
    emulator.site.edit(id, { summary: "Four" });
    await payloads(3);
    expect(emulator.deliveries().map(({ url, status }) => [url.slice(receiver.url.length), status])).toEqual([
      ["/hook", 204],
      ["/hook", null],
      ["/other", 204],
    ]);
    expect(received).toHaveLength(2);
  });
});
