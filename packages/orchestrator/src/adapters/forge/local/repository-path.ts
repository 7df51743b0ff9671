import { resolve } from "node:path";
import { type Repository, repositorySlug } from "../../../core/project.ts";
import { permanent } from "../../../ports/delivery-error.ts";

const segment = /^[A-Za-z0-9][\w.-]{0,99}$/;

/**
 * `<root>/<owner>/<name>.git`, absolute: git and the runners work in folders of their own.
 * @throws DeliveryError (permanent) where a name is not one plain path segment
 */
export const repositoryPath = (root: string, repository: Repository): string => {
  for (const part of [repository.owner, repository.name])
    if (!segment.test(part))
      throw permanent(
        `"${repositorySlug(repository).slice(0, 200)}" cannot be a local repository: owner and name are letters, digits, '.', '_' and '-', beginning with a letter or a digit.`,
      );
  return resolve(root, repository.owner, `${repository.name}.git`);
};
