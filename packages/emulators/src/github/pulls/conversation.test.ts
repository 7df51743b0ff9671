import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { vendorSchema } from "../../testing/schemas.ts";
import { type OpenGithub, openGithub } from "../testing/open-github.ts";

const schemaFile = vendorSchema("github.openapi.json");
const tally = { owner: "acme", name: "tally" };
const root = "/repos/acme/tally";

describe.skipIf(schemaFile === null)("what is said at a pull request (§12)", () => {
  let github: OpenGithub;
  beforeEach(async () => {
    github = await openGithub(schemaFile ?? "");
    const { site } = github.emulator;
    for (const branch of ["first", "second"]) {
      await site.commit(tally, branch, { "a.txt": "one\ntwo\n", [branch]: branch });
      await site.openPullRequest(tally, { head: branch, title: branch, author: "mona" });
    }
  });
  afterEach(() => github.close());

  const call = async (method: string, path: string, body?: unknown, token?: string) => {
    const more = { ...(body === undefined ? {} : { body }), ...(token === undefined ? {} : { token }) };
    return github.call(method, `${root}${path}`, more);
  };
  const bodies = async (path: string) =>
    ((await call("GET", path)).body as { body: string }[]).map(({ body }) => body);
  const seen = () => github.emulator.site.comments(tally, 1);

  test("comments are made, read, changed and deleted", async () => {
    const made = await call("POST", "/issues/1/comments", { body: "Hello" });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      body: "Hello",
      user: { login: "ai-implement[bot]" },
      issue_url: `${github.emulator.apiUrl}${root}/issues/1`,
      html_url: `${github.emulator.url}/acme/tally/pull/1#issuecomment-${seen()[0]?.id}`,
    });
    const { id } = made.body as { id: number };
    expect((await call("PATCH", `/issues/comments/${id}`, { body: "Hello again" })).status).toBe(200);
    expect((await call("GET", `/issues/comments/${id}`)).body).toMatchObject({ body: "Hello again" });
    expect(seen()).toMatchObject([{ id, author: "ai-implement[bot]", body: "Hello again" }]);
    expect((await call("DELETE", `/issues/comments/${id}`)).status).toBe(204);
    expect((await call("GET", `/issues/comments/${id}`)).status).toBe(404);
    expect((await call("POST", "/issues/9/comments", { body: "x" })).status).toBe(404);
    expect(seen()).toEqual([]);
  });

  test("lists are paged to their end, of one pull request and of all", async () => {
    const { site } = github.emulator;
    for (const [number, text] of [
      [1, "a"],
      [2, "b"],
      [1, "c"],
    ] as const)
      site.comment(tally, number, "mona", text);
    expect(await bodies("/issues/1/comments")).toEqual(["a", "c"]);
    expect(await bodies("/issues/comments")).toEqual(["a", "b", "c"]);
    expect(await bodies("/issues/comments?sort=created&direction=desc")).toEqual(["c", "b", "a"]);
    const { headers } = await call("GET", "/issues/comments?per_page=2");
    const next = /<([^>]+)>; rel="next"/.exec(headers.get("link") ?? "")?.[1] ?? "";
    expect(await bodies(next.slice(`${github.emulator.apiUrl}${root}`.length))).toEqual(["c"]);
  });

  test("`since` leaves out what did not change later", async () => {
    const id = github.emulator.site.comment(tally, 1, "mona", "old");
    const { body } = await call("GET", `/issues/comments/${id}`);
    const { updated_at: at } = body as { updated_at: string };
    const later = new Date(Date.parse(at) + 60_000).toISOString();
    for (const list of ["/issues/1/comments", "/issues/comments"]) {
      expect(await bodies(`${list}?since=${at}`)).toEqual(["old"]);
      expect(await bodies(`${list}?since=${later}`)).toEqual([]);
    }
  });

  test.each([
    ["more than 65,536 characters", "x".repeat(65_537), { code: "unprocessable", field: "data" }],
    ["nothing", " ", { code: "missing_field", field: "body" }],
  ])("a comment of %s is refused", async (_, body, error) => {
    const id = github.emulator.site.comment(tally, 1, "mona", "first");
    for (const refused of [
      await call("POST", "/issues/1/comments", { body }),
      await call("PATCH", `/issues/comments/${id}`, { body }),
    ]) {
      expect(refused.status).toBe(422);
      expect(refused.body).toMatchObject({ errors: [{ resource: "IssueComment", ...error }] });
    }
    expect(seen()).toMatchObject([{ body: "first" }]);
  });

  test("a token for issues or for pull requests may comment, another one may not", async () => {
    const status = async (permissions: Readonly<Record<string, "read" | "write">>) => {
      const token = await github.token({ permissions });
      return (await call("POST", "/issues/1/comments", { body: "x" }, token)).status;
    };
    expect(await status({ issues: "write" })).toBe(201);
    expect(await status({ pull_requests: "write" })).toBe(201);
    expect(await status({ pull_requests: "read", issues: "read" })).toBe(403);
    expect(await status({ contents: "write" })).toBe(403);
  });

  test("the same reaction of the same account exists once", async () => {
    const comment = github.emulator.site.comment(tally, 1, "mona", "/ai-implement also this");
    const react = (content: string) => call("POST", `/issues/comments/${comment}/reactions`, { content });
    const first = await react("eyes");
    const again = await react("eyes");
    expect([first.status, again.status, (await react("+1")).status]).toEqual([201, 200, 201]);
    expect(again.body).toEqual(first.body);
    const author = "ai-implement[bot]";
    expect(seen()[0]?.reactions).toEqual([
      { content: "eyes", author },
      { content: "+1", author },
    ]);
    const eyes = await call("GET", `/issues/comments/${comment}/reactions?content=eyes`);
    expect(eyes.body).toEqual([first.body]);
    expect((await call("GET", `/issues/comments/${comment}`)).body).toMatchObject({
      reactions: { total_count: 2, eyes: 1, "+1": 1, heart: 0 },
    });
  });

  test("a review has its inline comments, which are answered and reacted to", async () => {
    const { site } = github.emulator;
    const review = site.review(tally, 1, {
      author: "mona",
      state: "changes_requested",
      body: "Please",
      comments: [{ path: "a.txt", line: 2, body: "Three" }],
    });
    expect((await call("GET", "/pulls/1/reviews")).body).toMatchObject([
      { id: review.id, state: "CHANGES_REQUESTED", body: "Please", user: { login: "mona" } },
    ]);
    const [id] = review.comments;
    expect((await call("GET", "/pulls/1/comments")).body).toMatchObject([
      {
        id,
        pull_request_review_id: review.id,
        path: "a.txt",
        line: 2,
        position: 2,
        diff_hunk: "@@ -0,0 +1,2 @@\n+one\n+two",
      },
    ]);
    const reply = await call("POST", `/pulls/1/comments/${id}/replies`, { body: "Done" });
    expect([reply.status, reply.body]).toMatchObject([201, { in_reply_to_id: id, line: 2, path: "a.txt" }]);
    const replyId = (reply.body as { id: number }).id;
    const second = await call("POST", `/pulls/1/comments/${replyId}/replies`, { body: "Really" });
    expect(second.body).toMatchObject({ in_reply_to_id: id });
    expect(await bodies("/pulls/comments?sort=created&direction=desc")).toEqual(["Really", "Done", "Three"]);
    const react = () => call("POST", `/pulls/comments/${id}/reactions`, { content: "rocket" });
    expect([(await react()).status, (await react()).status]).toEqual([201, 200]);
    expect(site.reviewComments(tally, 1)[0]?.reactions).toHaveLength(1);
    const longReply = { body: "x".repeat(65_537) };
    expect((await call("POST", `/pulls/1/comments/${id}/replies`, longReply)).status).toBe(422);
    expect((await call("POST", "/pulls/1/comments/7/replies", { body: "x" })).status).toBe(404);
  });

  test("an inline comment is outdated once its line left the diff", async () => {
    const { site } = github.emulator;
    site.review(tally, 1, {
      author: "mona",
      state: "commented",
      comments: [{ path: "a.txt", line: 2, body: "?" }],
    });
    await site.commit(tally, "first", { "a.txt": "one\n" });
    const [comment] = (await call("GET", "/pulls/1/comments")).body as readonly object[];
    expect(comment).toMatchObject({ original_line: 2, original_position: 2 });
    expect(comment).not.toHaveProperty("line");
    expect(comment).not.toHaveProperty("position");
  });

  test("nobody comments on a line that the diff does not show", async () => {
    const { body: pull } = await call("GET", "/pulls/1");
    const comment = (path: string, line: number) =>
      call("POST", "/pulls/1/comments", {
        body: "Here",
        path,
        line,
        commit_id: (pull as { head: { sha: string } }).head.sha,
      });
    expect((await comment("a.txt", 1)).status).toBe(201);
    for (const refused of [await comment("a.txt", 3), await comment("README.md", 1)])
      expect([refused.status, refused.body]).toMatchObject([422, { message: "Validation Failed" }]);
    const comments = [{ path: "a.txt", line: 9, body: "?" }];
    const review = await call("POST", "/pulls/1/reviews", { event: "COMMENT", comments });
    expect(review.body).toMatchObject({ errors: ["Line could not be resolved"] });
    expect(() =>
      github.emulator.site.review(tally, 1, { author: "mona", state: "commented", comments }),
    ).toThrow("a.txt:9 is not in the diff of #1");
    expect(github.emulator.site.reviewComments(tally, 1)).toHaveLength(1);
  });

  test("a review is made through the API, but not of one's own pull request", async () => {
    const { site } = github.emulator;
    const comments = [{ path: "a.txt", line: 1, body: "Why?" }];
    const made = await call("POST", "/pulls/1/reviews", { event: "REQUEST_CHANGES", body: "No", comments });
    expect([made.status, made.body]).toMatchObject([200, { state: "CHANGES_REQUESTED", body: "No" }]);
    expect(site.reviewComments(tally, 1)).toMatchObject([{ body: "Why?" }]);
    expect((await call("POST", "/pulls/1/reviews", { event: "REQUEST_CHANGES" })).status).toBe(422);
    await site.commit(tally, "own", { o: "o" });
    await call("POST", "/pulls", { title: "Own", head: "own", base: "main" });
    const own = await call("POST", "/pulls/3/reviews", { event: "APPROVE" });
    expect([own.status, own.body]).toMatchObject([
      422,
      { errors: ["Can not approve your own pull request"] },
    ]);
  });
});
