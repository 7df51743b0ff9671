import { generateKeyPairSync, verify } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { type GithubOfTokens, startGithubOfTokens } from "./testing/github-of-tokens.ts";
import { type DispatchedTemplate, runTemplate, type TemplateRun } from "./testing/run-template.ts";

const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const secrets = {
  ANTHROPIC_API_KEY: "sk-ant-of-the-repository",
  AI_IMPLEMENT_APP_ID: "4711",
  AI_IMPLEMENT_PRIVATE_KEY: privateKey.export({ type: "pkcs1", format: "pem" }).toString(),
};
const callbacks = { orchestrator_url: "https://ai-implement.acme.example" };

const servers: GithubOfTokens[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
const startGithub = async (...args: Parameters<typeof startGithubOfTokens>): Promise<GithubOfTokens> => {
  const server = await startGithubOfTokens(...args);
  servers.push(server);
  return server;
};

/** What the run asked GitHub for, without the look at earlier runs. */
const askedOf = ({ requests }: GithubOfTokens): readonly string[] =>
  requests.map(({ method, url }) => `${method} ${url}`).filter((request) => !request.includes("/runs?"));

/** Without callbacks. */
const detached = async (
  options: Partial<DispatchedTemplate> = {},
  earlierRuns: Parameters<typeof startGithubOfTokens>[0] = [],
): Promise<TemplateRun & { readonly github: GithubOfTokens }> => {
  const github = await startGithub(earlierRuns);
  const run = await runTemplate({ name: "claude-implement.yml", apiUrl: github.apiUrl, secrets, ...options });
  return { ...run, github };
};

describe("the agent's job with callbacks (§8.1, §8.4)", () => {
  it("starts our runner with a reference, the model's credential and nothing that writes", async () => {
    const run = await runTemplate({ name: "claude-implement.yml", secrets, inputs: callbacks });
    expect(run.conclusion).toBe("success");
    const { environment, job } = run.runner ?? { environment: {}, job: null };
    expect(environment).toMatchObject({
      AI_IMPLEMENT_RUN_ID: "0199c0de-0000-7000-8000-000000000001",
      AI_IMPLEMENT_ORCHESTRATOR_URL: callbacks.orchestrator_url,
      ANTHROPIC_API_KEY: secrets.ANTHROPIC_API_KEY,
      AI_IMPLEMENT_GIT_TOKEN: "",
      AI_IMPLEMENT_JOB_FILE: "",
    });
    expect(job).toBeNull();
    expect(Object.values(environment).join()).not.toContain("PRIVATE KEY");
  });

  it("keeps the result, and leaves nothing behind", async () => {
    const look = `
      - name: Look
        if: always()
        run: for file in "$RUNNER_TEMP"/*; do echo "left $file"; done
`;
    const change = (source: string): string => source + look;
    const run = await runTemplate({
      name: "claude-plan.yml",
      inputs: { ...callbacks, phase: "plan" },
      change,
    });
    expect(Object.keys(run.artifacts["ai-implement-result"] ?? {})).toEqual(["result.json"]);
    expect(run.log.filter((line) => line.startsWith("left "))).toEqual([expect.stringMatching(/\*$/)]);
  });

  it.each([
    [
      "anthropic",
      {
        ANTHROPIC_API_KEY: "sk-ant",
        CLAUDE_CODE_OAUTH_TOKEN: "oauth",
        OPENAI_API_KEY: "sk-openai",
        AWS_BEDROCK_ROLE_ARN: "",
      },
    ],
    [
      "bedrock",
      {
        ANTHROPIC_API_KEY: "",
        CLAUDE_CODE_OAUTH_TOKEN: "",
        OPENAI_API_KEY: "",
        AWS_BEDROCK_ROLE_ARN: "arn",
      },
    ],
  ])("gives %s its own credentials and no others", async (provider, expected) => {
    const all = {
      ANTHROPIC_API_KEY: "sk-ant",
      CLAUDE_CODE_OAUTH_TOKEN: "oauth",
      OPENAI_API_KEY: "sk-openai",
      AWS_BEDROCK_ROLE_ARN: "arn",
    };
    const inputs = { ...callbacks, provider };
    const { runner } = await runTemplate({ name: "claude-implement.yml", secrets: all, inputs });
    expect(runner?.environment).toMatchObject(expected);
  });
});

describe.skipIf(process.getuid?.() !== 0)("the steps after the agent, as root (§11.3)", () => {
  it("do not run, and neither does the agent, where it works as the user of GitHub's files", async () => {
    const change = (source: string): string =>
      source.replace("    container:\n", `$&      env: { AI_IMPLEMENT_AGENT_USER: "0:0" }\n`);
    const name = "claude-implement.yml";
    const { conclusion, runner, log } = await runTemplate({ name, secrets, inputs: callbacks, change });
    expect([conclusion, runner]).toEqual(["failure", null]);
    expect(log.join("\n")).toContain("##[error]The agent's user could change");
  });
});

describe("what is kept of a run", () => {
  it("lies where only our runner may write", async () => {
    const look = `
      - name: Look
        if: always()
        run: node -e 'console.log("mode " + (fs.statSync(process.env.R).mode & 0o777).toString(8))'
        env: { R: "\${{ steps.folders.outputs.result }}" }
`;
    const change = (source: string): string =>
      source.replace("\n      - name: Keep the result", () => `${look}\n      - name: Keep the result`);
    const { log } = await runTemplate({ name: "claude-implement.yml", secrets, inputs: callbacks, change });
    expect(log).toContain("mode 700");
  });
});

describe("the agent's job without callbacks (§8.4)", () => {
  it("gets a token of the App for this repository and for contents alone, and revokes it (§11.2)", async () => {
    const { github, runner, conclusion } = await detached();
    expect(conclusion).toBe("success");
    expect(askedOf(github)).toEqual([
      "GET /api/v3/repos/acme/tally/installation",
      "POST /api/v3/app/installations/77/access_tokens",
      "DELETE /api/v3/installation/token",
    ]);
    const [minting, revocation] = github.requests.slice(-2);
    expect(JSON.parse(minting?.body ?? "")).toEqual({
      repositories: ["tally"],
      permissions: { contents: "write" },
    });
    expect(runner?.environment["AI_IMPLEMENT_GIT_TOKEN"]).toBe("ghs_minted_for_tally");
    expect(revocation?.authorization).toBe("Bearer ghs_minted_for_tally");
  });

  it("signs as the App, for less than ten minutes, with room for clocks that go wrong", async () => {
    const { github } = await detached();
    const { authorization = "" } = github.requests.find(({ url }) => url.endsWith("/installation")) ?? {};
    const [head = "", body = "", signature = ""] = authorization.replace("Bearer ", "").split(".");
    const signed = Buffer.from(`${head}.${body}`);
    expect(verify("sha256", signed, publicKey, Buffer.from(signature, "base64url"))).toBe(true);
    const claims = JSON.parse(Buffer.from(body, "base64url").toString()) as Record<string, number>;
    const { iat = 0, exp = 0 } = claims;
    expect([claims["iss"], exp - iat]).toEqual(["4711", 600]);
    expect(iat * 1000).toBeLessThanOrEqual(Date.now() - 60_000);
  });

  it("only reads with it where it plans", async () => {
    const { github } = await detached({ name: "claude-plan.yml", inputs: { phase: "plan" } });
    expect(github.requests.at(-2)?.body).toContain('{"contents":"read"}');
  });

  it("takes the key with escaped line ends, and in PKCS#8, too (§4.1)", async () => {
    const pkcs8 = privateKey.export({ type: "pkcs8", format: "pem" }).toString().replaceAll("\n", "\\n");
    const { runner } = await detached({ secrets: { ...secrets, AI_IMPLEMENT_PRIVATE_KEY: pkcs8 } });
    expect(runner?.environment["AI_IMPLEMENT_GIT_TOKEN"]).toBe("ghs_minted_for_tally");
  });

  it("shows the App's key to no process but the one that signs (§11.1)", async () => {
    const { runner, log } = await detached();
    expect(JSON.stringify(runner)).not.toContain("PRIVATE KEY");
    expect(log.join("\n")).not.toContain("PRIVATE KEY");
    expect(log.filter((line) => line.trim() === "PRIVATE_KEY: ***")).toHaveLength(1);
  });

  it.each([
    ["is larger than a variable of Linux may be", "\u65e5".repeat(65_000)],
    ["looks like an expression", `{"description":"\${{ secrets.ANTHROPIC_API_KEY }}"}`],
    ["looks like a shell's", "$(id) `id` ' \" \\ \n EOF\nEOF\n"],
    ["looks like a command to GitHub", "::add-mask::x\n::stop-commands::x"],
  ])("hands over a job that %s, as a file that nobody else reads", async (_, job) => {
    const { runner, log } = await detached({ inputs: { job } });
    expect(runner?.job).toEqual({ text: job, mode: "600" });
    expect(Object.keys(runner?.environment ?? {})).not.toContain("AI_IMPLEMENT_JOB");
    expect(log.join("\n")).not.toContain(job.slice(0, 20));
  });

  it("lets our runner say what is missing where the App's secrets are, as in a fork", async () => {
    const { github, runner, log } = await detached({ secrets: {} });
    expect([askedOf(github), runner?.environment["AI_IMPLEMENT_GIT_TOKEN"]]).toEqual([[], ""]);
    expect(log.join("\n")).toContain("AI_IMPLEMENT_APP_ID and AI_IMPLEMENT_PRIVATE_KEY are not set");
  });

  it.each<[string, Partial<DispatchedTemplate>, string]>([
    [
      "the key is none",
      { secrets: { ...secrets, AI_IMPLEMENT_PRIVATE_KEY: "no key" } },
      "no RSA key in PEM form",
    ],
    [
      "GitHub gives no token",
      { repository: { owner: "acme", name: "other" } },
      "GitHub gives no token: GET /repos/acme/other",
    ],
  ])("stops before the agent where %s", async (_, options, words) => {
    const { runner, log, conclusion } = await detached(options);
    expect([runner, conclusion]).toEqual([null, "failure"]);
    expect(log.join("\n")).toContain(words);
  });

  it("does not start what an older run has", async () => {
    const display_title = "AI-Implement implement ACME-12 \u00b7 0199c0de-0000-7000-8000-000000000001";
    const { github, runner, conclusion } = await detached({}, [{ id: 6, display_title }]);
    expect([askedOf(github), runner, conclusion]).toEqual([[], null, "failure"]);
  });
});
