import { describe, expect, it } from "vitest";
import { parseCommandLine } from "./command-line.ts";
import { helpText } from "./help.ts";
import { containing } from "./testing/matchers.ts";
import { noModelEnvironment } from "./testing/model-environment.ts";
import { UsageError } from "./usage-error.ts";

const attempt = {
  AI_IMPLEMENT_RUN_ID: "01890a5d-ac96-774b-bcce-b302099a8057",
  AI_IMPLEMENT_ATTEMPT_DIR: "/attempt",
};
const environment = {
  ...attempt,
  AI_IMPLEMENT_ORCHESTRATOR_URL: "http://127.0.0.1:8080",
  AI_IMPLEMENT_CLAIM_TOKEN: "a-claim-token",
};
const identity = {
  ACTIONS_ID_TOKEN_REQUEST_URL: "https://token.example/job?api-version=2.0",
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: "a-request-token",
};
const endpoint = { url: identity.ACTIONS_ID_TOKEN_REQUEST_URL, requestToken: "a-request-token" };

describe("how the runner is called", () => {
  it("takes its attempt from the environment (§8.1)", () => {
    expect(parseCommandLine([], environment)).toEqual({
      kind: "claim",
      settings: {
        runId: environment.AI_IMPLEMENT_RUN_ID,
        orchestratorUrl: "http://127.0.0.1:8080",
        proof: { kind: "token", token: "a-claim-token" },
        attemptDirectory: "/attempt",
        resultDirectory: null,
        environment: noModelEnvironment,
        logLevel: "summary",
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

  it("proves itself by the job's identity where there is no claim token, absent or empty (§8.4)", () => {
    for (const AI_IMPLEMENT_CLAIM_TOKEN of [undefined, ""])
      expect(parseCommandLine([], { ...environment, ...identity, AI_IMPLEMENT_CLAIM_TOKEN })).toMatchObject({
        kind: "claim",
        settings: { proof: { kind: "identity", endpoint }, environment: { identity: endpoint } },
      });
  });

  it("prefers the claim token where there are both", () => {
    expect(parseCommandLine([], { ...environment, ...identity })).toMatchObject({
      settings: { proof: { kind: "token" }, environment: { identity: endpoint } },
    });
  });

  it("names both ways of proof where there is neither, or half of one", () => {
    const parse = () =>
      parseCommandLine([], {
        ...environment,
        ...identity,
        AI_IMPLEMENT_CLAIM_TOKEN: "",
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: "",
      });
    expect(parse).toThrow(UsageError);
    expect(parse).toThrow(/AI_IMPLEMENT_CLAIM_TOKEN.*id-token: write.*ACTIONS_ID_TOKEN_REQUEST_TOKEN/);
  });

  it("calls nobody back where there is no orchestrator and the job came along (§8.4)", () => {
    const detached = {
      ...attempt,
      AI_IMPLEMENT_ORCHESTRATOR_URL: "",
      AI_IMPLEMENT_RESULT_DIR: "/result",
      AI_IMPLEMENT_GIT_TOKEN: "a-git-token",
      AI_IMPLEMENT_MAX_TURNS: "20",
      AI_IMPLEMENT_LOG_LEVEL: "stream",
    };
    expect(parseCommandLine([], { ...detached, AI_IMPLEMENT_JOB: "{}" })).toEqual({
      kind: "detached",
      settings: {
        runId: attempt.AI_IMPLEMENT_RUN_ID,
        attemptDirectory: "/attempt",
        resultDirectory: "/result",
        job: { kind: "text", text: "{}" },
        gitToken: "a-git-token",
        maxTurns: "20",
        maxIterations: undefined,
        environment: noModelEnvironment,
        logLevel: "stream",
      },
    });
    expect(
      parseCommandLine([], { ...detached, AI_IMPLEMENT_JOB: "", AI_IMPLEMENT_JOB_FILE: "/job.json" }),
    ).toMatchObject({ settings: { job: { kind: "file", path: "/job.json" } } });
    expect(() =>
      parseCommandLine([], { ...detached, AI_IMPLEMENT_JOB: "{}", AI_IMPLEMENT_RESULT_DIR: "" }),
    ).toThrow(/AI_IMPLEMENT_RESULT_DIR/);
  });

  it("names both ways of getting work where there is neither", () => {
    expect(() => parseCommandLine([], attempt)).toThrow(/AI_IMPLEMENT_ORCHESTRATOR_URL.*AI_IMPLEMENT_JOB/);
  });

  it("takes a job, a workspace and an artifacts folder together", () => {
    expect(parseCommandLine(["--job", "j", "--workspace", "w", "--artifacts=a"], {})).toEqual({
      kind: "local",
      settings: { jobFile: "j", workspace: "w", artifacts: "a", environment: noModelEnvironment },
    });
    expect(() => parseCommandLine(["--job", "j"], {})).toThrow(UsageError);
    expect(() => parseCommandLine(["--unknown"], {})).toThrow(UsageError);
  });

  it("helps", () => {
    expect(parseCommandLine(["--help"], {})).toEqual({ kind: "help" });
  });

  it.each([
    ...Object.keys(environment),
    ...Object.keys(identity),
    "AI_IMPLEMENT_RESULT_DIR",
    "AI_IMPLEMENT_JOB",
    "AI_IMPLEMENT_JOB_FILE",
    "AI_IMPLEMENT_GIT_TOKEN",
    "AI_IMPLEMENT_MAX_TURNS",
    "AI_IMPLEMENT_MAX_ITERATIONS",
    "AI_IMPLEMENT_LOG_LEVEL",
    "AI_IMPLEMENT_AGENT_COMMAND",
    "AI_IMPLEMENT_AWS_REGION",
    "AI_IMPLEMENT_STS_URL",
    "AWS_BEDROCK_ROLE_ARN",
    "CLAUDE_CODE_OAUTH_TOKEN",
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_BASE_URL",
  ])("explains %s", (name) => {
    expect(helpText).toEqual(containing(`  ${name} `));
  });
});
