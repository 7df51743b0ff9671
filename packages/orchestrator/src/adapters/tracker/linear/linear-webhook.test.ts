import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import { startLinearEmulator } from "@ai-implement/emulators/linear/emulator.ts";
import { requireConformance } from "@ai-implement/emulators/testing/conformance-ledger.ts";
import { vendorSchema } from "@ai-implement/emulators/testing/schemas.ts";
import { describe, expect, it, vi } from "vitest";
import { aTime } from "../../../core/testing/builders.ts";
import { minutes } from "../../../core/time.ts";
import { createLinearWebhook } from "./linear-webhook.ts";

const secret = "a signing secret of Linear's";
const issueId = "6f0d6f5e-2f4c-4a39-9f0c-3f1f6f0b9a11";

const issueEvent = (overrides: object = {}): object => ({
  action: "update",
  type: "Issue",
  webhookTimestamp: aTime,
  data: { id: issueId, identifier: "ACME-1", title: "Say hello", labels: [] },
  updatedFrom: { title: "Say" },
  ...overrides,
});
const mark = "AI-Implement";
const unlabelled = { id: issueId, identifier: "ACME-1" };
const before = (...labelIds: readonly string[]): object => ({ updatedFrom: { labelIds } });
/** Whose ids are their names. */
const labelled = (...names: readonly string[]): object => ({
  data: { id: issueId, identifier: "ACME-1", labels: names.map((name) => ({ id: name, name })) },
});

const sign = (body: string): string => createHmac("sha256", secret).update(body).digest("hex");
const webhook = createLinearWebhook({ secret });
const readText = (body: string, signature = sign(body), now = aTime) =>
  webhook.read({ "linear-signature": signature, "linear-delivery": "any" }, Buffer.from(body), now);
const read = (event: object, now = aTime) => readText(JSON.stringify(event), undefined, now);
const ticketsOf = (event: object) => {
  const verdict = read(event);
  return verdict.kind === "genuine" ? verdict.news.tickets : verdict;
};

describe("a delivery of Linear's webhook (§7.2, §11.9)", () => {
  it.each(["create", "update", "remove"])("names the issue of: %s", (action) => {
    expect(ticketsOf(issueEvent({ action }))).toEqual([
      { id: `linear:${issueId}`, identifier: "ACME-1", mark: "none" },
    ]);
  });

  it.each([
    ["put", "the label is new, in any case", { ...labelled("bug", "ai-IMPLEMENT"), ...before("bug") }],
    ["put", "a plan was approved", { ...labelled(mark, "Plan-Approved"), ...before(mark) }],
    ["put", "it was created with the label", { action: "create", ...labelled(mark), updatedFrom: null }],
    ["put", "labels changed and are not told", { data: { ...unlabelled }, ...before() }],
    ["taken", "labels changed and it is not among them", { ...labelled("bug"), ...before("bug", mark) }],
    ["taken", "it is removed with the label", { action: "remove", ...labelled(mark), updatedFrom: null }],
    [
      "kept",
      "it shows what we wrote",
      { ...labelled(mark, "AI-Working"), ...before(mark, "AI-Planning", "Plan-Complete") },
    ],
    ["kept", "something else changed", labelled("bug", mark)],
    ["none", "other labels are as they were", labelled("AI-Working", "not AI-Implement")],
    ["none", "there are no labels", { data: { ...unlabelled }, updatedFrom: null }],
    ["none", "it is created without", { action: "create", ...labelled(), updatedFrom: null }],
  ])("says %s of the mark when %s", (expected, _, overrides) => {
    expect(ticketsOf(issueEvent(overrides))).toMatchObject([{ mark: expected }]);
  });

  it("of anything but an issue names nothing", () => {
    expect(ticketsOf(issueEvent({ type: "Comment", data: "whatever" }))).toEqual([]);
  });

  it("is the same one when its bytes are, whatever its unsigned headers say", () => {
    const body = JSON.stringify(issueEvent());
    const idOf = (text: string, delivery: string) => {
      const headers = { "linear-signature": sign(text), "linear-delivery": delivery };
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
    ["one made with another secret", createHmac("sha256", "guessed").update("{}").digest("hex")],
    ["a right one with more behind it", `${sign(JSON.stringify(issueEvent()))}00`],
    ["no hexadecimal", "z".repeat(64)],
  ])("is refused with a signature that is: %s", (_, signature) => {
    const headers = { "linear-signature": signature };
    expect(webhook.read(headers, Buffer.from(JSON.stringify(issueEvent())), aTime).kind).toBe("refused");
  });

  it("is signed over its raw bytes: the same JSON in another spelling is refused", () => {
    const body = JSON.stringify(issueEvent());
    expect(readText(`${body}\n`, sign(body)).kind).toBe("refused");
  });

  it("is refused when it is more than five minutes old, or as far in the future", () => {
    expect(read(issueEvent(), aTime + minutes(5)).kind).toBe("genuine");
    expect(read(issueEvent(), aTime + minutes(5) + 1).kind).toBe("refused");
    expect(read(issueEvent(), aTime - minutes(5)).kind).toBe("genuine");
    expect(read(issueEvent(), aTime - minutes(5) - 1).kind).toBe("refused");
  });

  it.each([
    ["no JSON", "label added"],
    ["an empty body", ""],
    ["no timestamp", JSON.stringify(issueEvent({ webhookTimestamp: undefined }))],
    ["a timestamp that is none", JSON.stringify(issueEvent({ webhookTimestamp: "now" }))],
    ["no issue", JSON.stringify(issueEvent({ data: null }))],
    ["an id that is none", JSON.stringify(issueEvent({ data: { id: "../1", identifier: "ACME-1" } }))],
    [
      "an endless identifier",
      JSON.stringify(issueEvent({ data: { id: issueId, identifier: "A".repeat(101) } })),
    ],
    ["100,000 labels", JSON.stringify(issueEvent(labelled(...Array<string>(100_000).fill("x"))))],
    ["arrays in arrays, 100,000 deep", "[".repeat(100_000) + "]".repeat(100_000)],
  ])("that is signed and has %s is malformed", (_, body) => {
    expect(readText(body).kind).toBe("malformed");
  });

  it("with 100,000 levels in a field that nobody reads is read all the same", () => {
    const deep = `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`;
    const body = JSON.stringify(issueEvent()).replace('"action":"update"', () => `"action":${deep}`);
    expect(readText(body)).toMatchObject({ kind: "genuine", news: { tickets: [{ identifier: "ACME-1" }] } });
  });

  it("says where it is malformed, and nothing of what stands there", () => {
    const verdict = read(issueEvent({ data: { id: "a private word", identifier: "ACME-1" } }));
    expect(verdict).toMatchObject({ kind: "malformed", why: expect.stringContaining("data.id") as string });
    expect(JSON.stringify(verdict)).not.toContain("private");
  });
});

const schema = vendorSchema("linear.schema.graphql");

describe.skipIf(schema === null)("what Linear's emulator sends (§7.2)", () => {
  it("is read: a label that came and went, a closed issue, and one that is gone", async () => {
    // Nobody listens there: what would have arrived is looked at here.
    const target = { url: "http://127.0.0.1:9/hook", secret };
    const emulator = await startLinearEmulator({
      schema: await readFile(schema ?? "", "utf8"),
      webhook: target,
    });
    try {
      const { workspace } = emulator;
      workspace.addTeam({ key: "ACME" });
      const { id } = workspace.addIssue({ teamKey: "ACME", title: "Say hello" });
      workspace.label(id, ["AI-Implement"]);
      workspace.label(id, ["AI-Working"]);
      workspace.unlabel(id, ["AI-Implement"]);
      workspace.moveToState(id, "completed");
      workspace.deleteIssue(id);
      await vi.waitFor(() => expect(emulator.deliveries()).toHaveLength(6));
      const verdicts = emulator.deliveries().map(({ headers, body }) => {
        const lowered = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
        return webhook.read(Object.fromEntries(lowered), Buffer.from(body), Date.now());
      });
      expect(verdicts).toMatchObject(
        ["none", "put", "kept", "taken", "none", "none"].map((its) => ({
          kind: "genuine",
          news: { tickets: [{ id: `linear:${id}`, identifier: "ACME-1", mark: its }] },
        })),
      );
    } finally {
      await emulator.close();
      requireConformance(emulator.conformance());
    }
  });
});
