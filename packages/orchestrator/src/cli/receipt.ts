import type { Receipt } from "@ai-implement/contracts";
import type { Colors } from "picocolors/types.js";
import { oneLine } from "../core/messages/foreign.ts";
import { costText, credentialText, egressText, userText } from "../core/receipt/receipt-block.ts";
import { createReceiptSeal } from "../services/receipts/seal.ts";
import type { Output } from "./demo/terminal.ts";

export interface ReceiptCommand {
  /** The description of a pull request, or a receipt alone. */
  readonly document: string;
  /** What it has to be signed with. */
  readonly secret: string;
  readonly flags: {
    readonly json: boolean;
    /** What it is held against; null: nothing. */
    readonly repository: string | null;
    readonly commit: string | null;
  };
  readonly output: Output;
  readonly colours: Colors;
}

/** What came of it, as `--json` prints it. */
export interface ReceiptVerdict {
  readonly valid: boolean;
  /** True with `valid` false: it is ours, and it belongs elsewhere. */
  readonly signed: boolean;
  readonly reason: string | null;
  readonly receipt: Receipt | null;
}

/** `receipt verify`. Returns the exit code: 1 when it is not valid, or not for what it is held against. */
export const receiptCommand = ({ document, secret, flags, output, colours }: ReceiptCommand): number => {
  const verdict = judge(document, secret, flags);
  output.write(flags.json ? `${JSON.stringify(verdict)}\n` : render(verdict, colours));
  return verdict.valid ? 0 : 1;
};

const judge = (document: string, secret: string, flags: ReceiptCommand["flags"]): ReceiptVerdict => {
  const verdict = createReceiptSeal(secret).verify(document);
  if (verdict.kind === "not-valid")
    return { valid: false, signed: false, reason: verdict.reason, receipt: null };
  const { receipt } = verdict;
  const reason = belongsElsewhere(receipt, flags);
  return { valid: reason === null, signed: true, reason, receipt };
};

/** Null: it belongs where it is said to. */
const belongsElsewhere = (
  { repository, headCommit }: Receipt,
  flags: ReceiptCommand["flags"],
): string | null => {
  if (flags.repository !== null && flags.repository.toLowerCase() !== repository.toLowerCase())
    return `It is a receipt of ${oneLine(repository)}, not of ${oneLine(flags.repository)}: it was copied from there.`;
  if (flags.commit !== null && !headCommit.startsWith(flags.commit.toLowerCase()))
    return `It is a receipt of commit ${headCommit}, not of ${oneLine(flags.commit)}: it was copied, or something was pushed after it.`;
  return null;
};

const render = ({ valid, reason, receipt }: ReceiptVerdict, colours: Colors): string => {
  const head = valid
    ? `${colours.green("\u2713")} valid: what the runner said, signed by AI-Implement and not altered since.`
    : `${colours.red("\u2717")} not valid: ${reason ?? ""}`;
  const rows = receipt === null ? [] : rowsOf(receipt);
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  return [head, ...rows.map(([name, words]) => `  ${colours.dim(name.padEnd(width))}  ${words}`), ""].join(
    "\n",
  );
};

const rowsOf = ({
  attempt,
  phase,
  repository,
  branch,
  headCommit,
  ticket,
  agent,
  usage,
  facts,
}: Receipt): readonly (readonly [string, string])[] => {
  const rows: readonly (readonly [string, string])[] = [
    ["Attempt", `${attempt} (${phase})`],
    ["Repository", repository],
    ["Branch", branch],
    ["Commit", headCommit],
    ["Ticket", `${ticket.identifier}, SHA-256 ${ticket.hash}`],
    ["Prompts", `SHA-256 ${facts.promptHash}`],
    ["Agent", agent],
    ["Models", facts.models.map(({ model }) => model).join(", ") || "none"],
    ["Turns", usage === null ? "not measured" : String(usage.turns)],
    ["Cost", costText(usage?.costUsd ?? null).replace(/^cost /, "")],
    ...facts.commands.map(
      ({ command, exitCode }) => ["Command", `${command}: ${exitCode ?? "ended by a signal"}`] as const,
    ),
    ["The model's credential", credentialText(facts.modelCredential)],
    ["The agent's user", userText(facts.user)],
    ["Network", egressText(facts)],
    ...facts.weakerBecause.map((why) => ["Weaker because", why] as const),
    ["Claims dropped", String(facts.claimsDropped)],
  ];
  return rows.map(([name, words]) => [name, oneLine(words).replaceAll("**", "")]);
};
