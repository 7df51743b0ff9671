import { beforeEach, describe, expect, test } from "vitest";
import { vendorSchema } from "../testing/schemas.ts";
import { type OpenGithub, openGithub } from "./testing/open-github.ts";

const schemaFile = vendorSchema("github.openapi.json");
const tally = { owner: "acme", name: "tally" };

const toDraft = `mutation($id: ID!) {
  convertPullRequestToDraft(input: { pullRequestId: $id }) { pullRequest { number isDraft } }
}`;
const toReady = `mutation($id: ID!) {
  markPullRequestReadyForReview(input: { pullRequestId: $id }) { pullRequest { number isDraft state } }
}`;

describe.skipIf(schemaFile === null)("GraphQL", () => {
  let github: OpenGithub;
  let id: string;
  beforeEach(async () => {
    github = await openGithub(schemaFile ?? "");
    await github.emulator.site.commit(tally, "topic", { "a.txt": "a" });
    await github.emulator.site.openPullRequest(tally, { head: "topic", title: "Topic", author: "octocat" });
    const { body } = await github.call("GET", "/repos/acme/tally/pulls/1");
    id = (body as { node_id: string }).node_id;
  });

  test("turns a pull request into a draft and back", async () => {
    expect((await github.graphql(toDraft, { id })).body).toEqual({
      data: { convertPullRequestToDraft: { pullRequest: { number: 1, isDraft: true } } },
    });
    expect(github.emulator.site.pullRequests(tally)).toMatchObject([{ draft: true }]);
    expect((await github.graphql(toReady, { id })).body).toEqual({
      data: { markPullRequestReadyForReview: { pullRequest: { number: 1, isDraft: false, state: "OPEN" } } },
    });
    expect(github.emulator.site.pullRequests(tally)).toMatchObject([{ draft: false }]);
    await github.close();
  });

  test("refuses in the errors of a 200", async () => {
    const errorOf = async (narrowing: Parameters<OpenGithub["token"]>[0], node = id) => {
      const answer = await github.graphql(toDraft, { id: node }, await github.token(narrowing));
      return [answer.status, answer.body] as const;
    };
    const failed = (type: string, message: string) => [
      200,
      {
        data: { convertPullRequestToDraft: null },
        errors: [expect.objectContaining({ type, message: expect.stringContaining(message) as unknown })],
      },
    ];
    expect(await errorOf({ permissions: { pull_requests: "read" } })).toEqual(
      failed("FORBIDDEN", "Resource not accessible by integration"),
    );
    const unknown = failed("NOT_FOUND", "Could not resolve to a node with the global id of");
    expect(await errorOf({ repositories: ["other"] })).toEqual(unknown);
    expect(await errorOf({}, "PR_nothing")).toEqual(unknown);
    expect(github.emulator.site.pullRequests(tally)).toMatchObject([{ draft: false }]);
    expect((await github.graphql(toDraft, { id }, "ghs_bad")).status).toBe(401);
    expect((await github.graphql(toDraft, { id }, await github.jwt())).status).toBe(401);
    await github.close();
  });

  test("a document that GitHub's schema refuses is a violation", async () => {
    const { body } = await github.graphql("mutation { deletePullRequest { number } }", {});
    expect(body).toMatchObject({
      errors: [{ message: expect.stringContaining("deletePullRequest") as unknown }],
    });
    expect(github.emulator.conformance().violations).toEqual([expect.stringContaining("deletePullRequest")]);
    await github.close("answers");
  });
});
