import { permanent } from "../../../ports/delivery-error.ts";
import type { AttemptHandle } from "../../../ports/executor.ts";
import { isFailure, VendorError } from "../../../ports/vendor-error.ts";
import { refused as askedAgainSoon } from "../../shared/github/access-problems.ts";
import { GithubError } from "../../shared/github/github-client.ts";

/** GitHub took the request apart and did not like this field: an older server, which did nothing. Pure. */
export const refusesRunDetails = (error: unknown): boolean =>
  error instanceof GithubError &&
  (error.status === 400 || error.status === 422) &&
  error.message.includes("return_run_details");

/** What a refused dispatch means, and what a person does about it; anything else is as it came. Pure. */
export const dispatchFailure = (
  error: unknown,
  { repository, workflowFile }: Pick<AttemptHandle, "repository" | "workflowFile">,
): unknown => {
  if (!(error instanceof GithubError)) return error;
  const { status, message } = error;
  const slug = `${repository.owner}/${repository.name}`;
  const file = `.github/workflows/${workflowFile}`;
  const refused = (what: string): Error => permanent(`${what} (${message})`, error);
  if (status === 403 && /archived/i.test(message))
    return permanent(`The repository ${slug} is archived: unarchive it, or delete the project.`, error);
  if (status === 403 && isFailure(error, "forbidden"))
    return new VendorError(
      "forbidden",
      `The GitHub App may not start ${file} of ${slug}: it needs the permission "Actions: Read and write" there. (${message})`,
      { ...askedAgainSoon, cause: error },
    );
  if (/disabled workflow/i.test(message))
    return refused(
      `The workflow ${file} of ${slug} is disabled: enable it there under "Actions", or with \`gh workflow enable ${workflowFile} --repo ${slug}\`.`,
    );
  if (status === 404)
    return refused(
      `${file} is not on the default branch (${repository.defaultBranch}) of ${slug}: sync the project's workflows, and merge the pull request that this opens.`,
    );
  if (/no ref found/i.test(message))
    return refused(
      `${slug} has no branch ${repository.defaultBranch}: correct the project's default branch.`,
    );
  if (status === 400 || status === 422)
    return refused(
      `${file} of ${slug} does not take what it is started with: it is not ours, or an old copy. Sync the project's workflows, and merge the pull request that this opens.`,
    );
  return error;
};
