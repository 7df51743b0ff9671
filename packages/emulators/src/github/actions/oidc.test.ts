import { createRemoteJWKSet, jwtVerify } from "jose";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { vendorSchema } from "../../testing/schemas.ts";
import type { WorkflowJobRequest } from "../api.ts";
import { type OpenGithub, openGithub } from "../testing/open-github.ts";
import { runsPath, tally, workFile } from "./testing/workflow-files.ts";

const schemaFile = vendorSchema("github.openapi.json");
const audience = "https://orchestrator.acme.test";

describe.skipIf(schemaFile === null)("the identity of a job (§8.4)", () => {
  let github: OpenGithub;
  let run: number;
  let finish: () => void;
  let started: Promise<WorkflowJobRequest>;
  beforeEach(async () => {
    let begin: (job: WorkflowJobRequest) => void = () => undefined;
    started = new Promise((resolve) => {
      begin = resolve;
    });
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    github = await openGithub(schemaFile ?? "", {
      async execute(job) {
        begin(job);
        await finished;
        return "success";
      },
    });
    const { site } = github.emulator;
    await site.commit(tally, "main", { ".github/workflows/work.yml": workFile });
    run = await site.dispatchByHand(tally, "work.yml", { identifier: "ACME-1", attempt: "a" });
  });
  afterEach(() => {
    finish();
    return github.close();
  });

  const keys = () => createRemoteJWKSet(new URL(`${github.emulator.oidcIssuer}/.well-known/jwks`));
  const verify = (token: string) =>
    jwtVerify(token, keys(), {
      issuer: github.emulator.oidcIssuer,
      audience,
      requiredClaims: ["jti", "nbf"],
    });
  const ask = async (job: string): Promise<Response> => {
    const { environment } = await started;
    const bearer = `${environment["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] ?? ""}.${job}`;
    const url = `${environment["ACTIONS_ID_TOKEN_REQUEST_URL"] ?? ""}&audience=${encodeURIComponent(audience)}`;
    return fetch(url, { headers: { authorization: `bearer ${bearer}` } });
  };

  test("is a token that verifies with the issuer's keys and says which run it is", async () => {
    const discovery = await fetch(`${github.emulator.oidcIssuer}/.well-known/openid-configuration`);
    expect(await discovery.json()).toMatchObject({
      issuer: github.emulator.oidcIssuer,
      jwks_uri: `${github.emulator.oidcIssuer}/.well-known/jwks`,
    });
    const { value } = (await (await ask("work")).json()) as { value: string };
    const { payload, protectedHeader } = await verify(value);
    expect(protectedHeader.alg).toBe("RS256");
    expect(payload).toMatchObject({
      sub: "repo:acme/tally:ref:refs/heads/main",
      repository: "acme/tally",
      repository_owner: "acme",
      workflow: "Work",
      workflow_ref: "acme/tally/.github/workflows/work.yml@refs/heads/main",
      job_workflow_ref: "acme/tally/.github/workflows/work.yml@refs/heads/main",
      ref: "refs/heads/main",
      run_id: String(run),
      run_number: "1",
      run_attempt: "1",
      actor: "octocat",
      event_name: "workflow_dispatch",
    });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(300);
  });

  test("is refused without id-token: write, to a stranger, and when the run is over", async () => {
    expect((await ask("report")).status).toBe(403);
    expect((await ask("no-such-job")).status).toBe(403);
    const { environment } = await started;
    const url = environment["ACTIONS_ID_TOKEN_REQUEST_URL"] ?? "";
    expect((await fetch(url)).status).toBe(401);
    const gitToken = `Bearer ${environment["GITHUB_TOKEN"] ?? ""}.work`;
    expect((await fetch(url, { headers: { authorization: gitToken } })).status).toBe(401);
    expect((await fetch(url.replace(String(run), "1"))).status).toBe(404);
    finish();
    await github.emulator.idle();
    expect((await ask("work")).status).toBe(401);
  });

  test("no longer verifies when the keys were changed; a new one does", async () => {
    const { site } = github.emulator;
    const old = await site.oidc.token(run, audience);
    await verify(old);
    await site.oidc.rotateKeys();
    await expect(verify(old)).rejects.toThrow();
    await verify(await site.oidc.token(run, audience));
  });

  test("can be forged under the real key, for tests", async () => {
    const token = await github.emulator.site.oidc.token(run, audience, {
      repository: "evil/evil",
      run_id: "1",
    });
    expect((await verify(token)).payload).toMatchObject({ repository: "evil/evil", run_id: "1" });
  });

  test("a job's GITHUB_TOKEN has the permissions of the job, in its own repository, until the run is over", async () => {
    const { environment } = await started;
    const tokenOf = (job: string) => `${environment["GITHUB_TOKEN"] ?? ""}.${job}`;
    const status = async (path: string, token: string) => (await github.call("GET", path, { token })).status;
    expect(await status(`${runsPath}/${run}`, tokenOf("report"))).toBe(200);
    expect(await status(`${runsPath}/${run}`, tokenOf("work"))).toBe(403);
    expect(await status("/repos/acme/other/actions/runs", tokenOf("report"))).toBe(404);
    expect(await status(`${runsPath}/${run}`, tokenOf("nobody"))).toBe(401);
    finish();
    await github.emulator.idle();
    expect(await status(`${runsPath}/${run}`, tokenOf("report"))).toBe(401);
  });
});
