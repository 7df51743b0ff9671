import { describe, expect, test } from "vitest";
import type { ActionEmulation } from "./action-emulation.ts";
import { jobOf, runWorkflow } from "./testing/run-workflow.ts";

describe("the workflow harness", () => {
  test("outputs, variables and paths reach the later steps, and no others", async () => {
    const run = await runWorkflow(
      jobOf(
        `
      - id: first
        run: |
          echo "before=[$SHARED]"
          echo "one=1" >> "$GITHUB_OUTPUT"
          printf 'many<<E\\na\\nb\\nE\\n' >> "$GITHUB_OUTPUT"
          echo "SHARED=from first" >> "$GITHUB_ENV"
          mkdir bin && printf '#!/bin/sh\\necho tool ran\\n' > bin/tool && chmod +x bin/tool
          echo "$PWD/bin" >> "$GITHUB_PATH"
      - run: |
          echo "one=$ONE many=$MANY shared=$SHARED"
          tool
        env:
          ONE: \${{ steps.first.outputs.one }}
          MANY: \${{ toJSON(steps.first.outputs.many) }}
      - run: echo "one is [$ONE], shared is [\${{ env.SHARED }}]"
`,
        `    outputs: { said: '\${{ steps.first.outputs.one }}-\${{ env.SHARED }}' }`,
      ),
    );
    expect(run.conclusion).toBe("success");
    expect(run.log).toContain("before=[]");
    expect(run.log).toContain('one=1 many="a\\nb" shared=from first');
    expect(run.log).toContain("tool ran");
    expect(run.log).toContain("one is [], shared is [from first]");
    expect(run.jobs["work"]?.outputs).toEqual({ said: "1-from first" });
    expect(run.left).toEqual([]);
  });

  test("a step sees GitHub's variables and nothing of this process", async () => {
    process.env["LEAKED_BY_THE_TEST"] = "yes";
    const run = await runWorkflow(
      jobOf("      - run: env | cut -d= -f1 | sort | tr '\\n' ' '\n      - run: echo \"$GITHUB_REF $HOME\""),
    );
    delete process.env["LEAKED_BY_THE_TEST"];
    const names = (run.log.find((line) => line.includes("GITHUB_ACTIONS")) ?? "").split(" ");
    const allowed = /^(CI|GITHUB_[A-Z_]+|RUNNER_[A-Z]+|HOME|PATH|PWD|SHLVL|_|)$/;
    expect(names.filter((name) => !allowed.test(name))).toEqual([]);
    const expected = ["GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_EVENT_PATH", "GITHUB_RUN_ID"];
    expect(names).toEqual(expect.arrayContaining([...expected, "RUNNER_TEMP", "GITHUB_STEP_SUMMARY"]));
    expect(names).not.toContain("GITHUB_TOKEN");
    expect(run.log.some((line) => /^refs\/heads\/main .*workflow-.*home$/.test(line))).toBe(true);
  });

  test("no env of the file changes what GitHub sets, and NODE_OPTIONS does not come through GITHUB_ENV", async () => {
    const run = await runWorkflow(
      jobOf(`
      - run: echo "repository=$GITHUB_REPOSITORY mine=$MINE"
        env: { GITHUB_REPOSITORY: evil/evil, MINE: "1" }
      - run: echo "NODE_OPTIONS=--require=/x.js" >> "$GITHUB_ENV"
`),
    );
    expect(run.log).toContain("repository=acme/tally mine=1");
    expect(run.conclusion).toBe("failure");
    expect(run.log.join("\n")).toContain("NODE_OPTIONS cannot be set");
  });

  test("only a job with id-token: write can ask for its identity, and in its own name", async () => {
    const source = `
on: workflow_dispatch
permissions: {}
jobs:
  may:
    runs-on: x
    permissions: { id-token: write }
    steps: [{ run: 'echo "may=$ACTIONS_ID_TOKEN_REQUEST_URL" && test "$ACTIONS_ID_TOKEN_REQUEST_TOKEN" = ghs_job_identity.may' }]
  "may-not":
    runs-on: x
    steps: [{ run: 'echo "may not=[$ACTIONS_ID_TOKEN_REQUEST_URL$ACTIONS_ID_TOKEN_REQUEST_TOKEN]"' }]
`;
    const { conclusion, log } = await runWorkflow(source);
    expect(conclusion).toBe("success");
    expect(log).toContain("may=http://127.0.0.1:1/oidc/token/7?api-version=2.0");
    expect(log).toContain("may not=[]");
  });

  test("secrets never appear in the log, and no output of a job lets one out", async () => {
    const source = jobOf(
      `
      - id: leak
        run: |
          echo "secret is $KEY and token is $TOKEN"
          echo "value=$KEY" >> "$GITHUB_OUTPUT"
          echo "other=fine" >> "$GITHUB_OUTPUT"
        env: { KEY: '\${{ secrets.KEY }}', TOKEN: '\${{ github.token }}' }
`,
      `    outputs: { value: '\${{ steps.leak.outputs.value }}', other: '\${{ steps.leak.outputs.other }}' }`,
    );
    const { log, jobs } = await runWorkflow(source, { secrets: { KEY: "s3cr3t-value" } });
    expect(log).toContain("secret is *** and token is ***");
    expect(log.join("\n")).not.toContain("s3cr3t-value");
    expect(jobs["work"]?.outputs).toEqual({ other: "fine" });
    expect(log).toContain("##[warning]Skip output 'value' since it may contain secret.");
  });

  test("the log shows the inputs and the environment of a step before the step can mask them", async () => {
    const quiet: ActionEmulation = { run: () => Promise.resolve({}) };
    const { log } = await runWorkflow(
      jobOf(`
      - { run: 'echo "::add-mask::$WORD"', env: { WORD: "\${{ inputs.word }}", KEY: "\${{ secrets.KEY }}" } }
      - { uses: acme/quiet@0123, with: { word: "\${{ inputs.word }}" } }
`),
      { inputs: { word: "open" }, secrets: { KEY: "s3cr3t" } },
      { actions: new Map([["acme/quiet", quiet]]) },
    );
    expect(log).toEqual(expect.arrayContaining(["  WORD: open", "  KEY: ***", "  word: ***"]));
  });

  test("with ACTIONS_STEP_DEBUG it shows what a condition reads, too", async () => {
    const source = jobOf(`      - { if: "inputs.word != '' && !cancelled()", run: "true" }`);
    const said = "##[debug]Expanded: (('open' != '') && !cancelled())";
    const inputs = { word: "open" };
    expect((await runWorkflow(source, { inputs })).log).not.toContain(said);
    for (const place of ["secrets", "variables"])
      expect((await runWorkflow(source, { inputs, [place]: { ACTIONS_STEP_DEBUG: "true" } })).log).toContain(
        said,
      );
  });

  test("jobs wait for those that they need, get their outputs, and are skipped when one failed", async () => {
    const source = `
on: workflow_dispatch
jobs:
  last:
    needs: [middle, broken]
    if: always()
    runs-on: x
    steps: [{ run: 'echo "last: \${{ needs.middle.result }} \${{ needs.broken.result }} \${{ needs.middle.outputs.word }}"' }]
  middle:
    needs: first
    runs-on: \${{ vars.LABEL || 'ubuntu-latest' }}
    outputs: { word: '\${{ steps.a.outputs.word }}' }
    steps: [{ id: a, run: 'echo "word=\${{ needs.first.outputs.word }}!" >> "$GITHUB_OUTPUT"' }]
  first:
    runs-on: x
    outputs: { word: hello }
    steps: [{ run: "true" }]
  broken: { runs-on: x, steps: [{ run: exit 3 }] }
  after: { needs: broken, runs-on: x, steps: [{ run: echo never }] }
  "after-that": { needs: after, if: success(), runs-on: x, steps: [{ run: echo never }] }
  rescue: { needs: after, if: failure(), runs-on: x, steps: [{ run: echo rescued }] }
`;
    const { conclusion, log, jobs } = await runWorkflow(source, { variables: { LABEL: "big" } });
    const results = Object.fromEntries(Object.entries(jobs).map(([id, { result }]) => [id, result]));
    expect(results).toEqual({
      first: "success",
      middle: "success",
      broken: "failure",
      last: "success",
      after: "skipped",
      "after-that": "skipped",
      rescue: "success",
    });
    expect(log).toContain("last: success failure hello!");
    expect(log).toContain("rescued");
    expect(log).not.toContain("never");
    expect(log).toContain("##[error]Process completed with exit code 3.");
    expect(jobs["middle"]?.runsOn).toEqual(["big"]);
    expect(conclusion).toBe("failure");
  });

  test("a failed step skips the others, but for those that ask for it; continue-on-error forgives", async () => {
    const run = await runWorkflow(
      jobOf(`
      - { id: soft, run: exit 1, continue-on-error: true }
      - run: echo "soft is \${{ steps.soft.outcome }}/\${{ steps.soft.conclusion }}"
      - run: false | true
      - { run: 'echo "without pipefail"' }
      - { shell: bash, run: false | true }
      - run: echo not this
      - { if: failure(), run: 'echo "after a failure: \${{ job.status }}"' }
      - { if: always(), run: echo at the end }
      - { if: "success() || inputs.force == true", run: echo forced }
`),
      { inputs: { force: "true" } },
    );
    expect(run.log).toContain("soft is failure/success");
    expect(run.log).toContain("without pipefail");
    expect(run.log).not.toContain("not this");
    expect(run.log).toContain("after a failure: failure");
    expect(run.log).toContain("at the end");
    expect(run.log).not.toContain("forced");
    expect(run.conclusion).toBe("failure");
  });

  test("boolean inputs are booleans in `inputs`, and texts in the event", async () => {
    const source = `
on: { workflow_dispatch: { inputs: { dry: { type: boolean } } } }
jobs:
  work:
    if: inputs.dry == true && github.event.inputs.dry == 'true'
    runs-on: x
    steps: [{ run: 'jq -r .inputs.dry "$GITHUB_EVENT_PATH" 2>/dev/null || grep -o true "$GITHUB_EVENT_PATH"' }]
`;
    const { conclusion, log } = await runWorkflow(source, { inputs: { dry: "true" } });
    expect([conclusion, log.at(-1)]).toEqual(["success", "true"]);
  });

  test("the image of a job is recorded, its steps run here, in sh", async () => {
    const source = jobOf(
      `      - run: 'echo "\${{ job.container.image }} $SET"'`,
      `    container: { image: 'ghcr.io/acme/\${{ inputs.image }}', env: { SET: here } }`,
    );
    const { jobs, log } = await runWorkflow(source, { inputs: { image: "runner:1" } });
    expect(jobs["work"]).toMatchObject({ result: "success", image: "ghcr.io/acme/runner:1" });
    expect(log).toContain("ghcr.io/acme/runner:1 here");
  });

  test("an action gets its inputs and the environment, and gives outputs; what it does at the end comes last", async () => {
    const greet: ActionEmulation = {
      run(inputs, environment, job) {
        job.mask("hidden");
        job.atEnd(() => Promise.resolve(job.log("at the end: hidden")));
        return Promise.resolve({ said: `${inputs["word"] ?? ""} ${environment["NAME"] ?? ""}` });
      },
    };
    const run = await runWorkflow(
      jobOf(`
      - { id: greet, uses: acme/greet@0123, with: { word: "\${{ 'hello' }}" }, env: { NAME: you } }
      - run: echo "\${{ steps.greet.outputs.said }} hidden"
`),
      {},
      { actions: new Map([["acme/greet", greet]]) },
    );
    expect(run.log).toContain("hello you ***");
    expect(run.log.at(-1)).toBe("at the end: ***");
  });

  test.each([
    ["an unknown action", jobOf("      - run: echo early\n      - uses: acme/unknown@v1"), "acme/unknown@v1"],
    ["a matrix", jobOf("      - run: echo early", "    strategy: { matrix: { a: [1] } }"), "strategy"],
    ["a reusable workflow", "on: push\njobs: { a: { uses: ./x.yml } }", "uses"],
    ["a secret in an if", jobOf("      - { if: secrets.KEY, run: echo early }"), "secrets"],
    ["an unknown context", jobOf(`      - run: echo \${{ nothing.here }} early`), "nothing"],
    [
      "a job that needs itself",
      "on: push\njobs: { a: { needs: a, runs-on: x, steps: [{ run: echo early }] } }",
      "wait",
    ],
    [
      "a job that needs nobody's",
      "on: push\njobs: { a: { needs: b, runs-on: x, steps: [{ run: x }] } }",
      "unknown job b",
    ],
    ["no YAML", "on: [", "YAML"],
  ])("%s fails the run by name before anything is done", async (_, source, named) => {
    const run = await runWorkflow(source, { secrets: { KEY: "s3cr3t" } });
    expect(run.conclusion).toBe("failure");
    expect(run.log.join("\n")).toContain(named);
    expect(run.log).not.toContain("early");
  });
});
