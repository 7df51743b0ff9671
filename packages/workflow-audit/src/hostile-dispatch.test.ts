import { describe, expect, it } from "vitest";
import { runTemplate, type TemplateRun } from "./testing/run-template.ts";

const callbacks = { orchestrator_url: "https://ai-implement.acme.example" };
const secrets = {
  ANTHROPIC_API_KEY: "sk-ant-of-the-repository",
  CLAUDE_CODE_OAUTH_TOKEN: "oauth-of-the-repository",
  AI_IMPLEMENT_APP_ID: "4711",
  AI_IMPLEMENT_PRIVATE_KEY:
    "-----BEGIN RSA PRIVATE KEY-----\nc2VjcmV0LWxpbmU=\n-----END RSA PRIVATE KEY-----",
  AWS_BEDROCK_ROLE_ARN: "arn:aws:iam::1:role/models",
};
const logOf = ({ log }: TemplateRun): string => log.join("\n");
const name = "claude-implement.yml";

/** The look for older runs has succeeded: GitHub does not repeat it with the jobs that failed. */
const withoutLook = (source: string): string => source.replace("node --input-type=module", ":");

describe("a run that is started again by hand (§8.1)", () => {
  it.each([
    ["with callbacks", callbacks],
    ["without", { orchestrator_url: "", job: "{}" }],
  ])("stops in the agent's own job, which alone `Re-run failed jobs` repeats: %s", async (_, inputs) => {
    const run = await runTemplate({ name, inputs, secrets, runAttempt: 2, change: withoutLook });
    expect([run.conclusion, run.runner, run.artifacts]).toEqual(["failure", null, {}]);
    expect(run.jobs["first"]?.result).not.toBe("failure");
    expect(logOf(run)).toContain("##[error]An attempt is not run again");
  });
});

describe("inputs of somebody who starts the workflow by hand", () => {
  it.each([
    ["another image", { runner_image: "evil.example/runner" }],
    ["an image in a second line", { runner_image: "ghcr.io/ai-implement/runner\nimage=evil.example/x" }],
    ["a time limit in a second line", { job_minutes: "45\ntimeout=9999" }],
    ["an attempt that ends like one", { attempt: "x \u00b7 0199c0de-0000-7000-8000-000000000001" }],
    ["a phase that is an expression", { phase: `\${{ 'implement' }}` }],
    ["another workflow's phase", { phase: "plan" }],
    ["a provider in other letters", { provider: "BEDROCK" }],
    ["a ticket of two lines", { identifier: "ACME-12\nimage=evil.example/x" }],
  ])("never reach our runner with %s", async (_, inputs) => {
    const run = await runTemplate({ name, secrets, inputs: { ...callbacks, ...inputs } });
    expect([run.conclusion, run.runner]).toEqual(["failure", null]);
    expect(run.jobs["image"]?.outputs).toEqual({ image: "", provider: "", timeout: "", memory: "" });
    expect(run.jobs["agent"]?.result).toBe("skipped");
  });

  it.each([
    ["another orchestrator", { orchestrator_url: "https://evil.example" }],
    ["a job of their own", { orchestrator_url: "", job: "{}" }],
  ])("never reach our runner with %s where the repository names its orchestrator", async (_, inputs) => {
    const variables = { AI_IMPLEMENT_ORCHESTRATOR_URL: callbacks.orchestrator_url };
    const run = await runTemplate({ name, secrets, variables, inputs });
    expect([run.conclusion, run.runner, run.jobs["agent"]?.result]).toEqual(["failure", null, "skipped"]);
    expect(logOf(run)).toContain("This run is not from the orchestrator of the variable");
    expect((await runTemplate({ name, secrets, variables, inputs: callbacks })).conclusion).toBe("success");
  });

  it("are text and nothing else where they look like expressions or scripts", async () => {
    const text = `\${{ secrets.ANTHROPIC_API_KEY }} $(id) \`id\` '";#`;
    const inputs = { ...callbacks, identifier: text, aws_region: text, claim_token: text };
    const run = await runTemplate({ name, secrets, inputs });
    expect(run.conclusion).toBe("success");
    expect(run.runner?.environment).toMatchObject({
      AI_IMPLEMENT_AWS_REGION: text,
      AI_IMPLEMENT_CLAIM_TOKEN: text,
    });
    expect(logOf(run)).not.toContain("uid=");
  });
});

describe("the log of a run (§11.10)", () => {
  const inputs = { ...callbacks, claim_token: "claim-token-of-the-attempt" };
  const variables = { ACTIONS_STEP_DEBUG: "true", AI_IMPLEMENT_LOG_LEVEL: "stream\n::add-mask::x" };

  it("shows neither secrets nor the claim token, not even with ACTIONS_STEP_DEBUG", async () => {
    const run = await runTemplate({ name, secrets, inputs, variables });
    expect(run.runner?.environment["AI_IMPLEMENT_CLAIM_TOKEN"]).toBe(inputs.claim_token);
    expect(logOf(run)).toContain("##[debug]Expanded:");
    expect(logOf(run)).toContain("AI_IMPLEMENT_CLAIM_TOKEN: ***");
    expect(logOf(run)).not.toContain(inputs.claim_token);
    const { AI_IMPLEMENT_PRIVATE_KEY: key, ...others } = secrets;
    for (const secret of [...Object.values(others), ...key.split("\n")])
      expect(logOf(run)).not.toContain(secret);
  });

  it("would show the claim token if a condition asked for it before it is masked", async () => {
    const change = (source: string): string =>
      source.replace("- name: Mask the claim token\n", "$&        if: inputs.claim_token != ''\n");
    expect(logOf(await runTemplate({ name, inputs, variables, change }))).toContain(inputs.claim_token);
  });

  it("shows nothing of what the workflow is told of the ticket", async () => {
    const job = '{"ticket":{"description":"words that nobody else may read"}}';
    const run = await runTemplate({ name, inputs: { job }, variables, change: withoutLook });
    expect(run.runner?.job?.text).toBe(job);
    expect(logOf(run)).not.toContain("words that nobody else may read");
  });
});
