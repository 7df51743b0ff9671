import { open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { openSqliteStore } from "../adapters/store/sqlite/sqlite-store.ts";
import type { Config } from "../config.ts";
import { databasePath } from "../from-config.ts";
import { longestDocument } from "../services/receipts/seal.ts";
import { type ReceiptCommand, receiptCommand } from "./receipt.ts";

export interface ReceiptOptions extends Omit<ReceiptCommand, "document" | "secret"> {
  /** `-` is `input`. */
  readonly file: string;
  readonly input: Readable;
  /** @throws Error that says how to name one */
  readonly secret: () => Promise<string>;
  readonly complain: (text: string) => void;
}

/** Exit codes: 0 valid, 1 not valid, 2 it could not be looked at. */
export const runReceipt = async ({
  file,
  input,
  secret,
  complain,
  ...command
}: ReceiptOptions): Promise<number> => {
  const { commit, repository } = command.flags;
  try {
    if (commit !== null && !/^[0-9a-f]{7,64}$/i.test(commit))
      throw new Error("--commit has to be a commit id, of 7 hexadecimal digits or more.");
    if (repository !== null && !/^[\w.-]+\/[\w.-]+$/.test(repository))
      throw new Error("--repository has to be owner/name.");
    const document = file === "-" ? await firstBytes(input) : await readStart(file);
    return receiptCommand({ ...command, document, secret: await secret() });
  } catch (error) {
    complain(`ai-implement: ${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
};

/** What this installation signs with: the setting's, else what its database made for itself. Changes nothing. */
export const storedSecret = async (config: Config): Promise<string> => {
  const set = config.runs.callback?.tokenSecret;
  if (set !== undefined) return set;
  const path = databasePath(config);
  const { store } = await openSqliteStore({ path, openReadOnly: true });
  try {
    return await store.setting("runner-token-secret", () => {
      throw new Error(
        `Neither RUNNER_TOKEN_SECRET (with RUNNER_CALLBACK_BASE_URL) is set, nor is there a secret in ${path}: nothing was ever signed there. Run this where the service runs, or name the variable with the secret: --secret-env.`,
      );
    });
  } finally {
    await store.close();
  }
};

/** One byte more than there may be shows that it is too long. */
const enough = longestDocument + 1;

const readStart = async (file: string): Promise<string> => {
  try {
    await using handle = await open(file);
    return await firstBytes(handle.createReadStream({ autoClose: false, end: enough - 1 }));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${file} cannot be read (${why}).`, { cause: error });
  }
};

const firstBytes = async (input: Readable): Promise<string> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk as Uint8Array | string);
    chunks.push(bytes);
    size += bytes.length;
    if (size >= enough) break;
  }
  return Buffer.concat(chunks).subarray(0, enough).toString("utf8");
};
