import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import { startJiraEmulator } from "@ai-implement/emulators/jira/emulator.ts";
import { requireConformance } from "@ai-implement/emulators/testing/conformance-ledger.ts";
import { vendorSchema } from "@ai-implement/emulators/testing/schemas.ts";
import { describe, expect, it, vi } from "vitest";
import { aTime } from "../../../core/testing/builders.ts";
import { hours, minutes } from "../../../core/time.ts";
import { createJiraWebhook } from "./jira-webhook.ts";

const secret = "a secret given to Jira";

const issueEvent = (overrides: object = {}): object => ({
  timestamp: aTime,
  webhookEvent: "jira:issue_updated",
  issue: { id: "10042", key: "OPS-7", fields: { summary: "Say hello" } },
  ...overrides,
});
const changed = (...items: readonly object[]): object => ({ changelog: { id: "1", items } });

const word = { fromString: null, toString: "Ready" };
const wordChanged = (before: string | null, after: string | null): object =>
  changed({
    field: "AI-Implement Status",
    fieldId: "customfield_10500",
    fromString: before,
    toString: after,
  });

const sign = (body: string): string => `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
const webhook = createJiraWebhook({ secret });
const readText = (body: string, signature = sign(body), now = aTime) =>
  webhook.read({ "x-hub-signature": signature }, Buffer.from(body), now);
const read = (event: object, now = aTime) => readText(JSON.stringify(event), undefined, now);
const ticketsOf = (event: object) => {
  const verdict = read(event);
  return verdict.kind === "genuine" ? verdict.news.tickets : verdict;
};

describe("a delivery of Jira's webhook (§7.2, §11.9)", () => {
  it.each(["jira:issue_updated", "jira:issue_deleted"])("names the issue of: %s", (webhookEvent) => {
    expect(ticketsOf(issueEvent({ webhookEvent }))).toEqual([
      { id: "jira:10042", identifier: "OPS-7", mark: "none" },
    ]);
  });

  it.each([
    ["put", "it became Ready, however that is spelt", wordChanged(null, " ready")],
    ["put", "a plan was approved", wordChanged("Planning", "Plan Approved")],
    ["put", "a custom field changed and its words are not told", changed({ fieldId: "customfield_1" })],
    ["taken", "the field was emptied", wordChanged("Implementing", null)],
    ["taken", "it says something that is not ours", wordChanged("Ready", "Not now")],
    ["kept", "it shows what we wrote", wordChanged("Ready", "Planning")],
    ["kept", "it was created: it may have been marked with that", { webhookEvent: "jira:issue_created" }],
    ["kept", "its status changed", changed({ field: "description" }, { field: "status", fieldId: "status" })],
    ["kept", "its resolution changed", changed({ field: "resolution" })],
    ["none", "it is merged, which is ours to say", wordChanged("PR Ready", "Merged")],
    ["none", "another custom field changed", wordChanged("Sprint 1", "Sprint 2")],
    ["none", "only its text changed, to one of our words", changed({ ...word, fieldId: "summary" })],
    ["none", "nothing that is told changed", { changelog: null }],
    ["none", "a field of such a name changed", changed({ field: "status", fieldId: "summary" })],
  ])("says %s of the mark when %s", (mark, _, overrides) => {
    expect(ticketsOf(issueEvent(overrides))).toMatchObject([{ mark }]);
  });

  it("says of several changes what is most urgent", () => {
    const items = [{ field: "status" }, { fieldId: "customfield_1", ...word }, { field: "resolution" }];
    expect(ticketsOf(issueEvent(changed(...items)))).toMatchObject([{ mark: "put" }]);
  });

  it("of anything but an issue names nothing", () => {
    expect(ticketsOf({ timestamp: aTime, webhookEvent: "sprint_started", sprint: {} })).toEqual([]);
  });

  it("is the same one when its bytes are, whatever its unsigned headers say", () => {
    const body = JSON.stringify(issueEvent());
    const idOf = (text: string, identifier: string) => {
      const headers = { "x-hub-signature": sign(text), "x-atlassian-webhook-identifier": identifier };
      const verdict = webhook.read(headers, Buffer.from(text), aTime);
      return verdict.kind === "genuine" ? verdict.news.deliveryId : verdict;
    };
    expect(idOf(body, "one")).toEqual(idOf(body, "forged"));
    expect(idOf(body, "one")).not.toEqual(idOf(`${body} `, "one"));
  });

  it.each([
    ["none", undefined],
    ["an empty one", ""],
    ["two", [sign(JSON.stringify(issueEvent())), sign("")]],
    ["one of other bytes", sign("{}")],
    ["one made with another secret", `sha256=${createHmac("sha256", "guessed").update("{}").digest("hex")}`],
    ["one without its method", sign(JSON.stringify(issueEvent())).slice("sha256=".length)],
    ["one of another method", sign(JSON.stringify(issueEvent())).replace("sha256", "sha1")],
    ["a right one with more behind it", `${sign(JSON.stringify(issueEvent()))}00`],
  ])("is refused with a signature that is: %s", (_, signature) => {
    const headers = { "x-hub-signature": signature };
    expect(webhook.read(headers, Buffer.from(JSON.stringify(issueEvent())), aTime).kind).toBe("refused");
  });

  it("is taken for a day, because Jira sends again for hours, and refused afterwards", () => {
    expect(read(issueEvent(), aTime + hours(24)).kind).toBe("genuine");
    expect(read(issueEvent(), aTime + hours(24) + 1).kind).toBe("refused");
    expect(read(issueEvent(), aTime - minutes(5)).kind).toBe("genuine");
    expect(read(issueEvent(), aTime - minutes(5) - 1).kind).toBe("refused");
  });

  it.each([
    ["no JSON", "issue updated"],
    ["an empty body", ""],
    ["no timestamp", JSON.stringify(issueEvent({ timestamp: undefined }))],
    ["no issue", JSON.stringify(issueEvent({ issue: undefined }))],
    ["an id that is none", JSON.stringify(issueEvent({ issue: { id: '1" or key != "', key: "OPS-7" } }))],
    ["an endless key", JSON.stringify(issueEvent({ issue: { id: "1", key: "O".repeat(301) } }))],
    ["100,000 changes", JSON.stringify(issueEvent(changed(...Array<object>(100_000).fill({}))))],
    ["arrays in arrays, 100,000 deep", "[".repeat(100_000) + "]".repeat(100_000)],
  ])("that is signed and has %s is malformed", (_, body) => {
    expect(readText(body).kind).toBe("malformed");
  });

  it("with 100,000 levels in a field that nobody reads is read all the same", () => {
    const deep = `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`;
    const body = JSON.stringify(issueEvent({ user: "deep" })).replace(
      '"user":"deep"',
      () => `"user":${deep}`,
    );
    expect(readText(body)).toMatchObject({ kind: "genuine", news: { tickets: [{ identifier: "OPS-7" }] } });
  });
});

const schema = vendorSchema("jira.openapi.json");

describe.skipIf(schema === null)("what Jira's emulator sends (§7.2)", () => {
  it("is read: a new issue, its mark, its text, its end, and one that is gone", async () => {
    // Nobody listens there: what would have arrived is looked at here.
    const target = { url: "http://127.0.0.1:9/hook", secret };
    const openApi = JSON.parse(await readFile(schema ?? "", "utf8")) as unknown;
    const emulator = await startJiraEmulator({ openApi, webhook: target });
    try {
      const { site } = emulator;
      site.addProject({ key: "OPS" });
      site.addField({ name: "AI-Implement Status", type: "select", options: ["Ready", "Planning"] });
      const { id } = site.addIssue({ projectKey: "OPS", summary: "Say hello" });
      site.setField(id, "AI-Implement Status", "Ready");
      site.setField(id, "AI-Implement Status", "Planning");
      site.setField(id, "AI-Implement Status", null);
      site.edit(id, { summary: "Say goodbye" });
      site.setStatus(id, "Done");
      site.deleteIssue(id);
      await vi.waitFor(() => expect(emulator.deliveries()).toHaveLength(7));
      const verdicts = emulator
        .deliveries()
        .map(({ headers, body }) => webhook.read(headers, Buffer.from(body), Date.now()));
      expect(verdicts).toMatchObject(
        ["kept", "put", "kept", "taken", "none", "kept", "none"].map((mark) => ({
          kind: "genuine",
          news: { tickets: [{ id: `jira:${id}`, identifier: "OPS-1", mark }] },
        })),
      );
    } finally {
      await emulator.close();
      requireConformance(emulator.conformance());
    }
  });
});
