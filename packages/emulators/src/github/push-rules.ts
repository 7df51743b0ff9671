/** Whole names of refs that nobody may push to, one a line. */
export const protectedRefsVariable = "GITHUB_PROTECTED_REFS";
/** `write` where the token may change workflows. */
export const workflowsVariable = "GITHUB_WORKFLOWS";

/** Below it lie the workflows. */
export const workflowsFolder = ".github/workflows";

export const isWorkflowFile = (path: string): boolean => path.startsWith(`${workflowsFolder}/`);

/**
 * The `update` hook of every repository: refuses one ref of a push as GitHub does, and says why.
 * Commits that a ref holds already may be pushed to another one, whatever they change.
 */
export const pushHook = `#!/bin/sh
ref=$1
new=$3
if printf '%s\\n' "$${protectedRefsVariable}" | grep -qxF -- "$ref"; then
  echo "error: GH006: Protected branch update failed for $ref." >&2
  echo "error: Changes must be made through a pull request." >&2
  exit 1
fi
case $new in *[!0]*) ;; *) exit 0 ;; esac
[ "$${workflowsVariable}" = write ] && exit 0
file=$(git log --format= --name-only "$new" --not --all -- ${workflowsFolder} | head -n 1)
[ -z "$file" ] && exit 0
echo "refusing to allow a GitHub App to create or update workflow \\\`$file\\\` without \\\`workflows\\\` permission" >&2
exit 1
`;
