import type { Receipt, ReceiptFacts, Usage } from "@ai-implement/contracts";
import { codeSpan, oneLine } from "../messages/foreign.ts";
import { type SealedReceipt, sealedBlock } from "./sealed-receipt.ts";

/** The whole receipt is in the block of code; these are for people, who read no further anyway. */
const mostRows = 15;
const mostPurposes = 4;
const longestShown = 160;
/** The runner's are words. */
const longestPurpose = 40;

/** For the end of a description: collapsed, a table for people, then the receipt for programs. */
export const receiptBlock = (receipt: Receipt, sealed: SealedReceipt): string =>
  [
    "<details>",
    "<summary>Receipt: how this came about</summary>",
    "",
    ...table(["", ""], summaryRows(receipt)),
    "",
    ...commandTable(receipt.facts.commands),
    "What the runner said of its work, signed by AI-Implement. `ai-implement receipt verify` tells whether it was altered.",
    "",
    sealedBlock(sealed),
    "",
    "</details>",
  ].join("\n");

/** In its place where there is none. */
export const noReceiptNote = (reason: string): string => `_There is no receipt for this run: ${reason}_`;

type Row = readonly string[];

const summaryRows = (receipt: Receipt): readonly Row[] => {
  const { attempt, phase, branch, headCommit, ticket, agent, usage, facts } = receipt;
  return [
    ["Attempt", `${cell(attempt)} (${phase})`],
    ["Commit", `${cell(headCommit)} on ${cell(branch)}`],
    ["Ticket", `${cell(ticket.identifier)}, SHA-256 ${cell(ticket.hash)}`],
    ["Prompts", `SHA-256 ${cell(facts.promptHash)}`],
    ["Agent", cell(agent)],
    ["All sessions", usage === null ? notMeasured : usageText(usage)],
    ...shown(facts.models).map((use) => ["Model", modelText(use)]),
    ...remainder("Model", facts.models),
    ["The model's credential", credentialText(facts.modelCredential)],
    ["The agent's user", userText(facts.user)],
    ["Network", egressText(facts)],
    ...facts.weakerBecause.map((reason) => ["Weaker because", cell(reason)]),
    ["Claims dropped", `${count(facts.claimsDropped)} of the gap analysis, about what is not there`],
  ];
};

const commandTable = (commands: ReceiptFacts["commands"]): readonly string[] =>
  commands.length === 0
    ? ["No command of the repository was run.", ""]
    : [
        ...table(
          ["Command", "Step", "Exit code", "Seconds"],
          [
            ...shown(commands).map(({ command, step, exitCode, seconds }) => [
              cell(command),
              cell(step),
              exitCode === null ? "none: it was ended" : String(exitCode),
              seconds.toFixed(1),
            ]),
            ...remainder("", commands).map(([, words = ""]) => [words, "", "", ""]),
          ],
        ),
        "",
      ];

const table = (heads: Row, rows: readonly Row[]): readonly string[] =>
  [heads, heads.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`);

const shown = <Item>(items: readonly Item[]): readonly Item[] => items.slice(0, mostRows);

const remainder = (name: string, items: readonly unknown[]): readonly Row[] =>
  items.length <= mostRows ? [] : [[name, `${items.length - mostRows} more: see below`]];

/**
 * A stranger's words in a cell of a table. A bar ends a cell even in a span of code, unless a backslash stands before it;
 * whether one that has a backslash already ends it too, readers of Markdown do not agree.
 */
const cell = (text: string, longest: number = longestShown): string => {
  const line = oneLine(text);
  const short = line.length <= longest ? line : `${line.slice(0, longest).toWellFormed()}\u2026`;
  return codeSpan(short.replace(/\\(?=\|)/g, "\\ ")).replaceAll("|", "\\|");
};

const modelText = ({ model, purposes, usage }: ReceiptFacts["models"][number]): string =>
  `${cell(model)} for ${purposesText(purposes)}: ${usageText(usage)}`;

const purposesText = (purposes: readonly string[]): string => {
  const more = purposes.length - mostPurposes;
  const named =
    purposes
      .slice(0, mostPurposes)
      .map((purpose) => cell(purpose, longestPurpose))
      .join(", ") || "nothing named";
  return more > 0 ? `${named} and ${more} more` : named;
};

const usageText = (usage: Usage): string =>
  [
    `${count(usage.turns)} turns`,
    `${count(usage.inputTokens)} tokens in`,
    `${count(usage.cacheReadTokens)} read from the cache`,
    `${count(usage.cacheWriteTokens)} written to it`,
    `${count(usage.outputTokens)} out`,
    costText(usage.costUsd),
  ].join(", ");

const notMeasured = "not measured, which is not nothing";

export const costText = (costUsd: number | null): string =>
  costUsd === null ? `cost ${notMeasured}` : `$${costUsd.toFixed(4)}`;

const count = (value: number): string => value.toLocaleString("en-GB");

export const credentialText = (credential: ReceiptFacts["modelCredential"]): string => {
  switch (credential) {
    case "runner":
      return "held by the runner, never by the agent";
    case "agent":
      return "**held by the agent**: it cannot be kept from it";
    case "none":
      return "none was needed";
  }
};

export const userText = (user: ReceiptFacts["user"]): string =>
  user === "separate" ? "its own, apart from the runner's" : "**the runner's own**";

export const egressText = ({
  egress,
  connectionsRefused,
}: Pick<ReceiptFacts, "egress" | "connectionsRefused">): string => {
  const refused = `${count(connectionsRefused)} ${connectionsRefused === 1 ? "connection" : "connections"} refused`;
  switch (egress) {
    case "enforced":
      return `enforced: only what is allowed could be reached; ${refused}`;
    case "proxy-only":
      return `**proxy only**: a program that ignores the proxy was not held back; ${refused}`;
    case "off":
      return `**off**: everything could be reached; ${refused}`;
  }
};
