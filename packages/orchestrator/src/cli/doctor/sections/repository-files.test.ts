import type { TemplateFile } from "@ai-implement/contracts";
import { describe, expect, it } from "vitest";
import { aProject, aTime } from "../../../core/testing/builders.ts";
import type { RepositoryCheck } from "../../../services/repository/repository-files.ts";
import type { TemplateStatus } from "../../../services/templates/template-sync.ts";
import { createWorldForge } from "../../../services/testing/world-forge.ts";
import { repositoryFileFindings } from "./repository-files.ts";

const project = aProject({ executor: "github-actions" });
const nothing: RepositoryCheck = { image: null, problems: [], checkedAt: aTime, error: null };

const look = (status: TemplateStatus, check = nothing, about = project) =>
  repositoryFileFindings(
    {
      forges: new Map([["local", createWorldForge()]]),
      ask: (_, question) => question(),
      templateStatus: async () => status,
      repositoryCheck: async () => check,
    },
    about,
  );
const found = (...files: readonly TemplateFile[]): TemplateStatus => ({ kind: "done", files });

describe("what `doctor` says of a repository's files (§12)", () => {
  it("is one good word where all is well", async () => {
    const files = found({ path: "a.yml", state: "current" }, { path: "WORKFLOW.md", state: "seeded" });
    expect(await look(files)).toEqual([{ kind: "right", subject: "workflows" }]);
  });

  it("is each file that is not as it should be, with what mends it", async () => {
    const findings = await look(
      found(
        { path: "a.yml", state: "missing" },
        { path: "b.yml", state: "renamed", foundAt: "robot.yml" },
        { path: "c.yml", state: "stale" },
        { path: "d.yml", state: "edited" },
        { path: "WORKFLOW.md", state: "missing" },
      ),
    );
    expect(findings.map(({ kind, subject }) => `${kind} ${subject}`)).toEqual([
      "wrong a.yml",
      "wrong b.yml",
      "warning c.yml",
      "warning d.yml",
    ]);
    const mendable: unknown = expect.stringContaining("`ai-implement sync --project ACME`");
    for (const finding of findings) expect(finding).toMatchObject({ fix: mendable });
    expect(findings[1]).toMatchObject({ what: expect.stringContaining("robot.yml") as unknown });
  });

  it("is a warning about a settings file that is not used (§10.2)", async () => {
    const problem = { file: ".ai-implement/image.yml", problem: "line 1: image: no", fix: "Mend it." };
    expect(await look(found(), { ...nothing, problems: [problem] })).toEqual([
      { kind: "right", subject: "workflows" },
      { kind: "warning", subject: ".ai-implement/image.yml", what: "line 1: image: no.", fix: "Mend it." },
    ]);
  });

  it("is the reason where nobody can look or nothing can be brought", async () => {
    expect(await look(found(), { ...nothing, error: "GitHub answers 503" })).toMatchObject([
      { kind: "right", subject: "workflows" },
      { kind: "wrong", subject: ".ai-implement", what: "GitHub answers 503." },
    ]);
    expect(await look({ kind: "not-here", why: "It names another file." })).toMatchObject([
      { kind: "wrong", subject: "workflows", what: "It names another file." },
    ]);
  });

  it("is nothing where runs go elsewhere", async () => {
    expect(await look(found(), nothing, aProject({ executor: "docker" }))).toEqual([]);
  });
});
