import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { strFromU8, unzipSync } from "fflate";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { executeWorkflow } from "../../actions/execute-workflow.ts";
import { knownActions } from "../../actions/known-actions.ts";
import { vendorSchema } from "../../testing/schemas.ts";
import { type OpenGithub, openGithub } from "../testing/open-github.ts";
import { runsPath, tally } from "./testing/workflow-files.ts";

const schemaFile = vendorSchema("github.openapi.json");

const header = `
on: { workflow_dispatch: { inputs: { word: { type: string, default: hello } } } }
permissions: {}
jobs:
  work:
    runs-on: ubuntu-latest
    permissions: { contents: read, id-token: write }
    steps:
`;

describe.skipIf(schemaFile === null)("a dispatched run that is executed", () => {
  let github: OpenGithub;
  let directory: string;
  let log: string[];
  beforeEach(async () => {
    log = [];
    directory = await mkdtemp(join(tmpdir(), "executed-"));
    const execute = executeWorkflow({
      directory,
      path: "/usr/local/bin:/usr/bin:/bin",
      actions: knownActions,
      onLog: (line) => log.push(line),
    });
    github = await openGithub(schemaFile ?? "", { execute });
  });
  afterEach(async () => {
    await github.close();
    await rm(directory, { recursive: true, force: true });
  });

  const start = async (steps: string, change = (source: string): string => source): Promise<number> => {
    const source = change(`${header}${steps}`);
    await github.emulator.site.commit(tally, "main", { ".github/workflows/work.yml": source });
    return github.emulator.site.dispatchByHand(tally, "work.yml", { word: "from the input" });
  };
  const finished = async (steps: string, change?: (source: string) => string) => {
    const id = await start(steps, change);
    await github.emulator.idle();
    const run = github.emulator.site.workflowRuns().find((one) => one.id === id);
    return { id, conclusion: run?.conclusion ?? run?.status };
  };
  const unpacked = async (id: number): Promise<Record<string, string>> => {
    const token = await github.token();
    const { body } = await github.call("GET", `${runsPath}/${id}/artifacts`);
    const { artifacts } = body as { artifacts: { archive_download_url: string }[] };
    const answer = await fetch(artifacts[0]?.archive_download_url ?? "", {
      headers: { authorization: `Bearer ${token}` },
    });
    const files = unzipSync(new Uint8Array(await answer.arrayBuffer()));
    return Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, strFromU8(bytes)]));
  };

  test("its steps get the inputs, secrets and variables; the artifact comes back through the API", async () => {
    github.emulator.site.setSecret(tally, "KEY", "s3cr3t");
    github.emulator.site.setVariable(tally, "LEVEL", "stream");
    const { id, conclusion } = await finished(`
      - run: |
          mkdir -p out/deep
          echo "$WORD, $LEVEL, \${#KEY} letters" > out/said.txt
          echo "$KEY" && touch out/.hidden out/deep/empty
        env: { WORD: "\${{ inputs.word }}", LEVEL: "\${{ vars.LEVEL }}", KEY: "\${{ secrets.KEY }}" }
      - uses: actions/upload-artifact@v4
        with: { name: result, path: out, if-no-files-found: error, retention-days: "7" }
`);
    expect(conclusion).toBe("success");
    expect(await unpacked(id)).toEqual({
      "said.txt": "from the input, stream, 6 letters\n",
      "deep/empty": "",
    });
    expect(log.join("\n")).not.toContain("s3cr3t");
    const { body } = await github.call("GET", `${runsPath}/${id}`);
    expect(body).toMatchObject({ status: "completed", conclusion: "success" });
  });

  test("it gets its identity with curl, as every job does", async () => {
    const { conclusion } = await finished(`
      - run: |
          answer=$(curl -sf -H "Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=acme")
          case "$answer" in '{"value":"eyJ'*) echo "has an identity" ;; *) exit 1 ;; esac
`);
    expect(conclusion).toBe("success");
    expect(log).toContain("has an identity");
  });

  test("a missing file for an artifact fails the step where that is asked for", async () => {
    const upload = "actions/upload-artifact@v4";
    expect(
      await finished(`
      - { uses: ${upload}, with: { path: nothing } }
      - { uses: ${upload}, with: { path: nothing, if-no-files-found: error } }
`),
    ).toMatchObject({ conclusion: "failure" });
    expect(log.filter((line) => line.includes("No files were found"))).toHaveLength(2);
  });

  test("checkout brings the commit with the job's token, and keeps no credential where that is refused", async () => {
    const steps = (persist: string) => `
      - { uses: actions/checkout@v4, with: { persist-credentials: "${persist}" } }
      - run: |
          echo "readme: $(cat README.md) on $(git branch --show-current)"
          git config --local --get-regexp extraheader || echo "no credential"
`;
    expect((await finished(steps("false"))).conclusion).toBe("success");
    expect(log).toContain("readme: # tally on main");
    expect(log).toContain("no credential");
    log.length = 0;
    expect((await finished(steps("true"))).conclusion).toBe("success");
    expect(log.join("\n")).toContain("AUTHORIZATION: basic ***");
  });

  test("checkout fails without contents: read", async () => {
    const steps = "      - uses: actions/checkout@v4\n";
    const { conclusion } = await finished(steps, (source) => source.replace("contents: read, ", ""));
    expect(conclusion).toBe("failure");
  });

  test("cancelling it ends what it does; force-cancel does not wait for that", async () => {
    const steps = "      - run: echo begun; sleep 600\n";
    for (const how of ["cancel", "force-cancel"]) {
      log.length = 0;
      const id = await start(steps);
      await expect.poll(() => log.includes("begun")).toBe(true);
      expect((await github.call("POST", `${runsPath}/${id}/${how}`)).status).toBe(202);
      await github.emulator.idle();
      const { body } = await github.call("GET", `${runsPath}/${id}`);
      expect(body).toMatchObject({ status: "completed", conclusion: "cancelled" });
    }
  });
});
