import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type GithubScene,
  githubOpenApi,
  openGithubScene,
} from "../../adapters/forge/github/testing/github-scene.ts";
import { readTemplates, templatesDirectory } from "../../adapters/templates/read-templates.ts";
import { syncBranch } from "../../core/templates/sync-message.ts";
import { aProject } from "../../core/testing/builders.ts";
import { createRecordingLogger } from "../testing/recording-logger.ts";
import { createTemplateSync, type TemplateSync } from "./template-sync.ts";

const folder = ".github/workflows";
const implement = `${folder}/claude-implement.yml`;
const plan = `${folder}/claude-plan.yml`;
const trigger = `${folder}/ai-implement-comment-trigger.yml`;

describe.skipIf(githubOpenApi === null)("the sync of the templates on GitHub (§12)", () => {
  let github: GithubScene;
  let templateSync: TemplateSync;
  beforeEach(async () => {
    github = await openGithubScene();
    templateSync = syncThrough(github.forge);
  });
  afterEach(() => github.close());

  const syncThrough = (forge: GithubScene["forge"]): TemplateSync => {
    const project = aProject({ executor: "github-actions", repository: github.repository });
    return createTemplateSync({
      store: { listProjects: async () => [{ value: project, version: 1 }] },
      adapters: { trackers: new Map(), executors: new Map(), forges: new Map([["github", forge]]) },
      templates: () => readTemplates(templatesDirectory()),
      logger: createRecordingLogger(),
    });
  };
  const onMain = (path: string) => github.site.file(github.repository, "main", path);
  const merged = async (): Promise<void> => {
    const outcome = await templateSync.sync("ACME");
    if (outcome.kind !== "done" || outcome.answer.pullRequest === null) throw new Error("nothing to merge");
    await github.site.merge(github.repository, outcome.answer.pullRequest.number, "a-person");
  };

  it("makes one branch, one commit and one pull request, however often it is asked", async () => {
    const first = await templateSync.sync("ACME");
    expect(first).toMatchObject({ kind: "done", answer: { outcome: "proposed" } });
    for (const again of [templateSync, syncThrough(github.restarted().forge)])
      expect(await again.sync("ACME")).toEqual(first);
    expect(await github.site.branches(github.repository)).toEqual([syncBranch, "main"].sort());
    const [subject, ...before] = await github.site.commits(github.repository, syncBranch);
    expect(subject).toBe("Update the AI-Implement workflows");
    expect(before).toEqual(await github.site.commits(github.repository, "main"));
    expect(github.site.pullRequests(github.repository)).toMatchObject([
      { head: syncBranch, base: "main", state: "open", draft: false },
    ]);
    const templates = await readTemplates(templatesDirectory());
    const text = await github.site.file(github.repository, syncBranch, implement);
    expect(text?.split("\n").slice(1).join("\n")).toBe(templates.get("claude-implement.yml"));
  });

  it("says up to date after the merge, and writes nothing", async () => {
    await merged();
    const writes = github.requests(/^(?:POST|PATCH|PUT)/).length;
    expect(await templateSync.sync("ACME")).toMatchObject({
      kind: "done",
      answer: { outcome: "up-to-date", pullRequest: null },
    });
    expect(github.requests(/^(?:POST|PATCH|PUT)/)).toHaveLength(writes);
    expect(await onMain("WORKFLOW.md")).not.toBeNull();
  });

  it("notices what people changed, renamed and removed, and brings it back in one pull request", async () => {
    await merged();
    const ours = await onMain(plan);
    await github.site.commit(github.repository, "main", {
      [implement]: `${await onMain(implement)}# faster\n`,
      [plan]: null,
      [`${folder}/robot.yml`]: ours,
      [trigger]: null,
      "WORKFLOW.md": "Work as we do.\n",
    });
    expect(await templateSync.sync("ACME")).toMatchObject({
      answer: {
        outcome: "proposed",
        files: [
          { path: implement, state: "edited" },
          { path: plan, state: "renamed", foundAt: `${folder}/robot.yml` },
          { path: trigger, state: "missing" },
          { path: "WORKFLOW.md", state: "seeded" },
          { path: "PLANNING.md", state: "seeded" },
        ],
      },
    });
    const open = github.site.pullRequests(github.repository).filter(({ state }) => state === "open");
    expect(open).toHaveLength(1);
    expect(open[0]?.body).toMatch(/changed by hand.*\n.*robot\.yml/);
    expect(await github.site.file(github.repository, syncBranch, plan)).toBe(ours);
    expect(await github.site.file(github.repository, syncBranch, "WORKFLOW.md")).toBe("Work as we do.\n");
    expect(await github.site.file(github.repository, syncBranch, `${folder}/robot.yml`)).toBe(ours);
  });

  it("of a repository where the App is not installed ends with a reason", async () => {
    github.site.uninstall("acme");
    await expect(templateSync.sync("ACME")).rejects.toThrow(/install/i);
  });
});
