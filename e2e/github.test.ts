import {
  type AnthropicEmulator,
  startAnthropicEmulator,
} from "@ai-implement/emulators/anthropic/emulator.ts";
import { ticketScenario } from "@ai-implement/emulators/anthropic/ticket-scenario.ts";
import { vendorSchema } from "@ai-implement/emulators/testing/schemas.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type GithubScene,
  mainLine,
  openGithubScene,
  rehearse,
  type Schemas,
  type TrackedTicket,
} from "./support/github-scene.ts";

const [openApi, linearSchema, jiraSchema] = [
  vendorSchema("github.openapi.json"),
  vendorSchema("linear.schema.graphql"),
  vendorSchema("jira.openapi.json"),
];
const schemas: Schemas | null =
  openApi === null || linearSchema === null || jiraSchema === null
    ? null
    : { openApi, linearSchema, jiraSchema };

const greeting = `export const greet = (name) => "Hello, " + name;\n`;
const politeGreeting = `export const greet = (name) => "Good morning, " + name;\n`;
const gaps = {
  implemented: [{ claim: "A greeting", ticketWords: "Greet people", file: "src/greet.js" }],
  gaps: [{ claim: "No greeting in the morning" }],
  manualSteps: [],
};

const modelKey = "sk-ant-key-of-the-repository";

/** What every main line has to end with, whichever way the runner was reached. */
const describeMainLine = (scene: () => GithubScene, ticket: () => TrackedTicket): void => {
  it("runs one plan, one implement and one revise run, each in a workflow run of its own (§8.4)", () => {
    const runs = scene().github.emulator.site.workflowRuns();
    expect(runs.map(({ workflow, conclusion }) => [workflow, conclusion])).toEqual([
      ["claude-plan.yml", "success"],
      ["claude-implement.yml", "success"],
      ["claude-implement.yml", "success"],
    ]);
    expect(runs.map(({ inputs }) => inputs["phase"])).toEqual(["plan", "implement", "revise"]);
    expect(new Set(runs.map(({ inputs }) => inputs["attempt"])).size).toBe(3);
  });

  it("opens one pull request with a gap analysis, and revises it on the same branch (§12)", async () => {
    const { site } = scene().github.emulator;
    const pulls = site.pullRequests(scene().repository).filter(({ head }) => !head.includes("sync"));
    expect(pulls).toMatchObject([{ merged: true, author: "ai-implement[bot]" }]);
    const number = pulls[0]?.number ?? 0;
    const comments = site.comments(scene().repository, number);
    expect(comments.filter(({ body }) => body.startsWith("## 🔍 AI-Implement: gap analysis"))).toHaveLength(
      1,
    );
    expect(comments.find(({ body }) => body.startsWith("/ai-implement"))?.reactions).toEqual([
      { content: "eyes", author: "ai-implement[bot]" },
    ]);
    expect(await site.file(scene().repository, "main", "src/greet.js")).toBe(politeGreeting);
    const revise = site.workflowRuns().at(-1);
    expect(JSON.stringify(revise?.inputs)).not.toContain("ghs_");
  });

  it("shows the ticket as done, with the words of its tracker (§7.1)", () => {
    expect(ticket().isDone()).toBe(true);
    expect(
      ticket()
        .comments()
        .filter((body) => body.includes("opened a pull request")),
    ).not.toHaveLength(0);
  });

  it("shows no credential in any log of a workflow run (§11)", () => {
    const log = scene().github.log.join("\n");
    expect(log).toContain("feedback-loop succeeded");
    for (const secret of [modelKey, "ghs_", "PRIVATE KEY"]) expect(log).not.toContain(secret);
  });

  it("shows no secret in the service's own log, not even at its most talkative (§11.10)", async () => {
    const { serviceLog, github, vendors, sandbox } = scene();
    const log = await serviceLog();
    expect(log, "debug is pino's 20").toContain('"level":20,');
    const { GITHUB_APP_PRIVATE_KEY: appKey = "", ...ofGithub } = github.settings;
    const settings = { ...ofGithub, ...vendors.settings, ...sandbox.settings };
    const secrets = [
      ...appKey.split("\\n").filter((line) => line !== "" && !line.startsWith("-----")),
      ...Object.entries(settings).flatMap(([name, value]) =>
        /SECRET|KEY|TOKEN|ACCESS_CODE/.test(name) && value !== "" ? [value] : [],
      ),
      modelKey,
    ];
    expect(secrets.length).toBeGreaterThan(20);
    for (const secret of secrets) expect(log).not.toContain(secret);
    for (const form of [/ghs_/, /eyJ[\w-]{20}/, /\b(?:run|claim)\.[0-9a-f]{8}-/, /PRIVATE KEY/])
      expect(log).not.toMatch(form);
  });

  it("mints tokens for one repository, for no more than the job needs (§11.2)", () => {
    const minted = scene()
      .github.emulator.requests()
      .filter(({ path }) => path.endsWith("/access_tokens"))
      .map(({ body }) => body as { repositories?: string[]; permissions?: Record<string, string> });
    expect(minted.length).toBeGreaterThan(0);
    for (const { repositories, permissions } of minted) {
      expect(repositories).toEqual(["tally"]);
      expect(Object.keys(permissions ?? {})).not.toHaveLength(0);
    }
    expect(minted).toContainEqual(expect.objectContaining({ permissions: { contents: "write" } }));
  });
};

describe.skipIf(schemas === null)(
  "GitHub Actions with callbacks, the real Claude Code and Linear (§8.4)",
  () => {
    let model: AnthropicEmulator;
    let scene: GithubScene;
    let ticket: TrackedTicket;

    beforeAll(async () => {
      if (schemas === null) return;
      const command = process.env["AI_IMPLEMENT_CLAUDE"] ?? "";
      expect(command, "AI_IMPLEMENT_CLAUDE names the CLI; `npm test` installs it and sets this").not.toBe("");
      model = await startAnthropicEmulator({
        scenario: ticketScenario({
          plan: [{ kind: "architecture", body: "One function in src/greet.js." }],
          files: [{ path: "src/greet.js", content: greeting }],
          fixes: [[{ path: "src/greet.js", content: politeGreeting }]],
          verdicts: [{ approved: true, findings: [] }],
          gaps,
        }),
      });
      scene = await openGithubScene({
        schemas,
        hasCallbacks: true,
        hasWebhooks: true,
        agentScript: null,
        machine: { ANTHROPIC_BASE_URL: model.url, AI_IMPLEMENT_AGENT_COMMAND: command },
        secrets: { ANTHROPIC_API_KEY: modelKey },
      });
      ticket = await scene.linearTicket("LIN", "Greet people");
      await mainLine(scene, ticket);
    }, 240_000);
    afterAll(async () => {
      await scene.close();
      await model.close();
    });

    describeMainLine(
      () => scene,
      () => ticket,
    );

    it("gives the workflow nothing but a reference: the job is claimed with the job's own identity (§8.1)", () => {
      for (const { inputs } of scene.github.emulator.site.workflowRuns())
        expect([inputs["job"] ?? "", inputs["claim_token"] ?? ""]).toEqual(["", ""]);
    });

    it("gives the revise session exactly the new words (§12)", () => {
      const everything = JSON.stringify(model.requests().map(({ body }) => body));
      expect(everything).toContain("also greet in the morning");
    });
  },
);

describe.skipIf(schemas === null)("GitHub Actions without callbacks or webhooks (§8.4)", () => {
  let scene: GithubScene;
  let ticket: TrackedTicket;

  beforeAll(async () => {
    if (schemas === null) return;
    scene = await openGithubScene({
      schemas,
      hasCallbacks: false,
      hasWebhooks: false,
      agentScript: rehearse("LIN-1", { first: greeting, revised: politeGreeting, gaps }),
      secrets: { ANTHROPIC_API_KEY: modelKey },
      knowsApp: true,
    });
    ticket = await scene.linearTicket("LIN", "Greet people");
    await mainLine(scene, ticket);
  }, 240_000);
  afterAll(async () => {
    if (schemas !== null) await scene.close();
  });

  describeMainLine(
    () => scene,
    () => ticket,
  );

  it("carries the job in the inputs, and no credential with it (§8.4)", () => {
    const runs = scene.github.emulator.site.workflowRuns();
    for (const { inputs } of runs) {
      expect(inputs["job"]).toContain("Greet people");
      expect(inputs["orchestrator_url"] ?? "").toBe("");
      for (const secret of ["ghs_", "runToken", "PRIVATE KEY", modelKey])
        expect(JSON.stringify(inputs)).not.toContain(secret);
    }
    expect(runs.at(-1)?.inputs["job"]).toContain("also greet in the morning");
  });
});

describe.skipIf(schemas === null)("GitHub Actions with callbacks and Jira (§8.4)", () => {
  let scene: GithubScene;
  let ticket: TrackedTicket;

  beforeAll(async () => {
    if (schemas === null) return;
    scene = await openGithubScene({
      schemas,
      hasCallbacks: true,
      hasWebhooks: true,
      agentScript: rehearse("OPS-1", { first: greeting, revised: politeGreeting, gaps }),
      secrets: { ANTHROPIC_API_KEY: modelKey },
    });
    ticket = await scene.jiraTicket("OPS", "Greet people");
    await mainLine(scene, ticket);
  }, 240_000);
  afterAll(async () => {
    if (schemas !== null) await scene.close();
  });

  describeMainLine(
    () => scene,
    () => ticket,
  );
});
