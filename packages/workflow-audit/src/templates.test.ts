import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { auditWorkflow } from "./audit-workflow.ts";
import { readTree } from "./syntax/read-tree.ts";
import { type GithubParser, loadGithubParser } from "./testing/github-parser.ts";
import { readTemplate, workflowTemplates } from "./testing/templates.ts";
import { workflowSchema } from "./testing/workflow-schema.ts";
import { allSteps, toWorkflow, type Workflow } from "./workflow/workflow.ts";

interface ParsedWorkflow {
  readonly jobs: Readonly<
    Record<string, { readonly permissions: unknown; readonly steps: readonly unknown[] }>
  >;
}

const workflowOf = (source: string): Workflow => {
  const tree = readTree(source);
  if (tree.kind === "unreadable") throw new Error(tree.why);
  return toWorkflow(tree.root, source);
};

const spoilt: readonly (readonly [string, (source: string) => string])[] = [
  [
    "an unknown key at the top",
    (source) => source.replace("permissions: {}", "permissions: {}\npermission: {}"),
  ],
  ["a job without runs-on", (source) => source.replace(/\n {4}runs-on: .*/, "")],
  [
    "a step that runs and uses nothing",
    (source) => source.replace(/\n {6}- name: /, "\n      - env: {}\n      - name: "),
  ],
  [
    "an unknown permission",
    (source) => source.replace("permissions: {}", "permissions: { everything: write }"),
  ],
  [
    "an unknown type of time limit",
    (source) => source.replace(/timeout-minutes: \d+/, "timeout-minutes: soon"),
  ],
];

describe.each(workflowTemplates)("%s", (name) => {
  const source = readTemplate(name);

  it("has no findings in the audit of workflows (§11.6)", () => {
    expect(auditWorkflow(source, name)).toEqual([]);
  });

  it("has scripts that bash can read", () => {
    for (const { run } of allSteps(workflowOf(source))) {
      const checked = spawnSync("bash", ["-n"], { input: run?.text ?? "", encoding: "utf8" });
      expect([checked.status, checked.stderr]).toEqual([0, ""]);
    }
  });

  it("starts no program with anything that was filled in", () => {
    for (const { run } of allSteps(workflowOf(source))) expect(run?.text ?? "").not.toContain(`\${{`);
  });

  it("grants nothing at the top", () => {
    expect(source).toMatch(/^permissions: \{\}$/m);
  });

  it("needs neither curl nor jq: a machine of one's own may not have them", () => {
    for (const { run } of allSteps(workflowOf(source)))
      expect(run?.text ?? "").not.toMatch(/\b(curl|jq|wget)\b/);
  });

  it("says in its first line who keeps it", () => {
    expect(source).toMatch(/^# Managed by AI-Implement/);
  });
});

describe("a template that somebody made worse (§11.6)", () => {
  const worse: readonly (readonly [string, string | RegExp, string])[] = [
    ["unpinned-action", /upload-artifact@.*/, "upload-artifact@v5"],
    ["excessive-permissions", "      id-token: write", "      id-token: write\n      contents: write"],
    ["excessive-permissions", "permissions: {}", "permissions: write-all"],
    ["template-injection", "exec ai-implement-runner", `exec ai-implement-runner \${{ inputs.identifier }}`],
    ["unmasked-token", "::add-mask::", "mask "],
    [
      "unmasked-token",
      "- name: Mask the claim token\n",
      "- name: Mask the claim token\n        if: inputs.claim_token != ''\n",
    ],
    ["secret-exposure", /console\.log\(`::add-mask::\$\{token\}`\)/, "console.log(PRIVATE_KEY)"],
    [
      "app-token",
      "- name: Write the job down",
      `- uses: actions/create-github-app-token@29824e69f54612133e76f7eaac726eef6c875baf # v2.2.1
        with:
          private-key: \${{ secrets.AI_IMPLEMENT_PRIVATE_KEY }}
          permission-contents: write
      - name: Write the job down`,
    ],
    ["privileged-container", "--cap-add=NET_ADMIN", "--privileged"],
    ["privileged-container", "--cap-add=NET_ADMIN", "--cap-add=ALL"],
    [
      "unvalidated-container",
      `--memory=\${{ needs.image.outputs.memory }}`,
      `--memory=\${{ vars.AI_IMPLEMENT_RUNNER_MEMORY }}`,
    ],
    [
      "unvalidated-container",
      `image: \${{ steps.choose.outputs.image }}`,
      `image: \${{ inputs.runner_image }}`,
    ],
    [
      "unvalidated-container",
      `image: \${{ needs.image.outputs.image }}\n      options`,
      `image: \${{ inputs.runner_image }}\n      options`,
    ],
    ["constant-condition", "&& needs.image.result == 'success' && (needs", "|| true || (needs"],
    ["missing-timeout", `    timeout-minutes: \${{ fromJSON(needs.image.outputs.timeout) }}\n`, ""],
    ["missing-concurrency", /concurrency:\n {2}group.*\n {2}cancel.*\n/, ""],
    [
      "secret-scope",
      "    container:\n",
      `    env:\n      KEY: \${{ secrets.ANTHROPIC_API_KEY }}\n    container:\n`,
    ],
  ];

  it.each(worse)("is caught by %s", (rule, from, to) => {
    const source = readTemplate("claude-implement.yml");
    const changed = source.replace(from, () => to);
    expect(changed).not.toBe(source);
    expect([...new Set(auditWorkflow(changed, "x.yml").map((finding) => finding.rule))]).toEqual([rule]);
  });

  it("is caught where a stranger's comment would start the trigger", () => {
    const changed = readTemplate("comment-trigger.yml").replace('"COLLABORATOR"', '"NONE"');
    expect(auditWorkflow(changed, "x.yml").map(({ rule }) => rule)).toEqual([
      "self-hosted-runner",
      "dangerous-trigger",
    ]);
  });
});

it("the two workflows differ in what they are for, and in nothing else", () => {
  const [implement = [], plan = []] = ["claude-implement.yml", "claude-plan.yml"].map((name) =>
    readTemplate(name).split("\n"),
  );
  expect(plan).toHaveLength(implement.length);
  const changed = plan.filter((line, index) => line !== implement[index]).map((line) => line.trim());
  expect(changed).toEqual([
    expect.stringContaining("writes a plan; it pushes nothing"),
    "name: AI-Implement plan",
    "description: plan",
    '[[ $PHASE == plan ]] || refuse "The input phase has to be plan."',
    "# callbacks a run that takes longer cannot fetch any more.",
    'permissions: { contents: "read" },',
  ]);
});

describe("GitHub's own parser", () => {
  let parser: GithubParser;
  beforeAll(async () => {
    parser = await loadGithubParser();
  });
  afterAll(() => parser.close());

  it.each(workflowTemplates)("accepts %s", async (name) => {
    expect(await parser.errors(name, readTemplate(name))).toEqual([]);
  });

  it.each(spoilt)("refuses %s", async (_, spoil) => {
    for (const name of workflowTemplates)
      expect(await parser.errors(name, spoil(readTemplate(name)))).not.toEqual([]);
  });

  it("refuses an expression with an unknown function or context", async () => {
    const spoil = (source: string): string => source.replace(/\$\{\{ vars\.\w+ \|\|/, `\${{ variables.X ||`);
    for (const name of workflowTemplates)
      expect(await parser.errors(name, spoil(readTemplate(name)))).not.toEqual([]);
  });
});

const schema = workflowSchema();
describe.skipIf(schema === null)("SchemaStore's description of workflows", () => {
  const accepts = (source: string): boolean => schema?.(parse(source)) === true;

  it.each(workflowTemplates)("accepts %s", (name) => {
    expect([accepts(readTemplate(name)), schema?.errors ?? []]).toEqual([true, []]);
  });

  it.each(spoilt)("refuses %s", (_, spoil) => {
    for (const name of workflowTemplates) expect(accepts(spoil(readTemplate(name)))).toBe(false);
  });
});

describe.each(["claude-implement.yml", "claude-plan.yml"])("%s", (name) => {
  const workflow = workflowOf(readTemplate(name));
  const { jobs } = parse(readTemplate(name)) as ParsedWorkflow;

  it("takes what a dispatch sends, all of it text (§8.4)", () => {
    expect(Object.fromEntries(workflow.inputTypes)).toEqual({
      attempt: "string",
      phase: "string",
      identifier: "string",
      orchestrator_url: "string",
      claim_token: "string",
      job_minutes: "string",
      runner_image: "string",
      provider: "string",
      aws_region: "string",
      job: "string",
    });
  });

  it("gives the agent's job its identity and no more (§11.2)", () => {
    expect(Object.entries(jobs).map(([job, { permissions }]) => [job, permissions])).toEqual([
      ["image", {}],
      ["first", { actions: "read" }],
      ["agent", { "id-token": "write" }],
    ]);
  });

  it("gives secrets only to the steps that need them (§11.1)", () => {
    const secretsOf = Object.values(jobs)
      .flatMap(({ steps }) => steps)
      .map((step) => [...JSON.stringify(step).matchAll(/secrets\.(\w+)/g)].map(([, secret]) => secret));
    expect(secretsOf.filter((secrets) => secrets.length > 0)).toEqual([
      ["AI_IMPLEMENT_APP_ID", "AI_IMPLEMENT_PRIVATE_KEY"],
      ["CLAUDE_CODE_OAUTH_TOKEN", "ANTHROPIC_API_KEY", "OPENAI_API_KEY", "AWS_BEDROCK_ROLE_ARN"],
    ]);
  });
});
