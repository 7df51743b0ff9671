import { execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { createGithubForge } from "../adapters/forge/github/github-forge.ts";
import { createGithubWebhook } from "../adapters/forge/github/github-webhook.ts";
import { permissionsFor } from "../adapters/shared/github/permissions.ts";
import { json, startScriptedGithub } from "../adapters/shared/github/testing/scripted-github.ts";
import { answering } from "../adapters/shared/testing/scripted-vendor.ts";
import { allSettings } from "../config/settings.ts";
import { readDotEnv } from "../config/sources.ts";
import { readMapping } from "../services/operator/read-mapping.ts";
import { parseSettings } from "../services/repository/parse-settings.ts";
import { configFile, configSchema, imageFile, imageSchema } from "../services/repository/settings-schema.ts";
import { type CodeBlock, readPage, root } from "./testing/page.ts";
import { spokenText } from "./testing/sources.ts";

const page = readPage("docs/github.md");
const spoken = spokenText();
const settings: ReadonlySet<string> = new Set(allSettings.map(({ name }) => name));

const template = (name: string): string => readFileSync(join(root, "templates", name), "utf8");
const workflows = ["claude-implement.yml", "claude-plan.yml", "comment-trigger.yml"].map(template).join("\n");
const usedIn = (context: "secrets" | "vars"): readonly string[] =>
  [
    ...new Set(
      [...workflows.matchAll(new RegExp(`\\b${context}\\.([A-Z_]+)`, "g"))].map(([, name]) => name ?? ""),
    ),
  ].sort();

const bare = (code: string): string => code.replaceAll("`", "");

/** The language, and for YAML the file that its first line names. */
const blocks = (language: string): readonly CodeBlock[] =>
  page.blocks.filter((block) => block.language === language);
const yamlOf = (file: string): string => {
  const found = blocks("yaml").filter(({ text }) => text.startsWith(`# ${file}\n`));
  expect(found).toHaveLength(1);
  return found[0]?.text ?? "";
};

describe("docs/github.md: its examples are taken as they stand", () => {
  it("has no block in a language that nothing here checks", () => {
    const languages = new Set(page.blocks.map(({ language }) => language));
    expect([...languages].sort()).toEqual(["json", "mermaid", "sh", "yaml"]);
  });

  it("JSON is JSON, and the project is one", () => {
    const documents = blocks("json").map(({ text }) => JSON.parse(text) as Record<string, unknown>);
    const projects = documents.filter((document) => "teamKey" in document);
    expect(projects).toHaveLength(1);
    for (const project of projects) expect(readMapping(project)).toMatchObject({ kind: "valid" });
  });

  it("commands are what a shell can read", () => {
    for (const { text } of blocks("sh")) execFileSync("bash", ["-n"], { input: text });
  });

  it("the role trusts whom the runner proves to be: issuer and audience are ours", () => {
    const issuer = allSettings.find(({ name }) => name === "GITHUB_OIDC_ISSUER")?.setting.default?.text;
    const host = new URL(issuer ?? "").host;
    const [policy = ""] = blocks("json").flatMap(({ text }) => (text.includes("Statement") ? [text] : []));
    expect(policy).toContain(`oidc-provider/${host}"`);
    expect(policy).toContain(`"${host}:aud": "sts.amazonaws.com"`);
    expect(spoken).toContain(`const audience = "sts.amazonaws.com"`);
  });

  it("the files of a repository are right, without a remark", () => {
    expect(blocks("yaml")).toHaveLength(2);
    for (const [file, schema] of [
      [imageFile, imageSchema],
      [configFile, configSchema],
    ] as const) {
      const { value, problems } = parseSettings(file, yamlOf(file), schema);
      expect([file, problems]).toEqual([file, []]);
      expect(value).not.toBeNull();
    }
  });

  it("what is set in an example of .env is a setting", () => {
    const [first] = blocks("sh");
    const names = Object.keys(readDotEnv(first?.text ?? ""));
    expect(names).toContain("GITHUB_APP_ID");
    expect(names.filter((name) => !settings.has(name))).toEqual([]);
  });

  it("each setting, secret and variable that it names is one", () => {
    const known = new Set([
      ...settings,
      ...usedIn("secrets"),
      ...usedIn("vars"),
      "GITHUB_TOKEN",
      "NET_ADMIN",
      "AI_IMPLEMENT_AGENT_USER",
      "AI_IMPLEMENT_GIT_TOKEN",
    ]);
    const named = page.codes.flatMap((code) => code.match(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g) ?? []);
    expect(named.length).toBeGreaterThan(30);
    expect([...new Set(named)].filter((name) => !known.has(name))).toEqual([]);
  });
});

describe("docs/github.md: permissions and events", () => {
  const apiNames: Readonly<Record<string, string>> = {
    Actions: "actions",
    Checks: "checks",
    "Commit statuses": "statuses",
    Contents: "contents",
    Issues: "issues",
    Metadata: "metadata",
    "Pull requests": "pull_requests",
    Workflows: "workflows",
  };
  const levels: Readonly<Record<string, string>> = { "Read-only": "read", "Read and write": "write" };
  const documented = page.rows("Permission").map((row) => ({
    permission: `${apiNames[row["Permission"] ?? ""]}: ${levels[row["Access"] ?? ""]}`,
    needed: row["Needed"],
  }));

  it("the table has exactly the permissions that are asked for", () => {
    const everything = Object.fromEntries(Object.values(apiNames).map((name) => [name, "admin"]));
    const asked = (["work", "review", "templates"] as const).flatMap((purpose) =>
      Object.entries(permissionsFor(purpose, { permissions: everything })),
    );
    const highest = new Map<string, string>();
    for (const [name, level] of asked) if (highest.get(name) !== "write") highest.set(name, level);
    const wanted = [...highest].map(([name, level]) => `${name}: ${level}`);
    expect(documented.map(({ permission }) => permission).sort()).toEqual(wanted.sort());
  });

  it("those that it calls needed are those that saving a project demands", async () => {
    const github = await startScriptedGithub();
    onTestFinished(github.close);
    const [app, nothing] = [json({ slug: "ai-implement" }), answering(404, "{}")];
    github.answer = (request, response) => (request.url === "/app" ? app : nothing)(request, response);
    github.installations = [{ id: 1, account: { login: "acme" }, suspended_at: null, permissions: {} }];
    const repository = { forge: "github", owner: "acme", name: "shop", defaultBranch: "main" } as const;
    const findings = await createGithubForge({ client: github.client }).check(repository);
    const demanded = findings.flatMap(({ subject, problem }) =>
      problem !== null && subject.startsWith("the permission ")
        ? [subject.replace("the permission ", "")]
        : [],
    );
    const needed = documented.filter((row) => row.needed === "yes").map(({ permission }) => permission);
    expect(needed.sort()).toEqual(demanded.sort());
  });

  const isRead = (event: string): boolean => {
    const rawBody = Buffer.from("{}");
    const digest = createHmac("sha256", "secret").update(rawBody).digest("hex");
    const headers = {
      "x-hub-signature-256": `sha256=${digest}`,
      "x-github-delivery": "1",
      "x-github-event": event,
    };
    const verdict = createGithubWebhook({ secret: "secret" }).read(headers, rawBody);
    // An empty body is not what GitHub documents for an event that is read.
    return verdict.kind === "malformed" || (verdict.kind === "genuine" && verdict.news.length > 0);
  };

  it("the events are those that are read", () => {
    const source = readFileSync(
      new URL("../adapters/forge/github/github-webhook.ts", import.meta.url),
      "utf8",
    );
    const candidates = [...source.matchAll(/"([a-z]+(?:_[a-z]+)*)"/g)].map(([, name]) => name ?? "");
    const read = [...new Set(candidates)].filter(isRead);
    const unasked = ["installation", "installation_repositories"];
    for (const event of unasked) expect(page.codes).toContain(event);
    const listed = page.rows("Event").map((row) => bare(row["In the API"] ?? ""));
    expect([...listed, ...unasked].sort()).toEqual(read.sort());
    expect(isRead("push")).toBe(false);
  });
});

describe("docs/github.md: what a repository needs", () => {
  it("the secrets are those that the workflows take", () => {
    const listed = page.rows("Secret").map((row) => bare(row["Secret"] ?? ""));
    expect(listed.sort()).toEqual(usedIn("secrets"));
  });

  it("the variables are those that the workflows take, with their defaults", () => {
    const rows = page.rows("Variable");
    expect(rows.map((row) => bare(row["Variable"] ?? "")).sort()).toEqual(usedIn("vars"));
    for (const row of rows) {
      const name = bare(row["Variable"] ?? "");
      const inWorkflow = new RegExp(`vars\\.${name} \\|\\| '([^']*)'`).exec(workflows)?.[1];
      const written = bare(row["Default"] ?? "");
      // The built-in image has a section of its own, and the runner itself has the log's default.
      if (inWorkflow === undefined)
        expect([name, written]).toEqual([name, name === "AI_IMPLEMENT_LOG_LEVEL" ? "summary" : ""]);
      else if (name === "AI_IMPLEMENT_RUNNER_IMAGE") expect(page.codes).toContain(inWorkflow);
      else expect([name, written]).toEqual([name, inWorkflow]);
    }
  });
});

describe("docs/github.md: messages", () => {
  /** Between `…`, which stands for names and numbers. */
  const fragments = (message: string): readonly string[] =>
    message
      .split("…")
      .map((part) => part.trim())
      .filter((part) => part.length >= 8);

  it.each(page.rows("Message").map((row) => [bare(row["Message"] ?? "")]))("%s", (message) => {
    expect(fragments(message)).not.toEqual([]);
    for (const fragment of fragments(message)) expect(spoken).toContain(fragment);
  });

  it("the answers of /trigger/gap-fill are those of the route", () => {
    const slugs = page
      .rows("Answer")
      .flatMap((row) => row["Answer"]?.match(/(?<=^|, )\d{3} `[a-z_]+`/g) ?? []);
    expect(slugs).toHaveLength(7);
    for (const slug of slugs) expect(spoken).toContain(`"${/`(.*)`/.exec(slug)?.[1]}"`);
  });
});
