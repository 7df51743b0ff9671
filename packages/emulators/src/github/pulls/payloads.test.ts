import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { isRecord } from "../../openapi/document.ts";
import { vendorSchema } from "../../testing/schemas.ts";
import { type OpenGithub, openGithub } from "../testing/open-github.ts";

const schemaFile = vendorSchema("github.openapi.json");
const tally = { owner: "acme", name: "tally" };

/** Payloads that GitHub really sent: `@octokit/webhooks-examples`. */
const modules = join(import.meta.dirname, "../../../../../node_modules");
const examplesFile = join(modules, "@octokit/webhooks-examples/api.github.com/index.json");
const examplesSchema = z.array(
  z.object({ name: z.string(), examples: z.array(z.looseObject({ action: z.string().optional() })) }),
);
const examples = examplesSchema.parse(JSON.parse(readFileSync(examplesFile, "utf8")));
const examplesOf = (event: string, action: string): readonly unknown[] =>
  examples
    .filter(({ name }) => name === event)
    .flatMap((one) => one.examples.filter((example) => example.action === action));

/** Where the example has something that was not sent, or was sent as something else. */
const missing = (example: unknown, sent: unknown, place: string): readonly string[] => {
  if (Array.isArray(example)) {
    if (!Array.isArray(sent)) return [`${place} is no list`];
    return example.length === 0 || sent.length === 0 ? [] : missing(example[0], sent[0], `${place}[0]`);
  }
  if (!isRecord(example)) return kindOf(example, sent) ? [] : [`${place} is ${typeof sent}`];
  if (sent === null) return [];
  if (!isRecord(sent)) return [`${place} is no object`];
  return Object.entries(example).flatMap(([name, value]) =>
    name in sent ? missing(value, sent[name], `${place}.${name}`) : [`${place}.${name}`],
  );
};

/** Null stands for anything: an example shows one of several cases. */
const kindOf = (example: unknown, sent: unknown): boolean =>
  example === null || sent === null || typeof example === typeof sent;

/** Repositories, organisations and Apps have tests of their own; an emulated check deploys nothing. */
const elsewhere =
  /^(repository|organization|installation|sender)\b|\.repo\.|\.app\.|\.deployment\b|\.performed_via_github_app\b/;

describe.skipIf(schemaFile === null)("webhooks of pull requests look as GitHub's own (§12)", () => {
  let github: OpenGithub;
  let sent: readonly { readonly event: string; readonly payload: Readonly<Record<string, unknown>> }[] = [];
  beforeAll(async () => {
    github = await openGithub(schemaFile ?? "");
    const { emulator } = github;
    const { site } = emulator;
    emulator.setWebhook({ url: `${emulator.url}/hook`, secret: "secret" });
    const sha = await site.commit(tally, "feature", { "a.txt": "one\n" });
    await site.openPullRequest(tally, { head: "feature", title: "A", body: "Why", author: "mona" });
    const comment = site.comment(tally, 1, "mona", "/ai-implement");
    await github.call("PATCH", `/repos/acme/tally/issues/comments/${comment}`, { body: { body: "Edited" } });
    await github.call("DELETE", `/repos/acme/tally/issues/comments/${comment}`);
    site.review(tally, 1, {
      author: "hubot",
      state: "changes_requested",
      body: "No",
      comments: [{ path: "a.txt", line: 1, body: "Why?" }],
    });
    await github.call("PATCH", "/repos/acme/tally/pulls/1", { body: { title: "B" } });
    await setDraft("convertPullRequestToDraft");
    await setDraft("markPullRequestReadyForReview");
    site.setCheck(tally, sha, { name: "build", conclusion: null });
    site.setCheck(tally, sha, { name: "build", conclusion: "success" });
    await site.commit(tally, "feature", { "b.txt": "two\n" });
    site.close(tally, 1, "mona");
    site.reopen(tally, 1, "mona");
    await site.merge(tally, 1, "hubot");
    const events = () =>
      emulator.deliveries().map(({ headers, body }) => ({
        event: headers["x-github-event"] ?? "",
        payload: JSON.parse(body) as Readonly<Record<string, unknown>>,
      }));
    sent = await vi.waitUntil(() => {
      const all = events();
      return all.filter((one) => one.payload["action"] === "closed").length === 2 && all;
    });
  });
  afterAll(() => github.close());

  const setDraft = async (mutation: string): Promise<void> => {
    const { body } = await github.call("GET", "/repos/acme/tally/pulls/1");
    const query = `mutation ($id: ID!) { ${mutation}(input: { pullRequestId: $id }) { clientMutationId } }`;
    await github.graphql(query, { id: (body as { node_id: string }).node_id });
  };
  const payload = (event: string, action: string, at = 0) =>
    sent.filter((one) => one.event === event && one.payload["action"] === action)[at]?.payload;

  test.each([
    ["issue_comment", "created"],
    ["issue_comment", "edited"],
    ["issue_comment", "deleted"],
    ["pull_request", "opened"],
    ["pull_request", "synchronize"],
    ["pull_request", "closed"],
    ["pull_request", "reopened"],
    ["pull_request", "ready_for_review"],
    ["pull_request", "converted_to_draft"],
    ["pull_request_review", "submitted"],
    ["pull_request_review_comment", "created"],
    ["check_run", "created"],
    ["check_run", "completed"],
    ["check_suite", "completed"],
  ])("%s: %s", (event, action) => {
    const real = examplesOf(event, action);
    expect(real.length).toBeGreaterThan(0);
    const made = payload(event, action);
    expect(made).toBeDefined();
    const lacking = real.flatMap((example) => missing(example, made, "")).map((place) => place.slice(1));
    expect(lacking.filter((place) => !elsewhere.test(place))).toEqual([]);
  });

  test("a comment's issue says that it is a pull request", () => {
    expect(payload("issue_comment", "created")).toMatchObject({
      issue: { number: 1, pull_request: { url: `${github.emulator.apiUrl}/repos/acme/tally/pulls/1` } },
      comment: { body: "/ai-implement", user: { login: "mona", type: "User" } },
      sender: { login: "mona" },
    });
  });

  test("a review says its state in lower case, and its comments name the review", () => {
    const review = payload("pull_request_review", "submitted");
    expect(review).toMatchObject({ review: { state: "changes_requested", body: "No" } });
    const { id } = (review as { review: { id: number } }).review;
    expect(payload("pull_request_review_comment", "created")).toMatchObject({
      comment: { pull_request_review_id: id, body: "Why?", path: "a.txt", line: 1 },
      pull_request: { number: 1 },
    });
  });

  test("an edit says what was there before; a close, whether it was a merge and whose", () => {
    expect(payload("pull_request", "edited")).toMatchObject({
      changes: { title: { from: "A" } },
      pull_request: { title: "B" },
    });
    expect(payload("pull_request", "closed", 0)).toMatchObject({ pull_request: { merged: false } });
    expect(payload("pull_request", "closed", 1)).toMatchObject({
      pull_request: { merged: true, merged_by: { login: "hubot" } },
      sender: { login: "hubot" },
    });
  });
});
