import { describe, expect, it } from "vitest";
import { parseCommandLine } from "./command-line.ts";
import { UsageError } from "./usage-error.ts";

const environment = {
  AI_IMPLEMENT_RUN_ID: "01890a5d-ac96-774b-bcce-b302099a8057",
  AI_IMPLEMENT_ORCHESTRATOR_URL: "http://127.0.0.1:8080",
  AI_IMPLEMENT_CLAIM_TOKEN: "a-claim-token",
  AI_IMPLEMENT_ATTEMPT_DIR: "/attempt",
};

describe("how the runner is called", () => {
  it("takes its attempt from the environment (§8.1)", () => {
    expect(parseCommandLine([], environment)).toEqual({
      kind: "claim",
      settings: {
        runId: environment.AI_IMPLEMENT_RUN_ID,
        orchestratorUrl: "http://127.0.0.1:8080",
        claimToken: "a-claim-token",
        attemptDirectory: "/attempt",
      },
    });
  });

  it("names everything that is missing or malformed, and no value", () => {
    const parse = () =>
      parseCommandLine([], {
        ...environment,
        AI_IMPLEMENT_RUN_ID: "secret",
        AI_IMPLEMENT_ORCHESTRATOR_URL: "ftp://x",
      });
    expect(parse).toThrow(UsageError);
    expect(parse).toThrow(/AI_IMPLEMENT_RUN_ID: [\s\S]*AI_IMPLEMENT_ORCHESTRATOR_URL: /);
    expect(parse).not.toThrow(/secret/);
  });

  it("takes a job, a workspace and an artifacts folder together", () => {
    expect(parseCommandLine(["--job", "j", "--workspace", "w", "--artifacts=a"], {})).toEqual({
      kind: "local",
      settings: { jobFile: "j", workspace: "w", artifacts: "a" },
    });
    expect(() => parseCommandLine(["--job", "j"], {})).toThrow(UsageError);
    expect(() => parseCommandLine(["--unknown"], {})).toThrow(UsageError);
  });

  it("helps", () => {
    expect(parseCommandLine(["--help"], {})).toEqual({ kind: "help" });
  });
});
