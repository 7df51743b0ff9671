import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { vendorSchema } from "../testing/schemas.ts";
import { type OpenGithub, openGithub } from "./testing/open-github.ts";

const schemaFile = vendorSchema("github.openapi.json");

describe.skipIf(schemaFile === null)("what a token reaches", () => {
  let github: OpenGithub;
  beforeEach(async () => {
    github = await openGithub(schemaFile ?? "");
  });
  afterEach(() => github.close());

  const branch = { ref: "refs/heads/topic", sha: "" };
  const headOf = async (repository: string): Promise<string> => {
    const { body } = await github.call("GET", `/repos/acme/${repository}/git/ref/heads/main`);
    return (body as { object: { sha: string } }).object.sha;
  };

  test("the App sees itself and its installations, page by page", async () => {
    for (const account of ["beta", "gamma"]) github.emulator.site.install(account);
    const token = await github.jwt();
    expect(await github.call("GET", "/app", { token })).toMatchObject({
      status: 200,
      body: { id: 4242, slug: "ai-implement", installations_count: 3 },
    });
    const first = await github.call("GET", "/app/installations?per_page=2", { token });
    expect(first.body).toMatchObject([{ account: { login: "acme" } }, { account: { login: "beta" } }]);
    expect(first.headers.get("link")).toContain(
      `<${github.emulator.apiUrl}/app/installations?per_page=2&page=2>; rel="next"`,
    );
    const second = await github.call("GET", "/app/installations?per_page=2&page=2", { token });
    expect(second.body).toMatchObject([{ account: { login: "gamma" } }]);
    expect(second.headers.get("link")).not.toContain('rel="next"');
    const { id } = (second.body as { id: number }[])[0] ?? { id: 0 };
    expect((await github.call("GET", `/app/installations/${id}`, { token })).body).toMatchObject({ id });
    expect((await github.call("GET", "/app/installations/1", { token })).status).toBe(404);
  });

  test("without a credential, with a wrong one, and with the wrong kind", async () => {
    const path = "/repos/acme/tally";
    expect((await github.call("GET", path, { token: null })).status).toBe(401);
    expect((await github.call("GET", path, { token: "ghs_unknown" })).body).toMatchObject({
      message: "Bad credentials",
    });
    expect((await github.call("GET", path, { token: await github.jwt() })).status).toBe(403);
    expect((await github.call("GET", "/app", { token: await github.token() })).status).toBe(401);
  });

  test("a repository that was renamed redirects whoever asks by its old name", async () => {
    const token = await github.token();
    const { body } = await github.call("GET", "/repos/acme/tally", { token });
    const { id } = body as { id: number };
    github.emulator.site.renameRepository({ owner: "acme", name: "tally" }, "abacus");
    const ask = (method: string, path: string, body?: object) =>
      fetch(`${github.emulator.apiUrl}/repos/acme/tally${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        redirect: "manual",
      });
    const moved = await ask("GET", "");
    expect(moved.status).toBe(301);
    expect(moved.headers.get("location")).toBe(`${github.emulator.apiUrl}/repositories/${id}`);
    expect((await ask("POST", "/issues/1/comments", { body: "Hello" })).status).toBe(307);
    expect((await github.call("GET", "/repos/acme/abacus", { token })).body).toMatchObject({
      id,
      name: "abacus",
    });
  });

  test("a token for one repository does not know of the others", async () => {
    const token = await github.token({ repositories: ["tally"] });
    expect((await github.call("GET", "/repos/acme/tally", { token })).status).toBe(200);
    expect(await github.call("GET", "/repos/acme/other", { token })).toMatchObject({
      status: 404,
      body: { message: "Not Found" },
    });
    expect((await github.call("GET", "/installation/repositories", { token })).body).toMatchObject({
      total_count: 1,
      repositories: [{ full_name: "acme/tally" }],
    });
    expect((await github.call("GET", "/installation/repositories")).body).toMatchObject({ total_count: 2 });
  });

  test("a token does what its permissions say, and no more", async () => {
    const token = await github.token({ permissions: { contents: "read" } });
    expect((await github.call("GET", "/repos/acme/tally/branches", { token })).status).toBe(200);
    const body = { ...branch, sha: await headOf("tally") };
    expect(await github.call("POST", "/repos/acme/tally/git/refs", { token, body })).toMatchObject({
      status: 403,
      body: { message: "Resource not accessible by integration" },
    });
    expect((await github.call("GET", "/repos/acme/tally/pulls", { token })).status).toBe(403);
    expect(await github.emulator.site.branches({ owner: "acme", name: "tally" })).toEqual(["main"]);
  });

  test("nobody gets a token for more than the installation has", async () => {
    github.emulator.site.install("acme", { repositories: ["tally"], permissions: { contents: "read" } });
    const token = await github.jwt();
    const installation = await github.call("GET", "/repos/acme/tally/installation", { token });
    expect(installation.body).toMatchObject({
      repository_selection: "selected",
      permissions: { contents: "read", metadata: "read" },
    });
    const path = `/app/installations/${(installation.body as { id: number }).id}/access_tokens`;
    const mint = (body: unknown) => github.call("POST", path, { token, body });
    expect((await mint({ repositories: ["other"] })).status).toBe(422);
    expect((await mint({ repositories: ["tally", "nowhere"] })).status).toBe(422);
    expect((await mint({ permissions: { contents: "write" } })).status).toBe(422);
    expect((await mint({ permissions: { issues: "read" } })).status).toBe(422);
    const minted = await mint({ repositories: ["TALLY"], permissions: { contents: "read" } });
    expect(minted).toMatchObject({
      status: 201,
      body: {
        token: expect.stringMatching(/^ghs_4242_/) as unknown,
        repository_selection: "selected",
        repositories: [{ full_name: "acme/tally" }],
        permissions: { contents: "read", metadata: "read" },
      },
    });
    const { expires_at: expires } = minted.body as { expires_at: string };
    expect(Date.parse(expires) - Date.now()).toBeGreaterThan(59 * 60 * 1000);
    expect((await github.call("GET", "/repos/acme/other/installation", { token })).status).toBe(404);
  });

  test("a revoked token is bad", async () => {
    const token = await github.token();
    expect((await github.call("DELETE", "/installation/token", { token })).status).toBe(204);
    expect((await github.call("GET", "/repos/acme/tally", { token })).status).toBe(401);
  });

  test("a suspended installation gives no token and takes none; one that is gone is unknown", async () => {
    const [token, bearer] = [await github.token(), await github.jwt()];
    const { body } = await github.call("GET", "/repos/acme/tally/installation", { token: bearer });
    const path = `/app/installations/${(body as { id: number }).id}/access_tokens`;
    github.emulator.site.suspend("acme");
    expect(await github.call("GET", "/repos/acme/tally", { token })).toMatchObject({
      status: 403,
      body: { message: "This installation has been suspended" },
    });
    expect((await github.call("POST", path, { token: bearer })).status).toBe(403);
    github.emulator.site.uninstall("acme");
    expect((await github.call("GET", "/repos/acme/tally", { token })).status).toBe(401);
    expect((await github.call("POST", path, { token: bearer })).status).toBe(404);
    expect((await github.call("GET", "/repos/acme/tally/installation", { token: bearer })).status).toBe(404);
  });

  test("an archived repository is read, not written; a removed one is gone", async () => {
    const body = { ...branch, sha: await headOf("tally") };
    github.emulator.site.archive({ owner: "acme", name: "tally" });
    expect((await github.call("GET", "/repos/acme/tally")).body).toMatchObject({ archived: true });
    expect(await github.call("POST", "/repos/acme/tally/git/refs", { body })).toMatchObject({
      status: 403,
      body: { message: "Repository was archived so is read-only." },
    });
    await github.emulator.site.removeRepository({ owner: "acme", name: "other" });
    expect((await github.call("GET", "/repos/acme/other")).status).toBe(404);
  });

  test("a repository tells what its token may do, and what a person may", async () => {
    expect((await github.call("GET", "/repos/ACME/Tally")).body).toMatchObject({
      full_name: "acme/tally",
      default_branch: "main",
      archived: false,
      fork: false,
      permissions: { admin: false, push: true, pull: true },
    });
    github.emulator.site.setPermission({ owner: "acme", name: "tally" }, "Octocat", "write");
    github.emulator.site.setPermission({ owner: "acme", name: "tally" }, "stranger", "none");
    const permission = async (login: string) =>
      (await github.call("GET", `/repos/acme/tally/collaborators/${login}/permission`)).body;
    expect(await permission("octocat")).toMatchObject({ permission: "write", user: { login: "octocat" } });
    expect(await permission("stranger")).toMatchObject({ permission: "none" });
    expect(await permission("passer-by")).toMatchObject({ permission: "read" });
  });

  test("limits are told with every answer, and asking for them costs nothing", async () => {
    const token = await github.token();
    const { headers } = await github.call("GET", "/repos/acme/tally", { token });
    expect([headers.get("x-ratelimit-limit"), headers.get("x-ratelimit-remaining")]).toEqual([
      "5000",
      "4999",
    ]);
    expect((await github.call("GET", "/rate_limit", { token })).body).toMatchObject({
      rate: { limit: 5000, used: 1, remaining: 4999 },
    });
    expect((await github.call("GET", "/meta", { token: null })).status).toBe(200);
  });
});
