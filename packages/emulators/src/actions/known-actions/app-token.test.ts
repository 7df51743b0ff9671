import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { tally } from "../../github/actions/testing/workflow-files.ts";
import type { GithubEmulator } from "../../github/api.ts";
import { startGithubEmulator } from "../../github/emulator.ts";
import { appId, appKeys } from "../../github/testing/open-github.ts";
import { requireConformance } from "../../testing/conformance-ledger.ts";
import { vendorSchema } from "../../testing/schemas.ts";
import { executeWorkflow } from "../execute-workflow.ts";
import { knownActions } from "../known-actions.ts";

const schemaFile = vendorSchema("github.openapi.json");

const workflow = (inputs: string): string => `
on: workflow_dispatch
permissions: {}
jobs:
  work:
    runs-on: ubuntu-latest
    steps:
      - id: token
        uses: actions/create-github-app-token@v2
        with: { app-id: "\${{ secrets.APP_ID }}", private-key: "\${{ secrets.PRIVATE_KEY }}", ${inputs} }
      - env: { TOKEN: "\${{ steps.token.outputs.token }}" }
        run: |
          status() { curl -s -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $TOKEN" "$GITHUB_API_URL$1"; }
          echo "own $(status /repos/acme/tally/branches) other $(status /repos/acme/other/branches)"
          echo "runs $(status /repos/acme/tally/actions/runs)"
          echo "token is $TOKEN"
`;

describe.skipIf(schemaFile === null)("actions/create-github-app-token", () => {
  let directory: string;
  let emulator: GithubEmulator;
  let log: string[];
  beforeEach(async () => {
    log = [];
    directory = await mkdtemp(join(tmpdir(), "app-token-"));
    const { publicKey, privateKey } = appKeys();
    emulator = await startGithubEmulator({
      openApi: JSON.parse(readFileSync(schemaFile ?? "", "utf8")) as unknown,
      directory: join(directory, "github"),
      app: { id: appId, publicKey: publicKey.export({ type: "spki", format: "pem" }).toString() },
      execute: executeWorkflow({
        directory: join(directory, "runs"),
        path: "/usr/local/bin:/usr/bin:/bin",
        actions: knownActions,
        onLog: (line) => log.push(line),
      }),
    });
    await emulator.site.addRepository(tally);
    await emulator.site.addRepository({ owner: "acme", name: "other" });
    emulator.site.install("acme");
    const pem = privateKey.export({ type: "pkcs1", format: "pem" }).toString();
    emulator.site.setSecret(tally, "PRIVATE_KEY", pem.replaceAll("\n", "\\n"));
    emulator.site.setSecret(tally, "APP_ID", String(appId));
  });
  afterEach(async () => {
    await emulator.close();
    await rm(directory, { recursive: true, force: true });
    requireConformance(emulator.conformance());
  });

  const run = async (inputs: string): Promise<string | null | undefined> => {
    await emulator.site.commit(tally, "main", { ".github/workflows/work.yml": workflow(inputs) });
    await emulator.site.dispatchByHand(tally, "work.yml", {});
    await emulator.idle();
    return emulator.site.workflowRuns().at(-1)?.conclusion;
  };
  const last = (): string | undefined => {
    const request = emulator.requests().at(-1);
    return request && `${request.method} ${request.path}`;
  };

  test("gives a token for what the step names, masks it, and revokes it when the job is over", async () => {
    expect(await run("owner: acme, repositories: tally, permission-contents: write")).toBe("success");
    expect(log).toEqual(expect.arrayContaining(["own 200 other 404", "runs 403", "token is ***"]));
    expect(last()).toBe("DELETE /installation/token");
  });

  test("without an owner it is for the workflow's own repository; the token may be kept", async () => {
    expect(await run("skip-token-revoke: true")).toBe("success");
    expect(log).toEqual(expect.arrayContaining(["own 200 other 404", "runs 200"]));
    expect(last()).toBe("GET /repos/acme/tally/actions/runs");
  });

  test("an owner alone would be all of the installation: it is refused by name", async () => {
    expect(await run("owner: acme, permission-contents: read")).toBe("failure");
    expect(log.join("\n")).toContain("name the repositories");
  });

  test("what the API refuses fails the step, and the log has no key", async () => {
    expect(await run("repositories: nothing")).toBe("failure");
    expect(log.join("\n")).toContain("/repos/acme/nothing/installation answered 404");
    expect(log.join("\n")).not.toContain("PRIVATE KEY");
  });
});
