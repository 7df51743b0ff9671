import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type Config, type ConfigResult, describeProblems, parseConfig, secretsIn } from "./config.ts";

const locally = { production: false, interactive: false };
const least = { LOCAL_FORGE_DIR: "/srv/forge", TICKETS_DIR: "/srv/tickets" };

const parse = (env: Record<string, string>, options = locally): ConfigResult =>
  parseConfig({ ...least, ...env }, options);

const configOf = (env: Record<string, string>, options = locally): Config => {
  const result = parse(env, options);
  if (!result.ok) throw new Error(describeProblems(result.problems));
  return result.config;
};

const problemsOf = (env: Record<string, string>): string => {
  const result = parse(env);
  return result.ok ? "" : describeProblems(result.problems);
};

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;

describe("§4.1 values", () => {
  it("has the documented defaults", () => {
    expect(configOf({})).toMatchObject({
      service: { port: 8080, pollIntervalMs: 60_000, retryBaseMs: 30_000, adminAccessCode: null },
      log: { level: "info", format: "json" },
      store: { kind: "sqlite", path: "./dedup.sqlite" },
      github: {
        app: null,
        apiUrl: "https://api.github.com",
        oidcIssuer: "https://token.actions.githubusercontent.com",
      },
      linear: { apiUrl: "https://api.linear.app/graphql", workspaceUrl: "https://linear.app" },
      jira: { account: null, apiUrl: "https://api.atlassian.com" },
      runs: { mode: null, callback: null, sessionImage: null },
      processExecutor: { directory: "./attempts" },
      docker: { image: null, orchestratorUrl: "http://host.docker.internal:8080" },
      fly: {
        sessions: null,
        region: "iad",
        apiUrl: "https://api.machines.dev/v1",
        graphqlUrl: "https://api.fly.io/graphql",
      },
      agent: { command: null, script: null, baseUrl: "https://api.anthropic.com" },
      notifications: null,
      reaper: { dryRun: false, alertThreshold: 10 },
    });
  });

  it("has other defaults in production and on a terminal", () => {
    const config = configOf({}, { production: true, interactive: true });
    expect(config.store).toEqual({ kind: "sqlite", path: "/data/dedup.sqlite" });
    expect(config.processExecutor.directory).toBe("/data/attempts");
    expect(config.log.format).toBe("pretty");
  });

  it("takes empty and blank as unset", () => {
    expect(configOf({ PORT: "", CLIENT_SLUG: "  ", RUNNER_MODE: "" })).toEqual(configOf({}));
  });

  it("is frozen all the way down", () => {
    const config = configOf({});
    expect(Object.isFrozen(config) && Object.isFrozen(config.github)).toBe(true);
  });

  it.each([
    ["true", true],
    ["1", true],
    ["false", false],
    ["0", false],
  ])("reads the boolean %s", (text, value) => {
    expect(configOf({ REAPER_DRY_RUN: text }).reaper.dryRun).toBe(value);
  });

  it("tells a mode that was set from the default one, because only a set one beats the stored setting", () => {
    expect(configOf({ RUNNER_MODE: "default" }).runs.mode).toBe("default");
    expect(configOf({}).runs.mode).toBeNull();
  });

  it.each(["pkcs1", "pkcs8"] as const)("takes a %s key, with real newlines or with \\n", (type) => {
    const pem = rsa.export({ type, format: "pem" }).toString();
    for (const text of [pem, pem.replaceAll("\n", "\\n"), pem.trim()]) {
      const { app } = configOf({ GITHUB_APP_ID: "12", GITHUB_APP_PRIVATE_KEY: text }).github;
      expect(app).toEqual({ id: 12, privateKey: pem });
    }
  });

  it("takes http to loopback, and drops a URL's last slash", () => {
    expect(configOf({ GITHUB_API_URL: "http://127.0.0.1:4000/" }).github.apiUrl).toBe(
      "http://127.0.0.1:4000",
    );
    expect(configOf({ JIRA_API_URL: "http://[::1]:4000" }).jira.apiUrl).toBe("http://[::1]:4000");
  });
});

describe("§4 problems", () => {
  it.each([
    ["PORT", "80a", "whole number"],
    ["PORT", "65536", "65535"],
    ["PORT", "-1", "out of range"],
    ["POLL_INTERVAL_MS", "1e4", "whole number"],
    ["REAPER_DRY_RUN", "maybe", "true or false"],
    ["RUNNER_MODE", "docker", "default, gha, fly, local, shadow"],
    ["LINEAR_API_URL", "http://linear.example", "https"],
    ["LINEAR_API_URL", "http://127.0.0.1.evil.example", "https"],
    ["ANTHROPIC_BASE_URL", "api.anthropic.com", "not a URL"],
    ["JIRA_SITE_URL", "ftp://jira.example", "https"],
    ["DATABASE_URL", "mysql://db/app", "postgres://"],
    ["GITHUB_APP_ID", "my-app", "whole number"],
    ["SESSION_IMAGE", "an image", "registry/name:tag"],
    ["LINEAR_API_KEY", "one\ntwo", "line break"],
  ])("refuses %s=%j, naming it and the fix", (name, value, fix) => {
    const problems = problemsOf({ [name]: value });
    expect(problems).toContain(`${name}: `);
    expect(problems).toContain(fix);
  });

  it("names every problem in one message", () => {
    const result = parseConfig({ PORT: "x", REAPER_DRY_RUN: "y", JIRA_TOKEN: "t" }, locally);
    expect(result.ok).toBe(false);
    if (result.ok) return;
    const message = describeProblems(result.problems);
    for (const name of ["PORT", "REAPER_DRY_RUN", "JIRA_CLOUD_ID", "JIRA_SITE_URL", "LOCAL_FORGE_DIR"])
      expect(message).toContain(name);
    expect(message).toContain("5 problems");
  });

  it("never prints a secret", () => {
    const secrets = {
      GITHUB_APP_PRIVATE_KEY: "-----BEGIN hunter2",
      RUNNER_TOKEN_SECRET: "hunter2",
      DATABASE_URL: "mysql://hunter2",
      NOTIFY_WEBHOOK_URL: "hunter2",
      GITHUB_API_URL: "https://user:hunter2@github.example",
      RUNNER_MODE: "ghs_hunter2hunter2",
    };
    const problems = problemsOf(secrets);
    for (const name of Object.keys(secrets)) expect(problems).toContain(`${name}: `);
    expect(problems).not.toContain("hunter2");
  });

  it.each([
    [
      "a public key",
      generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({ type: "spki", format: "pem" }),
    ],
    [
      "a key that is not RSA",
      generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }),
    ],
    ["half a key", rsa.export({ type: "pkcs1", format: "pem" }).slice(0, 400)],
    ["a file name", "./app.pem"],
  ])("refuses %s as the App's key", (_name, key) => {
    expect(problemsOf({ GITHUB_APP_ID: "1", GITHUB_APP_PRIVATE_KEY: key.toString() })).toContain(
      "GITHUB_APP_PRIVATE_KEY: its value (not shown)",
    );
  });
});

describe("§4.1 settings that go together", () => {
  it.each([
    [{ GITHUB_APP_ID: "1" }, ["GITHUB_APP_PRIVATE_KEY"]],
    [{ JIRA_CLOUD_ID: "c" }, ["JIRA_TOKEN", "JIRA_SITE_URL"]],
    [{ RUNNER_CALLBACK_BASE_URL: "https://ai.example" }, ["RUNNER_TOKEN_SECRET"]],
    [{ RUNNER_MODE: "fly" }, ["FLY_SESSIONS_APP", "FLY_SESSIONS_TOKEN", "RUNNER_CALLBACK_BASE_URL"]],
    [{ RUNNER_MODE: "shadow" }, ["FLY_SESSIONS_APP", "FLY_SESSIONS_TOKEN", "RUNNER_CALLBACK_BASE_URL"]],
    [{ RUNNER_MODE: "local" }, ["LOCAL_RUNNER_IMAGE", "RUNNER_CALLBACK_BASE_URL"]],
  ])("%j needs %j", (env, names) => {
    const result = parse(env);
    expect(result.ok ? [] : result.problems.map(({ setting }) => setting)).toEqual(names);
  });

  it("wants a signing secret of at least 32 bytes", () => {
    const callback = { RUNNER_CALLBACK_BASE_URL: "https://ai.example" };
    expect(problemsOf({ ...callback, RUNNER_TOKEN_SECRET: "x".repeat(31) })).toContain("31 bytes");
    expect(configOf({ ...callback, RUNNER_TOKEN_SECRET: "x".repeat(32) }).runs.callback).not.toBeNull();
  });

  it("starts only with a code host and a tracker", () => {
    const result = parseConfig({}, locally);
    const message = result.ok ? "" : describeProblems(result.problems);
    expect(message).toContain("no code host is configured");
    expect(message).toContain("no tracker is configured");
  });
});

describe("warnings", () => {
  it("warns of a hasty poll (§4.1)", () => {
    expect(parse({ POLL_INTERVAL_MS: "9999" }).warnings.join()).toContain("POLL_INTERVAL_MS");
    expect(parse({ POLL_INTERVAL_MS: "10000" }).warnings).toEqual([]);
  });

  it.each([
    ["POLL_INTERVALL_MS", "POLL_INTERVAL_MS"],
    ["TICKET_DIR", "TICKETS_DIR"],
    ["PROT", "PORT"],
    ["LINEAR_API_TOKEN", "LINEAR_API_KEY"],
    ["GITHUB_APP_PRIVATEKEY_BASE64", "GITHUB_APP_PRIVATE_KEY"],
  ])("names the setting that %s was probably meant to be", (variable, nearest) => {
    const { warnings } = parse({ [variable]: "hunter2" });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(new RegExp(`^${variable}: .*${nearest}\\.$`));
    expect(warnings[0]).not.toContain("hunter2");
  });

  it("says nothing of variables that are somebody else's", () => {
    const env = { PATH: "/bin", HOME: "/root", HOST: "x", TERM: "xterm", RUNNER_TEMP: "/tmp", LANG: "C" };
    expect(parse(env).warnings).toEqual([]);
  });
});

describe("§11.10 the secrets to redact", () => {
  it("are the values of the secret settings, malformed ones included", () => {
    const env = { LINEAR_API_KEY: "key-one", RUNNER_TOKEN_SECRET: " short ", PORT: "8080", JIRA_TOKEN: "" };
    expect(secretsIn(env)).toEqual(["key-one", "short"]);
  });
});
