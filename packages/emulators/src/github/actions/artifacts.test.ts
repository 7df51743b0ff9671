import { strFromU8, unzipSync } from "fflate";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { vendorSchema } from "../../testing/schemas.ts";
import { type OpenGithub, openGithub } from "../testing/open-github.ts";
import { runsPath, tally, workFile } from "./testing/workflow-files.ts";

const schemaFile = vendorSchema("github.openapi.json");
const artifactsPath = "/repos/acme/tally/actions/artifacts";

interface Listed {
  readonly total_count: number;
  readonly artifacts: readonly {
    readonly id: number;
    readonly name: string;
    readonly size_in_bytes: number;
  }[];
}

describe.skipIf(schemaFile === null)("artifacts (§8.4)", () => {
  let github: OpenGithub;
  let run: number;
  beforeEach(async () => {
    github = await openGithub(schemaFile ?? "");
    const { site } = github.emulator;
    await site.commit(tally, "main", { ".github/workflows/work.yml": workFile });
    run = await site.dispatchByHand(tally, "work.yml", { identifier: "ACME-1", attempt: "a" });
    site.addArtifact(run, "logs", { "a.txt": "a" });
    site.addArtifact(run, "ai-implement-result", { "result.json": '{"ok":"\u00e4"}', "deep/b.txt": "b" });
  });
  afterEach(() => github.close());

  const list = async (path: string): Promise<Listed> => (await github.call("GET", path)).body as Listed;
  const redirected = async (path: string, authorization: string): Promise<Response> =>
    fetch(`${github.emulator.apiUrl}${path}`, { headers: { authorization }, redirect: "manual" });

  test("are listed for the run and the repository, newest first, by name", async () => {
    const all = await list(`${runsPath}/${run}/artifacts`);
    expect(all.artifacts.map(({ name }) => name)).toEqual(["ai-implement-result", "logs"]);
    const named = await list(`${runsPath}/${run}/artifacts?name=ai-implement-result`);
    expect([named.total_count, named.artifacts.length]).toEqual([1, 1]);
    expect((await list(artifactsPath)).total_count).toBe(2);
    expect((await list("/repos/acme/other/actions/artifacts")).total_count).toBe(0);
  });

  test("come as a zip archive from a place that needs no token", async () => {
    const [artifact] = (await list(`${artifactsPath}?name=ai-implement-result`)).artifacts;
    const id = artifact?.id ?? 0;
    expect((await github.call("GET", `${artifactsPath}/${id}`)).body).toMatchObject({ id, expired: false });
    const answer = await redirected(`${artifactsPath}/${id}/zip`, `Bearer ${await github.token()}`);
    expect(answer.status).toBe(302);
    const download = await fetch(answer.headers.get("location") ?? "");
    const archive = new Uint8Array(await download.arrayBuffer());
    expect(archive).toHaveLength(artifact?.size_in_bytes ?? 0);
    const files = unzipSync(archive);
    expect(Object.keys(files).sort()).toEqual(["deep/b.txt", "result.json"]);
    expect(strFromU8(files["result.json"] ?? new Uint8Array())).toBe('{"ok":"\u00e4"}');
  });

  test("need actions: read, and a link that was given out", async () => {
    const [artifact] = (await list(artifactsPath)).artifacts;
    const token = await github.token({ permissions: { contents: "read" } });
    const path = `${artifactsPath}/${artifact?.id ?? 0}`;
    expect((await github.call("GET", path, { token })).status).toBe(403);
    expect((await redirected(`${path}/zip`, `Bearer ${token}`)).status).toBe(403);
    expect((await fetch(`${github.emulator.url}/_artifacts/guessed/logs.zip`)).status).toBe(403);
    expect((await github.call("GET", `${artifactsPath}/1`)).status).toBe(404);
  });

  test("a run has one of a name", () => {
    expect(() => github.emulator.site.addArtifact(run, "logs", { "b.txt": "b" })).toThrow("already exists");
  });
});
