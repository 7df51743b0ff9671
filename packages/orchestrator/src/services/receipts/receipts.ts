import { createHash } from "node:crypto";
import type { Receipt } from "@ai-implement/contracts";
import { noReceiptNote, receiptBlock } from "../../core/receipt/receipt-block.ts";
import { receiptOf, ticketForm } from "../../core/receipt/receipt-of.ts";
import type { SealedReceipt } from "../../core/receipt/sealed-receipt.ts";
import type { Run } from "../../core/run.ts";
import { ticketOf } from "../runs/job-maker.ts";
import { createReceiptSeal } from "./seal.ts";

export type IssuedReceipt =
  | {
      readonly kind: "issued";
      readonly receipt: Receipt;
      readonly sealed: SealedReceipt;
      readonly block: string;
    }
  /** A sentence for the pull request. */
  | { readonly kind: "none"; readonly reason: string };

export interface Receipts {
  /** Made of what is stored alone: the same run has the same receipt, to the letter, however often it is asked for. */
  issue(run: Run): IssuedReceipt;
}

/** With the table for people, less than half of what a description may have. */
const longestReceipt = 20_000;

/** @param secret what runners' tokens are signed with */
export const createReceipts = (secret: string): Receipts => {
  const seal = createReceiptSeal(secret);
  return {
    issue: ({ report, ...run }) => {
      if (report?.outcome !== "implemented") return none("it has not pushed anything.");
      const receipt = receiptOf(run, report, ticketHash(run));
      if (receipt === null)
        return none("its runner did not say how the work came about. A runner image of this version does.");
      const sealed = seal.seal(receipt);
      if (sealed.text.length > longestReceipt)
        return none(
          `what its runner said of its work has ${sealed.text.length} characters, and a receipt at most ${longestReceipt}.`,
        );
      return { kind: "issued", receipt, sealed, block: receiptBlock(receipt, sealed) };
    },
  };
};

/** What stands at the end of the run's pull request. */
export const receiptEnding = (issued: IssuedReceipt): string =>
  issued.kind === "issued" ? issued.block : noReceiptNote(issued.reason);

const none = (reason: string): IssuedReceipt => ({ kind: "none", reason });

const ticketHash = ({ ticket }: Pick<Run, "ticket">): string =>
  createHash("sha256")
    .update(ticketForm(ticketOf(ticket)))
    .digest("hex");
