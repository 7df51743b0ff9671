import { createHash, generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createCanary } from "../canary.ts";
import { createCredentialSearches } from "../credentials/credential-search.ts";
import type { ChangedFile } from "./change.ts";
import { countFindings, judgeChange } from "./judge-change.ts";
import { limits } from "./limits.ts";

const canary = createCanary();
const { search, searchPatiently } = createCredentialSearches([canary.value]);
const settings = { protectedPaths: ["migrations", "src/**/*.sql", "./Makefile"], approvedPaths: [] };

const id = "1".repeat(40);
const none = "0".repeat(40);

interface Given {
  readonly path?: string;
  readonly text?: string;
  readonly before?: string;
  readonly oldMode?: string;
  readonly newMode?: string;
  readonly size?: number;
}

/** A new text file, unless said otherwise. */
const file = ({
  path = "src/a.ts",
  text = "export {};\n",
  before = "",
  ...rest
}: Given = {}): ChangedFile => {
  const bytes = Buffer.from(text, "utf8").toString("latin1");
  const { oldMode = "000000", newMode = "100644", size = bytes.length } = rest;
  const entry = { path, oldMode, newMode, oldId: before === "" ? none : id, newId: id };
  if (newMode === "000000") return { entry, content: { kind: "gone" }, before };
  if (size > limits.fileBytes) return { entry, content: { kind: "too-large", size }, before };
  return newMode.startsWith("100")
    ? { entry, content: { kind: "bytes", size, bytes }, before }
    : { entry, content: { kind: "unreadable" }, before };
};

const rulesFor = async (given: Given, approvedPaths: readonly string[] = []): Promise<readonly string[]> => {
  const judged = await judgeChange(
    [file(given)],
    { ...settings, approvedPaths: [...approvedPaths] },
    searchPatiently,
  );
  return [...new Set(judged.map(({ rule }) => rule))];
};

const sendGridKey = `SG.${"a1B2c3D4e5F6g7H8i9J0k1"}.${"Z9y8X7w6V5u4T3s2R1q0P9o8N7m6L5k4J3i2H1g0F9e"}`;
/** Put together here: otherwise this file would hold what it must not. */
const dashes = "-".repeat(5);
const lines = (data: string): string => data.replace(/.{64}/g, "$&\n");
const body = createHash("sha512").update("a key of nobody").digest("base64").repeat(3);
const foreignKeys = [
  ...["", "RSA ", "EC ", "DSA ", "OPENSSH ", "ENCRYPTED "].map(
    (kind) =>
      `${dashes}BEGIN ${kind}PRIVATE KEY${dashes}\n${lines(body)}\n${dashes}END ${kind}PRIVATE KEY${dashes}\n`,
  ),
  `${dashes}BEGIN PGP PRIVATE KEY BLOCK${dashes}\nVersion: GnuPG v2\n\n${lines(body)}\n`,
  `${dashes}BEGIN RSA PRIVATE KEY${dashes}\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n${lines(body)}\n`,
  JSON.stringify({ key: `${dashes}BEGIN PRIVATE KEY${dashes}\n${lines(body)}` }),
  `KEY="${dashes}BEGIN PRIVATE KEY${dashes}" +\n  "${body.slice(0, 60)}" +\n  "${body.slice(60, 120)}"`,
  `PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 1\n${body.slice(0, 48)}\n`,
  ...[
    "aws_secret_access_key = ",
    "AWS_SECRET_ACCESS_KEY=",
    '"SecretAccessKey": "',
    "secretAccessKey: '",
    "<SecretAccessKey>",
  ].map((name) => `${name}${body.slice(0, 40)}`),
  `glpat-${body.replace(/\W/g, "").slice(0, 20)}`,
  `sk_live_${body.replace(/\W/g, "").slice(0, 24)}`,
  `AccountName=a;AccountKey=${body.slice(0, 86)}==;`,
];
const placeholders = [
  `const begin = "${dashes}BEGIN PRIVATE KEY${dashes}";\nif (!pem.startsWith(begin)) throw new Error("give a key in PEM, as GitHub makes it");\n`,
  `The file starts with \`${dashes}BEGIN RSA PRIVATE KEY${dashes}\` and ends with \`${dashes}END RSA PRIVATE KEY${dashes}\`, 27 lines below.\n`,
  `${dashes}BEGIN PRIVATE KEY${dashes}\nMIIEvQIBADANBg...\n${dashes}END PRIVATE KEY${dashes}\n`,
  `${dashes}BEGIN PRIVATE KEY${dashes}\n${"x".repeat(64)}\n${dashes}END PRIVATE KEY${dashes}\n`,
  `${dashes}BEGIN PUBLIC KEY${dashes}\n${lines(body)}\n${dashes}END PUBLIC KEY${dashes}\n`,
  `${dashes}BEGIN CERTIFICATE${dashes}\n${lines(body)}\n${dashes}END CERTIFICATE${dashes}\n`,
  "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n",
  "AWS_SECRET_ACCESS_KEY=$" + "{SECRET_FROM_THE_VAULT_OF_THE_WHOLE_TEAM_2024}\n",
  "secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY_OF_THE_PRODUCTION_ACCOUNT,\n",
  '{ "Try_npm_i_save_dev_types_Slash_1_if_it_exists_or_add_a_new_declaration_d_ts": "" }\n',
  "stripe.key = 'sk_live_xxxxxxxxxxxxxxxxxxxxxxxx';\n",
];
const png = (size: number) => `\u0089PNG\r\n\u001a\n${"\0".repeat(size)}`;
const asBytes = (given: Given & { readonly bytes: string }): ChangedFile => ({
  entry: file(given).entry,
  content: { kind: "bytes", size: given.bytes.length, bytes: given.bytes },
  before: "",
});

describe("what needs a person's approval (§11.4)", () => {
  it.each([
    [".github/workflows/ci.yml", "ci"],
    [".GitHub/workflows/ci.yml", "ci"],
    [".github./CODEOWNERS", "ci"],
    [".github", "ci"],
    ["docs/CODEOWNERS", "ci"],
    [".gitlab-ci.yml", "ci"],
    ["Jenkinsfile", "ci"],
    [".circleci/config.yml", "ci"],
    [".claude/settings.json", "agent-settings"],
    ["packages/a/.Claude/commands/x.md", "agent-settings"],
    ["CLAUDE.md", "agent-settings"],
    ["packages/a/claude.md", "agent-settings"],
    ["AGENTS.md", "agent-settings"],
    [".mcp.json", "agent-settings"],
    [".cursor/rules/a.mdc", "agent-settings"],
    [".cursorrules", "agent-settings"],
    [".codex/config.toml", "agent-settings"],
    [".ai-implement/config.yml", "agent-settings"],
    ["WORKFLOW.md", "agent-settings"],
    ["PLANNING.md", "agent-settings"],
    [".vscode/tasks.json", "editor-settings"],
    ["sub/.vscode/settings.json", "editor-settings"],
    [".devcontainer/devcontainer.json", "editor-settings"],
    [".husky/pre-commit", "git-hooks"],
    [".githooks/pre-push", "git-hooks"],
    [".pre-commit-config.yaml", "git-hooks"],
    ["lefthook.yml", "git-hooks"],
    [".gitattributes", "git-settings"],
    ["sub/.gitattributes", "git-settings"],
    [".gitmodules", "git-settings"],
    ["migrations/001.sql", "protected-path"],
    ["Migrations/001.sql", "protected-path"],
    ["src/deep/.hidden/q.sql", "protected-path"],
    ["makefile", "protected-path"],
  ])("%s needs it (%s), also to be taken away, and goes out with it", async (path, rule) => {
    expect(await rulesFor({ path })).toEqual([rule]);
    expect(await rulesFor({ path, oldMode: "100644", newMode: "000000" })).toEqual([rule]);
    expect(await rulesFor({ path }, [path])).toEqual([]);
  });

  it.each([
    "src/github/client.ts",
    "docs/claude.txt",
    "docs/workflow.md",
    "src/agents.ts",
    ".gitignore",
    ".vscode/snippets.code-snippets",
    "package.json",
    "src/migrations.ts",
    "other/migrations/001.sql",
    "src/Umlaut-\u00e4.ts",
    "src/file with spaces.ts",
  ])("%s does not", async (path) => {
    expect(await rulesFor({ path })).toEqual([]);
  });

  it("is given for one path exactly", async () => {
    expect(await rulesFor({ path: ".github/a.yml" }, [".github/b.yml", ".github/**"])).toEqual(["ci"]);
  });

  it("binary files need it, small images and fonts do not", async () => {
    const rules = async (path: string, bytes: string) =>
      (await judgeChange([asBytes({ path, bytes })], settings, searchPatiently)).map(({ rule }) => rule);
    expect(await rules("logo.png", png(1_000))).toEqual([]);
    expect(await rules("logo.png", png(limits.assetBytes))).toEqual(["binary"]);
    expect(await rules("logo.png", "\u007fELF\0\0")).toEqual(["binary"]);
    expect(await rules("tool", png(10))).toEqual(["binary"]);
    expect(await rules("latin1.txt", "caf\u00e9")).toEqual(["binary"]);
    expect(await rules("font.woff2", `wOF2${"\0".repeat(100)}`)).toEqual([]);
  });
});

describe("what no approval lifts (§11.4)", () => {
  it.each<[string, string, Given]>([
    ["a credential of the run", "credential", { text: `a = "${canary.value}"` }],
    ["one in a file's name", "credential", { path: `src/${canary.value.toLowerCase()}.ts` }],
    ["one in the name of a file that goes", "credential", { path: canary.value, newMode: "000000" }],
    [
      "one that lines from before complete",
      "credential",
      {
        text: `${canary.value.slice(0, 20)}\n${canary.value.slice(20)}`,
        before: canary.value.slice(0, 20),
      },
    ],
    ["a symbolic link", "symbolic-link", { newMode: "120000" }],
    ["a file that becomes one", "symbolic-link", { oldMode: "100644", newMode: "120000" }],
    ["a submodule", "submodule", { newMode: "160000" }],
    ["a submodule that goes", "submodule", { oldMode: "160000", newMode: "000000" }],
    ["a file that is too large", "file-too-large", { size: limits.fileBytes + 1 }],
    ["a key of somebody else", "secret", { text: `key = "${sendGridKey}"` }],
    [
      "one behind a comment that tells scanners to look away",
      "secret",
      {
        text: `// secretlint-disable\nkey = "${sendGridKey}" // secretlint-disable-line\n`,
      },
    ],
    ["one with a zero-width character in it", "secret", { text: sendGridKey.replace("D4", "D\u200b4") }],
    [
      "a private key",
      "secret",
      {
        text: generateKeyPairSync("rsa", { modulusLength: 1024 })
          .privateKey.export({ type: "pkcs1", format: "pem" })
          .toString(),
      },
    ],
    ["a path out of the repository", "unusual-name", { path: "../a" }],
    ["an absolute path", "unusual-name", { path: "/etc/a" }],
    ["git's folder", "unusual-name", { path: "sub/.git/config" }],
    ["git's folder in capitals", "unusual-name", { path: ".GIT/hooks/pre-commit" }],
    ["git's folder by its short name", "unusual-name", { path: "GIT~1/config" }],
    ["git's folder with a character that is not seen", "unusual-name", { path: ".g\u200cit/config" }],
    ["git's folder with a stream", "unusual-name", { path: ".git::$INDEX_ALLOCATION/config" }],
    ["git's folder with dots behind it", "unusual-name", { path: ".git. ./config" }],
    ["control characters", "unusual-name", { path: "a\u001b[31mb" }],
    ["a line break", "unusual-name", { path: "a\nb" }],
    ["text that runs backwards", "unusual-name", { path: "a\u202etxt.exe" }],
    ["a backslash", "unusual-name", { path: "a\\b" }],
    ["bytes that are no UTF-8", "unusual-name", { path: "a\ufffd" }],
    ["a long path", "unusual-name", { path: "d/".repeat(260) }],
    ["a long name", "unusual-name", { path: "d".repeat(256) }],
  ])("%s", async (_, rule, given) => {
    const { path = "src/a.ts" } = given;
    expect(await rulesFor(given)).toContain(rule);
    expect(await rulesFor(given, [path])).toContain(rule);
  });

  it.each<[string, Given]>([
    ["a link that goes", { oldMode: "120000", newMode: "000000" }],
    ["a link that becomes a file", { oldMode: "120000" }],
    ["an odd name that goes", { path: "a\\b", newMode: "000000" }],
    [
      "a key that was there before",
      { text: `key = "${sendGridKey}"\nmore\n`, before: `key = "${sendGridKey}"\n` },
    ],
    ["a placeholder", { text: "key = process.env.SENDGRID_KEY; // SG.xxx" }],
    ["a program", { newMode: "100755", text: "#!/bin/sh\necho hello\n" }],
    ["an empty file", { text: "" }],
  ])("but %s is fine", async (_, given) => {
    expect(await rulesFor(given)).toEqual([]);
  });

  it("and neither is a form of key that holds none", async () => {
    for (const text of placeholders) expect(await rulesFor({ text }), text).toEqual([]);
  });

  it("whoever's key it is, well-formed or not, in a fixture as well", async () => {
    for (const text of foreignKeys)
      expect(await rulesFor({ path: "test/fixtures/key.txt", text }), text).toEqual(["secret"]);
  });

  it("a change of too many files, lines or bytes", async () => {
    const entries = Array.from({ length: limits.files + 1 }, (_, n) => file({ path: `${n}` }).entry);
    expect(countFindings(entries)).toMatchObject([{ rule: "change-too-large", path: null }]);
    expect(countFindings(entries.slice(1))).toEqual([]);
    const lines = file({ text: "x\n".repeat(limits.lines + 2) });
    expect(await judgeChange([lines], settings, searchPatiently)).toMatchObject([
      { rule: "change-too-large" },
    ]);
    const large = Array.from({ length: 6 }, (_, n) => file({ path: `${n}`, size: limits.fileBytes }));
    const [first] = await judgeChange(large, settings, searchPatiently);
    expect(first).toMatchObject({ rule: "change-too-large" });
  });

  it("what could not be read", async () => {
    const unread: ChangedFile = { ...file(), content: { kind: "unreadable" } };
    expect(await judgeChange([unread], settings, searchPatiently)).toMatchObject([{ rule: "not-scanned" }]);
  });

  it("and no finding repeats what was found", async () => {
    const judged = await judgeChange(
      [file({ text: `${sendGridKey} ${canary.value}` })],
      settings,
      searchPatiently,
    );
    const said = JSON.stringify(judged);
    expect(judged.map(({ rule }) => rule).sort()).toEqual(expect.arrayContaining(["credential", "secret"]));
    expect(said).not.toContain(sendGridKey.slice(0, 10));
    expect(search(said)).toBe("none");
  });
});
