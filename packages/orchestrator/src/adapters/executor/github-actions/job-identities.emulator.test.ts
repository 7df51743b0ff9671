import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createJobIdentities } from "./job-identities.ts";
import {
  type GithubActionsScene,
  githubOpenApi,
  openGithubActionsScene,
} from "./testing/github-actions-scene.ts";

const audience = "https://ai-implement.acme.example";

describe.skipIf(githubOpenApi === null)("§8.4 a run that was dispatched proves itself", () => {
  let scene: GithubActionsScene;
  beforeEach(async () => {
    scene = await openGithubActionsScene();
  });
  afterEach(() => scene.close());

  it("by the identity that GitHub gives its jobs, under the name that the dispatch was told", async () => {
    const { emulator } = scene;
    const resource = await scene.executor.dispatch(scene.attempt());
    const runId = Number(resource?.id);
    const identities = createJobIdentities({ issuer: emulator.oidcIssuer, clock: { now: () => Date.now() } });
    const { oidc } = emulator.site;
    expect(await identities.verify(await oidc.token(runId, audience), audience)).toEqual({
      repository: "acme/tally",
      workflowFile: "claude-plan.yml",
      ref: "refs/heads/main",
      workflowRunId: resource?.id,
      event: "workflow_dispatch",
    });
    expect(await identities.verify(await oidc.token(runId, "sts.amazonaws.com"), audience)).toBeNull();
    const forged = await oidc.token(runId, audience, { repository: "acme/other" });
    expect(await identities.verify(forged, audience)).toBeNull();
  });
});
