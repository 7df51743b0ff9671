import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { createColors } from "picocolors";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSqliteStore } from "../adapters/store/sqlite/sqlite-store.ts";
import { parseConfig } from "../config.ts";
import { receiptBlock } from "../core/receipt/receipt-block.ts";
import { aReceipt } from "../core/testing/receipts.ts";
import { createReceiptSeal } from "../services/receipts/seal.ts";
import { createProgram } from "./program.ts";
import { type ReceiptOptions, runReceipt, storedSecret } from "./run-receipt.ts";

const secret = "a secret of the tests, long enough for it";
const receipt = aReceipt({ weakerBecause: ["nft\u001b[2J is missing"] });
const description = `> Words.\n\n${receiptBlock(receipt, createReceiptSeal(secret).seal(receipt))}\n`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "receipt-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const verify = async (
  document: string | { readonly file: string },
  flags: Partial<ReceiptOptions["flags"]> = {},
  options: Partial<ReceiptOptions> = {},
) => {
  const written: string[] = [];
  const complaints: string[] = [];
  const code = await runReceipt({
    file: typeof document === "string" ? "-" : document.file,
    input: Readable.from([Buffer.from(typeof document === "string" ? document : "")]),
    secret: async () => secret,
    complain: (text) => void complaints.push(text),
    flags: { json: false, repository: null, commit: null, ...flags },
    output: { isTTY: false, columns: undefined, write: (text) => void written.push(text) },
    colours: createColors(false),
    ...options,
  });
  return { code, text: written.join(""), complaint: complaints.join("") };
};

describe("`ai-implement receipt verify` (§11.3)", () => {
  it("says of a valid one what it vouches for", async () => {
    const { code, text } = await verify(description);
    expect([code, text.split("\n")[0]]).toEqual([
      0,
      "\u2713 valid: what the runner said, signed by AI-Implement and not altered since.",
    ]);
    for (const words of [
      /Attempt +01935000-.*\(implement\)/,
      /Repository +acme\/shop/,
      /Commit +a{40}/,
      /Ticket +ACME-1, SHA-256 2{64}/,
      /Cost +\$0\.2500/,
      /Command +npm test: 0/,
      /Weaker because +nft \[2J is missing/,
    ])
      expect(text).toMatch(words);
    expect(text).not.toContain("\u001b");
  });

  it("reads a file, and the receipt alone", async () => {
    const file = join(folder, "receipt.txt");
    const { text, signature } = createReceiptSeal(secret).seal(receipt);
    await writeFile(file, `${text}\n${signature}\n`);
    expect((await verify({ file })).code).toBe(0);
  });

  it("says of an altered one that it is not valid, and shows nothing of it", async () => {
    const { code, text } = await verify(description.replace('"exitCode":0', '"exitCode":1'));
    expect(code).toBe(1);
    expect(text).toMatch(/^\u2717 not valid: .*altered after it was signed[^\n]*\n$/);
  });

  it.each([
    ["another repository", { repository: "acme/other" }, 1, "a receipt of acme/shop, not of acme/other"],
    ["another commit", { commit: "b".repeat(40) }, 1, "it was copied, or something was pushed after it"],
    ["its own repository", { repository: "Acme/Shop" }, 0, "valid"],
    ["its own commit, abbreviated", { commit: "AAAAAAA" }, 0, "valid"],
  ])("held against %s", async (_, flags, code, words) => {
    const found = await verify(description, flags);
    expect([found.code, found.text]).toEqual([code, expect.stringContaining(words)]);
    expect(found.text).toContain("acme/shop");
  });

  it("answers programs in JSON", async () => {
    const read = async (...given: Parameters<typeof verify>): Promise<unknown> =>
      JSON.parse((await verify(...given)).text);
    expect(await read(description, { json: true })).toEqual({
      valid: true,
      signed: true,
      reason: null,
      receipt,
    });
    expect(await read(description, { json: true, repository: "acme/other" })).toMatchObject({
      valid: false,
      signed: true,
      receipt,
    });
    expect(await read("Words.", { json: true })).toEqual({
      valid: false,
      signed: false,
      reason: "There is no receipt in it.",
      receipt: null,
    });
  });

  it("reads no more than 1 MiB of what is endless", async () => {
    const endless = Readable.from(
      (function* () {
        for (;;) yield Buffer.alloc(65_536, "x");
      })(),
    );
    expect((await verify("", {}, { input: endless })).text).toContain("more than 1 MiB");
    expect((await verify({ file: "/dev/zero" })).text).toContain("more than 1 MiB");
  });

  it.each([
    ["a file that is not there", { file: "/nowhere/at/all" }, {}, "/nowhere/at/all cannot be read"],
    ["half a commit", description, { commit: "aaa" }, "--commit has to be"],
    ["half a repository", description, { repository: "acme" }, "--repository has to be owner/name"],
  ])("ends with 2 on %s", async (_, document, flags, words) => {
    const { code, text, complaint } = await verify(document, flags);
    expect([code, text, complaint]).toEqual([2, "", expect.stringContaining(words)]);
  });
});

describe("the secret that receipts are verified with", () => {
  const configOf = (variables: Readonly<Record<string, string>>) => {
    const path = join(folder, "dedup.sqlite");
    const parsed = parseConfig(
      { TICKETS_DIR: folder, LOCAL_FORGE_DIR: folder, DEDUP_DB_PATH: path, ...variables },
      { production: false, interactive: false },
    );
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    return { config: parsed.config, path };
  };

  it("is the setting's, as the service signs with it", async () => {
    const set = "s".repeat(32);
    const { config } = configOf({
      RUNNER_CALLBACK_BASE_URL: "https://ai-implement.acme.example",
      RUNNER_TOKEN_SECRET: set,
    });
    expect(await storedSecret(config)).toBe(set);
  });

  it("else what the service's database made for itself", async () => {
    const { config, path } = configOf({});
    const { store } = await openSqliteStore({ path });
    await store.setting("runner-token-secret", () => "made by itself");
    await store.close();
    expect(await storedSecret(config)).toBe("made by itself");
  });

  it("is none where nothing was ever signed, and says how to name one", async () => {
    await expect(storedSecret(configOf({}).config)).rejects.toThrow(/RUNNER_TOKEN_SECRET.*--secret-env/);
  });
});

describe("the command line", () => {
  const run = async (words: readonly string[], environment: Readonly<Record<string, string>> = {}) => {
    const codes: number[] = [];
    const program = createProgram({
      environment,
      directory: folder,
      interactive: false,
      output: { isTTY: false, columns: undefined, write: () => undefined },
      listen: async () => 0,
      signal: new AbortController().signal,
      setExitCode: (code) => void codes.push(code),
    });
    for (const command of program.commands) command.configureOutput({ writeErr: () => undefined });
    await program.parseAsync(["receipt", ...words], { from: "user" });
    return codes;
  };

  it("takes the secret from the variable that it is told", async () => {
    const file = join(folder, "description.md");
    await writeFile(file, description);
    expect(await run(["verify", file, "--secret-env", "THEIRS"], { THEIRS: secret })).toEqual([0]);
    expect(await run(["verify", file, "--secret-env", "THEIRS"], { THEIRS: `${secret}!` })).toEqual([1]);
    expect(await run(["verify", file, "--secret-env", "THEIRS"])).toEqual([2]);
  });

  it.each([[["verify", "--sideways"]], [["forge"]]])("ends with 2 on %j", async (words) => {
    await expect(run(words)).rejects.toMatchObject({ exitCode: 2 });
  });
});
