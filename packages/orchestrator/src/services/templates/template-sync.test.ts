import { beforeEach, describe, expect, it } from "vitest";
import type { Project } from "../../core/project.ts";
import { syncBranch } from "../../core/templates/sync-message.ts";
import type { Templates } from "../../core/templates/wanted-files.ts";
import { aProject } from "../../core/testing/builders.ts";
import { permanent } from "../../ports/delivery-error.ts";
import { lostAnswer, refusal, transient } from "../testing/faults.ts";
import { useScene } from "../testing/scene.ts";
import { adaptersOf, createWorld } from "../testing/world.ts";
import { createWorldForge } from "../testing/world-forge.ts";
import { createTemplateSync, type TemplateSync } from "./template-sync.ts";
import { templatesOfVersion } from "./testing/our-templates.ts";

const repository = { forge: "github", owner: "acme", name: "shop", defaultBranch: "main" } as const;
const onActions = (overrides: Partial<Project> = {}): Project =>
  aProject({ executor: "github-actions", repository, ...overrides });

const folder = ".github/workflows";
const implement = `${folder}/claude-implement.yml`;

describe("the sync of the templates (§12)", () => {
  const scene = useScene({
    projects: [onActions(), aProject({ key: "HERE", repository })],
    makeWorld: () => ({ ...createWorld(), forge: createWorldForge("github") }),
  });
  let templates: Templates;
  let templateSync: TemplateSync;
  beforeEach(() => {
    templates = templatesOfVersion("1");
    templateSync = createTemplateSync({
      store: scene.store,
      adapters: adaptersOf(scene.world),
      templates: async () => templates,
      logger: scene.logger,
    });
  });
  const forge = () => scene.world.forge;
  const states = async () => {
    const status = await templateSync.status("ACME");
    return status.kind === "done" ? status.files.map(({ path, state }) => `${path} ${state}`) : status.kind;
  };
  const merged = async (): Promise<void> => {
    await templateSync.sync("ACME");
    forge().end(forge().pullRequests.length, "merged");
  };

  it("is one branch, one commit and one pull request, with all files and why", async () => {
    expect(await templateSync.sync("ACME")).toMatchObject({
      kind: "done",
      answer: {
        outcome: "proposed",
        pullRequest: { number: 1, url: "https://forge.example/acme/shop/pull/1" },
        files: Array(5).fill({ state: "missing" }),
      },
    });
    expect(forge().pullRequests).toMatchObject([
      { head: syncBranch, base: "main", title: "Update the AI-Implement workflows", draft: false },
    ]);
    expect(forge().pullRequests[0]?.body).toContain(implement);
    expect(forge().files.commits).toHaveLength(1);
    expect(forge().files.commits[0]?.files.get(implement)).toMatch(
      /^# ai-implement-template: claude-implement\.yml sha256:[0-9a-f]{64}\nname: implement 1\n$/,
    );
    expect(forge().files.commits[0]?.files.get("WORKFLOW.md")).toBe("How to work, 1\n");
  });

  it("says of an open pull request that is right that it is proposed, without another commit", async () => {
    await templateSync.sync("ACME");
    expect(await templateSync.sync("ACME")).toMatchObject({
      answer: { outcome: "proposed", pullRequest: { number: 1 } },
    });
    expect(forge().files.commits).toHaveLength(1);
    expect(forge().pullRequests).toHaveLength(1);
  });

  it("brings an open pull request up to date when the templates changed meanwhile", async () => {
    await templateSync.sync("ACME");
    templates = templatesOfVersion("2");
    expect(await templateSync.sync("ACME")).toMatchObject({
      answer: { outcome: "updated", pullRequest: { number: 1 } },
    });
    expect(forge().files.commits).toHaveLength(2);
    expect(forge().pullRequests).toHaveLength(1);
  });

  it("says once that everything is up to date, and writes nothing", async () => {
    await merged();
    expect(await templateSync.sync("ACME")).toMatchObject({
      answer: { outcome: "up-to-date", pullRequest: null },
    });
    expect(forge().pullRequests).toHaveLength(1);
    expect(forge().files.commits).toHaveLength(1);
  });

  it("renews the workflows of an older version, and leaves what was seeded alone", async () => {
    await merged();
    templates = templatesOfVersion("2");
    expect(await states()).toEqual([
      `${implement} stale`,
      `${folder}/claude-plan.yml stale`,
      `${folder}/ai-implement-comment-trigger.yml stale`,
      "WORKFLOW.md seeded",
      "PLANNING.md seeded",
    ]);
    await merged();
    expect(forge().files.read(repository, implement)).toContain("name: implement 2");
    expect(forge().files.read(repository, "WORKFLOW.md")).toBe("How to work, 1\n");
  });

  it("notices what was changed, removed and renamed by hand, and says so in the pull request", async () => {
    await merged();
    const { files } = forge();
    const plan = `${folder}/claude-plan.yml`;
    files.write(repository, implement, `${files.read(repository, implement)}# mine\n`);
    files.write(repository, `${folder}/robot.yml`, files.read(repository, plan));
    files.write(repository, plan, null);
    files.write(repository, `${folder}/ai-implement-comment-trigger.yml`, null);
    files.write(repository, `${folder}/theirs.yml`, "name: theirs\n");
    expect(await templateSync.sync("ACME")).toMatchObject({
      answer: {
        outcome: "proposed",
        files: [
          { path: implement, state: "edited" },
          { path: plan, state: "renamed", foundAt: `${folder}/robot.yml` },
          { state: "missing" },
          { state: "seeded" },
          { state: "seeded" },
        ],
      },
    });
    const commit = files.commits.at(-1);
    expect([...(commit?.files.keys() ?? [])]).toEqual([
      implement,
      plan,
      `${folder}/ai-implement-comment-trigger.yml`,
    ]);
    expect(forge().pullRequests.at(-1)?.body).toMatch(/changed by hand.*\n.*robot\.yml/);
  });

  it("searches other workflows only where one of ours is missing, and passes over those that cannot be read", async () => {
    await merged();
    forge().faults.always("listFiles", refusal);
    expect(await states()).toContain(`${implement} current`);
    forge().faults.always("listFiles", null);
    forge().files.write(repository, implement, null);
    forge().files.write(repository, `${folder}/theirs.yml`, "x".repeat(2_000_000));
    const { readFile } = forge();
    Object.assign(forge(), {
      readFile: async (...[of, path]: Parameters<typeof readFile>) => {
        if (path.endsWith("theirs.yml")) throw permanent("It is larger than 1048576 bytes.");
        return readFile(of, path);
      },
    });
    expect(await states()).toContain(`${implement} missing`);
  });

  it("is one for the projects that share a repository, at the same time too", async () => {
    await scene.store.createProject(onActions({ key: "TILL", workflowFile: "till.yml" }));
    const outcomes = await Promise.all(["ACME", "TILL", "ACME", "TILL"].map((key) => templateSync.sync(key)));
    for (const outcome of outcomes) expect(outcome).toMatchObject({ answer: { pullRequest: { number: 1 } } });
    expect(forge().files.commits).toHaveLength(1);
    expect(forge().files.commits[0]?.files.has(`${folder}/till.yml`)).toBe(true);
    expect(forge().files.commits[0]?.files.has(implement)).toBe(true);
  });

  it("makes nothing twice when an answer is lost (§9)", async () => {
    forge().faults.next("propose", lostAnswer);
    await expect(templateSync.deliver("ACME")).rejects.toThrow("reset");
    await templateSync.deliver("ACME");
    expect(forge().pullRequests).toHaveLength(1);
    expect(forge().files.commits).toHaveLength(1);
  });

  it("is nothing where runs go elsewhere, nothing is left, or nobody takes proposals", async () => {
    expect(await templateSync.sync("HERE")).toEqual({
      kind: "not-here",
      why: "The runs of HERE go to process: only github-actions needs workflows in the repository.",
    });
    expect(await templateSync.sync("NONE")).toEqual({ kind: "not-found" });
    const local = { ...repository, forge: "local" } as const;
    await scene.store.createProject(onActions({ key: "LOCAL", repository: local }));
    expect(await templateSync.sync("LOCAL")).toMatchObject({ kind: "not-here" });
    for (const key of ["HERE", "NONE", "LOCAL"]) await templateSync.deliver(key);
    expect(forge().files.commits).toEqual([]);
  });

  it("does not write to a path that is no workflow's", async () => {
    await scene.store.createProject(onActions({ key: "TILL", workflowFile: "../../src/main.yml" }));
    expect(await templateSync.sync("TILL")).toMatchObject({
      kind: "not-here",
      why: expect.stringMatching(/^The workflowFile of TILL has to be the name of a file/) as unknown,
    });
    expect(forge().files.commits).toEqual([]);
  });

  it("hands on what the code host refuses", async () => {
    forge().faults.next("propose", transient);
    await expect(templateSync.sync("ACME")).rejects.toThrow("503");
    forge().faults.next("readFile", refusal);
    await expect(templateSync.sync("ACME")).rejects.toThrow("422");
    expect(await templateSync.sync("ACME")).toMatchObject({ answer: { outcome: "proposed" } });
  });
});
