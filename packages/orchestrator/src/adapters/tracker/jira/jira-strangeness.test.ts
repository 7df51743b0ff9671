import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { JiraTracker } from "./jira-tracker.ts";
import { type JiraScene, jiraOpenApi, openJiraScene, refOf, ticketIdOf } from "./testing/jira-scene.ts";
import { type StrangeJira, startStrangeJira, type Twist } from "./testing/strange-jira.ts";

interface SearchPage {
  readonly issues: readonly { readonly id: string; readonly fields: object }[];
}

describe.skipIf(jiraOpenApi === null)("§11.9 a Jira that answers as none should", () => {
  let scene: JiraScene;
  let strange: StrangeJira;
  let tracker: JiraTracker;
  beforeEach(async () => {
    scene = await openJiraScene();
    strange = await startStrangeJira(scene.emulator.url);
    tracker = scene.restarted({ apiUrl: strange.url, gate: { retries: 0 } });
  });
  afterEach(async () => {
    await strange.close();
    await scene.close();
  });

  const look = () => tracker.listMarked([scene.project]);
  const lookUp = async (id: string) => (await tracker.lookUp([id], [scene.project])).get(id);
  const twistSearch = (change: (page: SearchPage, request: number) => unknown): void => {
    let request = 0;
    let first: SearchPage | undefined;
    strange.twist(({ path }, { json }) => {
      if (!path.endsWith("/search/jql")) return null;
      request += 1;
      // The honest one knows nothing of the tokens that were made up.
      first ??= json as SearchPage;
      return { status: 200, body: change(first, request) };
    });
  };
  const searches = (): number => strange.paths().filter((path) => path.endsWith("/search/jql")).length;

  test("with the same issue on many pages, shows it once, as it was shown last", async () => {
    scene.addIssue();
    twistSearch(({ issues: [issue] }, n) => ({
      issues: [issue, { ...issue, fields: { ...issue?.fields, summary: `Title ${n}` } }],
      ...(n < 4 ? { nextPageToken: `page-${n}` } : {}),
    }));
    expect((await look()).tickets.map(({ title }) => title)).toEqual(["Title 4"]);
  });

  test("with a next page for ever, is given up after some pages without anything new", async () => {
    scene.addIssue();
    twistSearch((page) => ({ ...page, nextPageToken: "again" }));
    await expect(look()).rejects.toMatchObject({ failure: "malformed" });
    expect(searches()).toBeLessThan(10);
  });

  test.each([
    ["an id that is no number", { id: "../../myself" }],
    ["an id beyond all numbers", { id: "9".repeat(30) }],
    ["no id", { id: undefined }],
    ["fields that are none", { fields: "none" }],
  ])("with %s is malformed, not a list without the issue", async (_, wrong) => {
    scene.addIssue();
    twistSearch(({ issues: [issue] }) => ({ issues: [{ ...issue, ...wrong }] }));
    await expect(look()).rejects.toMatchObject({ failure: "malformed" });
  });

  test.each(["../x", "ACME-1/../../x", "ACME-1\nSet-Cookie: a", "", '"; DROP'])(
    "with the key %j names the one issue, and shows the others",
    async (key) => {
      scene.addIssue();
      scene.addIssue();
      twistSearch(({ issues: [one, other] }) => ({ issues: [{ ...one, key }, other] }));
      const { tickets, problems } = await look();
      expect(tickets.map(({ identifier }) => identifier)).toEqual(["ACME-2"]);
      expect(problems).toMatchObject([{ problem: expect.stringContaining("not an issue's key") as string }]);
      expect(problems[0]?.source).not.toContain("\n");
    },
  );

  test("with words of every kind in its names gives plain lines", async () => {
    scene.addIssue();
    const evil = "a\r\n\u0000b\u001b]0;c";
    twistSearch(({ issues: [issue] }) => {
      const status = { name: evil, statusCategory: { key: "new" } };
      const blocker = { id: "1", key: evil, fields: { summary: evil, status } };
      const issuelinks = [{ type: { name: "Blocks" }, inwardIssue: blocker }];
      return { issues: [{ ...issue, fields: { ...issue?.fields, summary: evil, issuelinks } }] };
    });
    const { tickets } = await look();
    const line = "a b ]0;c";
    expect(tickets).toMatchObject([{ title: line, blockedBy: [{ identifier: line, state: line }] }]);
  });

  test("with a prototype among its fields changes nothing", async () => {
    scene.addIssue();
    strange.twist(({ path }, { json }) =>
      path.endsWith("/search/jql")
        ? {
            body: JSON.stringify(json).replace(
              '"fields":{',
              '"fields":{"__proto__":{"polluted":1,"description":"evil"},"constructor":{"prototype":{"polluted":1}},',
            ),
          }
        : null,
    );
    expect((await look()).tickets).toMatchObject([{ title: "A title", description: "" }]);
    expect({}).not.toHaveProperty("polluted");
  });

  test("answers with another issue: it is neither taken for the one that was asked for, nor that for gone", async () => {
    const issue = scene.addIssue();
    const other = scene.addIssue();
    strange.twist(({ path }, { json }) => {
      if (path.endsWith("/issue/bulkfetch"))
        return { body: JSON.stringify(json).replaceAll(issue.id, other.id) };
      return path.endsWith(`/issue/${issue.id}`) ? { body: { ...(json as object), id: other.id } } : null;
    });
    await expect(lookUp(ticketIdOf(issue))).rejects.toMatchObject({ failure: "malformed" });
    expect(scene.word(other.id)).toBe("Ready");
  });

  test.each([true, false])(
    "names what it cannot fetch (%j), and is asked for it by itself",
    async (named) => {
      const issue = scene.addIssue();
      const gone = ticketIdOf(scene.addIssue());
      scene.emulator.site.deleteIssue(gone.slice("jira:".length));
      strange.twist(({ path }) =>
        path.endsWith("/issue/bulkfetch")
          ? { body: { issues: [], issueErrors: named ? [{ id: issue.id, errorMessage: "Not now." }] : [] } }
          : null,
      );
      expect(await lookUp(ticketIdOf(issue))).toMatchObject({ marked: true });
      expect(await lookUp(gone)).toBeNull();
    },
  );

  test.each<[string, string, Twist]>([
    ["HTML", "malformed", () => ({ body: "<html>", headers: { "content-type": "text/html" } })],
    ["JSON of another kind", "malformed", () => ({ body: '"yes"' })],
    ["null", "malformed", () => ({ body: "null" })],
    ["a redirect", "unreachable", () => ({ status: 302, headers: { location: "/elsewhere" }, body: "" })],
    [
      "a bomb",
      "malformed",
      () => ({
        headers: { "content-encoding": "gzip" },
        body: gzipSync(Buffer.alloc(200 * 1024 * 1024, 32)),
      }),
    ],
    ["gzip that is none", "unreachable", () => ({ headers: { "content-encoding": "gzip" }, body: "{}" })],
  ])("answers with %s: %s", async (_, failure, twist) => {
    strange.twist(twist);
    await expect(look()).rejects.toMatchObject({ failure, retryable: true });
  });

  test.each([
    ["Retry-After", "315360000", 3_600_000],
    ["Retry-After", "-1", 1_000],
    ["Retry-After", "yesterday", 30_000],
    ["X-RateLimit-Reset", "2001-01-01T00:00Z", 1_000],
  ])("says %s: %s, and is left alone for a reasonable time", async (header, value, atMost) => {
    const issue = scene.addIssue();
    await look();
    strange.twist(() => ({ status: 429, headers: { [header]: value }, body: "" }));
    const write = () =>
      tracker.apply({ kind: "comment", ticket: refOf(issue), body: "Hello" }, `comment:${issue.id}`);
    await expect(write()).rejects.toMatchObject({ failure: "rate-limited", retryAfterMs: atMost });
    const before = strange.paths().length;
    await expect(write()).rejects.toMatchObject({ failure: "rate-limited" });
    expect(strange.paths()).toHaveLength(before);
    strange.twist(() => null);
    scene.advance(atMost + 1);
    await write();
    expect(scene.comments(issue.id)).toEqual(["Hello"]);
  });
});
