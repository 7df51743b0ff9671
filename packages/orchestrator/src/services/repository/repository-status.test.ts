import { beforeEach, describe, expect, it } from "vitest";
import type { Project } from "../../core/project.ts";
import { aProject } from "../../core/testing/builders.ts";
import { permanent } from "../../ports/delivery-error.ts";
import { createTemplateSync } from "../templates/template-sync.ts";
import { templatesOfVersion } from "../templates/testing/our-templates.ts";
import { useScene } from "../testing/scene.ts";
import { adaptersOf, createWorld } from "../testing/world.ts";
import { createWorldForge } from "../testing/world-forge.ts";
import { createPullStandings } from "./pull-standings.ts";
import { createRepositoryFiles } from "./repository-files.ts";
import { createRepositoryStatuses, type RepositoryStatuses } from "./repository-status.ts";

const at = (name: string) => ({ forge: "github", owner: "acme", name, defaultBranch: "main" }) as const;
const onActions = (key: string, overrides: Partial<Project> = {}): Project =>
  aProject({ key, executor: "github-actions", repository: at(key.toLowerCase()), ...overrides });

describe("the staleness of the projects (§12)", () => {
  const scene = useScene({
    projects: [
      onActions("SHOP"),
      onActions("TILL"),
      onActions("HERE", { executor: "process" }),
      onActions("CLASH", { workflowFile: "claude-plan.yml" }),
    ],
    makeWorld: () => ({ ...createWorld(), forge: createWorldForge("github") }),
  });
  let statuses: RepositoryStatuses;
  beforeEach(() => {
    const { store, logger, world } = scene;
    const adapters = adaptersOf(world);
    const templates = async () => templatesOfVersion("1");
    statuses = createRepositoryStatuses({
      store,
      templateSync: createTemplateSync({ store, adapters, templates, logger }),
      repositoryFiles: createRepositoryFiles({ adapters, clock: world.clock, logger, sessionImage: "x" }),
    });
  });
  const files = () => scene.world.forge.files;

  it("shows our files and the repository's settings for us", async () => {
    files().write(at("shop"), ".ai-implement/image.yml", "image: ghcr.io/acme/shop:2\nimages: x\n");
    files().write(at("shop"), ".github/workflows/claude-plan.yml", "name: theirs\n");
    expect(await statuses.find("SHOP")).toEqual({
      teamKey: "SHOP",
      repository: "acme/shop",
      checkedAt: new Date(scene.world.clock.now()).toISOString(),
      files: [
        { path: ".github/workflows/claude-implement.yml", state: "missing" },
        { path: ".github/workflows/claude-plan.yml", state: "edited" },
        { path: ".github/workflows/ai-implement-comment-trigger.yml", state: "missing" },
        { path: "WORKFLOW.md", state: "missing" },
        { path: "PLANNING.md", state: "missing" },
      ],
      image: "ghcr.io/acme/shop:2",
      problems: [
        {
          file: ".ai-implement/image.yml",
          problem: 'line 2: "images" is not a setting',
          fix: "It is ignored: remove it, or look for a misspelling of image.",
        },
      ],
      error: null,
    });
    expect(await statuses.find("NONE")).toBeNull();
  });

  it("has no files for a project that needs none, and the reason of one that cannot have them", async () => {
    expect(await statuses.find("HERE")).toMatchObject({ files: [], error: null });
    expect(await statuses.find("CLASH")).toMatchObject({
      files: null,
      error: expect.stringMatching(/planningWorkflowFile of CLASH names claude-plan\.yml/) as unknown,
    });
  });

  it("lists every project, and one that cannot be read is an error of its own", async () => {
    const { readFile } = scene.world.forge;
    Object.assign(scene.world.forge, {
      readFile: async (...[of, path]: Parameters<typeof readFile>) => {
        if (of.name === "shop") throw permanent("The App may not read acme/shop.");
        return readFile(of, path);
      },
    });
    const listed = await statuses.list(["SHOP", "NONE", "TILL"]);
    expect(listed.map(({ teamKey, error }) => [teamKey, error !== null])).toEqual([
      ["SHOP", true],
      ["TILL", false],
    ]);
    expect(listed[0]).toMatchObject({ files: null, error: "The App may not read acme/shop." });
  });
});

describe("the standing of a pull request (§13)", () => {
  const standing = { mergeable: true, checks: "passing", approvals: 1, changesRequested: 0 } as const;
  const scene = useScene({ makeWorld: () => ({ ...createWorld(), forge: createWorldForge("github") }) });
  const known = async (): Promise<void> => {
    const pullRequest = {
      number: 7,
      url: "https://forge.example/acme/shop/pull/7",
      title: "ACME-1: Say hello",
      body: "",
      head: "ai-implement/acme-1",
      base: "main",
      state: "open",
      draft: false,
    } as const;
    const updatedAt = scene.world.clock.now();
    await scene.store.commit({
      pullRequests: [
        { ticketId: "linear:ACME-1", projectKey: "ACME", repository: at("shop"), pullRequest, updatedAt },
      ],
    });
  };
  const withReviews = (answer: typeof standing | null) => {
    const { store, world } = scene;
    const reviews = {
      remarks: async () => [],
      mayWrite: async () => false,
      react: async () => undefined,
      standing: async () => answer,
    };
    return createPullStandings({
      store,
      adapters: { forges: new Map([["github", { ...world.forge, reviews }]]) },
    });
  };

  it("is asked of the code host, for a pull request that we opened", async () => {
    await known();
    const standings = withReviews(standing);
    expect(await standings.find({ owner: "Acme", name: "shop" }, 7)).toEqual({ kind: "standing", standing });
    expect(await standings.find({ owner: "acme", name: "shop" }, 8)).toEqual({ kind: "not-found" });
    expect(await standings.find({ owner: "acme", name: "till" }, 7)).toEqual({ kind: "not-found" });
    expect(await withReviews(null).find({ owner: "acme", name: "shop" }, 7)).toEqual({ kind: "not-found" });
  });

  it("is nobody's where nobody reviews", async () => {
    await known();
    const { reviews: _, ...forge } = scene.world.forge;
    const standings = createPullStandings({
      store: scene.store,
      adapters: { forges: new Map([["github", forge]]) },
    });
    expect(await standings.find({ owner: "acme", name: "shop" }, 7)).toEqual({ kind: "not-here" });
  });
});
