import type { WantedStage } from "../../../core/ticket.ts";
import { DeliveryError } from "../../../ports/delivery-error.ts";
import { VendorError } from "../../../ports/vendor-error.ts";
import type { FieldCatalogue } from "./field-catalogue.ts";
import type { IssueBatch } from "./issue-reader.ts";
import type { JiraClient } from "./jira-client.ts";
import { RefusedRequest } from "./jira-failure.ts";
import { type Marks, missingOption, textOf } from "./marks.ts";
import { wordToWrite } from "./stage-words.ts";

export interface StageWrite {
  readonly issueId: string;
  /** As people know it. */
  readonly identifier: string;
  readonly stage: WantedStage;
  readonly marks: Marks;
}

export interface StageWriterDependencies {
  readonly client: JiraClient;
  readonly batch: IssueBatch;
  readonly catalogue: Pick<FieldCatalogue, "doubt">;
}

/**
 * Reads what the issue shows now, decides, and writes only what changes: the status field and nothing else.
 * @param beforeWrite it will be written now. @throws VendorError; DeliveryError where the field's set-up is in the way
 */
export const writeStage = async (
  { client, batch, catalogue }: StageWriterDependencies,
  { issueId, identifier, stage, marks }: StageWrite,
  beforeWrite: () => void,
): Promise<void> => {
  const { status, options } = marks;
  const issue = await batch.read(issueId, [status.id]);
  if (issue === null) throw new VendorError("not-found", `The issue ${identifier} is no longer in Jira.`);
  const word = wordToWrite(textOf(issue.fields, status), stage);
  if (word === null) return;
  const option = options.get(word);
  if (option === undefined) throw setUp(missingOption(status, [word]));
  beforeWrite();
  try {
    // By value: the same option has another id in each context of the field.
    const fields = { [status.id]: { value: option } };
    await client.change({ method: "PUT", path: `/issue/${issueId}`, body: { fields } });
  } catch (error) {
    // What is remembered of the field may be out of date: the next try reads it again.
    if (error instanceof RefusedRequest) catalogue.doubt();
    if (error instanceof RefusedRequest && error.fields.includes(status.id))
      throw setUp(
        {
          what: `Jira does not let the field "${status.name}" be set on ${identifier}: ${error.message}`,
          fix: "Put the field on the edit screen of the issue's project, with all of its options.",
        },
        error,
      );
    throw error;
  }
};

/** A person can mend it, and the write goes out then. */
const setUp = (
  { what, fix }: { readonly what: string; readonly fix: string },
  cause?: unknown,
): DeliveryError => new DeliveryError(`${what} ${fix}`, { retryable: true, cause });
