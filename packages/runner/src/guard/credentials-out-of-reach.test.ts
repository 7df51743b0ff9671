import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { exitCodes } from "../exit-codes.ts";
import { basicPassword } from "../git/basic-authentication.ts";
import { type ClaimStage, setClaimStage } from "../testing/claim-stage.ts";
import { createFakeAgent } from "../testing/fake-agent.ts";
import { createFakeClaude } from "../testing/fake-claude.ts";
import { filesWith, secretsIn } from "../testing/find-secrets.ts";
import { credentialFor } from "../testing/git-credential.ts";
import { writeFiles } from "../testing/sample-remote.ts";

const stages: ClaimStage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

/** Its setup writes down what a script of the repository gets to see. */
const stageWith = async (minutes: number): Promise<ClaimStage> => {
  const stage = await setClaimStage(
    { "WORKFLOW.md": '---\nsetup: env > "$HOME/seen"; ps axww -o args >> "$HOME/seen"\n---\n' },
    () => credentialFor("git-token-of-the-job", minutes),
    () => ({ agent: { kind: "claude-code" } }),
  );
  stages.push(stage);
  return stage;
};

const apiKey = "api-key-of-the-repository";

describe("§11.3 no credential of the trusted part is within the agent's reach", () => {
  it("not in its environment, in arguments, in files, in the report, in steps or in logs", async () => {
    const stage = await stageWith(9);
    const { gitServer, identity, orchestrator, attemptDirectory } = stage;
    gitServer.tokens.add("renewed-git-token");
    orchestrator.credentials.push(credentialFor("renewed-git-token", 60));
    orchestrator.accepts = (bearer) => identity.issued.includes(bearer);
    const claude = await createFakeClaude(join(stage.remote.root, "claude"));
    const environment = { command: claude.command, apiKey };
    const proof = { kind: "identity", endpoint: identity.endpoint } as const;
    expect(await stage.run({ proof, environment })).toBe(exitCodes.done);
    const [result] = orchestrator.results;
    expect(result?.report).toMatchObject({ outcome: "implemented" });

    const tokens = ["git-token-of-the-job", "renewed-git-token"];
    const secrets = [
      ...tokens,
      ...tokens.map(basicPassword),
      ...identity.issued,
      identity.endpoint.requestToken,
      stage.job.runToken,
      apiKey,
    ];
    expect(secrets).toHaveLength(8);
    const sessions = await claude.sessions();
    expect(sessions).toHaveLength(3);
    // It asks the runner's proxy, with a token that is worth nothing anywhere else.
    for (const { environment } of sessions)
      expect(environment["ANTHROPIC_BASE_URL"]).toMatch(/^http:\/\/127\.0\.0\.1:\d+/);
    // The look is a real one: git ran while it was taken, and proved itself.
    expect(gitServer.processes.join("\n")).toContain("git-remote-http");
    expect(gitServer.authorizations).toContain(`Basic ${basicPassword("renewed-git-token")}`);
    expect(secretsIn(gitServer.processes.join("\n"), secrets)).toEqual([]);
    expect(secretsIn(JSON.stringify(sessions), secrets)).toEqual([]);
    expect(secretsIn(JSON.stringify([result, orchestrator.progress]), secrets)).toEqual([]);
    expect(secretsIn(stage.logged.join("\n"), secrets)).toEqual([]);
    expect(await filesWith(attemptDirectory, secrets)).toEqual([]);
    expect(await filesWith(stage.resultDirectory, secrets)).toEqual([]);
    // The script did write, where we look.
    expect(await filesWith(attemptDirectory, ["HOME="])).toEqual([join(attemptDirectory, "home", "seen")]);
  });

  it("and what an agent says of one all the same is masked, and goes nowhere", async () => {
    const stage = await stageWith(60);
    stage.gitServer.tokens.add("git-token-of-the-job");
    const agent = createFakeAgent({
      implement: async ({ directory }, onActivity) => {
        onActivity(`curl -H 'Authorization: Basic ${basicPassword("git-token-of-the-job")}'`);
        await writeFiles(directory, { "greeting.txt": "hello\n" });
        return { text: `the tokens are git-token-of-the-job and ${apiKey}` };
      },
    });
    await stage.run({ createAgent: () => agent, environment: { apiKey } });
    const [result] = stage.orchestrator.results;
    expect(result?.report).toMatchObject({ outcome: "failed", reason: "guard" });
    expect(secretsIn(JSON.stringify(result), ["git-token-of-the-job", apiKey])).toEqual([]);
    expect(stage.logged.join("\n")).toContain("Authorization: Basic [redacted]");
    expect(stage.logged.join("\n")).not.toContain(basicPassword("git-token-of-the-job"));
  });
});
