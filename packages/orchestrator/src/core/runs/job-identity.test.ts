import { describe, expect, it } from "vitest";
import { aProject, aRun } from "../testing/builders.ts";
import { isJobOf, type JobIdentity } from "./job-identity.ts";

const { repository } = aProject();
const run = aRun({ executor: "github-actions", resource: { id: "500", url: "https://github.example/500" } });
const identity: JobIdentity = {
  repository: `${repository.owner}/${repository.name}`,
  workflowFile: run.settings.workflowFile,
  ref: `refs/heads/${repository.defaultBranch}`,
  workflowRunId: "500",
  event: "workflow_dispatch",
};

describe("§8.4 a job is the one that was dispatched for a run", () => {
  it("by its repository, workflow, branch, event and workflow run together", () => {
    expect(isJobOf(run, identity)).toBe(true);
    expect(isJobOf(run, { ...identity, repository: identity.repository.toUpperCase() })).toBe(true);
  });

  it.each<[string, Partial<JobIdentity>]>([
    ["in a fork", { repository: "mallory/shop" }],
    ["in another repository of the owner", { repository: "acme/shop2" }],
    [
      "with the file of another branch, where anybody who may push could change it",
      { ref: "refs/heads/feature" },
    ],
    ["with the file of a tag that is called like the branch", { ref: "refs/tags/main" }],
    ["with the file of a pull request", { ref: "refs/pull/7/merge" }],
    ["with another workflow", { workflowFile: "ci.yml" }],
    ["for a push", { event: "push" }],
    ["started by hand beside ours", { workflowRunId: "501" }],
  ])("and not one %s", (_, change) => {
    expect(isJobOf(run, { ...identity, ...change })).toBe(false);
  });

  it("and not one of a run that is not on GitHub Actions", () => {
    expect(isJobOf({ ...run, executor: "process" }, identity)).toBe(false);
  });
});
