import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { ForgeNews } from "../../../ports/forge-webhook.ts";
import { createGithubWebhook } from "./github-webhook.ts";

const examplesSchema = z.array(z.object({ name: z.string(), examples: z.array(z.unknown()) }));
const versions = ["api.github.com", "ghes-31", "ghes-32", "ghes-33", "ghes-34", "ghes-35"];
const require = createRequire(import.meta.url);
/** `…/api.github.com/index.json`: the other versions lie beside it. */
const current = require.resolve("@octokit/webhooks-examples");

/** Deliveries that GitHub really sent, by event. */
const examples = versions.flatMap((version) =>
  examplesSchema
    .parse(JSON.parse(readFileSync(current.replace("api.github.com", version), "utf8")))
    .flatMap(({ name, examples: bodies }) => bodies.map((body) => ({ version, event: name, body }))),
);

const secret = "a secret of the App's webhook";
const webhook = createGithubWebhook({ secret });
const sign = (raw: string | Buffer): string =>
  `sha256=${createHmac("sha256", secret).update(raw).digest("hex")}`;
const headersOf = (raw: string | Buffer, event: string) => ({
  "x-hub-signature-256": sign(raw),
  "x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
  "x-github-event": event,
});
const readRaw = (raw: string, event: string, headers: object = {}) =>
  webhook.read({ ...headersOf(raw, event), ...headers }, Buffer.from(raw));
const newsOf = (event: string, body: unknown): readonly ForgeNews[] => {
  const verdict = readRaw(JSON.stringify(body), event);
  if (verdict.kind !== "genuine") throw new Error(`${event}: ${verdict.why}`);
  return verdict.news;
};

const repositorySchema = z.object({
  repository: z.object({ name: z.string(), owner: z.object({ login: z.string() }) }),
});
const placeOf = (body: unknown) => {
  const { repository } = repositorySchema.parse(body);
  return { owner: repository.owner.login, name: repository.name };
};

describe("§12 every delivery that GitHub really sent", () => {
  test("is genuine, whatever its event", () => {
    expect(examples.length).toBeGreaterThan(500);
    for (const { event, body, version } of examples) {
      const verdict = readRaw(JSON.stringify(body), event);
      expect(verdict, `${version} ${event}`).toMatchObject({ kind: "genuine", event });
    }
  });

  test.each([
    "pull_request",
    "pull_request_review",
    "pull_request_review_comment",
    "pull_request_review_thread",
  ])("%s names its pull request", (event) => {
    const bodies = examples.filter((example) => example.event === event).map(({ body }) => body);
    expect(bodies.length).toBeGreaterThan(0);
    for (const body of bodies) {
      const { pull_request } = z.object({ pull_request: z.object({ number: z.number() }) }).parse(body);
      expect(newsOf(event, body)).toEqual([
        { kind: "pull-request", ...placeOf(body), number: pull_request.number },
      ]);
    }
  });

  test("issue_comment names the pull request that the issue is, and no other issue", () => {
    const bodies = examples.filter(({ event }) => event === "issue_comment").map(({ body }) => body);
    const schema = z.object({
      issue: z.object({ number: z.number(), pull_request: z.unknown().optional() }),
    });
    const told = bodies.map((body) => {
      const { issue } = schema.parse(body);
      const isPull = issue.pull_request !== undefined;
      expect(newsOf("issue_comment", body)).toEqual(
        isPull ? [{ kind: "pull-request", ...placeOf(body), number: issue.number }] : [],
      );
      return isPull;
    });
    expect(told).toContain(false);
    const [body] = bodies;
    const { issue } = z.object({ issue: z.looseObject({}) }).parse(body);
    const onPull = {
      ...z.looseObject({}).parse(body),
      issue: { ...issue, number: 7, pull_request: { url: "x" } },
    };
    expect(newsOf("issue_comment", onPull)).toEqual([{ kind: "pull-request", ...placeOf(body), number: 7 }]);
  });

  test.each(["check_suite", "check_run"] as const)(
    "%s names the pull requests of its own repository",
    (event) => {
      const subject = z.object({ pull_requests: z.array(z.object({ number: z.number() })) });
      const schema = z.object({ check_suite: subject.optional(), check_run: subject.optional() });
      let named = 0;
      for (const { body } of examples.filter((example) => example.event === event)) {
        const pulls = schema.parse(body)[event]?.pull_requests ?? [];
        const news = newsOf(event, body);
        expect(news).toEqual(pulls.map(({ number }) => ({ kind: "pull-request", ...placeOf(body), number })));
        named += news.length;
      }
      expect(named).toBeGreaterThan(0);
      const repository = { id: 1, name: "tally", owner: { login: "acme" } };
      const pull = (number: number, id: number) => ({ number, base: { repo: { id } } });
      const elsewhere = { repository, [event]: { pull_requests: [pull(3, 1), pull(4, 2)] } };
      expect(newsOf(event, elsewhere)).toEqual([
        { kind: "pull-request", owner: "acme", name: "tally", number: 3 },
      ]);
    },
  );

  test("workflow_run names the run by its id and title", () => {
    const schema = z.object({
      workflow_run: z.object({ id: z.number(), display_title: z.string().optional() }),
    });
    for (const { body } of examples.filter(({ event }) => event === "workflow_run")) {
      const { workflow_run } = schema.parse(body);
      expect(newsOf("workflow_run", body)).toEqual([
        { kind: "workflow-run", id: String(workflow_run.id), title: workflow_run.display_title ?? "" },
      ]);
    }
  });

  test.each(["installation", "installation_repositories", "repository"])(
    "%s says that access has changed",
    (event) => {
      for (const { body } of examples.filter((example) => example.event === event))
        expect(newsOf(event, body)).toEqual([{ kind: "access" }]);
    },
  );

  test.each(["ping", "push", "star", "workflow_job"])("%s says nothing to us", (event) => {
    for (const { body } of examples.filter((example) => example.event === event))
      expect(newsOf(event, body)).toEqual([]);
  });

  test("an event that nobody knew is genuine too, also by the name of what every object has", () => {
    for (const event of ["something_new", "constructor", "__proto__"]) expect(newsOf(event, {})).toEqual([]);
  });
});

describe("§11.9 what nobody with the secret sent is refused", () => {
  const body = { zen: "Keep it logically awesome." };
  const raw = JSON.stringify(body);

  test("the same JSON written anew, under the old signature", () => {
    const pretty = JSON.stringify(body, null, 2);
    expect(readRaw(pretty, "ping", { "x-hub-signature-256": sign(raw) }).kind).toBe("refused");
    expect(readRaw(pretty, "ping").kind).toBe("genuine");
  });

  test.each([
    ["none", undefined],
    ["two", [sign(raw), sign(raw)]],
    ["an empty one", ""],
    ["one of SHA-1's name", sign(raw).replace("sha256", "sha1")],
    ["a part of it", sign(raw).slice(0, -2)],
    ["one under another secret", `sha256=${createHmac("sha256", "other").update(raw).digest("hex")}`],
    ["no hexadecimal", `sha256=${"z".repeat(64)}`],
  ])("with %s", (_, signature) => {
    expect(readRaw(raw, "ping", { "x-hub-signature-256": signature }).kind).toBe("refused");
  });

  test("it is told neither the secret nor what was sent", () => {
    const verdict = readRaw("s3cret body", "ping", { "x-hub-signature-256": "x" });
    expect(JSON.stringify(verdict)).not.toMatch(/s3cret|a secret of/);
  });
});

describe("what is signed and yet no delivery is malformed", () => {
  test.each([
    ["x-github-delivery", undefined],
    ["x-github-delivery", ["one", "two"]],
    ["x-github-delivery", "a b"],
    ["x-github-delivery", "x".repeat(101)],
    ["x-github-event", undefined],
    ["x-github-event", ["ping", "push"]],
    ["x-github-event", "ping/../push"],
  ])("%s %j", (name, value) => {
    expect(readRaw("{}", "ping", { [name]: value }).kind).toBe("malformed");
  });

  test.each(["", "payload=%7B%7D", "\u0000", "{"])("a body of %j", (raw) => {
    expect(readRaw(raw, "ping").kind).toBe("malformed");
  });

  test.each([
    "null",
    "[]",
    "7",
    '"x"',
    "{}",
    '{"repository":{"name":7}}',
    '{"repository":null,"pull_request":[]}',
  ])("a pull_request that is %s", (raw) => {
    expect(readRaw(raw, "pull_request")).toMatchObject({
      kind: "malformed",
      why: expect.stringContaining("pull_request, first at:") as string,
    });
  });

  test("nesting of a million levels ends in an answer", () => {
    const deep = `{"issue":${"[".repeat(1_000_000)}${"]".repeat(1_000_000)}}`;
    expect(readRaw(deep, "issue_comment").kind).toBe("malformed");
    expect(readRaw(deep, "ping").kind).toMatch(/genuine|malformed/);
  });

  test("bytes that are no text end in an answer", () => {
    const bytes = Buffer.from([0xff, 0xfe, 0x00, 0x7b]);
    expect(webhook.read(headersOf(bytes, "ping"), bytes).kind).toBe("malformed");
  });
});
